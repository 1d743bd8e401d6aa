"""Drawings of the body: SVG files in data/drawings/ whose parts bear the ids of structures and of what facts show.

A drawing says what is where. Which part is highlighted, and which parts are there at all, is said by the facts:

    data-structure="dorsal-root"         highlighted, with its word, where it is the first target of a procedure
    data-shows="needle-through-cheek"    there, with its word, only where a fact says `shows: needle-through-cheek`
    data-word="Nerve root"               its word, which the key explains with the structure's term or the fact
    data-mark="120 80"                   where its word stands

On a procedure's page stand the drawings that show its first target, the one that also answers "Where it works"
at a glance. With `data-shows` on its <svg>, a drawing stands only where a fact shows that, or one of several.
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
_WORDED = {
    "data-word": (r"\S+( \S+)?", "names a part in one or two words", "Nerve root"),
    "data-mark": (r"\d+ \d+", "says where the word is, as two whole numbers", "120 80"),
    "data-line": (r"\d+( \d+){3}", "goes from the word to its part: four whole numbers", "98 90 154 112"),
}
"""What a part that can bear a word says of it; the line is needed only where the word is not on the part."""
_NOT_A_DRAWING = re.compile(r"<!DOCTYPE|<!ENTITY|<\?(?!xml )|<\?[^>]*encoding=(?![\"']utf-8)", re.IGNORECASE)
_DEEPEST = 20
"""How deep shapes stand in groups at most: far deeper, programs and browsers give up."""

ShownFacts = Mapping[str, tuple[str, Statement]]
"""What the facts of a procedure show: the id and the fact itself, by the name that drawings use."""


@dataclass(frozen=True)
class Drawing:
    """One drawing: its file, as the editor sees it, what is written there, and its shapes."""

    path: str
    text: str
    root: ElementTree.Element

    @property
    def title(self) -> str:
        """What it is a drawing of, and from where it is seen."""
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
        """The names of what is there only where a fact shows it."""
        return [part.attrib["data-shows"] for part in self.root.iterfind(".//*[@data-shows]")]

    def about(self, shown: ShownFacts) -> tuple[str, Statement] | None:
        """The fact that makes it stand; None if it waits for none, or for one that no procedure's page has."""
        return next((shown[name] for name in self.root.get("data-shows", "").split() if name in shown), None)

    def is_shown_for(self, target: str | None, shown: ShownFacts) -> bool:
        """Whether it stands on the page of a procedure that acts on `target` and whose facts show `shown`."""
        awaited = "data-shows" in self.root.attrib
        if awaited and not self.about(shown):
            return False
        return target in self.structures if self.structures else awaited

    def place(self, pattern: str) -> Place:
        """The line on which the first text that fits a pattern is written in the file."""
        found = re.search(pattern, self.text)
        return Place(self.path, self.text.count("\n", 0, found.start() + 1 if found else 0) + 1)

    def forbidden_parts(
        self, tags: Container[str], attributes: Container[str], value: str = ""
    ) -> Iterator[Problem]:
        """Elements and attributes that are on neither list: in an SVG a script can run, and a style can load."""
        for part in self.root.iter():
            if (tag := part.tag.removeprefix(SVG)) not in tags:
                bare = tag.rpartition("}")[2]
                message = f"<{bare}> cannot stand in a picture: nothing in it runs or loads anything."
                hint = "Export it again as plain SVG: shapes only, texts as paths."
                yield Problem(self.place(rf"<([\w-]+:)?{re.escape(bare)}(?![\w-])"), message, hint)
            for name, found in part.attrib.items():
                if name not in attributes or not re.match(value, found, re.IGNORECASE):
                    bare = name.rpartition("}")[2]
                    written = rf"[\s:;\"']{re.escape(bare)}\s*[=:]\s*[\"']?\s*{re.escape(found)}"
                    message = (
                        f'"{bare}" cannot stand in a picture like this: nothing in it runs or loads anything.'
                    )
                    hint = "Delete it. In data/drawings/ the classes are those of content/assets/site.css."
                    yield Problem(self.place(written), message, hint)


class Shown(NamedTuple):
    """A drawing on a page: its shapes, its parts that bear a word, and the field of facts below which it stands.

    It is called `label` and `described` to those who do not see it. `facts` are those that its parts show.
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
    """The drawings of a data folder by name; one in which a script could hide is a problem."""
    drawings: dict[str, Drawing] = {}
    problems: list[Problem] = []
    for file in sorted((data / "drawings").glob("*.svg")):
        drawing, found = read_svg(file, f"{data.name}/drawings/{file.name}")
        found += _faults(drawing) if drawing else ()
        if drawing and not found:
            drawings[file.stem] = drawing
        problems += found
    return drawings, problems


def read_svg(file: Path, path: str) -> tuple[Drawing | None, list[Problem]]:
    """An SVG; or None and why it is none, or what in it is more than elements (the file is named as `path`)."""
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
        return None, [Problem(Place(path, line, column + 1), f"This is no SVG: {error}.", hint)]
    if root.find("/".join("*" * (_DEEPEST + 1))) is not None:
        message = f"Groups stand more than {_DEEPEST} deep in each other."
        return None, [Problem(Place(path), message, "Ungroup the shapes.")]
    drawing = Drawing(path, text, root)
    if root.tag != f"{SVG}svg" or not min(drawing.size):
        message = "A picture begins with <svg> and has a viewBox."
        return None, [Problem(Place(path), message, "Export it as SVG.")]
    return drawing, []


def _faults(drawing: Drawing) -> Iterator[Problem]:
    if not drawing.title:
        hint = "Write for example <title>A cross-section of the spinal cord</title> below <svg>."
        yield Problem(Place(drawing.path), "A drawing says what it is of.", hint)
    yield from drawing.forbidden_parts(_TAGS, _ATTRIBUTES)
    for part in drawing.root.iter():
        named = part is not drawing.root and part.attrib.keys() & {"data-structure", "data-shows"}
        for name, (pattern, says, example) in _WORDED.items():
            needed = named and name != "data-line"
            if (needed or name in part.attrib) and not re.fullmatch(pattern, part.get(name, "")):
                written = next(f'{key}="{value}"' for key, value in part.attrib.items() if "data" in key)
                hint = f'Write for example {name}="{example}".'
                yield Problem(drawing.place(re.escape(written)), f'"{name}" {says}.', hint)


def find_first_target(procedure: Procedure) -> tuple[str, str] | None:
    """The key of the first target and the structure that it names; None if it is not known or does not apply."""
    key, fact = next(iter(procedure.targets.items()))
    return (key, fact.structure) if isinstance(fact, Target) else None


def lacks_drawing(procedure: Procedure, drawings: Mapping[str, Drawing]) -> bool:
    """Whether no drawing at all shows what a procedure acts on. A page can be without."""
    target = find_first_target(procedure)
    return target is not None and not any(target[1] in drawing.structures for drawing in drawings.values())


def find_shown_facts(procedure: Procedure, id: str) -> dict[str, tuple[str, Statement]]:
    """What the facts of a procedure show; if two show the same, the first."""
    shown: dict[str, tuple[str, Statement]] = {}
    for fact_id, fact in iter_facts(procedure, id):
        if isinstance(fact, Statement) and fact.shows:
            shown.setdefault(fact.shows, (fact_id, fact))
    return shown


def show(drawing: Drawing, procedure: Procedure, id: str, words: Mapping[str, Term]) -> Shown | None:
    """The drawing as it stands on a procedure's page; None if it does not, or if a term is still to be written."""
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
        for inner in [one for one in part if one.get("data-shows") not in (None, *shown)]:
            part.remove(inner)
    worded: list[Mapping[str, str]] = [
        part.attrib
        for part in root.iterfind(".//*")
        if "data-shows" in part.attrib or (target and part.get("data-structure") == target)
    ]
    shapes = Markup("".join(_write(part, target) for part in root if part.tag != f"{SVG}title"))
    field = about_id.split(".")[1] if about_id else "targets"
    name = Path(drawing.path).stem
    return Shown(name, drawing, field, label, " ".join(described), shapes, worded, shown)


def _write(part: ElementTree.Element, target: str | None) -> str:
    tag = part.tag.removeprefix(SVG)
    names = {name: value for name, value in part.attrib.items() if name not in _WORDED}
    if names.get("data-structure") == target and target:
        names["class"] = "target"
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in names.items())
    inside = str(escape((part.text or "").strip())) + "".join(_write(inner, target) for inner in part)
    return f"<{tag}{attributes}>{inside}</{tag}>" if inside else f"<{tag}{attributes}/>"
