"""A cluster of Spark on the loopback interface: a master and workers, in processes of their own."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager, suppress
from pathlib import Path

import pyspark
from pyspark import SparkContext
from pyspark.sql import SparkSession

LOOPBACK = "127.0.0.1"
# What pyspark 4 runs on.
LEAST_JAVA = 17
# Most of the time goes into starts, so the virtual machines compile little and run few threads.
QUICK = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"


def obstacle() -> str | None:
    """Why Spark cannot run here, if it cannot: it needs Java, and none that is too old."""
    home = os.environ.get("JAVA_HOME")
    program = Path(home) / "bin/java" if home else shutil.which("java")
    cure = f"install Java {LEAST_JAVA} or later, and put `java` on the path or name its folder in JAVA_HOME"
    if program is None:
        return f"there is no Java; {cure}"
    try:
        told = subprocess.run([program, "-version"], check=True, capture_output=True, text=True).stderr
    except (OSError, subprocess.CalledProcessError) as error:
        return f"`{program} -version` fails ({error}); {cure}"
    version = re.search(r'version "(\d+)', told)
    return None if version and int(version[1]) >= LEAST_JAVA else f"`{program}` is too old; {cure}"


class Daemon:
    """A master or a worker. The executors that it starts belong to its process group."""

    def __init__(self, name: str, folder: Path, kind: str, *arguments: str) -> None:
        self.name = name
        self._log = folder / f"{name}.log"
        command = [Path(pyspark.__file__).parent / "bin/spark-class", f"org.apache.spark.deploy.{kind}"]
        options = ["--host", LOOPBACK, "--port", "0", "--webui-port", "0"]
        environment = {
            **os.environ,
            "SPARK_LOCAL_DIRS": str(folder / "local"),
            "SPARK_DAEMON_JAVA_OPTS": QUICK,
            "SPARK_DAEMON_MEMORY": "256m",
            # It has a port that cannot be left to the system.
            "SPARK_MASTER_OPTS": "-Dspark.master.rest.enabled=false",
        }
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [*command, *options, *arguments], cwd=folder, env=environment, start_new_session=True,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )

    def wait_for(self, pattern: str) -> str:
        """Waits until the pattern matches in the log; its group."""
        while True:
            is_over = self._process.poll() is not None
            log = self._log.read_text(errors="replace")
            if found := re.search(pattern, log):
                return found[1]
            if is_over:
                raise RuntimeError(f"the {self.name} of Spark has ended:\n{log}")
            time.sleep(0.05)

    def kill(self) -> None:
        """Ends it and its executors at once, which they cannot notice."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


class Cluster:
    """A master and its workers. Each worker runs an executor for each of its cores."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._master = Daemon("master", folder, "master.Master")
        self.workers: dict[str, Daemon] = {}

    @property
    def url(self) -> str:
        """Where the master listens."""
        return self._master.wait_for(rf"Starting Spark master at (spark://{LOOPBACK}:\d+)")

    def add_worker(self, cores: int) -> None:
        """Starts a worker. Its executors run in folders below one that has its name."""
        name = f"worker-{len(self.workers)}"
        arguments = ["--cores", str(cores), "--memory", f"{cores}g", "--work-dir", str(self._folder / name), self.url]
        self.workers[name] = Daemon(name, self._folder, "worker.Worker", *arguments)

    def stop(self) -> None:
        """Ends all of it."""
        for daemon in (*self.workers.values(), self._master):
            daemon.kill()


@contextmanager
def cluster(folder: Path, cores: tuple[int, ...]) -> Iterator[Cluster]:
    """A cluster that has a worker with each of these numbers of cores."""
    started = Cluster(folder)
    try:
        for number in cores:
            started.add_worker(number)
        yield started
    finally:
        started.stop()


@contextmanager
def session(url: str, folder: Path, options: Mapping[str, str]) -> Iterator[SparkSession]:
    """A session at a master, whose executors have a core each, with further options of Spark.

    It finds paths from the folder.
    """
    os.environ |= {"SPARK_LOCAL_IP": LOOPBACK, "PYSPARK_PYTHON": sys.executable}
    builder = SparkSession.builder.master(url).appName("deboil")
    for name, value in {
        "spark.driver.extraJavaOptions": QUICK,
        "spark.driver.host": LOOPBACK,
        "spark.executor.cores": "1",
        "spark.executor.extraJavaOptions": QUICK,
        "spark.executor.memory": "512m",
        "spark.local.dir": str(folder / "local"),
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        **options,
    }.items():
        builder = builder.config(name, value)
    with chdir(folder):
        spark = builder.getOrCreate()
    try:
        yield spark
    finally:
        spark.stop()
        _end_gateway()


def _end_gateway() -> None:
    """Ends the virtual machine of the session, which else stays until this process ends."""
    gateway, SparkContext._gateway, SparkContext._jvm = SparkContext._gateway, None, None
    gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.wait()
