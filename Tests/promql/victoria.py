"""Debian's victoria-metrics, started by hand on a directory of its own."""

import os
import shutil
import subprocess
import time

import prometheus


class Victoria(prometheus.Server):
    def __init__(self, folder):
        super().__init__("127.0.0.1", prometheus.free_port(), "")
        os.makedirs(folder)
        self.log = open(os.path.join(folder, "log"), "w")
        self.process = subprocess.Popen(
            [shutil.which("victoria-metrics"), f"-storageDataPath={folder}/data", "-retentionPeriod=100y",
             f"-httpListenAddr=127.0.0.1:{self.port}", "-search.latencyOffset=0s"], stdout=self.log, stderr=self.log)
        for _ in range(200):
            try:
                if self.call("GET", "/health")[0] == 200:
                    return
            except OSError:
                pass
            time.sleep(0.1)
        raise RuntimeError("victoria-metrics did not become ready; see " + folder)

    def stop(self):
        self.process.terminate()
        self.process.wait()
