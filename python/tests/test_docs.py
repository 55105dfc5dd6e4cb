"""The examples of the documentation run."""

import doctest
from pathlib import Path

import pytest

import deboil


def test_the_example_of_the_package() -> None:
    assert doctest.testmod(deboil) == (0, 2)


def test_the_page(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = root / "docs/python.md"
    monkeypatch.chdir(tmp_path)
    failed, run = doctest.testfile(str(page), module_relative=False, optionflags=doctest.ELLIPSIS)
    assert failed == 0
    assert run > 20
