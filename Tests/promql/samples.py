"""Series to ask: counters with resets, gauges, histograms; with jitter, gaps, staleness markers, infinities and no numbers."""

import math
import struct

STALE = struct.unpack("<d", struct.pack("<Q", 0x7FF0000000000002))[0]
MINUTE = 60_000


def is_stale(value):
    return struct.pack("<d", value) == struct.pack("<Q", 0x7FF0000000000002)


class Series:
    def __init__(self, labels, points):
        self.labels = labels
        self.points = points  # (milliseconds, value), ascending


def times(random, start, end, interval):
    """Moments of scrapes: some come late, some are missing, and sometimes many in a row are."""
    moments = []
    time = start + random.randrange(interval)
    jitter = random.choice([0, 0, 5, 700])
    while time < end:
        if random.random() < 0.004:
            time += random.choice([2, 6, 9, 15]) * MINUTE
        elif random.random() > 0.02:
            moments.append(time + random.randint(-jitter, jitter))
        time += interval
    return sorted(set(moment for moment in moments if start <= moment < end))


def with_markers(random, points):
    """A staleness marker now and then, and behind it often a pause."""
    result, skip = [], 0
    for time, value in points:
        if skip > 0:
            skip -= 1
            continue
        if random.random() < 0.006:
            result.append((time, STALE))
            skip = random.choice([0, 0, 3, 20])
        else:
            result.append((time, value))
    return result


def counter(random, moments, step, resets=0.01):
    value, points = random.choice([0, 0, 17, 123456.0]), []
    for time in moments:
        if random.random() < resets:
            value = random.choice([0, 0, random.random() * 5])
        value += random.choice([0, step * random.random(), step, float(random.randrange(10))])
        points.append((time, value))
    return points


def gauge(random, moments, centre, odd=0.0):
    value, points = centre, []
    for time in moments:
        value += random.gauss(0, abs(centre) / 20 + 0.3)
        shown = value
        if random.random() < odd:
            shown = random.choice([math.nan, math.inf, -math.inf, 0.0, -0.0, 1e300])
        points.append((time, shown))
    return points


def histogram(random, moments, labels):
    bounds = ["0.005", "0.05", "0.1", "0.5", "1", "2.5", "+Inf"]
    counts = [0] * len(bounds)
    rows = [[] for _ in bounds]
    total, totals = 0.0, []
    for time in moments:
        if random.random() < 0.008:
            counts, total = [0] * len(bounds), 0.0
        for _ in range(random.randrange(8)):
            seconds = random.expovariate(4)
            total += seconds
            for index, bound in enumerate(bounds):
                if bound == "+Inf" or seconds <= float(bound):
                    counts[index] += 1
        for row, count in zip(rows, counts):
            row.append((time, float(count)))
        totals.append((time, total))
    buckets = [Series({"__name__": "request_seconds_bucket", "le": bound, **labels}, row) for bound, row in zip(bounds, rows)]
    sums = Series({"__name__": "request_seconds_sum", **labels}, totals)
    return buckets + [sums, Series({"__name__": "request_seconds_count", **labels}, rows[-1])]


def make(random, start, end):
    """All series, from `start` to `end` in milliseconds."""
    series = []
    for job in ["api", "web", "batch"]:
        for instance in ["a:1", "b:1", "c:2"]:
            moments = times(random, start, end, random.choice([15_000, 15_000, 30_000]))
            base = {"job": job, "instance": instance}
            series.append(Series({"__name__": "up", **base}, [(t, float(random.random() > 0.1)) for t in moments]))
            series.append(Series({"__name__": "memory_bytes", **base}, gauge(random, moments, 5e7)))
            series.append(Series({"__name__": "temperature", "zone": random.choice("xyz"), **base},
                                 gauge(random, moments, random.choice([-3.0, 20.0]), odd=0.02)))
            for code in ["200", "404", "500"]:
                points = counter(random, moments, random.choice([0.5, 3.0, 100.0]))
                series.append(Series({"__name__": "http_requests_total", "code": code, **base}, points))
            if job != "batch":
                series += histogram(random, moments, base)
    for version in ["1.0", "1.1"]:
        for job in ["api", "web"]:
            moments = times(random, start, end, MINUTE)
            series.append(Series({"__name__": "build_info", "version": version, "job": job}, [
                (t, 1.0) for t in moments if (t - start < (end - start) / 2) == (version == "1.0")]))
    odd = {"__name__": "label_test", "path": "/a b\\\"c\n", "unit": "grün€", "job": "api"}
    series.append(Series(odd, gauge(random, times(random, start, end, 15_000), 3.0)))
    series.append(Series({"__name__": "sparse"}, gauge(random, times(random, start, end, 7 * MINUTE), 1.0)))
    series.append(Series({"__name__": "limits", "job": "api"}, [
        (t, float(random.randrange(1, 6))) for t in times(random, start, end, MINUTE)]))
    # Dates for the functions of dates: seconds since 1970 from 1901 to 2100, on and beside leap days.
    dates = [float(random.choice([951782400, 4107542400, -2177452800, 1709164800, 0]) + random.randrange(-200_000, 200_000))
             for _ in range(len(times(random, start, end, MINUTE)) + 400)]
    moments = times(random, start, end, MINUTE)
    series.append(Series({"__name__": "birth_seconds"}, list(zip(moments, dates))))
    for one in series:
        one.points = with_markers(random, one.points)
    return [one for one in series if one.points]
