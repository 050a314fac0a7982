#!/usr/bin/env python3
"""Reads Parquet exports with DuckDB and pyarrow, and holds them against the same events as NDJSON and the same rows as JSON.

  Tests/oracle/parquet.py [--program .build/debug/varve] [--events 20000]

Both libraries are on PyPI (requirements.txt). Every value of every type is compared, nulls and empty texts apart.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile

import duckdb
import pyarrow.parquet as pq

NS = 1_000_000_000


def nanoseconds(text):
    import datetime
    base, _, rest = text.rstrip("Z").partition(".")
    whole = int(datetime.datetime.fromisoformat(base + "+00:00").timestamp())
    return whole * NS + int((rest + "000000000")[:9])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", default=".build/debug/varve")
    parser.add_argument("--events", type=int, default=20_000)
    arguments = parser.parse_args()
    failures = []
    with tempfile.TemporaryDirectory(prefix="varve-parquet-") as folder:
        def run(*command, binary=False, text=None):
            out = subprocess.run([arguments.program, *command], input=text, stdout=subprocess.PIPE,
                                 stderr=subprocess.DEVNULL, check=True).stdout
            return out if binary else out.decode()

        data = os.path.join(folder, "data")
        generated = run("generate", "--events", str(arguments.events), "--system", "all", binary=True)
        special = [
            {"time": "2026-01-21T14:00:00.123456789Z", "signal": "t.x", "data": {"s": "", "i": 9007199254740993, "d": 0.1}},
            {"time": "2026-01-21T14:00:00Z", "signal": "t.x", "component": "ü€𝄞", "data": {"b": True, "i": -1, "mixed": "a"}},
            {"time": "2026-01-21T14:00:00Z", "signal": "t.x", "data": {"b": False, "d": 7, "mixed": 3, "list": [1, "x"]}},
        ]
        lines = generated + "".join(json.dumps(event, ensure_ascii=False) + "\n" for event in special).encode()
        subprocess.run([arguments.program, "ingest", "-", "--data", data], input=lines, stdout=subprocess.DEVNULL, check=True)
        events = [json.loads(line) for line in run("export", "--events", "--data", data).splitlines()]
        path = os.path.join(folder, "events.parquet")
        with open(path, "wb") as file:
            file.write(run("export", "--events", "--format", "parquet", "--data", data, binary=True))
        table = pq.read_table(path)
        rows = table.num_rows
        print("pyarrow: %d rows, %d columns, %d row groups" % (rows, table.num_columns, pq.ParquetFile(path).num_row_groups))
        if rows != len(events):
            failures.append("%d rows, and %d events" % (rows, len(events)))
        compare(events, table, failures)
        count, total = duckdb.sql("select count(*), sum(\"offset\") from '%s'" % path).fetchall()[0]
        if (count, total) != (len(events), sum(event["offset"] for event in events)):
            failures.append("DuckDB: %s rows, sum of offsets %s" % (count, total))
        by_signal = dict(duckdb.sql("select signal, count(*) from '%s' group by 1" % path).fetchall())
        for signal in {event["signal"] for event in events}:
            if by_signal.get(signal) != sum(event["signal"] == signal for event in events):
                failures.append("DuckDB: signal %s" % signal)
        kinds = {row[0]: row[1] for row in duckdb.sql("describe select * from '%s'" % path).fetchall()}
        for name, kind in {"offset": "BIGINT", "time": "TIMESTAMP", "data.i": "BIGINT", "data.d": "DOUBLE",
                           "data.b": "BOOLEAN", "data.s": "VARCHAR", "data.mixed": "VARCHAR"}.items():
            if not kinds.get(name, "").startswith(kind):
                failures.append("DuckDB: %s is %s, not %s" % (name, kinds.get(name), kind))
        views(run, data, folder, failures)
    for failure in failures[:20]:
        print("differs: " + failure)
    print("differences: %d" % len(failures))
    sys.exit(1 if failures else 0)


def compare(events, table, failures):
    columns = {name: table.column(name) for name in table.column_names}
    values = {}
    for name, column in columns.items():
        values[name] = column.cast("int64").to_pylist() if str(column.type).startswith("timestamp") else column.to_pylist()
    for index, event in enumerate(events):
        for name, list_ in values.items():
            wanted = event["data"].get(name[5:]) if name.startswith("data.") else event.get(name)
            if name in ("time", "observed") and wanted is not None:
                wanted = nanoseconds(wanted)
            found = list_[index]
            if isinstance(found, str) and wanted is not None and not isinstance(wanted, str):
                same = json.loads(found) == wanted
            else:
                same = found == wanted
            if not same:
                failures.append("event %d, %s: %r, and %r" % (index, name, found, wanted))


def views(run, data, folder, failures):
    for view in ["volume", "latency", "rollback_rate", "requests", "sessions", "errors", "active_users"]:
        rows = json.loads(run("view", "show", view, "--fresh", "--data", data, "--json"))
        path = os.path.join(folder, view + ".parquet")
        with open(path, "wb") as file:
            file.write(run("export", "--view", view, "--format", "parquet", "--data", data, binary=True))
        table = pq.read_table(path)
        counted = duckdb.sql("select count(*) from '%s'" % path).fetchall()[0][0]
        if not table.num_rows == counted == len(rows):
            failures.append("%s: %d and %d rows, not %d" % (view, table.num_rows, counted, len(rows)))
            continue
        for name in table.column_names:
            column = table.column(name)
            is_time = str(column.type).startswith("timestamp")
            for index, found in enumerate((column.cast("int64") if is_time else column).to_pylist()):
                wanted = rows[index].get(name)
                if is_time and wanted is not None:
                    wanted = nanoseconds(wanted)
                if isinstance(wanted, list):
                    # A list is text, as in CSV: each of its values stands in it.
                    if not all(str(value) in found for value, _ in wanted):
                        failures.append("%s row %d, %s: %r, and %r" % (view, index, name, found, wanted))
                    continue
                close = isinstance(found, float) and wanted is not None and abs(found - wanted) <= 1e-9 * max(1, abs(found))
                if found != wanted and not close:
                    failures.append("%s row %d, %s: %r, and %r" % (view, index, name, found, wanted))


main()
