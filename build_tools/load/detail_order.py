"""The order of facts on detail pages: results by question, harms by weight, the best study first."""

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
"""The groups of harms on the page of risks, by weight, with their headings."""

LIGHT = ("expected", "passes", "not-seen")
"""The weights on the page of side effects; the others are on the page of risks."""

BETTER = "How many people got better"
LESS_PAIN = "How much less pain"
ELSE = "What else was counted"
COMPARED = "Compared with other treatments, or with none"
_BETTER = re.compile(
    r"\b(relief|relieved|helped|freedom|success|result|failed|much better|score of|pain had stayed|uncontrolled)\b"
    r"|\b(no|less|free of|half) .*\bpain\b"
)
"""Matches what was counted if it is about the pain itself."""


class Group(NamedTuple):
    """The facts below one question; "" for statements that come before all questions."""

    question: str
    facts: list[tuple[str, AnyFact]]


def group_results(facts: Mapping[str, AnyFact], by_question: bool = True) -> list[Group]:
    """Group entries by the question that they answer. Statements about a study stay with its figures."""
    keys = list(facts)
    groups: dict[str, dict[str, AnyFact]] = {"": {}, COMPARED: {}, BETTER: {}, LESS_PAIN: {}, ELSE: {}}
    for place, key in enumerate(keys):
        near = [*reversed(keys[: place + 1]), *keys[place + 1 :]]
        same_study = [facts[other] for other in near if _study(facts, other) == _study(facts, key)]
        figure = next((fact for fact in same_study if isinstance(fact, Figure)), None)
        question = "" if figure is None else _question(figure) if by_question else BETTER
        groups[question][key] = facts[key]
    return [
        Group(
            question if by_question else "",
            sort_best_first(group, relief=not by_question) if question else [*group.items()],
        )
        for question, group in groups.items()
        if group
    ]


def sort_best_first(
    facts: Mapping[str, AnyFact], lead: str | None = None, relief: bool = False
) -> list[tuple[str, AnyFact]]:
    """Sort entries by study: `lead` first, then the surest and largest studies, and those of other people last.

    With `relief`, studies of pain come before all others. The facts of one study stay together, in file order.
    """
    studies: dict[str, list[str]] = defaultdict(list)
    for key in facts:
        studies[_study(facts, key)].append(key)

    def rank(keys: list[str]) -> tuple[bool, bool, tuple[bool, int, int]]:
        counted = [fact.counted.lower() for key in keys if isinstance(fact := facts[key], Figure)]
        about_pain = any(_BETTER.search(words) or "pain" in words for words in counted)
        return lead in keys, relief and about_pain, max(_rank(facts[key]) for key in keys)

    ordered = [key for keys in sorted(studies.values(), key=rank, reverse=True) for key in keys]
    ordered.sort(key=lambda key: key != lead)
    return [(key, facts[key]) for key in ordered]


def _study(facts: Mapping[str, AnyFact], key: str) -> str:
    """The first source of an entry; its key if it has none."""
    sources = getattr(facts[key], "sources", ())
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
