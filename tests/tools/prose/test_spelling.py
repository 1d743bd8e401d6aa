"""Spelling in texts is American."""

from __future__ import annotations

from pathlib import Path

from build_tools.pipeline import prepare
from build_tools.records.problems import Problem
from tests.conftest import TODAY, edit

LID = "data/procedures/teapot-lid-polishing.yml"


def problems_of(project: Path) -> list[Problem]:
    return prepare(project / "data", project / "content", TODAY).problems


def test_a_british_word_is_not_in_the_dictionary(project: Path) -> None:
    edit(project / LID, "You lift the lid off.", "You lift the coloured lid off.")
    [problem] = problems_of(project)
    assert problem.message == '"coloured" is not in the US English dictionary.'


def test_a_list_of_words_that_cannot_be_read_is_named_and_blames_no_text(project: Path) -> None:
    edit(project / LID, "You lift the lid off.", "You lift the Zzyzx lid off.")
    spelling = project / "data/spelling.txt"
    spelling.write_text("Zzyzx\n", "utf-8")
    assert problems_of(project) == []
    spelling.write_bytes(b"Zzyzx\n\xff\n")
    [problem] = problems_of(project)
    assert str(problem.place) == "data/spelling.txt:2:1"
    assert problem.message == "The file must be saved as UTF-8; this character is not."
