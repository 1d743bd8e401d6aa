"""Worksheets and take-along sheets: saving answers with consent, deleting, printing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Protocol

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from tests.site.conftest import Reader, delay

WORKSHEET = "worksheets/one-sided-cancer-pain.html"
TAKE_ALONG = "take-along/percutaneous-cordotomy.html"
ON_DEVICE = "JSON.stringify({...localStorage})"
IN_TAB = "JSON.stringify({...sessionStorage})"
BLOCKED = """for (const store of ['localStorage', 'sessionStorage']) {
  Object.defineProperty(window, store, {get() { throw new DOMException('no', 'SecurityError') }})
}"""
FULL = "Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }"


class Tab(Protocol):
    """Opens a page in a new tab."""

    def __call__(self, path: str = WORKSHEET, script: str = "") -> Page: ...


@pytest.fixture
def tab(browser: Browser, site_url: str) -> Iterator[Tab]:
    """A browser without stored data; fails if a script throws."""
    context = browser.new_context(base_url=f"{site_url}/", viewport={"width": 360, "height": 800})
    errors: list[str] = []

    def open_tab(path: str = WORKSHEET, script: str = "") -> Page:
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.add_init_script(script)
        page.goto(path)
        return page

    yield open_tab
    assert errors == []


def find_controls(page: Page) -> list[Locator]:
    """One control of each kind; the second is a text field."""
    return [
        page.get_by_role("group", name=re.compile("that relief lasts")).get_by_label("A lot"),
        page.get_by_label("What could go wrong"),
        page.get_by_label("Is my pain on one side only"),
        page.get_by_role("radio", name="I am not sure yet"),
        page.get_by_role("group", name="Do I feel sure").get_by_label("No"),
    ]


def fill(page: Page) -> None:
    """Answer with each of the controls; `garden` stays empty."""
    for number, control in enumerate(find_controls(page)):
        control.fill(WORDS) if number == 1 else control.check()


def answers(page: Page) -> list[object]:
    """The answers that the controls and `garden` show."""
    controls = enumerate(find_controls(page))
    shown = [control.input_value() if number == 1 else control.is_checked() for number, control in controls]
    return [*shown, garden(page).input_value()]


WORDS = "I could lose strength.\nFor good?"
FILLED = [True, WORDS, True, True, True, ""]
MORE = [*FILLED[:-1], "My garden"]
EMPTY = [False, "", False, False, False, ""]


def delete(page: Page) -> None:
    """Delete the answers, and confirm."""
    page.get_by_text("Delete my answers", exact=True).click()
    page.get_by_role("button", name="Yes, delete my answers").click()


def set_phone(route: Route, phone: str) -> None:
    """Serve the page as for a clinic with that phone number."""
    response = route.fetch()
    route.fulfill(response=response, body=response.text().replace('name="team"', f'name="team" value="{phone}"'))


def status(page: Page) -> Locator:
    """The message about saved answers."""
    return page.locator(".kept")


def consent(page: Page) -> Locator:
    """The checkbox that saves answers on the device."""
    return page.get_by_label("Save my answers on this device")


def garden(page: Page) -> Locator:
    """Another text field."""
    return page.get_by_label("What else matters to me")


def test_answers_survive_reloads_and_links_but_not_the_tab(tab: Tab) -> None:
    page = tab()
    fill(page)
    assert page.evaluate(ON_DEVICE) == "{}"
    page.reload()
    assert answers(page) == FILLED
    page.get_by_role("link", name="Look again at the choices side by side").first.click()
    page.get_by_role("link", name="Think it over with a worksheet").click()
    page.wait_for_url(WORKSHEET)
    assert answers(page) == FILLED
    garden(page).fill("My garden")
    page.go_back()
    page.go_back()
    assert answers(page) == MORE
    assert answers(tab()) == EMPTY


def test_consent_saves_answers_on_the_device_until_withdrawn(tab: Tab) -> None:
    page = tab()
    fill(page)
    consent(page).check()
    assert page.evaluate(IN_TAB) == "{}"
    page.close()
    page = tab()
    assert answers(page) == FILLED
    expect(status(page)).to_contain_text("saved on this device")
    consent(page).uncheck()
    assert page.evaluate(ON_DEVICE) == "{}"
    page.reload()
    assert answers(page) == FILLED


@pytest.mark.parametrize("on_device", [False, True])
def test_deletion_is_confirmed_and_can_be_undone(tab: Tab, on_device: bool) -> None:
    page = tab()
    consent(page).set_checked(on_device)
    fill(page)
    page.get_by_text("Delete my answers", exact=True).click()
    assert answers(page) == FILLED
    page.get_by_role("button", name="Yes, delete my answers").click()
    assert answers(page) == EMPTY
    assert [page.evaluate(ON_DEVICE), page.evaluate(IN_TAB)] == ["{}", "{}"]
    garden(page).fill("My garden")
    page.get_by_role("button", name="Bring my answers back").click()
    assert answers(page) == MORE
    page.reload()
    assert answers(page) == MORE
    assert consent(page).is_checked() == on_device
    delete(page)
    page.reload()
    assert answers(page) == EMPTY


def test_clear_removes_one_answer(tab: Tab) -> None:
    page = tab()
    fill(page)
    lean = page.get_by_role("group", name="You can change your mind")
    lean.get_by_role("button", name="Clear").click()
    assert answers(page) == [*FILLED[:3], False, True, ""]
    assert lean.locator(":focus").count() == 1
    page.reload()
    assert answers(page) == [*FILLED[:3], False, True, ""]


def test_answers_given_before_the_script_loads_are_saved(tab: Tab) -> None:
    page = tab()
    fill(page)
    with delay("worksheet.js"):
        page.reload(wait_until="commit")
        garden(page).fill("My garden")
        page.get_by_label("What could go wrong").fill("Something else")
        assert answers(page)[0] is False
    page.wait_for_load_state()
    page.reload()
    assert answers(page) == [MORE[0], "Something else", *MORE[2:]]


def test_a_cached_page_shows_newer_answers_and_deletions(tab: Tab) -> None:
    page = tab()
    pageshow = "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"
    fill(page)
    newer = page.evaluate(IN_TAB)
    page.get_by_label("What could go wrong").fill("Less")
    page.evaluate(f"newer => {{ Object.assign(sessionStorage, JSON.parse(newer)); {pageshow} }}", newer)
    assert answers(page) == FILLED
    page.evaluate(f"sessionStorage.clear(); {pageshow}")
    assert answers(page) == EMPTY


def test_two_tabs_do_not_overwrite_each_other(tab: Tab) -> None:
    first = tab()
    consent(first).check()
    second = tab()
    fill(second)
    expect(first.get_by_label("What could go wrong")).not_to_be_empty()
    garden(first).fill("My garden")
    second.reload()
    assert answers(second) == MORE


def test_answers_older_than_the_facts_are_kept_with_a_notice(tab: Tab) -> None:
    page = tab()
    consent(page).check()
    fill(page)
    stored = json.loads(page.evaluate("localStorage['worksheet.one-sided-cancer-pain']"))
    stored["version"] = "older"
    stored["answers"]["ask.Is there still time?"] = "yes"
    page.evaluate("stored => { localStorage['worksheet.one-sided-cancer-pain'] = JSON.stringify(stored) }", stored)
    page.reload()
    assert answers(page) == FILLED
    expect(status(page)).to_contain_text("The facts have changed since you filled in this sheet")
    expect(status(page)).to_contain_text("no longer asks: Is there still time? (yes)")
    garden(page).fill("My garden")
    page.reload()
    expect(status(page)).to_contain_text("Is there still time?")


@pytest.mark.parametrize("script", [BLOCKED, FULL], ids=["blocked", "full"])
def test_blocked_or_full_storage_is_reported_and_loses_no_answer(tab: Tab, script: str) -> None:
    page = tab(script=script)
    assert ("Print it before you close it" in status(page).inner_text()) == (script == BLOCKED)
    fill(page)
    consent(page).click()
    expect(status(page)).to_contain_text("Print it before you close it")
    assert not consent(page).is_checked()
    assert answers(page) == FILLED


def test_storage_that_becomes_full_keeps_earlier_answers(tab: Tab) -> None:
    page = tab()
    consent(page).check()
    fill(page)
    page.evaluate(f"() => {{ {FULL} }}")
    garden(page).fill("My garden")
    expect(status(page)).to_contain_text("Print it before you close it")
    assert consent(page).is_checked()
    page.reload()
    assert answers(page) == FILLED


@pytest.mark.parametrize(("storage", "value"), [
    ("localStorage", "{"), ("localStorage", "null"), ("localStorage", ""),
    ("localStorage", '{"answers": {"lean": 7}}'), ("sessionStorage", "[]"),
    ("sessionStorage", '{"answers": null}'), ("sessionStorage", '{"answers": {"good": {}}}'),
])  # fmt: skip
def test_unreadable_storage_is_reported_and_kept(tab: Tab, value: str, storage: str) -> None:
    page = tab()
    key = "worksheet.one-sided-cancer-pain"
    page.evaluate("([storage, key, value]) => { window[storage][key] = value }", [storage, key, value])
    page.reload()
    message = "Answers for this sheet are saved, but this page cannot read them. "
    expect(status(page)).to_have_text(message + "They stay until you write new answers or delete them.")
    assert page.evaluate(f"{storage}['{key}']") == value
    consent(page).check()
    fill(page)
    page.reload()
    assert answers(page) == FILLED


def test_print_buttons_are_at_both_ends_and_not_printed(tab: Tab) -> None:
    page = tab()
    fill(page)
    order = page.locator("form.worksheet :is(button.print, textarea)").evaluate_all(
        "controls => controls.map(control => control.tagName)"
    )
    assert [order[0], order[-1], order.count("BUTTON")] == ["BUTTON", "BUTTON", 2]
    assert page.get_by_role("button", name="Clear").count() == 3
    page.emulate_media(media="print")
    assert page.get_by_role("button").count() == 0


def test_long_answers_are_printed_in_full(tab: Tab) -> None:
    page = tab()
    page.set_viewport_size({"width": 680, "height": 960})
    answer = page.get_by_label("What could go wrong")
    answer.fill("\n".join(f"Line {number} of what I worry about." for number in range(12)))
    page.emulate_media(media="print")
    assert answer.evaluate("element => element.scrollHeight - element.clientHeight") <= 0


def test_worksheets_work_without_scripts(reader: Reader) -> None:
    page = reader.open(WORKSHEET, 360, 800, java_script_enabled=False)
    fill(page)
    assert not consent(page).is_visible()
    assert not page.get_by_text("Delete my answers", exact=True).is_visible()
    expect(page.locator("noscript")).to_contain_text("your answers may be gone if you leave", use_inner_text=True)


def test_checked_questions_are_printed_or_else_all(tab: Tab) -> None:
    page = tab(TAKE_ALONG)
    page.emulate_media(media="print")
    assert page.locator(".ticks li:visible").count() == page.locator(".ticks li").count()
    page.locator(".ticks li input").nth(1).check()
    assert page.locator(".ticks li:visible").count() == 1
    assert not page.locator("#about-harms").is_visible()
    assert page.locator(".urgency:visible").count() == page.locator(".urgency").count() > 0


def test_take_along_answers_survive_links_until_deleted(tab: Tab) -> None:
    def read() -> list[object]:
        texts = [page.get_by_label(label).input_value() for label in ("My team, and their", "My own questions")]
        return [*texts, *page.locator(".ticks input").evaluate_all("boxes => boxes.map(box => box.checked)")]

    page = tab(TAKE_ALONG)
    empty = read()
    page.get_by_label("My team, and their").fill("Ward 3")
    page.get_by_label("My own questions").fill("Will I walk?")
    for box in page.locator(".ticks input").all()[::2]:
        box.check()
    filled = read()
    page.reload()
    assert read() == filled
    page.get_by_role("link", name="Each danger sign explained").click()
    page.go_back()
    assert read() == filled
    assert page.evaluate(ON_DEVICE) == "{}"
    delete(page)
    page.reload()
    assert [read(), page.evaluate(IN_TAB)] == [empty, "{}"]


def test_a_clinics_new_phone_number_replaces_the_old_one(tab: Tab) -> None:
    """A prefilled value that the reader did not change is not saved as an answer."""
    page = tab(TAKE_ALONG)
    phones = ["555-0100"]
    page.route("**/take-along/*", lambda route: set_phone(route, phones[-1]))
    page.reload()
    page.get_by_label("My own questions").fill("Will I walk?")
    phones.append("555-0199")
    page.reload()
    assert page.get_by_label("My team, and their").input_value() == "555-0199"
    assert page.get_by_label("My own questions").input_value() == "Will I walk?"
