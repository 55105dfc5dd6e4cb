"""What the program leaves of Parquet is read by other libraries as they read it before."""

import datetime
import decimal
import subprocess
from pathlib import Path
from typing import Any

import polars
import pyarrow
import pytest
from pyarrow import parquet

PROSE = "The council voted on Monday for a new harbour after two hours of debate.\n"
ROWS = 100
# In the second row group of 30 rows nothing changes.
GROUP = 30


def texts() -> list[str | None]:
    """Texts, of which some start with junk and some are none."""
    junk = ["" if GROUP <= row < 2 * GROUP or row % 3 else "Advertisement\n\n" for row in range(ROWS)]
    return [None if row % 7 == 1 else f"{junk[row]}{row}: {PROSE}" for row in range(ROWS)]


def left() -> list[str | None]:
    """What is left of them."""
    return [text and text.removeprefix("Advertisement\n\n") for text in texts()]


def table(text: pyarrow.DataType) -> pyarrow.Table:
    """A table with columns of many types around the text."""
    rows = range(ROWS)
    times = [datetime.datetime(2020, 1, 1)] * ROWS
    columns = {
        "id": pyarrow.array(rows, pyarrow.uint64()),
        "text": pyarrow.array(texts(), pyarrow.string()).cast(text),
        "url": pyarrow.array([f"https://gazette.example/{row}" for row in rows]),
        "tags": pyarrow.array([[f"tag {row}", None] if row % 2 else None for row in rows]),
        "nested": pyarrow.array([{"a": row, "b": {"c": [1.5] * (row % 3)}} if row % 5 else None for row in rows]),
        "counts": pyarrow.array([[("k", row)] for row in rows], pyarrow.map_(pyarrow.string(), pyarrow.int32())),
        "when": pyarrow.array(times, pyarrow.timestamp("us", tz="Europe/Oslo")),
        "price": pyarrow.array([decimal.Decimal("1.50")] * ROWS, pyarrow.decimal128(10, 2)),
        "kind": pyarrow.array([f"kind {row % 4}" for row in rows]).dictionary_encode(),
        "took": pyarrow.array(rows, pyarrow.duration("s")),
    }
    return pyarrow.table(columns, metadata={"made": "by hand"})


def clean(binary: Path, pack: Path, folder: Path, *flags: str) -> Path:
    """Cleans the table in a folder."""
    command = [binary, "clean", folder / "in.parquet", "-o", folder / "out", "--quiet", *flags]
    subprocess.run([*command, "--isolated", "--no-bundled", "--rules", pack], check=True, cwd=folder)
    return folder / "out" / "in.parquet"


def metadata(path: Path) -> dict[str, Any]:
    """What the footer says, but where the columns are and how much the texts take."""
    known = parquet.read_metadata(path).to_dict()
    known.pop("serialized_size")
    for group in known["row_groups"]:
        group.pop("total_byte_size")
        for column in group["columns"]:
            column["encodings"] = sorted(column["encodings"])
            for place in ("file_offset", "data_page_offset", "dictionary_page_offset"):
                column[place] = column[place] is not None
            if column["path_in_schema"] == "text":
                for size in ("total_compressed_size", "total_uncompressed_size", "statistics"):
                    column.pop(size)
    return known


SETTINGS: list[dict[str, Any]] = [
    {"compression": codec, "data_page_version": version, "use_dictionary": has_dictionary, "write_page_index": has_index}
    for number, codec in enumerate(["none", "snappy", "gzip", "zstd", "lz4", "brotli"])
    for version, has_dictionary in [("1.0", True), ("2.0", False)]
    for has_index in [number % 2 == 0]
]


@pytest.mark.parametrize("settings", SETTINGS, ids=lambda settings: "-".join(map(str, settings.values())))
def test_all_but_the_texts_is_read_as_before(
    binary: Path, pack: Path, tmp_path: Path, settings: dict[str, Any]
) -> None:
    sorting = [parquet.SortingColumn(0)]
    old = tmp_path / "in.parquet"
    parquet.write_table(
        table(pyarrow.large_string()), old, row_group_size=GROUP, sorting_columns=sorting, **settings
    )
    new = clean(binary, pack, tmp_path)
    assert metadata(new) == metadata(old)
    before, after = parquet.read_table(old), parquet.read_table(new)
    assert parquet.read_schema(new).equals(parquet.read_schema(old), check_metadata=True)
    assert after["text"].to_pylist() == left()
    assert after.drop_columns("text").equals(before.drop_columns("text"))
    assert polars.read_parquet(new)["text"].to_list() == left()


@pytest.mark.parametrize("kind", ["string", "string_view", "binary", "large_binary"])
def test_each_type_of_text_stays_what_it_is(binary: Path, pack: Path, tmp_path: Path, kind: str) -> None:
    old = table(getattr(pyarrow, kind)())
    parquet.write_table(old, tmp_path / "in.parquet")
    new = parquet.read_table(clean(binary, pack, tmp_path))
    assert new.schema.field("text").equals(parquet.read_schema(tmp_path / "in.parquet").field("text"))
    assert new["text"].cast(pyarrow.string()).to_pylist() == left()


def test_texts_in_a_dictionary_and_in_a_structure_are_cleaned(binary: Path, pack: Path, tmp_path: Path) -> None:
    old = table(pyarrow.string())
    nested = pyarrow.StructArray.from_arrays([old["text"].combine_chunks(), old["id"].combine_chunks()], ["body", "n"])
    old = old.set_column(1, "text", old["text"].dictionary_encode()).append_column("data", nested)
    parquet.write_table(old, tmp_path / "in.parquet")
    new = parquet.read_table(clean(binary, pack, tmp_path))
    assert new.schema.equals(parquet.read_schema(tmp_path / "in.parquet"), check_metadata=True)
    assert new["text"].to_pylist() == left()
    new = parquet.read_table(clean(binary, pack, tmp_path, "--text-field", "data.body"))
    assert [row["body"] for row in new["data"].to_pylist()] == left()


def test_added_columns_are_there_for_all_readers(binary: Path, pack: Path, tmp_path: Path) -> None:
    old = table(pyarrow.large_string())
    parquet.write_table(old, tmp_path / "in.parquet", row_group_size=GROUP)
    path = clean(binary, pack, tmp_path, "--removals-field", "kind", "--meta-field", "meta")
    new = parquet.read_table(path)
    assert new.column_names == [*old.column_names, "meta"]
    assert (new.schema.field("kind").type, new.schema.field("meta").type) == (pyarrow.string(), pyarrow.string())
    assert new.schema.metadata == old.schema.metadata
    changed = ["text", "kind", "meta"]
    assert new.drop_columns(changed).equals(parquet.read_table(tmp_path / "in.parquet").drop_columns(changed[:2]))
    assert [value != "[]" for value in new["kind"].to_pylist()] == [old != new for old, new in zip(texts(), left())]
    assert polars.read_parquet(path)["meta"].to_list() == ["{}"] * ROWS


def test_what_polars_writes_is_cleaned(binary: Path, pack: Path, tmp_path: Path) -> None:
    old = polars.from_arrow(table(pyarrow.string()))
    assert isinstance(old, polars.DataFrame)
    old.write_parquet(tmp_path / "in.parquet", row_group_size=GROUP)
    new = polars.read_parquet(clean(binary, pack, tmp_path))
    assert new["text"].to_list() == left()
    assert new.drop("text").equals(old.drop("text"))
