-- Types are given, so ClickHouse infers nothing; `data` is a named Tuple, which it parses straight into columns.
INSERT INTO varve.events
SELECT fromUnixTimestamp64Milli(time, 'UTC'), signal, component, session_id, user_id,
       data.action_id, data.duration_ms, data.rollback_reason, data.api_endpoint, data.retry_count, data.backoff_ms,
       data.total_duration_ms, data.final_error, data.error_type, data.error_message, data.recovery_method, data.recovery_time_ms,
       data.suppression_reason
FROM file('{file}', JSONEachRow, '
    time Int64, signal LowCardinality(String), component LowCardinality(String), session_id String, user_id String,
    data Tuple(action_id String, duration_ms Nullable(Float64), rollback_reason LowCardinality(String),
               api_endpoint LowCardinality(String), retry_count Nullable(UInt16), backoff_ms Nullable(UInt32),
               total_duration_ms Nullable(Float64),
               final_error LowCardinality(String), error_type LowCardinality(String), error_message String,
               recovery_method LowCardinality(String), recovery_time_ms Nullable(Float64),
               suppression_reason LowCardinality(String))')
SETTINGS max_threads = {threads}, max_insert_threads = {threads};
