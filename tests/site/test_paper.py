"""What comes out of the printer, read back from the PDF that the browser makes of a page."""

from __future__ import annotations

import re
import unicodedata
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from build_tools.load.facts import Facts
from build_tools.model.short_page import ShortPage
from tests.pdf import sizes
from tests.site.conftest import KINDS, pages_of

SEEN = """[...document.querySelectorAll(
  'article :is(h1, h2, h3, p, li, dt, dd, td, th, caption, legend, td > span)')]
  .filter(e => e.checkVisibility() && !e.querySelector('p, ul, div, .cell-option'))
  .filter(e => !e.closest('.comparison :is(caption, thead)')).map(e => e.innerText)"""
"""The words on a page. A grid's caption and row of names are for screen readers: each answer has its own name."""
NEEDED = ".source-list cite, .review time, .address"
ANNOUNCING = "h2, h3, dt, legend, caption, tbody th, .cell-option, .harm-name"
"""What says only what the next lines are about."""
SCREEN_ONLY = ".site-header nav, .to-menu, .search, .skip, .menu, .on-this-page, .next-steps, summary"


def squeezed(text: str) -> str:
    """Letters, digits and signs alone: where a line ends is the printer's affair."""
    return re.sub(r"[\s\u00ad\u2010-]+", "", unicodedata.normalize("NFKC", text))


@pytest.mark.parametrize("path", KINDS)
def test_paper_has_all_words_sources_dates_and_the_address_and_cuts_nothing(
    browser: Browser, address: str, path: str
) -> None:
    page = browser.new_page(viewport={"width": 680, "height": 960}, color_scheme="dark")  # A4 less its margins
    page.goto(f"{address}/{path}")
    margins = dict.fromkeys(("top", "bottom", "left", "right"), "15mm")
    sheets = [sheet.extract_text() for sheet in PdfReader(BytesIO(page.pdf(format="A4", margin=margins))).pages]  # type: ignore[arg-type]
    page.emulate_media(media="print")
    words = page.evaluate(SEEN) + page.locator(NEEDED).all_text_contents()
    announcing = {squeezed(text) for text in page.locator(ANNOUNCING).all_inner_texts()}
    too_wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    ink = page.evaluate("getComputedStyle(document.body).color")
    page.close()
    paper = squeezed("".join(sheets))
    assert len(words) > 5
    assert [text for text in words if squeezed(text) not in paper] == []
    assert not too_wide
    assert ink == "rgb(0, 0, 0)"
    feet = [squeezed(sheet.strip().splitlines()[-1]) for sheet in sheets[:-1]]
    assert [foot for foot in feet if foot in announcing] == []


@pytest.mark.parametrize("scripts", [True, False])
def test_a_browser_that_cannot_style_closed_parts_prints_them_or_says_what_they_hold(
    browser: Browser, address: str, scripts: bool
) -> None:
    context = browser.new_context(java_script_enabled=scripts)
    context.add_init_script(
        "const can = CSS.supports; CSS.supports = text => !text.includes('details-content') && can.call(CSS, text)"
    )
    page = context.new_page()
    unknown = "::-unknown-details-content"
    page.route(
        "**/site.css",
        lambda route: route.fulfill(
            content_type="text/css", body=route.fetch().text().replace("::details-content", unknown)
        ),
    )
    page.goto(f"{address}/procedures/percutaneous-cordotomy/risks.html")
    closed = page.locator("article details:not([open])")
    inside = closed.locator("li" if scripts else "> summary")
    words = inside.all_text_contents()
    printed = squeezed("".join(sheet.extract_text() for sheet in PdfReader(BytesIO(page.pdf())).pages))
    still_closed = closed.count()
    context.close()
    assert words
    assert [text for text in words if squeezed(text) not in printed] == []
    assert still_closed > 0


@pytest.mark.parametrize("path", KINDS)
def test_what_only_a_screen_can_do_stays_off_the_paper(browser: Browser, address: str, path: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/{path}")
    page.emulate_media(media="print")
    left = [element for element in page.locator(f"button, {SCREEN_ONLY}").all() if element.is_visible()]
    said = [element.evaluate("element => element.outerHTML.slice(0, 80)") for element in left]
    page.close()
    assert said == []


def printed(page: Page, paper: str = "A4") -> PdfReader:
    """What comes out of the printer."""
    margins = dict.fromkeys(("top", "bottom", "left", "right"), "15mm")
    return PdfReader(BytesIO(page.pdf(format=paper, margin=margins)))  # type: ignore[arg-type]


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_a_short_page_prints_on_three_sheets_at_most_with_its_sources_on_the_last(
    browser: Browser, address: str, facts: Facts, paper: str
) -> None:
    page = browser.new_page(color_scheme="dark")
    for id in facts.procedures:
        page.goto(f"{address}/procedures/{id}.html")
        pdf = printed(page, paper)
        last = squeezed(pdf.pages[-1].extract_text())
        titles = [facts.sources[source].title for source in ShortPage(facts, id).sources]
        assert len(pdf.pages) <= 3, id
        assert [title for title in titles if squeezed(title) not in last] == [], id
        assert squeezed("A leaflet of two pages has these lines, too.") in last
        body = [size for text, size in sizes(pdf) if text.startswith(("What it is", "You have other choices"))]
        assert body, id
        assert min(body) >= 12


def test_a_printed_short_page_has_no_words_of_links(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/procedures/percutaneous-cordotomy.html")
    page.emulate_media(media="print")
    assert [link.inner_text() for link in page.locator("article a:not(.phone)").all() if link.is_visible()] == []
    assert page.locator(".on-paper").is_visible()
    page.emulate_media(media="screen")
    assert not page.locator(".on-paper").is_visible()


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize(("folder", "most"), [("take-along", 4), ("worksheets", 3)])
def test_no_sheet_to_take_along_ends_with_an_empty_one(
    browser: Browser, address: str, site: Path, folder: str, most: int, paper: str
) -> None:
    page = browser.new_page()
    for path in (path for path in pages_of(site) if path.startswith(f"{folder}/")):
        page.goto(f"{address}/{path}")
        sheets = printed(page, paper).pages
        assert 2 <= len(sheets) <= most, path
        assert len(sheets[-1].extract_text().split()) > 60, path


def test_what_the_person_with_you_does_is_on_one_sheet(browser: Browser, address: str, site: Path) -> None:
    page = browser.new_page()
    for path in (path for path in pages_of(site) if path.endswith("/for-the-person-with-you.html")):
        page.goto(f"{address}/{path}")
        assert len(printed(page, "Letter").pages) == 1, path


def test_a_printed_grid_names_the_option_before_each_answer(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/comparisons/one-sided-cancer-pain.html")
    rows = page.locator("#table tbody tr")
    said = squeezed("".join(sheet.extract_text() for sheet in printed(page).pages))
    for row in rows.all():
        cells = [
            f"{cell.locator('.cell-option').text_content()}:{cell.locator('[data-brief]').text_content()}"
            for cell in row.locator("td").all()
        ]
        assert len(cells) == 5
        assert squeezed(f"{row.locator('th').text_content()}{''.join(cells)}") in said
