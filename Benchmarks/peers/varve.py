"""Varve's side of the comparison: its commands, run as a user runs them, process start included."""

import json
import os
import shutil
import subprocess

import measure


def last_object(path):
    """The last line of a command's output that is a JSON object, or None."""
    with open(path, errors="replace") as file:
        lines = [line for line in file.read().splitlines() if line.startswith("{")]
    return json.loads(lines[-1]) if lines else None


class Varve:
    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder
        self.data, self.output = os.path.join(folder, "data"), os.path.join(folder, "output")
        os.makedirs(folder, exist_ok=True)
        self.version = self.text("--version").strip() or "unknown"
        self.commands = {}

    @staticmethod
    def locate(root):
        """$VARVE, else the release build of this checkout; None with a reason where there is neither."""
        given = os.environ.get("VARVE")
        if given:
            return (given, None) if os.access(given, os.X_OK) else (None, f"VARVE={given} is not an executable file")
        try:
            shown = subprocess.run(["swift", "build", "-c", "release", "--show-bin-path"], cwd=root,
                                   capture_output=True, text=True)
        except FileNotFoundError:
            return None, "no Swift toolchain on PATH and VARVE is not set"
        binary = os.path.join(shown.stdout.strip(), "varve")
        if shown.returncode == 0 and os.access(binary, os.X_OK):
            return binary, None
        return None, "no release build: run `make build`, or set VARVE to the binary"

    def text(self, *arguments):
        done = subprocess.run([self.binary, *arguments], capture_output=True, text=True)
        return done.stdout if done.returncode == 0 else ""

    def can(self, command, *options):
        """Whether this build knows a command and all of these options: what it lacks is a NOT RUN, not a failure."""
        # Asked for the help of a command it lacks, the binary shows its own: the usage line tells which it was.
        shown = self.text(*command.split(), "--help")
        return f"USAGE: varve {command} " in shown and all(option in shown for option in options)

    def run(self, key, arguments, threads):
        self.commands[key] = "varve " + " ".join(arguments)
        result = measure.run_child([self.binary, *arguments], threads, self.output)
        result["said"] = last_object(self.output)
        return result

    def prepare(self):
        shutil.rmtree(self.data, ignore_errors=True)

    def load(self, file, threads=1):
        return self.run("load", ["ingest", file, "--data", self.data, "--format", "ndjson", "--json"], threads)

    def replay(self, views, threads, cached=False, folder=None):
        """Seconds as the command states them: from opening the log to merged states, reading and decoding included. With
        `cached`, states of sealed segments that are kept are taken, as a user gets it by default."""
        arguments = ["replay", "--data", self.data, "--views", ",".join(views), "--threads", str(threads), "--stats"]
        if folder:
            arguments += ["--views-dir", folder]
        if not cached and self.can("replay", "--no-cache"):
            arguments.append("--no-cache")
        result = self.run("replay with kept states" if cached else "replay", arguments, threads)
        result["process_seconds"] = result["seconds"]
        result["seconds"] = result["said"]["seconds"]
        return result

    def rows(self, view, folder):
        """How many combinations a view has, at its own bucket."""
        self.run("show", ["export", "--data", self.data, "--views-dir", folder, "--view", view, "--format", "csv"], 2)
        with open(self.output, "rb") as out:
            return sum(1 for _ in out) - 1

    def find(self, session, start, end):
        arguments = ["cat", "--data", self.data, "--session", session, "--from", start, "--to", end, "--json"]
        result = self.run("find", arguments, 1)
        with open(self.output, "rb") as out:
            result["value"] = sum(1 for line in out if line.startswith(b"{"))
        return result

    def size(self):
        return measure.tree_bytes(os.path.join(self.data, "log"))
