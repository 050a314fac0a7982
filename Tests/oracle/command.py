"""The varve command as these checks use it, and where things are."""

import datetime
import json
import os
import subprocess


class CommandFailed(Exception):
    pass


def locate(root):
    """The binary: $VARVE, else this checkout's release build, else its debug build. (path, None) or (None, reason)."""
    given = os.environ.get("VARVE")
    if given:
        return (given, None) if os.access(given, os.X_OK) else (None, f"VARVE={given} is not an executable file")
    for configuration in ("release", "debug"):
        path = os.path.join(root, ".build", configuration, "varve")
        if os.access(path, os.X_OK):
            return path, None
    return None, "there is no built varve: run `make build`, or set VARVE to the binary"


def shared_data(root, *parts):
    """A path inside the real data, or None where it is absent."""
    base = os.environ.get("VARVE_SHARED_DATA") or os.path.join(root, "..", "shared", "data")
    path = os.path.normpath(os.path.join(base, *parts))
    return path if os.path.exists(path) else None


class Varve:
    def __init__(self, binary):
        self.binary = binary

    def run(self, *arguments, expect=0, input=None):
        """Standard output as text; anything but the expected exit code is an error with what was said."""
        done = subprocess.run([self.binary, *arguments], capture_output=True, input=input)
        if expect is not None and done.returncode != expect:
            said = done.stderr.decode(errors="replace").strip()[-800:]
            raise CommandFailed(f"`varve {' '.join(arguments)[:300]}` ended with {done.returncode}, not {expect}: {said}")
        self.code, self.errors = done.returncode, done.stderr.decode(errors="replace")
        return done.stdout.decode(errors="replace")

    def object(self, *arguments, expect=0, input=None):
        """The JSON object on the last line that holds one."""
        lines = [line for line in self.run(*arguments, expect=expect, input=input).splitlines() if line.startswith("{")]
        if not lines:
            raise CommandFailed(f"`varve {' '.join(arguments)[:300]}` printed no JSON object")
        return json.loads(lines[-1])

    def ingest(self, data, format, *files, options=(), expect=0):
        return self.object("ingest", *files, "--data", data, "--format", format, *options, "--json", expect=expect)

    def project(self, data, views):
        self.run("project", "--data", data, "--views", ",".join(views))

    def show(self, data, view, *options):
        return json.loads(self.run("view", "show", view, "--data", data, *options, "--json"))

    def table(self, data, view, dimensions, measures, *options):
        """A view as {(epoch seconds of the bucket, dimension, …): {measure: value}}."""
        table = {}
        for row in self.show(data, view, *options):
            key = (epoch(row["time"]),) if "time" in row else ()
            key += tuple(row.get(name) for name in dimensions)
            if key in table:
                raise CommandFailed(f"view {view} has two rows for {key}")
            table[key] = {name: row.get(name) for name in measures}
        return table


def epoch(text):
    """Seconds since 1970 of an RFC 3339 time."""
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp())
