"""OTLP over gRPC: OpenTelemetry's Python SDK with its gRPC exporters, compared after the round trip; and what a call is refused with.

Needs a varve that was built with the package's trait GRPC (make test-grpc builds one)."""

import json
import os
import subprocess
import sys
import tempfile
import time

import grpc
import signals
from client import VARVE, Killer, Server, expect, finish, free_port
from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest, ExportLogsServiceResponse
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

SERVICE = "/opentelemetry.proto.collector.logs.v1.LogsService/Export"
COUNT = 4_000
RETRY = b"google.rpc.RetryInfo"


def is_built():
    """Whether this varve speaks gRPC: one that does not refuses to be told to."""
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen(
            [VARVE, "serve", "--data", folder + "/d", "--listen", "127.0.0.1:0", "--no-project"],
            env=os.environ | {"VARVE_SERVE_GRPC": "127.0.0.1:0"}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        line = process.stdout.readline()
        process.terminate()
        _, told = process.communicate(timeout=20)
        if not line:
            expect("built without gRPC" in told and "--traits GRPC" in told, True, f"how a build without gRPC refuses ({told})")
            expect(process.returncode, 78, "its exit code")
        return bool(line)


def endpoint():
    return os.environ["VARVE_SERVE_GRPC"]


def call(body, metadata=(), channel=None, compression=None, method=SERVICE):
    """The code of one call, its answer, and the details of its status."""
    own = channel or grpc.insecure_channel(endpoint(), options=[("grpc.max_send_message_length", -1)])
    try:
        answer = own.unary_unary(method)(body, metadata=metadata, timeout=60, compression=compression)
        return "OK", answer, b""
    except grpc.RpcError as error:
        details = [value for key, value in error.trailing_metadata() or () if key == "grpc-status-details-bin"]
        return error.code().name, error.details(), details[0] if details else b""
    finally:
        if channel is None:
            own.close()


def request(*times):
    """An export of log records with these times."""
    message = ExportLogsServiceRequest()
    scope = message.resource_logs.add().scope_logs.add()
    for moment in times:
        record = scope.log_records.add()
        record.time_unix_nano = moment
        record.body.string_value = f"at {moment}"
    return message.SerializeToString()


def round_trips(server):
    for compression, name in [(grpc.Compression.NoCompression, "plain"), (grpc.Compression.Gzip, "gzip")]:
        options = {"endpoint": endpoint(), "insecure": True, "compression": compression}
        signals.traces(server, OTLPSpanExporter(**options), f"shop-{name}")
        signals.logs(server, OTLPLogExporter(**options), f"shop-{name}")
        signals.metrics(server, OTLPMetricExporter(**options), f"shop-{name}")


def answers(server):
    good, before = 1_768_996_800_000_000_000, server.status()["durable"]
    expect(call(request(good))[:2], ("OK", b""), "all was taken")
    expect(call(request(good))[:2], ("OK", b""), "sent again")
    expect(server.status()["durable"] - before, 1, "events of a batch that was sent twice")
    expect(call(b"")[:2], ("OK", b""), "an empty request")
    code, answer, _ = call(request(good + 1, 5, 6))
    partial = ExportLogsServiceResponse.FromString(answer).partial_success
    expect((code, partial.rejected_log_records), ("OK", 2), "a partial success")
    expect("2 of 3 records" in partial.error_message, True, "why some were refused")
    expect(call(b"\x0a\xff")[0], "INVALID_ARGUMENT", "a message that is none")
    expect(call(request(good), method=SERVICE + "All")[0], "UNIMPLEMENTED", "a method that is not there")
    # Above and below the limit of 64 MiB, before and after unpacking; final, so without a RetryInfo.
    for body, compression in [(bytes(65 << 20), None), (bytes(65 << 20), grpc.Compression.Gzip)]:
        code, _, details = call(body, compression=compression)
        expect((code, RETRY in details), ("RESOURCE_EXHAUSTED", False), "a message that is too large")
    expect(call(request(good + 2), compression=grpc.Compression.Gzip)[0], "OK", "a call behind the refused ones")


def overload():
    """Many large calls at once: some are told to come again, and when."""
    channel = grpc.insecure_channel(endpoint(), options=[("grpc.max_send_message_length", -1)])
    calls = [channel.unary_unary(SERVICE).future(bytes(60 << 20), timeout=120) for _ in range(10)]
    codes = {}
    for one in calls:
        error = one.exception()
        details = [value for key, value in error.trailing_metadata() or () if key == "grpc-status-details-bin"]
        codes.setdefault(error.code().name, []).append(RETRY in (details[0] if details else b""))
    channel.close()
    expect(set(codes) <= {"INVALID_ARGUMENT", "UNAVAILABLE"}, True, f"codes of overload ({codes})")
    expect("UNAVAILABLE" in codes and all(codes["UNAVAILABLE"]), True, f"overload says when to come again ({codes})")
    expect(call(request(1_768_996_800_000_000_009))[0], "OK", "a call behind the overload")


def killed(server):
    exporter = OTLPSpanExporter(endpoint=endpoint(), insecure=True, timeout=60)
    provider = TracerProvider(resource=Resource.create({"service.name": "killed"}))
    provider.add_span_processor(
        BatchSpanProcessor(exporter, max_queue_size=2 * COUNT, max_export_batch_size=200, schedule_delay_millis=100))
    tracer = provider.get_tracer("clients")
    ids = set()
    with Killer(server, COUNT // 4):
        for number in range(COUNT):
            with tracer.start_as_current_span("work") as span:
                ids.add(f"{span.get_span_context().trace_id:032x}{span.get_span_context().span_id:016x}")
            if number % 100 == 0:
                time.sleep(0.05)
        provider.force_flush(120_000)
    provider.shutdown()
    events = server.events(signal="otel.span", where="component=killed")
    expect(len(events), COUNT, "spans behind a kill")
    expect({event["id"] for event in events}, ids, "ids of spans behind a kill")


def tokens(server):
    made = {}
    for scope in ["read", "write"]:
        told = subprocess.run(
            [VARVE, "token", "create", "--name", scope, "--scope", scope, "--data", server.directory, "--json"],
            check=True, capture_output=True, text=True).stdout
        made[scope] = json.loads(told)["secret"]
    time.sleep(1.2)
    body = request(1_768_996_800_000_000_003)
    expect(call(body)[0], "UNAUTHENTICATED", "a call without a token")
    expect(call(body, [("authorization", "Bearer none")])[0], "UNAUTHENTICATED", "a token that is none")
    expect(call(body, [("authorization", "Bearer " + made["read"])])[0], "PERMISSION_DENIED", "a token for reading")
    expect(call(body, [("authorization", "Bearer " + made["write"])])[0], "OK", "a token for writing")
    own = [("authorization", "Bearer " + made["write"]), ("x-varve-tenant", "acme")]
    expect(call(body, own)[0], "NOT_FOUND", "a tenant that may not be seen")


def tls():
    with tempfile.TemporaryDirectory() as folder:
        chain, key = folder + "/chain.pem", folder + "/key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
             "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", key, "-out", chain],
            check=True, capture_output=True)
        os.environ["VARVE_SERVE_CERTIFICATE"], os.environ["VARVE_SERVE_CERTIFICATE_KEY"] = chain, key
        os.environ["VARVE_SERVE_GRPC"] = f"127.0.0.1:{free_port()}"
        with Server() as server:
            expect(server.ready["grpc"], "https://" + endpoint(), "the ready line's key under TLS")
            trusted = grpc.ssl_channel_credentials(open(chain, "rb").read())
            with grpc.secure_channel(endpoint(), trusted) as channel:
                expect(call(request(1_768_996_800_000_000_004), channel=channel)[0], "OK", "a call over TLS")
            expect(call(request(1_768_996_800_000_000_005))[0], "UNAVAILABLE", "a plain call of a port with TLS")
        del os.environ["VARVE_SERVE_CERTIFICATE"], os.environ["VARVE_SERVE_CERTIFICATE_KEY"]


if not is_built():
    print("otlp_grpc: NOT RUN: this varve was built without gRPC; make test-grpc", file=sys.stderr)
    sys.exit(0)
os.environ["VARVE_SERVE_GRPC"] = f"127.0.0.1:{free_port()}"
with Server() as server:
    expect(server.ready["grpc"], "http://" + endpoint(), "the ready line's key")
    round_trips(server)
    answers(server)
    overload()
    killed(server)
    tokens(server)
tls()
finish("otlp_grpc")
