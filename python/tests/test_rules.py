"""Which rules are loaded, and what is said of those that cannot be."""

import pickle
from pathlib import Path

import pytest

import deboil

TEXT = "One two three four.\nAdvertisement\nFive six. Share this Seven.\n"


def test_rules_are_a_file_a_folder_or_many(pack: Path) -> None:
    for rules in (pack, str(pack), pack.parent, [pack], iter([str(pack.parent)])):
        assert deboil.Cleaner(rules, bundled=False).clean(TEXT).text == "One two three four.\nFive six. Seven.\n"


def test_a_configuration_counts_when_it_is_asked_for(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pack.with_name("deboil.toml").write_text('rules = ["test.toml"]\n')
    below = pack.parent / "below"
    below.mkdir()
    monkeypatch.chdir(below)
    assert "test.label" in rules_that_removed(deboil.Cleaner(isolated=False))
    assert not rules_that_removed(deboil.Cleaner()) & {"test.label", "test.share"}


@pytest.mark.parametrize("more", ['disable = ["test.label"]', 'keep = ["ad"]', '[source.nytimes]\nkeep = ["ad"]'])
def test_all_that_a_configuration_says_counts_here_and_when_pickled(
    pack: Path, monkeypatch: pytest.MonkeyPatch, more: str
) -> None:
    pack.with_name("deboil.toml").write_text(f'rules = ["test.toml"]\n{more}\n')
    monkeypatch.chdir(pack.parent)
    cleaner = deboil.Cleaner(isolated=False)
    monkeypatch.chdir("/")
    for same in (cleaner, pickle.loads(pickle.dumps(cleaner))):
        source = "nytimes" if "source" in more else None
        gone = {rule for removal in same.clean(TEXT, source=source).removals for rule in removal.rules}
        assert "test.share" in gone and "test.label" not in gone
        assert same.rules_hash == cleaner.rules_hash


def test_what_is_to_be_kept_is_said_best_where_the_cleaner_is_made(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pack.with_name("deboil.toml").write_text('rules = ["test.toml"]\nkeep = ["ad"]\n')
    monkeypatch.chdir(pack.parent)
    gone = rules_that_removed(deboil.Cleaner(isolated=False, keep="share"))
    assert "test.label" in gone and "test.share" not in gone


def test_a_configuration_of_what_is_not_there_is_a_mistake(pack: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pack.with_name("deboil.toml").write_text('disable = ["test.labell"]\n')
    monkeypatch.chdir(pack.parent)
    with pytest.raises(deboil.RuleError, match="unknown rule") as raised:
        deboil.Cleaner(isolated=False)
    assert (raised.value.path, raised.value.line) == ("deboil.toml", 1)


def rules_that_removed(cleaner: deboil.Cleaner) -> set[str]:
    return {rule for removal in cleaner.clean(TEXT).removals for rule in removal.rules}


def test_all_mistakes_are_told_with_place_and_cure(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text('schema = 1\n[[line]]\nid = "a.b"\ncategory = "adds"\nanny = ["x"]\nwhy = "y"\n')
    missing = tmp_path / "missing.toml"
    with pytest.raises(deboil.RuleError) as raised:
        deboil.Cleaner([missing, broken])
    error = raised.value
    assert isinstance(error, ValueError)
    assert (error.path, error.line) == (str(missing), None)
    assert error.cure == "name a rule file or a directory of rule files"
    assert str(error).splitlines() == [mistake.message for mistake in error.mistakes]
    assert any(mistake.path == str(broken) and mistake.line and mistake.column for mistake in error.mistakes)
    assert pickle.loads(pickle.dumps(error)).mistakes == error.mistakes


def test_guards_of_a_configuration_apply(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "deboil.toml").write_text('protect = ["quotes"]\nmax_removed = 0.25\n')
    monkeypatch.chdir(tmp_path)
    text = "The ferry is back.\n\n> Powered by WPeMatico\n"
    cleaner = deboil.Cleaner(isolated=False)
    assert "protect=('quotes',), max_removed=0.25" in repr(cleaner)
    assert cleaner.clean(text).text == text
    assert deboil.Cleaner(protect="code").clean(text).text == "The ferry is back.\n"
    assert pickle.loads(pickle.dumps(cleaner)).clean(text).text == text
    assert "max_removed=0.5" in repr(deboil.Cleaner(isolated=False, max_removed=0.5))


def test_unknown_guards_are_errors() -> None:
    with pytest.raises(ValueError, match=r"`cod` cannot be protected; did you mean `code`\?"):
        deboil.Cleaner(protect=["cod"])
    with pytest.raises(ValueError, match=r"`1.5` is no share; write a number from 0"):
        deboil.Cleaner(max_removed=1.5)


def test_a_rule_that_breaks_its_promise_is_an_error(pack: Path) -> None:
    pack.write_text(pack.read_text().replace('strips = ["Advertisement"]', 'strips = ["Advertorial"]'))
    with pytest.raises(deboil.RuleError, match="is not stripped") as raised:
        deboil.Cleaner(pack)
    assert (raised.value.path, raised.value.line) == (str(pack), 8)


def test_no_rules_at_all_are_an_error() -> None:
    with pytest.raises(deboil.RuleError, match="there are no rules; leave out `bundled=False`"):
        deboil.Cleaner(bundled=False)


def test_unknown_categories_and_threads_are_errors() -> None:
    with pytest.raises(ValueError, match=r"unknown category `foter`; did you mean `footer`\?"):
        deboil.Cleaner(keep=["foter"])
    with pytest.raises(ValueError, match="threads=0: there must be at least one"):
        deboil.Cleaner(threads=0)


def test_categories_are_known_by_name() -> None:
    assert "pullquote" in deboil.CATEGORIES
    deboil.Cleaner(keep=deboil.CATEGORIES)
