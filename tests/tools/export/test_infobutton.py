"""Answers for health records: a feed for each code in Atom and JSON, and an empty one for unknown codes."""

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


def feeds(data: Path, path: str, settings: Settings = SETTINGS) -> tuple[ElementTree.Element, dict[str, Any]]:
    """An answer in Atom and in JSON."""
    files = render_answers(load(data)[0], settings)
    return ElementTree.fromstring(files[f"{path}.xml"]), json.loads(files[f"{path}.json"])["feed"]


@pytest.mark.parametrize("path", [CODED, "infobutton/none"])
def test_atom_is_valid_and_equals_json(example: Path, path: str) -> None:
    """RFC 4287, sections 4.1.1 and 4.1.2."""
    atom, in_json = feeds(example, path)
    for name in ("id", "title", "updated"):
        assert [element.text for element in atom.findall(f"{ATOM}{name}")] == [in_json[name]["_value"]]
    assert atom.findtext(f"{ATOM}author/{ATOM}name") == in_json["author"]["name"]["_value"]
    ids = [entry.findtext(f"{ATOM}id") for entry in atom.findall(f"{ATOM}entry")]
    assert len(set(ids)) == len(ids)
    for entry, expected in zip(atom.findall(f"{ATOM}entry"), in_json["entry"], strict=True):
        for name in ("id", "title", "updated"):
            assert entry.findtext(f"{ATOM}{name}") == expected[name]["_value"]
        link = entry.find(f"{ATOM}link")
        assert link is not None
        assert link.attrib == expected["link"][0]


def test_answer_to_an_unknown_code_is_empty(example: Path) -> None:
    atom, in_json = feeds(example, "infobutton/none")
    assert (in_json["entry"], in_json["category"], atom.findall(f"{ATOM}entry")) == ([], [], [])


def test_links_are_relative_without_an_address(example: Path) -> None:
    _, in_json = feeds(example, CODED, Settings("Teapots"))
    assert in_json["entry"][0]["link"][0]["href"] == "../../procedures/teapot-polishing.html"


def test_hostile_facts_stay_text(example: Path) -> None:
    evil = "<script>alert(1)</script>"
    edit(example / POLISHING, "  name: Teapot polishing", f'  name: "{evil}"')
    text = (example / POLISHING).read_text("utf-8")
    summary = text.partition("summary:")[2].partition("says: ")[2].partition("\n")[0]
    edit(example / POLISHING, summary, f'"{evil}"')
    atom, in_json = feeds(example, CODED)
    assert atom.findtext(f"{ATOM}title") == evil
    assert "<script" not in in_json["entry"][0]["summary"]["_value"]
    assert "&lt;script" in (atom.findtext(f"{ATOM}entry/{ATOM}summary") or "")


@pytest.mark.parametrize("value", ["d000000", "D12", "63185"])
def test_malformed_code_is_a_problem(example: Path, value: str) -> None:
    edit(example / POLISHING, "value: D000000", f"value: {value}")
    [problem] = load(example)[1]
    assert value in problem.message
    assert problem.place.path == f"data/{POLISHING}"


def test_each_real_code_says_where_it_was_looked_up(facts: Facts) -> None:
    codes = [code for procedure in facts.procedures.values() for code in procedure.codes]
    assert {code.value for code in codes} == {"D002818", "D019051"}
    assert all("National Library of Medicine" in code.checked for code in codes)
    assert {code.system for code in codes} == CODE_SYSTEMS.keys()
