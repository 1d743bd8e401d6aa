"""The list of a procedure's fields is complete, and nothing repeats it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from build_tools.model.lines import build_layers
from build_tools.model.reviews import find_statuses, name_layers
from build_tools.records.procedure import Procedure
from build_tools.records.sections import ANCHORS, SECTIONS, TOP
from build_tools.render.pages import render
from build_tools.render.rendering import Renderer, Site
from build_tools.render.search import render_search_index
from tests.conftest import ROOT, TODAY, detail_text, edit

ID = "teapot-polishing"
PRINT_PAGE_AND_SEARCH = f"""
import sys
from datetime import date
from pathlib import Path
from build_tools.render.search import render_search_index
from build_tools.pipeline import prepare

site = prepare(Path(sys.argv[1]), Path(sys.argv[2]), date(2026, 11, 22))
print(next(page.text for page in site.pages if page.path == "procedures/{ID}/results.md"))
print(render_search_index(site.facts, site.pages))
"""


def test_a_heading_is_typed_once(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "build_tools", tmp_path / "build_tools", ignore=shutil.ignore_patterns("__pycache__"))
    sections = tmp_path / "build_tools/records/sections.py"
    old, new = "How well it works", "What it can do for you"
    edit(sections, old, new)
    command = [sys.executable, "-c", PRINT_PAGE_AND_SEARCH, f"{ROOT}/docs/example/data", f"{ROOT}/content"]
    page_and_search = subprocess.check_output(command, cwd=tmp_path, text=True)
    assert old not in page_and_search
    for shown in (f"## {new} {{: #benefits }}", f'<a href="#benefits">{new}</a>', f'"{new}"'):
        assert shown in page_and_search


def test_every_field_belongs_to_one_section() -> None:
    fields = [field.name for section in (TOP, *SECTIONS) for field in section.fields]
    assert len(fields) == len(set(fields))
    assert set(fields) == set(Procedure.model_fields) - {"facts_checked", "next_check", "codes", "color"}
    without_keys = {field.name for field in TOP.fields} | {"questions", "situations", "signs"}
    assert set(ANCHORS) == set(fields) - without_keys


def test_a_missing_field_is_neither_shown_nor_reviewed(example_site: Site) -> None:
    """`evidence` is a whole section, `recovery` a part of one."""
    fewer = example_site.facts.procedures[ID].model_copy(update={"evidence": {}, "recovery": {}})
    facts = replace(example_site.facts, procedures=example_site.facts.procedures | {ID: fewer})
    pages, _ = render(Renderer(facts, example_site.content, TODAY), {})
    text = detail_text(pages)
    search_index = render_search_index(facts, [page for page in pages if page.path.endswith(f"/{ID}.md")])
    for anchor, shown in (("duration", True), ("evidence", False), ("recovery", False)):
        assert (f"{{: #{anchor} }}" in text, f".html#{anchor}" in search_index) == (shown, shown), anchor
    assert {"evidence", "after"} & build_layers(facts, ID).keys() == {"after"}
    layers = find_statuses(facts, TODAY)[ID]
    assert name_layers([*layers], layers) == "All parts"


def test_a_field_without_a_heading_comes_first_in_its_section() -> None:
    for section in SECTIONS:
        if section.anchor == "when-to-get-help":
            continue  # its two fields are shown together
        assert [bool(field.heading) for field in section.fields] == [i > 0 for i in range(len(section.fields))]
