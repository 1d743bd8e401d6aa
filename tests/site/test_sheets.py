"""What readers fill in, print and take along; and that nothing is kept without their yes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Protocol

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.site.conftest import Reader, late

WORKSHEET = "worksheets/one-sided-cancer-pain.html"
TAKE_ALONG = "take-along/percutaneous-cordotomy.html"
KEPT = "JSON.stringify({...localStorage})"
IN_TAB = "JSON.stringify({...sessionStorage})"
FORBIDDEN = """for (const store of ['localStorage', 'sessionStorage']) {
  Object.defineProperty(window, store, {get() { throw new DOMException('no', 'SecurityError') }})
}"""
FULL = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }"


class Tab(Protocol):
    """Opens a page in a new tab."""

    def __call__(self, path: str = WORKSHEET, script: str = "") -> Page: ...


@pytest.fixture
def tab(browser: Browser, address: str) -> Iterator[Tab]:
    """A browser in which nothing has been kept yet, and no script may fail."""
    context = browser.new_context(base_url=f"{address}/", viewport={"width": 360, "height": 800})
    errors: list[str] = []

    def opened(path: str = WORKSHEET, script: str = "") -> Page:
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.add_init_script(script)
        page.goto(path)
        return page

    yield opened
    assert errors == []


def parts(page: Page) -> list[Locator]:
    """A few controls of every kind; the second takes words."""
    return [
        page.get_by_role("group", name=re.compile("that relief lasts")).get_by_label("A lot"),
        page.get_by_label("What could go wrong"),
        page.get_by_label("Is my pain on one side only"),
        page.get_by_role("radio", name="I am not sure yet"),
        page.get_by_role("group", name="Do I feel sure").get_by_label("No"),
    ]


def fill(page: Page) -> None:
    """Give an answer with each of the parts."""
    for number, part in enumerate(parts(page)):
        part.fill(WORDS) if number == 1 else part.check()


def answers(page: Page) -> list[object]:
    """What the page shows in each of the parts."""
    return [part.input_value() if at == 1 else part.is_checked() for at, part in enumerate(parts(page))]


WORDS = "I could lose strength.\nFor good?"
FILLED = [True, WORDS, True, True, True]
EMPTY = [False, "", False, False, False]


def delete(page: Page) -> None:
    """Delete the answers, with the yes that the page asks for."""
    page.get_by_text("Delete my answers", exact=True).click()
    page.get_by_role("button", name="Yes, delete my answers").click()


def with_number(route: Route, number: str) -> None:
    """The page as a clinic with that number shows it."""
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace('name="team"', f'name="team" value="{number}"'))


def status(page: Page) -> Locator:
    """What the page says about keeping answers."""
    return page.locator(".kept")


def test_answers_outlast_a_reload_a_link_and_the_way_back_but_not_the_tab(tab: Tab) -> None:
    page = tab()
    fill(page)
    assert page.evaluate(KEPT) == "{}"
    page.reload()
    assert answers(page) == FILLED
    page.get_by_role("link", name="Look again at the choices side by side").first.click()
    page.get_by_role("link", name="Think it over with a worksheet").click()
    page.wait_for_url(WORKSHEET)
    assert answers(page) == FILLED
    page.get_by_label("What else matters to me").fill("My garden")
    page.go_back()
    page.go_back()
    assert answers(page) == FILLED
    assert page.get_by_label("What else matters to me").input_value() == "My garden"
    assert answers(tab()) == EMPTY


def test_with_a_yes_the_answers_outlast_the_tab(tab: Tab) -> None:
    page = tab()
    fill(page)
    page.get_by_label("Save my answers on this device").check()
    assert page.evaluate(IN_TAB) == "{}"
    page.close()
    page = tab()
    assert answers(page) == FILLED
    expect(status(page)).to_contain_text("saved on this device")


@pytest.mark.parametrize("on_device", [False, True])
def test_deleting_asks_once_and_can_be_undone(tab: Tab, on_device: bool) -> None:
    page = tab()
    page.get_by_label("Save my answers on this device").set_checked(on_device)
    fill(page)
    page.get_by_text("Delete my answers", exact=True).click()
    assert answers(page) == FILLED
    page.get_by_role("button", name="Yes, delete my answers").click()
    assert answers(page) == EMPTY
    assert [page.evaluate(KEPT), page.evaluate(IN_TAB)] == ["{}", "{}"]
    page.get_by_label("What else matters to me").fill("My garden")
    page.get_by_role("button", name="Bring my answers back").click()
    assert answers(page) == FILLED
    page.reload()
    assert answers(page) == FILLED
    assert page.get_by_label("What else matters to me").input_value() == "My garden"
    assert page.get_by_label("Save my answers on this device").is_checked() == on_device
    delete(page)
    page.reload()
    assert answers(page) == EMPTY


def test_one_answer_is_cleared_and_the_others_stay(tab: Tab) -> None:
    page = tab()
    fill(page)
    lean = page.get_by_role("group", name="You can change your mind")
    lean.get_by_role("button", name="Clear").click()
    assert answers(page) == [*FILLED[:3], False, True]
    assert lean.locator(":focus").count() == 1
    page.reload()
    assert answers(page) == [*FILLED[:3], False, True]


def test_what_is_written_before_the_script_arrives_is_not_lost(tab: Tab) -> None:
    page = tab()
    fill(page)
    with late("worksheet.js"):
        page.reload(wait_until="commit")
        page.get_by_label("What else matters to me").fill("My garden")
        page.get_by_label("What could go wrong").fill("Something else")
        assert answers(page)[0] is False
    page.wait_for_load_state()
    page.reload()
    assert answers(page) == [FILLED[0], "Something else", *FILLED[2:]]
    assert page.get_by_label("What else matters to me").input_value() == "My garden"


def test_a_page_that_comes_back_from_memory_shows_what_was_written_or_deleted_since(tab: Tab) -> None:
    page = tab()
    from_memory = "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"
    fill(page)
    newer = page.evaluate(IN_TAB)
    page.get_by_label("What could go wrong").fill("Less")
    page.evaluate(f"newer => {{ Object.assign(sessionStorage, JSON.parse(newer)); {from_memory} }}", newer)
    assert answers(page) == FILLED
    page.evaluate(f"sessionStorage.clear(); {from_memory}")
    assert answers(page) == EMPTY


def test_two_tabs_do_not_overwrite_each_other(tab: Tab) -> None:
    first = tab()
    first.get_by_label("Save my answers on this device").check()
    second = tab()
    fill(second)
    expect(first.get_by_label("What could go wrong")).not_to_be_empty()
    first.get_by_label("What else matters to me").fill("My garden")
    second.reload()
    assert answers(second) == FILLED
    assert second.get_by_label("What else matters to me").input_value() == "My garden"


def test_taking_the_yes_back_keeps_the_words_in_the_tab_only(tab: Tab) -> None:
    page = tab()
    fill(page)
    page.get_by_label("Save my answers on this device").check()
    assert page.evaluate(KEPT) != "{}"
    page.get_by_label("Save my answers on this device").uncheck()
    assert page.evaluate(KEPT) == "{}"
    page.reload()
    assert answers(page) == FILLED


def test_answers_older_than_the_facts_are_all_there_and_said_to_be_old(tab: Tab) -> None:
    page = tab()
    page.get_by_label("Save my answers on this device").check()
    fill(page)
    kept = json.loads(page.evaluate("localStorage['worksheet.one-sided-cancer-pain']"))
    kept["version"] = "older"
    kept["answers"]["ask.Is there still time?"] = "yes"
    page.evaluate("kept => { localStorage['worksheet.one-sided-cancer-pain'] = JSON.stringify(kept) }", kept)
    page.reload()
    assert answers(page) == FILLED
    expect(status(page)).to_contain_text("The facts have changed since you filled in this sheet")
    expect(status(page)).to_contain_text("no longer asks: Is there still time? (yes)")
    page.get_by_label("What else matters to me").fill("My garden")
    page.reload()
    expect(status(page)).to_contain_text("Is there still time?")


@pytest.mark.parametrize("trouble", [FORBIDDEN, FULL])
def test_a_store_that_is_full_or_forbidden_loses_nothing_and_says_so(tab: Tab, trouble: str) -> None:
    page = tab(script=trouble)
    assert ("Print it before you close it" in status(page).inner_text()) == (trouble == FORBIDDEN)
    fill(page)
    page.get_by_label("Save my answers on this device").click()
    expect(status(page)).to_contain_text("Print it before you close it")
    assert not page.get_by_label("Save my answers on this device").is_checked()
    assert answers(page) == FILLED


def test_a_store_that_gets_full_keeps_what_was_kept_before_and_says_so(tab: Tab) -> None:
    page = tab()
    page.get_by_label("Save my answers on this device").check()
    fill(page)
    page.evaluate(f"() => {{ {FULL} }}")
    page.get_by_label("What else matters to me").fill("My garden")
    expect(status(page)).to_contain_text("Print it before you close it")
    assert page.get_by_label("Save my answers on this device").is_checked()
    page.reload()
    assert answers(page) == FILLED


@pytest.mark.parametrize(("store", "kept"), [
    ("localStorage", "{"), ("localStorage", "null"), ("localStorage", ""),
    ("localStorage", '{"answers": {"lean": 7}}'), ("sessionStorage", "[]"),
    ("sessionStorage", '{"answers": null}'), ("sessionStorage", '{"answers": {"good": {}}}'),
])  # fmt: skip
def test_tampered_storage_ends_in_one_sentence_and_does_not_break_the_page(
    tab: Tab, kept: str, store: str
) -> None:
    page = tab()
    page.evaluate("([store, kept]) => { window[store]['worksheet.one-sided-cancer-pain'] = kept }", [store, kept])
    page.reload()
    said = "Answers for this sheet are saved, but this page cannot read them. "
    expect(status(page)).to_have_text(said + "They stay until you write new answers or delete them.")
    assert page.evaluate(f"{store}['worksheet.one-sided-cancer-pain']") == kept
    page.get_by_label("Save my answers on this device").check()
    fill(page)
    page.reload()
    assert answers(page) == FILLED


def test_a_worksheet_prints_from_both_ends_and_without_its_buttons(tab: Tab) -> None:
    page = tab()
    fill(page)
    order = page.locator("form.worksheet :is(button.print, textarea)").evaluate_all(
        "controls => controls.map(control => control.tagName)"
    )
    assert [order[0], order[-1], order.count("BUTTON")] == ["BUTTON", "BUTTON", 2]
    assert page.get_by_role("button", name="Clear").count() == 3
    page.emulate_media(media="print")
    assert page.get_by_role("button").count() == 0


def test_a_long_answer_is_printed_whole(tab: Tab) -> None:
    page = tab()
    page.set_viewport_size({"width": 680, "height": 960})
    answer = page.get_by_label("What could go wrong")
    answer.fill("\n".join(f"Line {number} of what I worry about." for number in range(12)))
    page.emulate_media(media="print")
    assert answer.evaluate("element => element.scrollHeight - element.clientHeight") <= 0


def test_a_worksheet_can_be_filled_in_without_scripts(reader: Reader) -> None:
    page = reader.opens(WORKSHEET, 360, 800, java_script_enabled=False)
    fill(page)
    assert not page.get_by_label("Save my answers on this device").is_visible()
    assert not page.get_by_text("Delete my answers", exact=True).is_visible()
    expect(page.locator("noscript")).to_contain_text("your answers may be gone if you leave", use_inner_text=True)


def test_paper_has_the_ticked_questions_or_all_if_none_is_ticked(tab: Tab) -> None:
    page = tab(TAKE_ALONG)
    page.emulate_media(media="print")
    every = page.locator(".ticks li:visible").count()
    assert every == page.locator(".ticks li").count()
    page.locator(".ticks li input").nth(1).check()
    assert page.locator(".ticks li:visible").count() == 1
    assert not page.locator("#about-harms").is_visible()
    assert page.locator(".urgency:visible").count() == page.locator(".urgency").count() > 0


def test_what_is_written_on_a_sheet_to_take_along_outlasts_a_link_until_it_is_deleted(tab: Tab) -> None:
    def written() -> list[object]:
        texts = [page.get_by_label(label).input_value() for label in ("My team, and their", "My own questions")]
        return [*texts, *page.locator(".ticks input").evaluate_all("boxes => boxes.map(box => box.checked)")]

    page = tab(TAKE_ALONG)
    empty = written()
    page.get_by_label("My team, and their").fill("Ward 3")
    page.get_by_label("My own questions").fill("Will I walk?")
    for box in page.locator(".ticks input").all()[::2]:
        box.check()
    filled = written()
    page.reload()
    assert written() == filled
    page.get_by_role("link", name="Each danger sign explained").click()
    page.go_back()
    assert written() == filled
    assert page.evaluate(KEPT) == "{}"
    delete(page)
    page.reload()
    assert [written(), page.evaluate(IN_TAB)] == [empty, "{}"]


def test_a_clinics_new_phone_number_wins_over_one_that_was_only_shown(tab: Tab) -> None:
    """What stands in a field, and nobody wrote, is not kept as an answer."""
    page = tab(TAKE_ALONG)
    number = ["555-0100"]
    page.route("**/take-along/*", lambda route: with_number(route, number[0]))
    page.reload()
    page.get_by_label("My own questions").fill("Will I walk?")
    number[0] = "555-0199"
    page.reload()
    assert page.get_by_label("My team, and their").input_value() == "555-0199"
    assert page.get_by_label("My own questions").input_value() == "Will I walk?"
