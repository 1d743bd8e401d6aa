"""Shared statements: worded once in data/shared.yml, ordinary facts on every page that names them."""

from __future__ import annotations

from pathlib import Path

import pytest

from build_tools.check.rules import check
from build_tools.load.facts import Facts
from build_tools.load.loader import load
from build_tools.pipeline import prepare
from build_tools.records.entries import Statement
from build_tools.records.problems import Problem
from tests.conftest import TODAY, edit

POLISHING = "procedures/teapot-polishing.yml"
LID = "procedures/teapot-lid-polishing.yml"
ENTRY = "  blood-thinners: {shared: blood-thinners}\n"
SAYS = "Tell the polisher when you book if the hinge is oiled."


def read(example: Path) -> tuple[Facts, list[str]]:
    facts, problems = load(example)
    return facts, [str(problem) for problem in sorted({*problems, *check(facts, TODAY)})]


def problems_of(example: Path) -> list[Problem]:
    return prepare(example, example.parent / "content", TODAY).problems


def test_a_shared_statement_is_an_ordinary_fact_of_each_page(example: Path) -> None:
    facts, problems = read(example)
    assert problems == []
    for id in ("teapot-polishing", "teapot-lid-polishing"):
        fact = dict(facts.all())[f"{id}.before.blood-thinners"]
        assert type(fact) is Statement
        assert fact.says.startswith(SAYS)
        assert fact.sources[0].source == "spout-2019"


def test_an_unknown_shared_statement_is_a_problem_that_says_which_there_are(example: Path) -> None:
    edit(example / POLISHING, ENTRY, "  blood-thinners: {shared: blood-thinner}\n")
    _, problems = read(example)
    assert problems[0].endswith(
        'There is no shared statement called "blood-thinner".\n'
        "    It can be: blood-thinners; blood-thinners-plan. If it is none of them, add it in data/shared.yml."
    )
    assert problems[0].startswith("data/procedures/teapot-polishing.yml:")


def test_a_shared_entry_has_no_words_of_its_own(example: Path) -> None:
    edit(example / POLISHING, ENTRY, "  blood-thinners: {shared: blood-thinners, says: Drink tea.}\n")
    _, problems = read(example)
    assert [problem.partition(": ")[2] for problem in problems] == [
        'An entry with "shared" has no other field.\n'
        "    Delete the others: its words and sources stand in data/shared.yml."
    ]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (SAYS, "Tell the polisher when you boook.", "boook"),  # a rule for words
        (SAYS, "Polishing is squeak-free.", "squeak-free"),  # a rule for words to avoid
        ("sources: [spout-2019] # oil", "sources: [spuot-2019]", "spuot-2019"),  # a rule between facts
        (SAYS, " ".join(["word"] * 30) + ".", "A sentence has 30 words"),  # a bar for reading
        ("says: " + SAYS, "sayz: " + SAYS, 'There is no field called "sayz" here.'),  # a field of the record
    ],
)
def test_a_mistake_in_a_shared_statement_is_reported_once(example: Path, old: str, new: str, message: str) -> None:
    edit(example / "shared.yml", old, new)
    found = [problem for problem in problems_of(example) if message in problem.message]
    assert [problem.place.path for problem in found] == ["data/shared.yml"]
    assert not [problem for problem in problems_of(example) if problem.place.path.startswith("data/procedures")]
