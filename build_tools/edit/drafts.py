"""New files, begun from the schemas: `python -m build_tools new procedure ID` and the like.

A draft has every field that its file must have, with a mark in each gap. `check` counts the gaps and says what
belongs in the next one. No file is ever overwritten.
"""

from __future__ import annotations

import argparse
import re
from typing import Any

import yaml

from build_tools.check.references import ON_EVERY_PAGE
from build_tools.edit.schema import build_schema
from build_tools.load.placeholders import KEY, MARK, iter_placeholders
from build_tools.load.settings import today
from build_tools.load.yaml_reader import read
from build_tools.records.base import FIRST
from build_tools.records.problems import CommandError
from build_tools.records.sections import VOCABULARY_OF_FIELD

Shape = dict[str, Any]

FILES = {
    "procedure": ("procedures/{}.yml", "teapot-polishing"),
    "comparison": ("comparisons/{}.yml", "squeaking-teapot"),
    "clinic": ("clinics/{}/clinic.yml", "teapot-house"),
}
"""What has a file of its own: which, and the id of the example that explains every field."""

_HEAD = """\
# yaml-language-server: $schema={schema}
#
# A draft. Fill each "{mark}", and in place of each "{key}" write the id of the word that the entry is about.
# `make check` says how many gaps are left, and what belongs in the next one. Until then nothing is published.
# docs/example/data/{example} explains every field, also those that are not needed.
"""
_FIGURE = dict.fromkeys(("counted", "who", "when", "how", "count", "out_of"), MARK)
_FIGURES = {FIRST: _FIGURE | {"sources": [{"source": MARK, "at": MARK}]}}
_GIVEN: dict[str, Shape] = {
    "": {"benefits": _FIGURES},
    "harms": {"lead": FIRST, "signs": [MARK], "how_often": _FIGURES},
    "unknowns": {"reason": "searched", "searched": None},
    "short": {
        "harms": [MARK],
        "results": [f"benefits.{FIRST}"],
        "not_for": [f"contraindications.{FIRST}"],
        "before": [f"before.{ON_EVERY_PAGE[0]}"],
        "during": [f"during.{FIRST}"],
        "after": [f"after.{FIRST}"],
        "home": [f"recovery.{FIRST}"],
    },
}
"""What a draft has beyond empty fields that must be there, by the name of the record."""


def write_draft(chosen: argparse.Namespace) -> int:
    """Run `new` as it was typed: write the draft, and say which gap comes first."""
    id = chosen.id
    if len(id) > 60 or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id):
        near = "-".join(re.findall(r"[a-z0-9]+", id.lower()))[:60]
        hint = "Use at most 60 small letters, digits and hyphens" + (f', for example "{near}".' if near else ".")
        raise CommandError(f'"{id}" cannot be an id.', hint, status=2)
    file, example = FILES[chosen.kind]
    path, shown = chosen.data / file.format(id), f"{chosen.data.name}/{file.format(id)}"
    schema = f"{'../' * file.count('/')}schema/{chosen.kind}.json"
    text = _HEAD.format(schema=schema, mark=MARK, key=KEY, example=file.format(example))
    whole = build_schema(chosen.kind)
    for name, value in _begun("", whole, whole["$defs"]).items():
        text += "\n" + yaml.safe_dump({name: value}, sort_keys=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as draft:
            draft.write(text)
    except FileExistsError:
        hint = "Choose another id, or go on in that file."
        raise CommandError(f"{shown} is there already; it was not touched.", hint) from None
    document, _ = read(path, shown)
    first, *others = iter_placeholders(document)
    where = f"{'.'.join(map(str, first))} (line {document.place(*first).line})"
    print(f"Wrote {shown}: {1 + len(others)} gaps, next: {where}. `make check` says what belongs there.")
    return 0


def _begun(name: str, part: Shape, definitions: Shape) -> Any:
    """What the record or field `name` begins with: a mark for each value that it must have."""
    part = _resolved(part, definitions)
    if part.get("type") == "array":
        return [MARK] * part.get("minItems", 1)
    if "patternProperties" in part:
        [entry] = part["patternProperties"].values()
        entry = _resolved(entry, definitions)
        key = FIRST if VOCABULARY_OF_FIELD.keys().isdisjoint(entry.get("properties", ())) else KEY
        shared = ON_EVERY_PAGE if name == "before" else ()
        return {key: _begun(name, entry, definitions)} | {id: {"shared": id} for id in shared}
    if "properties" in part:
        fields, given = part["properties"], _GIVEN.get(name, {})
        wanted = [field for field in fields if field in part["required"] or field in given]
        wanted.sort(key=lambda field: (field == "sources", field == "says"))
        return {field: given.get(field) or _begun(field, fields[field], definitions) for field in wanted}
    return today() if part.get("format") == "date" else MARK


def _resolved(part: Shape, definitions: Shape) -> Shape:
    """A part of a schema with what it refers to written out; of several possibilities, the first."""
    if options := part.get("oneOf") or part.get("anyOf"):
        return _resolved(options[0], definitions)
    return definitions[part["$ref"].rpartition("/")[2]] if "$ref" in part else part
