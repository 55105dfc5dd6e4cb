"""The examples of the page on other homes run, each with the library that it is for."""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

PAGE = Path(__file__).parents[2] / "docs/homes.md"
SECTIONS = dict(re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", PAGE.read_text(), re.MULTILINE | re.DOTALL))
TABLE = PAGE.read_text().partition("\n## ")[0]

pytestmark = [
    # The libraries warn of each other, and leave files to the collector of garbage.
    pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::UserWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]


def run_examples(name: str, **names: Any) -> None:
    """Runs the examples of a section after those that make the table, in the working folder."""
    for number, text in enumerate((TABLE, SECTIONS[name])):
        test = doctest.DocTestParser().get_doctest(text, dict(names), f"{name} {number}", str(PAGE), 0)
        assert test.examples
        assert doctest.DocTestRunner().run(test).failed == 0


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", ["Polars", "pandas", "DuckDB", "datatrove"])
def test_in_this_process(name: str) -> None:
    run_examples(name)


def test_hugging_face_datasets(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(folder / "home"))
    run_examples("Hugging Face datasets")


def test_ray_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_AUTH_MODE", "disabled")
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    import ray

    # Its sockets need short paths.
    with tempfile.TemporaryDirectory(prefix="ray-", dir="/tmp", ignore_cleanup_errors=True) as place:
        options = {"_node_ip_address": "127.0.0.1", "_temp_dir": place}
        ray.init(num_cpus=3, include_dashboard=False, log_to_driver=False, **options)
        try:
            run_examples("Ray Data")
        finally:
            ray.shutdown()


def test_spark(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    spark = request.getfixturevalue("spark")
    # Spark finds paths from where it was started.
    monkeypatch.chdir(spark.sparkContext._jvm.java.lang.System.getProperty("user.dir"))
    run_examples("Spark", spark=spark)


@pytest.fixture
def shell(binary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Has the program on the path."""
    # Not the folder of the interpreter's programs, which may have one of that name.
    monkeypatch.setenv("PATH", f"{binary.parent}{os.pathsep}{os.environ['PATH']}")


def block(name: str, language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```$", SECTIONS[name], re.MULTILINE | re.DOTALL)
    assert found
    return found[1]


def run(*command: str | Path, status: int = 0) -> str:
    """What a command prints, which must end with a status."""
    done = subprocess.run(command, check=False, capture_output=True, encoding="utf-8")
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout


@pytest.mark.usefixtures("shell")
def test_a_shell_pipeline(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    records = (root / "examples/records/articles.jsonl").read_text().count("\n")
    printed = run("sh", "-ec", block("A shell pipeline", "sh")).split("\n")
    assert (int(printed[0]), printed[-2]) == (records, "there is junk")


@pytest.mark.usefixtures("shell")
def test_a_makefile(root: Path, folder: Path) -> None:
    if not shutil.which("make"):
        pytest.skip("there is no `make`")
    shutil.copytree(root / "examples/scrapes", folder / "scrapes")
    rules = re.search(r"^```toml\n(.*?)^```$", (root / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    assert rules
    (folder / "harbour-times.toml").write_text(rules[1])
    (folder / "Makefile").write_text(block("A Makefile", "make"))
    run("make", "all")
    run("deboil", "clean", "scrapes", "-o", "expected", "--rules", "harbour-times.toml")
    assert contents(folder / "cleaned") == contents(folder / "expected")
    assert "Nothing to be done" in run("make", "all")


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.usefixtures("shell")
def test_a_commit_hook(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if not shutil.which("git"):
        pytest.skip("there is no `git`")
    monkeypatch.setenv("PRE_COMMIT_HOME", str(folder / "home"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    (folder / "corpus").mkdir()
    (folder / ".pre-commit-config.yaml").write_text(block("A commit hook", "yaml"))
    check = [sys.executable, "-m", "pre_commit", "run", "--all-files", "--color", "never"]
    (folder / "corpus/day.txt").write_text("What a day.\n\nPowered by WPeMatico\n")
    run("git", "init", "--quiet")
    run("git", "add", ".pre-commit-config.yaml", "corpus")
    assert "no boilerplate in the corpus" in run(*check, status=1)
    run("deboil", "clean", "corpus", "--in-place")
    run("git", "add", "corpus")
    assert "Passed" in run(*check)
