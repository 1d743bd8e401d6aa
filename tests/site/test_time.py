"""Pages opened after the date of their next check say that it is overdue."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from build_tools.load.loader import load
from tests.conftest import ROOT
from tests.site.conftest import Reader

PAGE = "procedures/percutaneous-cordotomy"
DUE = load(ROOT / "data")[0].procedures[PAGE.partition("/")[2]].next_check
LAST_MINUTE = datetime(DUE.year, DUE.month, DUE.day, 23, 59)
OVERDUE = f"These facts were due for a check on {DUE:%B} {DUE.day}, {DUE.year}. Ask your team what has changed."


@pytest.mark.parametrize("from_folder", [False, True], ids=["server", "folder"])
@pytest.mark.parametrize(("moment", "messages"), [
    (LAST_MINUTE, []), (LAST_MINUTE + timedelta(minutes=2), [OVERDUE]),
], ids=["in time", "overdue"])  # fmt: skip
def test_a_page_says_that_its_check_is_overdue(
    reader: Reader, site: Path, from_folder: bool, moment: datetime, messages: list[str]
) -> None:
    page = reader.open()
    page.clock.set_fixed_time(moment)
    page.goto(f"{site.as_uri()}/{PAGE}/evidence.html" if from_folder else f"{PAGE}/evidence.html")
    expect(page.get_by_role("status")).to_have_text(messages)
    page.emulate_media(media="print")
    expect(page.get_by_role("status")).to_have_count(len(messages))
    expect(page.get_by_text(f"Next check by {DUE:%B} {DUE.day}, {DUE.year}").first).to_be_visible()


def test_a_list_says_that_some_facts_are_overdue(reader: Reader) -> None:
    page = reader.open()
    page.clock.set_fixed_time(LAST_MINUTE + timedelta(days=365))
    page.goto("glossary.html")
    expect(page.get_by_role("status")).to_contain_text("Some facts on this site were due for a check on")
