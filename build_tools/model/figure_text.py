"""The words of every fact. No other module or template words a figure.

Pages, leaflets, JSON, CSV, the list of changes, and the reading grade use the same segments and differ only in
markup. A figure's sentences have the number and what was counted (standards R-02, R-03, R-12, R-13), the other
people unless it counts a harm (R-07), the uncertainty (R-10), and the group it was compared with (R-04). No
frequency word replaces or follows a number (R-05), and a group of fewer than 100 is reported as it was counted
(R-21). Its context has the exact count and who, when, how, and how sure (R-01).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

from build_tools.model.frequency import (
    describe_percents,
    describe_range,
    describe_rest,
    describe_share,
    format_number,
)
from build_tools.records.clinic import Clinic
from build_tools.records.entries import AnyFact, Certainty, DoesNotApply, Figure, HarmFigure, Measured, NotKnown
from build_tools.records.procedure import Harm
from build_tools.records.signs import Sign

CERTAINTY_WORDS = {
    Certainty.HIGH: "we can be sure of this number.",
    Certainty.MODERATE: "this number is probably close to the truth.",
    Certainty.LOW: "this number may be off.",
    Certainty.VERY_LOW: "we can't be sure of this number.",
}
"""GRADE's four levels in plain words (docs/certainty.md)."""


def describe_certainty(figure: Figure) -> str:
    """How sure a figure is, in plain words. A figure that has not been rated counts as very low."""
    return CERTAINTY_WORDS[figure.certainty or Certainty.VERY_LOW]


class Segment(NamedTuple):
    """A part of a sentence, with its spaces and punctuation. Templates mark up some kinds."""

    kind: Literal["label", "words", "number", "applies", "versus", "versus-number", "phone"]
    text: str


class ContextItem(NamedTuple):
    """One thing that a reader must know about a figure besides its sentences."""

    kind: Literal["exact", "who", "when", "how", "certainty", "note"]
    label: str
    text: str


Sentence = list[Segment]

_END = Segment("words", ".")


def to_text(fact: AnyFact | str) -> str:
    """A fact, or an answer inside a harm, as plain text."""
    return " ".join(join(sentence) for sentence in write_sentences(fact))


def join(sentence: Sentence) -> str:
    """A sentence as plain text."""
    return "".join(segment.text for segment in sentence)


def write_sentences(fact: AnyFact | str) -> list[Sentence]:
    """Write the sentences of a fact. An editor's text is one segment, even if it has several sentences."""
    if isinstance(fact, NotKnown):
        return [[_words(fact.not_known)]]
    if isinstance(fact, DoesNotApply):
        return [[Segment("label", "Does not apply.")], [_words(fact.does_not_apply)]]
    if not isinstance(fact, Figure):
        return [[_words(fact if isinstance(fact, str) else fact.says)]]
    sentences = [[*capitalize_sentence(write_finding(fact)), _END]]
    if rest := _rest(fact):
        sentences.append([_words(rest)])
    if fact.low is not None and fact.high is not None:
        if fact.share is None:
            ends = f"from {format_number(fact.low)} to {format_number(fact.high)} {fact.measure or ''}".strip()
        elif fact.scaled:
            ends = f"{describe_range(fact.low, fact.high)} out of 100"
        else:
            ends = describe_percents(fact.low, fact.high)
        sentences.append([_words(f"The true number could be {ends}.")])
    if fact.versus:
        value, group = Segment("versus-number", format_value(fact.versus, fact)), fact.versus.group
        if counts_people(fact):
            sentences.append([Segment("versus", "Compared with "), value, _words(f" {group}"), _END])
        else:
            sentences.append([Segment("versus", f"For comparison, {fact.units} {group}: "), value, _END])
    return sentences


def _rest(figure: Figure) -> str:
    """The sentence about the other people, or about why there is none."""
    share, counted, total = figure.share, figure.counted, figure.out_of
    if figure.n is not None:
        return f"The study had {format_number(figure.n)} people."
    if share is None or figure.qualifier:
        return ""
    if total is None:
        return "The source gives only a percent."
    if share in (0, 1) or isinstance(figure, HarmFigure) or (figure.count is None and not figure.scaled):
        return ""
    rest = total - (figure.count or 0)
    others = describe_rest(share) if figure.scaled else "1" if rest == 1 else f"the other {format_number(rest)}"
    if counted.startswith("were "):
        verb = "was not" if others == "1" else "were not"
    elif counted.startswith("could "):
        verb = "could" if counted.startswith("could not ") else "could not"
    else:
        verb = "did" if re.match(r"had no (?!.*\b(?:and|(?<!with )or)\b)", counted) else "did not"
    return f"{capitalize(others)} {verb}."


def write_finding(figure: Figure) -> Sentence:
    """Write the number and what was counted, for use in a sentence: without a capital and a period."""
    headline = format_value(figure, figure)
    applies = [Segment("applies", f"{figure.applies_to.says}: ")] if figure.applies_to else []
    if not counts_people(figure):
        return [*applies, _words(f"{figure.counted}: "), Segment("number", headline)]
    if figure.share is None and len(figure.sources) > 1:
        headline += " in different studies"
    is_singular = figure.count == 1 and not figure.scaled and figure.counted.startswith("were ")
    counted = figure.counted.replace("were", "was", 1) if is_singular else figure.counted
    return [*applies, Segment("number", headline), _words(f" {counted}")]


def counts_people(figure: Figure) -> bool:
    """Whether the value is a share or a range of shares, not an amount."""
    return figure.share is not None or (figure.from_ is not None and not figure.measure)


_QUALIFIERS = {"over": "more than", "under": "less than"}


def format_value(measured: Measured, figure: Figure) -> str:
    """Format the value of a figure, or of the group it was compared with, with its units and qualifier."""
    text = _value(measured, figure)
    if not measured.qualifier:
        return text
    qualifier = _QUALIFIERS.get(measured.qualifier, measured.qualifier.replace("-", " "))
    return f"{qualifier} {text.removeprefix('from ')}"


def _value(measured: Measured, figure: Figure) -> str:
    units, measure, share = figure.units, figure.measure, measured.share
    group = f"{format_number(measured.out_of)} {units}" if measured.out_of else units
    if share is not None:
        if measured.out_of and share in (0, 1):
            return f"{'all' if share else 'none of'} {group}"
        if measured.scaled or share in (0, 1):
            return describe_share(share, units)
        if measured.count is not None:
            return f"{format_number(measured.count)} of {group}"
        return f"{describe_percents(share * 100, share * 100)} of {group}"
    if measured.from_ is not None and measured.to is not None:
        if measure:
            return f"from {format_number(measured.from_)} to {format_number(measured.to)} {measure}"
        if measured.scaled:
            return f"{describe_range(measured.from_, measured.to)} out of 100 {units}"
        return f"{describe_percents(measured.from_, measured.to)} of {group}"
    amount = f"{format_number(measured.amount or 0)} {measure}"
    if figure.average and measured.amount is not None and figure.quantity in ("lasts", "happens-by"):
        if figure.average == "mean":
            return f"{amount} on average"
        within = f"{amount} or longer" if figure.quantity == "lasts" else f"within {amount}"
        return f"{within} for half the group"
    kind = "average" if figure.average == "mean" else figure.average
    average = f" ({kind})" if kind and kind not in figure.counted.lower() else ""
    if measured.before is not None and measured.after is not None:
        scale = str(measure).removeprefix("points ")
        unit = scale if scale != measure else f"in {measure}"
        before, after = format_number(measured.before), format_number(measured.after)
        return f"from {before} before to {after} after{average}, {unit}"
    return f"{amount}{average}"


def list_context(figure: Figure) -> list[ContextItem]:
    """List what a reader must know about a figure besides its sentences, in the order of the pages."""
    exact, other = (_exact(group, figure.units) if group else "" for group in (figure, figure.versus))
    exact = f"{format_sentence(exact) if exact else ''} {f'The others: {other}.' if other else ''}".strip()
    details = [
        ContextItem("exact", "", exact),
        ContextItem("who", "Who", format_sentence(figure.who)),
        ContextItem("when", "When", format_sentence(figure.when)),
        ContextItem("how", "How", format_sentence(figure.how)),
        ContextItem("certainty", "How sure", describe_certainty(figure)),
        ContextItem("note", "", figure.note or ""),
    ]
    return [detail for detail in details if detail.text]


def _exact(measured: Measured, units: str) -> str:
    """What the source prints: "60 out of 700 people in the study"; "" if the sentence has it already."""
    if measured.scaled and measured.out_of is not None:
        if measured.count in (0, measured.out_of):
            return ""
        group = f"{format_number(measured.out_of)} {units} in the study"
        if measured.count is not None:
            return f"{format_number(measured.count)} out of {group}"
        return f"{format_number(measured.percent)} percent of {group}" if measured.percent is not None else ""
    if measured.percent is not None and not measured.percent.is_integer():
        return f"{format_number(measured.percent)} percent in the source"
    return ""


def describe_unanswered(harms: Sequence[Harm]) -> str:
    """Describe for how many harms a question is still open; "" if for none."""
    relevant = [harm for harm in harms if harm.weight != "not-seen" and harm.effect not in _NO_QUESTIONS]
    parts: list[str] = []
    for field, of_many, of_one in (
        ("lasts", "how long they last", "how long it lasts"),
        ("can_be_undone", "if they can be undone", "if it can be undone"),
        ("what_is_done", "what is done about them", "what is done about it"),
    ):
        if count := sum(getattr(harm, field) is None for harm in relevant):
            of = "," if parts else f" of {len(harms)} harms, what we read does not clearly say"
            parts.append(f"for {count}{of} {of_many if count > 1 else of_one}")
    return f"{capitalize('; '.join(parts))}." if parts else ""


_NO_QUESTIONS = ("death", "any-complication", "pain-returns")
"""Effects without such questions: final ones, those of many kinds, and the old pain."""


PLAN_FOR_LAST_DAYS = (
    "If you have a plan for your last days, call your palliative care line first.",
    "In those days, long sleep, uneven breathing, confusion, and blotchy skin can be expected.",
)
"""Shown above the signs of danger if readers have cancer; a short page has only the first sentence."""


class Contact(NamedTuple):
    """Whom to call about a sign, and how fast: `lead`, which "if" can follow, and `rest`, what else to know.

    `again` is a shorter lead for a companion, used after signs for which the reader makes the same call.
    """

    lead: Sentence
    rest: Sentence
    again: str = ""

    def __str__(self) -> str:
        return f"{join(self.lead)}. {join(self.rest)}".strip()


def write_contact(sign: Sign, clinic: Clinic | None = None, child: bool = False, them: bool = False) -> Contact:
    """Write whom to call about a sign. This follows only from the sign's level and from who acts.

    The numbers are those of `clinic`. The reader acts for a `child`, and as a companion for `them`.
    """
    number = Segment("phone", clinic.emergency_number) if clinic else _words("your local emergency number")
    team = "your child's team" if child else "their team" if them else "your team"
    companion = sign.who == "companion" and not child and not them
    call = "Someone with you should call" if companion else "Call"
    if sign.ambulance:
        return Contact(
            [_words(f"{call} "), number, _words(" now")], [], f"{call} that number" if companion else ""
        )
    if sign.level == "emergency":
        go = "Someone with you should take you to" if companion else "Take your child to" if child else "Go to"
        hard = f"If no one can drive, or {'your child' if child else 'somebody'} is hard to wake, call "
        rest = [_words(hard if companion or child else "Let someone else drive, or call "), number, _words(".")]
        return Contact([_words(f"{go} an emergency department now")], rest)
    desk: Sentence = []
    if clinic:
        desk = [_words(f"{clinic.department}, "), Segment("phone", clinic.phone), _words(f" ({clinic.hours})")]
    if sign.level == "ask":
        return Contact([_words(f"Tell {team} within a few days")], [*desk, _words(".")] if desk else [])
    if clinic:
        desk += [_words("; at all other times "), Segment("phone", clinic.out_of_hours), _words(". ")]
    rest = [*desk, _words("No answer? Go to an emergency department.")]
    return Contact([_words(f"{call} {team} today (at any hour)")], rest, f"{call} {team}" if companion else "")


def _words(text: str) -> Segment:
    return Segment("words", text)


def choose_notice(sign: Sign, child: bool = False) -> str:
    """The words of a sign that follow "if"; about a child, if there are such words."""
    return sign.child if child and sign.child else sign.notice


_THEM = {"you": "they", "your": "their", "yourself": "themselves"}


def rewrite_for_companion(text: str) -> str:
    """Rewrite a sign's "you" as "they", for a companion. Verbs that follow "you" also follow "they"."""
    return re.sub(r"\b(yourself|your|you)\b", lambda match: _THEM[match[1]], text)


def write_brief(fact: AnyFact) -> Sentence:
    """Write a fact as one sentence for the short page."""
    if isinstance(fact, Figure) and fact.brief:
        return fill_slots(fact.brief, {"": fact})
    if isinstance(fact, Figure):
        return [*capitalize_sentence(write_finding(fact)), _END]
    return [_words(getattr(fact, "brief", None) or to_text(fact))]


def fill_slots(text: str, figures: Mapping[str, AnyFact], capital_first: bool = True) -> Sentence:
    """Fill the slots of a sentence with the values of figures: {value}, {versus}, and {n} of the one called "".

    The units are named once: "6 of 7 people had less pain, and none of 9 without it". A change has no "before" and
    "after": "Pain fell from 6 to 2".
    """
    sentence: Sentence = []
    named_units: set[str] = set()
    for position, piece in enumerate(SLOT.split(text)):
        if position % 2 == 0:
            sentence += [_words(piece)] if piece else []
            continue
        ref, part = parse_slot(piece)
        figure = figures[ref]
        assert isinstance(figure, Figure), "see short_checks.slots_have_values"
        if part == "n":
            sentence.append(Segment("number", format_number(count_people(figure) or 0)))
            continue
        measured = figure.versus if part == "versus" else figure
        assert measured is not None, "see the same rule"
        value = format_value(measured, figure).replace(" before to ", " to ").replace(" after", "", 1)
        if counts_people(figure):
            if figure.units in named_units:
                value = value.removesuffix(f" {figure.units}").removesuffix(" of")
            named_units.add(figure.units)
        if part == "versus":
            sentence.append(Segment("versus-number", value))
        else:
            sentence.append(Segment("number", capitalize(value) if capital_first and not sentence else value))
    return sentence


def parse_slot(slot: str) -> tuple[str, str]:
    """Split a slot into the id of a fact, "" for the fact whose brief it is in, and the part to print."""
    ref, _, part = slot.partition(":")
    return ("", ref) if ref in ("value", "versus", "n") else (ref, part or "value")


SLOT = re.compile(r"\{([^{}]*)\}")


def count_people(figure: Figure) -> int | None:
    """How many people were counted, if the source says so."""
    return figure.n or figure.out_of


def capitalize(text: str) -> str:
    """Begin a text with a capital."""
    return text[:1].upper() + text[1:]


def capitalize_sentence(sentence: Sentence) -> Sentence:
    """Begin a sentence with a capital."""
    return [sentence[0]._replace(text=capitalize(sentence[0].text)), *sentence[1:]]


def end_sentence(sentence: Sentence) -> Sentence:
    """End a sentence with a period, unless it has one."""
    return sentence if sentence[-1].text.endswith(".") else [*sentence, _END]


def format_sentence(text: str) -> str:
    """Begin a text with a capital, and end it with a period unless it has an end."""
    text = capitalize(text)
    return text if text.endswith((".", "!", "?")) else f"{text}."
