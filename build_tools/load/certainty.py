"""The rule of docs/certainty.md: how sure a figure is, computed from the figure and its sources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeVar

from build_tools.records.base import Record
from build_tools.records.entries import Certainty, Figure, Source, StudyKind
from build_tools.records.procedure import Procedure

_LEVELS = list(Certainty)
_NO_SOURCE = (Certainty.VERY_LOW, "no source")

FEW_PEOPLE = 100
MANY_MISSING = 20

PEOPLE = ("people", "women", "men", "children", "adults", "patients")
"""Units that are people. One person can have several of other units, such as procedures."""

T = TypeVar("T")


class Rating(NamedTuple):
    """The highest level that a figure can have, the kind of study it starts from, and what lowers it."""

    level: Certainty
    start: str
    reasons: list[str]

    def __str__(self) -> str:
        return "; ".join([self.start, *self.reasons])


def is_surer(one: Certainty, other: Certainty) -> bool:
    """Whether `one` is a higher level than `other`."""
    return _LEVELS.index(one) < _LEVELS.index(other)


def rate(figure: Figure, sources: Mapping[str, Source], page: Procedure | None = None) -> Rating:
    """Rate a figure on a page. Sources that do not exist are ignored."""
    first_hand = [citation for citation in figure.sources if not citation.second_hand]
    cited = [sources[c.source] for c in first_hand or figure.sources if c.source in sources]
    starts = [_start(figure, source) for source in cited]
    level, start = min(starts, key=lambda start: _LEVELS.index(start[0]), default=_NO_SOURCE)
    people = figure.n
    if people is None and figure.out_of is not None and figure.units in PEOPLE:
        people = figure.out_of + ((figure.versus and figure.versus.out_of) or 0)
    applies_to = figure.applies_to
    for_any_condition = page is not None and page.kind == "no-procedure"
    missing = max((source.missing or 0 for source in cited), default=0)
    lowered_by = {
        "number of people not known": people is None and figure.low is None,
        f"{people} people": people is not None and people < FEW_PEOPLE,
        "counted elsewhere (applies_to)": applies_to
        and not (for_any_condition and applies_to.condition and not applies_to.form),
        "a range": figure.from_ is not None,
        "read only in another text": not first_hand,
        f"{missing} percent of the people are missing": missing >= MANY_MISSING,
        "paid for by the maker": any(source.funded_by_maker for source in cited),
    }
    reasons = [reason for reason, holds in lowered_by.items() if holds]
    lowest = len(_LEVELS) - 1
    return Rating(_LEVELS[min(_LEVELS.index(level) + len(reasons), lowest)], start, reasons)


def _start(figure: Figure, source: Source) -> tuple[Certainty, str]:
    """The level at which a figure from one source starts, and the kind of study that sets it."""
    kind = source.studies or source.kind
    if kind == StudyKind.RANDOMIZED_TRIAL:
        if figure.versus or figure.quantity in ("difference", "number-needed"):
            return Certainty.MODERATE, kind
        return Certainty.LOW, "one group of a randomized-trial"
    return (Certainty.LOW if kind in (StudyKind.REGISTRY, StudyKind.COHORT) else Certainty.VERY_LOW), kind


def rate_figures(value: T, sources: Mapping[str, Source], page: Procedure | None = None) -> T:
    """Copy a record and rate every figure that an editor did not rate."""
    page = value if isinstance(value, Procedure) else page
    if isinstance(value, Figure):
        level = value.certainty or rate(value, sources, page).level
        return value.model_copy(update={"certainty": level})
    if isinstance(value, dict):
        return type(value)((key, rate_figures(item, sources, page)) for key, item in value.items())
    if isinstance(value, Record):
        parts = {name: (part, rate_figures(part, sources, page)) for name, part in value}
        changed = {name: new for name, (old, new) in parts.items() if new is not old and new != old}
        return value.model_copy(update=changed) if changed else value
    return value
