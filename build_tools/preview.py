"""What only a preview shows: half-written pages, a banner with what a page still lacks, the report as a page."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

from build_tools.checks import gaps_are_filled
from build_tools.facts import Facts
from build_tools.pages import Page
from build_tools.problems import Problem
from build_tools.report import missing, report
from build_tools.templates import PageContext, environment

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


def with_notes(
    pages: list[Page], facts: Facts, problems: Iterable[Problem], content: Path, today: date
) -> list[Page]:
    """The pages with a banner on each procedure and comparison, and the page with the report."""
    every = report(facts, problems, len(pages), today)
    jinja = environment(content / "templates", facts, today)
    items = {item.page: item for item in (*every.procedures, *every.comparisons)}
    notices = [problem for problem in problems if problem.level == "notice"]

    def noted(page: Page) -> str:
        item = items[page.path]
        listed = [*item.gaps, *(notice for notice in notices if notice.place.path == page.edited_in)]
        banner = jinja.get_template("parts/preview.html").render(
            page=PageContext(page.path, facts),
            item=item,
            listed=listed,
            missing=missing(item, today),
            report=REPORT,
        )
        found = _FRONT_MATTER.match(page.text)
        end = found.end() if found else 0
        return f"{page.text[:end]}\n{banner}\n{page.text[end:]}"

    template = jinja.get_template("pages/report.md")
    values = {"page": PageContext(REPORT, facts), "every": every, "made": {page.path for page in pages}}
    shown = Page(
        REPORT,
        "Report for editors",
        f"{content.name}/templates/pages/report.md",
        write=partial(template.render, values),
    )
    return [
        *(replace(page, write=partial(noted, page)) if page.path in items else page for page in pages),
        shown,
    ]
