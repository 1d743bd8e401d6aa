"""A comparison as a table object: caption, columns, rows, cells. Templates only loop over it."""

from __future__ import annotations

from dataclasses import dataclass

from build_tools.facts import Facts
from build_tools.records import AnyFact, Comparison, Figure, Harm, Procedure, entries


@dataclass(frozen=True)
class Cell:
    """One answer: the option that gives it and its facts, each with its id; never empty."""

    option: str
    facts: list[tuple[str, AnyFact]]


@dataclass(frozen=True)
class Line:
    """One row of the table: its key, its question, the field that answers it, one cell for every option."""

    key: str
    asks: str
    field: str
    cells: list[Cell]

    @property
    def harms(self) -> bool:
        """Whether the row is on harms."""
        return self.field == "harms"


@dataclass(frozen=True)
class Table:
    """The whole table. `not_to_rank` is true if figures in a row come from different studies (R-17)."""

    caption: str
    columns: list[tuple[str, Procedure]]
    lines: list[Line]
    not_to_rank: bool


def tabulate(comparison: Comparison, facts: Facts) -> Table:
    """The table of a comparison whose options and keys have been checked."""
    columns = [(option, facts.procedures[option]) for option in comparison.options]
    lines = [
        Line(
            row.key,
            row.asks,
            row.field,
            [_cell(option, procedure, row.field, row.only.get(option, [])) for option, procedure in columns],
        )
        for row in comparison.rows
    ]
    return Table(
        caption=comparison.title,
        columns=columns,
        lines=lines,
        not_to_rank=any(_comes_from_different_studies(line) for line in lines),
    )


def _cell(option: str, procedure: Procedure, field: str, only: list[str]) -> Cell:
    found = entries(procedure, field)
    if field == "harms":
        keys = [key for key, harm in found.items() if key in only or (isinstance(harm, Harm) and harm.serious)]
        keys = keys or list(found)[:1]
    else:
        keys = only or list(found)[:1]
    return Cell(option, [(f"{option}.{field}.{key}", found[key]) for key in keys])


def _figures(cell: Cell) -> list[Figure]:
    figures: list[Figure] = []
    for _, fact in cell.facts:
        if isinstance(fact, Figure):
            figures.append(fact)
        elif isinstance(fact, Harm):
            figures += [often for often in fact.how_often.values() if isinstance(often, Figure)]
    return figures


def _comes_from_different_studies(line: Line) -> bool:
    groups = [_figures(cell) for cell in line.cells]
    counted = [figures for figures in groups if figures]
    if len(counted) < 2:
        return False
    studies = [{(c.source, figure.who) for figure in figures for c in figure.sources} for figures in counted]
    return any(studies[0] != other for other in studies[1:])
