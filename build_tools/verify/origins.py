"""Report findings in a built site as problems: one for each cause, at the source line that caused it."""

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
_NOT_IN_WORD = r"(?!(?<=\w)\w)"
"""A position that is not inside a word."""
_MAX_PLACES = 4


@dataclass(frozen=True)
class Finding:
    """A fault of one page.

    Correcting one line fixes all findings with the same `cause`. That line contains the first of the `traces` that
    is found anywhere; or it is that of the `record`, if all findings name the same.
    """

    cause: tuple[str, ...]
    page: str
    message: str
    traces: tuple[str, ...] = ()
    record: Place | None = None
    hint: str = ""


@dataclass(frozen=True)
class _Source:
    """A source file of pages, with its path as problems name it."""

    shown: str
    text: str

    @cached_property
    def words(self) -> str:
        """The text with each character of markup replaced by a blank."""
        return _MARKUP.sub(lambda match: re.sub(r"[^\n]", " ", match.group()), self.text)

    def find(self, trace: str) -> Iterator[Place]:
        """Where the trace is, with any white space and markup between its words."""
        words = r"\s+".join(map(re.escape, trace.split()))
        pattern = re.compile(rf"{_NOT_IN_WORD}{words}{_NOT_IN_WORD}", re.IGNORECASE)
        for offset in sorted(
            {match.start() for text in (self.text, self.words) for match in pattern.finditer(text)}
        ):
            before = self.text[:offset]
            yield Place(self.shown, before.count("\n") + 1, offset - before.rfind("\n"))


class Origins:
    """The source files of pages: hand-written pages, templates, styles, scripts, and modules as a last resort.

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

    def own_file(self, page: str) -> str:
        """The hand-written source or the template of a page, a style sheet or a script."""
        name = page.removesuffix(".html").rpartition("/")[2]
        template = f"templates/pages/{self._kinds.get(page, name)}.md"
        return next(
            (path for path in (f"{name}.md", template, f"assets/{name}") if path in self._sources),
            "templates/theme/main.html",
        )

    def find(self, pages: Iterable[str], *traces: str) -> list[Place]:
        """The places of the first trace that is in the source files of these pages; else those files."""
        own_files = {self.own_file(page) for page in pages}
        sources = [
            source
            for path, source in self._sources.items()
            if path in own_files or path.startswith(("templates/parts/", "templates/theme/"))
        ]
        if len(own_files) > 1:  # what several kinds of pages share is not in the template of one
            sources.sort(key=lambda source: "templates/parts/" not in source.shown)
        for trace in traces:
            for group in (sources, self._modules):
                if places := [place for source in group for place in source.find(trace)]:
                    return places
        return [Place(self._sources[path].shown) for path in sorted(own_files) if path in self._sources]

    def report(self, findings: Iterable[Finding]) -> Iterator[Problem]:
        """One problem for each cause."""
        by_cause: dict[tuple[str, ...], list[Finding]] = defaultdict(list)
        for finding in findings:
            by_cause[finding.cause].append(finding)
        for group in by_cause.values():
            first, pages = group[0], list(dict.fromkeys(finding.page for finding in group))
            sources = self.find(pages, *first.traces)
            records = list(dict.fromkeys(finding.record for finding in group if finding.record))
            place, *others = (
                [*records, *sources] if len(records) == 1 else [*sources, *records] or [Place(pages[0])]
            )
            lines = list(dict.fromkeys(f"{other.path}:{other.line}" for other in others))
            also = f"See also {', '.join(lines[:_MAX_PLACES])}{_more(len(lines) - _MAX_PLACES)}." if lines else ""
            message = f"{first.message} ({pages[0]}{_more(len(pages) - 1, ' page')})"
            yield Problem(place, message, f"{first.hint} {also}".strip())


def _more(number: int, noun: str = "") -> str:
    plural = "s" if noun and number > 1 else ""
    return f" and {number} more{noun}{plural}" if number > 0 else ""


def list_traces(node: LexborNode) -> tuple[str, ...]:
    """Beginnings of an element's start tag that a template could contain literally, the longest first."""
    tag = (node.html or "").partition(">")[0]
    ends = [match.end() for match in re.finditer(r'="| (?=[^=]*")|$', tag)]
    return tuple(tag[:end].rstrip() for end in reversed(ends) if re.search(r' (?!href)[\w-]+="', tag[:end]))
