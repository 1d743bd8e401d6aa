"""Explanations of medical words: dialogs by touch, mouse, and keyboard; links without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Route, expect

from tests.site.conftest import UNTIL_IDLE, Reader, delay, record_requests

PATH = "procedures/percutaneous-cordotomy/what-happens.html"
GLOSSARY = re.compile(r"/glossary\.html#.")


@pytest.mark.parametrize("width", [320, 1280])
def test_a_word_opens_its_explanation_in_the_window(reader: Reader, width: int) -> None:
    page = reader.open(PATH, width, 640)
    word, box = page.locator("article a.term").nth(2), page.get_by_role("dialog")
    anchor = str(word.get_attribute("href")).partition("#")[2]
    word.focus()
    page.keyboard.press("Enter")
    expect(box).not_to_contain_text("One moment")
    edges = box.bounding_box()
    assert edges
    assert edges["x"] >= 0
    assert edges["x"] + edges["width"] <= width
    assert edges["y"] + edges["height"] <= 640
    text = box.inner_text()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "In the glossary"
    page.goto("glossary.html")
    assert text.split("\n\n")[1] in page.locator(f'[data-term="{anchor}"] dd').inner_text()


@pytest.mark.parametrize("device", ["mouse", "touch", "keyboard"])
def test_escape_closes_it_and_focuses_the_word(reader: Reader, device: str) -> None:
    page = reader.open(PATH, 360, has_touch=device == "touch")
    word, box = page.locator("article a.term").nth(1), page.get_by_role("dialog")
    match device:
        case "mouse":
            word.click()
        case "touch":
            word.tap()
        case "keyboard":
            word.focus()
            page.keyboard.press("Enter")
    expect(box).to_be_focused()
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    expect(word).to_be_focused()


def test_its_button_and_a_tap_outside_close_it(reader: Reader) -> None:
    page = reader.open(PATH, 360, 640, has_touch=True)
    word, box = page.locator("article a.term").first, page.get_by_role("dialog")
    word.tap()
    box.get_by_role("button", name="Close").tap()
    expect(box).to_be_hidden()
    word.tap()
    expect(box).to_be_visible()
    page.touchscreen.tap(5, 60)
    expect(box).to_be_hidden()


def test_explanations_load_once_with_the_first_tap(reader: Reader) -> None:
    page = reader.open()
    urls = record_requests(page)
    page.goto(PATH)
    page.evaluate(UNTIL_IDLE)
    assert [url for url in urls if "words.js" in url] == []
    for number in (0, 1):
        page.locator("article a.term").nth(number).click()
        expect(page.get_by_role("dialog")).not_to_contain_text("One moment")
        page.keyboard.press("Escape")
    assert len([url for url in urls if "words.js" in url]) == 1


def test_a_loading_explanation_says_so(reader: Reader) -> None:
    page = reader.open(PATH)
    first, second = page.locator("article a.term").nth(0), page.locator("article a.term").nth(1)
    box = page.get_by_role("dialog")
    with delay("words.js"):
        first.click()
        expect(box).to_contain_text("One moment. The explanation is loading.")
        page.keyboard.press("Escape")
        second.click()
    expect(box).not_to_contain_text("loading")
    anchor = str(second.get_attribute("href")).partition("#")[2]
    text = box.locator("p").nth(1).inner_text()
    page.goto("glossary.html")
    assert text in page.locator(f'[data-term="{anchor}"] dd').inner_text()


def test_a_closed_dialog_does_not_navigate_if_loading_fails(reader: Reader) -> None:
    page = reader.open()
    routes: list[Route] = []
    page.route("**/words.js", lambda route: routes.append(route))
    page.add_init_script(
        "window.left = [];"
        "navigation.onnavigate = event => { left.push(event.destination.url); event.preventDefault() }"
    )
    page.goto(PATH)
    closed, opened = page.locator("article a.term").all()[:2]
    with page.expect_request("**/words.js"):
        closed.click()
    page.keyboard.press("Escape")
    routes[0].abort()
    opened.click()  # fails after the other, and follows its link
    page.wait_for_function("left.length")
    assert page.evaluate("left") == [opened.evaluate("word => word.href")]


@pytest.mark.parametrize("reason", ["no scripts", "no popovers", "no words.js", "a translated page"])
def test_a_word_links_to_the_glossary_if_no_dialog_can_open(reader: Reader, reason: str) -> None:
    page = reader.open(java_script_enabled=reason != "no scripts")
    if reason == "no popovers":
        page.add_init_script("delete HTMLElement.prototype.popover")
    if reason == "no words.js":
        page.route("**/words.js", lambda route: route.abort())
    page.goto(PATH)
    if reason == "a translated page":
        page.evaluate("document.documentElement.lang = 'es'")
    page.locator("article a.term").first.click()
    expect(page).to_have_url(GLOSSARY)


def test_tab_moves_from_the_box_to_the_element_after_its_word(reader: Reader) -> None:
    page = reader.open(PATH)
    word, box = page.locator("article a.term").nth(1), page.get_by_role("dialog")
    expected = word.evaluate(
        "word => [...document.querySelectorAll('a[href], summary, button')]"
        ".find(e => e.checkVisibility() && word.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING)"
        ".outerHTML"
    )
    word.focus()
    page.keyboard.press("Enter")
    expect(box).to_be_focused()
    for _ in range(3):  # its link, its button, the next element
        page.keyboard.press("Tab")
    expect(box).to_be_hidden()
    assert page.evaluate("document.activeElement.outerHTML") == expected


@pytest.mark.parametrize("width", [360, 1280])
def test_the_box_moves_with_its_word(reader: Reader, width: int) -> None:
    page = reader.open(PATH, width, 640)
    word, box = page.locator("article a.term").nth(1), page.get_by_role("dialog")
    word.click()
    expect(box).not_to_contain_text("One moment")
    distance = "([word, box]) => box.getBoundingClientRect().top - word.getBoundingClientRect().top"
    pair = [word.element_handle(), box.element_handle()]
    before = page.evaluate(distance, pair)
    page.evaluate("scrollBy(0, 90)")
    assert page.evaluate(distance, pair) == pytest.approx(before, abs=1)
