"""The figures of a server. `Benchmarks/serve/run` sets it up and calls it."""

import argparse
import gzip
import json
import os
import struct
import subprocess
import sys

import alerts
import figures
import machine

ITEMS = {
    "ingest": figures.ingest, "query": figures.query, "stream": figures.stream, "rest": figures.rest, "export": figures.export,
    "alerts": alerts.alerts,
}


class Run:
    def __init__(self, options):
        self.options, self.work, self.rows, self.wrong = options, options.work, [], []

    def path(self, name):
        return os.path.join(self.work, name)

    def events(self, count):
        """A file of generated events; the same count is made once."""
        path = self.path("events-%d.ndjson" % count)
        if not os.path.exists(path):
            with open(path + ".part", "wb") as file:
                subprocess.run([os.environ["VARVE"], "generate", "--events", str(count)], stdout=file, check=True)
            os.rename(path + ".part", path)
        return path

    def bodies(self, count, lines, packed=False):
        """The same events as prepared bodies of `lines` events each."""
        path = self.path("bodies-%d-%d%s" % (count, lines, ".gz" if packed else ""))
        if os.path.exists(path):
            return path
        with open(self.events(count), "rb") as source, open(path + ".part", "wb") as target:
            while True:
                part = [line for line in (source.readline() for _ in range(lines)) if line]
                if not part:
                    break
                body = b"".join(part)
                if packed:
                    body = gzip.compress(body, 6)
                target.write(struct.pack("<II", len(body), len(part)) + body)
        os.rename(path + ".part", path)
        return path

    def check(self, claim, holds, detail=""):
        if not holds:
            self.wrong.append("%s: %s" % (claim, detail))
            print("WRONG: %s: %s" % (claim, detail), flush=True)

    def add(self, what, figure, goal, reached, watch, by_cpu=False, detail=""):
        """One figure. `reached` is None where there is no goal. A figure of CPU time, or of memory, needs no quiet machine to be
        bad, but it, too, is called good only on one."""
        if reached is None or self.options.smoke:
            verdict = "-" if reached is None else "smoke"
        elif not watch.is_quiet:
            verdict = "not judged: others used %.0f %% of the machine" % (watch.foreign * 100)
        else:
            verdict = "reached" if reached else "MISSED"
        row = {"what": what, "figure": figure, "goal": goal, "verdict": verdict, "others": round(watch.foreign, 4),
               "measure": "CPU" if by_cpu else "wall", "detail": detail}
        self.rows.append(row)
        print("  %s: %s%s (others %.0f %%)" % (what, figure, "; " + detail if detail else "", watch.foreign * 100), flush=True)


def table(run):
    print("\n| what | figure | goal | verdict | measure | others |\n|---|---|---|---|---|---|")
    for row in run.rows:
        figure = row["figure"] + (" (%s)" % row["detail"] if row["detail"] else "")
        print("| %s | %s | %s | %s | %s | %.0f %% |" % (row["what"], figure, row["goal"], row["verdict"], row["measure"],
                                                       row["others"] * 100))


def main():
    parser = argparse.ArgumentParser(prog="Benchmarks/serve/run", description=__doc__)
    parser.add_argument("--only", default=",".join(ITEMS), help="of %s" % ", ".join(ITEMS))
    parser.add_argument("--smoke", action="store_true", help="does all of it work? little, in two minutes; nothing is judged")
    parser.add_argument("--events", type=int, help="events of ingest (default 1,000,000)")
    parser.add_argument("--seconds", type=float, help="seconds of each load (default 20)")
    parser.add_argument("--rest-seconds", type=float, help="seconds of idling, and of 1,000 messages a minute (default 120; the issue says 600)")
    parser.add_argument("--export-events", type=int, help="events of the larger export (default 5,000,000)")
    parser.add_argument("--rules", type=int, default=500, help="rules of the alert figures")
    parser.add_argument("--repeat", type=int, help="samples of ingest (default 3)")
    parser.add_argument("--json", help="every figure, as JSON, into this file")
    parser.add_argument("--work", required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    small = options.smoke
    options.events = options.events or (20_000 if small else 1_000_000)
    options.seconds = options.seconds or (3 if small else 20)
    options.rest_seconds = options.rest_seconds or (4 if small else 120)
    options.export_events = options.export_events or (100_000 if small else 5_000_000)
    options.repeat = options.repeat or (1 if small else 3)
    if len(machine.CORES) < 2:
        sys.exit("two cores are needed: one for the server, one for the load")
    run = Run(options)
    names = options.only.split(",")
    for name in names:
        if name not in ITEMS:
            sys.exit("there is no figure '%s': %s" % (name, ", ".join(ITEMS)))
    print("server on core %d, load on core %d, load average %.2f" % (machine.SERVER_CORE, machine.LOAD_CORE, os.getloadavg()[0]))
    for name in names:
        print(name, flush=True)
        ITEMS[name](run)
    table(run)
    if options.json:
        with open(options.json, "w") as file:
            json.dump({"rows": run.rows, "wrong": run.wrong, "load_average": os.getloadavg()}, file, indent=1)
    verdicts = [row["verdict"] for row in run.rows]
    if run.wrong or "MISSED" in verdicts:
        sys.exit(1)
    sys.exit(2 if any(verdict.startswith("not judged") for verdict in verdicts) else 0)


if __name__ == "__main__":
    main()
