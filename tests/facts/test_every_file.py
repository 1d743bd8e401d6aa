"""What an editor can fix: the real facts and words have no problem, and every file has become a page."""

from __future__ import annotations

import re

import pytest
from selectolax.lexbor import LexborHTMLParser

from build_tools.pipeline import prepare
from build_tools.records.entries import Figure
from build_tools.records.problems import describe
from build_tools.render.rendering import Site
from tests.conftest import LATEST, ROOT


@pytest.fixture(scope="module")
def site() -> Site:
    return prepare(ROOT / "data", ROOT / "content", LATEST)


def test_facts_and_words_have_no_problem_and_each_file_has_its_page(site: Site) -> None:
    if site.problems:
        pytest.fail(describe(site.problems), pytrace=False)
    files = ("data/procedures/*.yml", "data/comparisons/*.yml", "content/*.md")
    expected = {path.relative_to(ROOT).as_posix() for pattern in files for path in ROOT.glob(pattern)}
    assert len(expected) > 20
    assert {page.edited_in for page in site.pages} >= expected


def test_no_small_group_is_scaled_and_no_result_has_a_frequency_word(site: Site) -> None:
    facts, found = dict(site.facts.all()), 0
    for page in site.pages:
        for node in LexborHTMLParser(page.text).css(".figure[data-fact] .words, .figure[data-fact] .exact"):
            figure = node
            while "data-fact" not in figure.attributes and figure.parent:
                figure = figure.parent
            fact, words = facts[str(figure.attributes["data-fact"])], node.text()
            assert isinstance(fact, Figure)
            own = re.split("For comparison|Compared with", words)[0]
            assert fact.scaled or "out of 100" not in own, words
            assert not re.search(r"\b(?:un)?common\b|\brare\b", words), words
            found += 1
    assert found > 300
