"""docs/rules.md lists every rule with what it checks and, between facts, with an example."""

from __future__ import annotations

from tests.rules_page import PAGE, render_page


def test_list_of_rules_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == render_page(), "type: make schema"
