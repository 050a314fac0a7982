#!/usr/bin/env python3
"""Server time and bytes of every page on a large log. Usage: Tests/browser/times.py [VARVE] [--events N] [--data DIR] [--strict]

Prints, for each page: the median of five warm answers, the processor time of one, its bytes, and the median of five answers as
known at a moment in the past, a tenth of the log back. On a machine that does other work, the processor time says more. The goals are 50 ms, 100 KB and 250 ms on an idle machine; --strict fails beyond them.
"""
import argparse, json, os, re, statistics, subprocess, sys, time, urllib.error, urllib.request

PAGES = ["/", "/monitoring", "/users", "/explore", "/explore?view=rollback_rate&by=component&from=now-7d", "/resilience", "/analytics",
         "/operations", "/business", "/errors", "/sessions", "/events", "/events?signal=js.error", "/system", "/views",
         "/views/rollback_rate", "/log", "/alerts", "/alerts/rules", "/alerts/rules/high_rollback_rate", "/incidents", "/traces",
         "/settings", "/?from=now-30d", "/?from=now-1h", "/analytics?from=now-30d"]
GOALS = {"ms": 50, "bytes": 100_000, "past ms": 250}
# The first page of one thing that a page leads to.
THINGS = [("/sessions", r'href="(/sessions/[^"?]+)"'), ("/monitoring", r'href="(/services/[^"?]+)"'),
          ("/incidents", r'href="(/incidents/[^"?]+)"'), ("/traces", r'href="(/traces/[^"?]+)"')]


def built(varve, data, events):
    """A log of a month of made-up traffic; one that is there is taken as it is."""
    if os.path.exists(os.path.join(data, "log")):
        return
    start = time.monotonic()
    traffic = subprocess.Popen([varve, "generate", "--events", str(events), "--system", "all", "--ids"], stdout=subprocess.PIPE)
    subprocess.run([varve, "ingest", "-", "--data", data, "--format", "ndjson"], stdin=traffic.stdout, check=True,
                   stdout=subprocess.DEVNULL)
    print(f"{events} events generated and appended in {time.monotonic() - start:.0f} s", flush=True)


def answer(url, path):
    request = urllib.request.Request(url + path, headers={"Accept": "text/html"})
    start = time.perf_counter()
    try:
        body = urllib.request.urlopen(request, timeout=600).read()
    except urllib.error.HTTPError as fault:
        body = fault.read()
        print(f"{path} answers {fault.code}")
    return (time.perf_counter() - start) * 1000, body


def spent(process):
    """Milliseconds of processor time that the server has used."""
    fields = open(f"/proc/{process.pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def median(process, url, path, times=5):
    """Milliseconds of an answer, processor milliseconds of one, and its bytes."""
    answer(url, path)
    before = spent(process)
    taken = [answer(url, path) for _ in range(times)]
    return statistics.median(ms for ms, _ in taken), (spent(process) - before) / times, len(taken[-1][1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("varve", nargs="?", default=".build/release/varve")
    parser.add_argument("--events", type=int, default=20_000_000)
    parser.add_argument("--data", default=os.path.join(os.environ.get("TMPDIR", "/tmp"), "varve-page-times"))
    parser.add_argument("--only", help="pages whose address has this in it")
    parser.add_argument("--strict", action="store_true")
    asked = parser.parse_args()
    built(asked.varve, asked.data, asked.events)
    process = subprocess.Popen([asked.varve, "serve", "--data", asked.data, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL)
    failed = 0
    try:
        url = json.loads(process.stdout.readline())["url"]
        start = time.monotonic()
        while True:
            status = json.load(urllib.request.urlopen(url + "/api/v1/status"))
            if status["projectors"] and all(p["behind_events"] == 0 for p in status["projectors"]):
                break
            time.sleep(1)
        print(f"{status['durable']} events, {status['bytes'] / 1e6:.0f} MB, projected after {time.monotonic() - start:.0f} s", flush=True)
        past = status["durable"] - status["durable"] // 10
        pages = list(PAGES)
        for page, pattern in THINGS:
            found = re.search(pattern, answer(url, page)[1].decode())
            pages += [found.group(1)] if found else []
        print(f"{'page':58} {'ms':>8} {'cpu ms':>8} {'bytes':>8} {'past ms':>8} {'past cpu':>8}")
        for page in pages:
            if asked.only and asked.only not in page:
                continue
            ms, cpu, size = median(process, url, page)
            then, past_cpu, _ = median(process, url, page + ("&" if "?" in page else "?") + f"at={past}")
            values = {"ms": ms, "bytes": size, "past ms": then}
            over = [name for name, value in values.items() if value > GOALS[name]]
            failed += bool(over)
            print(f"{page[:58]:58} {ms:8.1f} {cpu:8.1f} {size:8} {then:8.1f} {past_cpu:8.1f} {'over: ' + ', '.join(over) if over else ''}", flush=True)
    finally:
        process.terminate()
        process.wait(60)
    print(f"{failed} pages beyond a goal")
    sys.exit(1 if asked.strict and failed else 0)


main()
