"""A quiet month with every built-in rule on, and an incident of every kind.

quiet      of all evaluations of all built-in rules less than one in a hundred fires (M11), and each firing is explained: the number
           that the rule saw is derived again from the log by `varve view show`.
anomalies  of all points of all columns of the built-in views by the hour, less than one in a hundred begins an anomaly.
incidents  an incident of each kind, its time, place and size drawn by the run's seed, fires a rule within five minutes (M13).
"""

import argparse
import collections
import datetime
import json
import os
import random as randomness
import re
import shutil
import subprocess
import sys
import tempfile

import traffic
from traffic import DAY, KINDS, MINUTE, START, quiet, text


def varve(*words, stdin=None, check=True):
    done = subprocess.run([os.environ["VARVE"], *words], input=stdin, capture_output=True, text=True)
    if check and done.returncode != 0:
        raise SystemExit("varve %s ended with %d: %s" % (" ".join(words[:2]), done.returncode, done.stderr[-500:]))
    return done.stdout


def milliseconds(moment):
    return int(datetime.datetime.fromisoformat(moment.replace("Z", "+00:00")).timestamp() * 1000)


def ingest(events, data):
    path = data + ".ndjson"
    with open(path, "w") as file:
        for event in events:
            file.write(json.dumps(event, separators=(",", ":")) + "\n")
    varve("ingest", path, "--data", data)
    os.remove(path)


def built_in(data):
    return {rule["id"]: rule for rule in json.loads(varve("alert", "ls", "--all", "--json", "--data", data))}


def replay(data, ids, start, end, *more):
    words = [word for one in ids for word in ("--rule", one)]
    return varve("alert", "replay", *words, "--data", data, "--from", text(start), "--to", text(end), *more)


def explained(data, rule, episode):
    """The value at which it fired, from the view itself: whether it is on the wrong side of the threshold."""
    view, column = rule["view"], rule["column"]
    found = re.search(r"over (\d+) (minute|hour|day)s?", rule["condition"])
    window = int(found.group(1)) * {"minute": 60, "hour": 3_600, "day": 86_400}[found.group(2)] if found else 60
    end = milliseconds(episode["firing_at"])
    words = ["view", "show", view, "--data", data, "--bucket", "all", "--from", text(end - window * 1000), "--to", text(end), "--json"]
    labels = {name: value or "" for name, value in episode["labels"].items()}
    if episode["labels"]:
        words += ["--by", ",".join(labels)]
        words += [word for name, value in labels.items() for word in ("--where", '%s="%s"' % (name, value))]
    else:
        words += ["--by", "none"]
    rows = json.loads(varve(*words))
    return rows[0].get(column) if rows else None, rows[0] if rows else {}


def month(options, random):
    folder = tempfile.mkdtemp(prefix="varve-quiet-")
    data = os.path.join(folder, "data")
    seed = random.randrange(1 << 31)
    ingest(quiet(seed, options.events, options.days), data)
    rules = built_in(data)
    start, end = START, START + options.days * DAY
    out = replay(data, rules, start, end)
    found = re.search(r"(\d+) of (\d+) evaluations had an alert that fired", out)
    fired, evaluations = int(found.group(1)), int(found.group(2))
    episodes = [one for one in json.loads(replay(data, rules, start, end, "--json")) if one["firing_at"]]
    print("quiet: %d rules, %d days, %d evaluations, %d had an alert that fired (%.3f %%), %d firings" % (
        len(rules), options.days, evaluations, fired, fired * 100 / evaluations, len(episodes)))
    if episodes:
        varve("project", "--data", data)
    wrong, counts = [], collections.Counter(one["rule"] for one in episodes)
    for name, count in counts.most_common():
        firings = [one for one in episodes if one["rule"] == name]
        one = firings[0]
        value, row = explained(data, rules[name], one) if rules[name].get("view") else (None, {})
        print("  %s: %d times, such as %s %s: peak %s, threshold %s; the view says %s of %s" % (
            name, count, one["firing_at"], one["labels"] or "", one["peak"], one["threshold"], value,
            {key: row[key] for key in list(row)[:6]}))
        if rules[name].get("view") and value is None:
            wrong.append("%s fired at %s, and its view has no such number" % (name, one["firing_at"]))
    shutil.rmtree(folder)
    if fired * 100 >= evaluations:
        wrong.append("%.2f %% of evaluations fired" % (fired * 100 / evaluations))
    if evaluations < 10_000:
        wrong.append("only %d evaluations" % evaluations)
    return wrong


def anomalies(options, random):
    folder = tempfile.mkdtemp(prefix="varve-anomalies-")
    data = os.path.join(folder, "data")
    ingest(quiet(random.randrange(1 << 31), options.events, options.days), data)
    varve("project", "--data", data, "--views", "all")
    points, flagged, series, worst = 0, 0, 0, []
    for view in json.loads(varve("catalog", "views", "--json")):
        if view["kind"] != "mergeable" or view["level"] != "hour":
            continue
        for metric in view["metrics"]:
            done = subprocess.run([os.environ["VARVE"], "analyze", "anomalies", view["name"], "--column", metric["column"], "--bucket",
                                   "hour", "--data", data, "--json"], capture_output=True, text=True)
            if done.returncode != 0:
                continue  # A column that has no numbers, or a view that has no rows.
            rows = json.loads(done.stdout)
            judged = [row for row in rows if row.get("score") is not None]
            if not judged:
                continue
            found = sum(1 for row in judged if row["anomaly"])
            points, flagged, series = points + len(judged), flagged + found, series + 1
            worst.append((found / len(judged), "%s.%s" % (view["name"], metric["column"]), found, len(judged)))
    shutil.rmtree(folder)
    print("anomalies: %d series, %d points, %d flagged (%.3f %%)" % (series, points, flagged, flagged * 100 / max(1, points)))
    for share, name, found, count in sorted(worst, reverse=True)[:5]:
        print("  %s: %d of %d (%.2f %%)" % (name, found, count, share * 100))
    wrong = []
    if points < 1_000:
        wrong.append("only %d points" % points)
    if flagged * 100 >= points:
        wrong.append("%.2f %% of the points are flagged" % (flagged * 100 / max(1, points)))
    return wrong


def put_in(events, incidents):
    """The events with incidents in their minutes, in order."""
    minutes = collections.defaultdict(list)
    for event in events:
        minutes[event["time"] // MINUTE].append(event)
    for begin, minutes_long, change in incidents:
        for minute in range(begin // MINUTE, begin // MINUTE + minutes_long):
            inside = [event for event in minutes[minute] if event["time"] >= begin]
            before = [event for event in minutes[minute] if event["time"] < begin]
            change(inside, max(begin, minute * MINUTE))
            minutes[minute] = before + inside
    return (event for minute in sorted(minutes) for event in sorted(minutes[minute], key=lambda event: event["time"]))


def incidents(options, random):
    folder, wrong = tempfile.mkdtemp(prefix="varve-incidents-"), []
    delays = collections.defaultdict(list)
    for round_ in range(options.rounds):
        data = os.path.join(folder, "data-%d" % round_)
        kinds = list(KINDS)
        random.shuffle(kinds)
        # Each has two hours of its own between eight and twenty o'clock, of one of the days.
        slots = random.sample([START + day * DAY + hour * 3_600_000 for day in range(1, 1 + (len(kinds) + 5) // 6)
                               for hour in range(8, 20, 2)], len(kinds))
        drawn = []
        for kind, slot in zip(kinds, slots):
            rules, make = KINDS[kind]
            said, change = make(random)
            drawn.append((kind, rules, said, slot + random.randrange(60 * MINUTE), change))
        days = 2 + (len(kinds) + 5) // 6
        ingest(put_in(quiet(random.randrange(1 << 31), options.traffic * days, days), [(at, 30, change) for _, _, _, at, change in drawn]),
               data)
        known = built_in(data)
        wanted = {rule for _, rules, _, _, _ in drawn for rule in rules}
        wanted |= {"burst." + rule for rule in wanted if "burst." + rule in known}
        episodes = [one for one in json.loads(replay(data, sorted(wanted), START, START + days * DAY, "--json")) if one["firing_at"]]
        for kind, rules, said, at, _ in drawn:
            about = set(rules) | {"burst." + rule for rule in rules}
            after = sorted((milliseconds(one["firing_at"]) - at, one["rule"]) for one in episodes
                           if one["rule"] in about and milliseconds(one["firing_at"]) > at)
            delay, by = after[0] if after and after[0][0] <= 60 * MINUTE else (None, None)
            print("  %s at %s, %s: %s" % (kind, text(at), said, "not found" if delay is None else "after %.0f s by %s" % (delay / 1000, by)))
            delays[kind].append(delay)
            if delay is None or delay > 5 * MINUTE:
                wrong.append("%s (%s) was found %s" % (kind, said, "never" if delay is None else "after %.0f s" % (delay / 1000)))
        shutil.rmtree(data)
    shutil.rmtree(folder)
    known = sorted(delay for one in delays.values() for delay in one if delay is not None)
    if known:
        print("incidents: %d of %d found, after %.0f s in the median, %.0f s at most" % (
            len(known), sum(map(len, delays.values())), known[len(known) // 2] / 1000, known[-1] / 1000))
    return wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["quiet", "incidents", "anomalies"])
    parser.add_argument("--seed", type=int)
    parser.add_argument("--events", type=int, default=1_500_000, help="events of the quiet month")
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--traffic", type=int, default=200_000, help="events of a day into which incidents are put")
    parser.add_argument("--rounds", type=int, default=1, help="incidents of each kind")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else randomness.SystemRandom().randrange(1 << 32)
    print("%s: seed %d" % (options.what, seed), flush=True)
    random = randomness.Random(seed)
    wrong = {"quiet": month, "incidents": incidents, "anomalies": anomalies}[options.what](options, random)
    for one in wrong:
        print("%s: WRONG: %s" % (options.what, one))
    return 2 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
