"""Helplines: who sees which, with the country beside each number."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from build_tools.edit.report import build_report, format_table
from build_tools.load.loader import load
from build_tools.pipeline import prepare
from tests.conftest import TODAY, edit

HELPLINES, ALONE = "helplines.yml", "teapot-leave-alone"


def texts(example: Path, content: Path) -> dict[str, str]:
    """Every page by its path."""
    return {page.path: page.text for page in prepare(example, content, TODAY).pages}


def test_a_sign_brings_its_crisis_lines_with_number_and_country(example: Path, content: Path) -> None:
    details = f"procedures/{ALONE}/when-to-get-help.md"
    made = texts(example, content)
    edit(example / "signs.yml", "  crisis_lines: true\n", "")
    without = texts(example, content)
    for page in (f"procedures/{ALONE}.md", details, f"take-along/{ALONE}.md", "signs.md"):
        assert "Teapot Islands:" in made[page]
        assert '<a class="phone" href="tel:555-0177">555-0177</a>' in made[page]
        assert "Crisis lines" not in without[page]


def test_a_page_shows_two_helplines_for_its_conditions_and_leads_to_all(example: Path, content: Path) -> None:
    lid = (example / HELPLINES).read_text("utf-8").split("lid-friends:\n")[1]
    more = "".join(f"{id}:\n{lid}".replace("Friends of the Lid", f"The {id}") for id in ("second", "third"))
    edit(example / HELPLINES, lid, lid + more)
    made = texts(example, content)
    text = made[f"procedures/{ALONE}/what-people-ask.md"]
    assert [name in text for name in ("Friends of the Lid", "The second", "The third")] == [True, True, False]
    assert "signs.md#helplines" in text
    assert "The third" in made["signs.md"]


def test_a_helpline_for_a_condition_is_there_for_its_kinds(example: Path) -> None:
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
    assert build_report(facts, [], 0, TODAY).helplines == ()
    later = build_report(facts, [], 0, TODAY + timedelta(days=360))
    assert "helplines.yml: 2 helplines to check again" in list(format_table(later))
