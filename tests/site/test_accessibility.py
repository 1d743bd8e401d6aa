"""Zero known accessibility failures on every page (as far as axe can tell), and what axe cannot see."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.site.conftest import pages_of


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_on_any_page(
    browser: Browser, address: str, site: Path, width: int, scheme: str
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    # The stricter rule for contrast, 7:1, holds what the plain one asks, 4.5:1.
    contrast = {"color-contrast": {"enabled": False}, "color-contrast-enhanced": {"enabled": True}}
    options: dict[str, object] = {"resultTypes": ["violations"], "rules": contrast}
    if scheme == "dark":  # a scheme changes colors and nothing else; the light run has tried all rules
        options["runOnly"] = ["color-contrast-enhanced", "link-in-text-block"]
    found = []
    for path in pages_of(site):
        if path == "404.html":
            continue  # its addresses begin at the server's top
        page.goto(f"{address}/{path}")
        result = Axe().run(page, options=options)
        found += [
            f"{path}: {violation['id']}: {node['html'][:120]}"
            for violation in result.response["violations"]
            for node in violation["nodes"]
        ]
    context.close()
    assert found == []


def test_nothing_is_cut_off_or_scrolls_sideways_at_320_pixels(browser: Browser, address: str, site: Path) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 640})
    too_wide = []
    for path in pages_of(site):
        page.goto(f"{address}/{path}")
        width = page.evaluate("document.documentElement.scrollWidth")
        inner = page.evaluate(
            "[...document.querySelectorAll('td, tbody th, .words')].filter(e => e.scrollWidth > e.clientWidth + 1"
            " && getComputedStyle(e).display !== 'inline').length"
        )
        if width > 320 or inner:
            too_wide.append(f"{path}: {width} pixels, {inner} cells cut")
    page.close()
    assert too_wide == []


def test_the_first_tab_stop_skips_to_the_text(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 640})
    page.goto(f"{address}/procedures/cordotomy.html")
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    assert focused.inner_text().strip() == "Skip to content"
    assert focused.bounding_box() is not None
    page.keyboard.press("Enter")
    assert page.url.endswith("#cordotomy")
    page.close()


def test_the_menu_is_reached_by_keyboard_at_400_percent_zoom(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 256})  # 1280 x 1024 at 400 %
    page.goto(f"{address}/procedures/cordotomy.html")
    for _ in range(6):
        page.keyboard.press("Tab")
        if page.locator(":focus").inner_text() == "Menu":
            break
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.locator(":focus").inner_text() == "Home"
    assert page.locator(":focus").is_visible()
    page.close()


def test_every_tab_stop_of_a_comparison_is_seen_where_it_is(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(f"{address}/comparisons/rhizotomy-and-cordotomy.html")
    hidden = []
    for _ in range(60):
        page.keyboard.press("Tab")
        state = page.evaluate(
            """() => {
              const e = document.activeElement, r = e.getBoundingClientRect(), s = getComputedStyle(e);
              const seen = r.width > 0 && r.bottom > 0 && r.top < innerHeight && s.visibility !== 'hidden';
              return [e.outerHTML.slice(0, 80), seen, s.outlineStyle];
            }"""
        )
        if not state[1] or state[2] == "none":
            hidden.append(state)
    page.close()
    assert hidden == []


def test_a_table_is_still_a_table_to_a_screen_reader_on_a_phone(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 640})
    page.goto(f"{address}/comparisons/trigeminal-needle-treatments.html")
    table = page.get_by_role("table", name="Needle treatments")
    assert table.get_by_role("columnheader").count() == 5
    rows = table.get_by_role("row").count() - 1
    assert rows > 8
    assert table.get_by_role("rowheader").count() == rows
    assert table.get_by_role("cell").count() == 4 * rows
    page.close()


def test_text_keeps_its_place_with_a_readers_own_spacing(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 640})
    page.goto(f"{address}/procedures/percutaneous-cordotomy.html")
    page.add_style_tag(
        content="* { line-height: 1.5 !important; letter-spacing: .12em !important }"
        "* { word-spacing: .16em !important } p { margin-bottom: 2em !important }"
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.close()


def test_body_text_is_18_pixels_and_buttons_are_large_enough_to_touch(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 640})
    page.goto(f"{address}/search.html")
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "18px"
    small = page.evaluate(
        "[...document.querySelectorAll('button, input')].map(e => e.getBoundingClientRect())"
        ".filter(r => r.width > 0 && (r.height < 44 || r.width < 44)).length"
    )
    assert small == 0
    page.close()
