"""The schemas with which an editor's program completes, explains and checks while somebody types."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from build_tools.edit.schema import SCHEMAS, render_schema, write_schemas
from tests.conftest import ROOT, edit

FILES = {
    "procedure": "procedures/teapot-polishing.yml", "comparison": "comparisons/squeaking-teapot.yml",
    "sources": "sources.yml", "vocabulary": "vocabulary/structures.yml", "claims": "claims.yml",
    "shared": "shared.yml", "searches": "searches.yml",
    "signs": "signs.yml",
    "helplines": "helplines.yml",
    "situations": "situations.yml", "wording": "wording.yml", "reviews": "reviews.yml", "changes": "changes.yml",
    "clinic": "clinics/teapot-house/clinic.yml", "redirects": "redirects.yml",
}  # fmt: skip


def errors(file: Path, name: str) -> list[str]:
    """What an editor's program says against a file: to it, numbers are numbers and dates are text."""
    value = json.loads(json.dumps(yaml.safe_load(file.read_text("utf-8")), default=str))
    shape = json.loads((ROOT / f"data/schema/{name}.json").read_text("utf-8"))
    return [error.message for error in Draft202012Validator(shape).iter_errors(value)]


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_schema_in_the_data_folder_is_the_one_of_the_records(name: str) -> None:
    assert (ROOT / f"data/schema/{name}.json").read_text("utf-8") == render_schema(name), "type: make schema"


def test_writing_schemas_writes_one_file_for_each(tmp_path: Path) -> None:
    for name, path in zip(SCHEMAS, write_schemas(tmp_path / "new/schema"), strict=True):
        assert path.read_text("utf-8") == render_schema(name)


@pytest.mark.parametrize("name", SCHEMAS)
def test_an_editor_finds_nothing_wrong_with_the_example(name: str, example: Path) -> None:
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
def test_an_editor_underlines_a_mistake_while_it_is_typed(example: Path, old: str, new: str) -> None:
    edit(example / FILES["procedure"], old, new)
    assert errors(example / FILES["procedure"], "procedure")


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_field_has_help(name: str) -> None:
    made = json.loads(render_schema(name))
    records = {"top": made, **made.get("$defs", {})}
    records |= {f"{key}, long form": option for key, rule in records.items() for option in rule.get("anyOf", ())}
    fields = {
        (record, field): rule | made.get("$defs", {}).get(rule.get("$ref", "").rsplit("/", 1)[-1], {})
        for record, shape in records.items()
        for field, rule in shape.get("properties", {}).items()
    }
    assert fields or name == "redirects"  # its keys are addresses
    assert [field for field, rule in fields.items() if not rule.get("description")] == []


def test_every_data_file_names_a_schema_that_exists() -> None:
    for folder in (ROOT / "data", ROOT / "docs/example/data"):
        for file in folder.rglob("*.yml"):
            first = file.read_text("utf-8").splitlines()[0]
            named = re.fullmatch(r"# yaml-language-server: \$schema=(\S+)", first)
            if named is None:
                assert folder == ROOT / "data", f"{file} names no schema in its first line"
                continue
            assert (file.parent / named[1]).resolve().is_file(), f"{file} names {named[1]}"
