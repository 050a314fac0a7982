"""Processes and what they used: a server pinned to one core, load on the other, and what everybody else did meanwhile."""

import http.client
import json
import os
import resource
import shutil
import signal
import subprocess
import time

TICKS = os.sysconf("SC_CLK_TCK")
CORES = sorted(os.sched_getaffinity(0))
SERVER_CORE, LOAD_CORE = CORES[0], CORES[-1]
# A wall time is not judged when others used more of the machine than this.
FOREIGN_MOST = 0.05


def busy_seconds():
    with open("/proc/stat") as stat:
        fields = [int(field) for field in stat.readline().split()[1:9]]
    return sum(fields[:3] + fields[5:]) / TICKS


def children(pid):
    found = []
    for task in os.listdir("/proc/%d/task" % pid):
        try:
            with open("/proc/%d/task/%s/children" % (pid, task)) as file:
                found += [int(child) for child in file.read().split()]
        except OSError:
            pass
    return found


def cpu_seconds(pid):
    """User and system time of one process, and of its children that have ended."""
    try:
        with open("/proc/%d/stat" % pid) as file:
            fields = file.read().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return sum(int(field) for field in fields[11:15]) / TICKS


def memory_mb(pid, name="VmRSS"):
    with open("/proc/%d/status" % pid) as file:
        for line in file:
            if line.startswith(name + ":"):
                return int(line.split()[1]) / 1024
    return 0.0


class Server:
    """`varve serve` on the server's core."""

    def __init__(self, data, projector=False, settings=None):
        self.data = data
        os.makedirs(data, exist_ok=True)
        if settings is not None:
            with open(os.path.join(data, "varve.yaml"), "w") as file:
                file.write(settings)
        command = ["taskset", "-c", str(SERVER_CORE), os.environ["VARVE"], "serve", "--data", data, "--listen", "127.0.0.1:0"]
        self.log = open(data + ".log", "wb")
        self.process = subprocess.Popen(command + ([] if projector else ["--no-project"]), stdout=subprocess.PIPE, stderr=self.log)
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("the server did not start; see %s.log" % data)
        self.port = int(json.loads(line)["url"].rsplit(":", 1)[1])
        self.pid = self.process.pid

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()

    def cpu(self):
        """The server's own CPU seconds, and those of its projector."""
        return cpu_seconds(self.pid), sum(cpu_seconds(child) for child in children(self.pid))

    def memory(self, name="VmRSS"):
        return memory_mb(self.pid, name), sum(memory_mb(child, name) for child in children(self.pid))

    def forget_peak(self):
        with open("/proc/%d/clear_refs" % self.pid, "w") as file:
            file.write("5")

    def call(self, method, path, body=None, kind="application/json"):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            connection.request(method, path, body, {"Content-Type": kind} if body is not None else {})
            answer = connection.getresponse()
            text = answer.read().decode()
        finally:
            connection.close()
        if answer.status != 200:
            raise SystemExit("%s %s: %d %s" % (method, path, answer.status, text[:300]))
        return json.loads(text)

    def settle(self, seconds=120):
        """Waits until the projector is at the end of the log."""
        end = time.time() + seconds
        while time.time() < end:
            projectors = self.call("GET", "/api/v1/status")["projectors"]
            if projectors and all(projector["behind_events"] == 0 for projector in projectors):
                return
            time.sleep(0.5)
        raise SystemExit("the projector did not reach the end of the log")


class Watch:
    """What the machine did while the body ran: ours (server, projector, load) and the others'."""

    def __init__(self, server=None):
        self.server = server

    def _own(self):
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return time.process_time() + usage.ru_utime + usage.ru_stime

    def __enter__(self):
        self.server_before = self.server.cpu() if self.server else (0, 0)
        self.own, self.busy, self.start = self._own(), busy_seconds(), time.perf_counter()
        return self

    def __exit__(self, *_):
        self.seconds = time.perf_counter() - self.start
        after = self.server.cpu() if self.server else (0, 0)
        self.server_cpu = after[0] - self.server_before[0]
        self.projector_cpu = after[1] - self.server_before[1]
        self.own = self._own() - self.own
        others = busy_seconds() - self.busy - self.own - self.server_cpu - self.projector_cpu
        self.foreign = max(0.0, others) / (self.seconds * (os.cpu_count() or 1))

    @property
    def is_quiet(self):
        return self.foreign <= FOREIGN_MOST


def start_driver(work, *words):
    command = ["taskset", "-c", str(LOAD_CORE), os.path.join(work, "driver"), *[str(word) for word in words]]
    return subprocess.Popen(command, stdout=subprocess.PIPE)


def end_driver(process):
    out, _ = process.communicate()
    if not out:
        raise SystemExit("the driver ended with %d" % process.returncode)
    said = json.loads(out)
    said["exit"] = process.returncode
    return said


def drive(work, *words):
    return end_driver(start_driver(work, *words))


def fresh(folder):
    shutil.rmtree(folder, ignore_errors=True)
    if os.path.exists(folder + ".log"):
        os.remove(folder + ".log")
    return folder
