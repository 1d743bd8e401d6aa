"""What a medical word means opens in place: by touch, mouse and keyboard, and as a link without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.site.conftest import AT_REST

PATH = "procedures/percutaneous-cordotomy/what-happens.html"


@pytest.mark.parametrize("width", [320, 1280])
def test_a_word_opens_its_explanation_and_leads_back(browser: Browser, address: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 640})
    page.goto(f"{address}/{PATH}")
    word = page.locator("article a.term").nth(2)
    anchor = str(word.get_attribute("href")).partition("#")[2]
    word.focus()
    page.keyboard.press("Enter")
    box = page.get_by_role("dialog")
    box.wait_for()
    edges = box.bounding_box()
    assert edges
    assert edges["x"] >= 0
    assert edges["x"] + edges["width"] <= width
    assert edges["y"] + edges["height"] <= 640
    expect(box).not_to_contain_text("One moment")
    said = box.inner_text()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "In the glossary"
    page.keyboard.press("Escape")
    assert not box.is_visible()
    assert page.evaluate("document.activeElement.hash") == f"#{anchor}"
    page.goto(f"{address}/glossary.html")
    meaning = page.locator(f'[data-term="{anchor}"] dd').inner_text()
    assert said.split("\n\n")[1] in meaning


@pytest.mark.parametrize("way", ["mouse", "touch", "keyboard"])
def test_escape_closes_it_and_leads_back_to_the_word(browser: Browser, address: str, way: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 640}, has_touch=way == "touch")
    page.goto(f"{address}/{PATH}")
    word = page.locator("article a.term").nth(1)
    match way:
        case "mouse":
            word.click()
        case "touch":
            word.tap()
        case "keyboard":
            word.focus()
            page.keyboard.press("Enter")
    page.get_by_role("dialog").wait_for()
    assert page.evaluate("document.activeElement.className") == "word-box"
    page.keyboard.press("Escape")
    page.get_by_role("dialog").wait_for(state="hidden")
    assert page.evaluate("word => document.activeElement === word", word.element_handle())


def test_a_tap_beside_the_box_and_its_button_both_close_it(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 640}, has_touch=True)
    page.goto(f"{address}/{PATH}")
    word, box = page.locator("article a.term").first, page.get_by_role("dialog")
    word.tap()
    box.wait_for()
    box.get_by_role("button", name="Close").tap()
    box.wait_for(state="hidden")
    word.tap()
    box.wait_for()
    page.touchscreen.tap(5, 60)
    box.wait_for(state="hidden")


def test_words_are_asked_for_with_the_first_tap_only(browser: Browser, address: str) -> None:
    page = browser.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/{PATH}")
    page.evaluate(AT_REST)
    assert [url for url in asked if "words.js" in url] == []
    for number in (0, 1):
        page.locator("article a.term").nth(number).click()
        page.get_by_role("dialog").wait_for()
        page.keyboard.press("Escape")
    assert len([url for url in asked if "words.js" in url]) == 1


def test_a_word_is_a_link_to_the_glossary_without_scripts(browser: Browser, address: str) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(f"{address}/{PATH}")
    page.locator("article a.term").first.click()
    assert "/glossary.html#" in page.url


def test_a_tap_shows_that_the_explanation_is_loading(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 640})
    held: list[Route] = []
    page.route("**/words.js", lambda route: held.append(route))
    page.goto(f"{address}/{PATH}")
    first, second = page.locator("article a.term").nth(0), page.locator("article a.term").nth(1)
    box = page.get_by_role("dialog")
    first.click()
    expect(box).to_contain_text("One moment. The explanation is loading.")
    page.keyboard.press("Escape")
    second.click()
    held[0].continue_()
    expect(box).not_to_contain_text("loading")
    anchor = str(second.get_attribute("href")).partition("#")[2]
    said = box.locator("p").nth(1).inner_text()
    page.goto(f"{address}/glossary.html")
    assert said in page.locator(f'[data-term="{anchor}"] dd').inner_text()


def test_a_word_whose_box_was_closed_before_it_could_load_leads_nowhere(browser: Browser, address: str) -> None:
    page = browser.new_page()
    held: list[Route] = []
    page.route("**/words.js", lambda route: held.append(route))
    page.goto(f"{address}/{PATH}")
    page.locator("article a.term").first.click()
    page.keyboard.press("Escape")
    while not held:
        page.wait_for_timeout(10)
    with page.expect_event("requestfailed"):
        held[0].abort()
    page.wait_for_timeout(50)
    assert page.url == f"{address}/{PATH}"


def test_a_word_is_a_link_to_the_glossary_in_a_browser_without_popovers(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.add_init_script("delete HTMLElement.prototype.popover")
    page.goto(f"{address}/{PATH}")
    page.locator("article a.term").first.click()
    assert "/glossary.html#" in page.url


def test_a_word_is_a_link_to_the_glossary_if_its_words_cannot_be_had(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.route("**/words.js", lambda route: route.abort())
    page.goto(f"{address}/{PATH}")
    page.locator("article a.term").first.click()
    page.wait_for_url("**/glossary.html#*")


def test_tab_leaves_the_box_to_what_follows_its_word(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 640})
    page.goto(f"{address}/{PATH}")
    word, box = page.locator("article a.term").nth(1), page.get_by_role("dialog")
    expected = word.evaluate(
        "word => [...document.querySelectorAll('a[href], summary, button')]"
        ".find(e => e.checkVisibility() && word.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING)"
        ".outerHTML"
    )
    word.focus()
    page.keyboard.press("Enter")
    box.wait_for()
    for _ in range(3):  # its link, its button, and on
        page.keyboard.press("Tab")
    box.wait_for(state="hidden")
    assert page.evaluate("document.activeElement.outerHTML") == expected


@pytest.mark.parametrize("width", [360, 1280])
def test_the_box_moves_with_its_word(browser: Browser, address: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 640})
    page.goto(f"{address}/{PATH}")
    word, box = page.locator("article a.term").nth(1), page.get_by_role("dialog")
    word.click()
    box.wait_for()
    page.wait_for_function("typeof glossaryWords !== 'undefined'")
    apart = "([word, box]) => box.getBoundingClientRect().top - word.getBoundingClientRect().top"
    pair = [word.element_handle(), box.element_handle()]
    before = page.evaluate(apart, pair)
    page.mouse.wheel(0, 90)
    page.wait_for_function("at => scrollY !== at", arg=page.evaluate("scrollY") - 90)
    assert page.evaluate(apart, pair) == pytest.approx(before, abs=1)


def test_in_a_page_that_a_browser_has_translated_a_word_leads_to_the_glossary(
    browser: Browser, address: str
) -> None:
    page = browser.new_page()
    page.goto(f"{address}/{PATH}")
    page.evaluate("document.documentElement.lang = 'es'")
    page.locator("article a.term").first.click()
    page.wait_for_url("**/glossary.html#*")
