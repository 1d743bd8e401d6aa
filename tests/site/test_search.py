"""The real search in a real browser: queries, results, and messages."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import quote

import pytest
import yaml
from playwright.sync_api import Page, expect

from tests.site.conftest import Reader, delay, record_requests

HERE = Path(__file__).parent
SEARCHES: dict[str, list[str]] = yaml.safe_load((HERE / "searches.yml").read_text("utf-8"))
WORRIES: dict[str, list[str]] = yaml.safe_load((HERE / "worries.yml").read_text("utf-8"))


def search(page: Page, query: str) -> None:
    """Show the results for a query."""
    page.goto(f"search.html#q={quote(query)}")
    page.wait_for_function("query => document.getElementById('q').value === query", arg=query)


def list_targets(page: Page, selector: str) -> list[str]:
    """The targets of links, without ".html"."""
    hrefs = page.locator(selector).evaluate_all("links => links.map(link => link.getAttribute('href'))")
    return [str(href).replace(".html", "") for href in hrefs]


def test_the_first_result_is_an_expected_page(reader: Reader, site: Path) -> None:
    assert len(SEARCHES) >= 60
    page = reader.open()
    failures = {}
    for query, expected in SEARCHES.items():
        for target in expected:
            file, _, anchor = target.partition("#")
            assert f'id="{anchor}"' in (site / f"{file}.html").read_text("utf-8") or not anchor
        search(page, query)
        first = next(iter(list_targets(page, "#search-results > li > a")), "")
        if first not in expected:
            failures[query] = first
    assert len(failures) <= len(SEARCHES) * 0.05, failures


def matches(pattern: str, status: str, results: list[str]) -> bool:
    """Whether results or the status message fit an expectation of worries.yml."""
    if pattern == "nothing":
        return status.startswith("Nothing about") and not results
    if pattern.startswith("did you mean: "):
        return f"Did you mean {pattern.removeprefix('did you mean: ')}?" in status
    pattern = re.sub("#(harms|side-effects)$", r"#*\1*" if pattern.endswith("#harms") else "#*", pattern)
    return any(fnmatchcase(result, pattern) for result in results)


def test_worries_lead_to_the_section_that_answers(reader: Reader) -> None:
    assert len(WORRIES) == 100
    page = reader.open()
    not_first, not_in_three = {}, {}
    for query, expected in WORRIES.items():
        search(page, query)
        status = page.locator("#search-status").inner_text()
        results = list_targets(page, "#search-results [data-result]")
        if not any(matches(pattern, status, results[:1]) for pattern in expected):
            not_first[query] = results[:1] or [status]
        if not any(matches(pattern, status, results[:3]) for pattern in expected):
            not_in_three[query] = results[:3] or [status]
    assert len(not_first) <= 10, not_first
    assert len(not_in_three) <= 3, not_in_three


def test_all_places_in_the_index_exist(site: Path) -> None:
    script = next(site.glob("assets/*/search-index.js")).read_text("utf-8")
    pages = json.loads(script.removeprefix("const searchIndex = ").removesuffix(";\n"))["pages"]
    anchors: dict[str, set[str]] = defaultdict(set)
    for page in pages:
        for address in (page["url"], *(place[0] for place in page.get("places", []))):
            file, _, anchor = address.partition("#")
            anchors[file] |= {anchor} - {""}
    for file, ids in anchors.items():
        assert ids <= set(re.findall(r' id="([^"]+)"', (site / file).read_text("utf-8")))


def test_a_procedure_is_listed_once_with_its_best_matches(reader: Reader) -> None:
    page = reader.open()
    search(page, "stroke after glycerol rhizotomy")
    pages = list_targets(page, "#search-results > li > a")
    assert len(pages) == len(set(pages))
    assert pages[0] == "procedures/trigeminal-glycerol-rhizotomy"
    place = page.locator("#search-results > li").first.locator("li").first
    assert "harms.stroke" in str(place.get_by_role("link").get_attribute("href"))
    assert "troke" in place.locator("p").inner_text()


def test_procedures_come_before_pages_about_the_site(reader: Reader) -> None:
    page = reader.open()
    search(page, "how long off work")
    pages = list_targets(page, "#search-results > li > a")
    medical = [path.startswith(("procedures/", "comparisons/", "signs")) for path in pages]
    assert medical == sorted(medical, reverse=True)


def test_searches_about_suicide_show_whom_to_call_first(reader: Reader) -> None:
    page = reader.open()
    for query in ("i want to kill myself", "suicide", "end my life"):
        search(page, query)
        first = page.locator("#search-results [data-result]").first
        assert str(first.get_attribute("href")).endswith("#about-danger-to-yourself")
        assert "signs#about-thoughts-of-suicide" in list_targets(page, "#search-results [data-result]")[1:]
        expect(page.locator("#search-results li li p").first).to_contain_text(
            "Call your local emergency number now."
        )


def test_accents_are_ignored(reader: Reader) -> None:
    page = reader.open()
    search(page, "córdotomy")
    assert list_targets(page, "#search-results [data-result]")[0] == "procedures/cordotomy"
    assert "Nothing" not in page.locator("#search-status").inner_text()


@pytest.mark.parametrize("query", [
    "<img src=x onerror=alert(1)>", "%", "%E0%A4%A", "+-~^:*", "עברית", "x" * 5000,
    "constructor", "__proto__", "a OR b",
])  # fmt: skip
def test_unusual_queries_break_nothing(reader: Reader, query: str) -> None:
    page = reader.open()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("dialog", lambda dialog: errors.append(dialog.message))
    page.goto(f"search.html#q={query}")
    expect(page.locator("#search-status")).to_have_text(re.compile("Nothing about|Pages found for"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert errors == []


def test_the_query_is_displayed_as_text(reader: Reader) -> None:
    page = reader.open()
    search(page, "<i>pain</i>")
    expect(page.locator("#search-status")).to_contain_text("Pages found for “<i>pain</i>”")


def test_corrections_are_suggested_for_names_only(reader: Reader) -> None:
    page = reader.open()
    status = page.locator("#search-status")
    search(page, "cordotmy and death")
    expect(status).to_contain_text("Nothing about “cordotmy”. Did you mean cordotomy?")
    status.get_by_role("link", name="cordotomy").click()
    expect(status).not_to_contain_text("Nothing")
    assert page.locator("#q").input_value() == "cordotomy and death"
    search(page, "endometriosis")
    expect(status).to_contain_text("Nothing about “endometriosis”. This site is about a few procedures")
    expect(status).not_to_contain_text("Did you mean")
    assert list_targets(page, "#search-results a") == []


def test_queries_are_never_sent(reader: Reader) -> None:
    page = reader.open()
    urls = record_requests(page)
    page.goto("procedures/cordotomy.html")
    page.get_by_role("searchbox").fill("glycerol")
    page.keyboard.press("Enter")
    page.wait_for_url("search.html#q=glycerol")
    page.locator("#search-results a[href*=glycerol]").first.wait_for()
    page.locator("#q").fill("balloon")
    page.keyboard.press("Enter")
    page.locator("#search-results a[href*=balloon]").first.wait_for()
    page.go_back()
    page.locator("#search-results a[href*=glycerol]").first.wait_for()
    assert [url for url in urls if re.match("[^#]*(glycerol|balloon)", url)] == []


def test_a_loading_search_says_so(reader: Reader) -> None:
    page = reader.open()
    with delay("search-index.js"):
        page.goto("search.html#q=glycerol", wait_until="commit")
        expect(page.locator("#search-status")).to_contain_text("The search is loading.")
    expect(page.locator("#search-status")).to_contain_text("glycerol")
