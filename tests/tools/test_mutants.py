"""A few of the wrongs of the catalog are caught here; `make mutants` makes them all."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests import mutants
from tests.catalog import catalog
from tests.conftest import ROOT
from tests.edits import Mutant, append
from tests.mutants import Outcome, Proof, describe, main, quick


@pytest.fixture(scope="module")
def proof(tmp_path_factory: pytest.TempPathFactory) -> Proof:
    return Proof(tmp_path_factory.mktemp("proof"), eager=False)


COMMENT = Mutant("facts", "no wrong at all", "a comment", "data/sources.yml", append("# a comment\n"))


def test_the_catalog_holds_hundreds_of_wrongs_of_every_way() -> None:
    ways = Counter(mutant.way for mutant in catalog(ROOT))
    assert sum(ways.values()) >= 150
    assert ways.keys() == {"facts", "drift", "page", "code"}
    assert min(ways.values()) >= 30


def test_a_few_wrongs_of_every_way_are_caught(proof: Proof) -> None:
    chosen = quick(catalog(ROOT), most=40)
    assert {mutant.way for mutant in chosen} == {"facts", "drift", "page", "code"}
    outcomes = [proof.prove(mutant) for mutant in chosen]
    survivors = [str(outcome.mutant) for outcome in outcomes if not outcome.rules]
    assert survivors == []


def test_what_is_no_wrong_survives(proof: Proof) -> None:
    assert proof.prove(COMMENT).rules == ()


def test_a_wrong_that_changes_nothing_is_a_mistake_of_the_catalog(proof: Proof) -> None:
    with pytest.raises(AssertionError, match="this changes nothing"):
        proof.prove(Mutant("facts", "none", "none", "data/sources.yml", lambda text: text))


def test_a_check_that_stumbles_is_told_and_catches_nothing(
    proof: Proof, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(*_: object) -> bool:
        raise KeyError("src")

    monkeypatch.setattr("tests.mutants.checks.RULES", (stumble,))
    assert proof.prove(COMMENT).rules == ()
    said = capsys.readouterr().err
    assert "KeyError: 'src'" in said
    assert "STUMBLED over: facts: no wrong at all" in said


def test_the_copies_are_whole_again_after_each_wrong(proof: Proof, tmp_path: Path) -> None:
    file = tmp_path / "file.yml"
    for text in ("a: b\n", None):
        if text is not None:
            file.write_text(text, "utf-8")
        with mutants.wronged(file, Mutant("facts", "", "", "", append("wrong"))):
            assert file.read_text("utf-8").endswith("wrong")
        assert (file.read_text("utf-8") if file.exists() else None) == text
        file.unlink(missing_ok=True)


def test_a_survivor_is_named_and_lowers_the_score(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    caught = Mutant("facts", "a real wrong", "somewhere", "data/claims.yml", append("x"))
    outcomes = [Outcome(COMMENT, ()), Outcome(caught, ("records", "words_exist"))]
    said = describe(outcomes)
    assert "SURVIVED: facts: no wrong at all: a comment (data/sources.yml)" in said
    assert "| facts | a real wrong | 1 | 1 | records |" in said
    assert "2 wrongs, 1 caught: 50.0 percent." in said

    class Rulebook:
        def __init__(self, folder: Path, eager: bool) -> None:
            assert folder.is_dir()

        def prove(self, mutant: Mutant) -> Outcome:
            return next(outcome for outcome in outcomes if outcome.mutant is mutant)

    monkeypatch.setattr(mutants, "Proof", Rulebook)
    monkeypatch.setattr(mutants, "catalog", lambda root: [COMMENT, caught])
    assert main([]) == 1
    assert main(["a", "real"]) == 0
    assert "50.0 percent" in capsys.readouterr().out
