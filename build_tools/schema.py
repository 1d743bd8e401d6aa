"""The JSON Schemas that give editors completion, hover help and red lines, written from the records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from build_tools.records import Claim, Comparison, Id, Procedure, Publication, Review, Source, Term, Wording

SCHEMAS: dict[str, Any] = {
    "procedure": Procedure,
    "comparison": Comparison,
    "sources": dict[Id, Source],
    "vocabulary": dict[Id, Term],
    "claims": dict[Id, Claim],
    "wording": dict[Id, Wording],
    "reviews": list[Review],
    "changes": list[Publication],
}


def schema(name: str) -> str:
    """One schema as text."""
    made = {"$schema": "http://json-schema.org/draft-07/schema#"} | TypeAdapter(SCHEMAS[name]).json_schema()
    return json.dumps(_closed(made), indent=1, ensure_ascii=False) + "\n"


def _closed(part: Any) -> Any:
    """The schema with every other key forbidden where keys must follow a pattern."""
    if isinstance(part, list):
        return [_closed(item) for item in part]
    if not isinstance(part, dict):
        return part
    closed = {name: _closed(value) for name, value in part.items()}
    return closed | {"additionalProperties": False} if "patternProperties" in closed else closed


def write_schemas(folder: Path) -> list[Path]:
    """Write every schema into `folder` and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in SCHEMAS:
        path = folder / f"{name}.json"
        path.write_text(schema(name), "utf-8")
        written.append(path)
    return written
