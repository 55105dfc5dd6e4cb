"""Prints a WET file, as Common Crawl has them, of pages that are made from the fixtures of the repository by a seed.

usage: python3 python/benches/wet.py [PAGES] > pages.warc.wet

A page is what an extractor makes of a whole one: a menu, articles, teasers of others, a footer. There are 10,000 of them
by default.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
# The documents are those of the tests.
sys.path.insert(0, str(ROOT / "python/tests"))
sys.dont_write_bytecode = True

import generated

MENU = ["Home", "World", "Politics", "Business", "Science", "Culture", "Sport", "Weather", "Video", "Shop", "Search"]
FOOTER = ["About us", "Contact", "Careers", "Privacy policy", "Terms of use", "Cookies", "Advertise", "Back to top"]


def pages(count: int) -> Iterator[tuple[str, str]]:
    """The address and the text of each page."""
    chance = random.Random(1)
    texts = [made.text for made in generated.documents(ROOT, 3 * count) if made.text]
    for number in range(count):
        articles = chance.sample(texts, chance.choice([1, 1, 2, 3]))
        teasers = [text.lstrip().partition("\n")[0] for text in chance.sample(texts, 12)]
        menu, footer = chance.sample(MENU, 9), chance.sample(FOOTER, 6)
        yield f"https://www.example.com/{number}.html", "\n".join([*menu, *articles, *teasers, *footer])


def main() -> None:
    for url, text in pages(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000):
        data = text.encode()
        head = f"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: {url}\r\nContent-Length: {len(data)}\r\n\r\n"
        sys.stdout.buffer.write(head.encode() + data + b"\r\n\r\n")


if __name__ == "__main__":
    main()
