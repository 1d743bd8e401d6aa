"""What comes out of the printer, read back from the PDF that the browser makes of a page."""

from __future__ import annotations

import re
import unicodedata
from io import BytesIO

import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from tests.conftest import ROOT
from tests.site.conftest import KINDS

SEEN = """[...document.querySelectorAll(
  'article :is(h1, h2, h3, p, li, dt, dd, td, th, caption, legend, td > span)')]
  .filter(e => e.checkVisibility() && !e.querySelector('p, ul, div, .cell-option'))
  .filter(e => !e.closest('.comparison :is(caption, thead)')).map(e => e.innerText)"""
"""The words on a page. A grid's caption and row of names are for screen readers: each answer has its own name."""
NEEDED = ".source-list cite, .review time, .address"
ANNOUNCING = "h2, h3, dt, legend, caption, tbody th, .cell-option, .harm-name"
"""What says only what the next lines are about."""
SCREEN_ONLY = ".site-header nav, .to-menu, .search, .md-skip, .menu, .on-this-page, .next-steps, summary"


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


@pytest.mark.parametrize("path", KINDS)
def test_what_only_a_screen_can_do_stays_off_the_paper(browser: Browser, address: str, path: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/{path}")
    page.emulate_media(media="print")
    left = [element for element in page.locator(f"button, {SCREEN_ONLY}").all() if element.is_visible()]
    said = [element.evaluate("element => element.outerHTML.slice(0, 80)") for element in left]
    page.close()
    assert said == []


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_a_short_page_prints_on_three_sheets_at_most(browser: Browser, address: str, paper: str) -> None:
    margins = dict.fromkeys(("top", "bottom", "left", "right"), "15mm")
    sheets = {}
    for file in (ROOT / "data/procedures").glob("*.yml"):
        page = browser.new_page()
        page.goto(f"{address}/procedures/{file.stem}.html")
        sheets[file.stem] = len(PdfReader(BytesIO(page.pdf(format=paper, margin=margins))).pages)  # type: ignore[arg-type]
        page.close()
    assert {id: number for id, number in sheets.items() if number > 3} == {}
