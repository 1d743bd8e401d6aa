"""The pages behind a short page: short enough to read, with a way around, and with an answer to each question."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from build_tools.load.loader import load
from build_tools.records.sections import DETAILS
from tests.conftest import ROOT
from tests.site.conftest import Reader, pages_of

SCREENS, OPENED = 12, 20
"""The most phone screens of a detail page before anything is opened, and with all of it."""
HEIGHT = """open => {
  document.querySelectorAll('article details').forEach(details => { details.open = open; });
  return document.querySelector('article').getBoundingClientRect().bottom / innerHeight;
}"""
NAMES = {detail.name for detail in DETAILS}


def details(site: Path) -> list[str]:
    """The path of each detail page."""
    return [path for path in pages_of(site) if path.count("/") == 2 and Path(path).stem in NAMES]


def test_a_detail_page_has_few_screens(reader: Reader, site: Path) -> None:
    longest = sorted(details(site), key=lambda path: -(site / path).stat().st_size)[:40]
    long = {}
    for path, page in reader.reads(longest, 360, 740):
        screens = page.evaluate(HEIGHT, False), page.evaluate(HEIGHT, True)
        if screens[0] > SCREENS or screens[1] > OPENED:
            long[path] = screens
    assert long == {}


def test_each_fact_and_sign_has_its_anchor_once_in_the_site(site: Path) -> None:
    facts, _ = load(ROOT / "data")
    own = {id for id, _ in facts.all()}
    seen: dict[str, str] = {}
    for path in pages_of(site):
        for id in re.findall(r' id="([a-z0-9-]+\.[^"]+)"', (site / path).read_text("utf-8")):
            if id in own:
                assert id not in seen, (id, path, seen[id])
                seen[id] = path
    assert seen.keys() == own


QUESTIONS = [
    tuple(cell.strip() for cell in line.strip().strip("|").split("|")[1:])
    for line in (ROOT / "docs/audits/2026-11-29-twenty-questions.md").read_text("utf-8").splitlines()
    if re.match(r"\| \d+ ", line)
]
"""Of each row: the question, the short page, the taps from there, words of the answer."""


def test_there_are_twenty_questions() -> None:
    assert len(QUESTIONS) == len({question for question, *_ in QUESTIONS}) == 20


@pytest.mark.parametrize(("question", "start", "way", "answer"), QUESTIONS, ids=lambda text: text[:30])
def test_an_answer_is_at_most_three_taps_from_the_short_page(
    reader: Reader, question: str, start: str, way: str, answer: str
) -> None:
    page = reader.opens(f"procedures/{start}.html", 360, 740)
    taps = [tap.strip() for tap in way.split("→")]
    assert 1 <= len(taps) <= 3
    for tap in taps:
        page.locator("article :is(summary, a):visible").filter(has_text=tap).first.wait_for()
        kinds = (page.locator(f"article {kind}:visible").filter(has_text=tap) for kind in ("summary", "a"))
        next(found for found in kinds if found.count()).first.click()
    expect(page.locator("article").get_by_text(answer).locator("visible=true").first).to_be_visible()
