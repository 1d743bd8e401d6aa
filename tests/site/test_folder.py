"""The site opened from a folder, without a server: all that readers need works, and what cannot says so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request

from tests.site.conftest import KINDS, pages_of


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A browser in which every file that a page asks for is there, and no script fails.

    Fonts are only asked for ahead in vain: Chromium allows that from servers alone, and loads them all the same.
    """
    page = browser.new_page(viewport={"width": 360, "height": 800})
    wrong: list[str] = []

    def fail(request: Request) -> None:
        left = request.failure == "net::ERR_ABORTED"  # a reader who goes on does not wait for all files
        if not left and ".woff2" not in request.url:
            wrong.append(f"{request.url}: {request.failure}")

    page.on("requestfailed", fail)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    yield page
    page.close()
    assert wrong == []


def test_every_kind_of_page_has_its_look_and_its_pictures(page: Page, site: Path) -> None:
    for path in KINDS:
        page.goto(f"file://{site}/{path}")
        assert page.locator("h1").is_visible(), path
        fonts = page.evaluate("document.fonts.ready.then(fonts => [...fonts].map(font => font.status))")
        assert fonts == ["loaded", "loaded"], path
        assert page.evaluate("[...document.images].every(image => image.naturalWidth > 0)"), path


def test_no_link_leads_to_a_folder_or_to_nothing(page: Page, site: Path) -> None:
    """From a folder, no server turns a folder into its first page, or a name without .html into a page."""
    dead = []
    for path in pages_of(site):
        if path == "404.html":  # only servers show it
            continue
        text = (site / path).read_text("utf-8")
        for address in re.findall(r'<a\b[^>]*\shref="([^"#?]+)', text):
            if (
                not re.match(r"[a-z]+:", address)
                and not (site / path).parent.joinpath(address).resolve().is_file()
            ):
                dead.append(f"{path}: {address}")
    assert dead == []


def test_a_reader_goes_from_the_first_page_to_a_decision_and_its_worksheet(page: Page, site: Path) -> None:
    page.goto(f"file://{site}/index.html")
    page.get_by_role("link", name="I have sudden, severe face pain").click()
    assert page.locator("td").first.is_visible()
    page.get_by_role("link", name="Think it over with a worksheet").click()
    page.get_by_label("Save my answers on this device").check()
    page.get_by_label("What else matters to me").fill("My garden")
    page.reload()
    assert page.get_by_label("What else matters to me").input_value() == "My garden"


def test_a_word_opens_its_explanation(page: Page, site: Path) -> None:
    page.goto(f"file://{site}/procedures/percutaneous-cordotomy/what-happens.html")
    page.locator("article a.term").first.click()
    page.get_by_role("dialog").get_by_role("link", name="In the glossary").click()
    assert "/glossary.html#" in page.url


@pytest.mark.parametrize("question", ["#q=cordotomy", "?q=cordotomy"])
def test_the_search_finds(page: Page, site: Path, question: str) -> None:
    page.goto(f"file://{site}/search.html{question}")
    page.locator("#search-results a").first.click()
    assert page.locator("h1").inner_text() == "Cordotomy"


def test_the_search_field_of_any_page_leads_to_answers(page: Page, site: Path) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"file://{site}/procedures/cordotomy.html")
    page.get_by_role("searchbox").fill("balloon")
    page.keyboard.press("Enter")
    page.locator("#search-results a[href*=balloon]").first.wait_for()


@pytest.mark.parametrize("missing", ["search-index.js", "lunr.js", "search.js"])
def test_a_search_that_cannot_start_says_so_and_offers_the_a_to_z(
    browser: Browser, site: Path, missing: str
) -> None:
    page = browser.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.route(f"**/{missing}", lambda route: route.abort())
    page.goto(f"file://{site}/search.html#q=cordotomy")
    status = page.locator("#search-status")
    assert ("Search is not working" in status.inner_text()) == (missing != "search.js")
    assert ("The search is loading" in status.inner_text()) == (missing == "search.js")
    status.get_by_role("link", name="A to Z").click()
    assert page.locator("h1").inner_text() == "A to Z"
    assert errors == []


def test_an_old_address_leads_on(page: Page, site: Path) -> None:
    page.goto(f"file://{site}/a-z.html")
    page.wait_for_url("**/a-to-z.html")
