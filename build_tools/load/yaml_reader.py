"""Reads YAML files as plain values, each with its place.

Every scalar is text: `no` stays "no", `1:30` stays "1:30"; the field's type decides later.
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

# Characters that reorder or hide the text around them (Unicode TR 9 and TR 36), or that are never valid in a file.
_HIDDEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]"
)
_CONFLICT = re.compile(r"^(<{7}|\|{7}|={7}|>{7})( |$)", re.MULTILINE)

CURLY_HINT = " Curly quotes are not quotation marks here: type straight ones, or none."
"""The hint about quotes that a word processor has curled."""

NO_LINKS = (
    "This is a link, and would publish what it points to.",
    "Put the file itself here, or delete the link.",
)
"""Message and hint about a symbolic link in place of a file or a folder."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Document:
    """A file as read: its value and its text. Places are looked up only when they are needed."""

    path: str
    value: Value
    text: str = field(default="", repr=False)

    def place(self, *steps: str | int) -> Place:
        """The place of `steps`, or of the nearest thing above if a part of it is missing."""
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
    """Raised in this module, with line, column, message, and hint, if a file cannot be read."""

    def problem(self, path: str) -> Problem:
        """Turn the error into a problem of the file at `path`."""
        line, column, message, hint = self.args
        return Problem(Place(path, line, column), message, hint)


def is_curly(text: str) -> bool:
    """Whether a text has curly quotes."""
    return any(quote in text for quote in "“”„")


def read(path: Path, shown_as: str) -> tuple[Document, list[Problem]]:
    """Read a file as a document, and find the problems in it. Problems name the file as `shown_as`.

    The document of a file that cannot be read has the value None, and there is at least one problem.
    """
    try:
        document, problems = _compose(_decode(path), shown_as)
        return document, [*problems]
    except UnreadableError as error:
        return Document(shown_as, None), [error.problem(shown_as)]


def read_text(path: Path, shown_as: str) -> tuple[str, list[Problem]]:
    """Read the text of a file, or return "" and why it cannot be read."""
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
        hint = "Check its name, and that you are allowed to read it."
        raise UnreadableError(1, 1, f"The file cannot be opened: {error.strerror}.", hint) from error
    try:
        text = raw.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        message = "The file must be saved as UTF-8; this character is not."
        hint = 'In your editor choose "Save with encoding", then "UTF-8".'
        raise UnreadableError(*_position(before, len(before)), message, hint) from error
    if conflict := _CONFLICT.search(text):
        message = "Two people changed these lines, and their versions have not been combined yet."
        hint = "Keep the right lines, then delete the lines that begin with <<<<<<<, ======= and >>>>>>>."
        raise UnreadableError(*_position(text, conflict.start()), message, hint)
    if hidden := _HIDDEN.search(text):
        raise _make_invisible_error(hidden, *_position(text, hidden.start()))
    return text


def _make_invisible_error(match: re.Match[str], line: int, column: int) -> UnreadableError:
    message = f"There is an invisible character here (U+{ord(match.group()):04X})."
    hint = "Delete it and type the words again; it often comes with text copied from elsewhere."
    return UnreadableError(line, column, message, hint)


def _position(text: str, offset: int) -> Position:
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


@lru_cache(maxsize=1024)  # in a preview, most files are unchanged
def _compose(text: str, shown_as: str) -> tuple[Document, list[Problem]]:
    composer = _Composer(text, shown_as)
    try:
        value = composer.compose()
    except yaml.MarkedYAMLError as error:
        opened = str(error.context).endswith(("simple key", "quoted scalar", "flow sequence", "flow mapping"))
        opened = opened and "escape" not in str(error.problem)
        mark = (opened and error.context_mark) or error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        slip = _find_slip(error, text) or (line, column, *_explain(error, text, line))
        raise UnreadableError(*slip) from error
    except yaml.YAMLError as error:
        raise UnreadableError(1, 1, f"This is not YAML: {error}.", "Compare it with a file that works.") from error
    return Document(shown_as, value, text), composer.problems


@lru_cache(maxsize=16)  # all take more memory than the facts, and only problems need them
def _places(text: str, shown_as: str) -> dict[Steps, Position]:
    """The line and column of each path in a readable file."""
    composer = _Composer(text, shown_as)
    composer.compose()
    return composer.places


_QUOTED = re.compile(r"""^[ -]*[\w-]+: +("(?:[^"\\]|\\.)*"|'[^']*')""", re.MULTILINE)
_NO_SPACE = re.compile(r" *(?:- )?([a-z][\w-]*):(?=[^\s/])")
_IN_QUOTES = 'Put the whole text between double quotes: "like: this".'
_CUT_OFF = 'A space and # begin a comment, so "{}" is not published.'


def _find_slip(error: yaml.MarkedYAMLError, text: str) -> tuple[int, int, str, str] | None:
    """Find where an editor slipped, if the parser noticed it only later: line, column, message, and hint."""
    reason, is_block, mark = str(error.problem), "block mapping" in str(error.context), error.problem_mark
    if not mark or not (is_block or "mapping values" in reason or "could not find expected ':'" in reason):
        return None
    lines = _split_lines(text)[: mark.line + 1]
    for quoted in _QUOTED.finditer(text):
        if "\n" in quoted[1] and text.count("\n", 0, quoted.end()) == mark.line:
            message = f"The quotation mark that opens here is closed only on line {mark.line + 1}."
            return (*_position(text, quoted.start(1)), message, f"Close it with a second {quoted[1][0]}.")
    for number, line in [*enumerate(lines, 1)][-2:]:
        if field := _NO_SPACE.match(line):
            hint = f'Write "{field[1]}: ", then the text.'
            return number, field.end(), "A space is missing after the colon.", hint
    *above, before, line = ["", "", *lines]
    if ":" not in line and (comment := re.match(r"[^#\"]*\S\s+(#.*)", before)):
        return mark.line, comment.start(1) + 1, _CUT_OFF.format(comment[1]), _IN_QUOTES
    if is_block and (bracket := re.match(r"[ -]*[\w-]+: +([\[{])", line)) and bracket.end() <= mark.column:
        return (
            mark.line + 1,
            bracket.end(),
            f"A text that begins with {bracket[1]} needs double quotes.",
            _IN_QUOTES,
        )
    entry, depth = re.fullmatch(r"( *)([\w-]+):", above[-1]), len(line) - len(line.lstrip())
    if entry and entry[1] == before[: -len(before.lstrip())] and len(entry[1]) < depth:
        hint = f'Begin this line and the other fields of "{entry[2]}" two spaces farther right than its name.'
        return mark.line, len(entry[1]) + 1, f'"{entry[2]}" on line {mark.line - 1} has no fields.', hint
    if "mapping values" in reason and before.strip() and ":" not in before and before.startswith(line[:depth]):
        hint = (
            "Write its name, a colon, a space, and the text; or put a text of several lines between double quotes."
        )
        return mark.line, depth + 1, "This line has no colon, so it is no field.", hint
    left = [number for number, line in enumerate(lines, 1) if line.strip() and not line.startswith(" " * depth)]
    if is_block and depth == mark.column and left and before.startswith(" " * (depth + 1)):
        hint = f"Line {left[-1]} begins farther left, line {mark.line} farther right: move the line that is wrong."
        return mark.line + 1, depth + 1, "No field or entry that can go with this one begins in its column.", hint
    return None


def _split_lines(text: str) -> list[str]:
    return re.split("[\r\n]", text)


def _explain(error: yaml.MarkedYAMLError, text: str, line: int) -> tuple[str, str]:
    """Explain a YAML error in an editor's words: message and hint."""
    lines = text.splitlines()
    content = lines[line - 1] if line <= len(lines) else ""
    if "\t" in content[: len(content) - len(content.lstrip())]:
        return "The line begins with a tab.", "Use two spaces for each step inward, never a tab."
    if strange := re.search("[\u00a0\u3000\uff1a]", content):
        name = "colon" if strange.group() == "\uff1a" else "space"
        message = f"A {name} in this line is not the one on your keyboard (U+{ord(strange.group()):04X})."
        return message, "Delete it and type it again; it often comes with text copied from elsewhere."
    reason, mark = str(error.problem), error.problem_mark
    if "mapping values are not allowed" in reason and mark and re.fullmatch(" +[a-z_]+", content[: mark.column]):
        message = "This field begins farther to the right than the line above it allows."
        hint = "Begin it in the same column as the line above, or put that line's text between double quotes."
        return message, hint
    if "mapping values are not allowed" in reason:
        hint = f"{_IN_QUOTES}{CURLY_HINT if is_curly(content) else ''}"
        return "A colon followed by a space begins a new field, and none can begin here.", hint
    if "could not find expected ':'" in reason or "block mapping" in str(error.context):
        hint = "Look for a missing colon, a missing quote, or a line that begins too far left or right."
        return "A field is written as name, colon, space, text; this line does not fit there.", hint
    if "escape character" in reason or "hexdecimal" in reason or "hexadecimal" in reason:
        return "Between double quotes, \\ has a special meaning.", "Write \\\\ or use single quotes."
    if "quoted scalar" in str(error.context) or "unexpected end of stream" in reason:
        return "A quotation mark opens a text that never ends.", 'Close it with a second ".'
    if "block sequence" in reason:
        return "A text that begins with a hyphen and a space needs double quotes.", _IN_QUOTES
    if "flow" in str(error.context):
        return "A bracket opens a list that never ends, or a comma is missing in it.", "Close it with ] or }."
    if "cannot start any token" in reason:
        return "A text cannot begin with this character.", "Put the whole text between double quotes."
    return f"This is not YAML: {reason}.", "Compare the lines above it with a file that works."


class _Composer:
    """Builds the value of a document from the parser's events, and records the place of each part."""

    def __init__(self, text: str, path: str) -> None:
        self._events = yaml.parse(text, Loader=_LOADER)
        self._path = path
        self._lines = [*_split_lines(text), ""]
        self.places: dict[Steps, Position] = {}
        self.problems: list[Problem] = []

    def compose(self) -> Value:
        """Build the value of the only document in the file."""
        next(self._events)  # the start of the stream
        if isinstance(next(self._events), yaml.StreamEndEvent):
            raise UnreadableError(1, 1, "The file is empty.", "Copy the annotated example and fill it in.")
        value = self._value(next(self._events), ())
        next(self._events)  # the end of the document
        if not isinstance(event := next(self._events), yaml.StreamEndEvent):
            line, _ = _position_of(event)
            hint = "Delete the line --- or split the file."
            raise UnreadableError(line, 1, "A file can hold only one document.", hint)
        return value

    def _value(self, event: Any, steps: Steps) -> Value:
        place = _position_of(event)
        self.places.setdefault(steps, place)
        if len(steps) > MAX_DEPTH:
            message = f"Fields are nested more than {MAX_DEPTH} deep here."
            raise UnreadableError(*place, message, "Facts never need that.")
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            message = "Shortcuts with & and * are not used here: every fact is written out."
            hint = "Write the text itself; if it begins with & or *, put it between double quotes."
            raise UnreadableError(*place, message, hint)
        if event.tag and event.tag != "!":
            raise UnreadableError(*place, f'Types such as "{event.tag}" are not used here.', "Delete it.")
        if isinstance(event, yaml.ScalarEvent):
            if event.style == '"' and (hidden := _HIDDEN.search(event.value)):  # written as \u202e
                raise _make_invisible_error(hidden, *place)
            self._find_comment(event)
            return None if not event.style and event.value in ("", "~", "null") else str(event.value)
        return self._sequence(steps) if isinstance(event, yaml.SequenceStartEvent) else self._mapping(steps)

    def _find_comment(self, event: Any) -> None:
        """Report a text without quotes that is followed by a comment: probably the rest of the text."""
        end = event.end_mark
        comment = re.match("[ \t]+(#.*)", self._lines[end.line][end.column :]) if event.value else None
        if comment and not event.style and (" " in event.value or comment[1][1:2].strip()):  # not: a word # a note
            place = Place(self._path, end.line + 1, end.column + comment.start(1) + 1)
            hint = f"{_IN_QUOTES} A comment has a line of its own."
            self.problems.append(Problem(place, _CUT_OFF.format(comment[1]), hint))

    def _sequence(self, steps: Steps) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            items.append(self._value(event, (*steps, len(items))))
        return items

    def _mapping(self, steps: Steps) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        is_entry_inside = False  # an entry begins too far right: its fields then repeat those of the one above it
        while not isinstance(key := next(self._events), yaml.MappingEndEvent):
            place = _position_of(key)
            if not isinstance(key, yaml.ScalarEvent):
                raise UnreadableError(*place, "A field's name must be a word.", "Write name: text.")
            name = intern(str(key.value))
            first = self.places.setdefault((*steps, name), place)
            value = self._value(next(self._events), (*steps, name))
            if name not in fields:
                fields[name] = value
            elif not is_entry_inside:
                message = f'"{name}" is written twice; the first time on line {first[0]}.'
                hint = "If these are two facts, give the new one its own key. If not, combine the two."
                last = next(reversed(fields))
                if is_entry_inside := fields[last] is None:
                    line = self.places[*steps, last][0]
                    hint = f'If "{last}" (line {line}) is an entry, begin it two spaces farther left.'
                self.problems.append(Problem(Place(self._path, *place), message, hint))
        return fields


def _position_of(event: Any) -> Position:
    return event.start_mark.line + 1, event.start_mark.column + 1
