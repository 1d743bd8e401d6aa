"""No known accessibility failure on any page, as far as axe can tell, and what axe cannot see."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.site.conftest import KINDS, pages_of

LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "forced_colors": "none"},
    "dark": {"color_scheme": "dark", "forced_colors": "none"},
    "forced colors": {"color_scheme": "light", "forced_colors": "active"},
}
FAMILIES = ("procedures/intrathecal-drug-delivery.html", "procedures/no-procedure.html")
"""With the kinds, a page of each family: a family has a color of its own."""
CONTRAST: dict[str, Any] = {"runOnly": ["color-contrast", "color-contrast-enhanced"]}
"""Both rules: the stricter one, 7:1, passes what is below 4.5:1, and leaves it to the plain one."""
BUT_CONTRAST: dict[str, Any] = {"rules": {"color-contrast": {"enabled": False}}}
"""Every other rule that axe has on by itself."""

OPEN_ALL = "document.querySelectorAll('details').forEach(details => { details.open = true })"
MARK_NEW_COLORS = """seen => {
  const known = new Set(seen), papers = new Map([[null, '']]), clear = 'rgba(0, 0, 0, 0),none,1,none';
  const paper = e => {
    if (!papers.has(e)) {
      const s = getComputedStyle(e);
      const own = [s.backgroundColor, s.backgroundImage, s.opacity, s.filter].join();
      papers.set(e, paper(e.parentElement) + (own === clear ? '' : `/${own}`));
    }
    return papers.get(e);
  };
  for (const e of document.body.querySelectorAll('*')) {
    const text = e.matches('input, textarea') || [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    const s = getComputedStyle(e), colors = [paper(e), s.color, s.fontSize, s.fontWeight, s.textShadow].join();
    if (text && e.checkVisibility() && !known.has(colors)) {
      known.add(colors);
      e.setAttribute('data-new-colors', '');
    }
  }
  return [...known];
}"""


def violations(page: Page, options: dict[str, Any], context: str | None = None) -> list[str]:
    """What axe finds on a page, or in the parts that a selector names: one line for each place."""
    result = Axe().run(page, context=context, options={"resultTypes": ["violations"]} | options)
    return [
        f"{page.url}: {violation['id']}: {node['html'][:120]}"
        for violation in result.response["violations"]
        for node in violation["nodes"]
    ]


def kind_of(page: Path) -> tuple[str, str]:
    """The folder of a page; for a page behind a short one, also its name."""
    return (page.parts[0], page.name if len(page.parts) > 2 else "") if len(page.parts) > 1 else ("", "")


def test_a_page_of_each_kind_is_looked_at(site: Path) -> None:
    kinds = {Path(path.partition("#")[0]) for path in KINDS}
    pages = {Path(path) for path in pages_of(site)} - {Path("404.html")}
    top = Path()
    assert {page for page in pages if page.parent == top} == {kind for kind in kinds if kind.parent == top}
    assert {kind_of(page) for page in pages} == {kind_of(kind) for kind in kinds}


MOVING = """() => [...document.querySelectorAll('*')].filter(e => {
  const s = getComputedStyle(e);
  return s.animationName !== 'none' || parseFloat(s.transitionDuration) || s.scrollBehavior === 'smooth'
    || e.matches('marquee, video[autoplay], img[src$=".gif"], animate, animateTransform');
}).map(e => `${location.pathname}: ${e.outerHTML.slice(0, 90)}`)"""


@pytest.mark.parametrize("path", KINDS)
def test_axe_finds_nothing_on_any_kind_of_page(browser: Browser, address: str, path: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/{path}")
    page.evaluate(OPEN_ALL)
    found = []
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        for look in ("light", "dark"):
            page.emulate_media(**LOOKS[look])
            found += [f"{width}, {look}: {place}" for place in violations(page, BUT_CONTRAST)]
    page.close()
    assert found == []


@pytest.mark.parametrize("look", LOOKS)
def test_every_color_of_text_stands_out_from_what_it_is_on(browser: Browser, address: str, look: str) -> None:
    """On a page of each kind and family, which share their style: each color where it first is on a paper."""
    page = browser.new_page()
    page.emulate_media(**LOOKS[look])
    seen: list[str] = []
    found = []
    for path in (*KINDS, *FAMILIES):
        page.goto("about:blank")
        page.goto(f"{address}/{path}")
        page.evaluate(OPEN_ALL)
        for width in (1280, 360):  # some words are seen on phones alone
            page.set_viewport_size({"width": width, "height": 800})
            before, seen = len(seen), page.evaluate(MARK_NEW_COLORS, seen)
            if len(seen) > before:
                found += violations(page, CONTRAST, "[data-new-colors]")
    page.close()
    assert len(seen) > 20
    assert found == []


@pytest.mark.parametrize("look", ["light", "dark"])
def test_axe_finds_nothing_in_an_open_explanation(browser: Browser, address: str, look: str) -> None:
    page = browser.new_page(color_scheme=look)  # type: ignore[arg-type]
    page.goto(f"{address}/procedures/cordotomy/what-happens.html")
    page.locator("article a.term").first.click()
    page.get_by_role("dialog").wait_for()
    found = violations(page, BUT_CONTRAST) + violations(page, CONTRAST)
    page.close()
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


@pytest.mark.parametrize("scripts", [True, False])
def test_a_comparison_is_still_a_table_to_a_screen_reader_on_a_phone(
    browser: Browser, address: str, scripts: bool
) -> None:
    context = browser.new_context(java_script_enabled=scripts, viewport={"width": 360, "height": 640})
    page = context.new_page()
    page.goto(f"{address}/comparisons/rhizotomy-and-cordotomy.html")
    table = page.get_by_role("table", name="Rhizotomy and cordotomy", exact=True)
    expect(table.locator("thead")).to_match_aria_snapshot(
        """
        - rowgroup:
          - row "Question Cordotomy No procedure now Rhizotomy":
            - columnheader "Question"
            - columnheader "Cordotomy"
            - columnheader "No procedure now"
            - columnheader "Rhizotomy"
        """
    )
    expect(table.locator("tr[data-row=undone]")).to_match_aria_snapshot(
        """
        - row /Can it be undone/:
          - rowheader "Can it be undone?"
          - 'cell /^Cordotomy: .+/'
          - 'cell /^No procedure now: .+/'
          - 'cell /^Rhizotomy: .+/'
        """
    )
    rows = page.locator("tr[data-row]:visible").count()
    assert rows > 8
    assert page.get_by_role("rowheader").count() == rows
    assert page.get_by_role("cell").count() == 3 * rows
    context.close()


def test_a_screen_reader_is_told_when_facts_were_checked(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/about.html")
    expect(page.get_by_role("table")).to_match_aria_snapshot(
        """
        - table "When the facts of each page were last checked":
          - caption: When the facts of each page were last checked
          - rowgroup:
            - row:
              - columnheader "Page"
              - columnheader "Last checked"
              - columnheader "Next check by"
              - columnheader "Reviewed by a clinician"
          - rowgroup:
            - row /Cordotomy .* Not yet/:
              - rowheader "Cordotomy":
                - link "Cordotomy"
              - cell /\\w+ \\d+, \\d+/
              - cell /\\w+ \\d+, \\d+/
              - cell "Not yet"
        """
    )
    page.close()


SPACING = (
    "* { line-height: 1.5 !important; letter-spacing: .12em !important }"
    "* { word-spacing: .16em !important } p { margin-bottom: 2em !important }"
)
TWICE = "html { font-size: 225% !important }"
CUT = """() => [...document.querySelectorAll('body *')].filter(e => {
  const style = getComputedStyle(e), text = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
  return text && e.checkVisibility() && !e.closest('.hidden, thead, svg, .md-skip, .table-scroll')
    && (e.getBoundingClientRect().right > innerWidth + 1
      || (style.overflow === 'hidden' && e.scrollHeight > e.clientHeight + 1));
}).map(e => e.outerHTML.slice(0, 100))"""


@pytest.mark.parametrize(("style", "width"), [(SPACING, 360), (TWICE, 640)])
def test_no_text_is_lost_with_a_readers_own_spacing_or_text_twice_as_large(
    browser: Browser, address: str, style: str, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 640})
    lost = []
    for path in KINDS:
        page.goto("about:blank")
        page.goto(f"{address}/{path}")
        page.add_style_tag(content=style)
        lost += [f"{path}: {element}" for element in page.evaluate(CUT)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            lost.append(f"{path} scrolls sideways")
    page.close()
    assert lost == []


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_nothing_moves_by_itself(browser: Browser, address: str, motion: Any) -> None:
    page = browser.new_page(reduced_motion=motion)
    moving = []
    for path in KINDS:
        page.goto("about:blank")
        page.goto(f"{address}/{path}")
        moving += page.evaluate(MOVING)
    page.close()
    assert moving == []


def test_a_screen_reader_is_told_what_a_word_means(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/procedures/percutaneous-cordotomy/what-happens.html")
    page.get_by_role("link", name="cordotomy", exact=True).first.click()
    expect(page.get_by_role("dialog")).to_match_aria_snapshot(
        """
        - dialog /cordotomy .say. kor-DOT-uh-mee./:
          - paragraph: /say/
          - paragraph: /spinal cord/
          - paragraph:
            - link "In the glossary"
            - button "Close"
        """
    )
    page.close()


def test_body_text_is_18_pixels_and_buttons_are_large_enough_to_touch(browser: Browser, address: str) -> None:
    page = browser.new_page(viewport={"width": 360, "height": 640})
    small = []
    for path in KINDS:
        page.goto(f"{address}/{path}")
        assert page.evaluate("getComputedStyle(document.body).fontSize") == "18px"
        small += page.evaluate(
            """() => [...document.querySelectorAll('button, input, textarea, summary, nav a, .cards a')]
              .filter(e => e.checkVisibility() && !e.closest('.hidden, .up'))
              .map(e => [e, (e.closest('label') ?? e.closest('li') ?? e).getBoundingClientRect()])
              .filter(([e, r]) => r.height < 43.9 || r.width < 44)
              .map(([e, r]) => `${location.pathname} ${Math.round(r.height)}: ${e.outerHTML.slice(0, 90)}`)"""
        )
    page.close()
    assert small == []
