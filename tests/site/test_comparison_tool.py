"""What a reader can choose on a comparison page, and that harms never get out of sight."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

PATH = "comparisons/trigeminal-needle-treatments.html"
BALLOON, NONE = "trigeminal-balloon-compression", "no-procedure"


@pytest.fixture(params=[360, 1280])
def page(request: pytest.FixtureRequest, browser: Browser, address: str) -> Iterator[Page]:
    """The comparison of treatments for face pain, on a phone and on a wide screen; no error may come up."""
    page = browser.new_page(viewport={"width": request.param, "height": 800})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{address}/{PATH}")
    yield page
    page.close()
    assert errors == []


def rows(page: Page) -> list[str]:
    """The keys of the rows, from the top."""
    found: list[str] = page.evaluate("[...document.querySelectorAll('tr[data-row]')].map(row => row.dataset.row)")
    return found


def options(page: Page) -> set[str]:
    """The options whose answers are seen."""
    return {str(cell.get_attribute("data-option")) for cell in page.locator("td[data-option]:visible").all()}


def open_chooser(page: Page) -> None:
    page.get_by_text("Choose what you see").click()


def test_two_options_can_be_seen_side_by_side(page: Page) -> None:
    every = options(page)
    open_chooser(page)
    for name in ("Trigeminal glycerol rhizotomy", "Trigeminal radiofrequency rhizotomy"):
        page.get_by_role("checkbox", name=name).uncheck()
    assert options(page) == {BALLOON, NONE}
    assert "2 of 4 options" in page.get_by_role("status").inner_text()
    page.get_by_role("button", name="Show everything again").click()
    page.wait_for_function("!location.hash")
    assert options(page) == every
    assert not page.get_by_role("checkbox", name="Will you be awake?").is_checked()


def test_chosen_rows_come_first_and_harms_right_after_them(page: Page) -> None:
    before = rows(page)
    open_chooser(page)
    page.get_by_role("checkbox", name="How long does relief last?").check()
    page.get_by_role("checkbox", name="Will you be awake?").check()
    after = rows(page)
    assert after[:3] == ["anesthesia", "relief-lasts", "harms"]
    assert after[3:] == [row for row in before if row not in after[:3]]
    page.get_by_role("button", name="Show everything again").click()
    page.wait_for_function("!location.hash")
    assert rows(page) == before


def test_however_many_rows_come_first_harms_are_never_lower_than_before(page: Page) -> None:
    before = rows(page)
    open_chooser(page)
    for box in page.locator('input[name="first"]:not([value="harms"])').all():
        box.check()
    assert rows(page).index("harms") == before.index("harms")


def test_every_serious_harm_of_the_options_shown_stays_visible(page: Page) -> None:
    seen = page.locator(f'td[data-option="{BALLOON}"] .harm.serious').count()
    assert seen > 0
    page.goto(f"{page.url.partition('#')[0]}#options={BALLOON},{NONE}&first=evidence")
    page.wait_for_function("document.querySelector('tr[data-row]').dataset.row === 'evidence'")
    assert page.locator(f'td[data-option="{BALLOON}"] .harm.serious:visible').count() == seen


def test_the_view_is_in_the_address_and_comes_back_from_it(page: Page) -> None:
    open_chooser(page)
    page.get_by_role("checkbox", name="No procedure now").uncheck()
    page.get_by_role("checkbox", name="Can it be undone?").check()
    kept = page.url
    assert "#options=" in kept
    assert NONE not in kept
    page.goto("about:blank")
    page.goto(kept)
    assert NONE not in options(page)
    assert rows(page)[0] == "reversibility"
    assert not page.get_by_role("checkbox", name="No procedure now").is_checked()
    page.locator("tr[data-row] .sources a").first.click()
    page.go_back()
    page.wait_for_function("location.hash.startsWith('#options')")
    assert rows(page)[0] == "reversibility"


@pytest.mark.parametrize(("state", "said"), [
    (f"options={BALLOON},{NONE},tea", "is not on this page (tea)"),
    ("first=tea", "is not on this page (tea)"),
    (f"options={BALLOON}", "You need at least two options to compare"),
    ("options=", "You need at least two options to compare"),
    ("options=<img src=x onerror=alert(1)>", "is not on this page"),
    ("first=" + "x" * 5000, "is not on this page"),
])  # fmt: skip
def test_an_address_that_names_what_is_not_there_says_so_and_keeps_the_page_whole(
    browser: Browser, address: str, state: str, said: str
) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.goto(f"{address}/{PATH}#{state}")
    assert said in page.get_by_role("status").inner_text()
    assert len(options(page)) >= 2
    assert len(rows(page)) == 14
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()


def test_the_last_two_options_cannot_be_hidden(page: Page) -> None:
    open_chooser(page)
    boxes = page.locator('input[name="options"]')
    for number in range(3):
        boxes.nth(number).click()
    assert len(options(page)) == 2
    assert "Keep at least two options" in page.get_by_role("status").inner_text()


def test_it_works_with_the_keyboard_alone(page: Page) -> None:
    page.locator(".chooser summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert len(options(page)) == 3
    assert page.evaluate("document.activeElement.checked") is False


def test_without_scripts_the_table_is_whole_and_no_dead_control_is_seen(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(f"{address}/{PATH}")
    assert not page.locator(".chooser").is_visible()
    assert len(options(page)) == 4
    context.close()


def test_paper_shows_the_chosen_view_and_says_what_it_leaves_out(page: Page) -> None:
    page.goto(f"{page.url}#options={BALLOON},{NONE}")
    page.locator(".chosen").wait_for()
    page.emulate_media(media="print")
    assert not page.locator(".chooser").is_visible()
    assert options(page) == {BALLOON, NONE}
    assert "Not shown: Trigeminal glycerol rhizotomy" in page.locator(".chosen").inner_text()
