"""What deboil costs on Spark: one executor against two, and the way through Python against none.

usage: python python/benches/spark.py [OPTIONS]

It needs Java, the built program (cargo build --release), and an environment with the package:

  python3 -m venv target/spark
  target/spark/bin/pip install './python[spark]'
  target/spark/bin/python python/benches/spark.py

Documents are made from the fixtures of the repository by a seed, and read from Parquet by a cluster on this machine; the
rows that come out are thrown away. Each step has its turn in each round, after a round that does not count.
The table goes to standard output. Ratios say more than seconds, as a machine may have other work.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
# The cluster and the documents are those of the tests.
sys.path.insert(0, str(ROOT / "python/tests"))
sys.dont_write_bytecode = True

import generated
import pyarrow
import pyarrow.parquet
import standalone
from pyspark.sql import DataFrame, SparkSession

import deboil.spark

FILES = 16
# The tests have their machines compile little; here they run as they do anywhere.
USUAL = {"spark.driver.extraJavaOptions": "", "spark.executor.extraJavaOptions": ""}


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--deboil", type=Path, default=ROOT / "target/release/deboil", help="the program")
    parser.add_argument("--documents", type=int, default=60_000, help="how many (default 60,000)")
    parser.add_argument("--rounds", type=int, default=5, help="how often each step runs (default 5)")
    return parser.parse_args()


def make(folder: Path, count: int) -> int:
    """Writes the documents as Parquet and as JSON Lines; the bytes of their texts."""
    documents = generated.documents(ROOT, count)
    (folder / "parquet").mkdir()
    for number in range(FILES):
        rows = [made._asdict() for made in documents[number::FILES]]
        pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), folder / f"parquet/{number}.parquet")
    with (folder / "documents.jsonl").open("w") as file:
        file.writelines(json.dumps(made._asdict(), ensure_ascii=False) + "\n" for made in documents)
    return sum(len(made.text.encode()) for made in documents if made.text is not None)


def spark_steps(spark: SparkSession, folder: Path) -> dict[str, Callable[[], None]]:
    def run(frame: DataFrame) -> Callable[[], None]:
        return lambda: frame.write.format("noop").mode("overwrite").save()

    def handed_on(batches: Iterable[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        yield from batches

    frame = spark.read.parquet(str(folder / "parquet"))
    return {
        "Spark reads": run(frame),
        "Spark, through Python and back": run(frame.mapInArrow(handed_on, frame.schema)),
        "Spark, `deboil.spark.clean`": run(deboil.spark.clean(frame, url="url")),
        "Spark, the same with `removals`": run(deboil.spark.clean(frame, url="url", removals="removals")),
    }


def program(given: argparse.Namespace, folder: Path, threads: int) -> Callable[[], None]:
    command = [given.deboil, "clean", "--isolated", "--quiet", "-j", str(threads), folder / "documents.jsonl"]
    return lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL) and None


def measure(steps: dict[str, Callable[[], None]], rounds: int) -> dict[str, list[float]]:
    """The seconds that each step takes in each round."""
    times: dict[str, list[float]] = {name: [] for name in steps}
    for number in range(rounds + 1):
        for name, step in steps.items():
            start = time.perf_counter()
            step()
            if number > 0:
                times[name].append(time.perf_counter() - start)
    return times


def table(measured: dict[int, dict[str, list[float]]], size: int) -> Iterator[str]:
    yield "| | cores | seconds | MB/s | × the program on as many | × itself on one |"
    yield "| --- | --: | --: | --: | --: | --: |"
    for name in measured[1]:
        for cores, times in measured.items():
            seconds, program, one = (median(row) for row in (times[name], times["the program"], measured[1][name]))
            figures = f"{seconds:.2f} | {size / seconds / 1e6:.1f} | {seconds / program:.2f} | {seconds / one:.2f}"
            yield f"| {name} | {cores} | {figures} |"


def main() -> None:
    given = options()
    if obstacle := standalone.obstacle():
        sys.exit(obstacle)
    measured = {}
    with tempfile.TemporaryDirectory(prefix="deboil-spark-") as made:
        folder = Path(made)
        size = make(folder, given.documents)
        with standalone.cluster(folder, cores=(1, 1)) as cluster:
            for cores in (1, 2):
                with standalone.session(cluster.url, folder, {**USUAL, "spark.cores.max": str(cores)}) as spark:
                    steps = {"the program": program(given, folder, cores), **spark_steps(spark, folder)}
                    measured[cores] = measure(steps, given.rounds)
    print(f"{given.documents:,} documents, {size / 1e6:.1f} MB of text; medians of {given.rounds} rounds.\n")
    print("\n".join(table(measured, size)))


if __name__ == "__main__":
    main()
