"""The real facts and words: no problems, a page for each file, and figures in the prescribed words."""

from __future__ import annotations

import re

import pytest
from selectolax.lexbor import LexborHTMLParser

from build_tools.export import api
from build_tools.model.figure_text import list_context
from build_tools.pipeline import prepare
from build_tools.records.entries import Figure
from build_tools.records.problems import describe
from build_tools.render.rendering import Site
from tests.conftest import LATEST, ROOT


@pytest.fixture(scope="module")
def site() -> Site:
    return prepare(ROOT / "data", ROOT / "content", LATEST)


def test_there_are_no_problems_and_each_file_has_a_page(site: Site) -> None:
    if site.problems:
        pytest.fail(describe(site.problems), pytrace=False)
    files = ("data/procedures/*.yml", "data/comparisons/*.yml", "content/*.md")
    expected = {path.relative_to(ROOT).as_posix() for pattern in files for path in ROOT.glob(pattern)}
    assert len(expected) > 20
    assert {page.edited_in for page in site.pages} >= expected


def test_figures_have_no_scaled_small_groups_and_no_frequency_words(site: Site) -> None:
    facts, count = dict(site.facts.iter_facts()), 0
    for page in site.pages:
        for node in LexborHTMLParser(page.text).css(".figure[data-fact] .words, .figure[data-fact] .exact"):
            figure = node
            while "data-fact" not in figure.attributes and figure.parent:
                figure = figure.parent
            fact, words = facts[str(figure.attributes["data-fact"])], node.text()
            assert isinstance(fact, Figure)
            result = re.split("For comparison|Compared with", words)[0]
            assert fact.scaled or "out of 100" not in result, words
            assert not re.search(r"\b(?:un)?common\b|\brare\b", words), words
            count += 1
    assert count > 300


def test_the_guide_to_numbers_explains_each_label_of_a_figure(site: Site) -> None:
    guide = (ROOT / "content/how-to-read-the-numbers.md").read_text("utf-8")
    labels = {
        detail.label for _, figure in site.facts.facts_of_kind(Figure) for detail in list_context(figure)
    } - {""}
    assert len(labels) > 3
    assert [label for label in labels if f"**{label}:**" not in guide] == []


def test_the_page_about_data_links_to_each_schema() -> None:
    page = (ROOT / "content/data.md").read_text("utf-8")
    assert [name for name in api.FILES if f"({api.FOLDER}/schema/{name}.json)" not in page] == []
