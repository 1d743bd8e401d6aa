"""Every text that an editor writes, one passage after another: the texts in data/ and the pages in content/.

A passage knows where each of its words stands, so that a problem names the line and the column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import Any

from build_tools.load.facts import Facts
from build_tools.load.placeholders import is_placeholder
from build_tools.load.yaml_reader import Steps, read_text
from build_tools.records.base import NOT_READ
from build_tools.records.problems import Place, Problem

# Fields that hold ids, dates, sounds, numbers or quotations, not prose of ours.
_NOT_PROSE = frozenset(
    "access added also_called ambulance amount anesthesia answer average avoid before after broader by "
    "certainty checked claim codes condition conditions contested count country crisis crisis_lines dark doi "
    "effect everyday facts facts_checked field form forms from hard_to_say high imaging key kind lead least "
    "level light logo low method n next_check no_sign only options out_of part_of percent phone pmid procedure "
    "published_in qualifier quantity read_by reason report_to reporting role say_it searched serious shared "
    "shown_for signs situations source sources spelling structure synonyms title to url verdict website weight "
    "year".split()
)
_NOT_OURS = frozenset(("wording", "reviews", "changes", "redirects", "searches"))
"""Files with words to avoid, words of others, words of the past."""
_OF_A_FIGURE = frozenset(("counted", "who", "when", "how", "note", "units", "measure", "group"))

# Hand-written pages: what ends a paragraph, and what is no word inside one.
_BREAKS = re.compile(
    r"\A---\n|^---\n|^(?:title|description|kind):|\{\{.*?\}\}|\{%.*?%\}|<!--.*?-->|<(script|style)\b.*?</\1>"
    r"|</?(?:p|li|ul|ol|div|br|dt|dd|dl|h[1-6]|t[hdr]|label|button|form)\b[^>]*>|^[ >]*(?:[-*+]|\d+\.) ",
    re.DOTALL | re.MULTILINE,
)
_MARKS = re.compile(
    r"<c(?:od|it)e\b.*?</c(?:od|it)e>|&#?\w+;|<[^>]+>|!?\[(?=[^\]\n]*\]\()|\]\([^)\n]*\)|`[^`]*`|https?://\S+|\{:.*?\}|\*\*|(?<!\w)[*_]|[*_](?!\w)"
)
_PARAGRAPH = re.compile(r"#+ [^\n\0]*|[^\s\0](?:[^\n\0]|\n(?!\s*(?:\n|\0|#|$)))*")

_ABBREVIATIONS = ("Dr", "Mr", "Mrs", "Ms", "Prof", "St", "vs", "approx")
_NO_END = "".join(rf"(?<!\b{word}\.)" for word in (*_ABBREVIATIONS, r"[A-Za-z]\.[A-Za-z]"))
_END = re.compile(rf"[.!?…]{_NO_END}[\"'”’)\]]*(?=\s+[^\sa-z])")
"""Where a sentence ends, if more follows: not after "e.g." or "Dr.", and not before a small letter."""


def split_sentences(text: str) -> list[tuple[int, str]]:
    """Each sentence of a text with its offset. The end of the text ends a sentence."""
    ends = [*(found.end() for found in _END.finditer(text)), len(text)]
    parts = [(start, text[start:end]) for start, end in zip([0, *ends], ends, strict=False)]
    return [(start + len(part) - len(part.lstrip()), part.strip()) for start, part in parts if part.strip()]


@dataclass
class Passage:
    """One text: of a field in a data file (`name` and `steps`), or a block of a hand-written page.

    What is not words in a page is blank. `offset` says where the text begins in the file (`raw`), if it is there
    letter by letter; `start`, where the field begins that holds it. A label is a heading or a title of a page.
    """

    path: str
    text: str
    start: Callable[[], Place]
    raw: str = field(default="", repr=False)
    offset: int | None = None
    name: str = ""  # "procedures/some-name"; "" for a hand-written page
    steps: Steps = ()
    is_label: bool = False

    @property
    def is_of_a_figure(self) -> bool:
        """Whether the text is a figure's context as its source prints it: who, when, how, what was counted."""
        return bool(self.name) and self.name != "signs" and self.steps[-1] in _OF_A_FIGURE

    @cached_property
    def sentences(self) -> list[tuple[int, str]]:
        """Each sentence with its offset in the text."""
        return split_sentences(self.text)

    def place(self, start: int, end: int) -> Place:
        """Where the words from `start` to `end` of the text stand in the file."""
        if self.offset is not None:
            return self._at(self.offset + start)
        words, begin = re.compile(r"\s+".join(map(re.escape, self.text[start:end].split()))), self.start()
        earlier = sum(found.start() < start for found in words.finditer(self.text))
        offset = sum(map(len, self.raw.splitlines(keepends=True)[: begin.line - 1])) + begin.column - 1
        found = next(islice(words.finditer(self.raw, offset), earlier, None), None)
        return self._at(found.start()) if found else begin

    def problem(self, found: tuple[int, int], message: str, hint: str, offset: int = 0) -> Problem:
        """A problem with the words between two places, which are counted from `offset`."""
        return Problem(self.place(offset + found[0], offset + found[1]), message, hint)

    def _at(self, offset: int) -> Place:
        return Place(self.path, self.raw.count("\n", 0, offset) + 1, offset - self.raw.rfind("\n", 0, offset))


def read_passages(facts: Facts, content: Path) -> list[Passage]:
    """Every passage of the data and of the hand-written pages."""
    return [*iter_data_passages(facts), *_of_pages(content)]


def iter_data_passages(facts: Facts) -> Iterator[Passage]:
    """Every passage of the data."""
    for name, document in facts.documents.items():
        if name == "changes" and isinstance(document.value, list) and document.value:
            newest = len(document.value) - 1  # older ones stay as they are
            texts = [item for item in _walk(document.value[newest], (newest,)) if item[0][-1] == "says"]
        elif name in _NOT_OURS or name.endswith("/seen") or not isinstance(document.value, dict):
            continue  # a file without fields is reported where it is read
        else:
            texts = [*_walk(document.value, ())]
        for steps, text in texts:
            if steps[0] != "short" or " " in text:  # else it is the id of a fact
                start = partial(document.place, *steps)
                yield Passage(document.path, text, start, document.text, None, name, steps)


def _walk(value: Any, steps: Steps) -> Iterator[tuple[Steps, str]]:
    if isinstance(value, str):
        if not is_placeholder(value) and value != NOT_READ:
            yield steps, value
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _walk(item, (*steps, position))
    elif isinstance(value, dict):
        for key, item in value.items():
            if key not in _NOT_PROSE or (isinstance(item, dict) and key != "only"):
                yield from _walk(item, (*steps, key))


def _of_pages(content: Path) -> Iterator[Passage]:
    """Every passage of the hand-written pages, and of the templates of pages and leaflets."""
    folders = (content / "templates" / folder for folder in ("pages", "parts", "leaflets"))
    for file in (
        *sorted(content.glob("*.md")),
        *(file for one in folders for file in sorted(one.glob("*.[mh]*"))),
    ):
        shown = f"{content.name}/{file.relative_to(content).as_posix()}"
        raw, _ = read_text(file, shown)  # a file that cannot be read is reported where its page is made
        yield from iter_page_passages(raw, shown)


def iter_page_passages(raw: str, path: str) -> Iterator[Passage]:
    """The headings and paragraphs of a hand-written page; each entry of a list is a paragraph."""
    text = _BREAKS.sub(lambda found: re.sub(r"[^\n]", "\0", found.group()), raw)
    text = _MARKS.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text)
    front_matter = raw.find("\n---\n") if raw.startswith("---\n") else 0
    for found in _PARAGRAPH.finditer(text):
        is_label = found.start() < front_matter or found.group().startswith("#")
        yield Passage(path, found.group(), partial(Place, path), raw, found.start(), is_label=is_label)
