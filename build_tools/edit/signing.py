"""Signatures of clinicians: what is signed, what changed since the last signature, and who cannot sign."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date
from pathlib import Path

from build_tools.load.facts import Facts
from build_tools.load.settings import today
from build_tools.model import append_only_log, revisions
from build_tools.model.changes import compare, describe_changes
from build_tools.model.lines import build_layers, compute_digests
from build_tools.model.reviews import MAX_INTERVAL, find_statuses
from build_tools.records.logs import Review
from build_tools.records.problems import CommandError, Problem
from build_tools.records.procedure import iter_facts
from build_tools.records.sections import VOCABULARY_OF_FIELD


def describe_signature(data: Path, facts: Facts, id: str, signed: Collection[str], today: date) -> str:
    """What a signature of these layers of a procedure covers, and what changed in them since the last one."""
    layers, statuses = build_layers(facts, id), find_statuses(facts, today)[id]
    lines = [facts.procedures[id].names.name]
    lines += [f"{layers[layer].heading}: {len(layers[layer].lines)} lines" for layer in signed]
    reviews = {layer: review for layer in signed if (review := statuses[layer].review)}
    lines += [f"Last signed on {day}." for day in sorted({review.signed for review in reviews.values()})]
    if new := [layer for layer in signed if layer not in reviews]:
        lines.append(f"Nobody has signed these before: {', '.join(new)}.")
    changed = [layer for layer in reviews if statuses[layer].kind == "changed"]
    if changed:
        lines.append(f"Changed since then: {', '.join(changed)}.")
        oldest = min((reviews[layer] for layer in changed), key=lambda review: review.signed)
        lines.append(describe_changes_since(data, facts, id, oldest))
    elif reviews:
        lines.append("Nothing changed since then.")
    return "\n".join(lines)


def describe_changes_since(data: Path, facts: Facts, id: str, review: Review) -> str:
    """The changes since a review, if git has the facts as they were then."""
    layer, digest = next(iter(review.layers.items()))
    try:
        commit = revisions.find_commit_that_added(data, digest, "reviews.yml")
        old = revisions.load_facts_at(data, commit) if commit else Facts()
    except revisions.RevisionError:
        old = Facts()
    if id not in old.procedures or compute_digests(old, id).get(layer) != digest:
        return "Git does not have the facts as they were signed, so read these parts as a whole."
    references = _collect_references(old, id) | _collect_references(facts, id)
    changes = [
        (file, change)
        for file, change in compare(old, facts)
        if file == f"procedures/{id}" or change.fact in references
    ]
    return describe_changes(changes, data.name, [], {})


def _collect_references(facts: Facts, id: str) -> set[str]:
    """The ids of the sources and the medical words to which a procedure's facts refer."""
    ids: set[str] = set()
    for _, fact in iter_facts(facts.procedures[id], id):
        ids |= {f"sources.{citation.source}" for citation in getattr(fact, "sources", ())}
        terms = ((kind, getattr(fact, field, None)) for field, kind in VOCABULARY_OF_FIELD.items())
        ids |= {f"vocabulary.{kind}.{term}" for kind, term in terms if term}
    return ids


def sign(
    data: Path,
    facts: Facts,
    id: str,
    signed: Collection[str],
    name: str,
    role: str,
    conflicts: str,
    on: date,
    next_review: date,
) -> list[Problem]:
    """Append a signature to data/reviews.yml; return the problems that prevented it."""
    digests = compute_digests(facts, id)
    review = Review(
        procedure=id,
        layers={layer: digest for layer, digest in digests.items() if layer in signed},
        name=name,
        role=role,
        conflicts=conflicts,
        signed=on,
        next_review=next_review,
    )
    if review in facts.reviews:
        place = facts.place("reviews", facts.review_log.index(review))
        return [Problem(place, "This review is already recorded.", "There is nothing left to do.")]
    return append_only_log.append(data / "reviews.yml", f"{data.name}/reviews.yml", review.model_dump())


def refuse_author(data: Path, id: str, name: str) -> str:
    """A sentence about the comparison with git's authors; CommandError if one of them has that name."""
    try:
        authors = revisions.list_authors(data, f"procedures/{id}.yml", "signs.yml")
    except revisions.RevisionError:
        return "Git could not name the authors of these facts, so this name was not compared with theirs."
    for author in sorted(authors):
        if _words(author) and _words(author) <= _words(name):
            raise CommandError(
                f'Git names "{author}" as an author of these facts, and authors cannot review their own work.',
                "Ask a clinician who wrote none of them.",
                status=2,
            )
    return (
        "This name is not among the authors in git. Nothing more can be checked here: "
        "make sure that you know who reviewed."
    )


def _words(name: str) -> set[str]:
    return set(re.findall(r"\w+", name.casefold()))


def parse_plain_line(text: str) -> str:
    """The text on one line; CommandError if it is empty or has invisible characters."""
    line = " ".join(text.split())
    if not line or not line.isprintable():
        raise CommandError(f"{text!r} is not readable text.", "Write words.", status=2)
    return line


def parse_next_review(text: str) -> date:
    """The day of the next review; CommandError unless it is after today and at most a year later."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        hint = "Write year-month-day, such as 2027-11-22."
        raise CommandError(f'"{text}" is not a date that exists.', hint, status=2) from None
    if not today() < day <= today() + MAX_INTERVAL:
        message = f"The next review, {day}, must be after today, {today()}, and at most a year later."
        raise CommandError(message, "Choose another day.", status=2)
    return day
