"""Makes the work from a seed: documents with junk, the rules against it, and what must be left.

Articles are made of generated paragraphs that are used again and again, as that is fast. Each holds 3 to 12 pieces of
junk out of 400, of which 8 % are varied. Junk lines stand directly below a paragraph, so that what a tool does about
blank lines beside a removed line makes no difference.

What must be left is known here, as here is where the junk is put in. It is kept as digests, for the whole work and for
its first quarter, sixteenth and so on, since slow tools get less of it.

It runs as a process of its own, so that its memory does not count as that of the tools: see `measure.py`.
"""
import json
import os
import shutil
import sys

import rules
from digest import Digest
from junk import INSIDE, LINE, START, junk_strings, variants
from words import Chance, headline, sentences

# What can be removed: nothing, whole lines, all kinds; and all kinds with their variants.
CLAIMS = ("nothing", "lines", "exact", "variants")
OCCURRING = 400
VARIED = 0.08
# A pool of paragraphs for so many bytes of work, up to a number that no cache holds.
BYTES_FOR_PARAGRAPH, PARAGRAPHS = 2_000, 20_000
FILES_IN_FOLDER = 250
# Of an article without its junk, in bytes; the last paragraph may go beyond.
SIZES, MEAN_SIZE = (1_800, 11_500), 7_000
# The work is cut after so many parts of it: 1 is all, 4 a quarter.
SHARES = (256, 64, 16, 4, 1)


class Articles:
    """An endless row of articles, each as one byte string for each claim: what is left when the claim is kept."""

    def __init__(self, seed, size):
        self.chance = Chance(seed)
        self.junk = [(junk.kind, junk.text.encode(), [form.encode() for form in variants(junk.text)])
                     for junk in junk_strings(OCCURRING)]
        count = min(PARAGRAPHS, 100 + size // BYTES_FOR_PARAGRAPH)
        self.paragraphs = [self.paragraph() for _ in range(count)]
        self.headlines = [headline(self.chance).encode() for _ in range(1_000)]

    def paragraph(self):
        """A paragraph in two parts: junk inside it stands between them."""
        if self.chance.random() < 0.1:
            return headline(self.chance).encode(), b"\n"
        parts = sentences(self.chance)
        cut = self.chance.between(1, len(parts))
        left, right = " ".join(parts[:cut]), "".join(" " + part for part in parts[cut:])
        return left.encode(), right.encode() + b"\n"

    def __iter__(self):
        return self

    def __next__(self):
        paragraphs = self.some_paragraphs()
        junk = self.some_junk(len(paragraphs))
        gap = b"\n" if self.chance.random() < 0.5 else b""
        pieces = []
        for at, (left, right) in enumerate(paragraphs):
            inside, below = junk.get(at, ((), ()))
            pieces += [kept(gap)] * (at > 0) + [kept(left), *inside, kept(right), *below]
        return [b"".join(column) for column in zip(*pieces)]

    def some_paragraphs(self):
        size, paragraphs = self.chance.between(*SIZES), []
        while size > 0:
            paragraph = self.chance.pick(self.paragraphs)
            paragraphs.append(paragraph)
            size -= len(paragraph[0]) + len(paragraph[1])
        return paragraphs

    def some_junk(self, places):
        """For some paragraphs the pieces inside and below each."""
        junk = {}
        for _ in range(self.chance.between(3, 12)):
            at = self.chance.below(places)
            kind, piece = self.piece_of_junk()
            junk.setdefault(at, ([], []))[kind != INSIDE].append(piece)
        return junk

    def piece_of_junk(self):
        kind, text, forms = self.chance.pick(self.junk)
        varied = self.chance.random() < VARIED
        if varied:
            text = self.chance.pick(forms)
        if kind == INSIDE:
            text = b" " + text
        elif kind == START:
            text += b" " + self.chance.pick(self.headlines) + b"\n"
        else:
            text += b"\n"
        exact = text if varied else b""
        return kind, (text, exact if kind == LINE else text, exact, b"")


def kept(text):
    return (text,) * len(CLAIMS)


class Expected:
    """The digests of what must be left of each share."""

    def __init__(self, total):
        self.ends = {share: -(-total // share) for share in SHARES}
        self.digests = [Digest() for _ in CLAIMS]
        self.shares = {}

    def add(self, article, name=None):
        for digest, text in zip(self.digests, article):
            if name:
                digest.add_name(name)
            digest.add(text)

    def cut(self, done):
        """Notes the shares that are complete when so much of the work is done."""
        for share, end in self.ends.items():
            if done >= end and share not in self.shares:
                left = {claim: digest.state() for claim, digest in zip(CLAIMS, self.digests)}
                self.shares[share] = {"end": done, **left}


def write_small(articles, folder, count):
    expected = Expected(count)
    for number in range(count):
        name = f"{number // FILES_IN_FOLDER:04}/{number:06}.txt"
        if number % FILES_IN_FOLDER == 0:
            os.makedirs(os.path.join(folder, os.path.dirname(name)))
        article = next(articles)
        with open(os.path.join(folder, name), "wb") as file:
            file.write(article[0])
        expected.add(article, name)
        expected.cut(number + 1)
    return expected.shares


def write_text(articles, path, size):
    expected, done = Expected(size), 0
    with open(path, "wb") as file:
        while done < size:
            article = next(articles)
            if done:
                article = [b"\n" + text for text in article]
            file.write(article[0])
            done += len(article[0])
            expected.add(article)
            expected.cut(done)
    return expected.shares


def write_jsonl(articles, path, size):
    expected, done, number = Expected(size), 0, 0
    with open(path, "wb") as file:
        while done < size:
            records = [record(number, text) for text in next(articles)]
            number += 1
            done += file.write(records[0])
            expected.add(records)
            expected.cut(done)
    return expected.shares


def record(number, text):
    fields = {"id": number, "url": f"https://news.example/{number}", "text": text.decode()}
    return json.dumps(fields, ensure_ascii=False).encode() + b"\n"


def write_work(folder, seed, files, big, jsonl, counts):
    articles = Articles(seed, files * MEAN_SIZE + big + jsonl)
    rules.write_all(os.path.join(folder, "rules"), counts)
    expected = {
        "tiny": write_text(articles, os.path.join(folder, "tiny.txt"), 1),
        "small": write_small(articles, os.path.join(folder, "small"), files),
        "text": write_text(articles, os.path.join(folder, "text.txt"), big),
        "records": write_jsonl(articles, os.path.join(folder, "records.jsonl"), jsonl),
    }
    with open(os.path.join(folder, "expected.json"), "w", encoding="utf-8") as file:
        json.dump(expected, file, indent=1)


def main():
    """usage: generate.py FOLDER SEED FILES BYTES_OF_TEXT BYTES_OF_JSONL NUMBER_OF_RULES..."""
    folder, numbers = sys.argv[1], [int(given) for given in sys.argv[2:]]
    # The folder appears when it is complete: a run that was stopped leaves nothing that looks like it.
    unfinished = f"{folder}.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    os.makedirs(unfinished)
    write_work(unfinished, *numbers[:4], numbers[4:])
    os.rename(unfinished, folder)


if __name__ == "__main__":
    main()
