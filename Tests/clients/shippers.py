"""Clients of Elasticsearch, InfluxDB, Loki, Sentry and CloudEvents: what they sent is found again."""

import json
import logging

import sentry_sdk
from client import Server, expect, finish
from cloudevents.core.bindings import http as bindings
from cloudevents.core.v1.event import CloudEvent
from elasticsearch import Elasticsearch, helpers
from influxdb_client import InfluxDBClient, Point
from influxdb_client.client.write_api import SYNCHRONOUS
import logging_loki


def elasticsearch(server):
    client = Elasticsearch(server.url + "/elasticsearch", request_timeout=30)
    expect(client.info()["tagline"], "You Know, for Search", "the greeting")
    actions = [{"_index": "app", "_id": str(n), "@timestamp": "2026-01-21T14:00:00Z", "message": f"m {n}", "n": n, "log": {"level": "INFO"}} for n in range(1_000)]
    expect(helpers.bulk(client, actions), (1_000, []), "documents of helpers.bulk")
    expect(helpers.bulk(client, actions), (1_000, []), "the same again")
    events = server.events(signal="log.entry", where="_index=app")
    expect(sorted(event["data"]["n"] for event in events), list(range(1_000)), "a number")
    expect({event["data"]["level"] for event in events}, {"info"}, "levels")


def influxdb(server):
    with InfluxDBClient(url=server.url, token="none", org="o", enable_gzip=True) as client:
        with client.write_api(write_options=SYNCHRONOUS) as writer:
            points = [Point("weather").tag("city", "New, York").field("t", n / 2).field("n", n).field("s", 'a "b"').time(1_768_996_800_000_000_000 + n) for n in range(500)]
            writer.write(bucket="b", record=points)
            writer.write(bucket="b", record=points)
    events = server.events(signal="influx.point")
    expect(sorted(event["data"]["n"] for event in events), list(range(500)), "an integer field, each once")
    expect(sum(event["data"]["t"] for event in events), sum(n / 2 for n in range(500)), "a field")
    expect({(event["data"]["city"], event["data"]["s"]) for event in events}, {("New, York", 'a "b"')}, "a tag and a text")


def loki(server):
    handler = logging_loki.LokiHandler(url=server.url + "/loki/api/v1/push", tags={"app": "shop"}, version="1")
    logger = logging.getLogger("clients.loki")
    logger.propagate = False
    logger.addHandler(handler)
    for number in range(20):
        logger.error("line %d – ü", number, extra={"tags": {"kind": "test"}})
    events = server.events(signal="log.entry", where="component=shop")
    expect({event["data"]["message"] for event in events}, {f"line {n} – ü" for n in range(20)}, "lines of Loki")
    expect({(event["data"]["level"], event["data"]["kind"]) for event in events}, {("error", "test")}, "its labels")


def sentry(server):
    sentry_sdk.init(f"http://key@127.0.0.1:{server.port}/1", traces_sample_rate=1.0, release="shop@1.0", server_name="h1")
    with sentry_sdk.start_transaction(op="http.server", name="GET /x"):
        with sentry_sdk.start_span(op="db", name="SELECT 1"):
            pass
        for text in ["a", "b"]:
            try:
                fail(text)
            except ValueError:
                sentry_sdk.capture_exception()
    sentry_sdk.flush(10)
    errors = server.events(signal="error.reported")
    expect([event["data"]["exception_value"] for event in errors], ["not a", "not b"], "exceptions")
    expect(len({event["data"]["fingerprint"] for event in errors}), 1, "what makes them one")
    expect(all("in fail" in event["data"]["stack"] and "raise ValueError" in event["data"]["stack"] for event in errors), True, "the stack")
    spans = server.events(signal="otel.span")
    expect(sorted(event["data"]["name"] for event in spans), ["GET /x", "SELECT 1"], "spans of a transaction")
    expect({event["data"]["trace_id"] for event in spans + errors}.__len__(), 1, "one trace")


def fail(text):
    raise ValueError("not " + text)


def cloudevents(server):
    made = CloudEvent({"id": "1", "source": "/s", "type": "order.created", "specversion": "1.0", "subject": "a b"}, {"n": 1})
    for write in [bindings.to_structured_event, bindings.to_binary_event]:
        message = write(made)
        reply = server.post("/cloudevents", message.body if isinstance(message.body, bytes) else message.body.encode(), dict(message.headers))
        expect(reply.status, 200, f"the answer to a CloudEvent ({reply.body[:200]})")
    events = server.events(signal="order.created")
    expect([(event["data"]["n"], event["data"]["ce.subject"]) for event in events], [(1, "a b")], "one event, in both modes")


with Server() as server:
    elasticsearch(server)
    influxdb(server)
    loki(server)
    sentry(server)
    cloudevents(server)
    finish("shippers")
