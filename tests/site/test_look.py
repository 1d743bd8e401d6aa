"""Layout: aligned blocks, line lengths, and readable drawings."""

from __future__ import annotations

import pytest

from tests.site.conftest import KINDS, Reader

EDGES = """() => {
  const inner = document.querySelector('.site-header .inner'), box = inner.getBoundingClientRect();
  const pad = parseFloat(getComputedStyle(inner).paddingLeft), left = box.left + pad, right = box.right - pad;
  const [text, side] = getComputedStyle(document.querySelector('article')).gridTemplateColumns.split(' ');
  const columns = [[left, right]];
  if (side) columns.push([left, left + parseFloat(text)], [right - parseFloat(side), right]);
  const near = ([left, right], r) => Math.abs(left - r.left) < 2 && Math.abs(right - r.right) < 2;
  return [...document.querySelectorAll('article > :not(.skip, .foot-bar)')]
    .filter(e => e.checkVisibility() && !columns.some(column => near(column, e.getBoundingClientRect())))
    .map(e => e.outerHTML.slice(0, 60))
    .concat([...document.querySelector('article').childNodes]
      .filter(n => n.nodeType === 3 && n.data.trim()).map(n => n.data));
}"""
"""Blocks that align with neither the header nor a column of a large screen, and text outside of blocks."""


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_blocks_share_their_left_and_right_edges(reader: Reader, width: int) -> None:
    misaligned = {}
    for path, page in reader.visit(KINDS, width, 800):
        blocks = page.evaluate(EDGES)
        if path in ("index.html", "comparisons/trigeminal-needle-treatments.html") and width == 1280:
            in_thirds_or_text = ("<p", "<h2", "<ul>")
            blocks = [block for block in blocks if not block.startswith(in_thirds_or_text)]
        if blocks:
            misaligned[path] = blocks
    assert misaligned == {}


LOOSE = """() => {
  const long = [...document.querySelectorAll('article :is(p, li, dd)')].filter(e => e.checkVisibility()
    && e.getBoundingClientRect().width > 38 * parseFloat(getComputedStyle(e).fontSize));
  const left = document.querySelector('h1').getBoundingClientRect().left;
  const blocks = [...document.querySelectorAll('article > *')].map(e => [e, e.getBoundingClientRect()])
    .filter(([e, box]) => box.height && !e.matches('.skip') && Math.abs(box.left - left) < 2);
  const below = blocks.filter(([_, box], i) => i && box.top - blocks[i - 1][1].bottom > 80)
    .map(([e]) => e).filter(e => !e.matches('.leaflets + *'));
  return [...long, ...below].map(e => e.outerHTML.slice(0, 60));
}"""
"""Text in lines of more than about 80 characters, and blocks below a large gap."""


def test_large_screens_have_short_lines_and_no_gaps(reader: Reader) -> None:
    loose = {path: page.evaluate(LOOSE) for path, page in reader.visit(KINDS, 1280, 800)}
    assert {path: elements for path, elements in loose.items() if elements} == {}


@pytest.mark.parametrize(
    ("comparison", "windows"),
    [("rhizotomy-and-cordotomy", 1.1), ("trigeminal-needle-treatments", 1.3), ("one-sided-cancer-pain", 1.4)],
)
def test_grids_need_little_scrolling(reader: Reader, comparison: str, windows: float) -> None:
    """Three, four, and five options."""
    page = reader.open(f"comparisons/{comparison}.html", 1280, 900)
    bottom = page.evaluate("document.querySelector('table').getBoundingClientRect().bottom")
    assert bottom <= windows * 900


def test_the_search_box_in_the_header_has_a_visible_label(reader: Reader) -> None:
    assert reader.open("index.html").locator(".search label").is_visible()


@pytest.mark.parametrize("width", [320, 1280])
def test_labels_of_drawings_are_large_enough_and_inside(reader: Reader, width: int) -> None:
    ids = "percutaneous-cordotomy", "chemical-rhizotomy", "facet-joint-radiofrequency", "no-procedure"
    problems = []
    for _, page in reader.visit([f"procedures/{id}/who-it-is-for.html" for id in ids], width):
        problems += page.evaluate(
            """() => [...document.querySelectorAll('.drawing svg')].flatMap(svg => {
              const all = svg.getBoundingClientRect(), scale = all.width / svg.viewBox.baseVal.width;
              return [...svg.querySelectorAll('text')].filter(text => {
                const box = text.getBoundingClientRect();
                const size = parseFloat(getComputedStyle(text).fontSize) * scale;
                const inside = box.left > all.left - 1 && box.right < all.right + 1 && box.bottom < all.bottom + 1;
                return size < 16 || !inside;
              }).map(text => `${svg.parentElement.dataset.drawing}: ${text.textContent}`);
            })"""
        )
    assert problems == []


def test_drawings_have_a_text_alternative(reader: Reader) -> None:
    page = reader.open("procedures/percutaneous-cordotomy/what-happens.html")
    drawing = page.get_by_role("img", name="The head and the upper neck, seen from behind")
    assert "Treated here: the pain and temperature pathway" in str(drawing.aria_snapshot())
