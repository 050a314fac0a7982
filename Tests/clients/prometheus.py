"""Prometheus and vmagent as senders of remote write, prometheus-client's push_to_gateway, and its expositions as text."""

import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.request

from client import Server, expect, finish, free_port
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, push_to_gateway
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics


def samples(server, name):
    return [event for event in server.events(signal="prometheus.sample", where=f"name={name}")]


def written_by_prometheus(server):
    """A prometheus that scrapes us and itself, and writes to us: what it has is what we have."""
    program = shutil.which("prometheus")
    if not program:
        return print("NOT RUN: prometheus is not installed")
    folder, port = tempfile.mkdtemp(prefix="varve-prometheus-"), free_port()
    with open(folder + "/prometheus.yml", "w") as file:
        file.write(
            f"""
global: {{scrape_interval: 1s, external_labels: {{cluster: test}}}}
remote_write: [{{url: "{server.url}/api/v1/write"}}]
scrape_configs:
- {{job_name: self, static_configs: [{{targets: ["127.0.0.1:{port}"]}}]}}
- {{job_name: varve, static_configs: [{{targets: ["127.0.0.1:{server.port}"]}}]}}
"""
        )
    process = subprocess.Popen(
        [program, f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data", f"--web.listen-address=127.0.0.1:{port}"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    try:
        time.sleep(8)
        server.kill()
        time.sleep(8)
        query = f"http://127.0.0.1:{port}/api/v1/query?query=process_cpu_seconds_total%5B20s%5D"
        found = json.loads(urllib.request.urlopen(query).read())["data"]["result"]
        time.sleep(7)
        ours = {}
        for event in samples(server, "process_cpu_seconds_total"):
            data = event["data"]
            ours.setdefault(data["label.job"], {})[event["time"]] = data.get("value")
            expect(data["label.cluster"], "test", "an external label")
        compared = 0
        for series in found:
            mine = ours[series["metric"]["job"]]
            for seconds, value in series["values"]:
                moment = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
                match = [own for at, own in mine.items() if at.startswith(moment)]
                expect(float(value) in match, True, f"the sample {seconds} {value} of {series['metric']} in {match}")
                compared += 1
        expect(compared > 20, True, f"samples compared ({compared})")
        up = samples(server, "up")
        expect({event["data"]["label.job"] for event in up}, {"self", "varve"}, "jobs that were scraped")
        expect(len({(e["time"], e["data"]["label.job"]) for e in up}), len(up), "samples, each once")
    finally:
        process.kill()
        shutil.rmtree(folder, ignore_errors=True)


def written_by_vmagent(server):
    program = shutil.which("vmagent") or shutil.which("vmagent-prod")
    if not program:
        return print("NOT RUN: vmagent is not installed")
    folder, port = tempfile.mkdtemp(prefix="varve-vmagent-"), free_port()
    with open(folder + "/scrape.yml", "w") as file:
        file.write(f'global: {{scrape_interval: 1s}}\nscrape_configs:\n- {{job_name: agent, static_configs: [{{targets: ["127.0.0.1:{port}"]}}]}}\n')
    process = subprocess.Popen(
        [program, f"-promscrape.config={folder}/scrape.yml", f"-httpListenAddr=127.0.0.1:{port}",
         f"-remoteWrite.url={server.url}/prometheus/api/v1/write", f"-remoteWrite.tmpDataPath={folder}/data"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    try:
        time.sleep(10)
        up = [event for event in samples(server, "up") if event["data"]["label.job"] == "agent"]
        expect(len(up) >= 5, True, f"samples of vmagent ({len(up)})")
        expect({event["data"]["value"] for event in up}, {1.0}, "their values")
    finally:
        process.kill()
        shutil.rmtree(folder, ignore_errors=True)


def registry():
    registry = CollectorRegistry()
    jobs = Counter("jobs", "Jobs that ran.", ["kind"], registry=registry)
    jobs.labels("a\"b\\c\nd").inc(3)
    jobs.labels("ü").inc(4.5)
    Gauge("load", "Load.", registry=registry).set(float("inf"))
    wait = Histogram("wait_seconds", "Wait.", buckets=[0.1, 1], registry=registry)
    for value in [0.05, 0.5, 5]:
        wait.observe(value)
    return registry


def expositions(server):
    push_to_gateway(f"127.0.0.1:{server.port}", job="batch/1", registry=registry(), grouping_key={"instance": "i1", "path": "a/b"})
    found = samples(server, "jobs_total")
    expect({(e["data"]["label.kind"], e["data"]["value"]) for e in found}, {("a\"b\\c\nd", 3.0), ("ü", 4.5)}, "pushed counters")
    expect({(e["data"]["label.job"], e["data"]["label.instance"], e["data"]["label.path"]) for e in found}, {("batch/1", "i1", "a/b")}, "labels of the path")
    expect({e["data"]["value"] for e in samples(server, "load")}, {"+Inf"}, "an infinite gauge")
    buckets = {e["data"]["label.le"]: e["data"]["value"] for e in samples(server, "wait_seconds_bucket")}
    expect(buckets, {"0.1": 1.0, "1.0": 2.0, "+Inf": 3.0}, "buckets")
    before = server.status()["durable"]
    texts = [(generate_latest(registry()), "text/plain; version=0.0.4"), (generate_openmetrics(registry()), "application/openmetrics-text; version=1.0.0")]
    for text, kind in texts:
        reply = server.post("/api/v1/import/prometheus", text, {"Content-Type": kind})
        receipt = json.loads(reply.body)
        lines = sum(1 for line in text.splitlines() if line and not line.startswith(b"#"))
        expect((reply.status, receipt["appended"], receipt["rejected"]), (200, lines, 0), f"an exposition as {kind} ({reply.body[:300]})")
    expect(server.status()["durable"] > before, True, "events")


with Server() as server:
    expositions(server)
    written_by_prometheus(server)
    written_by_vmagent(server)
    finish("prometheus")
