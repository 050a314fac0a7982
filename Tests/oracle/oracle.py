"""Acceptance checks of varve against DuckDB and against real data with known answers. Start it through `run`."""

import argparse
import os
import shutil
import signal
import sys
import tempfile

import checks
from command import CommandFailed, Varve, locate
from verdict import Verdicts


def arguments():
    parser = argparse.ArgumentParser(prog="Tests/oracle/run", description=__doc__)
    parser.add_argument("--events", type=int, default=2_000_000, help="generated events (default 2000000)")
    parser.add_argument("--only", default=",".join(checks.ALL), help="checks, comma-separated: " + ", ".join(checks.ALL))
    parser.add_argument("--seed", type=int, default=7, help="seed of the generated events")
    parser.add_argument("--keep", default=None, metavar="DIR", help="work in DIR and keep what was made")
    parser.add_argument("--root", default=os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))),
                        help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.only = [name for name in options.only.split(",") if name]
    unknown = [name for name in options.only if name not in checks.ALL]
    if unknown:
        parser.error(f"no check named {', '.join(unknown)}; there are {', '.join(checks.ALL)}")
    return options


def main():
    options = arguments()
    verdicts = Verdicts()
    binary, missing = locate(options.root)
    if binary is None:
        for name in options.only:
            verdicts.skip(name, missing)
        # Without a binary nothing was accepted: that must not look like success.
        sys.exit(max(verdicts.finish(), 1))
    # A stop in the middle still cleans up: SIGTERM becomes an ordinary exit.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    folder = options.keep or tempfile.mkdtemp(prefix="varve-oracle-")
    os.makedirs(folder, exist_ok=True)
    try:
        bench = checks.Bench(options, Varve(binary), verdicts, folder)
        for name in options.only:
            print(f"--- {name}", flush=True)
            try:
                checks.ALL[name](bench)
            except (CommandFailed, KeyError, ValueError) as error:
                verdicts.check(f"{name} runs to its end", False, f"{type(error).__name__}: {error}")
    finally:
        if not options.keep:
            shutil.rmtree(folder, ignore_errors=True)
    sys.exit(verdicts.finish())


if __name__ == "__main__":
    main()
