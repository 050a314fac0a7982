-- name: rollbacks
SELECT toStartOfHour(time) AS hour, component,
       countIf(signal = 'optimistic_action.start') AS started, countIf(signal = 'optimistic_action.rollback') AS rollbacks
FROM varve.events WHERE signal IN ('optimistic_action.start', 'optimistic_action.rollback')
GROUP BY hour, component;

-- name: retries
SELECT toStartOfHour(time) AS hour, api_endpoint,
       countIf(signal = 'retry.attempt') AS attempts, countIf(signal = 'retry.success') AS successes,
       countIf(signal = 'retry.failure') AS failures
FROM varve.events WHERE signal IN ('retry.attempt', 'retry.success', 'retry.failure')
GROUP BY hour, api_endpoint;

-- name: durations
SELECT toStartOfHour(time) AS hour, component, signal, count() AS events,
       quantiles(0.5, 0.95, 0.99)(duration_ms) AS quantiles, max(duration_ms) AS max_ms
FROM varve.events WHERE duration_ms IS NOT NULL
GROUP BY hour, component, signal;

-- name: durations@quantilesTDigest
SELECT toStartOfHour(time) AS hour, component, signal, count() AS events,
       quantilesTDigest(0.5, 0.95, 0.99)(duration_ms) AS quantiles, max(duration_ms) AS max_ms
FROM varve.events WHERE duration_ms IS NOT NULL
GROUP BY hour, component, signal;

-- name: events
SELECT toStartOfHour(time) AS hour, signal, count() AS events FROM varve.events GROUP BY hour, signal;

-- name: daily_users
SELECT toStartOfDay(time) AS day, uniqExact(user_id) AS users FROM varve.events GROUP BY day;

-- name: daily_users@two_steps
SELECT day, count() AS users
FROM (SELECT DISTINCT toStartOfDay(time) AS day, user_id FROM varve.events)
GROUP BY day;
