"""The two peers, each in a process of its own so that one's threads and caches never share a heap with the other's.

A worker is `python engines.py duckdb|clickhouse FOLDER`; it reads one JSON request per line and answers with one JSON
object per line. What is timed is the statement alone, inside the worker: no process start, no transfer of rows.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time

import measure

SQL = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sql")


def statement(engine, name):
    with open(os.path.join(SQL, engine, name + ".sql")) as file:
        return file.read()


def views(engine):
    """{view: {way: SQL}} from views.sql; the first way listed is the plain one."""
    return parsed(statement(engine, "views"))


def parsed(text):
    """{view: {way: SQL}}: every statement follows a line `-- name: VIEW` or `-- name: VIEW@WAY`."""
    found = {}
    for part in re.split(r"^-- name: ", text, flags=re.M)[1:]:
        name, sql = part.split("\n", 1)
        view, _, way = name.strip().partition("@")
        found.setdefault(view, {})[way or "plain"] = sql.strip().rstrip(";")
    return found


def kept_views(reading=True):
    """{view: SQL} of ClickHouse's kept views: what reads one, or what makes it."""
    found = {}
    for part in re.split(r"^-- name: ", statement("clickhouse", "kept"), flags=re.M)[1:]:
        name, sql = part.split("\n", 1)
        make, read = sql.strip().rstrip(";").split(";")
        found[name.strip()] = (read if reading else make).strip()
    return found


class DuckDB:
    def __init__(self, folder):
        import duckdb
        self.path, self.version = os.path.join(folder, "events.duckdb"), duckdb.__version__
        self.duckdb, self.base = duckdb, None
        self.open()

    def open(self):
        if self.base is not None:
            self.base.close()
        self.base = self.duckdb.connect(self.path)
        self.base.execute("SET enable_progress_bar = false")

    def prepare(self):
        """An empty table in a new file: no free blocks left over from the last load."""
        self.base.close()
        for path in (self.path, self.path + ".wal"):
            if os.path.exists(path):
                os.remove(path)
        self.base = None
        self.open()
        self.base.execute(statement("duckdb", "schema"))

    def threads(self, count):
        self.base.execute(f"SET threads = {count}")

    def load(self, file, threads):
        self.base.execute(statement("duckdb", "load").replace("{file}", file))

    def run(self, sql, threads):
        self.base.execute(sql)

    def settle(self):
        self.base.execute("CHECKPOINT")

    def view(self, sql, threads):
        # Runs the whole query and drops the rows: what FORMAT Null is for ClickHouse. Its profile costs under 2 %.
        self.base.execute("EXPLAIN ANALYZE " + sql).fetchall()

    def rows(self, sql):
        return self.base.execute(f"SELECT count(*) FROM ({sql})").fetchone()[0]

    def find(self, sql, threads):
        return len(self.base.execute(sql).fetchall())

    def size(self):
        self.settle()
        return measure.tree_bytes(self.path)


class ClickHouse:
    def __init__(self, folder):
        from chdb import session
        self.path = os.path.join(folder, "clickhouse")
        self.session = session.Session(self.path)
        self.version = self.query("SELECT version() FORMAT TSVRaw").strip()
        self.query("CREATE DATABASE IF NOT EXISTS varve")

    def query(self, sql):
        return self.session.query(sql, "TSVRaw").data()

    def prepare(self):
        self.drop_views()
        self.query("DROP TABLE IF EXISTS varve.events SYNC")
        self.query(statement("clickhouse", "schema").strip().rstrip(";"))

    def threads(self, count):
        pass  # a setting of each statement

    def load(self, file, threads):
        sql = statement("clickhouse", "load").replace("{file}", file).replace("{threads}", str(threads))
        self.query(sql.strip().rstrip(";"))

    def run(self, sql, threads):
        self.query(sql)

    def settle(self):
        """Waits (at most two minutes) for background merges, so that they do not run inside anyone's next sample."""
        quiet, end = 0, time.monotonic() + 120
        while quiet < 3 and time.monotonic() < end:
            time.sleep(0.3)
            quiet = quiet + 1 if self.query("SELECT count() FROM system.merges").strip() == "0" else 0

    def view(self, sql, threads):
        self.query(f"{sql} SETTINGS max_threads = {threads} FORMAT Null")

    def rows(self, sql):
        return int(self.query(f"SELECT count() FROM ({sql})").strip())

    def find(self, sql, threads):
        return self.query(f"{sql.strip().rstrip(';')} SETTINGS max_threads = {threads} FORMAT TSV").count("\n")

    def parts(self):
        row = self.query("SELECT sum(bytes_on_disk), sum(data_compressed_bytes), sum(marks_bytes), count() "
                         "FROM system.parts WHERE active AND database = 'varve' AND table = 'events'").split()
        return {"bytes": int(row[0]), "data_compressed_bytes": int(row[1]), "marks_bytes": int(row[2]), "parts": int(row[3])}

    def size(self):
        self.settle()
        return self.parts()

    def keep_views(self):
        self.drop_views()
        for sql in kept_views(reading=False).values():
            self.query(sql)

    def drop_views(self):
        for view in kept_views():
            self.query(f"DROP TABLE IF EXISTS varve.kept_{view} SYNC")

    def compact(self):
        self.query("OPTIMIZE TABLE varve.events FINAL")
        self.settle()


class Worker:
    """The harness's end of a peer."""

    def __init__(self, engine, folder):
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        self.engine, self.folder = engine, folder
        self.process = subprocess.Popen([sys.executable, os.path.abspath(__file__), engine, folder],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.version = self.ask("version")["value"]

    def ask(self, op, **request):
        self.process.stdin.write(json.dumps({"op": op, **request}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the {self.engine} worker ended (exit {self.process.wait()}) while asked to {op}")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(f"{self.engine}, {op}: {answer['error']}")
        return answer

    def close(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)


def answer(peer, request):
    op, threads = request["op"], request.get("threads", 1)
    if op == "version":
        return {"value": peer.version}
    if op == "rows":
        return {"value": peer.rows(request["sql"])}
    if op in ("prepare", "settle", "compact", "keep_views", "drop_views"):
        getattr(peer, op)()
        return {}
    if op == "size":
        return peer.size()
    peer.threads(threads)
    measure.use_cores(threads)
    measure.forget_peak()
    argument = request["file"] if op == "load" else request["sql"]
    with measure.Stopwatch() as watch:
        value = getattr(peer, op)(argument, threads)
    result = watch.result()
    result.update(peak_mb=measure.peak_mb(), value=value)
    measure.use_cores(len(measure.ALL_CORES))
    return result


def serve(engine, folder):
    # Replies have a descriptor of their own: whatever a library prints goes to standard error.
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    peer = {"duckdb": DuckDB, "clickhouse": ClickHouse}[engine](folder)
    for line in sys.stdin:
        try:
            reply = answer(peer, json.loads(line))
        except Exception as error:  # the harness prints it and stops; the worker must not die silently
            reply = {"error": f"{type(error).__name__}: {error}"}
        replies.write(json.dumps(reply) + "\n")
        replies.flush()


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2])
