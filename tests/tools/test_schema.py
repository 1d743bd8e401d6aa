"""The schemas with which an editor's program completes, explains and checks while somebody types."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from build_tools.schema import SCHEMAS, schema, write_schemas
from tests.conftest import ROOT, edit

FILES = {
    "procedure": "procedures/teapot-polishing.yml", "comparison": "comparisons/squeaking-teapot.yml",
    "sources": "sources.yml", "vocabulary": "vocabulary/structures.yml", "claims": "claims.yml",
    "shared": "shared.yml", "wording": "wording.yml", "reviews": "reviews.yml", "changes": "changes.yml",
    "clinic": "clinics/teapot-house/clinic.yml", "redirects": "redirects.yml",
}  # fmt: skip
TYPES: dict[str, Any] = {"string": str, "array": list, "object": dict, "null": type(None), "boolean": bool}
FOR_OBJECTS = {"required", "properties", "additionalProperties", "patternProperties"}
WITHOUT_EFFECT = {
    "title", "description", "default", "format", "$defs", "$schema", "patternErrorMessage", "examples",
}  # fmt: skip


def errors(value: Any, rule: dict[str, Any], top: dict[str, Any], path: str = "") -> Iterator[str]:
    """What a schema says against a value. A keyword that this small checker does not know is an error too."""
    for word, wanted in rule.items():
        if word in WITHOUT_EFFECT or (word in FOR_OBJECTS and not isinstance(value, dict)):
            continue
        if word == "$ref":
            yield from errors(value, top["$defs"][wanted.rsplit("/", 1)[-1]], top, path)
        elif word == "type":
            number = isinstance(value, int if wanted == "integer" else (int, float)) and not isinstance(
                value, bool
            )
            if not (number if wanted in ("integer", "number") else isinstance(value, TYPES[wanted])):
                yield f"{path}: {value!r} is not of type {wanted}"
        elif word in ("anyOf", "oneOf"):
            fitting = sum(not list(errors(value, option, top, path)) for option in wanted)
            if fitting == 0 or (word == "oneOf" and fitting > 1):
                yield f"{path}: {value!r} fits {fitting} of {len(wanted)}"
        elif word == "enum":
            if value not in wanted:
                yield f"{path}: {value!r} is none of {wanted}"
        elif word == "const":
            if value != wanted:
                yield f"{path}: {value!r} is not {wanted!r}"
        elif word == "required":
            yield from (f"{path}: {name} is missing" for name in wanted if name not in value)
        elif word == "properties":
            for name in wanted.keys() & value.keys():
                yield from errors(value[name], wanted[name], top, f"{path}/{name}")
        elif word == "additionalProperties":
            patterns = "|".join(rule.get("patternProperties", {})) or r"(?!)"
            for name in value.keys() - rule.get("properties", {}).keys():
                if not re.search(patterns, name):
                    if wanted is False:
                        yield f"{path}: {name} is not known"
                    elif isinstance(wanted, dict):
                        yield from errors(value[name], wanted, top, f"{path}/{name}")
        elif word == "patternProperties":
            for pattern, inner in wanted.items():
                for name in value:
                    if re.search(pattern, name):
                        yield from errors(value[name], inner, top, f"{path}/{name}")
        elif word == "items":
            for position, item in enumerate(value if isinstance(value, list) else ()):
                yield from errors(item, wanted, top, f"{path}/{position}")
        elif word == "pattern":
            if isinstance(value, str) and not re.search(wanted, value):
                yield f"{path}: {value!r} does not look like {wanted}"
        elif word in ("minLength", "minItems", "minProperties"):
            if isinstance(value, str | list | dict) and len(value) < wanted:
                yield f"{path}: shorter than {wanted}"
        elif word == "maxItems":
            if isinstance(value, list) and len(value) > wanted:
                yield f"{path}: longer than {wanted}"
        elif word == "minimum":
            if isinstance(value, int | float) and value < wanted:
                yield f"{path}: below {wanted}"
        elif word == "maximum":
            if isinstance(value, int | float) and value > wanted:
                yield f"{path}: above {wanted}"
        else:
            raise AssertionError(f"the schema uses {word}, which this test does not know")


def as_an_editor_reads(file: Path) -> Any:
    """The file's value as an editor's program takes it: numbers are numbers, dates are text."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: plain(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [plain(inner) for inner in value]
        return value.isoformat() if isinstance(value, date) else value

    return plain(yaml.safe_load(file.read_text("utf-8")))


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schema_in_the_data_folder_is_the_one_of_the_records(name: str) -> None:
    assert (ROOT / f"data/schema/{name}.json").read_text("utf-8") == schema(name), "type: make schema"


def test_writing_schemas_writes_one_file_for_each(tmp_path: Path) -> None:
    written = write_schemas(tmp_path / "new/schema")
    assert sorted(path.name for path in written) == sorted(f"{name}.json" for name in SCHEMAS)
    assert all(json.loads(path.read_text("utf-8"))["$schema"] for path in written)


@pytest.mark.parametrize("name", SCHEMAS)
def test_an_editor_finds_nothing_wrong_with_the_example(name: str, example: Path) -> None:
    rule = json.loads(schema(name))
    assert list(errors(as_an_editor_reads(example / FILES[name]), rule, rule)) == []


@pytest.mark.parametrize(("old", "new"), [
    ("kind: can-be-undone", "kind: sometimes"),
    ("    count: 18\n", "    count: many\n"),
    ("    certainty: low\n    # May. A warning", "    certanty: low\n    # May. A warning"),
    ("  a-cloth:\n", "  A Cloth:\n"),
    ("    serious: true\n", "    serious: perhaps\n"),
    ("sources: [kettle-2021, spout-2019]", "sources: []"),
    ("sources: [kettle-2021, spout-2019]", "sources: kettle-2021"),
    ("sources: [kettle-2021, spout-2019]", "sources: [{source: kettle-2021, page: 1}]"),
    ("  - What happens if I do nothing?\n", ""),
])  # fmt: skip
def test_an_editor_underlines_a_mistake_while_it_is_typed(example: Path, old: str, new: str) -> None:
    edit(example / FILES["procedure"], old, new)
    rule = json.loads(schema("procedure"))
    assert list(errors(as_an_editor_reads(example / FILES["procedure"]), rule, rule))


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_field_has_help(name: str) -> None:
    made = json.loads(schema(name))
    records = {"top": made, **made.get("$defs", {})}
    records |= {f"{key}, long form": option for key, rule in records.items() for option in rule.get("anyOf", ())}
    fields = [
        (record, field, rule)
        for record, shape in records.items()
        for field, rule in shape.get("properties", {}).items()
    ]
    assert fields or name == "redirects"  # its keys are addresses
    described = [rule | made["$defs"].get(rule.get("$ref", "").rsplit("/", 1)[-1], {}) for _, _, rule in fields]
    assert [field[:2] for field, rule in zip(fields, described, strict=True) if not rule.get("description")] == []


def test_every_data_file_names_a_schema_that_exists() -> None:
    for folder in (ROOT / "data", ROOT / "docs/example/data"):
        for file in folder.rglob("*.yml"):
            first = file.read_text("utf-8").splitlines()[0]
            named = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
            if named is None:
                assert folder == ROOT / "data", f"{file} names no schema in its first line"
                continue
            assert (file.parent / named[1]).resolve().is_file(), f"{file} names {named[1]}"
