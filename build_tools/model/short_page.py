"""The sentences of a procedure's short page: those of the facts that `short` names, in its order.

Comparisons, leaflets, and sheets to take along use the same lines.
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
    """A line: its sentence, and the ids of the facts behind it."""

    sentence: Sentence
    facts: tuple[str, ...]


class ShortHarm(NamedTuple):
    """A harm: what people call it, how often it happened, if that was counted, and the ids of its facts."""

    name: str
    often: Sentence
    facts: tuple[str, ...]


@dataclass(frozen=True)
class Harms:
    """The harms of a short page. `more` names the serious ones without a line."""

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
    """List the slots of a sentence that have no value. The figure called "" fills {value}, {versus}, and {n}."""
    unfilled = []
    for slot in SLOT.findall(text):
        ref, part = parse_slot(slot)
        figure = figures.get(ref)
        value: object = None
        if isinstance(figure, Figure):
            value = {"value": figure, "versus": figure.versus, "n": count_people(figure)}.get(part)
        if value is None:
            unfilled.append(slot)
    return unfilled


def iter_answers(short: Short) -> Iterator[tuple[tuple[str, ...], Answers]]:
    """The answers of a short page and of its cases, each with its path in `short`."""
    yield (), short
    for key, case in short.cases.items():
        yield ("cases", key), case


def iter_lines(short: Short) -> Iterator[tuple[tuple[str | int, ...], Line]]:
    """Every line of a short page with its path in `short`."""
    for steps, part in iter_answers(short):
        for field in type(part).model_fields:
            value = getattr(part, field)
            if field == "asked":
                for key, lines in value.items():
                    for position, line in enumerate(lines):
                        yield (*steps, field, key, position), line
            elif field == "harms":
                for position, key in enumerate(value):
                    yield (*steps, field, position), f"harms.{key}"
            elif isinstance(value, list) and field != "forms":
                for position, line in enumerate(value):
                    yield (*steps, field, position), line
            elif isinstance(value, Joined) or (isinstance(value, str) and field not in ("lead", "pain")):
                yield (*steps, field), value


class ShortPage:
    """The lines of a procedure's short page."""

    def __init__(self, facts: Facts, id: str) -> None:
        self.facts, self.id = facts, id
        self.procedure = facts.procedures[id]
        self.short = self.procedure.short
        self._by_ref = facts.facts_of(id)

    def say(self, line: Line) -> ShortLine:
        """Write a line. Its sentence is empty if a fact or a value is missing, which is reported elsewhere."""
        ids = tuple(f"{self.id}.{ref}" for ref in list_refs(line))
        if not {*list_refs(line)} <= self._by_ref.keys():
            return ShortLine([], ids)
        if isinstance(line, Joined):
            lacks_a_value = bool(list_unfilled(line.says, self._by_ref))
            return ShortLine([] if lacks_a_value else fill_slots(line.says, self._by_ref), ids)
        fact = self._by_ref[line]
        return ShortLine([] if _lacks_a_value(fact) else write_brief(fact), ids)

    def lines(self, *fields: str) -> list[ShortLine]:
        """The lines of some fields, in their order. Missing fields have none."""
        values = (getattr(self.short, field) or [] for field in fields)
        return [self.say(line) for value in values for line in (value if isinstance(value, list) else [value])]

    @cached_property
    def bullets(self) -> list[tuple[str, ShortLine]]:
        """What it is, who it is for, how it can help and harm, and what else there is."""
        child = self.facts.for_child(self.id)
        bullets = (
            ("What it is.", self.short.done or "summary"),
            ("Who it is for.", self.short.who),
            ("How it can help.", "main_message.helps"),
            ("How it can harm.", "main_message.harms"),
            ("Your child has other choices." if child else "You have other choices.", self.short.other),
        )
        return [(label, self.say(line)) for label, line in bullets if line]

    @cached_property
    def steps(self) -> list[tuple[str, list[ShortLine]]]:
        """The steps before, during, after, and at home; a step without lines is left out."""
        labels = ("before", "Before"), ("during", "During"), ("after", "After"), ("home", "At home")
        return [(label, lines) for field, label in labels if (lines := self.lines(field))]

    @cached_property
    def asked(self) -> dict[Asked, tuple[str, list[ShortLine]]]:
        """The questions that people ask, each with the lines that answer it, if any."""
        questions = ASKED_BY_PARENTS if self.facts.for_child(self.id) else ASKED
        answers = self.short.asked
        return {key: (text, [self.say(line) for line in answers.get(key, [])]) for key, text in questions.items()}

    def lines_of(self, detail: str) -> list[tuple[str, ShortLine]]:
        """The lines at the top of a detail page, each with its label. On the page of risks, harms follow them."""
        bullets = dict(self.bullets)
        if self.facts.forms_of(self.id) and detail in ("results", "risks", "side-effects"):
            label = {"results": "How it can help.", "risks": "How it can harm."}.get(detail)
            return [(label, bullets[label])] if label else []
        if detail == "results":
            cases = [(f"{case.pain}:", self.say(case.works)) for case in self.cases.values() if case.works]
            return [*(("", line) for line in self.lines("results")), *cases]
        if detail == "how-long-it-lasts":
            results = self.lines("results")
            return [("", line) for line in results if any(".relief_lasts." in id for id in line.facts)]
        if detail == "new-pain":
            harms = [harm for harm in self.harms().counted if self.facts.heading_of(harm.facts[0]) == detail]
            return [(f"{capitalize(harm.name)}:", ShortLine(harm.often, harm.facts)) for harm in harms]
        if detail == "what-happens":
            return [(f"{label}:", line) for label, lines in self.steps for line in lines]
        if detail == "who-it-is-for":
            return self.bullets[:2] + [("Maybe not, if:", line) for line in self.lines("not_for")]
        if detail == "side-effects":
            return [("What to expect:", line) for line in self.lines("expect")]
        return [("", line) for line in self.lines("evidence", "other")] if detail == "evidence" else []

    @cached_property
    def cases(self) -> dict[str, Case]:
        """What differs for one kind of pain, by condition."""
        return self.short.cases

    def harms(self, answers: Answers | None = None) -> Harms:
        """The harms that the page, or one case, names."""
        named = answers.harms if answers and answers.harms else self.short.harms
        result, harms = Harms([], [], [], []), self.procedure.harms
        for key, harm in harms.items():
            is_grave = harm.weight in ("expected", "dangerous") and harm.effect != "any-complication"
            if is_grave and key not in named:
                result.more.append(self.facts.harm_name(harm))
        for key, harm in ((key, harms[key]) for key in named if key in harms):
            figure = harm.how_often.get(harm.lead or "")
            name, id = self.facts.harm_name(harm), f"{self.id}.harms.{key}"
            if isinstance(figure, Figure):
                has_brief = figure.brief and not _lacks_a_value(figure)
                often = write_brief(figure) if has_brief else format_bare_value(figure)
                was_seen = harm.weight != "not-seen" and figure.share != 0
                group = result.counted if was_seen else result.not_seen
                group.append(ShortHarm(name, often, (id, f"{id}.{harm.lead}")))
            elif harm.weight != "expected":  # the line on what to expect has it
                result.uncounted.append(ShortHarm(name, [], (id,)))
        return result

    @cached_property
    def sources(self) -> list[str]:
        """The first source of each result and harm."""
        harms = self.harms()
        lines = self.lines("results", "evidence")
        lines += [self.say(case.works) for case in self.cases.values() if case.works]
        ids = [id for line in lines for id in line.facts]
        ids += [harm.facts[-1] for harm in (*harms.counted, *harms.uncounted, *harms.not_seen)]
        facts = (self._by_ref.get(id.removeprefix(f"{self.id}.")) for id in ids)
        cited = (fact.sources[0].source for fact in facts if isinstance(fact, Statement | Figure))
        return list(dict.fromkeys(cited))


def _lacks_a_value(fact: AnyFact) -> bool:
    """Whether the brief of a fact has a slot without a value."""
    return bool(list_unfilled(getattr(fact, "brief", None) or "", {"": fact}))


def format_bare_value(figure: Figure) -> Sentence:
    """Format only the value of a figure, to follow the name of a harm."""
    return fill_slots("{value}", {"": figure}, capital_first=False)
