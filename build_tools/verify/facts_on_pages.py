"""Every fact of the data is on its page, once, in order, with its own words and sources; and no other fact is.

The expected words come from the records and from `figure_text`, which words facts for every format; snapshots and
unit tests prove those. Labels that templates add between the words are not looked at.
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
    Shown,
    find_owner,
    fold,
    get_own_text,
    get_text,
    iter_ancestors,
)
from build_tools.verify.origins import Finding, list_traces


def facts_are_on_their_page(part: Part) -> Findings:
    """Each fact is on its own page once with its anchor. Figures of a missing harm are missing with it."""
    whole: dict[str, list[Shown]] = defaultdict(list)
    for shown in part.shown:
        if shown.is_whole:
            whole[shown.id].append(shown)
    present = {id.split(".")[1] for id in whole}
    lost: set[str] = set()
    for id in (id for id in part.site.every_fact if id.split(".")[0] == part.id):
        page, field = part.site.page_of(id), id.split(".")[1]
        if len(whole[id]) > 1:
            message = f'The fact "{id}" is on its page {len(whole[id])} times with its anchor.'
            yield whole[id][1].finding("twice", message, "All but one show it without its anchor.")
        elif not whole[id] and id.rpartition(".")[0] not in lost:
            lost.add(id)
            what = f'The fact "{id}" is not' if field in present else f'No fact of "{field}" is'
            message = f"{what} on its page with its anchor."
            yield Finding(("lost", field), page, message, record=part.site.facts.place_of(id))


def facts_are_in_order(part: Part) -> Findings:
    """The facts of each field are in the order of the data, results and harms in that of `detail_order`."""
    right: list[str] = []
    for top, procedure in part.procedures.items():
        right += [id for id, _ in iter_facts(procedure, top)]
        for field in ("benefits", "relief_lasts"):
            groups = group_results(get_entries(procedure, field), field == "benefits")
            right += [f"{top}.{field}.{key}" for group in groups for key, _ in group.facts]
        for heading in ("harms", "new-pain", "side-effects"):
            for harms in part.site.facts.harms_below(top, heading).values():
                for key, harm in harms.items():
                    studies = sort_best_first(harm.how_often, harm.lead)
                    right += [f"{top}.harms.{key}", *(f"{top}.harms.{key}.{study}" for study, _ in studies)]
    rank = {id: position for position, id in enumerate(right)}  # the last of several counts
    found: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for shown in part.shown:
        if shown.is_whole and shown.id in rank:
            found[shown.page, shown.id.split(".")[1]][shown.id] = None
    for (page, _), ids in found.items():
        for first, second in pairwise(ids):
            if rank[first] > rank[second]:
                message = f'"{first}" comes before "{second}".'
                hint = "The page has the order of the data, and the best study first."
                yield Finding(("order",), page, message, record=part.site.facts.place_of(first), hint=hint)


def facts_are_in_their_section(part: Part) -> Findings:
    """On its own page each fact is below the heading of its field, and that heading is the one of the list."""
    for page in (page for page in part.pages if page in part.site.made and page.count("/") == 2):
        heading = ""
        for node in part.css(page, "h2[id], h3[id], [data-fact][id]"):
            id = str(node.attributes["id"])
            if "data-fact" not in node.attributes:
                heading, said = id, get_text(node)
                if said != HEADINGS.get(id, said):
                    message = f'The heading "{id}" reads "{said}", not "{HEADINGS[id]}".'
                    yield Finding(("heading", id), page, message, (f"#{id}",))
            elif id in part.site.every_fact and "names" not in id.split("."):
                anchor = part.site.facts.heading_of(id)
                if anchor in HEADINGS and anchor != heading:
                    message = f'"{id}" is below the heading "{heading}", not "{anchor}".'
                    record = part.site.facts.place_of(id)
                    yield Finding(("section", anchor), page, message, (f"#{heading}",), record)


def facts_read_as_recorded(part: Part) -> Findings:
    """A fact has its words, and no others, wherever it is shown; on its own page all that belongs to it, too."""
    for shown in part.shown:
        right, said = to_text(shown.fact), " / ".join(shown.words)
        if said != fold(right):
            yield shown.finding("words", f'"{shown.id}" should read "{right}", but reads "{said}".')
        elif shown.is_whole:
            together = [str(one.attributes.get("data-certainty") or "") for one in iter_ancestors(shown.node)]
            text = f"{shown.text} {' '.join(together)}".casefold()
            for lost in [beside for beside in shown.beside() if beside.casefold() not in text][:1]:
                yield shown.finding("beside", f'"{shown.id}" lacks "{lost}".')


def searches_have_their_day(part: Part) -> Findings:
    """The page of what was not found says once when we last searched; other facts say their own day."""
    for top, procedure in part.procedures.items():
        page, last = part.site.page_of(f"{top}.unknowns"), procedure.last_searched
        if format_day(last) not in " ".join(map(get_text, part.css(page, ".last-searched"))):
            yield Finding(("searched",), page, f"It does not say that we last searched on {format_day(last)}.")
    for shown in part.shown:
        fact, top = shown.fact, shown.id.split(".")[0]
        if shown.is_whole and isinstance(fact, NotKnown) and fact.reason == "searched" and fact.searched:
            once = shown.page == part.site.page_of(f"{top}.unknowns")
            is_said_there = once and fact.searched == part.site.facts.procedures[top].last_searched
            if not is_said_there and format_day(fact.searched) not in shown.text:
                message = f'"{shown.id}" does not say that we last searched on {format_day(fact.searched)}.'
                yield shown.finding("searched", message)


def facts_link_to_their_sources(part: Part) -> Findings:
    """Beside each fact is one mark, and the note it leads to names exactly its sources."""
    for shown in part.shown:
        cited = [*getattr(shown.fact, "sources", ())]
        marks = [mark for mark in shown.node.css(".sources a[href^='#note-']") if find_owner(mark) == shown.id]
        notes = [note for mark in marks for note in part.at(shown.page, str(mark.attributes["href"]))]
        found, wanted = _linked(notes), [citation.source for citation in cited]
        said = " ".join(map(get_text, notes))
        lost = [text for one in cited for text in (one.at, one.reporting) if text and fold(text) not in said]
        if found != wanted or len(marks) != bool(cited):
            links, right = ", ".join(found) or "no source", ", ".join(wanted) or "none"
            finding = shown.finding("sources", f'"{shown.id}" links to {links}, not to {right}.')
            yield finding if found else replace(finding, cause=("no source",))
        elif lost:
            yield shown.finding("citation", f'The sources of "{shown.id}" lack "{lost[0]}".')


def _linked(notes: list[LexborNode]) -> list[str]:
    """The ids of the sources to which the links in some notes lead."""
    links = (str(link.attributes["href"]) for note in notes for link in note.css("a"))
    return [link.rpartition("sources.html#")[2] for link in links]


def no_fact_is_unknown(part: Part) -> Findings:
    """No page shows a fact that is not in the data."""
    comparisons = part.comparisons.items()
    weighings = {f"{id}.weighing.{key}" for id, comparison in comparisons for key in comparison.weighing}
    for page, node in part.each("[data-fact]"):
        id = str(node.attributes["data-fact"])
        if id not in part.site.every_fact and id not in weighings:
            traces = (f'"{id}"', *list_traces(node))
            yield Finding(("unknown", traces[-1]), page, f'There is no fact "{id}" in the data.', traces)


def dangers_are_in_sight(part: Part) -> Findings:
    """A harm is under the heading of its weight or called serious, in nothing closed, and its signs are named."""
    for shown in part.shown:
        harm, id, around = shown.fact, shown.id, [*iter_ancestors(shown.node)]
        if not isinstance(harm, Harm):
            continue
        weights = {one.attributes["data-weight"] for one in around if "data-weight" in one.attributes}
        is_called = not harm.serious or any(find_owner(mark) == id for mark in shown.node.css(".seriousness"))
        if (weights != {harm.weight}) if shown.page == part.site.page_of(id) else not is_called:
            yield shown.finding("serious", f'"{id}" is not called serious.')
        if any(one.tag == "details" and "open" not in one.attributes for one in around):
            yield shown.finding("closed", f'The harm "{id}" is in a closed <details>.')
        links = [str(link.attributes["href"]) for link in shown.node.css("a[href*='#sign-']")]
        if shown.is_whole and [link.partition("#sign-")[2] for link in links] != harm.signs:
            yield shown.finding("signs", f'"{id}" does not link to its signs of danger.')


def short_pages_say_their_lines(part: Part) -> Findings:
    """A short page has every line that the data chooses for it, in their words, and no other, and every sign."""
    facts = part.site.facts
    for top in part.procedures:
        for page, lines in _lines(ShortPage(facts, top)).items():
            wanted: dict[str, list[str]] = defaultdict(list)
            found: dict[str, list[str]] = defaultdict(list)
            for line in lines:
                wanted[" ".join(line.facts)].append(fold(join(line.sentence)))
            for node in part.css(page, "[data-brief]"):
                found[str(node.attributes["data-brief"])].append(get_own_text(node))
            for ids in wanted | found:
                said, texts = wanted[ids], found[ids]
                lost = [one for one in said if not any(one in text for text in texts)]
                if lost := lost or [text for text in texts if not any(one in text for one in said)]:
                    there = bool(said and texts)
                    what = f'A line of "{ids}" should read "{" / ".join(said)}".'
                    message = what if there else f'The line of "{ids}" is missing, or should not be here.'
                    cause = ("line", lost[0] if there else "")
                    record = facts.place_of(ids.split()[0]) if said else None
                    yield Finding(cause, page, message, ("data-brief=",), record)
        for page in (f"procedures/{top}.html", f"take-along/{top}.html"):
            if {node.attributes["data-sign"] for node in part.css(page, "[data-sign]")} != {*facts.signs_of(top)}:
                yield Finding(("signs",), page, _SIGNS)


_SIGNS = "It lacks a sign of danger, or has one too many."


def _lines(short: ShortPage) -> dict[str, list[ShortLine]]:
    """The lines of a short page and of its detail pages, by page: the facts of each, and words that it has."""
    said = [line for _, line in short.bullets]
    counted: list[ShortLine] = []
    if short.facts.forms_of(short.id):
        said += [short.say(case.done) for case in short.cases.values() if case.done]
    else:
        harms = short.harms()
        counted = [
            ShortLine(harm.often, harm.facts) for harm in (*harms.counted, *harms.uncounted, *harms.not_seen)
        ]
        said += [line for _, lines in short.steps for line in lines]
        said += short.lines("results", "evidence", "expect", "not_for")
        said += [short.say(case.works) for case in short.cases.values() if case.works]
    pages = {f"procedures/{short.id}.html": said + counted}
    for detail in short.facts.details_of(short.id):
        said = [line for _, line in short.lines_of(detail.name)]
        if detail.name == "what-people-ask":
            said = [line for _, lines in short.asked.values() for line in lines]
        pages[f"procedures/{short.id}/{detail.name}.html"] = said + (counted if detail.name == "risks" else [])
    return pages


def other_briefs_read_as_recorded(part: Part) -> Findings:
    """A brief on any other page, where no list says which lines it has, is exactly that of one fact."""
    id, details = part.id, part.site.facts.details_of(part.id) if part.procedures else []
    listed = [f"procedures/{id}.html", f"comparisons/{id}.html"]
    listed += [f"procedures/{id}/{detail.name}.html" for detail in details]
    for page, node in part.each("[data-brief]"):
        fact = part.site.every_fact.get(str(node.attributes["data-brief"]))
        expected = fold(join(write_brief(fact))) if fact else ""
        if page not in listed and get_own_text(node) != expected:
            message = f'"{get_own_text(node)}" is not the brief of a fact.'
            yield Finding(("other brief", page), page, message, list_traces(node))


def signs_are_on_their_pages(part: Part) -> Findings:
    """A page shows the signs of danger that fit it, once, with words, level, contact and sources, and no other."""
    facts = part.site.facts
    pages: dict[str, list[str]] = defaultdict(list)
    for key in facts.signs_of(part.id) if part.procedures else ():
        pages[part.site.page_of(f"{part.id}.signs.{key}")].append(key)
    for page, keys in pages.items():
        nodes = part.css(page, "[data-sign]")
        found = [str(node.attributes["data-sign"]) for node in nodes]
        if sorted(found) != sorted(keys):
            wrong = ", ".join(sorted({*keys} ^ {*found}) or found)
            yield Finding(("signs",), page, f"{_SIGNS[:-1]}: {wrong}.")
            continue
        for key, node in zip(found, nodes, strict=True):
            for wrong in _wrong_with(part, page, key, node):
                message, record = f'The sign "{key}" {wrong}.', facts.place("signs", key)
                yield Finding(("sign", wrong), page, message, list_traces(node), record)


def _wrong_with(part: Part, page: str, key: str, node: LexborNode) -> Iterator[str]:
    """What is wrong with a sign, as words that follow its name."""
    facts, reasons = part.site.facts, part.css(page, f'[data-why="{key}"]')
    sign, here, child = facts.signs[key], facts.procedures[part.id].signs.get(key), facts.for_child(part.id)
    beside = [choose_notice(sign, child), sign.do, here.here if here else "", sign.when, sign.why]
    beside += [line.phone for line in facts.crisis_lines if sign.crisis_lines]
    text = "".join(get_own_text(one) for one in (node, *reasons))
    if lost := [words for words in beside if words and fold(words).rstrip(".") not in text]:
        yield f'lacks "{"; ".join(lost)}"'
    classes = {name for one in iter_ancestors(node) for name in str(one.attributes.get("class")).split()}
    if not {"urgency", sign.level} <= classes:
        yield f'is not among the signs of "{sign.level}"'
    done = write_contact(sign, facts.clinic, child)
    if _before(node) != fold(f"{join(done.lead)} if: {join(done.rest)}"):
        yield f'is not under "{done}"'
    marks = [mark for reason in reasons for mark in reason.css(".sources a.mark")]
    notes = [note for mark in marks for note in part.at(page, str(mark.attributes["href"]))]
    if {*_linked(notes)} != {citation.source for one in (sign, here) if one for citation in one.sources}:
        yield "does not link to exactly its sources"
    if node.attributes.get("id") != f"sign-{key}":
        yield "has no anchor"


def _before(node: LexborNode) -> str:
    """The heading over the list in which an entry is, and what is between the two."""
    said: list[str] = []
    before = node.parent and node.parent.prev
    while before is not None and before.tag != "ul":
        said.insert(0, get_text(before))
        before = before.prev if before.tag != "h4" else None
    return fold(" ".join(said))


def all_signs_are_listed(part: Part) -> Findings:
    """The page of all signs has each of them once, with whom to call, and each helpline."""
    page, facts = "signs.html", part.site.facts
    if page not in part.pages:
        return
    listed = [node.attributes["data-helpline"] for node in part.css(page, "[data-helpline]")]
    if listed != [*facts.helplines]:
        message = "It does not list each helpline once, in the order of the data."
        yield Finding(("helplines",), page, message)
    for key, sign in facts.signs.items():
        said = [get_own_text(node) for node in part.css(page, f'[data-sign="{key}"]')]
        if len(said) != 1 or fold(str(write_contact(sign, facts.clinic))) not in said[0]:
            yield Finding(("all signs",), page, f'It does not show the sign "{key}" once, and whom to call.')


def cells_answer_their_question(part: Part) -> Findings:
    """Each cell of a grid has the words and the facts of its option, and nothing else."""
    for id, comparison in part.comparisons.items():
        page, grid = f"comparisons/{id}.html", compare_options(comparison, part.site.facts)
        rows = (*grid.rows, *grid.with_and_without, *grid.harms, *grid.more_harms)
        for key, cell in ((row.key, cell) for row in rows for cell in row.once or row.cells):
            words = part.css(page, f'[data-row="{key}"] [data-option="{cell.option}"] [data-brief]')
            said = [(node.attributes["data-brief"], get_own_text(node)) for node in words]
            if said != [(" ".join(cell.facts), fold(join(cell.sentence)))]:
                message = f'The cell of "{key}" and "{cell.option}" should read "{join(cell.sentence)}".'
                record = part.site.facts.place(f"comparisons/{id}", "options")
                yield Finding(("cell",), page, message, ("data-option=",), record)


def claims_rest_on_their_facts(part: Part) -> Findings:
    """Each claim has its verdict, its answer and all the facts it rests on."""
    for key, claim in part.site.facts.claims.items() if "claims.html" in part.pages else ():
        nodes = part.css("claims.html", f'[data-claim="{key}"][data-verdict="{claim.verdict}"]')
        found = {node.attributes["data-fact"] for one in nodes for node in one.css("[data-fact]")}
        if not {*claim.facts} <= found or not any(fold(claim.says) in get_own_text(node) for node in nodes):
            message = f'The claim "{key}" lacks its verdict, its answer or a fact.'
            record = part.site.facts.place("claims", key)
            yield Finding(("claim",), "claims.html", message, ("data-claim=",), record)
