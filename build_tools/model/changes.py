"""What the facts say otherwise than before, thing by thing, in plain words.

Records are compared, not text: the order of keys, comments and line breaks are no change.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
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
"""Names of fields that do not explain themselves; the others are shown with spaces for underscores."""

Leaves = dict[tuple[str, str], str]
"""The texts of a thing: by label, and for things of a list also by the text itself."""


@dataclass(frozen=True)
class _Thing:
    """One fact, one source, one word: the file it stands in, what it says as a whole, and all its texts."""

    file: str
    says: str
    leaves: Leaves


# Comparing


def compare(old: Facts, new: Facts) -> list[tuple[str, Change]]:
    """Every change with the file in which it was made. Files that one of the two could not read are left out."""
    before, after = dict(_things(old)), dict(_things(new))
    found: list[tuple[str, Change]] = []
    new_or_gone = old.procedures.keys() ^ new.procedures.keys()
    for id, thing in (after | before).items():
        was, now, top = before.get(id), after.get(id), id.split(".")[0]
        if thing.file in old.broken | new.broken:
            continue
        if was and now:
            for part, key in now.leaves | was.leaves:
                one, other = was.leaves.get((part, key)), now.leaves.get((part, key))
                if one != other:
                    found.append((thing.file, Change(fact=id, part=part, was=one, now=other)))
        elif top not in new_or_gone or id == f"{top}.about":  # one change for all of a procedure
            fact = top if top in new_or_gone else id
            found.append((thing.file, Change(fact=fact, was=was and was.says, now=now and now.says)))
    return sorted(found, key=lambda item: item[0])


def _things(facts: Facts) -> Iterator[tuple[str, _Thing]]:
    for id, procedure in facts.procedures.items():
        file, says = f"procedures/{id}", f"{procedure.names.name}: {procedure.summary.says}"
        about = {"kind", "part_of", "facts_checked", "next_check", "situations"}
        for key, fields in (
            ("about", procedure.model_dump(mode="json", include=about)),
            ("names", procedure.names.model_dump(mode="json", exclude={"same_name"}, exclude_defaults=True)),
            ("questions", {"questions": procedure.questions}),
        ):
            yield f"{id}.{key}", _Thing(file, says, _leaves(fields))
        for fact_id, fact in iter_facts(procedure, id):
            yield fact_id, _thing(file, fact, to_text(fact))
        for key, here in procedure.signs.items():
            yield f"{id}.signs.{key}", _thing(file, here, here.here)
    for id, comparison in facts.comparisons.items():
        says = f"{comparison.title}: {comparison.question}"
        yield f"comparisons.{id}", _thing(f"comparisons/{id}", comparison, says)
    for file, key, record, says in _shared(facts):
        yield f"{file.replace('/', '.')}.{key}", _thing(file, record, says)


def _shared(facts: Facts) -> Iterator[tuple[str, str, Record, str]]:
    """What several pages show: its file, its key there, and what it says as a whole."""
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


def _thing(file: str, record: Record, says: str) -> _Thing:
    fields = record.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"how_often"})
    reads = {("on the page", ""): join(write_finding(record))} if isinstance(record, Figure) else {}
    return _Thing(file, says, reads | _leaves(fields))


def _leaves(fields: dict[str, Any], around: str = "") -> Leaves:
    found: Leaves = {}
    for name, value in fields.items():
        label = around + (_LABELS.get(name) or name.replace("_", " "))
        for item in value if isinstance(value, list) else [value]:
            key = "" if item is value else _text(item)
            if isinstance(item, dict) and "source" not in item:
                found |= _leaves(item, f"{label}: ")
            elif item is not None:
                found[label, key] = _text(item)
    return found


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return format_number(value).replace(",", "")  # as it is typed; a year has no comma
    if isinstance(value, dict):
        beside = [value.get("at"), f"reporting {value['reporting']}" if "reporting" in value else None]
        extra = ", ".join(filter(None, beside))
        return f"{value.get('source', '')}{f' ({extra})' if extra else ''}"
    return " ".join(str(value).split())


# Describing


def find_changes_since(data: Path, facts: Facts, revision: str) -> tuple[list[tuple[str, Change]], list[str]]:
    """The changes since a revision with the reasons of their commits, and the files that cannot be compared."""
    commit = revisions.resolve_commit(data, revision)
    old = revisions.load_facts_at(data, commit)
    why = revisions.list_reasons(data, commit)
    for file in revisions.list_uncommitted(data):
        why[file].append("(not committed yet)")
    changes = [
        (file, change.model_copy(update={"why": "; ".join(why[file]) or None}))
        for file, change in compare(old, facts)
    ]
    unread = (old.broken | facts.broken) - {"reviews", "changes", "wording", "redirects"}
    return changes, sorted(unread)


def describe_changes(changes: list[tuple[str, Change]], folder: str, unread: list[str]) -> str:
    """All changes as a reviewer reads them: by file with its reasons, by id, old and new."""
    lines: list[str] = []
    for file, group in groupby(changes, key=lambda item: item[0]):
        found = [change for _, change in group]
        lines += ["", f"{folder}/{file}.yml"]
        lines += [f"  Why: {why}" for why in dict.fromkeys(change.why for change in found) if why]
        for fact, parts in groupby(found, key=lambda change: change.fact):
            lines += [f"  {fact}", *(f"    {line}" for change in parts for line in describe_change(change))]
    for file in unread:
        lines += ["", f"{folder}/{file}.yml could not be read then or now, and was not compared."]
    number_of = len({change.fact for _, change in changes})
    total = f"{number_of} thing{'' if number_of == 1 else 's'} changed." if number_of else "Nothing changed."
    return "\n".join([total, *lines])


def describe_change(change: Change) -> list[str]:
    """What a change says otherwise than before, in one line or, if it is long, two; none if an editor says it."""
    part, was, now = f"{change.part}, " if change.part else "", change.was, change.now
    if was is None:
        return [] if now is None else [f"{part}new: {now}"]
    if now is None:
        return [f"{part}gone: {was}"]
    if len(f"{was}{now}") < 60:
        return [f"{change.part}: {was} before, {now} now"]
    return [f"{part}before: {was}", f"Now: {now}"]


def summarize_change(change: Change) -> str:
    """A change in one line, as readers see it on the page and in the feed."""
    detail = " ".join(describe_change(change))
    return f"{change.says} ({detail})" if change.says and detail else change.says or detail


# Publishing


def record(data: Path, facts: Facts, revision: str, today: date) -> tuple[int, list[Problem]]:
    """Append what changed since a revision to data/changes.yml; how many changes that were."""
    since_commit, head = revisions.resolve_commit(data, revision), revisions.resolve_commit(data, "HEAD")
    open_files = [file for file in revisions.list_uncommitted(data) if file not in ("changes", "reviews")]
    if open_files:
        message = f"Not committed yet: {', '.join(f'{data.name}/{file}.yml' for file in open_files)}."
        hint = "Commit the facts first: the line that you write there is the reason that readers see."
        raise RevisionError(message, hint)
    last = next((publication.until for publication in reversed(facts.publications) if publication.until), None)
    if last and not revisions.contains(data, since_commit, last):
        message = f'What changed since "{revision}" has been published in part already, up to {last[:12]}.'
        hint = f"Publish the rest: .venv/bin/python -m build_tools changes {last[:12]} --record"
        raise RevisionError(message, hint, status=2)
    changes, unread = find_changes_since(data, facts, revision)
    if unread:
        raise RevisionError(
            f"Some files cannot be compared: {', '.join(unread)}.",
            "They were not readable then, or are not now. Fix them, name a later revision, or write the "
            f"publication by hand (CONTRIBUTING.md) with this line: until: {head}",
        )
    given = list_explained(facts)
    found = [
        one.model_dump(exclude_defaults=True) for _, one in changes if one.part or one.now or one.fact not in given
    ]
    if not found:
        return 0, []
    entry = {"published": today, "until": head, "changes": found}
    return len(found), append_only_log.append(data / "changes.yml", f"{data.name}/changes.yml", entry)


def list_explained(facts: Facts) -> set[str]:
    """The ids of what is gone with a reason in data/changes.yml, in more words than the name of a file has."""
    changes = (change for publication in facts.publications for change in publication.changes)
    return {
        change.fact
        for change in changes
        if change.fact and not change.part and not change.now and len((change.why or "").split()) > 3
    }


@dataclass(frozen=True)
class PageChanges:
    """What one publication says about one page: when, the publication's number, a sentence, the changes."""

    published: date
    number: int
    says: str
    changes: tuple[Change, ...]


def group_by_page(facts: Facts) -> dict[str, list[PageChanges]]:
    """The published changes by what they are about, the newest first.

    A key is a procedure's id, "site", "safety" for every corrected danger, or the name of a file or folder for all
    pages, such as "signs".
    """
    found: dict[str, list[PageChanges]] = defaultdict(list)
    for position, publication in reversed(list(enumerate(facts.publications, 1))):
        if publication.says:
            found["site"].append(PageChanges(publication.published, position, publication.says, ()))
        owned: dict[str, list[Change]] = defaultdict(list)
        for change in publication.changes:
            for owner in ["safety"] if change.safety else list_owners(change):
                owned[owner].append(change)
        for owner, changes in owned.items():
            found[owner].append(PageChanges(publication.published, position, "", tuple(changes)))
    return dict(found)


def list_owners(change: Change) -> list[str]:
    """What a change is about: the ids of its pages, or the file of its fact."""
    return change.pages or [(change.fact or "").split(".")[0]]


# Corrections of dangers


@dataclass(frozen=True)
class Correction:
    """A corrected danger: the day of its publication, a sentence, and the ids of the pages that it concerns."""

    published: date
    says: str
    pages: tuple[str, ...]


def list_corrections(facts: Facts, page: str = "") -> list[Correction]:
    """The corrected dangers, the newest first; of one page, or of all. A comparison has those of its options."""
    options = facts.comparisons[page].options if page in facts.comparisons else ()
    found = [
        Correction(publication.published, change.says or "", list_pages(change))
        for publication in group_by_page(facts).get("safety", ())
        for change in publication.changes
    ]
    return [one for one in found if not page or {page, *options} & {*one.pages}]


def list_pages(change: Change) -> tuple[str, ...]:
    """The ids of the procedures and comparisons that a change concerns."""
    owner, *rest = (change.fact or "").split(".")
    return tuple(change.pages) or (rest[0] if owner == "comparisons" and rest else owner,)
