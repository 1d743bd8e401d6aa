"""Verify a built site: it says what the facts say and nothing else, in valid and accessible HTML.

Pages are compared with the loaded records, and each is parsed once. Labels and looks are for snapshot tests.
"""

from __future__ import annotations

from collections import defaultdict
from inspect import isfunction, signature
from pathlib import Path

from build_tools.load.facts import Facts
from build_tools.load.settings import Settings
from build_tools.records.problems import Problem
from build_tools.verify import built_site, facts_on_pages
from build_tools.verify.built_site import BuiltSite, find_missing_pages
from build_tools.verify.origins import Finding, Origins
from build_tools.verify.page_words import check_words_on_pages, iter_texts

RULES = [
    rule
    for module in (built_site, facts_on_pages)
    for rule in vars(module).values()
    if isfunction(rule) and rule.__module__ == module.__name__ and rule.__name__[0] != "_"
    if [*signature(rule).parameters] == ["part"]
]
"""Every function of these modules whose only parameter is `part`; it yields findings."""


def verify(site: Path, facts: Facts, content: Path, settings: Settings) -> list[Problem]:
    """The problems of the site in the folder `site`, one for each cause, at the source line that caused it.

    The site was built from `facts`, `content` and `settings`, which have no problems themselves. Missing pages are
    reported alone, because they cause other problems.
    """
    built = BuiltSite(site, facts, content, settings)
    if missing := [*find_missing_pages(built)]:
        return sorted(Origins(content, {}).report(missing))
    findings: list[Finding] = []
    kinds: dict[str, str] = {}
    texts: dict[str, list[str]] = defaultdict(list)
    for part in built.parts():
        findings += [finding for rule in RULES for finding in rule(part)]
        classes = part.css_all(".page[class*=kind-]")
        kinds |= {page: str(node.attributes["class"]).partition("kind-")[2] for page, node in classes}
        for text, page in iter_texts(part):
            texts[text].append(page)
    origins = Origins(content, kinds)
    findings += check_words_on_pages(built, origins, texts)
    return sorted(origins.report(findings))
