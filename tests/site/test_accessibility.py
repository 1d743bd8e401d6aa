"""No known accessibility failure on any page, as far as axe can tell, and what axe cannot see."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from build_tools.records.sections import DETAILS
from tests.site.conftest import KINDS, Reader, pages_of

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


AXE: str = Axe().axe_script
VIOLATIONS = """([where, options]) => axe.run(where, {resultTypes: ['violations'], ...options})
  .then(({violations}) => violations.flatMap(v => v.nodes.map(({html}) => `${v.id}: ${html.slice(0, 90)}`)))"""


def violations(page: Page, options: dict[str, Any], where: str = "html") -> list[str]:
    """What axe finds on a page, or in the parts that a selector names: one line for each place."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    return [f"{page.url}: {found}" for found in page.evaluate(VIOLATIONS, [where, options])]


def kind_of(page: Path) -> tuple[str, str]:
    """The folder of a page; behind a short page, also its name, or "detail" where one template makes it."""
    if len(page.parts) < 3:
        return (page.parent.name, "")
    return (page.parts[0], "detail" if page.stem in {detail.name for detail in DETAILS} else page.name)


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
def test_axe_finds_nothing_on_any_kind_of_page(reader: Reader, path: str) -> None:
    page = reader.opens(path)
    page.evaluate(OPEN_ALL)
    found = []
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        found += [f"{width}: {place}" for place in violations(page, BUT_CONTRAST)]
    assert found == []


@pytest.mark.parametrize("look", ["light", "dark"])
def test_every_color_of_text_stands_out_from_what_it_is_on(reader: Reader, look: str) -> None:
    """On a page of each kind and family, which share their style: each color where it first is on a paper."""
    seen: list[str] = []
    found = []
    for _, page in reader.reads((*KINDS, *FAMILIES), color_scheme=look):
        page.evaluate(OPEN_ALL)
        for width in (1280, 360):  # some words are seen on phones alone
            page.set_viewport_size({"width": width, "height": 800})
            before, seen = len(seen), page.evaluate(MARK_NEW_COLORS, seen)
            if len(seen) > before:
                found += violations(page, CONTRAST, "[data-new-colors]")
    assert len(seen) > 20
    assert found == []


@pytest.mark.parametrize("look", ["light", "dark"])
def test_axe_finds_nothing_in_an_open_explanation(reader: Reader, look: str) -> None:
    page = reader.opens("procedures/cordotomy/what-happens.html", color_scheme=look)
    page.locator("article a.term").first.click()
    page.get_by_role("dialog").wait_for()
    found = violations(page, BUT_CONTRAST) + violations(page, CONTRAST)
    assert found == []


class Heard:
    """What a screen reader has of a page: the accessibility tree, without what is left out of it."""

    def __init__(self, page: Page) -> None:
        nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
        self._nodes = {node["nodeId"]: node for node in nodes}
        self._root = nodes[0]["nodeId"]

    def under(self, role: str, within: str = "") -> list[str]:
        """The ids of all nodes of a role, in reading order."""
        found = []
        for child in self._nodes[within or self._root].get("childIds", []):
            node = self._nodes.get(child, {"ignored": True})
            if not node["ignored"] and node["role"]["value"] == role:
                found.append(child)
            if child in self._nodes:
                found += self.under(role, child)
        return found

    def words(self, id: str) -> str:
        return " ".join(self._nodes[text]["name"]["value"].strip() for text in self.under("StaticText", id))


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", ["comparisons/trigeminal-needle-treatments.html", "about.html"])
def test_from_each_cell_of_a_table_a_screen_reader_finds_one_question_and_one_option(
    reader: Reader, path: str, width: int, scripts: bool
) -> None:
    page = reader.opens(path, width, 640, java_script_enabled=scripts)
    heard = Heard(page)
    tables = heard.under("table")
    assert len(tables) == page.locator("table:visible").count() > 0
    for table in tables:
        first, *options = [heard.words(header) for header in heard.under("columnheader", table)]
        heads, *rows = heard.under("row", table)
        assert len(heard.under("columnheader", heads)) == len(options) + 1 > 2
        assert first
        assert len(set(options)) == len(options)
        assert rows
        for row in rows:
            (question,) = heard.under("rowheader", row)
            assert heard.words(question)
            cells = [heard.words(cell) for cell in heard.under("cell", row)]
            assert len(cells) == len(options)
            for option, said in zip(options, cells, strict=True):
                assert said.removeprefix(option).strip(": ")
                assert said.startswith(option) is (width == 360)  # on a phone the name stands in the cell, too


SCROLLS = "e => e.scrollWidth > e.clientWidth"
LEADS_PAST = """(table, hash) => {
  const to = document.querySelector(hash);
  return Boolean(table.compareDocumentPosition(to) & Node.DOCUMENT_POSITION_FOLLOWING) && !table.contains(to);
}"""


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", ["comparisons/trigeminal-needle-treatments.html", "about.html"])
def test_a_link_leads_past_each_table_and_tab_stops_at_no_area_that_does_not_scroll(
    reader: Reader, path: str, width: int
) -> None:
    page = reader.opens(path, width, 640)
    stops = page.locator("[tabindex='0']").all()
    assert [stop.evaluate("e => e.outerHTML") for stop in stops if not stop.evaluate(SCROLLS)] == []
    for table in page.locator("table:visible").all():
        link = table.locator("xpath=preceding-sibling::a[1]")
        link.focus()
        assert link.evaluate("e => e.getBoundingClientRect().height") >= 44
        assert table.evaluate(LEADS_PAST, link.get_attribute("href"))


PIXELS = """async png => {
  const data = Uint8Array.from(atob(png), c => c.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([data], {type: 'image/png'}));
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
  canvas.drawImage(bitmap, 0, 0);
  const rgba = canvas.getImageData(0, 0, bitmap.width, bitmap.height).data, lights = [];
  for (let at = 0; at < rgba.length; at += 4) {
    const parts = [0, 1, 2].map(part => rgba[at + part] / 255)
      .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    lights.push(0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]);
  }
  return (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05);
}"""
"""The contrast between the lightest and the darkest pixel of a picture."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_control_has_visible_text_in_forced_colors(reader: Reader, scheme: str) -> None:
    """Read from pixels, inside the border: a browser with forced colors shows other colors than styles say."""
    canvas = reader.opens()
    seen, invisible = set(), []

    def read(page: Page, name: str, x: float, y: float, width: float, height: float) -> None:
        picture = page.screenshot(clip={"x": x, "y": y, "width": width, "height": height})
        seen.add(name)
        contrast = canvas.evaluate(PIXELS, base64.b64encode(picture).decode())
        if contrast < 4.5:
            invisible.append(f"{page.url}: {name}: {contrast:.1f}")

    for _, page in reader.reads(KINDS, color_scheme=scheme, forced_colors="active"):
        page.evaluate(OPEN_ALL)
        controls = page.locator("button:visible, .skip").all()
        if page.locator("article a.term").count():
            page.locator("article a.term").first.click()
            controls.insert(0, page.get_by_role("dialog").get_by_role("button"))
        for control in controls:
            if control.inner_text().strip() in seen:
                continue
            control.evaluate("e => { e.focus(); e.scrollIntoView({block: 'center'}) }")
            box = control.bounding_box()
            assert box
            read(
                page,
                control.inner_text().strip(),
                box["x"] + 6,
                box["y"] + 6,
                box["width"] - 12,
                box["height"] - 12,
            )
        for word in page.locator(".drawing .acts text").all()[:1]:
            word.scroll_into_view_if_needed()
            box = word.bounding_box()
            assert box
            read(page, "word of a drawing", box["x"], box["y"], box["width"], box["height"])
    assert {"Search", "Print", "Close", "Skip to content", "word of a drawing"} <= seen
    assert invisible == []


@pytest.mark.parametrize("path", ["procedures/percutaneous-cordotomy.html", "take-along/no-procedure.html"])
def test_dark_pages_are_printed_on_light_paper(reader: Reader, path: str) -> None:
    page = reader.opens(path, color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    dark = """() => [...document.querySelectorAll('body, body *')].map(e => getComputedStyle(e).backgroundColor)
      .filter(color => !/, 0\\)$/.test(color) && color.match(/\\d+/g).slice(0, 3).some(part => part < 200))"""
    assert page.evaluate(dark) == []


def test_a_screen_reader_announces_when_facts_were_checked(reader: Reader) -> None:
    page = reader.opens("about.html")
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


SPACING = (
    "* { line-height: 1.5 !important; letter-spacing: .12em !important }"
    "* { word-spacing: .16em !important } p { margin-bottom: 2em !important }"
)
TWICE = "html { font-size: 225% !important }"
CUT = """() => [...document.querySelectorAll('body *')].filter(e => {
  const style = getComputedStyle(e), text = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
  const isCell = e.matches('td, tbody th, .words') && style.display !== 'inline';
  return text && e.checkVisibility() && !e.closest('.hidden, thead, svg, .skip, .table-scroll')
    && (e.getBoundingClientRect().right > innerWidth + 1 || (isCell && e.scrollWidth > e.clientWidth + 1)
      || (style.overflow === 'hidden' && e.scrollHeight > e.clientHeight + 1));
}).map(e => e.outerHTML.slice(0, 100))"""


@pytest.mark.parametrize(("width", "font", "style"), [
    (320, 16, ""), (360, 32, ""), (360, 16, SPACING), (640, 16, TWICE),
], ids=["narrow", "own font size", "own spacing", "text twice as large"])  # fmt: skip
def test_nothing_is_cut_off_or_scrolls_sideways(
    reader: Reader, site: Path, width: int, font: int, style: str
) -> None:
    short = {path for path in pages_of(site) if path.count("/") == 1 and width == 320}
    lost = []
    for path, page in reader.reads({*KINDS, *short}, width):
        sizes = {"standard": font, "fixed": font * 13 // 16}
        page.context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": sizes})
        page.add_style_tag(content=style or "* {}")
        assert (
            page.evaluate("getComputedStyle(document.body).fontSize")
            == f"{36 if style == TWICE else font * 9 // 8}px"
        )
        lost += [f"{path}: {element}" for element in page.evaluate(CUT)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            lost.append(f"{path} scrolls sideways")
    assert lost == []


def test_the_header_leaves_two_thirds_of_a_small_screen(reader: Reader) -> None:
    page = reader.opens("procedures/percutaneous-cordotomy.html", 320, 225)  # 1280 x 900 at 400 %
    assert page.evaluate("document.querySelector('header').offsetHeight") <= 75


def test_nothing_moves_by_itself(reader: Reader) -> None:
    moving = [moves for _, page in reader.reads(KINDS) for moves in page.evaluate(MOVING)]
    assert moving == []


def test_a_screen_reader_announces_what_a_word_means(reader: Reader) -> None:
    page = reader.opens("procedures/percutaneous-cordotomy/what-happens.html")
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


TOO_CLOSE = """() => {
  const marks = [...document.querySelectorAll('.mark')].filter(e => e.checkVisibility());
  const boxes = marks.map(e => e.getBoundingClientRect());
  const middle = r => [r.left + r.width / 2, r.top + r.height / 2];
  return boxes.flatMap((box, at) => {
    const [x, y] = middle(box), next = boxes[at + 1] && middle(boxes[at + 1]);
    const close = next && Math.hypot(next[0] - x, next[1] - y) < 24;
    return box.width < 23.9 || box.height < 23.9 || close ? [`${location.pathname}: ${marks[at].outerHTML}`] : [];
  });
}"""
"""Marks that are smaller than 24 pixels, or whose middle is closer than 24 pixels to that of the next one."""


def test_body_text_is_18_pixels_and_buttons_are_large_enough_to_touch(reader: Reader) -> None:
    small = []
    for _, page in reader.reads(KINDS, 360, 640):
        assert page.evaluate("getComputedStyle(document.body).fontSize") == "18px"
        small += page.evaluate(
            """() => [...document.querySelectorAll('button, input, textarea, summary, nav a, .cards a')]
              .filter(e => e.checkVisibility() && !e.closest('.hidden'))
              .map(e => [e, (e.closest('label, .cards li') ?? e).getBoundingClientRect()])
              .filter(([e, r]) => r.height < 43.9 || r.width < 44)
              .map(([e, r]) => `${location.pathname} ${Math.round(r.height)}: ${e.outerHTML.slice(0, 90)}`)"""
        )
        small += page.evaluate(TOO_CLOSE)
    assert small == []
