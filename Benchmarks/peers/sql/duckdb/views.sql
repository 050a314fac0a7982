-- The five views. A name with @ is another way to compute the same view; the fastest way counts.

-- name: rollback_rate
SELECT date_trunc('hour', time) AS hour, component,
       count(*) FILTER (signal = 'optimistic_action.start') AS started,
       count(*) FILTER (signal = 'optimistic_action.rollback') AS rollbacks
FROM events WHERE signal IN ('optimistic_action.start', 'optimistic_action.rollback')
GROUP BY ALL;

-- name: retry_success
SELECT date_trunc('hour', time) AS hour, api_endpoint,
       count(*) FILTER (signal = 'retry.attempt') AS attempts,
       count(*) FILTER (signal = 'retry.success') AS successes,
       count(*) FILTER (signal = 'retry.failure') AS failures
FROM events WHERE signal IN ('retry.attempt', 'retry.success', 'retry.failure')
GROUP BY ALL;

-- name: latency@approx_quantile
SELECT date_trunc('hour', time) AS hour, component, signal, count(*) AS count,
       approx_quantile(duration_ms, [0.5, 0.95, 0.99]) AS quantiles, max(duration_ms) AS max_ms
FROM events WHERE duration_ms IS NOT NULL
GROUP BY ALL;

-- name: latency@quantile_disc
SELECT date_trunc('hour', time) AS hour, component, signal, count(*) AS count,
       quantile_disc(duration_ms, [0.5, 0.95, 0.99]) AS quantiles, max(duration_ms) AS max_ms
FROM events WHERE duration_ms IS NOT NULL
GROUP BY ALL;

-- name: volume
SELECT date_trunc('hour', time) AS hour, signal, count(*) AS events
FROM events
GROUP BY ALL;

-- name: active_users
SELECT date_trunc('day', time) AS day, count(DISTINCT user_id) AS users
FROM events
GROUP BY ALL;

-- name: active_users@two_steps
SELECT day, count(*) AS users
FROM (SELECT DISTINCT date_trunc('day', time) AS day, user_id FROM events WHERE user_id IS NOT NULL)
GROUP BY ALL;
