"""Traffic in which nothing is wrong, and incidents of every kind put into it.

What `varve generate` makes is not quiet by the documents' own limits, outside its incident too: of its attempts 44 % succeed (the
limit is 60), two of a hundred reports of an integration say that it is down, and it makes alerts, incidents and settings of its own.
`quiet` leaves that out and touches nothing else: what is left has the daily pattern, the noise and the failures of single requests.
"""

import datetime
import json
import os
import subprocess

START = 1767225600000  # 2026-01-01, in milliseconds: where generated days begin.
MINUTE, DAY = 60_000, 86_400_000
# No traffic, but what others said of it; `config.changed` would set the rules.
LEFT_OUT = ("alert.", "incident.", "threshold.", "config.", "tech_debt.", "documentation_gap.")


def text(milliseconds):
    moment = datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def quiet(seed, events, days):
    """The lines of so many quiet days: the generator's incident is in the day behind them."""
    whole = max(days * 3 // 2, days + 1)  # The incident is on a day two thirds into the range.
    command = [os.environ["VARVE"], "generate", "--system", "all", "--seed", str(seed), "--days", str(whole),
               "--events", str(events * whole // days)]
    process, end = subprocess.Popen(command, stdout=subprocess.PIPE, text=True), START + days * DAY
    for line in process.stdout:
        event = json.loads(line)
        if event["time"] >= end:
            break
        if well(event):
            yield event
    process.stdout.close()
    process.wait()


def well(event):
    """Whether an event belongs to quiet traffic; what an integration or a query says of itself is set right."""
    signal, data = event["signal"], event["data"]
    if signal.startswith(LEFT_OUT):
        return False
    if signal == "retry.failure" or signal == "retry.attempt" and data["retry_count"] > 1:
        return False  # The first attempt and the success that ends it stay.
    if signal == "integration.health" and data["status"] != "healthy":
        data.update(status="healthy", uptime=0.999, error_rate=0.002)
    if signal in ("integration.health", "db.query"):
        name = "response_time_ms" if signal == "integration.health" else "duration_ms"
        data[name] = min(data[name], 900.0)  # Both have a limit of one second for a single value.
    return True


# Incidents. Each kind has the rules that are about it, and what it does to a minute: it changes the minute's events or adds some.
# `size` is at least twice what the documents' rules allow.


def each(events, signal):
    return (event for event in events if event["signal"] == signal)


def http_errors(random):
    share = random.uniform(0.15, 0.9)

    def change(events, moment):
        for event in each(events, "http.request"):
            if random.random() < share:
                event["data"]["status"] = random.choice([500, 502, 503])
    return "%.0f %% of requests fail" % (share * 100), change


def slow_requests(random):
    factor = random.uniform(40, 200)

    def change(events, moment):
        for event in each(events, "http.request"):
            event["data"]["duration_ms"] = round(event["data"]["duration_ms"] * factor, 1)
    return "requests take %.0f times as long" % factor, change


def lost_connections(random):
    count = random.randint(22, 120)

    def change(events, moment):
        events += [{"time": moment + index * MINUTE // count, "signal": "db.query", "data": {
            "query": "SELECT 1", "type": "SELECT", "duration_ms": 5.0, "success": False, "error": "connection"}} for index in range(count)]
    return "%d connections a minute are lost" % count, change


def backlog(random):
    queue, depth = random.choice(["analytics", "logs", "grades", "mail"]), random.randint(2_100, 50_000)

    def change(events, moment):
        for event in list(each(events, "queue.depth")):
            if event["data"]["queue"] == queue:
                events.remove(event)
        events += [{"time": moment + half * 30_000, "signal": "queue.depth", "data": {"queue": queue, "depth": depth}} for half in (0, 1)]
    return "queue %s holds %d" % (queue, depth), change


def lost_orders(random):
    channel, share = random.choice(["Printify", "Etsy", "eBay"]), random.uniform(0.1, 0.9)

    def change(events, moment):
        orders = 200
        good = int(orders * (1 - share))
        events.append({"time": moment + 1_000, "signal": "pod.result", "data": {
            "channel": channel, "total_orders": orders, "successful_orders": good, "failed_orders": orders - good,
            "success_rate": good / orders, "processing_s": 40.0}})
    return "%.0f %% of the orders of %s fail" % (share * 100, channel), change


def integration(random, what):
    channel, size = random.choice(["Stripe Payment Gateway", "Mail", "Etsy", "Shopify"]), random.uniform(0, 1)
    wrong = {"down": {"uptime": round(0.97 * size, 3)}, "slow": {"response_time_ms": round(2_100 + 20_000 * size, 1)},
             "failing": {"error_rate": round(0.03 + 0.9 * size, 3)}}[what]

    def change(events, moment):
        for event in list(each(events, "integration.health")):
            if event["data"]["channel_name"] == channel:
                events.remove(event)
        data = {"channel_name": channel, "status": "degraded", "uptime": 0.999, "failure_count": 3, "response_time_ms": 150.0,
                "error_rate": 0.002}
        events.append({"time": moment + 1_000, "signal": "integration.health", "data": {**data, **wrong}})
    return "integration %s: %s" % (channel, wrong), change


def rollbacks(random):
    share = random.uniform(0.3, 0.95)

    def change(events, moment):
        for event in each(events, "optimistic_action.success"):
            if random.random() < share:
                event["signal"] = "optimistic_action.rollback"
                event["data"]["rollback_reason"] = "server_error"
    return "%.0f %% of actions roll back" % (share * 100), change


def lost_retries(random):
    share = random.uniform(0.85, 1)

    def change(events, moment):
        for event in list(each(events, "retry.success")):
            if random.random() < share:
                event["signal"] = "retry.failure"
                event["data"]["final_error"] = "HTTP 503"
    return "%.0f %% of retries fail" % (share * 100), change


def no_recovery(random):
    share, count = random.uniform(0.4, 1), random.randint(15, 60)

    def change(events, moment):
        for index in range(count):
            session, time = "sess_x%d_%d" % (moment, index), moment + index * MINUTE // count
            base = {"component": "CheckoutForm", "session_id": session}
            events.append({**base, "time": time, "signal": "error_boundary.triggered", "data": {"error_type": "TypeError"}})
            if random.random() > share:
                events.append({**base, "time": time + 500, "signal": "error_boundary.recovered", "data": {"recovery_time_ms": 500.0}})
    return "%d error boundaries a minute, %.0f %% do not recover" % (count, share * 100), change


def slow_actions(random):
    share, took = random.uniform(0.2, 1), random.uniform(2_500, 20_000)

    def change(events, moment):
        for event in each(events, "optimistic_action.success"):
            if random.random() < share:
                event["data"]["duration_ms"] = round(took, 1)
    return "%.0f %% of actions take %.1f s" % (share * 100, took / 1000), change


KINDS = {
    "http_errors": (["high_error_rate"], http_errors), "slow_requests": (["high_response_time"], slow_requests),
    "lost_connections": (["database_connection_errors"], lost_connections), "backlog": (["queue_backlog"], backlog),
    "lost_orders": (["pod_success_rate"], lost_orders),
    "integration_down": (["integration_uptime"], lambda random: integration(random, "down")),
    "integration_slow": (["integration_response_time"], lambda random: integration(random, "slow")),
    "integration_failing": (["integration_error_rate"], lambda random: integration(random, "failing")),
    "rollbacks": (["high_rollback_rate", "resilience_budget"], rollbacks), "lost_retries": (["low_retry_success"], lost_retries),
    "no_recovery": (["low_error_recovery"], no_recovery), "slow_actions": (["slow_actions"], slow_actions),
}
