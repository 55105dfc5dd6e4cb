"""Measures what it costs to lose nothing: the journal, the ledger, waiting for the disk.

usage: python3 benches/overhead DIR [--deboil PROGRAM] [--rounds N] [--scratch DIR] [-- OPTION...]

Cleans a directory in each way, one after the other, in each of N rounds, and prints medians: seconds, and how many times
as long it took as the way above it that does the same without, by the clock and by the processors. Ratios are those of one
round, as what else the machine does changes from round to round. What was restored is compared with DIR.

OPTION goes to `deboil clean`. DIR is only read; all is written below a new directory in --scratch.
"""
import argparse
import contextlib
import fcntl
import filecmp
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


@dataclass
class Way:
    """A way to clean, and the way that it is compared with."""

    name: str
    args: list
    than: str = ""
    # What is done before, unmeasured: arguments of a run of deboil, or a copy of the texts.
    before: list = field(default_factory=list)
    copies: bool = False
    # Whether another program has the journal, so that the run goes without.
    takes_journal: bool = False
    times: list = field(default_factory=list)


def ways():
    clean = ["clean", "TEXTS", "-o", "out"]
    in_place = ["clean", "copy", "-i"]
    ledger = ["--ledger", "l.jsonl"]
    return [
        Way("to a directory, without a journal", clean, takes_journal=True),
        Way("with its journal", clean, "to a directory, without a journal"),
        Way("with a ledger", [*clean, *ledger], "to a directory, without a journal"),
        Way("with a compressed ledger", [*clean, "--ledger", "l.jsonl.zst"], "to a directory, without a journal"),
        Way("`--resume` when all is done", [*clean, "--resume"], "with its journal", [*clean, "--resume"]),
        Way("`restore` by the ledger", ["restore", "out", "-o", "back", *ledger], "with a ledger", [*clean, *ledger]),
        Way("in place, `--fsync never`", [*in_place, "--fsync", "never"], copies=True),
        Way("in place", in_place, "in place, `--fsync never`", copies=True),
        Way("in place with a ledger", [*in_place, *ledger], "in place, `--fsync never`", copies=True),
    ]


class Bench:
    def __init__(self, args, options):
        self.program = os.path.abspath(args.deboil)
        self.texts = os.path.abspath(args.dir)
        self.options = options
        self.scratch = args.scratch

    def command(self, args):
        args = [self.texts if arg == "TEXTS" else arg for arg in args]
        options = self.options if args[0] == "clean" else []
        return [self.program, *args, "-q", *(["--isolated"] if args[0] == "clean" else []), *options]

    def run(self, args, folder):
        ran = subprocess.run(self.command(args), cwd=folder, stderr=subprocess.PIPE, check=False)
        if ran.returncode != 0:
            sys.exit(f"{' '.join(self.command(args))}\n{ran.stderr.decode(errors='replace')}")

    def measure(self, way):
        """Seconds by the clock and by the processors."""
        with tempfile.TemporaryDirectory(dir=self.scratch) as folder:
            if way.before:
                self.run(way.before, folder)
            if way.copies:
                shutil.copytree(self.texts, os.path.join(folder, "copy"))
            os.sync()
            with journal_of(folder) if way.takes_journal else contextlib.nullcontext():
                used, start = processors(), time.perf_counter()
                self.run(way.args, folder)
                took = (time.perf_counter() - start, processors() - used)
            back = os.path.join(folder, "back")
            if os.path.exists(back) and not is_same(self.texts, back):
                sys.exit(f"what was restored is not what was in `{self.texts}`")
            return took


@contextlib.contextmanager
def journal_of(folder):
    """Has the journal of a directory, as if another run were at work."""
    os.mkdir(os.path.join(folder, "out"))
    with open(os.path.join(folder, "out", ".deboil-journal"), "w", encoding="utf-8") as journal:
        fcntl.flock(journal, fcntl.LOCK_EX)
        yield


def processors():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def is_same(one, other):
    compared = filecmp.dircmp(one, other)
    if compared.left_only or compared.right_only or compared.funny_files:
        return False
    _, differ, failed = filecmp.cmpfiles(one, other, compared.common_files, shallow=False)
    folders = ((os.path.join(one, name), os.path.join(other, name)) for name in compared.common_dirs)
    return not differ and not failed and all(is_same(*pair) for pair in folders)


def rows(measured):
    by_name = {way.name: way for way in measured}
    yield ["", "seconds", "by the clock", "by the processors"]
    for way in measured:
        ratios = ["", ""]
        if way.than:
            pairs = list(zip(way.times, by_name[way.than].times))
            ratios = [f"{statistics.median(mine[of] / other[of] for mine, other in pairs):.2f}" for of in (0, 1)]
        than = f" (than: {way.than})" if way.than else ""
        yield [way.name + than, f"{statistics.median(clock for clock, _ in way.times):.2f}", *ratios]


def print_table(table):
    head, *rest = table
    print("\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rest]))


def partition(words, mark):
    at = words.index(mark) if mark in words else len(words)
    return words[:at], words[at : at + 1], words[at + 1 :]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dir")
    parser.add_argument("--deboil", default=os.path.join(ROOT, "target/release/deboil"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--scratch", default=None)
    # What follows `--` is not for this program.
    mine, _, options = partition(sys.argv[1:], "--")
    args = parser.parse_args(mine)
    bench, measured = Bench(args, options), ways()
    for _ in range(args.rounds):
        for way in measured:
            way.times.append(bench.measure(way))
    print_table(list(rows(measured)))


if __name__ == "__main__":
    main()
