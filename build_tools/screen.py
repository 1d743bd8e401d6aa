"""The report in the terminal: `python -m build_tools report`."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from build_tools.layers import to_look_at
from build_tools.report import Progress, Report, count, report, summarize
from build_tools.settings import Settings, today

if TYPE_CHECKING:
    from build_tools.site import Site


def add_command(commands: Any) -> None:
    """The words that follow `report`."""
    command = commands.add_parser("report", help="say what there is and what is missing")
    command.add_argument("--short", action="store_true", help="the sums only, in a few lines")
    command.set_defaults(run=answer)


def answer(chosen: argparse.Namespace) -> int:
    """Print the report as it was asked for."""
    from build_tools.site import prepare

    site = prepare(chosen.data, chosen.content, today(), Settings.beside(chosen.data))
    lines = [in_short(site)] if chosen.short else [*table(_report(site)), in_short(site)]
    print("\n".join(lines))
    return 0


def in_short(site: Site) -> str:
    """The sums only, in a few lines."""
    return summarize(_report(site)) + _left_to_clinic(site)


def _report(site: Site) -> Report:
    return report(site.facts, site.problems, len(site.pages), site.today)


def _left_to_clinic(site: Site) -> str:
    id = site.facts.clinic_id
    number = len(list(to_look_at(site.facts, id)))
    if not number:
        return ""
    return f"\n{count(number, 'text')} to look at again: .venv/bin/python -m build_tools acknowledge {id}"


def table(every: Report) -> Iterator[str]:
    """A line for each procedure, then what is due or wrong. The preview's page says more."""
    width = max((len(item.id) for item in every.procedures), default=0)
    yield f"What there is and what is missing on {every.on}\n"
    yield f"{'Procedure':<{width}}  Facts  Not known  Second-hand  Due         Review"
    for item in every.procedures:
        numbers = f"{item.facts:>5}  {item.not_known:>9}  {item.second_hand:>11}"
        yield f"{item.id:<{width}}  {numbers}  {_due(item):<10}  {'-' if item.review == 'none' else item.review}"
    yield ""
    yield from (f"{item.file}: {_due(item)}" for item in every.comparisons if item.due)
    for item in (*every.procedures, *every.comparisons):
        left = {"gap": len(item.gaps), "problem": item.problems}
        if found := ", ".join(count(number, name) for name, number in left.items() if number):
            yield f"{item.file}.yml: {found}"


def _due(item: Progress) -> str:
    return "overdue" if item.due == "overdue" else str(item.next_check) if item.due else "-"
