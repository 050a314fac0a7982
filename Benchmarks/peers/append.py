"""Durable appends by concurrent producers: varve in process, JetStream and Redis Streams as the servers they are.

Every sample starts from an empty store. What counts is every event that was acknowledged, over the time from the first
hand-over to the last acknowledgement: producers stop handing over after --append-seconds, answers that are due are waited
for. Afterwards the store is asked how many events it holds, once more after a kill -9; it must be what was acknowledged."""

import json
import os
import shutil
import signal

import measure
from brokers import PROMISES

# (producers, appends in flight of each, events of an append)
SINGLE, BATCH = (64, 1_024, 1), (4, 8, 1_000)
SMOKE_SINGLE, SMOKE_BATCH = (4, 16, 1), (2, 2, 100)


def append(run):
    smoke = run.options.smoke
    single, batch = (SMOKE_SINGLE, SMOKE_BATCH) if smoke else (SINGLE, BATCH)
    repeat = min(run.options.repeat, 3)
    strict = settings(run, "sync")
    for name, reason in run.absent.items():
        run.skip(f"append, {name}", reason)

    found = sample(run, strict, single, repeat)
    row(run, "single events", found, strict, single, goal=3)
    kept = found.get("varve", [])
    found = sample(run, strict, batch, repeat)
    row(run, "batches", found, strict, batch)

    weak = settings(run, "weak")
    for shape, what in ((single, "single events"), (batch, "batches")):
        found = sample(run, weak, shape, min(repeat, 2))
        row(run, f"{what}, weaker promises", found, weak, shape)
        if what == "single events" and kept and not found.get("varve"):
            mixed = {**found, "varve": kept}
            row(run, "single events, varve sync, peers weaker", mixed, {**weak, "varve": {"setting": "sync", "ways": []}}, shape)


def settings(run, level):
    """{system: its setting and the ways in which it can be given a batch}."""
    found = {}
    if run.has_tool("append"):
        setting = "sync" if level == "sync" else "interval"
        reason = None if level == "sync" else lacks_interval(run)
        if reason:
            run.skip("append, varve interval", reason)
        else:
            found["varve"] = {"setting": setting, "ways": ["pipelined", "events", "rows", "lines"]}
    for name in run.brokers:
        weak = {"jetstream": "default", "redis": "everysec"}[name]
        found[name] = {"setting": "sync" if level == "sync" else weak, "ways": ["messages", "packed"]}
    return found


def lacks_interval(run):
    """Why this build cannot append at the weaker level, or None."""
    data = os.path.join(run.stores, "append")
    shutil.rmtree(data, ignore_errors=True)
    try:
        run.measure(["append", data, run.file, "--producers", "1", "--in-flight", "1", "--seconds", "0.05",
                     "--durability", "interval"])
    except RuntimeError as error:
        return "varve-measure has no level `interval`: " + str(error).strip().splitlines()[-1][-120:]
    return None


def sample(run, systems, shape, repeat):
    """{system: [sample, …]} of its fastest way; all ways of all systems take turns."""
    jobs = {}
    for name, system in systems.items():
        for way in system["ways"]:
            # A single event is one message, there is nothing to pack; and a program with single values has EventAppender.
            if way in (("packed", "rows") if shape[2] == 1 else ("pipelined", "events")):
                continue
            one = varve_sample if name == "varve" else broker_sample
            jobs[name, way] = lambda n=name, s=system["setting"], w=way, f=one: f(run, n, s, w, shape)
    taken = run.rounds(repeat, jobs, seconds=15)
    middle = lambda samples: sorted(one["value"] for one in samples)[len(samples) // 2]
    best = {}
    for (name, way), samples in taken.items():
        systems[name].setdefault("medians", {})[way] = round(middle(samples))
        if name not in best or middle(samples) > middle(best[name]):
            best[name], systems[name]["used"] = samples, way
    return best


def rate(said, cpu_seconds):
    return {**said, "value": said["acknowledged"] / said["seconds"], "cpu_seconds": cpu_seconds}


def varve_sample(run, _, setting, way, shape):
    producers, in_flight, batch = shape
    data = os.path.join(run.stores, "append")
    shutil.rmtree(data, ignore_errors=True)
    words = ["append", data, run.file, "--producers", str(producers), "--in-flight", str(in_flight), "--batch", str(batch),
             "--seconds", str(run.options.append_seconds), "--input", way, "--durability", setting]
    said, usage = run.measure(words, key=f"append {producers} × {in_flight} × {batch}, {way}, {setting}")
    verified = run.varve.text("log", "verify", "--data", data, "--json").strip().splitlines()
    stored = json.loads(verified[-1]) if verified else {"events": None, "sound": False}
    run.check("varve holds what it acknowledged", stored["events"] == said["acknowledged"] and stored["sound"],
              f"{stored['events']} of {said['acknowledged']}")
    said["store_bytes"] = measure.tree_bytes(os.path.join(data, "log"))["bytes"]
    shutil.rmtree(data, ignore_errors=True)
    return {**rate(said, usage["cpu_seconds"]), "peak_mb": usage["peak_mb"], "foreign": usage["foreign"]}


def broker_sample(run, name, setting, way, shape):
    producers, in_flight, batch = shape
    broker, packed = run.brokers[name], way == "packed"
    broker.start(setting)
    try:
        words = ["append", str(broker.port), run.file, str(producers), str(in_flight), str(batch), str(int(packed)),
                 str(run.options.append_seconds)]
        with measure.Stopwatch() as watch:
            said = broker.drive(words, timeout=run.options.append_seconds + 400)
        holds = lambda: broker.count() * (batch if packed else 1)
        run.check(f"{name} holds what it acknowledged", holds() == said["acknowledged"], f"{holds()} of {said['acknowledged']}")
        said["store_bytes"] = broker.bytes()["bytes"]
        usage = broker.stop(signal.SIGKILL)
        if setting == "sync":
            broker.start(setting, fresh=False)
            run.check(f"{name} holds it after kill -9", holds() == said["acknowledged"], f"{holds()} of {said['acknowledged']}")
    finally:
        broker.stop(signal.SIGKILL)
    run.commands.update(broker.commands)
    cpu = said["driver_cpu_seconds"] + usage["cpu_seconds"]
    return {**rate(said, cpu), "peak_mb": usage["peak_mb"], "foreign": watch.result(cpu)["foreign"]}


def row(run, what, found, systems, shape, goal=None):
    producers, in_flight, batch = shape
    label = f"{what}, {producers} producers × {in_flight} in flight"
    if batch > 1:
        label += f", {batch:,} events each"
    promises = {f"{name} {systems[name]['setting']}": PROMISES[name, systems[name]["setting"]] for name in found}
    used = {name: systems[name]["used"] for name in found if "used" in systems[name]}
    medians = {f"{name} {way}": value for name in found for way, value in systems[name].get("medians", {}).items()}
    run.add(label, found, unit="events/s", section="append", ways={"used": used, "medians": medians}, promises=promises,
            goals={"best": goal} if goal else {})
    for system in systems.values():
        system.pop("medians", None)
        system.pop("used", None)
