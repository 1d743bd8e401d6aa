"""A data folder as records: what is there, by which ids, in which order, and what stays when a part is wrong."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from build_tools.check.rules import check
from build_tools.load.facts import VOCABULARIES
from build_tools.load.loader import load
from build_tools.records.entries import NotKnown
from build_tools.records.problems import Place, Problem, describe, list_choices, suggest
from build_tools.records.procedure import Indication, iter_facts
from tests.conftest import TODAY, edit, loaded

POLISHING, LID, ALONE = "teapot-polishing", "teapot-lid-polishing", "teapot-leave-alone"


def test_the_name_of_a_file_is_the_id_of_its_record_and_other_files_are_left_alone(example: Path) -> None:
    for name in ("notes.txt", ".teapot.yml", "teapot-polishing.yml~", "#teapot.yml#", ".DS_Store"):
        (example / "procedures" / name).write_text("not: [yaml", "utf-8")
    facts = loaded(example)
    assert sorted(facts.procedures) == ["teapot-care", ALONE, LID, POLISHING]
    assert list(facts.comparisons) == ["squeaking-teapot"]
    assert list(facts.vocabulary) == list(VOCABULARIES)


def test_every_fact_has_one_id_made_of_procedure_field_and_key(example: Path) -> None:
    facts, _ = load(example)
    ids = [id for top, procedure in facts.procedures.items() for id, _ in iter_facts(procedure, top)]
    assert len(ids) == len(set(ids))
    assert {
        "summary", "main_message.harms", "names.shoe-polishing", "benefits.quiet", "harms.broken-spout",
        "harms.broken-spout.registry", "living_with_it.mind",
    } <= facts.of(POLISHING).keys()  # fmt: skip


# What may be left out


def test_a_key_that_is_the_id_of_a_word_names_it(example: Path) -> None:
    [entry] = load(example)[0].procedures[ALONE].indications.values()
    assert isinstance(entry, Indication)
    assert entry.condition == "squeaking-lid"
    edit(example / f"procedures/{ALONE}.yml", "indications:\n  squeaking-lid:", "indications:\n  squeak:")
    [problem] = check(load(example)[0], TODAY)[:1]
    assert problem.message == 'There is no condition called "squeak".'


def test_one_word_says_that_what_we_read_is_silent(example: Path) -> None:
    written = load(example)[0].procedures[ALONE]
    gap = NotKnown(not_known="What we read does not say.", reason="not-read")
    assert (written.living_with_it.mind, written.relief_lasts["main"]) == (gap, gap)


def test_the_short_page_has_the_first_entry_where_none_is_chosen(example: Path) -> None:
    short = load(example)[0].procedures[ALONE].short
    chosen = (short.who, short.undone, short.evidence)
    assert chosen == ("indications.squeaking-lid", "reversibility.any-time", "evidence.one-trial")
    edit(example / f"procedures/{ALONE}.yml", "  lead: Going", "  who: harms.squeak-stays\n  lead: Going")
    assert load(example)[0].procedures[ALONE].short.who == "harms.squeak-stays"


@pytest.mark.parametrize(("address", "message"), [
    ("", "Readers cannot find this source: it has no DOI, no PubMed number, and no address."),
    ("  url: https://teapot.example/\n", '"https://teapot.example/" is the home page of a site'),
    ("  url: https://teapot.example\n", '"https://teapot.example" is the home page of a site'),
])  # fmt: skip
def test_a_source_has_an_address_at_which_it_can_be_read(example: Path, address: str, message: str) -> None:
    edit(example / "sources.yml", "  url: https://teapot.example/leaflet\n", address)
    [problem] = load(example)[1]
    assert problem.message.startswith(message)


def test_a_broken_file_or_entry_hides_no_other(example: Path) -> None:
    edit(example / f"procedures/{POLISHING}.yml", "kind: can-be-undone", "kind: unknown")
    edit(example / "sources.yml", "kind: registry", "kind: unknown")
    facts, _ = load(example)
    assert sorted(facts.procedures) == ["teapot-care", ALONE, LID]
    assert sorted(facts.sources) == ["kettle-2021", "spout-2019"]
    assert facts.broken == {f"procedures/{POLISHING}", "sources"}


def test_an_id_in_a_list_of_entries_has_small_letters_digits_and_hyphens(example: Path) -> None:
    edit(example / "vocabulary/words.yml", "potter:\n", "Potter_1:\n")
    assert [(str(p.place), p.message) for p in load(example)[1]] == [
        ("data/vocabulary/words.yml:2:1", '"Potter_1" cannot be an id.')
    ]


def test_an_empty_folder_is_a_problem(example: Path) -> None:
    shutil.rmtree(example / "comparisons")
    assert [str(problem) for problem in load(example)[1]] == [
        "data/comparisons:1:1: There is no file here.\n    Put back the folder's files."
    ]


def test_places_name_the_folder_as_the_editor_does(example: Path) -> None:
    other = example.rename(example.with_name("facts"))
    edit(other / "claims.yml", "verdict: not-supported", "verdict: nonsense")
    assert [str(problem.place) for problem in load(other)[1]] == ["facts/claims.yml:5:3"]


@pytest.mark.parametrize(("top", "expected"), [(POLISHING, POLISHING), ("gone", LID)])
def test_a_form_belongs_to_the_family_of_the_procedure_at_the_top(example: Path, top: str, expected: str) -> None:
    edit(example / f"procedures/{LID}.yml", "part_of: teapot-care", f"part_of: {top}")
    facts, _ = load(example)
    assert facts.family(LID) == expected
    assert facts.forms_of(top) == [LID]


# How problems are told


def test_problems_are_listed_once_in_order_with_their_number() -> None:
    late, early = Problem(Place("b.yml", 2), "Late."), Problem(Place("b.yml", 1, 9), "Early.", "Do it.")
    first = Problem(Place("a.yml", 30), "First.")
    assert describe([late, early, first, late]) == (
        "a.yml:30:1: First.\nb.yml:1:9: Early.\n    Do it.\nb.yml:2:1: Late.\n3 problems found."
    )
    assert describe([first]).endswith("\n1 problem found.")


def test_choices_are_listed_with_their_words_and_none_is_guessed() -> None:
    assert list_choices({"pot": "a teapot", "cup": "a cup"}, "data/pots.yml") == (
        "It can be: cup (a cup); pot (a teapot). If it is none of them, add it in data/pots.yml."
    )
    many = {f"pot-{number}": "" for number in range(40)}
    listed = list_choices(many, "data/pots.yml")
    assert listed == "All are listed in data/pots.yml. If it is none of them, add it there."


def test_a_suggestion_is_the_nearest_word_or_some_of_them() -> None:
    many = [f"pot-{number}" for number in range(20)]
    nearest = suggest("teapott", ["teapot", "kettle"], "data/pots.yml")
    assert nearest == 'Did you mean "teapot"? All are listed in data/pots.yml.'
    assert suggest("spoon", ["teapot", "kettle"]) == "It can be: kettle, teapot."
    assert suggest("spoon", many) == "For example: pot-0, pot-1, pot-10, pot-11, pot-12."
