-- name: volume
SELECT toStartOfHour(time) AS hour, signal, count(*) AS events
FROM varve.events
GROUP BY hour, signal;

-- name: durations
SELECT toStartOfHour(time) AS hour, component, quantiles(0.5, 0.95, 0.99)(duration_ms) AS quantiles
FROM varve.events
GROUP BY hour, component;

-- name: durations@quantilesTDigest
SELECT toStartOfHour(time) AS hour, component, quantilesTDigest(0.5, 0.95, 0.99)(duration_ms) AS quantiles
FROM varve.events
GROUP BY hour, component;

-- name: counts
SELECT toStartOfDay(time) AS day, signal, sum(count) AS sum, max(count) AS highest
FROM varve.events
GROUP BY day, signal;

-- name: daily_users
SELECT toStartOfDay(time) AS day, uniqExact(user_id) AS different
FROM varve.events
GROUP BY day;

-- name: family
SELECT toStartOfHour(time) AS hour, component, count(*) AS events
FROM varve.events
WHERE signal LIKE 'app.7.%' OR signal LIKE 'app.8.%' OR signal LIKE 'app.9.%'
GROUP BY hour, component;
