"""What pages tell search engines: in the words of schema.org, and nothing that the page does not say.

The vocabulary is asked from `schema-dts`, the types made from schema.org, through the TypeScript compiler.
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
from build_tools.load.loader import load
from build_tools.load.settings import Settings
from build_tools.pipeline import prepare
from build_tools.records.sections import LAYERS
from build_tools.render.rendering import Site
from tests.conftest import ROOT, TODAY, edit, loaded
from tests.node import MissingError, install, skip

pytestmark = pytest.mark.slow

POLISHING = "procedures/teapot-polishing"
SETTINGS = Settings("Teapots", "https://clinic.example/pain/")


def block_of(site: Site, page: str = POLISHING) -> dict[str, Any]:
    """The one block of a page."""
    [text] = [made.text for made in site.pages if made.path == f"{page}.md"]
    [found] = re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL)
    block = json.loads(found)
    assert isinstance(block, dict)
    return block


# The vocabulary

TYPES = "MedicalWebPage, MergeLeafTypes, PalliativeProcedureLeaf, SurgicalProcedureLeaf, WithContext"
PAGE = "WithContext<MedicalWebPage>"
BOTH = "MergeLeafTypes<[PalliativeProcedureLeaf, SurgicalProcedureLeaf]>"
ORG = "https://schema.org/"
WRONG: dict[str, dict[str, Any]] = {
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
    """What the compiler says about values, each with its type, by their position."""
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
    found: dict[int, list[str]] = {}
    for line, message in re.findall(r"^blocks\.ts\((\d+),\d+\): error (.*)$", done.stdout, re.MULTILINE):
        found.setdefault(int(line) - 2, []).append(message)
    assert done.returncode == 0 or found, done.stdout + done.stderr
    return found


def parted(block: dict[str, Any]) -> list[tuple[str, Any]]:
    """A block as the types can say it, which know no thing of two types inside another.

    The page then refers to that thing by its id, and the thing itself is checked against both of its types.
    """
    thing = block["mainEntity"]
    if isinstance(thing["@type"], str):
        return [(PAGE, block)]
    assert thing["@type"] == ["PalliativeProcedure", "SurgicalProcedure"]
    return [(PAGE, block | {"mainEntity": {"@id": thing["@id"]}}), (BOTH, thing)]


def test_every_block_is_written_in_the_vocabulary_of_schema_org(tmp_path: Path) -> None:
    site = prepare(ROOT / "data", ROOT / "content", TODAY, SETTINGS)
    pages = [page.path.removesuffix(".md") for page in site.pages if page.path.startswith(("procedures/", "comp"))]
    named = [page for page in pages if page.count("/") == 1]
    assert len(named) == len(site.facts.procedures) + len(site.facts.comparisons)
    values = [value for page in named for value in parted(block_of(site, page))]
    assert any(kind == BOTH for kind, _ in values)
    right = next(value for kind, value in values if kind == PAGE)
    wrong = [(PAGE, right | spoiled) for spoiled in WRONG.values()]
    found = compile_types(tmp_path, [*values, *wrong])
    assert {at: messages for at, messages in found.items() if at < len(values)} == {}
    missed = [name for at, name in enumerate(WRONG, len(values)) if at not in found]
    assert missed == [], "the compiler must refuse these, else it proves nothing"


# What a block says


def test_a_block_says_what_the_page_is_about(example: Path, content: Path) -> None:
    edit(example / "vocabulary/methods.yml", "  synonyms: [dry polished]", "  access: cut")
    edit(example / f"{POLISHING}.yml", "teapots whose lid squeaks each", "a squeaking lid that squeaks each")
    block = block_of(prepare(example, content, TODAY))
    assert (block["@type"], block["name"]) == ("MedicalWebPage", "Teapot polishing")
    assert block["audience"] == {"@type": "Patient"}
    assert block["mainEntity"]["@type"] == ["PalliativeProcedure", "SurgicalProcedure"]
    condition = {"@type": "MedicalCondition", "name": "squeaking lid", "possibleTreatment": {"@id": "#procedure"}}
    assert block["about"] == [condition]
    assert block["mainEntity"]["seriousAdverseOutcome"]
    assert {part["@id"] for part in block["hasPart"]} >= {
        "teapot-polishing/results.html#benefits",
        "teapot-polishing/risks.html#harms",
    }
    assert (block["datePublished"], block["dateModified"]) == ("2026-11-22", "2026-11-25")
    trail = [step["name"] for step in block["breadcrumb"]["itemListElement"]]
    assert trail == ["Home", "Procedures", "Teapot polishing"]


def test_a_contested_use_is_no_possible_treatment(example: Path, content: Path) -> None:
    edit(example / f"{POLISHING}.yml", "teapots whose lid squeaks each", "a squeaking lid that squeaks each")
    condition = "    condition: squeaking-lid\n"
    edit(example / f"{POLISHING}.yml", condition, f"{condition}    contested: true\n")
    about = block_of(prepare(example, content, TODAY))["about"]
    assert about == [{"@type": "MedicalCondition", "name": "squeaking lid"}]


def test_going_without_a_procedure_is_no_therapy(example_site: Site) -> None:
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


def test_addresses_need_the_address_of_the_site(example: Path, content: Path) -> None:
    without = json.dumps(block_of(prepare(example, content, TODAY)))
    assert '"url"' not in without
    assert '"item"' not in without
    block = block_of(prepare(example, content, TODAY, SETTINGS))
    assert block["url"] == f"https://clinic.example/pain/{POLISHING}.html"
    assert block["breadcrumb"]["itemListElement"][0]["item"] == "https://clinic.example/pain/index.html"


def test_only_a_reviewer_of_these_very_facts_is_named(example: Path, content: Path) -> None:
    assert not {"reviewedBy", "lastReviewed"} & block_of(prepare(example, content, TODAY)).keys()
    facts, _ = load(example)
    who = ("Dr. Teapot Lid", "Potter, Clinic of Crockery", "None declared.")
    for layers in (["signs"], [*LAYERS][1:]):
        assert not {"reviewedBy", "lastReviewed"} & block_of(prepare(example, content, TODAY)).keys()
        assert sign(example, facts, "teapot-polishing", layers, *who, TODAY, date(2027, 11, 20)) == []
    block = block_of(prepare(example, content, TODAY))
    person = {"@type": "Person", "name": "Dr. Teapot Lid", "jobTitle": "Potter, Clinic of Crockery"}
    assert (block["lastReviewed"], block["reviewedBy"]) == ("2026-12-01", [person])
    edit(example / f"{POLISHING}.yml", "whose lid squeaks each time", "whose lid squeaks every time")
    assert not {"reviewedBy", "lastReviewed"} & block_of(prepare(example, content, TODAY)).keys()


def test_no_text_can_end_the_block(example: Path, content: Path) -> None:
    evil = "</script><script>alert(1)</script><!--"
    edit(example / f"{POLISHING}.yml", "  name: Teapot polishing", f'  name: "{evil}"')
    site = prepare(example, content, TODAY)
    [text] = [page.text for page in site.pages if page.path == f"{POLISHING}.md"]
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


def test_an_unpublished_page_has_no_day_of_publication(example: Path) -> None:
    edit(example / "procedures/teapot-lid-polishing.yml", "facts_checked: 2026-11-22", "facts_checked: 2026-11-30")
    edit(example / "changes.yml", "pages: [teapot-polishing, teapot-lid-polishing]", "pages: [teapot-polishing]")
    facts, _ = load(example)
    assert find_first_published(facts, "teapot-lid-polishing", facts.procedures["teapot-lid-polishing"]) is None
