"""The folder of assets is named by its content."""

from __future__ import annotations

import re

import pytest

from build_tools.release.assets import fingerprint, rewrite_asset_urls, strip_comments
from tests.conftest import ROOT


def test_styles_lose_their_comments_and_nothing_else() -> None:
    assert strip_comments("/* One\n thing */\n\na { color: red; } /* b */ c { d: url(a/*.png) }") == (
        "a { color: red; } c { d: url(a/*.png) }"
    )


def test_the_name_changes_with_every_byte_and_every_name() -> None:
    files = {"site.css": b"a", "fonts/f.woff2": b"b"}
    others = [
        {"site.css": b"a", "fonts/f.woff2": b"c"},
        {"other.css": b"a", "fonts/f.woff2": b"b"},
        {"site.css": b"a"},
        {"site.css": b"b", "fonts/f.woff2": b"a"},
    ]
    assert len({fingerprint(each) for each in (files, *others)}) == 5
    assert fingerprint(dict(reversed(files.items()))) == fingerprint(files)


@pytest.mark.parametrize(("before", "after"), [
    ('<link href="assets/site.css">', '<link href="assets/0f/site.css">'),
    ('<script src="../../assets/site.js">', '<script src="../../assets/0f/site.js">'),
    ('<link href="/pain/assets/site.css">', '<link href="/pain/assets/0f/site.css">'),
    ('<img src="assets/0f/a.svg">', '<img src="assets/0f/a.svg">'),
    ('<a href="https://example.org/assets/a">', '<a href="https://example.org/assets/a">'),
    ("<p>Look into assets/site.css.</p>", "<p>Look into assets/site.css.</p>"),
])  # fmt: skip
def test_addresses_on_this_site_and_nothing_else_lead_into_the_folder(before: str, after: str) -> None:
    assert rewrite_asset_urls("0f", before) == after


def test_what_scripts_say_is_in_the_page_so_that_a_browser_translates_it() -> None:
    """Only the box of a medical word has words of its own: it does not open in a translated page."""
    for script in (ROOT / "content/assets").glob("*.js"):
        code = re.sub(r"^ *//.*| // .*", "", script.read_text("utf-8"), flags=re.MULTILINE)
        if script.name != "explain.js":
            assert re.findall(r"""["'`][A-Z][a-z]+[ .:][^"'`]*["'`]""", code) == []
