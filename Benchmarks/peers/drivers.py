"""The C programs beside this file, compiled once into the work folder, and `varve-measure`: each finds out what it can do,
or why it cannot run."""

import json
import os
import shutil
import subprocess

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "drivers")


class Missing(Exception):
    """Something that a work item needs is not here: NOT RUN, with this reason."""


def compiled(name, work_dir, libraries=()):
    """The path of a driver's binary; compiled again when any file of the folder is newer."""
    compiler = os.environ.get("CC") or shutil.which("cc")
    if not compiler:
        raise Missing("there is no C compiler (cc) to build its driver with")
    folder = os.path.join(work_dir, "drivers")
    os.makedirs(folder, exist_ok=True)
    binary = os.path.join(folder, name)
    newest = max(os.path.getmtime(os.path.join(FOLDER, file)) for file in os.listdir(FOLDER))
    if os.path.exists(binary) and os.path.getmtime(binary) > newest:
        return binary
    command = [compiler, "-O2", "-Wall", "-Wextra", "-D_GNU_SOURCE", os.path.join(FOLDER, name + ".c"), "-o", binary, *libraries]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise Missing(f"its driver does not compile here: {' '.join(done.stderr.split())[:300]}")
    return binary


def limits(work_dir, file):
    """Memory bandwidth, LZ4 and fdatasync of this machine, now."""
    try:
        binary = compiled("limits", work_dir, ["-llz4", "-lpthread"])
    except Missing:
        binary = compiled("limits", work_dir, ["-DWITHOUT_LZ4", "-lpthread"])
    done = subprocess.run([binary, file, work_dir], capture_output=True, text=True)
    if done.returncode != 0:
        raise Missing(f"limits ended with {done.returncode}: {done.stderr.strip()[:200]}")
    return json.loads(done.stdout)


class Tool:
    """`varve-measure`: what is measured inside a process that holds the log itself."""

    def __init__(self, binary):
        self.binary = binary
        shown = subprocess.run([binary], capture_output=True, text=True)
        words = (shown.stdout + shown.stderr).replace("|", " ").split()
        self.knows = {word for word in words if word.isalpha()}

    @staticmethod
    def locate(varve):
        """$VARVE_MEASURE, else the one beside the varve binary."""
        binary = os.environ.get("VARVE_MEASURE") or os.path.join(os.path.dirname(os.path.realpath(varve)), "varve-measure")
        return Tool(binary) if os.access(binary, os.X_OK) else None
