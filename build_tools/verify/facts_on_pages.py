"""The rules for facts: a page has its facts once, in order, with their words and sources, and no others.

The expected words come from the records and from `figure_text`, which has tests of its own. Labels that
templates add are not compared.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from selectolax.lexbor import LexborNode

from build_tools.load.detail_order import group_results, sort_best_first
from build_tools.model.comparison import compare_options
from build_tools.model.figure_text import choose_notice, join, to_text, write_brief, write_contact
from build_tools.model.short_page import ShortLine, ShortPage
from build_tools.records.entries import NotKnown
from build_tools.records.procedure import Harm, get_entries, iter_facts
from build_tools.records.sections import HEADINGS
from build_tools.render.templates import format_day
from build_tools.verify.built_site import (
    Findings,
    Part,
    ShownFact,
    find_fact_id,
    fold,
    get_own_text,
    get_text,
    iter_ancestors,
)
from build_tools.verify.origins import Finding, list_traces


def facts_are_on_their_page(part: Part) -> Findings:
    """Each fact is on its own page once with its anchor. A missing harm is reported without its figures."""
    complete: dict[str, list[ShownFact]] = defaultdict(list)
    for shown in part.shown:
        if shown.is_complete:
            complete[shown.id].append(shown)
    present_fields = {id.split(".")[1] for id in complete}
    missing: set[str] = set()
    for id in part.site.fact_ids.get(part.id, ()):
        page, field = part.site.page_of(id), id.split(".")[1]
        if len(complete[id]) > 1:
            message = f'The fact "{id}" is on its page {len(complete[id])} times with its anchor.'
            yield complete[id][1].finding("twice", message, "Show all but one without the anchor.")
        elif not complete[id] and id.rpartition(".")[0] not in missing:
            missing.add(id)
            subject = f'The fact "{id}" is not' if field in present_fields else f'No fact of "{field}" is'
            message = f"{subject} on its page with its anchor."
            yield Finding(("missing", field), page, message, record=part.site.facts.place_of(id))


def facts_are_in_order(part: Part) -> Findings:
    """The facts of each field are in the order of the data; results and harms in that of `detail_order`."""
    if not part.procedure:
        return
    order = [id for id, _ in iter_facts(part.procedure, part.id)]
    for field in ("benefits", "relief_lasts"):
        groups = group_results(get_entries(part.procedure, field), field == "benefits")
        order += [f"{part.id}.{field}.{key}" for group in groups for key, _ in group.facts]
    for heading in ("harms", "new-pain", "side-effects"):
        for harms in part.site.facts.harms_below(part.id, heading).values():
            for key, harm in harms.items():
                studies = sort_best_first(harm.how_often, harm.lead)
                order += [f"{part.id}.harms.{key}", *(f"{part.id}.harms.{key}.{study}" for study, _ in studies)]
    rank = {id: position for position, id in enumerate(order)}  # the last of several counts
    ids_on_page: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for shown in part.shown:
        if shown.is_complete and shown.id in rank:
            ids_on_page[shown.page, shown.id.split(".")[1]][shown.id] = None
    for (page, _), ids in ids_on_page.items():
        for first, second in pairwise(ids):
            if rank[first] > rank[second]:
                message = f'"{first}" comes before "{second}".'
                hint = "A page has the order of the data, with the best study first."
                yield Finding(("order",), page, message, record=part.site.facts.place_of(first), hint=hint)


def facts_are_in_their_section(part: Part) -> Findings:
    """On its own page each fact is below the heading of its field, which is as in `records/sections.py`."""
    for page in (page for page in part.pages if page in part.site.record_pages and page.count("/") == 2):
        heading = ""
        for node in part.css(page, "h2[id], h3[id], [data-fact][id]"):
            id = str(node.attributes["id"])
            if "data-fact" not in node.attributes:
                heading, text = id, get_text(node)
                if text != HEADINGS.get(id, text):
                    message = f'The heading "{id}" reads "{text}", not "{HEADINGS[id]}".'
                    yield Finding(("heading", id), page, message, (f"#{id}",))
            elif id in part.site.all_facts and "names" not in id.split("."):
                anchor = part.site.facts.heading_of(id)
                if anchor in HEADINGS and anchor != heading:
                    message = f'"{id}" is below the heading "{heading}", not "{anchor}".'
                    record = part.site.facts.place_of(id)
                    yield Finding(("section", anchor), page, message, (f"#{heading}",), record)


def facts_read_as_recorded(part: Part) -> Findings:
    """A fact has exactly its words wherever it is shown, and on its own page all details, too."""
    for shown in part.shown:
        expected, actual = to_text(shown.fact), " / ".join(shown.words)
        if actual != fold(expected):
            yield shown.finding("words", f'"{shown.id}" should read "{expected}", but reads "{actual}".')
        elif shown.is_complete:
            shared = [str(node.attributes.get("data-certainty") or "") for node in iter_ancestors(shown.node)]
            text = f"{shown.text} {' '.join(shared)}".casefold()
            for missing in [detail for detail in shown.required_texts if detail.casefold() not in text][:1]:
                yield shown.finding("detail", f'"{shown.id}" lacks "{missing}".')


def searches_have_a_date(part: Part) -> Findings:
    """The page of unknowns says once when we last searched, and a fact with another date says that date."""
    if part.procedure:
        page, last = part.site.page_of(f"{part.id}.unknowns"), part.procedure.last_searched
        if format_day(last) not in " ".join(map(get_text, part.css(page, ".last-searched"))):
            yield Finding(("searched",), page, f"It does not say that we last searched on {format_day(last)}.")
    for shown in part.shown:
        fact, top = shown.fact, shown.id.split(".")[0]
        if shown.is_complete and isinstance(fact, NotKnown) and fact.reason == "searched" and fact.searched:
            is_there = shown.page == part.site.page_of(f"{top}.unknowns")
            is_shared = is_there and fact.searched == part.site.facts.procedures[top].last_searched
            if not is_shared and format_day(fact.searched) not in shown.text:
                message = f'"{shown.id}" does not say that we last searched on {format_day(fact.searched)}.'
                yield shown.finding("searched", message)


def facts_link_to_their_sources(part: Part) -> Findings:
    """Each fact has one mark, which links to a note with exactly its sources."""
    for shown in part.shown:
        cited = [*getattr(shown.fact, "sources", ())]
        marks = [mark for mark in shown.node.css(".sources a[href^='#note-']") if find_fact_id(mark) == shown.id]
        notes = [note for mark in marks for note in part.css_target(shown.page, str(mark.attributes["href"]))]
        expected, actual = [citation.source for citation in cited], _linked_sources(notes)
        text = " ".join(map(get_text, notes))
        details = [detail for citation in cited for detail in (citation.at, citation.reporting)]
        if actual != expected or len(marks) != bool(cited):
            links, right = ", ".join(actual) or "no source", ", ".join(expected) or "none"
            finding = shown.finding("sources", f'"{shown.id}" links to {links}, not to {right}.')
            yield finding if actual else replace(finding, cause=("no source",))
        elif missing := [detail for detail in details if detail and fold(detail) not in text]:
            yield shown.finding("citation", f'The sources of "{shown.id}" lack "{missing[0]}".')


def _linked_sources(notes: list[LexborNode]) -> list[str]:
    """The ids of the sources that some notes link to."""
    links = (str(link.attributes["href"]) for note in notes for link in note.css("a"))
    return [link.rpartition("sources.html#")[2] for link in links]


def shown_facts_exist(part: Part) -> Findings:
    """Every fact on a page is in the data."""
    weighings = {f"{part.id}.weighing.{key}" for key in (part.comparison.weighing if part.comparison else ())}
    for page, node in part.css_all("[data-fact]"):
        id = str(node.attributes["data-fact"])
        if id not in part.site.all_facts and id not in weighings:
            traces = (f'"{id}"', *list_traces(node))
            yield Finding(("unknown", traces[-1]), page, f'There is no fact "{id}" in the data.', traces)


def harms_are_visible(part: Part) -> Findings:
    """A harm is under its weight or called serious, outside of closed <details>, and links to its signs."""
    for shown in part.shown:
        harm, id, ancestors = shown.fact, shown.id, [*iter_ancestors(shown.node)]
        if not isinstance(harm, Harm):
            continue
        weights = {node.attributes["data-weight"] for node in ancestors if "data-weight" in node.attributes}
        is_marked = not harm.serious or any(find_fact_id(mark) == id for mark in shown.node.css(".seriousness"))
        if (weights != {harm.weight}) if shown.page == part.site.page_of(id) else not is_marked:
            yield shown.finding("serious", f'"{id}" is not called serious.')
        if any(node.tag == "details" and "open" not in node.attributes for node in ancestors):
            yield shown.finding("closed", f'The harm "{id}" is in a closed <details>.')
        links = [str(link.attributes["href"]) for link in shown.node.css("a[href*='#sign-']")]
        if shown.is_complete and [link.partition("#sign-")[2] for link in links] != harm.signs:
            yield shown.finding("signs", f'"{id}" does not link to its danger signs.')


def short_pages_have_their_lines(part: Part) -> Findings:
    """A short page has exactly the lines that the data chooses for it, in their words, and every sign."""
    if not part.procedure:
        return
    facts = part.site.facts
    for page, lines in _lines(ShortPage(facts, part.id)).items():
        expected: dict[str, list[str]] = defaultdict(list)
        actual: dict[str, list[str]] = defaultdict(list)
        for line in lines:
            expected[" ".join(line.facts)].append(fold(join(line.sentence)))
        for node in part.css(page, "[data-brief]"):
            actual[str(node.attributes["data-brief"])].append(get_own_text(node))
        for ids in expected | actual:
            sentences, texts = expected[ids], actual[ids]
            faults = [sentence for sentence in sentences if not any(sentence in text for text in texts)]
            faults = faults or [text for text in texts if not any(sentence in text for sentence in sentences)]
            if faults:
                is_there = bool(sentences and texts)
                message = f'The line of "{ids}" is missing, or should not be here.'
                if is_there:
                    message = f'A line of "{ids}" should read "{" / ".join(sentences)}".'
                cause = ("line", faults[0] if is_there else "")
                record = facts.place_of(ids.split()[0]) if sentences else None
                yield Finding(cause, page, message, ("data-brief=",), record)
    signs = {*facts.signs_of(part.id)}
    for page in (f"procedures/{part.id}.html", f"take-along/{part.id}.html"):
        if {node.attributes["data-sign"] for node in part.css(page, "[data-sign]")} != signs:
            yield Finding(("signs",), page, _SIGNS)


_SIGNS = "It lacks a danger sign, or has one too many."


def _lines(short: ShortPage) -> dict[str, list[ShortLine]]:
    """The expected lines of a short page and of its detail pages, by page."""
    lines = [line for _, line in short.bullets]
    counted: list[ShortLine] = []
    if short.facts.forms_of(short.id):
        lines += [short.say(case.done) for case in short.cases.values() if case.done]
    else:
        harms = short.harms()
        counted = [
            ShortLine(harm.often, harm.facts) for harm in (*harms.counted, *harms.uncounted, *harms.not_seen)
        ]
        lines += [line for _, step in short.steps for line in step]
        lines += short.lines("results", "evidence", "expect", "not_for")
        lines += [short.say(case.works) for case in short.cases.values() if case.works]
    pages = {f"procedures/{short.id}.html": lines + counted}
    for detail in short.facts.details_of(short.id):
        lines = [line for _, line in short.lines_of(detail.name)]
        if detail.name == "what-people-ask":
            lines = [line for _, answer in short.asked.values() for line in answer]
        pages[f"procedures/{short.id}/{detail.name}.html"] = lines + (counted if detail.name == "risks" else [])
    return pages


def other_briefs_read_as_recorded(part: Part) -> Findings:
    """A brief on a page without expected lines is exactly that of its fact."""
    id, details = part.id, part.site.facts.details_of(part.id) if part.procedure else []
    listed = [f"procedures/{id}.html", f"comparisons/{id}.html"]
    listed += [f"procedures/{id}/{detail.name}.html" for detail in details]
    for page, node in part.css_all("[data-brief]"):
        fact = part.site.all_facts.get(str(node.attributes["data-brief"]))
        expected = fold(join(write_brief(fact))) if fact else ""
        if page not in listed and get_own_text(node) != expected:
            message = f'"{get_own_text(node)}" is not the brief of a fact.'
            yield Finding(("other brief", page), page, message, list_traces(node))


def signs_are_on_their_pages(part: Part) -> Findings:
    """A page shows exactly the danger signs that fit it, once, with words, level, contact and sources."""
    facts = part.site.facts
    pages: dict[str, list[str]] = defaultdict(list)
    for key in facts.signs_of(part.id) if part.procedure else ():
        pages[part.site.page_of(f"{part.id}.signs.{key}")].append(key)
    for page, keys in pages.items():
        nodes = part.css(page, "[data-sign]")
        actual = [str(node.attributes["data-sign"]) for node in nodes]
        if sorted(actual) != sorted(keys):
            difference = ", ".join(sorted({*keys} ^ {*actual}) or actual)
            yield Finding(("signs",), page, f"{_SIGNS[:-1]}: {difference}.")
            continue
        for key, node in zip(actual, nodes, strict=True):
            for fault in _describe_faults(part, page, key, node):
                message, record = f'The sign "{key}" {fault}.', facts.place("signs", key)
                yield Finding(("sign", fault), page, message, list_traces(node), record)


def _describe_faults(part: Part, page: str, key: str, node: LexborNode) -> Iterator[str]:
    """The faults of a sign, each as a predicate that follows its name."""
    facts, reasons = part.site.facts, part.css(page, f'[data-why="{key}"]')
    sign, here, child = facts.signs[key], facts.procedures[part.id].signs.get(key), facts.for_child(part.id)
    expected = [choose_notice(sign, child), sign.do, here.here if here else "", sign.when, sign.why]
    expected += [line.phone for line in facts.crisis_lines if sign.crisis_lines]
    text = "".join(get_own_text(element) for element in (node, *reasons))
    if missing := [words for words in expected if words and fold(words).rstrip(".") not in text]:
        yield f'lacks "{"; ".join(missing)}"'
    classes = {name for ancestor in iter_ancestors(node) for name in str(ancestor.attributes.get("class")).split()}
    if not {"urgency", sign.level} <= classes:
        yield f'is not among the signs of "{sign.level}"'
    contact = write_contact(sign, facts.clinic, child)
    if _get_heading(node) != fold(f"{join(contact.lead)} if: {join(contact.rest)}"):
        yield f'is not under "{contact}"'
    marks = [mark for reason in reasons for mark in reason.css(".sources a.mark")]
    notes = [note for mark in marks for note in part.css_target(page, str(mark.attributes["href"]))]
    citations = [*sign.sources, *(here.sources if here else ())]
    if {*_linked_sources(notes)} != {citation.source for citation in citations}:
        yield "does not link to exactly its sources"
    if node.attributes.get("id") != f"sign-{key}":
        yield "has no anchor"


def _get_heading(item: LexborNode) -> str:
    """The heading above the list of an item, and the text between the two."""
    texts: list[str] = []
    node = item.parent and item.parent.prev
    while node is not None and node.tag != "ul":
        texts.insert(0, get_text(node))
        node = node.prev if node.tag != "h4" else None
    return fold(" ".join(texts))


def all_signs_are_listed(part: Part) -> Findings:
    """The page of all danger signs has each of them once, with whom to call, and each helpline."""
    page, facts = "signs.html", part.site.facts
    if page not in part.pages:
        return
    listed = [node.attributes["data-helpline"] for node in part.css(page, "[data-helpline]")]
    if listed != [*facts.helplines]:
        message = "It does not list each helpline once, in the order of the data."
        yield Finding(("helplines",), page, message)
    for key, sign in facts.signs.items():
        texts = [get_own_text(node) for node in part.css(page, f'[data-sign="{key}"]')]
        if len(texts) != 1 or fold(str(write_contact(sign, facts.clinic))) not in texts[0]:
            yield Finding(("all signs",), page, f'It does not show the sign "{key}" once, and whom to call.')


def cells_have_their_words(part: Part) -> Findings:
    """Each cell of a grid has exactly the words and the facts of its option."""
    if not part.comparison:
        return
    page, grid = f"comparisons/{part.id}.html", compare_options(part.comparison, part.site.facts)
    rows = (*grid.rows, *grid.with_and_without, *grid.harms, *grid.more_harms)
    for key, cell in ((row.key, cell) for row in rows for cell in row.once or row.cells):
        nodes = part.css(page, f'[data-row="{key}"] [data-option="{cell.option}"] [data-brief]')
        actual = [(node.attributes["data-brief"], get_own_text(node)) for node in nodes]
        if actual != [(" ".join(cell.facts), fold(join(cell.sentence)))]:
            message = f'The cell of "{key}" and "{cell.option}" should read "{join(cell.sentence)}".'
            record = part.site.facts.place(f"comparisons/{part.id}", "options")
            yield Finding(("cell",), page, message, ("data-option=",), record)


def claims_show_their_facts(part: Part) -> Findings:
    """Each claim has its verdict, its answer and all its facts."""
    for key, claim in part.site.facts.claims.items() if "claims.html" in part.pages else ():
        nodes = part.css("claims.html", f'[data-claim="{key}"][data-verdict="{claim.verdict}"]')
        ids = {fact.attributes["data-fact"] for node in nodes for fact in node.css("[data-fact]")}
        if not {*claim.facts} <= ids or not any(fold(claim.says) in get_own_text(node) for node in nodes):
            message = f'The claim "{key}" lacks its verdict, its answer or a fact.'
            record = part.site.facts.place("claims", key)
            yield Finding(("claim",), "claims.html", message, ("data-claim=",), record)
