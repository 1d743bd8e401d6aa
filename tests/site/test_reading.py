"""What a reader meets: the first screen, the pages without scripts, on paper, and nothing from elsewhere."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser

from build_tools.load.loader import load
from build_tools.load.settings import Settings
from build_tools.verify.verify import verify
from tests.conftest import ROOT
from tests.site.conftest import AT_REST, pages_of


def test_the_built_site_says_what_the_facts_say(site: Path) -> None:
    assert [
        str(problem)
        for problem in verify(site, load(ROOT / "data")[0], ROOT / "content", Settings.beside(ROOT / "data"))
    ] == []


def test_the_main_message_is_on_the_first_screen_of_a_phone(browser: Browser, address: str, site: Path) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 640})
    too_low = []
    for path in pages_of(site):
        if path.startswith("procedures/") and path.count("/") == 1:
            page.goto(f"{address}/{path}")
            box = page.locator('[data-brief$=".main_message.helps"]').bounding_box()
            assert box
            if box["y"] > 560:
                too_low.append((path, box["y"]))
    page.close()
    assert too_low == []


def test_a_procedure_page_asks_for_one_small_script_and_no_search_index(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 640})
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(address)))
    page.goto(f"{address}/procedures/cordotomy.html")
    page.evaluate(AT_REST)
    page.close()
    assert [Path(url).name for url in asked if url.endswith(".js")] == ["site.js"]
    assert {url.rsplit(".", 1)[-1] for url in asked} <= {"html", "css", "woff2", "svg", "js"}


def test_the_search_says_where_to_look_without_scripts(browser: Browser, address: str) -> None:
    page = browser.new_page(java_script_enabled=False, viewport={"width": 360, "height": 640})
    page.goto(f"{address}/search.html?q=cordotomy")
    assert "A to Z" in page.locator(".notice").inner_text()


def test_a_source_mark_leads_to_the_source_and_back_to_the_fact(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/procedures/percutaneous-cordotomy/results.html")
    fact = "percutaneous-cordotomy.benefits.trial-one-week"
    page.locator(f'[data-fact="{fact}"] .sources a').first.click()
    note = page.url.partition("#")[2]
    assert note.startswith("note-")
    page.locator(f"#{note} a[href$='#visw-2019']").first.click()
    assert page.url.endswith("sources.html#visw-2019")
    assert "randomized controlled trial" in page.locator("#visw-2019").inner_text()


def test_a_reader_comes_from_the_home_page_to_each_main_page_in_one_step(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/index.html")
    for link in page.locator(".doors a").all():
        target = str(link.get_attribute("href"))
        answer = page.request.get(f"{address}/{target}")
        assert answer.ok
    assert page.locator(".doors a").count() >= 5
