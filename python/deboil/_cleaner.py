"""The cleaner: rules, options and threads, and the texts that go through it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import AnyStr, NamedTuple, Protocol, TypeAlias, TypedDict, final

from deboil import _deboil
from deboil._deboil import ArrowStream
from deboil._errors import Mistake, RuleError
from deboil._results import Cleaned, Document, Explanation

CATEGORIES = _deboil.CATEGORIES
"""The names of all kinds of junk."""

StrPath: TypeAlias = "str | os.PathLike[str]"

# `clean_many` takes so many texts for each thread before it gives the first result, or so many code points or bytes.
CHUNK_TEXTS = 64
CHUNK_LENGTH = 4_000_000


class ArrowStreamExportable(Protocol):
    """A table that other libraries can read, as Arrow's PyCapsule interface has it."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...


class ArrowArrayExportable(Protocol):
    """A batch of rows that other libraries can read, as Arrow's PyCapsule interface has it."""

    def __arrow_c_array__(self, requested_schema: object | None = None) -> tuple[object, object]: ...


class Options(TypedDict):
    """How rules are applied."""

    bundled: bool
    keep: tuple[str, ...]
    aggressive: bool
    preview: bool
    full_page: bool
    force: bool
    protect: tuple[str, ...]
    max_removed: float | None


class Pickled(NamedTuple):
    """What a pickled cleaner consists of."""

    version: str
    rules_hash: str
    files: tuple[tuple[str, str], ...]
    settings: str
    options: Options
    threads: int | None


@final
class Cleaner:
    """Rules, ready to clean texts on any number of threads. It never changes.

    `rules` are rule files and directories of them, which come on top of the bundled ones; with `isolated=False`, those
    that the nearest `deboil.toml` names, at or above the working directory, come first, and what else it says counts,
    but for its `keep`, `protect` and `max_removed` where these are given here. The examples of all of them are
    run, and a rule that does not do what they say is a `RuleError`, as is any mistake in the files.

    - `bundled`: whether the rules that come with deboil run.
    - `keep`: categories, names of `CATEGORIES`, that are found but not deleted.
    - `aggressive`, `preview`: whether rules that are less sure, or on trial, run, too.
    - `full_page`: whether the texts are those of whole pages, menus and all, not what an extractor left of them.
    - `force`: whether binary data, HTML and JSON records are cleaned as if they were texts, not left alone.
    - `protect`: `"quotes"`, `"code"`, or both: lines of Markdown that no rule may touch.
    - `max_removed`: the largest share of its words, from 0 to 1, that a text may lose to rules that go by where text stands, or
      are less sure; a text that would lose more is left alone. 0.7 if `None`, and 0.95 with `full_page`.
    - `threads`: how many threads `clean_many` works on; as many as the machine runs at once if `None`.
    """

    def __init__(
        self,
        rules: StrPath | Iterable[StrPath] = (),
        *,
        isolated: bool = True,
        bundled: bool = True,
        keep: str | Iterable[str] = (),
        aggressive: bool = False,
        preview: bool = False,
        full_page: bool = False,
        force: bool = False,
        protect: str | Iterable[str] = (),
        max_removed: float | None = None,
        threads: int | None = None,
    ) -> None:
        configured, kept, protected, share, settings = ([], [], [], None, "") if isolated else _deboil.configuration()
        options = Options(
            bundled=bundled,
            keep=(keep,) if isinstance(keep, str) else tuple(keep) or tuple(kept),
            aggressive=aggressive,
            preview=preview,
            full_page=full_page,
            force=force,
            protect=(protect,) if isinstance(protect, str) else tuple(protect) or tuple(protected),
            max_removed=share if max_removed is None else max_removed,
        )
        paths = [rules] if isinstance(rules, (str, os.PathLike)) else list(rules)
        self._load([*configured, *(os.fspath(path) for path in paths)], (), settings, options, threads)

    def _load(
        self,
        paths: list[str],
        texts: tuple[tuple[str, str], ...],
        settings: str,
        options: Options,
        threads: int | None,
    ) -> None:
        check_threads(threads)
        self._settings = settings
        self._options = options
        self._threads = threads
        self._native = _deboil.Cleaner(paths, texts, settings, threads, **options)

    def clean(
        self,
        text: AnyStr,
        url: str | None = None,
        source: str | None = None,
        *,
        lang: str | None = None,
        path: StrPath | None = None,
    ) -> Cleaned[AnyStr]:
        """Deletes the junk of a text, and says what went.

        The other arguments are those of a `Document`. The interpreter's lock is not held, so other threads run.
        """
        return self._native.clean(self._checked(Document(text, url, source, lang, path)))

    def clean_many(self, texts: Iterable[AnyStr | Document[AnyStr]]) -> Iterator[Cleaned[AnyStr]]:
        """Deletes the junk of many texts, on many threads; gives the results one by one, in the order of the texts.

        Only a part of the texts and results is in memory at a time, so `texts` may be an endless generator. An
        exception of `texts`, or for one of them, is raised after the results of all texts before it.
        """
        for chunk in self._chunks(texts):
            yield from self._native.clean_all(chunk)

    def explain(
        self,
        text: AnyStr,
        url: str | None = None,
        source: str | None = None,
        *,
        lang: str | None = None,
        path: StrPath | None = None,
    ) -> Explanation[AnyStr]:
        """Says what the rules match in a text, what of it goes, and why the rest stays."""
        return self._native.explain(self._checked(Document(text, url, source, lang, path)))

    def clean_arrow(
        self,
        data: ArrowStreamExportable | ArrowArrayExportable,
        text: str = "text",
        url: str | None = None,
        source: str | None = None,
        *,
        lang: str | None = None,
    ) -> ArrowStream:
        """Deletes the junk of the texts in a column of a table, on many threads; says nothing of what went.

        `data` is anything with Arrow's interface for Python: a table, data frame, reader or batch of rows of pyarrow,
        polars, pandas, DuckDB and others. `text` names the column of texts, of any type of strings or binary data,
        `url` one with the addresses that they were scraped from, `lang` one with their languages; `source` is the id of
        who published all of them. What comes out is for the same libraries, such as `pyarrow.table(…)` or
        `polars.DataFrame(…)`. It is read once, and cleaned batch by batch while it is read. Other columns, and batches
        in which nothing goes, are not copied.
        """
        return self._native.clean_arrow(data, text, url, lang, source)

    @cached_property
    def sources(self) -> tuple[str, ...]:
        """The ids of all sources that the rules know."""
        return tuple(self._native.sources())

    @cached_property
    def rules_hash(self) -> str:
        """A hash of all rules and what `deboil.toml` says of them, equal wherever the same are loaded in the same order."""
        texts = [*(_deboil.bundled_rules() if self._options["bundled"] else ()), *self._native.files]
        digest = hashlib.sha256()
        parts = [part for text in texts for part in text]
        for part in (part.encode() for part in (*parts, *([self._settings] if self._settings else []))):
            digest.update(len(part).to_bytes(8, "big") + part)
        return digest.hexdigest()

    def __reduce__(self) -> tuple[Callable[[Pickled], Cleaner], tuple[Pickled]]:
        files = tuple(self._native.files)
        return unpickled, (
            Pickled(_deboil.VERSION, self.rules_hash, files, self._settings, self._options, self._threads),
        )

    def __repr__(self) -> str:
        rules = [name for name, _ in self._native.files]
        options = ", ".join(f"{name}={value!r}" for name, value in self._options.items())
        return f"Cleaner({rules!r}, {options}, threads={self._threads!r})"

    def _checked(self, document: Document[AnyStr]) -> Document[AnyStr]:
        if not isinstance(document.text, (str, bytes)):
            raise TypeError(f"a text is `str` or `bytes`, not `{type(document.text).__name__}`")
        if document.source is not None:
            self._native.check_source(document.source)
        return document

    def _chunks(self, texts: Iterable[AnyStr | Document[AnyStr]]) -> Iterator[list[Document[AnyStr]]]:
        most = CHUNK_TEXTS * (self._threads or os.cpu_count() or 1)
        chunk: list[Document[AnyStr]] = []
        length = 0
        try:
            for item in texts:
                document = self._checked(item if isinstance(item, Document) else Document(item))
                chunk.append(document)
                length += len(document.text)
                if len(chunk) >= most or length >= CHUNK_LENGTH:
                    yield chunk
                    chunk, length = [], 0
        except Exception:
            yield chunk
            raise
        yield chunk


def check_threads(threads: int | None) -> None:
    """Rejects a number of threads that cannot work."""
    if threads is not None and threads < 1:
        raise ValueError(f"threads={threads}: there must be at least one; None takes as many as the machine has")


def unpickled(pickled: Pickled) -> Cleaner:
    """The cleaner that was pickled; a `RuleError` if the bundled rules are others here."""
    cleaner = Cleaner.__new__(Cleaner)
    cleaner._load([], pickled.files, pickled.settings, pickled.options, pickled.threads)
    if cleaner.rules_hash != pickled.rules_hash:
        raise _other_rules(pickled)
    return cleaner


def _other_rules(pickled: Pickled) -> RuleError:
    what = (
        f"this Cleaner was pickled with deboil {pickled.version}, whose bundled rules differ from those of deboil "
        f"{_deboil.VERSION} here"
    )
    cure = "install the same version on both sides, or make the Cleaner anew here"
    return RuleError((Mistake(None, None, None, what, cure, f"{what}; {cure}"),))
