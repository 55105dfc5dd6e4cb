#!/usr/bin/env python3
"""How much better whole pages are cleaned by rules that were learnt from other pages of their site.

usage: learn.py TEXT_DIR GOLD_DIR [--deboil PROGRAM] [--first N]... [--last N]

The texts of a site stand in files `SITE_NUMBER.txt`, with the article of each
under the same name in GOLD_DIR. From the first N of each site (in the order of
their names; texts only, no articles) rules are learnt; with them the last five
are cleaned, and P, R, F1 and exact are counted as by compare.py. N = 0 stands
for no learnt rules.
"""
import argparse
import collections
import pathlib
import shutil
import subprocess
import tempfile

import compare


def sites(texts):
    found = collections.defaultdict(list)
    for file in sorted(texts.glob("*.txt")):
        found[file.stem.rsplit("_", 1)[0]].append(file)
    return found


def run(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}\n{done.stderr}")


def cleaned(program, name, files, first, last, folder):
    """What is left of the last files of a site when they are cleaned with what the first ones taught."""
    site = "".join(c if c.isalnum() else "-" for c in name.lower())
    pages, learnt = folder / "pages" / name, folder / "learnt" / name
    for place, some in ((pages, files[-last:]), (learnt, files[:first])):
        place.mkdir(parents=True)
        for file in some:
            shutil.copy(file, place)
    command = [program, "clean", "-q", "--isolated", "--full-page", pages, "-o", folder / "cleaned"]
    if first:
        rules = folder / f"{site}.toml"
        run(program, "learn", "--isolated", learnt, "--source", site, "-o", rules)
        command += ["--rules", rules, "--source", site]
    run(*command)
    return {file.name: compare.read(folder / "cleaned" / file.name) for file in files[-last:]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", type=pathlib.Path)
    parser.add_argument("golds", type=pathlib.Path)
    parser.add_argument("--deboil", default="target/release/deboil", help="the program (default: target/release/deboil)")
    parser.add_argument("--first", type=int, action="append", help="learn from so many pages (default: 0, 5, 20)")
    parser.add_argument("--last", type=int, default=5, help="clean so many pages of each site (default: 5)")
    args = parser.parse_args()
    print(f"{'learnt from':>11}  {'F1':>6} {'P':>6} {'R':>6} {'exact':>6}  pages")
    for first in args.first or [0, 5, 20]:
        texts = {}
        with tempfile.TemporaryDirectory() as folder:
            for name, files in sites(args.texts).items():
                texts |= cleaned(args.deboil, name, files, first, args.last, pathlib.Path(folder))
        golds = {file: compare.runs(compare.read(args.golds / file)) for file in texts}
        golds = {file: gold for file, gold in golds.items() if gold[0]}
        values = " ".join(f"{value:6.3f}" for value in compare.score(texts, golds))
        print(f"{first:>11}  {values}  {len(golds)}")


if __name__ == "__main__":
    main()
