"""Clients that send again what was not answered, with the server killed in the middle: everything is there, and once."""

import time

import elasticsearch
from client import Killer, Server, expect, finish
from elasticsearch import Elasticsearch, helpers
from influxdb_client import InfluxDBClient, Point, WriteOptions
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

COUNT = 4_000


def otlp(server):
    exporter = OTLPSpanExporter(server.url + "/v1/traces", timeout=60)
    provider = TracerProvider(resource=Resource.create({"service.name": "killed"}))
    provider.add_span_processor(BatchSpanProcessor(exporter, max_queue_size=2 * COUNT, max_export_batch_size=200, schedule_delay_millis=100))
    tracer = provider.get_tracer("clients")
    ids = set()
    with Killer(server, COUNT // 4):
        for number in range(COUNT):
            with tracer.start_as_current_span("work") as span:
                span.set_attribute("n", number)
                ids.add(f"{span.get_span_context().trace_id:032x}{span.get_span_context().span_id:016x}")
            if number % 100 == 0:
                time.sleep(0.05)
        provider.force_flush(120_000)
    provider.shutdown()
    events = server.events(signal="otel.span", where="component=killed")
    expect(len(events), COUNT, "spans")
    expect({event["id"] for event in events}, ids, "ids of spans")


def bulk(server):
    client = Elasticsearch(server.url, request_timeout=30)
    actions = [{"_index": "app", "_id": str(n), "@timestamp": "2026-01-21T14:00:00Z", "message": f"m {n}", "n": n} for n in range(COUNT)]
    with Killer(server, COUNT // 4):
        for start in range(0, COUNT, 100):
            for _ in range(200):
                try:
                    expect(helpers.bulk(client, actions[start : start + 100])[0], 100, "documents of helpers.bulk")
                    break
                except (elasticsearch.ConnectionError, elasticsearch.ApiError):
                    time.sleep(0.1)
    events = server.events(signal="log.entry", where="_index=app")
    expect(sorted(event["data"]["n"] for event in events), list(range(COUNT)), "documents, each once")


def influxdb(server):
    options = WriteOptions(batch_size=100, flush_interval=200, retry_interval=500, max_retries=20, max_retry_delay=2_000, exponential_base=1)
    with Killer(server, COUNT // 4), InfluxDBClient(url=server.url, token="none", org="o") as client:
        with client.write_api(write_options=options) as writer:
            for number in range(COUNT):
                writer.write(bucket="b", record=Point("killed").field("n", number).time(1_768_996_800_000_000_000 + number))
                if number % 100 == 0:
                    time.sleep(0.02)
    events = server.events(signal="influx.point")
    expect(sorted(event["data"]["n"] for event in events), list(range(COUNT)), "points, each once")


with Server() as server:
    otlp(server)
    bulk(server)
    influxdb(server)
    finish("killed")
