"""Every page is used by keyboard alone: in the order of the text, with each stop in sight, and out again."""

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
  const seen = outlined && (e.contains(hit) || hit?.closest('label')?.control === e);
  return [e.place ?? -1, seen, !!e.closest('footer'), e.outerHTML.slice(0, 90)];
}"""


def test_the_first_tab_stop_skips_to_the_text(reader: Reader) -> None:
    page = reader.opens("procedures/cordotomy.html", 360, 640)
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    assert focused.inner_text().strip() == "Skip to content"
    assert focused.bounding_box() is not None
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("#cordotomy$"))


def test_the_menu_is_reached_at_400_percent_zoom(reader: Reader) -> None:
    page = reader.opens("index.html", 320, 256)  # 1280 x 1024 at 400 %
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
def test_tab_goes_through_a_page_in_order_in_sight_and_out_of_it(reader: Reader, path: str) -> None:
    page = reader.opens(path, 1280, 640)
    stops, lost, in_footer = walked(page, "Tab")
    assert len(stops) > 15
    assert stops == sorted(set(stops))
    assert in_footer
    assert lost == []


@pytest.mark.parametrize("path", KINDS[1:3])
def test_going_back_nothing_covers_the_stop(reader: Reader, path: str) -> None:
    page = reader.opens(path, 1280, 640)
    page.locator(".menu a").last.focus()
    stops, lost, _ = walked(page, "Shift+Tab")
    assert len(stops) > 50
    assert stops == sorted(set(stops), reverse=True)
    assert lost == []


@pytest.mark.parametrize(("path", "most"), [
    ("procedures/percutaneous-cordotomy.html", 120), ("procedures/rhizotomy.html", 120),
    ("comparisons/trigeminal-needle-treatments.html", 150), ("comparisons/rhizotomy-and-cordotomy.html", 150),
])  # fmt: skip
def test_a_page_has_few_tab_stops(reader: Reader, path: str, most: int) -> None:
    page = reader.opens(path, 360, 740)
    stops, _, _ = walked(page, "Tab")
    assert 15 < len(stops) <= most


def walked(page: Page, key: str) -> tuple[list[int], list[str], bool]:
    """The places at which a key stops, the stops that are covered or out of sight; is the last one in the foot?

    Of a list of hundreds of links that all look alike, the middle is passed over.
    """
    page.evaluate(NUMBER_ALL)
    stops: list[int] = []
    lost: list[str] = []
    in_footer = False
    while len(stops) < 2000:
        page.keyboard.press(key)
        place, seen, footer, element = page.evaluate(FOCUSED)
        if place in (-1, *stops[:1]):
            break
        stops.append(place)
        in_footer = footer
        if not seen:
            lost.append(element)
        if len(stops) == 200:
            page.evaluate(SKIP_THE_MIDDLE, key == "Tab")
    return stops, lost, in_footer
