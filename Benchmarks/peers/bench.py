"""Prepares one data set and runs every work item on varve, DuckDB and ClickHouse in turn. Start it through `run`."""

import argparse
import datetime
import json
import os
import shutil
import subprocess
import sys

import engines
import measure
import report
import work
from varve import Varve


def arguments():
    parser = argparse.ArgumentParser(prog="Benchmarks/peers/run", description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=5_000_000, help="events to generate (the goals are for 20000000)")
    parser.add_argument("--repeat", type=int, default=5, help="samples of every figure (loads: at most 3)")
    parser.add_argument("--threads", default="2,1", help="thread counts for replay, comma-separated")
    parser.add_argument("--work", default="load,replay,size,find,scaling,append,follow,rebuild",
                        help="work items, comma-separated: " + ", ".join(work.ITEMS))
    parser.add_argument("--json", default=None, help="where results go (default: results.json in the work folder)")
    parser.add_argument("--file", default=None, help="NDJSON events to use instead of generated ones")
    parser.add_argument("--seed", type=int, default=1, help="seed of the generated events")
    parser.add_argument("--days", type=int, default=30, help="days the generated events spread over")
    parser.add_argument("--keep", action="store_true", help="keep the stores for a look afterwards")
    parser.add_argument("--root", default=os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))),
                        help=argparse.SUPPRESS)
    parser.add_argument("--work-dir", default=None, help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.threads = [int(count) for count in options.threads.split(",")]
    options.work = [name for name in options.work.split(",") if name]
    options.work_dir = options.work_dir or os.path.join(options.root, "Benchmarks", "peers", "work")
    options.json = options.json or os.path.join(options.work_dir, "results.json")
    unknown = [name for name in options.work if name not in work.ITEMS]
    if unknown:
        parser.error(f"unknown work {', '.join(unknown)}; known: {', '.join(work.ITEMS)}")
    if options.events < 1 or options.repeat < 1 or any(count < 1 for count in options.threads):
        parser.error("--events, --repeat and --threads are at least 1")
    return options


def generate(varve, events, options):
    """The data set of this size, seed and span: kept between runs only where it is complete (it is renamed when done)."""
    path = os.path.join(options.work_dir, f"events-{events}-{options.days}d-seed{options.seed}.ndjson")
    binary = os.path.getmtime(varve.binary)
    if not os.path.exists(path) or os.path.getmtime(path) < binary:
        print(f"generating {events:,} events …", file=sys.stderr)
        command = [varve.binary, "generate", "--events", str(events), "--days", str(options.days), "--seed", str(options.seed)]
        with open(path + ".part", "wb") as out:
            subprocess.run(command, stdout=out, check=True)
        os.rename(path + ".part", path)
    varve.commands["generate"] = f"varve generate --events {events} --days {options.days} --seed {options.seed}"
    return path


def count_lines(path):
    with open(path, "rb") as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 22), b""))


def commit(root):
    shown = subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=root, capture_output=True, text=True)
    changed = subprocess.run(["git", "status", "--porcelain"], cwd=root, capture_output=True, text=True).stdout.strip()
    return shown.stdout.strip() + (" with local changes" if changed else "") if shown.returncode == 0 else "unknown"


def main():
    options = arguments()
    os.makedirs(options.work_dir, exist_ok=True)
    stores = os.path.join(options.work_dir, "stores")
    shutil.rmtree(stores, ignore_errors=True)

    binary, missing = Varve.locate(options.root)
    varve = Varve(binary, os.path.join(stores, "varve")) if binary else None
    if varve is None:
        print(f"NOT RUN: varve: {missing}", file=sys.stderr)
        if options.file is None:
            sys.exit("there is nothing to measure: events come from `varve generate`, or from --file EVENTS.ndjson")

    file = os.path.abspath(options.file) if options.file else generate(varve, options.events, options)
    peers = {}
    try:
        for name in ("duckdb", "clickhouse"):
            peers[name] = engines.Worker(name, os.path.join(stores, name))
        run = work.Run(options, file, count_lines(file), varve, peers, generate)
        facts = measure.machine(options.work_dir)
        for name in work.ITEMS:
            if name in options.work:
                print(f"running {name} …", file=sys.stderr)
                work.ITEMS[name](run)
    finally:
        for peer in peers.values():
            peer.close()
        if not options.keep:
            shutil.rmtree(stores, ignore_errors=True)

    results = {
        "when": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "machine": facts, "events": run.events, "ndjson_bytes": os.path.getsize(file),
        "repeat": options.repeat, "command": "Benchmarks/peers/run " + " ".join(sys.argv[1:]),
        "versions": {"varve": varve.version if varve else None, "commit": commit(options.root),
                     "duckdb": peers["duckdb"].version, "clickhouse": peers["clickhouse"].version,
                     "python": sys.version.split()[0]},
        "commands": varve.commands if varve else {}, "rows": run.rows, "not_run": run.skipped, "wrong": run.wrong,
    }
    with open(options.json, "w") as out:
        json.dump(results, out, indent=1)
    report.show(results)
    sys.exit(1 if run.wrong else 0)


if __name__ == "__main__":
    main()
