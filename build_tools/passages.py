"""Every text that an editor writes, one passage after another: the texts in data/ and the pages in content/.

A passage knows where each of its words stands, so that a problem names the line and the column.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from build_tools.facts import Facts
from build_tools.problems import Place
from build_tools.reading import Steps, read_text

# Fields that hold ids, dates, sounds, numbers or quotations, not prose of ours.
_NOT_PROSE = frozenset(
    "sources source facts_checked next_check searched kind part_of codes structure method imaging role anesthesia "
    "access condition effect because level certainty average procedure options key field only facts verdict claim "
    "say_it also_called synonyms title by published_in doi pmid url read_by year reporting avoid everyday serious "
    "stumbles count out_of percent from to amount before after low high website report_to logo light dark "
    "spelling".split()
)
_NOT_OURS = frozenset(("wording", "reviews", "changes", "redirects"))
"""Files with words to avoid, words of others, words of the past."""
_OF_A_FIGURE = frozenset(("counted", "who", "when", "how", "note", "units", "measure"))
_NOT_WORDS = re.compile(
    r"<!--.*?-->|\A---\n|\{\{.*?\}\}|\{%.*?%\}|<[^>]+>|\]\([^)]*\)|`[^`]*`|https?://\S+|^\s*(?:title|kind):|\{:.*?\}",
    re.DOTALL | re.MULTILINE,
)
_NOT_A_BREAK = re.compile(r"[^\n]")
_BLOCK = re.compile(r"(?:^(?!\s*$).+\n?)+", re.MULTILINE)
_NEW_BLOCK = re.compile(r"^(?=\s*(?:[-*]|\d+\.)\s|#+ |description:)", re.MULTILINE)
_SENTENCE = re.compile(r"\S.*?(?:[.!?](?=[\s”\")]|$)[”\")]*|$)", re.DOTALL)


@dataclass(frozen=True)
class Passage:
    """One text: of a field in a data file (`name` and `steps`), or a block of a hand-written page."""

    path: str
    """The file as problems name it."""
    text: str
    """The text itself; what is not words in a page is blank."""
    start: Place
    """Where the text, or the field that holds it, begins."""
    raw: str = field(default="", repr=False)
    """The whole file."""
    offset: int | None = None
    """Where the text begins in the file, if it stands there letter by letter."""
    name: str = ""
    """The data file's name ("procedures/some-name"); "" for a hand-written page."""
    steps: Steps = ()
    """The path of keys that leads to the field."""

    @property
    def is_of_a_figure(self) -> bool:
        """Whether the text is a figure's context as its source prints it: who, when, how, what was counted."""
        return bool(self.name) and self.steps[-1] in _OF_A_FIGURE

    @cached_property
    def sentences(self) -> list[tuple[int, str]]:
        """Each sentence with its offset in the text."""
        return [(found.start(), found.group()) for found in _SENTENCE.finditer(self.text)]

    def place(self, start: int, end: int) -> Place:
        """Where the words from `start` to `end` of the text stand in the file."""
        if self.offset is not None:
            return self._at(self.offset + start)
        words = re.compile(r"\s+".join(map(re.escape, self.text[start:end].split())))
        earlier = sum(1 for found in words.finditer(self.text) if found.start() < start)
        begin = _offset(self.raw, self.start)
        for found in words.finditer(self.raw, begin):
            if not earlier:
                return self._at(found.start())
            earlier -= 1
        return self.start

    def _at(self, offset: int) -> Place:
        return Place(self.path, self.raw.count("\n", 0, offset) + 1, offset - self.raw.rfind("\n", 0, offset))


def _offset(raw: str, place: Place) -> int:
    lines = raw.splitlines(keepends=True)[: place.line - 1]
    return sum(map(len, lines)) + place.column - 1


def passages_of(facts: Facts, content: Path) -> list[Passage]:
    """Every passage of the data and of the hand-written pages."""
    return [*_of_data(facts), *_of_pages(content)]


def _of_data(facts: Facts) -> Iterator[Passage]:
    for name, document in facts.documents.items():
        if name in _NOT_OURS or name.endswith("/seen"):
            continue
        if isinstance(document.value, dict):  # a file without fields is reported where it is read
            for steps, text in _walk(document.value, ()):
                yield Passage(document.path, text, document.place(*steps), document.text, None, name, steps)


def _walk(value: Any, steps: Steps) -> Iterator[tuple[Steps, str]]:
    if isinstance(value, str):
        yield steps, value
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _walk(item, (*steps, position))
    elif isinstance(value, dict):
        for key, item in value.items():
            if key not in _NOT_PROSE or (isinstance(item, dict) and key != "only"):
                yield from _walk(item, (*steps, key))


def _of_pages(content: Path) -> Iterator[Passage]:
    for file in sorted(content.glob("*.md")):
        shown = f"{content.name}/{file.name}"
        raw, _ = read_text(file, shown)  # a file that cannot be read is reported where its page is made
        text = _NOT_WORDS.sub(lambda found: _NOT_A_BREAK.sub(" ", found.group()), raw)
        for block in _BLOCK.finditer(text):
            begins = [*(found.start() for found in _NEW_BLOCK.finditer(block.group())), len(block.group())]
            for first, last in zip([0, *begins], begins, strict=False):
                part = block.group()[first:last]
                if part.strip():
                    offset = block.start() + first
                    start = Place(shown, raw.count("\n", 0, offset) + 1)
                    yield Passage(shown, part, start, raw, offset)
