"""The report on a screen: `python -m build_tools report`."""

from __future__ import annotations

import argparse
import json
import sys
import textwrap
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from build_tools.layers import to_look_at
from build_tools.report import KEYS, Progress, Report, count, report, summarize
from build_tools.settings import Settings, today

if TYPE_CHECKING:
    from build_tools.site import Site

Column = tuple[str, int, Callable[[Progress], str]]

COLUMNS: tuple[tuple[int, Column], ...] = (
    (1, ("Facts", 5, lambda item: _number(item.facts))),
    (3, ("Trials, reviews", 8, lambda item: _number(item.studies["trials_and_reviews"]))),
    (3, ("Larger studies", 7, lambda item: _number(item.studies["larger_studies"]))),
    (3, ("Case series", 6, lambda item: _number(item.studies["case_series"]))),
    (3, ("Other", 5, lambda item: _number(item.studies["other"]))),
    (2, ("Not known", 5, lambda item: _number(item.not_known))),
    (2, ("Second hand", 6, lambda item: _number(item.second_hand))),
    (5, ("Last read", 10, lambda item: str(item.last_read or "-"))),
    (1, ("Due", 10, lambda item: _due(item))),
    (4, ("Review", 7, lambda item: "not yet" if item.review == "none" else item.review)),
)
"""How urgent a column is, its heading, its width and what it shows. What does not fit is left out, by urgency."""

NAME = 20
"""The least width of a procedure's id; longer ones are cut off on a narrow screen."""


def add_command(commands: Any) -> None:
    """The words that follow `report`."""
    command = commands.add_parser(
        "report",
        help="say what there is and what is missing",
        description="What there is and what is missing, procedure by procedure.",
        epilog=_keys(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    form = command.add_mutually_exclusive_group()
    form.add_argument("--short", action="store_true", help="the sums only, in a few lines")
    form.add_argument("--json", action="store_true", help="everything, for machines; the keys stand below")
    command.set_defaults(run=answer)


def _keys() -> str:
    lines = ["The keys of --json, which are kept from version to version:", ""]
    for key, meaning in KEYS.items():
        lines += textwrap.wrap(f"{key:<18}{meaning}", 96, initial_indent="  ", subsequent_indent=" " * 20)
    return "\n".join(lines)


def answer(chosen: argparse.Namespace) -> int:
    """Print the report as it was asked for."""
    from build_tools.allowances import allowances_of, count_by_end
    from build_tools.readability import describe_readings
    from build_tools.site import prepare

    site = prepare(chosen.data, chosen.content, today(), Settings.beside(chosen.data))
    every = report(site.facts, site.problems, len(site.pages), site.today)
    if chosen.json:
        print(json.dumps(every.as_json(), indent=1, ensure_ascii=False))
    elif chosen.short:
        print(in_short(site))
    else:
        from rich.console import Console

        # What is piped is read by programs: every column, however wide.
        width = None if sys.stdout.isatty() else 200
        show(every, Console(highlight=False, width=width, color_system="auto" if width is None else None))
        if ends := count_by_end(allowances_of(site.facts, site.content)):
            print(ends)
        print(f"\n{describe_readings(site.readings)}{_left_to_clinic(site)}")
    return 0


def in_short(site: Site) -> str:
    """The sums only, in a few lines."""
    return summarize(report(site.facts, site.problems, len(site.pages), site.today)) + _left_to_clinic(site)


def _left_to_clinic(site: Site) -> str:
    id = site.facts.clinic_id
    number = len(list(to_look_at(site.facts, id)))
    if not number:
        return ""
    return f"\n{count(number, 'text')} to look at again: .venv/bin/python -m build_tools acknowledge {id}"


def show(every: Report, console: Any) -> None:
    """Print the whole report on a console of the library rich, as wide as that console is."""
    from rich.table import Table

    longest = max((len(item.id) for item in every.procedures), default=0)
    columns = _fitting(console.width - min(longest, NAME))
    rest = console.width - sum(width + 1 for _, width, _ in columns)
    table = Table(box=None, padding=(0, 1, 0, 0), pad_edge=False, header_style="bold")
    table.add_column("Procedure", width=max(8, min(longest, rest)), no_wrap=True, overflow="ellipsis")
    for heading, width, _ in columns:
        table.add_column(heading, width=width, justify="left" if heading in ("Due", "Review") else "right")
    for item in every.procedures:
        table.add_row(item.id, *(shown(item) for _, _, shown in columns))
    console.print(f"[bold]What there is and what is missing on {every.on}[/]\n")
    console.print(table)
    console.print()
    for item in every.comparisons:
        if item.due:
            console.print(f"comparisons/{item.id}: {_due(item)}")
    for item in (*every.procedures, *every.comparisons):
        left = {"gap": len(item.gaps), "problem": item.problems}
        if said := ", ".join(count(number, name) for name, number in left.items() if number):
            console.print(f"[red]{item.file}.yml: {said}[/]")
    console.print(summarize(every))


def _fitting(width: int) -> list[Column]:
    """The columns that fit, in their order: all of one urgency or none."""
    for least_urgent in range(max(urgency for urgency, _ in COLUMNS), 1, -1):
        columns = [column for urgency, column in COLUMNS if urgency <= least_urgent]
        if sum(cells + 1 for _, cells, _ in columns) <= width:
            return columns
    return [column for urgency, column in COLUMNS if urgency == 1]


def _number(number: int) -> str:
    return str(number) if number else "[dim]0[/]"


def _due(item: Progress) -> str:
    if item.due == "overdue":
        return "[bold red]overdue[/]"
    return f"[yellow]{item.next_check}[/]" if item.due else "[dim]-[/]"
