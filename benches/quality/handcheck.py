#!/usr/bin/env python3
"""Holds what deboil deletes from scraped articles against what people marked as junk.

    handcheck.py TEXTS [--deboil BINARY] [--labels DIR]      score the removals, and compare the two readings
    handcheck.py TEXTS --wrong | --stayed                    show each removed word that is article; each junk that stayed
    handcheck.py TEXTS --draw COUNT --seed SEED              draw documents, one id a line

An id is the path of a document below TEXTS. The labels hold no text, only places:

    sample.txt     the ids of the documents that were read; `second.txt`: those that were read a second time
    labels.tsv     id, line, first word, last word, kind: one piece of junk; words are numbered from 1 in the line, and are
                   what white space separates. `second.tsv`: the labels of the second reader, who did not see the first's.

The kinds are deboil's categories (`deboil clean --help`), `other`, and `unsure` for what may belong to the article: its
words count neither way. Precision is the share of removed words that are junk, recall the share of junk words that are
removed. The readings agree on a word when both call it junk or neither does (Cohen 1960 for kappa)."""

import argparse
import collections
import json
import os
import random
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent / "handcheck"
UNSURE = "unsure"


def words_of(text):
    """Where each word of a text stands: line and number, both from 1, and its first byte."""
    place, start = {}, 0
    for line, content in enumerate(text.split(b"\n"), 1):
        at = 0
        for number, word in enumerate(content.decode(errors="replace").split(), 1):
            at = content.index(word.encode()[:1], at) if "\ufffd" in word else content.index(word.encode(), at)
            place[line, number] = start + at
            at += len(word.encode())
        start += len(content) + 1
    return place


def read_labels(path):
    """For each document its junk: line and number of the word, with its kind."""
    labels = collections.defaultdict(dict)
    for row in path.read_text(encoding="utf-8").splitlines():
        name, line, first, last, kind = row.split("\t")
        for number in range(int(first), int(last) + 1):
            labels[name][int(line), number] = kind
    return labels


def removed_words(deboil, path, places):
    """The words of a document that deboil deletes, each with the first rule that did it."""
    command = [deboil, "explain", "--isolated", "--format", "json", "--show", "removals", path]
    run = subprocess.run(command, capture_output=True, check=False)
    if run.returncode > 1:
        sys.exit(f"{path}: {run.stderr.decode()}")
    removals = json.loads(run.stdout)["removals"]
    spans = [(removal["start"], removal["end"], removal["rules"][0]) for removal in removals]
    gone = {}
    for word, at in places.items():
        for start, end, rule in spans:
            if start <= at < end:
                gone[word] = rule
    return gone


def score(texts, deboil, names, labels, show):
    """Counts removed and junk words of all documents and prints what was asked for."""
    count, stayed, wrong = collections.Counter(), collections.Counter(), collections.Counter()
    for name in names:
        text = (texts / name).read_bytes()
        places, junk = words_of(text), labels[name]
        gone = removed_words(deboil, texts / name, places)
        count["words"] += len(places)
        count["changed"] += bool(gone)
        count["clean after"] += all(word in gone for word, kind in junk.items() if kind != UNSURE)
        for word in places:
            kind = junk.get(word)
            if kind == UNSURE:
                count["unsure"] += 1
                continue
            count["removed"] += word in gone
            count["junk"] += kind is not None
            count["right"] += word in gone and kind is not None
            if word in gone and kind is None:
                wrong[name, word[0], gone[word]] += 1
            if word not in gone and kind is not None:
                stayed[name, word[0], kind] += 1
    if show:
        lines_shown(texts, wrong if show == "wrong" else stayed)
        return
    print(f"documents {len(names)}, words {count['words']}, unsure {count['unsure']}")
    print(f"removed {count['removed']} words in {count['changed']} documents, of which junk {count['right']}")
    print(f"precision {count['right'] / max(1, count['removed']):.4f}")
    print(f"recall    {count['right'] / max(1, count['junk']):.4f} (of {count['junk']} junk words)")
    print(f"documents without junk left: {count['clean after']}")
    kinds, total = collections.Counter(), collections.Counter()
    for (_, _, kind), words in stayed.items():
        kinds[kind] += words
    for name in names:
        total.update(kind for kind in labels[name].values() if kind != UNSURE)
    print("\nkind          junk words   stayed")
    for kind, words in total.most_common():
        print(f"{kind:<12}{words:>12}{kinds[kind]:>9}")


def lines_shown(texts, cases):
    """Prints the lines of cases: where, how many words, the rule or kind, the line's start."""
    for (name, line, why), words in sorted(cases.items()):
        content = (texts / name).read_bytes().split(b"\n")[line - 1].decode(errors="replace")
        print(f"{name}:{line}: {words} words, {why}: {content[:160]}")


def agreement(texts, names, first, second):
    """Prints on how many words of the documents two readings agree."""
    both = collections.Counter()
    for name in names:
        for word in words_of((texts / name).read_bytes()):
            kinds = first[name].get(word), second[name].get(word)
            if UNSURE not in kinds:
                both[kinds[0] is not None, kinds[1] is not None] += 1
    total = sum(both.values())
    agreed = (both[True, True] + both[False, False]) / total
    shares = [sum(count for calls, count in both.items() if calls[reader]) / total for reader in (0, 1)]
    chance = shares[0] * shares[1] + (1 - shares[0]) * (1 - shares[1])
    print(f"\nsecond reading: {len(names)} documents, {total} words, junk for the first {both[True, True] + both[True, False]}, "
          f"for the second {both[True, True] + both[False, True]}, for both {both[True, True]}")
    print(f"agreement {agreed:.4f}, kappa {(agreed - chance) / (1 - chance):.3f}")


def draw(texts, count, seed):
    """Prints the ids of documents drawn at random."""
    names = sorted(os.path.relpath(path, texts) for path in texts.rglob("*") if path.is_file())
    print("\n".join(random.Random(seed).sample(names, count)))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", type=Path, help="the directory with the documents")
    parser.add_argument("--deboil", default="deboil", help="the binary")
    parser.add_argument("--labels", type=Path, default=HERE, help="the directory with the labels")
    parser.add_argument("--wrong", action="store_const", const="wrong", dest="show", help="list article text that went")
    parser.add_argument("--stayed", action="store_const", const="stayed", dest="show", help="list junk that stayed")
    parser.add_argument("--draw", type=int, help="draw so many documents instead")
    parser.add_argument("--seed", type=int, default=2018, help="of the draw")
    args = parser.parse_args()
    if args.draw:
        draw(args.texts, args.draw, args.seed)
        return
    names = (args.labels / "sample.txt").read_text(encoding="utf-8").split("\n")[:-1]
    labels = read_labels(args.labels / "labels.tsv")
    score(args.texts, args.deboil, names, labels, args.show)
    if not args.show:
        again = (args.labels / "second.txt").read_text(encoding="utf-8").split("\n")[:-1]
        agreement(args.texts, again, labels, read_labels(args.labels / "second.tsv"))


if __name__ == "__main__":
    main()
