"""Leaflets to print: the lines of the short pages and the grids, as HTML, set by Typst as tagged PDF (PDF/UA-1).

Typst gets the words as JSON, so that a text of the facts can never be read as markup.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any

import fontpkg_atkinson_hyperlegible
import segno
import typst
from markupsafe import Markup
from selectolax.lexbor import LexborHTMLParser, LexborNode

from build_tools.export.structured_data import find_last_modified
from build_tools.load.facts import Facts
from build_tools.model.colors import STYLES, read_light_colors
from build_tools.model.comparison import NOT_COUNTED, NOT_NAMED, Grid, compare_options
from build_tools.model.figure_text import join
from build_tools.model.short_page import ShortPage
from build_tools.records.entries import Figure, Statement
from build_tools.records.problems import Place, Problem
from build_tools.records.procedure import Procedure
from build_tools.records.short import QUESTIONS, Comparison
from build_tools.render.rendering import Renderer
from build_tools.render.templates import PageContext

Node = dict[str, Any]

TEMPLATE = "templates/leaflets/leaflet.typ"
_INLINE = frozenset("-text a b bdi cite span strong time".split())
_LINES = frozenset("p h1 h2 h3 dt th".split())
"""Elements that hold a line of text and no blocks."""
_LEFT_OUT = re.compile(r'\s*<(\w+) class="(?:see|mark)".*?</\1>', re.DOTALL)
"""Links to other pages, whose words mean nothing on paper."""


@dataclass(frozen=True)
class Edition:
    """One of the forms in which every leaflet is set: its paper, and whether its type is large (18 pt)."""

    id: str
    paper: str
    large: bool = False


EDITIONS = (
    Edition("a4", "a4"),
    Edition("letter", "us-letter"),
    Edition("a4-large", "a4", large=True),
    Edition("letter-large", "us-letter", large=True),
)


@dataclass(frozen=True)
class Leaflet:
    """The words of a leaflet, as HTML, and its colors. It has the id of its procedure or comparison."""

    id: str
    title: str
    edited_in: str
    html: str
    version: str
    checked: date
    colors: Mapping[str, str]


def set_leaflets(renderer: Renderer) -> tuple[dict[str, bytes], list[Problem]]:
    """Every leaflet in every edition as PDF, by its path in the built site, and what kept some from being set.

    The facts have no problems.
    """
    facts, settings = renderer.facts, renderer.settings
    if not settings.leaflets:
        return {}, []
    written = [write_leaflet(renderer, id) for id in (*facts.procedures, *facts.comparisons)]
    jobs = [(leaflet, edition) for leaflet in written for edition in EDITIONS]
    set_one = partial(_set, template=(renderer.content / TEMPLATE).read_bytes(), author=settings.site_name)
    with ThreadPoolExecutor(os.cpu_count()) as workers:  # Typst works without Python's lock
        made = list(workers.map(set_one, jobs))
    found = {problem for problem in made if isinstance(problem, Problem)}
    paths = [f"leaflets/{leaflet.id}-{edition.id}.pdf" for leaflet, edition in jobs]
    pdfs = {path: pdf for path, pdf in zip(paths, made, strict=True) if isinstance(pdf, bytes)}
    return pdfs, sorted(found)


def write_leaflet(renderer: Renderer, id: str) -> Leaflet:
    """A leaflet in the lines of the short page or of the grid, about facts without problems."""
    facts, settings = renderer.facts, renderer.settings
    values: dict[str, Any]
    record: Procedure | Comparison
    if id in facts.procedures:
        kind, record = "procedure", facts.procedures[id]
        title, short = record.names.name, ShortPage(facts, id)
        values = {"procedure": record, "short": short, "child": facts.for_child(id)}
        color = facts.procedures[facts.family(id)].color
    else:
        kind, record = "comparison", facts.comparisons[id]
        title, grid = record.title, compare_options(record, facts)
        values = {"comparison": record, "grid": grid, "names": dict(grid.columns)}
        values["counted"], values["uncounted"] = _harms(grid)
        values["repeats"] = _repeats_results(grid)
        values["sources"] = _sources(grid, facts)
        color = None
    path = f"{kind}s/{id}.md"
    version = renderer.leaflet_version(id)
    address = settings.address_of(path) if settings.site_url else ""
    code = segno.make(f"{address}#paper-{version}", micro=False).svg_inline(border=0) if address else ""
    html = renderer.fill(
        f"leaflets/{kind}.html",
        PageContext(path, facts),
        id=id,
        version=version,
        last_change=find_last_modified(facts, id, record),
        address=address,
        code=Markup(code),
        **values,
    )
    colors = read_light_colors((renderer.content / STYLES).read_text("utf-8"))
    colors["family"] = color.light if color else colors["accent"]
    return Leaflet(id, title, facts.documents[f"{kind}s/{id}"].path, html, version, record.facts_checked, colors)


def _harms(grid: Grid) -> tuple[dict[str, list[tuple[str, str]]], dict[str, list[str]]]:
    """The serious harms that were counted for some options, and for each option those that were not counted."""
    names = dict(grid.columns)
    counted: dict[str, list[tuple[str, str]]] = {}
    uncounted: dict[str, list[str]] = {name: [] for name in names.values()}
    for row in (*grid.harms, *grid.more_harms):
        for cell in row.cells:
            said = join(cell.sentence)
            if not said.replace(NOT_COUNTED, "").strip():
                uncounted[names[cell.option]].append(row.asks)
            elif said.count(":") == said.count(NOT_COUNTED) > 0:  # several harms of one row, none of them counted
                kinds = said.replace(NOT_COUNTED, "").split(": ")
                uncounted[names[cell.option]] += [kind.strip(" :") for kind in kinds if kind.strip()]
            elif said != NOT_NAMED:
                counted.setdefault(row.asks, []).append((names[cell.option], said))
    return counted, {name: harms for name, harms in uncounted.items() if harms}


def _repeats_results(grid: Grid) -> bool:
    """Whether the results in the grid give every number of the rows with and without an option."""
    results = " ".join(join(cell.sentence) for row in grid.rows if row.key == "works" for cell in row.cells)
    cells = [cell for row in grid.with_and_without for cell in row.cells]
    numbers = [part.text for cell in cells for part in cell.sentence if part.kind.endswith("number")]
    return all(number.removesuffix(" people") in results for number in numbers)


def _sources(grid: Grid, facts: Facts) -> list[str]:
    """The first source of each number among the results of a grid; of a cell without one, its own."""
    results = [
        row for row in (*grid.rows, *grid.with_and_without) if row.key not in QUESTIONS or row.key == "works"
    ]
    found: dict[str, None] = {}
    for cell in (cell for row in results for cell in row.cells):
        figures = [id for id in cell.facts if isinstance(facts.by_id[id], Figure)]
        for fact in (facts.by_id[id] for id in figures or cell.facts[:1]):
            if isinstance(fact, Statement | Figure):
                found.setdefault(fact.sources[0].source)
    return [*found]


def _set(job: tuple[Leaflet, Edition], template: bytes, author: str) -> bytes | Problem:
    leaflet, edition = job
    try:
        return set_leaflet(leaflet, edition, template, author)
    except typst.TypstError as error:
        hint = "If it names a character, write that in words: the leaflets' typeface does not have it."
        return Problem(Place(leaflet.edited_in), f"Its leaflet cannot be set: {error.message}.", hint)


def set_leaflet(leaflet: Leaflet, edition: Edition, template: bytes, author: str) -> bytes:
    """One PDF. The same words give the same bytes on any day and in any folder."""
    given = {
        "title": leaflet.title,
        "author": author,
        "version": leaflet.version,
        "colors": leaflet.colors,
        "paper": edition.paper,
        "large": edition.large,
        "date": [leaflet.checked.year, leaflet.checked.month, leaflet.checked.day],
        "blocks": build_blocks(leaflet.html),
    }
    return set_pdf(template, leaflet=given)


def set_pdf(template: bytes, **given: Any) -> bytes:
    """A tagged PDF of a Typst template, which reads each value of `given` as JSON from its inputs."""
    inputs = {name: json.dumps(value) for name, value in given.items()}
    pdf = typst.compile(template, font_paths=_fonts(), format="pdf", sys_inputs=inputs, pdf_standards=["ua-1"])
    assert isinstance(pdf, bytes)
    return pdf


@cache
def _fonts() -> typst.Fonts:
    folder = Path(fontpkg_atkinson_hyperlegible.__file__).parent / "files"
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])


def build_blocks(html: str) -> list[Node]:
    """HTML as blocks for Typst: `is` names the element, `as` its classes.

    A block holds `blocks`, or `runs` of text with the marks they bear; a picture holds `svg` and `alt`.
    """
    parser = LexborHTMLParser(_LEFT_OUT.sub("", html))
    return _blocks(parser.body) if parser.body else []


def _blocks(parent: LexborNode) -> list[Node]:
    """What stands in an element. Runs beside blocks become a paragraph of their own."""
    blocks: list[Node] = []
    runs: list[Node] = []
    for child in parent.iter(include_text=True):
        if child.tag in _INLINE:
            runs += _runs(child)
        elif child.tag != "-comment":
            blocks += _paragraph("p", "", runs)
            runs = []
            blocks += _block(child)
    return [*blocks, *_paragraph("p", "", runs)]


def _block(node: LexborNode) -> list[Node]:
    kind = " ".join(_classes(node))
    if node.tag == "svg":
        return [{"is": "svg", "as": kind, "svg": node.html, "alt": _label(node.parent)}]
    if node.tag in _LINES:
        return _paragraph(node.tag or "p", kind, [run for child in node.iter(True) for run in _runs(child)])
    return [{"is": node.tag, "as": kind, "blocks": _blocks(node)}]


def _paragraph(tag: str, kind: str, runs: list[Node]) -> list[Node]:
    """Runs as a block, white space folded across them; nothing if they hold no text."""
    kept: list[Node] = []
    for run in runs:
        text = re.sub(r"\s+", " ", run["text"])
        if not kept or kept[-1]["text"].endswith(" "):
            text = text.lstrip(" ")
        if text:
            kept.append(run | {"text": text})
    if kept:
        kept[-1] |= {"text": kept[-1]["text"].rstrip(" ")}
    return [{"is": tag, "as": kind, "runs": kept}] if kept else []


def _runs(node: LexborNode, marks: str = "") -> list[Node]:
    if node.is_text_node:
        return [{"text": node.text_content or "", "as": marks}]
    marks = " ".join(filter(None, (marks, "b" if node.tag == "strong" else node.tag, *_classes(node))))
    return [run for child in node.iter(include_text=True) for run in _runs(child, marks)]


def _label(figure: LexborNode | None) -> str:
    return (figure.attributes.get("aria-label") if figure else None) or ""


def _classes(node: LexborNode) -> list[str]:
    return (node.attributes.get("class") or "").split()
