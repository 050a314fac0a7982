"""Random PromQL queries, asked of Debian's prometheus and of varve on the same samples. Start it through `run`."""

import argparse
import collections
import json
import os
import random
import shutil
import sys
import tempfile

import compare
import errors
import prometheus
import queries
import samples
import varve

LEAST_FILLED = 0.8


def arguments():
    parser = argparse.ArgumentParser(prog="Tests/promql/run", description=__doc__)
    parser.add_argument("--queries", type=int, default=600, help="how many (default 600)")
    parser.add_argument("--long", action="store_true", help="the long form: 5000 queries, each function 100 times")
    parser.add_argument("--seed", type=int, default=None, help="instead of one chosen now")
    parser.add_argument("--keep", default=None, metavar="DIR", help="work in DIR and keep what was made")
    parser.add_argument("--root", default=None, help=argparse.SUPPRESS)
    return parser.parse_args()


def load_and_ask(options, seed, folder, binary):
    rng = random.Random(seed)
    start = 1_700_000_000_000 + rng.randrange(10_000_000)
    end = start + 3 * 3_600_000
    series = samples.make(rng, start, end)
    count = sum(len(one.points) for one in series)
    print(f"{len(series)} series, {count} samples")
    expected = prometheus.Prometheus(os.path.join(folder, "prometheus"))
    found = varve.Varve(os.path.join(folder, "varve"), binary)
    try:
        expected.load(series)
        found.load(series)
        bad = wrong_texts(expected, found)
        return bad + random_queries(options, queries.Generator(rng, start, end), expected, found)
    finally:
        expected.stop()
        found.stop()


def wrong_texts(expected, found):
    """Sentences and places of errors."""
    bad = 0
    for text in errors.WRONG:
        query = {"query": text, "time": "1"}
        left, right = expected.ask(query), found.ask(query)
        if (left["status"], left.get("error")) != (right["status"], right.get("error")):
            bad += 1
            print(f"DIFFERENT error of {text!r}:\n    {left.get('error')}\n    {right.get('error')}")
    print(f"{len(errors.WRONG)} wrong texts, {bad} with another sentence")
    return bad


def random_queries(options, generator, expected, found):
    filled = collections.Counter()
    asked, empty, failed, bad = 0, 0, 0, 0
    least = 100 if options.long else 3
    total = 5000 if options.long else options.queries
    while asked < total or any(filled[kind] < least for kind in queries.FUNCTIONS) and asked < 20 * total:
        # Functions that occurred too rarely come first, then all kinds in turn, then whatever comes.
        rare = [kind for kind in queries.FUNCTIONS if filled[kind] < least]
        kind = rare[asked % len(rare)] if rare and asked >= total else (
            queries.KINDS[asked % len(queries.KINDS)] if asked < 0.7 * total else None)
        query, known = generator.query(kind)
        left, right = expected.ask(query), found.ask(query)
        asked += 1
        if left["status"] != "success":
            failed += 1
        elif compare.is_empty(left):
            empty += 1
        else:
            filled.update(known["kinds"])
        different = compare.difference(left, right, known["ordered"], known["ties"])
        if different:
            bad += 1
            print(f"DIFFERENT {json.dumps(query)}\n    {different}")
    share = 1 - (empty + failed) / asked
    fewest = min(queries.KINDS, key=lambda kind: filled[kind])
    print(f"{asked} queries, {asked - empty - failed} with an answer ({share:.0%}), {failed} refused by both, {empty} empty, "
          f"{bad} different")
    print(f"each function at least {min(filled[kind] for kind in queries.FUNCTIONS)} times with an answer; "
          f"rarest kind {fewest}: {filled[fewest]}")
    if share < LEAST_FILLED:
        print(f"FAILED: fewer than {LEAST_FILLED:.0%} have an answer")
        bad += 1
    return bad


def main():
    options = arguments()
    root = options.root or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    binary = varve.locate(root)
    if binary is None:
        print("NOT RUN: there is no built varve; make build")
        sys.exit(1)
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}, {binary}")
    folder = options.keep or tempfile.mkdtemp(prefix="varve-promql-")
    try:
        bad = load_and_ask(options, seed, folder, binary)
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    sys.exit(2 if bad else 0)


if __name__ == "__main__":
    main()
