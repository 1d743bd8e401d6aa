"""Which layers of a procedure a clinician has reviewed, and whether they have changed since.

Each entry of data/reviews.yml has a digest of every layer that was signed: a later change invalidates the review.
The file is append-only; git has its history.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal

from build_tools.load.facts import Facts
from build_tools.model.changes import list_pages
from build_tools.model.figure_text import capitalize
from build_tools.model.lines import compute_digest, compute_digests
from build_tools.records.logs import Review
from build_tools.records.problems import Place, Problem, suggest
from build_tools.records.sections import FIRST, LAYERS

MAX_INTERVAL = timedelta(days=366)
"""How far ahead the next review can be (INV-6)."""


# Versions


def compute_version(facts: Facts, id: str) -> str:
    """Compute a short hash of the words of a procedure, or of a comparison and its options."""
    if id in facts.procedures:
        return compute_digest(compute_digests(facts, id))
    comparison = facts.comparisons[id]
    options = [compute_version(facts, option) for option in comparison.options]
    return compute_digest([comparison.model_dump(mode="json", exclude_defaults=True), options])


def compute_leaflet_version(facts: Facts, id: str) -> str:
    """Compute the same for a leaflet, which also depends on the clinic's file."""
    clinic = facts.clinic.model_dump(mode="json", exclude_defaults=True) if facts.clinic else None
    return compute_digest([compute_version(facts, id), clinic])


# Review status


@dataclass(frozen=True)
class ReviewStatus:
    """Whether a layer was reviewed, and whether its last `review` still applies."""

    kind: Literal["none", "reviewed", "changed", "overdue"]
    review: Review | None = None


Statuses = dict[str, ReviewStatus]
"""The status of each layer of one procedure."""


def find_statuses(facts: Facts, today: date) -> dict[str, Statuses]:
    """Find the status of every layer. A changed layer counts as changed even if its review is overdue, too."""
    last = {
        (review.procedure, layer): review
        for review in sorted(facts.reviews, key=lambda review: review.signed)
        for layer in review.layers
    }

    def status(id: str, layer: str) -> ReviewStatus:
        review = last.get((id, layer))
        if review is None:
            return ReviewStatus("none")
        if review.layers[layer] != compute_digests(facts, id)[layer]:
            return ReviewStatus("changed", review)
        return ReviewStatus("reviewed" if today < review.next_review else "overdue", review)

    return {id: {layer: status(id, layer) for layer in facts.layers_of(id)} for id in facts.procedures}


def group_by_status(statuses: Statuses) -> list[tuple[ReviewStatus, list[str]]]:
    """Group layers with the same status and review. Layers without a review come last."""
    groups: dict[str, tuple[ReviewStatus, list[str]]] = {}
    for layer, status in statuses.items():
        review = status.review and status.review.model_dump_json(exclude={"layers"})
        groups.setdefault(f"{status.kind} {review}", (status, []))[1].append(layer)
    return sorted(groups.values(), key=lambda group: group[0].kind == "none")


def name_layers(layers: Collection[str], all_layers: Collection[str]) -> str:
    """List the names of layers; "All parts" if they are all of a procedure's layers."""
    return "All parts" if len(layers) == len(all_layers) else "; ".join(LAYERS[layer] for layer in layers)


def filter_reviewed(statuses: Statuses) -> list[str]:
    """The layers with a review that still applies and is not overdue."""
    return [layer for layer, status in statuses.items() if status.kind == "reviewed"]


def describe_statuses(procedures: Mapping[str, Statuses]) -> str:
    """Describe the statuses of all procedures in one or two sentences."""
    if all(status.review is None for layers in procedures.values() for status in layers.values()):
        return "No clinician has reviewed these pages yet."
    reviewed = [filter_reviewed(layers) for layers in procedures.values()]
    signs, short = (sum(layer in layers for layers in reviewed) for layer in FIRST)
    whole = sum(len(done) == len(layers) for done, layers in zip(reviewed, procedures.values(), strict=True))
    text = (
        f"Of {len(procedures)} treatments, clinicians have reviewed the danger signs of {signs}, "
        f"the short page of {short}, and all parts of {whole}."
    )
    for kind, verb in (("changed", "has changed since its review"), ("overdue", "is overdue for its next review")):
        count = sum(any(status.kind == kind for status in layers.values()) for layers in procedures.values())
        text += f" On {count}, something {verb}." if count else ""
    return text


def describe_reader_tests(facts: Facts) -> str:
    """Describe how many readers from outside have tried pages, and what was changed after that."""
    if not facts.reader_tests:
        return "No readers from outside have tried the pages yet."
    tested = {page for test in facts.reader_tests for page in test.pages}
    readers, last = sum(test.readers for test in facts.reader_tests), facts.reader_tests[-1]
    return (
        f"{readers} readers have tried {len(tested)} of the {len(facts.procedures)} pages about treatments, "
        f"last on {last.tried:%B} {last.tried.day}, {last.tried.year}. After that: {last.changed}"
    )


def find_unsigned(facts: Facts, today: date) -> Iterator[Problem]:
    """Find the layers without a current review, for clinics that publish only reviewed pages."""
    for id, statuses in find_statuses(facts, today).items():
        for status, layers in group_by_status(statuses):
            review, names = status.review, ", ".join(layers)
            if review is None:
                which = "these facts" if len(layers) == len(statuses) else f"these parts: {names}"
                message = f"No clinician has reviewed {which}{'' if ':' in which else ' yet'}."
            elif status.kind == "changed":
                message = f"Changed since {review.name} reviewed it on {review.signed}: {names}."
            elif status.kind == "overdue":
                message = f"The review by {review.name} is overdue: it was due on {review.next_review} ({names})."
            else:
                continue
            yield Problem(
                Place(facts.documents[f"procedures/{id}"].path),
                message,
                f"Give this to a clinician: .venv/bin/python -m build_tools packet {id} (see CONTRIBUTING.md).",
                level="notice" if status.kind == "overdue" else "error",
            )


# Rules for the logs


def check_logs(facts: Facts, today: date) -> list[Problem]:
    """Check data/reviews.yml and data/changes.yml, unless one cannot be read, which is a problem already."""
    rules = RULES if facts.broken.isdisjoint(("reviews", "changes")) else ()
    return [problem for rule in rules for problem in rule(facts, today)]


def reviewed_procedures_exist(facts: Facts, today: date) -> Iterator[Problem]:
    """Every procedure that was signed or tried exists."""
    for position, entry in enumerate(facts.review_log):
        field, ids = ("procedure", [entry.procedure]) if isinstance(entry, Review) else ("pages", entry.pages)
        event = f"signed on {entry.signed}" if isinstance(entry, Review) else f"tried on {entry.tried}"
        for id in ids:
            if id not in facts.procedures and f"procedures/{id}" not in facts.broken:
                message = f'"{id}" was {event}, but there is no longer such a procedure.'
                hint = f"Ids are permanent: put data/procedures/{id}.yml back under its old name."
                yield Problem(facts.place("reviews", position, field), message, hint)


def entries_are_in_order(facts: Facts, today: date) -> Iterator[Problem]:
    """No entry is from the future, and publications are in order."""
    signed = [("signed", e.signed) if isinstance(e, Review) else ("tried", e.tried) for e in facts.review_log]
    published = [("published", publication.published) for publication in facts.publications]
    for name, days in ("reviews", signed), ("changes", published):
        for position, (field, day) in enumerate(days):
            if day > today:
                message = f"{day} has not come yet; by this computer's clock today is {today}."
                hint = f"Correct the clock. If it is correct, {_RESTORE.format(name)}"
                yield Problem(facts.place(name, position, field), message, hint)
    for position, ((_, earlier), (_, day)) in enumerate(pairwise(published), 1):
        if day < earlier:  # but signatures on paper can be entered later
            hint = f"The oldest entry comes first; {_RESTORE.format('changes')}"
            yield Problem(facts.place("changes", position, "published"), f"{day} is after {earlier}.", hint)


_RESTORE = "put the file back as it was: git checkout data/{}.yml."


def changed_pages_exist(facts: Facts, today: date) -> Iterator[Problem]:
    """Every page that a change names exists, and at least one page shows a corrected danger."""
    pages = {*facts.procedures, *facts.comparisons}
    if any(name.startswith(("procedures/", "comparisons/")) for name in facts.broken):
        return  # some pages are unknown
    for position, publication in enumerate(facts.publications):
        for number, change in enumerate(publication.changes):
            place = facts.place("changes", position, "changes", number)
            for id in sorted({*change.pages} - pages):
                yield Problem(place, f'There is no page called "{id}".', suggest(id, pages))
            if change.safety and not change.pages and not pages & {*list_pages(change)}:
                hint = 'Name the procedures and comparisons that it concerns: "pages: [some-name]".'
                yield Problem(place, "No page shows this correction.", hint)


def next_reviews_are_within_a_year(facts: Facts, today: date) -> Iterator[Problem]:
    """The next review is within a year (INV-6)."""
    for position, review in enumerate(facts.review_log):
        if isinstance(review, Review) and not review.signed < review.next_review <= review.signed + MAX_INTERVAL:
            message = f"The next review, {review.next_review}, must be within a year after {review.signed}."
            place = facts.place("reviews", position, "next_review")
            yield Problem(place, message, capitalize(_RESTORE.format("reviews")))


def reviews_are_not_overdue(facts: Facts, today: date) -> Iterator[Problem]:
    """No review is overdue."""
    yield from (problem for problem in find_unsigned(facts, today) if problem.level == "notice")


RULES = (
    reviewed_procedures_exist,
    changed_pages_exist,
    entries_are_in_order,
    next_reviews_are_within_a_year,
    reviews_are_not_overdue,
)
