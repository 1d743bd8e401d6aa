"""What an editor can fix: each file of facts and each page of words has no problem."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from build_tools.problems import describe
from build_tools.site import Site, prepare
from tests.conftest import ROOT


def named(*patterns: str) -> list[str]:
    """The files that match, as problems name them."""
    return sorted(str(path.relative_to(ROOT)) for pattern in patterns for path in ROOT.glob(pattern))


PROCEDURES = named("data/procedures/*")
COMPARISONS = named("data/comparisons/*")
SHARED = named("data/*.yml", "data/*.txt", "data/vocabulary/*")
CLINICS = named("data/clinics/*/*")
WORDS = named("content/*.md")


def readable(file: str) -> str:
    """A test's name: "cordotomy" for data/procedures/cordotomy.yml."""
    return Path(file).stem


@pytest.fixture(scope="session")
def site() -> Site:
    """All facts, pages and problems, read once."""
    return prepare(ROOT / "data", ROOT / "content", date.today())


def expect_no_problem(site: Site, file: str) -> None:
    """Fail with the problems of one file, as `make check` shows them."""
    problems = [problem for problem in site.problems if problem.place.path == file]
    if problems:
        pytest.fail(describe(problems), pytrace=False)


def test_there_are_procedures_and_comparisons_to_look_at(site: Site) -> None:
    assert len(PROCEDURES) >= 16
    assert len(COMPARISONS) >= 3
    assert len(site.facts.procedures) >= 16
    assert len(site.facts.comparisons) >= 3


@pytest.mark.parametrize("file", PROCEDURES, ids=readable)
def test_a_procedure_is_right(site: Site, file: str) -> None:
    expect_no_problem(site, file)


@pytest.mark.parametrize("file", COMPARISONS, ids=readable)
def test_a_comparison_is_right(site: Site, file: str) -> None:
    expect_no_problem(site, file)


@pytest.mark.parametrize("file", SHARED, ids=readable)
def test_sources_words_and_claims_are_right(site: Site, file: str) -> None:
    expect_no_problem(site, file)


@pytest.mark.parametrize("file", CLINICS)
def test_a_file_of_a_clinic_is_right(site: Site, file: str) -> None:
    expect_no_problem(site, file)


@pytest.mark.parametrize("file", WORDS, ids=readable)
def test_a_hand_written_page_is_right(site: Site, file: str) -> None:
    expect_no_problem(site, file)


def test_no_problem_stands_in_a_file_that_is_not_looked_at(site: Site) -> None:
    elsewhere = {*PROCEDURES, *COMPARISONS, *SHARED, *CLINICS, *WORDS}
    problems = [problem for problem in site.problems if problem.place.path not in elsewhere]
    if problems:
        pytest.fail(describe(problems), pytrace=False)


def test_every_file_has_become_a_page(site: Site) -> None:
    made = {page.edited_in for page in site.pages}
    assert made >= {*PROCEDURES, *COMPARISONS, *WORDS}
