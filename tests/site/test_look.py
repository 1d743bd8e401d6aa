"""What the look promises: drawings and a time line that a phone can show."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser


@pytest.mark.parametrize("width", [320, 1280])
def test_words_and_numbers_in_drawings_are_large_enough_and_inside(
    browser: Browser, address: str, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    wrong = []
    for id in ("percutaneous-cordotomy", "chemical-rhizotomy", "facet-joint-radiofrequency", "no-procedure"):
        page.goto(f"{address}/procedures/{id}/who-it-is-for.html")
        wrong += page.evaluate(
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
    page.close()
    assert wrong == []


def test_a_drawing_is_described_to_a_screen_reader(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(f"{address}/procedures/percutaneous-cordotomy/what-happens.html")
    drawing = page.get_by_role("img", name="The head and the upper neck, seen from behind")
    assert "Treated here: the pain and temperature pathway" in str(drawing.aria_snapshot())
