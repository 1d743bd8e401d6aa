"""Facts that are hard to lay out: very long names, twenty figures, and right-to-left text.

All of them pass the check, so every page must display them.
"""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import edit, lay_out, run
from tests.site.conftest import Reader, list_pages

UNBROKEN = "Teapotpolishing" * 20
SPACED = ("Leaving the teapot alone " * 12).strip()
HEBREW = "ליטוש מכסה (تلميع 2021)"
POLISHING, LEFT_ALONE, LID = "teapot-polishing", "teapot-leave-alone", "teapot-lid-polishing"

OVERFLOWING = """() => [...document.querySelectorAll('body *')].filter(element => {
  const box = element.getBoundingClientRect();
  if (!box.width || element.closest('.hidden, .skip, thead, svg, .plain-table, caption')) return false;
  const cut = element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflowX === 'hidden';
  return cut || box.left < -1 || box.right > document.documentElement.clientWidth + 1;
}).map(element => `${element.tagName}.${element.className}: ${element.textContent.slice(0, 40)}`)"""


@pytest.fixture(scope="module")
def hard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site of the example data with hard facts; the build verifies it."""
    project = lay_out(tmp_path_factory.mktemp("hard"))
    data, procedures = project / "data", project / "data/procedures"
    edit(procedures / f"{POLISHING}.yml", "name: Teapot polishing", f"name: {UNBROKEN}")
    edit(procedures / f"{LEFT_ALONE}.yml", "name: Leaving the teapot alone", f"name: {SPACED}")
    edit(procedures / f"{LID}.yml", "name: Lid polishing", f'name: "{HEBREW}"')
    edit(procedures / f"{LID}.yml", "says: You lift the lid off.", f"says: You lift the {'λ' * 300} off.")
    text = (procedures / f"{LEFT_ALONE}.yml").read_text("utf-8")
    figure = text[text.index("  quiet:\n") : text.index("relief_lasts:")]
    twenty = [figure.replace("quiet:", f"quiet-{n}:").replace("count: 2\n", f"count: {n}\n") for n in range(1, 21)]
    text = text.replace(figure, "".join(twenty)).replace("benefits.quiet", "benefits.quiet-1")
    (procedures / f"{LEFT_ALONE}.yml").write_text(text, "utf-8")
    edit(
        data / "comparisons/squeaking-teapot.yml",
        f"{LEFT_ALONE}.benefits.quiet\n",
        f"{LEFT_ALONE}.benefits.quiet-1\n",
    )
    edit(data / "sources.yml", "by: Society of Imaginary Potters", 'by: "אגודת הקדרים"')
    edit(data / "sources.yml", "title: Caring for your teapot", f"title: {'teapot/' * 43}")
    edit(data / "vocabulary/structures.yml", "synonyms: [hinges]", f'synonyms: [hinges, "ציר", "{"h" * 300}"]')
    (data / "spelling.txt").write_text(f"{UNBROKEN}\n", "utf-8")
    built = run(project, "mkdocs", "--quiet", "build", "--strict")
    assert built.returncode == 0, built.stderr
    return project / "site"


@pytest.fixture
def page(reader: Reader) -> Page:
    """A phone of 320 pixels."""
    return reader.open(width=320, height=800)


@pytest.mark.parametrize("width", [320, 1280])
def test_long_words_fit_on_every_page(page: Page, hard: Path, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    problems = {}
    for path in list_pages(hard, hard.parent / "data"):
        page.goto(f"{hard.as_uri()}/{path}")
        page.evaluate("document.querySelectorAll('details').forEach(details => { details.open = true })")
        if elements := page.evaluate(OVERFLOWING):
            problems[path] = elements[:3]
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    assert problems == {}


def test_long_names_fit_in_dialogs_and_search_results(page: Page, hard: Path) -> None:
    page.goto(f"{hard.as_uri()}/procedures/{POLISHING}/who-it-is-for.html")
    page.locator("a.term", has_text="hinge").first.click()
    page.get_by_role("dialog").wait_for()
    assert page.evaluate(OVERFLOWING) == []
    for query, result in ((UNBROKEN[:90], POLISHING), ("ליטוש", LID), ("h" * 90, "glossary.html#hinge")):
        page.goto("about:blank")
        page.goto(f"{hard.as_uri()}/search.html#q={quote(query)}")
        expect(page.locator("#search-results a").first).to_have_attribute("href", re.compile(result))
        assert page.evaluate(OVERFLOWING) == []


def test_the_first_three_of_twenty_figures_are_visible(page: Page, hard: Path) -> None:
    page.goto(f"{hard.as_uri()}/procedures/{LEFT_ALONE}/results.html")
    figures = page.locator("[data-fact^='teapot-leave-alone.benefits.']")
    expect(figures).to_have_count(20)
    assert [figure.is_visible() for figure in figures.all()] == [True] * 3 + [False] * 17
    page.locator("summary", has_text="17 more").click()
    assert all(figure.is_visible() for figure in figures.all())


def test_right_to_left_names_do_not_reorder_the_text_after_them(page: Page, hard: Path) -> None:
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{hard.as_uri()}/sources.html")
    edges = page.evaluate(
        """() => [...document.querySelectorAll('a[href*="lid-polishing"], bdi')]
          .filter(element => /[א-ת]/.test(element.textContent) && element.nextSibling)
          .map(element => {
            const after = document.createRange();
            after.selectNode(element.nextSibling);
            return [element.getBoundingClientRect().right, after.getClientRects()[0].left];
          })"""
    )
    assert len(edges) >= 2
    assert all(end <= start + 1 for end, start in edges), edges
    page.goto(f"{hard.as_uri()}/procedures.html")
    expect(page.get_by_role("link", name=HEBREW)).to_have_text(HEBREW)
