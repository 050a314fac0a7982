-- name: values
SELECT toStartOfHour(time) AS hour, name, count(*) AS samples, quantiles(0.95)(value) AS quantiles
FROM varve.events
GROUP BY hour, name;

-- name: values@quantilesTDigest
SELECT toStartOfHour(time) AS hour, name, count(*) AS samples, quantilesTDigest(0.95)(value) AS quantiles
FROM varve.events
GROUP BY hour, name;

-- name: volume
SELECT toStartOfHour(time) AS hour, count(*) AS samples
FROM varve.events
GROUP BY hour;

-- name: hosts
SELECT toStartOfDay(time) AS day, component, count(*) AS samples, sum(value) AS total, max(value) AS highest
FROM varve.events
GROUP BY day, component;

-- name: names
SELECT toStartOfHour(time) AS hour, name, count(*) AS samples, sum(value) AS total
FROM varve.events
GROUP BY hour, name;

-- name: different_hosts
SELECT toStartOfHour(time) AS hour, uniqExact(component) AS different
FROM varve.events
GROUP BY hour;
