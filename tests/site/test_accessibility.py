"""Accessibility: what axe detects, and what it cannot."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from build_tools.records.sections import DETAIL_PAGES
from tests.site.conftest import KINDS, Reader, list_pages

FAMILIES = ("procedures/intrathecal-drug-delivery.html", "procedures/no-procedure.html")
"""With KINDS, a page of each family: each family has its own color."""
CONTRAST: dict[str, Any] = {"runOnly": ["color-contrast", "color-contrast-enhanced"]}
"""Both rules: the enhanced rule (7:1) skips what is below 4.5:1 and leaves it to the basic one."""
BUT_CONTRAST: dict[str, Any] = {
    "rules": {"color-contrast": {"enabled": False}, "label-content-name-mismatch": {"enabled": True}}
}
"""All other default rules, and WCAG 2.5.3: a name for speech control holds the visible label."""

OPEN_ALL = "document.querySelectorAll('details').forEach(details => { details.open = true })"
MARK_NEW_COLORS = """seen => {
  const known = new Set(seen), backgrounds = new Map([[null, '']]), clear = 'rgba(0, 0, 0, 0),none,1,none';
  const background = e => {
    if (!backgrounds.has(e)) {
      const s = getComputedStyle(e);
      const styles = [s.backgroundColor, s.backgroundImage, s.opacity, s.filter].join();
      backgrounds.set(e, background(e.parentElement) + (styles === clear ? '' : `/${styles}`));
    }
    return backgrounds.get(e);
  };
  for (const e of document.body.querySelectorAll('*')) {
    const text = e.matches('input, textarea') || [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
    const s = getComputedStyle(e), style = [background(e), s.color, s.fontSize, s.fontWeight, s.textShadow].join();
    if (text && e.checkVisibility() && !known.has(style)) {
      known.add(style);
      e.setAttribute('data-new-colors', '');
    }
  }
  return [...known];
}"""
"""Marks text whose color has not been seen on its background; returns all combinations so far."""

AXE: str = Axe().axe_script
VIOLATIONS = """([where, options]) => axe.run(where, {resultTypes: ['violations'], ...options})
  .then(({violations}) => violations.flatMap(v => v.nodes.map(({html}) => `${v.id}: ${html.slice(0, 90)}`)))"""


def find_violations(page: Page, options: dict[str, Any], where: str = "html") -> list[str]:
    """Run axe on a page, or on the parts that a selector matches: one line for each violation."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    return [f"{page.url}: {violation}" for violation in page.evaluate(VIOLATIONS, [where, options])]


def kind_of(page: Path) -> tuple[str, str]:
    """The folder of a page, and for pages behind a short page their name, or "detail" if they share a template."""
    if len(page.parts) < 3:
        return (page.parent.name, "")
    return (page.parts[0], "detail" if page.stem in {detail.name for detail in DETAIL_PAGES} else page.name)


def test_every_kind_of_page_is_tested(site: Path) -> None:
    kinds = {Path(path.partition("#")[0]) for path in KINDS}
    pages = {Path(path) for path in list_pages(site)} - {Path("404.html")}
    top = Path()
    assert {page for page in pages if page.parent == top} == {kind for kind in kinds if kind.parent == top}
    assert {kind_of(page) for page in pages} == {kind_of(kind) for kind in kinds}


MOVING = """() => [...document.querySelectorAll('*')].filter(e => {
  const s = getComputedStyle(e);
  return s.animationName !== 'none' || parseFloat(s.transitionDuration) || s.scrollBehavior === 'smooth'
    || e.matches('marquee, video[autoplay], img[src$=".gif"], animate, animateTransform');
}).map(e => `${location.pathname}: ${e.outerHTML.slice(0, 90)}`)"""


@pytest.mark.parametrize("path", KINDS)
def test_axe_reports_no_violations(reader: Reader, path: str) -> None:
    page = reader.open(path)
    page.evaluate(OPEN_ALL)
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert find_violations(page, BUT_CONTRAST) == [], width


@pytest.mark.parametrize("look", ["light", "dark"])
def test_text_has_enough_contrast(reader: Reader, look: str) -> None:
    """Test each text color once on each background: pages of a kind or family share their styles."""
    seen: list[str] = []
    violations = []
    for _, page in reader.visit((*KINDS, *FAMILIES), color_scheme=look):
        page.evaluate(OPEN_ALL)
        for width in (1280, 360):  # some text is visible on phones only
            page.set_viewport_size({"width": width, "height": 800})
            before, seen = len(seen), page.evaluate(MARK_NEW_COLORS, seen)
            if len(seen) > before:
                violations += find_violations(page, CONTRAST, "[data-new-colors]")
    assert len(seen) > 20
    assert violations == []


@pytest.mark.parametrize("look", ["light", "dark"])
def test_axe_reports_no_violations_in_an_open_dialog(reader: Reader, look: str) -> None:
    page = reader.open("procedures/cordotomy/what-happens.html", color_scheme=look)
    page.locator("article a.term").first.click()
    page.get_by_role("dialog").wait_for()
    assert find_violations(page, BUT_CONTRAST) + find_violations(page, CONTRAST) == []


class AccessibilityTree:
    """The accessibility tree of a page, without ignored nodes."""

    def __init__(self, page: Page) -> None:
        nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
        self._nodes = {node["nodeId"]: node for node in nodes}
        self._root = nodes[0]["nodeId"]

    def find(self, role: str, within: str = "") -> list[str]:
        """The ids of all nodes with a role, in reading order."""
        ids = []
        for child in self._nodes[within or self._root].get("childIds", []):
            node = self._nodes.get(child, {"ignored": True})
            if not node["ignored"] and node["role"]["value"] == role:
                ids.append(child)
            if child in self._nodes:
                ids += self.find(role, child)
        return ids

    def name(self, id: str) -> str:
        return str(self._nodes[id]["name"]["value"]).strip()

    def text(self, id: str) -> str:
        return " ".join(self.name(child) for child in self.find("StaticText", id))


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", ["comparisons/trigeminal-needle-treatments.html", "about.html"])
def test_screen_readers_find_the_headers_of_each_cell(
    reader: Reader, path: str, width: int, scripts: bool
) -> None:
    page = reader.open(path, width, 640, java_script_enabled=scripts)
    tree = AccessibilityTree(page)
    tables = tree.find("table")
    assert len(tables) == page.locator("table:visible").count() > 0
    for table in tables:
        assert tree.name(table)
        corner, *options = [tree.text(header) for header in tree.find("columnheader", table)]
        head, *rows = tree.find("row", table)
        assert len(tree.find("columnheader", head)) == len(options) + 1 > 2
        assert corner
        assert len(set(options)) == len(options)
        assert rows
        for row in rows:
            (question,) = tree.find("rowheader", row)
            assert tree.text(question)
            cells = [tree.text(cell) for cell in tree.find("cell", row)]
            assert len(cells) == len(options)
            for option, cell in zip(options, cells, strict=True):
                assert cell.removeprefix(option).strip(": ")
                assert cell.startswith(option) is (width == 360)  # on a phone the cell repeats the name


SCROLLS = "e => e.scrollWidth > e.clientWidth"
SKIPS_TABLE = """(table, hash) => {
  const target = document.querySelector(hash), after = Node.DOCUMENT_POSITION_FOLLOWING;
  return Boolean(table.compareDocumentPosition(target) & after) && !table.contains(target);
}"""


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", ["comparisons/trigeminal-needle-treatments.html", "about.html"])
def test_a_link_skips_each_table_and_only_scrollable_areas_take_focus(
    reader: Reader, path: str, width: int
) -> None:
    page = reader.open(path, width, 640)
    stops = page.locator("[tabindex='0']").all()
    assert [stop.evaluate("e => e.outerHTML") for stop in stops if not stop.evaluate(SCROLLS)] == []
    for table in page.locator("table:visible").all():
        link = table.locator("xpath=preceding-sibling::a[1]")
        link.focus()
        assert link.evaluate("e => e.getBoundingClientRect().height") >= 44
        assert table.evaluate(SKIPS_TABLE, link.get_attribute("href"))


PIXEL_CONTRAST = """async png => {
  const data = Uint8Array.from(atob(png), c => c.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([data], {type: 'image/png'}));
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
  canvas.drawImage(bitmap, 0, 0);
  const rgba = canvas.getImageData(0, 0, bitmap.width, bitmap.height).data, luminances = [];
  for (let i = 0; i < rgba.length; i += 4) {
    const parts = [0, 1, 2].map(part => rgba[i + part] / 255)
      .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    luminances.push(0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]);
  }
  return (Math.max(...luminances) + 0.05) / (Math.min(...luminances) + 0.05);
}"""
"""The contrast between the lightest and the darkest pixel of a screenshot."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_controls_have_visible_text_in_forced_colors(reader: Reader, scheme: str) -> None:
    """Measured from pixels: with forced colors, a browser does not paint the computed colors."""
    canvas = reader.open()
    seen, invisible = set(), []

    def measure(page: Page, element: Locator, name: str, border: int = 0) -> None:
        box = element.bounding_box()
        assert box
        clip: Any = {
            "x": box["x"] + border, "y": box["y"] + border,
            "width": box["width"] - 2 * border, "height": box["height"] - 2 * border,
        }  # fmt: skip
        screenshot = page.screenshot(clip=clip)
        seen.add(name)
        contrast = canvas.evaluate(PIXEL_CONTRAST, base64.b64encode(screenshot).decode())
        if contrast < 4.5:
            invisible.append(f"{page.url}: {name}: {contrast:.1f}")

    for _, page in reader.visit(KINDS, color_scheme=scheme, forced_colors="active"):
        page.evaluate(OPEN_ALL)
        controls = page.locator("button:visible, .skip").all()
        if page.locator("article a.term").count():
            page.locator("article a.term").first.click()
            controls.insert(0, page.get_by_role("dialog").get_by_role("button"))
        for control in controls:
            name = control.inner_text().strip()
            if name not in seen:
                control.evaluate("e => { e.focus(); e.scrollIntoView({block: 'center'}) }")
                measure(page, control, name, border=6)
        for word in page.locator(".drawing .acts text").all()[:1]:
            word.scroll_into_view_if_needed()
            measure(page, word, "word of a drawing")
    assert {"Search", "Print", "Close", "Skip to content", "word of a drawing"} <= seen
    assert invisible == []


SPACING = (
    "* { line-height: 1.5 !important; letter-spacing: .12em !important }"
    "* { word-spacing: .16em !important } p { margin-bottom: 2em !important }"
)
TWICE = "html { font-size: 225% !important }"
CLIPPED = """() => [...document.querySelectorAll('body *')].filter(e => {
  const style = getComputedStyle(e), text = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
  const isCell = e.matches('td, tbody th, .words') && style.display !== 'inline';
  return text && e.checkVisibility() && !e.closest('.hidden, thead, svg, .skip, .table-scroll')
    && (e.getBoundingClientRect().right > innerWidth + 1 || (isCell && e.scrollWidth > e.clientWidth + 1)
      || (style.overflow === 'hidden' && e.scrollHeight > e.clientHeight + 1));
}).map(e => e.outerHTML.slice(0, 100))"""


@pytest.mark.parametrize(("width", "font", "style"), [
    (320, 16, ""), (360, 32, ""), (360, 16, SPACING), (640, 16, TWICE),
], ids=["narrow", "own font size", "own spacing", "text twice as large"])  # fmt: skip
def test_nothing_is_clipped_or_scrolls_sideways(
    reader: Reader, site: Path, width: int, font: int, style: str
) -> None:
    short = {path for path in list_pages(site) if path.count("/") == 1 and width == 320}
    problems = []
    for path, page in reader.visit({*KINDS, *short}, width):
        sizes = {"standard": font, "fixed": font * 13 // 16}
        page.context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": sizes})
        page.add_style_tag(content=style or "* {}")
        size = page.evaluate("getComputedStyle(document.body).fontSize")
        assert size == f"{36 if style == TWICE else font * 9 // 8}px"
        problems += [f"{path}: {element}" for element in page.evaluate(CLIPPED)]
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            problems.append(f"{path} scrolls sideways")
    assert problems == []


def test_the_header_takes_at_most_a_third_of_a_small_screen(reader: Reader) -> None:
    page = reader.open("procedures/percutaneous-cordotomy.html", 320, 225)  # 1280 x 900 at 400 %
    assert page.evaluate("document.querySelector('header').offsetHeight") <= 75


def test_nothing_is_animated(reader: Reader) -> None:
    assert [element for _, page in reader.visit(KINDS) for element in page.evaluate(MOVING)] == []


def test_screen_readers_announce_the_explanation_of_a_word(reader: Reader) -> None:
    page = reader.open("procedures/percutaneous-cordotomy/what-happens.html")
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
  return boxes.flatMap((box, i) => {
    const [x, y] = middle(box), next = boxes[i + 1] && middle(boxes[i + 1]);
    const close = next && Math.hypot(next[0] - x, next[1] - y) < 24;
    return box.width < 23.9 || box.height < 23.9 || close ? [`${location.pathname}: ${marks[i].outerHTML}`] : [];
  });
}"""
"""Marks smaller than 24 pixels, or with centers less than 24 pixels apart (WCAG 2.5.8)."""


def test_text_is_18_pixels_and_touch_targets_are_large_enough(reader: Reader) -> None:
    small = []
    for _, page in reader.visit(KINDS, 360, 640):
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
