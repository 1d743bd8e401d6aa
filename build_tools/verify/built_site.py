"""A built site, parsed once, and the rules for its HTML and its files: they need no fact to be wrong."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, reduce
from pathlib import Path, PurePosixPath
from sys import intern
from urllib.parse import quote, unquote, urlsplit

from selectolax.lexbor import LexborHTMLParser, LexborNode

from build_tools.load.facts import Facts
from build_tools.load.settings import Settings
from build_tools.model.figure_text import list_context
from build_tools.records.entries import AnyFact, Figure
from build_tools.records.procedure import Harm, Procedure, iter_main_messages
from build_tools.records.sections import ANCHORS
from build_tools.records.short import Comparison
from build_tools.render.markup import SCRIPTS, check_page
from build_tools.verify.origins import Finding, list_traces

Findings = Iterator[Finding]

_LISTS = ("procedures.html", "comparisons.html", "claims.html", "glossary.html", "a-to-z.html", "sources.html")
_OF_A_RECORD = ("procedures", "take-along", "comparisons", "worksheets")
"""The folders of pages that are made of one record."""
_ID = re.compile(r'(?<=[ \n]id=")[^"]+')
_MADE = ("lunr.js", "search-index.js", "words.js", "sw.js")
"""Scripts that others wrote or that are made from the facts."""


@dataclass(frozen=True)
class BuiltSite:
    """A built site, and the records and words that it was made from."""

    folder: Path
    facts: Facts
    content: Path
    settings: Settings

    @cached_property
    def paths(self) -> list[str]:
        """Every page, without those that only redirect."""
        paths = (file.relative_to(self.folder).as_posix() for file in sorted(self.folder.rglob("*.html")))
        return [page for page in paths if page not in self.facts.every_redirect]

    def parts(self) -> Iterator[Part]:
        """Its pages, those of one procedure, of one comparison and of no single record at a time.

        Parsed pages are large: whoever drops a part before the next needs no more memory for a larger site.
        """
        parts: dict[str, list[str]] = defaultdict(list)
        for page in self.paths:
            folder, _, name = page.removesuffix(".html").partition("/")
            parts[name.partition("/")[0] if folder in _OF_A_RECORD else ""].append(page)
        for id, paths in parts.items():
            yield Part(self, id, {page: LexborHTMLParser(read(self.folder / page)) for page in paths})

    @cached_property
    def made(self) -> dict[str, str]:
        """The path of every page that is made of one record, and the name of that record's file."""
        made: dict[str, str] = {}
        for id in self.facts.procedures:
            details = [f"procedures/{id}/{detail.name}.html" for detail in self.facts.details_of(id)]
            pages = [f"procedures/{id}.html", f"take-along/{id}.html", *details]
            made |= dict.fromkeys(pages, f"procedures/{id}")
        for id in self.facts.comparisons:
            pages = [f"comparisons/{id}.html", f"worksheets/{id}.html"]
            made |= dict.fromkeys(pages, f"comparisons/{id}")
        return made

    @cached_property
    def assets(self) -> dict[str, str]:
        """Our own style sheets and scripts by their path."""
        files = [file for kind in ("css", "js") for file in sorted(self.folder.rglob(f"*.{kind}"))]
        own = (file for file in files if file.name not in _MADE)
        return {file.relative_to(self.folder).as_posix(): read(file) for file in own}

    @cached_property
    def anchors(self) -> dict[str, set[str]]:
        """The ids on each page."""
        return {page: {*map(intern, _ID.findall(read(self.folder / page)))} for page in self.paths}

    @cached_property
    def every_fact(self) -> dict[str, AnyFact]:
        """Every fact that has a page, by id: those of procedures, and what comparisons say."""
        found: dict[str, AnyFact] = dict(self.facts.all())
        for id, comparison in self.facts.comparisons.items():
            found |= {**dict(iter_main_messages(comparison, id)), f"{id}.about": comparison.about}
        return found

    @cached_property
    def like_leaks(self) -> list[str]:
        """Texts of the data that look like what a template may leak, the longest first."""
        texts = {text for document in self.facts.documents.values() for text in document.texts()}
        return sorted((fold(text) for text in texts if _LEAK.search(text)), key=len, reverse=True)

    def page_of(self, id: str) -> str:
        """The page on which a fact is shown whole."""
        return self.facts.page_of(id).replace(".md", ".html")

    @cached_property
    def outside(self) -> set[str | None]:
        """The addresses outside of the site to which links may lead: of sources, helplines and the clinic."""
        numbers: list[str | None] = [line.phone for line in self.facts.helplines.values()]
        found = {source.url for source in self.facts.sources.values()}
        found |= {address for line in self.facts.helplines.values() for address in (line.website, line.source)}
        if clinic := self.facts.clinic:
            found |= {clinic.website, clinic.report_to, f"mailto:{clinic.email}"}
            numbers += [clinic.phone, clinic.out_of_hours, *clinic.emergency_number.split(" or ")]
        return found | {f"tel:{_digits(number)}" for number in numbers if number}


@dataclass(frozen=True)
class Part:
    """The pages of one procedure or comparison, and its id; or those of no single record, and ""."""

    site: BuiltSite
    id: str
    pages: dict[str, LexborHTMLParser]

    @property
    def procedures(self) -> dict[str, Procedure]:
        """The procedure, if it is one."""
        return {id: record for id, record in self.site.facts.procedures.items() if id == self.id}

    @property
    def comparisons(self) -> dict[str, Comparison]:
        """The comparison, if it is one."""
        return {id: record for id, record in self.site.facts.comparisons.items() if id == self.id}

    @cached_property
    def shown(self) -> list[Shown]:
        """Each element that shows a fact of the data."""
        nodes = ((page, str(node.attributes["data-fact"]), node) for page, node in self.each("[data-fact]"))
        facts = self.site.every_fact
        return [Shown(self.site, page, id, facts[id], node) for page, id, node in nodes if id in facts]

    @cached_property
    def _nodes(self) -> dict[str, dict[str, LexborNode]]:
        return {page: {str(node.attributes["id"]): node for node in self.css(page, "[id]")} for page in self.pages}

    def at(self, page: str, address: str) -> list[LexborNode]:
        """The element of a page to which "#" and its id lead."""
        return [node for node in [self._nodes[page].get(address.removeprefix("#"))] if node]

    def css(self, page: str, selector: str) -> list[LexborNode]:
        """The elements of a page that a selector finds; none on a page that is not here."""
        return self.pages[page].css(selector) if page in self.pages else []

    def each(self, selector: str) -> Iterator[tuple[str, LexborNode]]:
        """All elements that a selector finds, each with its page."""
        return ((page, node) for page in self.pages for node in self.css(page, selector))


@dataclass(frozen=True)
class Shown:
    """An element that shows a fact of the data."""

    site: BuiltSite
    page: str
    id: str
    fact: AnyFact
    node: LexborNode

    @cached_property
    def is_whole(self) -> bool:
        """Whether it bears the fact's anchor on the fact's own page, and all that belongs to the fact is here."""
        return self.node.attributes.get("id") == self.id and self.page == self.site.page_of(self.id)

    @cached_property
    def text(self) -> str:
        """All that it says, without other facts inside it."""
        return get_own_text(self.node)

    @cached_property
    def words(self) -> list[str]:
        """The words of the fact itself, wherever they are in it: right if they are there once."""
        return [get_own_text(words) for words in self.node.css(".words") if find_owner(words) == self.id]

    def beside(self) -> list[str]:
        """What must be beside the words where the fact is whole."""
        fact, said = self.fact, list[str | None]()
        if isinstance(fact, Figure):
            said = [detail.text for detail in list_context(fact)]
        elif isinstance(fact, Harm):
            said = [self.site.facts.harm_name(fact), fact.lasts, fact.can_be_undone, fact.what_is_done]
        return [fold(text) for text in said if text]

    def finding(self, rule: str, message: str, hint: str = "") -> Finding:
        """A finding here; those at elements of the same template line have the same cause."""
        traces = list_traces(self.node)
        record = self.site.facts.place_of(self.id)
        return Finding((rule, traces[-1]), self.page, message, traces, record, hint)


def read(file: Path) -> str:
    """The text of a file, whatever its bytes are; "" for no file."""
    return file.read_bytes().decode("utf-8", "replace") if file.is_file() else ""


def get_text(node: LexborNode | None) -> str:
    """A node's text with white space folded, and none before a mark that ends something; "" for no node."""
    return fold(node.text()) if node is not None else ""


def fold(text: str) -> str:
    """A text with white space folded, and none before a mark that ends something."""
    return re.sub(r" (?=[,.;:)])", "", " ".join(text.split()))


def get_own_text(node: LexborNode) -> str:
    """A node's text without explanations of words, and without other facts inside it."""
    parser = LexborHTMLParser(node.html or "")
    for unread in parser.css(".gloss, [data-fact] [data-fact]"):
        unread.decompose()
    return get_text(parser.body)


def iter_ancestors(node: LexborNode) -> Iterator[LexborNode]:
    """The elements in which a node stands, the nearest first."""
    while (parent := node.parent) is not None:
        yield (node := parent)


def find_owner(node: LexborNode) -> str:
    """The id of the fact inside which a node stands, or which it shows; "" for none."""
    attributes = (one.attributes for one in (node, *iter_ancestors(node)))
    return next((str(found["data-fact"]) for found in attributes if "data-fact" in found), "")


def find_missing_pages(site: BuiltSite) -> Findings:
    """Pages that every site has, and pages of records, that are not there."""
    for page in ("index.html", "404.html", *_LISTS, *site.made):
        if page not in site.paths:
            record = site.facts.place(site.made[page]) if page in site.made else None
            yield Finding(("page", page), page, "This page is missing.", record=record)


def pages_are_listed(part: Part) -> Findings:
    """A reader reaches the page of every procedure and comparison from a list that is in the menu."""
    menu = _targets(part, "index.html", "nav.menu a")
    for listed in (page for page in ("procedures.html", "comparisons.html") if page in part.pages):
        found = _targets(part, listed, "article a")
        for page in (page for page in part.site.made if f"{posixpath.dirname(page)}.html" == listed):
            if page not in found:
                yield Finding(("list", listed), listed, f'"{page}" is not on the page that lists it.')
            elif listed not in menu:
                message = f'"{listed}" is not in the menu.'
                yield Finding(("menu", listed), "index.html", message, ('class="menu"',))


def _targets(part: Part, page: str, links: str) -> set[str | None]:
    return {_resolve(page, str(link.attributes.get("href"))) for link in part.css(page, links)}


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


def links_resolve(part: Part) -> Findings:
    """No link, anchor, image, style or script is broken; only sources, helplines and the clinic lead elsewhere.

    Links to a missing fact or heading of facts are not reported: that it is missing is.
    """
    for page, node in part.each(", ".join(f"[{name}]" for name in _ADDRESSES)):
        attributes = node.attributes
        address = next(str(attributes[name] or "") for name in _ADDRESSES if name in attributes)
        if said := _fault(part.site, page, node, address):
            written = () if address.startswith("#") else (address, address.replace(".html", ".md"))
            traces = [
                trace for trace in (*written, get_text(node), *list_traces(node)) if re.search("[a-z]", trace)
            ]
            yield Finding(("link", get_text(node) or address), page, f'"{address}" {said}', tuple(traces))


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number.replace("(0)", "") if number.startswith("+") else number)


def _fault(site: BuiltSite, page: str, node: LexborNode, address: str) -> str:
    """What is wrong with an address of a page, as words that follow it; "" if nothing is."""
    name, is_link = node.attributes.get("class"), node.tag == "a"
    if node.attributes.get("rel") == "canonical":
        right = f"{site.settings.site_url.rstrip('/')}/{page}"
        return "" if address == right else f"is not the address of this page: {right}."
    if name == "report correct":
        right = site.settings.edit_link(site.facts.place_of(find_owner(node)))
        return "" if address == right else "does not lead to the line of the fact beside it."
    if (editor := site.settings.edit_link("")) and address.startswith(editor):
        return ""
    if name == "report":
        return "" if quote(find_owner(node), safe="") in address else "does not name the fact beside it."
    parts = urlsplit(address)
    known = (f"tel:{_digits(address)}" if parts.scheme == "tel" else address) in site.outside
    if known or parts.scheme or parts.netloc:
        if not is_link:
            return "would be fetched from another host."
        written = known or address in read(site.content / f"{page.removesuffix('.html')}.md")
        return "" if written else "is the address of no source."
    top = f"{urlsplit(site.settings.site_url).path.rstrip('/')}/"
    target, anchor = _resolve(page, address, top), unquote(parts.fragment)
    if target is None or (target not in site.anchors and not (site.folder / target).is_file()):
        return "leads to no file of the site."
    named = not anchor or target not in site.anchors or anchor in site.anchors[target]
    if named or anchor in site.every_fact or anchor in ANCHORS.values():
        return ""
    return f"names no place on {target}."


def ids_are_unique(part: Part) -> Findings:
    """No id is on a page twice. (That a fact is on its own page once has a rule of its own.)"""
    seen: set[tuple[str, str]] = set()
    for page, node in part.each("[id]"):
        id = str(node.attributes["id"])
        is_fact = node.attributes.get("data-fact") == id and page.startswith(f"procedures/{id.split('.')[0]}/")
        if (page, id) in seen and not is_fact:
            traces = (f'id="{id}"', f"#{id}", *list_traces(node))
            yield Finding(("id", id), page, f'The id "{id}" is on this page twice.', traces)
        seen.add((page, id))


def tables_are_tables(part: Part) -> Findings:
    """Every table has a caption, scopes, no empty cell, and roles, which last when a phone lays it out anew, or a
    scroll area that a keyboard reaches (AX-2, AX-7).
    """
    for page, table in part.each("table"):
        around = table.parent.attributes if table.parent else {}
        scrolls = around.get("tabindex") == "0" and around.get("aria-labelledby")
        faults = {
            "A table has no caption.": table.css_first("caption") is None,
            "A table heading has no scope.": any(not th.attributes.get("scope") for th in table.css("th")),
            "A table has an empty cell.": any(not get_text(cell) for cell in table.css("td, th")),
            "A part of a table has no role, and no scroll area that a keyboard reaches.": not scrolls
            and any(not node.attributes.get("role") for node in table.css("thead, tbody, tr, th, td")),
        }
        for message in (message for message, found in faults.items() if found):
            yield Finding(("table", message), page, message, list_traces(table))


_FETCHES = {
    ".css": re.compile(r"@import|//|https?:|data:|\\"),
    ".js": re.compile(r"\b(?:fetch|sendBeacon|EventSource|WebSocket|XMLHttpRequest|import|eval|Function)\s*\("),
}


def nothing_runs_or_is_fetched(part: Part) -> Findings:
    """Pages hold what is on the lists, load the scripts of their kind, and no style or script of ours fetches."""
    sources = {str(source.url) for source in part.site.facts.sources.values()}
    for page, parser in part.pages.items():
        for message, hint in check_page(parser, sources):
            trace = re.search(r'(?<=^")[\w-]+(?=" )|<\w+|[\w-]+\.js', message)
            yield Finding(("markup", message), page, message, (trace.group(),) if trace else (), hint=hint)
    for path, text in part.site.assets.items() if "index.html" in part.pages else ():
        file = PurePosixPath(path)
        if file.suffix == ".js" and file.name not in SCRIPTS:
            yield Finding(("script", path), path, "No page loads this script.", hint="Delete it.")
        for found in sorted({*_FETCHES[file.suffix].findall(text)}):
            message, hint = f'"{found}" fetches something.', "Ship the file instead."
            yield Finding(("fetch", path), path, message, (found,), hint=hint)


_LEAK = re.compile(r"\{[{%#:]|\}\}|\b(?:None\b(?! [a-z])|nan\b|Undefined\b)")


def nothing_leaks(part: Part) -> Findings:
    """No mark of a template and no None is on a page, but for facts that hold such marks as their own text."""
    for page, parser in part.pages.items():
        text = parser.body.text() if parser.body else ""
        for data in parser.css("script[type='application/ld+json']"):
            text = text.replace(data.text(), "")
        if _LEAK.search(text):
            text = reduce(lambda left, words: left.replace(words, ""), part.site.like_leaks, fold(text))
            if leak := _LEAK.search(text):
                around = text[max(0, leak.start() - 30) : leak.end() + 30].strip()
                message = f'"{leak.group()}" of a template is on the page: "{around}".'
                yield Finding(("leak", leak.group()), page, message, (text[leak.start() :][:30],))
