"""What does not follow from one size: the cost of an event as events become more, memory, and opening after a kill."""

import os
import shutil
import signal
import statistics
import subprocess
import threading
import time

from work import LARGE, VIEWS


def scaling(run):
    """Varve alone at three sizes: the cost of an event must not grow. The peers' growth is not our claim."""
    if run.varve is None or run.options.file:
        return run.skip("scaling", "needs the varve binary and events that it generates")
    if not (run.has("ingest") and run.has("replay", "--threads", "--stats")):
        return
    sizes = sorted({max(1_000, run.events // 20), max(1_000, run.events // 4), run.events})
    files = {events: run.generate(run.varve, events, run.options) for events in sizes}
    costs = {}
    for _ in range(1 if run.options.smoke or run.events > LARGE else 2):
        for events in sizes:
            run.varve.prepare()
            loaded = run.varve.load(files[events])
            run.varve.replay(VIEWS, 2)
            replayed = [run.varve.replay(VIEWS, 2) for _ in range(min(run.options.repeat, 3))]
            costs.setdefault(("load", events), []).append(per_event(loaded, events))
            costs.setdefault(("replay five", events), []).extend(per_event(sample, events) for sample in replayed)
            costs.setdefault(("log bytes", events), []).append({"value": run.varve.size()["bytes"] / events})
    run.loaded = False
    for what in ("load", "replay five", "log bytes"):
        unit, field = ("B/event", "value") if what == "log bytes" else ("ns/event", "cpu_seconds")
        for events in sizes:
            run.add(f"{what}, {events:,} events", {"varve": costs[what, events]}, unit=unit, section="varve")
        first, last = (statistics.median(sample[field] for sample in costs[what, events]) for events in (sizes[0], sizes[-1]))
        kind = "" if unit == "B/event" else " of CPU"
        run.add(f"{what}, growth{kind} from {sizes[0]:,} to {sizes[-1]:,}", {"varve": [{"value": last / first}]}, unit="×",
                section="varve", limit=1.1)


def per_event(sample, events):
    """Nanoseconds; wall time is shown, CPU time decides about growth because other processes do not reach it."""
    return {**sample, "seconds": sample["seconds"] / events * 1e9, "cpu_seconds": sample["cpu_seconds"] / events * 1e9}


def recovery(run):
    """kill -9 in the middle of an ingest and of single appends, then: how long until a writer is open?"""
    if not run.has_tool("open") or not run.has("ingest"):
        return
    data = os.path.join(run.stores, "recovery")
    waits = [0.3] if run.options.smoke else [0.9, 1.7, 2.6]
    for what in ("ingest", "single appends"):
        if what != "ingest" and not run.has_tool("append"):
            return
        samples = []
        for seconds in waits:
            shutil.rmtree(data, ignore_errors=True)
            killed_after(run, what, data, seconds)
            if not has_events(data):
                continue
            said, _ = run.measure(["open", data], key=f"open after kill -9 of {what}")
            allowed = 0.25 + said["active_bytes"] / 200e6
            run.check("a kill leaves no damage", said["damaged"] == 0, str(said))
            # As a share of what is allowed, since the active segment is another size each time.
            samples.append({**said, "value": said["seconds"] / allowed, "allowed_seconds": allowed, "killed_after": seconds})
        if samples:
            worst = max(samples, key=lambda sample: sample["value"])
            run.add(f"open after kill -9 of {what}: {worst['seconds'] * 1e3:.0f} ms at worst with "
                    f"{worst['active_bytes'] / 1e6:.1f} MB active, share of 0.25 s + active / 200 MB/s",
                    {"varve": samples}, unit="×", section="varve", limit=1)
    shutil.rmtree(data, ignore_errors=True)


def has_events(data):
    """Whether the log has a segment with anything in it."""
    folder = os.path.join(data, "log")
    names = os.listdir(folder) if os.path.isdir(folder) else []
    return any(name.endswith(".seg") and os.path.getsize(os.path.join(folder, name)) > 0 for name in names)


def killed_after(run, what, data, seconds):
    if what == "ingest":
        words = [run.varve.binary, "ingest", "-", "--data", data, "--format", "ndjson"]
    else:
        words = [run.tool.binary, "append", data, run.file, "--seconds", str(seconds + 60), "--input", "events"]
    quiet = subprocess.DEVNULL
    child = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=quiet, stderr=quiet)

    def feed():
        try:
            while what == "ingest":
                with open(run.file, "rb") as file:
                    shutil.copyfileobj(file, child.stdin, 1 << 20)
        except OSError:
            pass  # it was killed

    feeder = threading.Thread(target=feed, daemon=True)
    feeder.start()
    end = time.monotonic() + 30
    while not has_events(data) and child.poll() is None and time.monotonic() < end:
        time.sleep(0.02)
    time.sleep(seconds)
    child.send_signal(signal.SIGKILL)
    child.wait()
    feeder.join()
    try:
        child.stdin.close()
    except OSError:
        pass


def memory(run):
    """What the items before this one needed at most; nothing runs for it."""
    kinds = {"replay all five": 256, "load NDJSON": None, "append to visible": None}
    for what, limit in kinds.items():
        peaks = [sample["peak_mb"] for row in run.rows if row["work"].startswith(what)
                 for sample in row["engines"].get("varve", []) if sample.get("peak_mb")]
        if peaks:
            name = "projector that follows" if what == "append to visible" else what
            run.add(f"peak memory, {name}", {"varve": [max(peaks)]}, unit="MB", section="varve", limit=limit)
