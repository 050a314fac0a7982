"""Debian's alertmanager, prometheus and vmalert as senders of alerts: each firing and each end is there once."""

import json
import shutil
import subprocess
import tempfile
import time
import urllib.request

from client import Server, expect, finish, free_port


def start(program, *options):
    return subprocess.Popen([program, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def wait(url):
    for _ in range(150):
        try:
            return urllib.request.urlopen(url, timeout=2).read()
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"FAILED {url} does not answer")


def settle(server, count, **filters):
    for _ in range(150):
        found = server.events(**filters)
        if len(found) >= count:
            break
        time.sleep(0.2)
    return found


def alertmanager(server):
    program = shutil.which("prometheus-alertmanager") or shutil.which("alertmanager")
    if not program:
        return print("NOT RUN: alertmanager is not installed")
    folder, port = tempfile.mkdtemp(prefix="varve-alertmanager-"), free_port()
    with open(folder + "/conf.yml", "w") as file:
        file.write(
            f"""
route: {{receiver: varve, group_by: [alertname], group_wait: 1s, group_interval: 1s, repeat_interval: 2s}}
receivers:
- name: varve
  webhook_configs: [{{url: "{server.url}/alertmanager/webhook", send_resolved: true}}]
"""
        )
    process = start(program, f"--config.file={folder}/conf.yml", f"--storage.path={folder}/data",
                    f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address=")
    try:
        wait(f"http://127.0.0.1:{port}/-/ready")

        def post(ends=None):
            alerts = [
                {"labels": {"alertname": "Down", "job": f"j{n}", "severity": "critical"}, "annotations": {"summary": f"j{n} is down – ü"},
                 **({"endsAt": ends} if ends else {})} for n in range(20)]
            request = urllib.request.Request(f"http://127.0.0.1:{port}/api/v2/alerts", json.dumps(alerts).encode(), {"Content-Type": "application/json"})
            expect(urllib.request.urlopen(request).status, 200, "alertmanager's answer")

        post()
        events = settle(server, 20, signal="alert.triggered")
        server.kill()
        time.sleep(4)
        events = server.events(signal="alert.triggered")
        expect(sorted(event["data"]["label.job"] for event in events), sorted(f"j{n}" for n in range(20)), "alerts, each once, though repeated")
        expect({(event["data"]["rule"], event["data"]["severity"]) for event in events}, {("Down", "critical")}, "what they carry")
        post(time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 1)))
        ended = settle(server, 20, signal="alert.resolved")
        expect(sorted(event["data"]["label.job"] for event in ended), sorted(f"j{n}" for n in range(20)), "alerts that ended, each once")
    finally:
        process.kill()
        shutil.rmtree(folder, ignore_errors=True)


def rules(server):
    """prometheus evaluates a rule and sends to us as to an Alertmanager; vmalert does the same over prometheus' samples."""
    program, second = shutil.which("prometheus"), shutil.which("vmalert")
    if not program:
        return print("NOT RUN: prometheus is not installed")
    folder, port, other = tempfile.mkdtemp(prefix="varve-rules-"), free_port(), free_port()
    for name in ["prometheus", "vmalert"]:
        with open(f"{folder}/{name}-rules.yml", "w") as file:
            file.write(f"groups:\n- name: g\n  interval: 1s\n  rules:\n  - {{alert: Always_{name}, expr: 'vector(1)', labels: {{severity: warning}}}}\n")
    with open(folder + "/prometheus.yml", "w") as file:
        file.write(
            f"""
global: {{evaluation_interval: 1s}}
rule_files: ["{folder}/prometheus-rules.yml"]
alerting: {{alertmanagers: [{{static_configs: [{{targets: ["127.0.0.1:{server.port}"]}}]}}]}}
"""
        )
    processes = [start(program, f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data", f"--web.listen-address=127.0.0.1:{port}", "--rules.alert.resend-delay=1s")]
    try:
        wait(f"http://127.0.0.1:{port}/-/ready")
        names = {"Always_prometheus"}
        if second:
            processes.append(start(second, f"-rule={folder}/vmalert-rules.yml", f"-datasource.url=http://127.0.0.1:{port}", f"-notifier.url={server.url}", f"-httpListenAddr=127.0.0.1:{other}"))
            names.add("Always_vmalert")
        else:
            print("NOT RUN: vmalert is not installed")
        for _ in range(150):
            found = [event for event in server.events(signal="alert.triggered") if event["data"]["rule"] in names]
            if {event["data"]["rule"] for event in found} == names:
                break
            time.sleep(0.2)
        time.sleep(4)
        found = [event for event in server.events(signal="alert.triggered") if event["data"]["rule"] in names]
        expect(sorted(event["data"]["rule"] for event in found), sorted(names), "alerts of rules, each once, though sent again")
        expect({event["data"]["severity"] for event in found}, {"warning"}, "their severity")
    finally:
        for process in processes:
            process.kill()
        shutil.rmtree(folder, ignore_errors=True)


with Server() as server:
    alertmanager(server)
    rules(server)
    finish("alerts")
