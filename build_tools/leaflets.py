"""Leaflets to print: the words that pages say, as HTML, set by Typst as tagged PDF (PDF/UA-1).

Typst gets the words as JSON, so that a text of the facts can never be read as markup.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import fontpkg_atkinson_hyperlegible
import segno
import typst
from markupsafe import Markup
from selectolax.lexbor import LexborHTMLParser, LexborNode

from build_tools.colors import STYLES, light_colors
from build_tools.comparison import compare_options
from build_tools.problems import Place, Problem
from build_tools.records import QUESTIONS
from build_tools.rendering import Renderer
from build_tools.templates import PageContext

Node = dict[str, Any]

TEMPLATE = "templates/leaflets/leaflet.typ"
MOST_PAGES = 4
_SVG = "http://www.w3.org/2000/svg"
_INLINE = frozenset("-text a b bdi cite span strong time".split())
_LINES = {"p": "p", "h1": "h1", "h2": "h2", "h3": "h3", "h4": "h4", "dt": "dt", "th": "th", "caption": "caption"}
"""Elements that hold a line of text and no blocks, and what becomes of them."""
_LEFT_OUT = ".see, .why, .report, .review > a"
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
    """The words of a leaflet, as HTML, and its colors. It bears the id of its procedure or comparison."""

    id: str
    title: str
    edited_in: str
    html: str
    version: str
    checked: date
    colors: Mapping[str, str]


def leaflets(renderer: Renderer) -> tuple[dict[str, bytes], list[Problem]]:
    """Every leaflet in every edition as PDF, by its path in the built site, and what kept some from being set.

    A leaflet says as much as four pages of normal size hold, but always every sign of danger. The facts have no
    problems.
    """
    facts, settings = renderer.facts, renderer.settings
    if not settings.leaflets:
        return {}, []
    made: dict[str, bytes | Problem] = {}
    with ProcessPoolExecutor(os.cpu_count(), get_context("forkserver")) as workers:

        def set_all(chosen: Iterable[Leaflet], *, large: bool) -> None:
            jobs = [(leaflet, edition) for leaflet in chosen for edition in EDITIONS if edition.large == large]
            done = workers.map(
                partial(_set, template=renderer.content / TEMPLATE, author=settings.site_name), jobs
            )
            made.update(zip((_path(leaflet.id, edition) for leaflet, edition in jobs), done, strict=True))

        chosen: dict[str, Leaflet] = {}
        waiting = [*facts.procedures, *facts.comparisons]
        for room in (3, 2, 1, 0):
            chosen |= {id: write_leaflet(renderer, id, room) for id in waiting}
            set_all((chosen[id] for id in waiting), large=False)
            waiting = [id for id in waiting if any(_is_long(made.get(_path(id, edition))) for edition in EDITIONS)]
        set_all(chosen.values(), large=True)
    found = {problem for problem in made.values() if isinstance(problem, Problem)}
    return {path: pdf for path, pdf in made.items() if isinstance(pdf, bytes)}, sorted(found)


def write_leaflet(renderer: Renderer, id: str, room: int) -> Leaflet:
    """A leaflet in the words of the page, about facts without problems.

    With room 3 a leaflet says as much as it can, with room 0 as little. All have every serious harm and sign.
    """
    facts, settings = renderer.facts, renderer.settings
    values: dict[str, Any]
    if id in facts.procedures:
        procedure = facts.procedures[id]
        kind, title, checked = "procedure", procedure.names.name, procedure.facts_checked
        values = {"procedure": procedure, "room": room}
        color = facts.procedures[facts.family(id)].color
    else:
        comparison = facts.comparisons[id]
        kind, title, checked = "comparison", comparison.title, comparison.facts_checked
        grid = compare_options(comparison, facts)
        values = {"comparison": comparison, "grid": grid, "questions": QUESTIONS}
        color = None
    path = f"{kind}s/{id}.md"
    version = renderer.leaflet_version(id)
    address = settings.address_of(path) if settings.site_url else ""
    code = segno.make(f"{address}#paper-{version}", micro=False).svg_inline(border=0) if address else ""
    context = PageContext(path, facts, most_sources=2 if kind == "procedure" and room else 1)
    html = renderer.fill(
        f"leaflets/{kind}.html", context, id=id, version=version, address=address, code=Markup(code), **values
    )
    colors = light_colors((renderer.content / STYLES).read_text("utf-8"))
    colors["family"] = color.light if color else colors["accent"]
    file = facts.documents[f"{kind}s/{id}"].path
    return Leaflet(id, title, file, renderer.explain(html), version, checked, colors)


def _path(id: str, edition: Edition) -> str:
    return f"leaflets/{id}-{edition.id}.pdf"


def _is_long(made: bytes | Problem | None) -> bool:
    return isinstance(made, bytes) and pages_in(made) > MOST_PAGES


def pages_in(pdf: bytes) -> int:
    """How many pages a PDF of Typst has."""
    found = re.search(rb"/Type\s*/Pages\s*/Count (\d+)", pdf)
    assert found, "Typst writes the number of pages in plain sight"
    return int(found[1])


def _set(job: tuple[Leaflet, Edition], template: Path, author: str) -> bytes | Problem:
    leaflet, edition = job
    try:
        return set_leaflet(leaflet, edition, template, author)
    except typst.TypstError as error:
        return Problem(
            Place(leaflet.edited_in),
            f"Its leaflet cannot be set: {error.message}.",
            "If it names a character, write that in words: the leaflets' typeface does not have it.",
        )


def set_leaflet(leaflet: Leaflet, edition: Edition, template: Path, author: str) -> bytes:
    """One PDF. The same words give the same bytes on any day and in any folder."""
    told = {
        "title": leaflet.title,
        "author": author,
        "version": leaflet.version,
        "colors": leaflet.colors,
        "paper": edition.paper,
        "large": edition.large,
        "date": [leaflet.checked.year, leaflet.checked.month, leaflet.checked.day],
        "blocks": tree(leaflet.html),
    }
    pdf = _compiler().compile(
        template.read_bytes(),
        format="pdf",
        sys_inputs={"leaflet": json.dumps(told)},
        pdf_standards=["ua-1"],
    )
    assert isinstance(pdf, bytes)
    return pdf


@cache
def _compiler() -> typst.Compiler:
    fonts = Path(fontpkg_atkinson_hyperlegible.__file__).parent / "files"
    return typst.Compiler(font_paths=[str(fonts)], ignore_system_fonts=True)


def tree(html: str) -> list[Node]:
    """HTML as blocks for Typst: `is` names the element, `as` its classes.

    A block holds `blocks`, or `runs` of text with the marks they bear; a picture holds `svg` and `alt`.
    """
    parser = LexborHTMLParser(html)
    for node in parser.css(_LEFT_OUT):
        node.decompose()
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
        return [{"is": "svg", "as": kind, "svg": _svg(node), "alt": _alternative(node)}]
    if node.tag in _LINES:
        return _paragraph(_LINES[node.tag], kind, [run for child in node.iter(True) for run in _runs(child)])
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


def _classes(node: LexborNode) -> list[str]:
    return (node.attributes.get("class") or "").split()


def _svg(node: LexborNode) -> str:
    svg = re.sub(r"<(title|desc)\b.*?</\1>", "", node.html or "", flags=re.DOTALL)
    return svg if "xmlns" in node.attributes else svg.replace("<svg", f'<svg xmlns="{_SVG}"', 1)


def _alternative(node: LexborNode) -> str:
    """What a picture shows, in its own words, those of what stands around it, or its number."""
    around = node.parent
    own = [found.text() for name in ("title", "desc") if (found := node.css_first(name))]
    if around is not None and not own:
        number = around.css_first(".number")
        own = [around.attributes.get("aria-label") or (f"Dots: {number.text()}" if number else "")]
    return ". ".join(own)
