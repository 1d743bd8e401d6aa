"""Rules between files: a procedure and its forms, a comparison and its options, sources, redirects, claims."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date

from build_tools.load.facts import Facts, iter_citations
from build_tools.model.short_page import list_refs
from build_tools.prose.consistency import list_aliases
from build_tools.prose.glossary import stem_words
from build_tools.records.entries import Statement
from build_tools.records.problems import Problem, Problems
from build_tools.records.procedure import get_entries
from build_tools.records.sections import NAMES

_CORRECT_ONE = "Correct the one that is wrong."

# Procedures and their forms


def kinds_fit_their_methods(facts: Facts, today: date) -> Problems:
    """A procedure is of the kind that destroys nerve tissue if, and only if, one of its methods does."""
    methods = facts.vocabulary["methods"]
    for id, procedure in facts.procedures.items():
        words = [vars(entry).get("method", "") for entry in procedure.methods.values()]
        destroys = any(methods[word].answer == "destroys" for word in words if word in methods)
        if destroys != (procedure.kind == "destroys-nerve-tissue") and words and {*words} <= {*methods}:
            message = f'The kind is "{procedure.kind}", but the methods are {", ".join(words)}.'
            hint = 'A method that destroys nerve tissue has "answer: destroys" in data/vocabulary/methods.yml.'
            yield Problem(facts.place_of(id, "kind"), message, hint)


_DESTROYS = re.compile(r"\b(?:destroy|damag|cuts?\b|squeez)")


def methods_say_what_they_destroy(facts: Facts, today: date) -> Problems:
    """The definition of a method that destroys nerve tissue says so."""
    for id, term in facts.vocabulary["methods"].items():
        if term.answer == "destroys" and not _DESTROYS.search(f"{term.plain} {term.definition}"):
            message = "This method destroys nerve tissue, but its definition does not say so."
            hint = 'Say what it destroys, damages, cuts, or squeezes; or correct "answer".'
            yield Problem(facts.place("vocabulary/methods", id, "definition"), message, hint)


def families_name_what_a_form_names(facts: Facts, today: date) -> Problems:
    """A procedure with forms names a word of the vocabulary only if one of its forms does."""
    if any(name.startswith("procedures/") for name in facts.broken):
        return
    for id, procedure in facts.procedures.items():
        forms = [facts.procedures[form] for form in facts.forms_of(id)]
        for vocabulary, (field, key_of_word) in NAMES.items() if forms else ():
            terms = facts.vocabulary[vocabulary]
            entries = [entry for form in forms for entry in get_entries(form, field).values()]
            in_forms = {word for entry in entries if (word := vars(entry).get(key_of_word))}
            texts = " ".join(f"{terms[word].plain} {terms[word].definition}" for word in in_forms if word in terms)
            for key, entry in get_entries(procedure, field).items():
                word = vars(entry).get(key_of_word)
                if word in terms and word not in in_forms and terms[word].name not in texts:
                    message = f'No form of this procedure names the {key_of_word} "{terms[word].plain}".'
                    hint = f"The forms name {', '.join(sorted(in_forms))}."
                    yield Problem(facts.place_of(id, field, key, key_of_word), message, hint)


_FEW = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
_KINDS = re.compile(rf"\b({'|'.join(_FEW)}) different (?:treatments|kinds|forms)\b", re.IGNORECASE)


def numbers_of_kinds_are_right(facts: Facts, today: date) -> Problems:
    """A text that says how many different treatments share a name gives the number of cases of the short page."""
    for id, fact in facts.facts_of_kind(Statement):
        cases = len(facts.procedures[id.split(".")[0]].short.cases)
        match = _KINDS.search(fact.says) if cases else None
        if match and _FEW[match[1].lower()] != cases:
            message = f'The short page has {cases} cases, but the text says "{match.group()}".'
            yield Problem(facts.place_of(id, "says"), message, _CORRECT_ONE)


# Comparisons


def short_names_fit_their_option(facts: Facts, today: date) -> Problems:
    """The short name of an option has no more words in common with another option than with its own."""
    for id, comparison in facts.comparisons.items():
        options = {option: facts.procedures[option] for option in comparison.options if option in facts.procedures}
        words = {o: stem_words(f"{p.names.name} {p.names.plain} {p.summary.says}") for o, p in options.items()}
        for option, name in comparison.names.items():
            in_common = {other: len(stem_words(name) & known) for other, known in words.items()}
            best = max(in_common, key=lambda other: in_common[other], default=option)
            if option in in_common and in_common[best] > in_common[option]:
                message = f'"{name}" fits "{best}" better than "{option}".'
                hint = "Look up which name belongs to which option."
                yield Problem(facts.place_of(id, "names", option), message, hint)


def weighings_cite_their_options(facts: Facts, today: date) -> Problems:
    """A text on how to weigh options lists a fact of each option that it mentions."""
    for id, comparison in facts.comparisons.items():
        aliases = list_aliases(facts, comparison)
        for key, weighing in comparison.weighing.items():
            cited = {fact_id.split(".")[0] for fact_id in weighing.facts}
            for option, pattern in aliases.items():
                if option not in cited and re.search(rf"\b(?:{pattern})\b", weighing.says.lower()):
                    message = f'The text mentions "{option}", but lists no fact of it.'
                    hint = "Add the fact that says so, or leave the option out."
                    yield Problem(facts.place_of(id, "weighing", key, "facts"), message, hint)


_DEATH = re.compile(r"\b(?:die[ds]?|deaths?)\b", re.IGNORECASE)


def comparisons_mention_deaths(facts: Facts, today: date) -> Problems:
    """If people died after an option, the main message says so, and the option's own line on harms too (R-20)."""
    for id, comparison in facts.comparisons.items():
        options = [option for option in comparison.options if option in facts.procedures]
        deaths = {option: _list_deaths(facts, option) for option in options}
        if any(deaths.values()) and not _DEATH.search(comparison.main_message.harms.says):
            place = facts.place_of(id, "main_message", "harms", "says")
            yield Problem(place, "People have died after an option, but this does not say so.", "Say it here.")
        for option, line in comparison.grid.get("harms", {}).items():
            says_so = _DEATH.search(getattr(line, "says", "")) or {*list_refs(line)} & deaths.get(option, set())
            if deaths.get(option) and not says_so:
                place = facts.place_of(id, "grid", "harms", option)
                yield Problem(place, "People have died after it, but this does not say so.", "Say it here.")


def _list_deaths(facts: Facts, id: str) -> set[str]:
    """The deaths among the harms on the short page of a procedure."""
    harms, short = facts.procedures[id].harms, facts.procedures[id].short
    listed = [key for key in short.harms if key in harms]
    return {f"harms.{key}" for key in listed if harms[key].effect == "death" and harms[key].serious}


# Sources and addresses


def sources_are_entered_once(facts: Facts, today: date) -> Problems:
    """No two sources are the same publication, and a year at the end of a source's id is its year."""
    owners: dict[str, str] = {}
    for id, source in facts.sources.items():
        year = re.search(r"-((?:19|20)\d\d)$", id)
        if year and source.year and int(year[1]) != source.year <= today.year:
            message = f"The year is {source.year}, but the id says {year[1]}."
            yield Problem(facts.place("sources", id, "year"), message, "Look both up in the source.")
        for field in ("doi", "pmid", "url"):
            value = (getattr(source, field) or "").lower()
            if value and (first := owners.setdefault(f"{field} {value}", id)) != id:
                message = f'"{first}" has the same {field}.'
                hint = "Keep one entry for one publication, or correct the one that was copied."
                yield Problem(facts.place("sources", id, field), message, hint)


def second_hand_citations_agree(facts: Facts, today: date) -> Problems:
    """If a source reports another work at one place, every citation of that place says so, with the same year."""
    places, works = defaultdict(set), defaultdict(set)
    citations = [
        (name, steps, citation, re.sub(r"\d", "", citation.reporting or ""))
        for name, steps, citation in iter_citations(facts)
    ]
    for _, _, citation, work in citations:
        if citation.reporting:
            places[citation.source].add(citation.at)
            works[citation.source, work].add(citation.reporting)
    for name, steps, citation, work in citations:
        if not citation.reporting and citation.at and citation.at in places[citation.source]:
            message = f'Elsewhere, "{citation.at}" of this source reports another work, but here it does not.'
            yield Problem(facts.place(name, *steps), message, 'Add "reporting": the work in which it was found.')
        if citation.reporting and len(years := works[citation.source, work]) > 1:
            message = f"This source reports {' and '.join(sorted(years))}: one of the years is wrong."
            yield Problem(facts.place(name, *steps), message, "Look it up in the source.")


def redirects_fit_their_name(facts: Facts, today: date) -> Problems:
    """An old address that is a name of procedures redirects to one of the procedures with that name."""
    if any(name.startswith("procedures/") for name in facts.broken):
        return  # it may be the one that has the name
    pages = defaultdict(set)
    for id, procedure in facts.procedures.items():
        for name in (id, procedure.names.name, *procedure.names.also_called):
            pages[re.sub(r"[^a-z0-9]+", "-", name.lower())].add(f"procedures/{id}.html")
    for old, new in facts.redirects.items():
        fitting = pages.get(old.rpartition("/")[2].removesuffix(".html"), {new})
        if new not in fitting:
            message = f'"{old}" is a name of {" and ".join(sorted(fitting))}, but redirects to "{new}".'
            yield Problem(facts.place("redirects", old), message, "Correct the address.")


_DENIES = re.compile(r"\b(?:did not find|found no|is not|not supported|no gain)\b")


def verdicts_fit_their_words(facts: Facts, today: date) -> Problems:
    """A claim is not called supported if its first sentence says that it was not found."""
    for key, claim in facts.claims.items():
        if claim.verdict == "supported" and _DENIES.search(claim.says.split(".")[0]):
            message = 'The verdict is "supported", but the words say that it was not found.'
            yield Problem(facts.place("claims", key, "verdict"), message, _CORRECT_ONE)
