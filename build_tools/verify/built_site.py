"""A built site, parsed once, and the rules for its HTML and its files: they need no fact to be wrong."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, reduce
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from build_tools.load.facts import Facts
from build_tools.load.settings import Settings
from build_tools.records.problems import Place
from build_tools.records.sections import ANCHORS
from build_tools.render.markup import SCRIPTS, check_page
from build_tools.verify.origins import Finding, traces_of

Findings = Iterator[Finding]

_LISTS = ("procedures.html", "comparisons.html", "claims.html", "glossary.html", "a-to-z.html", "sources.html")
_MADE = ("lunr.js", "search-index.js", "words.js", "sw.js")
"""Scripts that others wrote or that are made from the facts."""
BLOCK = "script[type='application/ld+json']"
"""A page's structured data: text for machines that no browser runs."""


@dataclass(frozen=True)
class BuiltSite:
    """A built site, and the records and words that it was made from."""

    folder: Path
    facts: Facts
    content: Path
    settings: Settings

    @cached_property
    def _every(self) -> dict[str, LexborHTMLParser]:
        return {
            path.relative_to(self.folder).as_posix(): LexborHTMLParser(read(path))
            for path in sorted(self.folder.rglob("*.html"))
        }

    @cached_property
    def pages(self) -> dict[str, LexborHTMLParser]:
        """Every page by its path, without those that only redirect."""
        return {page: parser for page, parser in self._every.items() if page not in self.facts.every_redirect}

    @cached_property
    def redirects(self) -> dict[str, LexborHTMLParser]:
        """Every page that redirects, by its path."""
        return {page: parser for page, parser in self._every.items() if page in self.facts.every_redirect}

    @cached_property
    def made(self) -> dict[str, Place]:
        """The path of every page that is made of one record, and where that record is."""
        facts = self.facts
        folders: dict[str, tuple[str, Iterable[str]]] = {
            "procedures": ("procedures", facts.procedures),
            "take-along": ("procedures", facts.procedures),
            "comparisons": ("comparisons", facts.comparisons),
            "worksheets": ("comparisons", facts.comparisons),
        }
        return {
            f"{folder}/{id}.html": facts.place(f"{name}/{id}")
            for folder, (name, records) in folders.items()
            for id in records
        } | {
            f"procedures/{id}/{detail.name}.html": facts.place(f"procedures/{id}")
            for id in facts.procedures
            for detail in facts.details_of(id)
        }

    @cached_property
    def ids(self) -> frozenset[str]:
        """The id of every fact of a procedure."""
        return frozenset(id for id, _ in self.facts.all())

    def assets(self) -> dict[str, str]:
        """Our own style sheets and scripts by their path."""
        files = (file for file in self.files() if file.suffix in (".css", ".js") and file.name not in _MADE)
        return {file.relative_to(self.folder).as_posix(): read(file) for file in files}

    def files(self) -> Iterator[Path]:
        """Every file of the site."""
        return (file for file in sorted(self.folder.rglob("*")) if file.is_file())


def read(file: Path) -> str:
    """The text of a file, whatever its bytes are; "" for no file."""
    return file.read_bytes().decode("utf-8", "replace") if file.is_file() else ""


def text_of(node: LexborNode | None) -> str:
    """A node's text with white space folded, and none before a mark that ends something; "" for no node."""
    return fold(node.text()) if node is not None else ""


def fold(text: str) -> str:
    """A text with white space folded, and none before a mark that ends something."""
    return re.sub(r"\s+([,.;:)])", r"\1", " ".join(text.split()))


def owner(node: LexborNode | None) -> str:
    """The id of the fact inside which a node stands; "" for none."""
    while node is not None:
        if "data-fact" in node.attributes:
            return str(node.attributes["data-fact"])
        node = node.parent
    return ""


def every_page_exists(site: BuiltSite) -> Findings:
    """Every record has its page, and a reader reaches it from a list that is in the menu."""
    menu = _targets(site, "index.html", "nav.menu a")
    for page in ("index.html", "404.html", *_LISTS, *site.made):
        if page not in site.pages:
            yield Finding(("page", page), page, "This page is missing.", record=site.made.get(page))
        elif (listed := f"{posixpath.dirname(page)}.html") in _LISTS:
            if page not in _targets(site, listed, "article a"):
                yield Finding(("list", listed), listed, f'"{page}" is not on the page that lists it.')
            elif listed not in menu:
                yield Finding(
                    ("menu", listed), "index.html", f'"{listed}" is not in the menu.', "", ('class="menu"',)
                )


def _targets(site: BuiltSite, page: str, links: str) -> set[str | None]:
    parser = site.pages.get(page)
    return {_resolve(page, str(a.attributes.get("href"))) for a in parser.css(links)} if parser else set()


def _resolve(page: str, address: str, top: str = "/") -> str | None:
    """The file at a relative address seen from a page; None if it is outside of the site.

    Only the page for unknown addresses is shown at any depth, so only that one begins at the site's `top`.
    """
    path = unquote(urlsplit(address).path)
    if path.startswith("/"):
        return path.removeprefix(top) if page == "404.html" and path.startswith(top) else None
    file = posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page
    return None if file.startswith("..") else file


_ADDRESSES = ("href", "src", "action", "poster", "data", "srcset")


def links_resolve(site: BuiltSite) -> Findings:
    """No link, anchor, image, style or script is broken; only sources, helplines and the clinic lead elsewhere.

    Links to a missing page, fact or heading of facts are not reported: that it is missing is.
    """
    anchors = {page: {n.attributes["id"] for n in parser.css("[id]")} for page, parser in site.pages.items()}
    outside = {source.url for source in site.facts.sources.values()}
    numbers: list[str | None] = []
    for line in site.facts.helplines.values():
        outside |= {line.website, line.source}
        numbers.append(line.phone)
    if clinic := site.facts.clinic:
        outside |= {clinic.website, clinic.report_to}
        numbers += [clinic.phone, clinic.out_of_hours, *clinic.emergency_number.split(" or ")]
        outside.add(f"mailto:{clinic.email}")
    outside |= {f"tel:{_digits(number)}" for number in numbers if number}
    top = f"{urlsplit(site.settings.site_url).path.rstrip('/')}/"
    for page, parser in site.pages.items():
        file = site.content / f"{page.removesuffix('.html')}.md"
        own = read(file)
        for node in parser.css(", ".join(f"[{name}]" for name in _ADDRESSES)):
            address = next(str(node.attributes[name] or "") for name in _ADDRESSES if name in node.attributes)
            if said := _fault(site, page, node, address, anchors, outside, own, top):
                written = () if address.startswith("#") else (address, address.replace(".html", ".md"))
                traces = (*written, text_of(node), *traces_of(node.html or ""))
                yield Finding(("link", text_of(node) or address), page, said, traces=tuple(filter(None, traces)))


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number.replace("(0)", "") if number.startswith("+") else number)


def _fault(
    site: BuiltSite,
    page: str,
    node: LexborNode,
    address: str,
    anchors: dict[str, set[str | None]],
    outside: set[str | None],
    own: str,
    top: str,
) -> str:
    """What is wrong with an address of a page; "" if nothing is."""
    if node.attributes.get("rel") == "canonical":
        right = f"{site.settings.site_url.rstrip('/')}/{page}"
        return "" if address == right else f'"{address}" is not the address of this page: {right}.'
    if node.attributes.get("class") == "report correct":
        right = site.settings.edit_link(site.facts.place_of(owner(node)))
        return "" if address == right else f'"{address}" does not lead to the line of the fact beside it.'
    if (editor := site.settings.edit_link("")) and address.startswith(editor):
        return ""
    if node.attributes.get("class") == "report":
        return "" if quote(owner(node), safe="") in address else f'"{address}" does not name the fact beside it.'
    if (f"tel:{_digits(address)}" if address.startswith("tel:") else address) in outside:
        return "" if node.tag == "a" else f'"{address}" would be fetched from another host.'
    if urlsplit(address).scheme or urlsplit(address).netloc:
        if node.tag != "a":
            return f'"{address}" would be fetched from another host.'
        return "" if address in own else f'"{address}" is the address of no source.'
    target, anchor = _resolve(page, address, top), unquote(urlsplit(address).fragment)
    if target in site.made and target not in site.pages:
        return ""
    if target is None or (target not in site.pages and not (site.folder / target).is_file()):
        return f'"{address}" leads to no file of the site.'
    if (
        anchor
        and target in anchors
        and anchor not in anchors[target]
        and anchor not in site.ids
        and anchor not in ANCHORS.values()
    ):
        return f'"{address}" names no place on {target}.'
    return ""


def ids_are_unique(site: BuiltSite) -> Findings:
    """No id is on a page twice. (That a fact is on its own page once has a rule of its own.)"""
    for page, parser in site.pages.items():
        seen: set[str] = set()
        for node in parser.css("[id]"):
            id = str(node.attributes["id"])
            is_fact = node.attributes.get("data-fact") == id and page.startswith(f"procedures/{id.split('.')[0]}/")
            if id in seen and not is_fact:
                traces = (f'id="{id}"', f"#{id}", *traces_of(node.html or ""))
                yield Finding(("id", id), page, f'The id "{id}" is on this page twice.', "", traces)
            seen.add(id)


def tables_are_tables(site: BuiltSite) -> Findings:
    """Every table has a caption, scopes, no empty cell, and roles, which last when a phone lays it out anew, or a
    scroll area that a keyboard reaches (AX-2, AX-7).
    """
    for page, parser in site.pages.items():
        for table in parser.css("table"):
            around = table.parent.attributes if table.parent else {}
            faults = {
                "A table has no caption.": table.css_first("caption") is None,
                "A table heading has no scope.": any(not th.attributes.get("scope") for th in table.css("th")),
                "A table has an empty cell.": any(not text_of(cell) for cell in table.css("td, th")),
                "A part of a table has no role, and no scroll area that a keyboard reaches.": not (
                    (around.get("tabindex") == "0" and around.get("aria-labelledby"))
                    or all(node.attributes.get("role") for node in table.css("thead, tbody, tr, th, td"))
                ),
            }
            for message in (message for message, found in faults.items() if found):
                yield Finding(("table", message), page, message, traces=traces_of(table.html or ""))


_FETCHES = {
    ".css": re.compile(r"@import|//|https?:|data:|\\"),
    ".js": re.compile(r"\b(?:fetch|sendBeacon|EventSource|WebSocket|XMLHttpRequest|import|eval|Function)\s*\("),
}


def nothing_runs_or_is_fetched(site: BuiltSite) -> Findings:
    """Pages hold what is on the lists, load the scripts of their kind, and no style or script of ours fetches."""
    sources = {str(source.url) for source in site.facts.sources.values()}
    for page in site.pages:
        for message, hint in check_page(read(site.folder / page), sources):
            trace = re.search(r'(?<=^")[\w-]+(?=" )|<\w+|[\w-]+\.js', message)
            yield Finding(("markup", message), page, message, hint, (trace.group(),) if trace else ())
    for path, text in site.assets().items():
        name = PurePosixPath(path).name
        if path.endswith(".js") and name not in SCRIPTS:
            yield Finding(("script", path), path, "No page loads this script.", "Delete it.")
        for found in sorted({*_FETCHES[PurePosixPath(path).suffix].findall(text)}):
            yield Finding(
                ("fetch", path), path, f'"{found}" fetches something.', "Ship the file instead.", (found,)
            )


def device_copy_is_complete(site: BuiltSite) -> Findings:
    """`sw.js` lists every page and all that pages load; or it unregisters. Pages agree."""
    text = read(site.folder / "sw.js")
    found = re.search(r"^const FILES = (\{.*?\});$", text, re.DOTALL | re.MULTILINE)
    if found is None and "unregister" not in text:
        yield Finding(("worker",), "sw.js", "It neither keeps a copy nor unregisters.")
    asking = {page for page, parser in site.pages.items() if parser.css("link[rel=manifest], .offline")}
    for page in sorted(asking ^ {page for page, parser in site.pages.items() if found and parser.css("article")}):
        yield Finding(
            ("asks",), page, "A page asks for a copy that is not kept, or does not ask.", "", ("manifest",)
        )
    listed = set(re.findall(r'"([^"]+)": "', found.group(1))) if found else set()
    for page, parser in site.pages.items() if found else ():
        loaded = parser.css("script[src], img[src], link[rel=stylesheet]")
        paths = [str(node.attributes.get("src") or node.attributes.get("href")) for node in loaded]
        for file in (page, *(_resolve(page, path) for path in paths if page != "404.html")):
            if file not in listed:
                yield Finding(("copy", str(file)), page, f"The copy on devices lacks {file}.")


def redirects_redirect(site: BuiltSite) -> Findings:
    """At every old address is a page that redirects, by itself and by its one link, and does nothing else."""
    for old, new in site.facts.every_redirect.items():
        parser, record = site.redirects.get(old), site.facts.place("redirects", old)
        refresh = parser.css_first("meta[http-equiv=refresh]") if parser else None
        by_itself = str(refresh.attributes.get("content")).removeprefix("0; url=") if refresh else ""
        links = [str(link.attributes.get("href")) for link in parser.css("a")] if parser else []
        if links != [by_itself] or _resolve(old, by_itself) != new:
            yield Finding(
                ("redirect",), old, f"It redirects to {by_itself} and {links}, not to {new}.", record=record
            )
        elif parser and (
            text_of(parser.body) != "This page has moved Go to the page" or parser.css("script, img")
        ):
            yield Finding(("redirect",), old, "A redirect says more than that the page has moved.", record=record)


_LEAK = re.compile(r"\{\{|\}\}|\{%|\bNone\b(?! [a-z])|\bnan\b|\bUndefined\b|\{#|\{:")


def nothing_leaks(site: BuiltSite) -> Findings:
    """No mark of a template and no None is on a page, but for facts that hold such marks as their own text."""
    texts = {text for document in site.facts.documents.values() for text in document.texts()}
    own = sorted((fold(text) for text in texts if _LEAK.search(text)), key=len, reverse=True)
    for page, parser in site.pages.items():
        text = parser.body.text() if parser.body else ""
        if not _LEAK.search(text):
            continue
        for block in parser.css(BLOCK):
            text = text.replace(block.text(), "")
        text = reduce(lambda left, words: left.replace(words, ""), own, fold(text))
        if leak := _LEAK.search(text):
            around = text[max(0, leak.start() - 30) : leak.end() + 30].strip()
            message = f'"{leak.group()}" of a template is on the page: "{around}".'
            yield Finding(("leak", leak.group()), page, message, "", (text[leak.start() :][:30],))


RULES = (
    every_page_exists,
    links_resolve,
    ids_are_unique,
    tables_are_tables,
    nothing_runs_or_is_fetched,
    device_copy_is_complete,
    redirects_redirect,
    nothing_leaks,
)
