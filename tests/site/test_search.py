"""The real search in a real browser: what people type leads to the page that answers."""

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

from tests.site.conftest import Reader, late

HERE = Path(__file__).parent
WANTED: dict[str, list[str]] = yaml.safe_load((HERE / "searches.yml").read_text("utf-8"))
WORRIES: dict[str, list[str]] = yaml.safe_load((HERE / "worries.yml").read_text("utf-8"))


def search(page: Page, query: str) -> None:
    """Have the page show what it finds for a query."""
    page.goto(f"search.html#q={quote(query)}")
    page.wait_for_function("query => document.getElementById('q').value === query", arg=query)


def led_to(page: Page, selector: str) -> list[str]:
    """Where links lead, without ".html"."""
    found = page.locator(selector).evaluate_all("links => links.map(link => link.getAttribute('href'))")
    return [str(href).replace(".html", "") for href in found]


def test_what_people_type_leads_first_to_the_page_that_answers(reader: Reader, site: Path) -> None:
    assert len(WANTED) >= 60
    page = reader.opens()
    wrong = {}
    for query, pages in WANTED.items():
        for wanted in pages:
            file, _, anchor = wanted.partition("#")
            assert f'id="{anchor}"' in (site / f"{file}.html").read_text("utf-8") or not anchor
        search(page, query)
        first = next(iter(led_to(page, "#search-results > li > a")), "")
        if first not in pages:
            wrong[query] = first
    assert len(wrong) <= len(WANTED) * 0.05, wrong


def test_what_frightened_people_type_leads_to_the_section_that_answers(reader: Reader) -> None:
    assert len(WORRIES) == 100
    page = reader.opens()
    first, three = {}, {}
    for query, wanted in WORRIES.items():
        search(page, query)
        status, found = page.locator("#search-status").inner_text(), led_to(page, "#search-results [data-result]")

        def answers(want: str, count: int, status: str = status, found: list[str] = found) -> bool:
            if want == "nothing":
                return status.startswith("Nothing about") and not found
            if want.startswith("did you mean: "):
                return f"Did you mean {want.removeprefix('did you mean: ')}?" in status
            place = re.sub("#(harms|side-effects)$", r"#*\1*" if want.endswith("#harms") else "#*", want)
            return any(fnmatchcase(one, place) for one in found[:count])

        if not any(answers(want, 1) for want in wanted):
            first[query] = found[:1] or [status]
        if not any(answers(want, 3) for want in wanted):
            three[query] = found[:3] or [status]
    assert len(first) <= 10, first
    assert len(three) <= 3, three


def test_all_that_can_be_found_is_there(site: Path) -> None:
    script = next(site.glob("assets/*/search-index.js")).read_text("utf-8")
    pages = json.loads(script.removeprefix("const searchIndex = ").removesuffix(";\n"))["pages"]
    anchors: dict[str, set[str]] = defaultdict(set)
    for page in pages:
        for address in (page["url"], *(place[0] for place in page.get("places", []))):
            file, _, anchor = address.partition("#")
            anchors[file] |= {anchor} - {""}
    for file, found in anchors.items():
        assert found <= set(re.findall(r' id="([^"]+)"', (site / file).read_text("utf-8")))


def test_a_procedure_is_listed_once_with_its_best_places_and_what_they_say(reader: Reader) -> None:
    page = reader.opens()
    search(page, "stroke after glycerol rhizotomy")
    pages = led_to(page, "#search-results > li > a")
    assert len(pages) == len(set(pages))
    assert pages[0] == "procedures/trigeminal-glycerol-rhizotomy"
    place = page.locator("#search-results > li").first.locator("li").first
    assert "harms.stroke" in str(place.get_by_role("link").get_attribute("href"))
    assert "troke" in place.locator("p").inner_text()


def test_procedures_come_before_pages_about_the_site(reader: Reader) -> None:
    page = reader.opens()
    search(page, "how long off work")
    pages = led_to(page, "#search-results > li > a")
    kinds = [one.startswith(("procedures/", "comparisons/", "signs")) for one in pages]
    assert kinds == sorted(kinds, reverse=True)


def test_who_writes_of_suicide_reads_at_once_whom_to_call(reader: Reader) -> None:
    page = reader.opens()
    for query in ("i want to kill myself", "suicide", "end my life"):
        search(page, query)
        first = page.locator("#search-results [data-result]").first
        assert str(first.get_attribute("href")).endswith("#about-danger-to-yourself")
        assert "signs#about-thoughts-of-suicide" in led_to(page, "#search-results [data-result]")[1:]
        called = page.locator("#search-results li li p").first
        expect(called).to_contain_text("Call your local emergency number now.")


def test_accents_do_not_hide_a_name(reader: Reader) -> None:
    page = reader.opens()
    search(page, "córdotomy")
    assert led_to(page, "#search-results [data-result]")[0] == "procedures/cordotomy"
    assert "Nothing" not in page.locator("#search-status").inner_text()


@pytest.mark.parametrize("query", [
    "<img src=x onerror=alert(1)>", "%", "%E0%A4%A", "+-~^:*", "עברית", "x" * 5000,
    "constructor", "__proto__", "a OR b",
])  # fmt: skip
def test_odd_words_are_answered_and_break_nothing(reader: Reader, query: str) -> None:
    page = reader.opens()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("dialog", lambda dialog: errors.append(dialog.message))
    page.goto(f"search.html#q={query}")
    expect(page.locator("#search-status")).to_have_text(re.compile("Nothing about|Pages found for"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert errors == []


def test_words_are_repeated_as_typed(reader: Reader) -> None:
    page = reader.opens()
    search(page, "<i>pain</i>")
    expect(page.locator("#search-status")).to_contain_text("Pages found for “<i>pain</i>”")


def test_a_misspelled_name_is_asked_about_and_other_words_are_not(reader: Reader) -> None:
    page = reader.opens()
    status = page.locator("#search-status")
    search(page, "cordotmy and death")
    expect(status).to_contain_text("Nothing about “cordotmy”. Did you mean cordotomy?")
    status.get_by_role("link", name="cordotomy").click()
    expect(status).not_to_contain_text("Nothing")
    assert page.locator("#q").input_value() == "cordotomy and death"
    search(page, "endometriosis")
    expect(status).to_contain_text("Nothing about “endometriosis”. This site is about a few procedures")
    expect(status).not_to_contain_text("Did you mean")
    assert led_to(page, "#search-results a") == []


def test_the_words_of_a_search_are_never_sent(reader: Reader) -> None:
    page = reader.opens()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
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
    assert [url for url in asked if re.match("[^#]*(glycerol|balloon)", url)] == []


def test_a_search_says_that_it_is_loading(reader: Reader) -> None:
    page = reader.opens()
    with late("search-index.js"):
        page.goto("search.html#q=glycerol", wait_until="commit")
        expect(page.locator("#search-status")).to_contain_text("The search is loading.")
    expect(page.locator("#search-status")).to_contain_text("glycerol")
