"""Twenty queries as dashboards ask them, and series like those of a few services."""

import random

HOUR, STEP = 3_600, 15

RANGES = [
    'sum(rate(requests_total[5m]))',
    'sum by (service) (rate(requests_total[5m]))',
    'sum by (code) (rate(requests_total[5m]))',
    'sum by (service) (rate(requests_total{code="500"}[5m])) / sum by (service) (rate(requests_total[5m]))',
    'topk(5, sum by (service) (rate(requests_total[5m])))',
    'histogram_quantile(0.95, sum by (le) (rate(latency_seconds_bucket[5m])))',
    'histogram_quantile(0.99, sum by (service, le) (rate(latency_seconds_bucket[5m])))',
    'sum(rate(latency_seconds_sum[5m])) / sum(rate(latency_seconds_count[5m]))',
    'avg by (service) (memory_bytes)',
    'max(memory_bytes)',
    'memory_bytes{service="service-3"}',
    'sum by (service) (increase(requests_total{route="/items"}[10m]))',
    'avg_over_time(memory_bytes{service=~"service-[1-4]"}[10m])',
    'max_over_time(memory_bytes{service="service-1"}[1h])',
    'count by (service) (memory_bytes > 6e8)',
    'rate(requests_total{service="service-2",code="200"}[1m])',
]
INSTANTS = [
    'sum by (service) (increase(requests_total[6h]))',
    'topk(10, rate(requests_total[5m]))',
    'quantile_over_time(0.9, memory_bytes{service=~"service-.*"}[1h])',
    'sum(requests_total)',
]


def queries(end):
    """Pairs of a name and parameters: most over six hours in steps of a minute, every fourth over one hour in steps of 15 s."""
    for number, text in enumerate(RANGES):
        span, step = (HOUR, STEP) if number % 4 == 3 else (6 * HOUR, 60)
        yield text, {"query": text, "start": str(end - span), "end": str(end), "step": str(step)}
    for text in INSTANTS:
        yield text, {"query": text, "time": str(end)}


def labels(count):
    """Label sets of about `count` series: 60 % counters, 24 % histograms, the rest gauges."""
    services = max(1, count // 50)
    for service in range(services):
        name = f"service-{service}"
        for instance in range(5):
            for code in ["200", "404", "500"]:
                for route in ["/items", "/orders"]:
                    yield {"__name__": "requests_total", "service": name, "instance": f"i{instance}", "code": code, "route": route}
        for edge in ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "+Inf"]:
            yield {"__name__": "latency_seconds_bucket", "service": name, "le": edge}
        for part in ["count", "sum"]:
            yield {"__name__": f"latency_seconds_{part}", "service": name}
        for instance in range(8):
            yield {"__name__": "memory_bytes", "service": name, "instance": f"i{instance}"}


class Walk:
    """One series' next value."""

    def __init__(self, rng, own):
        self.rng, self.kind, self.value = rng, own["__name__"], float(rng.randrange(1_000))
        edges = {"+Inf": 10.0}
        self.step = edges.get(own.get("le"), float(own["le"]) * 5 if "le" in own else 5.0)
        if self.kind == "memory_bytes":
            self.value = 4e8 + rng.random() * 2e8

    def next(self):
        if self.kind == "memory_bytes":
            self.value += (self.rng.random() - 0.5) * 4_096_000
            return float(int(self.value))
        self.value += int(self.rng.random() * (self.step + 3))
        return self.value


def scrapes(count, samples, end, seed=1):
    """Lists of (labels, [(milliseconds, value)]), one for four scrapes of all series; the last one is at `end` seconds."""
    rng = random.Random(seed)
    walks = [(own, Walk(rng, own)) for own in labels(count)]
    steps = samples // len(walks)
    for first in range(0, steps, 4):
        moments = [(end - (steps - 1 - step) * STEP) * 1_000 for step in range(first, min(first + 4, steps))]
        yield [(own, [(moment, walk.next()) for moment in moments]) for own, walk in walks]
