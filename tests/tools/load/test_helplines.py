"""Helplines: who sees which, with the country beside each number."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from build_tools.edit.report import report, table
from build_tools.load.loader import load
from build_tools.pipeline import prepare
from tests.conftest import TODAY, edit

HELPLINES, ALONE = "helplines.yml", "teapot-leave-alone"


def text_of(example: Path, content: Path, page: str) -> str:
    [found] = [one for one in prepare(example, content, TODAY).pages if one.path == page]
    return found.text


@pytest.mark.parametrize(
    "page",
    [f"procedures/{ALONE}.md", f"procedures/{ALONE}/when-to-get-help.md", f"take-along/{ALONE}.md", "signs.md"],
)
def test_a_sign_brings_its_crisis_lines_with_number_and_country(example: Path, content: Path, page: str) -> None:
    text = text_of(example, content, page)
    assert "Teapot Islands:" in text
    assert '<a class="phone" href="tel:555-0177">555-0177</a>' in text
    edit(example / "signs.yml", "  crisis_lines: true\n", "")
    assert "Crisis lines" not in text_of(example, content, page)


def test_a_page_shows_two_helplines_for_its_conditions_and_leads_to_all(example: Path, content: Path) -> None:
    lid = (example / HELPLINES).read_text("utf-8").split("lid-friends:\n")[1]
    more = "".join(f"{id}:\n{lid}".replace("Friends of the Lid", f"The {id}") for id in ("second", "third"))
    edit(example / HELPLINES, lid, lid + more)
    text = text_of(example, content, f"procedures/{ALONE}/what-people-ask.md")
    assert [name in text for name in ("Friends of the Lid", "The second", "The third")] == [True, True, False]
    assert "signs.md#helplines" in text
    assert "The third" in text_of(example, content, "signs.md")


def test_a_helpline_for_a_condition_is_there_for_its_kinds(example: Path) -> None:
    assert [line.name for line in load(example)[0].helplines_of(ALONE)] == ["Friends of the Lid"]
    conditions = example / "vocabulary/conditions.yml"
    edit(conditions, "squeaking-lid:\n", "squeaking-lid:\n  broader: squeaking\n")
    edit(example / HELPLINES, "[squeaking-lid]", "[squeaking]")
    assert [line.name for line in load(example)[0].helplines_of(ALONE)] == ["Friends of the Lid"]


@pytest.mark.parametrize(("old", "new", "message"), [
    ("  website: https://lids.example\n", "", "Nobody can reach this helpline."),
    ("  conditions: [squeaking-lid]\n", "", "A helpline is either a crisis line with a number, or for people"),
    ("  phone: 555-0177\n", "  website: https://teapot.example\n", "A helpline is either a crisis line with a"),
    ("  country: Teapot Islands\n  offers: They", "  offers: They", '"country" is missing here.'),
])  # fmt: skip
def test_nobody_is_sent_to_a_line_without_number_or_country(
    example: Path, old: str, new: str, message: str
) -> None:
    edit(example / HELPLINES, old, new)
    [problem] = load(example)[1]
    assert problem.message.startswith(message)


def test_the_report_names_helplines_that_must_be_checked_again(example: Path) -> None:
    facts, _ = load(example)
    assert report(facts, [], 0, TODAY).helplines == ()
    later = report(facts, [], 0, TODAY + timedelta(days=360))
    assert "helplines.yml: 2 helplines to check again" in list(table(later))
