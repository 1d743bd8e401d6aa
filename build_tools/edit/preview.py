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
    """The gaps that need not keep a page from being shown: those in files that could be read all the same."""
    names = [*(f"procedures/{id}" for id in facts.procedures), *(f"comparisons/{id}" for id in facts.comparisons)]
    readable = {facts.documents[name].path for name in names}
    gaps = {gap for gap in placeholders_are_filled(facts, date.max) if gap.place.path in readable}
    return gaps.intersection(problems)


def find_unchanged(earlier: Site, facts: Facts) -> list[Problem]:
    """The problems that an earlier site had in files that are as they were."""
    was, is_now = ({d.path: d.text for d in one.documents.values()} for one in (earlier.facts, facts))
    return [
        problem for problem in earlier.problems if was.get(problem.place.path) == is_now.get(problem.place.path)
    ]


def add_notes(
    pages: list[Page], facts: Facts, problems: Sequence[Problem], renderer: Renderer, today: date
) -> list[Page]:
    """The pages with a banner on each procedure and comparison, and the page with the report."""
    banners = {f"{name}.md" for name in facts.documents if name.startswith(("procedures/", "comparisons/"))}
    notices = [problem for problem in problems if problem.level == "notice"]

    @cache
    def every() -> Report:
        return build_report(facts, problems, len(pages), today)

    def noted(page: Page) -> str:
        item = next(item for item in (*every().procedures, *every().comparisons) if item.page == page.path)
        banner = renderer.fill(
            "parts/preview.html",
            renderer.context(page.path),
            item=item,
            listed=[*item.gaps, *(notice for notice in notices if notice.place.path == page.edited_in)],
            missing=list_missing(item, every().on),
        )
        return _FRONT_MATTER.sub(lambda head: f"{head[0]}\n{banner}\n", page.text, count=1)

    listing = Page("report.md", "Report for editors")
    return [
        *(replace(page, write=partial(noted, page)) if page.path in banners else page for page in pages),
        renderer.page("report.md", listing, report=every, made={page.path for page in pages}),
    ]


def add_problems(page: str, problems: Sequence[Problem]) -> str:
    """A built page with a note about what keeps the site from being published."""
    means = "Parts of the pages are missing, or as they were before. Nothing is published until this is fixed:"
    on_own_page = re.compile("/(procedures|comparisons)/")  # the others come first
    listed = sorted(problems, key=lambda problem: bool(on_own_page.search(problem.place.path)))
    return _with_note(page, "Not ready to publish", means, list(map(str, listed)))


class Preview:
    """What an editor looks at: each page is made when a browser asks for it, so that a save shows at once.

    After a save the checks run behind the pages, and if they find something else than what is shown, the preview
    is built again. A build never fails: instead, the last good pages stay, and each says that it is out of date,
    and why. MkDocs alone would let every browser wait.
    """

    def __init__(self) -> None:
        sys.setswitchinterval(0.0005)  # seconds: who looks at a page does not wait for checks
        self.checked: Site | None = None
        """The last site that was checked whole."""
        self._kept = TemporaryDirectory()
        self._good = Path(self._kept.name) / "good"
        self.signals = Path(self._kept.name) / "signals"
        """A folder in which something changes when another build is wanted."""
        self.signals.mkdir()
        self._building, self._checking = Lock(), Lock()
        self._recent: list[str] = []
        self._stale: list[str] = []

    def load(self, examine: Callable[[Site | None], Site]) -> Site:
        """The site as it is now, checked whole only at the start, or where a mistake keeps it from being shown."""
        try:
            return examine(self.checked)
        except Exception:
            if not self.checked:
                raise
            self.checked = examine(None)
            return self.checked

    def offer(self, shown: Site, examine: Callable[[], Site], write: Callable[[str], None]) -> None:
        """Show another site: `examine` checks it whole; `write` makes one of its pages or files by its name."""
        self._shown, self._examine, self._write = shown, examine, write
        self.checked = self.checked or shown

    def rebuild(self, build: Callable[[], None], site: Path) -> None:
        """Build into the folder `site`, which was built once; the pages looked at last are there at once."""
        log, why = logging.getLogger("mkdocs"), BufferingHandler(capacity=1000)
        why.setLevel(logging.ERROR)
        with self._building:
            if not self._stale:
                shutil.rmtree(self._good, ignore_errors=True)
                site.rename(self._good)
            log.addHandler(why)
            try:
                build()
                self._stale = []
                for name in self._recent:
                    self._make(name, site)
                Thread(target=self._check, args=[self._shown], daemon=True).start()
            except (Exception, SystemExit) as error:
                if not isinstance(error, SystemExit):
                    traceback.print_exc()
                messages = [record.getMessage() for record in why.buffer]
                self._stale = [*messages, str(error), *getattr(error, "__notes__", ())]
                print(*self._stale, sep="\n", file=sys.stderr)
                shutil.rmtree(site, ignore_errors=True)
                shutil.copytree(self._good, site)
                for page in site.rglob("*.html"):
                    _out_of_date(page, self._stale)
            finally:
                log.removeHandler(why)

    def _check(self, shown: Site) -> None:
        with self._checking:  # one after the other: only the newest site is worth it
            checked = self._examine() if shown is self._shown else shown
        if shown is self._shown and (checked.problems, checked.readings) != (shown.problems, shown.readings):
            self.checked = checked
            (self.signals / "checked").touch()

    def look_at(self, name: str, site: Path) -> None:
        """Make the page or file of this name in the folder `site`, unless it is there already."""
        with self._building:
            self._recent = [name, *(other for other in self._recent if other != name)][:5]
            if not (site / name).exists():
                self._make(name, site)

    def _make(self, name: str, site: Path) -> None:
        page, why = site / name, self._stale
        try:
            self._write(name)
        except Exception as error:
            problem = find_fault(error, self._shown.content)
            if not problem and self._shown is self.checked:
                traceback.print_exc()
            why = [str(problem or "What is wrong is being looked for.")]
            page.parent.mkdir(parents=True, exist_ok=True)
            earlier = self._good / name
            page.write_text(earlier.read_text("utf-8") if earlier.is_file() else "<article>", "utf-8")
        if why and page.suffix == ".html" and page.is_file():
            _out_of_date(page, why)


def _out_of_date(page: Path, why: Sequence[str]) -> None:
    """Say on a page in the site's folder that it is not what the editor saved last."""
    means = "They show the last state that could be built. The last change could not, because:"
    text = _with_note(page.read_text("utf-8"), "These pages are out of date", means, why)
    page.write_text(text, "utf-8")


def _with_note(page: str, title: str, means: str, reasons: Sequence[str], most: int = 5) -> str:
    items = "".join(f"<li>{html.escape(reason)}</li>" for reason in reasons[:most])
    if len(reasons) > most:
        items += f"<li>And {len(reasons) - most} more. Type <code>make check</code> to see them all.</li>"
    box = '<aside class="notice" aria-label="For editors"><p class="box-title">'
    note = f"{box}{title}</p><p>{means}</p><ul>{items}</ul></aside>"
    return _NOTE.sub("<article>", page, count=1).replace("<article>", f"<article>\n{note}", 1)


_NOTE = re.compile(r'<article>\n<aside class="notice" aria-label="For editors"><p .*?</aside>', re.DOTALL)
