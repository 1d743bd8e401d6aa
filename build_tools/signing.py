"""A clinician's signature: what is signed, what changed since the last time, and the new entry of the ledger."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from build_tools import ledger, revisions
from build_tools.changes import compare, describe_changes
from build_tools.facts import Facts
from build_tools.problems import CommandError, Problem
from build_tools.records import Review, facts_of
from build_tools.reviews import LONGEST, Standing, fingerprints, standings
from build_tools.sections import VOCABULARY_OF_FIELD
from build_tools.settings import today


def describe_signature(data: Path, facts: Facts, id: str, today: date) -> str:
    """What somebody signs with this procedure, and what changed since it was signed the last time."""
    procedure = facts.procedures[id]
    lines = [
        f"{procedure.names.name}: {procedure.summary.says}",
        f"{sum(1 for _ in facts_of(procedure, id))} facts in {data / 'procedures' / id}.yml",
    ]
    standing = standings(facts, today)[id]
    review = standing.review
    if review is None:
        lines.append("Nobody has signed these facts before: read the whole page.")
    else:
        lines.append(f"Last signed by {review.name}, {review.role}, on {review.signed}.")
        if standing.kind == "changed":
            lines.append(
                f"Changed since then, by section: {', '.join(standing.sections) or 'the order of sections'}."
            )
            lines.append(_details(data, facts, id, standing))
        else:
            lines.append("Nothing changed since then.")
    return "\n".join(lines)


def _details(data: Path, facts: Facts, id: str, standing: Standing) -> str:
    """Each change since the signature, if git still has the facts that were signed."""
    assert standing.review
    try:
        commit = revisions.commit_that_added(data, standing.review.facts, "reviews.yml")
        old = revisions.facts_at(data, commit) if commit else Facts()
    except revisions.RevisionError:
        old = Facts()
    if id not in old.procedures or fingerprints(old, id)[0] != standing.review.facts:
        return "Git does not hold the facts as they were signed, so read these sections as a whole."
    behind = _behind(old, id) | _behind(facts, id)
    found = [
        (file, change)
        for file, change in compare(old, facts)
        if file == f"procedures/{id}" or change.fact in behind
    ]
    return describe_changes(found, data.name, [])


def _behind(facts: Facts, id: str) -> set[str]:
    """The ids of the sources and the medical words that a procedure's facts name."""
    found: set[str] = set()
    for _, fact in facts_of(facts.procedures[id], id):
        found |= {f"sources.{citation.source}" for citation in getattr(fact, "sources", ())}
        found |= {
            f"vocabulary.{kind}.{getattr(fact, field)}"
            for field, kind in VOCABULARY_OF_FIELD.items()
            if hasattr(fact, field)
        }
    return found


def sign(
    data: Path, facts: Facts, id: str, name: str, role: str, conflicts: str, next_review: date, today: date
) -> list[Problem]:
    """Append a signature to data/reviews.yml; the problems that kept it from being written."""
    whole, sections = fingerprints(facts, id)
    review = Review(
        procedure=id,
        facts=whole,
        sections=sections,
        name=name,
        role=role,
        conflicts=conflicts,
        signed=today,
        next_review=next_review,
    )
    return ledger.append(data / "reviews.yml", f"{data.name}/reviews.yml", review.model_dump())


def plain_line(text: str) -> str:
    """One line of visible text; CommandError for anything else."""
    folded = " ".join(text.split())
    if not folded or not folded.isprintable():
        raise CommandError(f"{text!r} must be a text that can be read.", "Write words.", status=2)
    return folded


def day_within_a_year(text: str) -> date:
    """The day of the next review; CommandError unless it is after today and at most a year later."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        hint = "Write year-month-day, such as 2027-11-22."
        raise CommandError(f'"{text}" is not a date that exists.', hint, status=2) from None
    if not today() < day <= today() + LONGEST:
        message = f"The next review, {day}, must be after today, {today()}, and at most a year later."
        raise CommandError(message, "Choose another day.", status=2)
    return day
