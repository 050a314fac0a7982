"""Rules in Prometheus' shape against Prometheus' own evaluator.

Random rules over random series: `varve alert replay` says when each alert was pending, fired and was resolved; `promtool test
rules` is given the same series and rules and told to find exactly these states at every evaluation. A second run, with one
state moved, must fail: it shows that the comparison can.
"""

import calendar
import json
import os
import random as randomness
import subprocess
import sys
import tempfile
import time

START = 1772445600  # 2026-03-02T10:00:00Z; every interval here divides it.


def text(seconds):
    import datetime
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class World:
    """Series with gaps, ends and staleness markers, sampled every `interval` seconds."""

    def __init__(self, random):
        self.interval = random.choice([10, 15, 30, 60])
        self.count = 1200 // self.interval * 2 if self.interval < 30 else 60
        self.series = []
        for metric in ["load", "errors_total", "limit", "up"]:
            for job in ["api", "web"]:
                for instance in ["a:1", "b:2"]:
                    if random.random() < 0.1:
                        continue
                    self.series.append(({"__name__": metric, "job": job, "instance": instance}, self.values(random, metric)))

    def values(self, random, metric):
        values, value, gap = [], random.choice([0.0, 3.0, 10.0]), 0
        for index in range(self.count):
            if metric == "errors_total":
                value = 0.0 if random.random() < 0.01 else value + random.choice([0, 0, 1, 5])
            elif metric == "up":
                value = float(random.random() > 0.15) if index % 3 == 0 else value
            elif metric == "limit":
                value = float(random.choice([5, 8])) if index % 10 == 0 else value
            else:
                value = round(max(0.0, value + random.gauss(0, 1.5)), 3)
            if gap > 0:
                gap -= 1
                values.append(None)
            elif random.random() < 0.02:
                gap = random.choice([0, 2, 12])
                values.append("stale" if random.random() < 0.5 else None)
            else:
                values.append(value)
        return values

    def events(self):
        for index in range(self.count):
            for labels, values in self.series:
                value = values[index]
                if value is None:
                    continue
                data = {"name": labels["__name__"]}
                data.update({"label." + name: text for name, text in labels.items() if name != "__name__"})
                data.update({"stale": True} if value == "stale" else {"value": value})
                yield json.dumps({"time": text(START + index * self.interval), "signal": "prometheus.sample", "data": data})

    def promtool(self):
        for labels, values in self.series:
            inner = ",".join('%s="%s"' % (name, value) for name, value in labels.items() if name != "__name__")
            yield {"series": "%s{%s}" % (labels["__name__"], inner),
                   "values": " ".join("_" if value is None else "stale" if value == "stale" else repr(value) for value in values)}


def number(random):
    return random.choice(["0", "1", "2", "3.5", "5", "7.25", "10", "0.02", "0.1"])


def vector(random, depth=0):
    metric = random.choice(["load", "limit", "up", "errors_total"])
    selector = metric + random.choice(["", "", '{job="api"}', '{instance=~"a.*"}', '{job!="web",instance!="b:2"}'])
    span = random.choice(["1m", "2m", "5m", "45s"])
    options = [
        lambda: selector, lambda: selector + " offset " + random.choice(["30s", "2m"]),
        lambda: "rate(errors_total[%s])" % span, lambda: "increase(errors_total[%s])" % span,
        lambda: "%s(%s[%s])" % (random.choice(["avg_over_time", "max_over_time", "min_over_time", "count_over_time",
                                               "sum_over_time", "last_over_time", "changes", "resets", "delta", "deriv"]),
                                selector, span),
        lambda: "%s by (%s) (%s)" % (random.choice(["sum", "avg", "min", "max", "count", "stddev"]),
                                     random.choice(["job", "instance", "job, instance"]), selector),
        lambda: "%s(%s)" % (random.choice(["sum", "max", "count"]), selector), lambda: "abs(%s - 3)" % selector,
        lambda: "sum without (instance) (rate(errors_total[%s]))" % span,
        # Not topk: which of equal ones it takes is nowhere said.
        lambda: "max_over_time((load > 2)[2m:30s])",
        lambda: "quantile by (job) (0.5, %s)" % selector, lambda: "clamp_max(%s, 6)" % selector,
    ]
    if depth < 2:
        options += [
            lambda: "(%s %s %s)" % ("load", random.choice("+-*/"), "on (job, instance) limit"),
            lambda: "(sum by (job) (errors_total) / ignoring (x) count by (job) (up))",
            lambda: "(%s)" % condition(random, depth + 1),
        ]
    return random.choice(options)()


def condition(random, depth=0):
    compare = lambda: "%s %s %s" % (vector(random, depth + 1), random.choice([">", "<", ">=", "<=", "!=", "=="]), number(random))
    options = [compare, compare, compare, compare, lambda: "up == 0",
               lambda: "absent(%s)" % random.choice(['load{job="api"}', 'nothing', 'up{job="web",instance="a:1"}']),
               lambda: 'absent_over_time(load{instance="a:1"}[2m])', lambda: "load > on (job, instance) limit"]
    if depth < 2:
        options += [lambda: "%s %s %s" % (compare(), random.choice(["and", "unless"]) + random.choice(["", " on (job)"]), compare()),
                    lambda: "(%s) or (%s)" % (compare(), compare()), lambda: "(%s > bool %s) == 1" % (vector(random, 2), number(random))]
    return random.choice(options)()


def quoted(value):
    return json.dumps(value)


def rule(random, number):
    durations = ["0s", "0s", "30s", "1m", "90s", "3m"]
    result = {"alert": "Rule%03d" % number, "expr": condition(random)}
    hold, keep = random.choice(durations), random.choice(["0s", "0s", "0s", "30s", "2m"])
    if hold != "0s":
        result["for"] = hold
    if keep != "0s":
        result["keep_firing_for"] = keep
    if random.random() < 0.5:
        result["labels"] = {"severity": random.choice(["page", "warning", "info"]), "of": "{{ $labels.job }}"}
    return result


def yaml_rules(rules, interval):
    lines = ["groups:", "- name: random", "  interval: %ds" % interval, "  rules:"]
    for one in rules:
        lines.append("  - alert: " + one["alert"])
        lines.append("    expr: " + quoted(one["expr"]))
        lines += ["    %s: %s" % (key, one[key]) for key in ["for", "keep_firing_for"] if key in one]
        if "labels" in one:
            lines.append("    labels: " + json.dumps(one["labels"]))
    return "\n".join(lines) + "\n"


def moment(value):
    """Seconds since 1970."""
    return None if value is None else calendar.timegm(time.strptime(value[:19], "%Y-%m-%dT%H:%M:%S"))


def states(episodes, ticks, rules):
    """Per evaluation, the alerts that are pending or fire, as ALERTS has them.

    ALERTS has the labels of the rule, as they are written, where the alert has none of that name: an alert whose label came to
    nothing shows its template there, and only there."""
    found = [set() for _ in ticks]
    written = {one["alert"]: one.get("labels", {}) for one in rules}
    for episode in episodes:
        begin, fire, end = moment(episode["pending_at"]), moment(episode["firing_at"]), moment(episode["resolved_at"])
        for index, tick in enumerate(ticks):
            if tick < begin or (end is not None and tick >= end):
                continue
            state = "firing" if fire is not None and tick >= fire else "pending"
            labels = dict(written.get(episode["rule"], {}), **episode["labels"])
            labels = dict(labels, alertname=episode["rule"], alertstate=state)
            found[index].add("ALERTS{%s}" % ", ".join("%s=%s" % (name, quoted(value)) for name, value in sorted(labels.items())))
    return found


def yaml_test(world, rules_file, interval, ticks, found):
    lines = ["rule_files: [%s]" % quoted(rules_file), "evaluation_interval: %ds" % interval, "tests:",
             "- interval: %ds" % world.interval, "  input_series:"]
    for one in world.promtool():
        lines += ["  - series: " + quoted(one["series"]), "    values: " + quoted(one["values"])]
    lines.append("  promql_expr_test:")
    for tick, alerts in zip(ticks, found):
        lines += ["  - expr: ALERTS", "    eval_time: %ds" % (tick - START), "    exp_samples:" + ("" if alerts else " []")]
        lines += ["    - {labels: %s, value: 1}" % quoted(alert) for alert in sorted(alerts)]
    return "\n".join(lines) + "\n"


def check(folder, name, content):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        file.write(content)
    return subprocess.run(["promtool", "test", "rules", path], capture_output=True, text=True)


def compare(binary, random, count, folder):
    world, interval = World(random), random.choice([15, 30, 60, 20])
    rules = [rule(random, number) for number in range(count)]
    rules_file = os.path.join(folder, "rules.yaml")
    with open(rules_file, "w") as file:
        file.write(yaml_rules(rules, interval))
    refused = subprocess.run(["promtool", "check", "rules", rules_file], capture_output=True, text=True)
    if refused.returncode not in (0, 3):
        raise SystemExit("promtool refuses a rule: " + refused.stderr + refused.stdout)
    lint = subprocess.run([binary, "alert", "lint", rules_file], capture_output=True, text=True)
    if lint.returncode != 0:
        raise SystemExit("varve refuses a rule that promtool takes: " + lint.stdout)
    data = os.path.join(folder, "data")
    events = "\n".join(world.events()) + "\n"
    ingest = subprocess.run([binary, "ingest", "--data", data], input=events, capture_output=True, text=True)
    if ingest.returncode != 0:
        raise SystemExit("samples were not taken: " + ingest.stderr[-500:])
    last = START + (world.count - 1) * world.interval
    ticks = list(range(START, last + 1, interval))
    replay = subprocess.run([binary, "alert", "replay", rules_file, "--data", data, "--json", "--from", text(START - interval),
                             "--to", text(ticks[-1])], capture_output=True, text=True)
    if replay.returncode != 0:
        raise SystemExit("the replay failed: " + replay.stderr[-500:])
    episodes = json.loads(replay.stdout)
    found = states(episodes, ticks, rules)
    done = check(folder, "test.yaml", yaml_test(world, rules_file, interval, ticks, found))
    if done.returncode != 0:
        sys.stdout.write((done.stdout + done.stderr)[:6000])
        return None
    fired = sum(1 for episode in episodes if episode["firing_at"])
    if any(found):
        # The same with one state left out must fail, else nothing was compared.
        index = max(index for index, alerts in enumerate(found) if alerts)
        found[index] = set(sorted(found[index])[1:])
        if check(folder, "control.yaml", yaml_test(world, rules_file, interval, ticks, found)).returncode == 0:
            raise SystemExit("promtool takes a state that is not so: the comparison shows nothing")
    return len(episodes), fired, sum(len(alerts) for alerts in found)


def main():
    import argparse
    parser = argparse.ArgumentParser()
    parser.add_argument("--rules", type=int, default=100)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--keep")
    arguments = parser.parse_args()
    seed = arguments.seed if arguments.seed is not None else randomness.SystemRandom().randrange(1 << 32)
    print("promtool: seed %d" % seed)
    random = randomness.Random(seed)
    binary, each, done, totals = os.environ["VARVE"], 20, 0, [0, 0, 0]
    while done < arguments.rules:
        with tempfile.TemporaryDirectory() as folder:
            if arguments.keep:
                folder = os.path.join(arguments.keep, "world-%03d" % (done // each))
                os.makedirs(folder)
            result = compare(binary, random, each, folder)
        if result is None:
            print("promtool: DIFFERENT in world %d (seed %d)" % (done // each, seed))
            return 2
        done += each
        print("promtool: %d rules the same" % done, flush=True)
        totals = [total + more for total, more in zip(totals, result)]
    print("promtool: %d rules, %d alerts, %d of them fired, %d states at evaluations: the same" % (done, *totals))
    return 0 if totals[1] > 0 else 2


if __name__ == "__main__":
    sys.exit(main())
