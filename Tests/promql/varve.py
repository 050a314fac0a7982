"""A varve server of this checkout, with samples appended as events."""

import json
import math
import os
import shutil
import signal
import subprocess

import prometheus
import samples


def event(labels, time, value):
    data = {"name": labels["__name__"]}
    if samples.is_stale(value):
        data["stale"] = True
    elif math.isnan(value):
        data["value"] = "NaN"
    elif math.isinf(value):
        data["value"] = "+Inf" if value > 0 else "-Inf"
    else:
        data["value"] = value
    for name, text in labels.items():
        if name != "__name__":
            data["label." + name] = text
    return json.dumps({"time": time, "signal": "prometheus.sample", "data": data}, ensure_ascii=False)


class Varve(prometheus.Server):
    def __init__(self, folder, binary):
        os.makedirs(folder)
        self.log = open(os.path.join(folder, "log"), "w")
        self.process = subprocess.Popen([binary, "serve", "--data", os.path.join(folder, "data"), "--listen", "127.0.0.1:0"],
                                        stdout=subprocess.PIPE, stderr=self.log, text=True)
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("varve did not become ready; see " + folder)
        url = json.loads(line)["url"]
        host, port = url.split("//")[1].rsplit(":", 1)
        super().__init__(host, int(port), "/prometheus")

    def load(self, series):
        """All samples in the order of time, as scrapes bring them."""
        points = sorted(((time, index, value) for index, one in enumerate(series) for time, value in one.points),
                        key=lambda point: point[:2])
        for start in range(0, len(points), 20_000):
            lines = "\n".join(event(series[index].labels, time, value) for time, index, value in points[start:start + 20_000])
            status, text = self.call("POST", "/api/v1/events", lines.encode(), {"Content-Type": "application/x-ndjson"})
            receipt = json.loads(text)
            if status != 200 or receipt["rejected"]:
                raise RuntimeError(f"varve refused samples: {status} {text[:300]}")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def locate(root):
    """The binary: $VARVE, or what was built in the checkout."""
    named = os.environ.get("VARVE")
    if named:
        return named if os.access(named, os.X_OK) else None
    for kind in ["release", "debug"]:
        path = os.path.join(root, ".build", kind, "varve")
        if os.access(path, os.X_OK):
            return path
    return shutil.which("varve")
