"""The schemas with which a text editor completes, explains and checks fields while somebody types."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from build_tools.edit.schema import SCHEMAS, render_schema, write_schemas
from tests.conftest import ROOT, edit

FILES = {name: f"{name}.yml" for name in SCHEMAS} | {
    "procedure": "procedures/teapot-polishing.yml",
    "comparison": "comparisons/squeaking-teapot.yml",
    "vocabulary": "vocabulary/structures.yml",
    "clinic": "clinics/teapot-house/clinic.yml",
}


def errors(file: Path, name: str) -> list[str]:
    """The errors in a file as text editors report them: numbers are numbers, dates are text."""
    value = json.loads(json.dumps(yaml.safe_load(file.read_text("utf-8")), default=str))
    schema = json.loads((ROOT / f"data/schema/{name}.json").read_text("utf-8"))
    return [error.message for error in Draft202012Validator(schema).iter_errors(value)]


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_file_is_up_to_date(name: str) -> None:
    assert (ROOT / f"data/schema/{name}.json").read_text("utf-8") == render_schema(name), "type: make schema"


def test_each_schema_is_written(tmp_path: Path) -> None:
    for name, path in zip(SCHEMAS, write_schemas(tmp_path / "new/schema"), strict=True):
        assert path.read_text("utf-8") == render_schema(name)


@pytest.mark.parametrize("name", SCHEMAS)
def test_example_is_valid(name: str, example: Path) -> None:
    assert errors(example / FILES[name], name) == []


@pytest.mark.parametrize(("old", "new"), [
    ("kind: can-be-undone", "kind: sometimes"),
    ("    count: 18\n", "    count: many\n"),
    ("    certainty: very-low\n    # Optional. A warning", "    certanty: very-low\n    # Optional. A warning"),
    ("  a-cloth:\n", "  A Cloth:\n"),
    ("    weight: dangerous\n", "    weight: perhaps\n"),
    ("sources: [kettle-2021, spout-2019]", "sources: []"),
    ("sources: [kettle-2021, spout-2019]", "sources: kettle-2021"),
    ("sources: [kettle-2021, spout-2019]", "sources: [{source: kettle-2021, page: 1}]"),
    ("  - What happens if I do nothing?\n", ""),
])  # fmt: skip
def test_mistake_is_an_error(example: Path, old: str, new: str) -> None:
    edit(example / FILES["procedure"], old, new)
    assert errors(example / FILES["procedure"], "procedure")


@pytest.mark.parametrize("name", SCHEMAS)
def test_each_field_has_a_description(name: str) -> None:
    schema = json.loads(render_schema(name))
    definitions = schema.get("$defs", {})
    records = {"top": schema, **definitions}
    records |= {f"{key}, long form": option for key, rule in records.items() for option in rule.get("anyOf", ())}
    fields = {
        (record, field): rule | definitions.get(rule.get("$ref", "").rsplit("/", 1)[-1], {})
        for record, part in records.items()
        for field, rule in part.get("properties", {}).items()
    }
    assert fields or name == "redirects"  # its keys are addresses
    assert [field for field, rule in fields.items() if not rule.get("description")] == []


def test_data_files_name_existing_schemas() -> None:
    for folder in (ROOT / "data", ROOT / "docs/example/data"):
        for file in folder.rglob("*.yml"):
            first = file.read_text("utf-8").splitlines()[0]
            match = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
            if match:
                assert (file.parent / match[1]).resolve().is_file(), file
            else:
                assert folder == ROOT / "data", f"{file} names no schema in its first line"


@pytest.mark.parametrize("name", sorted(SCHEMAS.keys() - {"reviews", "changes", "redirects"}))
def test_example_explains_every_field(name: str) -> None:
    """A comment that says whether a field is required is directly above it, or names it inside a record."""
    pattern = re.sub("structures|teapot-polishing|teapot-house", "*", FILES[name])
    text = "".join(file.read_text("utf-8") for file in sorted((ROOT / "docs/example/data").glob(pattern)))
    comments = re.findall(r"((?:^ *#.*\n)+)([ -]*\w*:?)", text, re.MULTILINE)
    comments = [(block, line) for block, line in comments if re.search("(?i)required|optional", block)]
    directly = {
        field for comment in comments for field in re.findall(r"^[ #-]*(\w+):", "".join(comment), re.MULTILINE)
    }
    named = {field for block, _ in comments for field in re.findall(r'"(\w+)"', block)}
    schema = json.loads(render_schema(name))
    fields = {field for record in schema.get("$defs", {}).values() for field in record.get("properties", {})}
    assert schema.get("properties", {}).keys() - directly == set()
    assert fields - directly - named == set()
