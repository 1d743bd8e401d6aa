"""The order of the detail pages: results by the question they answer, harms by weight, the best study first."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from build_tools.records.entries import AnyFact, Certainty, Figure

WEIGHTS = {
    "expected": "What everybody should expect",
    "dangerous": "What is dangerous or can last",
    "passes": "What passes",
    "not-seen": "Looked for and not seen",
}
"""How the page of risks groups harms, by their weight, and what it calls each group."""

LIGHT = ("expected", "passes", "not-seen")
"""The weights on the page of side effects; what is dangerous or can last has the page of risks."""

BETTER = "How many people got better"
LESS_PAIN = "How much less pain"
ELSE = "What else was counted"
COMPARED = "Compared with other treatments, or with none"
_BETTER = re.compile(
    r"\b(relief|relieved|helped|freedom|success|result|failed|much better|score of|pain had stayed|uncontrolled)\b"
    r"|\b(no|less|free of|half) .*\bpain\b"
)
"""Words of what was counted that speak of the pain itself."""


class Group(NamedTuple):
    """Facts under one question; "" for what is said in words, before all questions."""

    question: str
    facts: list[tuple[str, AnyFact]]


def group_results(found: Mapping[str, AnyFact], asks: bool = True) -> list[Group]:
    """Entries by the question that they answer, if it `asks` any. Words about a study stay with its numbers."""
    keys = list(found)
    groups: dict[str, dict[str, AnyFact]] = {"": {}, COMPARED: {}, BETTER: {}, LESS_PAIN: {}, ELSE: {}}
    for place, key in enumerate(keys):
        near = [*reversed(keys[: place + 1]), *keys[place + 1 :]]
        own = [one for one in near if _study(found, one) == _study(found, key)]
        figure = next((fact for one in own if isinstance(fact := found[one], Figure)), None)
        question = "" if figure is None else _question(figure) if asks else BETTER
        groups[question][key] = found[key]
    names = {BETTER: BETTER if asks else ""}
    return [
        Group(
            names.get(question, question),
            sort_best_first(facts, relief=not asks) if question else [*facts.items()],
        )
        for question, facts in groups.items()
        if facts
    ]


def sort_best_first(
    found: Mapping[str, AnyFact], lead: str | None = None, relief: bool = False
) -> list[tuple[str, AnyFact]]:
    """Entries by study: the `lead` first, then the surest and largest, and those of other people last.

    If asked, studies of `relief` come before those of anything else. What one study says stays together, in the
    order of the data.
    """
    studies: dict[str, list[str]] = defaultdict(list)
    for key in found:
        studies[_study(found, key)].append(key)

    def rank(keys: list[str]) -> tuple[bool, bool, tuple[bool, int, int]]:
        counted = [fact.counted.lower() for key in keys if isinstance(fact := found[key], Figure)]
        speaks = relief and any(_BETTER.search(words) or "pain" in words for words in counted)
        return lead in keys, speaks, max(_rank(found[key]) for key in keys)

    ordered = [key for keys in sorted(studies.values(), key=rank, reverse=True) for key in keys]
    ordered.sort(key=lambda key: key != lead)
    return [(key, found[key]) for key in ordered]


def _study(found: Mapping[str, AnyFact], key: str) -> str:
    """The first source of an entry; its key if it has none."""
    sources = getattr(found[key], "sources", ())
    return sources[0].source if sources else key


def _rank(fact: AnyFact) -> tuple[bool, int, int]:
    if not isinstance(fact, Figure):
        return False, -len(Certainty), 0
    certainty = -list(Certainty).index(fact.certainty or Certainty.VERY_LOW)
    return fact.applies_to is None, certainty, fact.out_of or fact.n or 0


def _question(figure: Figure) -> str:
    if figure.versus or figure.quantity in ("difference", "number-needed"):
        return COMPARED
    if figure.quantity == "score" and "pain" in figure.counted.lower():
        return LESS_PAIN
    is_share = figure.share is not None or (figure.from_ is not None and not figure.measure)
    return BETTER if is_share and _BETTER.search(figure.counted.lower()) else ELSE
