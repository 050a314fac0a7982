"""OpenTelemetry's Python SDK: logs, metrics and traces over HTTP, plain and packed, compared after the round trip."""

import signals
from client import Server, expect, finish
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter


def resent(server):
    """A batch that is sent again counts nothing twice."""
    before = server.status()["durable"]
    body = server.capture("/v1/logs", lambda url: OTLPLogExporter(url), signals.logs_of_one)
    first = server.post("/v1/logs", body, {"Content-Type": "application/x-protobuf"})
    middle = server.status()["durable"]
    second = server.post("/v1/logs", body, {"Content-Type": "application/x-protobuf"})
    expect((first.status, second.status), (200, 200), "status")
    expect(first.headers["Content-Type"], "application/x-protobuf", "the type of the answer")
    expect(middle - before, 1, "events of the first")
    expect(server.status()["durable"], middle, "events after the second")


with Server() as server:
    for compression, name in [(Compression.NoCompression, "plain"), (Compression.Gzip, "gzip")]:
        signals.traces(server, OTLPSpanExporter(server.url + "/v1/traces", compression=compression), f"shop-{name}")
        signals.logs(server, OTLPLogExporter(server.url + "/v1/logs", compression=compression), f"shop-{name}")
        signals.metrics(server, OTLPMetricExporter(server.url + "/v1/metrics", compression=compression), f"shop-{name}")
    resent(server)
    finish("otlp")
