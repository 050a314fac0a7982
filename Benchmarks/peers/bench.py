"""Prepares one data set and runs every work item on varve and its peers in turn. Start it through `run`."""

import argparse
import datetime
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import traceback

import append
import brokers
import drivers
import engines
import growth
import measure
import report
import shapes
import standing
import work
from varve import Varve

# In the order in which they run: those that read the loaded stores, those that change them, those with stores of their own.
ITEMS = {
    "load": work.load, "size": work.size, "replay": work.replay, "find": work.find, "asof": standing.asof,
    "rebuild": standing.rebuild, "follow": standing.follow, "append": append.append, "recovery": growth.recovery,
    "scaling": growth.scaling, "memory": growth.memory, "shapes": shapes.shapes,
}


def arguments():
    parser = argparse.ArgumentParser(prog="Benchmarks/peers/run", description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=5_000_000, help="events to generate (the goals are for 20000000)")
    parser.add_argument("--repeat", type=int, default=5,
                        help="samples of every figure (loads and appends: at most 3, loads of more than 10 M events: 2)")
    parser.add_argument("--threads", default="2,1", help="thread counts for replay, comma-separated")
    parser.add_argument("--work", default=",".join(ITEMS), help="work items, comma-separated: " + ", ".join(ITEMS))
    parser.add_argument("--shapes", default=",".join(shapes.SHAPES), help="the shapes of work item shapes, comma-separated")
    parser.add_argument("--append-seconds", type=float, default=3, help="how long producers hand over, for each sample")
    parser.add_argument("--follow-rate", type=int, default=100_000, help="events a second while following")
    parser.add_argument("--follow-seconds", type=float, default=10, help="for how long, each system")
    parser.add_argument("--smoke", action="store_true",
                        help="every item once, tiny: whether the harness works, in less than a minute; its figures mean nothing")
    parser.add_argument("--json", default=None, help="where results go (default: results.json in the work folder)")
    parser.add_argument("--file", default=None, help="NDJSON events to use instead of generated ones")
    parser.add_argument("--seed", type=int, default=1, help="seed of the generated events")
    parser.add_argument("--days", type=int, default=30, help="days the generated events spread over")
    parser.add_argument("--keep", action="store_true", help="keep the stores for a look afterwards")
    parser.add_argument("--root", default=os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))),
                        help=argparse.SUPPRESS)
    parser.add_argument("--work-dir", default=None, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.smoke:
        options.events, options.repeat, options.threads = min(options.events, 30_000), 1, "1"
        options.append_seconds, options.follow_rate, options.follow_seconds = 0.3, 1_000, 1
    options.threads = [int(count) for count in options.threads.split(",")]
    options.shapes = [name for name in options.shapes.split(",") if name]
    options.work = [name for name in options.work.split(",") if name]
    options.work_dir = options.work_dir or os.path.join(options.root, "Benchmarks", "peers", "work")
    options.json = options.json or os.path.join(options.work_dir, "results.json")
    unknown = [name for name in options.work if name not in ITEMS]
    if unknown:
        parser.error(f"unknown work {', '.join(unknown)}; known: {', '.join(ITEMS)}")
    unknown = [name for name in options.shapes if name not in shapes.SHAPES]
    if unknown:
        parser.error(f"unknown shapes {', '.join(unknown)}; known: {', '.join(shapes.SHAPES)}")
    if options.events < 1 or options.repeat < 1 or any(count < 1 for count in options.threads):
        parser.error("--events, --repeat and --threads are at least 1")
    return options


def generate(varve, events, options, seed=None):
    """The data set of this size, seed and span: kept between runs only where it is complete (it is renamed when done)."""
    seed = options.seed if seed is None else seed
    path = os.path.join(options.work_dir, f"events-{events}-{options.days}d-seed{seed}.ndjson")
    binary = os.path.getmtime(varve.binary)
    if not os.path.exists(path) or os.path.getmtime(path) < binary:
        print(f"generating {events:,} events …", file=sys.stderr)
        command = [varve.binary, "generate", "--events", str(events), "--days", str(options.days), "--seed", str(seed)]
        with open(path + ".part", "wb") as out:
            subprocess.run(command, stdout=out, check=True)
        os.rename(path + ".part", path)
    varve.commands[f"generate {events}"] = f"varve generate --events {events} --days {options.days} --seed {seed}"
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
    tool = drivers.Tool.locate(binary) if binary else None
    found, absent = brokers.all_of(options.work_dir, stores)
    peers, took = {}, {}
    try:
        for name in ("duckdb", "clickhouse"):
            peers[name] = engines.Worker(name, os.path.join(stores, name))
        run = work.Run(options, file, count_lines(file), varve, peers, generate, tool, found, absent)
        facts = measure.machine(options.work_dir)
        try:
            run.limits = drivers.limits(options.work_dir, file)
        except drivers.Missing as reason:
            run.limits = {}
            run.skip("limits of the machine", str(reason))
        for name, item in ITEMS.items():
            if name in options.work:
                print(f"running {name} …", file=sys.stderr)
                start = time.monotonic()
                try:
                    item(run)
                except Exception as error:  # what the other items found is not lost with it
                    traceback.print_exc()
                    run.check(f"{name} runs to its end", False, f"{type(error).__name__}: {error}")
                took[name] = round(time.monotonic() - start, 1)
    finally:
        for broker in found.values():
            broker.stop(signal.SIGKILL)
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
                     **{name: broker.version for name, broker in found.items()}, "python": sys.version.split()[0]},
        "limits": run.limits, "seconds_taken": took,
        "options": {name: value for name, value in vars(options).items() if name not in ("root", "work_dir", "json", "file")},
        "commands": {**(varve.commands if varve else {}), **run.commands}, "rows": run.rows,
        "not_run": run.skipped, "wrong": run.wrong,
    }
    with open(options.json, "w") as out:
        json.dump(results, out, indent=1)
    report.show(results)
    sys.exit(1 if run.wrong else 0)


if __name__ == "__main__":
    main()
