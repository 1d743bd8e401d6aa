"""Findings in a built site as problems: one for each cause, at the line of the file that made it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from selectolax.lexbor import LexborNode

from build_tools.records.problems import Place, Problem

_CODE = Path(__file__).parents[1]
_MARKUP = re.compile(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}|\{:.*?\}|<[^>]*>|\]\([^)]*\)|[*`\[\]]", re.DOTALL)
_WHOLE = r"(?!(?<=\w)\w)"
"""A place that is not inside a word."""
_MOST = 4


@dataclass(frozen=True)
class Finding:
    """A fault of one page.

    Findings with the same `cause` are gone once the same line is corrected. That line holds one of the `traces`,
    the first of them rather than the second; if a single record is at fault, it is the line of that `record`.
    """

    cause: tuple[str, ...]
    page: str
    message: str
    traces: tuple[str, ...] = ()
    record: Place | None = None
    hint: str = ""


@dataclass(frozen=True)
class _Source:
    """A file that pages are made from: its path as problems name it, its text, and its words alone."""

    shown: str
    text: str

    @cached_property
    def words(self) -> str:
        """The text with a blank for each letter that is no word of a page."""
        return _MARKUP.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), self.text)

    def find(self, trace: str) -> Iterator[Place]:
        """Where the trace stands, with any white space and markup between its words."""
        words = r"\s+".join(map(re.escape, trace.split()))
        pattern = re.compile(rf"{_WHOLE}{words}{_WHOLE}", re.IGNORECASE)
        for offset in sorted({f.start() for text in (self.text, self.words) for f in pattern.finditer(text)}):
            before = self.text[:offset]
            yield Place(self.shown, before.count("\n") + 1, offset - before.rfind("\n"))


class Origins:
    """What pages are made from: hand-written pages, templates, style sheets, scripts; if nothing else, modules.

    `kinds` names the template of each page that has one.
    """

    def __init__(self, content: Path, kinds: Mapping[str, str]) -> None:
        files = [*content.glob("*.md"), *content.glob("templates/**/*.*"), *content.glob("assets/*.*")]
        self._kinds = kinds
        self._sources = {
            path: _Source(f"{content.name}/{path}", file.read_bytes().decode("utf-8", "replace"))
            for path, file in sorted((file.relative_to(content).as_posix(), file) for file in files)
            if file.suffix in (".md", ".html", ".css", ".js")
        }

    @cached_property
    def _modules(self) -> list[_Source]:
        files = sorted(_CODE.rglob("*.py"))
        return [_Source(f"{_CODE.name}/{file.relative_to(_CODE)}", file.read_text("utf-8")) for file in files]

    def own(self, page: str) -> str:
        """The file in which a page, a style sheet or a script is written, or its template."""
        name = page.removesuffix(".html").rpartition("/")[2]
        template = f"templates/pages/{self._kinds.get(page, name)}.md"
        return next(
            (path for path in (f"{name}.md", template, f"assets/{name}") if path in self._sources),
            "templates/theme/main.html",
        )

    def find(self, pages: Iterable[str], *traces: str) -> list[Place]:
        """Where the first trace that is found anywhere stands, in what these pages are made from."""
        own = {self.own(page) for page in pages}
        sources = [
            source
            for path, source in self._sources.items()
            if path in own or path.startswith(("templates/parts/", "templates/theme/"))
        ]
        if len(own) > 1:  # what several kinds of pages share is not in the template of one
            sources.sort(key=lambda source: "templates/parts/" not in source.shown)
        for trace in traces:
            for group in (sources, self._modules):
                if found := [place for source in group for place in source.find(trace)]:
                    return found
        return [Place(self._sources[path].shown) for path in sorted(own) if path in self._sources]

    def report(self, findings: Iterable[Finding]) -> Iterator[Problem]:
        """One problem for each cause."""
        causes: dict[tuple[str, ...], list[Finding]] = defaultdict(list)
        for finding in findings:
            causes[finding.cause].append(finding)
        for found in causes.values():
            first, pages = found[0], list(dict.fromkeys(finding.page for finding in found))
            made = self.find(pages, *first.traces)
            records = list(dict.fromkeys(finding.record for finding in found if finding.record))
            place, *others = [*records, *made] if len(records) == 1 else [*made, *records] or [Place(pages[0])]
            lines = list(dict.fromkeys(f"{other.path}:{other.line}" for other in others))
            also = f"See also {', '.join(lines[:_MOST])}{_more(len(lines) - _MOST)}." if lines else ""
            message = f"{first.message} ({pages[0]}{_more(len(pages) - 1, ' page')})"
            yield Problem(place, message, f"{first.hint} {also}".strip())


def _more(number: int, of: str = "") -> str:
    plural = "s" if of and number > 1 else ""
    return f" and {number} more{of}{plural}" if number > 0 else ""


def list_traces(node: LexborNode) -> tuple[str, ...]:
    """What a template may hold of an element's first tag, the longest part first: the rest is worked out."""
    tag = (node.html or "").partition(">")[0]
    ends = [found.end() for found in re.finditer(r'="| (?=[^=]*")|$', tag)]
    return tuple(tag[:end].rstrip() for end in reversed(ends) if re.search(r' (?!href)[\w-]+="', tag[:end]))
