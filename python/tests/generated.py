"""Documents that are put together from the fixtures and examples of the repository, by a seed."""

from __future__ import annotations

import random
from pathlib import Path
from typing import NamedTuple


class Made(NamedTuple):
    """A record: what a crawl would have of an article."""

    id: int
    text: str | None
    url: str | None


def documents(root: Path, count: int, seed: int = 1) -> list[Made]:
    """So many documents, the same for the same seed; a few are null, empty, or not to be cleaned."""
    chance = random.Random(seed)
    articles = _articles(root)
    lines = [line for article in articles for line in article.split("\n\n")]
    hosts = sorted(path.stem for path in (root / "rules/publishers").glob("*.toml"))
    return [Made(number, _text(chance, articles, lines), _url(chance, hosts, number)) for number in range(count)]


def _articles(root: Path) -> list[str]:
    folders = [root / "tests/fixtures", root / "examples/scrapes"]
    paths = sorted(path for folder in folders for path in folder.rglob("*.txt"))
    texts = (path.read_bytes().decode(errors="ignore") for path in paths if "expected" not in path.name)
    return [text for text in texts if len(text) < 8_000]


def _text(chance: random.Random, articles: list[str], lines: list[str]) -> str | None:
    if chance.random() < 0.02:
        return chance.choice([None, "", '{"text": "Advertisement"}\n', "<!doctype html><html><p>One.</p></html>"])
    parts = chance.choice(articles).split("\n\n")
    for _ in range(chance.randrange(3)):
        parts.insert(chance.randint(0, len(parts)), chance.choice(lines))
    return "\n\n".join(parts)


def _url(chance: random.Random, hosts: list[str], number: int) -> str | None:
    return f"https://www.{chance.choice(hosts)}/{number}.html" if chance.random() < 0.5 else None
