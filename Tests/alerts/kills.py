"""A server that is killed again and again while alerts fire and are resolved.

Each round has an alert of its own (a path). Every entry stands in the log exactly once, every notification that the log owes
reached the receiver at least once, and one that was sent twice has the same key both times."""

import argparse
import json
import os
import random as randomness
import shutil
import sys
import tempfile
import time

from served import Served, Sink, now, wait


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=None)
    arguments = parser.parse_args()
    seed = arguments.seed if arguments.seed is not None else randomness.SystemRandom().randrange(1 << 32)
    print("kills: seed %d" % seed)
    random = randomness.Random(seed)
    folder = tempfile.mkdtemp(prefix="varve-kills-")
    hook = Sink(answer=lambda: 500 if random.random() < 0.15 else 200)
    settings = """
delivery: {allow_cidrs: [127.0.0.0/8]}
channels:
  hook: {kind: webhook, url: "%s/hook", per_minute: 10000}
""" % hook.url
    rules = """
- {id: errors, condition: {view: requests, column: error_rate, is: ">", window: 5s, by: [path]}, threshold: 0.5,
   no_data: resolve, channels: [hook]}
"""
    served = Served(folder, settings, rules)
    served.start()
    wait(20, lambda: served.call("GET", "/api/v1/alerts")[0] == 200)
    time.sleep(2.5)
    for number in range(arguments.kills):
        served.post([{"signal": "http.request", "time": now(), "data": {"path": "/r%d" % number, "status": 500, "duration_ms": 1}}])
        time.sleep(random.random() * 4)
        served.kill()
        served.start()
        time.sleep(random.random() * 1.5)
    paths = ["/r%d" % number for number in range(arguments.kills)]

    def told(status):
        return {alert["labels"]["path"] for one in hook.all() if one[4] == 200
                for alert in json.loads(one[3])["alerts"] if alert["status"] == status}
    everything = wait(120, lambda: set(paths) <= told("firing") and set(paths) <= told("resolved"))
    served.stop()
    failures = []
    if not everything:
        failures.append("not told: firing %s, resolved %s" % (sorted(set(paths) - told("firing")), sorted(set(paths) - told("resolved"))))
    counts = {}
    for signal in ["alert.triggered", "alert.resolved", "alert.retracted"]:
        for event in served.events(signal):
            data = event["data"]
            key = (signal, data["alert_id"], event["time"], data.get("kind"))
            counts[key] = counts.get(key, 0) + 1
    twice = [key for key, count in counts.items() if count > 1]
    if twice:
        failures.append("said twice: %s" % twice[:5])
    fired = sum(1 for key in counts if key[0] == "alert.triggered")
    if fired < len(paths):
        failures.append("%d of %d fired" % (fired, len(paths)))
    # What was owed: every entry of the log that was not taken back.
    keys = {}
    for _, _, key, body, _ in hook.all():
        keys.setdefault(body, set()).add(key)
    changed = [body for body, all_keys in keys.items() if len(all_keys) > 1]
    if changed:
        failures.append("the same message under two keys")
    sent = sum(1 for one in hook.all() if one[4] == 200)
    for failure in failures:
        print("kills: NOT SO: " + failure)
    print("kills: %d kills, %d firings in the log, %d messages taken, %d of them again" % (
        arguments.kills, fired, sent, sent - len({one[2] for one in hook.all() if one[4] == 200})))
    if failures:
        print("kills: kept in " + folder)
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
