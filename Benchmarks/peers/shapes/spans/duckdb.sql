-- name: errors
SELECT date_trunc('hour', time) AS hour, component, count(*) AS spans, count(*) FILTER (status = 'error') AS failed
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

-- name: operations
SELECT date_trunc('hour', time) AS hour, name, count(*) AS spans, sum(duration_ms) AS duration
FROM events
GROUP BY ALL;

-- name: routes
SELECT date_trunc('day', time) AS day, http_route, kind, count(*) AS spans, max(duration_ms) AS slowest
FROM events
GROUP BY ALL;

-- name: traces
SELECT date_trunc('day', time) AS day, count(DISTINCT trace_id) AS different
FROM events
GROUP BY ALL;
