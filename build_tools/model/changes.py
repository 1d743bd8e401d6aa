"""What changed in the facts, one thing at a time, in plain words.

Records are compared, not text: the order of keys, comments, and line breaks do not count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from build_tools.load.facts import Facts
from build_tools.model import append_only_log, revisions
from build_tools.model.figure_text import join, to_text, write_contact, write_finding
from build_tools.model.frequency import format_number
from build_tools.model.revisions import RevisionError
from build_tools.records.base import Record
from build_tools.records.entries import Figure
from build_tools.records.logs import Change
from build_tools.records.problems import Problem
from build_tools.records.procedure import iter_facts

_LABELS = {
    "says": "words",
    "sources": "source",
    "counted": "what was counted",
    "count": "how many",
    "out_of": "out of how many",
    "versus": "compared with",
    "certainty": "how sure",
    "units": "what was counted one by one",
    "measure": "unit",
    "low": "lower end of the uncertainty",
    "high": "upper end of the uncertainty",
    "searched": "last searched on",
    "lasts": "how long it lasts",
    "notice": "what you notice",
    "say_it": "how to say it",
    "part_of": "a form of",
    "facts_checked": "facts last checked on",
    "next_check": "next check by",
    "by": "authors",
    "read": "what was read of it",
    "questions": "question",
}
"""The labels of fields whose names do not explain themselves."""

Leaves = dict[tuple[str, str], str]
"""The texts of a thing by label, and in a list also by the text itself."""


@dataclass(frozen=True)
class _Thing:
    """A fact, a source, a word, and so on: its file, what it says as a whole, and all its texts."""

    file: str
    says: str
    leaves: Leaves


# Comparing


def compare(old: Facts, new: Facts) -> list[tuple[str, Change]]:
    """Every change, with its file. Files that could not be read in one of the two are left out."""
    before, after = dict(_iter_things(old)), dict(_iter_things(new))
    changes: list[tuple[str, Change]] = []
    new_or_gone = old.procedures.keys() ^ new.procedures.keys()
    for id, thing in (after | before).items():
        was, now, top = before.get(id), after.get(id), id.split(".")[0]
        if thing.file in old.broken | new.broken:
            continue
        if was and now:
            for part, key in now.leaves | was.leaves:
                old_text, new_text = was.leaves.get((part, key)), now.leaves.get((part, key))
                if old_text != new_text:
                    changes.append((thing.file, Change(fact=id, part=part, was=old_text, now=new_text)))
        elif top not in new_or_gone or id == f"{top}.about":  # a new or deleted procedure is one change
            fact = top if top in new_or_gone else id
            changes.append((thing.file, Change(fact=fact, was=was and was.says, now=now and now.says)))
    return sorted(changes, key=lambda item: item[0])


def _iter_things(facts: Facts) -> Iterator[tuple[str, _Thing]]:
    for id, procedure in facts.procedures.items():
        file, says = f"procedures/{id}", f"{procedure.names.name}: {procedure.summary.says}"
        about = {"kind", "part_of", "facts_checked", "next_check", "situations"}
        for key, fields in (
            ("about", procedure.model_dump(mode="json", include=about)),
            ("names", procedure.names.model_dump(mode="json", exclude={"same_name"}, exclude_defaults=True)),
            ("questions", {"questions": procedure.questions}),
        ):
            yield f"{id}.{key}", _Thing(file, says, _collect_leaves(fields))
        for fact_id, fact in iter_facts(procedure, id):
            yield fact_id, _make_thing(file, fact, to_text(fact))
        for key, local in procedure.signs.items():
            yield f"{id}.signs.{key}", _make_thing(file, local, local.here)
    for id, comparison in facts.comparisons.items():
        says = f"{comparison.title}: {comparison.question}"
        yield f"comparisons.{id}", _make_thing(f"comparisons/{id}", comparison, says)
    for file, key, record, says in _iter_shared(facts):
        yield f"{file.replace('/', '.')}.{key}", _make_thing(file, record, says)


def _iter_shared(facts: Facts) -> Iterator[tuple[str, str, Record, str]]:
    """Everything that several pages show: its file, its key there, its record, and what it says as a whole."""
    for key, sign in facts.signs.items():
        yield "signs", key, sign, f"If {sign.notice}: {write_contact(sign)}"
    for key, situation in facts.situations.items():
        yield "situations", key, situation, situation.says
    for key, line in facts.helplines.items():
        yield "helplines", key, line, f"{line.country}: {line.name}, {line.phone or line.website}"
    for key, source in facts.sources.items():
        yield "sources", key, source, f"{source.title} ({source.by})"
    for kind, words in facts.vocabulary.items():
        for key, word in words.items():
            yield f"vocabulary/{kind}", key, word, f"{word.name}: {word.definition}"
    for key, claim in facts.claims.items():
        yield "claims", key, claim, f"{claim.claim} {claim.says}"


def _make_thing(file: str, record: Record, says: str) -> _Thing:
    fields = record.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"how_often"})
    shown = {("on the page", ""): join(write_finding(record))} if isinstance(record, Figure) else {}
    return _Thing(file, says, shown | _collect_leaves(fields))


def _collect_leaves(fields: dict[str, Any], prefix: str = "") -> Leaves:
    leaves: Leaves = {}
    for name, value in fields.items():
        label = prefix + (_LABELS.get(name) or name.replace("_", " "))
        for item in value if isinstance(value, list) else [value]:
            key = "" if item is value else _format(item)
            if isinstance(item, dict) and "source" not in item:
                leaves |= _collect_leaves(item, f"{label}: ")
            elif item is not None:
                leaves[label, key] = _format(item)
    return leaves


def _format(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return format_number(value).replace(",", "")  # as in the file: years have no commas
    if isinstance(value, dict):
        details = [value.get("at"), f"reporting {value['reporting']}" if "reporting" in value else None]
        joined = ", ".join(filter(None, details))
        return f"{value.get('source', '')}{f' ({joined})' if joined else ''}"
    return " ".join(str(value).split())


# Describing


def find_changes_since(data: Path, facts: Facts, revision: str) -> tuple[list[tuple[str, Change]], list[str]]:
    """The changes since a revision, with the subjects of their commits, and the files that cannot be compared."""
    commit = revisions.resolve_commit(data, revision)
    old = revisions.load_facts_at(data, commit)
    reasons = revisions.list_reasons(data, commit)
    for file in revisions.list_uncommitted(data):
        reasons[file].append("(not committed yet)")
    changes = [
        (file, change.model_copy(update={"why": "; ".join(reasons[file]) or None}))
        for file, change in compare(old, facts)
    ]
    unread = (old.broken | facts.broken) - {"reviews", "changes", "wording", "redirects"}
    return changes, sorted(unread)


def describe_changes(
    changes: list[tuple[str, Change]], folder: str, unread: list[str], pages_by_fact: Mapping[str, list[str]]
) -> str:
    """Format all changes for a reviewer: by file with its reasons, and by id with the pages that show the fact."""
    lines: list[str] = []
    for file, items in groupby(changes, key=lambda item: item[0]):
        group = [change for _, change in items]
        lines += ["", f"{folder}/{file}.yml"]
        lines += [f"  Why: {why}" for why in dict.fromkeys(change.why for change in group) if why]
        for fact, parts in groupby(group, key=lambda change: change.fact):
            lines += [f"  {fact}", *(f"    {line}" for change in parts for line in describe_change(change))]
            if pages := pages_by_fact.get(fact or ""):
                lines.append(f"    Shown on: {', '.join(pages)}")
    for file in unread:
        lines += ["", f"{folder}/{file}.yml could not be read then or now, and was not compared."]
    count = len({change.fact for _, change in changes})
    total = f"{count} fact{'' if count == 1 else 's'} changed." if count else "Nothing changed."
    return "\n".join([total, *lines])


def describe_change(change: Change) -> list[str]:
    """Describe a change in one line, or in two if it is long. Without old and new words, there is no line."""
    part, was, now = f"{change.part}, " if change.part else "", change.was, change.now
    if was is None:
        return [] if now is None else [f"{part}new: {now}"]
    if now is None:
        return [f"{part}gone: {was}"]
    if len(f"{was}{now}") < 60:
        return [f"{part}before: {was}; now: {now}"]
    return [f"{part}before: {was}", f"Now: {now}"]


def summarize_change(change: Change) -> str:
    """Describe a change in one line, as readers see it on pages and in the feed."""
    detail = " ".join(describe_change(change))
    return f"{change.says} ({detail})" if change.says and detail else change.says or detail


# Publishing


def record(data: Path, facts: Facts, revision: str, today: date) -> tuple[int, list[Problem]]:
    """Append what changed since a revision to data/changes.yml, and return the number of changes."""
    since_commit, head = revisions.resolve_commit(data, revision), revisions.resolve_commit(data, "HEAD")
    uncommitted = [file for file in revisions.list_uncommitted(data) if file not in ("changes", "reviews")]
    if uncommitted:
        message = f"Not committed yet: {', '.join(f'{data.name}/{file}.yml' for file in uncommitted)}."
        hint = "Commit the facts first: readers see the first line of your commit message as the reason."
        raise RevisionError(message, hint)
    last = next((publication.until for publication in reversed(facts.publications) if publication.until), None)
    if last and not revisions.contains(data, since_commit, last):
        message = f'What changed since "{revision}" has been published in part, up to {last[:12]}.'
        hint = f"Publish the rest: .venv/bin/python -m build_tools changes {last[:12]} --record"
        raise RevisionError(message, hint, status=2)
    changes, unread = find_changes_since(data, facts, revision)
    if unread:
        raise RevisionError(
            f"Some files cannot be compared: {', '.join(unread)}.",
            "They could not be read then, or cannot be read now. Fix them, name a later revision, or write the "
            f"publication by hand (CONTRIBUTING.md) with this line: until: {head}",
        )
    explained = list_explained(facts)
    fields = [
        change.model_dump(exclude_defaults=True)
        for _, change in changes
        if change.part or change.now or change.fact not in explained
    ]
    if not fields:
        return 0, []
    entry = {"published": today, "until": head, "changes": fields}
    return len(fields), append_only_log.append(data / "changes.yml", f"{data.name}/changes.yml", entry)


def list_explained(facts: Facts) -> set[str]:
    """The ids whose removal data/changes.yml explains in more words than a file name has."""
    changes = (change for publication in facts.publications for change in publication.changes)
    return {
        change.fact
        for change in changes
        if change.fact and not change.part and not change.now and len((change.why or "").split()) > 3
    }


@dataclass(frozen=True)
class PageChanges:
    """The changes of one publication to one page: its day, its number, a sentence, and the changes."""

    published: date
    number: int
    says: str
    changes: tuple[Change, ...]


def group_by_page(facts: Facts) -> dict[str, list[PageChanges]]:
    """Group the published changes by what they are about, the newest first.

    A key is a procedure's id, "site", "safety" for every corrected danger, or the name of a file or folder for all
    pages, such as "signs".
    """
    pages: dict[str, list[PageChanges]] = defaultdict(list)
    for position, publication in reversed(list(enumerate(facts.publications, 1))):
        if publication.says:
            pages["site"].append(PageChanges(publication.published, position, publication.says, ()))
        owned: dict[str, list[Change]] = defaultdict(list)
        for change in publication.changes:
            for owner in ["safety"] if change.safety else list_owners(change):
                owned[owner].append(change)
        for owner, changes in owned.items():
            pages[owner].append(PageChanges(publication.published, position, "", tuple(changes)))
    return dict(pages)


def list_owners(change: Change) -> list[str]:
    """What a change is about: the ids of its pages, or the file of its fact."""
    return change.pages or [(change.fact or "").split(".")[0]]


# Corrections of dangers


@dataclass(frozen=True)
class Correction:
    """A corrected danger: the day of its publication, a sentence, and the ids of its pages."""

    published: date
    says: str
    pages: tuple[str, ...]


def list_corrections(facts: Facts, page: str = "") -> list[Correction]:
    """The corrected dangers of one page or of all, the newest first. A comparison has those of its options."""
    options = facts.comparisons[page].options if page in facts.comparisons else ()
    corrections = [
        Correction(publication.published, change.says or "", list_pages(change))
        for publication in group_by_page(facts).get("safety", ())
        for change in publication.changes
    ]
    return [correction for correction in corrections if not page or {page, *options} & {*correction.pages}]


def list_pages(change: Change) -> tuple[str, ...]:
    """The ids of the procedures and comparisons that a change concerns."""
    owner, *rest = (change.fact or "").split(".")
    return tuple(change.pages) or (rest[0] if owner == "comparisons" and rest else owner,)
