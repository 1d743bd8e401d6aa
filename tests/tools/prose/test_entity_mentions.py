"""Medical words in sentences: what belongs to one procedure is not said of another."""

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
    """What is wrong with the medical words of a data folder."""
    facts = loaded(data)
    return list(check_entity_mentions(facts, read_passages(facts, data.parent / "content")))


@pytest.fixture
def kitchen(example: Path) -> Path:
    """The example, in which polishing may also use steam; the form for the lid does not."""
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


def say(data: Path, text: str, field: str = "It is polishing of the lid alone.") -> list[Problem]:
    """What is wrong once the page of the lid says `text`."""
    edit(data / LID, field, text)
    return problems_of(data)


def test_what_belongs_to_another_procedure_is_a_problem_that_names_it(kitchen: Path) -> None:
    [problem] = say(kitchen, "The lid is held over steam.")
    assert problem.message == '"steam" is not among the facts of this page. It is a fact of Teapot polishing.'
    assert 'under methods as "method: steam"' in problem.hint
    assert '"procedure: teapot-polishing"' in problem.hint
    line = (kitchen / LID).read_text("utf-8").splitlines()[problem.place.line - 1]
    assert line[problem.place.column - 1 :] == "steam."


def test_a_word_is_not_missed_where_its_own_entry_is_misspelled(kitchen: Path) -> None:
    """The rule for names says what is wrong; that the texts about it have no fact follows."""
    edit(kitchen / POLISHING, "    method: steam\n", "    method: stream\n")
    assert problems_of(kitchen) == []


@pytest.mark.parametrize(("written", "times"), [
    ("steaming", 1), ("Steam", 1), ("STEAM", 1), ("steamed", 1), ("steams", 1), ("steam-cleaned", 1),
    ("steamer", 0), ("esteem", 0), ("steamship", 0),
])  # fmt: skip
def test_it_is_recognized_in_every_form_and_in_no_other_word(kitchen: Path, written: str, times: int) -> None:
    assert len(say(kitchen, f"It is {written} then.")) == times


@pytest.mark.parametrize("place", [
    "It is polishing of the lid alone.",  # what_it_is
    "Lid polishing is quick.",  # main_message
    "You rub only the lid of the teapot, and not the hinge.",  # summary
    "You lift the lid off.",  # before
    "Is it the lid that squeaks?",  # questions
    "The lid is turned in a cloth.",  # methods themselves
])  # fmt: skip
def test_every_kind_of_text_is_looked_at(kitchen: Path, place: str) -> None:
    assert len(say(kitchen, "There is steam.", place)) == 1


def test_nobody_knows_about_it_is_no_claim_and_everything_else_is(kitchen: Path) -> None:
    unknown = "No source that we read counts quiet lids."
    assert say(kitchen, "No study looks at steam.", unknown) == []
    assert len(say(kitchen, "Steam is used, and it is not clear how.", "No study looks at steam.")) == 1


@pytest.mark.parametrize("text", [
    "Unlike teapot polishing, it needs no lens, and teapot polishing can use steam.",
    "You may read that steam is used.", "It is done without steam.", "It is quicker than with steam.",
])  # fmt: skip
def test_a_sentence_may_speak_of_the_other_procedure_or_say_that_it_is_not_so(kitchen: Path, text: str) -> None:
    edit(kitchen / LID, "part_of: teapot-care\n", "")
    edit(kitchen / LID, "    procedure: teapot-leave-alone\n", "    procedure: teapot-polishing\n")
    assert say(kitchen, text) == []


def test_an_other_option_may_speak_only_of_the_procedure_to_which_it_leads(kitchen: Path) -> None:
    edit(kitchen / LID, "says: You can leave the lid as it is.\n", "says: Steam is used there.\n")
    [problem] = problems_of(kitchen)
    assert "Teapot polishing" in problem.message
    edit(kitchen / LID, "    procedure: teapot-leave-alone\n", "    procedure: teapot-polishing\n")
    assert problems_of(kitchen) == []


def test_a_procedure_that_the_page_does_not_link_to_is_a_problem(kitchen: Path) -> None:
    other = kitchen / "procedures/teapot-singing.yml"
    other.write_text((kitchen / LID).read_text("utf-8"), "utf-8")
    edit(other, "name: Lid polishing", "name: Teapot singing")
    edit(other, "Lid polishing is quick.", "It is quick.")
    edit(other, "part_of: teapot-care\n", "")
    [problem] = say(kitchen, "Teapot singing does the same.")
    assert problem.message == '"Teapot singing" is another procedure, and this page does not link to it.'
    assert '"procedure: teapot-singing"' in problem.hint


def test_a_harm_that_the_page_does_not_list_is_a_problem(example: Path) -> None:
    [problem] = say(example, "A persistent squeak can begin.")
    assert 'under harms as "effect: lasting-squeak"' in problem.hint


def test_what_a_fact_names_itself_is_supported(example: Path) -> None:
    """The lid's own words speak of a pot's cover; a harm is named by a longer name that holds it."""
    edit(example / "vocabulary/effects.yml", "name: scratch\n", "name: deep scratch\n")
    edit(example / "vocabulary/effects.yml", "synonyms: [scratches]", "synonyms: []")
    facts = example / "vocabulary/effects.yml"
    facts.write_text(
        facts.read_text("utf-8") + "mark:\n  name: scratch\n  plain: a line\n  definition: A line.\n", "utf-8"
    )
    assert problems_of(example) == []


def test_a_parent_may_speak_of_what_belongs_to_its_forms(kitchen: Path) -> None:
    edit(kitchen / LID, "method: soft-cloth", "method: steam")
    text = (kitchen / POLISHING).read_text("utf-8")
    start = text.index("  steam:\n")
    (kitchen / POLISHING).write_text(text[:start] + text[text.index("  by-hand:", start) :], "utf-8")
    edit(kitchen / CARE, "It is done with a cloth.", "It is done with a cloth or with steam.")
    assert problems_of(kitchen) == []


def test_nothing_is_said_while_a_file_cannot_be_read(kitchen: Path) -> None:
    edit(kitchen / LID, "It is polishing of the lid alone.", "There is steam.")
    (kitchen / "vocabulary/methods.yml").write_text("a: [", "utf-8")
    facts, _ = load(kitchen)
    assert list(check_entity_mentions(facts, read_passages(facts, kitchen.parent / "content"))) == []


# What pictures are for

LENS = "You look at the hinge through a magnifying glass."


@pytest.mark.parametrize("text", [
    "A magnifying glass guides the cloth.", "The cloth is guided by a magnifying glass.",
    "It is done under magnifying glass guidance.", "It is magnifying glass-guided.",
])  # fmt: skip
def test_a_picture_that_guides_is_not_said_to_plan(example: Path, text: str) -> None:
    edit(example / POLISHING, LENS, text)
    assert problems_of(example) == []
    edit(example / POLISHING, "role: guides", "role: plans")
    [problem] = problems_of(example)
    assert problem.message == (
        "By the facts of this page magnifying glass plans; this sentence says that it guides."
    )
    assert '"role: guides"' in problem.hint


def test_what_guides_may_also_check_where_the_tip_is_and_what_plans_may_not(example: Path) -> None:
    edit(example / POLISHING, LENS, "The place is checked with a magnifying glass.")
    assert problems_of(example) == []
    edit(example / POLISHING, "role: guides", "role: plans")
    assert len(problems_of(example)) == 1


# The real facts


def sentence(id: str, text: str) -> Passage:
    """A sentence as it would stand on the page of `id`."""
    place = Place(f"data/procedures/{id}.yml")
    return Passage(place.path, text, lambda: place, text, 0, f"procedures/{id}", ("what_it_is", "a-key", "says"))


def test_most_words_of_others_are_caught_on_every_page(facts: Facts) -> None:
    """Not caught is what the page itself tells apart, or says of other options, or what is only a place."""
    care = {vars(entry).get("method") for entry in facts.procedures["no-procedure"].methods.values()}
    tried: list[Passage] = []
    for id, procedure in facts.procedures.items():
        for kind in ("methods", "imaging", "effects") if procedure.kind != "no-procedure" else ():
            field, word = NAMES[kind]
            own = {vars(entry).get(word) for entry in getattr(procedure, field).values()}
            tried += [
                sentence(id, f"There is {term.name} in it.")
                for other, term in facts.vocabulary[kind].items()
                if other not in own | care
            ]
    tried = [replace(passage, path=str(number)) for number, passage in enumerate(tried)]
    caught = {problem.place.path for problem in check_entity_mentions(facts, tried)}
    assert len(tried) > 500
    assert len(caught) / len(tried) > 0.9
