"""What readers want to know comes first on the detail pages, and the best study on it."""

from __future__ import annotations

from typing import Any

import pytest

from build_tools.load.detail_order import BETTER, COMPARED, ELSE, LESS_PAIN, group_results, sort_best_first
from build_tools.records.entries import AnyFact, Figure, Source, Statement
from build_tools.render.templates import describe_more, group_paragraphs, shorten_name


def figure(source: str, size: int, certainty: str = "low", **fields: Any) -> Figure:
    given = {"count": 1, "out_of": size, "counted": "had relief", "certainty": certainty, "sources": [source]}
    return Figure.model_validate(given | {"who": "Teapots", "when": "Then", "how": "Series"} | fields)


def said(source: str, words: str = "In the same study it sang.") -> Statement:
    return Statement.model_validate({"says": words, "sources": [source]})


def score(source: str, counted: str) -> Figure:
    points: dict[str, Any] = {
        "count": None,
        "out_of": None,
        "before": 7,
        "after": 2,
        "measure": "points",
        "quantity": "score",
    }
    return figure(source, 9, counted=counted, **points)


@pytest.mark.parametrize(("found", "order"), [
    ({"small": figure("a", 9), "large": figure("b", 90)}, "large small"),
    ({"large": figure("a", 90, "very-low"), "sure": figure("b", 9)}, "sure large"),
    ({"other": figure("a", 90, applies_to={"says": "Lids"}), "own": figure("b", 9, "very-low")}, "own other"),
    ({"a1": figure("a", 5), "b": figure("b", 40), "a2": figure("a", 50), "same": said("a")}, "a1 a2 same b"),
    ({"first": figure("a", 9), "second": figure("b", 9)}, "first second"),
    ({"words": said("a"), "number": figure("b", 3)}, "number words"),
])  # fmt: skip
def test_the_surest_and_largest_study_comes_first_and_stays_together(found: dict[str, Any], order: str) -> None:
    assert [key for key, _ in sort_best_first(found)] == order.split()


def test_the_figure_that_speaks_for_a_harm_comes_first() -> None:
    found = {"large": figure("a", 90), "other": figure("b", 9), "lead": figure("b", 5)}
    assert [key for key, _ in sort_best_first(found, "lead")] == ["lead", "other", "large"]


def test_results_are_under_the_question_that_they_answer() -> None:
    found: dict[str, AnyFact] = {
        "in-short": said("z", "It can help."),
        "next-to": figure("a", 9, versus={"count": 2, "out_of": 8, "group": "left alone"}),
        "dose": figure("b", 9, counted="could stop their pain medicines"),
        "better": figure("c", 9, counted="had no pain at all"),
        "same-study": said("c"),
        "less": score("d", "Average pain"),
        "movement": score("e", "Movement"),
    }
    assert {group.question: [key for key, _ in group.facts] for group in group_results(found)} == {
        "": ["in-short"],
        BETTER: ["better", "same-study"],
        LESS_PAIN: ["less"],
        ELSE: ["dose", "movement"],
        COMPARED: ["next-to"],
    }


def test_without_questions_words_come_before_numbers() -> None:
    groups = group_results({"number": figure("a", 9), "in-short": said("b")}, asks=False)
    assert [[key for key, _ in group.facts] for group in groups] == [["in-short"], ["number"]]


def test_words_are_in_paragraphs_and_each_number_by_itself() -> None:
    words, long = said("s"), said("s", "Word " * 50)
    found: list[tuple[str, AnyFact]] = [
        ("a", words),
        ("b", words),
        ("n", figure("s", 9)),
        ("c", long),
        ("d", words),
    ]
    assert [[key for key, _ in group] for group in group_paragraphs(found)] == [["a", "b"], ["n"], ["c"], ["d"]]


@pytest.mark.parametrize(("rest", "words"), [
    ([figure("b", 9), figure("c", 9)], "2 more studies"),
    ([figure("b", 9)], "1 more study"),
    ([figure("a", 9), figure("c", 9)], "2 more results"),
    ([said("a")], "1 more point"),
])  # fmt: skip
def test_what_must_be_opened_says_what_it_holds(rest: list[Any], words: str) -> None:
    assert (
        describe_more([(str(place), fact) for place, fact in enumerate(rest)], [("shown", figure("a", 9))])
        == words
    )


@pytest.mark.parametrize(("by", "published_in", "name"), [
    ("Lid A", "Journal 7, 1", "Lid A, 2021"),
    ("Lid A, Spout BC and others", "Journal 7, 1", "Lid A and others, 2021"),
    ("Lid A and others", "Journal 7, 1", "Lid A and others, 2021"),
    ("Lid A, potter, Kettletown", "kettle.example", "Lid A, potter, Kettletown, 2021"),
    ("Society of Potters and Friends", "Leaflet", "Society of Potters and Friends, 2021"),
    ("Authors not shown in what was read", "Journal of Tea 12, 30", "Journal of Tea, 2021"),
    ("Authors not shown in what was read", "Journal not shown in what was read", "On lids, 2021"),
])  # fmt: skip
def test_a_note_names_who_published_a_source_and_when(by: str, published_in: str, name: str) -> None:
    fields = {"title": "On lids", "by": by, "year": 2021, "published_in": published_in, "kind": "cohort"}
    fields |= {"pmid": "1", "read": "Abstract.", "read_by": "2026-11-01"}
    assert shorten_name(Source.model_validate(fields)) == name
