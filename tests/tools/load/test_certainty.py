"""How sure a figure is, against docs/certainty.md: levels written by hand, and what no input can do."""

from __future__ import annotations

from itertools import compress, product
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
def test_the_kind_of_study_is_the_start(kind: StudyKind) -> None:
    surer = {"randomized-trial": "moderate", "registry": "low", "cohort": "low"}
    assert level(kind, COMPARED) == surer.get(kind, "very-low")


@pytest.mark.parametrize(("studies", "expected"), [
    ("randomized-trial", "moderate"), ("cohort", "low"), ("case-series", "very-low"),
])  # fmt: skip
def test_a_review_is_as_sure_as_the_studies_in_it(studies: str, expected: str) -> None:
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
def test_chance_protects_only_the_comparison(value: dict[str, Any], expected: str) -> None:
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
def test_fewer_than_100_people_or_an_unknown_number_lowers(value: dict[str, Any], expected: str) -> None:
    assert level("cohort", value) == expected


@pytest.mark.parametrize(("value", "source", "expected"), [
    ({}, {"missing": 19}, "moderate"),
    ({}, {"missing": 20}, "low"),
    ({}, {"funded_by_maker": True}, "low"),
    ({"applies_to": {"says": "After treatment of both sides"}}, {}, "low"),
    (SECOND_HAND, {}, "low"),
    ({"count": None, "out_of": None, "n": 500, "from": 5, "to": 60}, {}, "low"),
])  # fmt: skip
def test_each_reason_lowers_by_one_level(value: dict[str, Any], source: dict[str, Any], expected: str) -> None:
    assert level("randomized-trial", COMPARED | value, **source) == expected


@pytest.mark.parametrize("kind", StudyKind)
def test_reasons_add_up_and_none_raises(kind: StudyKind) -> None:
    levels = list(Certainty)
    small = MANY | {"versus": {"group": "who waited", "count": 3, "out_of": 40}}
    lowerings: list[tuple[dict[str, Any], dict[str, Any]]] = [
        ({"count": 6, "out_of": 12}, {}),
        ({"applies_to": {"says": "Both sides"}}, {}),
        (SECOND_HAND, {}),
        ({}, {"missing": 29}),
        ({}, {"funded_by_maker": True}),
    ]
    for chosen in product((False, True), repeat=len(lowerings)):
        value, source = dict(small), dict[str, Any]()
        for in_value, in_source in compress(lowerings, chosen):
            value, source = value | in_value, source | in_source
        lowest = min(levels.index(Certainty(level(kind, small))) + sum(chosen), len(levels) - 1)
        assert level(kind, value, **source) == levels[lowest]


def test_the_best_source_that_was_read_counts() -> None:
    sources = {
        kind: Source.model_validate(SOURCE | {"kind": kind}) for kind in ("randomized-trial", "cohort", "news")
    }
    trial = {"source": "randomized-trial", "reporting": "Spoon 1999"}

    def of(*cited: Any) -> Certainty:
        return rate(Figure.model_validate(FIGURE | COMPARED | {"sources": cited}), sources).level

    assert of("news", "randomized-trial") == "moderate"
    assert of("news", "cohort") == "low"
    assert of(trial, "cohort") == "low"
    assert of(trial, "news") == "very-low"
    assert of("no-such-source") == "very-low"


def test_where_no_procedure_is_done_a_named_condition_is_no_other_condition(example: Path) -> None:
    pages = load(example)[0].procedures
    sources = {"kettle": Source.model_validate(SOURCE | {"kind": "randomized-trial"})}

    def on(page: str, **applies_to: str) -> Certainty:
        figure = Figure.model_validate(FIGURE | COMPARED | {"applies_to": {"says": "Lids"} | applies_to})
        return rate(figure, sources, pages[page]).level

    assert on("teapot-leave-alone", condition="squeaking-lid") == "moderate"
    assert on("teapot-polishing", condition="squeaking-lid") == "low"
    assert on("teapot-leave-alone") == "low"
    assert on("teapot-leave-alone", condition="squeaking-lid", form="teapot-polishing") == "low"


@pytest.mark.parametrize(("own", "of_source", "expected", "problems"), [
    ("", "", "low", []),
    ("", "  missing: 21\n", "very-low", []),
    ("    certainty: very-low\n", "", "very-low", []),
    ("    certainty: low\n", "", "low", []),
    ("    certainty: high\n", "", "high", ['This figure can be "low" at most, not "high": registry.']),
])  # fmt: skip
def test_the_level_is_computed_and_an_editor_can_rate_lower_and_not_higher(
    example: Path, own: str, of_source: str, expected: str, problems: list[str]
) -> None:
    edit(example / f"procedures/{LID}.yml", "    out_of: 1250\n    units: lids\n", f"    out_of: 1250\n{own}")
    edit(example / "sources.yml", "kind: registry\n", f"kind: registry\n{of_source}")
    facts, _ = load(example)
    assert dict(facts.each(Figure))[f"{LID}.benefits.fits-again"].certainty == expected
    assert [problem.message for problem in check(facts, TODAY) if "at most" in problem.message] == problems


def test_only_what_joins_studies_names_them() -> None:
    with pytest.raises(ValueError, match='A source of the kind "cohort" has no "studies"'):
        Source.model_validate(SOURCE | {"kind": "cohort", "studies": "randomized-trial"})
