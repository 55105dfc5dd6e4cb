#!/usr/bin/env python3
"""Removes exact junk with a Python library: the peers that are no programs of their own.

usage: remove.py re|ahocorasick-rs|hyperscan RULES_DIR FILE            to standard output
       remove.py re|ahocorasick-rs|hyperscan RULES_DIR DIR OUT_DIR     with a process for each core

Large files are read in chunks that end at line ends; of a file of JSON Lines each record's `text` is cleaned. A library finds the texts; whether a text that must be a line, or
start one, stands so is asked of the bytes around it.
"""
import json
import os
import re
import sys

LINE, START, INSIDE = "lines.txt", "starts.txt", "inside.txt"
CHUNK = 32 << 20


def read_rules(folder):
    """Each rule's kind and bytes. A text inside a line goes with the space before it."""
    for kind in (LINE, START, INSIDE):
        with open(os.path.join(folder, kind), "rb") as file:
            yield from ((kind, b" " * (kind == INSIDE) + text) for text in file.read().splitlines())


def with_re(rules):
    def any_of(kind):
        return b"|".join(re.escape(text) for of, text in rules if of == kind)

    found = rb"(?m)^(?:%s)\n|^(?:%s).*\n|(?:%s)" % (any_of(LINE), any_of(START), any_of(INSIDE))
    pattern = re.compile(found)
    return lambda text: pattern.sub(b"", text)


def with_ahocorasick(rules):
    import ahocorasick_rs

    longest = ahocorasick_rs.MatchKind.LeftmostLongest
    automaton = ahocorasick_rs.BytesAhoCorasick([text for _, text in rules], matchkind=longest)
    return lambda text: without(text, removals(rules, text, automaton.find_matches_as_indexes(text)))


def with_hyperscan(rules):
    import hyperscan

    database, numbers = hyperscan.Database(), list(range(len(rules)))
    database.compile(expressions=[text for _, text in rules], ids=numbers, flags=[0] * len(rules), literal=True)

    def found(text):
        hits = []
        # It tells where a hit ends.
        note = lambda rule, _from, end, _flags, _context: hits.append((end - len(rules[rule][1]), end, rule))
        database.scan(text, match_event_handler=note)
        return ((rule, start, end) for start, end, rule in sorted(hits))

    return lambda text: without(text, removals(rules, text, found(text)))


def removals(rules, text, hits):
    """What goes for hits: a hit must stand as its kind of rule says."""
    for rule, start, end in hits:
        kind = rules[rule][0]
        if kind == INSIDE:
            yield start, end
        elif start == 0 or text[start - 1] == 10:
            if kind == START:
                yield start, text.index(b"\n", end) + 1
            elif text[end] == 10:
                yield start, end + 1


def without(text, spans):
    kept, at = [], 0
    for start, end in spans:
        if start >= at:
            kept.append(text[at:start])
        at = max(at, end)
    kept.append(text[at:])
    return b"".join(kept)


def clean_file(clean, source, target):
    """A document of generated work ends in a line feed, so only the last chunk is without one: it is empty."""
    rest = b""
    while block := source.read(CHUNK):
        end = block.rfind(b"\n") + 1
        target.write(clean(rest + block[:end]))
        rest = block[end:]
    target.write(clean(rest))


def clean_records(clean, source, target):
    for line in source:
        record = json.loads(line)
        record["text"] = clean(record["text"].encode()).decode()
        target.write(json.dumps(record, ensure_ascii=False).encode() + b"\n")


def clean_tree(clean, source, target):
    for folder, folders, _ in os.walk(source):
        for name in folders:
            os.makedirs(os.path.join(target, os.path.relpath(os.path.join(folder, name), source)))
    walked = ((folder, name) for folder, _, names in os.walk(source) for name in names)
    files = [os.path.relpath(os.path.join(folder, name), source) for folder, name in walked]
    processes = len(os.sched_getaffinity(0))
    children = [start_child(clean, source, target, files[first::processes]) for first in range(processes)]
    sys.exit(max(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children))


def start_child(clean, source, target, files):
    child = os.fork()
    if child:
        return child
    status = 1
    try:
        for name in files:
            with open(os.path.join(source, name), "rb") as read, open(os.path.join(target, name), "wb") as write:
                write.write(clean(read.read()))
        status = 0
    finally:
        os._exit(status)


LIBRARIES = {"re": with_re, "ahocorasick-rs": with_ahocorasick, "hyperscan": with_hyperscan}


def main():
    library, folder, source = sys.argv[1:4]
    clean = LIBRARIES[library](list(read_rules(folder)))
    if len(sys.argv) > 4:
        os.makedirs(sys.argv[4])
        clean_tree(clean, source, sys.argv[4])
    with open(source, "rb") as file:
        (clean_records if source.endswith(".jsonl") else clean_file)(clean, file, sys.stdout.buffer)


if __name__ == "__main__":
    main()
