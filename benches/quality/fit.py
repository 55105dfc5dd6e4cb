#!/usr/bin/env python3
"""Fit the weights of the `[[article]]` rules to pages and their articles.

usage: fit.py FEATURES_PROGRAM WEIGHTS.rs TEXT_DIR GOLD_DIR [TEXT_DIR GOLD_DIR ...]
       fit.py FEATURES_PROGRAM --cross TEXT_DIR GOLD_DIR [TEXT_DIR GOLD_DIR ...]

With --cross nothing is written: the pages of each fifth are cleaned with weights
that were fitted to the others (files whose names start alike fall into the same
fifth), and P, R and F1 of what the model alone leaves are printed.

TEXT_DIR holds texts of whole pages, GOLD_DIR the article of each under the same
file name. Needs scikit-learn and rapidfuzz.

A line is of the article if most of its words stand in the longest common
subsequence of the words of page and article. Logistic regression is fitted to
the lines of all pages; a page weighs the same whatever its length, a line by
the square root of its words. What the fitted model leaves of each page is then
laid beside the pages and all is fitted once more, so that cleaning a cleaned
page finds little to do.
"""
import collections
import math
import pathlib
import re
import subprocess
import sys
import tempfile
import zlib

import numpy as np
from rapidfuzz.distance import LCSseq
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

import compare

WORD = re.compile(r"\w+")
BIAS = 0.5  # an article's line lost is worse than a line of junk left
KEEPS_FROM = 0.6  # the share of a line's words that must be in the article
EDGE = 4  # short lines farther from the article's long ones are there by chance


def read(path):
    return path.read_bytes().decode("utf-8", errors="replace")


def labels(lines, gold):
    """For each line 1 (of the article), 0, or -1 (no words)."""
    words, owner = [], []
    for number, line in enumerate(lines):
        for word in WORD.findall(line):
            words.append(word)
            owner.append(number)
    ids = {}
    page = [ids.setdefault(word, len(ids)) for word in words]
    article = [ids.setdefault(word, len(ids)) for word in WORD.findall(gold)]
    total, hit = collections.Counter(owner), collections.Counter()
    for op in LCSseq.opcodes(page, article):
        if op.tag == "equal":
            hit.update(owner[op.src_start:op.src_end])
    share = [hit[n] / total[n] if total[n] else -1 for n in range(len(lines))]
    long = [n for n in range(len(lines)) if total[n] >= 6 and share[n] >= 0.8]
    first, last = (long[0] - EDGE, long[-1] + EDGE) if long else (0, -1)
    return [-1 if s < 0 else int(s >= KEEPS_FROM and first <= n <= last) for n, s in enumerate(share)]


class Page:
    def __init__(self, name, lines, rows, words, gold):
        self.name, self.lines, self.gold = name, lines, gold
        self.rows, self.words = np.array(rows), np.array(words, float)
        self.labels = np.array(labels(lines, gold))
        self.weights = (np.sqrt(self.words) + 0.3) / math.sqrt(self.words.sum() + 1)


def pages(program, texts, golds):
    """The pages of a directory with the features of their lines."""
    rows = collections.defaultdict(list)
    with subprocess.Popen([program, str(texts)], stdout=subprocess.PIPE, text=True) as run:
        names = next(run.stdout).rstrip("\n").split("\t")[3:]
        for row in run.stdout:
            file, line, words, *features = row.rstrip("\n").split("\t")
            rows[file].append((int(line), int(words), [float(value) for value in features]))
    for file, found in rows.items():
        gold = golds / file
        if not gold.is_file():
            continue
        lines = read(texts / file).split("\n")
        yield names, Page(file, [lines[line] for line, _, _ in found], [f for _, _, f in found], [w for _, w, _ in found], read(gold))


def fit(all_pages):
    """Weights for the features as they are, and the bias."""
    rows = np.concatenate([page.rows for page in all_pages])
    label = np.concatenate([page.labels for page in all_pages])
    weight = np.concatenate([page.weights for page in all_pages])
    known = label >= 0
    scale = StandardScaler().fit(rows[known])
    model = LogisticRegression(C=0.5, max_iter=1000)
    model.fit(scale.transform(rows[known]), label[known], sample_weight=weight[known] / weight[known].mean())
    spread = np.where(scale.scale_ > 0, scale.scale_, 1)
    weights = model.coef_[0] / spread
    return weights, float(model.intercept_[0] - (weights * scale.mean_).sum() + BIAS)


def kept(page, weights, bias, change=1.0):
    """The lines of a page that the model keeps: as `path.rs` finds them."""
    sums, came = [0.0, -math.inf], []
    for number, score in enumerate(page.rows @ weights + bias):
        price = change if number else 0.0
        outside, inside = sums[0] >= sums[1] - price, sums[1] >= sums[0] - price
        came.append((not outside, inside))
        sums = [sums[0] if outside else sums[1] - price, (sums[1] if inside else sums[0] - price) + score]
    label, stays = sums[1] > sums[0], []
    for source in reversed(came):
        stays.append(label)
        label = source[int(label)]
    return [line for line, stay in zip(page.lines, reversed(stays)) if stay]


def second(program, all_pages, model):
    """The pages as a first cleaning leaves them."""
    with tempfile.TemporaryDirectory() as folder:
        texts, golds = pathlib.Path(folder, "text"), pathlib.Path(folder, "gold")
        texts.mkdir()
        golds.mkdir()
        for number, page in enumerate(all_pages):
            (texts / f"{number}.txt").write_text("\n".join(kept(page, *model)) + "\n", encoding="utf-8")
            (golds / f"{number}.txt").write_text(page.gold, encoding="utf-8")
        return [page for _, page in pages(program, texts, golds)]


def cross(all_pages):
    """P and R of each page, cleaned by a model that has not seen its fifth."""
    group = [zlib.crc32(re.split(r"[_0-9]", page.name)[0].encode() or page.name.encode()) % 5 for page in all_pages]
    results = {}
    for fold in range(5):
        model = fit([page for page, own in zip(all_pages, group) if own != fold])
        for number, page in enumerate(all_pages):
            if group[number] == fold:
                left, gold = compare.runs("\n".join(kept(page, *model)))[0], compare.runs(page.gold)[0]
                same = sum((left & gold).values())
                results[number] = (same / max(sum(left.values()), 1), same / max(sum(gold.values()), 1))
    return [results[number] for number in range(len(all_pages))]


def main():
    if len(sys.argv) < 5 or len(sys.argv) % 2 == 0:
        sys.exit(__doc__)
    program, target, *folders = sys.argv[1:]
    found = [
        item
        for text, gold in zip(folders[::2], folders[1::2])
        for item in pages(program, pathlib.Path(text), pathlib.Path(gold))
    ]
    if target == "--cross":
        p, r = np.mean(cross([page for _, page in found]), axis=0)
        return print(f"{len(found)} pages  F1 {2 * p * r / (p + r):.4f}  P {p:.4f}  R {r:.4f}")
    names, all_pages = found[0][0], [page for _, page in found]
    first = fit(all_pages)
    weights, bias = fit(all_pages + second(program, all_pages, first))
    path = pathlib.Path(target)
    head, tail = path.read_text().split("/// The weight of no feature.")[0], path.read_text().split("];\n", 1)[1]
    table = "".join(f"    {value:.4f}, // {name}\n" for value, name in zip(weights, names))
    path.write_text(f"{head}/// The weight of no feature.\nconst BIAS: f64 = {bias:.4f};\n\nconst WEIGHTS: &[f64] = &[\n{table}];\n{tail}")
    print(f"{len(all_pages)} pages, {len(names)} features")


if __name__ == "__main__":
    main()
