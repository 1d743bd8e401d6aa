"""The prose that editors write, as passages: the texts in data/ and the pages in content/.

A passage gives the line and column of each of its words, so that a problem can name them.
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

# Fields that hold ids, dates, sounds, numbers, or quotations instead of our own prose.
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
"""Files with words to avoid, other people's words, or words of the past."""
_FIGURE_CONTEXT = frozenset(("counted", "who", "when", "how", "note", "units", "measure", "group"))

# Hand-written pages: what ends a paragraph, and the markup inside one.
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
"""The end of a sentence before another one: not after "e.g." or "Dr.", and not before a small letter."""


def split_sentences(text: str) -> list[tuple[int, str]]:
    """Each sentence of a text with its offset; the last one needs no period."""
    ends = [*(match.end() for match in _END.finditer(text)), len(text)]
    parts = [(start, text[start:end]) for start, end in zip([0, *ends], ends, strict=False)]
    return [(start + len(part) - len(part.lstrip()), part.strip()) for start, part in parts if part.strip()]


@dataclass
class Passage:
    """A text: of a field in a data file (`name` and `steps`), or a block of a hand-written page.

    Markup in a page is blanked out. `offset` is where the text begins in the file (`raw`), if the file has it
    verbatim; `start` gives the beginning of its field. A label is a heading or a title of a page.
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
    def is_figure_context(self) -> bool:
        """Whether the text is a figure's context as its source prints it: who, when, how, what was counted."""
        return bool(self.name) and self.name != "signs" and self.steps[-1] in _FIGURE_CONTEXT

    @cached_property
    def sentences(self) -> list[tuple[int, str]]:
        """Each sentence with its offset in the text."""
        return split_sentences(self.text)

    def place(self, start: int, end: int) -> Place:
        """The place in the file of the words from `start` to `end` of the text."""
        if self.offset is not None:
            return self._at(self.offset + start)
        words, begin = re.compile(r"\s+".join(map(re.escape, self.text[start:end].split()))), self.start()
        earlier = sum(match.start() < start for match in words.finditer(self.text))
        offset = sum(map(len, self.raw.splitlines(keepends=True)[: begin.line - 1])) + begin.column - 1
        match = next(islice(words.finditer(self.raw, offset), earlier, None), None)
        return self._at(match.start()) if match else begin

    def problem(self, span: tuple[int, int], message: str, hint: str, offset: int = 0) -> Problem:
        """A problem with the words in a span, which is counted from `offset`."""
        return Problem(self.place(offset + span[0], offset + span[1]), message, hint)

    def _at(self, offset: int) -> Place:
        return Place(self.path, self.raw.count("\n", 0, offset) + 1, offset - self.raw.rfind("\n", 0, offset))


def read_passages(facts: Facts, content: Path) -> list[Passage]:
    """Every passage of the data, of the hand-written pages, and of the templates."""
    return [*_iter_data(facts), *_iter_content(content)]


def _iter_data(facts: Facts) -> Iterator[Passage]:
    for name, document in facts.documents.items():
        if name == "changes" and isinstance(document.value, list) and document.value:
            newest = len(document.value) - 1  # older ones are never edited
            texts = [item for item in _walk(document.value[newest], (newest,)) if item[0][-1] == "says"]
        elif name in _NOT_OURS or name.endswith("/seen") or not isinstance(document.value, dict):
            continue  # a file without fields is reported where it is read
        else:
            texts = [*_walk(document.value, ())]
        for steps, text in texts:
            if steps[0] != "short" or " " in text:  # a single word there is the id of a fact
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


def _iter_content(content: Path) -> Iterator[Passage]:
    templates = [f"templates/{folder}/*.[mh]*" for folder in ("pages", "parts", "leaflets")]
    for pattern in ("*.md", *templates):
        for file in sorted(content.glob(pattern)):
            shown = f"{content.name}/{file.relative_to(content).as_posix()}"
            raw, _ = read_text(file, shown)  # a file that cannot be read is reported where its page is made
            yield from iter_page_passages(raw, shown)


def iter_page_passages(raw: str, path: str) -> Iterator[Passage]:
    """The headings and paragraphs of a hand-written page; each item of a list is a paragraph."""
    text = _BREAKS.sub(lambda match: re.sub(r"[^\n]", "\0", match.group()), raw)
    text = _MARKS.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), text)
    front_matter = raw.find("\n---\n") if raw.startswith("---\n") else 0
    for match in _PARAGRAPH.finditer(text):
        is_label = match.start() < front_matter or match.group().startswith("#")
        yield Passage(path, match.group(), partial(Place, path), raw, match.start(), is_label=is_label)
