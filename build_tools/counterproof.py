"""The files beside pages held against the data and the pages; `mirror` tells what each must hold.

The rules run in `verify`.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from build_tools import mirror
from build_tools.problems import Problem
from build_tools.retelling import fold, plain

if TYPE_CHECKING:
    from build_tools.old_verify import Built

Problems = Iterator[Problem]
Raw = dict[str, Any]

_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _open(built: Built, path: str) -> str:
    file = built.site / path
    return file.read_text("utf-8") if file.is_file() else ""


def _wrong(built: Built, path: str, message: str) -> Problem:
    return Problem(
        built.place(path), message, "Build the site again; if it stays, what writes this file is wrong."
    )


def _json(text: str) -> Any:
    """What a JSON text holds, numbers as decimals; None if it is no JSON."""
    try:
        return json.loads(text, parse_int=Decimal, parse_float=Decimal)
    except ValueError:
        return None


def _held(built: Built, path: str, wanted: Any, told: Any) -> Problems:
    for message in mirror.differences(wanted, told):
        yield _wrong(built, path, message)


def every_published_file_says_what_the_data_says(built: Built) -> Problems:
    """Each JSON file holds the facts, sources and words of the data as pages tell them, and no other (INV-4)."""
    for path, wanted in mirror.json_files(built):
        told = _json(_open(built, path))
        if not isinstance(told, dict) or not _DAY.fullmatch(str(told.pop("generatedAt", ""))):
            yield _wrong(built, path, "It is not there, or is no JSON of a day.")
        else:
            yield from _held(built, path, wanted, told)
    path = f"{mirror.API}/sources.csl.json"
    yield from _held(built, path, mirror.reference_list(built), _json(_open(built, path)))


def every_published_table_says_what_the_data_says(built: Built) -> Problems:
    """Each CSV file has the rows and cells that the data and its page have."""
    for path, wanted in mirror.tables(built):
        told = list(csv.reader(io.StringIO(_open(built, path), newline="")))
        if [len(row) for row in told] != [len(row) for row in wanted]:
            yield _wrong(built, path, "Its rows or columns are not those of the data.")
            continue
        for row, cells in zip(wanted, told, strict=True):
            for name, right, cell in zip(wanted[0], row, cells, strict=True):
                if not mirror.same_cell(right, cell):
                    yield _wrong(built, path, f'{row[0]}, {name}: "{cell}" must be "{right}".')


# What pages tell search engines


BLOCK = 'script[type="application/ld+json"]'
"""Where a page tells search engines what it is about: data that no browser runs."""

_NO_TEXT = {
    "@context", "@type", "@id", "url", "item", "license", "inLanguage", "datePublished", "dateModified",
    "lastReviewed", "hasHealthAspect", "procedureType", "itemListOrder", "accessMode", "accessibilityFeature",
    "identifier",
}  # fmt: skip
"""What is no text but a type, an address, a date, an id or one of the vocabulary's own words."""


def every_page_tells_search_engines_what_it_says(built: Built) -> Problems:
    """A procedure's and a comparison's page has one block; each text in it stands on the page (SO-1 to SO-11)."""
    for page, parser in built.pages.items():
        blocks = parser.css(BLOCK)
        folder, _, file = page.rpartition("/")
        if len(blocks) != (folder in ("procedures", "comparisons")):
            yield _wrong(built, page, f"It has {len(blocks)} blocks for search engines.")
            continue
        if not blocks:
            continue
        if file.removesuffix(".html") not in getattr(built, folder):
            yield _wrong(built, page, "The data holds nothing of this name.")
            continue
        told = _json(blocks[0].text())
        yield from _held(built, page, mirror.block(built, page), told)
        read = plain(parser.body).casefold()
        for name, text in _texts(told):
            if name not in _NO_TEXT and fold(text).casefold() not in read:
                yield _wrong(built, page, f'The block says "{text}" ({name}), which the page does not.')


def _texts(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, name)
    elif isinstance(value, str):
        yield name, value


# Health records


def every_code_leads_to_its_page(built: Built) -> Problems:
    """The page for health records names every procedure; each code has its answer, which leads to the page."""
    landing = "infobutton.html"
    parser = built.pages.get(landing)
    topics = {
        str(link.attributes.get("href")): topic
        for topic in (parser.css(".topics > li") if parser else ())
        for link in topic.css("a")[:1]
    }
    wanted = {f"procedures/{id}.html" for id in built.procedures}
    if topics.keys() != wanted:
        yield _wrong(built, landing, f"It does not name {sorted(wanted ^ topics.keys())}.")
        return
    for id, procedure in built.procedures.items():
        topic, names = topics[f"procedures/{id}.html"], procedure["names"]
        codes = [
            f"infobutton/{mirror.LISTS[code['system']][0]}/{code['value']}" for code in procedure.get("codes", ())
        ]
        known = [names["name"], names["plain"], *names.get("also_called", ())]
        if topic.attributes.get("data-answers") != " ".join(codes) or topic.attributes.get(
            "data-names"
        ) != "|".join(map(fold, known)):
            yield _wrong(built, landing, f'"{id}" has other codes or names than the data.')
    for path, answer in mirror.answers(built):
        yield from _held(built, f"{path}.json", answer, _json(_open(built, f"{path}.json")))
        yield from _held(built, f"{path}.xml", mirror.as_atom(answer), _xml(_open(built, f"{path}.xml")))


def _xml(text: str) -> Raw | None:
    """The elements of an XML text, without their namespaces; None if it is no XML."""
    try:
        return _element(ElementTree.fromstring(text))
    except ElementTree.ParseError:
        return None


def _element(element: ElementTree.Element) -> Raw:
    return {
        "name": element.tag.rpartition("}")[2],
        "text": fold(element.text or ""),
        "attributes": {name.rpartition("}")[2]: value for name, value in element.attrib.items()},
        "elements": [_element(inner) for inner in element],
    }


# What changed, and what is due


def the_feed_tells_every_change(built: Built) -> Problems:
    """`feed.xml` has one entry for each publication and page, the newest first, with each change, old and new."""
    path, name, host = "feed.xml", mirror.site_name(built), mirror.host(built)
    top = _xml(_open(built, path))
    days = [publication["published"] for publication in built.shared["changes"]]
    wanted: dict[str, list[list[str]]] = {}
    for number, publication in reversed(list(enumerate(built.shared["changes"], 1))):
        about: dict[str, list[list[str]]] = {"site": [[publication["says"]]]} if "says" in publication else {}
        for change in publication.get("changes", ()):
            texts = [change[field] for field in ("fact", "was", "now", "why") if field in change]
            about.setdefault(change["fact"].split(".")[0], []).append(texts)
        for key in sorted(about):
            wanted[f"tag:{host},{publication['published']}:changes/{number}/{key}"] = about[key]
    entries = [inner for inner in (top or {}).get("elements", ()) if inner["name"] == "entry"]
    said = [_by_name(entry) for entry in entries]
    head = _by_name(top) | {"lang": top["attributes"].get("lang", "")} if top else {}
    right = {"title": f"{name}: what changed", "author": name, "lang": "en"}
    right["updated"] = f"{max(days, default='')}T00:00:00Z"
    if not right.items() <= head.items() or not head.get("id", "").startswith(
        f"tag:{host},{min(days, default='')}"
    ):
        yield _wrong(built, path, f"It begins otherwise than the data: {head}.")
    if [entry.get("id") for entry in said] != list(wanted):
        yield _wrong(built, path, "Its entries are not the publications of data/changes.yml.")
        return
    titles = {"site": name, "sources": "Sources", "vocabulary": "Medical words", "comparisons": "Comparisons"}
    titles |= {"claims": "Claims you may read"} | {id: mirror.name_of(built, id) for id in built.procedures}
    for entry, (id, lines) in zip(said, wanted.items(), strict=True):
        key, published = id.rpartition("/")[2], id.partition(",")[2].partition(":")[0]
        if entry.get("title") != fold(titles.get(key, key)) or entry.get("updated") != f"{published}T00:00:00Z":
            yield _wrong(built, path, f"The entry {id} has another title or day.")
        for text in (text for texts in lines for text in texts):
            if fold(text) not in entry.get("content", ""):
                yield _wrong(built, path, f'The entry {id} does not say "{text}".')


def _by_name(element: Raw) -> dict[str, str]:
    """The texts of an element's own elements, or of what stands in them, by name."""
    return {
        inner["name"]: " ".join([inner["text"], *_by_name(inner).values()]).strip()
        for inner in element["elements"]
    }


def the_calendar_names_every_due_day(built: Built) -> Problems:
    """`reviews.ics` has one event for each check and review that is due, on its day, and no other (RFC 5545)."""
    text = re.sub(r"\r?\n[ \t]", "", _open(built, "reviews.ics"))
    told = Counter(
        (_in_event(event, "UID"), _in_event(event, "SUMMARY"), _in_event(event, "DTSTART"))
        for event in text.split("BEGIN:VEVENT")[1:]
    )
    wanted: list[tuple[str, str, str]] = []
    for id, procedure in built.procedures.items():
        wanted.append((f"check-{id}", f"Check the facts: {procedure['names']['name']}", procedure["next_check"]))
    for id, one in built.comparisons.items():
        wanted.append((f"check-comparison-{id}", f"Check the comparison: {one['title']}", one["next_check"]))
    signed = {review["procedure"]: review for review in built.shared["reviews"]}
    for id, review in signed.items():
        if id in built.procedures:
            title = f"Review by a clinician: {mirror.name_of(built, id)}"
            wanted.append((f"review-{id}", title, review["next_review"]))
    due = Counter((f"{uid}@{mirror.host(built)}", fold(title), day.replace("-", "")) for uid, title, day in wanted)
    for event in (due - told) + (told - due):
        yield _wrong(built, "reviews.ics", f"It should have this event, or should not: {' / '.join(event)}.")


def _in_event(event: str, name: str) -> str:
    found = re.search(rf"(?m)^{name}[^:\n]*:(.*?)\r?$", event)
    return re.sub(r"\\(.)", r"\1", found[1]) if found else ""


RULES = (
    every_published_file_says_what_the_data_says,
    every_published_table_says_what_the_data_says,
    every_page_tells_search_engines_what_it_says,
    every_code_leads_to_its_page,
    the_feed_tells_every_change,
    the_calendar_names_every_due_day,
)
