"""The schemas that help editors while they type."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from build_tools.records.base import Id
from build_tools.records.clinic import Clinic
from build_tools.records.entries import Source, Statement
from build_tools.records.logs import Publication, ReaderTest, Redirects, Review
from build_tools.records.procedure import Procedure
from build_tools.records.short import Comparison
from build_tools.records.signs import Helpline, Sign, Situation
from build_tools.records.words import Claim, SearchTerms, Term, Wording

SCHEMAS: dict[str, Any] = {
    "procedure": Procedure,
    "comparison": Comparison,
    "sources": dict[Id, Source],
    "vocabulary": dict[Id, Term],
    "signs": dict[Id, Sign],
    "situations": dict[Id, Situation],
    "helplines": dict[Id, Helpline],
    "searches": dict[Id, SearchTerms],
    "shared": dict[Id, Statement],
    "claims": dict[Id, Claim],
    "wording": dict[Id, Wording],
    "reviews": list[Review | ReaderTest],
    "changes": list[Publication],
    "clinic": Clinic,
    "redirects": Redirects,
}

_PATTERNS = {
    "^[a-z0-9]": "Use lowercase letters, digits, and hyphens.",
    "^10": "Write the DOI without https://doi.org/ in front; it begins with 10.",
    r"^\d": "Use digits only.",
    r"^\+?[0": "Write it as people dial it: digits, spaces, hyphens.",
    "^#": 'Write # and six digits from 0 to f, between quotes: "#0b4f5c".',
    "^https://[A": "Write the whole address, with https:// in front; for a mail address begin with mailto:.",
    "^https": "Write the whole address, with https:// in front.",
}
"""The error message for each pattern, because nobody can read the pattern itself."""


def render_schema(name: str) -> str:
    """A schema as text."""
    schema = {"$schema": "http://json-schema.org/draft-07/schema#"} | build_schema(name)
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def build_schema(name: str) -> dict[str, Any]:
    """A schema in the form that helps most while typing."""
    return dict(_simplify(TypeAdapter(SCHEMAS[name]).json_schema()))


def _simplify(node: Any) -> Any:
    """The schema as editors think of it.

    Keys that do not match a pattern are forbidden. An optional field is not required, and never "null". A pattern
    has an error message. A field has its name as its title.
    """
    if isinstance(node, list):
        return [_simplify(item) for item in node]
    if not isinstance(node, dict):
        return node
    simple = {name: _simplify(value) for name, value in node.items()}
    if {"type": "null"} in simple.get("anyOf", ()):
        options = [option for option in simple.pop("anyOf") if option != {"type": "null"}]
        simple |= options[0] if len(options) == 1 else {"anyOf": options}
    if simple.get("default", ...) in (None, "", [], {}):
        del simple["default"]
    if "patternProperties" in simple:
        simple["additionalProperties"] = False
    if isinstance(pattern := simple.get("pattern"), str):
        messages = [message for start, message in _PATTERNS.items() if pattern.startswith(start)]
        simple |= {"patternErrorMessage": messages[0]} if messages else {}
    if isinstance(fields := simple.get("properties"), dict):
        for name, field in fields.items():
            field["title"] = name
    return simple


def write_schemas(folder: Path) -> list[Path]:
    """Write every schema into `folder` and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in SCHEMAS:
        (folder / f"{name}.json").write_text(render_schema(name), "utf-8")
    return [folder / f"{name}.json" for name in SCHEMAS]
