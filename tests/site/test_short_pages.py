"""Short pages on a phone: their length (BAR-15), and how early the most important lines come."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser

from build_tools.load.loader import load
from build_tools.model.short_page import ShortPage
from tests.conftest import ROOT
from tests.site.conftest import Reader

FACTS = load(ROOT / "data")[0]
FORMS = [id for id in FACTS.procedures if not FACTS.forms_of(id)]
"""Procedures without forms. The others have no figures: they would look like a ranking of the forms."""

PATHS = {f"procedures/{id}.html": id for id in FACTS.procedures}

MEASURE = """() => {
  const article = document.querySelector('article'), footer = document.querySelector('footer');
  const count = nodes => nodes.flatMap(node => node.data.match(/\\S*[\\p{L}\\p{N}]\\S*/gu) ?? []).length;
  const texts = [], walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) texts.push(walker.currentNode);
  const closed = node => node.parentElement.closest('details:not([open]) > :not(summary)');
  const visible = texts.filter(node => !closed(node) && node.parentElement.checkVisibility());
  const screens = element => (element.getBoundingClientRect().top + scrollY) / innerHeight;
  const first = pattern => {
    const numbers = [...article.querySelectorAll('[data-brief]')].filter(line => line.checkVisibility()
      && pattern.test(line.dataset.brief) && /\\d/.test(line.textContent));
    return Math.min(...numbers.map(screens));
  };
  return {
    words: count(visible),
    hidden: count(texts.filter(closed)),
    screens: article.getBoundingClientRect().height / innerHeight,
    footer: footer.getBoundingClientRect().height / innerHeight,
    links: document.querySelectorAll('a[href]').length,
    benefit: first(/\\.(benefits|relief_lasts|main_message\\.helps)\\b/),
    harm: first(/\\.(harms|main_message\\.harms)\\b/),
    message: screens(article.querySelector('[data-brief$=".main_message.helps"]')),
    help: screens(document.getElementById('get-help')),
    signs: [...article.querySelectorAll('[data-sign]')].filter(e => e.checkVisibility() && !e.closest('details'))
      .map(e => e.dataset.sign),
  };
}"""


@pytest.fixture(scope="module")
def measured(chromium: Browser, site_url: str) -> dict[str, dict[str, Any]]:
    """Each short page as it opens on a phone: its lengths, and the positions of important lines, in screens."""
    pages = {}
    for path, page in Reader(chromium, site_url).visit(PATHS, 360, 740):
        page.evaluate("document.fonts.ready.then(() => true)")
        pages[PATHS[path]] = page.evaluate(MEASURE)
    return pages


@pytest.mark.parametrize(("measure", "most"), [
    ("words", 850), ("screens", 7.5), ("footer", 0.6), ("links", 60), ("help", 3.5), ("message", 0.75),
])  # fmt: skip
def test_short_pages_are_short(measured: dict[str, dict[str, Any]], measure: str, most: float) -> None:
    assert {id: round(page[measure], 2) for id, page in measured.items() if page[measure] > most} == {}


def test_at_most_40_percent_is_collapsed(measured: dict[str, dict[str, Any]]) -> None:
    shares = {id: page["hidden"] / page["words"] for id, page in measured.items()}
    assert {id: round(share, 2) for id, share in shares.items() if share > 0.4} == {}


def test_the_first_benefit_figure_is_within_two_screens(measured: dict[str, dict[str, Any]]) -> None:
    results = {id: ShortPage(FACTS, id).lines("results") for id in FORMS}
    counted = [id for id in FORMS if any(kind == "number" for line in results[id] for kind, _ in line.sentence)]
    assert len(counted) > 8
    assert {id: measured[id]["benefit"] for id in counted if measured[id]["benefit"] > 2} == {}


def test_the_first_harm_figure_is_within_two_and_a_half_screens(measured: dict[str, dict[str, Any]]) -> None:
    counted = [id for id in FORMS if ShortPage(FACTS, id).harms().counted]
    assert len(counted) > 8
    assert {id: measured[id]["harm"] for id in counted if measured[id]["harm"] > 2.5} == {}


def test_every_emergency_sign_is_visible(measured: dict[str, dict[str, Any]]) -> None:
    emergencies = {
        id: {key for key, sign in FACTS.signs_of(id).items() if sign.level == "emergency"} for id in measured
    }
    assert all(emergencies.values())
    assert {
        id: missing for id, keys in emergencies.items() if (missing := keys - set(measured[id]["signs"]))
    } == {}
