"""Drawings of the body: SVG files in data/drawings/ whose parts bear the ids of structures.

A drawing says what is where; which part is highlighted is said by the facts. On a procedure's page stand the
drawings that show what it acts on: its first target, the one that also answers "What it acts on" at a glance.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from markupsafe import Markup, escape

from build_tools.problems import Place, Problem
from build_tools.reading import read_text
from build_tools.records import Procedure, Target, Term

_SVG = "{http://www.w3.org/2000/svg}"
_TAGS = frozenset("svg g path ellipse circle text".split())
_ATTRIBUTES = frozenset("viewBox d cx cy rx ry r x y class transform data-structure data-mark data-line".split())
_POINT = re.compile(r"\d+ \d+")
_NOT_A_DRAWING = re.compile(r"<!DOCTYPE|<!ENTITY|<\?(?!xml )", re.IGNORECASE)


@dataclass(frozen=True)
class Drawing:
    """One drawing: its file's name, where it stands, and its shapes."""

    name: str
    path: str
    text: str
    root: ElementTree.Element

    @property
    def structures(self) -> list[str]:
        """The ids of what it shows, in the order of their numbers."""
        return [part.attrib["data-structure"] for part in self.root.iter() if "data-structure" in part.attrib]

    def place(self, written: str) -> Place:
        """The line on which something is written in the file."""
        return Place(self.path, self.text[: max(self.text.find(written), 0)].count("\n") + 1)


@dataclass(frozen=True)
class Shown:
    """A drawing on a page: its SVG, and each structure with whether it is the one that is acted on."""

    name: str
    svg: Markup
    key: list[tuple[str, Term, bool]]


def read_drawings(data: Path) -> tuple[dict[str, Drawing], list[Problem]]:
    """The drawings of a data folder by name; one in which a script could hide is a problem."""
    drawings: dict[str, Drawing] = {}
    problems: list[Problem] = []
    for file in sorted((data / "drawings").glob("*.svg")):
        shown = f"{data.name}/drawings/{file.name}"
        text, found = read_text(file, shown)
        if not found:
            found = [*_read(drawings, file.stem, shown, text)]
        problems += found
    return drawings, problems


def _read(drawings: dict[str, Drawing], name: str, shown: str, text: str) -> Iterator[Problem]:
    if hidden := _NOT_A_DRAWING.search(text):
        line = text.count("\n", 0, hidden.start()) + 1
        yield Problem(Place(shown, line), "A drawing holds shapes only.", "Delete this line.")
        return
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        line, column = error.position
        yield Problem(
            Place(shown, line, column + 1),
            f"This is no SVG: {error}.",
            "Export it again, or undo the last change.",
        )
        return
    drawing = Drawing(name, shown, text, root)
    wrong = [*_wrong_parts(drawing)]
    yield from wrong
    if not wrong:
        drawings[name] = drawing


def _wrong_parts(drawing: Drawing) -> Iterator[Problem]:
    if drawing.root.tag != f"{_SVG}svg" or "viewBox" not in drawing.root.attrib:
        yield Problem(Place(drawing.path), "A drawing begins with <svg> and has a viewBox.", "Export it as SVG.")
    for part in drawing.root.iter():
        tag = str(part.tag).removeprefix(_SVG)
        if tag not in _TAGS:
            yield Problem(
                drawing.place(f"<{tag}"), f"<{tag}> cannot stand in a drawing.", f"Use {', '.join(sorted(_TAGS))}."
            )
        for name, value in part.attrib.items():
            if name not in _ATTRIBUTES:
                yield Problem(
                    drawing.place(f'{name}="{value}"'),
                    f'"{name}" cannot stand in a drawing: its colors come from the site, and nothing in it runs.',
                    "Delete it. Classes that are drawn: soft, quiet, open, thick, plain, dotted, pain.",
                )
        for name in ("data-mark", "data-line") if "data-structure" in part.attrib else ():
            if not _POINT.fullmatch(part.get(name, "" if name == "data-mark" else "0 0")):
                yield Problem(
                    drawing.place(f'data-structure="{part.attrib["data-structure"]}"'),
                    f'"{name}" says where the number stands, as two whole numbers.',
                    'Write for example data-mark="120 80".',
                )


def first_target(procedure: Procedure) -> tuple[str, str] | None:
    """The key of the first target and the structure that it names; None if it is not known or does not apply."""
    key, fact = next(iter(procedure.targets.items()))
    return (key, fact.structure) if isinstance(fact, Target) else None


def show(drawing: Drawing, target: str, description: str, words: dict[str, Term]) -> Shown:
    """The drawing with what is acted on highlighted, and a number beside each structure."""
    svg, name = [], f"drawing-{drawing.name}"  # an id in SVG begins with a letter
    title = f"Where it acts: {words[target].plain}"
    svg.append(
        f'<svg viewBox="{escape(drawing.root.attrib["viewBox"])}" role="img" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(description)}</desc>'
    )
    svg += [_write(part, target) for part in drawing.root]
    marked = [part for part in drawing.root.iter() if "data-structure" in part.attrib]
    svg += [_mark(part, number, target) for number, part in enumerate(marked, 1)]
    key = [(id, words[id], id == target) for id in drawing.structures]
    return Shown(drawing.name, Markup("".join(svg) + "</svg>"), key)


def _write(part: ElementTree.Element, target: str) -> str:
    tag = str(part.tag).removeprefix(_SVG)
    names = {name: value for name, value in part.attrib.items() if name not in ("data-mark", "data-line")}
    if names.get("data-structure") == target:
        names["class"] = "target"
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in names.items())
    inside = str(escape((part.text or "").strip())) + "".join(_write(inner, target) for inner in part)
    return f"<{tag}{attributes}>{inside}</{tag}>" if inside else f"<{tag}{attributes}/>"


def _mark(part: ElementTree.Element, number: int, target: str) -> str:
    x, y = part.attrib["data-mark"].split()
    line = f'<path d="M{x} {y}L{part.attrib["data-line"]}"/>' if "data-line" in part.attrib else ""
    kind = "mark acts" if part.attrib["data-structure"] == target else "mark"
    number_in_it = f'<circle cx="{x}" cy="{y}" r="13"/><text x="{x}" y="{int(y) + 6}">{number}</text>'
    return f'<g class="{kind}">{line}{number_in_it}</g>'
