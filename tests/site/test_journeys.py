"""The ways that readers go most, by keyboard alone on a phone, and every kind of page where scripts are off."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.site.conftest import KINDS, Reader

COUNT_PRINTS = "window.prints = 0; window.print = () => { window.prints += 1 }"
SEEN = """[...document.querySelectorAll('article :is(h1, h2, h3, p, li, dt, dd, td, th, caption, legend, label)')]
  .filter(e => e.checkVisibility() && !e.querySelector('p, ul, ol, div, button.print'))
  .filter(e => !e.closest('.chooser, .keep, .results, [role="status"], noscript')).map(e => e.innerText.trim())"""
DEAD = "button:not([type='submit']), [popover], dialog, .chooser, .keep"
"""What does nothing without scripts."""
FOCUSED = """(element => (element.labels?.[0] ?? element).innerText.trim())(document.activeElement)"""


@pytest.fixture
def page(reader: Reader, address: str) -> Iterator[Page]:
    """A phone on which nothing may go wrong, be asked of another host, or be kept."""
    page = reader.opens(width=360, height=640)
    page.add_init_script(COUNT_PRINTS)
    asked: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda said: wrong.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto("index.html")
    yield page
    kept = page.evaluate("[document.cookie, localStorage.length, Object.keys(sessionStorage)]")
    assert wrong + [url for url in asked if not url.startswith(address)] == []
    assert kept[:2] == ["", 0]
    assert all(key.startswith("worksheet.") for key in kept[2])


def tab_to(page: Page, text: str) -> None:
    """Press Tab until the focus is on what reads `text`."""
    for _ in range(700):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED) == text:
            return
    pytest.fail(f"Tab never came to {text!r} on {page.url}")


def follow(page: Page, text: str, where: str) -> None:
    """Tab to the link that reads `text`, press Enter, and be at `where`."""
    tab_to(page, text)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{where}")


def test_from_home_over_a_procedure_and_a_comparison_to_a_printed_worksheet(page: Page) -> None:
    follow(page, "I do not want a procedure now", "procedures/no-procedure.html")
    expect(page.get_by_role("heading", level=1)).to_have_text("No procedure now")
    follow(page, "Compare rhizotomy and cordotomy", "comparisons/rhizotomy-and-cordotomy.html")
    follow(page, "Think it over with a worksheet you can print", "worksheets/rhizotomy-and-cordotomy.html")
    tab_to(page, "Print")
    page.keyboard.press("Enter")
    assert page.evaluate("window.prints") == 1
    tab_to(page, "Cordotomy")  # the first of the options
    page.keyboard.press("ArrowUp")  # from the first to the last
    expect(page.get_by_role("radio", name="I am not sure yet")).to_be_checked()


def test_from_home_by_the_menu_to_a_word_and_by_the_search_to_a_page(page: Page) -> None:
    follow(page, "Menu", "index.html#menu")
    follow(page, "Glossary", "glossary.html")
    expect(page.get_by_role("heading", level=1)).to_have_text("Glossary")
    follow(page, "Search", "search.html")
    tab_to(page, "What are you looking for?")
    page.keyboard.type("chordotomy")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html#q=chordotomy")
    follow(page, "Cordotomy", "procedures/cordotomy.html")


def test_from_a_procedure_to_the_sheets_to_take_along_and_back(page: Page) -> None:
    page.goto("procedures/percutaneous-cordotomy.html")
    follow(page, "Take-along sheet", "take-along/percutaneous-cordotomy.html")
    tab_to(page, "Print")
    page.keyboard.press("Enter")
    assert page.evaluate("window.prints") == 1
    page.go_back()
    page.wait_for_url("**/procedures/percutaneous-cordotomy.html")


def test_on_a_slow_connection_with_a_slow_processor_no_way_breaks(page: Page) -> None:
    device = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}  # 400 kb/s
    device.send("Network.emulateNetworkConditions", slow)
    device.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.goto("procedures/percutaneous-cordotomy.html", wait_until="commit")
    page.locator("a.mark").first.click()
    page.locator(":target .sources a").first.click()
    expect(page.locator(":target")).to_be_visible()
    page.locator("article a.term").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("link", name="Search").first.click()
    page.get_by_label("What are you looking for?").fill("glycerol")
    page.keyboard.press("Enter")  # before the search has come, or after
    expect(page.locator("#search-results a").first).to_be_visible()


def test_a_source_is_shown_where_the_browser_does_not_open_the_list(reader: Reader) -> None:
    page = reader.opens()
    page.add_init_script("""addEventListener("hashchange", () => {
      for (const part of document.querySelectorAll("details")) part.open = false;
    })""")
    page.goto("procedures/percutaneous-cordotomy/risks.html")
    page.locator(".sources a[href^='#']").first.click()
    expect(page.locator(":target")).to_be_in_viewport()


@pytest.mark.parametrize("path", [path.partition("#")[0] for path in KINDS])
def test_a_page_says_the_same_without_scripts_and_shows_no_dead_button(reader: Reader, path: str) -> None:
    page = reader.opens(path, 360, java_script_enabled=False)
    expect(page.locator(f":is({DEAD}):visible")).to_have_count(0)
    expect(page.locator("a[href^='javascript:'], a:not([href], [hidden])")).to_have_count(0)
    seen = page.evaluate(SEEN)
    assert len(seen) > 3
    if path != "search.html":  # which says that it needs scripts
        assert reader.opens(path, 360).evaluate(SEEN) == seen
