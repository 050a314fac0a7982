"""Whether two answers of Prometheus' interface are the same."""

import math

TOLERANCE = 1e-9


def number(text):
    return float(text)


def same_number(left, right):
    return close(number(left), number(right))


def close(a, b):
    if math.isnan(a) or math.isnan(b):
        return math.isnan(a) and math.isnan(b)
    if math.isinf(a) or math.isinf(b):
        return a == b
    return abs(a - b) <= TOLERANCE * max(abs(a), abs(b), 1e-300)


def key(metric):
    return tuple(sorted(metric.items()))


def points(result):
    return result["values"] if "values" in result else [result["value"]]


def is_empty(answer):
    if answer.get("status") != "success":
        return True
    data = answer["data"]
    return data["resultType"] in ("vector", "matrix") and not data["result"]


def values_by_time(results):
    """Per moment the values without labels: what a choice among equals leaves the same."""
    moments = {}
    for result in results:
        for time, value in points(result):
            moments.setdefault(time, []).append(number(value))
    return {time: sorted(values, key=lambda v: (math.isnan(v), v)) for time, values in moments.items()}


def difference(expected, found, ordered=False, by_value=False):
    """A sentence, or None when they are the same.

    `ordered`: the order of series counts. `by_value`: equal values may stand at other series."""
    if expected["status"] != found["status"]:
        return f"status {expected['status']} ({expected.get('error')}) against {found['status']} ({found.get('error')})"
    if expected["status"] != "success":
        return None
    expected, found = expected["data"], found["data"]
    if expected["resultType"] != found["resultType"]:
        return f"type {expected['resultType']} against {found['resultType']}"
    if expected["resultType"] in ("scalar", "string"):
        a, b = expected["result"], found["result"]
        same = a[0] == b[0] and (same_number(a[1], b[1]) if expected["resultType"] == "scalar" else a[1] == b[1])
        return None if same else f"{a} against {b}"
    left = {key(result["metric"]): result for result in expected["result"]}
    right = {key(result["metric"]): result for result in found["result"]}
    if len(left) != len(expected["result"]) or len(right) != len(found["result"]):
        return "a label set occurs twice"
    if by_value and left.keys() != right.keys():
        a, b = values_by_time(expected["result"]), values_by_time(found["result"])
        same = a.keys() == b.keys() and all(
            len(a[time]) == len(b[time]) and all(close(x, y) for x, y in zip(a[time], b[time])) for time in a)
        return None if same else "other values, whatever the labels"
    if left.keys() != right.keys():
        missing, extra = left.keys() - right.keys(), right.keys() - left.keys()
        return f"{len(left)} series against {len(right)}; missing {sorted(missing)[:2]}, extra {sorted(extra)[:2]}"
    for metric, result in left.items():
        a, b = points(result), points(right[metric])
        if [time for time, _ in a] != [time for time, _ in b]:
            if by_value:
                continue
            ours, theirs = {t for t, _ in b}, {t for t, _ in a}
            return f"{dict(metric)}: other moments, missing {sorted(theirs - ours)[:3]}, extra {sorted(ours - theirs)[:3]}"
        for (time, x), (_, y) in zip(a, b):
            if not same_number(x, y):
                return f"{dict(metric)} at {time}: {x} against {y}"
    if ordered and not all(same_number(a["value"][1], b["value"][1]) for a, b in zip(expected["result"], found["result"])):
        return "another order"
    return None
