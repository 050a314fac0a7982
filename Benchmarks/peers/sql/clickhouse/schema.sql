-- ClickHouse's default MergeTree with native types: LowCardinality for text of few values and DateTime64
-- for time. Absent text is the empty string, as ClickHouse advises; an absent number is NULL, since zero is a measured value.
CREATE TABLE varve.events (
    time              DateTime64(3, 'UTC'),
    signal            LowCardinality(String),
    component         LowCardinality(String),
    session_id        String,
    user_id           String,
    action_id         String,
    duration_ms       Nullable(Float64),
    rollback_reason   LowCardinality(String),
    api_endpoint      LowCardinality(String),
    retry_count       Nullable(UInt16),
    backoff_ms        Nullable(UInt32),
    total_duration_ms Nullable(Float64),
    final_error       LowCardinality(String),
    error_type        LowCardinality(String),
    error_message     String,
    recovery_method   LowCardinality(String),
    recovery_time_ms  Nullable(Float64),
    suppression_reason LowCardinality(String)
) ENGINE = MergeTree ORDER BY time;
