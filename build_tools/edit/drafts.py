"""New files, begun from the records: `python -m build_tools new procedure ID` and the like.

A draft holds every field with its help as a comment and a mark at each gap. It can be read at once, `check`
lists its gaps one by one, and nothing that is there already is ever overwritten. New entries of a file that is
there (sources, signs, words) are written by hand: the schemas help while typing.
"""

from __future__ import annotations

import argparse
import re
import textwrap
from pathlib import Path
from typing import Any

from build_tools.check.references import ON_EVERY_PAGE
from build_tools.edit.schema import shape
from build_tools.load.gaps import KEY, MARK, gaps_in
from build_tools.load.reading import read
from build_tools.records.problems import CommandError

Shape = dict[str, Any]

FILES = {"procedure": "procedures/{}", "comparison": "comparisons/{}", "clinic": "clinics/{}/clinic"}
"""What has a file of its own, and which."""

_WIDTH = 110
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

_HEAD = f"""\
This is a draft. "{MARK}" marks what is still to fill, and the comment above it says what belongs there.
Replace each mark, and each key "{KEY}" by a key of your own: one to three words in small letters, with
hyphens, never changed later. `make check` lists what is left; nothing is published before that is done.
Lines that begin with # are comments. "Must" means that the field may not be missing.
"""
_SHAPES = (
    (
        "Statement",
        "Most fields hold entries, the most important first. An entry is a statement, as written below:",
    ),
    (
        "Figure",
        "or a figure, in its place, for a result in numbers (one value: count and out_of, or percent, ...):",
    ),
    ("Shared", "or, if the same words stand on several pages:"),
    ("NotKnown", "or, if somebody looked and found nothing:"),
    ("DoesNotApply", "or, if it has no meaning here:"),
)


def answer(chosen: argparse.Namespace) -> int:
    """Run `new` as it was typed."""
    where, gaps = begin(chosen.kind, chosen.id, chosen.data)
    print(f"Wrote {where}, with {gaps} gaps to fill.")
    print(f'Next: replace each "{MARK}" there, from the top to the bottom. `make check` lists what is left.')
    return 0


def begin(kind: str, id: str, data: Path) -> tuple[str, int]:
    """Write the draft; where it is, and how many gaps it has. Raises CommandError if it was not written."""
    if len(id) > 60:
        raise CommandError(f'"{id[:40]}..." is too long for an id.', "Use at most 60 letters.", status=2)
    if not _ID.fullmatch(id):
        near = "-".join(re.findall(r"[a-z0-9]+", id.lower()))
        hint = "Use small letters, digits and hyphens" + (f', for example "{near}".' if near else ".")
        raise CommandError(f'"{id}" cannot be an id.', hint, status=2)
    name = FILES[kind].format(id)
    path, shown = data / f"{name}.yml", f"{data.name}/{name}.yml"
    whole = shape(kind)
    writer = _Writer(whole["$defs"])
    writer.lines += [f"# yaml-language-server: $schema={'../' * name.count('/')}schema/{kind}.json", "#"]
    writer.lines += [f"# {line}" for line in _HEAD.splitlines()]
    if kind == "procedure":
        writer.shapes()
    writer.record(whole, 0)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write("\n".join(writer.lines) + "\n")
    except FileExistsError:
        raise CommandError(
            f"{shown} is there already; it was not touched.", "Choose another id, or go on in that file."
        ) from None
    return shown, len(list(gaps_in(read(path, shown)[0].value)))


def _resolved(part: Shape, definitions: Shape) -> Shape:
    """A part of a schema with what it refers to written out; of several possibilities, the first."""
    while True:
        for union in ("oneOf", "anyOf"):
            if union in part:
                part = {k: v for k, v in part.items() if k not in (union, "discriminator")} | part[union][0]
        if "$ref" not in part:
            return part
        named = definitions[part["$ref"].rsplit("/", 1)[-1]]
        part = named | {key: value for key, value in part.items() if key != "$ref"}


# How it is written


class _Writer:
    """Writes a record's fields one by one: comment, name, gap."""

    def __init__(self, definitions: Shape) -> None:
        self._definitions = definitions
        self._said: set[tuple[str, str]] = set()
        self.lines: list[str] = []

    def record(self, part: Shape, indent: int) -> None:
        """All fields of a record: what it must have with a gap, what it may have as a comment."""
        is_figure = part.get("title") == "Figure"  # whose many other fields stand at the top, once
        required = part.get("required", ())
        for name in _in_order(part["properties"]):
            field = _resolved(part["properties"][name], self._definitions)
            is_wanted = name in (*required, "how_often") or (is_figure and name in ("count", "out_of"))
            if is_figure and not is_wanted:
                continue
            is_said = self.comment(name, field, "Must" if name in required else "May", indent)
            if is_wanted:
                self.field(name, field, indent)
                if name == "before" and indent == 0:
                    self.lines += [f"  {key}: {{shared: {key}}}" for key in ON_EVERY_PAGE]
            elif not is_said:
                self.lines.append(f"{' ' * indent}# {name}: {_sample(field)}".rstrip())
                if indent == 0:
                    self.inside(field)

    def inside(self, field: Shape) -> None:
        """As comments, the fields of what a record may have."""
        pad = "#   "
        if "patternProperties" in field:
            self.lines.append(f"{pad}{KEY}:")
            field, pad = _resolved(next(iter(field["patternProperties"].values())), self._definitions), f"{pad}  "
        self.lines += [f"{pad}{name}:" for name in field.get("properties", ())]

    def field(self, name: str, field: Shape, indent: int) -> None:
        """One field with its gaps."""
        pad = " " * indent
        if field.get("type") == "array":
            self.items(name, field, indent)
        elif "patternProperties" in field:
            entry = _resolved(next(iter(field["patternProperties"].values())), self._definitions)
            if name == "how_often":
                entry = self._definitions["Figure"]
            self.lines += [f"{pad}{name}:", f"{pad}  {KEY}:"]
            self.record(entry, indent + 4)
        elif "properties" in field:
            self.lines.append(f"{pad}{name}:")
            self.record(field, indent + 2)
        else:
            self.lines.append(f"{pad}{name}: {MARK}")

    def items(self, name: str, field: Shape, indent: int) -> None:
        """A list with as many gaps as it must have entries."""
        pad = " " * indent
        item = _resolved(field["items"], self._definitions)
        fewest = field.get("minItems", 1)
        if "properties" in item:
            self.lines.append(f"{pad}{name}:")
            begin = len(self.lines)
            self.record(item, indent + 4)
            first = next(n for n in range(begin, len(self.lines)) if not self.lines[n].lstrip().startswith("#"))
            self.lines[first] = f"{pad}  - {self.lines[first].lstrip()}"
        elif fewest == 1:
            self.lines.append(f"{pad}{name}: [{MARK}]")
        else:
            self.lines += [f"{pad}{name}:", *[f"{pad}  - {MARK}"] * fewest]

    def comment(self, name: str, field: Shape, duty: str, indent: int) -> bool:
        """A field's help above it, with what it can be; inside an entry only once, and then True."""
        help_ = f"{duty}. {field.get('description', '')}"
        if "enum" in field:
            help_ += f" One of: {', '.join(field['enum'])}."
        if field.get("format") == "date":
            help_ += " Year-month-day."
        if indent == 0:
            self.lines.append("")
        elif (name, help_) in self._said:
            return True
        self._said.add((name, help_))
        begin = " " * indent + "# "
        self.lines += textwrap.wrap(help_, _WIDTH, initial_indent=begin, subsequent_indent=begin)
        return False

    def shapes(self) -> None:
        """As comments, what an entry can be, each with its fields."""
        for title, begin in _SHAPES:
            part = self._definitions[title]
            self.lines += ["#", f"# {begin}"]
            for name in _in_order(part["properties"]):
                field = _resolved(part["properties"][name], self._definitions)
                duty = "" if name in part.get("required", ()) else "(may) "
                wrapped = textwrap.wrap(
                    f"{name}: {duty}{field.get('description', '')}",
                    _WIDTH,
                    initial_indent="#     ",
                    subsequent_indent="#         ",
                )
                self.lines += wrapped


_FIRST = ("key", "counted", "who", "when", "how", "count", "out_of")
_LAST = ("says", "sources")


def _in_order(fields: Shape) -> list[str]:
    """Names of fields as an editor meets them: what a study counted first, sources last."""
    begin = [name for name in _FIRST if name in fields]
    end = [name for name in _LAST if name in fields]
    return [*begin, *(name for name in fields if name not in (*begin, *end)), *end]


def _sample(field: Shape) -> str:
    return "[]" if field.get("type") == "array" else str(field.get("default", "")).lower()
