-- name: statuses
SELECT toStartOfHour(time) AS hour, status, count(*) AS requests, sum(bytes) AS total
FROM varve.events
GROUP BY hour, status;

-- name: paths
SELECT toStartOfDay(time) AS day, path, count(*) AS requests
FROM varve.events
GROUP BY day, path;

-- name: daily_clients
SELECT toStartOfDay(time) AS day, uniqExact(client) AS different
FROM varve.events
GROUP BY day;

-- name: durations
SELECT toStartOfHour(time) AS hour, component, method, quantiles(0.5, 0.95, 0.99)(duration_ms) AS quantiles
FROM varve.events
GROUP BY hour, component, method;

-- name: durations@quantilesTDigest
SELECT toStartOfHour(time) AS hour, component, method, quantilesTDigest(0.5, 0.95, 0.99)(duration_ms) AS quantiles
FROM varve.events
GROUP BY hour, component, method;

-- name: top_paths
SELECT toStartOfDay(time) AS day, path, count() AS number FROM varve.events GROUP BY day, path ORDER BY number DESC LIMIT 20 BY day;

-- name: top_paths@topK
SELECT toStartOfDay(time) AS day, topK(20)(path) AS top FROM varve.events GROUP BY day;
