"""Ten views while a writer appends and a projector follows: the rows that `varve export --view` writes, read by DuckDB, equal
those that `varve view show` prints from the projector's store, at the same offset."""

import json
import os
import subprocess
import threading
import time

import duckdb

VIEWS = [("rollback_rate", "hour"), ("rollback_rate", "day"), ("latency", "hour"), ("latency", "day"), ("volume", "hour"),
         ("volume", "day"), ("retry_success", "hour"), ("retry_success", "day"), ("active_users", "day"), ("sessions", None)]


def check(bench):
    varve, data = bench.varve, bench.path("following")
    lines = varve.run("generate", "--events", "30000").splitlines(keepends=True)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    writer = subprocess.Popen([varve.binary, "ingest", "-", "--data", data], stdin=subprocess.PIPE, **quiet)
    done = threading.Event()
    feeder = threading.Thread(target=feed, args=(writer, lines, done))
    feeder.start()
    projector = None
    try:
        wait(lambda: varve.run("log", "info", "--data", data, "--json", expect=None).startswith("{"))
        projector = subprocess.Popen([varve.binary, "project", "run", "--follow", "--data", data], **quiet)
        wait(lambda: os.path.exists(os.path.join(data, "views", "main.sqlite")))
        offsets = {compare(bench, data, name, bucket) for name, bucket in VIEWS}
        wait(lambda: envelope(varve, data, "volume", "hour")["offset"] > max(offsets))
        offsets.add(compare(bench, data, "volume", "hour"))
        bench.verdicts.check("following: rows were compared at several offsets, while events came", len(offsets) > 1, str(offsets))
    finally:
        done.set()
        feeder.join()
        writer.wait()
        if projector:
            projector.terminate()
            projector.wait()


def feed(writer, lines, done):
    """A few lines at a time, until there are no more or nobody compares any more."""
    for start in range(0, len(lines), 50):
        if done.is_set():
            break
        writer.stdin.write("".join(lines[start:start + 50]).encode())
        writer.stdin.flush()
        time.sleep(0.02)
    writer.stdin.close()


def compare(bench, data, name, bucket):
    """The offset of one comparison."""
    # The store begins empty.
    wait(lambda: envelope(bench.varve, data, name, bucket).get("rows"))
    shown = envelope(bench.varve, data, name, bucket)
    options = ["--bucket", bucket] if bucket else []
    text = bench.varve.run("export", "--view", name, "--data", data, "--format", "csv", "--at", str(shown["offset"]), *options)
    file = bench.path("following.csv")
    with open(file, "w", encoding="utf-8") as out:
        out.write(text)
    relation = duckdb.read_csv(file, all_varchar=True, header=True)
    exported = [dict(zip(relation.columns, row)) for row in relation.fetchall()]
    rows = [{column: plain(value) for column, value in row.items()} for row in shown["rows"]]
    exported = [{column: typed(value, rows[number].get(column)) for column, value in row.items()}
                for number, row in enumerate(exported[:len(rows)])] + exported[len(rows):]
    wrong = [pair for pair in zip(rows, exported) if pair[0] != pair[1]][:1]
    bench.verdicts.check(f"following: {name} {bucket or ''} at {shown['offset']:,}: DuckDB reads the {len(rows):,} rows that view show prints",
                         bool(rows) and len(rows) == len(exported) and not wrong, f"{len(rows)} and {len(exported)} rows; {wrong}")
    return shown["offset"]


def envelope(varve, data, name, bucket, expect=0):
    text = varve.run("view", "show", name, "--data", data, "--envelope", *(["--bucket", bucket] if bucket else []), expect=expect)
    return json.loads(text) if text.startswith("{") else {}


def plain(value):
    """A value of a row as CSV may hold it."""
    return json.dumps(value) if isinstance(value, (list, dict)) else value


def typed(text, like):
    """Text of CSV as a value of the type of `like`."""
    if text is None or text == "":
        return None if like is None else text
    if isinstance(like, bool):
        return {"true": True, "false": False}.get(text, text)
    if isinstance(like, (int, float)):
        return float(text)
    return text


def wait(holds):
    for _ in range(600):
        if holds():
            return
        time.sleep(0.1)
    raise ValueError("the writer or the projector did not begin")
