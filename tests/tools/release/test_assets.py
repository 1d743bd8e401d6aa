"""The assets folder is named by its content."""

from __future__ import annotations

import re

import pytest

from build_tools.release.assets import fingerprint, rewrite_asset_urls, strip_comments
from tests.conftest import ROOT


def test_only_comments_are_stripped_from_styles() -> None:
    assert strip_comments("/* One\n thing */\n\na { color: red; } /* b */ c { d: url(a/*.png) }") == (
        "a { color: red; } c { d: url(a/*.png) }"
    )


def test_fingerprint_changes_with_every_byte_and_name() -> None:
    files = {"site.css": b"a", "fonts/f.woff2": b"b"}
    others = [
        {"site.css": b"a", "fonts/f.woff2": b"c"},
        {"other.css": b"a", "fonts/f.woff2": b"b"},
        {"site.css": b"a"},
        {"site.css": b"b", "fonts/f.woff2": b"a"},
    ]
    assert len({fingerprint(assets) for assets in (files, *others)}) == 5
    assert fingerprint(dict(reversed(files.items()))) == fingerprint(files)


@pytest.mark.parametrize(("before", "after"), [
    ('<link href="assets/site.css">', '<link href="assets/0f/site.css">'),
    ('<script src="../../assets/site.js">', '<script src="../../assets/0f/site.js">'),
    ('<link href="/pain/assets/site.css">', '<link href="/pain/assets/0f/site.css">'),
    ('<img src="assets/0f/a.svg">', '<img src="assets/0f/a.svg">'),
    ('<a href="https://example.org/assets/a">', '<a href="https://example.org/assets/a">'),
    ("<p>Look into assets/site.css.</p>", "<p>Look into assets/site.css.</p>"),
])  # fmt: skip
def test_only_urls_of_this_site_are_rewritten(before: str, after: str) -> None:
    assert rewrite_asset_urls("0f", before) == after


def test_words_of_scripts_are_in_the_page_where_browsers_translate_them() -> None:
    for script in (ROOT / "content/assets").glob("*.js"):
        code = re.sub(r"^ *//.*| // .*", "", script.read_text("utf-8"), flags=re.MULTILINE)
        if script.name != "explain.js":  # its box does not open in a translated page
            assert re.findall(r"""["'`][A-Z][a-z]+[ .:][^"'`]*["'`]""", code) == []
