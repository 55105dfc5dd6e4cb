"""Tables of other libraries."""

import threading

import polars
import pyarrow
import pytest

import deboil

JUNK = ["One two three.\nAdvertisement\n", None, "Über die Brücke.\n", "Four five six.\nAdvertisement\n"]
LEFT = ["One two three.\n", None, "Über die Brücke.\n", "Four five six.\n"]


@pytest.mark.parametrize("kind", ["string", "large_string", "string_view", "binary", "large_binary", "binary_view"])
def test_each_type_of_text_is_cleaned_and_stays_what_it_is(cleaner: deboil.Cleaner, kind: str) -> None:
    made = getattr(pyarrow, kind)()
    texts, left = ([text.encode() if text and "binary" in kind else text for text in side] for side in (JUNK, LEFT))
    table = pyarrow.table({"id": range(4), "text": pyarrow.array(texts, made)}, metadata={"made": "by hand"})
    cleaned = pyarrow.table(cleaner.clean_arrow(table))
    assert cleaned.schema.equals(table.schema, check_metadata=True)
    assert cleaned["text"].to_pylist() == left
    assert cleaned["id"].equals(table["id"])


def test_all_that_stays_is_not_copied(cleaner: deboil.Cleaner) -> None:
    batches = [pyarrow.record_batch({"id": [1, 2], "text": texts}) for texts in (JUNK[:2], JUNK[1:3])]
    changed, unchanged = pyarrow.table(cleaner.clean_arrow(pyarrow.Table.from_batches(batches))).to_batches()
    assert addresses(changed["id"]) == addresses(batches[0]["id"])
    assert addresses(changed["text"]) != addresses(batches[0]["text"])
    assert addresses(unchanged["text"]) == addresses(batches[1]["text"])


def addresses(column: pyarrow.Array) -> list[int | None]:
    return [buffer and buffer.address for buffer in column.buffers()]


def test_a_batch_and_a_reader_do_as_well_as_a_table(cleaner: deboil.Cleaner) -> None:
    batch = pyarrow.record_batch({"text": JUNK})
    reader = pyarrow.RecordBatchReader.from_batches(batch.schema, (batch for _ in range(3)))
    assert pyarrow.table(cleaner.clean_arrow(batch))["text"].to_pylist() == LEFT
    assert pyarrow.table(cleaner.clean_arrow(reader))["text"].to_pylist() == LEFT * 3


def test_a_slice_is_cleaned_alone(cleaner: deboil.Cleaner) -> None:
    table = pyarrow.table({"text": JUNK}).slice(1, 3)
    assert pyarrow.table(cleaner.clean_arrow(table))["text"].to_pylist() == LEFT[1:]


def test_polars_in_and_out(cleaner: deboil.Cleaner) -> None:
    frame = polars.DataFrame({"body": JUNK, "id": range(4)})
    cleaned = polars.DataFrame(cleaner.clean_arrow(frame, text="body"))
    assert cleaned.equals(polars.DataFrame({"body": LEFT, "id": range(4)}))


def test_url_source_and_language_are_told(telling: deboil.Cleaner) -> None:
    both = "One two three. Four five six.\nOf the harbour\nAnzeige\n"
    table = pyarrow.table({"text": [both] * 3, "url": ["https://harbour.example/a", "https://b.example/", None],
                           "lang": ["en", "de", None]})
    head, harbour, label = both.splitlines(keepends=True)

    def left(**told: str) -> list[str]:
        return pyarrow.table(telling.clean_arrow(table, **told))["text"].to_pylist()

    assert left() == [head + harbour] * 3
    assert left(url="url") == [head, head + harbour, head + harbour]
    assert left(lang="lang") == [head + harbour + label, head + harbour, head + harbour]
    assert left(source="harbour", lang="lang") == [head + label, head, head]


def test_what_is_left_alone_stays(cleaner: deboil.Cleaner) -> None:
    texts = ['{"text": "Advertisement"}\n', "Advertisement\n" * 9 + "One.\n"]
    assert pyarrow.table(cleaner.clean_arrow(pyarrow.table({"text": texts})))["text"].to_pylist() == texts


def test_batches_are_read_while_they_are_asked_for_and_once(cleaner: deboil.Cleaner) -> None:
    batch = pyarrow.record_batch({"text": JUNK})
    read = []
    source = pyarrow.RecordBatchReader.from_batches(batch.schema, (read.append(1) or batch for _ in range(5)))
    stream = cleaner.clean_arrow(source)
    batches = pyarrow.RecordBatchReader.from_stream(stream)
    assert not read
    assert batches.read_next_batch()["text"].to_pylist() == LEFT
    assert len(read) == 1
    with pytest.raises(ValueError, match="were read already"):
        pyarrow.table(stream)


def test_an_exception_of_the_source_comes_through(cleaner: deboil.Cleaner) -> None:
    def broken():
        yield pyarrow.record_batch({"text": JUNK})
        raise OSError("the disk is gone")

    schema = pyarrow.schema({"text": pyarrow.string()})
    with pytest.raises(Exception, match="the disk is gone"):
        pyarrow.table(cleaner.clean_arrow(pyarrow.RecordBatchReader.from_batches(schema, broken())))


def test_tables_on_several_threads(cleaner: deboil.Cleaner) -> None:
    table = pyarrow.table({"text": JUNK * 200})
    results: list[list[str | None]] = []

    def work() -> None:
        results.append(pyarrow.table(cleaner.clean_arrow(table))["text"].to_pylist())

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [LEFT * 200] * 4


@pytest.mark.parametrize(
    ("data", "options", "message"),
    [
        ([1], {}, "`list` has neither `__arrow_c_stream__` nor `__arrow_c_array__`"),
        (pyarrow.table({"body": JUNK}), {}, "there is no column `text`; there are `body`"),
        (pyarrow.table({"text": [1]}), {}, "the column `text` holds Int64; cast it to strings first"),
        (pyarrow.table({"text": JUNK}), {"url": "link"}, "there is no column `link`"),
        (pyarrow.table({"text": JUNK}), {"lang": "language"}, "there is no column `language`"),
        (pyarrow.table({"text": JUNK}), {"source": "test.labels"}, "test.labels"),
        (pyarrow.chunked_array([JUNK]), {}, "this is no table with a column of texts"),
        (pyarrow.array(JUNK), {}, "this is no table with a column of texts"),
    ],
)
def test_mistakes_say_what_to_do(cleaner: deboil.Cleaner, data: object, options: dict[str, str], message: str) -> None:
    with pytest.raises((TypeError, ValueError), match=message):
        cleaner.clean_arrow(data, **options)
