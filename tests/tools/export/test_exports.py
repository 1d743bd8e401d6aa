"""The exported files: valid against their schemas, listed, and safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator

from build_tools.export.api import SourceEntry, StatementFact
from build_tools.export.exports import format_csv, render_exports
from build_tools.load.facts import Facts
from build_tools.load.loader import load
from build_tools.load.settings import Settings
from build_tools.records.base import Record
from build_tools.records.entries import Source, Statement
from build_tools.records.procedure import Anesthesia, Imaging, Indication, Method, OtherOption, Target
from tests.conftest import TODAY

KINDS = ("index", "procedure", "comparison", "sources", "terms", "signs")
SETTINGS = Settings("Pain procedures", "https://clinic.example/pain/")


@pytest.fixture(scope="module")
def files(facts: Facts) -> dict[str, str]:
    """The exported files of the real facts, by path."""
    return dict(render_exports(facts, SETTINGS, TODAY))


def kinds_of(files: dict[str, str]) -> dict[str, str]:
    """The name of the schema of each JSON file that has one."""
    pattern = re.compile(r"api/v1/(?:(index|sources|terms|signs)|(procedure|comparison)s/[^/]+)\.json")
    return {path: match[1] or match[2] for path in files if (match := pattern.fullmatch(path))}


def validator_of(files: dict[str, str], kind: str) -> Draft202012Validator:
    schema = json.loads(files[f"api/v1/schema/{kind}.json"])
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=FormatChecker(["date"]))


# JSON and its description


def test_files_are_valid_against_their_schemas(files: dict[str, str]) -> None:
    validators = {kind: validator_of(files, kind) for kind in KINDS}
    kinds = kinds_of(files)
    assert {*kinds.values()} == {*KINDS}
    for path, kind in kinds.items():
        errors = [error.message for error in validators[kind].iter_errors(json.loads(files[path]))]
        assert errors == [], path


@pytest.mark.parametrize(("change", "message"), [
    (lambda file: file.pop("license"), "'license' is a required property"),
    (lambda file: file.update(rating=5), "Additional properties are not allowed"),
    (lambda file: file["facts"][0].pop("words"), "'words' is a required property"),
    (lambda file: file.update(generatedAt="yesterday"), "is not a 'date'"),
    (lambda file: file.update(partOf=None), "None is not of type 'string'"),
])  # fmt: skip
def test_schema_refuses_an_invalid_file(files: dict[str, str], change: Any, message: str) -> None:
    file = json.loads(files["api/v1/procedures/cordotomy.json"])
    change(file)
    errors = [*validator_of(files, "procedure").iter_errors(file)]
    messages = [inner.message for error in errors for inner in (error, *(error.context or ()))]
    assert any(message in text for text in messages), messages


def test_openapi_description_lists_exactly_the_files(files: dict[str, str]) -> None:
    description = json.loads(files["api/v1/openapi.json"])
    OpenAPIV31SpecValidator(description).validate()
    assert description["security"] == [], "linters require a statement about authentication"
    responses = [item["get"]["responses"]["200"]["content"] for item in description["paths"].values()]
    schemas = [media_type["schema"] for content in responses for media_type in content.values()]
    assert all("items" in schema for schema in schemas if schema.get("type") == "array")
    paths = set()
    for path, item in description["paths"].items():
        for parameter in item["get"].get("parameters", [{"schema": {"enum": [""]}}]):
            paths |= {path.replace("{id}", id) for id in parameter["schema"]["enum"]}
    assert paths == {path[6:] for path in files if "/schema/" not in path and not path.endswith("openapi.json")}
    assert description["servers"] == [{"url": "https://clinic.example/pain/api/v1"}]


def test_each_field_has_a_description(files: dict[str, str]) -> None:
    for name, schema in json.loads(files["api/v1/openapi.json"])["components"]["schemas"].items():
        for field, rule in schema.get("properties", {}).items():
            assert rule.get("description") or "const" in rule, f"{name}.{field}"


def test_schemas_mention_published_files_only(files: dict[str, str]) -> None:
    schemas = [text for path, text in files.items() if "/schema/" in path or path.endswith("openapi.json")]
    assert not [text for text in schemas if ".yml" in text]


def test_index_lists_every_file(files: dict[str, str]) -> None:
    index = json.loads(files["api/v1/index.json"])
    pages = (*index["procedures"], *index["comparisons"])
    listed = {page[kind] for page in pages for kind in ("json", "csv") if kind in page} | {
        *index["files"].values()
    }
    expected = {*files, "feed.xml", "reviews.ics"} - {"api/v1/index.json"}
    assert listed == {f"https://clinic.example/pain/{path}" for path in expected}


def test_only_the_day_differs_between_two_days(facts: Facts, files: dict[str, str]) -> None:
    later = dict(render_exports(facts, SETTINGS, date(2026, 12, 2)))
    changed = [path for path in files if files[path] != later[path]]
    assert changed == list(kinds_of(files))
    assert all(files[path] == later[path].replace("2026-12-02", "2026-12-01") for path in changed)


@pytest.mark.parametrize(
    "record", [Statement, Target, Method, Imaging, Anesthesia, Indication, OtherOption, Source]
)
def test_each_field_of_a_record_is_published(record: type[Record]) -> None:
    shape = SourceEntry if record is Source else StatementFact
    layout, renamed = {"shows"}, {"says"}  # `says` is `words`
    assert record.model_fields.keys() - shape.model_fields.keys() <= layout | renamed


# Tables

HOSTILE = (
    '=HYPERLINK("https://evil.example","x")', "+1+1", "-2+3+cmd|' /C calc'!A0", "@SUM(1+1)", "\t=1+1", "\r=1+1",
    "\n=1+1", "＝1+1", " =1+1",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_csv_cell_is_never_a_formula(text: str) -> None:
    [[cell]] = csv.reader(io.StringIO(format_csv([[text]]), newline=""))
    assert cell == f"'{text}"


def test_hostile_facts_stay_text_in_csv_files(example: Path) -> None:
    for file in (example / "procedures/teapot-polishing.yml", example / "sources.yml"):
        text, mark, short = file.read_text("utf-8").partition("\nshort:\n")
        text = re.sub(r"(?m)^(\s+(?:says|counted|who|title|by): ).*$", r'\1"=cmd|calc"', text)
        file.write_text(text + mark + short, "utf-8")
    files = dict(render_exports(load(example)[0], SETTINGS, TODAY))
    tables = [text for path, text in files.items() if path.endswith(".csv")]
    assert len(tables) == 3
    cells = [cell for text in tables for row in csv.reader(io.StringIO(text, newline="")) for cell in row]
    assert sum("=cmd" in cell for cell in cells) > 10
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


@pytest.mark.parametrize("number", [-5, 0, 12, 7.5, -0.25, 1_600])
def test_numbers_stay_numbers(number: float) -> None:
    [[cell]] = csv.reader(io.StringIO(format_csv([[number]])))
    assert float(cell) == number


def test_csv_files_follow_rfc_4180(files: dict[str, str]) -> None:
    assert format_csv([["a", "b"], ['says "x"', "1\n2"]]) == 'a,b\r\n"says ""x""","1\n2"\r\n'
    for path in (path for path in files if path.endswith(".csv")):
        rows = list(csv.reader(io.StringIO(files[path], newline=""), strict=True))
        assert len({len(row) for row in rows}) == 1, path
        assert files[path].endswith("\r\n")


# Sources for reference managers

CSL_TYPES = {"article-journal", "article-newspaper", "book", "report", "webpage"}
"""Those of the CSL 1.0.2 specification (appendix III) that are used here."""
CSL_VARIABLES = {*"id type title author issued container-title DOI PMID URL accessed note".split()}


def test_each_source_is_a_csl_reference(facts: Facts, files: dict[str, str]) -> None:
    references = json.loads(files["api/v1/sources.csl.json"])
    assert {reference["id"] for reference in references} == facts.sources.keys()
    for reference in references:
        source = facts.sources[reference["id"]]
        assert reference["type"] in CSL_TYPES
        assert reference.keys() <= CSL_VARIABLES
        assert [reference.get(name) for name in ("DOI", "PMID", "URL")] == [source.doi, source.pmid, source.url]
        dates = [reference[moment]["date-parts"][0] for moment in ("issued", "accessed") if moment in reference]
        assert all(isinstance(part, int) for parts in dates for part in parts)
