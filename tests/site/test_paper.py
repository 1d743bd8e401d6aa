"""What comes out of the printer, read back from the PDF that the browser makes of a page."""

from __future__ import annotations

import re
import unicodedata
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from pypdf import PdfReader

from build_tools.load.facts import Facts
from build_tools.model.short_page import ShortPage
from tests.pdf import sizes
from tests.site.conftest import KINDS, Reader, pages_of

SEEN = """[...document.querySelectorAll(
  'article :is(h1, h2, h3, p, li, dt, dd, td, th, caption, legend, td > span)')]
  .filter(e => e.checkVisibility() && !e.querySelector('p, ul, div, .cell-option'))
  .filter(e => !e.closest('.comparison :is(caption, thead)')).map(e => e.innerText)"""
"""The words on a page. A grid's caption and row of names are for screen readers: each answer has its own name."""
TOO_NARROW = """[...document.querySelectorAll('article :is(p, li, td, th, caption)')]
  .filter(e => e.checkVisibility() && e.offsetWidth < 60 && e.innerText.length > 20)
  .filter(e => !e.closest('.hidden, thead'))
  .map(e => e.innerText)"""
NEEDED = ".source-list cite, .review time, .address"
ANNOUNCING = "h2, h3, h4, dt, legend, caption, tbody th, .cell-option, .harm-name"
"""What says only what the next lines are about."""
SCREEN_ONLY = ".site-header nav, .to-menu, .search, .skip, .menu, .on-this-page, .next-steps, summary"


def squeezed(text: str) -> str:
    """Letters, digits and signs alone: where a line ends is the printer's affair."""
    return re.sub(r"[\s\u00ad\u2010-]+", "", unicodedata.normalize("NFKC", text))


def printed(page: Page, paper: str = "A4") -> PdfReader:
    """What comes out of the printer."""
    margins: Any = dict.fromkeys(("top", "bottom", "left", "right"), "15mm")
    return PdfReader(BytesIO(page.pdf(format=paper, margin=margins)))


def all_words(pdf: PdfReader) -> str:
    """The words of all sheets, squeezed."""
    return squeezed("".join(sheet.extract_text() for sheet in pdf.pages))


@pytest.mark.parametrize("path", KINDS)
def test_paper_has_all_words_sources_dates_and_the_address_and_cuts_nothing(reader: Reader, path: str) -> None:
    page = reader.opens(path, 680, 960, color_scheme="dark")  # A4 less its margins
    edges: list[float] = []

    def visit(text: str, matrix: list[float], place: list[float], *_: object) -> None:
        if text.strip():
            edges.append(matrix[0] * place[4] + matrix[4])

    sheets = [sheet.extract_text(visitor_text=visit) for sheet in printed(page).pages]
    page.emulate_media(media="print")
    words = page.evaluate(SEEN) + page.locator(NEEDED).all_text_contents()
    paper = squeezed("".join(sheets))
    assert len(words) > 5
    assert [text for text in words if squeezed(text) not in paper] == []
    assert min(edges) > 41  # 15 mm: what is left of it is not printed
    assert page.evaluate(TOO_NARROW) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    announcing = {squeezed(text) for text in page.locator(ANNOUNCING).all_inner_texts()}
    feet = [squeezed(sheet.strip().splitlines()[-1]) for sheet in sheets[:-1]]
    assert [foot for foot in feet if foot in announcing] == []


@pytest.mark.parametrize("scripts", [True, False])
def test_a_browser_that_cannot_style_closed_parts_prints_them_or_says_what_they_hold(
    reader: Reader, site: Path, scripts: bool
) -> None:
    page = reader.opens(java_script_enabled=scripts)
    page.add_init_script(
        "const can = CSS.supports; CSS.supports = text => !text.includes('details-content') && can.call(CSS, text)"
    )
    styles = next(site.glob("assets/*/site.css")).read_text("utf-8").replace("::details-content", "::unknown")
    page.route("**/site.css", lambda route: route.fulfill(content_type="text/css", body=styles))
    page.goto("procedures/percutaneous-cordotomy/risks.html")
    closed = page.locator("article details:not([open])")
    words = closed.locator("li" if scripts else "> summary").all_text_contents()
    paper = all_words(PdfReader(BytesIO(page.pdf())))
    assert words
    assert [text for text in words if squeezed(text) not in paper] == []
    assert closed.count() > 0


def test_what_only_a_screen_can_do_stays_off_the_paper(reader: Reader) -> None:
    left = []
    for path, page in reader.reads(KINDS):
        page.emulate_media(media="print")
        seen = page.locator(f":is(button, {SCREEN_ONLY}):visible")
        left += [f"{path}: {element}" for element in seen.evaluate_all("all => all.map(e => e.outerHTML)")]
    assert left == []


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_a_short_page_prints_on_three_sheets_at_most_with_its_sources_on_the_last(
    reader: Reader, facts: Facts, paper: str
) -> None:
    paths = {f"procedures/{id}.html": id for id in facts.procedures}
    for path, page in reader.reads(paths, color_scheme="dark"):
        pdf = printed(page, paper)
        last = squeezed(pdf.pages[-1].extract_text())
        titles = [facts.sources[source].title for source in ShortPage(facts, paths[path]).sources]
        assert len(pdf.pages) <= 3, path
        assert [title for title in titles if squeezed(title) not in last] == [], path
        assert squeezed("A leaflet of two pages has these lines, too.") in last
        body = [size for text, size in sizes(pdf) if text.startswith(("What it is", "You have other choices"))]
        assert body, path
        assert min(body) >= 12


def test_a_printed_short_page_has_no_words_of_links(reader: Reader) -> None:
    page = reader.opens("procedures/percutaneous-cordotomy.html")
    page.emulate_media(media="print")
    assert [link.inner_text() for link in page.locator("article a:not(.phone)").all() if link.is_visible()] == []
    assert page.locator(".on-paper").is_visible()
    page.emulate_media(media="screen")
    assert not page.locator(".on-paper").is_visible()


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize(("folder", "most"), [("take-along", 4), ("worksheets", 3)])
def test_a_sheet_to_take_along_needs_few_sheets_and_none_of_them_empty(
    reader: Reader, site: Path, folder: str, most: int, paper: str
) -> None:
    for path, page in reader.reads(path for path in pages_of(site) if path.startswith(f"{folder}/")):
        sheets = printed(page, paper).pages
        assert 2 <= len(sheets) <= most, path
        assert len(sheets[-1].extract_text().split()) > 60, path


def test_what_the_person_with_you_does_is_on_one_sheet(reader: Reader, site: Path) -> None:
    paths = [path for path in pages_of(site) if path.endswith("/for-the-person-with-you.html")]
    for path, page in reader.reads(paths):
        assert len(printed(page, "Letter").pages) == 1, path


def test_a_printed_grid_names_the_option_before_each_answer(reader: Reader) -> None:
    page = reader.opens("comparisons/one-sided-cancer-pain.html")
    rows = page.locator("#table tbody tr")
    said = all_words(printed(page))
    for row in rows.all():
        cells = [
            f"{cell.locator('.cell-option').text_content()}:{cell.locator('[data-brief]').text_content()}"
            for cell in row.locator("td").all()
        ]
        assert len(cells) == 5
        assert squeezed(f"{row.locator('th').text_content()}{''.join(cells)}") in said


def test_every_worksheet_asks_on_paper_who_is_part_of_it_before_where_one_leans(
    reader: Reader, site: Path
) -> None:
    asked = "What matters to me", "What I understand so far", "What I still want to ask"
    for path, page in reader.reads(path for path in pages_of(site) if path.startswith("worksheets/")):
        said = all_words(printed(page))
        assert [words for words in asked if squeezed(words) not in said] == [], path
        assert said.index("Whoelseispartofthis") < said.index("WhereIleannow"), path
