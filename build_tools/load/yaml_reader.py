"""YAML files to plain values, each with the place where it stands.

Every scalar arrives as text: `no` stays "no", `1:30` stays "1:30"; the field's type decides later.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from sys import intern
from typing import Any

import yaml

from build_tools.records.problems import Place, Problem

MAX_BYTES = 1_000_000
MAX_DEPTH = 20

Value = str | list[Any] | dict[str, Any] | None
Steps = tuple[str | int, ...]
Position = tuple[int, int]

# Characters that reorder or hide the text around them (Unicode TR 9 and TR 36), or that no file may hold.
_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
)
_CONFLICT = re.compile(r"^(<{7}|\|{7}|={7}|>{7})( |$)", re.MULTILINE)

CURLY_HINT = " Curly quotes are letters here: type straight ones, or none."
"""What to say of quotes that a word processor has bent."""

NO_LINKS = (
    "This is a link, and would publish what it points to.",
    "Put the file itself here, or delete the link.",
)
"""What is said of a link in the place of a file or a folder: message and hint."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Document:
    """One file as read: its value, and the text itself."""

    path: str
    value: Value
    text: str = field(default="", repr=False)

    def place(self, *steps: str | int) -> Place:
        """Where `steps` stands; where a part of it is missing, the nearest thing above it."""
        places = _places(self.text, self.path) if self.text else {}
        for end in range(len(steps), -1, -1):
            if steps[:end] in places:
                return Place(self.path, *places[steps[:end]])
        return Place(self.path)

    def texts(self) -> Iterator[str]:
        """Every text in it, with white space folded."""
        values = [self.value]
        while values:
            value = values.pop()
            if isinstance(value, str):
                yield " ".join(value.split())
            elif isinstance(value, list | dict):
                values += value.values() if isinstance(value, dict) else value


class UnreadableError(Exception):
    """Raised inside this module with line, column, message and hint: a file cannot be turned into a value."""

    def problem(self, path: str) -> Problem:
        """It as a problem of the file at `path`."""
        line, column, message, hint = self.args
        return Problem(Place(path, line, column), message, hint)


def is_curly(text: str) -> bool:
    """Whether a text has quotes that a word processor has bent."""
    return any(quote in text for quote in "“”„")


def read(path: Path, shown_as: str) -> tuple[Document, list[Problem]]:
    """The file at `path` as a document, and the problems that reading found (shown under `shown_as`).

    A file that cannot be read gives a document whose value is None and at least one problem.
    """
    try:
        document, problems = _compose(_decode(path), shown_as)
        return document, [*problems]
    except UnreadableError as error:
        return Document(shown_as, None), [error.problem(shown_as)]


def read_text(path: Path, shown_as: str) -> tuple[str, list[Problem]]:
    """The text of the file at `path`, or "" and the problem that kept it from being read."""
    try:
        return _decode(path), []
    except UnreadableError as error:
        return "", [error.problem(shown_as)]


def _decode(path: Path) -> str:
    if path.is_symlink():
        raise UnreadableError(1, 1, *NO_LINKS)
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            message = f"A file must be smaller than 1 MB; this one has {size / 1e6:.1f} MB."
            hint = "Was something else saved under this name? Split it, or put the right file back."
            raise UnreadableError(1, 1, message, hint)
        raw = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    except OSError as error:
        hint = "Check its name and who may read it."
        raise UnreadableError(1, 1, f"The file cannot be opened: {error.strerror}.", hint) from error
    try:
        text = raw.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        message = "The file must be saved as UTF-8; this character is not."
        hint = 'In your editor choose "Save with encoding", then "UTF-8".'
        raise UnreadableError(*_position(before, len(before)), message, hint) from error
    if conflict := _CONFLICT.search(text):
        message = "Two people changed this place, and their versions have not been joined yet."
        hint = "Keep the right lines, then delete the lines that begin with <<<<<<<, ======= and >>>>>>>."
        raise UnreadableError(*_position(text, conflict.start()), message, hint)
    if hidden := _HIDDEN.search(text):
        raise _invisible(hidden, *_position(text, hidden.start()))
    return text


def _invisible(found: re.Match[str], line: int, column: int) -> UnreadableError:
    message = f"There is an invisible character here (U+{ord(found.group()):04X})."
    hint = "Delete it and type the words again; it often comes with text copied from elsewhere."
    return UnreadableError(line, column, message, hint)


def _position(text: str, offset: int) -> Position:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


@lru_cache(maxsize=1024)  # in a preview most files are as they were
def _compose(text: str, shown_as: str) -> tuple[Document, list[Problem]]:
    composer = _Composer(text, shown_as)
    try:
        value = composer.document()
    except yaml.MarkedYAMLError as error:
        opened = str(error.context).endswith(("simple key", "quoted scalar", "flow sequence", "flow mapping"))
        opened = opened and "escape" not in str(error.problem)
        mark = (opened and error.context_mark) or error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise UnreadableError(line, column, *_explain(error, text, line)) from error
    except yaml.YAMLError as error:
        raise UnreadableError(1, 1, f"This is not YAML: {error}.", "Compare it with a file that works.") from error
    return Document(shown_as, value, text), composer.problems


@lru_cache(maxsize=16)  # to keep all takes more memory than the facts, and only a problem needs some
def _places(text: str, shown_as: str) -> dict[Steps, Position]:
    """For each path of keys into a file that can be read, its line and column."""
    composer = _Composer(text, shown_as)
    composer.document()
    return composer.places


def _explain(error: yaml.MarkedYAMLError, text: str, line: int) -> tuple[str, str]:
    """A YAML error in an editor's words: message and hint."""
    lines = text.splitlines()
    found = lines[line - 1] if line <= len(lines) else ""
    if "\t" in found[: len(found) - len(found.lstrip())]:
        return "The line begins with a tab.", "Use two spaces for each step inward, never a tab."
    if strange := re.search("[\u00a0\u3000\uff1a]", found):
        name = "colon" if strange.group() == "\uff1a" else "space"
        message = f"A {name} in this line is not the one of the keyboard (U+{ord(strange.group()):04X})."
        return message, "Delete it and type it again; it often comes with text copied from elsewhere."
    said, mark = str(error.problem), error.problem_mark
    if "mapping values are not allowed" in said and mark and re.fullmatch(" +[a-z_]+", found[: mark.column]):
        message = "This field begins farther to the right than the line above it allows."
        hint = "Begin it in the same column as the line above, or put that line's text between double quotes."
        return message, hint
    if "mapping values are not allowed" in said:
        hint = f'Put the whole text between double quotes: "like: this".{CURLY_HINT if is_curly(found) else ""}'
        return "A colon followed by a space begins a new field, and none can begin here.", hint
    if "could not find expected ':'" in said or "block mapping" in str(error.context):
        hint = "Look for a missing colon, a missing quote, or a line that begins too far left or right."
        return "A field is written as name, colon, space, text; this line does not fit there.", hint
    if "escape character" in said or "hexdecimal" in said or "hexadecimal" in said:
        return "Between double quotes, \\ has a meaning of its own.", "Write \\\\ or use single quotes."
    if "quoted scalar" in str(error.context) or "unexpected end of stream" in said:
        return "A quotation mark opens a text that never ends.", 'Close it with a second ".'
    if "flow" in str(error.context):
        return "A bracket opens a list that never ends, or a comma is missing in it.", "Close it with ] or }."
    if "cannot start any token" in said:
        return "A text cannot begin with this character.", "Put the whole text between double quotes."
    return f"This is not YAML: {said}.", "Compare the lines above it with a file that works."


class _Composer:
    """Makes the value of a document out of the parser's events, and notes where each part of it is."""

    def __init__(self, text: str, path: str) -> None:
        self._events = yaml.parse(text, Loader=_LOADER)
        self._path = path
        self.places: dict[Steps, Position] = {}
        self.problems: list[Problem] = []

    def document(self) -> Value:
        """The value of the one document in a file."""
        next(self._events)  # the start of the stream
        if isinstance(next(self._events), yaml.StreamEndEvent):
            raise UnreadableError(1, 1, "The file is empty.", "Copy the annotated example and fill it in.")
        value = self._value(next(self._events), ())
        next(self._events)  # the end of the document
        if not isinstance(event := next(self._events), yaml.StreamEndEvent):
            line, _ = _position_of(event)
            raise UnreadableError(line, 1, "A file holds one document.", "Delete the line --- or split the file.")
        return value

    def _value(self, event: Any, steps: Steps) -> Value:
        here = _position_of(event)
        self.places.setdefault(steps, here)
        if len(steps) > MAX_DEPTH:
            message = f"Fields stand more than {MAX_DEPTH} deep here."
            raise UnreadableError(*here, message, "Facts never need that.")
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            message = "Shortcuts with & and * are not used here: every fact is written out."
            hint = "Write the text itself; if it begins with & or *, put it between double quotes."
            raise UnreadableError(*here, message, hint)
        if event.tag and event.tag != "!":
            raise UnreadableError(*here, f'Types such as "{event.tag}" are not used here.', "Delete it.")
        if isinstance(event, yaml.ScalarEvent):
            if event.style == '"' and (hidden := _HIDDEN.search(event.value)):  # written as \u202e
                raise _invisible(hidden, *here)
            return None if not event.style and event.value in ("", "~", "null") else str(event.value)
        return self._sequence(steps) if isinstance(event, yaml.SequenceStartEvent) else self._mapping(steps)

    def _sequence(self, steps: Steps) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._value(event, (*steps, len(items))))
        return items

    def _mapping(self, steps: Steps) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        while not isinstance(key := next(self._events), yaml.MappingEndEvent):
            here = _position_of(key)
            if not isinstance(key, yaml.ScalarEvent):
                raise UnreadableError(*here, "A field's name must be a word.", "Write name: text.")
            name = intern(str(key.value))
            first = self.places.setdefault((*steps, name), here)
            value = self._value(next(self._events), (*steps, name))
            if name in fields:
                message = f'"{name}" is written twice; the first time on line {first[0]}.'
                hint = "Keep one of the two, or give the second another name."
                self.problems.append(Problem(Place(self._path, *here), message, hint))
            else:
                fields[name] = value
        return fields


def _position_of(event: Any) -> Position:
    return event.start_mark.line + 1, event.start_mark.column + 1
