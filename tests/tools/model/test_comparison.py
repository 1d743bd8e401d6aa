"""Grids: an answer in every cell, the gravest harms, and no ranking of different studies."""

from __future__ import annotations

from pathlib import Path

import pytest

from build_tools.model.comparison import EXPECTED, NO_ANSWER, NOT_NAMED, Grid, compare_options
from build_tools.model.figure_text import join
from build_tools.pipeline import prepare
from build_tools.records.short import QUESTIONS
from tests.conftest import TODAY, edit, loaded, page_text

POLISHING = "procedures/teapot-polishing.yml"
COMPARISON = "comparisons/squeaking-teapot.yml"
OPTIONS = ["teapot-polishing", "teapot-lid-polishing", "teapot-leave-alone"]


def grid(data: Path) -> Grid:
    facts = loaded(data)
    return compare_options(facts.comparisons["squeaking-teapot"], facts)


def cells(data: Path, key: str) -> dict[str, str]:
    """The words of a row by option."""
    rows = (*grid(data).rows, *grid(data).harms)
    [row] = [row for row in rows if row.key == key]
    return {cell.option: join(cell.sentence) for cell in row.cells}


def test_no_cell_is_empty(example: Path) -> None:
    comparison = grid(example)
    assert [row.key for row in comparison.rows] == [*QUESTIONS]
    for row in (*comparison.rows, *comparison.harms):
        assert [cell.option for cell in row.cells] == OPTIONS
        assert all(join(cell.sentence) for cell in row.cells)


def test_a_missing_answer_is_a_question_to_ask(example: Path) -> None:
    edit(example / "procedures/teapot-lid-polishing.yml", "  day: anesthesia.empty\n", "")
    assert cells(example, "day")["teapot-lid-polishing"] == NO_ANSWER


def test_equal_answers_of_all_procedures_are_merged(example: Path) -> None:
    words = "{says: It cannot be undone., facts: [summary]}"
    lines = ", ".join(f"{option}: {words}" for option in OPTIONS[:2])
    edit(example / COMPARISON, "conditions:", f"grid:\n  undone: {{{lines}}}\nconditions:")
    once = {row.key: row.once for row in grid(example).rows if row.once}
    assert [cell.option for cell in once["undone"]] == [" ".join(OPTIONS[:2]), OPTIONS[2]]
    assert once["undone"][0].facts == tuple(f"{option}.summary" for option in OPTIONS[:2])
    assert "who" not in once


def test_groups_with_and_without_an_option_are_compared(example: Path) -> None:
    named = "with_and_without: [teapot-polishing.benefits.quiet]\nconditions:"
    edit(example / COMPARISON, "conditions:", named)
    [row] = grid(example).with_and_without
    assert row.asks.startswith("Teapot polishing: ")
    assert [join(cell.sentence)[:15] for cell in row.cells] == ["18 of 24 teapot", "2 of 23 teapots"]


def test_harms_in_a_shared_row_are_named(example: Path) -> None:
    edit(example / "vocabulary/effects.yml", "broken-spout:\n", "broken-spout:\n  broader: hollow\n")
    row = next(row for row in (*grid(example).harms, *grid(example).more_harms) if row.key == "hollow")
    assert row.asks == "a place that is pressed in, or a broken spout"
    assert join(row.cells[0].sentence).startswith("A spout that breaks off: ")


def test_a_line_of_the_comparison_overrides_the_short_page(example: Path) -> None:
    line = "grid:\n  works: {teapot-polishing: benefits.quiet}\nconditions:"
    edit(example / COMPARISON, "conditions:", line)
    assert cells(example, "works")["teapot-polishing"].startswith("18 of 24 teapots")


def test_an_expected_harm_without_a_number(example: Path) -> None:
    edit(example / POLISHING, "    lead: registry\n", "")
    edit(example / POLISHING, "    weight: dangerous\n", "    weight: expected\n")
    assert cells(example, "broken-spout")["teapot-polishing"] == EXPECTED


def test_the_gravest_harm_comes_first(example: Path) -> None:
    edit(example / POLISHING, "    lead: registry\n", "")
    edit(example / POLISHING, "    effect: scratch\n", "    effect: scratch\n    lead: two-studies\n")
    cell = cells(example, "harms")["teapot-polishing"]
    assert cell.startswith("A spout that breaks off. ")
    assert "from 5 to 12 percent" in cell


def test_a_cell_counts_the_harms_it_leaves_out(example: Path) -> None:
    edit(example / "procedures/teapot-lid-polishing.yml", "[hollows, dull-rim]", "[hollows, dull-rim, scratches]")
    row = cells(example, "harms")
    assert row["teapot-lid-polishing"].endswith(" a rim that shines no longer. And 1 more, below.")
    assert "more" not in row["teapot-polishing"]


def test_without_a_procedure_harms_depend_on_the_pain(example: Path) -> None:
    leave = example / "procedures/teapot-leave-alone.yml"
    harm = (
        "  broken:\n    effect: broken-spout\n    says: The spout can break.\n    weight: dangerous\n"
        "    signs: [louder]\n    how_often:\n"
        "      none: {not_known: No number., reason: not-read, searched: 2026-11-22}\n"
        "    sources: [spout-2019]\nunknowns:"
    )
    edit(leave, "unknowns:", harm)
    assert cells(example, "broken-spout")["teapot-leave-alone"] != NOT_NAMED
    pain = "      pain: A lid that squeaks\n"
    edit(leave, pain, f"{pain}      harms: [squeak-stays]\n")
    edit(example / COMPARISON, "conditions:", "cases:\n  teapot-leave-alone: squeaking-lid\nconditions:")
    assert cells(example, "broken-spout")["teapot-leave-alone"] == NOT_NAMED
    assert "more" not in cells(example, "harms")["teapot-leave-alone"]


def test_options_with_forms_have_no_harms(example: Path) -> None:
    edit(example / "procedures/teapot-lid-polishing.yml", "part_of: teapot-care", "part_of: teapot-polishing")
    assert (grid(example).harms, grid(example).more_harms) == ([], [])


@pytest.mark.parametrize(("left_alone", "not_to_rank"), [("benefits.quiet", True), ("main_message.helps", False)])
def test_numbers_of_different_groups_are_not_to_be_ranked(
    example: Path, content: Path, left_alone: str, not_to_rank: bool
) -> None:
    harms = ", ".join(f"{option}: main_message.harms" for option in OPTIONS)
    answers = zip(OPTIONS, ("benefits.quiet", "main_message.helps", left_alone), strict=True)
    works = ", ".join(f"{option}: {fact}" for option, fact in answers)
    edit(example / COMPARISON, "conditions:", f"grid:\n  harms: {{{harms}}}\n  works: {{{works}}}\nconditions:")
    assert grid(example).not_to_rank == not_to_rank
    page = page_text(prepare(example, content, TODAY), "comparisons/squeaking-teapot.md")
    assert ("Do not rank these numbers" in page) == not_to_rank
