-- name: rollbacks
SELECT date_trunc('hour', time) AS hour, component,
       count(*) FILTER (signal = 'optimistic_action.start') AS started,
       count(*) FILTER (signal = 'optimistic_action.rollback') AS rollbacks
FROM events WHERE signal IN ('optimistic_action.start', 'optimistic_action.rollback')
GROUP BY ALL;

-- name: retries
SELECT date_trunc('hour', time) AS hour, api_endpoint,
       count(*) FILTER (signal = 'retry.attempt') AS attempts,
       count(*) FILTER (signal = 'retry.success') AS successes,
       count(*) FILTER (signal = 'retry.failure') AS failures
FROM events WHERE signal IN ('retry.attempt', 'retry.success', 'retry.failure')
GROUP BY ALL;

-- name: durations
SELECT date_trunc('hour', time) AS hour, component, signal, count(*) AS events,
       approx_quantile(duration_ms, [0.5, 0.95, 0.99]) AS quantiles, max(duration_ms) AS max_ms
FROM events WHERE duration_ms IS NOT NULL
GROUP BY ALL;

-- name: durations@quantile_disc
SELECT date_trunc('hour', time) AS hour, component, signal, count(*) AS events,
       quantile_disc(duration_ms, [0.5, 0.95, 0.99]) AS quantiles, max(duration_ms) AS max_ms
FROM events WHERE duration_ms IS NOT NULL
GROUP BY ALL;

-- name: events
SELECT date_trunc('hour', time) AS hour, signal, count(*) AS events FROM events GROUP BY ALL;

-- name: daily_users
SELECT date_trunc('day', time) AS day, count(DISTINCT user_id) AS users FROM events GROUP BY ALL;

-- name: daily_users@two_steps
SELECT day, count(*) AS users
FROM (SELECT DISTINCT date_trunc('day', time) AS day, user_id FROM events WHERE user_id IS NOT NULL)
GROUP BY ALL;
