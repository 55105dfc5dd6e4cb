"""The rules against the junk, in the form of each tool: TOML for deboil, plain lists and a script for sed."""
import json
import os

from junk import INSIDE, LINE, START, junk_strings

LISTS = {LINE: "lines.txt", START: "starts.txt", INSIDE: "inside.txt"}
TABLES = {LINE: "[[line]]", START: "[[line]]\nmatch = \"starts\"\nmax_words = 40", INSIDE: "[[phrase]]"}
SED = {LINE: "/^{}$/d", START: "/^{}/d", INSIDE: "s/ {}//g"}


def write_all(folder, counts):
    for count in counts:
        write(os.path.join(folder, str(count)), junk_strings(count))


def write(folder, junk):
    os.makedirs(folder)

    def put(name, lines):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.writelines(lines)

    for kind, name in LISTS.items():
        put(name, (item.text + "\n" for item in junk if item.kind == kind))
    put("exact.sed", (SED[item.kind].format(for_sed(item.text)) + "\n" for item in junk))
    put("variants.toml", toml(junk, exact=False))
    put("exact.toml", toml(junk, exact=True))
    put("lines.toml", toml([item for item in junk if item.kind == LINE], exact=True))


def toml(junk, exact):
    yield "schema = 1\n"
    for number, item in enumerate(junk):
        yield f'\n{TABLES[item.kind]}\nid = "junk.{number}"\ncategory = "ad"\nwhy = "generated"\n'
        # JSON strings without escapes beyond ASCII are TOML strings, too.
        yield f"any = [{json.dumps(item.text, ensure_ascii=False)}]\n" + "exact = true\n" * exact


def for_sed(text):
    return "".join("\\" + letter if letter in "\\.*[]^$/" else letter for letter in text)
