-- The columns are named, so DuckDB neither sniffs types nor builds maps: its fastest way in from NDJSON.
INSERT INTO events
SELECT make_timestamp_ms(time), signal, component, session_id, user_id,
       data.action_id, data.duration_ms, data.rollback_reason, data.api_endpoint, data.retry_count, data.backoff_ms,
       data.total_duration_ms, data.final_error, data.error_type, data.error_message, data.recovery_method,
       data.recovery_time_ms, data.suppression_reason
FROM read_json('{file}', format = 'newline_delimited', columns = {
    time: 'BIGINT', signal: 'VARCHAR', component: 'VARCHAR', session_id: 'VARCHAR', user_id: 'VARCHAR',
    data: 'STRUCT(action_id VARCHAR, duration_ms DOUBLE, rollback_reason VARCHAR, api_endpoint VARCHAR,
                  retry_count INTEGER, backoff_ms INTEGER, total_duration_ms DOUBLE,
                  final_error VARCHAR, error_type VARCHAR, error_message VARCHAR,
                  recovery_method VARCHAR, recovery_time_ms DOUBLE, suppression_reason VARCHAR)'});
