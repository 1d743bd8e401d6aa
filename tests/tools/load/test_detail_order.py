"""Detail pages answer the most important question first, with the best study."""

from __future__ import annotations

from typing import Any

import pytest

from build_tools.load.detail_order import BETTER, COMPARED, ELSE, LESS_PAIN, group_results, sort_best_first
from build_tools.records.entries import AnyFact, Figure, Source, Statement
from build_tools.render.templates import describe_more, group_paragraphs, shorten_name


def figure(source: str, size: int, certainty: str = "low", **fields: Any) -> Figure:
    defaults = {"count": 1, "out_of": size, "counted": "had relief", "certainty": certainty, "sources": [source]}
    return Figure.model_validate(defaults | {"who": "Teapots", "when": "Then", "how": "Series"} | fields)


def statement(source: str, words: str = "In the same study it sang.") -> Statement:
    return Statement.model_validate({"says": words, "sources": [source]})


SCORE: dict[str, Any] = {
    "count": None, "out_of": None, "before": 7, "after": 2, "measure": "points", "quantity": "score",
}  # fmt: skip


@pytest.mark.parametrize(("facts", "expected"), [
    ({"small": figure("a", 9), "large": figure("b", 90)}, "large small"),
    ({"large": figure("a", 90, "very-low"), "sure": figure("b", 9)}, "sure large"),
    ({"other": figure("a", 90, applies_to={"says": "Lids"}), "own": figure("b", 9, "very-low")}, "own other"),
    ({"a1": figure("a", 5), "b": figure("b", 40), "a2": figure("a", 50), "same": statement("a")}, "a1 a2 same b"),
    ({"first": figure("a", 9), "second": figure("b", 9)}, "first second"),
    ({"words": statement("a"), "number": figure("b", 3)}, "number words"),
])  # fmt: skip
def test_studies_are_sorted_by_certainty_and_size(facts: dict[str, Any], expected: str) -> None:
    assert [key for key, _ in sort_best_first(facts)] == expected.split()


def test_the_lead_comes_first() -> None:
    facts = {"large": figure("a", 90), "other": figure("b", 9), "lead": figure("b", 5)}
    assert [key for key, _ in sort_best_first(facts, "lead")] == ["lead", "other", "large"]


def test_results_are_grouped_by_question() -> None:
    facts: dict[str, AnyFact] = {
        "in-short": statement("z", "It can help."),
        "next-to": figure("a", 9, versus={"count": 2, "out_of": 8, "group": "left alone"}),
        "dose": figure("b", 9, counted="could stop their pain medicines"),
        "better": figure("c", 9, counted="had no pain at all"),
        "same-study": statement("c"),
        "less": figure("d", 9, counted="Average pain", **SCORE),
        "movement": figure("e", 9, counted="Movement", **SCORE),
    }
    assert {group.question: [key for key, _ in group.facts] for group in group_results(facts)} == {
        "": ["in-short"],
        BETTER: ["better", "same-study"],
        LESS_PAIN: ["less"],
        ELSE: ["dose", "movement"],
        COMPARED: ["next-to"],
    }


def test_statements_come_before_figures() -> None:
    groups = group_results({"number": figure("a", 9), "in-short": statement("b")}, by_question=False)
    assert [[key for key, _ in group.facts] for group in groups] == [["in-short"], ["number"]]


def test_statements_form_paragraphs_and_figures_do_not() -> None:
    short, long = statement("s"), statement("s", "Word " * 50)
    facts: list[Any] = [("a", short), ("b", short), ("n", figure("s", 9)), ("c", long), ("d", short)]
    assert [[key for key, _ in group] for group in group_paragraphs(facts)] == [["a", "b"], ["n"], ["c"], ["d"]]


@pytest.mark.parametrize(("rest", "expected"), [
    ([figure("b", 9), figure("c", 9)], "2 more studies"),
    ([figure("b", 9)], "1 more study"),
    ([figure("a", 9), figure("c", 9)], "2 more results"),
    ([statement("a")], "1 more point"),
])  # fmt: skip
def test_a_closed_box_says_what_it_has(rest: list[Any], expected: str) -> None:
    assert describe_more([("", fact) for fact in rest], [("shown", figure("a", 9))]) == expected


@pytest.mark.parametrize(("by", "published_in", "name"), [
    ("Lid A", "Journal 7, 1", "Lid A, 2021"),
    ("Lid A, Spout BC and others", "Journal 7, 1", "Lid A and others, 2021"),
    ("Lid A and others", "Journal 7, 1", "Lid A and others, 2021"),
    ("Lid A, potter, Kettletown", "kettle.example", "Lid A, potter, Kettletown, 2021"),
    ("Society of Potters and Friends", "Leaflet", "Society of Potters and Friends, 2021"),
    ("Authors not shown in what was read", "Journal of Tea 12, 30", "Journal of Tea, 2021"),
    ("Authors not shown in what was read", "Journal not shown in what was read", "On lids, 2021"),
])  # fmt: skip
def test_a_source_is_named_by_authors_and_year(by: str, published_in: str, name: str) -> None:
    fields = {"title": "On lids", "by": by, "year": 2021, "published_in": published_in, "kind": "cohort"}
    fields |= {"pmid": "1", "read": "Abstract.", "read_by": "2026-11-01"}
    assert shorten_name(Source.model_validate(fields)) == name
