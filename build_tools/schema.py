"""The JSON Schemas that give editors completion, hover help and red lines, written from the records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from build_tools.records import Claim, Comparison, Procedure, Source, Term, Wording

SCHEMAS: dict[str, Any] = {
    "procedure": Procedure,
    "comparison": Comparison,
    "sources": dict[str, Source],
    "vocabulary": dict[str, Term],
    "claims": dict[str, Claim],
    "wording": dict[str, Wording],
}


def schema(name: str) -> str:
    """One schema as text."""
    made = {"$schema": "http://json-schema.org/draft-07/schema#"} | TypeAdapter(SCHEMAS[name]).json_schema()
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def write_schemas(folder: Path) -> list[Path]:
    """Write every schema into `folder` and return the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in SCHEMAS:
        path = folder / f"{name}.json"
        path.write_text(schema(name), "utf-8")
        written.append(path)
    return written
