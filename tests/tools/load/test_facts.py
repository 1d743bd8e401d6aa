"""A data folder as records: their ids, their order, their defaults, and errors in some of them."""

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


def test_only_yaml_files_are_records(example: Path) -> None:
    for name in ("notes.txt", ".teapot.yml", "teapot-polishing.yml~", "#teapot.yml#", ".DS_Store"):
        (example / "procedures" / name).write_text("not: [yaml", "utf-8")
    facts = loaded(example)
    assert sorted(facts.procedures) == ["teapot-care", ALONE, LID, POLISHING]
    assert list(facts.comparisons) == ["squeaking-teapot"]
    assert list(facts.vocabulary) == list(VOCABULARIES)


def test_every_fact_has_a_unique_id(example: Path) -> None:
    facts, _ = load(example)
    ids = [id for top, procedure in facts.procedures.items() for id, _ in iter_facts(procedure, top)]
    assert len(ids) == len(set(ids))
    assert {
        "summary", "main_message.harms", "names.shoe-polishing", "benefits.quiet", "harms.broken-spout",
        "harms.broken-spout.registry", "living_with_it.mind",
    } <= facts.facts_of(POLISHING).keys()  # fmt: skip


# What may be left out


def test_a_key_is_the_default_word(example: Path) -> None:
    [entry] = load(example)[0].procedures[ALONE].indications.values()
    assert isinstance(entry, Indication)
    assert entry.condition == "squeaking-lid"
    edit(example / f"procedures/{ALONE}.yml", "indications:\n  squeaking-lid:", "indications:\n  squeak:")
    [problem] = check(load(example)[0], TODAY)[:1]
    assert problem.message == 'There is no condition called "squeak".'


def test_not_read_is_short_for_a_gap(example: Path) -> None:
    procedure = load(example)[0].procedures[ALONE]
    gap = NotKnown(not_known="What we read does not say.", reason="not-read")
    assert (procedure.living_with_it.mind, procedure.relief_lasts["main"]) == (gap, gap)


def test_the_short_page_defaults_to_first_entries(example: Path) -> None:
    short = load(example)[0].procedures[ALONE].short
    lines = (short.who, short.undone, short.evidence)
    assert lines == ("indications.squeaking-lid", "reversibility.any-time", "evidence.one-trial")
    edit(example / f"procedures/{ALONE}.yml", "  lead: Going", "  who: harms.squeak-stays\n  lead: Going")
    assert load(example)[0].procedures[ALONE].short.who == "harms.squeak-stays"


@pytest.mark.parametrize(("address", "message"), [
    ("", "Readers cannot find this source: it has no DOI, no PubMed number, and no address."),
    ("  url: https://teapot.example/\n", '"https://teapot.example/" is the home page of a site'),
    ("  url: https://teapot.example\n", '"https://teapot.example" is the home page of a site'),
])  # fmt: skip
def test_a_source_needs_an_address(example: Path, address: str, message: str) -> None:
    edit(example / "sources.yml", "  url: https://teapot.example/leaflet\n", address)
    [problem] = load(example)[1]
    assert problem.message.startswith(message)


def test_an_error_hides_no_other_record(example: Path) -> None:
    edit(example / f"procedures/{POLISHING}.yml", "kind: can-be-undone", "kind: unknown")
    edit(example / "sources.yml", "kind: registry", "kind: unknown")
    facts, _ = load(example)
    assert sorted(facts.procedures) == ["teapot-care", ALONE, LID]
    assert sorted(facts.sources) == ["kettle-2021", "spout-2019"]
    assert facts.broken == {f"procedures/{POLISHING}", "sources"}


def test_an_id_has_lowercase_letters_digits_and_hyphens(example: Path) -> None:
    edit(example / "vocabulary/words.yml", "potter:\n", "Potter_1:\n")
    assert [(str(p.place), p.message) for p in load(example)[1]] == [
        ("data/vocabulary/words.yml:2:1", '"Potter_1" cannot be an id.')
    ]


def test_an_empty_folder_is_a_problem(example: Path) -> None:
    shutil.rmtree(example / "comparisons")
    assert [str(problem) for problem in load(example)[1]] == [
        "data/comparisons:1:1: This folder has no file.\n    Put its files back."
    ]


def test_places_start_with_the_name_of_the_folder(example: Path) -> None:
    other = example.rename(example.with_name("facts"))
    edit(other / "claims.yml", "verdict: not-supported", "verdict: nonsense")
    assert [str(problem.place) for problem in load(other)[1]] == ["facts/claims.yml:7:3"]


@pytest.mark.parametrize(("top", "expected"), [(POLISHING, POLISHING), ("gone", LID)])
def test_the_family_is_the_procedure_at_the_top(example: Path, top: str, expected: str) -> None:
    edit(example / f"procedures/{LID}.yml", "part_of: teapot-care", f"part_of: {top}")
    facts, _ = load(example)
    assert facts.family(LID) == expected
    assert facts.forms_of(top) == [LID]


# Describing problems


def test_problems_are_sorted_unique_and_counted() -> None:
    late, early = Problem(Place("b.yml", 2), "Late."), Problem(Place("b.yml", 1, 9), "Early.", "Do it.")
    first = Problem(Place("a.yml", 30), "First.")
    assert describe([late, early, first, late]) == (
        "a.yml:30:1: First.\nb.yml:1:9: Early.\n    Do it.\nb.yml:2:1: Late.\n3 problems found."
    )
    assert describe([first]).endswith("\n1 problem found.")


def test_choices_are_listed_without_a_guess() -> None:
    assert list_choices({"pot": "a teapot", "cup": "a cup"}, "data/pots.yml") == (
        "It can be: cup (a cup); pot (a teapot). If it is none of them, add it in data/pots.yml."
    )
    many = {f"pot-{number}": "" for number in range(40)}
    listed = list_choices(many, "data/pots.yml")
    assert listed == "Search data/pots.yml for a word of its name. If it is not there, add it."
    assert "its title or author" in list_choices({}, "data/sources.yml")


def test_a_suggestion_is_the_nearest_word_or_a_list() -> None:
    many = [f"pot-{number}" for number in range(20)]
    nearest = suggest("teapott", ["teapot", "kettle"], "data/pots.yml")
    assert nearest == 'Did you mean "teapot"? All are listed in data/pots.yml.'
    assert suggest("spoon", ["teapot", "kettle"]) == "It can be: kettle, teapot."
    assert suggest("spoon", many) == "For example: pot-0, pot-1, pot-10, pot-11, pot-12."
