"""What an editor can fix: the real facts and words have no problem, and every file has become a page."""

from __future__ import annotations

import pytest

from build_tools.problems import describe
from build_tools.site import prepare
from tests.conftest import LATEST, ROOT


def test_facts_and_words_have_no_problem_and_each_file_has_its_page() -> None:
    site = prepare(ROOT / "data", ROOT / "content", LATEST)
    if site.problems:
        pytest.fail(describe(site.problems), pytrace=False)
    files = ("data/procedures/*.yml", "data/comparisons/*.yml", "content/*.md")
    expected = {path.relative_to(ROOT).as_posix() for pattern in files for path in ROOT.glob(pattern)}
    assert len(expected) > 20
    assert {page.edited_in for page in site.pages} >= expected
