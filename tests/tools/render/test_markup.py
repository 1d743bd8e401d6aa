"""HTML and Markdown of pages cannot run, fetch or restyle anything."""

from __future__ import annotations

from pathlib import Path

import pytest
from markdown import markdown
from selectolax.lexbor import LexborHTMLParser

from build_tools.render.markup import check_markup, check_page
from tests.conftest import ROOT

ATTACKS = (ROOT / "tests/site/hostile.txt").read_text("utf-8").splitlines()


def check(tmp_path: Path, text: str) -> list[str]:
    """The problems of a hand-written page with this text."""
    content = tmp_path / "content"
    content.mkdir(exist_ok=True)
    (content / "page.md").write_text(text, "utf-8")
    return [str(problem).splitlines()[0] for problem in check_markup(content)]


@pytest.mark.parametrize(("text", "expected"), [
    ("# A\n\n<script>alert(1)</script>\n", "3: <script> is not allowed."),
    ("A\n\nb <IFRAME src=about.html></IFRAME>\n\nc", "3: <iframe> is not allowed."),
    ('<p onclick="go()">A</p>', '1: "onclick" is not allowed in <p>.'),
    ("<p\n  style='color: red'>A</p>", '2: "style" is not allowed in <p>.'),
    ('A\n<a href="java&#115;cript:go()">b</a>', '2: <a> cannot refer to "javascript:go()".'),
    ('<a href=" JAVAscript:go()">b</a>', '1: <a> cannot refer to " JAVAscript:go()".'),
    ("A [b](javascript:go()) c", '1: <a> cannot refer to "javascript:go()".'),
    ("A [b](java&#115;cript:go()) c", '1: <a> cannot refer to "javascript:go()".'),
    ("A [b][] c\n\n[b]: data:text/html,c", '3: <a> cannot refer to "data:text/html,c".'),
    ("A <javascript:go()> c", "1: <javascript:go()> is not allowed."),
    ('A\n{: onclick="go()" }', '2: "onclick" is not allowed in <p>.'),
    ("A\n\n<!--><script src='assets/evil.js'></script>--> word.", "3: <script> is not allowed."),
    ("A <!--{{ shown_by() }}--!><script>go()</script>-->", "1: <script> is not allowed."),
    ('A\n\n<p title="{{ shown_by() }}">b</p>', '3: "x"" is not allowed in <p>.'),
    ("A\n\n<div><br action=", '3: <br> cannot refer to "<b".'),
    ("A\n<scr{{ shown_by() }}ipt>go()</script>", "2: <script> is not allowed."),
    ("<!{% if offline %}--{% endif %}>\n<script>go()</script>", "2: <script> is not allowed."),
    ("{% if offline %}<!--{% endif %}\n\n<script>go()</script>\n-->", "3: <script> is not allowed."),
    ('<noscript><p title="</noscript><script>go()</script>">A</p></noscript>',
     "1: <noscript> must not end inside another element or an attribute."),
    ("[b](//evil.example/)", '1: <a> cannot refer to "//evil.example/".'),
    ('<a href="\\\\evil.example">b</a>', '1: <a> cannot refer to "\\\\evil.example".'),
    ('<a href="/\\evil.example">b</a>', '1: <a> cannot refer to "/\\evil.example".'),
    ('<a href="http://evil.example/">b</a>', '1: <a> cannot refer to "http://evil.example/".'),
    ('<form action="https://evil.example/"></form>', '1: <form> cannot refer to "https://evil.example/".'),
    ("![b](https://evil.example/b.png)", '1: <img> cannot refer to "https://evil.example/b.png".'),
    ('<button formaction="about.html">A</button>', '1: "formaction" is not allowed in <button>.'),
    ("A\n\n<meta http-equiv=refresh content='0;url=//evil.example'>", "3: <meta> is not allowed."),
    ('---\ntitle: A\ndescription: 0" http-equiv="refresh\n---\nA',
     "3: Only title, description and kind can be above the text of a page."),
    ("---\ntitle: A\ntemplate: 404.html\n---\nA",
     "3: Only title, description and kind can be above the text of a page."),
    ("template: 404.html\n\nA", "1: Title and description must be between two lines of three hyphens."),
])  # fmt: skip
def test_forbidden_markup_is_reported_with_its_line(tmp_path: Path, text: str, expected: str) -> None:
    line, _, message = expected.partition(": ")
    assert check(tmp_path, text) == [f"content/page.md:{line}:1: {message}"]


@pytest.mark.parametrize("text", [
    "Less than 3 < 4, and a <br> or two.",
    '<p class="lead" lang="en">A <a href="about.md">page</a>, <a href="https://example.org/">another</a>.</p>',
    "See [this](https://example.org/a:b) or <https://example.org/>, or write to [us](mailto:us@example.org).",
    "# Head {: #id }\n\nA paragraph.\n{: .lead title='A' }\n",
    "<!-- a note with <script> in it -->",
    "Write &lt;script&gt; to name it.",
])  # fmt: skip
def test_plain_markup_is_allowed(tmp_path: Path, text: str) -> None:
    assert check(tmp_path, text) == []


def test_each_problem_has_its_line(tmp_path: Path) -> None:
    text = "<script>a</script>\n\nB\n\n<p onclick=b>c</p>\n\n<script>d</script>\n"
    assert [problem.split(":")[1] for problem in check(tmp_path, text)] == ["1", "7", "5"]


def test_deeply_nested_lists_are_a_problem(tmp_path: Path) -> None:
    assert "too deeply" in check(tmp_path, "1. " * 2_000)[0]


def is_active(html: str) -> bool:
    """Whether a page runs or fetches something, or links to a script."""
    parser = LexborHTMLParser(html)
    return bool(parser.css("script, style, iframe, object, embed, base, meta, link, svg, math")) or any(
        name.startswith("on")
        or name in ("style", "background", "formaction")
        or "".join(str(value).split()).lower().startswith(("javascript:", "data:"))
        for node in parser.css("*")
        for name, value in node.attributes.items()
    )


@pytest.mark.parametrize("attack", ATTACKS)
def test_page_with_an_active_attack_is_refused(tmp_path: Path, attack: str) -> None:
    if is_active(markdown(f"# A\n\n{attack}\n\nThe end.", extensions=["attr_list", "toc"])):
        assert check(tmp_path, f"# A\n\n{attack}\n\nThe end.\n")


# Finished pages

SITE_JS = '<script src="assets/0123456789ab/site.js" defer></script>'
PAGE = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A</title>
<link rel="stylesheet" href="assets/0123456789ab/site.css"></head>
<body><div class="page"><article>{{body}}</article></div>{SITE_JS}</body></html>"""
SOURCE = "http://old.example/study"


def check_body(body: str) -> list[str]:
    """The messages for a finished page with this body."""
    return [message for message, _ in check_page(LexborHTMLParser(PAGE.format(body=body)), {SOURCE})]


@pytest.mark.parametrize(("body", "message"), [
    ('<a href="//evil.example/">b</a>', '<a> cannot refer to "//evil.example/".'),
    ('<a href=" java\nscript:go()">b</a>', '<a> cannot refer to " java\nscript:go()".'),
    ('<svg viewBox="0 0 9 9"><a xlink:href="x"></a></svg>', '"xlink:href" is not allowed in <a>.'),
    ("<p onpointerenter=go()>b</p>", '"onpointerenter" is not allowed in <p>.'),
    ("<object></object>", "<object> is not allowed."),
    ("<!--><script>go()</script>-->", "There is an inline script."),
    ('<!--><script src="assets/evil.js"></script>-->',
     "It loads assets/evil.js, site.js, but must load exactly site.js."),
    ('<script src="https://evil.example/assets/0123456789ab/site.js"></script>',
     "It loads https://evil.example/assets/0123456789ab/site.js, site.js, but must load exactly site.js."),
    (SITE_JS.replace("site.js", "search.js"), "It loads search.js, site.js, but must load exactly site.js."),
    ('<noscript><p title="</noscript><script>go()</script>">b</p></noscript>',
     "<noscript> must not end inside another element or an attribute."),
    ('<meta http-equiv="refresh" content="0">', '"http-equiv" is not allowed in <meta>.'),
    ('<link rel="prefetch" href="a">', '<link rel="prefetch"> is not allowed.'),
    ('<meta name="theme-color" content="a">', '<meta name="theme-color"> is not allowed.'),
])  # fmt: skip
def test_forbidden_elements_of_finished_pages_are_reported(body: str, message: str) -> None:
    assert message in check_body(body)


def test_links_and_structured_data_are_allowed() -> None:
    links = "".join(
        f'<a href="{address}">b</a>'
        for address in (SOURCE, "https://a.example/b?c#d", "mailto:a@b.example", "tel:+1-555;ext=2", "../a.html#b")
    )
    assert check_body(f'{links}<script type="application/ld+json">{{}}</script>') == []
