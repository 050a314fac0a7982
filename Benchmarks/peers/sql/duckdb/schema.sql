-- Native types, as a DuckDB user would choose them for these events. Text stays VARCHAR: DuckDB compresses it with
-- dictionaries by itself, and ENUM (tried) made neither the file smaller nor the queries faster.
CREATE TABLE events (
    time              TIMESTAMP_MS NOT NULL,
    signal            VARCHAR NOT NULL,
    component         VARCHAR,
    session_id        VARCHAR,
    user_id           VARCHAR,
    action_id         VARCHAR,
    duration_ms       DOUBLE,
    rollback_reason   VARCHAR,
    api_endpoint      VARCHAR,
    retry_count       INTEGER,
    backoff_ms        INTEGER,
    total_duration_ms DOUBLE,
    final_error       VARCHAR,
    error_type        VARCHAR,
    error_message     VARCHAR,
    recovery_method   VARCHAR,
    recovery_time_ms  DOUBLE,
    suppression_reason VARCHAR
);
