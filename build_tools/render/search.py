"""The search index: pages by all their names, and sections of pages by their text."""

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

Section = tuple[str, str, str, list[str], str]
"""A part of a page: its address, its section, its heading, its texts, and more search words.

A number would be misread without the people whom it is about, so a figure adds only its words.
"""


def render_search_index(facts: Facts, pages: list[Page]) -> str:
    """A script that sets `searchIndex`: pages and glossary words with their sections, and words that people type.

    The detail pages of a procedure are sections of its short page.
    """
    entries = [
        {
            "url": page.path.removesuffix(".md") + ".html",
            "title": page.title,
            "summary": page.summary,
            "headings": " ".join(page.headings),
            "names": page.search_terms,
            "about": " ".join(_list_words(facts, page)),
            "places": list(_list_sections(facts, page)),
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
    index = {
        "pages": [{field: value for field, value in entry.items() if value} for entry in entries],
        "typed": [search.model_dump(exclude_none=True) for search in facts.searches.values()],
    }
    return f"const searchIndex = {json.dumps(index, ensure_ascii=False, separators=(',', ':'))};\n"


def _list_words(facts: Facts, page: Page) -> Iterator[str]:
    """The subject and the options of a comparison, or the words for everything that a procedure's facts name."""
    folder, _, file = page.path.removesuffix(".md").rpartition("/")
    if folder == "comparisons" and file in facts.comparisons:
        yield facts.comparisons[file].about.says
        yield from (facts.procedures[option].names.name for option in facts.comparisons[file].options)
    if folder != "procedures" or file not in facts.procedures:
        return
    terms: dict[tuple[str, str], Term] = {}
    for _, fact in iter_facts(facts.procedures[file], file):
        for field in ("structure", "method", "condition"):  # a harm is a section of its own
            id, vocabulary = getattr(fact, field, ""), VOCABULARY_OF_FIELD[field]
            if term := facts.vocabulary[vocabulary].get(id):
                terms[vocabulary, id] = term
    for term in terms.values():
        yield from (term.name, term.plain, *term.synonyms)


def _list_sections(facts: Facts, page: Page) -> Iterator[Section]:
    folder, _, id = page.path.removesuffix(".md").rpartition("/")
    if page.path == "signs.md":
        for key, sign in facts.signs.items():
            steps = [str(write_contact(sign, facts.clinic)), sign.do or "", format_sentence(f"Why: {sign.why}")]
            text = " ".join(filter(None, steps))
            yield f"signs.html#about-{key}", f"about-{key}", capitalize(sign.brief), [text], sign.notice
    if folder == "procedures" and id in facts.procedures:
        yield from _list_detail_sections(facts, id)


def _list_detail_sections(facts: Facts, id: str) -> Iterator[Section]:
    """Each heading, each harm and each answered question on the detail pages of a procedure."""
    procedure = facts.procedures[id]
    texts: dict[str, list[str]] = defaultdict(list)
    search_words: dict[str, list[str]] = defaultdict(list)
    for fact_id, fact in iter_facts(procedure, id):
        _, field, key = [*fact_id.split("."), ""][:3]
        anchor = f"{id}.harms.{key}" if field == "harms" else facts.heading_of(fact_id)
        if isinstance(fact, Figure):
            search_words[anchor].append(fact.counted)
        else:
            texts[anchor].append(to_text(fact) + _mark_second_hand(fact))

    def build(section: str, anchor: str, heading: str) -> Section:
        address = f"procedures/{id}/{PAGES[section]}.html#{anchor}"
        more = _split_words(search_words[anchor]) - _split_words(texts[anchor])
        return address, section, heading, texts[anchor], " ".join(sorted(more))

    for key, harm in procedure.harms.items():
        anchor, effect = f"{id}.harms.{key}", facts.vocabulary["effects"].get(harm.effect)
        details = {"How long it lasts": harm.lasts, "What can be done": harm.what_is_done}
        texts[anchor] += [f"{label}: {text}{_mark_second_hand(harm)}" for label, text in details.items() if text]
        search_words[anchor] += [effect.name, effect.plain, *effect.synonyms] if effect else []
        yield build(facts.heading_of(anchor), anchor, capitalize(facts.harm_name(harm)))
    for key, (question, lines) in ShortPage(facts, id).asked.items():
        if lines:
            answer = " ".join(join(line.sentence) for line in lines)
            yield f"procedures/{id}/what-people-ask.html#{key}", key, question, [answer], ""
    for section in facts.sections_of(id):
        for anchor in (section.anchor, *(field.anchor for field in section.fields if field.heading)):
            yield build(anchor, anchor, HEADINGS[anchor])


def _mark_second_hand(fact: AnyFact) -> str:
    return " (second-hand)" if any(citation.reporting for citation in getattr(fact, "sources", ())) else ""


def _split_words(texts: list[str]) -> set[str]:
    return {word for text in texts for word in re.findall(r"[^\W\d_]{3,}", text.lower())}
