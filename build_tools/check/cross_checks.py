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

# Procedures and their forms


def kinds_fit_their_methods(facts: Facts, today: date) -> Problems:
    """A procedure destroys nerve tissue exactly if a method of it does."""
    methods = facts.vocabulary["methods"]
    for id, procedure in facts.procedures.items():
        own = [vars(entry).get("method", "") for entry in procedure.methods.values()]
        destroys = any(methods[method].answer == "destroys" for method in own if method in methods)
        if destroys != (procedure.kind == "destroys-nerve-tissue") and own and {*own} <= {*methods}:
            message = f'The kind is "{procedure.kind}", and its methods are {", ".join(own)}.'
            hint = 'A method that destroys nerve tissue has "answer: destroys" in data/vocabulary/methods.yml.'
            yield Problem(facts.place_of(id, "kind"), message, hint)


_DESTROYS = re.compile(r"\b(?:destroy|damag|cuts?\b|squeez)")


def methods_say_what_they_destroy(facts: Facts, today: date) -> Problems:
    """A method that destroys nerve tissue says so in its own words."""
    for id, term in facts.vocabulary["methods"].items():
        if term.answer == "destroys" and not _DESTROYS.search(f"{term.plain} {term.definition}"):
            message = "This method destroys nerve tissue, and its definition does not say so."
            hint = 'Say what it destroys, damages, cuts, or squeezes; or correct "answer".'
            yield Problem(facts.place("vocabulary/methods", id, "definition"), message, hint)


def families_name_what_their_forms_name(facts: Facts, today: date) -> Problems:
    """What a procedure with forms is for, acts on, and is done with, one of its forms names too."""
    if any(name.startswith("procedures/") for name in facts.broken):
        return
    for id, procedure in facts.procedures.items():
        forms = [facts.procedures[form] for form in facts.forms_of(id)]
        for vocabulary, (field, word) in NAMES.items() if forms else ():
            terms = facts.vocabulary[vocabulary]
            theirs = {vars(entry).get(word) for form in forms for entry in get_entries(form, field).values()} - {
                None
            }
            said = " ".join(f"{terms[one].plain} {terms[one].definition}" for one in theirs if one in terms)
            for key, entry in get_entries(procedure, field).items():
                own = vars(entry).get(word)
                if own in terms and own not in theirs and terms[own].name not in said:
                    message = f'No form of this procedure names the {word} "{terms[own].plain}".'
                    hint = f"The forms name {', '.join(sorted(map(str, theirs)))}."
                    yield Problem(facts.place_of(id, field, key, word), message, hint)


_FEW = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
_KINDS = re.compile(rf"\b({'|'.join(_FEW)}) different (?:treatments|kinds|forms)\b", re.IGNORECASE)


def kinds_are_counted(facts: Facts, today: date) -> Problems:
    """How many different treatments one name has is the number of cases on its short page."""
    for id, fact in facts.each(Statement):
        cases = len(facts.procedures[id.split(".")[0]].short.cases)
        found = _KINDS.search(fact.says) if cases else None
        if found and _FEW[found[1].lower()] != cases:
            message = f'"{found.group()}" does not fit the {cases} cases of the short page.'
            yield Problem(facts.place_of(id, "says"), message, "Correct the one that is wrong.")


# Comparisons


def names_fit_their_option(facts: Facts, today: date) -> Problems:
    """A short name of an option fits that option better than another one."""
    for id, comparison in facts.comparisons.items():
        options = {option: facts.procedures[option] for option in comparison.options if option in facts.procedures}
        words = {o: stem_words(f"{p.names.name} {p.names.plain} {p.summary.says}") for o, p in options.items()}
        for option, name in comparison.names.items():
            fits = {other: len(stem_words(name) & known) for other, known in words.items()}
            best = max(fits, key=lambda other: fits[other], default=option)
            if option in fits and fits[best] > fits[option]:
                message = f'"{name}" fits "{best}" better than "{option}".'
                hint = "Look up which name belongs to which option."
                yield Problem(facts.place_of(id, "names", option), message, hint)


def weighings_rest_on_their_options(facts: Facts, today: date) -> Problems:
    """An option that a way to weigh names has a fact there."""
    for id, comparison in facts.comparisons.items():
        names = list_aliases(facts, comparison)
        for key, weighing in comparison.weighing.items():
            quoted = {fact.split(".")[0] for fact in weighing.facts}
            for option, words in names.items():
                if option not in quoted and re.search(rf"\b(?:{words})\b", weighing.says.lower()):
                    message = f'The text speaks of "{option}", and no fact of it is listed.'
                    hint = "Add the fact that says so, or leave the option out."
                    yield Problem(facts.place_of(id, "weighing", key, "facts"), message, hint)


_DEATH = re.compile(r"\b(?:die[ds]?|deaths?)\b", re.IGNORECASE)


def comparisons_say_deaths(facts: Facts, today: date) -> Problems:
    """Where an option has a death among its harms, the main message and the option's own line say so (R-20)."""
    for id, comparison in facts.comparisons.items():
        grave = {option: _deaths(facts, option) for option in comparison.options if option in facts.procedures}
        if any(grave.values()) and not _DEATH.search(comparison.main_message.harms.says):
            place = facts.place_of(id, "main_message", "harms", "says")
            yield Problem(place, "People have died after an option, and this does not say so.", "Say it here.")
        for option, line in comparison.grid.get("harms", {}).items():
            said = _DEATH.search(getattr(line, "says", "")) or {*list_refs(line)} & grave.get(option, set())
            if grave.get(option) and not said:
                place = facts.place_of(id, "grid", "harms", option)
                yield Problem(place, "People have died after it, and this does not say so.", "Say it here.")


def _deaths(facts: Facts, id: str) -> set[str]:
    harms = facts.procedures[id].harms
    named = [key for key in facts.procedures[id].short.harms if key in harms]
    return {f"harms.{key}" for key in named if harms[key].effect == "death" and harms[key].serious}


# Sources and addresses


def sources_are_entered_once(facts: Facts, today: date) -> Problems:
    """No two sources are one publication, and the year in a source's id is its year."""
    owners: dict[str, str] = {}
    for id, source in facts.sources.items():
        year = re.search(r"-((?:19|20)\d\d)$", id)
        if year and source.year and int(year[1]) != source.year <= today.year:
            message = f"The year is {source.year}, and the id says {year[1]}."
            yield Problem(facts.place("sources", id, "year"), message, "Look both up in the source.")
        for field in ("doi", "pmid", "url"):
            value = (getattr(source, field) or "").lower()
            if value and (first := owners.setdefault(f"{field} {value}", id)) != id:
                message = f'This {field} is also that of "{first}".'
                hint = "Keep one entry for one publication, or correct the one that was copied."
                yield Problem(facts.place("sources", id, field), message, hint)


def second_hand_is_said_everywhere(facts: Facts, today: date) -> Problems:
    """What one place of a source reports of another work, it reports everywhere, and of the same year."""
    places, works = defaultdict(set), defaultdict(set)
    every = [
        (name, steps, one, re.sub(r"\d", "", one.reporting or "")) for name, steps, one in iter_citations(facts)
    ]
    for _, _, citation, work in every:
        if citation.reporting:
            places[citation.source].add(citation.at)
            works[citation.source, work].add(citation.reporting)
    for name, steps, citation, work in every:
        if not citation.reporting and citation.at and citation.at in places[citation.source]:
            message = f'Elsewhere, "{citation.at}" of this source reports another work, and here it does not.'
            yield Problem(facts.place(name, *steps), message, 'Add "reporting": the work in which it was found.')
        if citation.reporting and len(same := works[citation.source, work]) > 1:
            message = f"This source reports {' and '.join(sorted(same))}: one of the years is wrong."
            yield Problem(facts.place(name, *steps), message, "Look it up in the source.")


def redirects_lead_to_their_name(facts: Facts, today: date) -> Problems:
    """An old address that is a name of procedures leads to one of them."""
    names = defaultdict(set)
    for id, procedure in facts.procedures.items():
        for name in (id, procedure.names.name, *procedure.names.also_called):
            names[re.sub(r"[^a-z0-9]+", "-", name.lower())].add(f"procedures/{id}.html")
    for old, new in facts.redirects.items():
        wanted = names.get(old.rpartition("/")[2].removesuffix(".html"), {new})
        if new not in wanted:
            message = f'"{old}" is a name of {" and ".join(sorted(wanted))}, and leads to "{new}".'
            yield Problem(facts.place("redirects", old), message, "Correct the address.")


_DENIES = re.compile(r"\b(?:did not find|found no|is not|not supported|no gain)\b")


def verdicts_fit_their_words(facts: Facts, today: date) -> Problems:
    """A claim whose first sentence says that it was not found is not called supported."""
    for key, claim in facts.claims.items():
        if claim.verdict == "supported" and _DENIES.search(claim.says.split(".")[0]):
            message = 'The verdict is "supported", and the words say that it was not found.'
            yield Problem(facts.place("claims", key, "verdict"), message, "Correct the one that is wrong.")
