"""A built site, parsed once, and the rules for its HTML and its files that do not depend on facts."""

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
_RECORD_FOLDERS = ("procedures", "take-along", "comparisons", "worksheets")
"""The folders of pages that show one record."""
_ID = re.compile(r'(?<=[ \n]id=")[^"]+')
_GENERATED = ("lunr.js", "search-index.js", "words.js", "sw.js")
"""Third-party scripts, and scripts that are generated from the facts."""


@dataclass(frozen=True)
class BuiltSite:
    """A built site, with the records and content that it was built from."""

    folder: Path
    facts: Facts
    content: Path
    settings: Settings

    @cached_property
    def paths(self) -> list[str]:
        """Every page that does not redirect."""
        paths = (file.relative_to(self.folder).as_posix() for file in sorted(self.folder.rglob("*.html")))
        redirects = self.facts.all_redirects
        return [page for page in paths if page not in redirects]

    def parts(self) -> Iterator[Part]:
        """Its pages in parts: those of each procedure, those of each comparison, and each other page.

        Parsed pages are large. A caller that keeps one part at a time needs no more memory for a larger site.
        """
        parts: dict[str, list[str]] = defaultdict(list)
        for page in self.paths:
            folder, _, name = page.removesuffix(".html").partition("/")
            parts[name.partition("/")[0] if folder in _RECORD_FOLDERS else page].append(page)
        for id, paths in parts.items():
            yield Part(self, id, {page: LexborHTMLParser(read(self.folder / page)) for page in paths})

    @cached_property
    def record_pages(self) -> dict[str, str]:
        """The path of every page that shows one record, with the name of its file."""
        names: dict[str, str] = {}
        for id in self.facts.procedures:
            details = [f"procedures/{id}/{detail.name}.html" for detail in self.facts.details_of(id)]
            pages = [f"procedures/{id}.html", f"take-along/{id}.html", *details]
            names |= dict.fromkeys(pages, f"procedures/{id}")
        for id in self.facts.comparisons:
            pages = [f"comparisons/{id}.html", f"worksheets/{id}.html"]
            names |= dict.fromkeys(pages, f"comparisons/{id}")
        return names

    @cached_property
    def assets(self) -> dict[str, str]:
        """Our own style sheets and scripts by path."""
        files = [file for kind in ("css", "js") for file in sorted(self.folder.rglob(f"*.{kind}"))]
        return {
            file.relative_to(self.folder).as_posix(): read(file) for file in files if file.name not in _GENERATED
        }

    @cached_property
    def anchors(self) -> dict[str, set[str]]:
        """The ids on each page."""
        return {page: {*map(intern, _ID.findall(read(self.folder / page)))} for page in self.paths}

    @cached_property
    def all_facts(self) -> dict[str, AnyFact]:
        """Every fact by id: those of procedures, and the main messages and subjects of comparisons."""
        all_facts = dict(self.facts.by_id)
        for id, comparison in self.facts.comparisons.items():
            all_facts |= {**dict(iter_main_messages(comparison, id)), f"{id}.about": comparison.about}
        return all_facts

    @cached_property
    def fact_ids(self) -> dict[str, list[str]]:
        """The ids of the facts of each procedure and comparison."""
        ids: dict[str, list[str]] = defaultdict(list)
        for id in self.all_facts:
            ids[id.split(".")[0]].append(id)
        return ids

    @cached_property
    def leak_like_texts(self) -> list[str]:
        """Texts of the data that look like leaked template syntax, the longest first."""
        texts = {text for document in self.facts.documents.values() for text in document.texts()}
        return sorted((fold(text) for text in texts if _LEAK.search(text)), key=len, reverse=True)

    def page_of(self, id: str) -> str:
        """The page on which a fact is shown completely."""
        return self.facts.page_of(id).replace(".md", ".html")

    @cached_property
    def external_urls(self) -> set[str | None]:
        """The URLs outside of the site that a page can link to: those of sources, helplines and the clinic."""
        numbers: list[str | None] = [line.phone for line in self.facts.helplines.values()]
        urls = {source.url for source in self.facts.sources.values()}
        urls |= {url for line in self.facts.helplines.values() for url in (line.website, line.source)}
        if clinic := self.facts.clinic:
            urls |= {clinic.website, clinic.report_to, f"mailto:{clinic.email}"}
            numbers += [clinic.phone, clinic.out_of_hours, *clinic.emergency_number.split(" or ")]
        return urls | {f"tel:{_digits(number)}" for number in numbers if number}


@dataclass(frozen=True)
class Part:
    """The pages of one procedure or comparison, with its id; or another page, with its path."""

    site: BuiltSite
    id: str
    pages: dict[str, LexborHTMLParser]

    @property
    def procedure(self) -> Procedure | None:
        """The procedure that the pages show, if any."""
        return self.site.facts.procedures.get(self.id)

    @property
    def comparison(self) -> Comparison | None:
        """The comparison that the pages show, if any."""
        return self.site.facts.comparisons.get(self.id)

    @cached_property
    def shown(self) -> list[ShownFact]:
        """Each element that shows a fact."""
        nodes = ((page, str(node.attributes["data-fact"]), node) for page, node in self.css_all("[data-fact]"))
        facts = self.site.all_facts
        return [ShownFact(self.site, page, id, facts[id], node) for page, id, node in nodes if id in facts]

    @cached_property
    def _nodes(self) -> dict[str, dict[str, LexborNode]]:
        return {page: {str(node.attributes["id"]): node for node in self.css(page, "[id]")} for page in self.pages}

    def css_target(self, page: str, anchor: str) -> list[LexborNode]:
        """The element of a page with this anchor; none if there is none."""
        return [node for node in [self._nodes[page].get(anchor.removeprefix("#"))] if node]

    def css(self, page: str, selector: str) -> list[LexborNode]:
        """The elements of a page that match a selector; none if the page is in another part."""
        return self.pages[page].css(selector) if page in self.pages else []

    def css_all(self, selector: str) -> Iterator[tuple[str, LexborNode]]:
        """The elements of all pages that match a selector, each with its page."""
        return ((page, node) for page in self.pages for node in self.css(page, selector))


@dataclass(frozen=True)
class ShownFact:
    """An element that shows a fact."""

    site: BuiltSite
    page: str
    id: str
    fact: AnyFact
    node: LexborNode

    @cached_property
    def is_complete(self) -> bool:
        """Whether it has the anchor of the fact on the fact's own page, and so must show all of the fact."""
        return self.node.attributes.get("id") == self.id and self.page == self.site.page_of(self.id)

    @cached_property
    def text(self) -> str:
        """Its text, without other facts inside it."""
        return get_own_text(self.node)

    @cached_property
    def words(self) -> list[str]:
        """The text of each element inside it that has the words of the fact itself: correct is exactly one."""
        return [get_own_text(node) for node in self.node.css(".words") if find_fact_id(node) == self.id]

    @property
    def required_texts(self) -> list[str]:
        """What must be next to its words where it is shown completely."""
        fact, texts = self.fact, list[str | None]()
        if isinstance(fact, Figure):
            texts = [detail.text for detail in list_context(fact)]
        elif isinstance(fact, Harm):
            texts = [self.site.facts.harm_name(fact), fact.lasts, fact.can_be_undone, fact.what_is_done]
        return [fold(text) for text in texts if text]

    def finding(self, rule: str, message: str, hint: str = "") -> Finding:
        """A finding at this element; findings at elements of the same template line have the same cause."""
        traces = list_traces(self.node)
        record = self.site.facts.place_of(self.id)
        return Finding((rule, traces[-1]), self.page, message, traces, record, hint)


def read(file: Path) -> str:
    """The text of a file, even if it is not UTF-8; "" if there is no file."""
    return file.read_bytes().decode("utf-8", "replace") if file.is_file() else ""


def get_text(node: LexborNode | None) -> str:
    """The folded text of a node; "" for None."""
    return fold(node.text()) if node is not None else ""


def fold(text: str) -> str:
    """A text with white space collapsed, and removed before closing punctuation."""
    return re.sub(r" (?=[,.;:)])", "", " ".join(text.split()))


def get_own_text(node: LexborNode) -> str:
    """The folded text of a node, without explanations of words and without other facts inside it."""
    parser = LexborHTMLParser(node.html or "")
    for element in parser.css(".gloss, [data-fact] [data-fact]"):
        element.decompose()
    return get_text(parser.body)


def iter_ancestors(node: LexborNode) -> Iterator[LexborNode]:
    """The ancestors of a node, the nearest first."""
    while (parent := node.parent) is not None:
        yield (node := parent)


def find_fact_id(node: LexborNode) -> str:
    """The id of the fact that a node or its nearest ancestor shows; "" if none does."""
    all_attributes = (element.attributes for element in (node, *iter_ancestors(node)))
    return next((str(attributes["data-fact"]) for attributes in all_attributes if "data-fact" in attributes), "")


def find_missing_pages(site: BuiltSite) -> Findings:
    """Required pages, and pages of records, that do not exist."""
    paths = {*site.paths}
    for page in ("index.html", "404.html", *_LISTS, *site.record_pages):
        if page not in paths:
            record = site.facts.place(site.record_pages[page]) if page in site.record_pages else None
            yield Finding(("page", page), page, "This page is missing.", record=record)


def pages_are_listed(part: Part) -> Findings:
    """Every procedure and comparison is on a list page that is in the menu."""
    for list_page in (page for page in ("procedures.html", "comparisons.html") if page in part.pages):
        targets, menu = _targets(part, list_page, "article a"), _targets(part, list_page, "nav.menu a")
        for page in part.site.record_pages:
            if f"{posixpath.dirname(page)}.html" != list_page:
                continue
            if page not in targets:
                yield Finding(("list", list_page), list_page, f'It does not list "{page}".')
            elif list_page not in menu:
                message = f'"{list_page}" is not in the menu.'
                yield Finding(("menu", list_page), list_page, message, ('class="menu"',))


def _targets(part: Part, page: str, selector: str) -> set[str | None]:
    return {_resolve(page, str(link.attributes.get("href"))) for link in part.css(page, selector)}


def _resolve(page: str, address: str, top: str = "/") -> str | None:
    """The file that a relative address on a page refers to; None if it is outside of the site.

    Only 404.html is served at any depth, so only its addresses begin with `top`, the path of the site.
    """
    path = unquote(urlsplit(address).path)
    if path.startswith("/"):
        return path.removeprefix(top) if page == "404.html" and path.startswith(top) else None
    file = posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page
    return None if file.startswith("..") else file


_ADDRESSES = ("href", "src", "action", "poster", "data", "srcset")


def links_resolve(part: Part) -> Findings:
    """No address is broken, and external links go to sources, helplines and the clinic.

    A link to a missing fact or section is not reported here: another rule reports what is missing.
    """
    for page, node in part.css_all(", ".join(f"[{name}]" for name in _ADDRESSES)):
        attributes = node.attributes
        address = next(str(attributes[name] or "") for name in _ADDRESSES if name in attributes)
        if fault := _describe_fault(part.site, page, node, address):
            written = () if address.startswith("#") else (address, address.replace(".html", ".md"))
            traces = [
                trace for trace in (*written, get_text(node), *list_traces(node)) if re.search("[a-z]", trace)
            ]
            yield Finding(("link", get_text(node) or address), page, f'"{address}" {fault}', tuple(traces))


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number.replace("(0)", "") if number.startswith("+") else number)


def _describe_fault(site: BuiltSite, page: str, node: LexborNode, address: str) -> str:
    """The fault of an address on a page, as a predicate that follows it; "" if it has none."""
    name = node.attributes.get("class")
    if node.attributes.get("rel") == "canonical":
        expected = f"{site.settings.site_url.rstrip('/')}/{page}"
        return "" if address == expected else f"is not the address of this page: {expected}."
    if name == "report correct":
        expected = site.settings.edit_link(site.facts.place_of(find_fact_id(node)))
        return "" if address == expected else "does not open the line of this fact."
    if (editor := site.settings.edit_link("")) and address.startswith(editor):
        return ""
    if name == "report":
        return "" if quote(find_fact_id(node), safe="") in address else "does not name this fact."
    parts = urlsplit(address)
    is_known = (f"tel:{_digits(address)}" if parts.scheme == "tel" else address) in site.external_urls
    if is_known or parts.scheme or parts.netloc:
        if node.tag != "a":
            return "would be fetched from another host."
        is_allowed = is_known or address in read(site.content / f"{page.removesuffix('.html')}.md")
        return "" if is_allowed else "is not the address of a source, of a helpline or of the clinic."
    top = f"{urlsplit(site.settings.site_url).path.rstrip('/')}/"
    target, anchor = _resolve(page, address, top), unquote(parts.fragment)
    if target is None or (target not in site.anchors and not (site.folder / target).is_file()):
        return "is not a file of the site."
    exists = not anchor or target not in site.anchors or anchor in site.anchors[target]
    if exists or anchor in site.all_facts or anchor in ANCHORS.values():
        return ""
    return f"has no anchor on {target}."


def ids_are_unique(part: Part) -> Findings:
    """No id is on a page twice. (`facts_are_on_their_page` checks ids of facts on their own page.)"""
    seen: set[tuple[str, str]] = set()
    for page, node in part.css_all("[id]"):
        id = str(node.attributes["id"])
        is_fact = node.attributes.get("data-fact") == id and page.startswith(f"procedures/{id.split('.')[0]}/")
        if (page, id) in seen and not is_fact:
            traces = (f'id="{id}"', f"#{id}", *list_traces(node))
            yield Finding(("id", id), page, f'The id "{id}" is on this page twice.', traces)
        seen.add((page, id))


def tables_are_accessible(part: Part) -> Findings:
    """Every table has a caption, scopes and no empty cell (AX-2, AX-7).

    It has roles, which it keeps when styles change its display, or a scroll area that a keyboard can reach.
    """
    for page, table in part.css_all("table"):
        around = table.parent.attributes if table.parent else {}
        scrolls = around.get("tabindex") == "0" and around.get("aria-labelledby")
        faults = {
            "A table has no caption.": table.css_first("caption") is None,
            "A table heading has no scope.": any(not th.attributes.get("scope") for th in table.css("th")),
            "A table has an empty cell.": any(not get_text(cell) for cell in table.css("td, th")),
            "A part of a table has no role, and the table no scroll area for keyboards.": not scrolls
            and any(not node.attributes.get("role") for node in table.css("thead, tbody, tr, th, td")),
        }
        for message in (message for message, is_found in faults.items() if is_found):
            yield Finding(("table", message), page, message, list_traces(table))


_FETCHES = {
    ".css": re.compile(r"@import|//|https?:|data:|\\"),
    ".js": re.compile(r"\b(?:fetch|sendBeacon|EventSource|WebSocket|XMLHttpRequest|import|eval|Function)\s*\("),
}


def pages_are_self_contained(part: Part) -> Findings:
    """Pages contain only allowed HTML and the scripts of their kind, and no style or script of ours fetches."""
    sources = {str(source.url) for source in part.site.facts.sources.values()}
    for page, parser in part.pages.items():
        for message, hint in check_page(parser, sources):
            trace = re.search(r'(?<=^")[\w-]+(?=" )|<\w+|[\w-]+\.js', message)
            yield Finding(("markup", message), page, message, (trace.group(),) if trace else (), hint=hint)
    for path, text in part.site.assets.items() if "index.html" in part.pages else ():
        file = PurePosixPath(path)
        if file.suffix == ".js" and file.name not in SCRIPTS:
            yield Finding(("script", path), path, "No page loads this script.", hint="Delete it.")
        for call in sorted({*_FETCHES[file.suffix].findall(text)}):
            message, hint = f'"{call}" fetches something.', "Ship the file instead."
            yield Finding(("fetch", path), path, message, (call,), hint=hint)


_LEAK = re.compile(r"\{[{%#:]|\}\}|\b(?:None\b(?! [a-z])|nan\b|Undefined\b)")


def no_template_syntax_leaks(part: Part) -> Findings:
    """No template syntax and no None is on a page, except in facts whose own text contains it."""
    for page, parser in part.pages.items():
        text = parser.body.text() if parser.body else ""
        for data in parser.css("script[type='application/ld+json']"):
            text = text.replace(data.text(), "")
        if _LEAK.search(text):
            text = reduce(lambda rest, words: rest.replace(words, ""), part.site.leak_like_texts, fold(text))
            if leak := _LEAK.search(text):
                around = text[max(0, leak.start() - 30) : leak.end() + 30].strip()
                message = f'"{leak.group()}" of a template is on the page: "{around}".'
                yield Finding(("leak", leak.group()), page, message, (text[leak.start() :][:30],))
