#!/usr/bin/env python3
"""Compare deboil with what people use today, on texts whose article is known.

usage: compare.py TEXT_DIR GOLD_DIR [--deboil PROGRAM] [--full-page] [--keep CATEGORIES] [--picture FILE.svg]

GOLD_DIR holds the article of each text of TEXT_DIR under the same file name. A
text that is missing counts as empty. Each peer gets the same text and its own
defaults:

  nothing   the text as it is
  length    lines of ten words or more
  c4        the line rules of C4 (Raffel et al. 2020, section 2.2): lines of five
            words or more that end in a full stop, an exclamation mark, a question
            mark or a quote, without "javascript", no policies and no braces
  justext   jusText's classes (Pomikalek 2011) of the lines, its English stop words
            and its defaults; needs `pip install justext`, else it is left out
  deboil    with the options given
  ceiling   what the best choice of whole lines leaves when the article is known: of
            all lines those of whose runs of words the article has a certain share,
            which for each text is the share with the highest F1

P is the share of what is left that the article has, R the share of the article
that is left, both counted in runs of four words and averaged over the files; F1
is their harmonic mean; exact is the share of files whose words are the article's.
gap is how much of the way from nothing to the ceiling a peer's F1 goes.
"""
import argparse
import pathlib
import re
import subprocess
import tempfile
from collections import Counter

WORD = re.compile(r"\w+")


def runs(text):
    words = WORD.findall(text)
    size = min(4, len(words))
    return (Counter(zip(*(words[at:] for at in range(size)))) if size else Counter()), words


def length(text):
    return "\n".join(line for line in text.split("\n") if len(line.split()) >= 10)


def c4(text):
    policies = ("terms of use", "privacy policy", "cookie policy", "uses cookies", "use of cookies", "use cookies")

    def stays(line):
        low = line.strip().lower()
        ends = low.endswith((".", "!", "?", '"', "”")) and not low.endswith("...")
        return ends and len(low.split()) >= 5 and "javascript" not in low and not any(p in low for p in policies)

    lines = [line for line in text.split("\n") if stays(line)]
    return "" if any("{" in line for line in lines) else "\n".join(lines)


def justext_lines(text):
    import justext
    from justext.core import classify_paragraphs, revise_paragraph_classification
    from justext.paragraph import Paragraph
    from justext.utils import get_stoplist

    class Path:
        dom = xpath = "body.p"

    def paragraph(line):
        made = Paragraph(Path())
        made.append_text(line)
        return made

    found = [paragraph(line.strip()) for line in text.split("\n") if line.strip()]
    classify_paragraphs(found, get_stoplist("English"))
    revise_paragraph_classification(found, 200)
    return "\n".join(item.text for item in found if not item.is_boilerplate)


def ceiling(text, gold):
    want, want_words = gold
    article = " " + " ".join(want_words) + " "

    def share(line):
        have, words = runs(line)
        if len(words) < 4:
            return float(f" {' '.join(words)} " in article)
        return sum((have & want).values()) / sum(have.values())

    lines = [(share(line), line) for line in text.split("\n")]
    choices = ("\n".join(line for value, line in lines if value >= least / 20) for least in range(21))
    return max(choices, key=lambda choice: score({"text": choice}, {"text": gold})[0])


def by_deboil(program, options, texts):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([program, "clean", "-q", "--isolated", *options, str(texts), "-o", folder], check=True)
        return {path.name: read(path) for path in pathlib.Path(folder).rglob("*") if path.is_file()}


def read(path):
    return path.read_bytes().decode("utf-8", errors="replace")


def score(cleaned, golds):
    p = r = exact = 0
    for name, (want, want_words) in golds.items():
        got, got_words = runs(cleaned.get(name, ""))
        same = sum((want & got).values())
        p += same / sum(got.values()) if got else 0
        r += same / sum(want.values())
        exact += got_words == want_words
    p, r, exact = p / len(golds), r / len(golds), exact / len(golds)
    return (2 * p * r / (p + r) if p + r else 0), p, r, exact


def picture(rows, title):
    bars = []
    for number, (name, (f1, p, r, _)) in enumerate(rows):
        top = 40 + number * 62
        bars.append(f'<text x="10" y="{top + 30}">{name}</text>')
        for at, (label, value, colour) in enumerate((("F1", f1, "#2a6f97"), ("P", p, "#a9d6e5"), ("R", r, "#61a5c2"))):
            y = top + at * 17
            bars.append(f'<rect x="90" y="{y}" width="{value * 400:.1f}" height="14" fill="{colour}"/>')
            bars.append(f'<text x="{96 + value * 400:.1f}" y="{y + 12}" font-size="11">{label} {value:.3f}</text>')
    height = 50 + len(rows) * 62
    style = 'font-family="sans-serif" font-size="13"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="580" height="{height}" {style}><rect width="580" height="{height}" fill="white"/><text x="10" y="22" font-weight="bold">{title}</text>{"".join(bars)}</svg>\n'


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("texts", type=pathlib.Path)
    parser.add_argument("golds", type=pathlib.Path)
    parser.add_argument("--deboil", default="deboil", help="the program")
    parser.add_argument("--full-page", action="store_true")
    parser.add_argument("--keep", default="", help="categories, as of `deboil clean`")
    parser.add_argument("--picture", type=pathlib.Path, help="an SVG file to write")
    given = parser.parse_args()

    golds = {path.name: runs(read(path)) for path in sorted(given.golds.iterdir()) if path.is_file()}
    golds = {name: gold for name, gold in golds.items() if gold[0]}
    if not golds:
        parser.error(f"{given.golds} holds no text")
    texts = {name: read(given.texts / name) for name in golds if (given.texts / name).is_file()}
    options = ["--full-page"] * given.full_page + (["--keep", given.keep] if given.keep else [])

    rows = [("nothing", score(texts, golds))]
    for name, peer in (("length", length), ("c4", c4), ("justext", justext_lines)):
        try:
            rows.append((name, score({file: peer(text) for file, text in texts.items()}, golds)))
        except ImportError:
            print(f"{name} is not installed and is left out")
    rows.append(("deboil", score(by_deboil(given.deboil, options, given.texts), golds)))
    rows.append(("ceiling", score({file: ceiling(text, golds[file]) for file, text in texts.items()}, golds)))
    nothing, best = rows[0][1][0], rows[-1][1][0]
    print(f"{len(golds)} files\n{'':10}{'F1':>8}{'P':>8}{'R':>8}{'exact':>8}{'gap':>8}")
    for name, values in rows:
        gap = (values[0] - nothing) / (best - nothing) if best > nothing else 0
        print(f"{name:10}" + "".join(f"{value:8.4f}" for value in (*values, gap)))
    if given.picture:
        given.picture.write_text(picture(rows, f"{len(golds)} texts"), encoding="utf-8")


if __name__ == "__main__":
    main()
