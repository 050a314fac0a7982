"""What a run knows, and the work on whole sets of events: load, replay, size, find.

Samples are interleaved: every round asks each engine once, in an order that rotates."""

import datetime
import json
import os
import time

import engines
import measure

# Loading more events than this takes minutes with all engines, and differs little from one time to the next.
LARGE = 10_000_000
VIEWS = ["rollback_rate", "retry_success", "latency", "volume", "active_users"]


class Run:
    def __init__(self, options, file, events, varve, peers, generate, tool=None, brokers=None, absent=None):
        self.options, self.file, self.events = options, file, events
        self.varve, self.peers, self.generate = varve, peers, generate
        self.tool, self.brokers, self.absent = tool, brokers or {}, absent or {}
        self.stores = os.path.join(options.work_dir, "stores")
        self.rows, self.skipped, self.wrong, self.commands = [], [], [], {}
        self.loaded = False
        self.lacking = set()
        self.fastest = {}  # {engine: {view: SQL}}, once replay has found out

    def has(self, command, *options):
        """Whether varve takes part in this work; says NOT RUN once for each command that this build lacks."""
        if self.varve is None:
            return False
        found = self.varve.can(command, *options)
        if not found and command not in self.lacking:
            self.lacking.add(command)
            self.skip(f"varve {command}", "this build has no such command" + (f" with {', '.join(options)}" if options else ""))
        return found

    def has_tool(self, word):
        """Whether `varve-measure` is here and knows this word."""
        found = self.varve is not None and self.tool is not None and word in self.tool.knows
        if not found and self.varve is not None and ("tool", word) not in self.lacking:
            self.lacking.add(("tool", word))
            self.skip(f"varve-measure {word}", "it does not know that yet" if self.tool else
                      "there is none beside the varve binary: swift build -c release --product varve-measure")
        return found

    def measure(self, words, threads=2, key=None):
        """Runs `varve-measure`; what it said (JSON where it says that, else lines) and what it used."""
        output = os.path.join(self.varve.folder, "measure")
        self.commands[key or f"varve-measure {words[0]}"] = "varve-measure " + " ".join(words)
        usage = measure.run_child([self.tool.binary, *words], threads, output)
        with open(output, errors="replace") as out:
            lines = out.read().splitlines()
        return (json.loads(lines[-1]) if lines and lines[-1].startswith("{") else lines), usage

    def skip(self, what, reason):
        self.skipped.append({"work": what, "reason": reason})
        print(f"NOT RUN: {what}: {reason}", flush=True)

    def check(self, claim, holds, detail=""):
        if not holds:
            self.wrong.append(f"{claim}: {detail}")
            print(f"WRONG: {claim}: {detail}", flush=True)

    def add(self, work, samples, threads=None, unit="s", goals=None, ways=None, section="queries", promises=None, limit=None):
        """One line of a table: {engine: [sample, …]}, a sample being a number or what a stopwatch returned.

        `goals` are ratios to peers, `limit` is an amount that the median of varve may not exceed."""
        if self.options.smoke:
            goals, limit = None, None  # so little work says nothing about them
        row = {"section": section, "work": work, "threads": threads, "unit": unit, "goals": goals or {}, "ways": ways or {},
               "promises": promises or {}, "limit": limit, "engines": {}}
        for engine, taken in samples.items():
            if taken:
                row["engines"][engine] = [s if isinstance(s, dict) else {"value": s} for s in taken]
        self.rows.append(row)

    @staticmethod
    def median(taken):
        return sorted(sample["seconds"] for sample in taken)[len(taken) // 2]

    @staticmethod
    def add_up(samples):
        return add_up(samples)

    def rounds(self, count, jobs, seconds=None):
        """Calls every job `count` times, one after the other, first come rotating; {name: [result, …]}. A job that has taken
        more than `seconds` is not called again."""
        names, results, taken = list(jobs), {name: [] for name in jobs}, dict.fromkeys(jobs, 0)
        for turn in range(count):
            shift = turn % max(1, len(names))
            for name in names[shift:] + names[:shift]:
                if seconds is None or taken[name] <= seconds:
                    start = time.monotonic()
                    results[name].append(jobs[name]())
                    taken[name] += time.monotonic() - start
        return results


def load(run):
    """NDJSON file into each engine's own storage, on one core. Every sample starts from an empty store."""
    def varve():
        run.varve.prepare()
        result = run.varve.load(run.file)
        said = result["said"] or {}
        run.check("varve appended every event", said.get("appended") == run.events, json.dumps(said))
        return result

    def peer(name):
        def sample():
            run.peers[name].ask("prepare")
            result = run.peers[name].ask("load", file=run.file, threads=1)
            run.peers[name].ask("settle")
            return result
        return sample

    jobs = {name: peer(name) for name in run.peers}
    if run.has("ingest"):
        jobs["varve"] = varve
    most = 2 if run.events > LARGE else 3
    samples = run.rounds(min(run.options.repeat, most) if "load" in run.options.work else 1, jobs)
    run.loaded = True
    for name in run.peers:
        table = "events" if name == "duckdb" else "varve.events"
        counted = run.peers[name].ask("rows", sql=f"SELECT 1 FROM {table}")["value"]
        run.check(f"{name} loaded every event", counted == run.events, f"{counted} of {run.events}")
    if "load" in run.options.work:
        run.add("load NDJSON", samples, threads=1, goals={"duckdb": 2.5, "clickhouse": 2.5})


def ensure_loaded(run):
    if not run.loaded:
        load(run)


def replay(run):
    """The five views: each alone, and all of them: one pass for varve, the sum of the five queries for a peer."""
    ensure_loaded(run)
    replays = run.has("ingest") and run.has("replay", "--threads", "--stats")
    ways = {name: engines.views(name) for name in run.peers}
    same_answers(run, ways)
    for threads in run.options.threads:
        jobs = {}
        for view in VIEWS:
            for name, worker in run.peers.items():
                for way, sql in ways[name][view].items():
                    jobs[name, view, way] = lambda w=worker, s=sql, t=threads: w.ask("view", sql=s, threads=t)
            if replays:
                jobs["varve", view, "plain"] = lambda v=view, t=threads: run.varve.replay([v], t)
        if replays:
            jobs["varve", "all", "plain"] = lambda t=threads: run.varve.replay(VIEWS, t)
        for job in jobs.values():
            job()  # warm: every engine has its columns in the page cache or its own
        add_replay(run, threads, run.rounds(run.options.repeat, jobs))


def add_replay(run, threads, results):
    median = lambda taken: sorted(sample["seconds"] for sample in taken)[len(taken) // 2]
    total = {name: [] for name in run.peers}
    for view in VIEWS:
        best, chosen = {}, {}
        for (name, of, way), taken in results.items():
            if of == view and (name not in best or median(taken) < median(best[name])):
                best[name], chosen[name] = taken, way
        for name in run.peers:
            total[name].append(best[name])
        medians = {f"{name} {way}": round(median(taken), 4) for (name, of, way), taken in results.items() if of == view}
        used = {"used": chosen, "medians": medians}
        for name in run.peers:
            run.fastest.setdefault(name, {})[view] = chosen[name]
        run.add(f"replay {view}", best, threads, goals={"duckdb": 1, "clickhouse": 1}, ways=used)
    sums = {name: [add_up(samples) for samples in zip(*views)] for name, views in total.items()}
    sums["varve"] = results.get(("varve", "all", "plain"), [])
    goals = {"duckdb": 8, "clickhouse": 12} if threads == 2 else {}
    run.add("replay all five", sums, threads, goals=goals)
    if sums["varve"]:
        # Varve's own clock starts when the log is opened; this line holds it to what a user waits for.
        whole = {**sums, "varve": [{**sample, "seconds": sample["process_seconds"]} for sample in sums["varve"]]}
        run.add("replay all five, varve's whole process", whole, threads)


def add_up(samples):
    shares = [sample["foreign"] for sample in samples if sample["foreign"] is not None]
    return {"seconds": sum(s["seconds"] for s in samples), "cpu_seconds": sum(s["cpu_seconds"] for s in samples),
            "foreign": max(shares, default=None), "peak_mb": max(s["peak_mb"] for s in samples)}


def same_answers(run, ways):
    """The peers must be answering the same question: every view has as many rows in both."""
    for view in VIEWS:
        counts = {f"{name} {way}": run.peers[name].ask("rows", sql=sql)["value"]
                  for name in run.peers for way, sql in ways[name][view].items()}
        run.check(f"{view} has the same rows everywhere", len(set(counts.values())) == 1, json.dumps(counts))


def size(run):
    """Bytes on disk, as bulk-loaded and after each engine's compaction."""
    ensure_loaded(run)
    peers = {name: [run.peers[name].ask("size")] for name in run.peers}
    bulk = {name: [found[0]["bytes"]] for name, found in peers.items()}
    if run.has("ingest"):
        bulk["varve"] = [run.varve.size()["bytes"]]
    run.add("bytes as loaded", bulk, unit="B", goals={"clickhouse": 0.75})
    run.peers["clickhouse"].ask("compact")
    compacted = {"duckdb": bulk["duckdb"], "clickhouse": [run.peers["clickhouse"].ask("size")["bytes"]]}
    if "varve" in bulk and run.has("log compact"):
        run.varve.run("compact", ["log", "compact", "--data", run.varve.data], 2)
        compacted["varve"] = [run.varve.size()["bytes"]]
    run.add("bytes compacted", compacted, unit="B", goals={"clickhouse": 0.65})


def find(run):
    """Everything one session did: in ten minutes, and in the whole month. A session of the middle of the file."""
    ensure_loaded(run)
    finds = run.has("ingest") and run.has("cat", "--session", "--from", "--to")
    session, at, first, last = sample_session(run)
    spans = {"ten minutes": (at - 300_000, at + 300_000), "everything": (first, last + 1)}
    for label, (start, end) in spans.items():
        jobs = {}
        for name, worker in run.peers.items():
            sql = engines.statement(name, "find").replace("{session}", session)
            sql = sql.replace("{from}", str(start)).replace("{to}", str(end)).strip().rstrip(";")
            jobs[name] = lambda w=worker, s=sql: w.ask("find", sql=s, threads=1)
        if finds:
            jobs["varve"] = lambda s=start, e=end: run.varve.find(session, rfc3339(s), rfc3339(e))
        run.rounds(1, jobs)
        samples = run.rounds(run.options.repeat, jobs)
        counts = {name: taken[0]["value"] for name, taken in samples.items()}
        run.check(f"find in {label} gives the same events everywhere", len(set(counts.values())) == 1, json.dumps(counts))
        run.add(f"find session, {label}", samples, threads=1)


def sample_session(run):
    """A session and a time from the middle of the file, and the file's span."""
    first, last, found = None, None, None
    with open(run.file, "rb") as file:
        for number, line in enumerate(file):
            if number % 997 == 0 or number == run.events // 2:
                event = json.loads(line)
                time = event["time"]
                first, last = min(first or time, time), max(last or time, time)
                if number >= run.events // 2 and found is None:
                    found = (event["session_id"], time)
    day = 86_400_000
    return (*found, first - day, last + day)


def rfc3339(milliseconds):
    at = datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.timezone.utc)
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{milliseconds % 1000:03d}Z"
