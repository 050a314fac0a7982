"""(f) From an event to its notification, and what evaluating rules costs."""

import http.server
import json
import os
import random
import subprocess
import threading
import time

from figures import spaced
from machine import Server, Watch, end_driver, fresh, start_driver

SETTINGS = """delivery: {allow_cidrs: [127.0.0.0/8]}
channels:
  hook: {kind: webhook, url: "http://127.0.0.1:%d/", per_minute: 100000}
"""
# Columns of the views that the generated events fill, a threshold that is never passed, and a dimension.
COLUMNS = [("rollback_rate", "rollbacks", "> 900000000", "component"), ("retry_success", "attempts", "> 900000000", "api_endpoint"),
           ("latency", "p95_ms", "> 9000000", "component"), ("volume", "events", "> 900000000", "signal")]


class Sink:
    """Takes webhooks, and notes when each alert came first."""

    def __init__(self):
        self.came, sink = {}, self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                now = time.time()
                body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))
                for alert in body.get("alerts", []):
                    if alert.get("status") == "firing":
                        sink.came.setdefault(alert["labels"].get("rule") or alert["labels"].get("alertname"), now)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda request, address: None
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.port = self.server.server_address[1]


def rules(count, probes):
    """`probes` rules that one event makes fire, each looked at every second; the rest look at every minute, or every second in a
    quarter of them, at columns of the generated traffic that never pass."""
    lines = ["rules:"]
    for number in range(probes):
        lines.append("  - {id: probe_%d, name: Probe %d, condition: {view: volume, column: events, is: \">\", where: "
                     "[signal=bench.probe_%d], window: 5s}, threshold: 0, duration: 0, every: 1s, severity: info, channels: [hook]}"
                     % (number, number, number))
    for number in range(count - probes):
        view, column, is_, dimension = COLUMNS[number % len(COLUMNS)]
        sign, threshold = is_.split()
        pace = "duration: 0, every: 1s" if number % 4 == 0 else "duration: 300"
        window = "%ds" % (10 + number % 50) if number % 4 == 0 else "%dm" % (1 + number % 15)
        by = ", by: [%s]" % dimension if number % 5 == 0 else ""
        lines.append("  - {id: quiet_%d, name: Quiet %d, condition: {view: %s, column: %s, is: \"%s\", window: %s%s}, threshold: %s, "
                     "%s, severity: info, channels: [hook]}" % (number, number, view, column, sign, window, by, threshold, pace))
    return "\n".join(lines) + "\n"


def measure(run, count, probes, seconds, sink):
    """A server under load with so many rules: what the load cost, and how long each probe took."""
    data = fresh(run.path("data-alerts"))
    os.makedirs(os.path.join(data, "rules"))
    if count:
        path = os.path.join(data, "rules", "own.yaml")
        with open(path, "w") as file:
            file.write(rules(count, probes))
        lint = subprocess.run([os.environ["VARVE"], "alert", "lint", path], capture_output=True, text=True)
        run.check("the rules are rules", lint.returncode == 0, lint.stdout[:300] + lint.stderr[:300])
    bodies = run.bodies(min(run.options.events, 200_000), 500)
    rate = 1_000 if run.options.smoke else 10_000
    rng, sent = random.Random(1), {}
    with Server(data, settings=SETTINGS % sink.port) as server:
        time.sleep(3)
        with Watch(server) as watch:
            poster = start_driver(run.work, "post", server.port, bodies, 2, rate, seconds, 1, 0)
            start = time.time()
            for number in range(probes if count else 0):
                moment = start + 2 + (seconds - 8) * (number + rng.random()) / probes
                time.sleep(max(0, moment - time.time()))
                sent["probe_%d" % number] = time.time()
                event = {"time": int(time.time() * 1000), "signal": "bench.probe_%d" % number, "data": {}}
                server.call("POST", "/api/v1/events", json.dumps(event) + "\n", "application/x-ndjson")
            posted = end_driver(poster)
        deadline = time.time() + 30
        while count and time.time() < deadline and any(name not in sink.came for name in sent):
            time.sleep(0.2)
    come = posted["acknowledged"] / posted["seconds"]
    run.check("the load comes in at its rate", come >= rate * 0.95, "%.0f events/s" % come)
    return sent, come, watch


def alerts(run):
    probes, seconds = (5, 12) if run.options.smoke else (40, max(60, run.options.seconds * 3))
    count, sink = run.options.rules, Sink()
    _, _, without = measure(run, 0, probes, seconds / 2, sink)
    sent, come, watch = measure(run, count, probes, seconds, sink)
    missing = [name for name in sent if name not in sink.came]
    run.check("every probe is notified", not missing, ", ".join(missing[:5]))
    delays = sorted(sink.came[name] - at for name, at in sent.items() if name in sink.came)
    if delays:
        p50, p99 = delays[len(delays) // 2], delays[min(len(delays) - 1, int(len(delays) * 0.99))]
        run.add("event to notification at %s events/s, %d rules" % (spaced(come), count), "p50 %.2f s, p99 %.2f s" % (p50, p99),
                "p99 < 5 s", p99 < 5, watch, detail="%d probes, largest %.2f s" % (len(delays), delays[-1]))
    plain = without.server_cpu / without.seconds * 100
    loaded = watch.server_cpu / watch.seconds * 100
    run.add("evaluating %d rules" % count, "%.1f %% of a core" % (loaded - plain), "≤ 5 %", loaded - plain <= 5, watch, by_cpu=True,
            detail="server %.1f %% with rules, %.1f %% without" % (loaded, plain))
