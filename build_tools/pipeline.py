"""The path, in order; read this file first.

    facts, problems = load(data, clinic)        files → records
    problems += check(facts, words, today)      records → problems
    pages, found = render(renderer, broken)     records → Markdown pages, each written when it is asked for
    (MkDocs: Markdown → HTML, through hooks/site.py, which adds files_beside(site))
    problems = verify(folder, facts, content, settings)     HTML → problems

Folders and the day are arguments, so that a test chooses them. Nothing keeps state between two calls.
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
from build_tools.prose.layers import check_layers
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
    """Read and check everything; pages made of facts are rendered when somebody asks for their text.

    Never raises for what an editor wrote; every mistake is a problem. A preview also shows what no reader sees:
    half-written pages, a banner on each, and a page with the report. It has no leaflets, so that a save shows
    quickly, and no device keeps a copy of it. With an `earlier` site, files are only read, and what was found then
    counts for the files that are as they were: checks take far longer than reading.
    """
    asked = settings or Settings()
    facts, problems = load(data, asked.clinic)
    settings = replace(asked, report_to=facts.clinic.report_to) if facts.clinic else asked
    if preview:
        settings = replace(settings, leaflets=False, offline=False)
    elif not settings.edit_on_site:
        settings = replace(settings, repo_url="", edit_uri="")
    if earlier:
        readings, found = earlier.readings, find_unchanged(earlier, facts)
    else:
        readings, found = _check(facts, problems, data, content, today, asked)
    problems += found
    hidden = find_half_written(facts, problems) if preview else set()
    whole, broken = exclude_broken(
        facts, (problem for problem in filter_errors(problems) if problem not in hidden)
    )
    renderer = Renderer(whole, content, today, settings, readings)
    pages, found = render(renderer, broken)
    if preview:
        pages = add_notes(pages, facts, problems, renderer, today)
    problems += [*found, *check_redirects(facts, pages)]
    return Site(facts, pages, sorted(set(problems)), readings, settings, content, today, renderer)


def _check(
    facts: Facts, unreadable: list[Problem], data: Path, content: Path, today: date, settings: Settings
) -> tuple[dict[str, Reading], list[Problem]]:
    """How hard every page is to read, and the problems of everything that could be read."""
    problems = [*check(facts, today), *check_layers(facts)]
    problems += [*check_logs(facts, today), *settings.problems(facts.known_clinics(), data)]
    problems += [*check_words(facts, data, content, today), *check_markup(content)]
    problems += [*check_templates(content), *check_files(facts, content)]
    readings, hard = check_reading(facts, content, filter_errors([*unreadable, *problems]))
    return readings, [*problems, *hard]
