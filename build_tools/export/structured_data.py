"""Structured data for search engines: a block of JSON-LD in each page, with the vocabulary of schema.org.

It follows SO-1, SO-2, SO-3, SO-4, SO-5, SO-6, SO-8, SO-9 and SO-11 (docs/standards.md).

Every text in it is also on the page (SO-10), so it quotes the lines of a short page and lists the detail pages as
parts. To stay small, it has only the sources of the main message; all others are in api/v1.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import date
from html import unescape
from typing import Any

from build_tools.load.facts import Facts
from build_tools.load.settings import LICENSE, Settings
from build_tools.model.changes import list_owners
from build_tools.model.figure_text import join
from build_tools.model.reviews import Statuses
from build_tools.model.short_page import ShortPage
from build_tools.records.entries import Statement
from build_tools.records.procedure import CODE_SYSTEMS, Indication, Method, Procedure, Target, iter_main_messages
from build_tools.records.sections import VOCABULARY_OF_FIELD, get_address
from build_tools.records.short import Comparison

Block = dict[str, Any]

_ACCESS = {"needle": "PercutaneousProcedure", "outside": "NoninvasiveProcedure"}


class StructuredData:
    """Renders the blocks of one site."""

    def __init__(self, facts: Facts, settings: Settings) -> None:
        self._facts = facts
        self._settings = settings

    def of_procedure(self, short: ShortPage, up: list[list[str]], statuses: Statuses, html: str) -> str:
        """The block for a procedure's short page, whose content is `html`."""
        id, procedure = short.id, short.procedure
        visible = _to_visible_text(html)
        about = join(short.bullets[0][1].sentence)
        page = self._page(f"procedures/{id}.md", procedure.names.name, about, up) | self._dates(id, procedure)
        reviews = [
            status.review
            for status in statuses.values()
            if status.review and status.kind in ("reviewed", "overdue")
        ]
        if len(reviews) == len(statuses):  # all layers were reviewed, and none has changed since
            page["lastReviewed"] = str(min(review.signed for review in reviews))
            page["reviewedBy"] = [
                {"@type": "Person", "name": name, "jobTitle": role}
                for name, role in dict.fromkeys((review.name, review.role) for review in reviews)
            ]
        uses = [fact for fact in procedure.indications.values() if isinstance(fact, Indication)]
        treated = [fact for fact in uses if not fact.contested and procedure.kind != "no-procedure"]
        treatable = self._find_names(treated, "condition", visible)
        page["about"] = [
            {"@type": "MedicalCondition", "name": name}
            | ({"possibleTreatment": {"@id": "#procedure"}} if name in treatable else {})
            for name in self._find_names(uses, "condition", visible)
        ]
        page["mainEntity"] = self._procedure(short, visible)
        page["hasPart"] = [
            {
                "@type": "HealthTopicContent",
                "@id": get_address(id, section.anchor).removeprefix("procedures/").replace(".md", ".html"),
                "name": section.heading,
                "hasHealthAspect": f"https://schema.org/{section.aspect}HealthAspect",
            }
            for section in self._facts.sections_of(id)
            if section.aspect
        ]
        page["citation"] = self._citations(procedure.summary, *dict(iter_main_messages(procedure, id)).values())
        return _html(page)

    def of_comparison(self, id: str, up: list[list[str]], _: str = "") -> str:
        """The block for the page of a comparison."""
        comparison = self._facts.comparisons[id]
        options = [self._facts.procedures[option] for option in comparison.options]
        names = [option.names.name for option in options]
        page = self._page(f"comparisons/{id}.md", comparison.title, comparison.question, up)
        page |= self._dates("comparisons", comparison)
        page["about"] = [
            {"@type": "MedicalTherapy", "name": option.names.name}
            for option in options
            if option.kind != "no-procedure"
        ]
        page["mainEntity"] = {
            "@type": "ItemList",
            "name": comparison.title,
            "itemListOrder": "https://schema.org/ItemListUnordered",
            "itemListElement": names,
        }
        page["citation"] = self._citations(comparison.about, *dict(iter_main_messages(comparison, id)).values())
        return _html(page)

    def _page(self, path: str, name: str, description: str, up: list[list[str]]) -> Block:
        site = self._settings
        trail = [["Home", "index.md"], *up, [name, path]]
        return {
            "@context": "https://schema.org",
            "@type": "MedicalWebPage",
            "name": name,
            "description": description,
            **({"url": site.address_of(path)} if site.site_url else {}),
            "inLanguage": "en",
            "audience": {"@type": "Patient"},
            "license": LICENSE,
            "isAccessibleForFree": True,
            "publisher": {"@type": "Organization", "name": site.site_name},
            "accessMode": ["textual", "visual"],
            "accessibilityFeature": ["structuralNavigation", "alternativeText", "displayTransformability"],
            "breadcrumb": {
                "@type": "BreadcrumbList",
                "itemListElement": [
                    {"@type": "ListItem", "position": position, "name": title}
                    | ({"item": site.address_of(target)} if site.site_url else {})
                    for position, (title, target) in enumerate(trail, 1)
                ],
            },
        }

    def _dates(self, about: str, record: Procedure | Comparison) -> Block:
        published = find_first_published(self._facts, about, record)
        day = {"datePublished": str(published)} if published else {}
        return day | {"dateModified": str(find_last_modified(self._facts, about, record))}

    def _procedure(self, short: ShortPage, visible: str) -> Block:
        procedure = short.procedure
        terms = self._facts.vocabulary["methods"]
        methods = (fact.method for fact in procedure.methods.values() if isinstance(fact, Method))
        accesses = {terms[method].access for method in methods if method in terms}
        kind: str | list[str] = "PalliativeProcedure"
        if procedure.kind == "no-procedure":  # not a therapy, so it has no fields of one
            kind = "MedicalEntity"
        elif "cut" in accesses:
            kind = ["PalliativeProcedure", "SurgicalProcedure"]
        names = [procedure.names.plain, *procedure.names.also_called]
        block: Block = {
            "@type": kind,
            "@id": "#procedure",
            "name": procedure.names.name,
            "alternateName": [name for name in names if _normalize(name) in visible],
            "code": [
                {"@type": "MedicalCode", "codeValue": code.value, "codingSystem": CODE_SYSTEMS[code.system].name}
                for code in procedure.codes
            ],
        }
        if procedure.kind != "no-procedure":
            block["procedureType"] = [
                f"https://schema.org/{kind}" for access, kind in _ACCESS.items() if access in accesses
            ]
            targets = [fact for fact in procedure.targets.values() if isinstance(fact, Target)]
            block["bodyLocation"] = self._find_names(targets, "structure", visible)
            for name, field in (("howPerformed", "during"), ("preparation", "before"), ("followup", "after")):
                text = " ".join(join(line.sentence) for line in short.lines(field))
                block[name] = text if _normalize(text) in visible else ""
            for name, serious in (("seriousAdverseOutcome", True), ("adverseOutcome", False)):
                harms = [harm for harm in procedure.harms.values() if harm.serious is serious]
                names = [*dict.fromkeys(map(self._facts.harm_name, harms))]
                block[name] = [
                    {"@type": "MedicalEntity", "name": harm} for harm in names if _normalize(harm) in visible
                ]
        return {name: value for name, value in block.items() if value}

    def _find_names(self, facts: Iterable[Statement], field: str, visible: str) -> list[str]:
        """The first visible name of each term in `field`; terms that the page does not name are left out."""
        terms = self._facts.vocabulary[VOCABULARY_OF_FIELD[field]]
        names: list[str] = []
        for id in dict.fromkeys(getattr(fact, field) for fact in facts):
            if term := terms.get(id):  # in a preview, a vocabulary can be unreadable
                candidates = (term.name, term.plain, *term.synonyms)
                names += [name for name in candidates if _normalize(name) in visible][:1]
        return names

    def _citations(self, *statements: Statement) -> list[Block]:
        ids = dict.fromkeys(citation.source for statement in statements for citation in statement.sources)
        return [
            {
                "@type": "ScholarlyArticle",
                "identifier": f"https://doi.org/{source.doi}" if source.doi else f"pmid:{source.pmid}",
                **({"datePublished": str(source.year)} if source.year else {}),
            }
            for source in (self._facts.sources[id] for id in ids)
            if source.doi or source.pmid
        ]


def find_first_published(facts: Facts, about: str, record: Procedure | Comparison) -> date | None:
    """The day on which a page was first published; None if it is not published yet."""
    if not facts.publications:
        return None
    first = facts.publications[0].published
    for publication in facts.publications:
        for change in publication.changes:
            if about in list_owners(change):
                is_new = change.fact == f"{about}.summary" and change.was is None
                return publication.published if is_new else first
    return first if record.facts_checked <= first else None


def find_last_modified(facts: Facts, about: str, record: Procedure | Comparison) -> date:
    """The day on which a page's facts were last changed or last compared with their sources."""
    changed = [
        publication.published
        for publication in facts.publications
        if any(about in list_owners(change) for change in publication.changes)
    ]
    return max([record.facts_checked, *changed])


def _to_visible_text(html: str) -> str:
    return _normalize(unescape(re.sub(r'<span class="gloss">[^<]*</span>|<[^>]*>', " ", html)))


def _normalize(text: str) -> str:
    return " ".join(text.split()).casefold()


def _html(block: Block) -> str:
    """The block in a script element that no text in it can close."""
    block = {name: value for name, value in block.items() if value != []}
    text = json.dumps(block, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return f'\n<script type="application/ld+json">{text}</script>\n'
