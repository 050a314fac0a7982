"""What the tests with other products' clients share: a server of their own, and comparisons that say what differs."""

import http.server
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

VARVE = os.environ.get("VARVE", "varve")
done = 0


def expect(found, wanted, what):
    global done
    if found != wanted:
        sys.exit(f"FAILED {what}: {str(found)[:400]} is not {str(wanted)[:400]}")
    done += 1


def finish(name):
    print(f"{name}: {done} comparisons hold")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Server:
    """`varve serve` on a free port, with a directory of its own."""

    def __init__(self, *options, directory=None):
        self.options = options
        self.directory = directory or tempfile.mkdtemp(prefix="varve-client-")

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(20)
        shutil.rmtree(self.directory, ignore_errors=True)

    def start(self, port=0):
        command = [VARVE, "serve", "--data", self.directory, "--listen", f"127.0.0.1:{port}", "--no-project", *self.options]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.ready = json.loads(self.process.stdout.readline())
        self.url = self.ready["url"].rstrip("/")
        self.port = urllib.parse.urlsplit(self.url).port

    def kill(self):
        """As a power cut, as far as a process can see; it comes back at the same port."""
        self.process.kill()
        self.process.wait()
        self.start(self.port)

    def request(self, method, path, body=None, headers={}):
        request = urllib.request.Request(self.url + path, data=body, headers=headers, method=method)
        try:
            return Reply(urllib.request.urlopen(request, timeout=60))
        except urllib.error.HTTPError as error:
            return Reply(error)

    def get(self, path):
        return self.request("GET", path)

    def post(self, path, body, headers={}):
        return self.request("POST", path, body, headers)

    def status(self):
        return json.loads(self.get("/api/v1/status").body)

    def events(self, **filters):
        """All events that match, page by page."""
        found, cursor = [], None
        while True:
            query = dict(filters, limit=10_000, **({"cursor": cursor} if cursor else {}))
            reply = self.get("/api/v1/events?" + urllib.parse.urlencode(query))
            expect(reply.status, 200, f"the status of events ({reply.body[:200]})")
            found += [json.loads(line) for line in reply.body.splitlines()]
            cursor = reply.headers.get("Varve-Next-Cursor")
            if cursor is None:
                return found

    def capture(self, path, make, use):
        """The body that a client sends to `path`."""
        bodies = []

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        listener = http.server.HTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=listener.serve_forever, daemon=True).start()
        use(make(f"http://127.0.0.1:{listener.server_port}{path}"))
        listener.shutdown()
        return bodies[0]


class Reply:
    def __init__(self, reply):
        self.status, self.headers, self.body = reply.status, reply.headers, reply.read()


class Killer:
    """Kills the server once so many events are in its log."""

    def __init__(self, server, at):
        self.server, self.at = server, server.status()["durable"] + at
        self.thread = threading.Thread(target=self.run)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.thread.join(60)

    def run(self):
        while self.server.status()["durable"] < self.at:
            time.sleep(0.01)
        self.server.kill()
