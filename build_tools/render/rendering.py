"""Render facts into pages and leaflets with templates, glossary and review status."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from markupsafe import Markup

from build_tools.load.facts import Facts
from build_tools.load.settings import Settings
from build_tools.model.changes import group_by_page, list_corrections
from build_tools.model.figure_text import Contact, choose_notice, rewrite_for_companion, write_contact
from build_tools.model.reviews import (
    compute_leaflet_version,
    compute_version,
    find_statuses,
    group_by_status,
    name_layers,
)
from build_tools.prose.glossary import explain, index_words
from build_tools.prose.readability import Reading, add
from build_tools.records.problems import Problem, filter_errors
from build_tools.records.sections import list_layers_on
from build_tools.records.signs import LEVELS, Sign
from build_tools.render.templates import PageContext, create_environment, shorten_name

LEVEL_WORDS = {
    "emergency": "Emergency: get help now",
    "urgent": "Urgent: get help the same day",
    "ask": "Ask: tell your team within a few days",
}

_UNEXPLAINED = (
    "glossary.md",
    "sources.md",
    "a-to-z.md",
    "changes.md",
    "signs.md",
    "short.md",
    "companion.md",
    "take-along.md",
)
"""Templates of pages in which no medical word is explained."""


@dataclass(frozen=True)
class Page:
    """A page: its path, and the file in which it is edited.

    `search_terms` are other names that readers search for; `write` renders its Markdown.
    """

    path: str
    title: str
    edited_in: str = ""
    search_terms: tuple[str, ...] = ()
    summary: str = ""
    headings: tuple[str, ...] = ()
    write: Callable[[], str] = field(default=str, compare=False, repr=False)

    @cached_property
    def text(self) -> str:
        """The Markdown, rendered at the first access."""
        return self.write()


class Renderer:
    """Fills templates with facts, for every page and every leaflet of a site.

    Pages in `readings` end with their reading grade.
    """

    def __init__(
        self,
        facts: Facts,
        content: Path,
        today: date,
        settings: Settings | None = None,
        readings: Mapping[str, Reading] | None = None,
    ) -> None:
        self.facts = facts
        self.content = content
        self.settings = settings or Settings()
        self.statuses = find_statuses(facts, today)
        self.published = group_by_page(facts)
        self.templates = create_environment(content / "templates", facts, today)
        self.templates.globals.update(
            by_urgency=partial(group_by_urgency, facts),
            for_companions=partial(group_for_companions, facts),
            level_words=LEVEL_WORDS,
            corrections=partial(list_corrections, facts),
            leaflet_version=self.leaflet_version,
            version_of=partial(compute_version, facts),
            sources_named=Counter(map(shorten_name, facts.sources.values())),
        )
        self._readings = readings or {}
        self._words = index_words(facts.terms())
        self._versions: dict[str, str] = {}

    def page(
        self, template: str, page: Page, after: Callable[[str], str] = lambda text: "", **values: Any
    ) -> Page:
        """The page with its Markdown from a template; `after` gets that, and returns what follows it."""

        def write() -> str:
            context = self.context(page.path)
            text = self.fill(f"pages/{template}", context, **values)
            if template not in _UNEXPLAINED:
                text = self.explain(text, context.to("glossary.md"))
            text += self.reading(page.path)
            return text + after(text)

        file = page.edited_in or f"{self.content.name}/templates/pages/{template}"
        return replace(page, edited_in=file, write=write)

    def context(self, path: str) -> PageContext:
        """The context that a template gets for the page at `path`."""
        report = self._report_link if self.settings.report_to else None
        edit = self.settings.edit_link if self.settings.repo_url else None
        return PageContext(path, self.facts, report, edit)

    def fill(self, template: str, context: PageContext, **values: Any) -> str:
        """Fill a template."""
        return self.templates.get_template(template).render(page=context, review=self._review(context), **values)

    def explain(self, text: str, glossary: str = "") -> str:
        """Explain the medical words of a text, and link them to the page `glossary`."""
        return explain(text, self._words, lambda id: f"{glossary}#{id}")

    def reading(self, path: str) -> str:
        """The reading grade of a page, if it was measured; evidence.md has that of all detail pages."""
        if reading := self._readings.get(path.removesuffix("/evidence.md")):
            return self.templates.get_template("parts/reading.html").render(grade=add(reading.values()))
        return ""

    def leaflet_version(self, id: str) -> str:
        """The version of a leaflet; "" if the site has no leaflets."""
        return compute_leaflet_version(self.facts, id) if self.settings.leaflets else ""

    def _review(self, context: PageContext) -> Callable[..., str]:
        template = self.templates.get_template("parts/review.html")

        def show(record: Any, id: str = "", short: bool = False) -> str:
            statuses = self.statuses.get(id, {})
            shown = {
                layer: status
                for layer, status in statuses.items()
                if not short or layer in list_layers_on(context.path)
            }
            groups = [(status, name_layers(layers, statuses)) for status, layers in group_by_status(shown)]
            sources = [
                (self.facts.procedures[option].names.name, status.review)
                for option in getattr(record, "options", ())
                if (status := self.statuses[option]["short"]).kind == "reviewed"
            ]
            values = {"record": record, "groups": groups, "sources": sources, "short": short}
            return Markup(template.render(page=context, **values))

        return show

    def _report_link(self, page: str, fact_id: str) -> str:
        owner = fact_id.split(".")[0]
        if owner not in self._versions:
            record = self.facts.procedures.get(owner) or self.facts.comparisons[owner]
            version = f", {compute_version(self.facts, owner)}" if owner in self.facts.procedures else ""
            self._versions[owner] = f"facts checked on {record.facts_checked}{version}"
        return self.settings.report_link(fact_id, page, self._versions[owner])


@dataclass(frozen=True)
class SignGroup:
    """Danger signs with the same contact, each with its id and the words for what you notice."""

    level: str
    contact: Contact
    signs: list[tuple[str, Sign, str]]


def group_by_urgency(facts: Facts, id: str) -> dict[str, list[SignGroup]]:
    """The danger signs of a procedure by level and by contact, the most urgent first."""
    child = facts.for_child(id)
    groups: dict[tuple[str, str], SignGroup] = {}
    for key, sign in facts.signs_of(id).items():
        group = SignGroup(sign.level, write_contact(sign, facts.clinic, child), [])
        group = groups.setdefault((sign.level, str(group.contact)), group)
        group.signs.append((key, sign, choose_notice(sign, child)))
    ordered = sorted(groups.values(), key=lambda group: (not group.signs[0][1].ambulance, group.contact.again))
    return {level: [group for group in ordered if group.level == level] for level in LEVELS}


def group_for_companions(facts: Facts, id: str) -> list[tuple[Contact, list[tuple[str, Sign, str]]]]:
    """The danger signs on which somebody else acts, worded for that person, by contact."""
    groups: dict[str, tuple[Contact, list[tuple[str, Sign, str]]]] = {}
    for key, sign in facts.signs_of(id).items():
        if sign.who == "companion":
            contact = write_contact(sign, facts.clinic, them=True)
            _, signs = groups.setdefault(str(contact), (contact, []))
            signs.append((key, sign, rewrite_for_companion(sign.notice)))
    return list(groups.values())


@dataclass(frozen=True)
class Site:
    """A rendered site: facts, pages, all problems, and the reading measures of each page."""

    facts: Facts
    pages: list[Page]
    problems: list[Problem]
    readings: dict[str, Reading]
    settings: Settings
    content: Path
    today: date
    renderer: Renderer
    leaflets: dict[str, bytes] = field(default_factory=dict)

    @property
    def pages_by_fact(self) -> dict[str, list[str]]:
        """The names of the pages that show a fact or a value of it, by the fact's id."""
        pages: dict[str, list[str]] = {}
        for page in self.pages:
            ids = " ".join(re.findall(r' data-(?:fact|brief|row)="([^"]*)"', page.text)).split()
            for id in dict.fromkeys(ids):
                pages.setdefault(id, []).append(page.path.removesuffix(".md"))
        return pages

    @property
    def errors(self) -> list[Problem]:
        """The problems that stop a build."""
        return filter_errors(self.problems)
