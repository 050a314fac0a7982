-- name: requests
SELECT toStartOfHour(time) AS hour, status, count(*) AS requests, sum(bytes) AS total
FROM varve.events
GROUP BY hour, status;

-- name: per_tenant
SELECT toStartOfDay(time) AS day, tenant, count(*) AS requests, countIf(status >= 500) AS failed
FROM varve.events
GROUP BY day, tenant;

-- name: durations
SELECT toStartOfDay(time) AS day, tenant, quantiles(0.5, 0.95)(duration_ms) AS quantiles
FROM varve.events
GROUP BY day, tenant;

-- name: durations@quantilesTDigest
SELECT toStartOfDay(time) AS day, tenant, quantilesTDigest(0.5, 0.95)(duration_ms) AS quantiles
FROM varve.events
GROUP BY day, tenant;

-- name: users
SELECT toStartOfDay(time) AS day, tenant, uniqExact(user_id) AS different
FROM varve.events
GROUP BY day, tenant;

-- name: traffic
SELECT toStartOfHour(time) AS hour, component, sum(bytes) AS total, max(bytes) AS largest
FROM varve.events
GROUP BY hour, component;
