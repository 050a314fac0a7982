"""Remote write and panel queries beside prometheus and victoria-metrics. Start it through `speed`."""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time

import compare
import panels
import prometheus
import remotewrite
import varve
import victoria


def arguments():
    parser = argparse.ArgumentParser(prog="Tests/promql/speed", description=__doc__)
    parser.add_argument("--series", type=int, default=1_000)
    parser.add_argument("--samples", type=int, default=2_000_000)
    parser.add_argument("--rounds", type=int, default=5, help="how often each query is asked; the median counts")
    parser.add_argument("--keep", default=None, metavar="DIR", help="work in DIR and keep what was made")
    return parser.parse_args()


def processor_seconds(server):
    """User and system time of a server's process."""
    with open(f"/proc/{server.process.pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def bytes_below(folder):
    return sum(os.path.getsize(os.path.join(place, name)) for place, _, names in os.walk(folder) for name in names
               if name not in ("log.txt", "lock"))


def load(server, bodies):
    """Seconds by the clock, and of the processor, for all bodies one after the other."""
    before, start = processor_seconds(server), time.monotonic()
    path = "/api/v1/write"
    for body in bodies:
        status, text = server.call("POST", path, body, remotewrite.HEADERS)
        if status // 100 != 2:
            sys.exit(f"{path} refused samples: {status} {text[:300]}")
    return time.monotonic() - start, processor_seconds(server) - before


def ask(servers, end, rounds):
    """Per query and server the median seconds; and how many answers of varve differ from those of prometheus."""
    rows, different = [], 0
    for text, query in panels.queries(end):
        taken = {name: [] for name in servers}
        answers = {}
        for _ in range(rounds + 1):
            for name, server in servers.items():
                asked = query | ({"nocache": "1"} if name == "victoria-metrics" else {})
                start = time.monotonic()
                answers[name] = server.ask(asked)
                taken[name].append(time.monotonic() - start)
        found = compare.difference(answers["prometheus"], answers["varve"], by_value="topk" in text)
        if found:
            different += 1
            print(f"DIFFERENT {text}: {found}", file=sys.stderr)
        # The first time of each is a warm-up.
        rows.append((text, {name: statistics.median(times[1:]) for name, times in taken.items()}))
    return rows, different


def tell(options, count, servers, loads, sizes, rows):
    print(f"{options.series} series, {count} samples, {os.cpu_count()} processors, load {os.getloadavg()[0]:.1f}\n")
    print("| | " + " | ".join(servers) + " |\n|---|" + "---|" * len(servers))
    print("| remote write, samples/s | " + " | ".join(f"{count / loads[name][0]:,.0f}" for name in servers) + " |")
    print("| remote write, samples per second of processor time | "
          + " | ".join(f"{count / max(loads[name][1], 0.01):,.0f}" for name in servers) + " |")
    print("| bytes on disk a sample, right after | " + " | ".join(f"{sizes[name] / count:.1f}" for name in servers) + " |\n")
    print("| query, ms | " + " | ".join(servers) + " |\n|---|" + "---|" * len(servers))
    for text, taken in rows:
        text = text.replace("|", "\\|")
        print(f"| `{text}` | " + " | ".join(f"{taken[name] * 1_000:.1f}" for name in servers) + " |")
    for name in servers:
        if name != "varve":
            ratios = [taken[name] / taken["varve"] for _, taken in rows]
            print(f"\nvarve beside {name}: {statistics.geometric_mean(ratios):.2f}x as fast (geometric mean), "
                  f"{sum(ratio >= 1 for ratio in ratios)} of {len(ratios)} at least as fast, slowest {min(ratios):.2f}x")


def main():
    options = arguments()
    binary = varve.locate(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    if binary is None:
        sys.exit("NOT RUN: there is no built varve; make build")
    folder = options.keep or tempfile.mkdtemp(prefix="varve-speed-")
    end = int(time.time()) // panels.STEP * panels.STEP
    bodies = [remotewrite.request(part) for part in panels.scrapes(options.series, options.samples, end)]
    steps = options.samples // len(list(panels.labels(options.series)))
    count = steps * len(list(panels.labels(options.series)))
    servers = {}
    try:
        servers["varve"] = varve.Varve(os.path.join(folder, "varve"), binary)
        servers["prometheus"] = prometheus.Prometheus(os.path.join(folder, "prometheus"))
        if shutil.which("victoria-metrics"):
            servers["victoria-metrics"] = victoria.Victoria(os.path.join(folder, "victoria"))
        else:
            print("NOT RUN: there is no victoria-metrics; on Debian: apt-get install victoria-metrics", file=sys.stderr)
        loads = {name: load(server, bodies) for name, server in servers.items()}
        places = {"varve": "varve/data", "prometheus": "prometheus/tsdb", "victoria-metrics": "victoria/data"}
        if "victoria-metrics" in servers:
            # Samples that came in the last seconds are in memory, and not found, until they are flushed.
            servers["victoria-metrics"].call("GET", "/internal/force_flush")
        sizes = {name: bytes_below(os.path.join(folder, places[name])) for name in servers}
        rows, different = ask(servers, end, options.rounds)
        tell(options, count, servers, loads, sizes, rows)
    finally:
        for server in servers.values():
            server.stop()
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    sys.exit(2 if different else 0)


if __name__ == "__main__":
    main()
