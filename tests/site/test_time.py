"""A page that is opened after its facts were due for a check says so by itself."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from build_tools.load.loader import load
from tests.conftest import ROOT

PAGE = "procedures/percutaneous-cordotomy"
DUE = load(ROOT / "data")[0].procedures[PAGE.partition("/")[2]].next_check
LAST_MINUTE = datetime(DUE.year, DUE.month, DUE.day, 23, 59)
SAID = f"These facts were due for a check on {DUE:%B} {DUE.day}, {DUE.year}. Ask your team what has changed."


@pytest.mark.parametrize("from_folder", [False, True], ids=["server", "folder"])
def test_a_page_says_that_its_check_is_overdue(
    browser: Browser, site: Path, address: str, from_folder: bool
) -> None:
    url = f"{site.as_uri() if from_folder else address}/{PAGE}/evidence.html"
    for moment, said in ((LAST_MINUTE, []), (LAST_MINUTE + timedelta(minutes=2), [SAID])):
        page = browser.new_page()
        page.clock.set_fixed_time(moment)
        page.goto(url)
        expect(page.get_by_role("status")).to_have_text(said)
        page.emulate_media(media="print")
        assert page.get_by_role("status").count() == len(said)
        assert page.get_by_text(f"Next check by {DUE:%B} {DUE.day}, {DUE.year}").first.is_visible()
        page.close()


def test_a_list_says_that_some_facts_are_overdue(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.clock.set_fixed_time(LAST_MINUTE + timedelta(days=365))
    page.goto(f"{address}/glossary.html")
    expect(page.get_by_role("status")).to_contain_text("Some facts on this site were due for a check on")
