"""What turns facts into the text of a page or a leaflet: templates, the glossary, the review status."""

from __future__ import annotations

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
"""The lists, the short pages and their sheets, in which no medical word is explained."""


@dataclass(frozen=True)
class Page:
    """One page: where it lies among the pages, and the file in which it is edited.

    `search_terms` are the words by which a reader may look for it; `write` makes its Markdown.
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
        """Its Markdown, rendered when it is first asked for."""
        return self.write()


class Renderer:
    """Fills templates with facts, for every page and every leaflet of a site.

    A page that is among the `readings` says at its end how hard it is to read.
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
        """The page with its text from a template; `after` makes what follows the text of it."""

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
        """What a template knows of the page at `path`."""
        report = self._report_link if self.settings.report_to else None
        return PageContext(path, self.facts, report, self.settings.edit_link if self.settings.repo_url else None)

    def fill(self, template: str, context: PageContext, **values: Any) -> str:
        """The text of a template."""
        return self.templates.get_template(template).render(page=context, review=self._review(context), **values)

    def explain(self, text: str, glossary: str = "") -> str:
        """The text with its medical words explained and linked to the page `glossary`."""
        return explain(text, self._words, lambda id: f"{glossary}#{id}")

    def reading(self, path: str) -> str:
        """How hard the page is to read, if that was measured; the pages behind a short page are so together."""
        if reading := self._readings.get(path.removesuffix("/evidence.md")):
            return self.templates.get_template("parts/reading.html").render(grade=add(reading.values()))
        return ""

    def leaflet_version(self, id: str) -> str:
        """The version of a leaflet; "" if the site has none."""
        return compute_leaflet_version(self.facts, id) if self.settings.leaflets else ""

    def _review(self, context: PageContext) -> Callable[..., str]:
        template = self.templates.get_template("parts/review.html")

        def show(record: Any, id: str = "", short: bool = False) -> str:
            found = self.statuses.get(id, {})
            shown = {
                layer: one for layer, one in found.items() if not short or layer in list_layers_on(context.path)
            }
            groups = [(status, name_layers(layers, found)) for status, layers in group_by_status(shown)]
            sources = [
                (self.facts.procedures[option].names.name, status.review)
                for option in getattr(record, "options", ())
                if (status := self.statuses[option]["short"]).kind == "reviewed"
            ]
            given = {"record": record, "groups": groups, "sources": sources, "short": short}
            return Markup(template.render(page=context, **given))

        return show

    def _report_link(self, page: str, fact_id: str) -> str:
        owner = fact_id.split(".")[0]
        if owner not in self._versions:
            record = self.facts.procedures.get(owner) or self.facts.comparisons[owner]
            exact = f", {compute_version(self.facts, owner)}" if owner in self.facts.procedures else ""
            self._versions[owner] = f"facts checked on {record.facts_checked}{exact}"
        return self.settings.report_link(fact_id, page, self._versions[owner])


@dataclass(frozen=True)
class Signs:
    """Signs for which the same is to be done: the words for it, and each sign with its id and what you notice."""

    level: str
    contact: Contact
    signs: list[tuple[str, Sign, str]]


def group_by_urgency(facts: Facts, id: str) -> dict[str, list[Signs]]:
    """The signs that the page of a procedure shows: by level and by what is to be done, the most urgent first."""
    child = facts.for_child(id)
    groups: dict[tuple[str, str], Signs] = {}
    for key, sign in facts.signs_of(id).items():
        group = Signs(sign.level, write_contact(sign, facts.clinic, child), [])
        group = groups.setdefault((sign.level, str(group.contact)), group)
        group.signs.append((key, sign, choose_notice(sign, child)))
    ordered = sorted(groups.values(), key=lambda group: (not group.signs[0][1].ambulance, group.contact.again))
    return {level: [group for group in ordered if group.level == level] for level in LEVELS}


def group_for_companions(facts: Facts, id: str) -> list[tuple[Contact, list[tuple[str, Sign, str]]]]:
    """The signs on which somebody else acts, as that person reads them, by what is to be done."""
    groups: dict[str, tuple[Contact, list[tuple[str, Sign, str]]]] = {}
    for key, sign in facts.signs_of(id).items():
        if sign.who == "companion":
            done = write_contact(sign, facts.clinic, them=True)
            groups.setdefault(str(done), (done, []))[1].append((key, sign, rewrite_for_companion(sign.notice)))
    return list(groups.values())


@dataclass(frozen=True)
class Site:
    """What a data folder and a content folder make: facts, pages, all problems, how hard each page is to read."""

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
    def errors(self) -> list[Problem]:
        """The problems that keep it from being built."""
        return filter_errors(self.problems)
