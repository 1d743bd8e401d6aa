"""HTML in hand-written pages: plain elements only. Nothing there may run, and nothing may be fetched or framed."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from build_tools.problems import Place, Problem
from build_tools.reading import read_text

_ELEMENTS = frozenset(
    "a abbr b blockquote br button cite code dd details div dl dt em figcaption figure form h1 h2 h3 h4 h5 h6 hr "
    "i img input kbd label li nav noscript ol p pre q section small span strong sub summary sup table tbody td th "
    "thead time tr ul".split()
)
_ATTRIBUTES = frozenset(
    "action alt class datetime dir for height href hreflang id lang method name open placeholder role scope src "
    "start tabindex title type value width autocomplete hidden colspan rowspan".split()
)
_ADDRESSES = ("href", "src", "action")
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)
_SCHEMES = frozenset(("http", "https", "mailto", "tel"))
_OF_LINKS = re.compile(
    r"\]\(\s*<?([^\s)>]+)|^\s*\[[^\]]+\]:\s*<?([^\s>]+)|<([a-z][\w+.-]*:[^\s>]*)>", re.IGNORECASE
)
_LISTS = re.compile(r"\{:([^}\n]*)\}")
_NAMES = re.compile(r"([\w:-]+)\s*=")


def check_markup(content: Path) -> Iterator[Problem]:
    """What a page of words holds that could run, fetch, frame or restyle something, each with its place."""
    for file in sorted(content.glob("*.md")):
        text, _ = read_text(file, file.name)  # that it cannot be read is said where its words are read
        yield from (
            Problem(Place(f"{content.name}/{file.name}", line, column), message, hint)
            for line, column, message, hint in (*_in_elements(text), *_in_markdown(text))
        )


Found = tuple[int, int, str, str]
_WRITE = 'To show the characters themselves, write "&lt;" for "<".'


class _Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Found] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        line, before = self.getpos()
        if tag not in _ELEMENTS:
            if ":" not in tag:  # an address between angle brackets, which is no element
                self._tell(line, before, f"<{tag}> cannot stand in a page of words.", _WRITE)
            return
        for name, value in attrs:
            plain = name.startswith(("aria-", "data-")) or name in _ATTRIBUTES
            if not plain:
                hint = (
                    "Looks belong into content/assets/site.css, and what a page does into content/assets/site.js."
                )
                self._tell(line, before, f'"{name}" cannot stand in <{tag}>.', hint)
            elif name in _ADDRESSES and (scheme := _foreign_scheme(value or "")):
                self._tell(line, before, *_no_such_address(scheme))

    def _tell(self, line: int, before: int, message: str, hint: str) -> None:
        self.found.append((line, before + 1, message, hint))


def _in_elements(text: str) -> list[Found]:
    parser = _Elements()
    parser.feed(text)
    parser.close()
    return parser.found


def _in_markdown(text: str) -> Iterator[Found]:
    for number, line in enumerate(text.splitlines(), 1):
        for link in _OF_LINKS.finditer(line):
            if scheme := _foreign_scheme(next(filter(None, link.groups()))):
                yield (number, link.start() + 1, *_no_such_address(scheme))
        for marks in _LISTS.finditer(line):
            for name in _NAMES.findall(marks[1]):
                if name.lower() not in _ATTRIBUTES:
                    yield (
                        number,
                        marks.start() + 1,
                        f'"{name}" cannot stand in a list of attributes.',
                        "Delete it.",
                    )


def _foreign_scheme(address: str) -> str:
    """The scheme of an address that no link has, as browsers read it: without spaces, references resolved."""
    found = _SCHEME.match(re.sub(r"[\x00-\x20]", "", html.unescape(address)))
    return found[1].lower() if found and found[1].lower() not in _SCHEMES else ""


def _no_such_address(scheme: str) -> tuple[str, str]:
    return f'"{scheme}:" cannot begin an address.', "Links begin with https://, or name a page as in about.md."
