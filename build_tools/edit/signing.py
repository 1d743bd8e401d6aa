"""A clinician's signature: what is signed, what changed since the last time, and who cannot sign."""

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
from build_tools.model.reviews import LONGEST, find_statuses
from build_tools.records.logs import Review
from build_tools.records.problems import CommandError, Problem
from build_tools.records.procedure import iter_facts
from build_tools.records.sections import VOCABULARY_OF_FIELD


def describe_signature(data: Path, facts: Facts, id: str, signed: Collection[str], today: date) -> str:
    """What somebody signs with these layers of a procedure, and what changed in them since the last time."""
    every, found = build_layers(facts, id), find_statuses(facts, today)[id]
    lines = [facts.procedures[id].names.name]
    lines += [f"{every[layer].heading}: {len(every[layer].lines)} lines" for layer in signed]
    reviews = {layer: review for layer in signed if (review := found[layer].review)}
    lines += [f"Last signed on {day}." for day in sorted({review.signed for review in reviews.values()})]
    if new := [layer for layer in signed if layer not in reviews]:
        lines.append(f"Nobody has signed these before: {', '.join(new)}.")
    changed = [layer for layer in reviews if found[layer].kind == "changed"]
    if changed:
        lines.append(f"Changed since then: {', '.join(changed)}.")
        oldest = min((reviews[layer] for layer in changed), key=lambda review: review.signed)
        lines.append(describe_changes_since(data, facts, id, oldest))
    elif reviews:
        lines.append("Nothing changed since then.")
    return "\n".join(lines)


def describe_changes_since(data: Path, facts: Facts, id: str, review: Review) -> str:
    """Each change since a review, if git still has the facts as they were then."""
    layer, digest = next(iter(review.layers.items()))
    try:
        commit = revisions.find_commit_that_added(data, digest, "reviews.yml")
        old = revisions.load_facts_at(data, commit) if commit else Facts()
    except revisions.RevisionError:
        old = Facts()
    if id not in old.procedures or compute_digests(old, id).get(layer) != digest:
        return "Git does not have the facts as they were signed, so read these parts as a whole."
    behind = _behind(old, id) | _behind(facts, id)
    changes = compare(old, facts)
    found = [(file, one) for file, one in changes if file == f"procedures/{id}" or one.fact in behind]
    return describe_changes(found, data.name, [])


def _behind(facts: Facts, id: str) -> set[str]:
    """The ids of the sources and the medical words that a procedure's facts name."""
    found: set[str] = set()
    for _, fact in iter_facts(facts.procedures[id], id):
        found |= {f"sources.{citation.source}" for citation in getattr(fact, "sources", ())}
        named = ((kind, getattr(fact, field, None)) for field, kind in VOCABULARY_OF_FIELD.items())
        found |= {f"vocabulary.{kind}.{word}" for kind, word in named if word}
    return found


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
    """Append a signature to data/reviews.yml; the problems that kept it from being written."""
    now = compute_digests(facts, id)
    review = Review(
        procedure=id,
        layers={layer: now[layer] for layer in now if layer in signed},
        name=name,
        role=role,
        conflicts=conflicts,
        signed=on,
        next_review=next_review,
    )
    if review in facts.reviews:
        where = facts.place("reviews", facts.review_log.index(review))
        return [Problem(where, "This very review has been recorded already.", "There is nothing left to do.")]
    return append_only_log.append(data / "reviews.yml", f"{data.name}/reviews.yml", review.model_dump())


def refuse_author(data: Path, id: str, name: str) -> str:
    """A sentence about what was compared; CommandError if an author of the facts has that name."""
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
        "This name is not among the authors in git. No more than that can be checked here: "
        "make sure that you know who reviewed."
    )


def _words(name: str) -> set[str]:
    return set(re.findall(r"\w+", name.casefold()))


def parse_plain_line(text: str) -> str:
    """One line of visible text; CommandError for anything else."""
    folded = " ".join(text.split())
    if not folded or not folded.isprintable():
        raise CommandError(f"{text!r} must be a text that can be read.", "Write words.", status=2)
    return folded


def parse_next_review(text: str) -> date:
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
