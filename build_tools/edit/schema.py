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
from build_tools.records.words import Claim, Term, Typed, Wording

SCHEMAS: dict[str, Any] = {
    "procedure": Procedure,
    "comparison": Comparison,
    "sources": dict[Id, Source],
    "vocabulary": dict[Id, Term],
    "signs": dict[Id, Sign],
    "situations": dict[Id, Situation],
    "helplines": dict[Id, Helpline],
    "searches": dict[Id, Typed],
    "shared": dict[Id, Statement],
    "claims": dict[Id, Claim],
    "wording": dict[Id, Wording],
    "reviews": list[Review | ReaderTest],
    "changes": list[Publication],
    "clinic": Clinic,
    "redirects": Redirects,
}

# What an editor's program says in place of a pattern that nobody can read.
_PATTERNS = {
    "^[a-z0-9]": "Use small letters, digits and hyphens.",
    "^10": "Write the DOI without https://doi.org/ in front; it begins with 10.",
    r"^\d": "Use digits only.",
    r"^\+?[0": "Write it as people dial it: digits, spaces, hyphens.",
    "^#": 'Write # and six digits from 0 to f, between quotes: "#0b4f5c".',
    "^https://[A": "Write the whole address, with https:// in front; for a mail address begin with mailto:.",
    "^https": "Write the whole address, with https:// in front.",
}


def render_schema(name: str) -> str:
    """One schema as text."""
    made = {"$schema": "http://json-schema.org/draft-07/schema#"} | build_schema(name)
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def build_schema(name: str) -> dict[str, Any]:
    """One schema as a value, in the form that is most help while somebody types."""
    return dict(_plain(TypeAdapter(SCHEMAS[name]).json_schema()))


def _plain(part: Any) -> Any:
    """The schema as editors think of it.

    Where keys must follow a pattern, every other key is forbidden. A field that may be missing is simply not
    required: nobody is told of "null". A pattern comes with words. Fields are called as they are typed.
    """
    if isinstance(part, list):
        return [_plain(item) for item in part]
    if not isinstance(part, dict):
        return part
    plain = {name: _plain(value) for name, value in part.items()}
    if {"type": "null"} in plain.get("anyOf", ()):
        given = [option for option in plain.pop("anyOf") if option != {"type": "null"}]
        plain |= given[0] if len(given) == 1 else {"anyOf": given}
    if plain.get("default", ...) in (None, "", [], {}):
        del plain["default"]
    if "patternProperties" in plain:
        plain["additionalProperties"] = False
    if isinstance(pattern := plain.get("pattern"), str):
        words = [words for begin, words in _PATTERNS.items() if pattern.startswith(begin)]
        plain |= {"patternErrorMessage": words[0]} if words else {}
    if isinstance(fields := plain.get("properties"), dict):
        for name, field in fields.items():
            field["title"] = name
    return plain


def write_schemas(folder: Path) -> list[Path]:
    """Write every schema into `folder` and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in SCHEMAS:
        (folder / f"{name}.json").write_text(render_schema(name), "utf-8")
    return [folder / f"{name}.json" for name in SCHEMAS]
