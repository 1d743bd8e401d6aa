"""New files, begun from the records: `python -m build_tools new procedure ID` and the like.

A draft holds every field with its help as a comment and a mark at each gap. It can be read at once, `check`
lists its gaps one by one, and nothing that is there already is ever overwritten. New entries of a file that is
there (sources, signs, words) are written by hand: the schemas help while typing.
"""

from __future__ import annotations

import argparse
import re
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from build_tools.check.references import ON_EVERY_PAGE
from build_tools.edit.schema import shape
from build_tools.load.gaps import KEY, MARK, gaps_in
from build_tools.load.reading import read
from build_tools.load.settings import today
from build_tools.records.base import FIRST, NOT_READ
from build_tools.records.problems import CommandError
from build_tools.records.sections import VOCABULARY_OF_FIELD

Shape = dict[str, Any]

FILES = {"procedure": "procedures/{}", "comparison": "comparisons/{}", "clinic": "clinics/{}/clinic"}
"""What has a file of its own, and which."""

_PLACE = f"[{{source: {MARK}, at: {MARK}}}]"
SUGGESTED = {
    ("benefits", "sources"): _PLACE,
    ("how_often", "sources"): _PLACE,
    ("harms", "lead"): FIRST,
    ("harms", "signs"): f"[{MARK}]",
    ("unknowns", "reason"): "searched",
    ("short", "harms"): f"[{MARK}]",
    ("short", "results"): f"[benefits.{FIRST}]",
    ("short", "not_for"): f"[contraindications.{FIRST}]",
    ("short", "before"): f"[before.{ON_EVERY_PAGE[0]}]",
    ("short", "during"): f"[during.{FIRST}]",
    ("short", "after"): f"[after.{FIRST}]",
    ("short", "home"): f"[recovery.{FIRST}]",
}
"""What fields of a record begin with, by the name of the record."""

_WIDTH = 110
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")

_HEAD = f"""\
This is a draft. "{MARK}" marks what is still to fill, and the comment above it says what belongs there.
`make check` lists what is left; nothing is published before that is done. Lines that begin with # are
comments: delete them when you no longer need them. "May" is a field that you can add.
"""
_ENTRIES = f"""
Most fields hold entries, each below a key of its own, the most important first. "{KEY}" is to be the id of a
word; "{FIRST}" can stay. A key is part of the fact's id and never changes. An entry is one of these:
    says and sources                  What is so, in words.
    counted, who, when, how, ...      A number, as under "benefits". More of its fields are in the example.
    {NOT_READ}                          In place of the entry, or of all: what you read does not say it.
    not_known, reason, searched       As under "unknowns": somebody searched and found nothing.
    does_not_apply                    It has no meaning here, and why.
    shared                            The id of words in data/shared.yml, for several pages.
A full example is docs/example/data/procedures/teapot-polishing.yml, and a small one teapot-leave-alone.yml.
"""


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
    dates = {("", "facts_checked"): str(today()), ("unknowns", "searched"): str(today())}
    writer = _Writer(whole["$defs"], SUGGESTED | dates)
    writer.lines += [f"# yaml-language-server: $schema={'../' * name.count('/')}schema/{kind}.json", "#"]
    head = _HEAD + (_ENTRIES if kind == "procedure" else "")
    writer.lines += [f"# {line}".rstrip() for line in head.splitlines()]
    writer.record(whole, 0)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write("\n".join(writer.lines) + "\n")
    except FileExistsError:
        hint = "Choose another id, or go on in that file."
        raise CommandError(f"{shown} is there already; it was not touched.", hint) from None
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

    def __init__(self, definitions: Shape, suggested: Mapping[tuple[str, str], str]) -> None:
        self._definitions = definitions
        self._suggested = suggested
        self._said: set[str] = set()
        self.lines: list[str] = []

    def record(self, part: Shape, indent: int, of: str = "") -> None:
        """All fields of the record `of`: what it must have with a gap, what it may have as a comment."""
        is_figure = part.get("title") == "Figure"  # whose many other fields are in the example
        required = part.get("required", ())
        for name in _in_order(part["properties"]):
            field = _resolved(part["properties"][name], self._definitions)
            suggested = self._suggested.get((of, name))
            is_wanted = name in (*required, "how_often") or (is_figure and name in ("count", "out_of"))
            if is_wanted or suggested or not is_figure:
                self.comment("" if is_wanted or suggested else name, field, indent)
            if suggested:
                self.lines.append(f"{' ' * indent}{name}: {suggested}")
            elif is_wanted:
                self.field(name, field, indent)

    def field(self, name: str, field: Shape, indent: int) -> None:
        """One field with its gaps."""
        pad = " " * indent
        if field.get("type") == "array":
            self.items(name, field, indent)
        elif "patternProperties" in field:
            entry = _resolved(next(iter(field["patternProperties"].values())), self._definitions)
            if name in ("how_often", "benefits"):
                entry = self._definitions["Figure"]
            key = FIRST if VOCABULARY_OF_FIELD.keys().isdisjoint(entry.get("properties", ())) else KEY
            self.lines += [f"{pad}{name}:", f"{pad}  {key}:"]
            self.record(entry, indent + 4, name)
            if name == "before":
                self.lines += [f"  {key}: {{shared: {key}}}" for key in ON_EVERY_PAGE]
        elif "properties" in field:
            self.lines.append(f"{pad}{name}:")
            self.record(field, indent + 2, name)
        else:
            self.lines.append(f"{pad}{name}: {MARK}")

    def items(self, name: str, field: Shape, indent: int) -> None:
        """A list with as many gaps as it must have entries."""
        pad, fewest = " " * indent, field.get("minItems", 1)
        if fewest == 1:
            self.lines.append(f"{pad}{name}: [{MARK}]")
        else:
            self.lines += [f"{pad}{name}:", *[f"{pad}  - {MARK}"] * fewest]

    def comment(self, may: str, field: Shape, indent: int) -> None:
        """A field's help above it, with its name if it `may` be there; inside an entry only once."""
        help_ = f"May: {may}. {field.get('description', '')}" if may else field.get("description", "")
        inside = _resolved(next(iter(field.get("patternProperties", {}).values()), field), self._definitions)
        if may and "properties" in inside:
            help_ += f" Its fields: {', '.join(inside['properties'])}."
        if "enum" in field:
            help_ += f" One of: {', '.join(field['enum'])}."
        if field.get("format") == "date":
            help_ += " Year-month-day."
        if indent == 0:
            self.lines.append("")
        elif help_ in self._said:
            return
        self._said.add(help_)
        begin = " " * indent + "# "
        self.lines += textwrap.wrap(help_, _WIDTH, initial_indent=begin, subsequent_indent=begin)


_BEGIN = ("key", "counted", "who", "when", "how", "count", "out_of")
_LAST = ("says", "sources")


def _in_order(fields: Shape) -> list[str]:
    """Names of fields as an editor meets them: what a study counted first, sources last."""
    begin = [name for name in _BEGIN if name in fields]
    end = [name for name in _LAST if name in fields]
    return [*begin, *(name for name in fields if name not in (*begin, *end)), *end]
