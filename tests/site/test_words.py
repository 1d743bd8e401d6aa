"""What a medical word means opens in place: by touch, mouse and keyboard, and as a link without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Route, expect

from tests.site.conftest import AT_REST, Reader, late

PATH = "procedures/percutaneous-cordotomy/what-happens.html"
GLOSSARY = re.compile(r"/glossary\.html#.")


@pytest.mark.parametrize("width", [320, 1280])
def test_a_word_opens_its_explanation_and_leads_back(reader: Reader, width: int) -> None:
    page = reader.opens(PATH, width, 640)
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
    said = box.inner_text()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "In the glossary"
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    assert page.evaluate("document.activeElement.hash") == f"#{anchor}"
    page.goto("glossary.html")
    assert said.split("\n\n")[1] in page.locator(f'[data-term="{anchor}"] dd').inner_text()


@pytest.mark.parametrize("way", ["mouse", "touch", "keyboard"])
def test_escape_closes_it_and_leads_back_to_the_word(reader: Reader, way: str) -> None:
    page = reader.opens(PATH, 360, has_touch=way == "touch")
    word, box = page.locator("article a.term").nth(1), page.get_by_role("dialog")
    match way:
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


def test_a_tap_beside_the_box_and_its_button_both_close_it(reader: Reader) -> None:
    page = reader.opens(PATH, 360, 640, has_touch=True)
    word, box = page.locator("article a.term").first, page.get_by_role("dialog")
    word.tap()
    box.get_by_role("button", name="Close").tap()
    expect(box).to_be_hidden()
    word.tap()
    expect(box).to_be_visible()
    page.touchscreen.tap(5, 60)
    expect(box).to_be_hidden()


def test_words_are_asked_for_with_the_first_tap_only(reader: Reader) -> None:
    page = reader.opens()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "words.js" in request.url else None)
    page.goto(PATH)
    page.evaluate(AT_REST)
    assert asked == []
    for number in (0, 1):
        page.locator("article a.term").nth(number).click()
        expect(page.get_by_role("dialog")).not_to_contain_text("One moment")
        page.keyboard.press("Escape")
    assert len(asked) == 1


def test_a_tap_shows_that_the_explanation_is_loading(reader: Reader) -> None:
    page = reader.opens(PATH)
    first, second = page.locator("article a.term").nth(0), page.locator("article a.term").nth(1)
    box = page.get_by_role("dialog")
    with late("words.js"):
        first.click()
        expect(box).to_contain_text("One moment. The explanation is loading.")
        page.keyboard.press("Escape")
        second.click()
    expect(box).not_to_contain_text("loading")
    anchor = str(second.get_attribute("href")).partition("#")[2]
    said = box.locator("p").nth(1).inner_text()
    page.goto("glossary.html")
    assert said in page.locator(f'[data-term="{anchor}"] dd').inner_text()


def test_a_word_whose_box_was_closed_before_it_could_load_leads_nowhere(reader: Reader) -> None:
    page = reader.opens()
    held: list[Route] = []
    page.route("**/words.js", lambda route: held.append(route))
    page.add_init_script(
        "window.left = [];"
        "navigation.onnavigate = event => { left.push(event.destination.url); event.preventDefault() }"
    )
    page.goto(PATH)
    closed, opened = page.locator("article a.term").all()[:2]
    with page.expect_request("**/words.js"):
        closed.click()
    page.keyboard.press("Escape")
    held[0].abort()
    opened.click()  # fails after the other, and leads to the glossary
    page.wait_for_function("left.length")
    assert page.evaluate("left") == [opened.evaluate("word => word.href")]


@pytest.mark.parametrize("trouble", ["no scripts", "no popovers", "words that cannot be had", "a translated page"])
def test_a_word_is_a_link_to_the_glossary_if_it_cannot_open(reader: Reader, trouble: str) -> None:
    page = reader.opens(java_script_enabled=trouble != "no scripts")
    if trouble == "no popovers":
        page.add_init_script("delete HTMLElement.prototype.popover")
    if trouble == "words that cannot be had":
        page.route("**/words.js", lambda route: route.abort())
    page.goto(PATH)
    if trouble == "a translated page":
        page.evaluate("document.documentElement.lang = 'es'")
    page.locator("article a.term").first.click()
    expect(page).to_have_url(GLOSSARY)


def test_tab_leaves_the_box_to_what_follows_its_word(reader: Reader) -> None:
    page = reader.opens(PATH)
    word, box = page.locator("article a.term").nth(1), page.get_by_role("dialog")
    expected = word.evaluate(
        "word => [...document.querySelectorAll('a[href], summary, button')]"
        ".find(e => e.checkVisibility() && word.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING)"
        ".outerHTML"
    )
    word.focus()
    page.keyboard.press("Enter")
    expect(box).to_be_focused()
    for _ in range(3):  # its link, its button, and on
        page.keyboard.press("Tab")
    expect(box).to_be_hidden()
    assert page.evaluate("document.activeElement.outerHTML") == expected


@pytest.mark.parametrize("width", [360, 1280])
def test_the_box_moves_with_its_word(reader: Reader, width: int) -> None:
    page = reader.opens(PATH, width, 640)
    word, box = page.locator("article a.term").nth(1), page.get_by_role("dialog")
    word.click()
    expect(box).not_to_contain_text("One moment")
    apart = "([word, box]) => box.getBoundingClientRect().top - word.getBoundingClientRect().top"
    pair = [word.element_handle(), box.element_handle()]
    before = page.evaluate(apart, pair)
    page.evaluate("scrollBy(0, 90)")
    assert page.evaluate(apart, pair) == pytest.approx(before, abs=1)
