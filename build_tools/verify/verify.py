"""The check of a built site: does it say what the facts say, and nothing else, in HTML that works for everyone?

Facts are compared with the records that were loaded once; every page is parsed once. What only a change of words
or looks alters is for snapshots of the example project, not for this check.
"""

from __future__ import annotations

from pathlib import Path

from build_tools.load.facts import Facts
from build_tools.load.settings import Settings
from build_tools.records.problems import Problem
from build_tools.verify.built_site import RULES, BuiltSite
from build_tools.verify.facts_on_pages import Shown, facts_on_pages
from build_tools.verify.origins import Origins
from build_tools.verify.page_words import words_on_pages


def verify(site: Path, facts: Facts, content: Path, settings: Settings) -> list[Problem]:
    """The problems of the site in the folder `site`, one for each cause, at the line of the file that made it.

    `facts`, `content` and `settings` are those from which the site was built, and have no problems themselves.
    """
    built, origins = BuiltSite(site, facts, content, settings), Origins(content)
    shown = Shown(built)
    findings = [finding for rule in RULES for finding in rule(built)]
    findings += [*facts_on_pages(shown), *words_on_pages(shown, origins)]
    return sorted(origins.report(findings))
