"""Signs of danger: whom to call follows from a sign's level and from who acts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from build_tools.check.short_checks import signs_are_short
from build_tools.load.loader import load
from build_tools.model.figure_text import join, write_contact
from build_tools.pipeline import prepare
from build_tools.records.clinic import Clinic
from build_tools.records.signs import Sign
from build_tools.render.rendering import group_by_urgency
from tests.conftest import TODAY, edit, page_text

CARE, POLISHING, LID, ALONE = "teapot-care", "teapot-polishing", "teapot-lid-polishing", "teapot-leave-alone"
FIELDS = {
    "notice": "it leaks", "brief": "it leaks", "why": "a crack",
    "shown_for": ["everyone"], "sources": ["spout-2019"],
}  # fmt: skip


def contact_text(clinic: Clinic | None = None, child: bool = False, **fields: object) -> str:
    if fields.get("who") == "companion":
        fields["do"] = "Wake them."
    return str(write_contact(Sign.model_validate({**FIELDS, **fields}), clinic, child))


@pytest.mark.parametrize(("fields", "words"), [
    ({"level": "emergency", "ambulance": "true"}, "Call your local emergency number now."),
    ({"level": "emergency", "ambulance": "true", "who": "companion"},
     "Someone with you should call your local emergency number now."),
    ({"level": "emergency"},
     "Go to an emergency department now. Let someone else drive, or call your local emergency number."),
    ({"level": "urgent"}, "Call your team today (at any hour). No answer? Go to an emergency department."),
    ({"level": "ask"}, "Tell your team within a few days."),
    ({"level": "emergency", "ambulance": "true", "who": "companion", "child": True},
     "Call your local emergency number now."),
    ({"level": "emergency", "child": True},
     "Take your child to an emergency department now. "
     "If no one can drive, or your child is hard to wake, call your local emergency number."),
    ({"level": "urgent", "child": True},
     "Call your child's team today (at any hour). No answer? Go to an emergency department."),
])  # fmt: skip
def test_contact_follows_from_level_and_actor(fields: dict[str, Any], words: str) -> None:
    assert contact_text(**fields) == words


@pytest.mark.parametrize(("notice", "accepted"), [
    ("You leak.", False), ("You leak", False), ("A leak", False), ("it leaks.", False),
    ("it leaks", True), ("MRI scans hurt", True), ("X-rays hurt", True), ("it leaks at 3 a.m.", True),
])  # fmt: skip
def test_notice_continues_a_sentence(example: Path, notice: str, accepted: bool) -> None:
    edit(example / "signs.yml", "notice: the lid is bent", f"notice: {notice}")
    messages = [problem.message for problem in load(example)[1]]
    expected = "Pages print this inside a sentence, but it is written like a whole one."
    assert messages == ([] if accepted else [expected])


def test_a_clinic_has_its_own_numbers(example: Path) -> None:
    clinic = load(example)[0].clinics["teapot-house"]
    assert contact_text(clinic, level="emergency", ambulance="true") == "Call 911 now."
    hours = "555-0100 (Monday to Friday, 9 am to 3 pm); at all other times 555-0101."
    assert hours in contact_text(clinic, level="urgent")
    assert "555-0100" in contact_text(clinic, level="ask")


def test_signs_are_shown_by_situation_most_urgent_first(example: Path) -> None:
    facts, _ = load(example)
    assert list(facts.signs_of(POLISHING)) == ["pieces", "steam", "bent", "rough", "louder"]
    assert list(facts.signs_of(ALONE)) == ["pieces", "louder"]


def test_signs_with_the_same_contact_are_grouped(example: Path) -> None:
    facts, _ = load(example)
    groups = group_by_urgency(facts, POLISHING)
    assert [[key for key, _, _ in group.signs] for group in groups["ask"]] == [["rough", "louder"]]
    for_companion = [join(group.contact.lead).startswith("Someone with you") for group in groups["emergency"]]
    assert for_companion == [True, False]
    [bent] = group_by_urgency(facts, LID)["urgent"]
    assert [words for _, _, words in bent.signs] == ["the lid of your child's teapot is bent"]


def test_a_companion_is_asked_for_the_same_call_in_short(example: Path, content: Path) -> None:
    edit(example / "signs.yml", "  crisis_lines: true\n", "  ambulance: true\n")
    text = page_text(prepare(example, content, TODAY), f"procedures/{POLISHING}.md")
    leads = re.findall("<h3>(.+)</h3>", text)
    assert leads == ["Call your local emergency number now for:", "Someone with you should call that number for:"]


def test_a_page_is_for_parents_if_all_forms_are_for_children(example: Path) -> None:
    edit(example / f"procedures/{CARE}.yml", "situations: [hinge, glaze]", "situations: [hinge, glaze, child]")
    assert load(example)[0].for_child(CARE)
    edit(example / f"procedures/{LID}.yml", "situations: [hinge, glaze, child]", "situations: [hinge, glaze]")
    assert not load(example)[0].for_child(CARE)


@pytest.mark.parametrize(("old", "new", "message"), [
    ("  level: urgent\n", "  level: urgent\n  ambulance: true\n", "An ambulance is for an emergency"),
    ("  do: Take the teapot away, and cool the skin with water.\n", "", "does not say what they do"),
    ("  child_brief: steam that hurts your child\n", "", 'its "brief" speaks to the patient'),
])  # fmt: skip
def test_contradictory_fields_are_reported(example: Path, old: str, new: str, message: str) -> None:
    edit(example / "signs.yml", old, new)
    [problem] = load(example)[1]
    assert message in problem.message
    assert problem.place.path == "data/signs.yml"


@pytest.mark.parametrize("number", ["112", "000", "9-1-1", "9 9 9"])
def test_helpline_has_no_emergency_number(example: Path, number: str) -> None:
    edit(example / "helplines.yml", "phone: 555-0177", f'phone: "{number}"')
    [problem] = load(example)[1]
    assert problem.message == f'"{number}" is an emergency number, and not the number of a helpline.'


def test_amounts_in_two_units_do_not_count_as_words(example: Path) -> None:
    words = "within 2 weeks of polishing, the lid shakes, or reaches 100.4 °F (38 °C) in the sun"
    edit(example / "signs.yml", "brief: a louder squeak", f"brief: {words}")
    assert load(example)[1] == []
    assert list(signs_are_short(load(example)[0], TODAY)) == []
