from collections.abc import Sequence
from typing import AnyStr, final

from deboil._results import Cleaned, Document, Explanation

__all__ = ["CATEGORIES", "VERSION", "ArrowStream", "Cleaner", "bundled_rules", "configuration"]

CATEGORIES: tuple[str, ...]
VERSION: str

def bundled_rules() -> list[tuple[str, str]]: ...
def configuration() -> tuple[list[str], list[str], list[str], float | None, str]: ...
@final
class ArrowStream:
    """A table that is cleaned while it is read, which can be done once."""

    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object:
        """The batches, by Arrow's interface for C. They have the schema of the table, whichever is asked for."""

@final
class Cleaner:
    def __new__(
        cls,
        paths: Sequence[str],
        texts: Sequence[tuple[str, str]],
        settings: str,
        threads: int | None,
        *,
        bundled: bool,
        keep: Sequence[str],
        aggressive: bool,
        preview: bool,
        full_page: bool,
        force: bool,
        protect: Sequence[str],
        max_removed: float | None,
    ) -> Cleaner: ...
    @property
    def files(self) -> list[tuple[str, str]]: ...
    def sources(self) -> list[str]: ...
    def check_source(self, id: str) -> None: ...
    def clean(self, document: Document[AnyStr]) -> Cleaned[AnyStr]: ...
    def clean_all(self, documents: Sequence[Document[AnyStr]]) -> list[Cleaned[AnyStr]]: ...
    def clean_arrow(
        self, data: object, text: str, url: str | None, lang: str | None, source: str | None
    ) -> ArrowStream: ...
    def explain(self, document: Document[AnyStr]) -> Explanation[AnyStr]: ...
