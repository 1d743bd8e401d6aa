"""The list of a procedure's fields is the only one."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from build_tools.model.lines import build_layers
from build_tools.model.reviews import ReviewStatus, find_statuses, name_layers
from build_tools.records.procedure import Procedure
from build_tools.records.sections import ANCHORS, SECTIONS, TOP
from build_tools.render.pages import render
from build_tools.render.rendering import Renderer, Site
from build_tools.render.search import render_search_index
from tests.conftest import ROOT, TODAY, detail_text, edit

ID = "teapot-polishing"
WRITE_EVERYTHING = f"""
import sys
from datetime import date
from pathlib import Path
from build_tools.render.search import render_search_index
from build_tools.pipeline import prepare

site = prepare(Path(sys.argv[1]), Path(sys.argv[2]), date(2026, 11, 22))
print(next(page.text for page in site.pages if page.path == "procedures/{ID}/results.md"))
print(render_search_index(site.facts, site.pages))
"""


def test_one_line_renames_a_heading_wherever_it_is_shown(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "build_tools", tmp_path / "build_tools", ignore=shutil.ignore_patterns("__pycache__"))
    sections = tmp_path / "build_tools/records/sections.py"
    before, after = "How well it works", "What it can do for you"
    edit(sections, before, after)
    write = [sys.executable, "-c", WRITE_EVERYTHING, f"{ROOT}/docs/example/data", f"{ROOT}/content"]
    page_and_search = subprocess.check_output(write, cwd=tmp_path, text=True)
    assert before not in page_and_search
    assert f"## {after} {{: #benefits }}" in page_and_search
    assert f'<a href="#benefits">{after}</a>' in page_and_search
    assert f'"{after}"' in page_and_search


def test_every_field_of_a_procedure_belongs_to_one_section() -> None:
    fields = [field.name for section in (TOP, *SECTIONS) for field in section.fields]
    assert len(fields) == len(set(fields))
    assert set(fields) == set(Procedure.model_fields) - {"facts_checked", "next_check", "codes", "color"}
    without_keys = {field.name for field in TOP.fields} | {"questions", "situations", "signs"}
    assert set(ANCHORS) == set(fields) - without_keys


def test_the_example_explains_every_field() -> None:
    text = (ROOT / f"docs/example/data/procedures/{ID}.yml").read_text("utf-8")
    explained = r"^# (Must|May)\. .*\n(#.*\n)*(# )?{}:"
    fields = Procedure.model_fields
    assert [name for name in fields if not re.search(explained.format(name), text, re.MULTILINE)] == []


def test_what_a_procedure_leaves_out_is_neither_shown_nor_reviewed(example_site: Site) -> None:
    """`evidence` is a whole section, `recovery` a part of one; both stand for a field that may be left out."""
    fewer = example_site.facts.procedures[ID].model_copy(update={"evidence": {}, "recovery": {}})
    facts = replace(example_site.facts, procedures=example_site.facts.procedures | {ID: fewer})
    pages, _ = render(Renderer(facts, example_site.content, TODAY), {})
    text, searched = (
        detail_text(pages),
        render_search_index(facts, [page for page in pages if page.path.endswith(f"/{ID}.md")]),
    )

    for anchor, shown in (("duration", True), ("evidence", False), ("recovery", False)):
        assert (f"{{: #{anchor} }}" in text, f".html#{anchor}" in searched) == (shown, shown), anchor
    assert {"evidence", "after"} & build_layers(facts, ID).keys() == {"after"}
    signed = {layer: ReviewStatus("reviewed") for layer in find_statuses(facts, TODAY)[ID]}
    assert name_layers([*signed], signed) == "All parts"


def test_a_field_without_a_heading_comes_first_in_its_section() -> None:
    for section in SECTIONS:
        if section.anchor == "when-to-get-help":
            continue  # its two fields are shown together
        assert [bool(field.heading) for field in section.fields] == [i > 0 for i in range(len(section.fields))]
