"""The allowlists for HTML, parsed as browsers parse it, in hand-written pages and in finished pages.

Nothing can run, be fetched or be framed except what a page of its kind needs.
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
from build_tools.render.templates import CALLS, BracesError, fill

_ELEMENTS = frozenset(
    "a abbr b blockquote br button cite code dd details div dl dt em figcaption figure form h1 h2 h3 h4 h5 h6 hr "
    "i img input kbd label li nav noscript ol p pre q section small span strong sub summary sup table tbody td th "
    "thead time tr ul".split()
)
_PAGE_ELEMENTS = _ELEMENTS | frozenset(
    "html head title meta link script body header main article footer caption fieldset legend textarea bdi svg g "
    "path circle ellipse text desc".split()
)
_WRAPPERS = frozenset(("html", "head", "body"))
"""Elements that a parser adds around every fragment."""
_ATTRIBUTES = frozenset(
    "action alt class datetime dir for height href hreflang id lang method name open placeholder role scope src "
    "start tabindex title type value width autocomplete hidden colspan rowspan".split()
)
_PAGE_ATTRIBUTES = _ATTRIBUTES | frozenset(
    "charset content rel as crossorigin defer checked form rows viewBox d cx cy r rx ry x y transform".split()
)
_METAS = frozenset("viewport description color-scheme referrer robots".split())
_RELATIONS = frozenset("canonical icon stylesheet preload manifest alternate".split())

_ON_SITE = re.compile(r"(?:/?(?:[\w.~!'(),;=@%+-]+/)*[\w.~!'(),;=@%+-]*)?(?:\?[^\s\\]*)?(?:#\S*)?")
_EXTERNAL = re.compile(r"https://[\w.-]+(?::\d+)?(?:[/?#]\S*)?|mailto:\S+|tel:[\w+;=.-]+")

_SCRIPTS = {
    "worksheet": ("worksheet.js",),
    "take-along": ("worksheet.js",),
    "infobutton": ("infobutton.js",),
    "search": ("lunr.js", "search-index.js", "search.js"),
}
"""The scripts of some kinds of pages. All pages load site.js, and pages with explained words explain.js."""
_SCRIPT = re.compile(r"(?:[\w.~/-]*/)?assets/[0-9a-f]{12}/([\w-]+\.js)")

SCRIPTS = {
    "site.js",
    "explain.js",
    "words.js",
    "offline.js",
    *(name for names in _SCRIPTS.values() for name in names),
}
"""All scripts in the assets folder."""

_ESCAPE_HINT = 'To show the character itself, write "&lt;" for "<".'
_ATTRIBUTE_HINT = "Styles belong in content/assets/site.css, and behavior in content/assets/site.js."
_ADDRESS_HINT = (
    "A link begins with https:, mailto: or tel:, or is a page such as about.md. Files must be of this site."
)


Fault = tuple[str, str]
"""A message and a hint."""


# Finished pages


def check_page(page: LexborHTMLParser, sources: Collection[str]) -> Iterator[Fault]:
    """Find what is not allowed on a finished page. A link can always be one of the `sources`."""
    yield from _check_elements(page, _PAGE_ELEMENTS, _PAGE_ATTRIBUTES, sources)
    for node in page.css("meta[name], link"):
        name, allowed = ("name", _METAS) if node.tag == "meta" else ("rel", _RELATIONS)
        if (value := node.attributes.get(name)) not in allowed:
            yield f'<{node.tag} {name}="{value}"> is not allowed.', "Delete it."
    loaded: list[str] = []
    for node in page.css("script"):
        source = node.attributes.get("src")
        if source is not None:
            match = _SCRIPT.fullmatch(source)
            loaded.append(match[1] if match else source)
        elif node.attributes != {"type": "application/ld+json"}:
            yield "There is an inline script.", "Move it to a file in content/assets/."
    expected = ["site.js", *(["explain.js"] if page.css_first("a.term") else [])]
    expected += ["offline.js"] if page.css_first(".offline") else []
    expected += [
        name for kind, names in _SCRIPTS.items() if page.css_first(f".page.kind-{kind}") for name in names
    ]
    if loaded != expected:
        message = f"It loads {', '.join(loaded) or 'no script'}, but must load exactly {', '.join(expected)}."
        yield message, "Change the <script> elements of its template."


def _check_elements(
    page: LexborHTMLParser, elements: Collection[str], attributes: Collection[str], sources: Collection[str] = ()
) -> Iterator[Fault]:
    if page.raw_html.lower().count(b"</noscript") != len(page.css("noscript")):
        hint = "Browsers with and without scripts would parse the page differently."
        yield "<noscript> must not end inside another element or an attribute.", hint
    for node in page.css("*"):
        tag = node.tag or ""
        if tag not in elements:
            yield f"<{tag}> is not allowed.", _ESCAPE_HINT
            continue
        for name, value in node.attributes.items():
            if name not in attributes and not name.startswith(("aria-", "data-")):
                yield f'"{name}" is not allowed in <{tag}>.', _ATTRIBUTE_HINT
            elif name in ("href", "src", "action") and not _is_allowed(node, value or "", sources):
                yield f'<{tag}> cannot refer to "{value}".', _ADDRESS_HINT


def _is_allowed(node: LexborNode, address: str, sources: Collection[str]) -> bool:
    if _ON_SITE.fullmatch(address):
        return True
    canonical = node.tag == "link" and node.attributes.get("rel") == "canonical"
    return canonical or (node.tag == "a" and (address in sources or bool(_EXTERNAL.fullmatch(address))))


# Hand-written pages

_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?\n)(?:\.{3}|---)[ \t]*\n", re.DOTALL)
_FRONT_MATTER_LINE = re.compile(r"(?:title|description): [^\"<>{}\\]+|kind: [a-z-]+|")
_UNFENCED_FRONT_MATTER = re.compile(r" {0,3}[\w-]+:")


def check_markup(content: Path) -> Iterator[Problem]:
    """Find whatever could run, fetch, frame or restyle something in hand-written pages."""
    for file in sorted(content.glob("*.md")):
        shown = f"{content.name}/{file.name}"
        text, _ = read_text(file, shown)  # the renderer reports an unreadable file
        text = strip_suppressions(text)
        faults: dict[tuple[int, str], str] = {}
        try:
            variants = {_fill(text, *variant): variant for variant in product((False, True), _RESULTS)}
            for offline, result in variants.values():
                faults |= {(line, message): hint for line, message, hint in _check_text(text, offline, result)}
        except BracesError as error:
            yield error.problem(shown)
        except RecursionError:
            yield Problem(Place(shown), "Lists or quotations are nested too deeply.", "Use fewer levels.")
        yield from (Problem(Place(shown, line), message, hint) for (line, message), hint in faults.items())


def _check_text(text: str, offline: bool, result: str) -> Iterator[tuple[int, str, str]]:
    """Find the faults of a text whose calls give `result`, each with its line."""
    yield from _check_front_matter(text, _fill(text, offline, result))
    lines = text.splitlines(keepends=True)

    def count(number: int) -> Counter[Fault]:
        """The faults in the first lines, with an open `{% if %}` closed after them."""
        for end in ("", "{% endif %}"):
            try:
                filled = _fill("".join(lines[:number]) + end, offline, result)
                html = markdown(filled, extensions=["toc", "tables", "fenced_code", "attr_list"])
                page = LexborHTMLParser(html + _HTML)
                return Counter(_check_elements(page, _ELEMENTS | _WRAPPERS, _ATTRIBUTES))
            except BracesError:
                continue
        return Counter()

    for fault, times in count(len(lines)).items():
        for nth in range(1, times + 1):
            line = bisect_left(range(1, len(lines) + 1), nth, key=lambda number: count(number)[fault])
            yield min(line + 1, len(lines)), *fault


_HTML = "<b class=\"x\">'x'</b>"
"""HTML that follows each checked text, as the rest of a page does, and so reveals an unclosed tag or comment."""
_RESULTS = ("", Markup(_HTML), Markup(f"<div>\n{_HTML}\n</div>"))
"""What calls can give: nothing, or HTML, which no attribute can hold."""


def _fill(text: str, offline: bool, result: str) -> str:
    return fill(text, dict.fromkeys(CALLS, lambda *_: result), offline=offline)


def _check_front_matter(*texts: str) -> Iterator[tuple[int, str, str]]:
    for text in texts:
        if match := _FRONT_MATTER.match(text):
            for number, line in enumerate(match[1].splitlines(), 2):
                if not _FRONT_MATTER_LINE.fullmatch(line):
                    message = "Only title, description and kind can be above the text of a page."
                    yield number, message, "Write one per line, without quotes."
        elif _UNFENCED_FRONT_MATTER.match(text):
            message = "Title and description must be between two lines of three hyphens."
            yield 1, message, "Write --- above and below them."
