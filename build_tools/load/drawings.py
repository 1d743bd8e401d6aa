"""Drawings of the body: SVG files in data/drawings/ whose parts have the ids of structures and of what facts show.

A drawing says where each part is. The facts decide which part is highlighted, and which parts are shown at all:

    data-structure="dorsal-root"         highlighted and labeled if it is the first target of a procedure
    data-shows="needle-through-cheek"    shown and labeled only if a fact has `shows: needle-through-cheek`
    data-word="Nerve root"               its label, which the key explains with the structure's term or the fact
    data-mark="120 80"                   the position of its label
    data-line="98 90 154 112"            a line from the label to the part, if the label is not on it

A procedure's page has the drawings of its first target. With `data-shows` on its <svg>, a drawing is shown only if
a fact shows one of the names there.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

from markupsafe import Markup, escape

from build_tools.load.yaml_reader import read_text
from build_tools.records.entries import Statement
from build_tools.records.problems import Place, Problem
from build_tools.records.procedure import Procedure, Target, iter_facts
from build_tools.records.words import Term

SVG = "{http://www.w3.org/2000/svg}"
_TAGS = frozenset("svg title g path ellipse circle text".split())
_ATTRIBUTES = frozenset(
    "viewBox d cx cy rx ry r x y class transform data-structure data-shows data-word data-mark data-line".split()
)
_LABEL = {
    "data-word": (r"\S+( \S+)?", "names a part in one or two words", "Nerve root"),
    "data-mark": (r"\d+ \d+", "says where the word is, as two whole numbers", "120 80"),
    "data-line": (r"\d+( \d+){3}", "goes from the word to its part: four whole numbers", "98 90 154 112"),
}
"""The attributes of a label: pattern, what a message says about it, example. Only the line is optional."""
_NOT_A_DRAWING = re.compile(r"<!DOCTYPE|<!ENTITY|<\?(?!xml )|<\?[^>]*encoding=(?![\"']utf-8)", re.IGNORECASE)
_MAX_DEPTH = 20
"""How deep groups can be nested: far deeper, programs and browsers give up."""

ShownFacts = Mapping[str, tuple[str, Statement]]
"""The facts of a procedure that drawings can show, each with its id, by the name that drawings use."""


@dataclass(frozen=True)
class Drawing:
    """A drawing: the path of its file, as the editor sees it, its text, and its shapes."""

    path: str
    text: str
    root: ElementTree.Element

    @property
    def title(self) -> str:
        """What it shows, and from which side."""
        return (self.root.findtext(f"{SVG}title") or "").strip()

    @property
    def size(self) -> tuple[float, ...]:
        """The width and the height of its viewBox; (0, 0) if it has none."""
        size = r"[-\d.]+[\s,]+[-\d.]+[\s,]+(\d*\.?\d+)[\s,]+(\d*\.?\d+)"
        box = re.fullmatch(size, self.root.get("viewBox", "").strip())
        return tuple(map(float, box.groups())) if box else (0, 0)

    @cached_property
    def structures(self) -> list[str]:
        """The ids of the structures in it."""
        return [part.attrib["data-structure"] for part in self.root.iter() if "data-structure" in part.attrib]

    @cached_property
    def shows(self) -> list[str]:
        """The names of the parts that are shown only with a fact."""
        return [part.attrib["data-shows"] for part in self.root.iterfind(".//*[@data-shows]")]

    def about(self, shown: ShownFacts) -> tuple[str, Statement] | None:
        """The fact in `shown` that the whole drawing depends on, if there is one."""
        return next((shown[name] for name in self.root.get("data-shows", "").split() if name in shown), None)

    def is_shown_for(self, target: str | None, shown: ShownFacts) -> bool:
        """Whether it is on the page of a procedure that acts on `target` and has the facts `shown`."""
        needs_a_fact = "data-shows" in self.root.attrib
        if needs_a_fact and not self.about(shown):
            return False
        return target in self.structures if self.structures else needs_a_fact

    def place(self, pattern: str) -> Place:
        """The line of the file with the first match of a pattern."""
        match = re.search(pattern, self.text)
        return Place(self.path, self.text.count("\n", 0, match.start() + 1 if match else 0) + 1)

    def forbidden_parts(
        self, tags: Container[str], attributes: Container[str], value: str = ""
    ) -> Iterator[Problem]:
        """Find elements and attributes that are not allowed: in an SVG a script can run, and a style can load."""
        for part in self.root.iter():
            if (tag := part.tag.removeprefix(SVG)) not in tags:
                bare = tag.rpartition("}")[2]
                message = f"<{bare}> is not allowed in a picture: nothing in it can run or load anything."
                hint = "Export it again as plain SVG: shapes only, texts as paths."
                yield Problem(self.place(rf"<([\w-]+:)?{re.escape(bare)}(?![\w-])"), message, hint)
            for name, text in part.attrib.items():
                if name not in attributes or not re.match(value, text, re.IGNORECASE):
                    bare = name.rpartition("}")[2]
                    written = rf"[\s:;\"']{re.escape(bare)}\s*[=:]\s*[\"']?\s*{re.escape(text)}"
                    message = f'"{bare}" is not allowed in a picture like this: nothing can run or load.'
                    hint = "Delete it. In data/drawings/ the classes are those of content/assets/site.css."
                    yield Problem(self.place(written), message, hint)


class PlacedDrawing(NamedTuple):
    """A drawing on a page: its shapes, its labeled parts, the facts that it shows, and the field it is shown with.

    `label` and `described` are the title and the description for readers who do not see it.
    """

    name: str
    drawing: Drawing
    field: str
    label: str
    described: str
    shapes: Markup
    worded: list[Mapping[str, str]]
    facts: ShownFacts


def read_drawings(data: Path) -> tuple[dict[str, Drawing], list[Problem]]:
    """Read the drawings of a data folder, by name. One that is not only shapes is a problem."""
    drawings: dict[str, Drawing] = {}
    problems: list[Problem] = []
    for file in sorted((data / "drawings").glob("*.svg")):
        drawing, errors = read_svg(file, f"{data.name}/drawings/{file.name}")
        errors += _check(drawing) if drawing else ()
        if drawing and not errors:
            drawings[file.stem] = drawing
        problems += errors
    return drawings, problems


def read_svg(file: Path, path: str) -> tuple[Drawing | None, list[Problem]]:
    """Read an SVG; or return None and why it cannot be used. Problems name the file as `path`."""
    text, problems = read_text(file, path)
    if problems:
        return None, problems
    if hidden := _NOT_A_DRAWING.search(text):
        line = text.count("\n", 0, hidden.start()) + 1
        return None, [Problem(Place(path, line), "A drawing holds shapes only.", "Delete this line.")]
    try:
        root = ElementTree.fromstring(text)
    except ElementTree.ParseError as error:
        line, column = error.position
        hint = "Export it again, or undo the last change."
        return None, [Problem(Place(path, line, column + 1), f"This is not an SVG: {error}.", hint)]
    if root.find("/".join("*" * (_MAX_DEPTH + 1))) is not None:
        message = f"Groups are nested more than {_MAX_DEPTH} deep."
        return None, [Problem(Place(path), message, "Ungroup the shapes.")]
    drawing = Drawing(path, text, root)
    if root.tag != f"{SVG}svg" or not min(drawing.size):
        message = "A picture must begin with <svg> and have a viewBox."
        return None, [Problem(Place(path), message, "Export it as SVG.")]
    return drawing, []


def _check(drawing: Drawing) -> Iterator[Problem]:
    if not drawing.title:
        hint = "Write for example <title>A cross-section of the spinal cord</title> below <svg>."
        yield Problem(Place(drawing.path), "A drawing needs a title.", hint)
    yield from drawing.forbidden_parts(_TAGS, _ATTRIBUTES)
    for part in drawing.root.iter():
        is_labeled = part is not drawing.root and part.attrib.keys() & {"data-structure", "data-shows"}
        for name, (pattern, says, example) in _LABEL.items():
            is_required = is_labeled and name != "data-line"
            if (is_required or name in part.attrib) and not re.fullmatch(pattern, part.get(name, "")):
                written = next(f'{key}="{value}"' for key, value in part.attrib.items() if "data" in key)
                hint = f'Write for example {name}="{example}".'
                yield Problem(drawing.place(re.escape(written)), f'"{name}" {says}.', hint)


def find_first_target(procedure: Procedure) -> tuple[str, str] | None:
    """The key and the structure of the first target; None if it is not known or does not apply."""
    key, fact = next(iter(procedure.targets.items()))
    return (key, fact.structure) if isinstance(fact, Target) else None


def lacks_drawing(procedure: Procedure, drawings: Mapping[str, Drawing]) -> bool:
    """Whether no drawing shows what a procedure acts on."""
    target = find_first_target(procedure)
    return target is not None and not any(target[1] in drawing.structures for drawing in drawings.values())


def find_shown_facts(procedure: Procedure, id: str) -> dict[str, tuple[str, Statement]]:
    """The facts of a procedure that drawings can show, by name; if two show the same, the first."""
    shown: dict[str, tuple[str, Statement]] = {}
    for fact_id, fact in iter_facts(procedure, id):
        if isinstance(fact, Statement) and fact.shows:
            shown.setdefault(fact.shows, (fact_id, fact))
    return shown


def show(drawing: Drawing, procedure: Procedure, id: str, words: Mapping[str, Term]) -> PlacedDrawing | None:
    """The drawing as a procedure's page shows it; None if it does not, or if a term is missing."""
    shown, (key, target) = find_shown_facts(procedure, id), find_first_target(procedure) or ("", None)
    if not drawing.is_shown_for(target, shown) or not words.keys() >= {*drawing.structures}:
        return None
    about_id, about = drawing.about(shown) or ("", None)
    label = drawing.title
    described = [about.says] if about else []
    if target in drawing.structures:
        label += f". Treated here: {words[target].plain}"
        described.append(procedure.targets[key].says)  # type: ignore[union-attr]
    root = deepcopy(drawing.root)
    for part in root.iter():
        for inner in [inner for inner in part if inner.get("data-shows") not in (None, *shown)]:
            part.remove(inner)
    worded: list[Mapping[str, str]] = [
        part.attrib
        for part in root.iterfind(".//*")
        if "data-shows" in part.attrib or (target and part.get("data-structure") == target)
    ]
    shapes = Markup("".join(_serialize(part, target) for part in root if part.tag != f"{SVG}title"))
    field = about_id.split(".")[1] if about_id else "targets"
    name = Path(drawing.path).stem
    return PlacedDrawing(name, drawing, field, label, " ".join(described), shapes, worded, shown)


def _serialize(part: ElementTree.Element, target: str | None) -> str:
    tag = part.tag.removeprefix(SVG)
    names = {name: value for name, value in part.attrib.items() if name not in _LABEL}
    if names.get("data-structure") == target and target:
        names["class"] = "target"
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in names.items())
    inside = str(escape((part.text or "").strip())) + "".join(_serialize(inner, target) for inner in part)
    return f"<{tag}{attributes}>{inside}</{tag}>" if inside else f"<{tag}{attributes}/>"
