"""The site opened from disk, without a server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect

from tests.site.conftest import KINDS, Reader


@pytest.fixture
def page(reader: Reader, site: Path) -> Iterator[Page]:
    """A phone; fails if a requested file is missing or a script throws.

    Preloading fonts fails, because Chromium allows that from servers only; it loads them later anyway.
    """
    page = reader.open(width=360, height=800)
    errors: list[str] = []

    def fail(request: Request) -> None:
        left = request.failure == "net::ERR_ABORTED"  # the reader left the page before all files had loaded
        if not left and ".woff2" not in request.url:
            errors.append(f"{request.url}: {request.failure}")

    page.on("requestfailed", fail)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert errors == []


def test_every_kind_of_page_loads_its_fonts_and_images(page: Page, site: Path) -> None:
    for path in KINDS:
        page.goto(f"{site.as_uri()}/{path}")
        expect(page.locator("h1")).to_be_visible()
        fonts = page.evaluate("document.fonts.ready.then(fonts => [...fonts].map(font => font.status))")
        assert fonts == ["loaded", "loaded"], path
        assert page.evaluate("[...document.images].every(image => image.naturalWidth > 0)"), path


def test_the_search_reads_a_query_string(page: Page, site: Path) -> None:
    page.goto(f"{site.as_uri()}/search.html?q=cordotomy")
    page.locator("#search-results a").first.click()
    expect(page.locator("h1")).to_have_text("Cordotomy")


def test_the_search_box_of_a_page_works(page: Page, site: Path) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{site.as_uri()}/procedures/cordotomy.html")
    page.get_by_role("searchbox").fill("balloon")
    page.keyboard.press("Enter")
    expect(page.locator("#search-results a[href*=balloon]").first).to_be_visible()


@pytest.mark.parametrize(("missing", "message"), [
    ("search-index.js", "Search is not working"), ("lunr.js", "Search is not working"),
    ("search.js", "The search is loading"),
])  # fmt: skip
def test_a_search_that_cannot_load_links_to_the_a_to_z(
    reader: Reader, site: Path, missing: str, message: str
) -> None:
    page = reader.open()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.route(f"**/{missing}", lambda route: route.abort())
    page.goto(f"{site.as_uri()}/search.html#q=cordotomy")
    status = page.locator("#search-status")
    expect(status).to_contain_text(message)
    status.get_by_role("link", name="A to Z").click()
    expect(page.locator("h1")).to_have_text("A to Z")
    assert errors == []
