"""What OpenTelemetry's Python SDK sends, whatever the protocol: logs, metrics and traces, compared after the round trip."""

import logging

from client import expect
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode

SPANS, LOGS = 3_000, 2_000


def traces(server, exporter, service):
    provider = TracerProvider(resource=Resource.create({"service.name": service, "deployment.environment": "test"}))
    provider.add_span_processor(BatchSpanProcessor(exporter, max_queue_size=2 * SPANS))
    tracer = provider.get_tracer("clients", "1.0")
    ids = set()
    for number in range(SPANS // 2):
        with tracer.start_as_current_span("GET /items/{id}", kind=SpanKind.SERVER) as span:
            span.set_attributes({"http.route": "/items/{id}", "n": number, "ratio": number / 4, "ok": number % 2 == 0})
            span.add_event("looked up", {"rows": number})
            if number % 10 == 0:
                span.set_status(Status(StatusCode.ERROR, "no such item"))
            ids.add(f"{span.get_span_context().trace_id:032x}{span.get_span_context().span_id:016x}")
            with tracer.start_as_current_span("SELECT", kind=SpanKind.CLIENT) as inner:
                inner.set_attributes({"db.system": "postgresql", "tags": ["a", "b"]})
                ids.add(f"{inner.get_span_context().trace_id:032x}{inner.get_span_context().span_id:016x}")
    provider.shutdown()
    events = server.events(signal="otel.span", where=f"component={service}")
    expect(len(events), SPANS, "spans")
    expect({event["id"] for event in events}, ids, "ids of spans")
    roots = [event for event in events if event["data"]["kind"] == "server"]
    expect(sorted(event["data"]["n"] for event in roots), list(range(SPANS // 2)), "an integer attribute")
    expect(sum(event["data"]["ratio"] for event in roots), sum(n / 4 for n in range(SPANS // 2)), "a double attribute")
    expect(sum(event["data"]["status"] == "error" for event in roots), SPANS // 20, "errors")
    expect({event["data"]["deployment.environment"] for event in events}, {"test"}, "an attribute of the resource")
    children = [event for event in events if event["data"]["kind"] == "client"]
    parents = {event["data"]["span_id"] for event in roots}
    expect({event["data"]["parent_id"] for event in children}, parents, "parents")
    expect({str(event["data"]["tags"]) for event in children}, {"['a', 'b']"}, "a list")
    expect({event["data"]["peer"] for event in children}, {"postgresql"}, "whom they asked")
    return provider


def logs(server, exporter, service):
    provider = LoggerProvider(resource=Resource.create({"service.name": service}))
    provider.add_log_record_processor(BatchLogRecordProcessor(exporter, max_queue_size=2 * LOGS))
    logger = logging.getLogger(f"clients.{service}")
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    logger.addHandler(LoggingHandler(logger_provider=provider))
    for number in range(LOGS):
        level = logging.ERROR if number % 4 == 0 else logging.INFO
        logger.log(level, "line %d – ü", number, extra={"n": number})
    provider.shutdown()
    events = server.events(signal="otel.log", where=f"component={service}")
    expect(len(events), LOGS, "log records")
    expect({event["data"]["body"] for event in events}, {f"line {n} – ü" for n in range(LOGS)}, "bodies")
    expect(sum(event["data"]["severity"] == "error" for event in events), LOGS // 4, "severities")
    expect(sorted(event["data"]["n"] for event in events), list(range(LOGS)), "an attribute")


def metrics(server, exporter, service):
    reader = PeriodicExportingMetricReader(exporter, export_interval_millis=86_400_000)
    provider = MeterProvider([reader], resource=Resource.create({"service.name": service}))
    meter = provider.get_meter("clients")
    counter, histogram = meter.create_counter("orders", "1"), meter.create_histogram("wait", "ms")
    gauge = meter.create_gauge("queue")
    total = {"a": 0, "b": 0}
    for step in range(5):
        for shop in total:
            for number in range(10):
                counter.add(number, {"shop": shop})
                total[shop] += number
                histogram.record(number * 30, {"shop": shop})
        gauge.set(step)
        provider.force_flush()
    provider.shutdown()
    events = [event["data"] for event in server.events(signal="otel.metric", where=f"component={service}")]
    counters = [event for event in events if event["name"] == "orders"]
    for shop, sum_ in total.items():
        own = [event for event in counters if event["shop"] == shop]
        expect(max(event["value"] for event in own), sum_, "the value of a counter")
        expect(sum(event.get("delta", 0) for event in own), sum_, "what came between its points")
    waits = [event for event in events if event["name"] == "wait"]
    expect(sum(event.get("delta_count", 0) for event in waits), 100, "the count of a histogram")
    expect(sum(event.get("delta_sum", 0) for event in waits), 100 * 135, "the sum of a histogram")
    expect({event["max"] for event in waits}, {270}, "its greatest value")
    queue = [event for event in events if event["name"] == "queue"]
    expect(sorted({event["value"] for event in queue}), list(range(5)), "a gauge")


def logs_of_one(exporter):
    provider = LoggerProvider(resource=Resource.create({"service.name": "again"}))
    provider.add_log_record_processor(BatchLogRecordProcessor(exporter, max_queue_size=2 * LOGS))
    logger = logging.getLogger("clients.again")
    logger.propagate = False
    logger.addHandler(LoggingHandler(logger_provider=provider))
    logger.error("once")
    provider.shutdown()
