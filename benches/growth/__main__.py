"""Counts how deboil's cost grows as the work grows, in instructions.

usage: python3 benches/growth [OPTIONS]

Instructions are the same in each run, whatever else the machine does, so a small change can be seen. They are counted by
valgrind, which must be installed. Along each axis one number of the work changes: rules, the size of the document, the share
of junk in it, publishers, documents. What a file with nothing in it takes is the start, when the rules are compiled and when an
earlier run kept them; the rest is cleaning. The slope is that of a line through the logarithms of what cleaning takes: 0 if it
does not grow, 1 if it grows as the number does.

With --check nothing is written. Some figures are compared with those in limits.json, and if one is more than a tenth above, the
status is 1. --accept writes today's figures there. They depend on the compiler and the processor's instructions.
"""
import argparse
import glob
import json
import math
import os
import sys
import tempfile
from dataclasses import dataclass

# Nothing is left beside the sources.
sys.dont_write_bytecode = True

import plot
import works
from count import instructions

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
LIMITS = os.path.join(HERE, "limits.json")
BEGIN = "<!-- counted: made by benches/growth, changes here are lost -->"
END = "<!-- /counted -->"
# By how much a figure may be above the one that was accepted.
SLACK = 1.1


@dataclass
class Count:
    number: int
    bytes: int
    start: int
    kept: int
    cleaning: int

    @property
    def per_byte(self):
        return self.cleaning / self.bytes


@dataclass
class Axis:
    title: str
    unit: str
    works: list
    counts: list = None

    def count(self, deboil):
        self.counts = [counted(deboil, work) for work in self.works]

    def slope(self):
        """Of cleaning, by least squares; what has no logarithm is left out."""
        points = [(math.log(c.number), math.log(c.cleaning)) for c in self.counts if c.number > 0]
        mean_x, mean_y = (sum(values) / len(points) for values in zip(*points))
        return sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _ in points)

    def table(self):
        yield f"### {self.title}\n"
        yield f"Slope of cleaning: {self.slope():.2f}.\n"
        yield f"| {self.unit} | bytes | start, millions | with kept rules | cleaning, millions | cleaning, per byte |"
        yield "| --: | --: | --: | --: | --: | --: |"
        for c in self.counts:
            start, kept, cleaning = (f"{count / 1e6:,.1f}" for count in (c.start, c.kept, c.cleaning))
            yield f"| {c.number:,} | {c.bytes:,} | {start} | {kept} | {cleaning} | {c.per_byte:,.1f} |"


def counted(deboil, work):
    start = instructions(deboil, work.rules, work.nothing)
    with tempfile.TemporaryDirectory() as cache:
        _, kept = (instructions(deboil, work.rules, work.nothing, cache=cache) for _ in range(2))
    whole = instructions(deboil, work.rules, *work.texts)
    print(f"{work.number:,}: {start:,} ({kept:,}) + {whole - start:,}", file=sys.stderr, flush=True)
    return Count(work.number, work.bytes, start, kept, max(whole - start, 1))


def scrapes():
    return sorted(glob.glob(os.path.join(ROOT, "examples/scrapes/*.txt")))


def axes(make):
    sizes = [4**power << 10 for power in range(7)]
    return [
        Axis("By the number of rules", "rules", works.by_rules(make, [100, 1_000, 10_000, 100_000])),
        Axis("By the size of the document", "size", works.by_size(make, sizes)),
        Axis("By the share of junk", "% of the lines", works.by_density(make, [0, 1, 5, 10, 20, 50])),
        Axis("By the number of publishers", "publishers", works.by_publishers(make, [1, 10, 100, 1_000])),
        Axis("By the number of documents, bundled rules", "documents", works.by_documents(make, [7, 70, 700], scrapes())),
    ]


def watched(deboil, make):
    """The figures that --check compares, by name."""
    all_works = {
        "1,000 rules, a text of 256 KiB": works.by_rules(make, [1_000])[0],
        "400 rules, a text of 4 KiB": works.by_size(make, [4 << 10])[0],
        "bundled rules, 7 scrapes": works.by_documents(make, [7], scrapes())[0],
        "bundled rules, 140 scrapes": works.by_documents(make, [140], scrapes())[0],
    }
    counts = {name: counted(deboil, work) for name, work in all_works.items()}
    return {
        name: {"start": count.start, "with kept rules": count.kept, "per byte": round(count.per_byte, 1)}
        for name, count in counts.items()
    }


def accept(figures):
    with open(LIMITS, "w", encoding="utf-8") as file:
        json.dump(figures, file, indent=1)
        file.write("\n")


def check(figures):
    """Shows the figures beside those that were accepted; 1 if any is above the slack."""
    with open(LIMITS, encoding="utf-8") as file:
        accepted = json.load(file)
    above = False
    for name, kinds in figures.items():
        for kind, figure in kinds.items():
            ratio = figure / accepted[name][kind]
            above |= ratio > SLACK
            told = " TOO MUCH" if ratio > SLACK else ""
            print(f"{name}, {kind}: {figure:,} of {accepted[name][kind]:,} ({ratio:.3f}){told}")
    return int(above)


def write(axes, page, picture):
    with open(picture, "w", encoding="utf-8") as file:
        file.write(plot.picture(axes))
    with open(page, encoding="utf-8") as file:
        text = file.read()
    before, rest = text.split(BEGIN)
    tables = "\n\n".join("\n".join(axis.table()) for axis in axes)
    shown = f"\n\n![Instructions by the size of the work]({os.path.relpath(picture, os.path.dirname(page))})\n\n{tables}\n\n"
    with open(page, "w", encoding="utf-8") as file:
        file.write(before + BEGIN + shown + END + rest.split(END)[1])


def options():
    parser = argparse.ArgumentParser(
        prog="python3 benches/growth", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--deboil", default=os.path.join(ROOT, "target/release/deboil"), help="the program")
    add("--check", action="store_true", help="compare some figures with those that were accepted")
    add("--accept", action="store_true", help="accept today's figures")
    add("--page", default=os.path.join(ROOT, "docs/performance.md"), metavar="FILE", help="the page to write")
    add("--plot", default=os.path.join(ROOT, "docs/growth.svg"), metavar="FILE", help="the plot to write")
    return parser.parse_args()


def main():
    given = options()
    with tempfile.TemporaryDirectory() as folder:
        make = works.Maker(folder)
        if given.check:
            return check(watched(given.deboil, make))
        if given.accept:
            return accept(watched(given.deboil, make))
        grown = axes(make)
        for axis in grown:
            print(axis.title, file=sys.stderr, flush=True)
            axis.count(given.deboil)
        return write(grown, given.page, given.plot)


if __name__ == "__main__":
    sys.exit(main())
