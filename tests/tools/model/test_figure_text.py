"""The words of each kind of figure, which are the same wherever a fact is printed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from build_tools.export.exports import render_exports
from build_tools.load.loader import load
from build_tools.load.settings import Settings
from build_tools.model import figure_text
from build_tools.model.changes import compare
from build_tools.model.figure_text import (
    describe_unanswered,
    join,
    list_context,
    to_text,
    write_brief,
    write_finding,
    write_sentences,
)
from build_tools.pipeline import prepare
from build_tools.prose.readability import iter_texts
from build_tools.records.entries import DoesNotApply, Figure, HarmFigure, NotKnown, Statement
from build_tools.records.procedure import Harm
from build_tools.render.leaflets import write_leaflet
from build_tools.render.rendering import Renderer
from tests.conftest import TODAY, edit

FIGURE: dict[str, Any] = {
    "counted": "dripped less", "who": "teapots in one tea room", "when": "After one week",
    "how": "A cohort study.", "certainty": "low", "sources": ["kettle-2020"],
}  # fmt: skip
TIME = FIGURE | {"counted": "Time without a drip", "measure": "months"}


def figure(fields: dict[str, Any] = FIGURE, /, **value: Any) -> Figure:
    """A figure about teapots."""
    return Figure.model_validate(fields | value)


TWO_STUDIES = {"sources": ["kettle-2020", "kettle-2021"]}


@pytest.mark.parametrize(("value", "words"), [
    ({"count": 3, "out_of": 40}, "3 of 40 people dripped less. The other 37 did not."),
    ({"count": 1_216, "out_of": 1_600, "units": "teapots"},
     "76 out of 100 teapots dripped less. The other 24 did not."),
    ({"count": 0, "out_of": 1_600}, "None of 1,600 people dripped less."),
    ({"count": 0, "out_of": 7, "units": "pots"}, "None of 7 pots dripped less."),
    ({"count": 1_200, "out_of": 1_200}, "All 1,200 people dripped less."),
    ({"count": 1, "out_of": 101}, "Fewer than 1 out of 100 people dripped less. More than 99 did not."),
    ({"count": 1, "out_of": 100}, "1 out of 100 people dripped less. The other 99 did not."),
    ({"count": 100, "out_of": 101}, "More than 99 out of 100 people dripped less. Fewer than 1 did not."),
    ({"count": 98, "out_of": 99}, "98 of 99 people dripped less. 1 did not."),
    ({"percent": 12.5}, "13 percent of people dripped less. The source gives only a percent."),
    ({"percent": 12, "out_of": 50}, "12 percent of 50 people dripped less."),
    ({"percent": 12.5, "out_of": 100}, "13 out of 100 people dripped less. The other 87 did not."),
    ({"percent": 0, "out_of": 50}, "None of 50 people dripped less."),
    ({"percent": 100, "units": "pots"}, "All of the pots dripped less. The source gives only a percent."),
    ({"percent": 0.4}, "Less than 1 percent of people dripped less. The source gives only a percent."),
    ({"from": 10, "to": 29.5, "out_of": 100}, "From 10 to 30 out of 100 people dripped less."),
    ({"from": 10, "to": 29.5, "out_of": 99}, "From 10 to 30 percent of 99 people dripped less."),
    ({"from": 10, "to": 29.5}, "From 10 to 30 percent of people dripped less."),
    ({"from": 5, "to": 72, **TWO_STUDIES}, "From 5 to 72 percent of people in different studies dripped less."),
    ({"percent": 12, "low": 4.5, "high": 25.4},
     "12 percent of people dripped less. The source gives only a percent. "
     "The true number could be from 5 to 25 percent."),
    ({"percent": 0.5, "out_of": 400, "low": 0.1, "high": 0.9},
     "Fewer than 1 out of 100 people dripped less. More than 99 did not. "
     "The true number could be fewer than 1 out of 100."),
    ({"count": 5, "out_of": 5, "versus": {"group": "who had tea", "count": 0, "out_of": 5}},
     "All 5 people dripped less. Compared with none of 5 people who had tea."),
])  # fmt: skip
def test_shares(value: dict[str, Any], words: str) -> None:
    assert to_text(figure(**value)) == words


@pytest.mark.parametrize(("value", "words"), [
    ({"amount": 7.50}, "7.5 months."),
    ({"amount": 0}, "0 months."),
    ({"amount": 1_600, "average": "median"}, "1,600 months (median)."),
    ({"from": 1.5, "to": 1_200}, "from 1.5 to 1,200 months."),
    ({"from": 1, "to": 2, **TWO_STUDIES}, "from 1 to 2 months."),
    ({"before": 7.6, "after": 0}, "from 7.6 before to 0 after, in months."),
    ({"before": 7.6, "after": 2, "average": "mean"}, "from 7.6 before to 2 after (average), in months."),
    ({"amount": 1.2, "low": -0.4, "high": 2.8}, "1.2 months. The true number could be from -0.4 to 2.8 months."),
    ({"amount": 9, "average": "mean", "versus": {"group": "who had tea", "amount": 2}},
     "9 months (average). For comparison, people who had tea: 2 months (average)."),
    ({"before": 7, "after": 4, "versus": {"group": "who had tea", "before": 7, "after": 6}},
     "from 7 before to 4 after, in months. "
     "For comparison, people who had tea: from 7 before to 6 after, in months."),
])  # fmt: skip
def test_amounts(value: dict[str, Any], words: str) -> None:
    assert to_text(figure(TIME, **value)) == f"Time without a drip: {words}"


@pytest.mark.parametrize(("counted", "count", "words"), [
    ("were helped", 3, "3 of 5 people were helped. The other 2 were not."),
    ("were helped", 4, "4 of 5 people were helped. 1 was not."),
    ("were helped", 1, "1 of 5 people was helped. The other 4 were not."),
    ("were helped", 150, "75 out of 100 people were helped. The other 25 were not."),
    ("were helped", 198, "99 out of 100 people were helped. 1 was not."),
    ("could sleep", 3, "3 of 5 people could sleep. The other 2 could not."),
    ("could not sleep, for good", 3, "3 of 5 people could not sleep, for good. The other 2 could."),
    ("had no relief", 3, "3 of 5 people had no relief. The other 2 did."),
    ("had no pain and no pills", 3, "3 of 5 people had no pain and no pills. The other 2 did not."),
    ("had no pain, or less pain", 4, "4 of 5 people had no pain, or less pain. 1 did not."),
    ("had no pain, with or without pills", 4, "4 of 5 people had no pain, with or without pills. 1 did."),
])  # fmt: skip
def test_the_other_people(counted: str, count: int, words: str) -> None:
    assert to_text(figure(FIGURE, counted=counted, count=count, out_of=200 if count > 5 else 5)) == words


def test_people_without_a_harm_are_not_counted() -> None:
    for out_of in (4, 200):
        harm = HarmFigure.model_validate(FIGURE | {"count": 2, "out_of": out_of})
        assert len(write_sentences(harm)) == 1


def test_a_change_on_a_scale_names_the_scale_once() -> None:
    scale = FIGURE | {"counted": "Average drip", "measure": "points on a scale from 0 to 10", "average": "mean"}
    expected = "Average drip: from 7 before to 2 after, on a scale from 0 to 10."
    assert to_text(figure(scale, before=7, after=2)) == expected


def test_a_change_in_a_brief_is_from_and_to() -> None:
    brief = write_brief(figure(TIME, before=7, after=2, brief="The drip fell {value}, a week later."))
    assert join(brief) == "The drip fell from 7 to 2, in months, a week later."


def test_small_and_unknown_groups_are_not_scaled() -> None:
    for out_of in range(1, 100):
        for count in range(out_of + 1):
            assert "100" not in to_text(figure(count=count, out_of=out_of)), (count, out_of)
            assert f"{count} of {out_of} " in to_text(figure(count=count, out_of=out_of)) or count in (0, out_of)
    assert "100" not in to_text(figure(percent=99.9)) + to_text(figure(percent=0.1, low=0.01, high=99.9))


def test_segments_have_kinds() -> None:
    versus = {"group": "who had tea", "count": 2, "out_of": 24}
    sentences = write_sentences(figure(percent=12, out_of=400, low=5, high=25, versus=versus))
    assert [[tuple(segment) for segment in sentence] for sentence in sentences] == [
        [("number", "12 out of 100 people"), ("words", " dripped less"), ("words", ".")],
        [("words", "The other 88 did not.")],
        [("words", "The true number could be from 5 to 25 out of 100.")],
        [
            ("versus", "Compared with "), ("versus-number", "2 of 24 people"), ("words", " who had tea"),
            ("words", "."),
        ],
    ]  # fmt: skip
    assert write_finding(figure(TIME, amount=3)) == [("words", "Time without a drip: "), ("number", "3 months")]
    assert join(write_finding(figure(count=0, out_of=40))) == "none of 40 people dripped less"


def test_facts_without_a_number() -> None:
    assert to_text(Statement.model_validate({"says": "It shines.", "sources": ["kettle-2020"]})) == "It shines."
    assert to_text(NotKnown(not_known="Nobody asked.", reason="searched", searched=TODAY)) == "Nobody asked."
    kinds = [segment.kind for [segment] in write_sentences(DoesNotApply(does_not_apply="No cut."))]
    assert kinds == ["label", "words"]
    assert to_text(DoesNotApply(does_not_apply="No cut.")) == "Does not apply. No cut."
    assert to_text("For good.") == "For good."


@pytest.mark.parametrize(("value", "exact"), [
    ({"count": 1_234, "out_of": 5_678}, "1,234 out of 5,678 people in the study."),
    ({"count": 3, "out_of": 100, "units": "teapots"}, "3 out of 100 teapots in the study."),
    ({"percent": 12.5}, "12.5 percent in the source."),
    ({"percent": 12.5, "out_of": 2_000}, "12.5 percent of 2,000 people in the study."),
    ({"percent": 40.5, "versus": {"group": "who had tea", "count": 2, "out_of": 240}},
     "40.5 percent in the source. The others: 2 out of 240 people in the study."),
    ({"from": 1, "to": 2, "versus": {"group": "x", "percent": 3.5}}, "The others: 3.5 percent in the source."),
])  # fmt: skip
def test_the_exact_numbers_are_next_to_a_rounded_share(value: dict[str, Any], exact: str) -> None:
    assert list_context(figure(**value))[0] == ("exact", "", exact)


def test_exact_numbers_are_not_repeated() -> None:
    assert list_context(figure(count=3, out_of=10, versus={"group": "x", "percent": 3}))[0].kind == "who"


def test_every_figure_has_its_context() -> None:
    assert [tuple(detail) for detail in list_context(figure(TIME, amount=3, note="A small study."))] == [
        ("who", "Who", "Teapots in one tea room."),
        ("when", "When", "After one week."),
        ("how", "How", "A cohort study."),
        ("certainty", "How sure", "this number may be off."),
        ("note", "", "A small study."),
    ]


@pytest.mark.parametrize("who", ["Nobody!", "Who?", "Pots."])
def test_no_second_period_is_added(who: str) -> None:
    assert list_context(figure(TIME, amount=3, who=who))[0] == ("who", "Who", who)


# Unanswered questions


HARM: dict[str, Any] = {"effect": "weakness", "weight": "passes", "says": "It drips.", "sources": ["kettle-2020"]}


@pytest.mark.parametrize(("harms", "words"), [
    ([{"lasts": "A day.", "can_be_undone": "Yes.", "what_is_done": "A cloth."}], ""),
    ([{"lasts": "A day.", "can_be_undone": "Yes."}, {}],
        "For 1 of 2 harms, what we read does not clearly say how long it lasts; for 1, if it can be undone; "
        "for 2, what is done about them."),
    ([{"weight": "not-seen"}, {"effect": "death", "weight": "dangerous"}], ""),
    ([{"effect": "death", "weight": "dangerous"}, {"lasts": "A day.", "can_be_undone": "Yes."}],
        "For 1 of 2 harms, what we read does not clearly say what is done about it."),
])  # fmt: skip
def test_unanswered_questions_about_harms(harms: list[dict[str, str]], words: str) -> None:
    assert describe_unanswered([Harm.model_validate(HARM | fields) for fields in harms]) == words


# The same words everywhere


HARM_FIGURE = "teapot-polishing.harms.broken-spout.registry"
POLISHING = "procedures/teapot-polishing.yml"


def print_everywhere(example: Path, content: Path) -> dict[str, str]:
    """Everything that prints one figure of a harm, as plain text."""
    facts, settings = load(example)[0], Settings(leaflets=True)
    leaflet = write_leaflet(Renderer(facts, content, TODAY, settings), "teapot-polishing")
    pages = {page.path: page.text for page in prepare(example, content, TODAY).pages}
    files = dict(render_exports(facts, settings, TODAY))
    edit(example / POLISHING, "    count: 3\n", "    count: 4\n")
    changes = [change for _, change in compare(facts, load(example)[0]) if change.part == "on the page"]
    return {
        "page": LexborHTMLParser(pages["procedures/teapot-polishing/risks.md"]).text(),
        "comparison": LexborHTMLParser(pages["comparisons/squeaking-teapot.md"]).text(),
        "leaflet": LexborHTMLParser(leaflet.html).text(),
        "JSON": files["api/v1/procedures/teapot-polishing.json"],
        "CSV": files["api/v1/figures.csv"],
        "table as CSV": files["api/v1/comparisons/squeaking-teapot.csv"],
        "changes": str(changes[0].was),
        "grade": " ".join(text for _, text in iter_texts(dict(facts.iter_facts())[HARM_FIGURE])),
    }


def test_words_are_the_same_everywhere(example: Path, content: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        figure_text, "describe_share", lambda share, units: f"{1_000 * share:.0f} in a thousand {units}"
    )
    for place, text in print_everywhere(example, content).items():
        outcome = "" if place in ("comparison", "leaflet", "table as CSV") else " lost the spout"
        assert f"10 in a thousand teapots{outcome}" in text, place
