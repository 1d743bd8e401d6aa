"""Texts that contradict the data."""

from __future__ import annotations

from pathlib import Path

import pytest

from build_tools.prose.consistency import ANSWERS, check_consistency, find_contradiction
from build_tools.prose.prose import read_passages
from build_tools.records.words import Term
from tests.conftest import edit, loaded

POLISHING, LID = "procedures/teapot-polishing.yml", "procedures/teapot-lid-polishing.yml"
ANESTHESIA = "vocabulary/anesthesia.yml"


def problems_of(data: Path) -> list[str]:
    """The contradictions in a data folder, each with its file."""
    facts = loaded(data)
    passages = read_passages(facts, data.parent / "content")
    return [f"{problem.place.path}: {problem.message}" for problem in check_consistency(facts, passages)]


@pytest.mark.parametrize(
    ("text", "answer", "other"),
    [
        ("You are fully asleep.", "awake", "asleep"),
        ("You are awake or asleep.", "awake", None),
        ("It can be undone.", "for-good", "can be undone"),
        ("Ask what can be undone.", "for-good", None),
        ("It destroys no nerve.", "destroys", "destroys no"),
        ("No part of the spinal cord is destroyed.", "destroys", "No part of the spinal cord is destroyed"),
        ("The needle goes in on the painful side.", "opposite", "needle goes in on the painful side"),
        ("The leg on the painful side gets weak.", "needle-side", "painful side"),
        ("The pain is on both sides.", "one-side", "both sides"),
        ("It is low in the neck (C6).", "upper-neck", "low in the neck"),
        ("No X-ray is used.", "x-rays", "No X-ray"),
        ("It suits you.", "against", "suits"),
        ("It does not suit you.", "against", None),
    ],
)
def test_text_that_gives_only_another_answer_contradicts(text: str, answer: str, other: str | None) -> None:
    match = find_contradiction(text, answer)
    assert (match and match.group()) == other


def test_every_answer_of_the_vocabulary_has_wordings() -> None:
    answers = {answer for words in ANSWERS.values() for answer in words}
    [choices, _] = Term.model_json_schema()["properties"]["answer"]["anyOf"]
    assert {*choices["enum"]} <= answers


def test_entry_cannot_contradict_its_word(example: Path) -> None:
    assert problems_of(example) == []
    edit(example / ANESTHESIA, "  everyday: true", "  everyday: true\n  answer: asleep")
    assert [line.split(":")[0] for line in problems_of(example)] == [f"data/{LID}", f"data/{POLISHING}"]


@pytest.mark.parametrize(("old", "new", "words", "answer"), [
    ("You rub the hinge in small circles.", "You sleep while the hinge is rubbed.", "You sleep", "awake"),
    ("The shine fades by itself in a few months.", "The shine is permanent.", "permanent", "undone"),
])  # fmt: skip
def test_page_cannot_contradict_its_anesthesia_or_kind(
    example: Path, old: str, new: str, words: str, answer: str
) -> None:
    edit(example / ANESTHESIA, "  everyday: true", "  everyday: true\n  answer: awake")
    edit(example / POLISHING, old, new)
    message = f'"{words}" contradicts the data, which say "{answer}" here.'
    assert problems_of(example) == [f"data/{POLISHING}: {message}"]


def test_example_of_sides_names_both(example: Path) -> None:
    edit(example / POLISHING, "You rub the hinge in small circles.", "You rub the hinge on the right.")
    assert "names one side only" in problems_of(example)[0]
