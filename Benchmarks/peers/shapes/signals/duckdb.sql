-- name: volume
SELECT date_trunc('hour', time) AS hour, signal, count(*) AS events
FROM events
GROUP BY ALL;

-- name: durations
SELECT date_trunc('hour', time) AS hour, component, approx_quantile(duration_ms, [0.5, 0.95, 0.99]) AS quantiles
FROM events
GROUP BY ALL;

-- name: durations@quantile_disc
SELECT date_trunc('hour', time) AS hour, component, quantile_disc(duration_ms, [0.5, 0.95, 0.99]) AS quantiles
FROM events
GROUP BY ALL;

-- name: counts
SELECT date_trunc('day', time) AS day, signal, sum(count) AS sum, max(count) AS highest
FROM events
GROUP BY ALL;

-- name: daily_users
SELECT date_trunc('day', time) AS day, count(DISTINCT user_id) AS different
FROM events
GROUP BY ALL;

-- name: family
SELECT date_trunc('hour', time) AS hour, component, count(*) AS events
FROM events
WHERE signal LIKE 'app.7.%' OR signal LIKE 'app.8.%' OR signal LIKE 'app.9.%'
GROUP BY ALL;
