"""Shared statements: worded once in data/shared.yml, ordinary facts on each page that names them."""

from __future__ import annotations

from pathlib import Path

import pytest

from build_tools.pipeline import prepare
from build_tools.records.entries import Statement
from tests.conftest import TODAY, edit, loaded, problems_of

POLISHING = "procedures/teapot-polishing.yml"
ENTRY = "  blood-thinners: {shared: blood-thinners}\n"
SAYS = "Tell the polisher when you book if the hinge is oiled."


def test_shared_statement_is_an_ordinary_fact_of_each_page(example: Path) -> None:
    facts = loaded(example)
    for id in ("teapot-polishing", "teapot-lid-polishing"):
        fact = dict(facts.iter_facts())[f"{id}.before.blood-thinners"]
        assert type(fact) is Statement
        assert fact.says.startswith(SAYS)
        assert fact.sources[0].source == "spout-2019"


def test_unknown_shared_statement_lists_the_known(example: Path) -> None:
    edit(example / POLISHING, ENTRY, "  blood-thinners: {shared: blood-thinner}\n")
    problem = problems_of(example)[0]
    assert problem.place.path == f"data/{POLISHING}"
    assert problem.message == 'There is no shared statement called "blood-thinner".'
    assert problem.hint.startswith("It can be: blood-thinners; blood-thinners-plan.")


def test_shared_entry_has_no_other_field(example: Path) -> None:
    edit(example / POLISHING, ENTRY, "  blood-thinners: {shared: blood-thinners, says: Drink tea.}\n")
    [problem] = problems_of(example)
    assert problem.message == 'An entry with "shared" has no other field.'
    assert "data/shared.yml" in problem.hint


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
def test_mistake_in_a_shared_statement_is_reported_once(example: Path, old: str, new: str, message: str) -> None:
    edit(example / "shared.yml", old, new)
    problems = prepare(example, example.parent / "content", TODAY).problems
    assert [p.place.path for p in problems if message in p.message] == ["data/shared.yml"]
    assert not [p for p in problems if p.place.path.startswith("data/procedures")]
