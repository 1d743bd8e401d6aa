"""Every fact of the data is on its page, once, in order, with its own words and sources; and no other fact is.

The expected words come from the records and from `figure_text`, which words facts for every format; snapshots and
unit tests prove those. Labels that templates add between the words are not looked at.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

from selectolax.lexbor import LexborHTMLParser, LexborNode

from build_tools.load.detail_order import best_first, results
from build_tools.model.comparison import compare_options
from build_tools.model.figure_text import contact, context, join, notice, plain, sentences
from build_tools.model.short_page import Said, ShortPage
from build_tools.records.entries import AnyFact, Figure, NotKnown
from build_tools.records.problems import Place
from build_tools.records.procedure import Harm, entries, facts_of, main_messages
from build_tools.records.sections import HEADINGS
from build_tools.records.signs import Sign
from build_tools.render.templates import day
from build_tools.verify.built_site import BuiltSite, Findings, fold, owner, text_of
from build_tools.verify.origins import Finding, traces_of


class Shown:
    """The facts by id, and the elements that show them by page and id."""

    def __init__(self, site: BuiltSite) -> None:
        facts = site.facts
        self.site = site
        self.facts: dict[str, AnyFact] = dict(facts.all())
        for id, comparison in facts.comparisons.items():
            self.facts |= {**dict(main_messages(comparison, id)), f"{id}.about": comparison.about}
        self.weighings = {
            f"{id}.weighing.{key}" for id, comparison in facts.comparisons.items() for key in comparison.weighing
        }
        self.nodes: dict[str, dict[str, list[LexborNode]]] = {}
        for page, parser in site.pages.items():
            found = self.nodes[page] = defaultdict(list)
            for node in parser.css("[data-fact]"):
                found[str(node.attributes["data-fact"])].append(node)

    def own(self, id: str) -> list[LexborNode]:
        """The elements that bear the fact's anchor on its own page."""
        return [node for node in self.nodes.get(self.page(id), {}).get(id, []) if node.attributes.get("id") == id]

    def page(self, id: str) -> str:
        """The page of a fact."""
        return self.site.facts.page_of(id).replace(".md", ".html")

    def record(self, id: str) -> Place:
        """Where a fact is in the data."""
        return self.site.facts.place_of(id)

    def everywhere(self) -> Iterator[tuple[str, str, LexborNode]]:
        """Each element that shows a fact of the data, with its page and id."""
        for page, found in self.nodes.items():
            for id, nodes in found.items():
                yield from ((page, id, node) for node in nodes if id in self.facts)

    def finding(self, rule: str, page: str, id: str, node: LexborNode, message: str, hint: str = "") -> Finding:
        """A finding at an element; those at elements of the same template line have the same cause."""
        traces = traces_of(node.html or "")
        return Finding((rule, traces[-1]), page, message, hint, traces, self.record(id))


def facts_are_on_their_page(shown: Shown) -> Findings:
    """Each fact is on its own page once with its anchor. Figures of a missing harm are missing with it."""
    missing: dict[str, str] = {}
    present: set[str] = set()
    for id in shown.facts:
        page, nodes = shown.page(id), shown.own(id)
        field = id.split(".")[1] if page.startswith("procedures/") else id
        if len(nodes) > 1:
            message = f'The fact "{id}" is on its page {len(nodes)} times with its anchor.'
            yield shown.finding("twice", page, id, nodes[1], message, "All but one show it without its anchor.")
        if nodes:
            present.add(field)
        elif page in shown.nodes and id.rpartition(".")[0] not in missing:
            missing[id] = field
    lost = ", ".join(dict.fromkeys(field for field in missing.values() if field not in present))
    for id, field in missing.items():
        what = f'The fact "{id}" is not' if field in present else f'No fact of "{lost}" is'
        message = f"{what} on its page with its anchor."
        yield Finding(("lost", str(field in present)), shown.page(id), message, record=shown.record(id))


def facts_are_in_order(shown: Shown) -> Findings:
    """The facts of each field are in the order of the data, results and harms in that of `detail_order`."""
    for top, procedure in shown.site.facts.procedures.items():
        expected: dict[str, list[str]] = defaultdict(list)
        for id, _ in facts_of(procedure, top):
            expected[id.split(".")[1]].append(id)
        for field in ("benefits", "relief_lasts"):
            groups = results(entries(procedure, field), field == "benefits")
            expected[field] = [f"{top}.{field}.{key}" for group in groups for key, _ in group.facts]
        del expected["harms"]
        for heading in ("harms", "new-pain", "side-effects"):
            for harms in shown.site.facts.harms_below(top, heading).values():
                for key, harm in harms.items():
                    own, studies = f"{top}.harms.{key}", best_first(harm.how_often, harm.lead)
                    expected[f"below {heading}"] += [own, *(f"{own}.{study}" for study, _ in studies)]
        for ids in expected.values():
            parser = shown.site.pages.get(page := shown.page(ids[0]))
            found = [str(node.attributes["id"]) for node in parser.css("[data-fact][id]")] if parser else []
            right = [id for id in ids if id in found]
            actual = list(dict.fromkeys(id for id in found if id in right))
            if wrong := next((pair for pair in zip(actual, right, strict=True) if pair[0] != pair[1]), None):
                message = f'"{wrong[0]}" comes before "{wrong[1]}".'
                hint = "The page has the order of the data, and the best study first."
                yield Finding(("order",), page, message, hint, record=shown.record(wrong[0]))


def facts_are_in_their_section(shown: Shown) -> Findings:
    """On its own page each fact is below the heading of its field, and that heading is the one of the list."""
    for page in (page for page in shown.site.made if page.count("/") == 2):
        parser, heading = shown.site.pages.get(page), ""
        for node in parser.css("h2[id], h3[id], [data-fact][id]") if parser else ():
            id = str(node.attributes["id"])
            if "data-fact" not in node.attributes:
                heading, said = id, text_of(node)
                if said != HEADINGS.get(id, said):
                    message = f'The heading "{id}" reads "{said}", not "{HEADINGS[id]}".'
                    yield Finding(("heading", id), page, message, traces=(f"#{id}",))
            elif id in shown.facts and (anchor := _heading(shown, id) or heading) != heading:
                message = f'"{id}" is below the heading "{heading}", not "{anchor}".'
                yield Finding(("section", anchor), page, message, "", (f"#{heading}",), shown.record(id))


def _heading(shown: Shown, id: str) -> str:
    anchor = shown.site.facts.heading_of(id)
    return anchor if anchor in HEADINGS and "names" not in id.split(".") else ""


def facts_read_as_recorded(shown: Shown) -> Findings:
    """A fact has its words, and no others, wherever it is shown; on its own page all that belongs to it, too."""
    for page, id, node in shown.everywhere():
        fact = shown.facts[id]
        said = [_own_text(words) for words in node.css(".words") if owner(words) == id]
        segments = [segment for sentence in sentences(fact) for segment in sentence]
        unlabeled = [fold(segment.text) for segment in segments if segment.kind != "label"]
        exact = len(unlabeled) == len(segments)
        if len(said) != 1 or (said[0] != fold(plain(fact)) if exact else not said[0].endswith(unlabeled[-1])):
            message = f'"{id}" should read "{plain(fact)}", but reads "{" / ".join(said)}".'
            yield shown.finding("words", page, id, node, message)
        elif node.attributes.get("id") == id and page == shown.page(id):
            together = [str(above.attributes.get("data-certainty") or "") for above in _above(node)]
            text = f"{_own_text(node)} {' '.join(together)}".casefold()
            if lost := next(
                (beside for beside in _beside(shown, fact) if fold(beside).casefold() not in text), ""
            ):
                yield shown.finding("beside", page, id, node, f'"{id}" lacks "{lost}".')


def _beside(shown: Shown, fact: AnyFact) -> Iterator[str]:
    """What must be beside the words of a fact on its own page."""
    if isinstance(fact, Figure):
        yield from (detail.text for detail in context(fact))
    elif isinstance(fact, Harm):
        yield shown.site.facts.harm_name(fact)
        yield from filter(None, (fact.lasts, fact.can_be_undone, fact.what_is_done))


def _own_text(node: LexborNode) -> str:
    """A node's own text: without explanations of words, and without other facts inside it."""
    return _own_text_in(node.html or "")


@lru_cache(maxsize=20_000)  # several rules ask for the same
def _own_text_in(html: str) -> str:
    parser = LexborHTMLParser(html)
    for unread in parser.css(".gloss, [data-fact] [data-fact]"):
        unread.decompose()
    return text_of(parser.body)


def texts_around(shown: Shown) -> Iterator[tuple[str, str]]:
    """The page, and what its template puts around the words of a fact."""
    for page, id, node in shown.everywhere():
        text = _own_text(node)
        said = [_own_text(words) for words in node.css(".words") if owner(words) == id]
        for piece in sorted((*said, *map(fold, _beside(shown, shown.facts[id]))), key=len, reverse=True):
            text = text.replace(piece, "", 1)
        yield page, fold(re.sub(r"\[\d+\]", "", text))


def searches_have_their_day(shown: Shown) -> Findings:
    """The page of what was not found says once when we last searched; other facts say their own day."""
    for top, procedure in shown.site.facts.procedures.items():
        parser = shown.site.pages.get(page := shown.page(f"{top}.unknowns"))
        once, last = parser.css_first(".last-searched") if parser else None, procedure.last_searched
        if parser and day(last) not in (text_of(once) if once else ""):
            yield Finding(("searched",), page, f"It does not say that we last searched on {day(last)}.")
        for id, fact in facts_of(procedure, top):
            if not isinstance(fact, NotKnown) or fact.reason != "searched" or not fact.searched:
                continue
            if shown.page(id) != page or fact.searched != last:
                for node in shown.own(id):
                    if day(fact.searched) not in _own_text(node):
                        message = f'"{id}" does not say that we last searched on {day(fact.searched)}.'
                        yield shown.finding("searched", shown.page(id), id, node, message)


def facts_link_to_their_sources(shown: Shown) -> Findings:
    """Beside each fact is one mark, and the note it leads to names exactly its sources."""
    for page, id, node in shown.everywhere():
        fact = shown.facts[id]
        cited = [*getattr(fact, "sources", ())]
        marks = [mark for mark in node.css(".sources a[href^='#note-']") if owner(mark) == id]
        notes = [shown.site.pages[page].css_first(str(mark.attributes["href"])) for mark in marks]
        links = [str(link.attributes["href"]) for note in notes if note for link in note.css("a")]
        found = [link.rpartition("sources.html#")[2] for link in links]
        wanted = [citation.source for citation in cited]
        beside = [text for one in cited for text in (one.at, one.reporting) if text]
        said = " ".join(text_of(note) for note in notes)
        if found != wanted or len(marks) != bool(cited):
            message = f'"{id}" links to {", ".join(found) or "no source"}, not to {", ".join(wanted) or "none"}.'
            finding = shown.finding("sources", page, id, node, message)
            yield finding if found else Finding(("no source",), page, message, "", finding.traces, finding.record)
        elif lost := next((text for text in beside if fold(text) not in said), None):
            yield shown.finding("citation", page, id, node, f'The sources of "{id}" lack "{lost}".')


def no_fact_is_unknown(shown: Shown) -> Findings:
    """No page shows a fact that is not in the data."""
    for page, found in shown.nodes.items():
        for id in found.keys() - shown.facts.keys() - shown.weighings:
            traces = (f'"{id}"', *traces_of(found[id][0].html or ""))
            yield Finding(("unknown", traces[-1]), page, f'There is no fact "{id}" in the data.', "", traces)


def dangers_are_in_sight(shown: Shown) -> Findings:
    """A harm is under the heading of its weight or called serious, in nothing closed, and its signs are named."""
    for page, id, node in shown.everywhere():
        fact = shown.facts[id]
        if isinstance(fact, Harm):
            weights = {above.attributes.get("data-weight") for above in _above(node)} - {None}
            is_called = not fact.serious or any(owner(mark) == id for mark in node.css(".seriousness"))
            if (weights != {fact.weight}) if page == shown.page(id) else not is_called:
                yield shown.finding("serious", page, id, node, f'"{id}" is not called serious.')
            if any(above.tag == "details" and "open" not in above.attributes for above in _above(node)):
                yield shown.finding("closed", page, id, node, f'The harm "{id}" is in a closed <details>.')
        if isinstance(fact, Harm) and node.attributes.get("id") == id and page == shown.page(id):
            links = [str(link.attributes["href"]) for link in node.css("a[href*='#sign-']")]
            if [link.partition("#")[2] for link in links] != [f"sign-{sign}" for sign in fact.signs]:
                yield shown.finding("signs", page, id, node, f'"{id}" does not link to its signs of danger.')


def short_pages_say_their_lines(shown: Shown) -> Findings:
    """A short page has every line that the data chooses for it, in their words, and no other, and every sign."""
    facts = shown.site.facts
    for top in facts.procedures:
        for page, lines in _lines(ShortPage(facts, top)).items():
            parser = shown.site.pages.get(page)
            nodes = parser.css("[data-brief]") if parser else []
            found = [(str(node.attributes["data-brief"]), _own_text(node)) for node in nodes]
            for ids in sorted({ids for ids, _ in lines} ^ {ids for ids, _ in found}) if parser else ():
                message = f'The line of "{ids}" is missing, or should not be here.'
                yield Finding(("lines",), page, message, "", ("data-brief=",), shown.record(ids.split()[0]))
            for ids in dict.fromkeys(ids for ids, _ in found):
                wanted = [said for other, said in lines if other == ids]
                texts = [text for other, text in found if other == ids]
                if lost := [said for said in wanted if not any(said in text for text in texts)] or (
                    wanted and [text for text in texts if not any(said in text for said in wanted)]
                ):
                    message = f'A line of "{ids}" should read "{" / ".join(wanted)}".'
                    record = shown.record(ids.split()[0])
                    yield Finding(("line", lost[0]), page, message, "", ("data-brief=",), record)
        for page in (f"procedures/{top}.html", f"take-along/{top}.html"):
            parser = shown.site.pages.get(page)
            marked = {str(node.attributes["data-sign"]) for node in parser.css("[data-sign]")} if parser else set()
            if parser and marked != set(facts.signs_of(top)):
                yield Finding(("signs",), page, "It lacks a sign of danger, or has one too many.")


def _lines(short: ShortPage) -> dict[str, list[tuple[str, str]]]:
    """The lines of a short page and of its detail pages, by page: the facts of each, and words that it has."""
    said = [line for _, line in short.bullets] + [line for _, lines in short.steps for line in lines]
    if short.facts.forms_of(short.id):
        said = [line for _, line in short.bullets] + [
            short.say(case.done) for case in short.cases.values() if case.done
        ]
    else:
        said += short.lines("results", "evidence", "expect", "not_for")
        said += [short.say(case.works) for case in short.cases.values() if case.works]
    harms = [] if short.facts.forms_of(short.id) else _harm_lines(short)
    pages = {f"procedures/{short.id}.html": [*map(_line, said), *harms]}
    for detail in short.facts.details_of(short.id):
        said = [line for _, line in short.lines_of(detail.name)]
        if detail.name == "what-people-ask":
            said = [line for _, lines in short.asked.values() for line in lines]
        found = pages[f"procedures/{short.id}/{detail.name}.html"] = [*map(_line, said)]
        found += harms if detail.name == "risks" else []
    return pages


def _line(said: Said) -> tuple[str, str]:
    return " ".join(said.facts), fold(join(said.sentence))


def _harm_lines(short: ShortPage) -> list[tuple[str, str]]:
    harms = short.harms()
    return [
        (" ".join(harm.facts), fold(join(harm.often)))
        for harm in (*harms.counted, *harms.uncounted, *harms.not_seen)
    ]


def signs_are_on_their_pages(shown: Shown) -> Findings:
    """A page shows the signs of danger that fit it, once, with words, level, contact and sources, and no other."""
    facts = shown.site.facts
    for top, procedure in facts.procedures.items():
        signs, child = facts.signs_of(top), facts.for_child(top)
        pages: dict[str, dict[str, Sign]] = {}
        for key, sign in signs.items():
            pages.setdefault(shown.page(f"{top}.signs.{key}"), {})[key] = sign
        for page, here_shown in pages.items():
            parser = shown.site.pages.get(page)
            nodes = parser.css("[data-sign]") if parser else []
            found = [str(node.attributes["data-sign"]) for node in nodes]
            if parser and sorted(found) != sorted(here_shown):
                wrong = ", ".join(sorted(here_shown.keys() ^ set(found)) or found)
                yield Finding(
                    ("signs",), page, f"It lacks a sign of danger, or has one too many: {wrong}.", record=None
                )
                continue
            for key, node in zip(found, nodes, strict=True):
                sign, here = signs[key], procedure.signs.get(key)
                above = {name for one in _above(node) for name in str(one.attributes.get("class")).split()}
                done = contact(sign, facts.clinic, child)
                beside = [notice(sign, child), sign.do, here.here if here else "", sign.when, sign.why]
                beside += [line.phone for line in facts.crisis_lines if sign.crisis_lines]
                reason = parser.css_first(f'[data-why="{key}"]') if parser else None
                heading, text = _before(node), _own_text(node) + (_own_text(reason) if reason else "")
                cited = {citation.source for one in (sign, here) if one for citation in one.sources}
                links = {
                    str(link.attributes["href"]).rpartition("#")[2]
                    for mark in (reason.css(".sources a.mark") if reason else ())
                    for link in (parser.css(f"{mark.attributes['href']} a") if parser else ())
                }
                lost = [part for part in filter(None, beside) if fold(part).rstrip(".") not in text]
                for is_wrong, what in (
                    (lost, f'lacks "{"; ".join(lost)}"'),
                    (not {"urgency", sign.level} <= above, f'is not among the signs of "{sign.level}"'),
                    (fold(f"{join(done.lead)} if: {join(done.rest)}") != heading, f'is not under "{done}"'),
                    (links != cited, "does not link to exactly its sources"),
                    (node.attributes.get("id") != f"sign-{key}", "has no anchor"),
                ):
                    if is_wrong:
                        record = facts.place("signs", key)
                        traces = traces_of(node.html or "")
                        yield Finding(("sign", what), page, f'The sign "{key}" {what}.', "", traces, record)
    yield from _every_sign(shown)


def _every_sign(shown: Shown) -> Findings:
    """The page of all signs has each of them once."""
    parser = shown.site.pages.get(page := "signs.html")
    found = [str(node.attributes["data-sign"]) for node in parser.css("[data-sign]")] if parser else []
    listed = [str(node.attributes["data-helpline"]) for node in parser.css("[data-helpline]")] if parser else []
    if parser and listed != list(shown.site.facts.helplines):
        yield Finding(("helplines",), page, "It does not list each helpline once, in the order of the data.")
    for key, sign in shown.site.facts.signs.items():
        node = parser.css_first(f'[data-sign="{key}"]') if parser else None
        done = str(contact(sign, shown.site.facts.clinic))
        if found.count(key) != 1 or node is None or fold(done) not in _own_text(node):
            yield Finding(("all signs",), page, f'It does not show the sign "{key}" once, and whom to call.')


def _before(node: LexborNode) -> str:
    """The heading over the list in which an entry is, and what is between the two."""
    said: list[str] = []
    before = node.parent.prev if node.parent else None
    while before is not None and before.tag != "ul":
        said.insert(0, text_of(before))
        if before.tag == "h4":
            break
        before = before.prev
    return fold(" ".join(filter(None, said)))


def _above(node: LexborNode) -> Iterator[LexborNode]:
    above = node.parent
    while above is not None:
        yield above
        above = above.parent


def cells_answer_their_question(shown: Shown) -> Findings:
    """Each cell of a grid has the words and the facts of its option, and nothing else."""
    facts = shown.site.facts
    for id, comparison in facts.comparisons.items():
        parser = shown.site.pages.get(page := f"comparisons/{id}.html")
        grid = compare_options(comparison, facts)
        rows = (*grid.rows, *grid.with_and_without, *grid.harms, *grid.more_harms)
        for row in rows if parser else ():
            for cell in row.once or row.cells:
                node = parser and parser.css_first(f'[data-row="{row.key}"] [data-option="{cell.option}"]')
                words = node.css_first("[data-brief]") if node else None
                said = (words.attributes["data-brief"], _own_text(words)) if words else None
                if said != (" ".join(cell.facts), fold(join(cell.sentence))):
                    message = f'The cell of "{row.key}" and "{cell.option}" should read "{join(cell.sentence)}".'
                    record = facts.place(f"comparisons/{id}", "options")
                    yield Finding(("cell",), page, message, "", ("data-option=",), record)


def claims_rest_on_their_facts(shown: Shown) -> Findings:
    """Each claim has its verdict, its answer and all the facts it rests on."""
    page = "claims.html"
    for key, claim in shown.site.facts.claims.items() if page in shown.site.pages else ():
        node = shown.site.pages[page].css_first(f'[data-claim="{key}"][data-verdict="{claim.verdict}"]')
        found = {str(fact.attributes["data-fact"]) for fact in node.css("[data-fact]")} if node else set()
        if node is None or not set(claim.facts) <= found or fold(claim.says) not in _own_text(node):
            message = f'The claim "{key}" lacks its verdict, its answer or a fact.'
            yield Finding(("claim",), page, message, "", ("data-claim=",), shown.site.facts.place("claims", key))


RULES = (
    facts_are_on_their_page,
    facts_are_in_order,
    facts_are_in_their_section,
    facts_read_as_recorded,
    searches_have_their_day,
    facts_link_to_their_sources,
    no_fact_is_unknown,
    dangers_are_in_sight,
    short_pages_say_their_lines,
    signs_are_on_their_pages,
    cells_answer_their_question,
    claims_rest_on_their_facts,
)


def facts_on_pages(shown: Shown) -> Findings:
    """All that is wrong with the facts on the pages of a site."""
    for rule in RULES:
        yield from rule(shown)
