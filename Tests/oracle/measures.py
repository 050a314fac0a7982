"""Measures whose values the generated traffic cannot put to the test, on random events made here: integers to the last digit,
different combinations, sums of products, both definitions of a percentile, hours of a zone, texts that contain another."""

import datetime
import json
import os
import random
import zoneinfo

import duckdb

import expected

EVENTS = 200_000
ZONE = "Europe/Berlin"
#: What percentiles promise.
TOLERANCE = 0.0055
VIEW = f"""name: measured
zone: {ZONE}
buckets: [day, all]
dimensions: [{{time: hour_of_day}}, component]
measures:
  events: count
  api: {{count: {{field: path, contains: /api/}}}}
  least: {{min: big}}
  most: {{max: big}}
  smallest: {{min: price}}
  visits: {{distinct: [user, path]}}
  users: {{distinct: user}}
  revenue: {{sum: {{product: [price, quantity]}}}}
  rank: {{quantiles: duration_ms, columns: {{p50: 0.5, p95: 0.95}}}}
  between: {{quantiles: duration_ms, interpolate: true, columns: {{p50_between: 0.5, p95_between: 0.95}}}}
"""


def write(file, dice):
    # Four months, with both changes of Berlin's clocks nearby.
    first = int(datetime.datetime(2026, 1, 15, tzinfo=datetime.timezone.utc).timestamp() * 1000)
    with open(file, "w", encoding="utf-8") as out:
        for number in range(EVENTS):
            data = {"big": dice.choice([1, -1]) * (2**62 + dice.randrange(2**20)), "duration_ms": round(dice.lognormvariate(4, 1.5), 3)}
            if dice.random() < 0.9:
                data["price"] = round(dice.uniform(-5, 200), 4)
            if dice.random() < 0.9:
                data["quantity"] = round(dice.uniform(0, 9), 2)
            if dice.random() < 0.8:
                data["path"] = dice.choice(["/api/", "/web/", "/static/api"]) + str(dice.randrange(30))
            event = {"time": first + dice.randrange(120 * 86_400_000), "signal": "order.done",
                     "component": dice.choice(["Cart", "Search", "Pay"]), "data": data}
            if dice.random() < 0.7:
                event["user_id"] = f"u{dice.randrange(400)}"
            out.write(json.dumps(event) + "\n")


def duck(file):
    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false")
    connection.execute(f"""CREATE TABLE events AS SELECT time // 3600000 AS hour, component, user_id, data.* FROM
        read_json('{expected.literal(file)}', format = 'newline_delimited', columns = {{time: 'BIGINT', component: 'VARCHAR',
        user_id: 'VARCHAR', data: 'STRUCT(big BIGINT, duration_ms DOUBLE, price DECIMAL(18, 4), quantity DECIMAL(18, 2),
        path VARCHAR)'}})""")
    # The hours of the zone come from Python's tables of zones.
    zone = zoneinfo.ZoneInfo(ZONE)
    hours = connection.execute("SELECT DISTINCT hour FROM events").fetchall()
    local = [(hour, datetime.datetime.fromtimestamp(hour * 3600, zone)) for (hour,) in hours]
    connection.execute("CREATE TABLE hours (hour BIGINT, local_hour INTEGER, day VARCHAR)")
    connection.executemany("INSERT INTO hours VALUES (?, ?, ?)", [(hour, at.hour, at.strftime("%Y-%m-%d")) for hour, at in local])
    return connection


def wanted(connection, keys):
    def ranked(millionths):
        values = "list_sort(list(duration_ms))"
        return f"{values}[(count(*) * {millionths} + 999999) // 1000000]"

    columns = {
        "events": "count(*)", "api": "count(*) FILTER (contains(path, '/api/'))", "least": "min(big)", "most": "max(big)",
        "smallest": "CAST(min(price) AS DOUBLE)", "users": "count(DISTINCT user_id)",
        "visits": "count(DISTINCT (user_id, path)) FILTER (user_id IS NOT NULL OR path IS NOT NULL)",
        "revenue": "CAST(sum(CAST(price * quantity AS DECIMAL(36, 6))) AS VARCHAR)", "p50": ranked(500_000), "p95": ranked(950_000),
        "p50_between": "quantile_cont(duration_ms, 0.5)", "p95_between": "quantile_cont(duration_ms, 0.95)"}
    rows = connection.execute(f"""SELECT {', '.join(keys)}, {', '.join(columns.values())} FROM events JOIN hours USING (hour)
        GROUP BY ALL""").fetchall()
    return {row[:len(keys)]: dict(zip(columns, row[len(keys):])) for row in rows}


def check(bench):
    seed = int(os.environ.get("MEASURE_SEED") or random.SystemRandom().randrange(1 << 32))
    print(f"      seed {seed} (MEASURE_SEED={seed} makes the same events)", flush=True)
    file, data, views = bench.path("measured.ndjson"), bench.path("measured"), bench.path("measured-views")
    write(file, random.Random(seed))
    os.makedirs(views, exist_ok=True)
    with open(os.path.join(views, "measured.yaml"), "w", encoding="utf-8") as out:
        out.write(VIEW)
    varve, verdicts = bench.varve, bench.verdicts
    bench.accounted("random measures", varve.ingest(data, "ndjson", file), EVENTS, EVENTS)
    varve.run("project", "--data", data, "--views-dir", views, "--views", "measured")
    connection = duck(file)
    close = ["p50", "p95", "p50_between", "p95_between"]
    for bucket, by, keys in (("all", "hour_of_day", ["local_hour"]), ("day", "component", ["day", "component"]),
                             ("all", "component", ["component"])):
        want = wanted(connection, keys)
        found = {}
        # Sums are compared as they are written: a double has not all of their digits.
        text = varve.run("view", "show", "measured", "--data", data, "--views-dir", views, "--bucket", bucket, "--by", by, "--json")
        for row in json.loads(text, parse_float=lambda number: number):
            key = ((row["time"][:10],) if bucket == "day" else ()) + (row[by],)
            found[key] = {name: number(row[name], name) for name in next(iter(want.values()))}
        want = {key: {**row, "revenue": plain(row["revenue"])} for key, row in want.items()}
        verdicts.cells(f"new measures by {by} and {bucket} equal DuckDB's", found, want, close=close, tolerance=TOLERANCE)
    minimum = json.loads(varve.run("query", "--data", data, "--min", "big", "--max", "big", "--where", "path~/api/", "--json"))[0]
    least, most, count = connection.execute("SELECT min(big), max(big), count(*) FROM events WHERE contains(path, '/api/')").fetchone()
    verdicts.equal("query: least and greatest integer of texts that contain another", (minimum["min_big"], minimum["max_big"]),
                   (least, most))
    counted = json.loads(varve.run("query", "--data", data, "--where", "path~/api/", "--json"))[0]["count"]
    verdicts.equal("query: events whose text contains another", counted, count)
    connection.close()


def plain(text):
    """A decimal without the noughts at its end."""
    return text.rstrip("0").rstrip(".") if text is not None and "." in text else text


def number(value, name):
    if name == "revenue":
        return None if value is None else plain(str(value))
    return float(value) if isinstance(value, str) else value
