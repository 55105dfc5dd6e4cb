"""The package and the program give the same."""

import json
import subprocess
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import deboil

FLAGS: list[tuple[list[str], dict[str, Any]]] = [
    ([], {}),
    (["--full-page"], {"full_page": True}),
    (["--aggressive", "--preview", "--keep", "caption,byline"],
     {"aggressive": True, "preview": True, "keep": ["caption", "byline"]}),
]

PIECES = [
    "Let’s block ads! (Why?)",
    "Powered by WPeMatico",
    "Advertisement",
    "Share this:",
    "Photo",
    "# Sign up for our newsletter",
    "The council voted on Monday for a new harbour after two hours of debate.",
    "“So I went in and put the kettle on,” said the fisherman who found the ship on Thursday.",
    "",
    "caf\u00e9 \u2014 \ufb01n \U0001f309",
    "Related",
]
BYTES = st.lists(st.one_of(st.sampled_from(PIECES).map(str.encode), st.binary(max_size=8)), max_size=24).map(b"\n".join)


def run(binary: Path, folder: Path, inputs: str, flags: list[str]) -> tuple[dict[str, Any], Path]:
    """Cleans a folder; what the report says of each file, and where the texts are."""
    out, report = folder / "out", folder / "report.json"
    command = [binary, "clean", inputs, "-o", out, "--report", report, "--isolated", "--quiet", *flags]
    subprocess.run(command, check=False, cwd=folder, capture_output=True)
    return {row["path"]: row for row in json.loads(report.read_text())["documents"]}, out


def assert_same(cleaned: deboil.Cleaned[bytes], row: dict[str, Any], out: Path) -> None:
    if row["status"] == "failed":
        assert cleaned.status == "left"
        return
    assert cleaned.text == out.read_bytes()
    assert (cleaned.status, cleaned.reason) == (row["status"].replace(" alone", ""), row.get("reason"))
    assert list(cleaned.sources) == row["sources"]
    removals = [(r.start, r.end, list(r.rules), sorted(set(r.categories))) for r in cleaned.removals]
    assert removals == [(r["start"], r["end"], r["rules"], sorted(r["categories"])) for r in row["removals"]]
    assert {name: list(values) for name, values in cleaned.metadata.items()} == row.get("metadata", {})


@pytest.mark.parametrize(("flags", "options"), FLAGS)
def test_texts_in_the_form_of_each_source(
    root: Path, binary: Path, tmp_path: Path, flags: list[str], options: dict[str, Any]
) -> None:
    fixtures = sorted((root / "tests/fixtures").glob("*/*.txt"))
    assert len(fixtures) > 50
    (tmp_path / "fixtures").symlink_to(root / "tests/fixtures")
    rows, out = run(binary, tmp_path, "fixtures/", flags)
    paths = [path.relative_to(root / "tests") for path in fixtures]
    documents = [deboil.Document((root / "tests" / path).read_bytes(), path=path) for path in paths]
    for path, cleaned in zip(paths, deboil.Cleaner(**options).clean_many(documents), strict=True):
        assert_same(cleaned, rows[str(path)], out / path.relative_to("fixtures"))


@settings(max_examples=15)
@given(texts=st.lists(BYTES, min_size=8, max_size=24))
def test_generated_texts(
    binary: Path, tmp_path_factory: pytest.TempPathFactory, bundled: deboil.Cleaner, texts: list[bytes]
) -> None:
    folder = tmp_path_factory.mktemp("texts")
    (folder / "in").mkdir()
    for number, text in enumerate(texts):
        (folder / "in" / f"{number}.txt").write_bytes(text)
    rows, out = run(binary, folder, "in", [])
    for number, cleaned in enumerate(bundled.clean_many(texts)):
        assert_same(cleaned, rows[f"in/{number}.txt"], out / f"{number}.txt")


def test_explanations(root: Path, binary: Path, bundled: deboil.Cleaner) -> None:
    for path in sorted((root / "examples/scrapes").glob("*.txt")):
        command = [binary, "explain", "--isolated", "--format", "json", "--show", "matches", "-"]
        told = json.loads(subprocess.run(command, check=True, input=path.read_bytes(), capture_output=True).stdout)
        explanation = bundled.explain(path.read_bytes())
        matches = [
            (m.rule, m.category, m.why, m.start, m.end, m.cleaning_pass, m.step, m.verdict, m.reason)
            for m in explanation.matches
        ]
        keys = ("rule", "category", "why", "start", "end", "pass", "step", "verdict", "reason")
        assert matches == [tuple(match.get(key) for key in keys) for match in told["matches"]]
        assert asdict(explanation.words) == told["words"]
        assert [source.id for source in explanation.sources] == [source["id"] for source in told["sources"]]


def test_mistakes_in_rules(root: Path, binary: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.toml").write_text('schema = 1\n[[line]]\nid = 7\ncategory = "adds"\nanny = ["x"]\n')
    (tmp_path / "a.txt").write_text("One.\n")
    command = [binary, "clean", "a.txt", "--isolated", "--rules", tmp_path / "broken.toml", "--color", "never"]
    said = subprocess.run(command, check=False, cwd=tmp_path, capture_output=True, text=True).stderr
    with pytest.raises(deboil.RuleError) as raised:
        deboil.Cleaner(tmp_path / "broken.toml")
    printed = [line.split(": ", 1)[1] if line.startswith("error: ") else line for line in said.splitlines()]
    assert str(raised.value).splitlines() == printed
