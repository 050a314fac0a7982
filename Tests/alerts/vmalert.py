"""The same rules by Debian's `vmalert -replay`, beside `varve alert replay`.

vmalert asks Varve's own `/prometheus/api/v1/query_range` for what an expression comes to, and writes the states of alerts back by
remote write: what is compared is what both make of the same values, evaluation for evaluation. Rules have no `keep_firing_for`, which
vmalert 1.79 does not know, and no labels of their own.
"""

import argparse
import json
import os
import random as randomness
import subprocess
import sys
import tempfile

import promtool
from promtool import START, World, text, yaml_rules
from served import Served


def replayed(port, rules_file, interval, ticks):
    """What vmalert did: it ends by itself."""
    base = "http://127.0.0.1:%d" % port
    command = ["vmalert", "-rule=" + rules_file, "-datasource.url=%s/prometheus" % base, "-remoteWrite.url=" + base,
               "-replay.timeFrom=" + text(ticks[0]), "-replay.timeTo=" + text(ticks[-1]), "-replay.rulesDelay=0s",
               "-datasource.queryStep=%ds" % interval, "-disableAlertgroupLabel", "-rule.validateExpressions=false",
               "-httpListenAddr=127.0.0.1:0", "-loggerLevel=ERROR"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        raise SystemExit("vmalert ended with %d: %s" % (done.returncode, (done.stderr + done.stdout)[-600:]))


def written(served, ticks):
    """The states that vmalert wrote, for each evaluation."""
    found, places = [set() for _ in ticks], {tick: index for index, tick in enumerate(ticks)}
    for event in served.events("prometheus.sample"):
        data = event["data"]
        if data.get("name") != "ALERTS" or data.get("value") != 1:
            continue
        labels = {name[len("label."):]: value for name, value in data.items() if name.startswith("label.")}
        moment = promtool.moment(event["time"])
        if moment in places:
            found[places[moment]].add("ALERTS{%s}" % ", ".join("%s=%s" % (name, json.dumps(value))
                                                               for name, value in sorted(labels.items())))
    return found


def compare(random, count, folder):
    world, interval = World(random), random.choice([15, 30, 60, 20])
    rules = [promtool.rule(random, number) for number in range(count)]
    for one in rules:
        one.pop("labels", None)
        one.pop("keep_firing_for", None)
    rules_file = os.path.join(folder, "rules.yaml")
    with open(rules_file, "w") as file:
        file.write(yaml_rules(rules, interval))
    served = Served(folder, "delivery: {}\n", "rules: []\n")
    subprocess.run([os.environ["VARVE"], "ingest", "--data", served.data], input="\n".join(world.events()) + "\n", text=True,
                   capture_output=True, check=True)
    last = START + (world.count - 1) * world.interval
    ticks = list(range(START, last + 1, interval))
    own = subprocess.run([os.environ["VARVE"], "alert", "replay", rules_file, "--data", served.data, "--json", "--from",
                          text(START - interval), "--to", text(ticks[-1])], capture_output=True, text=True)
    if own.returncode != 0:
        raise SystemExit("the replay failed: " + own.stderr[-500:])
    ours = promtool.states(json.loads(own.stdout), ticks, rules)
    served.start()
    try:
        replayed(served.port, rules_file, interval, ticks)
    finally:
        served.stop()
    return rules, ticks, ours, written(served, ticks)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rules", type=int, default=40)
    parser.add_argument("--seed", type=int)
    arguments = parser.parse_args()
    seed = arguments.seed if arguments.seed is not None else randomness.SystemRandom().randrange(1 << 32)
    print("vmalert: seed %d" % seed)
    random, each, done, same, states, different = randomness.Random(seed), 20, 0, 0, 0, []
    while done < arguments.rules:
        with tempfile.TemporaryDirectory(prefix="varve-vmalert-") as folder:
            rules, ticks, ours, theirs = compare(random, each, folder)
        done += each
        for one in rules:
            mark = 'alertname="%s"' % one["alert"]
            mine = [{alert for alert in alerts if mark in alert} for alerts in ours]
            other = [{alert for alert in alerts if mark in alert} for alerts in theirs]
            states += sum(map(len, mine))
            if mine == other:
                same += 1
                continue
            index = next(index for index in range(len(ticks)) if mine[index] != other[index])
            different.append((one, text(ticks[index]), sorted(mine[index] - other[index])[:2], sorted(other[index] - mine[index])[:2]))
    for one, moment, mine, other in different:
        print("  %s (for %s) first differs at %s: varve %s, vmalert %s" % (one["expr"], one.get("for", "0s"), moment, mine, other))
    print("vmalert: %d of %d rules the same at every evaluation, %d states" % (same, done, states))
    return 2 if different or states == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
