"""The path, in order; read this file first.

    facts, problems = load(data, clinic)            files → records
    problems += check(facts, words, today)          records → problems
    pages = render(facts, content, …)               records → Markdown pages
    (MkDocs: Markdown → HTML, through hooks/site.py)
    problems = verify(site, data, content)          HTML → problems

Folders and the day are arguments, so that a test chooses them. Nothing keeps state between two calls.
"""

from __future__ import annotations

import gc
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from build_tools.calendars import calendar
from build_tools.checks import check
from build_tools.exports import exports
from build_tools.facts import Facts, load
from build_tools.feed import feed
from build_tools.glossary import script
from build_tools.infobutton import answers
from build_tools.layers import check_layers, stylesheet
from build_tools.leaflets import leaflets
from build_tools.markup import check_markup
from build_tools.pages import Page, readable, render
from build_tools.parts import LUNR, licenses
from build_tools.preview import half_written, with_notes
from build_tools.problems import Problem, errors_in
from build_tools.readability import Reading, check_reading
from build_tools.redirects import check_redirects, forwarding_pages
from build_tools.reviews import check_ledgers
from build_tools.search import index
from build_tools.settings import Settings
from build_tools.sitemap import sitemaps
from build_tools.wording import check_words


@dataclass(frozen=True)
class Site:
    """What a data folder and a content folder make: facts, pages, all problems, how hard each page is to read."""

    facts: Facts
    pages: list[Page]
    problems: list[Problem]
    readings: dict[str, Reading] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)
    today: date = date.min
    leaflets: dict[str, bytes] = field(default_factory=dict)

    @property
    def errors(self) -> list[Problem]:
        """The problems that keep it from being built."""
        return errors_in(self.problems)


def prepare(
    data: Path,
    content: Path,
    today: date,
    settings: Settings | None = None,
    preview: bool = False,
    *,
    print_too: bool = False,
) -> Site:
    """Read, check and render. Never raises for what an editor wrote; every mistake is a problem.

    A preview also shows what no reader sees: half-written pages, a banner on each, and a page with the report. It
    has no leaflets, so that a save shows quickly, and no device keeps a copy of it. Leaflets take longest, and are
    made only if `print_too` says so.
    """
    settings = settings or Settings()
    settings = replace(
        settings, leaflets=settings.leaflets and not preview, offline=settings.offline and not preview
    )
    gc.disable()  # facts never point in circles; Python would spend a fifth of the time looking for some
    try:
        facts, problems = load(data, settings.clinic)
        problems += [*check(facts, today), *check_layers(facts)]
        problems += [*check_ledgers(facts, today), *settings.problems(facts.known_clinics())]
        problems += [*check_words(facts, data, content, today), *check_markup(content)]
        if facts.clinic:
            settings = replace(settings, report_to=facts.clinic.report_to)
        readings, hard = check_reading(facts, content, errors_in(problems))
        problems += hard
        hidden = half_written(facts, problems) if preview else set()
        shown = [problem for problem in errors_in(problems) if problem not in hidden]
        pages, found = render(facts, content, shown, today, readings, settings)
        if preview:
            pages = with_notes(pages, facts, problems, content, today)
    finally:
        gc.enable()
    problems += [*found, *check_redirects(facts, pages)]
    pdfs: dict[str, bytes] = {}
    if print_too and not errors_in(problems):
        pdfs, unset = leaflets(facts, content, today, settings)
        problems += unset
    return Site(facts, pages, sorted(set(problems)), readings, settings, today, pdfs)


def files_beside(site: Site) -> dict[str, str | bytes]:
    """What the facts make beside pages: the content of each file by its path in the built site."""
    facts = readable(site.facts, site.errors) if site.errors else site.facts
    made: dict[str, str | bytes] = {
        "assets/lunr.js": LUNR.read_text("utf-8"),
        "licenses.txt": licenses(),
        "feed.xml": feed(site.facts, site.settings),
        "assets/words.js": script(site.facts.terms()),
        "assets/search-index.js": index(facts, site.pages),
        **answers(facts, site.settings),
        "reviews.ics": calendar(facts, site.settings),
        **sitemaps(facts, site.pages, site.settings),
        **exports(facts, site.settings, site.today),
        **site.leaflets,
        **forwarding_pages(site.facts.redirects, site.settings),
    }
    if site.facts.clinic and site.facts.clinic.accent:
        made["assets/clinic.css"] = stylesheet(site.facts.clinic.accent)
    if logo := site.facts.logo:
        made[f"assets/{logo.name}"] = logo.content
    return made
