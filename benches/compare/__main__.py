"""Compare deboil with what else removes known junk, and with copying.

usage: python3 benches/compare [OPTIONS]

One command makes the work from a seed, removes the junk from it with every tool that is installed, in rounds in which
each gets its turn, and writes medians and spread, as ratios to the limit, into docs/performance.md, with a plot beside
it. If a tool leaves other bytes than what it claims to remove must leave, the table says so and the status is 1.

It needs Python 3.9 and a built deboil (cargo build --release). grep, rg, perl and sed are used if they are there.
The libraries of the Python peers go into a virtual environment, so that nothing else is touched:

  python3 -m venv target/peers
  target/peers/bin/pip install ahocorasick-rs hyperscan
  target/peers/bin/python benches/compare
"""
import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile

# Nothing is left beside the sources.
sys.dont_write_bytecode = True

import peers
import plot
import report
from measure import Bench, Group, Row, Settings

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
MEMORY = "/dev/shm"
# The full work.
FILES, BIG = 50_000, 1 << 30
# A start takes milliseconds, so it is repeated so many times as often again.
STARTS = 4


def options():
    parser = argparse.ArgumentParser(
        prog="python3 benches/compare", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--deboil", default=os.path.join(ROOT, "target/release/deboil"), help="the program")
    add("--seed", type=int, default=1, help="of the work")
    add("--files", type=int, default=FILES, help="how many small files (default 50,000)")
    add("--big", type=int, default=BIG, metavar="BYTES", help="the size of the large text (default 1 GiB)")
    add("--jsonl", type=int, default=BIG, metavar="BYTES", help="the size of the JSON Lines (default 1 GiB)")
    add("--rules", type=counts, default="400,1000,10000,100000", help="numbers of rules, for deboil")
    add("--peer-rules", type=counts, default="400,10000", help="those of them that the others get, too")
    add("--rounds", type=int, default=5, help="how often each runs (default 5)")
    add("--budget", type=float, default=5, metavar="SECONDS", help="a tool gets as much work as it does in this time")
    add("--timeout", type=float, default=60, metavar="SECONDS", help="a run that takes longer is stopped")
    add("--work", default=os.path.join(ROOT, "target/compare"), metavar="DIR", help="keeps the work for the next time")
    add("--out", metavar="DIR", help="where outputs go (default: /dev/shm, which is memory, or the work's folder)")
    add("--only", metavar="GROUPS", help="of small, text, null, records, start-up, those named, with commas between")
    add("--no-bundled", action="store_true", help="leave out the rows with the bundled rules")
    add("--page", default=os.path.join(ROOT, "docs/performance.md"), metavar="FILE", help="the page to write")
    add("--plot", default=os.path.join(ROOT, "docs/performance.svg"), metavar="FILE", help="the plot to write")
    add("--make-only", action="store_true", help="make the work, name its folder, and stop")
    given = parser.parse_args()
    if not set(given.peer_rules) <= set(given.rules):
        parser.error("--peer-rules names numbers that --rules does not")
    if min(given.rules) < 400:
        parser.error("--rules: the junk of 400 rules occurs in the text, so there can be no fewer")
    return given


def counts(text):
    return [int(number) for number in text.split(",")]


def say(text):
    print(text, file=sys.stderr, flush=True)


def make_work(given):
    """The folder with the work of these numbers, from an earlier run or new."""
    numbers = [given.seed, given.files, given.big, given.jsonl, *given.rules]
    folder = os.path.abspath(os.path.join(given.work, "-".join(map(str, numbers))))
    if not os.path.exists(folder):
        say("The work is made.")
        make = [sys.executable, "-B", os.path.join(HERE, "generate.py"), folder, *map(str, numbers)]
        subprocess.run(make, check=True)
    with open(os.path.join(folder, "expected.json"), encoding="utf-8") as file:
        return folder, json.load(file)


def groups(given, others, expected):
    """What is measured."""

    def rows(tools, rules):
        return [Row(tool, count) for tool in tools for count in rules]

    def all_tools(rules, own_rules):
        """The others, deboil doing the same, and deboil doing what it is for."""
        alike = [peers.deboil(given.deboil, claim) for claim in ("lines", "exact")]
        bundled = [] if given.no_bundled else [peers.deboil(given.deboil, "bundled")]
        return rows([*others, *alike], rules) + rows([variants[0]], own_rules) + rows(bundled, [most])

    most = max(given.peer_rules)
    variants = [peers.deboil(given.deboil, "variants", threads) for threads in (0, 1)]
    small, text, records = (expected[work]["1"]["nothing"]["bytes"] / 1e6 for work in ("small", "text", "records"))
    made = [
        Group("small", f"{given.files:,} small files, {small:,.1f} MB", peers.CP_TREE, "small", is_tree=True),
        Group("text", f"One text of {text:,.1f} MB, into a file", peers.CP, "text"),
        Group("null", f"One text of {text:,.1f} MB, thrown away", peers.CAT, "text", is_discarded=True),
        Group("records", f"JSON Lines, {records:,.1f} MB", peers.CAT, "records", ending=".jsonl"),
        Group("start-up", "Start-up", peers.TRUE, "tiny"),
    ]
    for group in made:
        if group.is_discarded:
            group.rows = rows(variants, given.rules)
        elif group.name == "records":
            libraries = [tool for tool in others if tool.name.startswith("python")]
            jq = [peers.JQ] if peers.JQ.is_installed() else []
            group.rows = rows([*jq, *libraries, *variants], [most])
        else:
            group.rows = all_tools([most] if group.is_tree else given.peer_rules, given.rules)
    wanted = given.only.split(",") if given.only else [group.name for group in made]
    return [group for group in made if group.name in wanted]


def facts(given, others, missing, out, load):
    """What one must know to read the tables."""
    tools = [peers.deboil(given.deboil, "exact"), *others, peers.JQ, peers.CP]
    versions = dict.fromkeys(tool.version_line() for tool in tools)
    is_less = given.files < FILES or given.big < BIG or given.jsonl < BIG
    lines = [
        f"Machine: {report.machine()}. Load before the run {load:.1f}, after it {os.getloadavg()[0]:.1f}, of which the",
        f"run itself makes 1 to {peers.CORES}. Outputs go to {out}.",
        f"Versions: {'; '.join(line for line in versions if line)}.",
        f"Not installed: {', '.join(missing)}." if missing else "",
        f"Rounds: {given.rounds}; seed {given.seed}; budget {given.budget:g} s; timeout {given.timeout:g} s.",
        "**This run had less than the full work of 50,000 files and 1 GiB of text and of JSON Lines.**" if is_less else "",
    ]
    return "\n".join(line for line in lines if line)


def has_room(folder, expected):
    """Whether any output fits, which is no longer than the work."""
    most = max(shares["1"]["nothing"]["bytes"] for shares in expected.values())
    return os.path.isdir(folder) and shutil.disk_usage(folder).free > 2 * most


def measure(given, work, expected):
    others = peers.peers()
    installed = [tool for tool in others if tool.is_installed()]
    missing = [tool.name for tool in others if tool not in installed]
    place = given.out or (MEMORY if has_room(MEMORY, expected) else work)
    out = tempfile.mkdtemp(prefix="compare-", dir=place)
    load = os.getloadavg()[0]
    try:
        bench = Bench(Settings(work, out, expected, given.budget, given.timeout), say)
        measured = groups(given, installed, expected)
        for group in measured:
            bench.measure(group, given.rounds, given.rounds * STARTS if group.name == "start-up" else 0)
    finally:
        shutil.rmtree(out)
    kind = "memory (tmpfs)" if place == MEMORY else "a folder"
    return measured, facts(given, installed, missing, kind, load)


def main():
    given = options()
    work, expected = make_work(given)
    # What deboil keeps of its rules goes with the work.
    os.environ["DEBOIL_CACHE_DIR"] = os.path.join(work, "cache")
    if given.make_only:
        print(work)
        return
    if not shutil.which(given.deboil):
        sys.exit(f"{given.deboil}: no program; build it with `cargo build --release` or name it with --deboil")
    given.deboil = os.path.abspath(shutil.which(given.deboil))
    # Now, since a page that cannot be written should not be told of after half an hour.
    try:
        before, after = report.around(given.page)
    except ValueError as error:
        sys.exit(str(error))
    measured, told = measure(given, work, expected)
    picture = os.path.relpath(given.plot, os.path.dirname(os.path.abspath(given.page)))
    made = report.text(measured, expected, told, picture)
    with open(given.plot, "w", encoding="utf-8") as file:
        file.write(plot.picture(measured))
    report.write(given.page, before, made, after)
    print(made)
    if wrong := [row for group in measured for row in group.rows if row.is_wrong]:
        sys.exit("wrong bytes: " + ", ".join(f"{row.tool.name} ({row.tool.claim}, {row.rules} rules)" for row in wrong))


if __name__ == "__main__":
    main()
