"""The built files for other programs say what the pages say; a number that is spoiled is noticed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Route
from selectolax.lexbor import LexborHTMLParser

from build_tools.counterproof import RULES
from build_tools.old_verify import Built
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def built(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The real site, in a copy whose files may be spoiled."""
    copy = shutil.copytree(site, tmp_path_factory.mktemp("copy") / "site")
    return Built(copy, ROOT / "data", ROOT / "content")


def problems(built: Built) -> list[str]:
    return [problem.message for rule in RULES for problem in rule(built)]


def test_every_number_in_the_files_is_the_number_on_the_page(built: Built) -> None:
    figures = json.loads((built.site / "api/v1/procedures/percutaneous-cordotomy.json").read_text("utf-8"))[
        "facts"
    ]
    assert sum(fact["kind"] == "figure" for fact in figures) > 10
    assert problems(built) == []


def test_the_generator_puts_no_sitemap_of_its_own_there(site: Path) -> None:
    assert not list(site.glob("sitemap.xml*")), "it would have the day of the build beside every page"


@pytest.mark.parametrize(
    ("path", "old", "new", "noticed"),
    [
        ("procedures/cordotomy.json", '"outOf": ', '"outOf": 1', ".value.outOf is"),
        ("procedures/cordotomy.json", " out of 100 people", " out of 1000 people", ".words is"),
        (
            "procedures/cordotomy.json",
            '"serious": true',
            '"serious": false',
            ".serious is false, and must be true",
        ),
        (
            "procedures/cordotomy.json",
            '"level": "low"',
            '"level": "high"',
            '.howSure.level is "high", and must be "low"',
        ),
        ("procedures/cordotomy.json", '"secondHand": true', '"secondHand": false', ".secondHand is"),
        ("procedures/cordotomy.json", '"id": "cordotomy.', '"id": "cordotomy.x', ".id is"),
        ("comparisons/one-sided-cancer-pain.json", '"key": "', '"key": "x', ".key is"),
        (
            "comparisons/one-sided-cancer-pain.json",
            " out of 100 people",
            " out of 10 people",
            ".words is",
        ),
        ("comparisons/one-sided-cancer-pain.csv", " out of 100 people", " out of 10 people", " out of 10 people"),
        ("figures.csv", " out of 100 people", " out of 10 people", "words:"),
        (
            "figures.csv",
            "percutaneous-cordotomy.benefits",
            "percutaneous-cordotomy.harms",
            "id: ",
        ),
        ("sources.json", '"year": 20', '"year": 19', ".year is"),
        ("terms.json", '"plain": "', '"plain": "x', ".plain is"),
    ],
)
def test_what_is_spoiled_in_a_file_is_noticed(built: Built, path: str, old: str, new: str, noticed: str) -> None:
    file = built.site / "api/v1" / path
    before = file.read_text("utf-8")
    assert old in before
    file.write_text(before.replace(old, new, 1), "utf-8")
    try:
        assert any(noticed in message for message in problems(built)), problems(built)
    finally:
        file.write_text(before, "utf-8")


def test_a_cell_that_names_what_is_no_fact_is_a_problem_and_no_traceback(built: Built) -> None:
    page = "comparisons/one-sided-cancer-pain.html"
    before = built.pages[page]
    html = before.html or ""
    named = 'data-fact="percutaneous-cordotomy.targets.'
    assert named in html
    built.pages[page] = LexborHTMLParser(html.replace(named, 'data-fact="percutaneous-cordotomy.kind.', 1))
    try:
        assert any("has 1 entries, and must have 0" in message for message in problems(built)), problems(built)
    finally:
        built.pages[page] = before


@pytest.mark.parametrize(
    ("old", "new", "noticed"),
    [
        ('"name":"weakness"', '"name":"a miracle"', "which the page does not"),
        ('{"@type":"MedicalEntity","name":"weakness"},', "", "mainEntity.seriousAdverseOutcome has"),
        ('"isAccessibleForFree":true', '"aggregateRating":{"ratingValue":"5"}', "aggregateRating"),
        ('"audience":{"@type":"Patient"}', '"audience":{"@type":"Clinician"}', "audience.@type is"),
        ('"dateModified":"20', '"dateModified":"19', "dateModified is"),
        (
            '"isAccessibleForFree":true',
            '"lastReviewed":"2026-11-22"',
            'lastReviewed is "2026-11-22", and must not be there',
        ),
        ('<script type="application/ld+json">', '<script type="application/json">', "has 0 blocks"),
    ],
)
def test_what_is_spoiled_in_a_block_for_search_engines_is_noticed(
    built: Built, old: str, new: str, noticed: str
) -> None:
    page = "procedures/percutaneous-cordotomy.html"
    before = built.pages[page]
    html = before.html or ""
    assert old in html
    built.pages[page] = LexborHTMLParser(html.replace(old, new, 1))
    try:
        assert any(noticed in message for message in problems(built)), problems(built)
    finally:
        built.pages[page] = before


def test_the_block_is_data_that_a_strict_policy_lets_stand(browser: Browser, address: str) -> None:
    page = browser.new_page()
    policy = {
        "Content-Security-Policy": "default-src 'none'; "
        + "; ".join(f"{kind}-src 'self'" for kind in ("script", "style", "font", "img"))
    }

    def serve(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, headers=answer.headers | policy)

    page.route("**/*.html", serve)
    page.add_init_script(
        "window.refused = [];"
        "addEventListener('securitypolicyviolation', (e) => refused.push(e.violatedDirective));"
    )
    page.goto(f"{address}/procedures/cordotomy.html")
    block = page.evaluate("JSON.parse(document.querySelector('script[type=\"application/ld+json\"]').textContent)")
    assert block["name"] == "Cordotomy"
    script = (
        "const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s)"
    )
    assert page.evaluate("refused") == []
    page.evaluate(script)
    assert page.evaluate("[window.ran, refused]") == [None, ["script-src-elem"]], "the policy is in force"
    page.close()
