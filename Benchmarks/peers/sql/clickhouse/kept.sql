-- The five views kept up to date by ClickHouse itself: materialized views of aggregate states, filled from what is there and
-- brought forward by every insert. The first statement of each makes it, the second asks it. Quantiles are t-digests, whose
-- states can be kept.

-- name: rollback_rate
CREATE MATERIALIZED VIEW varve.kept_rollback_rate ENGINE = AggregatingMergeTree ORDER BY (hour, component) POPULATE AS
SELECT toStartOfHour(time) AS hour, component,
       countIfState(signal = 'optimistic_action.start') AS started,
       countIfState(signal = 'optimistic_action.rollback') AS rollbacks
FROM varve.events WHERE signal IN ('optimistic_action.start', 'optimistic_action.rollback')
GROUP BY hour, component;
SELECT hour, component, countIfMerge(started) AS started, countIfMerge(rollbacks) AS rollbacks
FROM varve.kept_rollback_rate GROUP BY hour, component;

-- name: retry_success
CREATE MATERIALIZED VIEW varve.kept_retry_success ENGINE = AggregatingMergeTree ORDER BY (hour, api_endpoint) POPULATE AS
SELECT toStartOfHour(time) AS hour, api_endpoint,
       countIfState(signal = 'retry.attempt') AS attempts,
       countIfState(signal = 'retry.success') AS successes,
       countIfState(signal = 'retry.failure') AS failures
FROM varve.events WHERE signal IN ('retry.attempt', 'retry.success', 'retry.failure')
GROUP BY hour, api_endpoint;
SELECT hour, api_endpoint, countIfMerge(attempts) AS attempts, countIfMerge(successes) AS successes,
       countIfMerge(failures) AS failures
FROM varve.kept_retry_success GROUP BY hour, api_endpoint;

-- name: latency
CREATE MATERIALIZED VIEW varve.kept_latency ENGINE = AggregatingMergeTree ORDER BY (hour, component, signal) POPULATE AS
SELECT toStartOfHour(time) AS hour, component, signal, countState() AS count,
       quantilesTDigestState(0.5, 0.95, 0.99)(assumeNotNull(duration_ms)) AS quantiles,
       maxState(assumeNotNull(duration_ms)) AS max_ms
FROM varve.events WHERE duration_ms IS NOT NULL
GROUP BY hour, component, signal;
SELECT hour, component, signal, countMerge(count) AS count,
       quantilesTDigestMerge(0.5, 0.95, 0.99)(quantiles) AS quantiles, maxMerge(max_ms) AS max_ms
FROM varve.kept_latency GROUP BY hour, component, signal;

-- name: volume
CREATE MATERIALIZED VIEW varve.kept_volume ENGINE = AggregatingMergeTree ORDER BY (hour, signal) POPULATE AS
SELECT toStartOfHour(time) AS hour, signal, countState() AS events
FROM varve.events
GROUP BY hour, signal;
SELECT hour, signal, countMerge(events) AS events
FROM varve.kept_volume GROUP BY hour, signal;

-- name: active_users
CREATE MATERIALIZED VIEW varve.kept_active_users ENGINE = AggregatingMergeTree ORDER BY day POPULATE AS
SELECT toStartOfDay(time) AS day, uniqExactState(user_id) AS users
FROM varve.events
GROUP BY day;
SELECT day, uniqExactMerge(users) AS users
FROM varve.kept_active_users GROUP BY day;
