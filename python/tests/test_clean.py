"""What becomes of one text, and what is told of it."""

import pickle
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import deboil

JUNK = "Über die Brücke 🌉 ging es.\nAdvertisement\nEs war spät. Share this Alle schliefen.\n"
LEFT = "Über die Brücke 🌉 ging es.\nEs war spät. Alle schliefen.\n"

LINES = ["Advertisement", "Share this", "Über die Brücke 🌉 ging es. Share this", "\ud83d lone", "", "\u2028", "a\r"]
TEXTS = st.lists(st.one_of(st.sampled_from(LINES), st.text())).map("\n".join)


def test_a_text_comes_back_as_what_it_is(cleaner: deboil.Cleaner) -> None:
    assert cleaner.clean(JUNK).text == LEFT
    assert cleaner.clean(JUNK.encode()).text == LEFT.encode()


def test_what_is_unchanged_is_the_same_object(cleaner: deboil.Cleaner) -> None:
    for text in (LEFT, LEFT.encode(), "", "\ud800", b"\xff\xfd"):
        cleaned = cleaner.clean(text)
        assert cleaned.text is text
        assert (cleaned.status, cleaned.reason, cleaned.changed, cleaned.removals) == ("unchanged", None, False, ())


def test_removals_say_what_went_where_and_why(cleaner: deboil.Cleaner) -> None:
    cleaned = cleaner.clean(JUNK)
    assert (cleaned.status, cleaned.changed) == ("cleaned", True)
    label, share = cleaned.removals
    assert label == deboil.Removal(27, 41, 32, 46, "Advertisement\n", ("test.label",), ("ad",))
    assert (share.text, share.rule, share.category) == (" Share this", "test.share", "share")
    assert JUNK.encode()[share.byte_start : share.byte_end] == b" Share this"


@given(text=TEXTS)
def test_removals_are_all_that_went(own: deboil.Cleaner, text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    for given_text, cleaned in ((text, own.clean(text)), (data, own.clean(data))):
        left = given_text
        for removal in reversed(cleaned.removals):
            assert given_text[removal.start : removal.end] == removal.text
            assert removal.rules and len(removal.rules) == len(removal.categories)
            left = left[: removal.start] + left[removal.end :]
        assert left == cleaned.text
        assert not own.clean(cleaned.text).changed


@given(text=TEXTS)
def test_a_string_and_its_bytes_lose_the_same(own: deboil.Cleaner, text: str) -> None:
    of_text, of_bytes = own.clean(text), own.clean(text.encode("utf-8", "surrogatepass"))
    if of_text.status != "left":
        spans = [(removal.byte_start, removal.byte_end) for removal in of_text.removals]
        assert spans == [(removal.start, removal.end) for removal in of_bytes.removals]
        assert of_text.text.encode("utf-8", "surrogatepass") == of_bytes.text


def test_lone_surrogates_stay(cleaner: deboil.Cleaner) -> None:
    cleaned = cleaner.clean("One \ud83d.\nAdvertisement\n\udcff two.\n")
    assert cleaned.text == "One \ud83d.\n\udcff two.\n"
    assert (cleaned.removals[0].start, cleaned.removals[0].byte_start) == (7, 9)


def test_a_lone_surrogate_is_not_cut_in_two(cleaner: deboil.Cleaner) -> None:
    text = "One two three four.\nend of file\ud83d\n"
    cleaned = cleaner.clean(text)
    assert cleaned.text is text
    assert (cleaned.status, cleaned.reason) == ("left", "a rule would cut a lone surrogate in two")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"\0\1\2", "a binary file, not a text"),
        ("<!doctype html><html><body></body></html>", "a page of HTML; extract its text first"),
        ('{"text": "Advertisement"}\n', "JSON records, not a text; extract the texts first"),
        ("Advertisement\n".encode("utf-16"), "it is UTF-16, not UTF-8; decode it first"),
        ("Advertisement\n" * 9 + "One.\n", "would have lost 9 of its 10 words"),
    ],
)
def test_what_is_left_alone_says_why(cleaner: deboil.Cleaner, text: str | bytes, reason: str) -> None:
    cleaned = cleaner.clean(text)
    assert cleaned.text is text
    assert (cleaned.status, cleaned.reason, cleaned.changed) == ("left", reason, False)
    assert cleaner.explain(text).reason == reason


def test_what_is_no_text_is_a_type_error(cleaner: deboil.Cleaner) -> None:
    with pytest.raises(TypeError, match="a text is `str` or `bytes`, not `int`"):
        cleaner.clean(1)


def test_the_source_is_told_by_name_url_path_or_words(bundled: deboil.Cleaner) -> None:
    source = bundled.sources[0]
    assert source in bundled.clean("One.", source=source).sources
    for told in (
        deboil.clean("One.", url="https://www.nytimes.com/a.html"),
        bundled.clean("One.", path="scrapes/nytimes.com/a.txt"),
    ):
        assert "nytimes" in told.sources
    with pytest.raises(ValueError, match=r"unknown source `nytime`; did you mean `nytimes`\?"):
        bundled.clean("One.", source="nytime")


def test_explain_gives_matches_with_their_verdicts(pack: Path) -> None:
    cleaner = deboil.Cleaner(pack, bundled=False, keep="share")
    explanation = cleaner.explain(JUNK)
    label, share = explanation.matches
    assert (label.rule, label.why) == ("test.label", "label of an ad slot")
    assert (label.verdict, label.reason) == ("removed", None)
    assert (share.text, share.verdict, share.reason) == (" Share this", "kept", "its category is kept")
    assert JUNK[share.start : share.end] == share.text
    assert explanation.removals == cleaner.clean(JUNK).removals
    assert explanation.status == "cleaned"


def test_explain_gives_sources_and_how_they_are_known(bundled: deboil.Cleaner) -> None:
    (source,) = bundled.explain("One.", url="https://www.nytimes.com/a.html").sources
    assert source == deboil.Source("nytimes", "url", None, None)


def test_results_pickle(cleaner: deboil.Cleaner) -> None:
    for result in (cleaner.clean(JUNK), cleaner.explain(JUNK), deboil.Document("One.", lang="en")):
        assert pickle.loads(pickle.dumps(result)) == result


def test_other_threads_run_while_a_text_is_cleaned(cleaner: deboil.Cleaner) -> None:
    """With such a switch interval another thread runs only when this one lets go of the lock."""
    ran = threading.Event()
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e6)
    try:
        thread = threading.Thread(target=ran.set)
        thread.start()
        ran.wait()
        ran.clear()
        thread = threading.Thread(target=ran.set)
        thread.start()
        cleanings = 0
        while not ran.is_set() and cleanings < 10_000:
            cleaner.clean(JUNK)
            cleanings += 1
        assert ran.is_set()
        thread.join()
    finally:
        sys.setswitchinterval(interval)
