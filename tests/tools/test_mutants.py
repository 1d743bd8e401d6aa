"""Mutation testing with a few of the mutants; `make mutants` tries all."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests import mutants
from tests.conftest import ROOT
from tests.mutants import (
    HONEST,
    HURRIED,
    MOST_ALARMS,
    Mutant,
    copy_project,
    find_killer,
    main,
    make_edits,
    mutants_of_code,
    mutants_of_facts,
)

NUMBERS = "build_tools/model/frequency.py"
COMMENT = Mutant(NUMBERS, "nothing", (ROOT / NUMBERS).read_text("utf-8") + "# a comment\n")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_project(tmp_path_factory.mktemp("project"))


def test_mutations_fit_the_files() -> None:
    assert len(mutants_of_code(ROOT)) > 200
    assert len({mutant.why for mutant in mutants_of_facts(ROOT)}) > 100


@pytest.mark.slow
def test_mutants_of_code_and_templates_are_killed(project: Path) -> None:
    mutants = {mutant.why: mutant for mutant in mutants_of_code(ROOT)}
    assert "test_frequency" in find_killer(mutants["halves are rounded down"], project)
    assert "test_snapshots" in find_killer(mutants["a second study of a harm is left out"], project)


@pytest.mark.slow
def test_mutants_of_facts_are_killed(project: Path) -> None:
    survivors = [str(mutant) for mutant in [*mutants_of_facts(ROOT)][::25] if not find_killer(mutant, project)]
    assert survivors == []


@pytest.mark.slow
def test_dangerous_hurried_edits_are_found(project: Path) -> None:
    dangerous = ("sign:", "side:", "contraindication:")
    edits = [edit for edit in make_edits(ROOT, HURRIED) if edit.why.startswith(dangerous)]
    assert len(edits) > 35
    assert [str(edit) for edit in edits[::8] if not find_killer(edit, project)] == []


def test_edits_fit_the_files() -> None:
    assert len([*make_edits(ROOT, HURRIED)]) > 150
    assert len([*make_edits(ROOT, HONEST)]) > 15


@pytest.mark.slow
def test_honest_edits_are_accepted(project: Path) -> None:
    alarms = [str(edit) for edit in [*make_edits(ROOT, HONEST)][::5] if find_killer(edit, project)]
    assert len(alarms) <= MOST_ALARMS, alarms


@pytest.mark.slow
def test_survivor_is_reported(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutants, "mutants_of_code", lambda root: [COMMENT])
    monkeypatch.setattr(mutants, "mutants_of_facts", lambda root: [])
    monkeypatch.setattr(mutants, "make_edits", lambda root, table: [])
    monkeypatch.setattr(mutants, "list_fast_tests", lambda file, root: ["tests/tools/model/test_frequency.py"])
    assert main([]) == 1
    assert f"SURVIVED  {NUMBERS}: nothing" in capsys.readouterr().out


def test_mutant_that_stops_pytest_is_an_error(project: Path) -> None:
    with pytest.raises(RuntimeError, match="no test ran"):
        find_killer(Mutant(NUMBERS, "no test ran", "this is not Python"), project)
    assert (project / NUMBERS).read_bytes() == (ROOT / NUMBERS).read_bytes()
