"""Traffic of all five systems: every built-in view against DuckDB, or where order decides against a fold of its own; and the
Numenta series as samples of machines."""

import csv
import glob
import json
import os
import subprocess

import definitions
import duckdb
import ordered
from command import epoch, shared_data

#: What the views promise for a quantile; the views state 0.55 %.
TOLERANCE = 0.01
SEQUENTIAL = {
    "creator_batches": ordered.creator_batches, "creator_activity": ordered.creator_activity,
    "duplicate_clicks": ordered.duplicate_clicks, "user_retention": ordered.user_retention, "sessions": ordered.sessions}


def systems(bench):
    varve, verdicts, data, file = bench.varve, bench.verdicts, bench.path("systems"), bench.path("systems.ndjson")
    count = min(bench.options.events, 1_000_000)
    with open(file, "wb") as out:
        subprocess.run([varve.binary, "generate", "--system", "all", "--events", str(count), "--seed", str(bench.options.seed)],
                       stdout=out, check=True)
    receipt = varve.ingest(data, "ndjson", file, options=("--policy", "strict"))
    bench.accounted("traffic of all systems", receipt, count, count)
    varve.run("project", "--data", data)
    views = definitions.definitions(varve)
    merging = [view for view in views if view["kind"] == "mergeable"]
    duck = duckdb.connect()
    definitions.load(duck, file, merging)
    for view in merging:
        compare(bench, duck, data, view)
    duck.close()
    for view in (view for view in views if view["kind"] != "mergeable"):
        in_order(bench, data, file, view)
    copied(bench, data, merging)


def compare(bench, duck, data, view):
    """One view at the level that it keeps, by as many dimensions as stay below its budget."""
    level = view["level"]
    by = [each["name"] for each in view["dimensions"]]
    expected = definitions.answer(duck, view, by, level)
    while by and len({key[1:] for key in expected}) > view["budget"]:
        by.pop()
        expected = definitions.answer(duck, view, by, level)
    split = ",".join(by) or "none"
    rows = bench.varve.show(data, view["name"], "--bucket", level, "--by", split)
    kinds = definitions.kinds(view)
    wrong, worst = [], 0.0
    found = {(epoch(row["time"]),) + tuple(shown(row[name]) for name in by): row for row in rows}
    for key in sorted(set(found) | set(expected), key=repr):
        if key not in found or key not in expected:
            wrong.append(f"{key} is only in {'varve' if key in found else 'DuckDB'}")
            continue
        for name, kind in kinds.items():
            got, want = found[key].get(name), expected[key][name]
            same, error = equal(kind, got, want)
            worst = max(worst, error)
            if not same:
                wrong.append(f"{key} {name}: varve says {got!r}, DuckDB {want!r}")
    sketch = "quantile" in kinds.values()
    label = f"{view['name']} by {level} and {split} equals DuckDB's ({len(expected):,} rows"
    label += f", worst quantile {worst:.3%})" if sketch else ")"
    detail = f"{len(wrong):,} differ; the first: " + "; ".join(wrong[:3]) if wrong else "there is nothing to compare"
    bench.verdicts.check(label, not wrong and bool(expected), detail)


def shown(value):
    """A dimension's value as text."""
    if value is None or isinstance(value, str):
        return value
    return ("true" if value else "false") if isinstance(value, bool) else repr(value)


def equal(kind, got, want):
    """Whether two values are one, and for quantiles by how much they differ."""
    if kind == "top":
        return top(got, want or {}), 0.0
    if got is None or want is None:
        return got is None and (want is None or want == 0 and kind == "distinct"), 0.0
    if kind == "last":
        text = shown(got)
        return text == want or number(text) is not None and number(text) == number(want), 0.0
    if kind == "quantile":
        error = abs(got - want) / abs(want) if want else abs(got)
        return error <= TOLERANCE, error
    if kind in ("derived", "sum"):
        return abs(float(got) - float(want)) <= 1e-9 * max(1.0, abs(float(want))), 0.0
    return float(got) == float(want), 0.0


def number(text):
    try:
        return float(text)
    except ValueError:
        return None


def top(got, want):
    """The most frequent values: each with its right count, and none left out that is more frequent than the last of them."""
    counts = {str(value): count for value, count in want.items() if value is not None}
    entries = [(shown(value), count) for value, count in got or [] if value != "__other__"]
    rest = [count for value, count in counts.items() if value not in dict(entries)]
    least = min((count for _, count in entries), default=0)
    return all(counts.get(value) == count for value, count in entries) and (not rest or max(rest) <= least)


def in_order(bench, data, file, view):
    name, varve = view["name"], bench.varve
    if view["kind"] == "entity":
        things, spent, newest = ordered.entities(view, file)
        keys = [field["name"] for field in view["key"]]
        rows = {tuple(row[key] for key in keys): row for row in varve.show(data, name)}
        found = {key: {part: row[part] for part in ("status", "open", "events", "transitions", "late_unapplied")} for key, row in rows.items()}
        expected = {key: {part: thing[part] for part in ("status", "open", "events", "transitions", "late_unapplied")}
                    for key, thing in things.items()}
        bench.verdicts.cells(f"{name}: status, events, transitions of each equal an independent fold's", found, expected)
        times = {tuple(row[key] for key in keys) + (row["status"],): {"s": round(row["seconds"], 3)}
                 for row in varve.show(data, name, "--table", "times")}
        for key, thing in things.items():
            if thing["open"]:
                spent[key, thing["status"]] += max(0, newest - thing["since"])
        wanted = {key + (status,): {"s": round(spent.get((key, status), 0) / 1000, 3)}
                  for key, status in {(key[:-1], key[-1]) for key in times} | set(spent)}
        bench.verdicts.cells(f"{name}: time in each status equals it too", times, wanted)
        return
    expected = SEQUENTIAL[name](file)
    rows = varve.show(data, name)
    if name == "user_retention":
        found = {(row["period"], epoch(row["start"])): row for row in rows}
    elif name == "sessions":
        found = {(row["session"], row["number"]): row for row in rows}
    else:
        found = {(row[view["tables"][0]["columns"][0]],): row for row in rows}
    table = {key: {part: rounded(row[part]) for part in next(iter(expected.values()))} for key, row in found.items()}
    wanted = {key: {part: rounded(value) for part, value in row.items()} for key, row in expected.items()}
    bench.verdicts.cells(f"{name}: equals an independent fold's", table, wanted)


def rounded(value):
    return round(value, 3) if isinstance(value, float) else value


def copied(bench, data, views):
    """An export that is imported is the same log."""
    varve, copy = bench.varve, bench.path("systems-copy")
    exported = subprocess.Popen([varve.binary, "export", "--events", "--data", data], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    subprocess.run([varve.binary, "import", "-", "--data", copy], stdin=exported.stdout, stdout=subprocess.DEVNULL, check=True)
    exported.wait()
    one, two = (varve.object("replay", "--data", path, "--stats")["hashes"] for path in (data, copy))
    bench.verdicts.check(f"export and import: {len(one)} view hashes are the same", one == two and len(one) >= len(views))


def numenta(bench):
    """The realAWSCloudWatch series as a monitoring system's own records: processor use as samples of a machine, the rest as
    metrics. Least, greatest, mean and count of every hour against DuckDB."""
    folder = shared_data(bench.options.root, "nab", "data", "realAWSCloudwatch")
    files = sorted(glob.glob(os.path.join(folder or "", "*.csv")))
    if not files:
        return bench.verdicts.skip("numenta", "the Numenta series are not in the shared data")
    varve, data, source = bench.varve, bench.path("numenta"), bench.path("numenta.ndjson")
    samples = 0
    with open(source, "w", encoding="utf-8") as out:
        for file in files:
            name = os.path.basename(file)[:-4]
            for row in csv.DictReader(open(file, encoding="utf-8")):
                samples += 1
                if "cpu_utilization" in name:
                    record = {"type": "system_metrics", "host": name, "timestamp": row["timestamp"], "cpu": float(row["value"])}
                else:
                    record = {"metric_type": name, "value": float(row["value"]), "timestamp": row["timestamp"], "source": "aws"}
                out.write(json.dumps(record) + "\n")
    receipt = varve.ingest(data, "monitoring", source)
    bench.accounted("Numenta series", receipt, samples, samples)
    varve.project(data, ["system_resources", "metrics"])
    duck = duckdb.connect()
    listed = ", ".join(definitions.quoted(file) for file in files)
    duck.execute(f"""CREATE TABLE samples AS SELECT parse_filename(filename, true) AS name, "timestamp" AS time, value
        FROM read_csv([{listed}], header = true, filename = true, columns = {{timestamp: 'TIMESTAMP', value: 'DOUBLE'}})""")
    query = """SELECT epoch(date_trunc('hour', time))::BIGINT, name, count(*), min(value), max(value), avg(value) FROM samples
        WHERE contains(name, 'cpu_utilization') = {} GROUP BY ALL"""
    for view, key, is_cpu in (("system_resources", "host", True), ("metrics", "metric_type", False)):
        rows = {(epoch(row["time"]), row[key]): row for row in varve.show(data, view, "--by", key)}
        scale, wrong = 100 if is_cpu else 1, []
        expected = duck.execute(query.format(is_cpu)).fetchall()
        for hour, name, count, least, greatest, mean in expected:
            row = rows.pop((hour, name), None)
            # A sum is kept in millionths: each sample may be half of one off.
            if row is None or row["samples"] != count or abs(row["least"] - least / scale) > 1e-12 * abs(least) \
                    or abs(row["greatest"] - greatest / scale) > 1e-12 * abs(greatest) \
                    or abs(row["mean"] - mean / scale) > 5.1e-7 + 1e-12 * abs(mean):
                wrong.append(f"{hour} {name}: {row} against {count, least, greatest, mean}")
        bench.verdicts.check(f"Numenta: {view} by hour: count, least, greatest and mean equal DuckDB's ({len(expected):,} rows)",
                             not wrong and not rows and bool(expected), f"{len(wrong)} differ: {wrong[:2]}; {len(rows)} too many")
    duck.close()
