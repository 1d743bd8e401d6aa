"""Warnings are visible: serious harms, missing answers, danger signs, and notes on figures."""

from __future__ import annotations

import shutil

import pytest
from playwright.sync_api import Browser, Page

from build_tools.pipeline import prepare
from tests.conftest import ROOT, TODAY

WARNINGS = (
    ".not-known .words", ".urgency h3", ".urgency .words", ".note", ".certainty", ".versus",
)  # fmt: skip

HIDDEN = """warnings => {
  const channels = color => color.match(/[\\d.]+/g).map(Number);
  const luminance = color => channels(color).slice(0, 3).map(part => part / 255)
    .map(part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0.05);
  const ancestors = element => element ? [element, ...ancestors(element.parentElement)] : [];
  const isVisible = element => {
    element.scrollIntoView({block: 'center', behavior: 'instant'});
    const styles = ancestors(element).map(ancestor => getComputedStyle(ancestor));
    const colors = styles.map(style => style.backgroundColor).filter(color => (channels(color)[3] ?? 1) > 0.5);
    const both = [styles[0].color, colors[0] ?? 'rgb(255, 255, 255)'].map(luminance).sort((a, b) => a - b);
    const words = document.createRange();
    words.selectNodeContents(element);
    const [box = new DOMRect()] = [...words.getClientRects()].sort((a, b) => b.width - a.width);
    const [x, y] = [box.left + 3, box.top + Math.min(box.height / 2, 8)];
    return element.checkVisibility({opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true})
      && styles.every(style => style.filter === 'none' && style.opacity > 0.9 && style.clipPath === 'none')
      && styles[0].contentVisibility !== 'hidden'
      && (channels(styles[0].color)[3] ?? 1) > 0.9
      && both[1] / both[0] >= 4.5
      && parseFloat(styles[0].fontSize) >= 13
      && box.width > 20 && box.height > 10
      && document.elementsFromPoint(x, y).some(hit => element.contains(hit));
  };
  document.querySelectorAll('details').forEach(details => { details.open = true; });
  return warnings.filter(selector => {
    const elements = [...document.querySelectorAll(selector)];
    return elements.length === 0 || !elements.every(isVisible);
  });
}"""


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Pages of the example with every kind of warning, and the style sheets of the site."""
    content = tmp_path_factory.mktemp("words") / "content"
    shutil.copytree(ROOT / "content/templates", content / "templates")
    pages = {page.path: page.text for page in prepare(ROOT / "docs/example/data", content, TODAY).pages}
    styles = "".join((ROOT / "content/assets" / name).read_text("utf-8") for name in ("site.css", "more.css"))
    body = "".join(text for path, text in pages.items() if path.startswith("procedures/") and path.count("/") == 2)
    return f"<!doctype html><style>{styles}</style><div class='page'><article>{body}</article></div>"


@pytest.fixture
def page(browser: Browser, html: str) -> Page:
    page = browser.new_page(viewport={"width": 360, "height": 800})
    page.set_content(html)
    return page


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize(
    "look", [{}, {"color_scheme": "dark"}, {"media": "print"}, {"forced_colors": "active"}], ids=str
)
def test_warnings_are_visible(page: Page, width: int, look: dict[str, str]) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(**look)  # type: ignore[arg-type]
    assert page.evaluate(HIDDEN, WARNINGS) == []


@pytest.mark.parametrize("hiding", [
    "display: none", "visibility: hidden", "opacity: 0", "opacity: 0.3", "color: transparent",
    "color: var(--paper); background: var(--paper)", "font-size: 2px", "position: absolute; left: -9999px",
    "text-indent: -9999px; overflow: hidden; display: block", "content-visibility: hidden; display: block",
    "clip-path: inset(50%)", "position: absolute; width: 1px; height: 1px; overflow: hidden; clip: rect(0 0 0 0)",
    "display: block; height: 0; overflow: hidden", "filter: opacity(0)",
    "display: inline-block; transform: scale(0)",
])  # fmt: skip
def test_styles_that_hide_warnings_are_detected(page: Page, hiding: str) -> None:
    rules = "; ".join(f"{declaration} !important" for declaration in hiding.split("; "))
    page.add_style_tag(content=f"{', '.join(WARNINGS)} {{ {rules} }}")
    assert page.evaluate(HIDDEN, WARNINGS) == [*WARNINGS]
