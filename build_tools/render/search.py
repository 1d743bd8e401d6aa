"""What the search page searches: pages under all their names, and the places on them with what they say."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator

from build_tools.load.facts import Facts
from build_tools.model.figure_text import capitalize, format_sentence, join, to_text, write_contact
from build_tools.model.short_page import ShortPage
from build_tools.records.entries import AnyFact, Figure
from build_tools.records.procedure import iter_facts
from build_tools.records.sections import HEADINGS, PAGES, VOCABULARY_OF_FIELD
from build_tools.records.words import Term
from build_tools.render.rendering import Page

Place = tuple[str, str, str, list[str], str]
"""A place on a page: its address, the section it is in, its heading, what it says, and more words to find it by.

A number would be misread without the people whom it is about, so a figure gives its words alone.
"""


def render_search_index(facts: Facts, pages: list[Page]) -> str:
    """A script that sets `searchIndex`: each page and each glossary word with its places, and what people type.

    The pages behind a procedure's short page are places of it.
    """
    entries = [
        {
            "url": page.path.removesuffix(".md") + ".html",
            "title": page.title,
            "summary": page.summary,
            "headings": " ".join(page.headings),
            "names": page.search_terms,
            "about": " ".join(_words_about(facts, page)),
            "places": list(_places(facts, page)),
        }
        for page in pages
        if page.path not in ("search.md", "infobutton.md") and page.path.count("/") < 2
    ]
    entries += [
        {
            "url": f"glossary.html#{id}",
            "title": f"{term.name} (word)",
            "summary": term.definition,
            "names": [term.plain, *term.synonyms],
        }
        for id, term in facts.terms()
    ]
    made = {
        "pages": [{field: value for field, value in entry.items() if value} for entry in entries],
        "typed": [one.model_dump(exclude_none=True) for one in facts.searches.values()],
    }
    return f"const searchIndex = {json.dumps(made, ensure_ascii=False, separators=(',', ':'))};\n"


def _words_about(facts: Facts, page: Page) -> Iterator[str]:
    """What a comparison is about; or the words, plain and medical, for all that a procedure's facts name."""
    folder, _, file = page.path.removesuffix(".md").rpartition("/")
    if folder == "comparisons" and file in facts.comparisons:
        yield facts.comparisons[file].about.says
        yield from (facts.procedures[option].names.name for option in facts.comparisons[file].options)
    if folder != "procedures" or file not in facts.procedures:
        return
    seen: dict[tuple[str, str], Term] = {}
    for _, fact in iter_facts(facts.procedures[file], file):
        for field in ("structure", "method", "condition"):  # a harm is a place of its own
            id, vocabulary = getattr(fact, field, ""), VOCABULARY_OF_FIELD[field]
            if term := facts.vocabulary[vocabulary].get(id):
                seen[vocabulary, id] = term
    for term in seen.values():
        yield from (term.name, term.plain, *term.synonyms)


def _places(facts: Facts, page: Page) -> Iterator[Place]:
    folder, _, id = page.path.removesuffix(".md").rpartition("/")
    if page.path == "signs.md":
        for key, sign in facts.signs.items():
            does = [str(write_contact(sign, facts.clinic)), sign.do or "", format_sentence(f"Why: {sign.why}")]
            said = " ".join(filter(None, does))
            yield f"signs.html#about-{key}", f"about-{key}", capitalize(sign.brief), [said], sign.notice
    if folder == "procedures" and id in facts.procedures:
        yield from _on_detail_pages(facts, id)


def _on_detail_pages(facts: Facts, id: str) -> Iterator[Place]:
    """Each heading of a procedure's detail pages, each harm, and each question that is answered there."""
    procedure = facts.procedures[id]
    said: dict[str, list[str]] = defaultdict(list)
    counted: dict[str, list[str]] = defaultdict(list)
    for fact_id, fact in iter_facts(procedure, id):
        _, field, key = [*fact_id.split("."), ""][:3]
        anchor = f"{id}.harms.{key}" if field == "harms" else facts.heading_of(fact_id)
        if isinstance(fact, Figure):
            counted[anchor].append(fact.counted)
        else:
            said[anchor].append(to_text(fact) + _second_hand(fact))

    def place(section: str, anchor: str, heading: str) -> Place:
        address = f"procedures/{id}/{PAGES[section]}.html#{anchor}"
        more = _words(counted[anchor]) - _words(said[anchor])
        return address, section, heading, said[anchor], " ".join(sorted(more))

    for key, harm in procedure.harms.items():
        anchor, effect = f"{id}.harms.{key}", facts.vocabulary["effects"].get(harm.effect)
        more = {"How long it lasts": harm.lasts, "What can be done": harm.what_is_done}
        said[anchor] += [f"{label}: {text}{_second_hand(harm)}" for label, text in more.items() if text]
        counted[anchor] += [effect.name, effect.plain, *effect.synonyms] if effect else []
        yield place(facts.heading_of(anchor), anchor, capitalize(facts.harm_name(harm)))
    for key, (ask, lines) in ShortPage(facts, id).asked.items():
        if lines:
            answer = " ".join(join(line.sentence) for line in lines)
            yield f"procedures/{id}/what-people-ask.html#{key}", key, ask, [answer], ""
    for one in facts.sections_of(id):
        for anchor in (one.anchor, *(field.anchor for field in one.fields if field.heading)):
            yield place(anchor, anchor, HEADINGS[anchor])


def _second_hand(fact: AnyFact) -> str:
    return " (second-hand)" if any(cited.reporting for cited in getattr(fact, "sources", ())) else ""


def _words(texts: list[str]) -> set[str]:
    return {word for text in texts for word in re.findall(r"[^\W\d_]{3,}", text.lower())}
