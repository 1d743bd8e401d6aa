"""Detail pages: their length, their anchors, and the taps from a short page to an answer."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from playwright.sync_api import expect

from build_tools.load.facts import Facts
from build_tools.records.sections import DETAIL_PAGES
from tests.conftest import ROOT
from tests.site.conftest import Reader, list_pages

SCREENS, OPENED = 12, 20
"""The maximum number of phone screens of a detail page, collapsed and with everything opened."""
HEIGHT = """open => {
  document.querySelectorAll('article details').forEach(details => { details.open = open; });
  return document.querySelector('article').getBoundingClientRect().bottom / innerHeight;
}"""


def test_detail_pages_are_short(reader: Reader, site: Path) -> None:
    names = {detail.name for detail in DETAIL_PAGES}
    paths = [path for path in list_pages(site) if path.count("/") == 2 and Path(path).stem in names]
    largest = sorted(paths, key=lambda path: -(site / path).stat().st_size)[:40]
    too_long = {}
    for path, page in reader.visit(largest, 360, 740):
        screens = page.evaluate(HEIGHT, False), page.evaluate(HEIGHT, True)
        if screens[0] > SCREENS or screens[1] > OPENED:
            too_long[path] = screens
    assert too_long == {}


def test_every_fact_has_one_anchor(site: Path, facts: Facts) -> None:
    html = "".join((site / path).read_text("utf-8") for path in list_pages(site))
    anchors = Counter(re.findall(r' id="([a-z0-9-]+\.[^"]+)"', html))
    assert {id: anchors[id] for id, _ in facts.iter_facts() if anchors[id] != 1} == {}


QUESTIONS = [
    tuple(cell.strip() for cell in line.strip().strip("|").split("|")[1:])
    for line in (ROOT / "docs/audits/2026-11-29-twenty-questions.md").read_text("utf-8").splitlines()
    if re.match(r"\| \d+ ", line)
]
"""For each row: the question, the short page, the taps from there, and words of the answer."""


def test_all_twenty_questions_are_read() -> None:
    assert len(QUESTIONS) == len({question for question, *_ in QUESTIONS}) == 20


@pytest.mark.parametrize(("question", "start", "route", "answer"), QUESTIONS, ids=lambda text: text[:30])
def test_answers_are_at_most_three_taps_from_the_short_page(
    reader: Reader, question: str, start: str, route: str, answer: str
) -> None:
    page = reader.open(f"procedures/{start}.html", 360, 740)
    taps = [tap.strip() for tap in route.split("→")]
    assert 1 <= len(taps) <= 3
    for tap in taps:
        page.locator("article :is(summary, a):visible").filter(has_text=tap).first.wait_for()
        kinds = (page.locator(f"article {kind}:visible").filter(has_text=tap) for kind in ("summary", "a"))
        next(targets for targets in kinds if targets.count()).first.click()
    expect(page.locator("article").get_by_text(answer).locator("visible=true").first).to_be_visible()
