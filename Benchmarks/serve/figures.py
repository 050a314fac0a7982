"""Events in, views out, live changes, what a server takes at rest, exports."""

import os
import statistics
import subprocess
import time

from machine import SERVER_CORE, LOAD_CORE, Server, Watch, drive, end_driver, fresh, start_driver


def file_ingest(run, data):
    """The same file by `ingest` on the server's core: CPU seconds and wall seconds."""
    command = ["taskset", "-c", str(SERVER_CORE), os.environ["VARVE"], "ingest", run.events(run.options.events), "--data", fresh(data)]
    with Watch() as watch:
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return watch.own, watch


def http_ingest(run, data, connections, packed, lines):
    """The same events over HTTP, without a projector, as the file is read without one."""
    bodies = run.bodies(run.options.events, lines, packed)
    with Server(fresh(data)) as server, Watch(server) as watch:
        said = drive(run.work, "post", server.port, bodies, connections, 0, 0, 0, int(packed))
    run.check("every event is acknowledged", said["acknowledged"] == run.options.events, str(said))
    return said, watch


def ingest(run):
    """(a) Durable events a second by HTTP, from one and from eight connections, beside the file by `ingest`."""
    # Bodies of 20,000 events are 3.7 MB; those of 2,000 show what a request costs by itself.
    events = run.options.events
    kinds = [(1, False, 20_000), (8, False, 20_000), (1, True, 20_000), (8, True, 20_000), (1, False, 2_000), (8, False, 2_000)]
    files, taken = [], {kind: [] for kind in kinds}
    for _ in range(run.options.repeat):
        files.append(file_ingest(run, run.path("data-file")))
        for kind in kinds:
            taken[kind].append(http_ingest(run, run.path("data-http"), *kind))
    file_cpu = statistics.median(cpu for cpu, _ in files)
    file_wall = statistics.median(watch.seconds for _, watch in files)
    quietest = min((watch for _, watch in files), key=lambda watch: watch.foreign)
    run.add("file by `ingest`, one core", "%s events/s" % spaced(events / file_wall), "", None, quietest,
            detail="%.2f µs of CPU an event" % (file_cpu / events * 1e6))
    for connections, packed, lines in kinds:
        samples = taken[(connections, packed, lines)]
        wall = statistics.median(said["seconds"] for said, _ in samples)
        cpu = statistics.median(watch.server_cpu for _, watch in samples)
        load = statistics.median(said["cpu_seconds"] for said, _ in samples)
        worst = max((watch for _, watch in samples), key=lambda watch: watch.foreign)
        what = "HTTP, %d connection%s%s, bodies of %s events" % (
            connections, "" if connections == 1 else "s", ", gzip" if packed else "", spaced(lines))
        detail = "%.2f µs of the server's CPU an event, driver %.2f µs, p99 of a body %.0f ms" % (
            cpu / events * 1e6, load / events * 1e6, max(said["p99_ms"] for said, _ in samples))
        run.add(what, "%s events/s, %.0f %% of the file" % (spaced(events / wall), file_wall / wall * 100), "≥ 60 %",
                file_wall / wall >= 0.6, worst, detail=detail)
        run.add(what + ", by CPU", "%.0f %% of the file" % (file_cpu / cpu * 100 if cpu else 0), "≥ 60 %",
                cpu > 0 and file_cpu / cpu >= 0.6, worst, by_cpu=True)


def month(run, name, projector=True, settings=None, count=None):
    """A server over a generated month, its views up to date."""
    data = fresh(run.path(name))
    count = count or min(run.options.events, 1_000_000)
    subprocess.run([os.environ["VARVE"], "ingest", run.events(count), "--data", data], stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL, check=True)
    server = Server(data, projector, settings)
    if projector:
        server.settle()
    return server


def query(run):
    """(b) Answers of views while events come in."""
    seconds, rate = run.options.seconds, 5_000 if run.options.smoke else 50_000
    bodies = run.bodies(run.options.events, 1_000)
    # Over the wire as charts ask: a day by hours, a month by days, a live window by minutes, by component, with top and where.
    paths = ["/api/v1/views/rollback_rate?bucket=day", "/api/v1/views/volume?bucket=hour&from=2026-01-20&to=2026-01-21",
             "/api/v1/views/latency?bucket=day&by=component", "/api/v1/views/volume?bucket=all&by=signal&top=10",
             "/api/v1/views/retry_success?bucket=hour&from=2026-01-20&to=2026-01-22", "/api/v1/views/active_users?bucket=day"]
    with month(run, "data-query") as server, Watch(server) as watch:
        poster = start_driver(run.work, "post", server.port, bodies, 4, rate, seconds + 1, 1, 0)
        time.sleep(0.5)
        got = drive(run.work, "get", server.port, 200, seconds, 32, *paths)
        posted = end_driver(poster)
    come = posted["acknowledged"] / posted["seconds"]
    run.check("every view is answered", got["failed"] == 0, str(got))
    run.check("the load comes in at its rate", come >= rate * 0.95, "%.0f events/s" % come)
    run.add("200 view queries/s beside %s events/s" % spaced(come), "p50 %.1f ms, p99 %.1f ms" % (got["p50_ms"], got["p99_ms"]),
            "p99 ≤ 50 ms", got["p99_ms"] <= 50, watch, detail="largest %.0f ms, server %.0f %% of its core, projector %.0f %%" % (
                got["max_ms"], watch.server_cpu / watch.seconds * 100, watch.projector_cpu / watch.seconds * 100))


def stream(run):
    """(c) From the moment an event is sent until each of many subscribers has it."""
    count, seconds = (20 if run.options.smoke else 200), run.options.seconds
    with Server(fresh(run.path("data-stream"))) as server, Watch(server) as watch:
        said = drive(run.work, "stream", server.port, count, 10, seconds)
    run.check("every subscriber gets every event", said["received"] == said["expected"], str(said))
    run.add("append to %d SSE subscribers, 10 events/s" % count, "p50 %.1f ms, p99 %.1f ms" % (said["p50_ms"], said["p99_ms"]),
            "p99 ≤ 250 ms", said["p99_ms"] <= 250, watch, detail="largest %.0f ms; the event's own answer p99 %.1f ms; server %.0f %% of "
            "its core" % (said["max_ms"], said["answer"]["p99_ms"], watch.server_cpu / watch.seconds * 100))


def rest(run):
    """(d) Memory and CPU: idle, at 1,000 messages a minute, at full load."""
    seconds = run.options.rest_seconds
    with month(run, "data-rest", count=min(run.options.events, 300_000)) as server:
        time.sleep(min(10, seconds))
        with Watch(server) as watch:
            time.sleep(seconds)
        share(run, "idle for %.0f s" % seconds, server, watch, True)
        single = run.bodies(20_000, 1)
        with Watch(server) as watch:
            said = drive(run.work, "post", server.port, single, 4, 1000 / 60, seconds, 1, 0)
        run.check("every message is taken", said["refused"] == 0 and said["acknowledged"] == said["bodies"], str(said))
        share(run, "1,000 messages/min for %.0f s" % seconds, server, watch, True)
        server.forget_peak()
        with Watch(server) as watch:
            said = drive(run.work, "post", server.port, run.bodies(run.options.events, 2_000), 8, 0, 0, 0, 0)
        share(run, "full load, 8 connections, %s events/s" % spaced(said["acknowledged"] / said["seconds"]), server, watch, False)


def share(run, what, server, watch, is_goal):
    own, projector = server.memory("VmRSS" if is_goal else "VmHWM")
    cpu = watch.server_cpu / watch.seconds * 100
    beside = watch.projector_cpu / watch.seconds * 100
    run.add(what + ": memory", "server %.0f MB, projector %.0f MB" % (own, projector), "server ≤ 80 MB" if is_goal else "",
            own <= 80 if is_goal else None, watch, by_cpu=True)
    run.add(what + ": CPU", "server %.2f %%, projector %.2f %% of a core" % (cpu, beside), "together ≤ 2 %" if is_goal else "",
            cpu + beside <= 2 if is_goal else None, watch, by_cpu=True)


def export(run):
    """(e) Events to Parquet, in memory that does not grow with their number."""
    large, peaks = run.options.export_events, {}
    for count in [large // 5, large]:
        data, target = fresh(run.path("data-export")), run.path("events.parquet")
        subprocess.run([os.environ["VARVE"], "ingest", run.events(count), "--data", data], stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, check=True)
        with Server(data) as server:
            server.forget_peak()
            before = server.memory()[0]
            with Watch(server) as watch:
                subprocess.run(["taskset", "-c", str(LOAD_CORE), "curl", "-sSf", "-o", target,
                                "http://127.0.0.1:%d/api/v1/export?format=parquet" % server.port], check=True)
            peaks[count] = server.memory("VmHWM")[0]
        rows = parquet_rows(target)
        run.check("the file has every event", rows in (None, count), "%s of %d" % (rows, count))
        size = os.path.getsize(target)
        os.remove(target)
        goal = "" if count < large else "peak within 16 MB of a fifth's"
        run.add("export of %s events as Parquet" % spaced(count), "%.1f s, peak %.0f MB" % (watch.seconds, peaks[count]), goal,
                None if count < large else peaks[large] <= peaks[large // 5] + 16, watch, by_cpu=True,
                detail="%.0f MB before, %.2f µs of CPU an event, %.0f MB written, rows %s" % (
                    before, watch.server_cpu / count * 1e6, size / 1e6, "counted" if rows else "not counted: no pyarrow or duckdb"))


def parquet_rows(path):
    try:
        import pyarrow.parquet
        return pyarrow.parquet.ParquetFile(path).metadata.num_rows
    except ImportError:
        pass
    try:
        import duckdb
        return duckdb.sql("SELECT count(*) FROM read_parquet('%s')" % path).fetchone()[0]
    except ImportError:
        return None


def spaced(number):
    return "{:,.0f}".format(number)
