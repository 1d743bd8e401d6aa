"""HTML by list, read as browsers read it: in pages of words, and on the finished pages.

Nothing may run, be fetched or be framed but what a page of its kind needs. What is not on a list is a problem.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterator
from itertools import product
from pathlib import Path

from markdown import markdown
from markupsafe import Markup
from selectolax.lexbor import LexborHTMLParser, LexborNode

from build_tools.load.yaml_reader import read_text
from build_tools.prose.suppressions import strip_suppressions
from build_tools.records.problems import Place, Problem
from build_tools.render.templates import IN_WORDS, BracesError, fill

_IN_WORDS = frozenset(
    "a abbr b blockquote br button cite code dd details div dl dt em figcaption figure form h1 h2 h3 h4 h5 h6 hr "
    "i img input kbd label li nav noscript ol p pre q section small span strong sub summary sup table tbody td th "
    "thead time tr ul".split()
)
_ON_PAGES = _IN_WORDS | frozenset(
    "html head title meta link script body header main article footer caption fieldset legend textarea bdi svg g "
    "path circle ellipse text desc".split()
)
_AROUND = frozenset(("html", "head", "body"))
"""What a parser puts around every piece of HTML."""
_ATTRIBUTES = frozenset(
    "action alt class datetime dir for height href hreflang id lang method name open placeholder role scope src "
    "start tabindex title type value width autocomplete hidden colspan rowspan".split()
)
_ATTRIBUTES_ON_PAGES = _ATTRIBUTES | frozenset(
    "charset content rel as crossorigin defer checked form rows viewBox d cx cy r rx ry x y transform".split()
)
_METAS = frozenset("viewport description color-scheme referrer robots".split())
_RELATIONS = frozenset("canonical icon stylesheet preload manifest alternate".split())

_HERE = re.compile(r"(?:/?(?:[\w.~!'(),;=@%+-]+/)*[\w.~!'(),;=@%+-]*)?(?:\?[^\s\\]*)?(?:#\S*)?")
_ELSEWHERE = re.compile(r"https://[\w.-]+(?::\d+)?(?:[/?#]\S*)?|mailto:\S+|tel:[\w+;=.-]+")

_SCRIPTS = {
    "worksheet": ("worksheet.js",),
    "take-along": ("worksheet.js",),
    "infobutton": ("infobutton.js",),
    "search": ("lunr.js", "search-index.js", "search.js"),
}
"""The scripts of some kinds of pages. All pages load site.js, and those with explained words explain.js."""
_SCRIPT = re.compile(r"(?:[\w.~/-]*/)?assets/[0-9a-f]{12}/([\w-]+\.js)")

SCRIPTS = {
    "site.js",
    "explain.js",
    "words.js",
    "offline.js",
    *(name for names in _SCRIPTS.values() for name in names),
}
"""Every script that a site has among its assets."""

_WRITE = 'To show the characters themselves, write "&lt;" for "<".'
_ELSEWHERE_HINT = "Looks belong into content/assets/site.css, and what a page does into content/assets/site.js."
_LINK = "A link begins with https:, mailto: or tel:, or names a page as in about.md; all else lies in the site."


Found = tuple[str, str]
"""A message and a hint."""


# Finished pages


def check_page(page: LexborHTMLParser, sources: Collection[str]) -> Iterator[Found]:
    """What a finished page holds that is on no list. Links to `sources` can be as these are written."""
    yield from _beyond(page, _ON_PAGES, _ATTRIBUTES_ON_PAGES, sources)
    for node in page.css("meta[name], link"):
        name, allowed = ("name", _METAS) if node.tag == "meta" else ("rel", _RELATIONS)
        if (value := node.attributes.get(name)) not in allowed:
            yield f'<{node.tag} {name}="{value}"> cannot stand on a page.', "Delete it."
    loaded: list[str] = []
    for node in page.css("script"):
        source = node.attributes.get("src")
        if source is not None:
            loaded.append(_SCRIPT.sub(r"\1", source) if _SCRIPT.fullmatch(source) else source)
        elif node.attributes != {"type": "application/ld+json"}:
            yield "There is an inline script.", "It belongs into content/assets/."
    wanted = ["site.js", *(["explain.js"] if page.css_first("a.term") else [])]
    wanted += ["offline.js"] if page.css_first(".offline") else []
    wanted += [name for kind, names in _SCRIPTS.items() if page.css_first(f".page.kind-{kind}") for name in names]
    if loaded != wanted:
        yield f"It loads the scripts {', '.join(loaded)}, and not {', '.join(wanted)}.", "Delete what loads them."


def _beyond(
    page: LexborHTMLParser, elements: Collection[str], attributes: Collection[str], sources: Collection[str] = ()
) -> Iterator[Found]:
    if page.raw_html.lower().count(b"</noscript") != len(page.css("noscript")):
        hint = "Browsers with and without scripts would read two pages."
        yield "<noscript> ends inside of something else.", hint
    for node in page.css("*"):
        tag = node.tag or ""
        if tag not in elements:
            yield f"<{tag}> cannot stand here.", _WRITE
            continue
        for name, value in node.attributes.items():
            if name not in attributes and not name.startswith(("aria-", "data-")):
                yield f'"{name}" cannot stand in <{tag}>.', _ELSEWHERE_HINT
            elif name in ("href", "src", "action") and not _is_allowed(node, value or "", sources):
                yield f'<{tag}> cannot lead to "{value}".', _LINK


def _is_allowed(node: LexborNode, address: str, sources: Collection[str]) -> bool:
    if _HERE.fullmatch(address):
        return True
    canonical = node.tag == "link" and node.attributes.get("rel") == "canonical"
    return canonical or (node.tag == "a" and (address in sources or bool(_ELSEWHERE.fullmatch(address))))


# Pages of words

_HEAD = re.compile(r"---[ \t]*\n(.*?\n)(?:\.{3}|---)[ \t]*\n", re.DOTALL)
_HEAD_LINE = re.compile(r"(?:title|description): [^\"<>{}\\]+|kind: [a-z-]+|")
_OTHER_HEAD = re.compile(r" {0,3}[\w-]+:")


def check_markup(content: Path) -> Iterator[Problem]:
    """What a page of words holds that could run, fetch, frame or restyle something, each with its line."""
    for file in sorted(content.glob("*.md")):
        shown = f"{content.name}/{file.name}"
        text, _ = read_text(file, shown)  # that it cannot be read is said where its page is made
        text = strip_suppressions(text)
        found: dict[tuple[int, str], str] = {}
        try:
            ways = {_filled(text, *way): way for way in product((False, True), _QUOTED)}
            for offline, quoted in ways.values():
                found |= {(line, message): hint for line, message, hint in _in_words(text, offline, quoted)}
        except BracesError as error:
            yield error.problem(shown)
        except RecursionError:
            yield Problem(Place(shown), "Lists or quotations stand too deep in each other.", "Write it flatter.")
        yield from (Problem(Place(shown, line), message, hint) for (line, message), hint in found.items())


def _in_words(text: str, offline: bool, quoted: str) -> Iterator[tuple[int, str, str]]:
    yield from _in_head(text, _filled(text, offline, quoted))
    lines = text.splitlines(keepends=True)

    def count(number: int) -> Counter[Found]:
        """What stands in the first lines; an `{% if %}` that ends below them ends there."""
        for end in ("", "{% endif %}"):
            try:
                words = _filled("".join(lines[:number]) + end, offline, quoted)
                html = markdown(words, extensions=["toc", "tables", "fenced_code", "attr_list"])
                return Counter(_beyond(LexborHTMLParser(html + _HTML), _IN_WORDS | _AROUND, _ATTRIBUTES))
            except BracesError:
                continue
        return Counter()

    for found, times in count(len(lines)).items():
        for nth in range(1, times + 1):
            line = bisect_left(range(1, len(lines) + 1), nth, key=lambda number: count(number)[found])
            yield min(line + 1, len(lines)), *found


_HTML = "<b class=\"x\">'x'</b>"
"""HTML that follows each text of a check, as the rest of a page does: what is left open there is seen."""
_QUOTED = ("", Markup(_HTML), Markup(f"<div>\n{_HTML}\n</div>"))
"""What may take the place of a call: nothing, or HTML, which no attribute can hold."""


def _filled(text: str, offline: bool, quoted: str) -> str:
    return fill(text, dict.fromkeys(IN_WORDS, lambda *_: quoted), offline=offline)


def _in_head(*texts: str) -> Iterator[tuple[int, str, str]]:
    for text in texts:
        if head := _HEAD.match(text):
            for number, line in enumerate(head[1].splitlines(), 2):
                if not _HEAD_LINE.fullmatch(line):
                    said = "The head of a page holds title, description and kind."
                    yield number, said, "One a line, without quotes."
        elif _OTHER_HEAD.match(text):
            said = "The head of a page stands between two lines of three hyphens."
            yield 1, said, "Write --- above and below it."
