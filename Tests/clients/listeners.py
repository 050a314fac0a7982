"""Clients of syslog, GELF, StatsD and Fluent, and shippers of Debian's that send over sockets: what they sent is found again."""

import json
import logging
import logging.handlers
import os
import shutil
import socket
import subprocess
import tempfile
import time

import graypy
import statsd
from client import Server, expect, finish, free_port
from fluent import sender as fluent

COUNT = 500
LISTENERS = """listeners:
  - {kind: syslog, address: 'udp://127.0.0.1:0'}
  - {kind: syslog, address: 'tcp://127.0.0.1:0'}
  - {kind: gelf, address: 'udp://127.0.0.1:0'}
  - {kind: gelf, address: 'tcp://127.0.0.1:0'}
  - {kind: statsd, address: 'udp://127.0.0.1:0'}
  - {kind: fluent, address: 'tcp://127.0.0.1:0'}
"""


def settle(server, count, **filters):
    """Events that match, once there are as many, or nothing more comes."""
    for _ in range(100):
        found = server.events(**filters)
        if len(found) >= count:
            break
        time.sleep(0.2)
    return found


def of(server, component):
    return {"signal": "log.entry", "where": f"component={component}"}


def port(server, name):
    return int(server.ready[name].rsplit(":", 1)[1])


def logger(name, handler):
    log = logging.getLogger("clients." + name)
    log.setLevel(logging.DEBUG)
    log.propagate = False
    log.addHandler(handler)
    return log


def syslog(server):
    """Python's own handler, over UDP, and over TCP with its NUL behind each message."""
    for name, kind in [("syslog", socket.SOCK_DGRAM), ("syslog_tcp", socket.SOCK_STREAM)]:
        handler = logging.handlers.SysLogHandler(("127.0.0.1", port(server, name)), socktype=kind)
        handler.setFormatter(logging.Formatter(f"2026-01-21T14:00:00Z host {name}[7]: %(message)s"))
        log = logger(name, handler)
        for number in range(COUNT):
            log.error("line %d – ü", number)
            if number % 50 == 0:
                time.sleep(0.01)
        handler.close()
        events = settle(server, COUNT, **of(server, name))
        expect({event["data"]["message"] for event in events}, {f"line {n} – ü" for n in range(COUNT)}, f"messages of {name}")
        expect({(event["data"]["level"], event["data"]["procid"]) for event in events}, {("error", "7")}, "what they carry")


def gelf(server):
    for name, make in [
        ("gelf", lambda p: graypy.GELFUDPHandler("127.0.0.1", p, facility="gelf")),
        ("gelf_tcp", lambda p: graypy.GELFTCPHandler("127.0.0.1", p, facility="gelf_tcp")),
    ]:
        handler = make(port(server, name))
        log = logger(name, handler)
        for number in range(COUNT):
            # Every tenth is so long that it goes in chunks.
            text = f"line {number}" + (os.urandom(6_000).hex() if number % 10 == 0 else "")
            log.warning(text, extra={"n": number, "kind": "test"})
            if number % 20 == 0:
                time.sleep(0.01)
        handler.close()
        events = settle(server, COUNT, **of(server, name))
        expect(sorted(event["data"]["n"] for event in events), list(range(COUNT)), f"a field of {name}")
        expect(sum(len(event["data"]["message"]) > 6_000 for event in events), COUNT // 10, "messages in chunks")
        expect({(event["data"]["level"], event["data"]["kind"]) for event in events}, {("warn", "test")}, "what they carry")


def metrics(server):
    client = statsd.StatsClient("127.0.0.1", port(server, "statsd"), prefix="shop")
    for number in range(COUNT):
        client.incr("orders", 2)
        client.timing("wait", number)
        if number % 50 == 0:
            time.sleep(0.01)
    client.gauge("queue", 7)
    client.gauge("queue", -3, delta=True)
    client.set("users", "u1")
    with client.pipeline() as pipe:
        for _ in range(10):
            pipe.incr("batched")
    events = settle(server, 2 * COUNT + 13, signal="statsd.metric")
    by = lambda name: [event["data"] for event in events if event["data"]["name"] == "shop." + name]
    expect(sum(data["delta"] for data in by("orders")), 2.0 * COUNT, "a counter")
    expect(sorted(data["value"] for data in by("wait")), [float(n) for n in range(COUNT)], "a timer")
    expect([data.get("value", data.get("delta")) for data in by("queue")], [7.0, -3.0], "a gauge and its change")
    expect(([data["member"] for data in by("users")], len(by("batched"))), (["u1"], 10), "a set, and a pipeline")


def forward(server):
    client = fluent.FluentSender("app", host="127.0.0.1", port=port(server, "fluent"), nanosecond_precision=True)
    for number in range(COUNT):
        expect(client.emit("follow", {"message": f"line {number}", "n": number, "in": {"a": [1, None]}}), True, "an emit")
    client.close()
    events = settle(server, COUNT, **of(server, "app.follow"))
    expect(sorted(event["data"]["n"] for event in events), list(range(COUNT)), "a field of Fluent's")
    expect({(event["data"]["tag"], str(event["data"]["in.a"])) for event in events}, {("app.follow", "[1, None]")}, "what they carry")


def packed(value):
    import msgpack

    return msgpack.packb(value)


def acknowledged(server):
    """A sender that wants its chunks acknowledged, and sends again what was not, with the server killed in the middle."""
    done, number = set(), 0
    chunks = {f"chunk-{n}": [[1_768_996_800, {"message": f"{n}.{i}"}] for i in range(20)] for n in range(60)}
    connection = None
    for name, entries in chunks.items():
        number += 1
        for attempt in range(50):
            try:
                connection = connection or socket.create_connection(("127.0.0.1", server.fluent), timeout=5)
                connection.sendall(packed(["kill.test", entries, {"chunk": name}]))
                if number == 30 and attempt == 0:
                    server.kill()
                if packed({"ack": name}) == connection.recv(200):
                    done.add(name)
                    break
            except OSError:
                pass
            connection = None
            time.sleep(0.2)
    expect(done, set(chunks), "chunks that were acknowledged")
    events = settle(server, 1_200, **of(server, "kill.test"))
    expect(sorted(event["data"]["message"] for event in events), sorted(e[1]["message"] for c in chunks.values() for e in c), "entries, each once")


def run_rsyslog(server, name, actions, queue):
    """rsyslog, told by `actions` whereto, with lines written to its own socket; the server is killed in the middle."""
    program = shutil.which("rsyslogd") or shutil.which("/usr/sbin/rsyslogd")
    if not program:
        return print("NOT RUN: rsyslog is not installed")
    folder = tempfile.mkdtemp(prefix="varve-rsyslog-")
    with open(folder + "/conf", "w") as file:
        file.write(f'module(load="imuxsock" SysSock.Use="off")\ninput(type="imuxsock" Socket="{folder}/log" RateLimit.Interval="0")\n')
        file.write(f'global(workDirectory="{folder}")\n{actions}\n')
    process = subprocess.Popen([program, "-n", "-f", folder + "/conf", "-i", folder + "/pid"], stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            if os.path.exists(folder + "/log"):
                break
            time.sleep(0.1)
        out = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        out.connect(folder + "/log")
        for number in range(COUNT):
            if number == COUNT // 2 and queue:
                time.sleep(1)
                server.kill()
            out.send(f"<13>Jan 21 14:00:00 {name}: line {number}".encode())
            time.sleep(0.001)
        events = settle(server, COUNT, signal="log.entry", where=f"app={name}") if queue else settle(server, COUNT, **of(server, name))
        return events
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


def rsyslog(server):
    target = f'action(type="omfwd" Target="127.0.0.1" Port="{port(server, "syslog_tcp")}" Protocol="tcp" TCP_Framing="octet-counted" Template="RSYSLOG_SyslogProtocol23Format")'
    events = run_rsyslog(server, "rs-tcp", target, False)
    if events is not None:
        expect({event["data"]["message"].strip() for event in events}, {f"line {n}" for n in range(COUNT)}, "lines of rsyslog over TCP")
    if not os.path.exists("/usr/lib/x86_64-linux-gnu/rsyslog/omelasticsearch.so"):
        return print("NOT RUN: rsyslog-elasticsearch is not installed")
    actions = f'''module(load="omelasticsearch")
template(name="doc" type="list" option.jsonf="on") {{
  property(outname="@timestamp" name="timereported" dateFormat="rfc3339" format="jsonf")
  property(outname="app" name="programname" format="jsonf")
  property(outname="message" name="msg" format="jsonf")
}}
'''
    actions += f'''action(type="omelasticsearch" server="127.0.0.1" serverport="{server.port}" template="doc" searchIndex="logs" searchType=""
  bulkmode="on" queue.type="linkedlist" queue.dequeuebatchsize="50" action.resumeretrycount="-1" action.resumeinterval="1")'''
    events = run_rsyslog(server, "rs-es", actions, True)
    if events is not None:
        expect({event["data"]["message"].strip() for event in events}, {f"line {n}" for n in range(COUNT)}, "lines of rsyslog by _bulk")


def syslog_ng(server):
    program = os.environ.get("SYSLOG_NG") or shutil.which("syslog-ng")
    if not program:
        return print("NOT RUN: syslog-ng is not installed")
    folder = tempfile.mkdtemp(prefix="varve-syslog-ng-")
    with open(folder + "/conf", "w") as file:
        file.write(f'''@version: 3.38
source s {{ unix-dgram("{folder}/log"); }};
destination new {{ syslog("127.0.0.1" port({port(server, "syslog_tcp")}) transport("tcp")); }};
destination old {{ udp("127.0.0.1" port({port(server, "syslog")})); }};
log {{ source(s); destination(new); destination(old); }};
''')
    process = subprocess.Popen(
        [program, "-F", "-f", folder + "/conf", "-R", folder + "/persist", "-p", folder + "/pid", "-c", folder + "/ctl", *os.environ.get("SYSLOG_NG_OPTIONS", "").split()])
    try:
        for _ in range(100):
            if os.path.exists(folder + "/log"):
                break
            time.sleep(0.1)
        out = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        out.connect(folder + "/log")
        for number in range(COUNT):
            out.send(f"<13>Jan 21 14:00:00 ng: line {number}".encode())
            time.sleep(0.002)
        events = settle(server, 2 * COUNT, **of(server, "ng"))
        lines = sorted(event["data"]["message"] for event in events)
        expect(lines, sorted([f"line {n}" for n in range(COUNT)] * 2), "lines of syslog-ng, in both formats")
    finally:
        process.terminate()
        process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


directory = tempfile.mkdtemp(prefix="varve-client-")
with open(directory + "/varve.yaml", "w") as settings:
    settings.write(LISTENERS)
with Server(directory=directory) as server:
    server.fluent = port(server, "fluent")
    syslog(server)
    gelf(server)
    metrics(server)
    forward(server)
    syslog_ng(server)
    for listener in json.loads(server.get("/api/v1/status").body)["listeners"]:
        expect((listener["dropped"], listener["broken"], listener["rejected"]), (0, 0, 0), f"what {listener['kind']} lost")
    rsyslog(server)
    finish("listeners")
directory = tempfile.mkdtemp(prefix="varve-client-")
address = free_port()
with open(directory + "/varve.yaml", "w") as settings:
    settings.write(f"listeners:\n  - {{kind: fluent, address: 'tcp://127.0.0.1:{address}'}}\n")
with Server(directory=directory) as server:
    server.fluent = address
    acknowledged(server)
    finish("listeners, killed")
