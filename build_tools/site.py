"""The path, in order; read this file first.

    facts, problems = load(data)                    files → records
    problems += check(facts, words, today)          records → problems
    pages = render(facts, content, …)               records → Markdown pages
    (MkDocs: Markdown → HTML, through hooks/site.py)
    problems = verify(site, data, content)          HTML → problems

Folders and the day are arguments, so that a test chooses them. Nothing keeps state between two calls.
"""

from __future__ import annotations

import gc
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from build_tools.checks import check
from build_tools.facts import Facts, load
from build_tools.pages import Page, render
from build_tools.problems import Problem
from build_tools.wording import check_words


@dataclass(frozen=True)
class Site:
    """What a data folder and a content folder make: facts, pages, and all problems."""

    facts: Facts
    pages: list[Page]
    problems: list[Problem]


def prepare(data: Path, content: Path, today: date) -> Site:
    """Read, check and render. Never raises for what an editor wrote; every mistake is a problem."""
    gc.disable()  # facts never point in circles; Python would spend a fifth of the time looking for some
    try:
        facts, problems = load(data)
        problems += check(facts, today)
        problems += check_words(facts, data, content)
        pages, found = render(facts, content, problems, today)
    finally:
        gc.enable()
    return Site(facts, pages, sorted(set(problems + found)))
