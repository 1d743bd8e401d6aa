"""What there is, in a few lines."""

from __future__ import annotations

from datetime import date

from build_tools.readability import describe_readings
from build_tools.records import Figure, NotKnown
from build_tools.reviews import describe_standings, standings
from build_tools.site import Site


def summarize(site: Site) -> str:
    """How many facts and pages there are, what is not yet reviewed, and how hard each page is to read."""
    facts = [fact for _, fact in site.facts.all()]
    figures = sum(isinstance(fact, Figure) for fact in facts)
    unknown = sum(isinstance(fact, NotKnown) for fact in facts)
    second_hand = sum(any(c.reporting for c in getattr(fact, "sources", [])) for fact in facts)
    procedures = len(site.facts.procedures)
    return "\n".join(
        [
            f"{_count(procedures, 'procedure')} and {_count(len(site.facts.comparisons), 'comparison')} "
            f"on {_count(len(site.pages), 'page')}",
            f"{len(facts)} facts: {figures} figures, {second_hand} second-hand, {unknown} not known",
            f"{len(site.facts.sources)} sources",
            describe_standings(standings(site.facts, date.today())),
            describe_readings(site.readings),
        ]
    )


def _count(number: int, name: str) -> str:
    return f"{number} {name}{'' if number == 1 else 's'}"
