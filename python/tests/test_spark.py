"""deboil on a cluster of Spark: what comes out is what the program gives."""

from __future__ import annotations

import datetime
import json
import os
import pickle
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import generated
import pyarrow.parquet
import pytest
import standalone
from pyspark import TaskContext
from pyspark.errors import PythonException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import Row

import deboil
import deboil.spark

SCHEMA = "id long, text string, url string"
PARTITIONS = 9

JUNK = "One two three.\nAdvertisement\n"
LEFT = "One two three.\n"


@pytest.fixture(scope="module")
def records(binary: Path, documents: list[generated.Made]) -> dict[int, dict[str, Any]]:
    """What the program makes of them, by their ids."""
    lines = "".join(json.dumps(made._asdict()) + "\n" for made in documents)
    command = [binary, "clean", "--isolated", "--quiet", "--removals-field", "removals", "--meta-field", "meta", "-"]
    done = subprocess.run(command, check=True, input=lines, capture_output=True, encoding="utf-8")
    return {record["id"]: record for record in map(json.loads, done.stdout.splitlines())}


@pytest.fixture
def df(spark: SparkSession, documents: list[generated.Made]) -> DataFrame:
    return spark.createDataFrame(documents, SCHEMA).repartition(PARTITIONS)


def test_a_cluster_gives_what_the_program_gives(
    spark: SparkSession, df: DataFrame, records: dict[int, dict[str, Any]]
) -> None:
    metrics = deboil.spark.Metrics(spark)
    cleaned = deboil.spark.clean(df, url="url", removals="removals", meta="meta", metrics=metrics)
    rows = [row.asDict(recursive=True) for row in cleaned.collect()]
    assert {row["id"]: row for row in rows} == records
    assert len(rows) == len(records)
    texts = [made.text for made in df.collect() if made.text is not None]
    left = [record["text"] for record in records.values() if record["text"] is not None]
    changed = sum(bool(record["removals"]) for record in records.values())
    assert (metrics.documents, metrics.changed) == (len(texts), changed)
    assert (metrics.bytes_in, metrics.bytes_out) == (sum(map(size, texts)), sum(map(size, left)))
    assert changed > len(records) // 2


def size(text: str) -> int:
    return len(text.encode())


def test_a_worker_that_is_killed_amid_its_work_changes_nothing(
    cluster: standalone.Cluster,
    spark: SparkSession,
    df: DataFrame,
    records: dict[int, dict[str, Any]],
    tmp_path: Path,
) -> None:
    marks, go, out = tmp_path / "marks", tmp_path / "go", tmp_path / "out"
    metrics = deboil.spark.Metrics(spark)
    cleaned = deboil.spark.clean(df.mapInArrow(waiting(marks, go), df.schema), url="url", metrics=metrics)
    job = threading.Thread(target=lambda: cleaned.write.parquet(str(out)))
    job.start()
    try:
        while not (begun := list(marks.glob("*/*"))):
            assert job.is_alive()
            time.sleep(0.02)
        killed = begun[0].parent.name
        cluster.workers[killed].kill()
        lost = {mark.name for mark in marks.glob(f"{killed}/*")}
    finally:
        go.touch()
        job.join()
        cluster.add_worker(1)
    assert lost <= {mark.name for mark in marks.glob("*/*") if mark.parent.name != killed}
    table = pyarrow.parquet.read_table(out)
    assert sorted(table["id"].to_pylist()) == sorted(records)
    for row in table.to_pylist():
        assert row["text"] == records[row["id"]]["text"]
    # The tasks that were lost have not been counted.
    assert metrics.documents == len(records) - table["text"].null_count


def waiting(marks: Path, go: Path) -> Callable[[Iterable[pyarrow.RecordBatch]], Iterator[pyarrow.RecordBatch]]:
    """A step before the cleaning: after its first batch, a task of the later ones says where it is, and waits."""

    def step(batches: Iterable[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        partition = TaskContext.get().partitionId()
        for number, batch in enumerate(batches):
            if number == 1 and partition > 2:
                # An executor works in a folder of its own below that of the application, below that of the worker.
                place = marks / Path.cwd().parents[1].name
                place.mkdir(parents=True, exist_ok=True)
                (place / str(partition)).touch()
                while not go.exists():
                    time.sleep(0.02)
            yield batch

    return step


def test_all_else_stays_what_it_is(spark: SparkSession, cleaner: deboil.Cleaner) -> None:
    schema = (
        "id int not null, day date, at timestamp, price decimal(9,2), tags map<string,array<int>>, "
        "nested struct<a:struct<b:binary>,text:string>, text string, flag boolean"
    )
    at = datetime.datetime(2017, 9, 21, 14, 15)
    nested = Row(a=Row(b=bytearray(b"\xff")), text=JUNK)
    rows = [
        Row(id=7, day=at.date(), at=at, price=Decimal("1.50"), tags={"a": [1]}, nested=nested, text=JUNK, flag=True),
        Row(id=8, day=None, at=None, price=None, tags=None, nested=None, text=None, flag=None),
    ]
    frame = spark.createDataFrame(rows, schema)
    cleaned = deboil.spark.clean(frame, cleaner=cleaner)
    assert cleaned.schema == frame.schema
    [first, second] = cleaned.orderBy("id").collect()
    assert first == Row(**{**rows[0].asDict(), "text": LEFT})
    assert second == rows[1]


def test_binary_columns_and_strings_that_are_no_utf_8(spark: SparkSession, cleaner: deboil.Cleaner) -> None:
    frame = spark.createDataFrame([(bytearray(JUNK.encode() + b"\xff\n"),), (None,)], "text binary")
    expected = [bytearray(LEFT.encode() + b"\xff\n"), None]
    assert [row.text for row in deboil.spark.clean(frame, cleaner=cleaner).collect()] == expected
    strings = frame.selectExpr("cast(text as string) as body", "cast(x'ff' as string) as url")
    for removals in (None, "removals"):
        cleaned = deboil.spark.clean(strings, "body", "url", cleaner=cleaner, removals=removals)
        assert [row.body for row in cleaned.selectExpr("cast(body as binary) as body").collect()] == expected


def test_added_columns_take_the_place_of_those_of_their_names(spark: SparkSession, cleaner: deboil.Cleaner) -> None:
    frame = spark.createDataFrame([("old", JUNK)], "removals string, text string")
    cleaned = deboil.spark.clean(frame, cleaner=cleaner, removals="removals", meta="meta")
    assert cleaned.columns == ["removals", "text", "meta"]
    removal = Row(rules=["test.label"], categories=["ad"], start=15, end=29, text="Advertisement\n")
    assert cleaned.collect() == [Row(removals=[removal], text=LEFT, meta={})]


def test_url_source_and_language_are_told(spark: SparkSession, telling: deboil.Cleaner) -> None:
    text = "One two three. Four five six.\nOf the harbour\nAnzeige\n"
    rows = [(1, text, "https://harbour.example/a", "en"), (2, text, None, None)]
    frame = spark.createDataFrame(rows, "id int, text string, url string, lang string").coalesce(1)
    head, harbour, label = text.splitlines(keepends=True)
    for removals in (None, "removals"):

        def left(**told: str) -> list[str]:
            cleaned = deboil.spark.clean(frame, cleaner=telling, removals=removals, **told)
            return [row.text for row in cleaned.collect()]

        assert left() == [head + harbour] * 2
        assert left(url="url", lang="lang") == [head + label, head + harbour]
        assert left(source="harbour") == [head] * 2


def test_a_worker_makes_a_cleaner_once(spark: SparkSession, cleaner: deboil.Cleaner) -> None:
    """It is found again by the rules that were shipped, whatever the job."""

    def made(_: Iterable[Any]) -> Iterator[tuple[int, int]]:
        yield os.getpid(), deboil.spark._cleaner.cache_info().misses

    frame = spark.createDataFrame([(JUNK,)] * 6, "text string").repartition(6)
    tasks = spark.sparkContext.parallelize(range(6), 6)
    deboil.spark.clean(frame, cleaner=cleaner).collect()
    before = dict(tasks.mapPartitions(made).collect())
    deboil.spark.clean(frame, cleaner=cleaner).collect()
    after = dict(tasks.mapPartitions(made).collect())
    assert before.keys() & after.keys()
    assert all(after[worker] == before[worker] for worker in before.keys() & after.keys())


def test_other_rules_on_an_executor_are_an_error_of_the_job(
    spark: SparkSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deboil.Cleaner, "rules_hash", "of another version")
    frame = spark.createDataFrame([(JUNK,)], "text string")
    with pytest.raises(PythonException, match="install the same version on both sides"):
        deboil.spark.clean(frame).collect()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"text": "body"}, "there is no column `body`; there are `text`, `id`"),
        ({"text": "id"}, "the column `id` holds bigint; cast it to strings first"),
        ({"url": "id"}, "the column `id` holds bigint"),
        ({"lang": "language"}, "there is no column `language`"),
        ({"source": "bbbc"}, "did you mean"),
        ({"removals": "text"}, "the column `text` is named twice"),
        ({"removals": "added", "meta": "added"}, "the column `added` is named twice"),
        ({"threads": 0}, "there must be at least one"),
    ],
)
def test_mistakes_are_found_before_the_job(spark: SparkSession, options: dict[str, Any], message: str) -> None:
    frame = spark.createDataFrame([], "text string, id long")
    with pytest.raises(ValueError, match=message):
        deboil.spark.clean(frame, **options)
