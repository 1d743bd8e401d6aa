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
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from xml.etree import ElementTree

from markupsafe import Markup, escape

from build_tools.load.reading import read_text
from build_tools.records.entries import Statement
from build_tools.records.problems import Place, Problem
from build_tools.records.procedure import Procedure, Target, facts_of
from build_tools.records.words import Term

_SVG = "{http://www.w3.org/2000/svg}"
_TAGS = frozenset("svg title g path ellipse circle text".split())
_ATTRIBUTES = frozenset(
    "viewBox d cx cy rx ry r x y class transform data-structure data-shows data-word data-mark data-line".split()
)
_WORDED = {
    "data-word": (re.compile(r"\S+( \S+)?"), "names a part in one or two words", "Nerve root"),
    "data-mark": (re.compile(r"\d+ \d+"), "says where the word is, as two whole numbers", "120 80"),
    "data-line": (
        re.compile(r"\d+( \d+){3}"),
        "goes from the word to its part: four whole numbers",
        "98 90 154 112",
    ),
}
"""What a part that can bear a word says of it; the line is needed only where the word is not on the part."""
_NOT_A_DRAWING = re.compile(r"<!DOCTYPE|<!ENTITY|<\?(?!xml )|<\?[^>]*encoding=(?![\"']utf-8)", re.IGNORECASE)
_DEEPEST = 20
"""How deep shapes stand in groups at most: far deeper, programs and browsers give up."""

Told = Mapping[str, tuple[str, Statement]]
"""What the facts of a procedure show: the id and the fact itself, by the name that drawings use."""


@dataclass(frozen=True)
class Drawing:
    """One drawing: its file's name, where it stands, and its shapes."""

    name: str
    path: str
    text: str
    root: ElementTree.Element

    @property
    def title(self) -> str:
        """What it is a drawing of, and from where it is seen."""
        return (self.root.findtext(f"{_SVG}title") or "").strip()

    @cached_property
    def structures(self) -> list[str]:
        """The ids of the structures in it."""
        return [part.attrib["data-structure"] for part in self.root.iter() if "data-structure" in part.attrib]

    @cached_property
    def shows(self) -> list[str]:
        """The names of what is there only where a fact shows it."""
        return [part.attrib["data-shows"] for part in self.root.iterfind(".//*[@data-shows]")]

    def about(self, told: Told) -> tuple[str, Statement] | None:
        """The fact that makes it stand; None if it waits for none, or for one that is not told."""
        return next((told[name] for name in self.root.get("data-shows", "").split() if name in told), None)

    def stands(self, target: str | None, told: Told) -> bool:
        """Whether it stands on the page of a procedure that acts on `target` and whose facts show `told`."""
        awaited = "data-shows" in self.root.attrib
        if awaited and not self.about(told):
            return False
        return target in self.structures if self.structures else awaited

    def place(self, written: str) -> Place:
        """The line on which something is written in the file."""
        return _place(self.path, self.text, written)


@dataclass(frozen=True)
class Key:
    """What a word of a drawing means: the term of the structure that is treated, or a fact with its id."""

    word: str
    structure: str = ""
    term: Term | None = None
    fact_id: str = ""
    fact: Statement | None = None


@dataclass(frozen=True)
class Shown:
    """A drawing on a page: its SVG, its key, and the field of the facts below which it stands."""

    name: str
    title: str
    field: str
    svg: Markup
    key: list[Key]


def read_drawings(data: Path) -> tuple[dict[str, Drawing], list[Problem]]:
    """The drawings of a data folder by name; one in which a script could hide is a problem."""
    drawings: dict[str, Drawing] = {}
    problems: list[Problem] = []
    for file in sorted((data / "drawings").glob("*.svg")):
        shown = f"{data.name}/drawings/{file.name}"
        text, found = read_text(file, shown)
        root, found = (None, found) if found else parse(text, shown)
        if root is not None:
            drawing = Drawing(file.stem, shown, text, root)
            if not (found := [*_faults(drawing)]):
                drawings[file.stem] = drawing
        problems += found
    return drawings, problems


def parse(text: str, shown: str) -> tuple[ElementTree.Element | None, list[Problem]]:
    """The root of an SVG; or None and why it is none, or what in it is more than elements."""
    if hidden := _NOT_A_DRAWING.search(text):
        line = text.count("\n", 0, hidden.start()) + 1
        return None, [Problem(Place(shown, line), "A drawing holds shapes only.", "Delete this line.")]
    try:
        root = ElementTree.fromstring(text)
        level, depth = [root], 0
        while level and depth <= _DEEPEST:
            level, depth = [inner for part in level for inner in part], depth + 1
        if not level:
            return root, []
        message = f"Groups stand more than {_DEEPEST} deep in each other."
        return None, [Problem(Place(shown), message, "Ungroup the shapes.")]
    except ElementTree.ParseError as error:
        line, column = error.position
        hint = "Export it again, or undo the last change."
        return None, [Problem(Place(shown, line, column + 1), f"This is no SVG: {error}.", hint)]


def forbidden_parts(
    root: ElementTree.Element,
    text: str,
    shown: str,
    tags: Container[str],
    attributes: Container[str],
    value: re.Pattern[str] = re.compile(""),
) -> Iterator[Problem]:
    """The elements and attributes that are on neither list: in an SVG a script can run, and a style can load."""
    for part in root.iter():
        tag = str(part.tag).removeprefix(_SVG)
        if tag not in tags:
            bare = tag.rpartition("}")[2]
            message = f"<{bare}> cannot stand in a picture: nothing in it runs or loads anything."
            hint = "Export it again as plain SVG: shapes only, texts as paths."
            yield Problem(_place_of(shown, text, rf"<([\w-]+:)?{re.escape(bare)}(?![\w-])"), message, hint)
        for name, found in part.attrib.items():
            if name not in attributes or not value.match(found):
                bare = name.rpartition("}")[2]
                written = rf"[\s:;\"']{re.escape(bare)}\s*[=:]\s*[\"']?\s*{re.escape(found)}"
                message = f'"{bare}" cannot stand in a picture like this: nothing in it runs or loads anything.'
                hint = "Delete it. In data/drawings/ the classes are those of content/assets/site.css."
                yield Problem(_place_of(shown, text, written), message, hint)


def _place(shown: str, text: str, written: str) -> Place:
    return _place_of(shown, text, re.escape(written))


def _place_of(shown: str, text: str, pattern: str) -> Place:
    found = re.search(pattern, text)
    return Place(shown, text.count("\n", 0, found.start() + 1 if found else 0) + 1)


def _faults(drawing: Drawing) -> Iterator[Problem]:
    root, place = drawing.root, drawing.place
    if root.tag != f"{_SVG}svg" or "viewBox" not in root.attrib:
        yield Problem(Place(drawing.path), "A drawing begins with <svg> and has a viewBox.", "Export it as SVG.")
    elif not drawing.title:
        hint = "Write for example <title>A cross-section of the spinal cord</title> below <svg>."
        yield Problem(Place(drawing.path), "A drawing says what it is of.", hint)
    yield from forbidden_parts(root, drawing.text, drawing.path, _TAGS, _ATTRIBUTES)
    for part in root.iter():
        named = part is not root and part.attrib.keys() & {"data-structure", "data-shows"}
        for name, (pattern, says, example) in _WORDED.items():
            needed = named and name != "data-line"
            if (needed or name in part.attrib) and not pattern.fullmatch(part.get(name, "")):
                written = next(f'{key}="{value}"' for key, value in part.attrib.items() if "data" in key)
                hint = f'Write for example {name}="{example}".'
                yield Problem(place(written), f'"{name}" {says}.', hint)


def first_target(procedure: Procedure) -> tuple[str, str] | None:
    """The key of the first target and the structure that it names; None if it is not known or does not apply."""
    key, fact = next(iter(procedure.targets.items()))
    return (key, fact.structure) if isinstance(fact, Target) else None


def lacks_drawing(procedure: Procedure, drawings: Mapping[str, Drawing]) -> bool:
    """Whether no drawing at all shows what a procedure acts on. A page can be without."""
    target = first_target(procedure)
    return target is not None and not any(target[1] in drawing.structures for drawing in drawings.values())


def described_by(procedure: Procedure, id: str) -> dict[str, tuple[str, Statement]]:
    """What the facts of a procedure show; if two show the same, the first."""
    told: dict[str, tuple[str, Statement]] = {}
    for fact_id, fact in facts_of(procedure, id):
        if isinstance(fact, Statement) and fact.shows:
            told.setdefault(fact.shows, (fact_id, fact))
    return told


def show(drawing: Drawing, procedure: Procedure, id: str, words: Mapping[str, Term]) -> Shown | None:
    """The drawing as it stands on a procedure's page; None if it does not, or if a term is still to be written."""
    told, first = described_by(procedure, id), first_target(procedure)
    key, target = first or ("", None)
    if not drawing.stands(target, told) or not words.keys() >= {*drawing.structures}:
        return None
    about_id, about = drawing.about(told) or ("", None)
    title = drawing.title
    described = [about.says] if about else []
    if target in drawing.structures:
        title += f". Treated here: {words[target].plain}"
        described.append(procedure.targets[key].says)  # type: ignore[union-attr]
    parts = [*_parts(drawing.root, told)]
    worded = [p for p in parts if "data-shows" in p.attrib or (target and p.get("data-structure") == target)]
    name = f"drawing-{drawing.name}"  # an id in SVG begins with a letter
    svg = [
        f'<svg viewBox="{escape(drawing.root.attrib["viewBox"])}" role="img" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(" ".join(described))}</desc>',
        *(_write(part, target, told) for part in drawing.root if part.tag != f"{_SVG}title"),
        *map(_word, worded),
        "</svg>",
    ]
    field = about_id.split(".")[1] if about_id else "targets"
    return Shown(
        drawing.name, drawing.title, field, Markup("".join(svg)), [_key(part, told, words) for part in worded]
    )


def _parts(part: ElementTree.Element, told: Told) -> Iterator[ElementTree.Element]:
    """The parts below one that are there, in their order."""
    for inner in part:
        if inner.get("data-shows") is None or inner.attrib["data-shows"] in told:
            yield inner
            yield from _parts(inner, told)


def _key(part: ElementTree.Element, told: Told, words: Mapping[str, Term]) -> Key:
    word, structure = part.attrib["data-word"], part.get("data-structure", "")
    if structure:
        return Key(word, structure, words[structure])
    fact_id, fact = told[part.attrib["data-shows"]]
    return Key(word, fact_id=fact_id, fact=fact)


def _write(part: ElementTree.Element, target: str | None, told: Told) -> str:
    if part.get("data-shows") is not None and part.attrib["data-shows"] not in told:
        return ""
    tag = str(part.tag).removeprefix(_SVG)
    names = {name: value for name, value in part.attrib.items() if name not in _WORDED}
    if names.get("data-structure") == target and target:
        names["class"] = "target"
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in names.items())
    inside = str(escape((part.text or "").strip())) + "".join(_write(inner, target, told) for inner in part)
    return f"<{tag}{attributes}>{inside}</{tag}>" if inside else f"<{tag}{attributes}/>"


def _word(part: ElementTree.Element) -> str:
    """The word of a part, a line for each half of it, and the line to the part."""
    x, y = map(int, part.attrib["data-mark"].split())
    kind = "word acts" if "data-structure" in part.attrib else "word"
    halves = enumerate(part.attrib["data-word"].split())
    text = "".join(f'<text x="{x}" y="{y + 20 * half}">{escape(said)}</text>' for half, said in halves)
    from_x, from_y, to_x, to_y = part.get("data-line", f"{x} {y} {x} {y}").split()
    return f'<g class="{kind}"><path d="M{from_x} {from_y}L{to_x} {to_y}"/>{text}</g>'
