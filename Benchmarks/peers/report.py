"""The tables. What is not fair to leave out stands below them (notes.py)."""

import statistics

import notes

NAMES = {"varve": "varve", "duckdb": "DuckDB", "clickhouse": "ClickHouse", "jetstream": "JetStream", "redis": "Redis Streams"}
# Section: its title and its columns, ours first.
SECTIONS = {
    "queries": ("The same events and questions", ["varve", "duckdb", "clickhouse"]),
    "shapes": ("Shapes of events that nobody tuned for", ["varve", "duckdb", "clickhouse"]),
    "append": ("Durable appends, events acknowledged per second", ["varve", "jetstream", "redis"]),
    "follow": ("From append to visible", ["varve", "clickhouse", "jetstream", "redis"]),
    "varve": ("Varve against its own limits", ["varve"]),
}


# How a line of work begins, and what its memory is called.
MEMORY = {"load": "load", "replay": "replay", "find": "find", "1 % more": "1 % more events", "single": "single appends",
          "batches": "batches", "append to": "following"}


def key(row):
    """The field of a sample that the row is about."""
    return "seconds" if row["unit"] in ("s", "ns/event") else "value"


def is_ours_over_theirs(row):
    """Bytes and rates compare varve's with the peer's; times the other way round, so that more is better, but for bytes."""
    return row["unit"].startswith("B") or row["unit"].endswith("/s")


def median(samples, field):
    values = [sample[field] for sample in samples if sample.get(field) is not None]
    return statistics.median(values) if values else None


def human(value, unit):
    if value is None:
        return "–"
    if unit == "s":
        return f"{value:.2f} s" if value >= 10 else f"{value * 1000:,.0f} ms" if value >= 0.1 else f"{value * 1000:.1f} ms"
    if unit == "B":
        return f"{value / 1e6:,.1f} MB"
    if unit == "events/s":
        return f"{value:,.0f}"
    return f"{value:,.2f} {unit}" if unit == "×" else f"{value:,.1f} {unit}"


def spread(samples, field):
    values = [sample[field] for sample in samples if sample.get(field) is not None]
    middle = statistics.median(values)
    if len(values) < 2 or not middle:
        return ""
    return f" [{min(values) / middle:.2f}–{max(values) / middle:.2f}]"


def ratio(row, peer, field):
    ours, theirs = (median(row["engines"].get(name, []), field) for name in ("varve", peer))
    if not ours or not theirs or peer in row["ways"].get("slower", []):
        return None
    return ours / theirs if is_ours_over_theirs(row) and field != "cpu_seconds" else theirs / ours


def verdict(value, goal, is_most):
    sign = "≤" if is_most else "≥"
    met = value <= goal if is_most else value >= goal
    return f" ({'meets' if met else 'MISSES'} {sign} {goal:g})"


def cells(row, field, engines, mark_goals=True):
    label = row["work"] + (f", {row['threads']} thread{'s' if row['threads'] > 1 else ''}" if row["threads"] else "")
    line = [label if mark_goals else "   cpu"]
    for engine in engines:
        samples = row["engines"].get(engine)
        unit = "s" if field == "cpu_seconds" and row["unit"] == "s" else row["unit"]
        line.append(human(median(samples, field), unit) + spread(samples, field) if samples else "–")
        if engine in row["ways"].get("slower", []):
            line[-1] += " (slower rate)"
    ratios = {peer: ratio(row, peer, field) for peer in engines[1:]}
    best = min((value for value in ratios.values() if value), default=None)
    for peer, value in ratios.items():
        text = "–" if value is None else f"{value:.2f}×"
        goal = row["goals"].get(peer, row["goals"].get("best") if value == best else None)
        if value is not None and goal is not None and mark_goals:
            text += verdict(value, goal, row["unit"].startswith("B"))
        line.append(text)
    if row["limit"] and mark_goals:
        value = median(row["engines"].get("varve", []), field)
        line[1] += verdict(value, round(row["limit"], 3), True) if value is not None else ""
    return line


def columns(lines):
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    for number, line in enumerate(lines):
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())
        if number == 0:
            print("  ".join("-" * width for width in widths))


def show(results):
    facts, versions = results["machine"], results["versions"]
    if results["options"]["smoke"]:
        print("\nSmoke: whether everything runs. The figures mean nothing.")
    print(f"\n{results['events']:,} events, {results['ndjson_bytes'] / results['events']:.0f} bytes of NDJSON each; "
          f"{facts['cpu']}, "
          f"{facts['cores']} cores, {facts['memory_gib']} GiB, {facts['file_system']}, fdatasync {facts['fdatasync_ms']} ms, "
          f"load average {facts['load_average']:.1f}")
    print(f"varve {versions['varve'] or 'NOT RUN'} ({versions['commit']}), "
          + ", ".join(f"{NAMES[name]} {versions[name]}" for name in NAMES if name != "varve" and versions.get(name))
          + f"; medians of at most {results['repeat']} interleaved samples [lowest–highest over median]")
    for section, (title, engines) in SECTIONS.items():
        rows = [row for row in results["rows"] if row["section"] == section]
        if rows:
            print(f"\n{title}\n")
            show_section(rows, engines)
    show_memory(results)
    show_limits(results["limits"])
    for skipped in results["not_run"]:
        print(f"NOT RUN: {skipped['work']}: {skipped['reason']}")
    for wrong in results["wrong"]:
        print(f"WRONG: {wrong}")
    for section in SECTIONS:
        if any(row["section"] == section for row in results["rows"]):
            print(f"\nNotes on: {SECTIONS[section][0].lower()}\n{notes.ALL[section]}")


def show_section(rows, engines):
    lines = [["work", *(NAMES[name] for name in engines), *(f"vs {NAMES[name]}" for name in engines[1:])]]
    for row in rows:
        lines.append(cells(row, key(row), engines))
        if row["unit"] == "s":
            lines.append(cells(row, "cpu_seconds", engines, mark_goals=False))
    columns(lines)
    promises = {}
    for row in rows:
        for name, samples in row["engines"].items():
            if "p50_ms" in samples[0] and row["section"] != "varve":
                shown = {field: median(samples, field + "_ms") for field in ("p50", "p99", "max")}
                print(f"  {row['work']}, {NAMES[name]}: " + ", ".join(f"{field} {ms:,.1f} ms" for field, ms in shown.items())
                      + said_beside(row, name, samples))
        if len(row["ways"].get("medians", {})) > 3:
            shown = ", ".join(f"{way} {human(value, row['unit'])}" for way, value in row["ways"]["medians"].items())
            print(f"  {row['work']}{', ' + str(row['threads']) + ' threads' if row['threads'] else ''}, by way: {shown}")
        promises.update(row["promises"])
    for name, promise in promises.items():
        print(f"  promise of {name}: {promise}")


def said_beside(row, name, samples):
    """What stands behind the latencies of one system."""
    text = f"; fastest way: {row['ways']['used'][name]}" if name in row["ways"].get("used", {}) else ""
    stored, acknowledged = median(samples, "store_bytes"), median(samples, "acknowledged")
    if stored and acknowledged:
        text += f"; {stored / acknowledged:.0f} bytes on disk an event"
        text += f"; CPU {median(samples, 'cpu_seconds') / acknowledged * 1e6:.1f} µs an event"
        driver = median(samples, "driver_cpu_seconds")
        text += f", of which the driver {driver / acknowledged * 1e6:.1f}" if driver else ""
    if name in row["ways"].get("notes", {}):
        text += "; " + row["ways"]["notes"][name]
    return text


def show_limits(limits):
    if not limits:
        return
    speed = limits["lz4_decompress"] / 1e9
    lz4 = f"LZ4 decompresses {speed:.1f} GB/s on one thread" if speed else "liblz4 is not here"
    print(f"\nThe machine in this run: memory is read at {limits['read_1_thread'] / 1e9:.1f} GB/s by one thread and "
          f"{limits['read_2_threads'] / 1e9:.1f} GB/s by two, copied at {limits['copy_1_thread'] / 1e9:.1f} GB/s; {lz4}; "
          f"fdatasync after 4 KiB: p50 {limits['fdatasync_p50_ms']:.2f} ms, p99 {limits['fdatasync_p99_ms']:.2f} ms")


def show_memory(results):
    peaks = {}
    for row in results["rows"]:
        if row["section"] == "varve":
            continue
        kind = next((kind for start, kind in MEMORY.items() if row["work"].startswith(start)), "other")
        for engine, samples in row["engines"].items():
            for sample in samples:
                if sample.get("peak_mb"):
                    peaks.setdefault(kind, {})[engine] = max(peaks.get(kind, {}).get(engine, 0), sample["peak_mb"])
    print()
    for kind, found in peaks.items():
        shown = ", ".join(f"{NAMES[engine]} {found[engine]:,.0f} MB" for engine in NAMES if engine in found)
        print(f"  peak memory, {kind}: {shown}")
    taken = [sample for row in results["rows"] for samples in row["engines"].values() for sample in samples]
    foreign = [sample["foreign"] for sample in taken if sample.get("foreign")]
    if foreign:
        print(f"  other processes used {statistics.median(foreign):.0%} of the machine during the median sample, "
              f"{max(foreign):.0%} at most")
    print("  seconds taken: " + ", ".join(f"{name} {seconds:.0f}" for name, seconds in results["seconds_taken"].items()))
