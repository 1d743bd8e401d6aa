"""What a reader meets: the first screen, a search that says so where scripts are off, and sources."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from build_tools.load.facts import Facts
from tests.site.conftest import Reader


def test_the_main_message_is_on_the_first_screen_of_a_phone(reader: Reader, facts: Facts) -> None:
    for path, page in reader.reads([f"procedures/{id}.html" for id in facts.procedures], 360, 640):
        box = page.locator('[data-brief$=".main_message.helps"]').bounding_box()
        assert box
        assert box["y"] <= 560, path


def test_the_search_says_where_to_look_without_scripts(reader: Reader) -> None:
    page = reader.opens("search.html?q=cordotomy", 360, 640, java_script_enabled=False)
    assert "A to Z" in page.locator(".notice").inner_text()


def test_a_source_mark_leads_to_the_source_and_back_to_the_fact(reader: Reader) -> None:
    page = reader.opens("procedures/percutaneous-cordotomy/results.html")
    fact = "percutaneous-cordotomy.benefits.trial-one-week"
    page.locator(f'[data-fact="{fact}"] .sources a').first.click()
    page.locator("[id^='note-']:target a[href$='#visw-2019']").first.click()
    expect(page).to_have_url(re.compile(r"sources\.html#visw-2019$"))
    expect(page.locator("#visw-2019")).to_contain_text("randomized controlled trial")
