"""The lines of a procedure that a clinician reviews, in layers, each with the facts behind it.

The packet prints these lines, a review has the digests of their layers, and pages say which layers have changed
since their review.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from pydantic import TypeAdapter

from build_tools.load.facts import Facts
from build_tools.model.figure_text import (
    PLAN_FOR_LAST_DAYS,
    Segment,
    capitalize,
    choose_notice,
    format_sentence,
    join,
    list_context,
    to_text,
    write_contact,
)
from build_tools.model.frequency import format_number
from build_tools.model.short_page import ShortLine, ShortPage, iter_answers
from build_tools.records.entries import AnyFact, Citation, Figure, Measured, NotKnown, Statement
from build_tools.records.procedure import Harm, iter_facts
from build_tools.records.sections import SECTIONS, TOP, VOCABULARY_OF_FIELD
from build_tools.records.short import QUESTIONS
from build_tools.records.signs import Sign, SignHere


@dataclass(frozen=True)
class Cited:
    """A source, with the place cited and how much of it was read."""

    id: str
    by: str
    title: str
    published_in: str
    read: str
    address: str
    at: str = ""
    reporting: str = ""


@dataclass(frozen=True)
class Basis:
    """A fact behind a line: what its source prints, and where."""

    fact: str
    printed: str
    sources: tuple[Cited, ...] = ()
    people: int | None = None
    """How many people were counted, if the fact is a figure from one source that says so."""


@dataclass(frozen=True)
class Line:
    """A line: its label and words as readers see them, more words that belong to it, and the facts behind it."""

    id: str
    words: str
    label: str = ""
    more: str = ""
    behind: tuple[Basis, ...] = ()
    dangerous: bool = False

    @property
    def digest(self) -> str:
        """Changes if anything changes that the reviewer was shown."""
        return compute_digest(_AS_JSON.dump_python(self))


_AS_JSON = TypeAdapter(Line)


@dataclass(frozen=True)
class Layer:
    """Lines that are reviewed together."""

    id: str
    heading: str
    lines: tuple[Line, ...]

    @property
    def digest(self) -> str:
        """Changes if a line changes; the order of the lines does not count."""
        return compute_digest(sorted(line.digest for line in self.lines))


def compute_digest(value: Any) -> str:
    """Compute the digest of a JSON value. The order of keys does not count."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]


def build_layers(facts: Facts, id: str) -> dict[str, Layer]:
    """Build the layers of a procedure by id, in the order of review."""
    builder = _LineBuilder(facts, id)
    return {key: Layer(key, heading, tuple(builder.build(key))) for key, heading in facts.layers_of(id).items()}


def number_lines(layers: Mapping[str, Layer]) -> dict[str, int]:
    """The number of each line, from 1, by its id."""
    lines = (line for layer in layers.values() for line in layer.lines)
    return {line.id: number for number, line in enumerate(lines, 1)}


def format_ranges(numbers: list[int]) -> str:
    """Numbers in ascending order as "1 to 3, 5"."""
    by_distance = groupby(enumerate(numbers), key=lambda item: item[1] - item[0])
    runs = [[number for _, number in run] for _, run in by_distance]
    return ", ".join(f"{run[0]} to {run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs)


def compute_digests(facts: Facts, id: str) -> dict[str, str]:
    """Compute the digest of each layer of a procedure, once."""
    if id not in facts.digests:
        facts.digests[id] = {key: layer.digest for key, layer in build_layers(facts, id).items()}
    return facts.digests[id]


class _LineBuilder:
    """Builds the lines of one procedure."""

    def __init__(self, facts: Facts, id: str) -> None:
        self.facts, self.id = facts, id
        self.procedure = facts.procedures[id]
        self.page = ShortPage(facts, id)

    def build(self, key: str) -> Iterator[Line]:
        """Build the lines of one layer."""
        builders = {"signs": self._signs, "short": self._short, "asked": self._asked}
        return builders[key]() if key in builders else self._section(key)

    def _signs(self) -> Iterator[Line]:
        child, printed = self.facts.for_child(self.id), {""}
        if "cancer" in self.facts.situations_of(self.id):
            yield Line("last-days", PLAN_FOR_LAST_DAYS[0], more=PLAN_FOR_LAST_DAYS[1])
        for key, sign in self.facts.signs_of(self.id).items():
            contact, local = write_contact(sign, child=child), self.procedure.signs.get(key)
            rest = join(contact.rest)  # printed once, as on pages, for all signs with the same contact
            more = [f"{capitalize(choose_notice(sign, child))}.", sign.do, local.here if local else "", sign.when]
            more += [f"Why: {sign.why}.", "" if rest in printed else f"For all of this level: {rest}"]
            printed.add(rest)
            behind = [self._basis(f"signs.{key}", sign)]
            behind += [self._basis(f"{self.id}.signs.{key}", local)] if local else []
            brief = (child and sign.child_brief) or sign.brief
            words = " ".join(filter(None, more))
            yield Line(f"signs.{key}", brief, f"{join(contact.lead)} if", words, tuple(behind), sign.ambulance)

    def _basis(self, id: str, sign: Sign | SignHere) -> Basis:
        return Basis(id, f"Basis: {sign.judgement}" if sign.judgement else "", self._cited(sign.sources))

    def _short(self) -> Iterator[Line]:
        page, harms = self.page, self.page.harms()
        for position, (label, line) in enumerate(page.bullets):
            lead = "" if position else f"{format_sentence(page.short.lead)} "
            yield self._line(f"short.bullets.{position}", line, f"{lead}{label}")
        for field in ("results", "evidence", "expect"):
            yield from self._lines(f"short.{field}", page.lines(field), _LABELS[field])
        for key, case in page.cases.items():
            if case.works:
                yield self._line(f"short.{key}.works", page.say(case.works), case.pain)
        for harm in harms.counted:
            line = ShortLine(harm.often, harm.facts)
            yield self._line(f"short.{harm.facts[0]}", line, capitalize(harm.name), dangerous=True)
        for group, listed in (("uncounted", harms.uncounted), ("not_seen", harms.not_seen)):
            names = [f"{harm.name}{f' ({join(harm.often)})' if harm.often else ''}" for harm in listed]
            facts = tuple(fact for harm in listed for fact in harm.facts)
            if listed:
                line = ShortLine([Segment("words", f"{'; '.join(names)}.")], facts)
                yield self._line(f"short.{group}", line, _LABELS[group], dangerous=group == "uncounted")
        yield from self._lines("short.not_for", page.lines("not_for"), _LABELS["not_for"])
        for label, lines in page.steps:
            words = " ".join(join(line.sentence) for line in lines)
            step = ShortLine([Segment("words", words)], tuple(fact for line in lines for fact in line.facts))
            yield self._line(f"short.{label.lower()}", step, label)

    def _asked(self) -> Iterator[Line]:
        for key, (question, lines) in self.page.asked.items():
            yield from self._lines(f"asked.{key}", lines, question)
        for place, answers in iter_answers(self.page.short):
            for field, label in QUESTIONS.items():
                line = getattr(answers, field)
                if line and field != "harms" and (place or field in ("works", "undone", "day")):
                    pain = f"{self.page.cases[place[1]].pain}: " if place else ""
                    yield self._line(".".join(("asked", *place, field)), self.page.say(line), f"{pain}{label}")

    def _section(self, anchor: str) -> Iterator[Line]:
        [section] = [section for section in (TOP, *SECTIONS) if section.anchor == anchor]
        for field in section.fields:
            if field.name == "names":
                names = self.procedure.names.model_dump(exclude={"same_name"}, exclude_defaults=True)
                yield from (Line(f"names.{key}", _text(value), _word(key)) for key, value in names.items())
            if field.name in ("kind", "part_of") and (value := getattr(self.procedure, field.name)):
                yield Line(field.name, _word(value), _word(field.name))
            if field.name == "questions":
                yield from (Line(f"questions.{n}", text) for n, text in enumerate(self.procedure.questions, 1))
            label = field.heading or (section.heading if field.facts else _word(field.name))
            for fact_id, fact in iter_facts(self.procedure, self.id):
                if fact_id.split(".")[1] == field.name:
                    yield self._fact(fact_id, fact, label)

    def _fact(self, fact_id: str, fact: AnyFact, label: str) -> Line:
        more = ""
        if harm := self.procedure.harms.get(fact_id.split(".")[2]) if ".harms." in fact_id else None:
            label = f"{capitalize(self.facts.harm_name(harm))} ({self._name('effect', harm.effect)})"
            details = {
                "Weight": harm.weight,
                "How long it lasts": harm.lasts,
                "Can it be undone?": harm.can_be_undone,
                "What can be done about it": harm.what_is_done,
                "Signs": ", ".join(harm.signs),
            }
            more = " ".join(f"{name}: {text}" for name, text in details.items() if text and fact is harm)
        words = to_text(fact)
        return Line(fact_id, words, label, more, (self._behind(fact_id, words),))

    def _lines(self, id: str, lines: list[ShortLine], label: str) -> Iterator[Line]:
        return (self._line(f"{id}.{position}", line, label) for position, line in enumerate(lines))

    def _line(self, id: str, line: ShortLine, label: str, *, dangerous: bool = False) -> Line:
        words = join(line.sentence)
        behind = tuple(self._behind(fact, words) for fact in dict.fromkeys(line.facts) if fact in self.facts.by_id)
        return Line(id, words, label, behind=behind, dangerous=dangerous)

    def _behind(self, fact_id: str, words: str) -> Basis:
        """A fact as its source prints it, without repeating the `words` of the line."""
        fact = self.facts.by_id[fact_id]
        citations: list[Citation] = getattr(fact, "sources", [])
        counted = (fact.n or fact.out_of) if isinstance(fact, Figure) and len(citations) == 1 else None
        return Basis(fact_id, self._printed(fact, words), self._cited(citations), counted)

    def _printed(self, fact: AnyFact, words: str) -> str:
        if isinstance(fact, Figure):
            others = f"; {fact.versus.group}: {_value(fact.versus, fact)}" if fact.versus else ""
            details = [f"{part.label}: {part.text}" for part in list_context(fact) if part.kind != "exact"]
            printed = f"The source prints: {fact.counted}: {_value(fact, fact)}{others}."
            return " ".join([printed, *details]).replace(" : ", " ")
        parts = [] if to_text(fact) == words else [f"In full: {to_text(fact)}"]
        if isinstance(fact, NotKnown):
            parts.append(f"{_word(fact.reason)}{f', {fact.searched}' if fact.searched else ''}.")
        elif isinstance(fact, Statement):
            fields = fact.model_dump(exclude=_IN_WORDS, exclude_defaults=True)
            parts += [f"{_word(field)}: {self._name(field, value)}." for field, value in fields.items()]
        return " ".join(parts)

    def _name(self, field: str, value: Any) -> str:
        terms = self.facts.vocabulary.get(VOCABULARY_OF_FIELD.get(field, ""), {})
        return terms[value].name if value in terms else _text(value)

    def _cited(self, citations: list[Citation]) -> tuple[Cited, ...]:
        cited = []
        for citation in citations:
            if source := self.facts.sources.get(citation.source):
                by = f"{source.by}{f', {source.year}' if source.year else ''}"
                read = f"{_word(source.kind)}. {source.read}"
                work = source.title, source.published_in, read, source.address
                cited.append(Cited(citation.source, by, *work, citation.at or "", citation.reporting or ""))
        return tuple(cited)


_LABELS = {
    "results": "How well does it work?",
    "evidence": "How good are the studies?",
    "expect": "What to expect",
    "uncounted": "We found no good number for",
    "not_seen": "Looked for and not seen",
    "not_for": "It may not suit you if",
}
_IN_WORDS = {*Harm.model_fields} - {"effect", "weight"}
"""Fields that the words of a line, or other lines, already show."""


def _value(measured: Measured, figure: Figure) -> str:
    """A value as its source prints it, with nothing computed."""
    qualifier = f"{_word(measured.qualifier).lower()} " if measured.qualifier else ""
    of = f" of {format_number(measured.out_of)} {figure.units}" if measured.out_of is not None else ""
    if measured.count is not None:
        return f"{qualifier}{format_number(measured.count)}{of}"
    ends = (measured.from_, measured.to) if measured.from_ is not None else (measured.before, measured.after)
    single = measured.percent if measured.amount is None else measured.amount
    value = format_number(single or 0)
    if ends[0] is not None and ends[1] is not None:
        value = f"from {format_number(ends[0])} to {format_number(ends[1])}"
    return f"{qualifier}{value} {figure.measure or 'percent'}{of}"


def _word(name: str) -> str:
    return capitalize(name.replace("_", " ").replace("-", " "))


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, list) else str(value)
