"""Helplines: which pages show them, and with which country."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from build_tools.edit.report import build_report, format_table
from build_tools.load.loader import load
from build_tools.pipeline import prepare
from tests.conftest import TODAY, edit

HELPLINES, ALONE = "helplines.yml", "teapot-leave-alone"


def page_texts(example: Path, content: Path) -> dict[str, str]:
    """The text of every page by its path."""
    return {page.path: page.text for page in prepare(example, content, TODAY).pages}


def test_crisis_lines_are_shown_with_a_sign(example: Path, content: Path) -> None:
    details = f"procedures/{ALONE}/when-to-get-help.md"
    pages = page_texts(example, content)
    edit(example / "signs.yml", "  crisis_lines: true\n", "")
    without = page_texts(example, content)
    for path in (f"procedures/{ALONE}.md", details, f"take-along/{ALONE}.md", "signs.md"):
        assert "Teapot Islands:" in pages[path]
        assert '<a class="phone" href="tel:555-0177">555-0177</a>' in pages[path]
        assert "Crisis lines" not in without[path]


def test_a_page_shows_two_helplines_and_links_to_all(example: Path, content: Path) -> None:
    lid = (example / HELPLINES).read_text("utf-8").split("lid-friends:\n")[1]
    more = "".join(f"{id}:\n{lid}".replace("Friends of the Lid", f"The {id}") for id in ("second", "third"))
    edit(example / HELPLINES, lid, lid + more)
    pages = page_texts(example, content)
    text = pages[f"procedures/{ALONE}/what-people-ask.md"]
    assert [name in text for name in ("Friends of the Lid", "The second", "The third")] == [True, True, False]
    assert "signs.md#helplines" in text
    assert "The third" in pages["signs.md"]


def test_a_broader_condition_includes_its_kinds(example: Path) -> None:
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
def test_an_incomplete_helpline_is_a_problem(example: Path, old: str, new: str, message: str) -> None:
    edit(example / HELPLINES, old, new)
    [problem] = load(example)[1]
    assert problem.message.startswith(message)


def test_the_report_lists_helplines_that_are_due(example: Path) -> None:
    facts, _ = load(example)
    assert build_report(facts, [], 0, TODAY).helplines == ()
    later = build_report(facts, [], 0, TODAY + timedelta(days=360))
    assert "helplines.yml: 2 helplines to check again" in list(format_table(later))
