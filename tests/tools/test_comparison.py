"""A comparison is a table without holes, in which no serious harm is hidden and nothing false is ranked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from build_tools.checks import check
from build_tools.comparison import Cell, Table, tabulate
from build_tools.facts import load
from build_tools.records import FACT_FIELDS, Row
from build_tools.site import prepare
from tests.conftest import TODAY, edit

POLISHING = "procedures/teapot-polishing.yml"
ALONE = "procedures/teapot-leave-alone.yml"
OPTIONS = ["teapot-polishing", "teapot-lid-polishing", "teapot-leave-alone"]


def table(data: Path, *rows: dict[str, Any]) -> Table:
    """The example's comparison, with these rows in the place of its own if there are any."""
    facts, problems = load(data)
    assert problems == []
    comparison = facts.comparisons["squeaking-teapot"]
    if rows:
        asked = [Row.model_validate({"key": row["field"].replace("_", "-"), "asks": "?"} | row) for row in rows]
        comparison = comparison.model_copy(update={"rows": asked})
    return tabulate(comparison, facts)


def ids(cell: Cell) -> list[str]:
    """The facts of a cell without the parts that say which cell it is."""
    return [id.split(".", 2)[2] for id, _ in cell.facts]


@pytest.mark.parametrize("field", FACT_FIELDS)
def test_no_cell_is_empty_whatever_a_row_asks(example: Path, field: str) -> None:
    [line] = table(example, {"field": field}).lines
    assert [cell.option for cell in line.cells] == OPTIONS
    for cell in line.cells:
        assert cell.facts
        assert all(id.startswith(f"{cell.option}.{field}.") for id, _ in cell.facts)


def test_the_first_entry_is_shown_if_nothing_else_is_named(example: Path) -> None:
    [line] = table(example, {"field": "during"}).lines
    assert [ids(cell) for cell in line.cells] == [["rub"], ["rub"], ["pour"]]


def test_only_picks_entries_in_its_own_order_for_its_own_option(example: Path) -> None:
    [line] = table(example, {"field": "during", "only": {"teapot-polishing": ["listen", "rub"]}}).lines
    assert [ids(cell) for cell in line.cells] == [["listen", "rub"], ["rub"], ["pour"]]


def test_an_empty_list_under_only_does_not_empty_the_cell(example: Path) -> None:
    [line] = table(example, {"field": "during", "only": {"teapot-polishing": []}}).lines
    assert ids(line.cells[0]) == ["rub"]


# Harms


def test_serious_harms_are_shown_though_only_names_others(example: Path) -> None:
    [line] = table(example, {"field": "harms", "only": {"teapot-polishing": ["scratches"]}}).lines
    assert ids(line.cells[0]) == ["broken-spout", "scratches"]


def test_every_serious_harm_is_shown_where_nothing_is_named(example: Path) -> None:
    edit(example / POLISHING, "    weight: passes", "    weight: dangerous")
    [line] = table(example, {"field": "harms"}).lines
    assert ids(line.cells[0]) == ["broken-spout", "scratches"]


def test_an_option_without_serious_harms_shows_its_first_one(example: Path) -> None:
    [line] = table(example, {"field": "harms"}).lines
    assert [ids(cell) for cell in line.cells[1:]] == [["scratches"], ["squeak-stays"]]


# Ranking


def one_group(data: Path) -> None:
    """Let two figures be about the same teapots."""
    edit(
        data / POLISHING, "    who: 24 teapots from one kitchen\n    # Must. At", "    who: all teapots\n    # At"
    )
    edit(data / ALONE, "    who: 23 teapots that were left alone\n    when", "    who: all teapots\n    when")


def test_only_numbers_of_the_same_study_and_group_may_be_ranked(example: Path) -> None:
    assert table(example, {"field": "benefits"}).not_to_rank is True
    one_group(example)
    assert table(example, {"field": "benefits"}).not_to_rank is False
    certain = "units: teapots\n    sources: "
    edit(example / ALONE, f"{certain}[kettle-2021]", f"{certain}[saucer-2023]")
    assert table(example, {"field": "benefits"}).not_to_rank is True


def test_numbers_inside_harms_count_too(example: Path) -> None:
    assert table(example, {"field": "harms"}).not_to_rank is True


def test_a_single_number_in_a_row_has_nothing_to_be_ranked_with(example: Path) -> None:
    assert table(example, {"field": "relief_lasts"}).not_to_rank is False
    assert table(example, {"field": "targets"}).not_to_rank is False


def test_one_row_of_different_studies_is_enough_for_the_notice(example: Path) -> None:
    assert table(example, {"field": "targets"}, {"field": "harms"}, {"field": "duration"}).not_to_rank is True


def test_the_notice_is_above_the_table_and_only_if_needed(example: Path, content: Path) -> None:
    def page() -> str:
        site = prepare(example, content, TODAY)
        assert check(site.facts, TODAY) == []
        return next(page.text for page in site.pages if page.path == "comparisons/squeaking-teapot.md")

    notice = "Do not rank these numbers"
    with_figures = page()
    assert with_figures.index(notice) < with_figures.index("<table")

    comparison = example / "comparisons/squeaking-teapot.yml"
    edit(comparison, "teapot-polishing: [quiet]", "teapot-leave-alone: [nobody-counted]")
    edit(
        example / ALONE,
        "benefits:\n",
        "benefits:\n  nobody-counted:\n    not_known: Nobody knows.\n"
        "    reason: searched\n    searched: 2026-11-22\n",
    )
    edit(
        example / ALONE,
        "    how_often:\n",
        "    how_often:\n      nobody-counted:\n        not_known: Nobody knows.\n"
        "        reason: searched\n        searched: 2026-11-22\n",
    )
    assert notice in page()  # the harm still has its number, one line further down
    text = (example / ALONE).read_text("utf-8")
    start = text.index("      trial:\n")
    end = text.index("        sources: [kettle-2021]\n", start) + len("        sources: [kettle-2021]\n")
    (example / ALONE).write_text(text[:start] + text[end:], "utf-8")
    assert notice not in page()
