"""Wrongs in the files that other programs read: each field says something else where it first occurs."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from build_tools.counterproof import BLOCK
from build_tools.exports import exports
from build_tools.facts import load
from build_tools.feed import feed
from build_tools.infobutton import answers
from build_tools.reviews import standings
from build_tools.settings import Settings
from build_tools.structured_data import StructuredData
from tests.edits import Mutant, Steps, in_csv, in_html, in_json, in_xml, otherwise, pick, sub

_SHAPES = re.compile(r"/schema/|/openapi\.json/|/generatedAt$")
"""Descriptions of the files, and the day of the build; they hold no fact."""


def published_files(root: Path, today: date) -> Iterator[Mutant]:
    """The wrongs, over what the facts of the project in `root` publish."""
    facts, _ = load(root / "data")
    settings = Settings()
    files = exports(facts, settings, today) | answers(facts, settings)
    seen: set[str] = set()
    for path, text in sorted(files.items()):
        for shape, wrong in _wrongs(path, text):
            kind = re.sub(r"(?<=procedures/|omparisons/|infobutton/).*(?=\.)", "*", path)
            place = shape if shape.startswith("fact.") else f"/{kind}/{shape}"
            if place not in seen and not _SHAPES.search(place):
                seen.add(place)
                yield wrong
    yield from (wrong for _, wrong in _of_xml("feed.xml", feed(facts, settings)))
    for name in ("SUMMARY", "DTSTART", "UID"):
        edit = sub(rf"(\n{name}[^:]*:)[^\r\n]*", r"\g<1>20300101")
        yield Mutant("page", "calendar edited", name, "site/reviews.ics", edit)
    edit = sub(r"BEGIN:VEVENT.*?END:VEVENT\r?\n", "")
    yield Mutant("page", "calendar edited", "an event is gone", "site/reviews.ics", edit)
    structured = StructuredData(facts, settings)
    coded = pick([id for id, procedure in facts.procedures.items() if procedure.codes], 1)[0]
    words = " ".join(fact.says for _, fact in facts.all() if hasattr(fact, "says"))
    compared = pick(list(facts.comparisons), 1)[0]
    for file, block in {
        f"site/procedures/{coded}.html": structured.of_procedure(coded, [], standings(facts, today)[coded], words),
        f"site/comparisons/{compared}.html": structured.of_comparison(compared, []),
    }.items():
        places = {_shape(steps): steps for steps in reversed(list(_places(json.loads(_inside(block)))))}
        for shape, steps in reversed(places.items()):
            spoil = in_html(BLOCK, partial(_in_block, steps))
            yield Mutant("page", "block for search engines edited", shape, file, spoil)


def _wrongs(path: str, text: str) -> Iterator[tuple[str, Mutant]]:
    """Every place of a file: its shape, which places of one kind share, and the wrong there."""
    if path.endswith(".json"):
        for steps in _places(json.loads(text)):
            yield _shape(steps), _wrong(path, ".".join(map(str, steps)), in_json(otherwise(*steps)))
    elif path.endswith(".csv"):
        rows = list(csv.reader(io.StringIO(text, newline="")))
        for column, name in enumerate(rows[0]):
            shape = str(column) if "comparisons/" in path else name
            yield "head", _wrong(path, f"head {name}", in_csv(otherwise(0, column)))
            for row in [n for n, cells in enumerate(rows) if n and cells[column]][:1]:
                yield shape, _wrong(path, f"{name} in row {row}", in_csv(otherwise(row, column)))
        yield "row", _wrong(path, "a row is gone", in_csv(lambda rows: rows.__delitem__(-1)))
    else:
        yield from _of_xml(path, text)


def _of_xml(path: str, text: str) -> Iterator[tuple[str, Mutant]]:
    """Texts and attributes; of the entries only those of the first."""
    entries = 0
    for n, element in enumerate(ElementTree.fromstring(text).iter()):
        tag = element.tag.rpartition("}")[2]
        entries += tag == "entry"
        for field in ["text"] * bool((element.text or "").strip()) + sorted(element.attrib):
            if entries < 2 and field not in ("type", "hreflang"):
                shape = f"{tag} {field} {n}"
                yield shape, _wrong(path, shape, in_xml(partial(_edit_element, n, field)))


def _edit_element(n: int, field: str, top: ElementTree.Element) -> None:
    element = list(top.iter())[n]
    if field == "text":
        element.text = "something else"
    else:
        element.set(field, "something else")


def _wrong(path: str, what: str, edit: Any) -> Mutant:
    return Mutant("page", "file for other programs edited", what, f"site/{path}", edit)


def _places(value: Any, steps: Steps = ()) -> Iterator[Steps]:
    """The way to everything in a JSON value; what is empty cannot be less."""
    if steps and value not in ([], {}):
        yield steps
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, part in inner:
        yield from _places(part, (*steps, step))


def _shape(steps: Steps) -> str:
    """The way with every number as a star; inside a fact, wherever that stands, the way from there."""
    way = ".".join("*" if isinstance(step, int) else step for step in steps)
    return re.sub(r"^.*(?:facts|howOften)\.\*\.", "fact.", way)


def _inside(element: str) -> str:
    return element.partition(">")[2].rpartition("<")[0]


def _in_block(steps: Steps, element: str) -> str:
    inside = _inside(element)
    return element.replace(inside, in_json(otherwise(*steps))(inside) or "")
