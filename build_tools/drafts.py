"""New entries and files, begun from the records: `python -m build_tools new procedure ID` and the like.

A draft holds every field with its help as a comment and a mark at each gap. It can be read at once, `check`
lists its gaps one by one, and nothing that is there already is ever overwritten.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import textwrap
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from build_tools.facts import VOCABULARIES, load
from build_tools.gaps import KEY, MARK, gaps_in
from build_tools.problems import CommandError, Problem, describe, suggest
from build_tools.reading import Document, read
from build_tools.schema import shape

Shape = dict[str, Any]
Given = dict[tuple[str, ...], str | list[str]]

KINDS = {
    "procedure": "begin the file of a procedure",
    "comparison": "begin the file of a comparison",
    "source": "add an entry to data/sources.yml",
    "term": "add a word to a file of data/vocabulary/",
    "clinic": "begin the file of a clinic that shows the site",
}

_WIDTH = 110
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_ENTRY = re.compile(r"^([^\s#:'\"]+):", re.MULTILINE)

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
    ("NotKnown", "or, if somebody looked and found nothing:"),
    ("DoesNotApply", "or, if it has no meaning here:"),
)


class RefusedError(CommandError):
    """Nothing was written."""


# What is asked


@dataclass(frozen=True)
class Question:
    """A field that can be given when a draft is begun: where it stands, its help, what it can be."""

    steps: tuple[str, ...]
    help: str
    is_asked: bool
    pattern: str = ""
    choices: tuple[str, ...] = ()
    is_list: bool = False

    @property
    def option(self) -> str:
        """The option of the command line that answers it."""
        return "--" + self.steps[-1].replace("_", "-")

    def refuse(self, answer: str, procedures: set[str]) -> str:
        """Why the answer cannot be, or ""; a procedure that is named must be among those there are."""
        if not answer.isprintable():
            return "There is an invisible character in it."
        if self.choices and answer not in self.choices:
            return f"It can be: {', '.join(self.choices)}."
        if self.pattern and not re.search(self.pattern, answer):
            return "It cannot be written so. " + self.help
        if self.steps[-1] in ("part_of", "options") and answer not in procedures:
            return "There is no such procedure. " + suggest(answer, procedures, "data/procedures/")
        return ""


def questions(kind: str) -> list[Question]:
    """What can be given for a draft of this kind, from the record's own fields."""
    whole = _shape_of(kind)
    found = list(_questions(whole, whole.get("$defs", {}), ()))
    if kind == "term":
        found.insert(0, Question(("vocabulary",), "The file of data/vocabulary/.", True, choices=VOCABULARIES))
    return found


def _questions(part: Shape, definitions: Shape, steps: tuple[str, ...]) -> list[Question]:
    found = []
    for name, field in part["properties"].items():
        resolved = _resolved(field, definitions)
        if name == "names":
            found += _questions(resolved, definitions, (*steps, name))
        elif resolved.get("type") in ("string", "integer", "boolean"):
            is_yes_or_no = resolved["type"] == "boolean"
            found.append(
                Question(
                    (*steps, name),
                    resolved.get("description", ""),
                    not is_yes_or_no and resolved.get("format") != "date" and name != "note",
                    r"^\d+$" if resolved["type"] == "integer" else resolved.get("pattern", ""),
                    ("true", "false") if is_yes_or_no else tuple(resolved.get("enum", ())),
                )
            )
        elif resolved.get("type") == "array" and _resolved(resolved["items"], definitions).get("pattern"):
            pattern = _resolved(resolved["items"], definitions)["pattern"]
            found.append(Question((*steps, name), resolved["description"], True, pattern, is_list=True))
    return found


def _shape_of(kind: str) -> Shape:
    """The schema of the record itself."""
    if kind in ("procedure", "comparison", "clinic"):
        return shape(kind)
    file, record = {"source": ("sources", "Source"), "term": ("vocabulary", "Term")}[kind]
    whole = shape(file)
    return {**whole["$defs"][record], "$defs": whole["$defs"]}


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


def scalar(text: str) -> str:
    """A text as YAML writes it: bare where nothing can be misread, else between double quotes."""
    is_bare = re.fullmatch(r"[^\W_](?:[\w .()/+-]|[,;'](?=[\w ])|:(?=[^\s\W]|//))*", text) and not text.endswith(
        " "
    )
    is_word = text.lower() not in ("true", "false", "null", "yes", "no", "on", "off")
    return (
        text
        if is_bare and is_word and not re.fullmatch(r"[\d.+-]+", text)
        else json.dumps(text, ensure_ascii=False)
    )


class _Writer:
    """Writes a record's fields one by one: comment, name, gap or what was given."""

    def __init__(self, definitions: Shape, given: Given) -> None:
        self._definitions = definitions
        self._given = given
        self._said: set[tuple[str, str]] = set()
        self.lines: list[str] = []

    def record(self, part: Shape, indent: int, steps: tuple[str, ...] = ()) -> None:
        """All fields of a record: what it must have with a gap, what it may have as a comment."""
        is_figure = part.get("title") == "Figure"  # whose many other fields stand at the top, once
        required = part.get("required", ())
        for name in _in_order(part["properties"]):
            field = _resolved(part["properties"][name], self._definitions)
            path = (*steps, name)
            is_wanted = name in required or any(given[: len(path)] == path for given in self._given)
            is_wanted = is_wanted or (is_figure and name in ("count", "out_of"))
            if is_figure and not is_wanted:
                continue
            is_said = self.comment(name, field, "Must" if name in required else "May", indent)
            if is_wanted:
                self.field(name, field, indent, path)
            elif not is_said:
                self.lines.append(f"{' ' * indent}# {name}: {_sample(field)}".rstrip())

    def field(self, name: str, field: Shape, indent: int, steps: tuple[str, ...]) -> None:
        """One field with its value: what was given, or gaps."""
        pad = " " * indent
        given = self._given.get(steps)
        kind = field.get("type")
        if isinstance(given, list):
            self.lines += [f"{pad}{name}:", *(f"{pad}  - {scalar(item)}" for item in given)]
        elif given is not None:
            is_text = kind == "string" and field.get("format") != "date"
            self.lines.append(f"{pad}{name}: {scalar(given) if is_text else given}")
        elif kind == "array":
            self.items(name, field, indent, steps)
        elif "patternProperties" in field:
            entry = _resolved(next(iter(field["patternProperties"].values())), self._definitions)
            if name == "how_often":
                entry = self._definitions["Figure"]
            self.lines += [f"{pad}{name}:", f"{pad}  {KEY}:"]
            self.record(entry, indent + 4, (*steps, KEY))
        elif "properties" in field:
            self.lines.append(f"{pad}{name}:")
            self.record(field, indent + 2, steps)
        else:
            self.lines.append(f"{pad}{name}: {MARK}")

    def items(self, name: str, field: Shape, indent: int, steps: tuple[str, ...]) -> None:
        """A list with as many gaps as it must have entries."""
        pad = " " * indent
        item = _resolved(field["items"], self._definitions)
        fewest = field.get("minItems", 1)
        if "properties" in item:
            self.lines.append(f"{pad}{name}:")
            begin = len(self.lines)
            self.record(item, indent + 4, steps)
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


_FIRST = ("key", "counted", "who", "when", "how", "count", "out_of", "certainty")
_LAST = ("says", "sources")


def _in_order(fields: Shape) -> list[str]:
    """Names of fields as an editor meets them: what a study counted first, sources last."""
    begin = [name for name in _FIRST if name in fields]
    end = [name for name in _LAST if name in fields]
    return [*begin, *(name for name in fields if name not in (*begin, *end)), *end]


def _sample(field: Shape) -> str:
    return "[]" if field.get("type") == "array" else str(field.get("default", "")).lower()


def draft_file(kind: str, given: Given) -> str:
    """The text of a new file of a procedure, a comparison or a clinic."""
    part = _shape_of(kind)
    writer = _Writer(part["$defs"], given)
    up = "../.." if kind == "clinic" else ".."
    head = [f"# yaml-language-server: $schema={up}/schema/{kind}.json", "#"]
    head += [f"# {line}" for line in _HEAD.splitlines()]
    if kind == "procedure":
        writer.shapes()
    writer.record(part, 0)
    return "\n".join([*head, *writer.lines]) + "\n"


def draft_entry(kind: str, id: str, given: Given) -> str:
    """The text of a new entry in a file that holds many."""
    part = _shape_of(kind)
    writer = _Writer(part["$defs"], given)
    writer.record(part, 2, (id,))
    return "\n".join([f"{id}:", *writer.lines]) + "\n"


# Where it goes


def begin(kind: str, id: str, given: Given, data: Path) -> tuple[str, int]:
    """Write the draft; where it stands, and how many gaps it has. Raises `RefusedError` if it was not written."""
    if not _ID.fullmatch(id):
        near = "-".join(re.findall(r"[a-z0-9]+", id.lower()))
        raise RefusedError(
            f'"{id}" cannot be an id.',
            "Use small letters, digits and hyphens" + (f', for example "{near}".' if near else "."),
            2,
        )
    if kind in ("procedure", "comparison"):
        return _begin_file(f"{kind}s/{id}", draft_file(kind, given), data)
    if kind == "clinic":
        return _begin_file(f"clinics/{id}/clinic", draft_file(kind, given), data)
    if kind == "source":
        home = "sources"
    else:
        vocabulary = given.pop(("vocabulary",), "")
        if not isinstance(vocabulary, str) or not vocabulary:
            raise RefusedError(
                "A word needs its file.", f"Add --vocabulary with one of: {', '.join(VOCABULARIES)}.", 2
            )
        home = f"vocabulary/{vocabulary}"
        _refuse_known_word(id, data)
    entry = draft_entry(kind, id, {(id, *steps): value for steps, value in given.items()})
    return _add_entry(home, id, entry, data)


def _begin_file(name: str, text: str, data: Path) -> tuple[str, int]:
    path, shown = data / f"{name}.yml", f"{data.name}/{name}.yml"
    document = _tried(name, text.encode(), data, ())
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise RefusedError(
            f"{shown} is there already; it was not touched.", "Choose another id, or go on in that file."
        ) from None
    return shown, len(list(gaps_in(document.value)))


def _refuse_known_word(id: str, data: Path) -> None:
    for vocabulary in VOCABULARIES:
        document, _ = read(data / f"vocabulary/{vocabulary}.yml", f"{data.name}/vocabulary/{vocabulary}.yml")
        _refuse_known(document, id)


def _refuse_known(document: Document, id: str) -> None:
    if isinstance(document.value, dict) and id in document.value:
        raise RefusedError(
            f'"{id}" is there already, at {document.place(id)}; nothing was changed.',
            "Choose another id, or go on in that entry.",
        )


def _add_entry(name: str, id: str, entry: str, data: Path) -> tuple[str, int]:
    path, shown = data / f"{name}.yml", f"{data.name}/{name}.yml"
    before, problems = read(path, shown)
    if problems or not isinstance(before.value, dict):
        raise RefusedError(
            f"{shown} cannot be read, so nothing was added to it.",
            describe(problems).replace("\n", "\n    ") if problems else "Put an entry into it first.",
        )
    _refuse_known(before, id)
    raw = path.read_bytes()
    text = raw.decode("utf-8")
    for at in (_place(text, id), len(text)):
        new = _inserted(text, at, entry)
        after = _tried(name, new.encode(), data, (id,))
        value = after.value
        if isinstance(value, dict) and {key: item for key, item in value.items() if key != id} == before.value:
            path.write_bytes(new.encode())
            return str(after.place(id)), len(list(gaps_in(value[id])))
    raise RefusedError(
        f"{shown} is written in a way to which nothing can be added.", "Write each entry as id, colon, new line."
    )


def _place(text: str, id: str) -> int:
    """Where the entry belongs in a file that is in the order of the alphabet; the end in any other."""
    entries = list(_ENTRY.finditer(text))
    names = [found[1] for found in entries]
    if names != sorted(names):
        return len(text)
    following = next((found.start() for found in entries if found[1] > id), None)
    if following is None or following == entries[0].start():
        return len(text) if following is None else following
    while True:  # comments above an entry belong to it
        above = text.rfind("\n", 0, following - 1) + 1
        if not text[above:following].startswith("#"):
            return following
        following = above


def _inserted(text: str, at: int, entry: str) -> str:
    end = "\r\n" if "\r\n" in text else "\n"
    before = text[:at]
    if before and not before.endswith("\n"):
        before += end
    is_spaced = re.search(r"\n\r?\n[^\s#]", text)  # entries with empty lines between them stay so
    above = end if is_spaced and not text[at:] and not before.endswith(end * 2) else ""
    below = end if is_spaced and text[at:] else ""
    return before + above + entry.replace("\n", end) + below + text[at:]


def _tried(name: str, text: bytes, data: Path, steps: tuple[str, ...]) -> Document:
    """The draft as the reader sees it. What was given and cannot be is refused before anything is written."""
    with tempfile.TemporaryDirectory() as folder:
        trial = Path(folder) / data.name
        path = trial / f"{name}.yml"
        path.parent.mkdir(parents=True)
        path.write_bytes(text)
        facts, problems = load(trial)
    shown = f"{data.name}/{name}.yml"
    document = facts.documents[name]
    wrong = [p for p in problems if p.place.path == shown and _is_inside(p, document, steps)]
    if wrong:
        raise RefusedError(wrong[0].message, f"{wrong[0].hint} Nothing was written.".lstrip(), 2)
    return document


def _is_inside(problem: Problem, document: Document, steps: tuple[str, ...]) -> bool:
    lines = [place[0] for path, place in document.places.items() if path[: len(steps)] == steps]
    return bool(lines) and min(lines) <= problem.place.line <= max(lines)


# The command


def answer(typed: argparse.Namespace) -> int:
    """Run `new` as it was typed, and ask what was left out if somebody is there to answer."""
    kind, asked = typed.kind, questions(typed.kind)
    parser = argparse.ArgumentParser(
        prog=f"python -m build_tools new {kind}",
        description=f"{KINDS[kind].capitalize()}. Nothing is overwritten.",
    )
    parser.add_argument("id", metavar="ID", help="small letters, digits and hyphens; it never changes later")
    for question in asked:
        parser.add_argument(
            question.option,
            dest=question.option,
            help=question.help.replace("%", "%%"),
            nargs="+" if question.is_list else None,
            choices=question.choices or None,
            metavar=None if question.choices else "ID" if question.is_list else "TEXT",
        )
    chosen = parser.parse_args(typed.rest)
    given: Given = {}
    procedures = {path.stem for path in (typed.data / "procedures").glob("*.yml")}
    for question in asked:
        value = getattr(chosen, question.option)
        for part in value if isinstance(value, list) else [value] if value is not None else []:
            if reason := question.refuse(part, procedures):
                raise RefusedError(
                    f'{question.option} cannot be "{part}".'.encode("utf-8", "replace").decode(), reason, 2
                )
        if value is not None:
            given[question.steps] = value
    try:
        if sys.stdin.isatty() and _ID.fullmatch(chosen.id):
            left = [question for question in asked if question.is_asked and question.steps not in given]
            _ask(left, given, procedures)
        where, gaps = begin(kind, chosen.id, given, typed.data)
    except KeyboardInterrupt:
        print("\nNothing was written.", file=sys.stderr)
        return 130
    print(f"Wrote {where}, with {gaps} {'gap' if gaps == 1 else 'gaps'} to fill.")
    if gaps:
        print(f'Next: replace each "{MARK}" there, from the top to the bottom. `make check` lists what is left.')
    else:
        print("Next: type `make check`.")
    return 0


def _ask(left: list[Question], given: Given, procedures: set[str]) -> None:
    if left:
        print("Answer what you know. Enter alone leaves a gap, which the check lists later.")
    try:
        for question in left:
            choices = f" ({', '.join(question.choices)})" if question.choices else ""
            choices = " (several with spaces between)" if question.is_list else choices
            while text := input(f"{question.help}{choices}\n  {question.steps[-1]}: ").strip():
                parts = text.split() if question.is_list else [text]
                reasons = [reason for part in parts if (reason := question.refuse(part, procedures))]
                if not reasons:
                    given[question.steps] = parts if question.is_list else text
                    break
                print(f"  {reasons[0]}")
    except EOFError:
        print()
