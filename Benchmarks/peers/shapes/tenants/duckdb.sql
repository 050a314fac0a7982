-- name: requests
SELECT date_trunc('hour', time) AS hour, status, count(*) AS requests, sum(bytes) AS total
FROM events
GROUP BY ALL;

-- name: per_tenant
SELECT date_trunc('day', time) AS day, tenant, count(*) AS requests, count(*) FILTER (status >= 500) AS failed
FROM events
GROUP BY ALL;

-- name: durations
SELECT date_trunc('day', time) AS day, tenant, approx_quantile(duration_ms, [0.5, 0.95]) AS quantiles
FROM events
GROUP BY ALL;

-- name: durations@quantile_disc
SELECT date_trunc('day', time) AS day, tenant, quantile_disc(duration_ms, [0.5, 0.95]) AS quantiles
FROM events
GROUP BY ALL;

-- name: users
SELECT date_trunc('day', time) AS day, tenant, count(DISTINCT user_id) AS different
FROM events
GROUP BY ALL;

-- name: traffic
SELECT date_trunc('hour', time) AS hour, component, sum(bytes) AS total, max(bytes) AS largest
FROM events
GROUP BY ALL;
