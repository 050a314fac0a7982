"""The checks: generated events, the access log, the boutique traces, bad input, and view hashes."""

import glob
import os
import subprocess

import badinput
import expected
import measures
import following
import queries
import systems
from command import shared_data

VIEWS = ["rollback_rate", "retry_success", "latency", "volume", "active_users"]
QUANTILES = ["p50_ms", "p95_ms", "p99_ms"]
#: What the views promise for a quantile, as the issue states it.
TOLERANCE = 0.01


class Bench:
    def __init__(self, options, varve, verdicts, folder):
        self.options, self.varve, self.verdicts, self.folder = options, varve, verdicts, folder
        self.ready = False

    def path(self, name):
        return os.path.join(self.folder, name)

    def generated(self):
        """The generated events, ingested: (NDJSON file, data directory). Made once."""
        file, data = self.path("events.ndjson"), self.path("generated")
        if not self.ready:
            with open(file, "wb") as out:
                subprocess.run([self.varve.binary, "generate", "--events", str(self.options.events),
                                "--seed", str(self.options.seed)], stdout=out, check=True)
            receipt = self.varve.ingest(data, "ndjson", file)
            self.accounted("generated events", receipt, self.options.events, self.options.events)
            self.ready = True
        return file, data

    def accounted(self, what, receipt, received, appended, duplicate=0, rejected=0):
        fields = ("received", "appended", "duplicate", "rejected")
        found = {name: receipt.get(name) for name in fields}
        self.verdicts.equal(f"{what}: receipt", found, dict(zip(fields, (received, appended, duplicate, rejected))))


def generated(bench):
    file, data = bench.generated()
    varve, verdicts = bench.varve, bench.verdicts
    varve.project(data, VIEWS)
    duck = expected.events(file)
    verdicts.cells("rollback_rate by hour and component equals DuckDB's",
                   varve.table(data, "rollback_rate", ["component"], ["started", "rollbacks"]), expected.rollback_rate(duck))
    verdicts.cells("volume by hour and signal equals DuckDB's",
                   varve.table(data, "volume", ["signal"], ["events"]), expected.volume(duck))
    verdicts.cells("retry_success by hour and endpoint equals DuckDB's",
                   varve.table(data, "retry_success", ["api_endpoint"], ["attempts", "successes", "failures"]),
                   expected.retry_success(duck))
    verdicts.cells("latency by hour, component and signal: count and max exact, quantiles within 1 %",
                   varve.table(data, "latency", ["component", "signal"], expected.LATENCY), expected.latency(duck),
                   close=QUANTILES, tolerance=TOLERANCE)
    verdicts.cells("active_users by day equals DuckDB's",
                   varve.table(data, "active_users", [], ["users"], "--bucket", "day"), expected.active_users(duck))
    duck.close()


def hashes(bench):
    """A view is the same bytes however many threads folded it."""
    _, data = bench.generated()
    runs = {count: bench.varve.object("replay", "--data", data, "--views", ",".join(VIEWS), "--threads", str(count), "--stats")
            for count in (1, 2)}
    for count, said in runs.items():
        bench.verdicts.equal(f"replay with {count} thread(s) folds every event", said.get("events"), bench.options.events)
    for view in VIEWS:
        one, two = (said.get("hashes", {}).get(view) for said in runs.values())
        same = one is not None and one == two
        bench.verdicts.check(f"{view} has the same hash with 1 and 2 threads", same, f"{one} and {two}")
    distinct = set(runs[1].get("hashes", {}).values())
    bench.verdicts.check("hashes of different views differ", len(distinct) == len(VIEWS), f"{len(distinct)} of {len(VIEWS)}")


def access_log(bench):
    """The elastic sample log: counts that others have published. Line 8899 lacks its closing quote and counts all the same."""
    file = shared_data(bench.options.root, "access-logs", "apache_combined.log")
    if file is None:
        return bench.verdicts.skip("access-log", "apache_combined.log is not in the shared data")
    varve, verdicts, data = bench.varve, bench.verdicts, bench.path("access")
    receipt = varve.ingest(data, "combined", file)
    bench.accounted("access log", receipt, 10_000, 10_000)
    varve.project(data, ["http_requests"])
    rows = varve.show(data, "http_requests", "--bucket", "all", "--by", "status")
    verdicts.equal("access log: requests by status", {int(row["status"]): row["requests"] for row in rows},
                   {200: 9126, 304: 445, 404: 213, 301: 164, 206: 45, 500: 3, 403: 2, 416: 2})
    verdicts.equal("access log: bytes in all", sum(row["bytes"] or 0 for row in rows), 2_747_282_740)
    days = varve.table(data, "http_requests", [], ["requests"], "--bucket", "day", "--by", "none")
    verdicts.equal("access log: requests by day", [days[key]["requests"] for key in sorted(days)], [1632, 2893, 2896, 2579])
    hours = varve.table(data, "http_requests", [], ["requests"], "--bucket", "hour", "--by", "none")
    verdicts.equal("access log: hours with data", len(hours), 84)
    peak = max(hours, key=lambda key: hours[key]["requests"])
    verdicts.equal("access log: the peak hour is 2015-05-19 19:00 UTC", (peak[0], hours[peak]["requests"]),
                   (1_432_062_000, 136))


def boutique(bench):
    """Traces of the OnlineBoutique through a CSV mapping, 5,788 duplicates among them."""
    files = sorted(glob.glob(os.path.join(shared_data(bench.options.root, "boutique-traces") or "", "*.csv.gz")))
    mapping = os.path.join(bench.options.root, "Fixtures", "boutique-mapping.yaml")
    if not files:
        return bench.verdicts.skip("boutique", "the boutique traces are not in the shared data")
    if not os.path.exists(mapping):
        return bench.verdicts.skip("boutique", "Fixtures/boutique-mapping.yaml is not there")
    varve, verdicts, data = bench.varve, bench.verdicts, bench.path("boutique")
    receipt = varve.ingest(data, "csv", *files, options=("--map", mapping))
    bench.accounted("boutique traces", receipt, 852_420, 846_632, duplicate=5_788)
    varve.project(data, ["latency"])
    rows = varve.show(data, "latency", "--bucket", "all", "--where", "signal=rpc.root", "--by", "none")
    verdicts.equal("boutique: one row for all root spans", len(rows), 1)
    for measure, known in (("p50_ms", 200.18), ("p95_ms", 1979.56), ("p99_ms", 6008.24)):
        verdicts.near(f"boutique: {measure} of root spans", rows[0].get(measure), known, TOLERANCE)
    duck = expected.traces(files)
    verdicts.cells("boutique: latency by hour, pod and signal against DuckDB on deduplicated rows",
                   microseconds(varve.table(data, "latency", ["component", "signal"], expected.LATENCY)),
                   microseconds(expected.latency(duck, "spans")),
                   close=QUANTILES, tolerance=TOLERANCE)
    duck.close()
    again = varve.ingest(data, "csv", *files, options=("--map", mapping))
    bench.accounted("boutique traces sent again", again, 852_420, 0, duplicate=852_420)


def microseconds(table):
    """Whole microseconds, which is what the spans hold: x / 1000 and x * 0.001 differ in the last bit of a double."""
    return {key: {name: value if name == "count" or value is None else round(value, 3) for name, value in measures.items()}
            for key, measures in table.items()}


ALL = {"generated": generated, "hashes": hashes, "access-log": access_log, "boutique": boutique, "bad-input": badinput.check,
       "systems": systems.systems, "numenta": systems.numenta, "queries": queries.check, "measures": measures.check,
       "following": following.check}
