"""Leaflets to print: the lines of short pages and grids as HTML, typeset with Typst as tagged PDF (PDF/UA-1).

Typst gets the text as JSON, so that it never parses text of facts as markup.
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
"""Elements that hold inline content only."""
_SITE_LINKS = re.compile(r'\s*<(\w+) class="(?:see|mark)".*?</\1>', re.DOTALL)
"""Links whose text means nothing on paper."""


@dataclass(frozen=True)
class Edition:
    """A version of every leaflet: its paper size, and whether it is in large print (18 pt)."""

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
    """The HTML and the colors of a leaflet, with the id of its procedure or comparison."""

    id: str
    title: str
    edited_in: str
    html: str
    version: str
    checked: date
    colors: Mapping[str, str]


def set_leaflets(renderer: Renderer) -> tuple[dict[str, bytes], list[Problem]]:
    """Typeset every leaflet in every edition: the PDFs by their paths in the site, and the problems of the others.

    The facts have no problems.
    """
    facts, settings = renderer.facts, renderer.settings
    if not settings.leaflets:
        return {}, []
    leaflets = [write_leaflet(renderer, id) for id in (*facts.procedures, *facts.comparisons)]
    jobs = [(leaflet, edition) for leaflet in leaflets for edition in EDITIONS]
    set_job = partial(_set, template=(renderer.content / TEMPLATE).read_bytes(), author=settings.site_name)
    with ThreadPoolExecutor(os.cpu_count()) as workers:  # Typst releases the global interpreter lock
        results = list(workers.map(set_job, jobs))
    problems = {result for result in results if isinstance(result, Problem)}
    paths = [f"leaflets/{leaflet.id}-{edition.id}.pdf" for leaflet, edition in jobs]
    pdfs = {path: result for path, result in zip(paths, results, strict=True) if isinstance(result, bytes)}
    return pdfs, sorted(problems)


def write_leaflet(renderer: Renderer, id: str) -> Leaflet:
    """The leaflet of a procedure, from its short page, or of a comparison, from its grid."""
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
        values["counted"], values["uncounted"] = _group_harms(grid)
        values["repeats"] = _repeats_results(grid)
        values["sources"] = _list_sources(grid, facts)
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


def _group_harms(grid: Grid) -> tuple[dict[str, list[tuple[str, str]]], dict[str, list[str]]]:
    """The serious harms with their counts by option, and the serious harms of each option without a count."""
    names = dict(grid.columns)
    counted: dict[str, list[tuple[str, str]]] = {}
    uncounted: dict[str, list[str]] = {name: [] for name in names.values()}
    for row in (*grid.harms, *grid.more_harms):
        for cell in row.cells:
            text = join(cell.sentence)
            if not text.replace(NOT_COUNTED, "").strip():
                uncounted[names[cell.option]].append(row.asks)
            elif text.count(":") == text.count(NOT_COUNTED) > 0:  # several harms in one row, none of them counted
                kinds = text.replace(NOT_COUNTED, "").split(": ")
                uncounted[names[cell.option]] += [kind.strip(" :") for kind in kinds if kind.strip()]
            elif text != NOT_NAMED:
                counted.setdefault(row.asks, []).append((names[cell.option], text))
    return counted, {name: harms for name, harms in uncounted.items() if harms}


def _repeats_results(grid: Grid) -> bool:
    """Whether the results of a grid have every number of its rows with and without an option."""
    results = " ".join(join(cell.sentence) for row in grid.rows if row.key == "works" for cell in row.cells)
    cells = [cell for row in grid.with_and_without for cell in row.cells]
    numbers = [part.text for cell in cells for part in cell.sentence if part.kind.endswith("number")]
    return all(number.removesuffix(" people") in results for number in numbers)


def _list_sources(grid: Grid, facts: Facts) -> list[str]:
    """The first source of each figure among the results; in a cell without figures, of its first fact."""
    results = [
        row for row in (*grid.rows, *grid.with_and_without) if row.key not in QUESTIONS or row.key == "works"
    ]
    sources: dict[str, None] = {}
    for cell in (cell for row in results for cell in row.cells):
        figures = [id for id in cell.facts if isinstance(facts.by_id[id], Figure)]
        for fact in (facts.by_id[id] for id in figures or cell.facts[:1]):
            if isinstance(fact, Statement | Figure):
                sources.setdefault(fact.sources[0].source)
    return [*sources]


def _set(job: tuple[Leaflet, Edition], template: bytes, author: str) -> bytes | Problem:
    leaflet, edition = job
    try:
        return set_leaflet(leaflet, edition, template, author)
    except typst.TypstError as error:
        hint = "If it names a character, write it in words: the font of the leaflets does not have it."
        return Problem(Place(leaflet.edited_in), f"The leaflet cannot be typeset: {error.message}.", hint)


def set_leaflet(leaflet: Leaflet, edition: Edition, template: bytes, author: str) -> bytes:
    """Typeset a leaflet as PDF. The same HTML gives the same bytes on any day and in any folder."""
    values = {
        "title": leaflet.title,
        "author": author,
        "version": leaflet.version,
        "colors": leaflet.colors,
        "paper": edition.paper,
        "large": edition.large,
        "date": [leaflet.checked.year, leaflet.checked.month, leaflet.checked.day],
        "blocks": build_blocks(leaflet.html),
    }
    return set_pdf(template, leaflet=values)


def set_pdf(template: bytes, **values: Any) -> bytes:
    """Typeset a template as tagged PDF, with the `values` as JSON inputs."""
    inputs = {name: json.dumps(value) for name, value in values.items()}
    pdf = typst.compile(template, font_paths=_fonts(), format="pdf", sys_inputs=inputs, pdf_standards=["ua-1"])
    assert isinstance(pdf, bytes)
    return pdf


@cache
def _fonts() -> typst.Fonts:
    folder = Path(fontpkg_atkinson_hyperlegible.__file__).parent / "files"
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])


def build_blocks(html: str) -> list[Node]:
    """Convert HTML to blocks for Typst: `is` names the element, `as` its classes.

    A block has `blocks`, or `runs` of text with their own `as`; an image has `svg` and `alt`.
    """
    parser = LexborHTMLParser(_SITE_LINKS.sub("", html))
    return _blocks(parser.body) if parser.body else []


def _blocks(parent: LexborNode) -> list[Node]:
    """The content of an element. Runs between blocks become paragraphs."""
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
    classes = node.attributes.get("class") or ""
    if node.tag == "svg":
        alt = node.parent.attributes.get("aria-label") if node.parent else None
        return [{"is": "svg", "as": classes, "svg": node.html, "alt": alt or ""}]
    if node.tag in _LINES:
        return _paragraph(node.tag or "p", classes, [run for child in node.iter(True) for run in _runs(child)])
    return [{"is": node.tag, "as": classes, "blocks": _blocks(node)}]


def _paragraph(tag: str, classes: str, runs: list[Node]) -> list[Node]:
    """Runs as a block, with white space collapsed across them; nothing if they have no text."""
    trimmed: list[Node] = []
    for run in runs:
        text = re.sub(r"\s+", " ", run["text"])
        if not trimmed or trimmed[-1]["text"].endswith(" "):
            text = text.lstrip(" ")
        if text:
            trimmed.append(run | {"text": text})
    if trimmed:
        trimmed[-1] |= {"text": trimmed[-1]["text"].rstrip(" ")}
    return [{"is": tag, "as": classes, "runs": trimmed}] if trimmed else []


def _runs(node: LexborNode, marks: str = "") -> list[Node]:
    if node.is_text_node:
        return [{"text": node.text_content or "", "as": marks}]
    name = "b" if node.tag == "strong" else node.tag
    marks = " ".join(filter(None, (marks, name, node.attributes.get("class"))))
    return [run for child in node.iter(include_text=True) for run in _runs(child, marks)]
