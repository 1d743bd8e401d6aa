"""Transfer sizes of pages and their assets."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from playwright.sync_api import Request

from tests.site.conftest import KINDS, UNTIL_IDLE, Reader, list_pages

ENGINE = ("lunr.js", "search-index.js")
"""What the search page loads in addition to our own scripts."""


def load(reader: Reader, path: str) -> dict[str, bytes]:
    """The files that a browser with an empty cache loads for a page, by name."""
    page = reader.open(width=360, height=640)
    requests: list[Request] = []
    page.on("request", lambda request: requests.append(request))
    page.goto(path)
    if "search" in path:
        page.locator("#search-results a").first.wait_for()
    page.evaluate(UNTIL_IDLE)
    responses = [(request.url, request.response()) for request in requests]
    return {Path(url.partition("#")[0]).name: response.body() for url, response in responses if response}


@pytest.mark.parametrize(("slashes", "most"), [(1, 15_000), (2, 45_000)], ids=["short page", "detail page"])
def test_the_first_load_of_a_procedure_is_small(reader: Reader, site: Path, slashes: int, most: int) -> None:
    """With its assets; fonts have a limit of their own."""
    pages = [path for path in list_pages(site) if path.startswith("procedures/") and path.count("/") == slashes]
    heaviest = max(pages, key=lambda path: len(gzip.compress((site / path).read_bytes(), 6)))
    files = load(reader, heaviest)
    fonts = sum(len(body) for name, body in files.items() if name.endswith(".woff2"))
    others = sum(len(gzip.compress(body, 6)) for name, body in files.items() if not name.endswith(".woff2"))
    assert 0 < fonts <= 40_000
    assert others <= most, heaviest


@pytest.mark.parametrize("path", KINDS)
def test_our_scripts_are_small(reader: Reader, path: str) -> None:
    files = load(reader, path)
    scripts = {name: len(body) for name, body in files.items() if name.endswith(".js") and name not in ENGINE}
    assert "site.js" in scripts
    assert {*ENGINE} <= files.keys() if path.startswith("search") else not {*ENGINE} & files.keys()
    assert sum(scripts.values()) <= (18_000 if path.startswith("search") else 15_000)


def test_a_first_search_loads_at_most_130_kb_more(reader: Reader) -> None:
    files = load(reader, "search.html#q=cordotomy")
    assert {*ENGINE, "search.js"} <= files.keys()
    assert sum(len(gzip.compress(files[name], 6)) for name in (*ENGINE, "search.js")) <= 130_000
