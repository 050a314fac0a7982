"""Shapes of events that nobody tuned for: the same events, five fitting views each, in varve and its peers, in one run.

A shape is a folder of `shapes`: a YAML file for each view, and the same questions in SQL. Its columns are listed here; both
peers get native types from them."""

import os
import re
import subprocess

import engines

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "shapes")
# {shape: (folder of its views, columns)}. A column is NAME:TYPE, `data.` before what lies in `data`; `?` may be absent.
USERS = ("component:low session_id:text user_id:text data.action_id:text data.duration_ms:float? data.rollback_reason:low? "
         "data.api_endpoint:low? data.retry_count:int? data.total_duration_ms:float?")
SERIES = "component:low data.name:low data.value:float"
SHAPES = {
    "users": ("users", USERS),
    "late": ("users", USERS),
    "access": ("access", "component:low data.method:low data.path:text data.client:text data.status:int data.bytes:int "
                         "data.duration_ms:float data.user_agent:text"),
    "spans": ("spans", "component:low data.trace_id:text data.span_id:text data.parent_span_id:text data.name:low data.kind:low "
                       "data.duration_ms:float data.status:low data.http.status_code:int data.http.route:low "
                       "data.net.peer.port:int "
                       + " ".join(f"data.resource.text_{n}:low" for n in range(10)) + " "
                       + " ".join(f"data.app.label_{n}:low" for n in range(10)) + " "
                       + " ".join(f"data.app.number_{n}:int" for n in range(10))),
    "series": ("series", SERIES),
    "series-by-time": ("series", SERIES),
    "signals": ("signals", "component:low user_id:text data.count:int data.duration_ms:float"),
    "tenants": ("tenants", "tenant:low component:low user_id:text data.status:int data.bytes:int data.duration_ms:float"),
}
# Events of a shape, of each event of the others: a span is seven times as long as they are.
SHARE = {"spans": 0.15, "access": 0.5}
TYPES = {
    "duckdb": {"low": "VARCHAR", "text": "VARCHAR", "float": "DOUBLE", "int": "BIGINT"},
    "clickhouse": {"low": "LowCardinality(String)", "text": "String", "float": "Float64", "int": "Int64"},
}
# What the number of events sums up to, however the events are stored.
ANSWERS = {"users": "durations", "access": "statuses", "spans": "operations", "series": "values", "signals": "volume",
           "tenants": "per_tenant"}


def columns(shape):
    for column in SHAPES[shape][1].split():
        source, kind = column.split(":")
        inside = source.startswith("data.")
        source = source.removeprefix("data.") if inside else source
        yield source.replace(".", "_"), source, inside, kind.rstrip("?"), kind.endswith("?")


def schema(engine, shape):
    listed = []
    for name, _, _, kind, absent in columns(shape):
        type_name = TYPES[engine][kind]
        if engine == "clickhouse" and absent and kind in ("float", "int"):
            type_name = f"Nullable({type_name})"
        listed.append(f"{name} {type_name}")
    if engine == "duckdb":
        return [f"DROP TABLE events; CREATE TABLE events (time TIMESTAMP_MS NOT NULL, signal VARCHAR NOT NULL, {', '.join(listed)})"]
    return ["DROP TABLE IF EXISTS varve.events SYNC",
            "CREATE TABLE varve.events (time DateTime64(3, 'UTC'), signal LowCardinality(String), "
            f"{', '.join(listed)}) ENGINE = MergeTree ORDER BY time"]


def load_statement(engine, shape, file, threads):
    """Types are given, so that neither engine infers any; text is read as plain text."""
    outer, inner, chosen = [], [], []
    quote = '"{}"'.format if engine == "duckdb" else "`{}`".format
    for _, source, inside, kind, absent in columns(shape):
        type_name = TYPES[engine][kind] if engine == "duckdb" else {"low": "String"}.get(kind, TYPES[engine][kind])
        if engine == "clickhouse" and absent and kind in ("float", "int"):
            type_name = f"Nullable({type_name})"
        chosen.append(f"data.{quote(source)}" if inside else source)
        if inside:
            inner.append(f"{quote(source)} {type_name}")
        else:
            outer.append(f"{source}: '{type_name}'" if engine == "duckdb" else f"{source} {type_name}")
    if engine == "duckdb":
        return (f"INSERT INTO events SELECT make_timestamp_ms(time), signal, {', '.join(chosen)} "
                f"FROM read_json('{file}', format = 'newline_delimited', columns = {{time: 'BIGINT', signal: 'VARCHAR', "
                f"{', '.join(outer)}, data: 'STRUCT({', '.join(inner)})'}})")
    structure = f"time Int64, signal String, {', '.join(outer)}, data Tuple({', '.join(inner)})"
    return (f"INSERT INTO varve.events SELECT fromUnixTimestamp64Milli(time, 'UTC'), signal, {', '.join(chosen)} "
            f"FROM file('{file}', JSONEachRow, '{structure}') "
            f"SETTINGS max_threads = {threads}, max_insert_threads = {threads}")


def questions(engine, folder):
    with open(os.path.join(FOLDER, folder, engine + ".sql")) as file:
        return engines.parsed(file.read())


def generate(run, shape):
    events = max(1, int(run.options.events * SHARE.get(shape, 1)))
    path = os.path.join(run.options.work_dir, f"shape-{shape}-{events}-seed{run.options.seed}.ndjson")
    if not os.path.exists(path) or os.path.getmtime(path) < os.path.getmtime(run.varve.binary):
        command = [run.varve.binary, "generate", "--events", str(events), "--seed", str(run.options.seed), "--shape", shape]
        with open(path + ".part", "wb") as out:
            subprocess.run(command, stdout=out, check=True)
        os.rename(path + ".part", path)
    run.varve.commands[f"generate {shape}"] = f"varve generate --events {events} --seed {run.options.seed} --shape {shape}"
    return path, events


def shapes(run):
    """Load, bytes, and five views alone and together, for each shape."""
    if not (run.has("generate", "--shape") and run.has("ingest") and run.has("replay", "--views-dir", "--stats")):
        return
    for shape in run.options.shapes:
        one_shape(run, shape)
    run.loaded = False  # the peers' tables are those of the last shape


def one_shape(run, shape):
    path, events = generate(run, shape)
    folder = SHAPES[shape][0]
    load(run, shape, path, events)
    sizes = {name: [{"value": worker.ask("size")["bytes"]}] for name, worker in run.peers.items()}
    sizes["varve"] = [{"value": run.varve.size()["bytes"]}]
    run.add(f"{shape}: bytes", sizes, unit="B", goals={"clickhouse": 0.6}, section="shapes")
    asked = {name: questions(name, folder) for name in run.peers}
    views = sorted(re.sub(r"\.yaml$", "", name) for name in os.listdir(os.path.join(FOLDER, folder)) if name.endswith(".yaml"))
    same_answers(run, shape, folder, asked)
    for threads in run.options.threads:
        replay(run, shape, folder, views, asked, threads)


def load(run, shape, path, events):
    def varve():
        run.varve.prepare()
        result = run.varve.load(path)
        said = result["said"] or {}
        run.check(f"varve appended every event of {shape}", said.get("appended") == events, str(said))
        return result

    def peer(name):
        def sample():
            run.peers[name].ask("prepare")
            for sql in schema(name, shape):
                run.peers[name].ask("run", sql=sql)
            result = run.peers[name].ask("run", sql=load_statement(name, shape, path, 1), threads=1)
            run.peers[name].ask("settle")
            return result
        return sample

    jobs = {name: peer(name) for name in run.peers} | {"varve": varve}
    samples = run.rounds(min(run.options.repeat, 2), jobs)
    run.add(f"{shape}: load", samples, threads=1, goals={"duckdb": 2.5, "clickhouse": 2.5}, section="shapes")


def same_answers(run, shape, folder, asked):
    """One view has as many rows in both peers as varve shows."""
    view = ANSWERS[folder]
    counts = {name: run.peers[name].ask("rows", sql=asked[name][view]["plain"])["value"] for name in run.peers}
    counts["varve"] = run.varve.rows(view, os.path.join(FOLDER, folder))
    run.check(f"{shape}: {view} has the same rows everywhere", len(set(counts.values())) == 1, str(counts))


def replay(run, shape, folder, views, asked, threads):
    jobs = {}
    for view in views:
        for name, worker in run.peers.items():
            for way, sql in asked[name][view].items():
                jobs[name, view, way] = lambda w=worker, s=sql: w.ask("view", sql=s, threads=threads)
        jobs["varve", view, "plain"] = lambda v=view: run.varve.replay([v], threads, folder=os.path.join(FOLDER, folder))
    jobs["varve", "all", "plain"] = lambda: run.varve.replay(views, threads, folder=os.path.join(FOLDER, folder))
    for job in jobs.values():
        job()  # warm
    results = run.rounds(run.options.repeat, jobs)
    total = {name: [] for name in run.peers}
    for view in views:
        best, chosen = {}, {}
        for (name, of, way), taken in results.items():
            if of == view and (name not in best or run.median(taken) < run.median(best[name])):
                best[name], chosen[name] = taken, way
        for name in run.peers:
            total[name].append(best[name])
        run.add(f"{shape}: {view}", best, threads, goals={"best": 2.5}, ways={"used": chosen}, section="shapes")
    sums = {name: [run.add_up(samples) for samples in zip(*taken)] for name, taken in total.items()}
    sums["varve"] = results["varve", "all", "plain"]
    run.add(f"{shape}: all five", sums, threads, goals={"duckdb": 8, "clickhouse": 12} if threads == 2 else {}, section="shapes")
