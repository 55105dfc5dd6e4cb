"""Many texts: order, threads, memory, exceptions."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest

import deboil


def texts(count: int) -> list[str]:
    return [f"Text {number}.\n" + "Advertisement\nMore words follow here.\n" * (number % 7) for number in range(count)]


@pytest.mark.parametrize("threads", [None, 1, 3])
def test_results_are_those_of_clean_in_order(pack: Path, threads: int | None) -> None:
    cleaner = deboil.Cleaner(pack, bundled=False, threads=threads)
    given = texts(1000)
    assert list(cleaner.clean_many(given)) == [cleaner.clean(text) for text in given]


def test_documents_and_texts_may_be_mixed(bundled: deboil.Cleaner) -> None:
    url = "https://www.nytimes.com/a.html"
    plain, known = bundled.clean_many(["One.", deboil.Document("One.", url=url)])
    assert (plain.sources, known.sources) == ((), ("nytimes",))


def test_an_endless_generator_is_read_as_far_as_needed(cleaner: deboil.Cleaner) -> None:
    read = itertools.count()
    cleaned = cleaner.clean_many(f"Text {number}.\nAdvertisement\nMore words.\n" for number in read)
    for number in range(500):
        assert next(cleaned).text == f"Text {number}.\nMore words.\n"
    assert next(read) < 500 + 2 * 64 + 2


def test_few_long_texts_are_in_memory_at_a_time(cleaner: deboil.Cleaner) -> None:
    read = itertools.count()
    long = "One. " * 1_000_000
    next(cleaner.clean_many(long for _ in read))
    assert next(read) <= 2


def test_an_exception_comes_after_the_results_before_it(cleaner: deboil.Cleaner) -> None:
    def broken() -> Iterator[str]:
        yield from texts(3)
        raise OSError("the disk is gone")

    results = cleaner.clean_many(broken())
    assert [next(results).text for _ in range(3)] == [cleaner.clean(text).text for text in texts(3)]
    with pytest.raises(OSError, match="the disk is gone"):
        next(results)


BAD = [None, deboil.Document(1), deboil.Document("One.", source="nobody")]


@pytest.mark.parametrize("bad", BAD)
def test_so_does_a_text_that_is_none(cleaner: deboil.Cleaner, bad: str) -> None:
    results = cleaner.clean_many(["One.", bad])
    assert next(results).text == "One."
    with pytest.raises((TypeError, ValueError)):
        next(results)


def test_what_is_left_alone_stops_nothing(cleaner: deboil.Cleaner) -> None:
    results = cleaner.clean_many([b"\0\1", b"Advertisement\nOne two three.\n"])
    assert [result.status for result in results] == ["left", "cleaned"]
