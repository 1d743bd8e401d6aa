"""What a built page must say of each entry of the data, told a second time.

Everything here is worked out anew from the raw texts of the files and shares no code with what writes the pages:
two tellings that agree prove more than one that is compared with itself. The rules run in `verify`.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from html import unescape
from typing import TYPE_CHECKING, Any

from selectolax.lexbor import LexborHTMLParser, LexborNode

from build_tools.problems import Problem
from build_tools.sections import HEADINGS

if TYPE_CHECKING:
    from build_tools.old_verify import Built

Problems = Iterator[Problem]
Raw = dict[str, Any]

KINDS = {
    "systematic-review": "Systematic review of studies",
    "randomized-trial": "Randomized trial",
    "guideline": "Guideline",
    "registry": "Registry",
    "cohort": "Cohort study",
    "case-series": "Case series",
    "case-report": "Case report",
    "review": "Expert review or statement",
    "evidence-summary": "Summary of other people's studies",
    "textbook": "Textbook or reference work",
    "patient-leaflet": "Leaflet or page for patients",
    "trial-registration": "Entry in a trial register",
    "news": "News report",
}
CERTAINTY = {
    "high": "sure.",
    "moderate": "probably close to the truth.",
    "low": "it may be off.",
    "very-low": "the evidence is very uncertain.",
}
VERDICTS = {
    "supported": "The evidence supports this.",
    "partly": "This is partly right.",
    "not-supported": "The evidence does not support this.",
}
WORD_FIELDS = ("structure", "method", "imaging", "role", "anesthesia", "condition", "procedure")
"""Fields of an entry whose id stands beside it on the page."""

SECTIONS = {
    "what_it_is": "what-it-is",
    "targets": "targets",
    "methods": "methods",
    "imaging": "imaging",
    "anesthesia": "anesthesia",
    "indications": "who-it-may-help",
    "contraindications": "who-should-not",
    "benefits": "benefits",
    "relief_lasts": "relief-lasts",
    "reversibility": "reversibility",
    "harms": "harms",
    "unknowns": "unknowns",
    "before": "before",
    "during": "during",
    "duration": "duration",
    "after": "after",
    "hospital_stay": "hospital-stay",
    "recovery": "recovery",
    "living_with_it": "living-with-it",
    "red_flags": "when-to-get-help",
    "evidence": "evidence",
    "other_options": "other-options",
}
"""The heading under which each field's facts stand."""

TIME_LINE = ("before", "duration", "after", "hospital_stay", "recovery")
GLANCE = ("targets", "anesthesia", "duration", "indications", "relief_lasts", "reversibility")


# Texts


def fold(text: str) -> str:
    """A text with white space folded and none before a mark that ends something."""
    return re.sub(r"\s+([,.;:)])", r"\1", " ".join(text.split()))


@lru_cache(maxsize=50_000)
def _text(html: str) -> str:
    parser = LexborHTMLParser(html)
    for unread in parser.css(".gloss, script"):
        unread.decompose()
    return fold(parser.body.text() if parser.body else "")


def plain(node: LexborNode | None) -> str:
    """A node's text without the explanations of words; "" for no node."""
    return _text(node.html or "") if node is not None else ""


def words(node: LexborNode) -> str:
    """The words and the number of a fact."""
    return plain(node.css_first(".words"))


def day(text: str) -> str:
    """ "22 November 2026" for "2026-11-22"."""
    return f"{date.fromisoformat(text):%-d %B %Y}"


def capital(text: str) -> str:
    """The text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def sentence(text: str) -> str:
    """The text as a sentence of its own."""
    return capital(text) + ("" if text.endswith((".", "!", "?")) else ".")


# Facts


def tell(id: str, fact: Raw) -> str:
    """The words in which a fact stands on every page."""
    if "says" in fact:
        return str(fact["says"])
    if "not_known" in fact:
        return f"Not known. {fact['not_known']}"
    if "does_not_apply" in fact:
        return f"Does not apply. {fact['does_not_apply']}"
    if "sign" in fact:
        return f"If {fact['sign']}: {fact['contact']}"
    return _tell_figure(id, fact)


def _tell_figure(id: str, fact: Raw) -> str:
    units, measure, average = fact.get("units", "people"), fact.get("measure"), fact.get("average")
    value = _value(fact, units, measure, average)
    share = _percent(fact)
    if share is None and (measure or "from" not in fact):
        text = f"{fact['counted']}: {value}."
    else:
        if share is None and len(fact["sources"]) > 1:
            value += " in different studies"
        often = f" ({_band(share)})" if share and ".harms." in id else ""
        text = f"{capital(value)} {fact['counted']}{often}{_rest(share)}"
    if "low" in fact:
        low, high = Decimal(fact["low"]), Decimal(fact["high"])
        unit = f"from {_number(low)} to {_number(high)} {measure or ''}".strip()
        text += f" It could be {unit if share is None else _range(low, high) + ' out of 100'}."
    if "versus" in fact:
        other = fact["versus"]
        text += f" For comparison, {other['who']}: {_value(other, units, measure, average)}."
    return text


def _percent(value: Raw) -> Decimal | None:
    if "count" in value:
        return Decimal(value["count"]) / Decimal(value["out_of"]) * 100
    return Decimal(value["percent"]) if "percent" in value else None


def _number(value: str | Decimal) -> str:
    exact = Decimal(value).normalize()
    return f"{exact:,f}" if exact else "0"


def _whole(percent: Decimal) -> Decimal:
    return percent.quantize(Decimal(1), ROUND_HALF_UP)


def _value(value: Raw, units: str, measure: str | None, average: str | None) -> str:
    share = _percent(value)
    kind = f" ({average})" if average else ""
    if share is not None:
        if "count" in value and share in (0, 100):
            return f"{'none among' if share == 0 else 'all'} {_number(value['out_of'])} {units}"
        if share in (0, 100):
            return f"{'none' if share == 0 else 'all'} of the {units}"
        return f"{_hundred(share)} out of 100 {units}"
    if "from" in value:
        low, high = Decimal(value["from"]), Decimal(value["to"])
        return (
            f"from {_number(low)} to {_number(high)} {measure}"
            if measure
            else f"{_range(low, high)} out of 100 {units}"
        )
    if "before" in value:
        ends = f"from {_number(value['before'])} before to {_number(value['after'])} after"
        return f"{ends}{kind}, in {measure}"
    return f"{_number(value['amount'])} {measure}{kind}"


def _hundred(percent: Decimal) -> str:
    if 0 < percent < 1:
        return "fewer than 1"
    return "more than 99" if 99 < percent < 100 else str(_whole(percent))


def _range(low: Decimal, high: Decimal) -> str:
    ends = (_hundred(low), _hundred(high))
    return ends[0] if ends[0] == ends[1] else f"from {ends[0]} to {ends[1]}"


def _band(percent: Decimal) -> str:
    for least, word in ((10, "very common"), (1, "common"), ("0.1", "uncommon"), ("0.01", "rare")):
        if percent >= Decimal(least):
            return word
    return "very rare"


def _rest(percent: Decimal | None) -> str:
    if percent is None or percent == 100:
        return "."
    if percent == 0:
        return ". It could still happen."
    if percent < 1:
        return ". For more than 99 out of 100 this was not so."
    if percent > 99:
        return ". For fewer than 1 out of 100 this was not so."
    return f". For the other {100 - _whole(percent)} out of 100 this was not so."


def _exact(fact: Raw) -> str:
    units = fact.get("units", "people")
    if "count" in fact:
        return f"{_number(fact['count'])} out of {_number(fact['out_of'])} {units} in the study."
    if "percent" in fact:
        group = f" of {_number(fact['out_of'])} {units}" if "out_of" in fact else ""
        return f"Published as {_number(fact['percent'])} percent{group}."
    return ""


def answer(given: str | Raw) -> str:
    """The words of an answer inside a harm."""
    return given if isinstance(given, str) else tell("", given)


# Rules: what stands beside a fact's words


def _on_own_page(built: Built) -> Iterator[tuple[str, str, Raw, LexborNode]]:
    """Every fact in full, as its own page shows it below "at a glance"."""
    for page, id, fact in built.facts():
        for node in built.shown.get(page, {}).get(id, []):
            if node.attributes.get("id") == id:
                yield page, id, fact, node


def every_fact_is_told_in_full(built: Built) -> Problems:
    """With a figure stand who, when, how, how sure and a warning; with a gap, when it was searched.

    In tables and at a glance there is no room for how; below a harm in a table, for who alone.
    """
    facts = {id: fact for _, id, fact in built.facts()}
    for page, shown in built.shown.items():
        for id, nodes in shown.items():
            for node in nodes if id in facts else ():
                forms = _context(facts[id])[: 3 if id.count(".") > 2 else 2]
                if node.attributes.get("id") == id and page == f"procedures/{id.split('.')[0]}.html":
                    forms = forms[:1]
                found = " ".join(plain(meta) for meta in node.css(".meta") if owner(meta) == id)
                if found not in map(fold, forms):
                    yield from _differ(built, page, id, forms[0], found)
                if sum(owner(told) == id for told in node.css(".words")) != 1:
                    yield Problem(built.place(page), f'"{id}" must have its words once.', "Build the site again.")


def owner(node: LexborNode) -> str:
    """The id of the fact inside which a node stands; "" for none."""
    current: LexborNode | None = node
    while current is not None:
        if "data-fact" in current.attributes:
            return str(current.attributes["data-fact"])
        current = current.parent
    return ""


def _context(fact: Raw) -> list[str]:
    """What stands beside a fact's words: in full, in a table, and below a harm in a table."""
    if "not_known" in fact:
        return [f"We last looked on {day(fact['searched'])}."]
    if "counted" not in fact:
        return [""]
    others = _exact(fact.get("versus", {}) | {"units": fact.get("units", "people")})
    counts = f"{_exact(fact)} " + (f"The others: {others[:1].lower()}{others[1:]}" if others else "")
    who, when = f"Who: {sentence(fact['who'])}", f"When: {sentence(fact['when'])}"
    sure = f"How sure: {CERTAINTY[fact['certainty']]} {fact.get('note', '')}"
    return [f"{counts} {who} {when} How: {sentence(fact['how'])} {sure}", f"{counts} {who} {when} {sure}", who]


def every_drawing_follows_the_facts(built: Built) -> Problems:
    """On a page stand the drawings of its first target and of what its facts show, each part named and numbered.

    Only the first target is highlighted. What a fact must show is there with that fact's words, or not at all.
    """
    words = built.vocabulary["structures"]
    told: dict[str, dict[str, Raw]] = {id: {} for id in built.procedures}
    for _, id, fact in built.facts():
        if "shows" in fact:
            told[id.split(".")[0]].setdefault(fact["shows"], {**fact, "field": id.split(".")[1]})
    for id, procedure in built.procedures.items():
        page = f"procedures/{id}.html"
        if page not in built.pages:
            continue
        target = next(iter(procedure["targets"].values()))
        acts, shown = target.get("structure", ""), told[id]
        wanted = {name: svg for name, svg in built.drawings.items() if _stands(svg, acts, shown)}
        early = {name for name in wanted if _about(wanted[name], shown).get("field") != "during"}
        figures = built.pages[page].css("figure.drawing")
        names = sorted(wanted, key=lambda name: name not in early)
        if [figure.attributes.get("data-drawing") for figure in figures] != names:
            yield Problem(built.place(page), f"The drawings must be {names}: they show {acts} and {[*shown]}.", "")
            continue
        for figure in figures:
            name = str(figure.attributes["data-drawing"])
            parts = [part for part in wanted[name].css("svg *") if _is_there(part, shown)]
            marked = [part.attributes for part in parts if "data-mark" in part.attributes]
            drawn = [_ids(part) for part in figure.css("svg *") if any(_ids(part))]
            lit = [part.attributes.get("data-structure") for part in figure.css("svg .target")]
            here = [acts] if acts in [part.attributes.get("data-structure") for part in parts] else []
            if drawn != [_ids(part) for part in parts if any(_ids(part))] or lit != here:
                yield Problem(built.place(page), f"{id}: drawing {name} has {drawn} and highlights {lit}.", "")
            keys = [
                _key(words[str(part["data-structure"])])
                + (": here it acts" if part["data-structure"] in here else "")
                if "data-structure" in part
                else shown[str(part["data-shows"])]["says"]
                for part in marked
            ]
            said = [
                plain(item).removesuffix(plain(item.css_first(".sources"))).strip()
                for item in figure.css("ol > li")
            ]
            of = wanted[name].css_first("title")
            title = fold(of.text()) if of else ""
            marks = [link.attributes.get("href") for link in figure.css("ol .sources a")]
            cited = [
                f"#source-{source['source'] if isinstance(source, dict) else source}"
                for part in marked
                if "data-structure" not in part
                for source in shown[str(part["data-shows"])]["sources"]
            ]
            if marks != cited:
                yield Problem(built.place(page), f"{id}: drawing {name} must name the sources {cited}.", "")
            yield from _differ(
                built,
                page,
                f"{id}: {name}",
                " ".join([title, *keys]),
                " ".join([plain(figure.css_first("figcaption > p")), *said]),
            )
            numbers = [(plain(mark), "acts" in str(mark.attributes["class"])) for mark in figure.css("svg .mark")]
            if numbers != [(str(n), part.get("data-structure") in here) for n, part in enumerate(marked, 1)]:
                yield Problem(built.place(page), f"{id}: drawing {name} is numbered {numbers}.", "")
            texts = [
                plain(text)
                for text in figure.css("svg text")
                if "mark" not in str(text.parent and text.parent.attributes.get("class"))
            ]
            if texts != [plain(part) for part in parts if part.tag == "text"]:
                yield Problem(built.place(page), f"{id}: drawing {name} is labeled {texts}.", "")
            about = _about(wanted[name], shown).get("says", "")
            where = f". Where it acts: {words[acts]['plain']}" if here else ""
            for text, node in (
                (title + where, figure.css_first("svg title")),
                (f"{about} {target['says'] if here else ''}", figure.css_first("desc")),
            ):
                yield from _differ(built, page, f"{id}: {name}", fold(text), fold(node.text()) if node else "")


def _awaits(drawing: LexborHTMLParser) -> list[str]:
    root = drawing.css_first("svg")
    return str(root.attributes.get("data-shows") or "").split() if root else []


def _about(drawing: LexborHTMLParser, shown: Raw) -> Raw:
    return next((shown[name] for name in _awaits(drawing) if name in shown), {})


def _stands(drawing: LexborHTMLParser, acts: str, shown: Raw) -> bool:
    structures = [part.attributes["data-structure"] for part in drawing.css("[data-structure]")]
    awaits = _awaits(drawing)
    return (not awaits or any(name in shown for name in awaits)) and (
        acts in structures if structures else bool(awaits)
    )


def _is_there(part: LexborNode, shown: Raw) -> bool:
    current: LexborNode | None = part
    while current is not None and current.tag != "svg":
        if current.attributes.get("data-shows") not in (None, *shown):
            return False
        current = current.parent
    return part.tag != "title"


def _ids(part: LexborNode) -> tuple[str | None, str | None]:
    return part.attributes.get("data-structure"), part.attributes.get("data-shows")


def _key(term: Raw) -> str:
    name = f" ({term['name']})" if term["name"].lower() != term["plain"].lower() else ""
    return f"{capital(term['plain'])}{name}"


Dots = list[tuple[int, int]]
_STEP = re.compile(r"M(\d+) (\d+)h(\d+)")


def every_share_has_its_picture(built: Built) -> Problems:
    """Beside each share stands a hundred dots in one grid: large ones as it says, rings for a range (R-08)."""
    facts = {id: fact for _, id, fact in built.facts()}
    grid = [(5 + 10 * column, 5 + 10 * row) for row in range(10) for column in range(10)]
    for page, shown in built.shown.items():
        for id, nodes in shown.items():
            for node in nodes:
                pictures = [dots for dots in node.css("svg.dots") if owner(dots) == id]
                wanted = _dots(facts[id]) if id in facts and node.css_first(".number") else None
                if {"glance", "time-line"} & {*_classes_above(node)}:
                    wanted = None
                if wanted is None and not pictures:
                    continue
                found = [_drawn(picture) for picture in pictures]
                full, ring = wanted or (0, 0)
                if found != [(grid, grid[:full], grid[full : full + ring], "true")]:
                    told = [(len(drawn[1]), len(drawn[2])) for drawn in found]
                    yield Problem(
                        built.place(page),
                        f'The picture of "{id}" must have {full} large dots and {ring} rings, but has {told}.',
                        "Build the site again.",
                    )


def _classes_above(node: LexborNode) -> set[str]:
    found: set[str] = set()
    current = node.parent
    while current is not None:
        found |= set(str(current.attributes.get("class") or "").split())
        current = current.parent
    return found


def _dots(fact: Raw) -> tuple[int, int] | None:
    """How many large dots and rings the picture of a figure has; None for what counts no people."""
    if "counted" not in fact:
        return None
    share = _percent(fact)
    if share is None and ("from" not in fact or "measure" in fact):
        return None
    low, high = (share, share) if share is not None else (Decimal(fact["from"]), Decimal(fact["to"]))
    full = 0 if low < 1 else 99 if 99 < low < 100 else int(_whole(low))
    end = 1 if 0 < high < 1 else 100 if high > 99 else int(_whole(high))
    return full, end - full


def _drawn(picture: LexborNode) -> tuple[Dots, Dots, Dots, str]:
    """The dots of a picture: all of them, the large ones, the rings; and whether screen readers pass it over."""
    paths: dict[str, Dots] = {"": [], "full": [], "hole": []}
    for path in picture.css("path"):
        for x, y, width in _STEP.findall(str(path.attributes.get("d"))):
            dots = [(int(x) + step, int(y)) for step in range(0, int(width), 10)]
            paths[str(path.attributes.get("class") or "")] += dots
    rings = paths["hole"]
    full = [dot for dot in paths["full"] if dot not in rings]
    return paths[""], full, rings, str(picture.attributes.get("aria-hidden"))


def every_fact_names_its_word(built: Built) -> Problems:
    """The structure, method, imaging and so on that the data names is the one that the page marks."""
    for page, id, fact, node in _on_own_page(built):
        if "says" in fact:
            wanted = {field: fact[field] for field in WORD_FIELDS if field in fact}
            found = {
                field: node.attributes[f"data-{field}"]
                for field in WORD_FIELDS
                if f"data-{field}" in node.attributes
            }
            if wanted != found:
                yield Problem(built.place(page), f'"{id}" is marked as {found}, but is {wanted}.', "")


def every_harm_is_told_in_full(built: Built) -> Problems:
    """With a harm stand its name, whether it is serious, and its four answers, on its page and in every cell."""
    for page, id, harm, node in _on_own_page(built):
        if "effect" not in harm:
            continue
        effect = built.vocabulary["effects"][harm["effect"]]
        name, term = capital(effect["plain"]), effect["name"]
        serious = " serious" if harm["serious"] == "true" else ""
        title = name + (f" ({term})" if term.lower() != effect["plain"].lower() else "")
        yield from _differ(built, page, id, title + serious, plain(node.css_first("h3")))
        wanted = {
            "How long it lasts": answer(harm["lasts"]),
            "What you can do": answer(harm["get_help"]),
            "Can it be undone?": answer(harm["can_be_undone"]),
            "What is done about it": answer(harm["what_is_done"]),
        }
        found = {plain(pair.css_first("dt")): plain(pair.css_first("dd")) for pair in node.css(".pairs > div")}
        for asks in dict.fromkeys([*wanted, *found]):
            yield from _differ(built, page, f"{id}: {asks}", wanted.get(asks, ""), found.get(asks, ""))
        for other, shown in built.shown.items():
            for cell in shown.get(id, []):
                if head := cell.css_first(".harm-name"):
                    yield from _differ(built, other, id, name + serious, plain(head))
                if ("serious" in str(cell.attributes.get("class")).split()) != bool(serious):
                    yield Problem(
                        built.place(other), f'"{id}" is marked as serious, or not, against the facts.', ""
                    )


def every_warning_is_as_urgent_as_in_the_facts(built: Built) -> Problems:
    """Every red flag stands in the box of its level and leads to the harm that it can be a sign of."""
    for page, id, flag, node in _on_own_page(built):
        if "sign" not in flag:
            continue
        box = built.pages[page].css_first(f".urgency.{flag['level']}")
        if box is None or box.css_first(f'[id="{id}"]') is None:
            yield Problem(built.place(page), f'"{id}" does not stand under "{flag["level"]}".', "")
        harm = f"#{id.split('.')[0]}.harms.{flag['because']}"
        link = node.css_first(f'a[href="{harm}"]')
        if link is None:
            yield Problem(built.place(page), f'"{id}" does not lead to {harm}.', "")
            continue
        because = built.procedures[id.split(".")[0]]["harms"][flag["because"]]["effect"]
        why = built.vocabulary["effects"][because]["plain"]
        yield from _differ(built, page, id, f"Why: {why}", plain(link))


def second_hand_is_said(built: Built) -> Problems:
    """Beside a source that reports another work, or that has a place in it, the page says so."""
    for page, id, fact, node in _on_own_page(built):
        wanted = ""
        for source in fact.get("sources", ()):
            if isinstance(source, dict) and "at" in source:
                wanted += f" ({source['at']})"
            if isinstance(source, dict) and "reporting" in source:
                wanted += f" (second-hand: it reports {source['reporting']}, which we have not read)"
        marks = node.css_first(".sources")
        found = " ".join(plain(mark) for mark in marks.css(".second-hand, .at")) if marks else ""
        yield from _differ(built, page, f"{id}: sources", wanted, found)


def _differ(built: Built, page: str, id: str, wanted: str, found: str) -> Problems:
    if fold(wanted) != found:
        yield Problem(
            built.place(page),
            f'"{id}" should read "{fold(wanted)}", but the page says "{found}".',
            "Build the site again; if it stays, the template changes the words.",
        )


# Rules: what else a page says


def every_page_has_its_names(built: Built) -> Problems:
    """A procedure's page gives all its names, its questions, its dates, its kind and what it is a form of."""
    for id, procedure in built.procedures.items():
        page = f"procedures/{id}.html"
        parser = built.pages.get(page)
        if parser is None:
            continue
        names = procedure["names"]
        yield from _heads(built, page, names["name"], procedure)
        yield from _differ(built, page, "plain name", names["plain"], plain(parser.css_first(".plain-name")))
        yield from _differ(built, page, "say it", f"Say it: {names['say_it']}", plain(parser.css_first(".say-it")))
        text = plain(parser.css_first("article"))
        others = ", ".join(names.get("also_called", []))
        if others and fold(f"It is also called: {others}.") not in text:
            yield Problem(built.place(page), f"Other names are missing: {others}.", "")
        kind = parser.css_first("[data-kind]")
        if kind is None or kind.attributes["data-kind"] != procedure["kind"]:
            yield Problem(built.place(page), f'The page is not marked as "{procedure["kind"]}".', "")
        up = {str(link.attributes["href"]) for link in parser.css("nav.up a")} - {
            "../index.html",
            "../procedures.html",
        }
        if up != ({f"{procedure['part_of']}.html"} if "part_of" in procedure else set()):
            yield Problem(built.place(page), f"The way up leads to {sorted(up)}.", "")


def _heads(built: Built, page: str, title: str, record: Raw) -> Problems:
    parser = built.pages[page]
    yield from _differ(built, page, "heading", title, plain(parser.css_first("h1")))
    head = parser.css_first("title")
    if fold(title) not in fold(head.text() if head else ""):
        yield Problem(built.place(page), f'The title of the page is not "{title}".', "")
    asked = [plain(item) for item in parser.css("ul.questions li")]
    if asked != [fold(question) for question in record["questions"]]:
        yield Problem(built.place(page), "The questions to ask are not those of the data.", "")


def every_fact_stands_in_its_place(built: Built) -> Problems:
    """Facts stand under their own heading and in the file's order; serious harms first.

    At a glance and on the time line stand the first. What cannot take any time has no time line.
    """
    for id, procedure in built.procedures.items():
        page = f"procedures/{id}.html"
        parser = built.pages.get(page)
        if parser is None:
            continue
        under, found = "", []
        for node in parser.css("h2[id], h3[id], [data-fact][id]"):
            if node.tag in ("h2", "h3"):
                under = str(node.attributes["id"])
            else:
                found.append((str(node.attributes["data-fact"]), under))
        for field, heading in SECTIONS.items():
            entries = procedure[field]
            keys = list(entries)
            if field == "harms":
                keys.sort(key=lambda key: entries[key]["serious"] != "true")
            if field == "red_flags":
                keys.sort(key=lambda key: ("emergency", "urgent", "ask").index(entries[key]["level"]))
            wanted = [(f"{id}.{field}.{key}", heading) for key in keys]
            shown = [
                (fact, head) for fact, head in found if fact.startswith(f"{id}.{field}.") and fact.count(".") == 2
            ]
            if shown != wanted:
                yield Problem(
                    built.place(page), f'The facts of "{field}" do not stand in their order under #{heading}.', ""
                )
        first = [str(node.attributes["data-fact"]) for node in parser.css(".glance [data-fact]")]
        if first != [f"{id}.{field}.{next(iter(procedure[field]))}" for field in GLANCE]:
            yield Problem(built.place(page), "At a glance must stand the first entries of its fields.", "")
        timed = "does_not_apply" not in next(iter(procedure["duration"].values()))
        stations = [str(node.attributes["data-fact"]) for node in parser.css(".time-line > li > [data-fact]")]
        if stations != [f"{id}.{field}.{next(iter(procedure[field]))}" for field in TIME_LINE if timed]:
            yield Problem(built.place(page), "On the time line must stand the first entries of its fields.", "")


def every_comparison_says_its_own(built: Built) -> Problems:
    """A comparison shows its question, its options and rows in order, and every way of weighing."""
    for id, comparison in built.comparisons.items():
        page = f"comparisons/{id}.html"
        parser = built.pages.get(page)
        if parser is None:
            continue
        yield from _heads(built, page, comparison["title"], comparison)
        yield from _differ(built, page, "decision", comparison["question"], plain(parser.css_first(".decision")))
        yield from _differ(built, page, "caption", comparison["title"], plain(parser.css_first("caption")))
        heads = [plain(head) for head in parser.css("thead th")][1:]
        if heads != [fold(built.procedures[option]["names"]["name"]) for option in comparison["options"]]:
            yield Problem(built.place(page), "The heads of the columns are not the options in their order.", "")
        rows = [(line.attributes.get("data-row"), plain(line.css_first("th"))) for line in parser.css("tbody tr")]
        if rows != [(row["key"], fold(row["asks"])) for row in comparison["rows"]]:
            yield Problem(built.place(page), "The rows are not those of the data in their order.", "")
        for field in ("about", "main_message"):
            node = parser.css_first(f'[data-fact="{id}.{field}"]')
            yield from _differ(
                built, page, field, comparison[field]["says"], words(node) if node is not None else ""
            )
            cited = {s["source"] if isinstance(s, dict) else s for s in comparison[field]["sources"]}
            found = {
                str(link.attributes["href"]).removeprefix("#source-")
                for link in (node.css(".sources a") if node is not None else ())
            }
            if cited != found:
                yield Problem(built.place(page), f'Beside "{field}" stand the sources {sorted(found)}.', "")
        for key, weighing in comparison["weighing"].items():
            node = parser.css_first(f'[data-fact="{id}.weighing.{key}"]')
            if node is None:
                yield Problem(built.place(page), f'The weighing "{key}" is missing.', "")
                continue
            matters = f"If it matters most to you {weighing['matters']}"
            yield from _differ(built, page, f"weighing.{key}", matters, plain(node.css_first("dt")))
            yield from _differ(built, page, f"weighing.{key}", weighing["says"], words(node))
            links = [str(link.attributes["href"]).partition("#")[2] for link in node.css(".meta a")]
            if links != weighing["facts"]:
                yield Problem(built.place(page), f'The weighing "{key}" rests on other facts.', "")


def every_sheet_is_whole(built: Built) -> Problems:
    """A sheet to take along has every sign at its level, every question, serious harm and unknown of the facts.

    A worksheet has the decision, every way of weighing, every question and every option of its comparison.
    """
    for id, procedure in built.procedures.items():
        page = f"take-along/{id}.html"
        if (parser := built.pages.get(page)) is None:
            yield Problem(built.place(page), "This page is missing.", "Build the site again.")
            continue
        yield from _heads(built, page, f"Take along: {procedure['names']['name']}", procedure)
        for level in ("emergency", "urgent", "ask"):
            wanted = [
                (f"{id}.red_flags.{key}", f"../procedures/{id}.html#{id}.harms.{flag['because']}")
                for key, flag in procedure["red_flags"].items()
                if flag["level"] == level
            ]
            found = [
                (str(sign.attributes["data-fact"]), str(link.attributes["href"]))
                for sign in parser.css(f".urgency.{level} [data-fact]")
                if (link := sign.css_first("a.why"))
            ]
            if found != wanted:
                yield Problem(
                    built.place(page), f'The signs at the level "{level}" are not those of the data.', ""
                )
        words = built.vocabulary["effects"]
        serious = [harm["effect"] for harm in procedure["harms"].values() if harm["serious"] == "true"]
        asked = [plain(label) for label in parser.css("#about-harms + ul label")]
        if asked != [capital(words[effect]["plain"]) for effect in serious]:
            yield Problem(built.place(page), "It does not ask about every serious harm.", "")
        unknown = [str(node.attributes["data-fact"]) for node in parser.css("#about-unknowns + ul [data-fact]")]
        if unknown != [f"{id}.unknowns.{key}" for key in procedure["unknowns"]]:
            yield Problem(built.place(page), "It does not ask about everything that nobody knows.", "")
    for id, comparison in built.comparisons.items():
        page = f"worksheets/{id}.html"
        if (parser := built.pages.get(page)) is None:
            yield Problem(built.place(page), "This page is missing.", "Build the site again.")
            continue
        yield from _heads(built, page, f"Worksheet: {comparison['title']}", comparison)
        yield from _differ(built, page, "decision", comparison["question"], plain(parser.css_first(".decision")))
        matters = [plain(node) for node in parser.css("fieldset[data-matters] legend")]
        asked = [f"How much does it matter to you {w['matters']}?" for w in comparison["weighing"].values()]
        if matters != list(map(fold, asked)):
            yield Problem(built.place(page), "It does not ask about every way of weighing.", "")
        lean = [str(box.attributes["value"]) for box in parser.css(".lean input")]
        names = [plain(label) for label in parser.css(".lean label")]
        options = [fold(built.procedures[option]["names"]["name"]) for option in comparison["options"]]
        if lean != [*comparison["options"], "open"] or names[:-1] != options:
            yield Problem(built.place(page), "It does not offer every option in the order of the data.", "")


EDITIONS = {
    "a4": "Leaflet on A4 paper (PDF, 2 to 4 pages)",
    "letter": "Leaflet on US Letter paper (PDF, 2 to 4 pages)",
    "a4-large": "Large-print leaflet on A4 paper (PDF, more pages)",
    "letter-large": "Large-print leaflet on US Letter paper (PDF, more pages)",
}


def every_leaflet_is_there(built: Built) -> Problems:
    """A site with leaflets has all of them, links to them where they are looked for, and names their version."""
    if not (built.site / "leaflets").is_dir():
        return
    for own, record in built.records():
        id = posixpath.basename(own).removesuffix(".html")
        wanted = {f"../leaflets/{id}-{edition}.pdf": words for edition, words in EDITIONS.items()}
        for page in (own, f"take-along/{id}.html") if id in built.procedures else (own,):
            links = parser.css(".leaflets a") if (parser := built.pages.get(page)) else []
            if {str(link.attributes["href"]): plain(link) for link in links} != wanted:
                yield Problem(built.place(page), "It does not lead to each of its leaflets.", "Build again.")
        for edition in EDITIONS:
            file = built.site / f"leaflets/{id}-{edition}.pdf"
            if not (file.is_file() and file.read_bytes().startswith(b"%PDF-")):
                yield Problem(built.place(f"leaflets/{file.name}"), "This leaflet is missing.", "Build again.")
        paper = built.pages[own].css_first("p.paper") if own in built.pages else None
        version = str(paper.attributes["id"]).removeprefix("paper-") if paper else ""
        said = (
            "Your leaflet is older than this page. Go by this page, and ask for a new leaflet. "
            f"Printed leaflet: the current one is version {version}, "
            f"with facts checked on {day(record['facts_checked'])}. Is that what stands on your paper?"
        )
        if not version or plain(paper) != said:
            yield Problem(built.place(own), "It does not say which leaflet is the current one.", "Build again.")


def every_word_is_explained(built: Built) -> Problems:
    """The glossary has every word of the vocabularies with its plain words, its meaning and its other forms.

    What opens in place says the same.
    """
    parser = built.pages.get("glossary.html")
    found = "".join(file.read_text("utf-8") for file in built.site.glob("assets/*/words.js"))
    every = [(id, term) for terms in built.vocabulary.values() for id, term in terms.items()]
    opened = {id: [term["name"], term.get("say_it", ""), term["definition"]] for id, term in every}
    if json.loads(found.removeprefix("const glossaryWords = ").rstrip(";\n") or "{}") != opened:
        yield Problem(built.place("assets/words.js"), "What opens beside a word is not what the data says.", "")
    for terms in built.vocabulary.values():
        for id, term in terms.items():
            wanted = term["name"] + (f" (say: {term['say_it']})" if "say_it" in term else "")
            wanted += f" {capital(term['plain'])}. {term['definition']}"
            wanted += f" Also: {', '.join(term['synonyms'])}." if term.get("synonyms") else ""
            node = parser.css_first(f'[data-term="{id}"]') if parser else None
            pair = (plain(node.css_first("dt")), plain(node.css_first("dd"))) if node else ("", "")
            yield from _differ(built, "glossary.html", id, wanted, " ".join(pair))


def every_source_is_described(built: Built) -> Problems:
    """The sources page gives of every source title, authors, year, kind, what was read, and where it is."""
    parser = built.pages.get("sources.html")
    for id, source in built.sources.items():
        year = f", {source['year']}" if "year" in source else " (year not seen)"
        numbers = [f"DOI {source['doi']}"] if "doi" in source else []
        numbers += [f"PubMed {source['pmid']}"] if "pmid" in source else []
        wanted = f"{source['by']}. {source['published_in']}{year}. Kind: {KINDS[source['kind']]}"
        wanted += f" What was read: {source['read']} By {day(source['read_by'])}."
        wanted += f" Note: {source['note']}" if "note" in source else ""
        node = parser.css_first(f'[data-source="{id}"]') if parser else None
        if node is None:
            continue
        yield from _differ(built, "sources.html", id, source["title"], plain(node.css_first("cite")))
        text = plain(node.css_first("dd"))
        if not text.startswith(fold(wanted)) or any(number not in text for number in numbers):
            yield Problem(built.place("sources.html"), f'"{id}" should read "{fold(wanted)}".', "")
        if "url" in source and node.css_first(f'a[href="{source["url"]}"]') is None:
            yield Problem(built.place("sources.html"), f'"{id}" does not lead to {source["url"]}.', "")
    for page, other in built.pages.items():
        for entry in other.css("li[id^='source-']"):
            source = built.sources.get(str(entry.attributes["id"]).removeprefix("source-"))
            if source and not plain(entry).startswith(fold(_short(source))):
                yield Problem(built.place(page), f'The source "{source["title"]}" is described otherwise.', "")


def _short(source: Raw) -> str:
    year = f", {source['year']}" if "year" in source else ""
    read = f"{KINDS[source['kind']]}. What was read: {source['read']}"
    return f"{source['title']} {source['by']}. {source['published_in']}{year}. {read}"


def every_claim_is_quoted(built: Built) -> Problems:
    """Every claim stands as it is made, with the words of its verdict and of its answer."""
    parser = built.pages.get("claims.html")
    for key, claim in built.claims.items():
        node = parser.css_first(f'[data-claim="{key}"] .verdict') if parser else None
        yield from _differ(built, "claims.html", key, f"{VERDICTS[claim['verdict']]} {claim['says']}", plain(node))
        head = plain(parser.css_first(f'h2[id="{key}"]')) if parser else ""
        if f"“{fold(claim['claim'])}”" not in head:
            yield Problem(built.place("claims.html"), f'The claim "{key}" is not quoted as it is made.', "")


def nothing_is_invented(built: Built) -> Problems:
    """No page shows a fact, a word, a source or a claim that the data does not have, and no page has no file."""
    facts = {id for _, id, _ in built.facts()}
    for id, comparison in built.comparisons.items():
        facts |= {f"{id}.about", f"{id}.main_message", *(f"{id}.weighing.{key}" for key in comparison["weighing"])}
    words = {id for terms in built.vocabulary.values() for id in terms}
    known = {"fact": facts, "term": words, "claim": set(built.claims), "source": set(built.sources)}
    for page, parser in built.pages.items():
        for mark, ids in known.items():
            for node in parser.css(f"[data-{mark}]"):
                if node.attributes[f"data-{mark}"] not in ids:
                    yield Problem(
                        built.place(page),
                        f'There is no {mark} called "{node.attributes[f"data-{mark}"]}" in the data.',
                        "Build the site again.",
                    )
        folder, _, name = page.rpartition("/")
        if folder in ("procedures", "comparisons") and name.removesuffix(".html") not in getattr(built, folder):
            yield Problem(built.place(page), f"This page has no file in data/{folder}/.", "Build the site again.")


def every_name_can_be_found(built: Built) -> Problems:
    """Every name stands in the A to Z, and every page and word in the index that the search page reads."""
    parser = built.pages.get("a-to-z.html")
    listed = (
        {(str(link.attributes["href"]), plain(link)) for link in parser.css("ul.index a")} if parser else set()
    )
    for id, procedure in built.procedures.items():
        names = procedure["names"]
        for name in (names["name"], *map(capital, names.get("also_called", []))):
            if (f"procedures/{id}.html", fold(name)) not in listed:
                yield Problem(built.place("a-to-z.html"), f'"{name}" does not lead to its page.', "")
    for terms in built.vocabulary.values():
        for id, term in terms.items():
            if (f"glossary.html#{id}", fold(capital(term["name"]))) not in listed:
                yield Problem(built.place("a-to-z.html"), f'"{term["name"]}" does not lead to the glossary.', "")
    index = "".join(file.read_text("utf-8") for file in built.site.glob("assets/*/search-index.js"))
    wanted = {f"procedures/{id}.html": procedure["names"]["name"] for id, procedure in built.procedures.items()}
    wanted |= {f"comparisons/{id}.html": comparison["title"] for id, comparison in built.comparisons.items()}
    for url, title in wanted.items():
        if f'"url":"{url}","title":"{title}"' not in index:
            yield Problem(built.place("assets/search-index.js"), f'A search cannot find "{title}".', "")


def every_list_is_whole(built: Built) -> Problems:
    """Lists of pages name each page as its file does: options, forms, families, comparisons, and all."""
    names = {f"procedures/{id}.html": procedure["names"]["name"] for id, procedure in built.procedures.items()}
    names |= {f"comparisons/{id}.html": comparison["title"] for id, comparison in built.comparisons.items()}
    print_it = "Print the signs that need help and the questions to ask"
    names |= {f"take-along/{id}.html": print_it for id in built.procedures}
    think = "Think it over with a worksheet, to print and take along"
    names |= {f"worksheets/{id}.html": think for id in built.comparisons}
    for page, selector, wanted in _lists(built):
        parser = built.pages.get(page)
        if parser is None:
            continue
        base = posixpath.dirname(page)
        found = {
            posixpath.normpath(posixpath.join(base, str(link.attributes["href"]))): plain(link)
            for link in parser.css(f"{selector} a:not(.term)")
        }
        if found != {target: fold(names[target]) for target in wanted}:
            yield Problem(
                built.place(page),
                f'The list "{selector}" does not name each of its pages as they are called.',
                f"It must name: {', '.join(names[target] for target in wanted)}.",
            )


def _lists(built: Built) -> Iterator[tuple[str, str, list[str]]]:
    """Every list of pages: the page where it stands, its selector, and the pages it must name."""
    every = {id: f"procedures/{id}.html" for id in built.procedures}
    yield "procedures.html", "article > div", list(every.values())
    yield "comparisons.html", "ul.cards", [f"comparisons/{id}.html" for id in built.comparisons]
    for id, comparison in built.comparisons.items():
        options = [every[option] for option in comparison["options"]]
        yield f"comparisons/{id}.html", "#options + ul.cards", options
        yield f"comparisons/{id}.html", ".next-steps", [f"worksheets/{id}.html", *options]
    for id in built.procedures:
        forms = [other for other, procedure in built.procedures.items() if procedure.get("part_of") == id]
        compared = [
            f"comparisons/{other}.html"
            for other, comparison in built.comparisons.items()
            if id in comparison["options"]
        ]
        top = _top(built, id)
        family = [other for other in built.procedures if _top(built, other) == top]
        yield every[id], "#forms + ul.cards", [every[form] for form in forms]
        take = f"take-along/{id}.html"
        none = [
            every[other] for other, procedure in built.procedures.items() if procedure["kind"] == "no-procedure"
        ]
        onward = [take, *compared, *none] if every[id] not in none else [take, *compared]
        yield every[id], ".next-steps", onward
        yield take, ".next-steps", [every[id], *compared]
        yield every[id], "nav.relatives", [every[other] for other in family] if len(family) > 1 else []


def _top(built: Built, id: str) -> str:
    seen = {id}
    while (above := built.procedures[id].get("part_of", "")) in built.procedures and above not in seen:
        id = above
        seen.add(id)
    return id


def every_page_leads_on(built: Built) -> Problems:
    """Every page but the first one ends with a few links to what most readers need next, never to itself."""
    for page, parser in built.pages.items():
        links = [str(link.attributes["href"]) for link in parser.css(".next-steps a, #next + ul a")]
        if parser.css_first("article") is None or page in ("index.html", "404.html"):
            continue
        if not 0 < len(links) < 10 or posixpath.basename(page) in links:
            yield Problem(
                built.place(page),
                f"It must lead on to one to nine other pages at its end; it names {len(links)}.",
                'End it with the heading "What you can do next {: #next }" and a list of links.',
            )


# Rules: reviews and changes


def every_review_is_told(built: Built) -> Problems:
    """A page says when its facts were checked, and names the reviewer who signed last, or says that none has."""
    told = {"Reviewed by": 0, "Changed since": 0, "The review is overdue": 0, "Not yet": 0}
    for page, record in built.records():
        if page not in built.pages:
            continue
        id = page.split("/")[-1].removesuffix(".html")
        signed = {review["procedure"]: review for review in built.shared["reviews"]}
        forms = _review_forms(record, signed.get(id) if page.startswith("procedures/") else None)
        lines = [plain(node) for node in built.pages[page].css(".review")]
        if len(lines) != 2 or len(set(lines)) != 1 or not any(re.fullmatch(form, lines[0]) for form in forms):
            yield Problem(
                built.place(page),
                f"Its facts and its review are told as {lines}.",
                "They must stand twice on the page, once at its end, as data/reviews.yml says.",
            )
        elif page.startswith("procedures/"):
            told[next(beginning for beginning in told if beginning in lines[0])] += 1
    for page, parser in built.pages.items():
        for found in _STANDINGS.finditer(plain(parser.css_first("article"))):
            yield from _differ(built, page, "how many are reviewed", _standings(told), found.group())


def _review_forms(record: Raw, review: Raw | None) -> Iterator[str]:
    """The patterns of what a page may say of its checks and its review."""
    checked, due = day(record["facts_checked"]), day(record["next_check"])
    told = ["Not yet reviewed by a clinician."]
    end = ""
    if review:
        name = f"{review['name']}, {review['role']}"
        signed, again = day(review["signed"]), day(review["next_review"])
        end = f" The reviewer's conflicts of interest: {sentence(review['conflicts'])}"
        told = [
            f"Reviewed by {name} on {signed}. Next review before {again}.",
            f"Changed since the review on {signed} by {name}. What changed: SECTIONS.",
            f"The review is overdue: it was due on {again}. Last reviewed by {name} on {signed}.",
        ]
    for check in (f"Next check by {due}.", f"The next check was due on {due} and is overdue."):
        for words in told:
            text = fold(f"Facts last checked: {checked}. {check} {words}{end} Who makes this and how")
            yield re.escape(text).replace("SECTIONS", r"[^.]+")


_STANDINGS = re.compile(
    r"No clinician has reviewed these pages yet\."
    r"|Clinicians have reviewed \d+ of the \d+ pages about treatments\."
    r"( \d+ (?:has|have) changed since [^.]+\.)?( \d+ (?:is|are) overdue [^.]+\.)?"
    r"( \d+ (?:is|are) not yet reviewed\.)?"
)


def _standings(told: dict[str, int]) -> str:
    """How many pages are reviewed, in words, from what the pages themselves say."""
    reviewed, changed, overdue, none = told.values()
    if not reviewed + changed + overdue:
        return "No clinician has reviewed these pages yet."
    text = f"Clinicians have reviewed {reviewed} of the {sum(told.values())} pages about treatments."
    for number, one, many in (
        (changed, "has changed since its review", "have changed since their reviews"),
        (overdue, "is overdue for its next review", "are overdue for their next reviews"),
        (none, "is not yet reviewed", "are not yet reviewed"),
    ):
        text += f" {number} {one if number == 1 else many}." if number else ""
    return text


def every_change_is_told(built: Built) -> Problems:
    """The page "What changed" tells every publication with each change, old and new, and nothing else."""
    parser = built.pages.get("changes.html")
    found = [plain(line) for line in parser.css(".changes > li")] if parser else []
    for publication in built.shared["changes"]:
        changes = publication.get("changes", [])
        wanted = [[publication["says"]]] if "says" in publication else []
        wanted += [
            [change[field] for field in ("fact", "was", "now", "why") if field in change] for change in changes
        ]
        for texts in wanted:
            line = next((line for line in found if all(fold(text) in line for text in texts)), None)
            if line is None:
                yield Problem(built.place("changes.html"), f'A change is not told: "{" / ".join(texts)}".', "")
            else:
                found.remove(line)
    for line in found:
        yield Problem(built.place("changes.html"), f'"{line}" stands in no entry of data/changes.yml.', "")


# Rules: nothing else is said


def every_section_is_in_every_menu(built: Built) -> Problems:
    """The menu of every page leads to every page of the top level."""
    wanted = {page for page in built.pages if "/" not in page and page not in ("404.html", "infobutton.html")}
    for page, parser in built.pages.items():
        if page == "404.html":
            continue
        up = "../" * page.count("/")
        found = {str(link.attributes["href"]).removeprefix(up) for link in parser.css("nav.menu a")}
        for section in sorted(wanted - found):
            yield Problem(built.place(page), f"The menu does not lead to {section}.", "")


_MARKS = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|\{:[^}]*\}|<[^>]*>", re.DOTALL)
_INLINE = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|\*\*|`|^\s*(?:#+|[-*]|\d+\.|>) +|(?<!\w)_|_(?!\w)", re.MULTILINE)


def _pieces(text: str) -> list[str]:
    """The words of a Markdown text or a template, in pieces between its marks."""
    text = re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    text = _INLINE.sub(lambda found: found.group(1) or "", _MARKS.sub("\x00", text))
    return [piece for part in re.split("\x00|\n|\\|", text) if (piece := fold(unescape(part)))]


def hand_written_words_are_on_their_page(built: Built) -> Problems:
    """Every line of every hand-written page that hangs on no condition is read on its page, as it was written."""
    for name, text in built.texts.items():
        page = f"{name}.html"
        parser = built.pages.get(page)
        read = plain(parser.css_first("article")) if parser else ""
        for piece in _pieces(_WHILE.sub("", text)):
            if piece not in read:
                yield Problem(
                    built.place(page), f'"{piece}" is missing, or reads otherwise.', "Build the site again."
                )


_FOLDERS = {
    "procedure": "procedures",
    "comparison": "comparisons",
    "take-along": "take-along",
    "worksheet": "worksheets",
}
"""The folder of pages that each template makes."""

_WHILE = re.compile(r"\{%-?\s*(if|for)\b(?:(?!\{%-?\s*(?:if|for|end\1)\b).)*\{%-?\s*end\1\s*-?%\}", re.DOTALL)


def what_templates_always_say_is_said(built: Built) -> Problems:
    """What a template says without any condition is read on each of its pages: headings, warnings, the footer."""
    for name, text in built.templates.items():
        folder, _, file = name.rpartition("/")
        stem = file.rpartition(".")[0]
        while (shorter := _WHILE.sub("", text)) != text:
            text = shorter
        if name == "theme/main.html":
            pages = list(built.pages)
        elif folder == "pages" and stem in _FOLDERS:
            pages = [page for page in built.pages if page.startswith(f"{_FOLDERS[stem]}/")]
        else:
            pages = [page for page in built.pages if folder == "pages" and page == f"{stem}.html"]
        for page in pages:
            read = plain(built.pages[page].body)
            for piece in _pieces(text):
                if piece.strip(",.;: ") not in read:
                    yield Problem(built.place(page), f'"{piece}" is missing.', f"{name} says it on every page.")


_FREE = re.compile(
    r"[\d\s,.;:()\[\]/–-]*|\w|[a-z-]+\.html|(procedures|comparisons|take-along|worksheets)/[a-z0-9-]+\.html"
    r"|Skip to content"
    r"|(These|Some) facts( on this site)? were due for a check on \w+ #, #\. Ask your team what has changed\."
    r"|Reading grade: #\.# \(medical words counted as explained\); #\.# with all words\."
    r"|# more facts|All # sources of this page|More about it(, and (one more study|# more studies))?"
)
"""What pages put together or count themselves, with # for each number."""

_LABELS = (
    "At a glance What it acts on Are you awake? How long it takes Whom it may help How long relief lasts "
    "Can it be undone? What it is, and what it is not Emergency: get help now Urgent: get help the same day "
    "Ask: tell your team within days The whole site Not yet Supported: Partly right: Not supported: "
    "see the glossary MeSH 2.16.840.1.113883.6.177"
)


def every_word_has_an_origin(built: Built) -> Problems:
    """Nothing is read outside facts that stands in no text of content/, no template and no data."""
    if not built.templates:
        return
    said = {fold(text).casefold() for text in (*built.strings(), *_put_together(built))}
    said |= {built.clinic["emergency_number"]} if built.clinic else set()
    texts = [
        *built.templates.values(),
        *map(_front_matter, built.texts.values()),
        _LABELS,
        *VERDICTS.values(),
        *HEADINGS.values(),
    ]
    templates = "\n".join(piece for text in texts for piece in _pieces(text)).casefold()
    templates += "\n".join(map(_front_matter, (*built.templates.values(), *built.texts.values()))).casefold()
    for page, parser in built.pages.items():
        own = "\n".join(_pieces(built.texts.get(page.removesuffix(".html"), ""))).casefold()
        for found in _prose(parser.html or ""):
            found = _STANDINGS.sub("", fold(found)).strip()
            text = found.lstrip(",.;: ").casefold()
            if text in said or text in own or text in templates or text == f"{built.address}/{page}":
                continue
            if not _FREE.fullmatch(fold(found)) and not _FREE.fullmatch(re.sub(r"\d+", "#", fold(found))):
                yield Problem(
                    built.place(page),
                    f'"{fold(found)}" stands in no file of facts or words.',
                    "Build the site again.",
                )


def _front_matter(text: str) -> str:
    return text.split("---\n")[1] if text.startswith("---\n") else ""


def _put_together(built: Built) -> Iterator[str]:
    """What templates put together from several texts of the data."""
    for source in built.sources.values():
        kind = KINDS[source["kind"]]
        yield from (
            "(year not seen).",
            kind,
            f"{kind}. What was read: {source['read']}",
            f"{source['read']} By {day(source['read_by'])}.",
        )
        numbers = [f"DOI {source['doi']}"] if "doi" in source else []
        numbers += [f"PubMed {source['pmid']}"] if "pmid" in source else []
        yield from (" ".join(numbers), ", ".join(numbers))
        yield re.sub(r"^https?://(?:www\.)?([^/]*).*", r"\1", source.get("url", ""))
    for record in (*built.procedures.values(), *built.comparisons.values()):
        yield from (day(record["facts_checked"]), day(record["next_check"]))
        names = record.get("names", {})
        if names:
            yield from (
                f"see {names['name']}",
                f"On the page: {names['name']}",
                names["plain"],
                f"Take along: {names['name']}",
                f"Say it: {names['say_it']}",
            )
            yield f"It is also called: {', '.join(names.get('also_called', []))}."
    for terms in built.vocabulary.values():
        for term in terms.values():
            yield from (f"{term['plain']}.", f"(say: {term.get('say_it')})")
            yield f"Also: {', '.join(term.get('synonyms', []))}."
    for _, _, fact in built.facts():
        for source in fact.get("sources", ()):
            if isinstance(source, dict):
                yield f"({source.get('at')})"
                yield f"(second-hand: it reports {source.get('reporting')}, which we have not read)"
    for review in built.shared["reviews"]:
        signed, due = day(review["signed"]), day(review["next_review"])
        yield from (
            f"{signed}, next review before {due}",
            f"Changed since the review on {signed}",
            f"Overdue since {due}",
        )
    for comparison in built.comparisons.values():
        yield f"Worksheet: {comparison['title']}"
        for weighing in comparison["weighing"].values():
            yield f"How much does it matter to you {weighing['matters']}?"
    for claim in built.claims.values():
        for verdict in ("Supported", "Partly right", "Not supported"):
            yield f"{verdict}: “{claim['claim']}”"


_COMPARED = (
    "[data-fact] .words, .fact .meta, .harm > h3, .harm-name, .harm .pairs, a.why, .weighing dt, "
    "fieldset[data-matters] legend, "
    ".clinic, .clinic-help, .clinic-funding, .at-clinic, .whom-to-call, .offered, .shown-by, .to-clinic, "
    "[data-claim] .words, .review, .paper, .changes, .drawing :is(svg, figcaption), .gloss, .site-name, head, "
    "script"
)
"""What other rules compare with the data word by word."""


def _prose(html: str) -> Iterator[str]:
    copy = LexborHTMLParser(html)
    for node in copy.css(_COMPARED):
        node.decompose()
    for node in copy.css("a.term"):
        node.unwrap()
    body = LexborHTMLParser(copy.html or "").body  # read again, so that texts which now touch are one
    if body:
        for node in body.traverse(include_text=True):
            if node.tag == "-text" and (text := (node.text_content or "").strip()):
                yield text
