"""Debian's prometheus, started by hand on a directory of its own."""

import http.client
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.parse

import remotewrite


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """Anything that answers Prometheus' interface under a prefix."""

    def __init__(self, host, port, prefix):
        self.host, self.port, self.prefix = host, port, prefix
        self.connection = None

    def call(self, method, path, body=None, headers=None):
        for attempt in range(2):
            try:
                if self.connection is None:
                    self.connection = http.client.HTTPConnection(self.host, self.port, timeout=120)
                self.connection.request(method, path, body, headers or {})
                reply = self.connection.getresponse()
                return reply.status, reply.read()
            except (http.client.HTTPException, OSError):
                self.connection = None
                if attempt:
                    raise

    def ask(self, query):
        """The answer to a query: a dictionary of its parameters."""
        kind = "query_range" if "step" in query else "query"
        body = urllib.parse.urlencode(query)
        _, data = self.call("POST", f"{self.prefix}/api/v1/{kind}", body, {"Content-Type": "application/x-www-form-urlencoded"})
        return json.loads(data)


class Prometheus(Server):
    def __init__(self, folder):
        binary = shutil.which("prometheus")
        if binary is None:
            raise FileNotFoundError("there is no prometheus; on Debian: apt-get install prometheus")
        super().__init__("127.0.0.1", free_port(), "")
        os.makedirs(folder)
        config = os.path.join(folder, "prometheus.yml")
        with open(config, "w") as file:
            file.write("global:\n  scrape_interval: 1h\n")
        self.log = open(os.path.join(folder, "log"), "w")
        self.process = subprocess.Popen(
            [binary, f"--config.file={config}", f"--storage.tsdb.path={folder}/tsdb", "--storage.tsdb.retention.time=100y",
             f"--web.listen-address=127.0.0.1:{self.port}", "--web.enable-remote-write-receiver"],
            stdout=self.log, stderr=self.log)
        for _ in range(200):
            try:
                if self.call("GET", "/-/ready")[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        raise RuntimeError("prometheus did not become ready")

    def load(self, series):
        for body in remotewrite.bodies(series):
            status, text = self.call("POST", "/api/v1/write", body, remotewrite.HEADERS)
            if status // 100 != 2:
                raise RuntimeError(f"prometheus refused samples: {status} {text[:300]}")

    def stop(self):
        self.process.terminate()
        self.process.wait()
