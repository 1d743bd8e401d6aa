"""The report for editors: what there is and what is missing in each file, in the terminal and in the preview."""

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
"""How long before its date a check is due."""


@dataclass(frozen=True)
class Progress:
    """The progress of one procedure or comparison."""

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
        """The path of its page."""
        return f"{self.file}.md"


@dataclass(frozen=True)
class Report:
    """The progress of all files on one day."""

    on: date
    procedures: tuple[Progress, ...]
    comparisons: tuple[Progress, ...]
    sources: int
    pages: int
    helplines: tuple[str, ...] = ()


def build_report(facts: Facts, problems: Iterable[Problem], pages: int, today: date) -> Report:
    """Build the report, with files that could not be read."""
    gaps: dict[str, list[Problem]] = defaultdict(list)
    for gap in placeholders_are_filled(facts, today):
        gaps[gap.place.path].append(gap)
    others = Counter(problem.place.path for problem in set(problems) if problem not in gaps[problem.place.path])
    statuses = find_statuses(facts, today)

    def measure(folder: str) -> Iterator[Progress]:
        for file, document in sorted(facts.documents.items()):
            if not file.startswith(f"{folder}/"):
                continue
            id = file.partition("/")[2]
            record: Procedure | Comparison | None = getattr(facts, folder).get(id)
            entries = [fact for _, fact in iter_facts(record, id)] if isinstance(record, Procedure) else []
            unknown = Counter(fact.reason for fact in entries if isinstance(fact, NotKnown))
            yield Progress(
                file=file,
                id=id,
                name=record.names.name if isinstance(record, Procedure) else record.title if record else id,
                facts=len(entries),
                figures=sum(isinstance(fact, Figure) for fact in entries),
                searched=unknown["searched"],
                not_read=unknown["not-read"],
                second_hand=sum(any(c.reporting for c in getattr(fact, "sources", ())) for fact in entries),
                next_check=record.next_check if record else None,
                due=_due(record.next_check, today) if record else None,
                gaps=tuple(sorted(gaps[document.path])),
                problems=others[document.path],
                review=", ".join(filter_reviewed(statuses[id])) if isinstance(record, Procedure) else "",
                lacks_drawing=isinstance(record, Procedure) and lacks_drawing(record, facts.drawings),
            )

    due = (id for id, line in facts.helplines.items() if _due(line.checked + timedelta(days=366), today))
    procedures, comparisons = tuple(measure("procedures")), tuple(measure("comparisons"))
    return Report(today, procedures, comparisons, len(facts.sources), pages, tuple(due))


def _due(day: date, today: date) -> str | None:
    return "overdue" if day < today else "soon" if day <= today + SOON else None


def list_missing(item: Progress, today: date) -> list[str]:
    """What is missing in a file, in short sentences for its editor."""
    counts = (
        (len(item.gaps), "field", "to fill in."),
        (item.searched, "question", "searched, with no answer found."),
        (item.not_read, "question", "that what we read does not answer."),
        (item.second_hand, "fact", "only second-hand."),
    )
    sentences = [f"{count(number, name)} {rest}" for number, name, rest in counts if number]
    if item.next_check and item.due == "soon":
        left = count((item.next_check - today).days, "day")
        sentences.append(f"Its facts must be checked by {item.next_check}: {left}.")
    if item.lacks_drawing:
        sentences.append("No drawing yet shows what it acts on.")
    if not item.review:
        sentences.append("Not reviewed by a clinician.")
    return sentences


def count(number: int, name: str) -> str:
    """ "1 page", "2 pages"."""
    return f"{number} {name}{'' if number == 1 else 's'}"


# In the terminal


def format_in_full(site: Site) -> str:
    """The table of procedures, the exceptions from prose rules with their reasons, and the totals."""
    exceptions = find_suppressions(site.facts, site.content)
    lines = [*format_table(_build(site)), f"\n{count(len(exceptions), 'exception')} from the rules of words"]
    lines += [f"{one.place.path}:{one.place.line}: {one.text.lstrip(': ')}" for one in exceptions]
    return "\n".join([*lines, "", format_in_short(site)])


def format_in_short(site: Site) -> str:
    """The totals: how much there is, what is due, and what is not yet reviewed."""
    report = _build(site)
    number = len(report.procedures)
    facts, figures, second_hand, searched, not_read = (
        sum(getattr(item, key) for item in report.procedures)
        for key in ("facts", "figures", "second_hand", "searched", "not_read")
    )
    unreviewed = sum(not item.review for item in report.procedures)
    due = sum(item.due is not None for item in (*report.procedures, *report.comparisons)) + len(report.helplines)
    checks = f"{count(due, 'check')} {'is' if due == 1 else 'are'}" if due else "no check is"
    lines = [
        f"{count(number, 'procedure')} and {count(len(report.comparisons), 'comparison')} "
        f"on {count(report.pages, 'page')}",
        f"{facts} facts: {figures} figures, {second_hand} second-hand, "
        f"{searched} searched and not found, {not_read} not read",
        f"{count(report.sources, 'source')}; {checks} due within {SOON.days} days",
        f"{unreviewed} of {number} procedures are not yet reviewed by a clinician",
    ]
    clinic = site.facts.clinic_id
    if texts := len(list(find_outdated(site.facts, clinic))):
        command = f".venv/bin/python -m build_tools acknowledge {clinic}"
        lines.append(f"{count(texts, 'text')} to check again: {command}")
    return "\n".join(lines)


def _build(site: Site) -> Report:
    return build_report(site.facts, site.problems, len(site.pages), site.today)


def format_table(report: Report) -> Iterator[str]:
    """A line for each procedure, then the files that are due or incomplete."""
    width = max((len(item.id) for item in report.procedures), default=0)
    yield f"What there is and what is missing on {report.on}\n"
    yield f"{'Procedure':<{width}}  Facts  Searched  Not read  Second-hand  Due         Review"
    for item in report.procedures:
        numbers = f"{item.facts:>5}  {item.searched:>8}  {item.not_read:>8}  {item.second_hand:>11}"
        yield f"{item.id:<{width}}  {numbers}  {_format_due(item):<10}  {item.review or '-'}"
    yield ""
    yield from (f"{item.file}: {_format_due(item)}" for item in report.comparisons if item.due)
    if report.helplines:
        yield f"helplines.yml: {count(len(report.helplines), 'helpline')} to check again"
    for item in (*report.procedures, *report.comparisons):
        counts = {"gap": len(item.gaps), "problem": item.problems}
        missing = [count(number, name) for name, number in counts.items() if number]
        missing += ["no drawing yet"] if item.lacks_drawing else []
        if missing:
            yield f"{item.file}.yml: {', '.join(missing)}"


def _format_due(item: Progress) -> str:
    return "overdue" if item.due == "overdue" else str(item.next_check) if item.due else "-"
