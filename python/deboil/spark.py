"""deboil on Spark: a column of texts of a DataFrame is cleaned where its rows are.

It needs pyspark, 3.5 or later, with pyarrow, and on each executor the same version of deboil. Sessions of Spark Connect
have neither broadcasts nor accumulators, so they will not do.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

import pyarrow
import pyarrow.compute as compute
from pyspark import Broadcast
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.types import (
    ArrayType,
    BinaryType,
    DataType,
    LongType,
    MapType,
    StringType,
    StructField,
    StructType,
)

from deboil._cleaner import Cleaner, check_threads, unpickled
from deboil._results import Cleaned, Document, Removal

__all__ = ["META", "REMOVALS", "Metrics", "clean"]

META = MapType(StringType(), ArrayType(StringType()))
"""What `meta` holds: what deleted lines said, by `published`, `updated`, `byline`, `section` and `url`."""

REMOVALS = ArrayType(
    StructType(
        [
            StructField("rules", ArrayType(StringType())),
            StructField("categories", ArrayType(StringType())),
            StructField("start", LongType()),
            StructField("end", LongType()),
            StructField("text", StringType()),
        ]
    )
)
"""What `removals` holds, in order: the ids of the rules, their categories, where in bytes of UTF-8, and what went."""

_META_ARROW = pyarrow.map_(pyarrow.string(), pyarrow.list_(pyarrow.string()))
_REMOVALS_ARROW = pyarrow.list_(
    pyarrow.struct(
        [
            ("rules", pyarrow.list_(pyarrow.string())),
            ("categories", pyarrow.list_(pyarrow.string())),
            ("start", pyarrow.int64()),
            ("end", pyarrow.int64()),
            ("text", pyarrow.string()),
        ]
    )
)

_BINARY = {pyarrow.string(): pyarrow.binary(), pyarrow.large_string(): pyarrow.large_binary()}

# A worker that has seen other rules, as in a notebook, forgets the oldest.
_CLEANERS_KEPT = 4


class Metrics:
    """What was done, as accumulators of Spark, which count while a job runs.

    A task that runs again, since its executor was lost or the DataFrame is evaluated twice, may be counted again.
    """

    def __init__(self, spark: SparkSession) -> None:
        count = spark.sparkContext.accumulator
        self._documents, self._changed, self._bytes_in, self._bytes_out = count(0), count(0), count(0), count(0)

    @property
    def documents(self) -> int:
        """How many texts were looked at; a null is none."""
        return self._documents.value

    @property
    def changed(self) -> int:
        """How many of them lost something."""
        return self._changed.value

    @property
    def bytes_in(self) -> int:
        """How long the texts were, in bytes."""
        return self._bytes_in.value

    @property
    def bytes_out(self) -> int:
        """How long they are now."""
        return self._bytes_out.value


def clean(
    df: DataFrame,
    text: str = "text",
    url: str | None = None,
    source: str | None = None,
    *,
    lang: str | None = None,
    cleaner: Cleaner | None = None,
    threads: int = 1,
    removals: str | None = None,
    meta: str | None = None,
    metrics: Metrics | None = None,
) -> DataFrame:
    """Deletes the junk of the texts in a column; the other columns stay what they are, and a null stays null.

    `text` names the column of strings or binary data, `url` one with the addresses that they were scraped from, `lang`
    one with their languages; `source` is the id of who published all of them. Like all that makes a DataFrame of
    another, this does nothing until the rows are asked for.

    - `cleaner`: the rules and options; the bundled rules if `None`. They go to each executor once.
    - `threads`: how many threads clean in a task. Spark runs a task on each core, so one; `spark.task.cpus` if it
      gives tasks more.
    - `removals`, `meta`: names of columns to add or replace, with what went (`REMOVALS`) and with what deleted lines
      said (`META`). They take time of their own.
    - `metrics`: counts what is done.

    A column that is missing or holds no strings, an added one in the place of the texts or of the other, and an unknown
    `source`, are a `ValueError`.
    """
    _check_column(df.schema, text, (StringType, BinaryType))
    for name in (url, lang):
        if name is not None:
            _check_column(df.schema, name, (StringType,))
    _check_added(text, removals, meta)
    check_threads(threads)
    cleaner = cleaner or Cleaner()
    # An unknown source is an error here, not in a task.
    cleaner.clean("", source=source)
    _, (rules,) = cleaner.__reduce__()
    shipped = df.sparkSession.sparkContext.broadcast(pickle.dumps(rules._replace(threads=threads)))
    task = _Task(shipped, text, url, source, lang, removals, meta, metrics)
    return df.mapInArrow(task.run, _schema(df.schema, [(meta, META), (removals, REMOVALS)]))


@dataclass(frozen=True)
class _Task:
    """What is done with the rows of a partition."""

    rules: Broadcast[bytes]
    text: str
    url: str | None
    source: str | None
    lang: str | None
    removals: str | None
    meta: str | None
    metrics: Metrics | None

    def run(self, batches: Iterable[pyarrow.RecordBatch]) -> Iterator[pyarrow.RecordBatch]:
        cleaner = _cleaner(self.rules.value)
        for batch in batches:
            index = batch.schema.get_field_index(self.text)
            column = batch.column(index)
            # Spark does not check that its strings are UTF-8, so they are cleaned as the bytes that they are.
            texts = column.view(_BINARY.get(column.type, column.type))
            viewed = batch.set_column(index, self.text, texts)
            left = self._cleaned(cleaner, viewed) if self._is_silent() else self._told(cleaner, viewed)
            if self.metrics:
                _count(self.metrics, texts, left.column(index))
            yield left.set_column(index, batch.field(index), left.column(index).view(column.type))

    def _is_silent(self) -> bool:
        return self.removals is None and self.meta is None

    def _cleaned(self, cleaner: Cleaner, batch: pyarrow.RecordBatch) -> pyarrow.RecordBatch:
        stream = cleaner.clean_arrow(batch, self.text, self.url, self.source, lang=self.lang)
        return pyarrow.RecordBatchReader.from_stream(stream).read_next_batch()

    def _told(self, cleaner: Cleaner, batch: pyarrow.RecordBatch) -> pyarrow.RecordBatch:
        """As `_cleaned`, and adds columns that say what was done."""
        texts = batch[self.text]
        cleaned = cleaner.clean_many(self._documents(batch))
        rows = [next(cleaned) if text.is_valid else None for text in texts]
        batch = _with_column(batch, self.text, pyarrow.array([row and row.text for row in rows], texts.type))
        if self.meta is not None:
            said = [_meta(row) if row else [] for row in rows]
            batch = _with_column(batch, self.meta, pyarrow.array(said, _META_ARROW))
        if self.removals is not None:
            gone = [[_removal(removal) for removal in row.removals] if row else [] for row in rows]
            batch = _with_column(batch, self.removals, pyarrow.array(gone, _REMOVALS_ARROW))
        return batch

    def _documents(self, batch: pyarrow.RecordBatch) -> Iterator[Document[bytes]]:
        nothing = pyarrow.nulls(batch.num_rows)
        urls, langs = (batch[name] if name is not None else nothing for name in (self.url, self.lang))
        for text, url, lang in zip(batch[self.text], urls, langs, strict=True):
            if text.is_valid:
                yield Document(text.as_py(), _string(url), self.source, _string(lang))


def _string(value: pyarrow.Scalar) -> str | None:
    """What is told of a row; nothing if it is no UTF-8, as for `clean_arrow`."""
    try:
        return cast(str | None, value.as_py())
    except UnicodeDecodeError:
        return None


@lru_cache(_CLEANERS_KEPT)
def _cleaner(rules: bytes) -> Cleaner:
    """The cleaner of this worker, which lives longer than a task."""
    return unpickled(pickle.loads(rules))


def _count(metrics: Metrics, before: pyarrow.Array, after: pyarrow.Array) -> None:
    lengths_in, lengths_out = compute.binary_length(before), compute.binary_length(after)
    # Cleaning only deletes, so what is as long as before is what it was.
    changed = compute.not_equal(lengths_in, lengths_out)
    metrics._documents.add(len(before) - before.null_count)
    metrics._changed.add(_total(changed))
    metrics._bytes_in.add(_total(lengths_in))
    metrics._bytes_out.add(_total(lengths_out))


def _total(column: pyarrow.Array) -> int:
    return int(compute.sum(column, min_count=0).as_py())


def _meta(cleaned: Cleaned[bytes]) -> list[tuple[str, list[str]]]:
    """What deleted lines said. What several rules read in one line is said once."""
    return [(name, list(dict.fromkeys(values))) for name, values in sorted(cleaned.metadata.items())]


def _removal(removal: Removal[bytes]) -> dict[str, object]:
    return {
        "rules": removal.rules,
        "categories": sorted(set(removal.categories)),
        "start": removal.start,
        "end": removal.end,
        "text": removal.text.decode(errors="replace"),
    }


def _with_column(batch: pyarrow.RecordBatch, name: str, column: pyarrow.Array) -> pyarrow.RecordBatch:
    """The batch with a column in the place of one of that name, or as the last."""
    index = batch.schema.get_field_index(name)
    return batch.append_column(name, column) if index < 0 else batch.set_column(index, name, column)


def _schema(schema: StructType, added: Iterable[tuple[str | None, DataType]]) -> StructType:
    """The schema with some columns in the places of those of their names, or as the last."""
    fields = {field.name: field for field in schema}
    fields |= {name: StructField(name, kind) for name, kind in added if name is not None}
    return StructType(list(fields.values()))


def _check_column(schema: StructType, name: str, kinds: tuple[type[DataType], ...]) -> None:
    types = {field.name: field.dataType for field in schema}
    if name not in types:
        raise ValueError(f"there is no column `{name}`; there are {', '.join(f'`{other}`' for other in types)}")
    if not isinstance(types[name], kinds):
        raise ValueError(f"the column `{name}` holds {types[name].simpleString()}; cast it to strings first")


def _check_added(text: str, removals: str | None, meta: str | None) -> None:
    for name, others in ((removals, [text]), (meta, [text, removals])):
        if name is not None and name in others:
            raise ValueError(f"the column `{name}` is named twice; give what is added names of its own")
