"""HTML and Markdown in hand-written pages: nothing of it may run, fetch or restyle."""

from __future__ import annotations

from pathlib import Path

import pytest
from markdown import markdown  # type: ignore[import-untyped]
from selectolax.lexbor import LexborHTMLParser

from build_tools.markup import check_markup
from tests.conftest import ROOT, edit, run

ATTACKS = (ROOT / "tests/site/hostile.txt").read_text("utf-8").splitlines()


def told(tmp_path: Path, text: str) -> list[str]:
    """What is said about a page of words that holds this text."""
    content = tmp_path / "content"
    content.mkdir(exist_ok=True)
    (content / "page.md").write_text(text, "utf-8")
    return [str(problem).splitlines()[0] for problem in check_markup(content)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# A\n\n<script>alert(1)</script>\n", "3:1: <script> cannot stand in a page of words."),
        ("A <IFRAME src=about.html></IFRAME>", "1:3: <iframe> cannot stand in a page of words."),
        ('<p onclick="go()">A</p>', '1:1: "onclick" cannot stand in <p>.'),
        ("<p\n  style='color: red'>A</p>", '1:1: "style" cannot stand in <p>.'),
        ('A\n<a href="java&#115;cript:go()">b</a>', '2:1: "javascript:" cannot begin an address.'),
        ('<a href=" JAVA\tscript:go()">b</a>', '1:1: "javascript:" cannot begin an address.'),
        ("A [b](javascript:go()) c", '1:5: "javascript:" cannot begin an address.'),
        ("A [b](java&#115;cript:go()) c", '1:5: "javascript:" cannot begin an address.'),
        ("[b]: data:text/html,c", '1:1: "data:" cannot begin an address.'),
        ("A <javascript:go()> c", '1:3: "javascript:" cannot begin an address.'),
        ('A\n{: onclick="go()" }', '2:1: "onclick" cannot stand in a list of attributes.'),
    ],
)
def test_what_could_run_is_told_with_its_place(tmp_path: Path, text: str, said: str) -> None:
    assert told(tmp_path, text) == [f"content/page.md:{said}"]


@pytest.mark.parametrize(
    "text",
    [
        "Less than 3 < 4, and a <br> or two.",
        '<p class="lead" lang="en">A <a href="about.md">page</a>, <a href="https://example.org/">another</a>.</p>',
        "See [this](https://example.org/a:b) or <https://example.org/>, or write to [us](mailto:us@example.org).",
        "# Head {: #id }\n\nA paragraph.\n{: .lead title='A' }\n",
        "<!-- a note with <script> in it -->",
        "Write &lt;script&gt; to name it.",
    ],
)
def test_what_is_plain_is_left_alone(tmp_path: Path, text: str) -> None:
    assert told(tmp_path, text) == []


def test_our_own_pages_are_plain() -> None:
    assert list(check_markup(ROOT / "content")) == []


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


def test_the_check_names_the_line_and_stops_the_build(project: Path) -> None:
    edit(project / "content/privacy.md", "Nobody asks who you are.", "Nobody <script>asks()</script> who you are.")
    done = run(project, "build_tools", "check")
    assert done.returncode == 1
    assert "content/privacy.md:7:8: <script> cannot stand in a page of words." in done.stderr
