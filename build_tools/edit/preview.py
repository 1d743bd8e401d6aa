"""What only a preview shows: half-written pages, notes about what is missing or stale, the report as a page."""

from __future__ import annotations

import html
import logging
import re
import shutil
import sys
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from build_tools.check.references import gaps_are_filled
from build_tools.edit.report import Report, missing
from build_tools.load.facts import Facts
from build_tools.records.problems import Problem
from build_tools.render.rendering import Page, Renderer

REPORT = "report.md"
"""The page with the report, among the pages of a preview."""

_HAS_A_PAGE = re.compile(r"/(procedures|comparisons)/")
"""Files whose problems stand on a page of their own; a note names the others first."""

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


def with_problems(page: str, problems: Sequence[Problem]) -> str:
    """A built page with a note about what keeps the site from being published."""
    told = "What they are about is missing here, or as it was before. Nothing is published until they are fixed."
    elsewhere = sorted(problems, key=lambda problem: bool(_HAS_A_PAGE.search(problem.place.path)))
    return _with_note(page, "Not ready to publish", told, list(map(str, elsewhere)))


def stale_if_failed(build: Callable[[], None], site: Path) -> Callable[[], None]:
    """A build that never fails: instead, `site` holds the last good pages, and each says so and why.

    The site must have been built once. MkDocs alone would let every browser wait until a build succeeds.
    """
    kept = TemporaryDirectory()  # lives as long as the function below
    is_good = True

    def rebuild() -> None:
        nonlocal is_good
        good = Path(kept.name) / "site"
        if is_good:
            shutil.rmtree(good, ignore_errors=True)
            site.rename(good)
        log, why = logging.getLogger("mkdocs"), _Messages()
        log.addHandler(why)
        try:
            build()
            is_good = True
        except (Exception, SystemExit) as error:
            is_good = False
            if not isinstance(error, SystemExit):
                traceback.print_exc()
            why.messages += [str(error), *getattr(error, "__notes__", ())]
            print(*why.messages, sep="\n", file=sys.stderr)
            shutil.rmtree(site, ignore_errors=True)
            shutil.copytree(good, site)
            for page in site.rglob("*.html"):
                told = "They show the last state that could be built. The last change could not, because:"
                text = _with_note(page.read_text("utf-8"), "These pages are out of date", told, why.messages)
                page.write_text(text, "utf-8")
        finally:
            log.removeHandler(why)

    return rebuild


class _Messages(logging.Handler):
    """Keeps what is logged as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(record.getMessage())


def _with_note(page: str, title: str, told: str, reasons: Sequence[str], most: int = 5) -> str:
    listed = [html.escape(reason) for reason in reasons[:most]]
    if len(reasons) > most:
        listed.append(f"And {len(reasons) - most} more. Type <code>make check</code> to see them all.")
    items = "".join(f"<li>{reason}</li>" for reason in listed)
    note = (
        f'<aside class="notice" aria-label="For editors"><p class="box-title">{title}</p>'
        f"<p>{told}</p><ul>{items}</ul></aside>"
    )
    return page.replace("<article>", f"<article>\n{note}", 1)
