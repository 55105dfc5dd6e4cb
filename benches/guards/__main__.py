"""Shows what the guards of `deboil clean` make of a directory of texts.

usage: python3 benches/guards DIR [--deboil PROGRAM] [--splits N] [--seed N] [-- OPTION...]

Three tables: which share of its words a text loses, to all rules and to those that do not name each word that they delete;
how many texts each --max-removed leaves alone; and how often --compare flags halves of the same texts. For the last one
all texts are split by chance, again and again. A pair is a source, or all texts together, with enough texts in both halves.

No text is written. OPTION is one that both `deboil clean` and `deboil explain` know: --full-page, --rules, --no-bundled.
Records are left out, as is what is no text.
"""
import argparse
import itertools
import json
import math
import os
import random
import subprocess
import sys
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SHARES = [0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]
LEVELS = [0.5, 0.9, 0.99, 1.0]
# What --compare asks for: so many documents in both runs, and shares of which one is so many times the other.
DOCUMENTS = 10
RATIO = 2
POINTS = [5, 10, 15]


@dataclass
class Text:
    """A text and its words: all, those that go, those that go by rules which do not name each of them."""

    path: str
    outcome: str
    all: int
    lost: int
    lost_vaguely: int

    @property
    def share(self):
        return self.lost / max(self.all, 1)

    @property
    def vague_share(self):
        return self.lost_vaguely / max(self.all, 1)


class Deboil:
    def __init__(self, program, options):
        self.program = program
        self.options = ["--isolated", *options]

    def run(self, command, *rest):
        args = [self.program, command, *self.options, *map(str, rest)]
        return subprocess.run(args, capture_output=True, check=False)

    def report(self, *rest):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "report.json")
            run = self.run("clean", "--check", "-q", "--report", path, *rest)
            # 1 says that something would go, or that a share jumped.
            if run.returncode not in (0, 1):
                sys.exit(run.stderr.decode(errors="replace"))
            with open(path, encoding="utf-8") as file:
                return json.load(file)

    def text(self, path):
        """A text; none if it is left out, as what is no text."""
        run = self.run("explain", "--format", "json", "--show", "removals", path)
        if run.returncode != 0:
            print(f"left out: {run.stderr.decode(errors='replace')}", file=sys.stderr)
            return None
        explanation = json.loads(run.stdout)
        return Text(path, explanation["outcome"], **explanation["words"])


def texts_of(deboil, directory):
    """The texts of a directory, in the order of their paths."""
    rows = deboil.report(directory)["documents"]
    paths = [row["path"] for row in rows if "line" not in row]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return [text for text in pool.map(deboil.text, sorted(paths)) if text]


def table(heads, rows):
    print("| " + " | ".join(heads) + " |")
    print("| " + " | ".join(["---"] + ["--:"] * (len(heads) - 1)) + " |")
    for row in rows:
        print("| " + " | ".join(map(str, row)) + " |")
    print()


def percent(share):
    return f"{share * 100:.1f} %"


def show_shares(texts):
    left = sorted(text.share for text in texts if text.outcome.startswith("left alone"))
    others = [text for text in texts if not text.outcome.startswith("left alone")]
    print("## Which share of its words a text loses\n")
    would_lose = Counter(map(percent, left))
    each = ", ".join(f"{share} ({count})" for share, count in would_lose.items())
    print(f"{len(left)} are left alone{f', and would lose {each}' if each else ''}. Of the other {len(others)}:\n")
    kinds = [sorted(text.share for text in others), sorted(text.vague_share for text in others)]
    rows = [["texts that lose nothing"] + [percent(shares.count(0) / max(len(shares), 1)) for shares in kinds]]
    for level in LEVELS if others else []:
        at = math.ceil(level * len(others)) - 1
        rows.append([f"{level * 100:g} % of the texts lose at most"] + [percent(shares[at]) for shares in kinds])
    rows.append(["the five that lose most"] + [", ".join(map(percent, shares[-5:])) for shares in kinds])
    table(["", "to all rules", "to rules that do not name each word"], rows)


def show_left_alone(deboil, directory, texts):
    print("## How many texts are left alone\n")
    rows = []
    for share in SHARES:
        left = deboil.report("--max-removed", share, directory)["total"]["left_alone"].get("over bound", 0)
        rows.append([share, left, sum(text.vague_share > share for text in texts)])
    table(["--max-removed", "texts", "of these for rules that do not name each word"], rows)


def tallies(report):
    total = report["total"]
    return {"": total, **total["by_source"]}


def gone(tally):
    return 1 - tally["bytes_out"] / max(tally["bytes_in"], 1)


def pairs(deboil, texts, chance):
    """The shares of both halves of each source, after all texts were split, and how many --compare flags."""
    paths = [text.path for text in texts]
    chance.shuffle(paths)
    half = len(paths) // 2
    with tempfile.TemporaryDirectory() as folder:
        lists = [os.path.join(folder, name) for name in ("first", "second")]
        for name, part in zip(lists, (paths[:half], paths[half:])):
            with open(name, "wb") as file:
                file.write(b"\0".join(map(os.fsencode, part)))
        first = deboil.report("-0", "--file-list", lists[0])
        earlier = os.path.join(folder, "earlier.json")
        with open(earlier, "w", encoding="utf-8") as file:
            json.dump(first, file)
        second = deboil.report("-0", "--file-list", lists[1], "--compare", earlier)
    now = tallies(second)
    both = [(tally, now[name]) for name, tally in tallies(first).items() if name in now]
    enough = [pair for pair in both if min(tally["documents"] for tally in pair) >= DOCUMENTS]
    return [tuple(map(gone, pair)) for pair in enough], len(second["total"]["jumps"])


def is_jump(shares, points):
    low, high = sorted(shares)
    return high - low >= points / 100 and high >= RATIO * low


def show_halves(deboil, texts, splits, seed):
    chance = random.Random(seed)
    shares, flagged = [], 0
    for _ in range(splits):
        more, jumps = pairs(deboil, texts, chance)
        shares += more
        flagged += jumps
    print("## How often halves of the same texts are flagged\n")
    print(f"Of {len(shares)} pairs after {splits} splits --compare flags {flagged}.\n")
    rows = [[points, sum(is_jump(pair, points) for pair in shares)] for points in POINTS]
    table(["with so many percentage points", "pairs"], rows)


def parser():
    parser = argparse.ArgumentParser(
        prog="python3 benches/guards",
        usage="%(prog)s DIR [--deboil PROGRAM] [--splits N] [--seed N] [-- OPTION...]",
        description=__doc__.split("usage:")[0] + __doc__.split("OPTION...]\n\n")[1],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("directory", metavar="DIR", help="the directory with the texts")
    add("--deboil", default=os.path.join(ROOT, "target/release/deboil"), metavar="PROGRAM", help="the program")
    add("--splits", type=int, default=50, metavar="N", help="how often the texts are split")
    add("--seed", type=int, default=1, metavar="N", help="of the splits")
    return parser


def main():
    options = parser()
    own = list(itertools.takewhile(lambda word: word != "--", sys.argv[1:]))
    given = options.parse_args(own)
    if not os.path.isfile(given.deboil):
        options.error(f"no program `{given.deboil}`: build it with `cargo build --release`, or name it by --deboil")
    deboil = Deboil(given.deboil, sys.argv[len(own) + 2 :])
    texts = texts_of(deboil, given.directory)
    if len(texts) < 2:
        options.error(f"{given.directory} holds fewer than two texts")
    print(f"# {len(texts)} texts\n")
    show_shares(texts)
    show_left_alone(deboil, given.directory, texts)
    show_halves(deboil, texts, given.splits, given.seed)


if __name__ == "__main__":
    main()
