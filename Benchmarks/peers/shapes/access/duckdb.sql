-- name: statuses
SELECT date_trunc('hour', time) AS hour, status, count(*) AS requests, sum(bytes) AS total
FROM events
GROUP BY ALL;

-- name: paths
SELECT date_trunc('day', time) AS day, path, count(*) AS requests
FROM events
GROUP BY ALL;

-- name: daily_clients
SELECT date_trunc('day', time) AS day, count(DISTINCT client) AS different
FROM events
GROUP BY ALL;

-- name: durations
SELECT date_trunc('hour', time) AS hour, component, method, approx_quantile(duration_ms, [0.5, 0.95, 0.99]) AS quantiles
FROM events
GROUP BY ALL;

-- name: durations@quantile_disc
SELECT date_trunc('hour', time) AS hour, component, method, quantile_disc(duration_ms, [0.5, 0.95, 0.99]) AS quantiles
FROM events
GROUP BY ALL;

-- name: top_paths
SELECT day, path, number FROM (
    SELECT date_trunc('day', time) AS day, path, count(*) AS number FROM events GROUP BY ALL
) QUALIFY row_number() OVER (PARTITION BY day ORDER BY number DESC) <= 20;

-- name: top_paths@approx_top_k
SELECT date_trunc('day', time) AS day, approx_top_k(path, 20) AS top FROM events GROUP BY ALL;
