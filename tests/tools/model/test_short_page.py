"""The lines of short pages, in the words of their facts."""

from __future__ import annotations

from pathlib import Path

import pytest

from build_tools.load.loader import load
from build_tools.model.figure_text import join
from build_tools.model.short_page import ShortPage, list_refs
from build_tools.pipeline import prepare
from build_tools.render.rendering import Site
from tests.conftest import TODAY, edit, page_text

POLISHING = "procedures/teapot-polishing.yml"


def short(example: Path) -> ShortPage:
    """The short page of the example."""
    return ShortPage(load(example)[0], "teapot-polishing")


SHORT = "procedures/teapot-polishing.md"


@pytest.mark.parametrize(("says", "expected"), [
    ("{benefits.quiet} were quiet", "18 of 24 teapots were quiet"),
    ("Of others, {benefits.quiet:versus} were quiet", "Of others, 2 of 23 teapots were quiet"),
    ("{benefits.quiet} were quiet, and of others {benefits.quiet:versus}",
     "18 of 24 teapots were quiet, and of others 2 of 23"),
    ("{benefits.quiet} were quiet; {harms.broken-spout.registry} broke",
     "18 of 24 teapots were quiet; fewer than 1 out of 100 broke"),
    ("Of {benefits.quiet:n} teapots", "Of 24 teapots"),
    ("Of {benefits.dripping-teapots:n} people", "Of 40 people"),
    ("{harms.broken-spout.registry} lost it", "Fewer than 1 out of 100 teapots lost it"),
])  # fmt: skip
def test_slots_are_filled_with_numbers(example: Path, says: str, expected: str) -> None:
    edit(example / POLISHING, "says: The hinge is rubbed with a cloth, and nothing is cut.", f'says: "{says}"')
    page = short(example)
    assert page.short.done
    assert join(page.say(page.short.done).sentence) == expected
    assert {"methods.by-hand", "what_it_is.a-cloth"} < set(list_refs(page.short.done))


def test_a_line_is_a_brief_or_the_words_of_its_fact(example: Path) -> None:
    assert [join(line.sentence) for line in short(example).lines("results")] == [
        "18 of 24 teapots were quiet a week later, and 2 of 23 that were left alone.",
        "80 out of 100 owners were pleased.",
    ]


def test_omitted_serious_harms_are_counted(example: Path, content: Path) -> None:
    edit(example / POLISHING, "harms: [broken-spout, scratches]", "harms: [broken-spout]")
    assert short(example).harms().more == []
    edit(example / POLISHING, "harms: [broken-spout]", "harms: [scratches]")
    assert short(example).harms().more == ["A spout that breaks off"]
    assert "1 more serious harm</a>" in page_text(prepare(example, content, TODAY), SHORT)


@pytest.mark.parametrize(("old", "new"), [
    ("    count: 3\n        out_of: 310", "    count: 0\n        out_of: 310"),
    ("weight: dangerous", "weight: not-seen"),
])  # fmt: skip
def test_a_harm_that_nobody_had_is_possible(example: Path, content: Path, old: str, new: str) -> None:
    edit(example / POLISHING, old, new)
    harms = short(example).harms()
    assert [harm.name for harm in harms.not_seen] == ["A spout that breaks off"]
    assert harms.counted == []
    text = page_text(prepare(example, content, TODAY), SHORT)
    assert "<b>Looked for and not seen:</b>" in text
    assert "It could still happen." in text


def test_a_case_can_have_its_own_harms(example: Path) -> None:
    works = "      works: benefits.quiet\n"
    edit(example / POLISHING, works, f"{works}      harms: [scratches]\n")
    page = short(example)
    [case] = page.cases.values()
    assert [harm.facts[0] for harm in page.harms(case).uncounted] == ["teapot-polishing.harms.scratches"]
    assert page.harms(case).counted == []


def test_unanswered_questions_are_to_take_along(example: Path, content: Path) -> None:
    page = page_text(prepare(example, content, TODAY), "procedures/teapot-polishing/what-people-ask.md")
    answered, _, open_questions = page.partition("{: #questions }")
    assert "## When can I work again? {: #work }" in answered
    assert "<li>When can I drive?</li>" in open_questions
    assert "When can I work again?" not in open_questions


def test_parents_ask_about_their_child(example: Path, content: Path) -> None:
    page = page_text(prepare(example, content, TODAY), "procedures/teapot-lid-polishing/what-people-ask.md")
    assert "When can my child go back to school?" in page
    assert "When can I drive?" not in page


def test_a_child_has_no_page_for_the_person_with_you(example_site: Site) -> None:
    paths = {page.path for page in example_site.pages}
    assert "procedures/teapot-polishing/for-the-person-with-you.md" in paths
    assert "procedures/teapot-lid-polishing/for-the-person-with-you.md" not in paths
