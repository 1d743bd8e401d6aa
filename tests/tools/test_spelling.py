"""Spelling in texts: American, and never slow, whatever was pasted into a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from build_tools import wording
from build_tools.problems import Problem
from build_tools.site import prepare
from tests.conftest import TODAY, edit

LID = "data/procedures/teapot-lid-polishing.yml"
STRUCTURES = "data/vocabulary/structures.yml"


def problems_of(project: Path) -> list[Problem]:
    return prepare(project / "data", project / "content", TODAY).problems


def test_a_british_synonym_can_be_found_but_not_written(project: Path) -> None:
    edit(project / STRUCTURES, "[hinges]", "[hinges, coloured hinge]")
    assert problems_of(project) == []
    edit(project / LID, "You lift the lid off.", "You lift the coloured lid off.")
    [problem] = problems_of(project)
    assert problem.message == '"coloured" is British spelling.'
    assert problem.hint.startswith('Write "colored".')
    (project / "data/spelling.txt").write_text("coloured  # a brand of teapots\n", "utf-8")
    assert problems_of(project) == []


def test_a_text_in_another_language_names_every_word_and_guesses_few(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def guess(word: str) -> str:
        asked.append(word)
        return "teapot"

    monkeypatch.setattr(wording, "_nearest", guess)
    words = [f"zzq{first}{second}zz" for first in "abcdefghij" for second in "abcdefghij"]
    edit(project / LID, "You lift the lid off.", f"{' '.join(words)}.")
    problems = [problem for problem in problems_of(project) if "dictionary" in problem.message]
    assert len(problems) == len(words)
    assert len(asked) < 10
    assert sum("Did you mean" in problem.hint for problem in problems) == len(asked)
    assert all(problem.hint for problem in problems)


def test_a_list_of_words_that_cannot_be_read_is_named_and_blames_no_text(project: Path) -> None:
    edit(project / LID, "You lift the lid off.", "You lift the Zzyzx lid off.")
    spelling = project / "data/spelling.txt"
    spelling.write_text("Zzyzx\n", "utf-8")
    assert problems_of(project) == []
    spelling.write_bytes(b"Zzyzx\n\xff\n")
    [problem] = problems_of(project)
    assert str(problem.place) == "data/spelling.txt:2:1"
    assert problem.message == "The file must be saved as UTF-8; this character is not."
