"""Answers for health records: a file for each code in the shape that programs know, and an empty one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from build_tools.export.infobutton import render_answers
from build_tools.load.facts import Facts
from build_tools.load.loader import load
from build_tools.load.settings import Settings
from build_tools.records.procedure import CODE_SYSTEMS
from tests.conftest import edit

ATOM = "{http://www.w3.org/2005/Atom}"
SETTINGS = Settings("Teapots", "https://clinic.example/pain/")
CODED = "infobutton/2.16.840.1.113883.6.177/D000000"
POLISHING = "procedures/teapot-polishing.yml"


def feed(data: Path, path: str, settings: Settings = SETTINGS) -> tuple[ElementTree.Element, dict[str, Any]]:
    """An answer in Atom and in JSON."""
    files = render_answers(load(data)[0], settings)
    told = json.loads(files[f"{path}.json"])
    assert told.keys() == {"feed"}
    return ElementTree.fromstring(files[f"{path}.xml"]), told["feed"]


@pytest.mark.parametrize("path", [CODED, "infobutton/none"])
def test_atom_has_what_its_standard_demands_and_json_says_the_same(example: Path, path: str) -> None:
    """RFC 4287, sections 4.1.1 and 4.1.2."""
    atom, told = feed(example, path)
    for name in ("id", "title", "updated"):
        assert [found.text for found in atom.findall(f"{ATOM}{name}")] == [told[name]["_value"]]
    assert atom.findtext(f"{ATOM}author/{ATOM}name") == told["author"]["name"]["_value"]
    ids = [entry.findtext(f"{ATOM}id") for entry in atom.findall(f"{ATOM}entry")]
    assert len(set(ids)) == len(ids)
    for entry, same in zip(atom.findall(f"{ATOM}entry"), told["entry"], strict=True):
        for name in ("id", "title", "updated"):
            assert entry.findtext(f"{ATOM}{name}") == same[name]["_value"]
        link = entry.find(f"{ATOM}link")
        assert link is not None
        assert link.attrib == same["link"][0]


def test_what_is_not_known_has_a_valid_and_empty_answer(example: Path) -> None:
    atom, told = feed(example, "infobutton/none")
    assert (told["entry"], told["category"], atom.findall(f"{ATOM}entry")) == ([], [], [])


def test_without_an_address_an_answer_has_relative_links(example: Path) -> None:
    _, told = feed(example, CODED, Settings("Teapots"))
    assert told["entry"][0]["link"][0]["href"] == "../../procedures/teapot-polishing.html"


def test_hostile_facts_stay_text_in_an_answer(example: Path) -> None:
    evil = "<script>alert(1)</script>"
    edit(example / POLISHING, "  name: Teapot polishing", f'  name: "{evil}"')
    text = (example / POLISHING).read_text("utf-8")
    summary = text.partition("summary:")[2].partition("says: ")[2].partition("\n")[0]
    (example / POLISHING).write_text(text.replace(summary, f'"{evil}"'), "utf-8")
    atom, told = feed(example, CODED)
    assert atom.findtext(f"{ATOM}title") == evil
    assert "<script" not in told["entry"][0]["summary"]["_value"]
    assert "&lt;script" in (atom.findtext(f"{ATOM}entry/{ATOM}summary") or "")


# Codes


@pytest.mark.parametrize("value", ["d000000", "D12", "63185"])
def test_a_code_that_its_list_cannot_hold_is_a_problem(example: Path, value: str) -> None:
    edit(example / POLISHING, "value: D000000", f"value: {value}")
    [problem] = load(example)[1]
    assert value in problem.message
    assert problem.place.path == f"data/{POLISHING}"


def test_every_code_of_the_real_facts_says_where_it_was_looked_up(facts: Facts) -> None:
    codes = [code for procedure in facts.procedures.values() for code in procedure.codes]
    assert {code.value for code in codes} == {"D002818", "D019051"}
    assert all("National Library of Medicine" in code.checked for code in codes)
    assert {code.system for code in codes} == CODE_SYSTEMS.keys()
