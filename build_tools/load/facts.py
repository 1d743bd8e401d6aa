"""All facts of a data folder, with their places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from build_tools.load.detail_order import LIGHT, WEIGHTS
from build_tools.load.drawings import Drawing
from build_tools.load.logos import Logo
from build_tools.load.messages import find_choices, find_help
from build_tools.load.yaml_reader import Document, Steps
from build_tools.records.clinic import Clinic, SeenFacts
from build_tools.records.entries import AnyFact, Citation, Figure, NotKnown, Source, Statement
from build_tools.records.logs import Publication, ReaderTest, Review
from build_tools.records.problems import Place
from build_tools.records.procedure import Harm, Imaging, Indication, Procedure, iter_facts, iter_main_messages
from build_tools.records.sections import (
    ANCHORS,
    DETAIL_PAGES,
    IF_NEEDED,
    LAYERS,
    PAGES,
    SECTIONS,
    DetailPage,
    Section,
)
from build_tools.records.short import Comparison
from build_tools.records.signs import CHILD, IMPLIED, LEVELS, Helpline, Sign, SignHere, Situation
from build_tools.records.words import Claim, SearchTerms, Term, Wording

VOCABULARIES = ("methods", "structures", "imaging", "effects", "conditions", "anesthesia", "words")
"""The files of data/vocabulary/; `words` has all other medical words."""
OtherRecord = TypeVar("OtherRecord", bound=BaseModel)
K = TypeVar("K", Figure, Harm, Imaging, Statement, NotKnown)

_MANY = 12
"""With more results than this, how long relief lasts and new pain have a page of their own."""


@dataclass(frozen=True, repr=False)  # a failing test would print all of it
class Facts:
    """All records in data/. Files that could not be read are missing, and `broken` names them."""

    folder: Path = Path("data")
    procedures: dict[str, Procedure] = field(default_factory=dict)
    comparisons: dict[str, Comparison] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    vocabulary: dict[str, dict[str, Term]] = field(default_factory=dict)
    signs: dict[str, Sign] = field(default_factory=dict)
    situations: dict[str, Situation] = field(default_factory=dict)
    helplines: dict[str, Helpline] = field(default_factory=dict)
    searches: dict[str, SearchTerms] = field(default_factory=dict)
    shared: dict[str, Statement] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    wording: dict[str, Wording] = field(default_factory=dict)
    review_log: list[Review | ReaderTest] = field(default_factory=list)
    publications: list[Publication] = field(default_factory=list)
    redirects: dict[str, str] = field(default_factory=dict)
    drawings: dict[str, Drawing] = field(default_factory=dict)
    clinics: dict[str, Clinic] = field(default_factory=dict)
    clinic_id: str = ""
    logos: dict[str, Logo] = field(default_factory=dict)
    seen: dict[str, dict[str, SeenFacts]] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    broken: frozenset[str] = frozenset()

    @property
    def clinic(self) -> Clinic | None:
        """The clinic that publishes the site, if one was chosen and its file can be read."""
        return self.clinics.get(self.clinic_id)

    @property
    def logo(self) -> Logo | None:
        """The logo of the clinic, if it has one."""
        return self.logos.get(self.clinic_id)

    @property
    def reviews(self) -> list[Review]:
        """The signatures of clinicians, in file order."""
        return [entry for entry in self.review_log if isinstance(entry, Review)]

    @property
    def reader_tests(self) -> list[ReaderTest]:
        """The tests with readers, in file order."""
        return [entry for entry in self.review_log if isinstance(entry, ReaderTest)]

    def known_clinics(self) -> list[str]:
        """The ids of all clinics, including those whose files cannot be read."""
        return [name.split("/")[1] for name in self.documents if name.endswith("/clinic")]

    def place(self, name: str, *steps: str | int) -> Place:
        """The place of `steps` in the file `name` ("procedures/some-name", "sources").

        The words of a shared statement are in the file of shared statements.
        """
        document = self.documents.get(name)
        if document is None:
            return Place(name)
        value: Any = document.value
        for position, step in enumerate(steps, 1):
            value = value.get(step) if isinstance(value, dict) else None
            if isinstance(value, dict) and isinstance(id := value.get("shared"), str) and id in self.shared:
                return self.documents["shared"].place(id, *steps[position:])
        return document.place(*steps)

    def place_of(self, fact_id: str, *steps: str | int) -> Place:
        """The place of a procedure, a comparison, or a fact of one, or of `steps` inside it."""
        name, path = split_id(fact_id, self.comparisons)
        return self.place(name, *path, *steps)

    def help(self, name: str, *steps: str | int) -> str:
        """The help for `steps` in the file `name`: the description of the field, and its choices."""
        folder = name.split("/")[0]
        fields = tuple(steps) if folder in ("procedures", "comparisons", "clinics") else tuple(steps[1:])
        while fields and isinstance(fields[-1], int):
            fields = fields[:-1]
        model = get_type_hints(Facts).get(folder)
        while get_origin(model) is dict:  # by id, and the words of vocabularies by file
            model = get_args(model)[1]
        if not fields or not (isinstance(model, type) and issubclass(model, BaseModel)):
            return ""
        choices = ", ".join(find_choices(model, fields))
        return find_help(model, fields) + (f" One of: {choices}." if choices else "")

    @cached_property
    def digests(self) -> dict[str, dict[str, str]]:
        """The cache of `lines.compute_digests`, by procedure."""
        return {}

    def iter_facts(self) -> Iterable[tuple[str, AnyFact]]:
        """Every fact of every procedure with its id."""
        return self.by_id.items()

    @cached_property
    def by_id(self) -> dict[str, AnyFact]:
        """Every fact of every procedure by its id."""
        return dict(fact for id, procedure in self.procedures.items() for fact in iter_facts(procedure, id))

    def facts_of(self, id: str) -> dict[str, AnyFact]:
        """The facts of one procedure by their ids within it, such as "benefits.one-year"."""
        return {fact_id.partition(".")[2]: fact for fact_id, fact in iter_facts(self.procedures[id], id)}

    @property
    def all_redirects(self) -> dict[str, str]:
        """The redirects of the data, and those from each procedure's folder to its short page."""
        folders = {f"procedures/{id}/index.html": f"procedures/{id}.html" for id in self.procedures}
        return folders | self.redirects

    def page_of(self, fact_id: str) -> str:
        """The page that shows a fact in full: its comparison, or a detail page of its procedure."""
        top = fact_id.split(".")[0]
        if top in self.comparisons:
            return f"comparisons/{top}.md"
        return f"procedures/{top}/{PAGES[self.heading_of(fact_id)]}.md"

    def heading_of(self, fact_id: str) -> str:
        """The anchor of the heading below which a fact of a procedure, or a sign, is shown in full."""
        top, field, key = [*fact_id.split("."), ""][:3]
        if field == "harms" and key:
            harm = self.procedures[top].harms[key]
            has_own_page = (top, "new-pain") in self._own_pages and self._is_new_pain(harm)
            return "side-effects" if harm.weight in LIGHT else "new-pain" if has_own_page else field
        if field == "relief_lasts" and key and (top, "how-long") in self._own_pages:
            return "how-long"
        if field == "signs" and key in self.signs and self.signs[key].level != LEVELS[0]:
            return "when-to-call-your-team"
        return ANCHORS.get(field, field)

    @cached_property
    def _own_pages(self) -> set[tuple[str, str]]:
        """Procedures, each with a heading that has too many results to share a page."""
        headings = set()
        for id, procedure in self.procedures.items():
            new_pain = [len(harm.how_often) for harm in procedure.harms.values() if self._is_new_pain(harm)]
            results = {"how-long": len(procedure.relief_lasts), "new-pain": sum(new_pain)}
            headings |= {(id, heading) for heading, number in results.items() if number > _MANY}
        return headings

    def _is_new_pain(self, harm: Harm) -> bool:
        effect = self.vocabulary["effects"].get(harm.effect)
        return harm.weight not in LIGHT and effect is not None and effect.new_pain

    def harms_below(self, id: str, heading: str) -> dict[str, dict[str, Harm]]:
        """The harms below a heading of a procedure's pages, by weight, without empty groups."""
        groups: dict[str, dict[str, Harm]] = {weight: {} for weight in WEIGHTS}
        for key, harm in self.procedures[id].harms.items():
            if self.heading_of(f"{id}.harms.{key}") == heading:
                groups[harm.weight][key] = harm
        return {weight: harms for weight, harms in groups.items() if harms}

    def sections_of(self, id: str) -> list[Section]:
        """The sections of a procedure, without the fields of facts that its file leaves out."""
        return self._sections[id]

    @cached_property
    def _sections(self) -> dict[str, list[Section]]:
        sections: dict[str, list[Section]] = defaultdict(list)
        for id, page in self.procedures.items():
            shown = {self.heading_of(fact_id) for fact_id, _ in iter_facts(page, id)}
            for section in SECTIONS:
                fields = tuple(field for field in section.fields if not field.facts or getattr(page, field.name))
                if fields or (not section.fields and (section.anchor not in IF_NEEDED or section.anchor in shown)):
                    sections[id].append(replace(section, fields=fields))
        return sections

    def details_of(self, id: str) -> list[DetailPage]:
        """The detail pages that a procedure has, without those that would be empty."""
        pages = {section.page for section in self.sections_of(id)}
        return [detail for detail in DETAIL_PAGES if detail.name in pages]

    def layers_of(self, id: str) -> dict[str, str]:
        """The layers of a procedure that a clinician reviews, with their headings."""
        absent = {section.anchor for section in SECTIONS} - {section.anchor for section in self.sections_of(id)}
        return {layer: heading for layer, heading in LAYERS.items() if layer not in absent}

    def facts_of_kind(self, kind: type[K]) -> Iterator[tuple[str, K]]:
        """Every fact of one kind with its id."""
        return ((id, fact) for id, fact in self.iter_facts() if isinstance(fact, kind))

    def forms_of(self, id: str) -> list[str]:
        """The ids of the procedures that are forms of `id`, sorted by name."""
        return self._forms.get(id, [])

    @cached_property
    def _forms(self) -> dict[str, list[str]]:
        forms: dict[str, list[str]] = defaultdict(list)
        for id in sorted(self.procedures, key=lambda id: self.procedures[id].names.name.lower()):
            if parent := self.procedures[id].part_of:
                forms[parent].append(id)
        return forms

    def lineage(self, id: str) -> list[str]:
        """A procedure, the one that it is a form of, and so on to the top; a cycle ends where it closes."""
        ids: list[str] = []
        while id in self.procedures and id not in ids:
            ids.append(id)
            id = self.procedures[id].part_of or ""
        return ids

    def family(self, id: str) -> str:
        """The id of the procedure at the top of the lineage of `id`."""
        return self.lineage(id)[-1]

    def harm_name(self, harm: Harm) -> str:
        """What people would call a harm."""
        effect = self.vocabulary["effects"].get(harm.effect)  # missing if the file cannot be read
        return harm.name or (effect.plain if effect else harm.effect)

    def situations_of(self, id: str) -> set[str]:
        """The situations of a procedure, including those that no file lists."""
        procedure = self.procedures[id]
        implied = IMPLIED[1:] if procedure.kind == "no-procedure" else IMPLIED
        return {*procedure.situations, *implied}

    def for_child(self, id: str) -> bool:
        """Whether readers of a procedure's page decide for a child: it and all its forms are for children."""
        return all(CHILD in self.procedures[id].situations for id in (id, *self.forms_of(id)))

    def signs_of(self, id: str) -> dict[str, Sign]:
        """The signs that the page of a procedure shows, the most urgent first."""
        return self._signs[id]

    @cached_property
    def _signs(self) -> dict[str, dict[str, Sign]]:
        ordered = sorted(self.signs.items(), key=lambda item: LEVELS.index(item[1].level))
        situations = {id: self.situations_of(id) for id in self.procedures}
        return {
            id: {key: sign for key, sign in ordered if not names.isdisjoint(sign.shown_for)}
            for id, names in situations.items()
        }

    @property
    def crisis_lines(self) -> list[Helpline]:
        """The crisis lines, in file order."""
        return [line for line in self.helplines.values() if line.crisis]

    def helplines_of(self, id: str) -> list[Helpline]:
        """The helplines for people with a condition that a procedure is for, in file order."""
        indications = self.procedures[id].indications.values()
        conditions = {fact.condition for fact in indications if isinstance(fact, Indication)}
        terms = self.vocabulary["conditions"]
        conditions |= {broader for id in conditions if id in terms and (broader := terms[id].broader)}
        return [line for line in self.helplines.values() if not conditions.isdisjoint(line.conditions)]

    def next_check(self, page: str) -> date | None:
        """The earliest day by which facts that a page shows must be checked again.

        A page that belongs to no procedure or comparison can show any fact.
        """
        records: dict[str, Procedure | Comparison] = {**self.procedures, **self.comparisons}
        id = [*page.removesuffix(".md").split("/"), ""][1]
        shown = [id, *self.comparisons[id].options] if id in self.comparisons else [id]
        days = [records[id].next_check for id in shown if id in records]
        return min(days or [record.next_check for record in records.values()], default=None)

    def terms(self) -> Iterator[tuple[str, Term]]:
        """Every term of every vocabulary with its id."""
        for terms in self.vocabulary.values():
            yield from terms.items()


def split_id(fact_id: str, comparisons: Container[str] = ()) -> tuple[str, tuple[str, ...]]:
    """Split the id of a fact, a procedure, a sign, or one of `comparisons` into its file and the path in it."""
    top, *rest = fact_id.split(".")
    if top == "signs" or top in comparisons:
        return "signs" if top == "signs" else f"comparisons/{top}", tuple(rest)
    if rest[:1] == ["names"]:
        rest.insert(1, "same_name")
    elif rest[:1] == ["harms"] and len(rest) == 3:
        rest = ["harms", rest[1], "how_often", rest[2]]
    return f"procedures/{top}", tuple(rest)


def iter_sourced(facts: Facts) -> Iterator[tuple[str, AnyFact | Sign | SignHere]]:
    """Everything that can have sources, with its id: facts, statements of comparisons, and signs."""
    yield from facts.iter_facts()
    for id, comparison in facts.comparisons.items():
        yield f"{id}.about", comparison.about
        yield from iter_main_messages(comparison, id)
    yield from ((f"signs.{key}", sign) for key, sign in facts.signs.items())
    for id, procedure in facts.procedures.items():
        yield from ((f"{id}.signs.{key}", local) for key, local in procedure.signs.items())


def iter_citations(facts: Facts) -> Iterator[tuple[str, Steps, Citation]]:
    """Every citation with its file and the path in it."""
    for id, record in iter_sourced(facts):
        name, steps = split_id(id, facts.comparisons)
        for position, citation in enumerate(getattr(record, "sources", ())):
            yield name, (*steps, "sources", position), citation
