"""The most common journeys, by keyboard on a phone; redirects, sources, and pages without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from build_tools.load.facts import Facts
from tests.site.conftest import KINDS, Reader, record_requests

COUNT_PRINTS = "window.prints = 0; window.print = () => { window.prints += 1 }"
TEXTS = """[...document.querySelectorAll('article :is(h1, h2, h3, p, li, dt, dd, td, th, caption, legend, label)')]
  .filter(e => e.checkVisibility() && !e.querySelector('p, ul, ol, div, button.print'))
  .filter(e => !e.closest('.chooser, .keep, .results, [role="status"], noscript')).map(e => e.innerText.trim())"""
USELESS = "button:not([type='submit']), [popover], dialog, .chooser, .keep"
"""Controls that need scripts."""
FOCUSED = """(element => (element.labels?.[0] ?? element).innerText.trim())(document.activeElement)"""


@pytest.fixture
def page(reader: Reader, site_url: str) -> Iterator[Page]:
    """A phone; fails on errors, requests to other hosts, and stored data."""
    page = reader.open(width=360, height=640)
    page.add_init_script(COUNT_PRINTS)
    urls = record_requests(page)
    errors: list[str] = []
    page.on("console", lambda line: errors.append(line.text) if line.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto("index.html")
    yield page
    cookies, stored, keys = page.evaluate("[document.cookie, localStorage.length, Object.keys(sessionStorage)]")
    assert errors + [url for url in urls if not url.startswith(site_url)] == []
    assert (cookies, stored) == ("", 0)
    assert all(key.startswith("worksheet.") for key in keys)


def tab_to(page: Page, text: str) -> None:
    """Press Tab until the focused element reads `text`."""
    for _ in range(700):
        page.keyboard.press("Tab")
        if page.evaluate(FOCUSED) == text:
            return
    pytest.fail(f"Tab never reached {text!r} on {page.url}")


def follow(page: Page, text: str, path: str) -> None:
    """Tab to the link that reads `text`, press Enter, and wait for `path`."""
    tab_to(page, text)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{path}")


def test_from_home_to_a_printed_worksheet(page: Page) -> None:
    follow(page, "I do not want a procedure now", "procedures/no-procedure.html")
    expect(page.get_by_role("heading", level=1)).to_have_text("No procedure now")
    follow(page, "Compare rhizotomy and cordotomy", "comparisons/rhizotomy-and-cordotomy.html")
    follow(page, "Think it over with a worksheet you can print", "worksheets/rhizotomy-and-cordotomy.html")
    tab_to(page, "Print")
    page.keyboard.press("Enter")
    assert page.evaluate("window.prints") == 1
    tab_to(page, "Cordotomy")  # the first option
    page.keyboard.press("ArrowUp")  # to the last option
    expect(page.get_by_role("radio", name="I am not sure yet")).to_be_checked()


def test_from_home_through_the_menu_and_the_search(page: Page) -> None:
    follow(page, "Menu", "index.html#menu")
    follow(page, "Glossary", "glossary.html")
    expect(page.get_by_role("heading", level=1)).to_have_text("Glossary")
    follow(page, "Search", "search.html")
    tab_to(page, "What are you looking for?")
    page.keyboard.type("chordotomy")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html#q=chordotomy")
    follow(page, "Cordotomy", "procedures/cordotomy.html")


def test_from_a_procedure_to_its_take_along_sheet_and_back(page: Page) -> None:
    page.goto("procedures/percutaneous-cordotomy.html")
    follow(page, "Take-along sheet", "take-along/percutaneous-cordotomy.html")
    tab_to(page, "Print")
    page.keyboard.press("Enter")
    assert page.evaluate("window.prints") == 1
    page.go_back()
    page.wait_for_url("**/procedures/percutaneous-cordotomy.html")


def test_journeys_work_on_a_slow_network_and_cpu(page: Page) -> None:
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
    page.keyboard.press("Enter")  # before or after the search has loaded
    expect(page.locator("#search-results a").first).to_be_visible()


def test_sources_are_shown_in_browsers_that_keep_lists_closed(reader: Reader) -> None:
    page = reader.open()
    page.add_init_script("""addEventListener("hashchange", () => {
      for (const part of document.querySelectorAll("details")) part.open = false;
    })""")
    page.goto("procedures/percutaneous-cordotomy/risks.html")
    page.locator(".sources a[href^='#']").first.click()
    expect(page.locator(":target")).to_be_in_viewport()


@pytest.mark.parametrize("path", [path.partition("#")[0] for path in KINDS])
def test_pages_say_the_same_without_scripts(reader: Reader, path: str) -> None:
    page = reader.open(path, 360, java_script_enabled=False)
    expect(page.locator(f":is({USELESS}):visible")).to_have_count(0)
    expect(page.locator("a[href^='javascript:'], a:not([href], [hidden])")).to_have_count(0)
    texts = page.evaluate(TEXTS)
    assert len(texts) > 3
    if path != "search.html":  # it says that it needs scripts
        assert reader.open(path, 360).evaluate(TEXTS) == texts


def test_the_search_page_links_to_the_a_to_z_without_scripts(reader: Reader) -> None:
    page = reader.open("search.html?q=cordotomy", 360, 640, java_script_enabled=False)
    assert "A to Z" in page.locator(".notice").inner_text()


def test_a_mark_links_to_the_note_and_to_the_source(reader: Reader) -> None:
    page = reader.open("procedures/percutaneous-cordotomy/results.html")
    page.locator('[data-fact="percutaneous-cordotomy.benefits.trial-one-week"] .sources a').first.click()
    page.locator("[id^='note-']:target a[href$='#visw-2019']").first.click()
    expect(page).to_have_url(re.compile(r"sources\.html#visw-2019$"))
    expect(page.locator("#visw-2019")).to_contain_text("randomized controlled trial")


@pytest.mark.parametrize("scripts", [True, False])
def test_old_addresses_redirect(reader: Reader, facts: Facts, scripts: bool) -> None:
    page = reader.open(java_script_enabled=scripts)
    for old, new in facts.redirects.items():
        page.goto(old)
        page.wait_for_url(new)
