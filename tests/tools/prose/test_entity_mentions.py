"""Medical words in sentences: what belongs to one procedure is not mentioned for another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from build_tools.load.facts import Facts
from build_tools.load.loader import load
from build_tools.prose.entity_mentions import check_entity_mentions
from build_tools.prose.prose import Passage, read_passages
from build_tools.records.problems import Place, Problem
from build_tools.records.sections import NAMES
from tests.conftest import edit, loaded

POLISHING = "procedures/teapot-polishing.yml"
LID = "procedures/teapot-lid-polishing.yml"
CARE = "procedures/teapot-care.yml"
STEAM = """steam:
  name: steaming
  plain: cleaning with hot steam
  definition: Hot steam is blown over the metal.
  synonyms: [steam]
"""


def problems_of(data: Path) -> list[Problem]:
    """The problems with the medical words of a data folder."""
    facts = loaded(data)
    return list(check_entity_mentions(facts, read_passages(facts, data.parent / "content")))


@pytest.fixture
def kitchen(example: Path) -> Path:
    """The example, in which polishing can also use steam, but its form for the lid cannot."""
    methods = example / "vocabulary/methods.yml"
    methods.write_text(methods.read_text("utf-8") + STEAM, "utf-8")
    edit(
        example / POLISHING,
        "  by-hand:\n    method: soft-cloth\n",
        "  steam:\n    method: steam\n    says: Steam can be used.\n    sources: [spout-2019]\n"
        "  by-hand:\n    method: soft-cloth\n",
    )
    assert problems_of(example) == []
    return example


def problems_with(data: Path, text: str, old: str = "It is polishing of the lid alone.") -> list[Problem]:
    """The problems if the page of the lid says `text` in place of `old`."""
    edit(data / LID, old, text)
    return problems_of(data)


def test_method_of_another_procedure_is_a_problem(kitchen: Path) -> None:
    [problem] = problems_with(kitchen, "The lid is held over steam.")
    assert problem.message == '"steam" is not among the facts of this page. It is a fact of Teapot polishing.'
    assert 'under methods as "method: steam"' in problem.hint
    assert '"procedure: teapot-polishing"' in problem.hint
    line = (kitchen / LID).read_text("utf-8").splitlines()[problem.place.line - 1]
    assert line[problem.place.column - 1 :] == "steam."


def test_misspelled_entry_brings_no_mention_problems(kitchen: Path) -> None:
    """The rule for ids reports it; that its texts have no fact follows."""
    edit(kitchen / POLISHING, "    method: steam\n", "    method: stream\n")
    assert problems_of(kitchen) == []


@pytest.mark.parametrize(("written", "times"), [
    ("steaming", 1), ("Steam", 1), ("STEAM", 1), ("steamed", 1), ("steams", 1), ("steam-cleaned", 1),
    ("steamer", 0), ("esteem", 0), ("steamship", 0),
])  # fmt: skip
def test_mention_is_found_in_every_form_but_not_in_other_words(kitchen: Path, written: str, times: int) -> None:
    assert len(problems_with(kitchen, f"It is {written} then.")) == times


@pytest.mark.parametrize("old", [
    "It is polishing of the lid alone.",  # what_it_is
    "Lid polishing is quick.",  # main_message
    "You rub only the lid of the teapot, and not the hinge.",  # summary
    "You lift the lid off.",  # before
    "Is it the lid that squeaks?",  # questions
    "The lid is turned in a cloth.",  # methods themselves
])  # fmt: skip
def test_every_kind_of_text_is_checked(kitchen: Path, old: str) -> None:
    assert len(problems_with(kitchen, "There is steam.", old)) == 1


def test_unknown_can_mention_what_no_study_looked_at(kitchen: Path) -> None:
    unknown = "No source that we read counts quiet lids."
    assert problems_with(kitchen, "No study looks at steam.", unknown) == []
    assert len(problems_with(kitchen, "Steam is used, and it is not clear how.", "No study looks at steam.")) == 1


@pytest.mark.parametrize("text", [
    "Unlike teapot polishing, it needs no lens, and teapot polishing can use steam.",
    "You may read that steam is used.", "It is done without steam.", "It is quicker than with steam.",
])  # fmt: skip
def test_sentence_can_compare_deny_or_quote(kitchen: Path, text: str) -> None:
    edit(kitchen / LID, "part_of: teapot-care\n", "")
    edit(kitchen / LID, "    procedure: teapot-leave-alone\n", "    procedure: teapot-polishing\n")
    assert problems_with(kitchen, text) == []


def test_other_option_can_mention_only_its_own_procedure(kitchen: Path) -> None:
    edit(kitchen / LID, "says: You can leave the lid as it is.\n", "says: Steam is used there.\n")
    [problem] = problems_of(kitchen)
    assert "Teapot polishing" in problem.message
    edit(kitchen / LID, "    procedure: teapot-leave-alone\n", "    procedure: teapot-polishing\n")
    assert problems_of(kitchen) == []


def test_procedure_without_a_link_is_a_problem(kitchen: Path) -> None:
    other = kitchen / "procedures/teapot-singing.yml"
    other.write_text((kitchen / LID).read_text("utf-8"), "utf-8")
    edit(other, "name: Lid polishing", "name: Teapot singing")
    edit(other, "Lid polishing is quick.", "It is quick.")
    edit(other, "part_of: teapot-care\n", "")
    [problem] = problems_with(kitchen, "Teapot singing does the same.")
    assert problem.message == '"Teapot singing" is another procedure, and this page does not link to it.'
    assert '"procedure: teapot-singing"' in problem.hint


def test_harm_that_the_page_does_not_list_is_a_problem(example: Path) -> None:
    [problem] = problems_with(example, "A persistent squeak can begin.")
    assert 'under harms as "effect: lasting-squeak"' in problem.hint


def test_entity_in_the_name_of_a_fact_is_supported(example: Path) -> None:
    """A deep scratch is a scratch."""
    edit(example / "vocabulary/effects.yml", "name: scratch\n", "name: deep scratch\n")
    edit(example / "vocabulary/effects.yml", "synonyms: [scratches]", "synonyms: []")
    with (example / "vocabulary/effects.yml").open("a", encoding="utf-8") as file:
        file.write("mark:\n  name: scratch\n  plain: a line\n  definition: A line.\n")
    assert problems_of(example) == []


def test_parent_can_mention_what_belongs_to_its_forms(kitchen: Path) -> None:
    edit(kitchen / LID, "method: soft-cloth", "method: steam")
    text = (kitchen / POLISHING).read_text("utf-8")
    start = text.index("  steam:\n")
    (kitchen / POLISHING).write_text(text[:start] + text[text.index("  by-hand:", start) :], "utf-8")
    edit(kitchen / CARE, "It is done with a cloth.", "It is done with a cloth or with steam.")
    assert problems_of(kitchen) == []


def test_nothing_is_reported_while_a_file_is_unreadable(kitchen: Path) -> None:
    edit(kitchen / LID, "It is polishing of the lid alone.", "There is steam.")
    (kitchen / "vocabulary/methods.yml").write_text("a: [", "utf-8")
    facts, _ = load(kitchen)
    assert list(check_entity_mentions(facts, read_passages(facts, kitchen.parent / "content"))) == []


# Roles of imaging

LENS = "You look at the hinge through a magnifying glass."


@pytest.mark.parametrize("text", [
    "A magnifying glass guides the cloth.", "The cloth is guided by a magnifying glass.",
    "It is done under magnifying glass guidance.", "It is magnifying glass-guided.",
])  # fmt: skip
def test_imaging_that_plans_does_not_guide(example: Path, text: str) -> None:
    edit(example / POLISHING, LENS, text)
    assert problems_of(example) == []
    edit(example / POLISHING, "role: guides", "role: plans")
    [problem] = problems_of(example)
    message = "By the facts of this page magnifying glass plans; this sentence says that it guides."
    assert problem.message == message
    assert '"role: guides"' in problem.hint


def test_imaging_that_guides_can_also_check(example: Path) -> None:
    edit(example / POLISHING, LENS, "The place is checked with a magnifying glass.")
    assert problems_of(example) == []
    edit(example / POLISHING, "role: guides", "role: plans")
    assert len(problems_of(example)) == 1


# The real facts


def sentence(id: str, text: str) -> Passage:
    """A sentence on the page of `id`."""
    place = Place(f"data/procedures/{id}.yml")
    return Passage(place.path, text, lambda: place, text, 0, f"procedures/{id}", ("what_it_is", "a-key", "says"))


def test_nine_in_ten_words_of_other_procedures_are_caught(facts: Facts) -> None:
    """Exempt are words in "same_name" and other options, and everyday parts of the body."""
    care = {vars(entry).get("method") for entry in facts.procedures["no-procedure"].methods.values()}
    passages: list[Passage] = []
    for id, procedure in facts.procedures.items():
        for kind in ("methods", "imaging", "effects") if procedure.kind != "no-procedure" else ():
            field, word = NAMES[kind]
            own = {vars(entry).get(word) for entry in getattr(procedure, field).values()}
            passages += [
                sentence(id, f"There is {term.name} in it.")
                for other, term in facts.vocabulary[kind].items()
                if other not in own | care
            ]
    passages = [replace(passage, path=str(number)) for number, passage in enumerate(passages)]
    caught = {problem.place.path for problem in check_entity_mentions(facts, passages)}
    assert len(passages) > 500
    assert len(caught) / len(passages) > 0.9
