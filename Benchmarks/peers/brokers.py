"""The two servers that durable appends are compared with: each in a process and a folder of its own, on a port of this machine.

A setting is a level of durability. What the setting promises stands in PROMISES and is printed beside the figures."""

import json
import os
import shutil
import signal
import socket
import subprocess
import time

import drivers
import measure

PROMISES = {
    ("varve", "sync"): "acknowledged after an fdatasync that began after the event's last byte was written; appends share syncs",
    ("varve", "interval"): "acknowledged when written to the kernel; the fdatasync follows within 200 ms, the default. A power "
                           "cut before it takes the latest events, and readers see none of them before it",
    ("jetstream", "sync"): "sync_interval: always: every message is written and fsynced before it is acknowledged",
    ("jetstream", "default"): "sync_interval: 2 minutes, the default: a power cut takes up to 2 minutes of acknowledged messages",
    ("redis", "sync"): "appendfsync always: answers wait for an fsync of the append-only file, one for each turn of the "
                       "event loop",
    ("redis", "everysec"): "appendfsync everysec: a power cut takes about a second of acknowledged entries, two at worst",
}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Broker:
    """A server that is started afresh for every sample."""

    def __init__(self, work_dir, folder):
        self.folder, self.process, self.port = folder, None, None
        self.driver = drivers.compiled(self.name, work_dir, ["-lpthread"])
        self.commands = {}

    def start(self, setting, fresh=True):
        if fresh:
            shutil.rmtree(self.folder, ignore_errors=True)
        os.makedirs(self.folder, exist_ok=True)
        self.port = free_port()
        command = self.command(setting)
        self.commands[f"{self.name} {setting}"] = self.shown(setting)
        with open(os.path.join(os.path.dirname(self.folder), self.name + ".log"), "ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        end = time.monotonic() + 120
        while True:
            try:
                if self.ready():
                    return
            except OSError:
                pass
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"{self.name} did not start: see {self.name}.log with --keep")
            time.sleep(0.05)

    def stop(self, sign=signal.SIGTERM):
        """Ends the server this object started; CPU seconds of its whole life, and its peak memory."""
        if self.process is None:
            return {}
        self.process.send_signal(sign)
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode, self.process = status, None
        return {"cpu_seconds": usage.ru_utime + usage.ru_stime, "peak_mb": usage.ru_maxrss / 1024}

    def drive(self, words, timeout):
        shown = " ".join([self.name, words[0], "PORT", "FILE", *words[3:]])
        self.commands["driver " + shown] = shown
        done = subprocess.run([self.driver, *words], capture_output=True, text=True, timeout=timeout)
        if done.returncode == 3:
            return None  # it cannot keep the rate that was asked for
        if done.returncode != 0:
            raise RuntimeError(f"{self.name} driver, {words[0]}: {done.stderr.strip()[-300:]}")
        said = json.loads(done.stdout)
        if done.stderr:
            said["said"] = done.stderr.strip()[-300:]
        return said

    def bytes(self):
        return measure.tree_bytes(self.folder)


class JetStream(Broker):
    name = "jetstream"

    def __init__(self, work_dir, folder):
        self.server = None
        seen = []
        for candidate in (os.environ.get("NATS_SERVER"), os.path.join(work_dir, "nats/usr/sbin/nats-server"),
                          shutil.which("nats-server"), "/usr/sbin/nats-server"):
            if candidate and os.access(candidate, os.X_OK) and self.server is None:
                config = os.path.join(work_dir, "nats-probe.conf")
                with open(config, "w") as out:
                    out.write(f'jetstream {{ store_dir: "{work_dir}/nothing", sync_interval: always }}\n')
                probe = subprocess.run([candidate, "-t", "-c", config], capture_output=True, text=True)
                os.remove(config)
                shown = subprocess.run([candidate, "--version"], capture_output=True, text=True)
                version = (shown.stdout or shown.stderr).split()[-1]
                if probe.returncode == 0:
                    self.server, self.version = candidate, version
                else:
                    seen.append(f"{version} answers {' '.join(probe.stderr.split())[-60:]}")
        if self.server is None:
            raise drivers.Missing("nats-server 2.10 or newer is needed for `sync_interval: always`; "
                                  + ("; ".join(seen) or "there is none here"))
        super().__init__(work_dir, folder)

    def shown(self, setting):
        sync = "sync_interval: always" if setting == "sync" else "sync_interval not set"
        return f"nats-server {self.version}: max_payload 8MB, jetstream with max_file_store 200GB, {sync}; stream: file storage"

    def command(self, setting):
        config = os.path.join(self.folder, "server.conf")
        sync = ", sync_interval: always" if setting == "sync" else ""
        with open(config, "w") as out:
            out.write(f'host: 127.0.0.1\nport: {self.port}\nmax_payload: 8MB\n'
                      f'jetstream {{ store_dir: "{self.folder}/store", max_file_store: 200GB{sync} }}\n')
        return [self.server, "-c", config]

    def ask(self, subject, **request):
        body = json.dumps(request).encode() if request else b""
        with socket.create_connection(("127.0.0.1", self.port), timeout=120) as link, link.makefile("rb") as answers:
            answers.readline()
            link.sendall(b'CONNECT {"verbose":false,"lang":"python","version":"1"}\r\nSUB _R.1 1\r\n'
                         + b"PUB $JS.API.%s _R.1 %d\r\n%s\r\n" % (subject.encode(), len(body), body))
            for line in answers:
                if line.startswith(b"MSG"):
                    answer = json.loads(answers.read(int(line.split()[-1])))
                    if "error" in answer:
                        raise RuntimeError(f"jetstream, {subject}: {answer['error'].get('description')}")
                    return answer
        raise OSError("the server closed the connection")

    def ready(self):
        names = self.ask("STREAM.NAMES").get("streams") or []
        if "EVENTS" not in names:
            self.ask("STREAM.CREATE.EVENTS", name="EVENTS", subjects=["events.*"], storage="file")
        return True

    def count(self):
        return self.ask("STREAM.INFO.EVENTS")["state"]["messages"]


class Redis(Broker):
    name = "redis"

    def __init__(self, work_dir, folder):
        self.server = shutil.which("redis-server")
        if self.server is None:
            raise drivers.Missing("redis-server is not here (on Debian and Ubuntu: apt-get install redis-server)")
        shown = subprocess.run([self.server, "--version"], capture_output=True, text=True).stdout
        self.version = next((word[2:] for word in shown.split() if word.startswith("v=")), "unknown")
        super().__init__(work_dir, folder)

    def arguments(self, setting):
        # No snapshots and no rewriting meanwhile: both would only take time away from the appends.
        return ["--appendonly", "yes", "--appendfsync", "always" if setting == "sync" else "everysec", "--save", "",
                "--auto-aof-rewrite-percentage", "0"]

    def shown(self, setting):
        return f"redis-server {self.version} " + " ".join(word or "''" for word in self.arguments(setting))

    def command(self, setting):
        return [self.server, "--port", str(self.port), "--bind", "127.0.0.1", "--dir", self.folder, *self.arguments(setting)]

    def ask(self, words):
        with socket.create_connection(("127.0.0.1", self.port), timeout=120) as link, link.makefile("rb") as answers:
            link.sendall(words.encode() + b"\r\n")
            return answers.readline().decode().strip()

    def ready(self):
        return self.ask("PING") == "+PONG"

    def count(self):
        return int(self.ask("XLEN events").lstrip(":"))


def all_of(work_dir, stores):
    """({name: broker}, {name: why it is not here})."""
    found, missing = {}, {}
    for kind in (JetStream, Redis):
        try:
            found[kind.name] = kind(work_dir, os.path.join(stores, kind.name))
        except drivers.Missing as reason:
            missing[kind.name] = str(reason)
    return found, missing
