"""The check of the built site before `verify`: only its tests and mutants call it, until they are replaced.

Everything here is read anew, data with a plain YAML reader and pages with an HTML parser.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from base64 import b64encode
from collections import defaultdict
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import brotli
import yaml
from selectolax.lexbor import LexborHTMLParser, LexborNode

from build_tools import counterproof, local_retelling, retelling
from build_tools.markup import SCRIPTS, check_page
from build_tools.problems import Place, Problem
from build_tools.retelling import plain as _plain
from build_tools.retelling import tell
from build_tools.retelling import words as _words

_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

Problems = Iterator[Problem]

_FIELDS = (
    "what_it_is targets methods imaging anesthesia indications contraindications benefits relief_lasts "
    "reversibility harms unknowns before during duration after hospital_stay recovery living_with_it red_flags "
    "evidence other_options"
).split()
_SECTIONS = (
    "index.html",
    "procedures.html",
    "comparisons.html",
    "claims.html",
    "glossary.html",
    "a-to-z.html",
    "sources.html",
    "404.html",
)
"""The pages that every site has; hand-written ones follow from content/."""


class Built:
    """A built site and the data it was built from."""

    def __init__(
        self, site: Path, data: Path, content: Path | None = None, clinic: str = "", address: str = ""
    ) -> None:
        self.address = address.rstrip("/")
        self.site = site
        self.pages = {
            path.relative_to(site).as_posix(): LexborHTMLParser(path.read_text("utf-8"))
            for path in sorted(site.rglob("*.html"))
        }
        old = _read(data / "redirects.yml")
        self.forwards = {page: self.pages.pop(page) for page in old if page in self.pages}
        self.shown = {page: _shown(parser) for page, parser in self.pages.items()}
        self.procedures = _read_folder(data / "procedures")
        self.comparisons = _read_folder(data / "comparisons")
        self.shared = _read_folder(data)
        self.sources: dict[str, Any] = self.shared["sources"]
        self.clinics = {
            file.parent.name: _read(file) for file in sorted((data / "clinics").glob("[!.]*/clinic.yml"))
        }
        self.clinic_id, self.clinic = clinic, self.clinics.get(clinic)
        self.clinic_folder = data / "clinics" / clinic
        self.claims: dict[str, Any] = self.shared["claims"]
        self.vocabulary = _read_folder(data / "vocabulary")
        self.drawings = {
            file.stem: LexborHTMLParser(file.read_text("utf-8"))
            for file in sorted((data / "drawings").glob("*.svg"))
        }
        self.texts = {file.stem: file.read_text("utf-8") for file in content.glob("*.md")} if content else {}
        templates = content / "templates" if content else None
        self.templates = {
            file.relative_to(templates).as_posix(): file.read_text("utf-8")
            for file in (sorted(templates.rglob("*.*")) if templates else ())
            if templates and file.suffix in (".md", ".html")
        }

    def facts(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Every fact: the page on which it must stand, its id, and its fields."""
        for id, procedure in self.procedures.items():
            page = f"procedures/{id}.html"
            yield page, f"{id}.summary", procedure["summary"]
            yield page, f"{id}.main_message", procedure["main_message"]
            for key, fact in procedure["names"].get("same_name", {}).items():
                yield page, f"{id}.names.{key}", fact
            for field in _FIELDS:
                for key, fact in procedure[field].items():
                    yield page, f"{id}.{field}.{key}", fact
                    for figure, often in fact.get("how_often", {}).items():
                        yield page, f"{id}.{field}.{key}.{figure}", often

    def fact(self, id: str) -> dict[str, Any] | None:
        """The fact with an id of three parts, such as "some-name.harms.weakness"; None if there is none."""
        procedure, field, key = id.split(".")
        record = self.procedures.get(procedure, {})
        facts = record.get("names", {}).get("same_name", {}) if field == "names" else record.get(field, {})
        found: dict[str, Any] | None = facts.get(key) if isinstance(facts, dict) else None
        return found

    def records(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Every procedure and comparison with its page."""
        for id, procedure in self.procedures.items():
            yield f"procedures/{id}.html", procedure
        for id, comparison in self.comparisons.items():
            yield f"comparisons/{id}.html", comparison

    def terms(self) -> Iterator[dict[str, Any]]:
        """Every word of the glossary."""
        for words in self.vocabulary.values():
            yield from words.values()

    def strings(self) -> set[str]:
        """Every text of the data."""
        found: set[str] = set()
        left: list[Any] = [self.procedures, self.comparisons, self.shared, self.vocabulary]
        while left:
            value = left.pop()
            if isinstance(value, str):
                found.add(value)
            else:
                left += value.values() if isinstance(value, dict) else value
        return found

    def place(self, page: str) -> Place:
        """Where a problem of a page is shown."""
        return Place((self.site / page).as_posix())


def _read(file: Path) -> Any:
    return yaml.load(file.read_text("utf-8"), Loader=_LOADER)


def _read_folder(folder: Path) -> dict[str, Any]:
    return {file.stem: _read(file) for file in sorted(folder.glob("*.yml"))}


def verify(
    site: Path, data: Path, content: Path | None = None, clinic: str = "", address: str = ""
) -> list[Problem]:
    """Every way in which the site in folder `site` does not say what the facts in folder `data` say.

    With the folder `content`, hand-written words are held against it too. `clinic` is the clinic that shows the
    site; without one, no word of any clinic may stand there. `address` is the site's own, if it has one.
    """
    built = Built(site, data, content, clinic, address)
    return sorted(problem for rule in RULES for problem in rule(built))


def _shown(parser: LexborHTMLParser) -> dict[str, list[LexborNode]]:
    """Elements of a page by the fact they show."""
    shown: dict[str, list[LexborNode]] = defaultdict(list)
    for node in parser.css("[data-fact]"):
        shown[str(node.attributes["data-fact"])].append(node)
    return shown


def every_fact_is_on_its_page(built: Built) -> Problems:
    """Every fact of every data file is read on its page, with its own words and number."""
    for page, id, fact in built.facts():
        parser = built.pages.get(page)
        if parser is None:
            continue
        nodes = built.shown[page].get(id)
        if not nodes:
            yield Problem(
                built.place(page),
                f'The fact "{id}" is not on its page.',
                "Does its template show that field?",
            )
            continue
        for node in nodes:
            read = _words(node)
            if read != (text := retelling.fold(tell(id, fact))):
                yield Problem(
                    built.place(page),
                    f'The fact "{id}" should read "{text}", but the page says "{read}".',
                    "Build the site again; if it stays, the template changes the words.",
                )


def every_fact_has_its_sources(built: Built) -> Problems:
    """Beside every fact stand links to all of its sources, and they lead to the source."""
    for page, id, fact in built.facts():
        parser = built.pages.get(page)
        if parser is None or "sources" not in fact:
            continue
        wanted = {source["source"] if isinstance(source, dict) else source for source in fact["sources"]}
        for node in built.shown[page].get(id, []):
            found = {
                str(link.attributes["href"]).removeprefix("#source-")
                for link in node.css(".sources a[href^='#source-']")
                if retelling.owner(link) == id
            }
            if found != wanted:
                yield Problem(
                    built.place(page),
                    f'Beside "{id}" stand the sources {sorted(found)}, not {sorted(wanted)}.',
                    "Does the template show the sources of that fact?",
                )
        for source in wanted:
            entry = parser.css_first(f'[id="source-{source}"]')
            if entry is None or entry.css_first(f'a[href$="sources.html#{source}"]') is None:
                yield Problem(built.place(page), f'The source "{source}" has no entry on this page.', "")


def serious_harms_are_in_sight(built: Built) -> Problems:
    """No serious harm stands where a reader must open something to see it (R-20)."""
    for id, procedure in built.procedures.items():
        page = f"procedures/{id}.html"
        for key, harm in procedure["harms"].items():
            for node in (
                built.shown.get(page, {}).get(f"{id}.harms.{key}", []) if harm["serious"] == "true" else ()
            ):
                above: LexborNode | None = node
                while above is not None and above.tag != "details":
                    above = above.parent
                if above is not None:
                    yield Problem(
                        built.place(page), f'The serious harm "{key}" is hidden until something is opened.', ""
                    )


def one_fact_reads_the_same_everywhere(built: Built) -> Problems:
    """The same id shows the same words and number on every page (INV-4)."""
    first: dict[str, tuple[str, str]] = {}
    for page, shown in built.shown.items():
        for id, nodes in shown.items():
            for node in nodes:
                read = _words(node)
                if not read:
                    yield Problem(built.place(page), f'"{id}" is marked here but says nothing.', "")
                elif first.setdefault(id, (page, read))[1] != read:
                    yield Problem(
                        built.place(page),
                        f'"{id}" reads "{read}" here but "{first[id][1]}" on {first[id][0]}.',
                        "One template must show facts everywhere.",
                    )


def every_cell_quotes_its_facts(built: Built) -> Problems:
    """Every comparison has a cell for each row and option, quoting that option's field and no other."""
    for id, comparison in built.comparisons.items():
        page = f"comparisons/{id}.html"
        parser = built.pages.get(page)
        if parser is None:
            continue
        for row in comparison["rows"]:
            line = parser.css_first(f'tr[data-row="{row["key"]}"]')
            cells = line.css("td") if line else []
            if [cell.attributes.get("data-option") for cell in cells] != comparison["options"]:
                yield Problem(built.place(page), f'The row "{row["key"]}" lacks a cell of an option.', "")
                continue
            for option, cell in zip(comparison["options"], cells, strict=True):
                yield from _cell(built, page, row, option, cell)


def _cell(built: Built, page: str, row: dict[str, Any], option: str, cell: LexborNode) -> Problems:
    found = {str(node.attributes["data-fact"]) for node in cell.css("[data-fact]")}
    field = built.procedures[option][row["field"]]
    keys = row.get("only", {}).get(option) or [next(iter(field))]
    if row["field"] == "harms":
        serious = [key for key, harm in field.items() if harm["serious"] == "true"]
        keys = [*serious, *row.get("only", {}).get(option, [])] or [next(iter(field))]
    wanted = {f"{option}.{row['field']}.{key}" for key in keys}
    shown = {id for id in found if id.count(".") == 2}
    if shown != wanted:
        yield Problem(
            built.place(page),
            f"The cell {row['key']} / {option} shows {sorted(shown)}, not {sorted(wanted)}.",
            "A serious harm can never be left out, and a cell shows no other option's facts.",
        )


def tables_are_tables(built: Built) -> Problems:
    """Every table has a caption, scopes, no empty cell, and a scroll area that a keyboard reaches (AX-2, AX-7)."""
    for page, parser in built.pages.items():
        for table in parser.css("table"):
            if table.css_first("caption") is None:
                yield Problem(built.place(page), "A table has no caption.", "")
            if any(not head.attributes.get("scope") for head in table.css("th")):
                yield Problem(built.place(page), "A table heading has no scope.", "")
            if any(not _plain(cell) for cell in table.css("td, th")):
                yield Problem(
                    built.place(page), "A table has an empty cell.", "Write not_known or does_not_apply."
                )
            around = table.parent
            if (
                around is None
                or around.attributes.get("tabindex") != "0"
                or not around.attributes.get("aria-labelledby")
            ):
                yield Problem(built.place(page), "A table's scroll area cannot be reached by keyboard.", "")


def figures_of_different_studies_are_not_ranked(built: Built) -> Problems:
    """A comparison whose figures come from different sources says so above its first row (R-17)."""
    for id in built.comparisons:
        parser = built.pages.get(f"comparisons/{id}.html")
        if parser is None:
            continue
        differ = False
        for line in parser.css("tr[data-row]"):
            groups = [
                {str(link.attributes["href"]) for link in cell.css(".figure .sources a")}
                for cell in line.css("td")
            ]
            groups = [group for group in groups if group]
            differ = differ or any(group != groups[0] for group in groups[1:])
        html = parser.html or ""
        if differ and not 0 < html.find("Do not rank these numbers") < html.find("<table"):
            yield Problem(
                built.place(f"comparisons/{id}.html"), "The notice not to rank the numbers is missing.", ""
            )


def every_page_exists(built: Built) -> Problems:
    """Every data file has its page, and a reader reaches it from a section that is in the menu."""
    wanted = {f"procedures/{id}.html": "procedures.html" for id in built.procedures}
    wanted |= {f"comparisons/{id}.html": "comparisons.html" for id in built.comparisons}
    wanted |= dict.fromkeys(_SECTIONS, "")
    home = built.pages.get("index.html")
    menu = {str(link.attributes["href"]) for link in home.css("nav.menu a")} if home else set()
    for page, section in wanted.items():
        if page not in built.pages:
            yield Problem(built.place(page), "This page is missing.", "Is its data file named right?")
        elif section and (section not in menu or page not in _targets(built, section)):
            yield Problem(built.place(page), f"No menu leads to this page: {section} does not list it.", "")


def _targets(built: Built, page: str) -> set[str]:
    base = Path(page).parent
    parser = built.pages.get(page)
    links = parser.css("article a[href]") if parser else []
    return {(base / str(link.attributes["href"]).partition("#")[0]).as_posix() for link in links}


def links_lead_somewhere(built: Built) -> Problems:
    """No link, anchor, image, style or script of the site is broken, and none but sources lead elsewhere."""
    anchors = {
        page: {str(node.attributes["id"]) for node in parser.css("[id]")} for page, parser in built.pages.items()
    }
    outside = {str(source.get("url")) for source in built.sources.values()}
    clinic = local_retelling.addresses(built.clinic)
    top = f"{urlsplit(built.address).path}/"
    for page, parser in built.pages.items():
        own = built.texts.get(page.removesuffix(".html"), "")
        for node in parser.css("[href], [src], [action], [poster], [data], [srcset]"):
            address = next(str(node.attributes[name] or "") for name in _ADDRESSES if name in node.attributes)
            parts = urlsplit(address)
            if node.tag == "a" and address in clinic:
                continue
            if node.attributes.get("class") == "report":
                if quote(retelling.owner(node), safe="") not in address:
                    yield Problem(built.place(page), f"{address} does not report the fact beside it.", "")
                continue
            if node.attributes.get("rel") == "canonical":
                if address != f"{built.address}/{page}":
                    yield Problem(built.place(page), f"{address} is not the address of this page.", "")
                continue
            if parts.scheme in ("http", "https") or parts.netloc:
                if node.tag != "a":
                    yield Problem(built.place(page), f"{address} would be fetched from another host.", "")
                elif address not in outside and address not in own:
                    yield Problem(built.place(page), f"{address} is the address of no source.", "")
                continue
            target = page if not parts.path else _resolve(page, unquote(parts.path), top)
            if target is None or not (built.site / target).is_file():
                yield Problem(
                    built.place(page),
                    f'The link "{address}" leads nowhere.',
                    "Correct it in the page's text.",
                )
            elif parts.fragment and target in anchors and unquote(parts.fragment) not in anchors[target]:
                yield Problem(built.place(page), f'The link "{address}" names a place that does not exist.', "")


_ADDRESSES = ("href", "src", "action", "poster", "data", "srcset")
_FETCHES = {
    ".css": re.compile(r"@import|//|https?:|data:|\\"),
    ".js": re.compile(r"\b(?:fetch|sendBeacon|EventSource|WebSocket|XMLHttpRequest|import|eval|Function)\s*\("),
}


def nothing_runs_or_is_fetched(built: Built) -> Problems:
    """Pages hold what is on the lists, load the scripts of their kind, and no style or script of ours fetches."""
    sources = {str(source.get("url")) for source in built.sources.values()}
    for page in built.pages:
        for message, hint in dict.fromkeys(check_page((built.site / page).read_text("utf-8"), sources)):
            yield Problem(built.place(page), message, hint)
    for file in sorted(built.site.rglob("*")):
        if file.suffix == ".js" and file.name not in {*SCRIPTS, "sw.js"}:
            yield Problem(Place(file.as_posix()), "No page loads this script.", "Delete it from content/assets/.")
        if file.suffix in _FETCHES and file.name not in ("lunr.js", "search-index.js", "words.js", "sw.js"):
            for found in sorted({*_FETCHES[file.suffix].findall(file.read_text("utf-8"))}):
                yield Problem(Place(file.as_posix()), f'"{found}" fetches something.', "Ship the file instead.")


def the_copy_on_devices_is_whole(built: Built) -> Problems:
    """`sw.js` lists every page and all that pages load, each with its hash, or lets go of copies; pages agree."""
    worker = built.site / "sw.js"
    text = worker.read_text("utf-8") if worker.is_file() else ""
    found = re.search(r"^const FILES = (\{.*?\});$", text, re.DOTALL | re.MULTILINE)
    if found is None and "unregister" not in text:
        yield Problem(built.place("sw.js"), "It neither keeps a copy nor lets go of one.", "Build the site again.")
    asking = {page for page, parser in built.pages.items() if parser.css("link[rel=manifest], .offline")}
    for page in sorted(asking ^ {page for page, parser in built.pages.items() if found and parser.css("article")}):
        yield Problem(built.place(page), "It asks for a copy that is not kept, or does not ask for one.", "")
    listed: dict[str, str] = json.loads(found.group(1)) if found else {}
    for page in built.pages if found else ():
        loaded = built.pages[page].css("script[src], img[src], link[rel=stylesheet]")
        paths = [str(node.attributes.get("src") or node.attributes.get("href")) for node in loaded]
        for file in (page, *(_resolve(page, path) for path in paths if page != "404.html")):
            if file not in listed:
                yield Problem(built.place(page), f"The copy on devices lacks {file}.", "Build the site again.")
    for path, hashed in listed.items():
        content = (built.site / path).read_bytes() if (built.site / path).is_file() else b""
        if b64encode(sha256(content).digest()).decode() != hashed:
            yield Problem(
                built.place(path), "It is not the file that devices are to keep.", "Build the site again."
            )


def _resolve(page: str, path: str, top: str = "/") -> str | None:
    if path.startswith("/"):  # only the page that is shown at any depth cannot say where others are from its place
        return path.removeprefix(top) if page == "404.html" and path.startswith(top) else None
    parts: list[str] = list(Path(page).parent.parts)
    for part in Path(path).parts:
        if part == "..":
            if not parts:
                return None
            parts.pop()
        elif part != ".":
            parts.append(part)
    return "/".join(parts)


_UNPACK = {".gz": gzip.decompress, ".br": brotli.decompress}
"""How to read the twins that some servers hand out."""


def assets_are_named_by_their_content(built: Built) -> Problems:
    """Styles, scripts and fonts lie in one folder whose name changes with them (RFC 8246)."""
    top = built.site / "assets"
    paths = sorted(file.relative_to(top).as_posix() for file in top.rglob("*") if _is_original(file))
    digests = [(path.partition("/")[2], sha256((top / path).read_bytes()).hexdigest()) for path in paths]
    wanted = sha256("".join(f"{digest}  {name}\n" for name, digest in digests).encode()).hexdigest()[:12]
    if folders := sorted({path.partition("/")[0] for path in paths} - {wanted}):
        yield Problem(
            built.place("assets"),
            f"What lies below assets/ belongs into the folder {wanted}, not {', '.join(folders)}.",
            "Build the site again, and edit no file in it.",
        )


def anchors_are_unique(built: Built) -> Problems:
    """No id stands twice on a page."""
    for page, parser in built.pages.items():
        seen: set[str] = set()
        for node in parser.css("[id]"):
            id = str(node.attributes["id"])
            if id in seen:
                yield Problem(built.place(page), f'The id "{id}" stands twice on this page.', "")
            seen.add(id)


def old_addresses_lead_on(built: Built) -> Problems:
    """At every old address stands a page that leads, by itself and by its one link, to the page of the data."""
    for old, new in built.shared["redirects"].items():
        parser = built.forwards.get(old)
        if parser is None:
            yield Problem(built.place(old), "This old address leads nowhere.", "Build the site again.")
            continue
        refresh = parser.css_first("meta[http-equiv=refresh]")
        by_itself = str(refresh.attributes["content"]).removeprefix("0; url=") if refresh else ""
        by_link = [str(link.attributes["href"]) for link in parser.css("a")]
        if by_link != [by_itself] or _resolve(old, by_itself) != new or new not in built.pages:
            yield Problem(built.place(old), f"It leads to {by_itself} and {by_link}, not to {new}.", "")
        if _plain(parser.body) != "This page has moved Go to the page" or parser.css("script, img"):
            yield Problem(built.place(old), "It holds more than the way to its page.", "")


_LEAK = re.compile(r"\{\{|\}\}|\{%|\bNone\b(?! [a-z])|\bnan\b|\bUndefined\b|\{#|\{:")


def nothing_leaks(built: Built) -> Problems:
    """No template mark, no None, no inline style, no script in the page."""
    for page, parser in built.pages.items():
        text = parser.body.text() if parser.body else ""
        for block in parser.css(counterproof.BLOCK):
            text = text.replace(block.text(), "", 1)
        for leak in _LEAK.findall(_without_verbatim(parser, text)):
            yield Problem(built.place(page), f'"{leak}" stands on the page.', "A template left it there.")
        if parser.css("[style]") or parser.css("style"):
            yield Problem(
                built.place(page), "There is an inline style.", "It belongs into content/assets/site.css."
            )
        if any(not node.attributes.get("src") for node in parser.css(f"script:not({counterproof.BLOCK})")):
            yield Problem(built.place(page), "There is an inline script.", "It belongs into content/assets/.")


def _without_verbatim(parser: LexborHTMLParser, text: str) -> str:
    # A fact may hold such marks as its own text; only what templates wrote is searched.
    for node in parser.css("[data-fact] .words, [data-verbatim], h1, h2, h3, title, dd, dt"):
        if "{" in node.text() or ("data-verbatim" in node.attributes and _LEAK.search(node.text())):
            text = text.replace(node.text(), "", 1)
    return text


def sources_page_lists_what_is_used(built: Built) -> Problems:
    """The sources page lists exactly the sources that stand beside facts, each with what was read of it."""
    used = {
        str(link.attributes["href"]).removeprefix("#source-")
        for parser in built.pages.values()
        for link in parser.css(".sources a[href^='#source-']")
    }
    parser = built.pages.get("sources.html")
    listed = {str(node.attributes["data-source"]): node for node in parser.css("[data-source]")} if parser else {}
    for id in sorted(used ^ listed.keys()):
        yield Problem(
            built.place("sources.html"),
            f'The source "{id}" is used and not listed, or listed and not used.',
            "",
        )
    for id, node in listed.items():
        if id in built.sources and " ".join(built.sources[id]["read"].split()) not in _plain(node):
            yield Problem(built.place("sources.html"), f'"{id}" does not say what was read of it.', "")


def every_claim_is_answered(built: Built) -> Problems:
    """The claims page shows every claim with its verdict and all the facts it rests on."""
    parser = built.pages.get("claims.html")
    for key, claim in built.claims.items():
        node = parser.css_first(f'[data-claim="{key}"]') if parser else None
        if node is None or node.attributes.get("data-verdict") != claim["verdict"]:
            yield Problem(built.place("claims.html"), f'The claim "{key}" is missing or has another verdict.', "")
            continue
        shown = {str(fact.attributes["data-fact"]) for fact in node.css("[data-fact]")}
        if not set(claim["facts"]) <= shown or " ".join(claim["says"].split()) not in _plain(node):
            yield Problem(built.place("claims.html"), f'The claim "{key}" lacks a fact or its words.', "")


_GLOSS = "\u2983\u2984"
_NOT_RUNNING_TEXT = (
    "h1, h2, h3, h4, th, caption, summary, nav, dt, label, legend, code, pre, script, form, cite, svg, "
    "[data-verbatim]"
)


def hard_words_are_explained(built: Built) -> Problems:
    """Each medical word has its plain words beside it where it first stands on a page (CCI-7, PL-2).

    Words over which people stumble also have how to say them, there or above.
    """
    known = [term for term in built.terms() if term.get("everyday") != "true"]
    names = {name.lower(): (name, term) for term in known for name in (term["name"], *term.get("synonyms", []))}
    word = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})(?![\w-])")
    for page, parser in built.pages.items():
        if page in ("glossary.html", "sources.html", "a-to-z.html"):  # they list words, and explain none
            continue
        text = _running_text(parser)
        seen: list[str] = []
        for found in word.finditer(text.lower()):
            name, term = names[found.group()]
            written = text[found.start() : found.end()]
            if (name.isupper() and not written.isupper()) or _is_inside_gloss(text, found.start()):
                continue
            width = len(term["plain"]) + len(term.get("say_it", "")) + 60
            before = text[max(0, found.start() - width) : found.start()]
            near = f"{before} {text[found.end() : found.end() + width]}".lower()
            if term["name"] not in seen:
                seen.append(term["name"])
                if term["plain"].lower() not in near and not re.search(r"\([^().]*$", before):
                    yield Problem(
                        built.place(page),
                        f'"{written}" first stands here without its plain words: ...{near[-80:]}',
                        "Build the site again; if it stays, the glossary did not find the word.",
                    )
            if term.get("stumbles") == "true" and name == term["name"] and f"{name} said" not in seen:
                seen.append(f"{name} said")
                if term["say_it"] not in text[: found.end() + width]:
                    yield Problem(
                        built.place(page),
                        f'"{written}" first stands here without how to say it: {term["say_it"]}',
                        "Build the site again; if it stays, the glossary did not find the word.",
                    )


def _is_inside_gloss(text: str, start: int) -> bool:
    return text.rfind(_GLOSS[0], 0, start) > text.rfind(_GLOSS[1], 0, start)


def _running_text(parser: LexborHTMLParser) -> str:
    """What a page says in sentences, white space folded: no headings, no links but those to the glossary.

    What explains a word stands between the two marks of _GLOSS.
    """
    article = parser.css_first("article")
    copy = LexborHTMLParser(article.html or "" if article else "")
    for node in copy.css(f"{_NOT_RUNNING_TEXT}, a:not(.term)"):
        if node.parent is not None:
            node.decompose()
    for node in copy.css(".gloss"):
        node.replace_with(f"{_GLOSS[0]}{node.text()}{_GLOSS[1]}")
    return " ".join((copy.body.text(separator=" ") if copy.body else "").split())


def _is_original(file: Path) -> bool:
    return file.is_file() and file.suffix not in _UNPACK


def twins_say_the_same(built: Built) -> Problems:
    """A server may hand out page.html.gz or page.html.br instead of page.html: they hold the same bytes."""
    for file in sorted(built.site.rglob("*")):
        if unpack := _UNPACK.get(file.suffix):
            original = file.with_suffix("")
            try:
                same = original.is_file() and unpack(file.read_bytes()) == original.read_bytes()
            except (OSError, EOFError, ValueError, brotli.error, zlib.error):
                same = False
            if not same:
                yield Problem(
                    Place(file.as_posix()),
                    f"This must be the packed twin of {original.name}, and is not.",
                    "Build the site again into an empty folder.",
                )


RULES = (
    every_page_exists,
    every_fact_is_on_its_page,
    every_fact_has_its_sources,
    serious_harms_are_in_sight,
    one_fact_reads_the_same_everywhere,
    every_cell_quotes_its_facts,
    figures_of_different_studies_are_not_ranked,
    every_claim_is_answered,
    retelling.every_fact_is_told_in_full,
    retelling.every_drawing_follows_the_facts,
    retelling.every_share_has_its_picture,
    retelling.every_fact_names_its_word,
    retelling.every_harm_is_told_in_full,
    retelling.every_warning_is_as_urgent_as_in_the_facts,
    retelling.second_hand_is_said,
    retelling.every_page_has_its_names,
    retelling.every_fact_stands_in_its_place,
    retelling.every_comparison_says_its_own,
    retelling.every_sheet_is_whole,
    retelling.every_leaflet_is_there,
    retelling.every_word_is_explained,
    retelling.every_source_is_described,
    retelling.every_claim_is_quoted,
    retelling.nothing_is_invented,
    retelling.every_name_can_be_found,
    retelling.every_list_is_whole,
    retelling.every_page_leads_on,
    retelling.every_review_is_told,
    retelling.every_change_is_told,
    local_retelling.the_clinic_speaks_for_itself,
    local_retelling.the_clinic_changes_nothing_else,
    local_retelling.no_other_clinic_is_heard,
    retelling.every_section_is_in_every_menu,
    retelling.hand_written_words_are_on_their_page,
    retelling.what_templates_always_say_is_said,
    retelling.every_word_has_an_origin,
    sources_page_lists_what_is_used,
    tables_are_tables,
    links_lead_somewhere,
    old_addresses_lead_on,
    nothing_runs_or_is_fetched,
    the_copy_on_devices_is_whole,
    assets_are_named_by_their_content,
    anchors_are_unique,
    nothing_leaks,
    twins_say_the_same,
    hard_words_are_explained,
    *counterproof.RULES,
)
