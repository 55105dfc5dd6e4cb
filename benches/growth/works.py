"""What is counted: for each axis some works that differ in one number only."""
import os
import sys
from dataclasses import dataclass

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "compare"))

import rules as rule_files
from generate import Articles, OCCURRING
from junk import LINE, START, junk_strings
from words import Chance

SEED = 1
# A document whose size does not vary, and a publisher's article.
DOCUMENT, ARTICLE = 256 << 10, 6 << 10


@dataclass
class Work:
    """Texts to clean, and the options that name the rules."""

    number: int
    texts: list
    rules: list
    # What is cleaned to know what the start takes.
    nothing: str

    @property
    def bytes(self):
        return sum(os.path.getsize(text) for text in self.texts)


class Maker:
    """Writes texts and rules into a folder."""

    def __init__(self, folder):
        self.folder = folder
        self.nothing = self.put("nothing.txt", "\n")

    def put(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def text(self, size):
        """Articles of at least so many bytes together, cut at the end of a line."""
        articles, parts, done = Articles(SEED, size), [], 0
        while done < size:
            parts.append(next(articles)[0].decode())
            done += len(parts[-1].encode()) + 1
        text = "\n".join(parts).encode()[:size].decode(errors="ignore")
        return self.put(f"{size}.txt", text[: text.rfind("\n") + 1] or text)

    def rules(self, count):
        text = "".join(rule_files.toml(junk_strings(count), exact=False))
        return ["--no-bundled", "--rules", self.put(f"{count}.toml", text)]

    def work(self, number, texts, rules):
        return Work(number, texts, rules, self.nothing)


def by_rules(make, counts):
    text = make.text(DOCUMENT)
    return [make.work(count, [text], make.rules(count)) for count in counts]


def by_size(make, sizes):
    return [make.work(size, [make.text(size)], make.rules(OCCURRING)) for size in sizes]


def by_density(make, shares):
    """Texts in which so many of a hundred lines are junk."""
    chance = Chance(SEED)
    articles = Articles(SEED, DOCUMENT)
    strings = [junk.text for junk in junk_strings(OCCURRING) if junk.kind == LINE]
    works = []
    for share in shares:
        lines, done = [], 0
        while done < DOCUMENT:
            is_junk = chance.random() * 100 < share
            line = chance.pick(strings) + "\n" if is_junk else b"".join(articles.paragraph()).decode()
            lines.append(line)
            done += len(line.encode())
        text = make.put(f"density/{share}.txt", "\n".join(lines))
        works.append(make.work(share, [text], make.rules(OCCURRING)))
    return works


def by_publishers(make, counts):
    """Rule files of so many publishers, each with a signature and two rules, and texts of one of them."""
    strings = [junk.text for junk in junk_strings(4 * max(counts)) if junk.kind != START]
    works = []
    for count in counts:
        for number in range(count):
            sign, line, phrase = strings[3 * number : 3 * number + 3]
            pack = PACK.format(number=number, sign=quoted(sign), line=quoted(line), phrase=quoted(phrase))
            make.put(f"publishers/{count}/{number}.toml", pack)
        articles, text = Articles(SEED, 40 * ARTICLE), strings[0] + "\n\n"
        while len(text.encode()) < ARTICLE:
            text += next(articles)[0].decode()
        options = ["--no-bundled", "--rules", os.path.join(make.folder, "publishers", str(count))]
        works.append(make.work(count, [make.put("publisher.txt", text)], options))
    return works


PACK = """schema = 1

[source]
id = "publisher{number}"
role = "publisher"
name = "Publisher {number}"

[[source.signature]]
any = [{sign}]

[[line]]
id = "publisher{number}.line"
category = "ad"
why = "generated"
any = [{line}]

[[phrase]]
id = "publisher{number}.phrase"
category = "ad"
why = "generated"
any = [{phrase}]
"""


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def by_documents(make, counts, scrapes):
    """So many documents with the bundled rules."""
    works = []
    for count in counts:
        texts = []
        for number in range(count):
            with open(scrapes[number % len(scrapes)], encoding="utf-8") as file:
                texts.append(make.put(f"documents/{count}/{number}.txt", file.read()))
        works.append(make.work(count, texts, []))
    return works
