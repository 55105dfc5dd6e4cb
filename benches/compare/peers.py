"""The tools and their command lines.

A tool makes a claim, that is, says what it removes (the claims are those of `generate.py`):

  nothing    it copies: the limit
  lines      whole lines, byte for byte
  exact      whole lines, lines that start with a text, texts inside lines, byte for byte
  variants   the same in any case, with any quotes and spaces
  bundled    that, and what the rules that come with deboil find: nobody else claims it, so its bytes are only compared
             with those of deboil's other runs

Each gets what it is best at: programs that read a file are given the file, hashes are used where a hash will do, and
work on many files is shared among all cores.
"""
import importlib.metadata
import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import Callable

CORES = len(os.sched_getaffinity(0))
REMOVE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "remove.py")
# What perl does with a line. A hash knows the whole lines.
PERL_LINES = 'BEGIN { open my $list, "<", shift; $junk{$_} = 1 while <$list> } print unless $junk{$_}'
PERL_EXACT = r"""BEGIN {
    sub any { open my $list, "<", shift; chomp(my @texts = <$list>); join "|", map quotemeta, @texts }
    open my $list, "<", shift; $junk{$_} = 1 while <$list>;
    my ($starts, $inside) = (any(shift), any(shift));
    ($start, $gone) = (qr/^(?:$starts)/, qr/ (?:$inside)/);
}
next if $junk{$_} or /$start/; s/$gone//g; print"""


@dataclass(frozen=True)
class Tool:
    """A tool under one claim."""

    name: str
    claim: str
    # From the folder with the rules, a file and a file to write: the command. What it prints goes to the file, too.
    text: Callable | None = None
    # From the folder with the rules, a folder and one that is not there yet: the command that fills it.
    tree: Callable | None = None
    # The command that tells its version, and the Python package that it needs.
    version: tuple = ()
    package: str = ""

    def is_installed(self):
        if self.package and not importlib.util.find_spec(self.package.replace("-", "_")):
            return False
        return not self.version or shutil.which(self.version[0]) is not None

    def version_line(self):
        if self.package:
            return f"{self.package} {importlib.metadata.version(self.package)}"
        if not self.version:
            return ""
        printed = subprocess.run(self.version, capture_output=True, text=True, check=False).stdout
        line = next((line for line in printed.splitlines() if line.strip()), self.version[0])
        # perl tells it in a sentence.
        return re.sub(r"^This is (perl).*\((v[\d.]+)\).*", r"\1 \2", line)


CP = Tool("cp", "nothing", text=lambda rules, source, target: ["cp", source, target], version=("cp", "--version"))
CP_TREE = Tool("cp -r", "nothing", tree=lambda rules, source, target: ["cp", "-r", source, target])
CAT = Tool("cat", "nothing", text=lambda rules, source, target: ["cat", source])
JQ = Tool("jq -c .", "", text=lambda rules, source, target: ["jq", "-c", ".", source], version=("jq", "--version"))
TRUE = Tool("true", "", text=lambda rules, source, target: ["true"])


def peers():
    return [
        line_tool("grep -vFxf", "grep"),
        line_tool("rg -vFxf", "rg"),
        perl("perl, hash", "lines", PERL_LINES, ["lines.txt"]),
        perl("perl, hash and alternation", "exact", PERL_EXACT, ["lines.txt", "starts.txt", "inside.txt"]),
        Tool(
            "sed -f",
            "exact",
            text=lambda rules, source, target: ["sed", "-f", f"{rules}/exact.sed", source],
            tree=lambda rules, source, target: in_place(["sed", "-i", "-f", f"{rules}/exact.sed"], source, target),
            version=("sed", "--version"),
        ),
        library("python re", "re", ""),
        library("python ahocorasick-rs", "ahocorasick-rs", "ahocorasick-rs"),
        library("python hyperscan", "hyperscan", "hyperscan"),
    ]


def line_tool(name, program):
    """grep or ripgrep. A process cleans one file, as the program does not keep apart what it prints of several."""

    def tree(rules, source, target):
        clean = f'{program} -vFxf {shlex.quote(rules)}/lines.txt "$file" > {shlex.quote(target)}/"$file"'
        each = f"for file; do {clean}; done"
        return shell(
            f"cd {shlex.quote(source)}",
            f"find . -type d -exec mkdir -p {shlex.quote(target)}/{{}} ';'",
            f"find . -type f -print0 | xargs -0 -n 100 -P {CORES} sh -c {shlex.quote(each)} sh",
        )

    return Tool(
        name,
        "lines",
        text=lambda rules, source, target: [program, "-vFxf", f"{rules}/lines.txt", source],
        tree=tree,
        version=(program, "--version"),
    )


def perl(name, claim, script, lists):
    def command(rules, *options):
        return ["perl", *options, "-ne", script, *(f"{rules}/{name}" for name in lists)]

    return Tool(
        name,
        claim,
        text=lambda rules, source, target: [*command(rules), source],
        tree=lambda rules, source, target: in_place(command(rules, "-i"), source, target),
        version=("perl", "--version"),
    )


def library(name, library_name, package):
    remove = [sys.executable, REMOVE, library_name]
    return Tool(
        name,
        "exact",
        text=lambda rules, source, target: [*remove, rules, source],
        tree=lambda rules, source, target: [*remove, rules, source, target],
        version=(sys.executable, "--version"),
        package=package,
    )


def in_place(command, source, target):
    """Copies the tree, then lets a command change the copies."""
    return shell(
        f"cp -r {shlex.quote(source)} {shlex.quote(target)}",
        f"find {shlex.quote(target)} -type f -print0 | xargs -0 -n 500 -P {CORES} {shlex.join(command)}",
    )


def shell(*steps):
    return ["sh", "-c", " && ".join(steps)]


def deboil(program, claim, threads=0):
    """deboil under a claim; with 0 threads it takes as many as it likes."""

    def command(rules):
        pack = "variants" if claim == "bundled" else claim
        bundled = [] if claim == "bundled" else ["--no-bundled"]
        some = ["-j", str(threads)] if threads else []
        return [program, "clean", "--quiet", "--isolated", *bundled, *some, "--rules", f"{rules}/{pack}.toml"]

    return Tool(
        f"deboil -j {threads}" if threads else "deboil",
        claim,
        text=lambda rules, source, target: [*command(rules), source],
        tree=lambda rules, source, target: [*command(rules), source, "-o", target],
        version=(program, "--version"),
    )
