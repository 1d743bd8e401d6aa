"""Printed pages, read back from the PDF that the browser makes."""

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
from tests.site.conftest import KINDS, Reader, list_pages

TEXTS = """[...document.querySelectorAll(
  'article :is(h1, h2, h3, p, li, dt, dd, td, th, caption, legend, td > span)')]
  .filter(e => e.checkVisibility() && !e.querySelector('p, ul, div, .cell-option'))
  .filter(e => !e.closest('.comparison :is(caption, thead)')).map(e => e.innerText)"""
"""The words on a page. The caption and header row of a grid are for screen readers: answers name their option."""
TOO_NARROW = """[...document.querySelectorAll('article :is(p, li, td, th, caption)')]
  .filter(e => e.checkVisibility() && e.offsetWidth < 60 && e.innerText.length > 20)
  .filter(e => !e.closest('.hidden, thead'))
  .map(e => e.innerText)"""
DARK = """() => [...document.querySelectorAll('body, body *')].map(e => getComputedStyle(e).backgroundColor)
  .filter(color => !/, 0\\)$/.test(color) && color.match(/\\d+/g).slice(0, 3).some(part => part < 200))"""
NEEDED = ".source-list cite, .review time, .address"
HEADINGS = "h2, h3, h4, dt, legend, caption, tbody th, .cell-option, .harm-name"
"""Elements that must not be the last line of a sheet."""
SCREEN_ONLY = ".site-header nav, .to-menu, .search, .skip, .menu, .on-this-page, .next-steps, summary"


def squeeze(text: str) -> str:
    """Remove white space and hyphens: lines can break anywhere."""
    return re.sub(r"[\s\u00ad\u2010-]+", "", unicodedata.normalize("NFKC", text))


def print_page(page: Page, paper: str = "A4") -> PdfReader:
    margins: Any = dict.fromkeys(("top", "bottom", "left", "right"), "15mm")
    return PdfReader(BytesIO(page.pdf(format=paper, margin=margins)))


def text_of(pdf: PdfReader) -> str:
    """The squeezed text of all sheets."""
    return squeeze("".join(sheet.extract_text() for sheet in pdf.pages))


@pytest.mark.parametrize("path", KINDS)
def test_printed_pages_are_complete_and_dark_on_light(reader: Reader, path: str) -> None:
    page = reader.open(path, 680, 960, color_scheme="dark")  # A4 less its margins
    edges: list[float] = []

    def visit(text: str, matrix: list[float], place: list[float], *_: object) -> None:
        if text.strip():
            edges.append(matrix[0] * place[4] + matrix[4])

    sheets = [sheet.extract_text(visitor_text=visit) for sheet in print_page(page).pages]
    page.emulate_media(media="print")
    words = page.evaluate(TEXTS) + page.locator(NEEDED).all_text_contents()
    paper = squeeze("".join(sheets))
    assert len(words) > 5
    assert [text for text in words if squeeze(text) not in paper] == []
    assert min(edges) > 41  # 15 mm, the unprintable margin
    assert page.evaluate(TOO_NARROW) == []
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert page.evaluate(DARK) == []
    assert page.locator(f":is(button, {SCREEN_ONLY}):visible").all() == []
    headings = {squeeze(text) for text in page.locator(HEADINGS).all_inner_texts()}
    last_lines = [squeeze(sheet.strip().splitlines()[-1]) for sheet in sheets[:-1]]
    assert [line for line in last_lines if line in headings] == []


@pytest.mark.parametrize("scripts", [True, False])
def test_older_browsers_print_collapsed_sections(reader: Reader, site: Path, scripts: bool) -> None:
    page = reader.open(java_script_enabled=scripts)
    page.add_init_script(
        "const can = CSS.supports; CSS.supports = text => !text.includes('details-content') && can.call(CSS, text)"
    )
    styles = next(site.glob("assets/*/site.css")).read_text("utf-8").replace("::details-content", "::unknown")
    page.route("**/site.css", lambda route: route.fulfill(content_type="text/css", body=styles))
    page.goto("procedures/percutaneous-cordotomy/risks.html")
    closed = page.locator("article details:not([open])")
    words = closed.locator("li" if scripts else "> summary").all_text_contents()
    paper = text_of(PdfReader(BytesIO(page.pdf())))
    assert words
    assert [text for text in words if squeeze(text) not in paper] == []
    assert closed.count() > 0


@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_short_pages_print_on_three_sheets_with_sources_last(reader: Reader, facts: Facts, paper: str) -> None:
    paths = {f"procedures/{id}.html": id for id in facts.procedures}
    for path, page in reader.visit(paths, color_scheme="dark"):
        pdf = print_page(page, paper)
        last = squeeze(pdf.pages[-1].extract_text())
        titles = [facts.sources[source].title for source in ShortPage(facts, paths[path]).sources]
        assert len(pdf.pages) <= 3, path
        assert [title for title in titles if squeeze(title) not in last] == [], path
        assert squeeze("A leaflet of two pages has these lines, too.") in last
        body = [size for text, size in sizes(pdf) if text.startswith(("What it is", "You have other choices"))]
        assert body, path
        assert min(body) >= 12


def test_printed_short_pages_have_no_link_texts(reader: Reader) -> None:
    page = reader.open("procedures/percutaneous-cordotomy.html")
    page.emulate_media(media="print")
    assert [link.inner_text() for link in page.locator("article a:not(.phone)").all() if link.is_visible()] == []
    assert page.locator(".on-paper").is_visible()
    page.emulate_media(media="screen")
    assert not page.locator(".on-paper").is_visible()


@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize(("folder", "most"), [("take-along", 4), ("worksheets", 3)])
def test_take_along_sheets_print_on_few_full_sheets(
    reader: Reader, site: Path, folder: str, most: int, paper: str
) -> None:
    for path, page in reader.visit(path for path in list_pages(site) if path.startswith(f"{folder}/")):
        sheets = print_page(page, paper).pages
        assert 2 <= len(sheets) <= most, path
        assert len(sheets[-1].extract_text().split()) > 60, path


def test_the_companions_page_prints_on_one_sheet(reader: Reader, site: Path) -> None:
    paths = [path for path in list_pages(site) if path.endswith("/for-the-person-with-you.html")]
    for path, page in reader.visit(paths):
        assert len(print_page(page, "Letter").pages) == 1, path


def test_printed_grids_name_the_option_before_each_answer(reader: Reader) -> None:
    page = reader.open("comparisons/one-sided-cancer-pain.html")
    rows = page.locator("#table tbody tr")
    paper = text_of(print_page(page))
    for row in rows.all():
        cells = [
            f"{cell.locator('.cell-option').text_content()}:{cell.locator('[data-brief]').text_content()}"
            for cell in row.locator("td").all()
        ]
        assert len(cells) == 5
        assert squeeze(f"{row.locator('th').text_content()}{''.join(cells)}") in paper


def test_printed_worksheets_ask_who_decides_before_the_choice(reader: Reader, site: Path) -> None:
    questions = "What matters to me", "What I understand so far", "What I still want to ask"
    for path, page in reader.visit(path for path in list_pages(site) if path.startswith("worksheets/")):
        paper = text_of(print_page(page))
        assert [words for words in questions if squeeze(words) not in paper] == [], path
        assert paper.index("Whoelseispartofthis") < paper.index("WhereIleannow"), path
