"""What only a preview shows: half-written pages, a banner with what a page still lacks, the report as a page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import partial

from build_tools.checks import gaps_are_filled
from build_tools.facts import Facts
from build_tools.problems import Problem
from build_tools.rendering import Page, Renderer
from build_tools.report import Report, missing

REPORT = "report.md"
"""The page with the report, among the pages of a preview."""

_FRONT_MATTER = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)


def half_written(facts: Facts, problems: Iterable[Problem]) -> set[Problem]:
    """The gaps that need not keep a page from being shown: those in files that could be read all the same."""
    readable = {
        facts.documents[f"{folder}/{id}"].path
        for folder in ("procedures", "comparisons")
        for id in getattr(facts, folder)
    }
    gaps = set(gaps_are_filled(facts, date.max))
    return {problem for problem in problems if problem in gaps and problem.place.path in readable}


def with_notes(pages: list[Page], every: Report, problems: Iterable[Problem], renderer: Renderer) -> list[Page]:
    """The pages with a banner on each procedure and comparison, and the page with the report."""
    items = {item.page: item for item in (*every.procedures, *every.comparisons)}
    notices = [problem for problem in problems if problem.level == "notice"]

    def noted(page: Page) -> str:
        item = items[page.path]
        banner = renderer.fill(
            "parts/preview.html",
            renderer.context(page.path),
            item=item,
            listed=[*item.gaps, *(notice for notice in notices if notice.place.path == page.edited_in)],
            missing=missing(item, every.on),
            report=REPORT,
        )
        found = _FRONT_MATTER.match(page.text)
        end = found.end() if found else 0
        return f"{page.text[:end]}\n{banner}\n{page.text[end:]}"

    return [
        *(replace(page, write=partial(noted, page)) if page.path in items else page for page in pages),
        renderer.page("report.md", Page(REPORT, "Report for editors"), every=every, made={p.path for p in pages}),
    ]
