"""The same documents go through every way into deboil, and one hash is that of what comes out of each."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeAlias

import generated
import pyarrow
import pytest
from pyarrow import parquet
from pyspark.sql import SparkSession

import deboil
import deboil.spark

Texts: TypeAlias = Iterable[tuple[int, str]]
Clean: TypeAlias = Callable[[str, bytes], bytes]


@pytest.fixture(scope="module")
def texts(documents: list[generated.Made]) -> list[tuple[int, str]]:
    """What all ways can carry: no nulls, no addresses."""
    return [(made.id, made.text) for made in documents if made.text is not None]


@pytest.fixture(scope="module")
def expected(texts: list[tuple[int, str]], bundled: deboil.Cleaner) -> str:
    """The hash of what `clean_many` leaves, which is not that of what came in."""
    cleaned = bundled.clean_many(text for _, text in texts)
    left = digest((number, result.text) for (number, _), result in zip(texts, cleaned, strict=True))
    assert left != digest(texts)
    return left


def digest(texts: Texts) -> str:
    made = hashlib.sha256()
    for number, text in sorted(texts):
        data = text.encode()
        made.update(b"%d %d\n" % (number, len(data)) + data)
    return made.hexdigest()


@pytest.fixture
def clean(binary: Path, tmp_path: Path) -> Clean:
    """Has the program clean a file; gives the bytes of the cleaned one."""

    def run(name: str, given: bytes) -> bytes:
        (tmp_path / name).write_bytes(given)
        command = [binary, "clean", "--isolated", "--quiet", name, "-o", "out"]
        subprocess.run(command, check=True, cwd=tmp_path, capture_output=True)
        return (tmp_path / "out" / name).read_bytes()

    return run


def test_text_files(binary: Path, tmp_path: Path, texts: list[tuple[int, str]], expected: str) -> None:
    (tmp_path / "in").mkdir()
    for number, text in texts:
        (tmp_path / f"in/{number}.txt").write_bytes(text.encode())
    command = [binary, "clean", "--isolated", "--quiet", "in", "-o", "out"]
    subprocess.run(command, check=True, cwd=tmp_path, capture_output=True)
    assert digest((number, (tmp_path / f"out/{number}.txt").read_bytes().decode()) for number, _ in texts) == expected


# Each format of files of records that the program reads is a test here.


def test_json_lines(clean: Clean, texts: list[tuple[int, str]], expected: str) -> None:
    assert digest(from_json_lines(clean("a.jsonl", json_lines(texts)))) == expected


def test_json_lines_in_zstd(clean: Clean, texts: list[tuple[int, str]], expected: str) -> None:
    packed = pyarrow.BufferOutputStream()
    with pyarrow.CompressedOutputStream(packed, "zstd") as stream:
        stream.write(json_lines(texts))
    cleaned = clean("a.jsonl.zst", packed.getvalue().to_pybytes())
    with pyarrow.CompressedInputStream(io.BytesIO(cleaned), "zstd") as stream:
        assert digest(from_json_lines(stream.read())) == expected


def test_parquet(clean: Clean, texts: list[tuple[int, str]], expected: str) -> None:
    table = pyarrow.table({"id": [number for number, _ in texts], "text": [text for _, text in texts]})
    packed = pyarrow.BufferOutputStream()
    parquet.write_table(table, packed)
    cleaned = parquet.read_table(pyarrow.BufferReader(clean("a.parquet", packed.getvalue().to_pybytes())))
    assert digest((row["id"], row["text"]) for row in cleaned.to_pylist()) == expected


def json_lines(texts: Texts) -> bytes:
    return "".join(json.dumps({"id": number, "text": text}) + "\n" for number, text in texts).encode()


def from_json_lines(data: bytes) -> Texts:
    return ((record["id"], record["text"]) for record in map(json.loads, data.splitlines()))


def test_csv(clean: Clean, texts: list[tuple[int, str]], expected: str) -> None:
    table = io.StringIO(newline="")
    csv.writer(table).writerows([("id", "text"), *texts])
    cleaned = io.StringIO(clean("a.csv", table.getvalue().encode()).decode(), newline="")
    assert digest((int(row["id"]), row["text"]) for row in csv.DictReader(cleaned)) == expected


def test_arrow(bundled: deboil.Cleaner, texts: list[tuple[int, str]], expected: str) -> None:
    numbers, column = zip(*texts, strict=True)
    table = pyarrow.table({"id": numbers, "text": column})
    cleaned = pyarrow.table(bundled.clean_arrow(table))
    assert digest(zip(cleaned["id"].to_pylist(), cleaned["text"].to_pylist(), strict=True)) == expected


def test_spark(spark: SparkSession, texts: list[tuple[int, str]], expected: str) -> None:
    frame = spark.createDataFrame(texts, "id long, text string").repartition(5)
    assert digest((row.id, row.text) for row in deboil.spark.clean(frame).collect()) == expected
