"""What the short page of a procedure says: the sentences of the facts that `short` names, in its order.

Comparisons, leaflets and sheets take their lines from here too, so that all of them say the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from build_tools.load.facts import Facts
from build_tools.model.figure_text import (
    SLOT,
    Sentence,
    capitalize,
    count_people,
    fill_slots,
    parse_slot,
    write_brief,
)
from build_tools.records.entries import AnyFact, Figure, Statement
from build_tools.records.short import ASKED, ASKED_BY_PARENTS, Answers, Asked, Case, Joined, Line, Short


class ShortLine(NamedTuple):
    """One line: its sentence, and the ids of the facts that say so."""

    sentence: Sentence
    facts: tuple[str, ...]


class ShortHarm(NamedTuple):
    """A harm: what people call it, and how often it happened, if that was counted."""

    name: str
    often: Sentence
    facts: tuple[str, ...]


@dataclass(frozen=True)
class Harms:
    """The harms of a short page. `more` names the serious ones that have no line there."""

    counted: list[ShortHarm]
    uncounted: list[ShortHarm]
    not_seen: list[ShortHarm]
    more: list[str]


def list_refs(line: Line) -> list[str]:
    """The facts that a line rests on, those in its slots first."""
    if isinstance(line, str):
        return [line]
    slots = [slot.split(":")[0] for slot in SLOT.findall(line.says)]
    return list(dict.fromkeys([*slots, *line.facts]))


def list_unfilled(text: str, figures: Mapping[str, AnyFact]) -> list[str]:
    """The slots of a short sentence that have no value. The figure called "" fills {value}, {versus} and {n}."""
    found = []
    for slot in SLOT.findall(text):
        ref, part = parse_slot(slot)
        figure = figures.get(ref)
        value: object = None
        if isinstance(figure, Figure):
            value = {"value": figure, "versus": figure.versus, "n": count_people(figure)}.get(part)
        if value is None:
            found.append(slot)
    return found


def iter_answers(short: Short) -> Iterator[tuple[tuple[str, ...], Answers]]:
    """The answers of a short page and of each of its cases, with their place in `short`."""
    yield (), short
    for key, case in short.cases.items():
        yield ("cases", key), case


def iter_lines(short: Short) -> Iterator[tuple[tuple[str | int, ...], Line]]:
    """Every line of a short page with its place in `short`."""
    for steps, part in iter_answers(short):
        for field in type(part).model_fields:
            given = getattr(part, field)
            if field == "asked":
                for key, every in given.items():
                    for position, line in enumerate(every):
                        yield (*steps, field, key, position), line
            elif field == "harms":
                for position, key in enumerate(given):
                    yield (*steps, field, position), f"harms.{key}"
            elif isinstance(given, list) and field != "forms":
                for position, line in enumerate(given):
                    yield (*steps, field, position), line
            elif isinstance(given, Joined) or (isinstance(given, str) and field not in ("lead", "pain")):
                yield (*steps, field), given


class ShortPage:
    """The lines of one procedure's short page."""

    def __init__(self, facts: Facts, id: str) -> None:
        self.facts, self.id = facts, id
        self.procedure = facts.procedures[id]
        self.short = self.procedure.short
        self._own = facts.of(id)

    def say(self, line: Line) -> ShortLine:
        """One line; without words if a fact or a value that it names is missing, which is a problem of its own."""
        ids = tuple(f"{self.id}.{ref}" for ref in list_refs(line))
        if not {*list_refs(line)} <= self._own.keys():
            return ShortLine([], ids)
        if isinstance(line, Joined):
            return ShortLine([] if list_unfilled(line.says, self._own) else fill_slots(line.says, self._own), ids)
        return ShortLine([] if _lacks_a_value(self._own[line]) else write_brief(self._own[line]), ids)

    def lines(self, *fields: str) -> list[ShortLine]:
        """The lines of some fields, in their order; a field may be missing."""
        given = (getattr(self.short, field) or [] for field in fields)
        return [self.say(line) for one in given for line in (one if isinstance(one, list) else [one])]

    @cached_property
    def bullets(self) -> list[tuple[str, ShortLine]]:
        """What it is, who it is for, how it can help and harm, and what else there is."""
        child = self.facts.for_child(self.id)
        asks = (
            ("What it is.", self.short.done or "summary"),
            ("Who it is for.", self.short.who),
            ("How it can help.", "main_message.helps"),
            ("How it can harm.", "main_message.harms"),
            ("Your child has other choices." if child else "You have other choices.", self.short.other),
        )
        return [(label, self.say(line)) for label, line in asks if line]

    @cached_property
    def steps(self) -> list[tuple[str, list[ShortLine]]]:
        """Before, during, after and at home; a step about which nothing is known is left out."""
        labels = ("before", "Before"), ("during", "During"), ("after", "After"), ("home", "At home")
        return [(label, lines) for field, label in labels if (lines := self.lines(field))]

    @cached_property
    def asked(self) -> dict[Asked, tuple[str, list[ShortLine]]]:
        """What people ask: the question, and the lines that answer it, if any do."""
        given = self.short.asked
        asks = ASKED_BY_PARENTS if self.facts.for_child(self.id) else ASKED
        return {key: (ask, [self.say(line) for line in given.get(key, [])]) for key, ask in asks.items()}

    def lines_of(self, detail: str) -> list[tuple[str, ShortLine]]:
        """The lines with which a detail page begins, each with its label; on that of risks, harms come after."""
        bullets = dict(self.bullets)
        if self.facts.forms_of(self.id) and detail in ("results", "risks", "side-effects"):
            label = {"results": "How it can help.", "risks": "How it can harm."}.get(detail)
            return [(label, bullets[label])] if label else []
        if detail == "results":
            found = [("", said) for said in self.lines("results")]
            return found + [(f"{one.pain}:", self.say(one.works)) for one in self.cases.values() if one.works]
        if detail == "how-long-it-lasts":
            every = self.lines("results")
            return [("", said) for said in every if any(".relief_lasts." in id for id in said.facts)]
        if detail == "new-pain":
            here = [harm for harm in self.harms().counted if self.facts.heading_of(harm.facts[0]) == detail]
            return [(f"{capitalize(harm.name)}:", ShortLine(harm.often, harm.facts)) for harm in here]
        if detail == "what-happens":
            return [(f"{label}:", said) for label, lines in self.steps for said in lines]
        if detail == "who-it-is-for":
            return self.bullets[:2] + [("Maybe not, if:", said) for said in self.lines("not_for")]
        if detail == "side-effects":
            return [("What to expect:", said) for said in self.lines("expect")]
        return [("", said) for said in self.lines("evidence", "other")] if detail == "evidence" else []

    @cached_property
    def cases(self) -> dict[str, Case]:
        """What differs for one kind of pain, by condition."""
        return self.short.cases

    def harms(self, of: Answers | None = None) -> Harms:
        """The harms that the page, or one case, names."""
        named = of.harms if of and of.harms else self.short.harms
        found, harms = Harms([], [], [], []), self.procedure.harms
        for key, harm in harms.items():
            grave = harm.weight in ("expected", "dangerous") and harm.effect != "any-complication"
            if grave and key not in named:
                found.more.append(self.facts.harm_name(harm))
        for key, harm in ((key, harms[key]) for key in named if key in harms):
            figure = harm.how_often.get(harm.lead or "")
            name, id = self.facts.harm_name(harm), f"{self.id}.harms.{key}"
            if isinstance(figure, Figure):
                said = (
                    write_brief(figure)
                    if figure.brief and not _lacks_a_value(figure)
                    else format_bare_value(figure)
                )
                seen = harm.weight != "not-seen" and figure.share != 0
                lines = found.counted if seen else found.not_seen
                lines.append(ShortHarm(name, said, (id, f"{id}.{harm.lead}")))
            elif harm.weight != "expected":  # the line on what to expect says it
                found.uncounted.append(ShortHarm(name, [], (id,)))
        return found

    @cached_property
    def sources(self) -> list[str]:
        """The first source of each result and harm."""
        harms = self.harms()
        shown = self.lines("results", "evidence")
        shown += [self.say(case.works) for case in self.cases.values() if case.works]
        named = [said.facts for said in shown]
        named += [harm.facts[-1:] for harm in (*harms.counted, *harms.uncounted, *harms.not_seen)]
        every = (self._own.get(id.removeprefix(f"{self.id}.")) for ids in named for id in ids)
        cited = (fact.sources[0].source for fact in every if isinstance(fact, Statement | Figure))
        return list(dict.fromkeys(cited))


def _lacks_a_value(fact: AnyFact) -> bool:
    """Whether the brief of a fact has a slot that has no value."""
    return bool(list_unfilled(getattr(fact, "brief", None) or "", {"": fact}))


def format_bare_value(figure: Figure) -> Sentence:
    """A figure's value alone, after the name of a harm."""
    return fill_slots("{value}", {"": figure}, capital_first=False)
