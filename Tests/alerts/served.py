"""A varve server of this checkout and HTTP receivers, for the tests of alerts."""

import datetime
import http.client
import http.server
import json
import os
import signal
import subprocess
import threading
import time


def now():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Sink:
    """A receiver that answers as its script says, then 200; it keeps what came and when."""

    def __init__(self, script=(), answer=None):
        self.taken, self.lock = [], threading.Lock()
        self.script, self.answer = list(script), answer
        sink = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                with sink.lock:
                    status, headers = sink.script.pop(0) if sink.script else (200, {})
                    if sink.answer is not None:
                        status = sink.answer()
                    sink.taken.append((time.time(), self.path, self.headers.get("Idempotency-Key"), body.decode(), status))
                if status == 0:  # No answer at all.
                    time.sleep(15)
                    self.close_connection = True
                    return
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        # A client that goes away is no fault of the sink's.
        self.server.handle_error = lambda request, address: None
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self):
        return "http://127.0.0.1:%d" % self.server.server_address[1]

    def all(self):
        with self.lock:
            return list(self.taken)


class Served:
    def __init__(self, folder, settings, rules):
        self.data, self.process = os.path.join(folder, "data"), None
        os.makedirs(os.path.join(self.data, "rules"))
        with open(os.path.join(self.data, "rules", "own.yaml"), "w") as file:
            file.write(rules)
        with open(os.path.join(self.data, "varve.yaml"), "w") as file:
            file.write(settings)
        self.log = open(os.path.join(folder, "log"), "a")
        # An empty log, so that the directory is one.
        subprocess.run([os.environ["VARVE"], "ingest", "--data", self.data], input="", text=True, capture_output=True)

    def start(self):
        self.process = subprocess.Popen([os.environ["VARVE"], "serve", "--data", self.data, "--listen", "127.0.0.1:0", "--no-project"],
                                        stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("varve did not become ready; see its log")
        self.port = int(json.loads(line)["url"].rsplit(":", 1)[1])

    def call(self, method, path, body=None, kind="application/json"):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body, {"Content-Type": kind} if body is not None else {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def post(self, events):
        lines = "\n".join(json.dumps(event) for event in events)
        status, text = self.call("POST", "/api/v1/events", lines, "application/x-ndjson")
        if status != 200:
            raise SystemExit("events were not taken: %d %s" % (status, text[:300]))

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=20)

    def events(self, signal, system=False):
        data = os.path.join(self.data, "system") if system else self.data
        out = subprocess.run([os.environ["VARVE"], "cat", "--data", data, "--signal", signal], capture_output=True, text=True)
        return [json.loads(line) for line in out.stdout.splitlines() if line.strip()]


def wait(seconds, body):
    """What `body` returns, as soon as it is something."""
    end = time.time() + seconds
    while time.time() < end:
        found = body()
        if found:
            return found
        time.sleep(0.1)
    return None
