"""Takes the boilerplate out of scraped text, by declarative rules.

>>> import deboil
>>> deboil.clean("What a day.\\n\\nPowered by WPeMatico\\n").text
'What a day.\\n'
"""

from functools import cache
from typing import AnyStr

from deboil._cleaner import CATEGORIES, Cleaner
from deboil._deboil import VERSION as __version__
from deboil._deboil import ArrowStream
from deboil._errors import Mistake, RuleError
from deboil._results import Cleaned, Document, Explanation, Match, Removal, Source, Words

__all__ = [
    "CATEGORIES",
    "ArrowStream",
    "Cleaned",
    "Cleaner",
    "Document",
    "Explanation",
    "Match",
    "Mistake",
    "Removal",
    "RuleError",
    "Source",
    "Words",
    "__version__",
    "clean",
]


def clean(text: AnyStr, url: str | None = None, source: str | None = None) -> Cleaned[AnyStr]:
    """Deletes the junk of a text by the bundled rules.

    `url` is the address that it was scraped from, `source` the id of who published it. A `Cleaner` has more to choose.
    """
    return _bundled().clean(text, url, source)


@cache
def _bundled() -> Cleaner:
    return Cleaner()
