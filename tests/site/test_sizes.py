"""How much a page makes a browser fetch: bytes are facts, not timings."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from playwright.sync_api import Request

from tests.site.conftest import AT_REST, KINDS, Reader, pages_of

ENGINE = ("lunr.js", "search-index.js")
"""What the search page needs beside scripts of our own."""


def fetched(reader: Reader, path: str) -> dict[str, bytes]:
    """What a browser with an empty cache fetches for a page: each file's name and bytes."""
    page = reader.opens(width=360, height=640)
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    page.goto(path)
    if "search" in path:
        page.locator("#search-results a").first.wait_for()
    page.evaluate(AT_REST)
    answers = [(request.url, request.response()) for request in asked]
    return {Path(url.partition("#")[0]).name: answer.body() for url, answer in answers if answer}


@pytest.mark.parametrize(("behind", "most"), [(False, 15_000), (True, 45_000)])
def test_the_first_load_of_a_procedure_is_light(reader: Reader, site: Path, behind: bool, most: int) -> None:
    """The heaviest short page and what it loads are at most 15 KB, the heaviest one behind it 45, and fonts 40."""
    procedures = [path for path in pages_of(site) if path.startswith("procedures/")]
    pages = [path for path in procedures if (path.count("/") == 2) is behind]
    heaviest = max(pages, key=lambda path: len(gzip.compress((site / path).read_bytes(), 6)))
    files = fetched(reader, heaviest)
    fonts = sum(len(body) for name, body in files.items() if name.endswith(".woff2"))
    rest = sum(len(gzip.compress(body, 6)) for name, body in files.items() if not name.endswith(".woff2"))
    assert 0 < fonts <= 40_000
    assert rest <= most, heaviest


@pytest.mark.parametrize("path", KINDS)
def test_scripts_of_our_own_are_small(reader: Reader, path: str) -> None:
    files = fetched(reader, path)
    own = {name: len(body) for name, body in files.items() if name.endswith(".js") and name not in ENGINE}
    assert "site.js" in own
    assert {*ENGINE} <= files.keys() if path.startswith("search") else not {*ENGINE} & files.keys()
    assert sum(own.values()) <= (18_000 if path.startswith("search") else 15_000)


def test_a_first_search_loads_at_most_130_kb_more(reader: Reader) -> None:
    """The search page asks for an engine, an index and a script that no other page needs."""
    files = fetched(reader, "search.html#q=cordotomy")
    assert {*ENGINE, "search.js"} <= files.keys()
    assert sum(len(gzip.compress(files[name], 6)) for name in (*ENGINE, "search.js")) <= 130_000
