"""Which facts a clinician has signed, and whether they still say what was signed.

Each entry of data/reviews.yml holds a digest of the facts that were signed, so that a later change invalidates it.
The file only grows; who changed it, and how, is in the history of git.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from build_tools.changes import pages_of
from build_tools.facts import Facts
from build_tools.problems import Problem, suggest
from build_tools.records import Review
from build_tools.sections import SECTIONS, TOP, VOCABULARY_OF_FIELD

_WORD = {"name", "plain", "definition", "serious"}
"""What a page shows of a vocabulary's word beside a fact that names it."""

LONGEST = timedelta(days=366)
"""How far ahead the next review can be (INV-6)."""


# Fingerprints


def fingerprints(facts: Facts, id: str) -> tuple[str, dict[str, str]]:
    """One hash over everything a reader is told of a procedure, and a short one for each section.

    Each section holds its facts, its sources' entries and the medical words it names. The order of keys, comments
    and white space do not count; whatever changes a text, a number or a source does.
    """
    if id not in facts.fingerprints:
        facts.fingerprints[id] = _fingerprints(facts, id)
    return facts.fingerprints[id]


def _fingerprints(facts: Facts, id: str) -> tuple[str, dict[str, str]]:
    record = facts.procedures[id].model_dump(mode="json", by_alias=True, exclude_defaults=True)
    content: dict[str, Any] = {}
    for section in (section for section in (TOP, *SECTIONS) if section.fields):
        told = {field.name: record[field.name] for field in section.fields if field.name in record}
        if section.anchor == "when-to-get-help":
            told["shown"] = {
                key: sign.model_dump(mode="json", exclude={"shown_for", "judgement"}, exclude_defaults=True)
                for key, sign in facts.signs_of(id).items()
            }
        content[section.anchor] = {"facts": told, "named": dict(_named(told, facts))}
    return _digest(content), {section: _digest(part)[:12] for section, part in content.items()}


def version_of_comparison(facts: Facts, id: str) -> str:
    """A short hash that changes when a comparison or any fact of its options does."""
    comparison = facts.comparisons[id]
    options = [fingerprints(facts, option)[0] for option in comparison.options]
    return _digest([comparison.model_dump(mode="json", exclude_defaults=True), options])[:12]


def leaflet_version(facts: Facts, id: str) -> str:
    """A short hash that changes when the facts of a procedure or a comparison do, or the clinic's own file."""
    version = fingerprints(facts, id)[0] if id in facts.procedures else version_of_comparison(facts, id)
    clinic = facts.clinic.model_dump(mode="json", exclude_defaults=True) if facts.clinic else None
    return _digest([version, clinic])[:12]


def _named(value: Any, facts: Facts) -> Iterator[tuple[str, Any]]:
    """The entries of sources and vocabularies that stand behind the ids in a value."""
    if isinstance(value, list):
        for item in value:
            yield from _named(item, facts)
    elif isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(inner, str):
                yield from _named(inner, facts)
            elif key == "source" and inner in facts.sources:
                yield f"sources.{inner}", facts.sources[inner].model_dump(mode="json", exclude_defaults=True)
            elif (kind := VOCABULARY_OF_FIELD.get(key)) and inner in facts.vocabulary[kind]:
                word = facts.vocabulary[kind][inner]
                yield f"{kind}.{inner}", word.model_dump(mode="json", include=_WORD, exclude_defaults=True)


def _digest(value: Any) -> str:
    text = json.dumps(_folded(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _folded(value: Any) -> Any:
    if isinstance(value, str):
        return " ".join(value.split())
    if isinstance(value, list):
        return [_folded(item) for item in value]
    if isinstance(value, dict):
        return {key: _folded(inner) for key, inner in value.items()}
    return value


# Where each procedure stands


@dataclass(frozen=True)
class Standing:
    """How a procedure stands with its reviewers: the last `review`, and the `sections` that changed since."""

    kind: Literal["none", "reviewed", "changed", "overdue"]
    review: Review | None = None
    sections: tuple[str, ...] = ()


def standings(facts: Facts, today: date) -> dict[str, Standing]:
    """The standing of every procedure. A change since the review says more than its age, and comes first."""
    last = {review.procedure: review for review in facts.reviews}
    return {id: _standing(facts, id, last.get(id), today) for id in facts.procedures}


def _standing(facts: Facts, id: str, review: Review | None, today: date) -> Standing:
    if review is None:
        return Standing("none")
    whole, sections = fingerprints(facts, id)
    if whole != review.facts:
        changed = [section for section, digest in sections.items() if digest != review.sections.get(section)]
        return Standing("changed", review, tuple(changed))
    return Standing("reviewed" if today < review.next_review else "overdue", review)


def describe_standings(found: Mapping[str, Standing]) -> str:
    """All standings in one sentence."""
    kinds: list[str] = [standing.kind for standing in found.values()]
    if not kinds or set(kinds) == {"none"}:
        return "No clinician has reviewed these pages yet."
    total = len(kinds)
    said = f"Clinicians have reviewed {kinds.count('reviewed')} of the {total} pages about treatments."
    for kind, one, many in (
        ("changed", "has changed since its review", "have changed since their reviews"),
        ("overdue", "is overdue for its next review", "are overdue for their next reviews"),
        ("none", "is not yet reviewed", "are not yet reviewed"),
    ):
        if number := kinds.count(kind):
            said += f" {number} {one if number == 1 else many}."
    return said


def unsigned(facts: Facts, today: date) -> Iterator[Problem]:
    """What keeps a clinic from publishing that publishes reviewed pages only."""
    for id, standing in standings(facts, today).items():
        review = standing.review
        if standing.kind == "reviewed":
            continue
        said = "No clinician has reviewed these facts yet."
        if review and standing.kind == "changed":
            where = ", ".join(standing.sections)
            said = f"These facts have changed since {review.name} reviewed them on {review.signed}: {where}."
        elif review:
            said = (
                f"The review by {review.name} on {review.signed} is overdue: it was due on {review.next_review}."
            )
        yield Problem(
            facts.place(f"procedures/{id}"),
            said,
            f"A clinician signs it: .venv/bin/python -m build_tools sign {id} (see CONTRIBUTING.md).",
            level="notice" if standing.kind == "overdue" else "error",
        )


# What must hold in the ledgers


def check_ledgers(facts: Facts, today: date) -> list[Problem]:
    """All problems of data/reviews.yml and data/changes.yml. If one cannot be read, reading has said why."""
    return [problem for rule in RULES for problem in rule(facts, today)]


def reviews_have_a_page(facts: Facts, today: date) -> Iterator[Problem]:
    """Every signature stands under a procedure that is there."""
    for position, review in enumerate(facts.reviews if "reviews" not in facts.broken else ()):
        if review.procedure not in facts.procedures and f"procedures/{review.procedure}" not in facts.broken:
            yield Problem(
                facts.place("reviews", position, "procedure"),
                f'"{review.procedure}" was signed on {review.signed}, and there is no such procedure any more.',
                f"Ids are permanent: put data/procedures/{review.procedure}.yml back under its old name.",
            )


def entries_are_in_time(facts: Facts, today: date) -> Iterator[Problem]:
    """No signature and no publication is from the future or out of order."""
    for name, field, days in (
        ("reviews", "signed", [review.signed for review in facts.reviews]),
        ("changes", "published", [publication.published for publication in facts.publications]),
    ):
        earlier = date.min
        for position, day in enumerate(days if name not in facts.broken else ()):
            place = facts.place(name, position, field)
            restore = f"put the file back as it was: git checkout data/{name}.yml."
            if day > today:
                message = f"{day} has not come yet; by this computer's clock today is {today}."
                yield Problem(place, message, f"Set the clock right. If it is right, {restore}")
            if day < earlier:
                yield Problem(place, f"{day} is after {earlier}.", f"The oldest entry is the first; {restore}")
            earlier = day


def corrections_have_a_page(facts: Facts, today: date) -> Iterator[Problem]:
    """Every page that a change names is there, and a corrected danger has at least one page that shows it."""
    pages = {*facts.procedures, *facts.comparisons}
    if any(name.startswith(("procedures/", "comparisons/", "changes")) for name in facts.broken):
        return  # then nobody knows which pages there are
    for position, publication in enumerate(facts.publications):
        for number, change in enumerate(publication.changes):
            place = facts.place("changes", position, "changes", number)
            for id in sorted({*change.pages} - pages):
                yield Problem(place, f'There is no page called "{id}".', suggest(id, pages))
            if change.safety and not change.pages and not pages & {*pages_of(change)}:
                hint = 'Name the procedures and comparisons that it concerns: "pages: [some-name]".'
                yield Problem(place, "No page shows this correction.", hint)


def reviews_end(facts: Facts, today: date) -> Iterator[Problem]:
    """The next review is within a year (INV-6)."""
    for position, review in enumerate(facts.reviews if "reviews" not in facts.broken else ()):
        if not review.signed < review.next_review <= review.signed + LONGEST:
            yield Problem(
                facts.place("reviews", position, "next_review"),
                f"The next review, {review.next_review}, must be within a year after {review.signed}.",
                "Put the file back as it was: git checkout data/reviews.yml.",
            )


def reviews_are_renewed(facts: Facts, today: date) -> Iterator[Problem]:
    """No review is overdue for the next one."""
    yield from (problem for problem in unsigned(facts, today) if problem.level == "notice")


RULES = (reviews_have_a_page, corrections_have_a_page, entries_are_in_time, reviews_end, reviews_are_renewed)
