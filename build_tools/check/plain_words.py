"""Rules for the words of facts: they fit their field, are short, and have one home."""

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


def words_fit_their_text(facts: Facts, today: date) -> Problems:
    """Where a text names methods or harms, that of its entry is among them; that of imaging is the first."""
    for field in ("imaging", "effect", "method"):
        terms, forms = facts.vocabulary[VOCABULARY_OF_FIELD[field]], defaultdict[str, set[str]](set)
        for id, term in terms.items():
            for form in (term.plain, *term.names):
                forms[form.lower()].add(id)
        everyday = {f for f in forms if field == "method" and not any(terms[id].access for id in forms[f])}
        pattern = re.compile(rf"(?<![\w-]){match_any(forms)}(?![\w-])", re.IGNORECASE)
        for id, fact in facts.each(Statement):
            word = vars(fact).get(field)
            if word not in terms:
                continue
            named = [form.lower() for form in pattern.findall(fact.says) if form.lower() not in everyday]
            own = " ".join((terms[word].plain, *terms[word].names)).lower()
            named = named[:1] if field == "imaging" else named
            spoken = f'"{min(named)}"' if named else "no imaging"
            unnamed = field == "imaging" and not named and not stem_words(own) & stem_words(fact.says)
            if unnamed or (named and not any(word in forms[form] or form in own for form in named)):
                message = f'The text speaks of {spoken}, but the entry names "{word}".'
                yield Problem(facts.place_of(id, field), message, f"Write the {field} that the text is about.")


_ROLE_WORDS = {
    "plans": r"\b(before|beforehand|first|plans?|planning)\b",
    "checks": r"\b(after|afterwards|checks?)\b",
}
"""Words of time that a text about imaging needs to say what it does; what guides needs none."""


def roles_fit_their_text(facts: Facts, today: date) -> Problems:
    """What plans is told as coming before, what checks as coming after, and a key that names a role is right."""
    for id, fact in facts.each(Imaging):
        ending = id.rpartition("-")[2]
        if ending in ("plans", "guides", "checks") and ending != fact.role:
            message = f'The key says that it {ending}, but the role is "{fact.role}".'
            hint = "Look it up in the source, and write the role that it says."
            yield Problem(facts.place_of(id, "role"), message, hint)
        elif fact.role in _ROLE_WORDS and not re.search(_ROLE_WORDS[fact.role], fact.says.lower()):
            message = f'The role is "{fact.role}", but the text does not say when that is.'
            hint = "Say before what, or after what, it is done; during the procedure it guides."
            yield Problem(facts.place_of(id, "role"), message, hint)


def words_have_one_home(facts: Facts, today: date) -> Problems:
    """A medical word or id stands in one vocabulary only: the glossary has one entry for it."""
    seen: dict[str, str] = {}
    for vocabulary, id, steps, word in _words(facts):
        home = f"{vocabulary}.yml: {id}"
        if seen.setdefault(word.lower(), home) != home:
            message = f'"{word.lower()}" is explained twice; the other place is {seen[word.lower()]}.'
            hint = "Keep one of the two, and put other forms of the word under its synonyms."
            yield Problem(facts.place(f"vocabulary/{vocabulary}", id, *steps), message, hint)


def _words(facts: Facts) -> Iterator[tuple[str, str, Steps, str]]:
    """Each id, name and synonym: its vocabulary, its entry, the path there, and the word."""
    for vocabulary, terms in facts.vocabulary.items():
        for id, term in terms.items():
            if id != term.name.lower():
                yield vocabulary, id, (), id
            yield vocabulary, id, ("name",), term.name
            yield from ((vocabulary, id, ("synonyms", at), word) for at, word in enumerate(term.synonyms))


_EVERYDAY = "act block catheter contrast cut form lead mean means patient root sound stage trial".split()


def words_have_one_sense(facts: Facts, today: date) -> Problems:
    """The glossary finds words by their spelling, so none of them may have another sense in everyday English."""
    for vocabulary, id, steps, word in _words(facts):
        known = facts.vocabulary[vocabulary][id].everyday or word.isupper()
        if steps and word.lower() in _EVERYDAY and not known:
            message = f'"{word}" is a word of everyday English too, and would be explained there.'
            hint = 'Use a longer name that has one sense only, such as "mean value".'
            yield Problem(facts.place(f"vocabulary/{vocabulary}", id, *steps), message, hint)


def messages_are_short(facts: Facts, today: date) -> Problems:
    """A summary is one sentence, and each half of a main message at most 35 words (CCI-1)."""
    hint = "Keep what a reader must know first, and move the rest below."
    for id, procedure in facts.procedures.items():
        found = len(split_sentences(procedure.summary.says))
        if found > 1:
            message = f'"summary" has {found} sentences; it can have 1.'
            yield Problem(facts.place_of(id, "summary", "says"), message, hint)
    for id, page in iter_pages(facts):
        for half in ("helps", "harms"):
            found = len(getattr(page.main_message, half).says.split())
            if found > 35:
                message = f'"{half}" in the main message has {found} words; it can have 35.'
                yield Problem(facts.place_of(id, "main_message", half, "says"), message, hint)


def main_messages_rest_on_their_page(facts: Facts, today: date) -> Problems:
    """Good and harm in a main message have a source of the page's own benefits and harms."""
    for id, procedure in facts.procedures.items():
        figures = [figure for harm in procedure.harms.values() for figure in harm.how_often.values()]
        for half, field, below in (
            ("helps", "benefits", (*procedure.benefits.values(), *procedure.relief_lasts.values())),
            ("harms", "harms", (*procedure.harms.values(), *figures)),
        ):
            known = {citation.source for fact in below for citation in getattr(fact, "sources", ())}
            if known.isdisjoint(citation.source for citation in getattr(procedure.main_message, half).sources):
                message = f'"{half}" in the main message names no source of the facts under "{field}".'
                hint = f'Say in it what a fact under "{field}" says, and name that fact\'s source.'
                yield Problem(facts.place_of(id, "main_message", half, "sources"), message, hint)


def shared_names_are_told_apart(facts: Facts, today: date) -> Problems:
    """A name that two procedures share is told apart on both pages (INV-8)."""
    owners: dict[str, set[str]] = defaultdict(set)
    for id, procedure in facts.procedures.items():
        for name in (procedure.names.name, *procedure.names.also_called):
            owners[name.lower()].add(id)
    for name, ids in owners.items():
        for id in ids if len(ids) > 1 else ():
            if not facts.procedures[id].names.same_name:
                others = ", ".join(sorted(ids - {id}))
                message = f'"{name}" is also a name of {others}, and this page does not say so.'
                hint = 'Add an entry under "same_name" that tells them apart.'
                yield Problem(facts.place_of(id, "names"), message, hint)
