"""What the facts say otherwise than before, thing by thing, in plain words.

Records are compared, not text: the order of keys, comments and line breaks are no change.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

from build_tools.load.facts import Facts
from build_tools.model import ledger, revisions
from build_tools.model.figure_text import contact, finding, join, plain
from build_tools.model.frequency import number
from build_tools.model.revisions import RevisionError
from build_tools.records.base import Record
from build_tools.records.entries import Figure
from build_tools.records.ledgers import Change
from build_tools.records.problems import Problem
from build_tools.records.procedure import facts_of

_LABELS = {
    "reads": "on the page",
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
    "not_known": "not known",
    "searched": "last searched on",
    "does_not_apply": "does not apply",
    "lasts": "how long it lasts",
    "notice": "what you notice",
    "also_called": "also called",
    "say_it": "how to say it",
    "part_of": "a form of",
    "facts_checked": "facts last checked on",
    "next_check": "next check by",
    "by": "authors",
    "read": "what was read of it",
    "read_by": "read by",
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
    unread = old.broken | new.broken
    found: list[tuple[str, Change]] = []
    whole: set[str] = set()
    for id, thing in (after | before).items():
        owner = id.split(".")[0]
        if thing.file in unread or owner in whole:
            continue
        was, now = before.get(id), after.get(id)
        if was and now:
            found += [(thing.file, change) for change in _changes(id, was.leaves, now.leaves)]
            continue
        if thing.file == f"procedures/{owner}" and (owner in old.procedures) != (owner in new.procedures):
            whole.add(owner)
            id = owner
        said = {"was": was.says} if was else {"now": thing.says}
        found.append((thing.file, Change(fact=id, **said)))
    return sorted(found, key=lambda item: item[0])


def not_compared(old: Facts, new: Facts) -> list[str]:
    """The files that one of the two could not read, and that hold facts."""
    return sorted(
        name for name in old.broken | new.broken if name not in ("reviews", "changes", "wording", "redirects")
    )


def _changes(id: str, was: Leaves, now: Leaves) -> Iterator[Change]:
    for key in now | was:
        if was.get(key) != now.get(key):
            yield Change(fact=id, part=key[0], was=was.get(key), now=now.get(key))


def _things(facts: Facts) -> Iterator[tuple[str, _Thing]]:
    for id, procedure in facts.procedures.items():
        file = f"procedures/{id}"
        name = f"{procedure.names.name}: {procedure.summary.says}"
        about = procedure.model_dump(
            mode="json", include={"kind", "part_of", "facts_checked", "next_check", "situations"}
        )
        yield f"{id}.about", _Thing(file, name, _leaves(about))
        names = procedure.names.model_dump(mode="json", exclude={"same_name"}, exclude_defaults=True)
        yield f"{id}.names", _Thing(file, name, _leaves(names))
        yield f"{id}.questions", _Thing(file, name, _leaves({"questions": procedure.questions}))
        for fact_id, fact in facts_of(procedure, id):
            yield fact_id, _thing(file, fact, plain(fact))
        for key, here in procedure.signs.items():
            yield f"{id}.signs.{key}", _thing(file, here, here.here)
    for key, sign in facts.signs.items():
        yield f"signs.{key}", _thing("signs", sign, f"If {sign.notice}: {contact(sign)}")
    for key, situation in facts.situations.items():
        yield f"situations.{key}", _thing("situations", situation, situation.says)
    for key, line in facts.helplines.items():
        yield (
            f"helplines.{key}",
            _thing("helplines", line, f"{line.country}: {line.name}, {line.phone or line.website}"),
        )
    for id, source in facts.sources.items():
        yield f"sources.{id}", _thing("sources", source, f"{source.title} ({source.by})")
    for kind, words in facts.vocabulary.items():
        for id, word in words.items():
            yield f"vocabulary.{kind}.{id}", _thing(f"vocabulary/{kind}", word, f"{word.name}: {word.definition}")
    for id, comparison in facts.comparisons.items():
        yield (
            f"comparisons.{id}",
            _thing(f"comparisons/{id}", comparison, f"{comparison.title}: {comparison.question}"),
        )
    for id, claim in facts.claims.items():
        yield f"claims.{id}", _thing("claims", claim, f"{claim.claim} {claim.says}")


def _thing(file: str, record: Record, says: str) -> _Thing:
    fields = record.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude={"how_often"})
    leaves = _leaves(fields)
    if isinstance(record, Figure):
        leaves = {(_LABELS["reads"], ""): join(finding(record))} | leaves
    return _Thing(file, says, leaves)


def _leaves(fields: dict[str, Any], around: str = "") -> Leaves:
    found: Leaves = {}
    for name, value in fields.items():
        label = around + (_LABELS.get(name) or name.replace("_", " "))
        for item in value if isinstance(value, list) else [value]:
            key = "" if item is value else _text(item)
            if isinstance(item, dict) and "source" not in item:
                found |= _leaves(item, f"{label}, {item['key']}: " if "key" in item else f"{label}: ")
            elif item is not None:
                found[label, key] = _text(item)
    return found


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return number(value).replace(",", "")  # as it is typed; a year has no comma
    if isinstance(value, dict):
        extra = [
            value[name] if name == "at" else f"reporting {value[name]}"
            for name in ("at", "reporting")
            if name in value
        ]
        return str(value.get("source", "")) + (f" ({', '.join(extra)})" if extra else "")
    return " ".join(str(value).split())


# Telling


def since(data: Path, facts: Facts, revision: str) -> tuple[list[tuple[str, Change]], list[str]]:
    """The changes since a revision with the reasons of their commits, and the files that cannot be compared."""
    commit = revisions.commit_of(data, revision)
    old = revisions.facts_at(data, commit)
    why = revisions.reasons(data, commit)
    open_files = revisions.not_committed(data)
    told = []
    for file, change in compare(old, facts):
        given = why.get(file, []) + (["(not committed yet)"] if file in open_files else [])
        told.append((file, change.model_copy(update={"why": "; ".join(given) or None})))
    return told, not_compared(old, facts)


def describe_changes(changes: list[tuple[str, Change]], folder: str, unread: list[str]) -> str:
    """All changes as a reviewer reads them: by file with its reasons, by id, old and new."""
    lines: list[str] = []
    for file, group in groupby(changes, key=lambda item: item[0]):
        found = [change for _, change in group]
        lines += ["", f"{folder}/{file}.yml"]
        lines += [f"  Why: {why}" for why in dict.fromkeys(change.why for change in found) if why]
        for fact, parts in groupby(found, key=lambda change: change.fact):
            lines.append(f"  {fact}")
            for change in parts:
                lines += [f"    {line}" for line in describe_change(change)]
    for file in unread:
        lines += ["", f"{folder}/{file}.yml could not be read then or now, and was not compared."]
    number_of = len({change.fact for _, change in changes})
    total = f"{number_of} thing{'' if number_of == 1 else 's'} changed." if number_of else "Nothing changed."
    return "\n".join([total, *lines])


def describe_change(change: Change) -> list[str]:
    """What a change says otherwise than before, in one line or, if it is long, three."""
    part = f"{change.part}: " if change.part else ""
    if change.was is None:
        return [f"{part}new: {change.now}"]
    if change.now is None:
        return [f"{part}gone; it was: {change.was}"]
    if _is_short(change):
        return [f"{part}{change.was} before, {change.now} now"]
    return [part.rstrip(), f"  before: {change.was}", f"  now:    {change.now}"]


def _is_short(change: Change) -> bool:
    return len(f"{change.was}{change.now}") < 60


def sentence(change: Change) -> str:
    """A change in one line, as readers see it on the page and in the feed."""
    detail = _detail(change)
    return f"{change.says} ({detail})" if change.says and detail else change.says or detail


def _detail(change: Change) -> str:
    if change.was is change.now is None:
        return ""
    part = f"{change.part}, " if change.part else ""
    if change.was is None:
        return f"{part}new: {change.now}"
    if change.now is None:
        return f"{part}gone: {change.was}"
    if _is_short(change):
        return f"{change.part}: {change.was} before, {change.now} now"
    return f"{change.part}, before: {change.was} Now: {change.now}"


# Publishing


def record(data: Path, facts: Facts, revision: str, today: date) -> tuple[int, list[Problem]]:
    """Append what changed since a revision to data/changes.yml; how many changes that were."""
    since_commit, head = revisions.commit_of(data, revision), revisions.commit_of(data, "HEAD")
    open_files = [file for file in revisions.not_committed(data) if file not in ("changes", "reviews")]
    if open_files:
        message = f"Not committed yet: {', '.join(f'{data.name}/{file}.yml' for file in open_files)}."
        hint = "Commit the facts first: the line that you write there is the reason that readers see."
        raise RevisionError(message, hint)
    last = next((publication.until for publication in reversed(facts.publications) if publication.until), None)
    if last and not revisions.holds(data, since_commit, last):
        message = f'What changed since "{revision}" has been published in part already, up to {last[:12]}.'
        hint = f"Publish the rest: .venv/bin/python -m build_tools changes {last[:12]} --record"
        raise RevisionError(message, hint, status=2)
    told, unread = since(data, facts, revision)
    if unread:
        raise RevisionError(
            f"Some files cannot be compared: {', '.join(unread)}.",
            "They were not readable then, or are not now. Fix them, name a later revision, or write the "
            f"publication by hand (CONTRIBUTING.md) with this line: until: {head}",
        )
    given = explained(facts)
    told = [(file, one) for file, one in told if one.part or one.now or one.fact not in given]
    if not told:
        return 0, []
    entry = {
        "published": today,
        "until": head,
        "changes": [change.model_dump(exclude_defaults=True) for _, change in told],
    }
    return len(told), ledger.append(data / "changes.yml", f"{data.name}/changes.yml", entry)


def explained(facts: Facts) -> set[str]:
    """The ids of what is gone with a reason in data/changes.yml, in more words than the name of a file has."""
    changes = (change for publication in facts.publications for change in publication.changes)
    return {
        change.fact
        for change in changes
        if change.fact and not change.part and not change.now and len((change.why or "").split()) > 3
    }


@dataclass(frozen=True)
class Told:
    """What one publication says about one page: when, the publication's number, a sentence, the changes."""

    published: date
    number: int
    says: str
    changes: tuple[Change, ...]


def by_page(facts: Facts) -> dict[str, list[Told]]:
    """The published changes by what they are about, the newest first.

    A key is a procedure's id, "site", "safety" for every corrected danger, or the name of a file or folder for all
    pages, such as "signs".
    """
    found: dict[str, list[Told]] = {}
    for position, publication in reversed(list(enumerate(facts.publications, 1))):
        told = Told(publication.published, position, "", ())
        if publication.says:
            found.setdefault("site", []).append(replace(told, says=publication.says))
        owned: dict[str, list[Change]] = {}
        for change in publication.changes:
            for owner in ["safety"] if change.safety else owners(change):
                owned.setdefault(owner, []).append(change)
        for owner, changes in owned.items():
            found.setdefault(owner, []).append(replace(told, changes=tuple(changes)))
    return found


def owners(change: Change) -> list[str]:
    """What a change is about: the ids of its pages, or the file of its fact."""
    return change.pages or [(change.fact or "").split(".")[0]]


# Corrections of dangers


@dataclass(frozen=True)
class Correction:
    """A corrected danger: the day of its publication, a sentence, and the ids of the pages that it concerns."""

    published: date
    says: str
    pages: tuple[str, ...]


def corrections(facts: Facts, page: str = "") -> list[Correction]:
    """The corrected dangers, the newest first; of one page, or of all. A comparison has those of its options."""
    options = facts.comparisons[page].options if page in facts.comparisons else ()
    found = [
        Correction(publication.published, change.says or "", pages_of(change))
        for publication in reversed(facts.publications)
        for change in publication.changes
        if change.safety
    ]
    return [one for one in found if not page or {page, *options} & {*one.pages}]


def pages_of(change: Change) -> tuple[str, ...]:
    """The ids of the procedures and comparisons that a change concerns."""
    owner, *rest = (change.fact or "").split(".")
    return tuple(change.pages) or (rest[0] if owner == "comparisons" and rest else owner,)
