"""Drafts of new files, made from the schemas: `python -m build_tools new procedure ID`.

A draft has every required field, with placeholders. `check` counts the placeholders and explains the first.
No file is overwritten.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from build_tools.check.references import ON_EVERY_PAGE
from build_tools.edit.schema import build_schema
from build_tools.load.placeholders import KEY, MARK, iter_placeholders, name_path
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
"""The path of each kind of file, and the id of the example that explains its fields."""

_HEAD = """\
# yaml-language-server: $schema={schema}
#
# A draft. Replace each "{mark}", and each "{key}" with the id of the word that the entry is about.
# `make check` says how many are left, and what belongs in the next one. Nothing is published before the last one.
# docs/example/data/{example} explains every field, including the optional ones.
"""
_FIGURE = dict.fromkeys(("counted", "who", "when", "how", "count", "out_of"), MARK)
_FIGURES = {FIRST: _FIGURE | {"sources": [{"source": MARK, "at": MARK}]}}
_DEFAULTS: dict[str, Shape] = {
    "": {"benefits": _FIGURES, "options": [MARK, MARK, "no-procedure"]},
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
"""What a draft has besides required fields, by the name of the record."""


def write_draft(data: Path, kind: str, id: str) -> str:
    """Write the draft of a file; return a sentence that names the file and the first field to fill in."""
    if len(id) > 60 or not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", id):
        similar = "-".join(re.findall(r"[a-z0-9]+", id.lower()))[:60]
        hint = "Use at most 60 lowercase letters, digits, and hyphens"
        hint += f', for example "{similar}".' if similar else "."
        raise CommandError(f'"{id}" cannot be an id.', hint, status=2)
    file, example = FILES[kind]
    path, shown = data / file.format(id), f"{data.name}/{file.format(id)}"
    relative_schema = f"{'../' * file.count('/')}schema/{kind}.json"
    text = _HEAD.format(schema=relative_schema, mark=MARK, key=KEY, example=file.format(example))
    schema = build_schema(kind)
    for name, value in _draft_value("", schema, schema["$defs"]).items():
        text += "\n" + yaml.safe_dump({name: value}, sort_keys=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as draft:
            draft.write(text)
    except FileExistsError:
        hint = "Choose another id, or continue in that file."
        raise CommandError(f"{shown} already exists; it was not changed.", hint) from None
    document, _ = read(path, shown)
    first, *others = iter_placeholders(document)
    where = f"{name_path(first)} (line {document.place(*first).line})"
    return f"Wrote {shown}: {1 + len(others)} fields to fill in, next: {where}. `make check` explains each."


def _draft_value(name: str, schema: Shape, definitions: Shape) -> Any:
    """The draft of the record or field `name`, with a placeholder for each required value."""
    schema = _resolve(schema, definitions)
    if schema.get("type") == "array":
        return [MARK] * schema.get("minItems", 1)
    if "patternProperties" in schema:
        [entry] = schema["patternProperties"].values()
        entry = _resolve(entry, definitions)
        key = FIRST if VOCABULARY_OF_FIELD.keys().isdisjoint(entry.get("properties", ())) else KEY
        shared = ON_EVERY_PAGE if name == "before" else ()
        return {key: _draft_value(name, entry, definitions)} | {id: {"shared": id} for id in shared}
    if "properties" in schema:
        fields, defaults = schema["properties"], _DEFAULTS.get(name, {})
        included = [field for field in fields if field in schema["required"] or field in defaults]
        included.sort(key=lambda field: (field == "sources", field == "says"))
        return {
            field: defaults.get(field) or _draft_value(field, fields[field], definitions) for field in included
        }
    return today() if schema.get("format") == "date" else MARK


def _resolve(schema: Shape, definitions: Shape) -> Shape:
    """A schema without references at its top; of several alternatives, the first."""
    if options := schema.get("oneOf") or schema.get("anyOf"):
        return _resolve(options[0], definitions)
    return definitions[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
