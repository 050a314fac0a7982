"""Views that SQL cannot express, because the order of events decides: each is folded once more, here, one event at a time.
Things with a status and sessions in the order of the events' own times, all others in the order of the log."""

import collections
import json

HALF_HOUR = 1_800_000


def lines(file):
    with open(file, encoding="utf-8") as source:
        for line in source:
            yield json.loads(line)


def holds(condition, event):
    if condition is None:
        return True
    (kind, value), = condition.items()
    if kind in ("all", "any"):
        return (all if kind == "all" else any)(holds(part, event) for part in value)
    if kind == "not":
        return not holds(value, event)
    if kind == "exists":
        return read(value, event) is not None
    found = read(value[0], event)
    if kind == "in":
        return found in value[1]
    if kind == "word":
        return isinstance(found, str) and lower(found) in [lower(word) for word in value[1]]
    if kind == "compare" and value[1] == "=":
        return found == value[2] and isinstance(found, bool) == isinstance(value[2], bool)
    raise ValueError(f"no fold for {kind}")


def read(field, event):
    if field["place"] == "signal":
        return event["signal"]
    if field["place"] == "envelope":
        return event.get({"session": "session_id", "user": "user_id"}.get(field["name"], field["name"]))
    return event["data"].get(field["name"])


def lower(text):
    return "".join(chr(ord(letter) + 32) if "A" <= letter <= "Z" else letter for letter in text)


def entities(view, file):
    """{key: [status, open, events, transitions, late_unapplied, opened ms]}; times of statuses: {(key, status): ms}."""
    def rule_of(event):
        return next((rule for rule in view["rules"]
                     if event["signal"] in rule["signals"]["names"] and holds(rule["when"], event)), None)

    def status_of(event, rule):
        (kind, value), = rule["status"].items()
        if kind == "named":
            return value
        found = read(value[0], event)
        return lower(found) if kind == "field" and isinstance(found, str) else found

    def place(event):
        rule = rule_of(event)
        if rule is None:
            return event["time"], 0, False, 0, ""
        status = status_of(event, rule)
        order = view.get("order", [])
        return (event["time"], ["opens", "updates", "closes"].index(rule["effect"]), status is not None,
                order.index(status) if status in order else len(order), str(status))

    things, spent, newest = {}, collections.Counter(), 0
    for event in sorted(lines(file), key=place):
        newest = max(newest, event["time"])
        key = tuple(read(field, event) for field in view["key"])
        if all(part is None for part in key):
            continue
        rule = rule_of(event)
        if rule is None:
            continue
        thing = things.get(key)
        status = status_of(event, rule)
        if status is None:
            begins = thing is None or rule["effect"] == "opens" and not thing["open"]
            status = next(iter(rule["status"].values()))[1] if begins else thing["status"]
        time = event["time"]
        if thing is None:
            thing = things[key] = dict(status=None, open=False, since=time, events=0, transitions=0, late_unapplied=0)
        thing["events"] += 1
        opens = rule["effect"] != "closes"
        if rule["effect"] == "updates" and thing["status"] is not None:
            opens = thing["open"]
        if status != thing["status"]:
            if thing["status"] is not None and thing["open"]:
                spent[key, thing["status"]] += time - thing["since"]
            thing["status"], thing["since"] = status, time
            thing["transitions"] += 1
        thing["open"] = opens
    return things, spent, newest


def creator_batches(file):
    found = {}
    for event in lines(file):
        if event["signal"] != "creator.action" or "items" not in event["data"]:
            continue
        found.setdefault(event["user_id"], []).append((event["time"], event["data"]["items"]))
    table = {}
    for user, batches in found.items():
        times = sorted(time for time, _ in batches)
        items = [count for _, count in batches]
        span = (times[-1] - times[0]) / 1000
        table[(user,)] = {
            "batches": len(batches), "items": sum(items), "batch_size": sum(items) / len(items), "largest": max(items),
            "interval_s": span / (len(times) - 1) if len(times) > 1 else None}
    return table


def duplicate_clicks(file):
    table, starts = {}, {}
    for event in lines(file):
        if event["signal"] not in ("optimistic_action.start", "debounced_click.suppressed"):
            continue
        component, place = event.get("component"), (event.get("component"), event.get("session_id"))
        row = table.setdefault((component,), {"starts": 0, "suppressed": 0, "leaked": 0})
        if event["signal"] == "debounced_click.suppressed":
            row["suppressed"] += 1
            starts.pop(place, None)
            continue
        row["starts"] += 1
        before = starts.get(place)
        if before is not None and 0 <= event["time"] - before < 500:
            row["leaked"] += 1
        starts[place] = event["time"]
    return table


def user_retention(file):
    latest, active, returned = {}, collections.Counter(), collections.Counter()
    periods = {"day": (1, 0), "week": (7, 4), "30 days": (30, 0)}
    for event in lines(file):
        user = event.get("user_id")
        if user is None:
            continue
        day = event["time"] // 86_400_000
        for name, (days, begin) in periods.items():
            period = (day - begin) // days
            before = latest.get((user, name))
            if before is not None and before >= period:
                continue
            latest[user, name] = period
            active[name, period] += 1
            if before == period - 1:
                returned[name, period] += 1
    return {(name, (period * periods[name][0] + periods[name][1]) * 86_400):
            {"active": count, "returned": returned[name, period], "before": active.get((name, period - 1), 0)}
            for (name, period), count in active.items()}


def sessions(file):
    """Events and length of the sessions of each name, in all: what ends one and begins the next is half an hour of silence."""
    times = collections.defaultdict(list)
    for event in lines(file):
        if event.get("session_id") is not None:
            times[event["session_id"]].append(event["time"])
    table = {}
    for name, moments in times.items():
        parts = []
        for time in sorted(moments):
            if not parts or time - parts[-1][1] > HALF_HOUR:
                parts.append([time, time, 0])
            parts[-1][1:] = [time, parts[-1][2] + 1]
        for number, (start, end, events) in enumerate(parts):
            table[name, number + 1] = {"seconds": (end - start) / 1000, "events": events}
    return table


def creator_activity(file):
    table = {}
    for event in lines(file):
        if event["signal"] != "creator.action" or event.get("user_id") is None:
            continue
        row = table.setdefault((event["user_id"],), [event["time"], event["time"], 0])
        row[0], row[1], row[2] = min(row[0], event["time"]), max(row[1], event["time"]), row[2] + 1
    return {key: {"events": count, "seconds": (last - first) / 1000} for key, (first, last, count) in table.items()}
