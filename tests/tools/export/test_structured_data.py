"""Structured data: valid schema.org, with nothing that the page does not say.

The TypeScript compiler checks the vocabulary with `schema-dts`, types that are generated from schema.org.
"""

from __future__ import annotations

import json
import re
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from build_tools.edit.signing import sign
from build_tools.export.structured_data import find_first_published, find_last_modified
from build_tools.load.settings import Settings
from build_tools.pipeline import prepare
from build_tools.records.sections import LAYERS
from build_tools.render.rendering import Site
from tests.conftest import ROOT, TODAY, edit, loaded, page_text
from tests.node import MissingError, install, skip

pytestmark = pytest.mark.slow

POLISHING = "procedures/teapot-polishing"
SETTINGS = Settings("Teapots", "https://clinic.example/pain/")


def block_of(site: Site, page: str = POLISHING) -> dict[str, Any]:
    """The only block of a page."""
    scripts = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', page_text(site, f"{page}.md"), re.DOTALL
    )
    [block] = map(json.loads, scripts)
    return dict(block)


# The vocabulary

TYPES = "MedicalWebPage, MergeLeafTypes, PalliativeProcedureLeaf, SurgicalProcedureLeaf, WithContext"
PAGE = "WithContext<MedicalWebPage>"
BOTH = "MergeLeafTypes<[PalliativeProcedureLeaf, SurgicalProcedureLeaf]>"
ORG = "https://schema.org/"
INVALID: dict[str, dict[str, Any]] = {
    "a property that schema.org does not have": {"indication": "pain"},
    "an audience of an unknown type": {"audience": {"@type": "Patients"}},
    "an aspect that does not exist": {
        "hasPart": {"@type": "HealthTopicContent", "hasHealthAspect": f"{ORG}HarmsHealthAspect"}
    },
    "an aspect of the page itself": {"hasHealthAspect": f"{ORG}BenefitsHealthAspect"},
    "open surgery as a kind of access": {
        "mainEntity": {"@type": "PalliativeProcedure", "procedureType": f"{ORG}SurgicalProcedure"}
    },
    "a condition with an unknown property": {"about": {"@type": "MedicalCondition", "possibleProcedure": "x"}},
}


def compile_types(folder: Path, constants: list[tuple[str, Any]]) -> dict[int, list[str]]:
    """The compiler's errors for values, each given with its type, by their position."""
    try:
        installed = install("schema-dts")
    except MissingError as missing:
        skip(missing)
    lines = [f'import type {{ {TYPES} }} from "schema-dts";']
    lines += [f"export const v{n}: {kind} = {json.dumps(value)};" for n, (kind, value) in enumerate(constants)]
    (folder / "blocks.ts").write_text("\n".join(lines) + "\n", "utf-8")
    (folder / "node_modules").symlink_to(installed / "node_modules")
    options = "--noEmit --strict --skipLibCheck --module esnext --moduleResolution bundler blocks.ts".split()
    command = [str(installed / "node_modules/.bin/tsc"), *options]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    errors: dict[int, list[str]] = {}
    for line, message in re.findall(r"^blocks\.ts\((\d+),\d+\): error (.*)$", done.stdout, re.MULTILINE):
        errors.setdefault(int(line) - 2, []).append(message)
    assert done.returncode == 0 or errors, done.stdout + done.stderr
    return errors


def split(block: dict[str, Any]) -> list[tuple[str, Any]]:
    """A block in parts, because the types do not support an entity of two types inside another.

    The page refers to that entity by its id, and the entity itself is checked against both types.
    """
    entity = block["mainEntity"]
    if isinstance(entity["@type"], str):
        return [(PAGE, block)]
    assert entity["@type"] == ["PalliativeProcedure", "SurgicalProcedure"]
    return [(PAGE, block | {"mainEntity": {"@id": entity["@id"]}}), (BOTH, entity)]


def test_blocks_are_valid_schema_org(tmp_path: Path) -> None:
    site = prepare(ROOT / "data", ROOT / "content", TODAY, SETTINGS)
    pages = [f"procedures/{id}" for id in site.facts.procedures]
    pages += [f"comparisons/{id}" for id in site.facts.comparisons]
    values = [value for page in pages for value in split(block_of(site, page))]
    assert any(kind == BOTH for kind, _ in values)
    block = next(value for kind, value in values if kind == PAGE)
    invalid = [(PAGE, block | change) for change in INVALID.values()]
    errors = compile_types(tmp_path, [*values, *invalid])
    assert {at: messages for at, messages in errors.items() if at < len(values)} == {}
    accepted = [name for at, name in enumerate(INVALID, len(values)) if at not in errors]
    assert accepted == [], "the compiler must refuse these, else it proves nothing"


# What a block says


def test_open_surgery_treats_a_condition(example: Path, content: Path) -> None:
    edit(example / "vocabulary/methods.yml", "  synonyms: [dry polished]", "  access: cut")
    edit(example / f"{POLISHING}.yml", "teapots whose lid squeaks each", "a squeaking lid that squeaks each")
    block = block_of(prepare(example, content, TODAY))
    assert block["mainEntity"]["@type"] == ["PalliativeProcedure", "SurgicalProcedure"]
    condition = {"@type": "MedicalCondition", "name": "squeaking lid", "possibleTreatment": {"@id": "#procedure"}}
    assert block["about"] == [condition]


def test_contested_use_is_not_a_possible_treatment(example: Path, content: Path) -> None:
    edit(example / f"{POLISHING}.yml", "teapots whose lid squeaks each", "a squeaking lid that squeaks each")
    condition = "    condition: squeaking-lid\n"
    edit(example / f"{POLISHING}.yml", condition, f"{condition}    contested: true\n")
    about = block_of(prepare(example, content, TODAY))["about"]
    assert about == [{"@type": "MedicalCondition", "name": "squeaking lid"}]


def test_no_procedure_is_not_a_therapy(example_site: Site) -> None:
    alone = "Leaving the teapot alone"
    block = block_of(example_site, "procedures/teapot-leave-alone")
    assert (block["mainEntity"]["@type"], block["mainEntity"]["name"]) == ("MedicalEntity", alone)
    assert not [condition for condition in block.get("about", ()) if "possibleTreatment" in condition]
    compared = block_of(example_site, "comparisons/squeaking-teapot")
    assert alone in compared["mainEntity"]["itemListElement"]
    assert alone not in [option["name"] for option in compared["about"]]


@pytest.mark.parametrize(("access", "kind"), [("needle", "Percutaneous"), ("outside", "Noninvasive")])
def test_access_follows_from_the_method(example: Path, content: Path, access: str, kind: str) -> None:
    edit(example / "vocabulary/methods.yml", "  synonyms: [dry polished]", f"  access: {access}")
    procedure = block_of(prepare(example, content, TODAY))["mainEntity"]
    assert procedure["@type"] == "PalliativeProcedure"
    assert procedure["procedureType"] == [f"{ORG}{kind}Procedure"]


def test_urls_need_the_address_of_the_site(example_site: Site) -> None:
    text = json.dumps(block_of(example_site))
    assert '"url"' not in text
    assert '"item"' not in text


def test_reviewer_is_named_only_if_all_layers_are_unchanged(example: Path, content: Path) -> None:
    assert not {"reviewedBy", "lastReviewed"} & block_of(prepare(example, content, TODAY)).keys()
    facts = loaded(example)
    reviewer = ("Dr. Teapot Lid", "Potter, Clinic of Crockery", "None declared.")
    for layers in (["signs"], [*LAYERS][1:]):
        assert not {"reviewedBy", "lastReviewed"} & block_of(prepare(example, content, TODAY)).keys()
        assert sign(example, facts, "teapot-polishing", layers, *reviewer, TODAY, date(2027, 11, 20)) == []
    block = block_of(prepare(example, content, TODAY))
    person = {"@type": "Person", "name": "Dr. Teapot Lid", "jobTitle": "Potter, Clinic of Crockery"}
    assert (block["lastReviewed"], block["reviewedBy"]) == ("2026-12-01", [person])
    edit(example / f"{POLISHING}.yml", "whose lid squeaks each time", "whose lid squeaks every time")
    assert not {"reviewedBy", "lastReviewed"} & block_of(prepare(example, content, TODAY)).keys()


def test_no_text_can_close_the_block(example: Path, content: Path) -> None:
    evil = "</script><script>alert(1)</script><!--"
    edit(example / f"{POLISHING}.yml", "  name: Teapot polishing", f'  name: "{evil}"')
    site = prepare(example, content, TODAY)
    text = page_text(site, f"{POLISHING}.md")
    assert block_of(site)["mainEntity"]["name"] == evil
    assert text.count("<script") == text.count("</script>") == 1
    assert "alert(1)</script>" not in text


PUBLISHED = """- published: 2026-11-22
  says: First version.
- published: 2026-11-25
  changes:
    - {fact: ID.summary, now: It is new.}
- published: 2026-11-28
  changes:
    - {fact: ID.benefits.quiet, part: how many, was: "17", now: "18"}
"""


@pytest.mark.parametrize(("id", "published", "modified"), [
    ("teapot-polishing", date(2026, 11, 25), date(2026, 11, 28)),
    ("teapot-lid-polishing", date(2026, 11, 22), date(2026, 11, 22)),
])  # fmt: skip
def test_dates_are_those_of_publications(example: Path, id: str, published: date, modified: date) -> None:
    (example / "changes.yml").write_text(PUBLISHED.replace("ID", "teapot-polishing"), "utf-8")
    facts = loaded(example)
    assert find_first_published(facts, id, facts.procedures[id]) == published
    assert find_last_modified(facts, id, facts.procedures[id]) == modified


def test_unpublished_page_has_no_publication_date(example: Path) -> None:
    edit(example / "procedures/teapot-lid-polishing.yml", "facts_checked: 2026-11-22", "facts_checked: 2026-11-30")
    edit(example / "changes.yml", "pages: [teapot-polishing, teapot-lid-polishing]", "pages: [teapot-polishing]")
    facts = loaded(example)
    assert find_first_published(facts, "teapot-lid-polishing", facts.procedures["teapot-lid-polishing"]) is None
