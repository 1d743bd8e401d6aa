"""Rules for the words of facts: they fit their field, are short, and are defined once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from build_tools.check.references import iter_pages
from build_tools.load.facts import Facts
from build_tools.load.yaml_reader import Steps
from build_tools.prose.glossary import match_any, stem_words
from build_tools.prose.prose import split_sentences
from build_tools.records.entries import Statement
from build_tools.records.problems import Problem, Problems
from build_tools.records.procedure import Imaging
from build_tools.records.sections import VOCABULARY_OF_FIELD


def entry_words_fit_their_text(facts: Facts, today: date) -> Problems:
    """If a text names methods or harms, the word of its entry is one of them.

    The word of an entry under "imaging" is the first imaging that its text names.
    """
    for field in ("imaging", "effect", "method"):
        terms, ids_by_form = facts.vocabulary[VOCABULARY_OF_FIELD[field]], defaultdict[str, set[str]](set)
        for id, term in terms.items():
            for form in (term.plain, *term.names):
                ids_by_form[form.lower()].add(id)
        forms = ids_by_form.items() if field == "method" else ()
        everyday = {form for form, ids in forms if not any(terms[id].access for id in ids)}
        pattern = re.compile(rf"(?<![\w-]){match_any(ids_by_form)}(?![\w-])", re.IGNORECASE)
        for id, fact in facts.facts_of_kind(Statement):
            word = vars(fact).get(field)
            if word not in terms:
                continue
            named = [form.lower() for form in pattern.findall(fact.says) if form.lower() not in everyday]
            own_words = " ".join((terms[word].plain, *terms[word].names)).lower()
            named = named[:1] if field == "imaging" else named
            fits = any(word in ids_by_form[form] or form in own_words for form in named)
            unnamed = field == "imaging" and not named and not stem_words(own_words) & stem_words(fact.says)
            if unnamed or (named and not fits):
                mentioned = f'"{min(named)}"' if named else "no imaging"
                message = f'The text mentions {mentioned}, but the entry names "{word}".'
                yield Problem(facts.place_of(id, field), message, f"Write the {field} that the text is about.")


_ROLE_WORDS = {
    "plans": r"\b(before|beforehand|first|plans?|planning)\b",
    "checks": r"\b(after|afterwards|checks?)\b",
}
"""Words of time that a text about imaging needs, by its role; imaging that guides needs none."""


def imaging_roles_fit_their_text(facts: Facts, today: date) -> Problems:
    """A text about imaging that plans or checks says when that is done.

    A key that ends in a role, such as "x-ray-plans", ends in the role of its entry.
    """
    for id, fact in facts.facts_of_kind(Imaging):
        ending = id.rpartition("-")[2]
        if ending in ("plans", "guides", "checks") and ending != fact.role:
            message = f'The key says that it {ending}, but the role is "{fact.role}".'
            hint = "Look it up in the source, and write the role that it says."
            yield Problem(facts.place_of(id, "role"), message, hint)
        elif fact.role in _ROLE_WORDS and not re.search(_ROLE_WORDS[fact.role], fact.says.lower()):
            message = f'The role is "{fact.role}", but the text does not say when that is.'
            hint = "Say before or after what it is done; imaging during the procedure guides."
            yield Problem(facts.place_of(id, "role"), message, hint)


def words_are_defined_once(facts: Facts, today: date) -> Problems:
    """Each medical word and id is in one vocabulary only, so the glossary has one entry for it."""
    seen: dict[str, str] = {}
    for vocabulary, id, steps, word in _iter_words(facts):
        home = f"{vocabulary}.yml: {id}"
        if seen.setdefault(word.lower(), home) != home:
            message = f'"{word.lower()}" is defined twice; the other place is {seen[word.lower()]}.'
            hint = "Keep one of the two, and put other forms of the word under its synonyms."
            yield Problem(facts.place(f"vocabulary/{vocabulary}", id, *steps), message, hint)


def _iter_words(facts: Facts) -> Iterator[tuple[str, str, Steps, str]]:
    """Each id, name, and synonym: its vocabulary, its entry, the path there, and the word."""
    for vocabulary, terms in facts.vocabulary.items():
        for id, term in terms.items():
            if id != term.name.lower():
                yield vocabulary, id, (), id
            yield vocabulary, id, ("name",), term.name
            yield from ((vocabulary, id, ("synonyms", at), word) for at, word in enumerate(term.synonyms))


_EVERYDAY = "act block catheter contrast cut form lead mean means patient root sound stage trial".split()


def words_are_unambiguous(facts: Facts, today: date) -> Problems:
    """No name or synonym in the glossary, which finds words by their spelling, also has an everyday meaning."""
    for vocabulary, id, steps, word in _iter_words(facts):
        exempt = facts.vocabulary[vocabulary][id].everyday or word.isupper()
        if steps and word.lower() in _EVERYDAY and not exempt:
            message = f'"{word}" is an everyday English word too, and would be explained wherever it is used.'
            hint = 'Use a longer name that has one meaning only, such as "mean value".'
            yield Problem(facts.place(f"vocabulary/{vocabulary}", id, *steps), message, hint)


def main_messages_are_short(facts: Facts, today: date) -> Problems:
    """A summary is one sentence, and each half of a main message has at most 35 words (CCI-1)."""
    hint = "Keep what a reader must know first, and move everything else below."
    for id, procedure in facts.procedures.items():
        number = len(split_sentences(procedure.summary.says))
        if number > 1:
            message = f'"summary" has {number} sentences; it can have 1.'
            yield Problem(facts.place_of(id, "summary", "says"), message, hint)
    for id, page in iter_pages(facts):
        for half in ("helps", "harms"):
            number = len(getattr(page.main_message, half).says.split())
            if number > 35:
                message = f'"{half}" in the main message has {number} words; it can have 35.'
                yield Problem(facts.place_of(id, "main_message", half, "says"), message, hint)


def main_messages_cite_their_page(facts: Facts, today: date) -> Problems:
    """Each half of a main message cites a source of the page's own benefits or harms."""
    for id, procedure in facts.procedures.items():
        figures = [figure for harm in procedure.harms.values() for figure in harm.how_often.values()]
        for half, field, entries in (
            ("helps", "benefits", (*procedure.benefits.values(), *procedure.relief_lasts.values())),
            ("harms", "harms", (*procedure.harms.values(), *figures)),
        ):
            cited = {citation.source for fact in entries for citation in getattr(fact, "sources", ())}
            if cited.isdisjoint(citation.source for citation in getattr(procedure.main_message, half).sources):
                message = f'"{half}" in the main message names no source of the facts under "{field}".'
                hint = f'Say in it what a fact under "{field}" says, and name that fact\'s source.'
                yield Problem(facts.place_of(id, "main_message", half, "sources"), message, hint)


def shared_names_are_explained(facts: Facts, today: date) -> Problems:
    """If two procedures share a name, both pages say how they differ (INV-8)."""
    owners: dict[str, set[str]] = defaultdict(set)
    for id, procedure in facts.procedures.items():
        for name in (procedure.names.name, *procedure.names.also_called):
            owners[name.lower()].add(id)
    for name, ids in owners.items():
        for id in ids if len(ids) > 1 else ():
            if not facts.procedures[id].names.same_name:
                others = ", ".join(sorted(ids - {id}))
                message = f'"{name}" is also a name of {others}, and this page does not say so.'
                hint = 'Add an entry under "same_name" that says how they differ.'
                yield Problem(facts.place_of(id, "names"), message, hint)
