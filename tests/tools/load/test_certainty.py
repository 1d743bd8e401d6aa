"""How sure a figure is, with levels worked out by hand from docs/certainty.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from build_tools.check.rules import check
from build_tools.load.certainty import rate
from build_tools.load.loader import load
from build_tools.records.entries import Certainty, Figure, Source, StudyKind
from tests.conftest import TODAY, edit

LID = "teapot-lid-polishing"

SOURCE: dict[str, Any] = {
    "title": "Teapots", "by": "Kettle A", "published_in": "Crockery", "read": "Abstract.", "read_by": "2026-11-22",
    "url": "https://teapot.example/kettle",
}  # fmt: skip
FIGURE: dict[str, Any] = {
    "counted": "were quiet", "who": "Teapots", "when": "Now", "how": "So", "sources": ["kettle"],
}  # fmt: skip
MANY = {"count": 60, "out_of": 120}
SECOND_HAND = {"sources": [{"source": "kettle", "reporting": "Spoon 1999"}]}
COMPARED = MANY | {"versus": {"group": "who waited", "count": 30, "out_of": 120}}


def level(kind: str, value: dict[str, Any], **source: Any) -> str:
    """The level of a figure with this value, from one source of this kind."""
    figure = Figure.model_validate(FIGURE | value)
    return rate(figure, {"kettle": Source.model_validate(SOURCE | {"kind": kind} | source)}).level


@pytest.mark.parametrize("kind", StudyKind)
def test_kind_of_study_sets_the_start(kind: StudyKind) -> None:
    surer = {"randomized-trial": "moderate", "registry": "low", "cohort": "low"}
    assert level(kind, COMPARED) == surer.get(kind, "very-low")


@pytest.mark.parametrize(("studies", "expected"), [
    ("randomized-trial", "moderate"), ("cohort", "low"), ("case-series", "very-low"),
])  # fmt: skip
def test_a_review_is_as_sure_as_its_studies(studies: str, expected: str) -> None:
    assert level("systematic-review", COMPARED, studies=studies) == expected
    assert level("guideline", COMPARED, studies=studies) == expected


@pytest.mark.parametrize(("value", "expected"), [
    (COMPARED, "moderate"),
    (MANY, "low"),
    ({"percent": 50, "n": 120}, "low"),
    ({"before": 8, "after": 3, "measure": "points", "n": 120}, "low"),
    ({"amount": 8, "measure": "points", "n": 120}, "low"),
    ({"amount": 2, "measure": "points", "quantity": "difference", "n": 120}, "moderate"),
    ({"amount": 4, "measure": "people", "quantity": "number-needed", "n": 120}, "moderate"),
])  # fmt: skip
def test_only_comparisons_count_as_randomized(value: dict[str, Any], expected: str) -> None:
    assert level("randomized-trial", value) == expected


@pytest.mark.parametrize(("value", "expected"), [
    ({"count": 50, "out_of": 100}, "low"),
    ({"count": 50, "out_of": 99}, "very-low"),
    ({"count": 30, "out_of": 60, "versus": {"group": "who waited", "count": 3, "out_of": 40}}, "low"),
    ({"count": 30, "out_of": 60, "versus": {"group": "who waited", "count": 3, "out_of": 39}}, "very-low"),
    ({"percent": 50}, "very-low"),
    ({"percent": 50, "n": 100}, "low"),
    ({"percent": 50, "n": 99}, "very-low"),
    ({"percent": 50, "low": 45, "high": 55}, "low"),
    ({"percent": 50, "low": 45, "high": 55, "n": 99}, "very-low"),
    (MANY | {"units": "procedures"}, "very-low"),
    (MANY | {"units": "procedures", "n": 110}, "low"),
    (MANY | {"units": "children"}, "low"),
])  # fmt: skip
def test_few_or_uncounted_people_lower_the_level(value: dict[str, Any], expected: str) -> None:
    assert level("cohort", value) == expected


@pytest.mark.parametrize(("value", "source", "expected"), [
    ({}, {"missing": 19}, "moderate"),
    ({}, {"missing": 20}, "low"),
    ({}, {"funded_by_maker": True}, "low"),
    ({"applies_to": {"says": "After treatment of both sides"}}, {}, "low"),
    (SECOND_HAND, {}, "low"),
    (SECOND_HAND, {"missing": 20}, "very-low"),
    (SECOND_HAND, {"missing": 20, "funded_by_maker": True}, "very-low"),
    ({"count": None, "out_of": None, "n": 500, "from": 5, "to": 60}, {}, "low"),
])  # fmt: skip
def test_each_reason_lowers_by_one_level(value: dict[str, Any], source: dict[str, Any], expected: str) -> None:
    assert level("randomized-trial", COMPARED | value, **source) == expected


def test_the_best_source_read_counts() -> None:
    sources = {
        kind: Source.model_validate(SOURCE | {"kind": kind}) for kind in ("randomized-trial", "cohort", "news")
    }
    trial = {"source": "randomized-trial", "reporting": "Spoon 1999"}

    def level_from(*cited: Any) -> Certainty:
        return rate(Figure.model_validate(FIGURE | COMPARED | {"sources": cited}), sources).level

    assert level_from("news", "randomized-trial") == "moderate"
    assert level_from("news", "cohort") == "low"
    assert level_from(trial, "cohort") == "low"
    assert level_from(trial, "news") == "very-low"
    assert level_from("no-such-source") == "very-low"


def test_without_a_procedure_any_condition_is_its_own(example: Path) -> None:
    pages = load(example)[0].procedures
    sources = {"kettle": Source.model_validate(SOURCE | {"kind": "randomized-trial"})}

    def level_on(page: str, **applies_to: str) -> Certainty:
        figure = Figure.model_validate(FIGURE | COMPARED | {"applies_to": {"says": "Lids"} | applies_to})
        return rate(figure, sources, pages[page]).level

    assert level_on("teapot-leave-alone", condition="squeaking-lid") == "moderate"
    assert level_on("teapot-polishing", condition="squeaking-lid") == "low"
    assert level_on("teapot-leave-alone") == "low"
    assert level_on("teapot-leave-alone", condition="squeaking-lid", form="teapot-polishing") == "low"


@pytest.mark.parametrize(("rating", "source_field", "expected", "problems"), [
    ("", "", "low", []),
    ("", "  missing: 21\n", "very-low", []),
    ("    certainty: very-low\n", "", "very-low", []),
    ("    certainty: low\n", "", "low", []),
    ("    certainty: high\n", "", "high", ['This figure can be "low" at most, not "high": registry.']),
])  # fmt: skip
def test_editors_can_only_rate_lower(
    example: Path, rating: str, source_field: str, expected: str, problems: list[str]
) -> None:
    edit(example / f"procedures/{LID}.yml", "    out_of: 1250\n    units: lids\n", f"    out_of: 1250\n{rating}")
    edit(example / "sources.yml", "kind: registry\n", f"kind: registry\n{source_field}")
    facts, _ = load(example)
    assert dict(facts.facts_of_kind(Figure))[f"{LID}.benefits.fits-again"].certainty == expected
    assert [problem.message for problem in check(facts, TODAY) if "at most" in problem.message] == problems


def test_only_reviews_and_guidelines_have_studies() -> None:
    with pytest.raises(ValueError, match='A source of the kind "cohort" has no "studies"'):
        Source.model_validate(SOURCE | {"kind": "cohort", "studies": "randomized-trial"})
