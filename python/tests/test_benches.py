"""The benchmarks of the package make what they say."""

import subprocess
import sys
from pathlib import Path


def test_the_pages_of_a_crawl_are_records_that_the_program_cleans(root: Path, binary: Path) -> None:
    made = subprocess.run([sys.executable, root / "python/benches/wet.py", "30"], check=True, capture_output=True).stdout
    again = subprocess.run([sys.executable, root / "python/benches/wet.py", "30"], check=True, capture_output=True).stdout
    assert made == again
    assert made.count(b"WARC-Type: conversion") == 30
    command = [binary, "clean", "--isolated", "--full-page", "--format", "wet", "-"]
    done = subprocess.run(command, check=True, input=made, capture_output=True)
    assert done.stdout.count(b"WARC-Type: conversion") == 30
    assert len(done.stdout) < len(made)
