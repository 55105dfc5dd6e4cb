"""Pickled cleaners: by their rules, not by their paths."""

import copy
import pickle
from pathlib import Path

import pytest

import deboil
from deboil import _deboil


def test_a_cleaner_comes_back_without_its_files(pack: Path) -> None:
    cleaner = deboil.Cleaner(pack, keep=["share"], aggressive=True, threads=2)
    pickled = pickle.dumps(cleaner)
    pack.unlink()
    again = pickle.loads(pickled)
    text = "One two three.\nFour five. end of file!\nend of file!\n"
    assert again.clean(text) == cleaner.clean(text)
    assert again.clean(text).removals[0].rule == "test.half"
    assert (repr(again), again.rules_hash) == (repr(cleaner), cleaner.rules_hash)
    assert copy.deepcopy(cleaner).rules_hash == cleaner.rules_hash


def test_the_hash_tells_rules_apart(pack: Path) -> None:
    cleaners = deboil.Cleaner(), deboil.Cleaner(pack), deboil.Cleaner(pack, bundled=False)
    hashes = {cleaner.rules_hash for cleaner in cleaners}
    assert len(hashes) == 3
    assert deboil.Cleaner(keep="ad").rules_hash == deboil.Cleaner().rules_hash
    pack.write_text(pack.read_text() + "# a remark\n")
    assert deboil.Cleaner(pack).rules_hash not in hashes


def test_other_bundled_rules_are_an_error_with_a_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    pickled = pickle.dumps(deboil.Cleaner())
    monkeypatch.setattr(_deboil, "bundled_rules", lambda: [("other.toml", "schema = 1\n")])
    with pytest.raises(deboil.RuleError) as raised:
        pickle.loads(pickled)
    version = deboil.__version__
    assert str(raised.value) == (
        f"this Cleaner was pickled with deboil {version}, whose bundled rules differ from those of deboil {version} "
        "here; install the same version on both sides, or make the Cleaner anew here"
    )
    assert (raised.value.path, raised.value.line) == (None, None)
    assert raised.value.cure.startswith("install the same version")
