"""What there is, in a few lines."""

from __future__ import annotations

from build_tools.records import Figure, NotKnown
from build_tools.site import Site


def summarize(site: Site) -> str:
    """How many procedures, facts, sources and pages there are, and what is not yet reviewed."""
    facts = [fact for _, fact in site.facts.all()]
    figures = sum(isinstance(fact, Figure) for fact in facts)
    unknown = sum(isinstance(fact, NotKnown) for fact in facts)
    second_hand = sum(any(c.reporting for c in getattr(fact, "sources", [])) for fact in facts)
    procedures = len(site.facts.procedures)
    return "\n".join(
        [
            f"{procedures} procedures and {len(site.facts.comparisons)} comparisons on {len(site.pages)} pages",
            f"{len(facts)} facts: {figures} figures, {second_hand} second-hand, {unknown} not known",
            f"{len(site.facts.sources)} sources",
            f"{procedures} of {procedures} procedures are not yet reviewed by a clinician",
        ]
    )
