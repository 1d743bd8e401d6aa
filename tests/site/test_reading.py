"""What a reader meets: the first screen, few files, a search that says so without scripts, and sources."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from build_tools.load.facts import Facts
from tests.site.conftest import AT_REST, Reader


def test_the_main_message_is_on_the_first_screen_of_a_phone(reader: Reader, facts: Facts) -> None:
    for path, page in reader.reads([f"procedures/{id}.html" for id in facts.procedures], 360, 640):
        box = page.locator('[data-brief$=".main_message.helps"]').bounding_box()
        assert box
        assert box["y"] <= 560, path


def test_a_procedure_page_asks_for_one_small_script_and_no_search_index(reader: Reader) -> None:
    page = reader.opens()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("procedures/cordotomy.html")
    page.evaluate(AT_REST)
    assert [Path(url).name for url in asked if url.endswith(".js")] == ["site.js"]
    assert {url.rsplit(".", 1)[-1] for url in asked} <= {"html", "css", "woff2", "svg", "js"}


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
