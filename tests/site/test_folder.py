"""The site opened from a folder, without a server: all that readers need works, and what cannot says so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect

from tests.site.conftest import KINDS, Reader


@pytest.fixture
def page(reader: Reader, site: Path) -> Iterator[Page]:
    """A phone on which every file that a page asks for is there, and no script fails.

    Fonts are only asked for ahead in vain: Chromium allows that from servers alone, and loads them all the same.
    """
    page = reader.opens(width=360, height=800)
    wrong: list[str] = []

    def fail(request: Request) -> None:
        left = request.failure == "net::ERR_ABORTED"  # a reader who goes on does not wait for all files
        if not left and ".woff2" not in request.url:
            wrong.append(f"{request.url}: {request.failure}")

    page.on("requestfailed", fail)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    assert wrong == []


def test_every_kind_of_page_has_its_look_and_its_pictures(page: Page, site: Path) -> None:
    for path in KINDS:
        page.goto(f"{site.as_uri()}/{path}")
        expect(page.locator("h1")).to_be_visible()
        fonts = page.evaluate("document.fonts.ready.then(fonts => [...fonts].map(font => font.status))")
        assert fonts == ["loaded", "loaded"], path
        assert page.evaluate("[...document.images].every(image => image.naturalWidth > 0)"), path


def test_a_reader_goes_from_the_first_page_to_a_decision_and_its_worksheet(page: Page, site: Path) -> None:
    page.goto(f"{site.as_uri()}/index.html")
    page.get_by_role("link", name="I have sudden, severe face pain").click()
    expect(page.locator("td").first).to_be_visible()
    page.get_by_role("link", name="Think it over with a worksheet").click()
    page.get_by_label("Save my answers on this device").check()
    page.get_by_label("What else matters to me").fill("My garden")
    page.reload()
    expect(page.get_by_label("What else matters to me")).to_have_value("My garden")


def test_a_word_opens_its_explanation(page: Page, site: Path) -> None:
    page.goto(f"{site.as_uri()}/procedures/percutaneous-cordotomy/what-happens.html")
    page.locator("article a.term").first.click()
    page.get_by_role("dialog").get_by_role("link", name="In the glossary").click()
    expect(page).to_have_url(re.compile("/glossary.html#."))


@pytest.mark.parametrize("question", ["#q=cordotomy", "?q=cordotomy"])
def test_the_search_finds(page: Page, site: Path, question: str) -> None:
    page.goto(f"{site.as_uri()}/search.html{question}")
    page.locator("#search-results a").first.click()
    expect(page.locator("h1")).to_have_text("Cordotomy")


def test_the_search_field_of_any_page_leads_to_answers(page: Page, site: Path) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{site.as_uri()}/procedures/cordotomy.html")
    page.get_by_role("searchbox").fill("balloon")
    page.keyboard.press("Enter")
    expect(page.locator("#search-results a[href*=balloon]").first).to_be_visible()


@pytest.mark.parametrize(("missing", "said"), [
    ("search-index.js", "Search is not working"), ("lunr.js", "Search is not working"),
    ("search.js", "The search is loading"),
])  # fmt: skip
def test_a_search_that_cannot_start_says_so_and_offers_the_a_to_z(
    reader: Reader, site: Path, missing: str, said: str
) -> None:
    page = reader.opens()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.route(f"**/{missing}", lambda route: route.abort())
    page.goto(f"{site.as_uri()}/search.html#q=cordotomy")
    status = page.locator("#search-status")
    expect(status).to_contain_text(said)
    status.get_by_role("link", name="A to Z").click()
    expect(page.locator("h1")).to_have_text("A to Z")
    assert errors == []


def test_an_old_address_leads_on(page: Page, site: Path) -> None:
    page.goto(f"{site.as_uri()}/a-z.html")
    page.wait_for_url("**/a-to-z.html")
