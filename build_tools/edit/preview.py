"""The live preview: half-written pages, notes about what is missing or stale, and the report as a page."""

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
from functools import cache, partial
from logging.handlers import BufferingHandler
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock, Thread

from build_tools.check.references import placeholders_are_filled
from build_tools.edit.report import Report, build_report, list_missing
from build_tools.load.facts import Facts
from build_tools.records.problems import Problem
from build_tools.render.rendering import Page, Renderer, Site
from build_tools.render.templates import find_fault

_FRONT_MATTER = re.compile(r"(---\n.*?\n---\n)?", re.DOTALL)


def find_half_written(facts: Facts, problems: Iterable[Problem]) -> set[Problem]:
    """The gaps in files that could be read in spite of them, so that a preview can show their pages."""
    names = [*(f"procedures/{id}" for id in facts.procedures), *(f"comparisons/{id}" for id in facts.comparisons)]
    readable = {facts.documents[name].path for name in names}
    gaps = {gap for gap in placeholders_are_filled(facts, date.max) if gap.place.path in readable}
    return gaps.intersection(problems)


def find_unchanged(earlier: Site, facts: Facts) -> list[Problem]:
    """The problems that an earlier site had in files that have not changed."""
    old, new = ({file.path: file.text for file in each.documents.values()} for each in (earlier.facts, facts))
    return [problem for problem in earlier.problems if old.get(problem.place.path) == new.get(problem.place.path)]


def add_notes(
    pages: list[Page], facts: Facts, problems: Sequence[Problem], renderer: Renderer, today: date
) -> list[Page]:
    """The pages with a banner on each procedure and comparison, and the page with the report."""
    banners = {f"{name}.md" for name in facts.documents if name.startswith(("procedures/", "comparisons/"))}
    notices = [problem for problem in problems if problem.level == "notice"]

    @cache
    def report() -> Report:
        return build_report(facts, problems, len(pages), today)

    def write_with_banner(page: Page) -> str:
        item = next(item for item in (*report().procedures, *report().comparisons) if item.page == page.path)
        banner = renderer.fill(
            "parts/preview.html",
            renderer.context(page.path),
            item=item,
            listed=[*item.gaps, *(notice for notice in notices if notice.place.path == page.edited_in)],
            missing=list_missing(item, report().on),
        )
        return _FRONT_MATTER.sub(lambda head: f"{head[0]}\n{banner}\n", page.text, count=1)

    shown = [
        replace(page, write=partial(write_with_banner, page)) if page.path in banners else page for page in pages
    ]
    listing = Page("report.md", "Report for editors")
    return [*shown, renderer.page("report.md", listing, report=report, made={page.path for page in pages})]


def add_problems(page: str, problems: Sequence[Problem]) -> str:
    """A built page with a note that lists the problems, those that affect all pages first."""
    text = "Parts of the pages are missing, or as they were before. Nothing is published until this is fixed:"
    affects_one_page = re.compile("/(procedures|comparisons)/")
    listed = sorted(problems, key=lambda problem: bool(affects_one_page.search(problem.place.path)))
    return _add_note(page, "Not ready to publish", text, list(map(str, listed)))


class Preview:
    """The site that `mkdocs serve` shows: each page is built when a browser requests it, so a save shows at once.

    Checks run in the background after each save, and if they change the result, the preview is built again. A
    failed build does not make browsers wait, as in MkDocs: the last good pages stay, with a note about the error.
    """

    def __init__(self) -> None:
        sys.setswitchinterval(0.0005)  # seconds; a request gets its turn while checks run
        self._checked: Site | None = None  # the last site with all checks done
        self._folder = TemporaryDirectory()
        self._good = Path(self._folder.name) / "good"
        self.signals = Path(self._folder.name) / "signals"
        """A folder to watch: a change in it means that the site must be built again."""
        self.signals.mkdir()
        self._building, self._checking = Lock(), Lock()
        self._recent_pages: list[str] = []
        self._build_errors: list[str] = []

    def load(self, prepare: Callable[[Site | None], Site]) -> Site:
        """The current site, with all checks only at the start or if it cannot be prepared without them."""
        try:
            return prepare(self._checked)
        except Exception:
            if not self._checked:
                raise
            self._checked = prepare(None)
            return self._checked

    def show(self, site: Site, prepare: Callable[[], Site], write: Callable[[str], None]) -> None:
        """Show this site. `prepare` does all checks; `write` builds the page or file of a given name."""
        self._shown, self._prepare, self._write = site, prepare, write
        self._checked = self._checked or site

    def rebuild(self, build: Callable[[], None], folder: Path) -> None:
        """Build the site in `folder` again, and the pages requested last; on failure, restore the last one."""
        log, errors = logging.getLogger("mkdocs"), BufferingHandler(capacity=1000)
        errors.setLevel(logging.ERROR)
        with self._building:
            if not self._build_errors:
                shutil.rmtree(self._good, ignore_errors=True)
                folder.rename(self._good)
            log.addHandler(errors)
            try:
                build()
                self._build_errors = []
                for name in self._recent_pages:
                    self._build_page(name, folder)
                Thread(target=self._check, args=[self._shown], daemon=True).start()
            except (Exception, SystemExit) as error:
                if not isinstance(error, SystemExit):
                    traceback.print_exc()
                messages = [record.getMessage() for record in errors.buffer]
                self._build_errors = [*messages, str(error), *getattr(error, "__notes__", ())]
                print(*self._build_errors, sep="\n", file=sys.stderr)
                shutil.rmtree(folder, ignore_errors=True)
                shutil.copytree(self._good, folder)
                for page in folder.rglob("*.html"):
                    _mark_outdated(page, self._build_errors)
            finally:
                log.removeHandler(errors)

    def _check(self, shown: Site) -> None:
        with self._checking:  # one at a time, and only the newest site
            checked = self._prepare() if shown is self._shown else shown
        if shown is self._shown and (checked.problems, checked.readings) != (shown.problems, shown.readings):
            self._checked = checked
            (self.signals / "checked").touch()

    def build_missing(self, name: str, folder: Path) -> None:
        """Build the page or file of this name in `folder` unless it exists."""
        with self._building:
            self._recent_pages = [name, *(other for other in self._recent_pages if other != name)][:5]
            if not (folder / name).exists():
                self._build_page(name, folder)

    def _build_page(self, name: str, folder: Path) -> None:
        page, errors = folder / name, self._build_errors
        try:
            self._write(name)
        except Exception as error:
            problem = find_fault(error, self._shown.content)
            if not problem and self._shown is self._checked:
                traceback.print_exc()
            errors = [str(problem or "This page could not be built. The checks are looking for the cause.")]
            page.parent.mkdir(parents=True, exist_ok=True)
            earlier = self._good / name
            page.write_text(earlier.read_text("utf-8") if earlier.is_file() else "<article>", "utf-8")
        if errors and page.suffix == ".html" and page.is_file():
            _mark_outdated(page, errors)


def _mark_outdated(page: Path, errors: Sequence[str]) -> None:
    """Add a note to a built page: it does not show the last save."""
    text = "They show the last state that could be built. The last change could not, because:"
    page.write_text(_add_note(page.read_text("utf-8"), "These pages are out of date", text, errors), "utf-8")


_NOTE = re.compile(r'<article>\n<aside class="notice" aria-label="For editors"><p .*?</aside>', re.DOTALL)


def _add_note(page: str, title: str, text: str, reasons: Sequence[str]) -> str:
    """The page with a note in place of an earlier one."""
    items = "".join(f"<li>{html.escape(reason)}</li>" for reason in reasons[:5])
    if len(reasons) > 5:
        items += f"<li>And {len(reasons) - 5} more. Type <code>make check</code> to see them all.</li>"
    box = '<aside class="notice" aria-label="For editors"><p class="box-title">'
    note = f"{box}{title}</p><p>{text}</p><ul>{items}</ul></aside>"
    return _NOTE.sub("<article>", page, count=1).replace("<article>", f"<article>\n{note}", 1)
