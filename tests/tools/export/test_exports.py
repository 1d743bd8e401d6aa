"""The files for other programs: each fits its written schema, and no text in a table can be run as a formula."""

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
    """All files from the real facts."""
    return dict(render_exports(facts, SETTINGS, TODAY))


def described(files: dict[str, str]) -> dict[str, str]:
    """The JSON files that carry facts, each with the name of its schema."""
    form = re.compile(r"api/v1/(?:(index|sources|terms|signs)|(procedure|comparison)s/[^/]+)\.json")
    return {path: found[1] or found[2] for path in files if (found := form.fullmatch(path))}


# JSON and its description


def test_every_file_of_the_real_facts_fits_its_written_schema(files: dict[str, str]) -> None:
    validators = {}
    for kind in KINDS:
        schema = json.loads(files[f"api/v1/schema/{kind}.json"])
        Draft202012Validator.check_schema(schema)
        validators[kind] = Draft202012Validator(schema, format_checker=FormatChecker(["date"]))
    paths = described(files)
    assert set(paths.values()) == set(KINDS)
    for path, kind in paths.items():
        errors = [error.message for error in validators[kind].iter_errors(json.loads(files[path]))]
        assert errors == [], path


@pytest.mark.parametrize(("spoil", "message"), [
    (lambda file: file.pop("license"), "'license' is a required property"),
    (lambda file: file.update(rating=5), "Additional properties are not allowed"),
    (lambda file: file["facts"][0].pop("words"), "'words' is a required property"),
    (lambda file: file.update(generatedAt="yesterday"), "is not a 'date'"),
    (lambda file: file.update(partOf=None), "None is not of type 'string'"),
])  # fmt: skip
def test_the_schema_refuses_a_file_that_is_spoiled(files: dict[str, str], spoil: Any, message: str) -> None:
    schema = json.loads(files["api/v1/schema/procedure.json"])
    file = json.loads(files["api/v1/procedures/cordotomy.json"])
    spoil(file)
    validator = Draft202012Validator(schema, format_checker=FormatChecker(["date"]))
    found = [inner.message for error in validator.iter_errors(file) for inner in (error, *(error.context or ()))]
    assert any(message in told for told in found), found


def test_the_description_is_openapi_and_names_every_file_and_no_other(files: dict[str, str]) -> None:
    description = json.loads(files["api/v1/openapi.json"])
    OpenAPIV31SpecValidator(description).validate()
    assert description["security"] == [], "linters ask that nobody has to prove who they are be said"
    answers = [item["get"]["responses"]["200"]["content"] for item in description["paths"].values()]
    shapes = [each["schema"] for content in answers for each in content.values()]
    assert all("items" in shape for shape in shapes if shape.get("type") == "array")
    named = set()
    for path, item in description["paths"].items():
        for parameter in item["get"].get("parameters", [{"schema": {"enum": [""]}}]):
            named |= {path.replace("{id}", id) for id in parameter["schema"]["enum"]}
    assert named == {path[6:] for path in files if "/schema/" not in path and not path.endswith("openapi.json")}
    assert description["servers"] == [{"url": "https://clinic.example/pain/api/v1"}]


def test_description_and_schemas_come_from_one_definition(files: dict[str, str]) -> None:
    shapes = json.loads(files["api/v1/openapi.json"])["components"]["schemas"]
    schema = json.loads(files["api/v1/schema/procedure.json"])
    assert shapes["FigureFact"]["properties"].keys() == schema["$defs"]["FigureFact"]["properties"].keys()
    for name, shape in shapes.items():
        for field, rule in shape.get("properties", {}).items():
            assert rule.get("description") or "const" in rule, f"{name}.{field} is not described"


def test_schemas_name_published_files_only(files: dict[str, str]) -> None:
    schemas = [text for path, text in files.items() if "/schema/" in path or path.endswith("openapi.json")]
    assert not [text for text in schemas if ".yml" in text]


def test_the_index_leads_to_every_file(files: dict[str, str]) -> None:
    index = json.loads(files["api/v1/index.json"])
    pages = (*index["procedures"], *index["comparisons"])
    named = {page[kind] for page in pages for kind in ("json", "csv") if kind in page} | {*index["files"].values()}
    served = {f"https://clinic.example/pain/{path}" for path in files if path != "api/v1/index.json"}
    assert named == served | {f"https://clinic.example/pain/{other}" for other in ("feed.xml", "reviews.ics")}


def test_the_same_facts_give_the_same_bytes(facts: Facts, files: dict[str, str]) -> None:
    assert dict(render_exports(facts, SETTINGS, TODAY)) == files
    other = dict(render_exports(facts, SETTINGS, date(2026, 12, 2)))
    changed = [path for path in files if files[path] != other[path]]
    assert changed == list(described(files))
    assert all(files[path] == other[path].replace("2026-12-02", "2026-12-01") for path in changed)


@pytest.mark.parametrize(
    "record", [Statement, Target, Method, Imaging, Anesthesia, Indication, OtherOption, Source]
)
def test_every_field_of_a_record_is_published_or_is_about_the_page_only(record: type[Record]) -> None:
    shape = SourceEntry if record is Source else StatementFact
    about_the_page = {"shows"}
    told_otherwise = {"says"}  # as `words`
    assert record.model_fields.keys() - shape.model_fields.keys() <= about_the_page | told_otherwise


# Tables

HOSTILE = (
    '=HYPERLINK("https://evil.example","x")', "+1+1", "-2+3+cmd|' /C calc'!A0", "@SUM(1+1)", "\t=1+1", "\r=1+1",
    "\n=1+1", "＝1+1", " =1+1",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_in_a_table_is_run_as_a_formula(text: str) -> None:
    [[cell]] = csv.reader(io.StringIO(format_csv([[text]]), newline=""))
    assert cell == f"'{text}"


def test_hostile_facts_stay_text_in_every_table(example: Path) -> None:
    for file in (example / "procedures/teapot-polishing.yml", example / "sources.yml"):
        text, mark, short = file.read_text("utf-8").partition("\nshort:\n")
        text = re.sub(r"(?m)^(\s+(?:says|counted|who|title|by): ).*$", r'\1"=cmd|calc"', text)
        file.write_text(text + mark + short, "utf-8")
    files = dict(render_exports(load(example)[0], SETTINGS, TODAY))
    tables = [path for path in files if path.endswith(".csv")]
    assert len(tables) == 3
    seen = 0
    for path in tables:
        for row in csv.reader(io.StringIO(files[path], newline="")):
            seen += sum("=cmd" in cell for cell in row)
            assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))], path
    assert seen > 10


@pytest.mark.parametrize("number", [-5, 0, 12, 7.5, -0.25, 1_600])
def test_numbers_stay_numbers(number: float) -> None:
    [[cell]] = csv.reader(io.StringIO(format_csv([[number]])))
    assert float(cell) == number


def test_tables_are_rfc_4180(files: dict[str, str]) -> None:
    for path in (path for path in files if path.endswith(".csv")):
        rows = list(csv.reader(io.StringIO(files[path], newline=""), strict=True))
        assert len({len(row) for row in rows}) == 1, path
        assert files[path].endswith("\r\n")
        assert format_csv([["a", "b"], ['says "x"', "1\n2"]]) == 'a,b\r\n"says ""x""","1\n2"\r\n'


# Sources for reference managers

CSL_TYPES = {"article-journal", "article-newspaper", "book", "report", "webpage"}
"""Those of the CSL 1.0.2 specification (appendix III) that are used here."""
CSL_VARIABLES = {*"id type title author issued container-title DOI PMID URL accessed note".split()}


def test_every_source_is_a_reference_with_its_identifiers(facts: Facts, files: dict[str, str]) -> None:
    references = json.loads(files["api/v1/sources.csl.json"])
    assert {reference["id"] for reference in references} == facts.sources.keys()
    for reference in references:
        source = facts.sources[reference["id"]]
        assert reference["type"] in CSL_TYPES
        assert reference.keys() <= CSL_VARIABLES
        assert [reference.get(name) for name in ("DOI", "PMID", "URL")] == [source.doi, source.pmid, source.url]
        dates = [reference[moment]["date-parts"][0] for moment in ("issued", "accessed") if moment in reference]
        assert all(isinstance(part, int) for parts in dates for part in parts)
        if source.doi:
            assert reference["type"] == "article-journal" or source.kind
