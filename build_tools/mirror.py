"""What each file for other programs must hold, told anew from the data and the built pages.

Like `retelling` it shares no code with what writes them. JSON is told as values in which numbers are decimals.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from html import escape
from posixpath import normpath, relpath
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from build_tools.retelling import CERTAINTY, WORD_FIELDS, fold, plain, sentence, tell

if TYPE_CHECKING:
    from build_tools.old_verify import Built

Raw = dict[str, Any]

API = "api/v1"
LICENSE = "https://creativecommons.org/licenses/by/4.0/"
LISTS = {"mesh": ("2.16.840.1.113883.6.177", "http://id.nlm.nih.gov/mesh/", "MeSH")}
"""The lists of codes: their number in health records, the address before a code, what search engines call them."""

_VALUES = "count out_of percent from to amount before after".split()
_FIGURE = "counted measure average who when how note".split()
_SOURCE = "title by year published_in kind doi pmid url read read_by note".split()
_VOCABULARIES = "methods structures imaging effects conditions anesthesia words".split()
_NUMBERS = {*_VALUES, "low", "high", "year"}
_SCHEMAS = "index procedure comparison sources terms".split()


def differences(wanted: Any, told: Any, where: str = "") -> Iterator[str]:
    """What a file says otherwise than it must, place by place; white space does not count."""
    if isinstance(wanted, dict) and isinstance(told, dict):
        for name in [*wanted, *(name for name in told if name not in wanted)]:
            place = f"{where}.{name}".lstrip(".")
            if name not in told:
                yield f"{place} is missing."
            elif name not in wanted:
                yield f"{place} is {_written(told[name])}, and must not be there."
            else:
                yield from differences(wanted[name], told[name], place)
    elif isinstance(wanted, list) and isinstance(told, list):
        ids = [[part.get("id") if isinstance(part, dict) else part for part in parts] for parts in (wanted, told)]
        odd = [id for id in (*ids[0], *ids[1]) if (id in ids[0]) != (id in ids[1])]
        if len(wanted) != len(told):
            yield f"{where} has {len(told)} entries, and must have {len(wanted)}: {odd[:5]}."
        else:
            for n, pair in enumerate(zip(wanted, told, strict=True)):
                yield from differences(*pair, f"{where}.{ids[0][n] if isinstance(ids[0][n], str) else n}")
    elif not (fold(wanted) == fold(told) if isinstance(wanted, str) and isinstance(told, str) else wanted == told):
        yield f"{where} is {_written(told)}, and must be {_written(wanted)}."


def _written(value: Any) -> str:
    """A value as it stands in JSON."""
    return json.dumps(value, ensure_ascii=False, default=float)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _some(record: Raw, names: list[str] | tuple[str, ...]) -> Raw:
    """Those of the fields that there are, as other programs read them."""
    return {
        _camel(name): Decimal(record[name]) if name in _NUMBERS else record[name]
        for name in names
        if name in record
    }


def address(built: Built, path: str) -> str:
    """The address of a page or file, as complete as it is known."""
    return f"{built.address}/{path}" if built.address else path


def site_name(built: Built) -> str:
    """The name of the site, as its first page says it."""
    home = built.pages.get("index.html")
    return plain(home.css_first("a.site-name")) if home else ""


# JSON


def json_files(built: Built) -> Iterator[tuple[str, Raw]]:
    """Every JSON file that holds facts, by its path, without the day on which it was made."""
    top = {"schemaVersion": "1.0", "license": LICENSE, "publisher": site_name(built)}
    yield f"{API}/index.json", top | _index(built)
    yield f"{API}/sources.json", top | {"sources": _sources(built)}
    yield f"{API}/terms.json", top | {"terms": _terms(built)}
    for id, procedure in built.procedures.items():
        yield f"{API}/procedures/{id}.json", top | _procedure(built, id, procedure)
    for id, comparison in built.comparisons.items():
        if f"comparisons/{id}.html" in built.pages:
            yield f"{API}/comparisons/{id}.json", top | _comparison(built, id, comparison)


def _index(built: Built) -> Raw:
    def listed(folder: str, id: str, name: str, *ends: str) -> Raw:
        page = {"id": id, "name": name, "page": address(built, f"{folder}/{id}.html")}
        return page | {end: address(built, f"{API}/{folder}/{id}.{end}") for end in ends}

    files = {
        "description": "openapi.json",
        "sources": "sources.json",
        "sourcesCsv": "sources.csv",
        "sourcesCsl": "sources.csl.json",
        "terms": "terms.json",
        "figuresCsv": "figures.csv",
    } | {f"{name}Schema": f"schema/{name}.json" for name in _SCHEMAS}
    return {
        "procedures": [
            listed("procedures", id, one["names"]["name"], "json") for id, one in built.procedures.items()
        ],
        "comparisons": [
            listed("comparisons", id, one["title"], "json", "csv") for id, one in built.comparisons.items()
        ],
        "files": {name: address(built, f"{API}/{path}") for name, path in files.items()}
        | {"changes": address(built, "feed.xml"), "reviewsDue": address(built, "reviews.ics")},
    }


def _sources(built: Built) -> list[Raw]:
    used: dict[str, list[str]] = defaultdict(list)
    every = [(id, fact) for _, id, fact in built.facts()]
    for id, comparison in built.comparisons.items():
        every += [(f"{id}.{field}", comparison[field]) for field in ("about", "main_message")]
    for id, fact in every:
        for source in dict.fromkeys(one["source"] for one in _cited(fact)):
            used[source].append(id)
    return [
        {"id": id, **_some(source, _SOURCE), "facts": used[id]} for id, source in sorted(built.sources.items())
    ]


def _terms(built: Built) -> list[Raw]:
    return [
        {
            "id": id,
            "vocabulary": kind,
            "synonyms": [],
            **_some(term, "name plain definition say_it synonyms".split()),
        }
        for kind in _VOCABULARIES
        for id, term in built.vocabulary.get(kind, {}).items()
    ]


def _procedure(built: Built, id: str, procedure: Raw) -> Raw:
    names, page = procedure["names"], f"procedures/{id}.html"
    return {
        "id": id,
        "page": address(built, page),
        "name": names["name"],
        "plainName": names["plain"],
        "sayIt": names["say_it"],
        "alsoCalled": names.get("also_called", []),
        **_some(procedure, ["part_of", "facts_checked", "next_check"]),
        "codes": [
            {
                "system": code["system"],
                "oid": LISTS[code["system"]][0],
                "value": code["value"],
                "uri": LISTS[code["system"]][1] + code["value"],
                "checked": code["checked"],
            }
            for code in procedure.get("codes", ())
        ],
        "effectOnNerves": procedure["kind"],
        "review": _review(built, id, page),
        "facts": [
            _fact(built, fact_id, fact)
            for place, fact_id, fact in built.facts()
            if place == page and not (".harms." in fact_id and fact_id.count(".") == 3)
        ],
        "questions": procedure["questions"],
    }


def _review(built: Built, id: str, page: str) -> Raw:
    parser = built.pages.get(page)
    said = plain(parser.css_first(".review")) if parser else ""
    states = {"Changed since": "changed", "The review is overdue": "overdue", "Reviewed by": "reviewed"}
    state = next((state for words, state in states.items() if words in said), "none")
    signed = [review for review in built.shared["reviews"] if review["procedure"] == id]
    return {"state": state} | (_some(signed[-1], "name role signed next_review".split()) if signed else {})


def _comparison(built: Built, id: str, comparison: Raw) -> Raw:
    parser = built.pages[f"comparisons/{id}.html"]
    return {
        "id": id,
        "page": address(built, f"comparisons/{id}.html"),
        **_some(comparison, "title question facts_checked next_check questions".split()),
        "about": _fact(built, f"{id}.about", comparison["about"]),
        "mainMessage": _fact(built, f"{id}.main_message", comparison["main_message"]),
        "doNotRank": "Do not rank these numbers" in plain(parser.body),
        "options": [{"id": option, "name": name_of(built, option)} for option in comparison["options"]],
        "rows": [
            {
                "key": row["key"],
                "asks": row["asks"],
                "field": row["field"],
                "cells": [
                    {"option": option, "facts": [_fact(built, *named) for named in _cell(built, id, row, option)]}
                    for option in comparison["options"]
                ],
            }
            for row in comparison["rows"]
        ],
        "weighing": [
            {"key": key, "matters": way["matters"], "words": way["says"], "facts": way["facts"]}
            for key, way in comparison["weighing"].items()
        ],
    }


def name_of(built: Built, option: str) -> str:
    """A procedure's name; "" if there is no such procedure."""
    return str(built.procedures[option]["names"]["name"]) if option in built.procedures else ""


def _cell(built: Built, id: str, row: Raw, option: str) -> Iterator[tuple[str, Raw]]:
    """The facts that the page shows in a cell."""
    cell = f'tr[data-row="{row["key"]}"] td[data-option="{option}"] [data-fact]'
    for node in built.pages[f"comparisons/{id}.html"].css(cell):
        shown = str(node.attributes["data-fact"])
        if shown.count(".") == 2 and (fact := built.fact(shown)):
            yield shown, fact


def _cited(fact: Raw) -> list[Raw]:
    return [source if isinstance(source, dict) else {"source": source} for source in fact.get("sources", ())]


def _fact(built: Built, id: str, fact: Raw) -> Raw:
    top: Raw = {"id": id, "field": id.split(".")[1], "words": tell(id, fact)}
    if "not_known" in fact:
        return top | {"kind": "not-known", "searched": fact["searched"]}
    if "does_not_apply" in fact:
        return top | {"kind": "does-not-apply"}
    if "sign" in fact:
        harm = f"{id.split('.')[0]}.harms.{fact['because']}"
        return top | {"kind": "warning", "because": harm} | _some(fact, ["level", "sign", "contact"])
    top["sources"] = [
        {"secondHand": "reporting" in one} | _some(one, ["source", "at", "reporting"]) for one in _cited(fact)
    ]
    if "counted" in fact:
        return top | _figure(fact)
    if "effect" in fact:
        return top | {
            "kind": "harm",
            "effect": fact["effect"],
            "name": built.vocabulary["effects"].get(fact["effect"], {}).get("plain"),
            "serious": fact["serious"] == "true",
            **{
                _camel(name): {"kind": _kind(fact[name]), "words": _answer(fact[name])}
                for name in ("lasts", "can_be_undone", "what_is_done", "get_help")
            },
            "howOften": [_fact(built, f"{id}.{key}", often) for key, often in fact["how_often"].items()],
        }
    return top | {"kind": "statement"} | _some(fact, WORD_FIELDS)


def _kind(given: str | Raw) -> str:
    return "text" if isinstance(given, str) else "not-known" if "not_known" in given else "does-not-apply"


def _answer(given: str | Raw) -> str:
    return given if isinstance(given, str) else tell("", given)


def _figure(fact: Raw) -> Raw:
    told = {
        "kind": "figure",
        "value": _some(fact, _VALUES),
        "units": fact.get("units", "people"),
        "howSure": {"level": fact["certainty"], "words": CERTAINTY[fact["certainty"]]},
        **_some(fact, [*_FIGURE, "low", "high"]),
    }
    if other := fact.get("versus"):
        told["versus"] = {"who": other["who"], "value": _some(other, _VALUES)}
    return told


def reference_list(built: Built) -> list[Raw]:
    """The sources as reference managers read them (CSL JSON)."""
    kinds = {"guideline": "report", "textbook": "book", "news": "article-newspaper"}
    kinds |= dict.fromkeys(("patient-leaflet", "trial-registration", "evidence-summary"), "webpage")
    return [
        {
            "id": id,
            "type": "article-journal"
            if "doi" in source or "pmid" in source
            else kinds.get(source["kind"], "article-journal"),
            "title": source["title"],
            "author": [{"literal": source["by"]}],
            **({"issued": {"date-parts": [[Decimal(source["year"])]]}} if "year" in source else {}),
            "container-title": source["published_in"],
            **{name.upper(): source[name] for name in ("doi", "pmid", "url") if name in source},
            "accessed": {"date-parts": [[Decimal(part) for part in source["read_by"].split("-")]]},
            "note": f"What was read: {source['read']} {source.get('note', '')}",
        }
        for id, source in sorted(built.sources.items())
    ]


# Tables


def tables(built: Built) -> Iterator[tuple[str, list[list[str]]]]:
    """Every CSV file by its path, as rows of texts; the first row is the head."""
    yield (
        f"{API}/sources.csv",
        [
            ["id", *_SOURCE],
            *([id, *(source.get(name, "") for name in _SOURCE)] for id, source in sorted(built.sources.items())),
        ],
    )
    yield (
        f"{API}/figures.csv",
        [
            [
                *"id procedure field words counted units".split(),
                *_VALUES,
                *"measure average low high who when how certainty".split(),
                *(f"versus_{name}" for name in ("who", *_VALUES)),
                *"note sources second_hand".split(),
            ],
            *(_line(id, fact) for _, id, fact in built.facts() if "counted" in fact),
        ],
    )
    for id, comparison in built.comparisons.items():
        if f"comparisons/{id}.html" in built.pages:
            options = comparison["options"]
            yield (
                f"{API}/comparisons/{id}.csv",
                [
                    ["Question", *(name_of(built, option) for option in options)],
                    *(
                        [
                            row["asks"],
                            *("\n".join(_told(built, _cell(built, id, row, option))) for option in options),
                        ]
                        for row in comparison["rows"]
                    ),
                ],
            )


def _line(id: str, fact: Raw) -> list[str]:
    versus = fact.get("versus", {})
    fields = [
        fact.get(name, "") for name in (*_VALUES, *"measure average low high who when how certainty".split())
    ]
    return [
        *[id, *id.split(".")[:2], tell(id, fact), fact["counted"], fact.get("units", "people"), *fields],
        *(versus.get(name, "") for name in ("who", *_VALUES)),
        fact.get("note", ""),
        " ".join(one["source"] for one in _cited(fact)),
        "; ".join(one["reporting"] for one in _cited(fact) if "reporting" in one),
    ]


def _told(built: Built, facts: Iterator[tuple[str, Raw]] | list[tuple[str, Raw]]) -> Iterator[str]:
    for id, fact in facts:
        text = tell(id, fact)
        if "effect" in fact:
            serious = " (serious)" if fact["serious"] == "true" else ""
            text = f"{built.vocabulary['effects'].get(fact['effect'], {}).get('plain')}{serious}: {text}"
        if "counted" in fact:
            who, when = sentence(fact["who"]), sentence(fact["when"])
            text += f" (Who: {who} When: {when} How sure: {CERTAINTY[fact['certainty']]})"
        if cited := " ".join(one["source"] for one in _cited(fact)):
            text += f" [{cited}]"
        yield text
        if "effect" in fact:
            key, often = next(iter(fact["how_often"].items()))
            yield from _told(built, [(f"{id}.{key}", often)])


def same_cell(wanted: str, told: str) -> bool:
    """Whether a cell holds what it must; a text that a spreadsheet would run has an apostrophe before it."""
    if fold(wanted) in (fold(told), fold(told.removeprefix("'"))):
        return True
    try:
        return Decimal(wanted) == Decimal(told)
    except ArithmeticError:
        return False


# Answers for health records


def host(built: Built) -> str:
    """The host in permanent ids."""
    return urlsplit(built.address).hostname or "pain-procedures.invalid"


def changed_on(built: Built, about: str, record: Raw) -> str:
    """The day on which a page's facts last changed or were last checked."""
    days = [
        publication["published"]
        for publication in built.shared["changes"]
        if any(change["fact"].split(".")[0] == about for change in publication.get("changes", ()))
    ]
    return str(max([record["facts_checked"], *days]))


_PARTS = ("who-it-may-help", "benefits", "harms", "when-to-get-help", "questions")


def answers(built: Built) -> Iterator[tuple[str, Raw]]:
    """The answer to each code by its path without its end, as JSON; and the answer to what is not known."""
    last = max((one["facts_checked"] for one in built.procedures.values()), default="")
    yield "infobutton/none", _answered(built, "none", "No page yet", last, {}, [])
    for id, procedure in built.procedures.items():
        name = procedure["names"]["name"]
        for code in procedure.get("codes", ()):
            oid = LISTS[code["system"]][0]
            path = f"infobutton/{oid}/{code['value']}"
            asked = {
                "mainSearchCriteria.v.c": code["value"],
                "mainSearchCriteria.v.cs": oid,
                "mainSearchCriteria.v.dn": name,
                "informationRecipient": "PAT",
            }
            day = changed_on(built, id, procedure)
            entries = list(_entries(built, id, procedure, path, day))
            yield path, _answered(built, f"{code['system']}/{code['value']}", name, day, asked, entries)


def _answered(built: Built, id: str, title: str, day: str, asked: Mapping[str, str], entries: list[Raw]) -> Raw:
    name = site_name(built)
    return {
        "feed": {
            "lang": "en",
            "id": {"_value": f"tag:{host(built)},2026:infobutton/{id}"},
            "title": {"_value": title, "type": "text"},
            "subtitle": {"_value": f"{name}: information for patients", "type": "text"},
            "updated": {"_value": f"{day}T00:00:00Z"},
            "author": {"name": {"_value": name}},
            "category": [{"scheme": scheme, "term": term} for scheme, term in asked.items()],
            "entry": entries,
        }
    }


def _entries(built: Built, id: str, procedure: Raw, path: str, day: str) -> Iterator[Raw]:
    page, name = f"procedures/{id}.html", procedure["names"]["name"]
    own = f"tag:{host(built)},2026:infobutton/{id}"
    at = address(built, page) if built.address else relpath(page, path.rpartition("/")[0])

    def entry(id: str, title: str, href: str, **more: Raw) -> Raw:
        return {
            "id": {"_value": id},
            "title": {"_value": title, "type": "text"},
            "link": [{"rel": "alternate", "hreflang": "en", "href": href}],
            "updated": {"_value": f"{day}T00:00:00Z"},
            **more,
        }

    said = "".join(f"<p>{escape(fold(procedure[part]['says']))}</p>" for part in ("summary", "main_message"))
    yield entry(own, name, at, summary={"_value": said, "type": "html"})
    parser = built.pages.get(page)
    for part in _PARTS:
        heading = plain(parser.css_first(f"#{part}")) if parser else ""
        yield entry(f"{own}/{part}", f"{name}: {heading}", f"{at}#{part}", source={"id": {"_value": own}})


def as_atom(answer: Raw) -> Raw:
    """An answer as it stands in Atom: each element with its name, attributes, text and elements."""
    return _element("feed", answer["feed"])


def _element(name: str, told: Raw | str) -> Raw:
    if isinstance(told, str):
        return {"name": name, "text": told, "attributes": {}, "elements": []}
    attributes = {key: value for key, value in told.items() if isinstance(value, str) and key != "_value"}
    inner = [
        _element(key, one)
        for key, value in told.items()
        if not isinstance(value, str)
        for one in (value if isinstance(value, list) else [value])
    ]
    return {"name": name, "text": told.get("_value", ""), "attributes": attributes, "elements": inner}


# Blocks for search engines


_ASPECTS = {
    "what-it-is": "Overview",
    "who-it-may-help": "MayTreat",
    "benefits": "Benefits",
    "harms": "RisksOrComplications",
    "living-with-it": "LivingWith",
    "when-to-get-help": "SeeDoctor",
    "evidence": "Effectiveness",
}
_SCHEMA = "https://schema.org"


def block(built: Built, page: str) -> Raw:
    """What the page of a procedure or a comparison tells search engines (SO-1 to SO-11)."""
    folder, _, file = page.partition("/")
    id = file.removesuffix(".html")
    record = getattr(built, folder)[id]
    said = _page_block(built, page, id if folder == "procedures" else "comparisons", record)
    if folder == "procedures":
        named = ("summary", "main_message")
        said |= _procedure_block(built, page, id, record)
    else:
        named = ("about", "main_message")
        names = [name_of(built, option) for option in record["options"]]
        said |= {
            "about": [{"@type": "MedicalTherapy", "name": name} for name in names],
            "mainEntity": {
                "@type": "ItemList",
                "name": record["title"],
                "itemListOrder": f"{_SCHEMA}/ItemListUnordered",
                "itemListElement": names,
            },
        }
    cited = dict.fromkeys(one["source"] for field in named for one in _cited(record[field]))
    said["citation"] = [
        {
            "@type": "ScholarlyArticle",
            "name": source["title"],
            "identifier": f"https://doi.org/{source['doi']}" if "doi" in source else f"pmid:{source['pmid']}",
            **({"datePublished": source["year"]} if "year" in source else {}),
        }
        for source in (built.sources.get(id, {}) for id in cited)
        if "doi" in source or "pmid" in source
    ]
    return {name: value for name, value in said.items() if value != []}


def _page_block(built: Built, page: str, about: str, record: Raw) -> Raw:
    name = record["names"]["name"] if "names" in record else record["title"]
    trail = [(plain(link), str(link.attributes["href"])) for link in built.pages[page].css("nav.up a")]
    steps = [(title, normpath(f"{page}/../{href}")) for title, href in trail] + [(name, page)]
    return {
        "@context": _SCHEMA,
        "@type": "MedicalWebPage",
        "name": name,
        "description": record["summary"]["says"] if "summary" in record else record["question"],
        **({"url": address(built, page)} if built.address else {}),
        "inLanguage": "en",
        "audience": {"@type": "Patient"},
        "license": LICENSE,
        "isAccessibleForFree": True,
        "publisher": {"@type": "Organization", "name": site_name(built)},
        "accessMode": ["textual", "visual"],
        "accessibilityFeature": ["structuralNavigation", "alternativeText", "displayTransformability"],
        "breadcrumb": {
            "@type": "BreadcrumbList",
            "itemListElement": [
                {"@type": "ListItem", "position": Decimal(n), "name": title}
                | ({"item": address(built, target)} if built.address else {})
                for n, (title, target) in enumerate(steps, 1)
            ],
        },
        **_published_on(built, about, record),
        "dateModified": changed_on(built, about, record),
    }


def _published_on(built: Built, about: str, record: Raw) -> Raw:
    """The day on which a page was first published; nothing if no publication tells of it."""
    days = built.shared["changes"]
    for publication in days:
        for change in publication.get("changes", ()):
            if change["fact"].split(".")[0] == about:
                is_new = change["fact"] == f"{about}.summary" and "was" not in change
                return {"datePublished": (publication if is_new else days[0])["published"]}
    if days and record["facts_checked"] <= days[0]["published"]:
        return {"datePublished": days[0]["published"]}
    return {}


def _procedure_block(built: Built, page: str, id: str, procedure: Raw) -> Raw:
    parser = built.pages[page]
    article = plain(parser.css_first("article")).casefold()

    def named(field: str, word: str, vocabulary: str) -> list[str]:
        """What facts name, each in the first of its words that the page writes."""
        terms = built.vocabulary[vocabulary]
        ids = dict.fromkeys(fact[word] for fact in procedure[field].values() if word in fact)
        found = []
        for term in (terms[id] for id in ids if id in terms):
            every = [term["name"], term["plain"], *term.get("synonyms", ())]
            found += [name for name in every if fold(name).casefold() in article][:1]
        return found

    signed = [review for review in built.shared["reviews"] if review["procedure"] == id]
    reviewed = {}
    if signed and _review(built, id, page)["state"] in ("reviewed", "overdue"):
        person = {"@type": "Person", "name": signed[-1]["name"], "jobTitle": signed[-1]["role"]}
        reviewed = {"lastReviewed": signed[-1]["signed"], "reviewedBy": person}
    return {
        **reviewed,
        "about": [
            {"@type": "MedicalCondition", "name": name, "possibleTreatment": {"@id": "#procedure"}}
            for name in named("indications", "condition", "conditions")
        ],
        "mainEntity": _entity(built, procedure, named("targets", "structure", "structures")),
        "hasPart": [
            {
                "@type": "HealthTopicContent",
                "@id": f"#{anchor}",
                "name": plain(heading),
                "hasHealthAspect": f"{_SCHEMA}/{aspect}HealthAspect",
            }
            for anchor, aspect in _ASPECTS.items()
            if (heading := parser.css_first(f"#{anchor}"))
        ],
    }


def _entity(built: Built, procedure: Raw, places: list[str]) -> Raw:
    names, done = procedure["names"], procedure["kind"] != "no-procedure"
    methods = [fact["method"] for fact in procedure["methods"].values() if "method" in fact]
    ways = {built.vocabulary["methods"].get(method, {}).get("access", "") for method in methods}
    types = ["PalliativeProcedure", "SurgicalProcedure"] if "cut" in ways else ["PalliativeProcedure"]
    kinds = [("needle", "PercutaneousProcedure"), ("outside", "NoninvasiveProcedure")]
    harms: dict[bool, dict[str, None]] = {True: {}, False: {}}
    for harm in procedure["harms"].values():
        if "effect" in harm:
            word = built.vocabulary["effects"].get(harm["effect"], {}).get("plain", "")
            harms[harm["serious"] == "true"][word] = None
    told: Raw = {
        "@type": (types if len(types) > 1 else types[0]) if done else "MedicalTherapy",
        "@id": "#procedure",
        "name": names["name"],
        "alternateName": [names["plain"], *names.get("also_called", ())],
        "code": [
            {"@type": "MedicalCode", "codeValue": code["value"], "codingSystem": LISTS[code["system"]][2]}
            for code in procedure.get("codes", ())
        ],
        "procedureType": [f"{_SCHEMA}/{kind}" for way, kind in kinds if way in ways] if done else [],
        "bodyLocation": places if done else [],
        "seriousAdverseOutcome": [{"@type": "MedicalEntity", "name": word} for word in harms[True]],
        "adverseOutcome": [{"@type": "MedicalEntity", "name": word} for word in harms[False]],
    }
    for name, field in (("howPerformed", "methods"), ("preparation", "before"), ("followup", "after")):
        told[name] = next(iter(procedure[field].values())).get("says", "") if done else ""
    return {name: value for name, value in told.items() if value}
