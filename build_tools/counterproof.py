"""The files beside pages held against the data and the pages, read anew from both.

Like `retelling` it shares no code with what writes them. The rules run in `verify`.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from build_tools.problems import Problem
from build_tools.retelling import CERTAINTY, fold, plain, tell, words

if TYPE_CHECKING:
    from build_tools.verify import Built

Problems = Iterator[Problem]
Raw = dict[str, Any]

_API = "api/v1"
_NUMBERS = {"count": "count", "out_of": "outOf", "percent": "percent", "from": "from", "to": "to"}
_NUMBERS |= {"amount": "amount", "before": "before", "after": "after"}
_TEXTS = ("counted", "measure", "average", "who", "when", "how", "note")


def _open(built: Built, path: str) -> str:
    file = built.site / path
    return file.read_text("utf-8") if file.is_file() else ""


def _wrong(built: Built, path: str, message: str) -> Problem:
    return Problem(
        built.place(path), message, "Build the site again; if it stays, what writes this file is wrong."
    )


def every_published_fact_is_that_of_its_page(built: Built) -> Problems:
    """The JSON of a procedure has every fact of the data and no other, in its page's words and numbers (INV-4)."""
    for id in built.procedures:
        page, path = f"procedures/{id}.html", f"{_API}/procedures/{id}.json"
        if page not in built.pages:
            continue
        wanted = {fact_id: fact for place, fact_id, fact in built.facts() if place == page}
        told = {fact["id"]: fact for fact in _every(json.loads(_open(built, path) or '{"facts": []}')["facts"])}
        for fact_id in sorted(wanted.keys() ^ told.keys()):
            yield _wrong(built, path, f'"{fact_id}" stands in the data or here, and not in both.')
        for fact_id in wanted.keys() & told.keys():
            for message in _differences(fact_id, wanted[fact_id], told[fact_id]):
                yield _wrong(built, path, message)
            for node in built.shown[page].get(fact_id, [])[:1]:
                if words(node) != fold(told[fact_id]["words"]):
                    yield _wrong(
                        built,
                        path,
                        f'"{fact_id}" reads "{told[fact_id]["words"]}", the page says "{words(node)}".',
                    )


def _every(facts: list[Raw]) -> Iterator[Raw]:
    for fact in facts:
        yield fact
        yield from fact.get("howOften", ())


def _differences(id: str, wanted: Raw, told: Raw) -> Iterator[str]:
    if fold(told["words"]) != fold(tell(id, wanted)):
        yield f'"{id}" should read "{fold(tell(id, wanted))}", and reads "{told["words"]}".'
    cited = [source if isinstance(source, dict) else {"source": source} for source in wanted.get("sources", ())]
    found = [
        {name: source[name] for name in ("source", "at", "reporting") if name in source}
        for source in told.get("sources", ())
    ]
    if found != cited or any(
        source["secondHand"] != ("reporting" in source) for source in told.get("sources", ())
    ):
        yield f'"{id}" has other sources than the data.'
    if "searched" in wanted and told.get("searched") != wanted["searched"]:
        yield f'"{id}" was searched on {wanted["searched"]}.'
    if "serious" in wanted and told.get("serious") is not (wanted["serious"] == "true"):
        yield f'"{id}" is serious, or not, against the data.'
    if "counted" not in wanted:
        return
    for field in _TEXTS:
        if fold(told.get(field) or "") != fold(wanted.get(field, "")):
            yield f'"{id}": "{field}" is "{told.get(field)}", not "{wanted.get(field)}".'
    sure = {"level": wanted["certainty"], "words": CERTAINTY[wanted["certainty"]]}
    if told["howSure"] != sure:
        yield f'"{id}" is {told["howSure"]}, not {sure}.'
    for name, here, there in (
        ("value", wanted, told["value"]),
        ("versus", wanted.get("versus", {}), told.get("versus", {}).get("value", {})),
    ):
        numbers = {_NUMBERS[field]: Decimal(here[field]) for field in _NUMBERS if field in here}
        if {field: Decimal(str(number)) for field, number in there.items()} != numbers:
            yield f'"{id}": the {name} is {there}, and the data has {numbers}.'


def every_published_table_is_that_of_its_page(built: Built) -> Problems:
    """The JSON and the CSV of a comparison have the rows, columns, facts and words of its page."""
    for id, comparison in built.comparisons.items():
        page, path = f"comparisons/{id}.html", f"{_API}/comparisons/{id}"
        parser = built.pages.get(page)
        if parser is None:
            continue
        table = json.loads(_open(built, f"{path}.json") or '{"rows": []}')["rows"]
        grid = list(csv.reader(io.StringIO(_open(built, f"{path}.csv"), newline="")))
        lines = parser.css("tr[data-row]")
        if [row["key"] for row in table] != [line.attributes["data-row"] for line in lines]:
            yield _wrong(built, f"{path}.json", "Its rows are not those of the page.")
            continue
        names = [built.procedures[option]["names"]["name"] for option in comparison["options"]]
        if [row[:1] for row in grid] != [["Question"], *([row["asks"]] for row in table)] or grid[0][1:] != names:
            yield _wrong(built, f"{path}.csv", "Its rows or columns are not those of the page.")
            continue
        for line, row, texts in zip(lines, table, grid[1:], strict=True):
            for node, cell, text in zip(line.css("td"), row["cells"], texts[1:], strict=True):
                shown = {
                    str(fact.attributes["data-fact"]): words(fact)
                    for fact in node.css("[data-fact]")
                    if str(fact.attributes["data-fact"]).count(".") == 2
                }
                told = {fact["id"]: fold(fact["words"]) for fact in cell["facts"]}
                if told != shown or cell["option"] != node.attributes["data-option"]:
                    yield _wrong(built, f"{path}.json", f"{row['key']} / {cell['option']} is not as on the page.")
                if missing := [said for said in shown.values() if said not in fold(text)]:
                    yield _wrong(built, f"{path}.csv", f"{row['key']} / {cell['option']} lacks: {missing[0]}")


def every_published_figure_source_and_word_is_that_of_the_data(built: Built) -> Problems:
    """The table of figures and the lists of sources and words hold what the data holds, and nothing else."""
    figures = {id: fact for _, id, fact in built.facts() if "counted" in fact}
    path = f"{_API}/figures.csv"
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(_open(built, path), newline=""))}
    for id in sorted(figures.keys() ^ rows.keys()):
        yield _wrong(built, path, f'The figure "{id}" stands in the data or here, and not in both.')
    for id in figures.keys() & rows.keys():
        numbers = {name: Decimal(rows[id][name]) for name in _NUMBERS if rows[id][name]}
        if numbers != {name: Decimal(figures[id][name]) for name in _NUMBERS if name in figures[id]}:
            yield _wrong(built, path, f'"{id}" has other numbers than the data: {numbers}.')
        if fold(rows[id]["words"]) != fold(tell(id, figures[id])):
            yield _wrong(built, path, f'"{id}" does not read as on its page.')
    sources = json.loads(_open(built, f"{_API}/sources.json") or '{"sources": []}')["sources"]
    yield from _same(built, f"{_API}/sources.json", {one["id"]: one for one in sources}, built.sources)
    terms = json.loads(_open(built, f"{_API}/terms.json") or '{"terms": []}')["terms"]
    for kind, vocabulary in built.vocabulary.items():
        told = {term["id"]: term for term in terms if term["vocabulary"] == kind}
        yield from _same(built, f"{_API}/terms.json", told, vocabulary)


_NAMES = {"published_in": "publishedIn", "read_by": "readBy", "say_it": "sayIt"}
_COMPARED = (
    "title by year published_in kind doi pmid url read read_by note name plain definition say_it synonyms"
).split()


def _same(built: Built, path: str, told: dict[str, Raw], wanted: dict[str, Raw]) -> Problems:
    for id in sorted(told.keys() ^ wanted.keys()):
        yield _wrong(built, path, f'"{id}" stands in the data or here, and not in both.')
    for id in told.keys() & wanted.keys():
        for field in _COMPARED:
            here, there = wanted[id].get(field, ""), told[id].get(_NAMES.get(field, field), "")
            if fold(str(here)) != fold(str(there)) and (here or there):
                yield _wrong(built, path, f'"{id}": "{field}" is "{there}", not "{here}".')


# What pages tell search engines


BLOCK = 'script[type="application/ld+json"]'
"""Where a page tells search engines what it is about: data that no browser runs."""

_NO_TEXT = {
    "@context", "@type", "@id", "url", "item", "license", "inLanguage", "datePublished", "dateModified",
    "lastReviewed", "hasHealthAspect", "procedureType", "itemListOrder", "accessMode", "accessibilityFeature",
    "identifier",
}  # fmt: skip
"""What is no text but a type, an address, a date, an id or one of the vocabulary's own words."""

_NEVER = {"aggregateRating", "review", "reviewRating", "starRating", "indication", "FAQPage", "acceptedAnswer"}
"""Ratings and questions that no page shows, and a property that schema.org does not have (SO-5, SO-10)."""


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
        block = json.loads(blocks[0].text())
        read = fold(plain(parser.body)).casefold()
        for name, text in _texts(block):
            if name in _NEVER or text in _NEVER:
                yield _wrong(built, page, f'The block for search engines has "{name}": {text}.')
            if name not in _NO_TEXT and fold(text).casefold() not in read:
                yield _wrong(built, page, f'The block says "{text}" ({name}), which the page does not.')
        record = getattr(built, folder).get(file.removesuffix(".html"))
        if record is None:
            yield _wrong(built, page, "The data holds nothing of this name.")
        else:
            yield from _block(built, page, block, record)


def _texts(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(inner, key)
            if key in _NEVER:
                yield key, str(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, name)
    elif isinstance(value, str):
        yield name, value


def _block(built: Built, page: str, block: Raw, record: Raw) -> Problems:
    names = record.get("names", {})
    effects = built.vocabulary["effects"]
    harms = [harm["effect"] for harm in record.get("harms", {}).values() if harm["serious"] == "true"]
    said = record["summary"]["says"] if names else record["question"]
    wanted = {
        "@type": "MedicalWebPage",
        "name": fold(names.get("name") or record["title"]),
        "description": fold(said),
        "audience": {"@type": "Patient"},
        "license": "https://creativecommons.org/licenses/by/4.0/",
    }
    for name, value in wanted.items():
        if block.get(name) != value:
            yield _wrong(built, page, f'The block has "{name}": {block.get(name)}, not {value}.')
    told = {harm["name"] for harm in block["mainEntity"].get("seriousAdverseOutcome", ())}
    if told != {fold(effects[effect]["plain"]) for effect in harms}:
        yield _wrong(built, page, "The block does not name every serious harm.")
    if block["dateModified"] < record["facts_checked"]:
        yield _wrong(built, page, f"The block says that the page is of {block['dateModified']}.")
    signed = any(
        review["procedure"] == page.split("/")[1].removesuffix(".html") for review in built.shared["reviews"]
    )
    if ("reviewedBy" in block or "lastReviewed" in block) and not signed:
        yield _wrong(built, page, "The block names a reviewer, and nobody has signed.")


# Health records

_OID = {"mesh": "2.16.840.1.113883.6.177"}


def every_code_leads_to_its_page(built: Built) -> Problems:
    """The page for health records names every procedure; each code has its answer, which leads to the page."""
    landing = "infobutton.html"
    parser = built.pages.get(landing)
    topics = (
        {str(topic.css("a")[0].attributes["href"]): topic for topic in parser.css(".topics > li")}
        if parser
        else {}
    )
    wanted = {f"procedures/{id}.html" for id in built.procedures}
    if topics.keys() != wanted:
        yield _wrong(built, landing, f"It does not name {sorted(wanted ^ topics.keys())}.")
        return
    for id, procedure in built.procedures.items():
        page, names = f"procedures/{id}.html", procedure["names"]
        topic = topics[page]
        codes = [f"infobutton/{_OID[code['system']]}/{code['value']}" for code in procedure.get("codes", ())]
        known = [names["name"], names["plain"], *names.get("also_called", ())]
        if topic.attributes["data-answers"] != " ".join(codes) or topic.attributes["data-names"] != "|".join(
            map(fold, known)
        ):
            yield _wrong(built, landing, f'"{id}" has other codes or names than the data.')
        for path in codes:
            told = json.loads(_open(built, f"{path}.json") or '{"feed": {"entry": []}}')["feed"]["entry"]
            atom = _open(built, f"{path}.xml")
            leads = {entry["link"][0]["href"].partition("#")[0].endswith(page) for entry in told}
            if leads != {True} or told[0]["title"]["_value"] != fold(names["name"]) or f'{page}"' not in atom:
                yield _wrong(built, f"{path}.json", f"It does not lead to {page}.")
            if any(part["source"]["id"] != told[0]["id"] for part in told[1:]):
                yield _wrong(built, f"{path}.json", "A part does not point to the page of which it is a part.")


RULES = (
    every_published_fact_is_that_of_its_page,
    every_published_table_is_that_of_its_page,
    every_published_figure_source_and_word_is_that_of_the_data,
    every_page_tells_search_engines_what_it_says,
    every_code_leads_to_its_page,
)
