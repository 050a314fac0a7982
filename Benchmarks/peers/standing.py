"""Views that are kept: how soon an event is in them, what one per cent of new data costs, what they said at any past offset."""

import os
import re
import shutil
import signal
import subprocess
import time

import engines
import measure
from work import VIEWS, ensure_loaded

NAMES = ",".join(VIEWS)
# As varve-measure prints a distribution.
SPREAD = re.compile(r"p50 ([\d.]+) p90 ([\d.]+) p99 ([\d.]+) max ([\d.]+) ms of (\d+)")


def spread(text):
    """{p50_ms, p99_ms, …} of the first distribution in a line."""
    p50, p90, p99, worst, count = SPREAD.search(text).groups()
    return {"p50_ms": float(p50), "p90_ms": float(p90), "p99_ms": float(p99), "max_ms": float(worst), "count": int(count),
            "value": float(p99)}


def follow(run):
    """From append to visible at a steady rate: a view's rows for varve and ClickHouse, the event itself for the servers."""
    rate, seconds = run.options.follow_rate, run.options.follow_seconds
    found, notes, slower = {}, {}, []
    if run.has_tool("follow") and run.has("project run", "--follow"):
        found["varve"] = [varve_follow(run, rate, seconds)]
    for name, broker in run.brokers.items():
        sample, kept = broker_follow(run, broker, rate, seconds)
        if sample:
            found[name], notes[name] = [sample], f"at {kept:,} events/s"
            if kept != rate:
                notes[name] += f": it does not keep {rate:,}"
                slower.append(name)
        else:
            run.skip(f"follow, {name}", f"it keeps no rate down to {kept:,} events/s")
    for name, reason in run.absent.items():
        run.skip(f"follow, {name}", reason)
    if "clickhouse" in run.peers:
        found["clickhouse"] = [clickhouse_follow(run, rate)]
        notes["clickhouse"] = "one insert after the other, no rate"
    run.skip("follow, DuckDB", "it has neither materialized views nor a way to be told of new rows")
    slowest = max(100, 4 * run.limits.get("fdatasync_p99_ms", 0))
    label = f"append to visible, p99 at {rate:,} events/s for {seconds:g} s"
    run.add(label, found, unit="ms", section="follow", limit=slowest, ways={"notes": notes, "slower": slower})


def varve_follow(run, rate, seconds):
    """A projector of the five views follows while `varve-measure follow` appends and watches its store."""
    data = os.path.join(run.stores, "follow")
    shutil.rmtree(data, ignore_errors=True)
    head = os.path.join(run.stores, "follow.ndjson")
    with open(run.file, "rb") as file, open(head, "wb") as out:
        out.writelines(line for _, line in zip(range(1_000), file))
    run.varve.run("follow, first events", ["ingest", head, "--data", data, "--format", "ndjson", "--json"], 2)
    words = ["project", "run", "--data", data, "--views", NAMES]
    run.varve.run("follow, store", words, 2)
    run.commands["follow, projector"] = "varve " + " ".join([*words, "--follow"])
    projector = subprocess.Popen([run.varve.binary, *words, "--follow"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        time.sleep(1)
        lines, _ = run.measure(["follow", data, str(rate), str(max(1, round(seconds)))])
    finally:
        projector.send_signal(signal.SIGTERM)
        _, status, usage = os.wait4(projector.pid, 0)
        projector.returncode = os.waitstatus_to_exitcode(status)
    durable = spread(next(line for line in lines if "append to durable" in line))
    shutil.rmtree(data, ignore_errors=True)
    return {**spread(lines[-1]), "durable_p50_ms": durable["p50_ms"], "durable_p99_ms": durable["p99_ms"],
            "peak_mb": usage.ru_maxrss / 1024}


def broker_follow(run, broker, rate, seconds):
    """At the rate, or at the first tenth, hundredth … of it that the server keeps."""
    for divisor in (1, 10, 100, 1_000):
        broker.start("sync")
        try:
            said = broker.drive(["follow", str(broker.port), run.file, str(max(100, rate // divisor)), str(seconds)],
                                timeout=seconds + 60)
        finally:
            broker.stop(signal.SIGKILL)
        if said and said["seconds"] < seconds * 1.1 + 0.5:
            run.commands.update(broker.commands)
            return {**said, "value": said["p99_ms"]}, said["rate"]
    return None, max(100, rate // 1_000)


def clickhouse_follow(run, rate):
    """One insert after the other, each as many events as a hundredth of a second of the rate brings; its five views are
    current when the insert returns. That is less than it would take at the rate, where inserts wait for each other."""
    rows, folder = max(1, rate // 100), os.path.join(run.stores, "inserts")
    os.makedirs(folder, exist_ok=True)
    count = 5 if run.options.smoke else 100
    with open(run.file, "rb") as file:
        for number in range(count):
            with open(os.path.join(folder, f"{number}.ndjson"), "wb") as out:
                out.writelines(line for _, line in zip(range(rows), file))
    worker = run.peers["clickhouse"]
    worker.ask("prepare")
    worker.ask("keep_views")
    took = sorted(worker.ask("load", file=os.path.join(folder, f"{number}.ndjson"), threads=2)["seconds"] * 1e3
                  for number in range(count))
    run.loaded = False
    shutil.rmtree(folder, ignore_errors=True)
    at = lambda share: round(took[min(count - 1, int(count * share))], 3)
    return {"p50_ms": at(0.5), "p99_ms": at(0.99), "max_ms": at(1), "count": count, "value": at(0.99)}


def rebuild(run):
    """One per cent more events, and the five views again."""
    ensure_loaded(run)
    more = run.generate(run.varve, max(1_000, run.events // 100), run.options, seed=run.options.seed + 1) \
        if run.varve else None
    if more is None or run.options.file:
        return run.skip("rebuild", "needs the varve binary, and events that it generates")
    varve = run.has("ingest") and run.has("replay", "--no-cache", "--stats") and run.has("view hash") and run.has("project run")
    rounds = min(run.options.repeat, 3)
    if varve:
        for view in VIEWS:  # states of sealed segments, and the projector's store: what is kept between questions
            run.varve.run("states", ["view", "hash", view, "--data", run.varve.data], 2)
        run.varve.run("project", ["project", "run", "--data", run.varve.data, "--views", NAMES], 2)

    appended, again, kept = {}, {}, {}
    for name, worker in run.peers.items():
        ways = engines.views(name)
        sql = {view: ways[view][run.fastest.get(name, {}).get(view, next(iter(ways[view])))] for view in VIEWS}
        for _ in range(rounds):
            appended.setdefault(name, []).append(worker.ask("load", file=more, threads=1))
            answers = [worker.ask("view", sql=sql[view], threads=2) for view in VIEWS]
            again.setdefault(name, []).append(added_up(answers))
    for _ in range(rounds if varve else 0):
        load = run.varve.load(more)
        appended.setdefault("varve", []).append(load)
        project = run.varve.run("project", ["project", "run", "--data", run.varve.data, "--views", NAMES], 2)
        kept.setdefault("varve", []).append(added_up([load, project]))
        again.setdefault("varve", []).append(run.varve.replay(VIEWS, 2, cached=True))
    if "clickhouse" in run.peers:
        worker = run.peers["clickhouse"]
        worker.ask("keep_views")
        for _ in range(rounds):
            load = worker.ask("load", file=more, threads=1)
            read = [worker.ask("view", sql=sql, threads=2) for sql in engines.kept_views().values()]
            kept.setdefault("clickhouse", []).append(added_up([load, *read]))
        plain = engines.views("clickhouse")
        for view, sql in engines.kept_views().items():
            counts = [worker.ask("rows", sql=each)["value"] for each in (sql, next(iter(plain[view].values())))]
            run.check(f"ClickHouse keeps {view} as its query has it", counts[0] == counts[1], str(counts))
        worker.ask("drop_views")
    run.loaded = False
    run.add("1 % more events: append", appended, 1)
    run.add("1 % more events: five views asked again", again, 2)
    run.add("1 % more events: append, into kept views", kept)
    in_process(run)


def added_up(samples):
    return {"seconds": sum(s["seconds"] for s in samples), "cpu_seconds": sum(s["cpu_seconds"] for s in samples)}


def in_process(run):
    """One of a hundred sealed segments has changed: the share of a full replay, on as many threads."""
    if not (run.has_tool("rebuild") and run.has_tool("copy")):
        return
    hundred = os.path.join(run.stores, "varve-hundred")
    shutil.rmtree(hundred, ignore_errors=True)
    run.measure(["copy", run.varve.data, hundred, str(max(run.events // 100, 1))])
    lines, _ = run.measure(["rebuild", hundred])
    shutil.rmtree(hundred, ignore_errors=True)
    pattern = r"in process, one of (\d+) segments damaged, median of \d+: ([\d.]+) ms, .*; ([\d.]+) % of a full replay"
    found = next(filter(None, (re.search(pattern, line) for line in lines)), None)
    if not found:
        return run.skip("rebuild in process", lines[-1])
    segments, one, share = found.groups()
    sample = {"value": float(share), "segments": int(segments), "one_ms": float(one)}
    run.add(f"five views after one of {segments} segments changed, % of a full replay", {"varve": [sample]}, unit="%",
            section="varve", limit=3)


def asof(run):
    """Each view at random past offsets, in a process that has the log open."""
    ensure_loaded(run)
    if not (run.has("ingest") and run.has_tool("asof")):
        return
    lines, usage = run.measure(["asof", run.varve.data, "3" if run.options.smoke else "60", "1"])
    for line in lines:
        view, _, rest = line.partition(": rows by day ")
        if rest:
            sample = {**spread(rest), "peak_mb": usage["peak_mb"]}
            run.add(f"as of a random past offset, {view}, p99", {"varve": [sample]}, unit="ms", section="varve", limit=50)
