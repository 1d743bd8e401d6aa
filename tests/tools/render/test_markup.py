"""HTML and Markdown in hand-written pages: nothing of it may run, fetch or restyle."""

from __future__ import annotations

from pathlib import Path

import pytest
from markdown import markdown
from selectolax.lexbor import LexborHTMLParser

from build_tools.render.markup import check_markup, check_page
from tests.conftest import ROOT

ATTACKS = (ROOT / "tests/site/hostile.txt").read_text("utf-8").splitlines()


def told(tmp_path: Path, text: str) -> list[str]:
    """What is said about a page of words that holds this text."""
    content = tmp_path / "content"
    content.mkdir(exist_ok=True)
    (content / "page.md").write_text(text, "utf-8")
    return [str(problem).splitlines()[0] for problem in check_markup(content)]


@pytest.mark.parametrize(("text", "said"), [
    ("# A\n\n<script>alert(1)</script>\n", "3: <script> cannot stand here."),
    ("A\n\nb <IFRAME src=about.html></IFRAME>\n\nc", "3: <iframe> cannot stand here."),
    ('<p onclick="go()">A</p>', '1: "onclick" cannot stand in <p>.'),
    ("<p\n  style='color: red'>A</p>", '2: "style" cannot stand in <p>.'),
    ('A\n<a href="java&#115;cript:go()">b</a>', '2: <a> cannot lead to "javascript:go()".'),
    ('<a href=" JAVAscript:go()">b</a>', '1: <a> cannot lead to " JAVAscript:go()".'),
    ("A [b](javascript:go()) c", '1: <a> cannot lead to "javascript:go()".'),
    ("A [b](java&#115;cript:go()) c", '1: <a> cannot lead to "javascript:go()".'),
    ("A [b][] c\n\n[b]: data:text/html,c", '3: <a> cannot lead to "data:text/html,c".'),
    ("A <javascript:go()> c", "1: <javascript:go()> cannot stand here."),
    ('A\n{: onclick="go()" }', '2: "onclick" cannot stand in <p>.'),
    ("A\n\n<!--><script src='assets/evil.js'></script>--> word.", "3: <script> cannot stand here."),
    ("A <!--{{ shown_by() }}--!><script>go()</script>-->", "1: <script> cannot stand here."),
    ('A\n\n<p title="{{ shown_by() }}">b</p>', '3: "x"" cannot stand in <p>.'),
    ("A\n\n<div><br action=", '3: <br> cannot lead to "<b".'),
    ("A\n<scr{{ shown_by() }}ipt>go()</script>", "2: <script> cannot stand here."),
    ("<!{% if offline %}--{% endif %}>\n<script>go()</script>", "2: <script> cannot stand here."),
    ("{% if offline %}<!--{% endif %}\n\n<script>go()</script>\n-->", "3: <script> cannot stand here."),
    ('<noscript><p title="</noscript><script>go()</script>">A</p></noscript>',
     "1: <noscript> ends inside of something else."),
    ("[b](//evil.example/)", '1: <a> cannot lead to "//evil.example/".'),
    ('<a href="\\\\evil.example">b</a>', '1: <a> cannot lead to "\\\\evil.example".'),
    ('<a href="/\\evil.example">b</a>', '1: <a> cannot lead to "/\\evil.example".'),
    ('<a href="http://evil.example/">b</a>', '1: <a> cannot lead to "http://evil.example/".'),
    ('<form action="https://evil.example/"></form>', '1: <form> cannot lead to "https://evil.example/".'),
    ("![b](https://evil.example/b.png)", '1: <img> cannot lead to "https://evil.example/b.png".'),
    ('<button formaction="about.html">A</button>', '1: "formaction" cannot stand in <button>.'),
    ("A\n\n<meta http-equiv=refresh content='0;url=//evil.example'>", "3: <meta> cannot stand here."),
    ('---\ntitle: A\ndescription: 0" http-equiv="refresh\n---\nA',
     "3: The head of a page holds title, description and kind."),
    ("---\ntitle: A\ntemplate: 404.html\n---\nA", "3: The head of a page holds title, description and kind."),
    ("template: 404.html\n\nA", "1: The head of a page stands between two lines of three hyphens."),
])  # fmt: skip
def test_what_could_run_is_named_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    line, _, message = said.partition(": ")
    assert told(tmp_path, text) == [f"content/page.md:{line}:1: {message}"]


@pytest.mark.parametrize("text", [
    "Less than 3 < 4, and a <br> or two.",
    '<p class="lead" lang="en">A <a href="about.md">page</a>, <a href="https://example.org/">another</a>.</p>',
    "See [this](https://example.org/a:b) or <https://example.org/>, or write to [us](mailto:us@example.org).",
    "# Head {: #id }\n\nA paragraph.\n{: .lead title='A' }\n",
    "<!-- a note with <script> in it -->",
    "Write &lt;script&gt; to name it.",
])  # fmt: skip
def test_what_is_plain_is_left_alone(tmp_path: Path, text: str) -> None:
    assert told(tmp_path, text) == []


def test_each_of_several_problems_has_its_line(tmp_path: Path) -> None:
    text = "<script>a</script>\n\nB\n\n<p onclick=b>c</p>\n\n<script>d</script>\n"
    assert [said.split(":")[1] for said in told(tmp_path, text)] == ["1", "7", "5"]


def test_quotations_too_deep_to_read_are_a_problem(tmp_path: Path) -> None:
    assert "too deep" in told(tmp_path, "1. " * 2_000)[0]


def alive(html: str) -> bool:
    """Whether something in a page runs, fetches or leads to what runs."""
    parser = LexborHTMLParser(html)
    return bool(parser.css("script, style, iframe, object, embed, base, meta, link, svg, math")) or any(
        name.startswith("on")
        or name in ("style", "background", "formaction")
        or "".join(str(value).split()).lower().startswith(("javascript:", "data:"))
        for node in parser.css("*")
        for name, value in node.attributes.items()
    )


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_page_with_an_attack_that_would_live_is_refused(tmp_path: Path, attack: str) -> None:
    if alive(markdown(f"# A\n\n{attack}\n\nThe end.", extensions=["attr_list", "toc"])):
        assert told(tmp_path, f"# A\n\n{attack}\n\nThe end.\n")


# Finished pages

SITE_JS = '<script src="assets/0123456789ab/site.js" defer></script>'
PAGE = f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A</title>
<link rel="stylesheet" href="assets/0123456789ab/site.css"></head>
<body><div class="page"><article>{{body}}</article></div>{SITE_JS}</body></html>"""
SOURCE = "http://old.example/study"


def on_a_page(body: str) -> list[str]:
    """What is said about a finished page with this in its body."""
    return [message for message, _ in check_page(LexborHTMLParser(PAGE.format(body=body)), {SOURCE})]


@pytest.mark.parametrize(("body", "said"), [
    ('<a href="//evil.example/">b</a>', '<a> cannot lead to "//evil.example/".'),
    ('<a href=" java\nscript:go()">b</a>', '<a> cannot lead to " java\nscript:go()".'),
    ('<svg viewBox="0 0 9 9"><a xlink:href="x"></a></svg>', '"xlink:href" cannot stand in <a>.'),
    ("<p onpointerenter=go()>b</p>", '"onpointerenter" cannot stand in <p>.'),
    ("<object></object>", "<object> cannot stand here."),
    ("<!--><script>go()</script>-->", "There is an inline script."),
    ('<!--><script src="assets/evil.js"></script>-->',
     "It loads the scripts assets/evil.js, site.js, and not site.js."),
    ('<script src="https://evil.example/assets/0123456789ab/site.js"></script>',
     "It loads the scripts https://evil.example/assets/0123456789ab/site.js, site.js, and not site.js."),
    (SITE_JS.replace("site.js", "search.js"), "It loads the scripts search.js, site.js, and not site.js."),
    ('<noscript><p title="</noscript><script>go()</script>">b</p></noscript>',
     "<noscript> ends inside of something else."),
    ('<meta http-equiv="refresh" content="0">', '"http-equiv" cannot stand in <meta>.'),
    ('<link rel="prefetch" href="a">', '<link rel="prefetch"> cannot stand on a page.'),
    ('<meta name="theme-color" content="a">', '<meta name="theme-color"> cannot stand on a page.'),
])  # fmt: skip
def test_a_finished_page_holds_only_what_is_allowed(body: str, said: str) -> None:
    assert said in on_a_page(body)


def test_what_pages_need_is_on_the_lists() -> None:
    links = "".join(
        f'<a href="{address}">b</a>'
        for address in (SOURCE, "https://a.example/b?c#d", "mailto:a@b.example", "tel:+1-555;ext=2", "../a.html#b")
    )
    assert on_a_page(f'{links}<script type="application/ld+json">{{}}</script>') == []
