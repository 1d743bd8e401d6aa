"""The pipeline, step by step; read this file first.

    facts, problems = load(data, clinic)                    files → records
    problems += check(facts, today)                         records → problems
    pages, problems = render(renderer, broken)              records → Markdown pages, each written when it is read
    (hooks/site.py: MkDocs turns Markdown into HTML and adds make_other_files(site))
    problems = verify(folder, facts, content, settings)     HTML → problems

Folders and the day are arguments, so that tests can choose them. No state is kept between calls.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

from build_tools.check.files import check_files
from build_tools.check.rules import check
from build_tools.edit.preview import add_notes, find_half_written, find_unchanged
from build_tools.load.facts import Facts
from build_tools.load.loader import load
from build_tools.load.settings import Settings
from build_tools.model.reviews import check_logs
from build_tools.prose.readability import Reading, check_reading
from build_tools.prose.wording import check_words
from build_tools.records.problems import Problem, filter_errors
from build_tools.render.markup import check_markup
from build_tools.render.pages import exclude_broken, render
from build_tools.render.redirects import check_redirects
from build_tools.render.rendering import Renderer, Site
from build_tools.render.templates import check_templates


def prepare(
    data: Path,
    content: Path,
    today: date,
    settings: Settings | None = None,
    preview: bool = False,
    earlier: Site | None = None,
) -> Site:
    """Load and check everything; a page is rendered when its text is first read.

    Never raises for what an editor wrote: every mistake is a problem. A preview also shows half-written pages, a
    banner on each, and a page with the report; so that a save shows quickly, it has no leaflets and no offline
    copies. With an `earlier` site, files are only loaded, because checks take far longer, and the problems that it
    had in unchanged files are kept.
    """
    configured = settings or Settings()
    facts, problems = load(data, configured.clinic)
    settings = replace(configured, report_to=facts.clinic.report_to) if facts.clinic else configured
    if preview:
        settings = replace(settings, leaflets=False, offline=False)
    elif not settings.edit_on_site:
        settings = replace(settings, repo_url="", edit_uri="")
    if earlier:
        readings = earlier.readings
        problems += find_unchanged(earlier, facts)
    else:
        readings, found = _check(facts, problems, data, content, today, configured)
        problems += found
    hidden = find_half_written(facts, problems) if preview else set()
    whole, broken = exclude_broken(facts, [error for error in filter_errors(problems) if error not in hidden])
    renderer = Renderer(whole, content, today, settings, readings)
    pages, found = render(renderer, broken)
    if preview:
        pages = add_notes(pages, facts, problems, renderer, today)
    problems += [*found, *check_redirects(facts, pages)]
    return Site(facts, pages, sorted(set(problems)), readings, settings, content, today, renderer)


def _check(
    facts: Facts, unreadable: list[Problem], data: Path, content: Path, today: date, settings: Settings
) -> tuple[dict[str, Reading], list[Problem]]:
    """The reading grades of every page, and the problems of every file that could be read."""
    problems = check(facts, today)
    problems += [*check_logs(facts, today), *settings.check(facts.known_clinics(), data)]
    problems += [*check_words(facts, content, today), *check_markup(content)]
    problems += [*check_templates(content), *check_files(facts, content)]
    readings, found = check_reading(facts, content, filter_errors([*unreadable, *problems]))
    return readings, [*problems, *found]
