"""What there is and what is missing, file by file: in the terminal, in the preview and in its banners."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from build_tools.check.references import placeholders_are_filled
from build_tools.load.drawings import lacks_drawing
from build_tools.load.facts import Facts
from build_tools.model.reviews import filter_reviewed, find_statuses
from build_tools.prose.layers import find_outdated
from build_tools.prose.suppressions import find_suppressions
from build_tools.records.entries import Figure, NotKnown
from build_tools.records.problems import Problem
from build_tools.records.procedure import Procedure, iter_facts
from build_tools.records.short import Comparison
from build_tools.render.rendering import Site

SOON = timedelta(days=60)
"""How long before a date something is said to be due."""


@dataclass(frozen=True)
class Progress:
    """How far one procedure or comparison is."""

    file: str
    id: str
    name: str
    facts: int
    figures: int
    searched: int
    not_read: int
    second_hand: int
    next_check: date | None
    due: str | None
    gaps: tuple[Problem, ...]
    problems: int
    review: str = ""
    lacks_drawing: bool = False

    @property
    def page(self) -> str:
        """The path of its page among the pages."""
        return f"{self.file}.md"


@dataclass(frozen=True)
class Report:
    """How far everything is on one day."""

    on: date
    procedures: tuple[Progress, ...]
    comparisons: tuple[Progress, ...]
    sources: int
    pages: int
    helplines: tuple[str, ...] = ()


def build_report(facts: Facts, problems: Iterable[Problem], pages: int, today: date) -> Report:
    """How far every procedure and every comparison is, the unreadable ones too."""
    gaps: dict[str, list[Problem]] = defaultdict(list)
    for gap in placeholders_are_filled(facts, today):
        gaps[gap.place.path].append(gap)
    others = Counter(problem.place.path for problem in set(problems) if problem not in gaps[problem.place.path])
    status = find_statuses(facts, today)

    def measure(folder: str) -> Iterator[Progress]:
        for file, document in sorted(facts.documents.items()):
            if not file.startswith(f"{folder}/"):
                continue
            id = file.partition("/")[2]
            record: Procedure | Comparison | None = getattr(facts, folder).get(id)
            every = [fact for _, fact in iter_facts(record, id)] if isinstance(record, Procedure) else []
            unknown = Counter(fact.reason for fact in every if isinstance(fact, NotKnown))
            yield Progress(
                file=file,
                id=id,
                name=record.names.name if isinstance(record, Procedure) else record.title if record else id,
                facts=len(every),
                figures=sum(isinstance(fact, Figure) for fact in every),
                searched=unknown["searched"],
                not_read=unknown["not-read"],
                second_hand=sum(any(c.reporting for c in getattr(fact, "sources", ())) for fact in every),
                next_check=record.next_check if record else None,
                due=_due(record.next_check, today) if record else None,
                gaps=tuple(sorted(gaps[document.path])),
                problems=others[document.path],
                review=", ".join(filter_reviewed(status[id])) if isinstance(record, Procedure) else "",
                lacks_drawing=isinstance(record, Procedure) and lacks_drawing(record, facts.drawings),
            )

    old = (id for id, line in facts.helplines.items() if _due(line.checked + timedelta(days=366), today))
    every = tuple(measure("procedures")), tuple(measure("comparisons"))
    return Report(today, *every, len(facts.sources), pages, tuple(old))


def _due(day: date, today: date) -> str | None:
    return "overdue" if day < today else "soon" if day <= today + SOON else None


def list_missing(item: Progress, today: date) -> list[str]:
    """What a file still lacks, each as a short sentence for its editor."""
    counted = (
        (len(item.gaps), "gap", "to fill."),
        (item.searched, "question", "searched, with no answer found."),
        (item.not_read, "question", "that what we read does not answer."),
        (item.second_hand, "fact", "only second-hand."),
    )
    found = [f"{count(number, name)} {rest}" for number, name, rest in counted if number]
    if item.next_check and item.due == "soon":
        left = count((item.next_check - today).days, "day")
        found.append(f"Its facts must be checked by {item.next_check}: {left}.")
    if item.lacks_drawing:
        found.append("No drawing yet shows what it acts on.")
    if not item.review:
        found.append("Not reviewed by a clinician.")
    return found


def count(number: int, name: str) -> str:
    """ "1 page", "2 pages"."""
    return f"{number} {name}{'' if number == 1 else 's'}"


# In the terminal


def format_in_full(site: Site) -> str:
    """The table of procedures, the exceptions from the rules of words with their reasons, and the sums."""
    allowed = find_suppressions(site.facts, site.content)
    listed = (f"{one.place.path}:{one.place.line}: {one.said.lstrip(': ')}" for one in allowed)
    exceptions = f"\n{count(len(allowed), 'exception')} from the rules of words"
    return "\n".join([*format_table(_of(site)), exceptions, *listed, "", format_in_short(site)])


def format_in_short(site: Site) -> str:
    """The sums: how much there is, what is due, and what is not yet reviewed."""
    every = _of(site)
    number = len(every.procedures)
    facts, figures, second_hand, searched, not_read = (
        sum(getattr(item, key) for item in every.procedures)
        for key in ("facts", "figures", "second_hand", "searched", "not_read")
    )
    unreviewed = sum(not item.review for item in every.procedures)
    due = sum(item.due is not None for item in (*every.procedures, *every.comparisons)) + len(every.helplines)
    checks = f"{count(due, 'check')} {'is' if due == 1 else 'are'}" if due else "no check is"
    lines = [
        f"{count(number, 'procedure')} and {count(len(every.comparisons), 'comparison')} "
        f"on {count(every.pages, 'page')}",
        f"{facts} facts: {figures} figures, {second_hand} second-hand, "
        f"{searched} searched and not found, {not_read} not read",
        f"{count(every.sources, 'source')}; {checks} due within {SOON.days} days",
        f"{unreviewed} of {number} procedures are not yet reviewed by a clinician",
    ]
    clinic = site.facts.clinic_id
    if texts := len(list(find_outdated(site.facts, clinic))):
        command = f".venv/bin/python -m build_tools acknowledge {clinic}"
        lines.append(f"{count(texts, 'text')} to look at again: {command}")
    return "\n".join(lines)


def _of(site: Site) -> Report:
    return build_report(site.facts, site.problems, len(site.pages), site.today)


def format_table(every: Report) -> Iterator[str]:
    """A line for each procedure, then what is due or wrong. The preview's page says more."""
    width = max((len(item.id) for item in every.procedures), default=0)
    yield f"What there is and what is missing on {every.on}\n"
    yield f"{'Procedure':<{width}}  Facts  Searched  Not read  Second-hand  Due         Review"
    for item in every.procedures:
        numbers = f"{item.facts:>5}  {item.searched:>8}  {item.not_read:>8}  {item.second_hand:>11}"
        yield f"{item.id:<{width}}  {numbers}  {_shown_due(item):<10}  {item.review or '-'}"
    yield ""
    yield from (f"{item.file}: {_shown_due(item)}" for item in every.comparisons if item.due)
    if every.helplines:
        yield f"helplines.yml: {count(len(every.helplines), 'helpline')} to check again"
    for item in (*every.procedures, *every.comparisons):
        left = {"gap": len(item.gaps), "problem": item.problems}
        found = [count(number, name) for name, number in left.items() if number]
        found += ["no drawing yet"] if item.lacks_drawing else []
        if found:
            yield f"{item.file}.yml: {', '.join(found)}"


def _shown_due(item: Progress) -> str:
    return "overdue" if item.due == "overdue" else str(item.next_check) if item.due else "-"
