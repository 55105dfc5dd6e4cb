"""How people use the package, for type checkers to judge. It is not run."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from pyspark.sql import DataFrame, SparkSession
from typing_extensions import assert_type

import deboil
import deboil.spark

assert_type(deboil.clean("text").text, str)
assert_type(deboil.clean(b"text", url="https://example.com/").text, bytes)

cleaner = deboil.Cleaner([Path("mine.toml"), "rules"], isolated=False, keep=["ad"], aggressive=True, threads=4)
assert_type(cleaner.clean_many(["one", "two"]), Iterator[deboil.Cleaned[str]])
assert_type(cleaner.clean_many([deboil.Document(b"one", url="https://example.com/")]), Iterator[deboil.Cleaned[bytes]])

cleaned = cleaner.clean("text", source="bbc", lang="en", path=Path("a.txt"))
assert_type(cleaned.removals, tuple[deboil.Removal[str], ...])
assert_type(cleaned.removals[0].text, str)
assert_type(cleaned.metadata, Mapping[str, tuple[str, ...]])
assert_type(cleaned.reason, str | None)

for match in cleaner.explain(b"text").matches:
    assert_type(match.text, bytes)
    assert_type(match.reason, str | None)

try:
    deboil.Cleaner("broken.toml")
except deboil.RuleError as error:
    assert_type(error.mistakes, tuple[deboil.Mistake, ...])
    assert_type(error.line, int | None)



def on_spark(spark: SparkSession, frame: DataFrame) -> int:
    metrics = deboil.spark.Metrics(spark)
    assert_type(deboil.spark.clean(frame, "body", "url", "bbc", lang="lang", metrics=metrics), DataFrame)
    assert_type(deboil.spark.clean(frame, cleaner=cleaner, threads=2, removals="removals", meta="meta"), DataFrame)
    deboil.spark.clean([])  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    return metrics.documents


cleaner.clean(1)  # type: ignore[type-var] # pyright: ignore[reportArgumentType]
cleaner.clean("text", langs="en")  # type: ignore[call-arg] # pyright: ignore[reportCallIssue]
cleaned.text = "other"  # type: ignore[misc] # pyright: ignore[reportAttributeAccessIssue]
