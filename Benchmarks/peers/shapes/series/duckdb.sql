-- name: values
SELECT date_trunc('hour', time) AS hour, name, count(*) AS samples, approx_quantile(value, [0.95]) AS quantiles
FROM events
GROUP BY ALL;

-- name: values@quantile_disc
SELECT date_trunc('hour', time) AS hour, name, count(*) AS samples, quantile_disc(value, [0.95]) AS quantiles
FROM events
GROUP BY ALL;

-- name: volume
SELECT date_trunc('hour', time) AS hour, count(*) AS samples
FROM events
GROUP BY ALL;

-- name: hosts
SELECT date_trunc('day', time) AS day, component, count(*) AS samples, sum(value) AS total, max(value) AS highest
FROM events
GROUP BY ALL;

-- name: names
SELECT date_trunc('hour', time) AS hour, name, count(*) AS samples, sum(value) AS total
FROM events
GROUP BY ALL;

-- name: different_hosts
SELECT date_trunc('hour', time) AS hour, count(DISTINCT component) AS different
FROM events
GROUP BY ALL;
