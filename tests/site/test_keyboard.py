"""Keyboard use: tab stops follow the order of the page and are visible."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.site.conftest import KINDS, Reader

NUMBER_ALL = "document.querySelectorAll('body *').forEach((element, i) => { element.place = i })"
SKIP_THE_MIDDLE = """forward => {
  const links = [...document.querySelectorAll('article a[href], article summary')]
    .filter(e => e.checkVisibility());
  const ahead = links.filter(e => forward ? e.place > document.activeElement.place
    : e.place < document.activeElement.place);
  if (ahead.length > 100) ahead.at(forward ? -50 : 50).focus();
}"""
FOCUSED = """() => {
  const e = document.activeElement, r = e.getClientRects()[0] ?? new DOMRect(), s = getComputedStyle(e);
  const middle = (from, to, end) => (Math.max(from, 0) + Math.min(to, end)) / 2;
  const hit = document.elementFromPoint(middle(r.left, r.right, innerWidth), middle(r.top, r.bottom, innerHeight));
  const outlined = s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2;
  const visible = outlined && (e.contains(hit) || hit?.closest('label')?.control === e);
  return [e.place ?? -1, visible, !!e.closest('footer'), e.outerHTML.slice(0, 90)];
}"""


def test_the_first_tab_stop_skips_to_the_text(reader: Reader) -> None:
    page = reader.open("procedures/cordotomy.html", 360, 640)
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    assert focused.inner_text().strip() == "Skip to content"
    assert focused.bounding_box() is not None
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#cordotomy$"))


def test_the_menu_opens_at_400_percent_zoom(reader: Reader) -> None:
    page = reader.open("index.html", 320, 256)  # 1280 x 1024 at 400 %
    focused = page.locator(":focus")
    for _ in range(6):
        page.keyboard.press("Tab")
        if focused.inner_text() == "Menu":
            break
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#menu$"))
    page.keyboard.press("Tab")
    expect(focused).to_have_text("Home")
    expect(focused).to_be_in_viewport()


@pytest.mark.parametrize("path", KINDS)
def test_tab_visits_a_page_in_order_and_leaves_it(reader: Reader, path: str) -> None:
    page = reader.open(path, 1280, 640)
    stops, hidden, in_footer = press_repeatedly(page, "Tab")
    assert len(stops) > 15
    assert stops == sorted(set(stops))
    assert in_footer
    assert hidden == []


@pytest.mark.parametrize("path", KINDS[1:3])
def test_nothing_covers_a_tab_stop_going_back(reader: Reader, path: str) -> None:
    page = reader.open(path, 1280, 640)
    page.locator(".menu a").last.focus()
    stops, hidden, _ = press_repeatedly(page, "Shift+Tab")
    assert len(stops) > 50
    assert stops == sorted(set(stops), reverse=True)
    assert hidden == []


@pytest.mark.parametrize(("path", "most"), [
    ("procedures/percutaneous-cordotomy.html", 120), ("procedures/rhizotomy.html", 120),
    ("comparisons/trigeminal-needle-treatments.html", 150), ("comparisons/rhizotomy-and-cordotomy.html", 150),
])  # fmt: skip
def test_pages_have_few_tab_stops(reader: Reader, path: str, most: int) -> None:
    page = reader.open(path, 360, 740)
    stops, _, _ = press_repeatedly(page, "Tab")
    assert 15 < len(stops) <= most


def press_repeatedly(page: Page, key: str) -> tuple[list[int], list[str], bool]:
    """Return the tab stops, those that are covered or off-screen, and whether the last one is in the footer.

    Skips the middle of a long list of similar links.
    """
    page.evaluate(NUMBER_ALL)
    stops: list[int] = []
    hidden: list[str] = []
    in_footer = False
    while len(stops) < 2000:
        page.keyboard.press(key)
        place, visible, is_in_footer, element = page.evaluate(FOCUSED)
        if place in (-1, *stops[:1]):
            break
        stops.append(place)
        in_footer = is_in_footer
        if not visible:
            hidden.append(element)
        if len(stops) == 200:
            page.evaluate(SKIP_THE_MIDDLE, key == "Tab")
    return stops, hidden, in_footer
