"""The table, and the notes without which it would not be fair."""

import statistics

ENGINES = ["varve", "duckdb", "clickhouse"]

NOTES = """\
Ratios are a peer's median over varve's: above 1 varve is faster. For bytes the ratio is varve's over the peer's:
below 1 varve is smaller. `cpu` lines add user and system time of all threads of the process; on a busy machine they
are the steadier figure.
What the peers do that varve does not: SQL, joins, updates; DuckDB and ClickHouse can answer any question of these
columns, varve's replay folds declared views. ClickHouse sorts by time at insert and merges in the background; its
bytes are counted when the merges have ended. Where an exact quantile was the faster way, the peer's figure is the
exact one.
What varve does that the peers do not: every load ends durable (fsync) with an offset per event, an observed time per
event, a chain of hashes, refused lines kept aside. ClickHouse's default insert is not fsynced; DuckDB's commit is.
Varve's quantiles are sketches with a relative error of at most 0.55 %; its counts are exact, its distinct users exact
up to 65,536 per cell.
How it was timed: peers inside their own warm process, the statement alone, rows computed and dropped (FORMAT Null,
EXPLAIN ANALYZE), the fastest of the listed ways for each view. Varve's load is the whole process; its replay is what
the command states (from opening the log to merged states, reading, checking and decoding included: it keeps nothing
warm but the page cache), and one line shows the whole process. One thread means one core for every engine, pinned.
Nothing of varve was set that a user does not get by default; of the peers only the thread count was."""


def key(row):
    return "value" if row["unit"] in ("B", "B/event") else "seconds"


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
    return f"{value:,.1f} {unit}"


def spread(samples, field):
    values = [sample[field] for sample in samples if sample.get(field) is not None]
    middle = statistics.median(values)
    if len(values) < 2 or not middle:
        return ""
    return f" [{min(values) / middle:.2f}–{max(values) / middle:.2f}]"


def ratio(row, peer, field):
    """(value, whether the goal is met or None)."""
    ours, theirs = (median(row["engines"].get(name, []), field) for name in ("varve", peer))
    if not ours or not theirs:
        return None, None
    bytes_row = row["unit"].startswith("B")
    value = ours / theirs if bytes_row else theirs / ours
    goal = row["goals"].get(peer)
    return value, None if goal is None else value <= goal if bytes_row else value >= goal


def cells(row, field, mark_goals=True):
    label = row["work"] + (f", {row['threads']} thread{'s' if row['threads'] > 1 else ''}" if row["threads"] else "")
    line = [label if field != "cpu_seconds" else "   cpu"]
    for engine in ENGINES:
        samples = row["engines"].get(engine)
        line.append(human(median(samples, field), row["unit"]) + spread(samples, field) if samples else "–")
    for peer in ENGINES[1:]:
        value, met = ratio(row, peer, field)
        text = "–" if value is None else f"{value:.2f}×"
        if value is not None and met is not None and mark_goals:
            sign = "≤" if row["unit"].startswith("B") else "≥"
            text += f" ({'meets' if met else 'MISSES'} {sign} {row['goals'][peer]})"
        line.append(text)
    return line


def show(results):
    facts, versions = results["machine"], results["versions"]
    print(f"\n{results['events']:,} events, {results['ndjson_bytes'] / results['events']:.0f} bytes of NDJSON each; "
          f"{facts['cpu']}, "
          f"{facts['cores']} cores, {facts['memory_gib']} GiB, {facts['file_system']}, fdatasync {facts['fdatasync_ms']} ms, "
          f"load average {facts['load_average']:.1f}")
    print(f"varve {versions['varve'] or 'NOT RUN'} ({versions['commit']}), DuckDB {versions['duckdb']}, "
          f"ClickHouse {versions['clickhouse']}; medians of {results['repeat']} interleaved samples "
          "[lowest–highest over median]\n")
    lines = [["work", "varve", "DuckDB", "ClickHouse", "vs DuckDB", "vs ClickHouse"]]
    for row in results["rows"]:
        lines.append(cells(row, key(row)))
        if key(row) == "seconds" and row["unit"] == "s":
            lines.append(cells(row, "cpu_seconds", mark_goals=False))
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    for number, line in enumerate(lines):
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip())
        if number == 0:
            print("  ".join("-" * width for width in widths))
    for row in results["rows"]:
        if len(row["ways"].get("medians", {})) > 3:
            shown = ", ".join(f"{way} {human(value, 's')}" for way, value in row["ways"]["medians"].items())
            print(f"  {row['work']}, {row['threads']} threads, by way: {shown}")
    show_memory(results)
    for skipped in results["not_run"]:
        print(f"NOT RUN: {skipped['work']}: {skipped['reason']}")
    for wrong in results["wrong"]:
        print(f"WRONG: {wrong}")
    print("\n" + NOTES)


def show_memory(results):
    peaks = {}
    for row in results["rows"]:
        kind = row["work"].split()[0].rstrip(",")
        for engine, samples in row["engines"].items():
            for sample in samples:
                if sample.get("peak_mb"):
                    peaks.setdefault(kind, {})[engine] = max(peaks.get(kind, {}).get(engine, 0), sample["peak_mb"])
    for kind, found in peaks.items():
        shown = ", ".join(f"{engine} {found[engine]:,.0f} MB" for engine in ENGINES if engine in found)
        print(f"  peak memory, {kind}: {shown}")
    taken = [sample for row in results["rows"] for samples in row["engines"].values() for sample in samples]
    foreign = [sample["foreign"] for sample in taken if sample.get("foreign")]
    if foreign:
        print(f"  other processes used {statistics.median(foreign):.0%} of the machine during the median sample, "
              f"{max(foreign):.0%} at most")
