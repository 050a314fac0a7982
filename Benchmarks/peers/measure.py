"""Clocks and facts: how long, how much CPU, how much memory, and how much the rest of the machine was doing meanwhile.

Wall time is what a user feels. CPU time is kept beside it because a shared machine distorts wall time far more.
`foreign` is the share of the machine's cores that other processes used during a sample: above a few per cent, distrust it.
"""

import os
import platform
import shutil
import statistics
import subprocess
import time


def busy_seconds():
    """CPU seconds the whole machine has spent since it started (user, nice, system, irq, softirq, steal)."""
    with open("/proc/stat") as stat:
        fields = [int(field) for field in stat.readline().split()[1:9]]
    user, nice, system, _idle, _iowait, irq, softirq, steal = fields
    return (user + nice + system + irq + softirq + steal) / os.sysconf("SC_CLK_TCK")


class Stopwatch:
    """`with Stopwatch() as watch: …; watch.result(cpu)` for work done by this process or by a child of it."""

    def __enter__(self):
        self.busy = busy_seconds()
        self.cpu = time.process_time()
        self.start = time.perf_counter()
        return self

    def __exit__(self, *_):
        self.seconds = time.perf_counter() - self.start
        self.cpu = time.process_time() - self.cpu
        self.busy = busy_seconds() - self.busy

    def result(self, cpu=None):
        cpu = self.cpu if cpu is None else cpu
        capacity = self.seconds * (os.cpu_count() or 1)
        # The kernel counts in ticks of 10 ms, so a short sample has no meaningful share.
        foreign = max(0.0, self.busy - cpu) / capacity if self.seconds > 0.25 else None
        return {"seconds": self.seconds, "cpu_seconds": cpu, "foreign": foreign}


def use_cores(count):
    """Pins every thread of this process to the first `count` cores, so that "one thread" means one core for everyone."""
    cores = set(sorted(ALL_CORES)[:count])
    for task in os.listdir("/proc/self/task"):
        try:
            os.sched_setaffinity(int(task), cores)
        except ProcessLookupError:
            pass


ALL_CORES = os.sched_getaffinity(0)


def run_child(command, threads, output):
    """Runs one command on `threads` cores, its standard output into the file `output`; wall, CPU and peak memory."""
    cores = set(sorted(ALL_CORES)[:threads])
    with open(output, "wb") as out, open(output + ".err", "wb") as err, Stopwatch() as watch:
        child = subprocess.Popen(command, stdout=out, stderr=err, preexec_fn=lambda: os.sched_setaffinity(0, cores))
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    result = watch.result(usage.ru_utime + usage.ru_stime)
    result["peak_mb"] = usage.ru_maxrss / 1024
    if child.returncode != 0:
        with open(output + ".err", errors="replace") as err:
            raise RuntimeError(f"{' '.join(command)}\nended with {child.returncode}: {err.read().strip()[-600:]}")
    return result


def forget_peak():
    """Starts a new high-water mark of this process's memory."""
    try:
        with open("/proc/self/clear_refs", "w") as refs:
            refs.write("5")
    except OSError:
        pass


def peak_mb():
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return None


def tree_bytes(path):
    """Length of every file under a path (a hard-linked file once) and the blocks they occupy."""
    seen, length, blocks = set(), 0, 0
    files = [path] if os.path.isfile(path) else [os.path.join(d, f) for d, _, names in os.walk(path) for f in names]
    for file in files:
        status = os.lstat(file)
        if (status.st_dev, status.st_ino) not in seen:
            seen.add((status.st_dev, status.st_ino))
            length += status.st_size
            blocks += status.st_blocks * 512
    return {"bytes": length, "blocks_bytes": blocks}


def summary(values):
    ordered = sorted(values)
    return {"median": statistics.median(ordered), "min": ordered[0], "max": ordered[-1], "samples": list(values)}


def fsync_seconds(folder, count=20):
    """Median time of writing 4 KiB and fdatasync: the floor under every durable figure of this machine."""
    path, times = os.path.join(folder, "fsync-probe"), []
    with open(path, "wb", buffering=0) as probe:
        for _ in range(count):
            probe.write(b"x" * 4096)
            start = time.perf_counter()
            os.fdatasync(probe.fileno())
            times.append(time.perf_counter() - start)
    os.remove(path)
    return statistics.median(times)


def machine(folder):
    model = "unknown"
    with open("/proc/cpuinfo") as info:
        for line in info:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    filesystem = subprocess.run(["stat", "-f", "-c", "%T", folder], capture_output=True, text=True).stdout.strip()
    return {
        "cpu": model, "cores": len(ALL_CORES), "memory_gib": round(memory, 1), "kernel": platform.release(),
        "file_system": filesystem, "free_disk_gib": round(shutil.disk_usage(folder).free / 2**30, 1),
        "fdatasync_ms": round(fsync_seconds(folder) * 1000, 3), "load_average": os.getloadavg()[0],
    }
