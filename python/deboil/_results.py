"""What comes in and what comes out.

Offsets are Python's: `text[r.start : r.end]` is `r.text`. They count code points of a `str`, bytes of `bytes`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from typing import AnyStr, Generic, Literal

Status = Literal["unchanged", "cleaned", "left"]


@dataclass(frozen=True, slots=True)
class Document(Generic[AnyStr]):
    """A text, and what is known of where it comes from."""

    text: AnyStr
    """The text; `bytes` are UTF-8 as a rule, anything in fact."""
    url: str | None = None
    """The address that it was scraped from."""
    source: str | None = None
    """The id of who published it; `Cleaner.sources` has all ids."""
    lang: str | None = None
    """Its language, a tag such as `en` or `pt-BR`."""
    path: str | PathLike[str] | None = None
    """The path of its file, which may tell its source. Nothing is read from there."""


@dataclass(frozen=True, slots=True)
class Removal(Generic[AnyStr]):
    """A part of a text that goes, and why."""

    start: int
    """Where it starts in the text: in code points of a `str`, in bytes of `bytes`."""
    end: int
    """Where it ends, counted in the same way."""
    byte_start: int
    """Where it starts, in bytes of UTF-8."""
    byte_end: int
    """Where it ends, in bytes of UTF-8."""
    text: AnyStr
    """What goes."""
    rules: tuple[str, ...]
    """The ids of the rules that delete it, one or more."""
    categories: tuple[str, ...]
    """The category of each of these rules."""

    @property
    def rule(self) -> str:
        """The first of the rules."""
        return self.rules[0]

    @property
    def category(self) -> str:
        """The category of the first rule."""
        return self.categories[0]


@dataclass(frozen=True, slots=True)
class Cleaned(Generic[AnyStr]):
    """What became of a text."""

    text: AnyStr
    """What is left; the very object that came in if nothing was deleted."""
    status: Status
    """`"unchanged"`, `"cleaned"`, or `"left"`: left alone for a reason, with nothing deleted."""
    reason: str | None
    """Why it was left alone."""
    removals: tuple[Removal[AnyStr], ...]
    """What was deleted, in order, without overlap."""
    sources: tuple[str, ...]
    """The ids of the sources that the text comes from, publishers first."""
    metadata: Mapping[str, tuple[str, ...]]
    """What deleted lines said, by `published`, `updated`, `byline`, `section` and `url`."""

    @property
    def changed(self) -> bool:
        """Whether anything was deleted."""
        return self.status == "cleaned"


@dataclass(frozen=True, slots=True)
class Match(Generic[AnyStr]):
    """A part of a text that a rule matches, and what came of it."""

    start: int
    """Where it starts in the text: in code points of a `str`, in bytes of `bytes`."""
    end: int
    """Where it ends, counted in the same way."""
    byte_start: int
    """Where it starts, in bytes of UTF-8."""
    byte_end: int
    """Where it ends, in bytes of UTF-8."""
    text: AnyStr
    """What the rule matches."""
    rule: str
    """The id of the rule."""
    category: str
    """The category of the rule."""
    why: str
    """Why there is such a rule."""
    cleaning_pass: int
    """The pass over the text, from 1."""
    step: Literal["certain", "context"]
    """The step of the pass: of rules that count for themselves, or of those that look around them."""
    verdict: Literal["removed", "kept"]
    """Whether it goes."""
    reason: str | None
    """Why it is kept."""


@dataclass(frozen=True, slots=True)
class Source:
    """A source that a text comes from, and how that is known."""

    id: str
    """Its id."""
    by: Literal["name", "url", "path", "signature", "extends"]
    """How it is known: the caller named it, by the text's URL, path or words, or another source extends it."""
    line: int | None
    """The line of its signature in the text, from 1."""
    extended_by: str | None
    """The id of the source that extends it."""


@dataclass(frozen=True, slots=True)
class Words:
    """How many words a text has, and how many it loses, or would have lost if it is left alone."""

    all: int
    """The words that it has."""
    lost: int
    """The words that it loses; text whose copy stays is not lost."""
    lost_vaguely: int
    """Of these, those that go by rules which do not name each word that they delete."""


@dataclass(frozen=True, slots=True)
class Explanation(Generic[AnyStr]):
    """All that was found in a text."""

    status: Status
    """What becomes of the text, as in `Cleaned`."""
    reason: str | None
    """Why it is left alone."""
    sources: tuple[Source, ...]
    """The sources that it comes from, publishers first."""
    matches: tuple[Match[AnyStr], ...]
    """What the rules match, in the order of the text."""
    removals: tuple[Removal[AnyStr], ...]
    """What is deleted, in order, without overlap."""
    words: Words | None
    """How many words it has and loses; None if it was not looked at, for the reason given."""
