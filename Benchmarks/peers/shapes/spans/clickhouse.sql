-- name: errors
SELECT toStartOfHour(time) AS hour, component, count(*) AS spans, countIf(status = 'error') AS failed
FROM varve.events
GROUP BY hour, component;

-- name: durations
SELECT toStartOfHour(time) AS hour, component, quantiles(0.5, 0.95, 0.99)(duration_ms) AS quantiles
FROM varve.events
GROUP BY hour, component;

-- name: durations@quantilesTDigest
SELECT toStartOfHour(time) AS hour, component, quantilesTDigest(0.5, 0.95, 0.99)(duration_ms) AS quantiles
FROM varve.events
GROUP BY hour, component;

-- name: operations
SELECT toStartOfHour(time) AS hour, name, count(*) AS spans, sum(duration_ms) AS duration
FROM varve.events
GROUP BY hour, name;

-- name: routes
SELECT toStartOfDay(time) AS day, http_route, kind, count(*) AS spans, max(duration_ms) AS slowest
FROM varve.events
GROUP BY day, http_route, kind;

-- name: traces
SELECT toStartOfDay(time) AS day, uniqExact(trace_id) AS different
FROM varve.events
GROUP BY day;
