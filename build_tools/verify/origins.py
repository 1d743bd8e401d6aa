"""Findings in a built site as problems: one for each cause, at the line of the file that made it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from build_tools.records.problems import Place, Problem
from build_tools.records.sections import DETAILS

_CODE = Path(__file__).parents[1]
_MARKUP = re.compile(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}|\{:.*?\}|<[^>]*>|\]\([^)]*\)|[*`\[\]]", re.DOTALL)
_WHOLE = r"(?!(?<=\w)\w)"
"""A place that is not inside a word."""
_TEMPLATES = {
    **{detail.name: "detail" for detail in DETAILS},
    "procedures": "short",
    "for-the-person-with-you": "companion",
    "comparisons": "comparison",
    "take-along": "take-along",
    "worksheets": "worksheet",
}
"""The template of the pages in a folder, or of pages with that name, where it has another name."""
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
    hint: str = ""
    traces: tuple[str, ...] = ()
    record: Place | None = None


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
    """What pages are made from: hand-written pages, templates, style sheets, scripts; if nothing else, modules."""

    def __init__(self, content: Path) -> None:
        files = [*sorted(content.glob("*.md")), *sorted((content / "templates").rglob("*.*"))]
        files += sorted((content / "assets").glob("*.*"))
        self._sources = {
            file.relative_to(content).as_posix(): _Source(
                f"{content.name}/{file.relative_to(content).as_posix()}",
                file.read_bytes().decode("utf-8", "replace"),
            )
            for file in files
            if file.suffix in (".md", ".html", ".css", ".js")
        }
        self._modules = [
            _Source(f"{_CODE.name}/{file.relative_to(_CODE)}", file.read_text("utf-8"))
            for file in sorted(_CODE.rglob("*.py"))
        ]

    def own(self, page: str) -> str:
        """The file in which a page, a style sheet or a script is written, or its template."""
        folder, _, name = page.removesuffix(".html").rpartition("/")
        own = (
            f"{name}.md",
            f"templates/pages/{_TEMPLATES.get(folder) or _TEMPLATES.get(name, name)}.md",
            f"assets/{name}",
        )
        return next((path for path in own if path in self._sources), "templates/theme/main.html")

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
            hint = " ".join([first.hint, *_also(others)]).strip()
            yield Problem(place, f"{first.message} ({_counted(pages)})", hint)


def _counted(pages: Collection[str]) -> str:
    first, more = next(iter(pages)), len(pages) - 1
    return first + (f" and {more} more page{'s' if more > 1 else ''}" if more else "")


def _also(places: list[Place]) -> Iterator[str]:
    lines = list(dict.fromkeys(f"{place.path}:{place.line}" for place in places))
    if lines:
        more = f" and {len(lines) - _MOST} more" if len(lines) > _MOST else ""
        yield f"See also {', '.join(lines[:_MOST])}{more}."


def traces_of(html: str) -> tuple[str, ...]:
    """What a template may hold of an element's first tag, the longest part first: the rest is worked out."""
    tag = html[: html.find(">")]
    ends = [found.end() for found in re.finditer(r'="| (?=[^=]*")|$', tag)]
    return tuple(tag[:end].rstrip() for end in reversed(ends) if re.search(r' (?!href)[\w-]+="', tag[:end]))
