"""The real search in a real browser: what people type leads to the page that answers."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

import pytest
import yaml
from playwright.sync_api import Browser, Page, Route, expect

WANTED: dict[str, list[str]] = yaml.safe_load((Path(__file__).parent / "searches.yml").read_text("utf-8"))


def found_for(page: Page, address: str, query: str) -> list[str]:
    """Where the results for a query lead, best first."""
    page.goto(f"{address}/search.html#q={quote(query)}")
    page.wait_for_function("query => document.getElementById('q').value === query", arg=query)
    return [str(link.get_attribute("href")) for link in page.locator("#search-results a").all()]


def test_what_people_type_leads_first_to_the_page_that_answers(browser: Browser, address: str, site: Path) -> None:
    assert len(WANTED) >= 60
    page = browser.new_page()
    wrong = {}
    for query, pages in WANTED.items():
        for wanted in pages:
            file, _, anchor = wanted.partition("#")
            assert f'id="{anchor}"' in (site / f"{file}.html").read_text("utf-8") or not anchor
        first = next(iter(found_for(page, address, query)), "")
        if first.replace(".html", "") not in pages:
            wrong[query] = first
    page.close()
    assert len(wrong) <= len(WANTED) * 0.05, wrong


@pytest.mark.parametrize("query", [
    "<img src=x onerror=alert(1)>",
    "%",
    "%E0%A4%A",
    "+-~^:*",
    "עברית",
    "x" * 5000,
    "constructor",
    "__proto__",
    "a OR b",
])  # fmt: skip
def test_odd_words_are_answered_and_break_nothing(browser: Browser, address: str, query: str) -> None:
    page = browser.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("dialog", lambda dialog: errors.append(dialog.message))
    page.goto(f"{address}/search.html#q={query}")
    assert re.match(r"We found nothing|\d+ pages for|One page for", page.locator("#search-status").inner_text())
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert errors == []
    page.close()


def test_words_that_are_only_resembled_are_told_apart(browser: Browser, address: str) -> None:
    page = browser.new_page()
    found_for(page, address, "rhizotmy")
    assert "similar words" in page.locator("#search-status").inner_text()
    found_for(page, address, "rhizotomy")
    assert "similar words" not in page.locator("#search-status").inner_text()
    page.close()


def test_the_words_of_a_search_are_never_sent(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/procedures/cordotomy.html")
    page.get_by_role("searchbox").fill("glycerol")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html#q=glycerol")
    assert "glycerol" in str(page.locator("#search-results a").first.get_attribute("href"))
    page.locator("#q").fill("balloon")
    page.keyboard.press("Enter")
    page.locator("#search-results a[href*=balloon]").first.wait_for()
    page.go_back()
    page.locator("#search-results a[href*=glycerol]").first.wait_for()
    assert [
        url for url in asked if "glycerol" in url.partition("#")[0] or "balloon" in url.partition("#")[0]
    ] == []
    page.close()


def test_a_search_says_that_it_is_loading(browser: Browser, address: str) -> None:
    page = browser.new_page()
    held: list[Route] = []
    page.route("**/search-index.js", lambda route: held.append(route))
    page.goto(f"{address}/search.html#q=glycerol", wait_until="commit")
    expect(page.locator("#search-status")).to_contain_text("The search is loading.")
    held[0].continue_()
    expect(page.locator("#search-status")).to_contain_text("glycerol")
    page.close()
