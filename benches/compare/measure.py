"""Runs commands and takes their times, in rounds in which each gets its turn.

A tool that is slow gets a share of the work, the largest that it is thought to do within the budget, and the limit is
measured on that share, too. All bytes that come out are compared with what must be left.
"""
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field

import digest
from generate import SHARES
from peers import Tool

LAUNCH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "launch.py")


class Failed(Exception):
    """A run that gave no result: its text says why."""


class Wrong(Failed):
    """A run that left other bytes than it must."""


@dataclass(frozen=True)
class Run:
    seconds: float
    peak_kib: int


@dataclass
class Row:
    """What is measured: a tool with a number of rules."""

    tool: Tool
    rules: int
    share: int = 0
    runs: list = field(default_factory=list)
    # The limit's run of the same round on the same share, for each run.
    limits: list = field(default_factory=list)
    # Why there is no figure, and whether that is because the bytes were wrong.
    fault: str = ""
    is_wrong: bool = False


@dataclass
class Group:
    """Rows that do the same work and are held against the same limit."""

    name: str
    title: str
    limit: Tool
    # The part of the work, by its name in `expected.json`, and whether it is a tree of files.
    work: str
    is_tree: bool = False
    is_discarded: bool = False
    # What the name of the file ends in, if it is one.
    ending: str = ".txt"
    rows: list = field(default_factory=list)


@dataclass(frozen=True)
class Settings:
    work: str
    out: str
    expected: dict
    budget: float
    timeout: float


def run(command, target, errors, timeout):
    """Runs a command with its output in a file. It is stopped when its time is over."""
    launch = [sys.executable, "-I", "-S", LAUNCH, str(timeout), target, errors, *command]
    environment = {**os.environ, "LC_ALL": "C"}
    printed = subprocess.run(launch, stdout=subprocess.PIPE, env=environment, check=True).stdout
    told = json.loads(printed)
    if told["status"]:
        with open(errors, encoding="utf-8", errors="replace") as file:
            said = file.read().strip().splitlines()
        reason = f"status {told['status']}" + f": {said[-1]}" * bool(said)
        raise Failed(f"stopped after {timeout:g} s" if told["seconds"] >= timeout else reason)
    return Run(told["seconds"], told["peak_kib"])


class Bench:
    def __init__(self, settings, say):
        self.settings, self.say = settings, say
        # What is left by rules of which nobody can say what they must leave: what was left first.
        self.first = {}

    def measure(self, group, rounds, extra=0):
        """Each row runs once in each round; in the extra ones, as long as it is quick."""
        self.say(f"{group.title}:")
        for row in group.rows:
            self.try_out(group, row)
        for number in range(rounds + extra):
            self.say(f"  round {number + 1} of {rounds + extra}")
            self.round(group, number, number < rounds)

    def round(self, group, number, is_for_all):
        """Each row gets its turn, and another one is the first in each round."""
        limits, at = {}, number % max(1, len(group.rows))
        for row in group.rows[at:] + group.rows[:at]:
            is_slow = sum(run.seconds for run in row.runs) > self.settings.budget
            if row.fault or is_slow and not is_for_all:
                continue
            if row.share not in limits:
                limits[row.share] = self.run(group, Row(group.limit, row.rules), row.share)
            try:
                row.runs.append(self.run(group, row, row.share))
                row.limits.append(limits[row.share])
            except Failed as failed:
                row.is_wrong |= isinstance(failed, Wrong)
                row.fault = str(failed)

    def try_out(self, group, row):
        """Finds the share of a row, from the smallest up. This warms up, too."""
        tried = []
        try:
            for share in self.shares(group):
                if foreseen(tried, 1 / share) > self.settings.budget:
                    break
                seconds = self.run(group, row, share).seconds
                if tried and seconds > self.settings.budget:
                    break
                tried.append((1 / share, seconds))
                row.share = share
        except Failed as failed:
            self.take_note(row, failed)
        done = row.fault or f"{tried[-1][1]:.3f} s for 1/{row.share} of the work"
        self.say(f"  {row.tool.name}, {row.tool.claim}, {row.rules} rules: {done}")

    def take_note(self, row, failed):
        """A row that was too slow for a larger share keeps the smaller one."""
        row.is_wrong |= isinstance(failed, Wrong)
        if row.is_wrong or not row.share:
            row.fault = str(failed)

    def shares(self, group):
        """The shares that differ, from the smallest up."""
        ends = {self.expected(group, share)["end"]: share for share in SHARES}
        return [ends[end] for end in sorted(ends)]

    def expected(self, group, share):
        return self.settings.expected[group.work][str(share)]

    def run(self, group, row, share):
        rules = os.path.join(self.settings.work, "rules", str(row.rules))
        source = self.source(group, share)
        made = os.path.join(self.settings.out, "made")
        if group.is_tree:
            command = row.tool.tree(rules, source, made)
            result = self.run_or_fail(command, os.path.join(self.settings.out, "printed"), made)
        else:
            target = "/dev/null" if group.is_discarded else made
            result = self.run_or_fail(row.tool.text(rules, source, target), target, made)
        try:
            if row.tool.claim and not group.is_discarded:
                self.check(group, row, share, made)
        finally:
            remove(made)
        return result

    def run_or_fail(self, command, target, made):
        try:
            errors = os.path.join(self.settings.out, "errors")
            return run(command, target, errors, self.settings.timeout)
        except Failed:
            remove(made)
            raise

    def check(self, group, row, share, made):
        left = digest.of_tree(made) if group.is_tree else digest.of_file(made)
        must = self.expected(group, share).get(row.tool.claim)
        if must is None:
            must = self.first.setdefault((group.work, share, row.tool.claim, row.rules), left)
        if left != must:
            raise Wrong(f"WRONG: {left['bytes']:,} bytes are left, other ones than the {must['bytes']:,} that must be")

    def source(self, group, share):
        """The file or folder with a share of the work, which is made when it is needed first."""
        ending = "" if group.is_tree else group.ending
        whole = os.path.join(self.settings.work, group.work + ending)
        if share == 1:
            return whole
        part = os.path.join(self.settings.work, f"{group.work}-{share}{ending}")
        if not os.path.exists(part):
            end = self.expected(group, share)["end"]
            (link_files if group.is_tree else copy_start)(whole, part, end)
        return part


def foreseen(tried, share):
    """How long a share will take: on a line with the last two that were tried. One alone may be all start-up."""
    if len(tried) < 2:
        return tried[-1][1] if tried else 0
    (before_share, before), (last_share, last) = tried[-2:]
    return last + max(last - before, 0) / (last_share - before_share) * (share - last_share)


def link_files(whole, part, count):
    unfinished = f"{part}.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    for path, _ in zip(digest.files_below(whole), range(count)):
        linked = os.path.join(unfinished, os.path.relpath(path, whole))
        os.makedirs(os.path.dirname(linked), exist_ok=True)
        os.link(path, linked)
    os.rename(unfinished, part)


def copy_start(whole, part, size):
    with open(whole, "rb") as source, open(f"{part}.unfinished", "wb") as target:
        while size > 0:
            block = source.read(min(size, digest.BLOCK))
            target.write(block)
            size -= len(block)
    os.rename(f"{part}.unfinished", part)


def remove(path):
    if os.path.isdir(path):
        shutil.rmtree(path)
    elif os.path.exists(path):
        os.remove(path)
