"""The harness of mutation testing, and a few of its mutants; `make mutants` makes them all."""

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
    edits,
    killer,
    main,
    mutants_of_code,
    mutants_of_facts,
)

NUMBERS = "build_tools/model/frequency.py"
COMMENT = Mutant(NUMBERS, "nothing", (ROOT / NUMBERS).read_text("utf-8") + "# a comment\n")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_project(tmp_path_factory.mktemp("project"))


def test_every_mistake_fits_the_files_as_they_are() -> None:
    assert len(mutants_of_code(ROOT)) > 200
    assert len({mutant.why for mutant in mutants_of_facts(ROOT)}) > 100


@pytest.mark.slow
def test_a_mistake_in_code_and_one_in_a_template_are_killed(project: Path) -> None:
    every = {mutant.why: mutant for mutant in mutants_of_code(ROOT)}
    assert "test_frequency" in killer(every["halves are rounded down"], project)
    assert "test_snapshots" in killer(every["a second study of a harm is left out"], project)


@pytest.mark.slow
def test_mistakes_in_facts_are_killed(project: Path) -> None:
    survivors = [str(mutant) for mutant in [*mutants_of_facts(ROOT)][::25] if not killer(mutant, project)]
    assert survivors == []


@pytest.mark.slow
def test_hurried_edits_of_signs_sides_and_contraindications_are_found(project: Path) -> None:
    grave = [edit for edit in edits(ROOT, HURRIED) if edit.why.startswith(("sign:", "side:", "contraindication:"))]
    assert len(grave) > 35
    assert [str(edit) for edit in grave[::8] if not killer(edit, project)] == []


def test_most_edits_fit_the_files_as_they_are() -> None:
    assert len([*edits(ROOT, HURRIED)]) > 150
    assert len([*edits(ROOT, HONEST)]) > 15


@pytest.mark.slow
def test_honest_edits_are_let_alone(project: Path) -> None:
    found = [str(edit) for edit in [*edits(ROOT, HONEST)][::5] if killer(edit, project)]
    assert len(found) <= MOST_ALARMS, found


@pytest.mark.slow
def test_a_survivor_is_reported(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mutants, "mutants_of_code", lambda root: [COMMENT])
    monkeypatch.setattr(mutants, "mutants_of_facts", lambda root: [])
    monkeypatch.setattr(mutants, "edits", lambda root, table: [])
    monkeypatch.setattr(mutants, "fast_tests", lambda file, root: ["tests/tools/model/test_frequency.py"])
    assert main([]) == 1
    assert f"SURVIVED  {NUMBERS}: nothing" in capsys.readouterr().out


def test_a_mutant_with_which_no_test_can_run_is_an_error(project: Path) -> None:
    with pytest.raises(RuntimeError, match="no test ran"):
        killer(Mutant(NUMBERS, "no test ran", "this is no Python"), project)
    assert (project / NUMBERS).read_bytes() == (ROOT / NUMBERS).read_bytes()
