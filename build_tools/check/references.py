"""Rules for references and entries: ids exist, entries are used and not repeated, and dates are current."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import partial

from build_tools.load.drawings import find_first_target, find_shown_facts, lacks_drawing
from build_tools.load.facts import Facts, iter_citations, split_id
from build_tools.load.placeholders import KEY, iter_placeholders, name_path
from build_tools.load.yaml_reader import Steps
from build_tools.model.colors import find_unreadable_colors
from build_tools.records.entries import Figure, NotKnown, Statement
from build_tools.records.problems import NO_FACT, Place, Problem, Problems, list_choices, suggest
from build_tools.records.procedure import Procedure
from build_tools.records.sections import HEADINGS, VOCABULARY_OF_FIELD
from build_tools.records.short import ASKED, Comparison
from build_tools.records.signs import CHILD, IMPLIED

_YEAR = timedelta(days=366)


def iter_pages(facts: Facts) -> Iterator[tuple[str, Procedure | Comparison]]:
    """Every procedure and every comparison with its id."""
    yield from facts.procedures.items()
    yield from facts.comparisons.items()


# Placeholders


def placeholders_are_filled(facts: Facts, today: date) -> Problems:
    """No text of a draft is left to fill in, and every entry has a key of its own."""
    for name, document in facts.documents.items():
        for steps in iter_placeholders(document):
            field = next((str(step) for step in reversed(steps) if isinstance(step, str)), "")
            if steps[-1] == KEY:
                message = "This entry has no key of its own yet."
                hint = "Write the id of the word that it is about, from data/vocabulary/. Keys never change later."
            else:
                top = steps[0] if len(steps) > 1 and steps[0] != field else ""
                message = f'"{field}" under "{top}" is not filled in.' if top else f'"{field}" is not filled in.'
                hint = facts.help(name, *steps) or "Replace the placeholder with the text that belongs here."
            yield Problem(document.place(*steps), message, hint)


def summarize_placeholders(facts: Facts, problems: Iterable[Problem]) -> list[Problem]:
    """The problems, with all placeholders of a file as one problem that counts them and names the next."""
    kept = set(problems)
    for name, document in facts.documents.items():
        blanks = sorted((document.place(*steps), steps) for steps in iter_placeholders(document))
        if len(blanks) > 1:
            (place, steps), places = blanks[0], {place for place, _ in blanks}
            message = f"{len(blanks)} fields left to fill in, next: {name_path(steps)} (line {place.line})."
            hint = facts.help(name, *steps) or "Replace the placeholder with the text that belongs there."
            kept = {problem for problem in kept if problem.place not in places} | {Problem(place, message, hint)}
    return sorted(kept)


# Ids


def named_ids_exist(facts: Facts, today: date) -> Problems:
    """Every source, vocabulary word, situation, procedure, section, and fact that a file names exists (INV-2)."""
    known: dict[str, tuple[Mapping[str, str], str]] = {
        "source": ({id: source.title for id, source in facts.sources.items()}, "data/sources.yml"),
        "situation": ({id: situation.says for id, situation in facts.situations.items()}, "data/situations.yml"),
        "procedure": ({id: page.names.name for id, page in facts.procedures.items()}, "data/procedures/"),
        "fact": ({id: "" for id, _ in facts.iter_facts()}, "the file of its procedure"),
        "section": (
            HEADINGS | ASKED | {f"about-{id}": sign.brief for id, sign in facts.signs.items()},
            "build_tools/records/sections.py",
        ),
    }
    for field, vocabulary in VOCABULARY_OF_FIELD.items():
        terms = facts.vocabulary[vocabulary]
        known[field] = ({id: term.plain for id, term in terms.items()}, f"data/vocabulary/{vocabulary}.yml")
    for name, steps, kind, id in _iter_named_ids(facts):
        ids, home = known[kind]
        file = home.removeprefix("data/").removesuffix(".yml")
        if kind in ("procedure", "fact"):
            file = f"procedures/{id.split('.')[0]}"
        elif id.startswith("about-"):  # a section about a sign
            file = "signs"
        if id not in ids and id != KEY and file not in facts.broken:
            hint = NO_FACT if kind == "fact" else list_choices(ids, home)
            hint += " Is the verdict still right?" if name == "claims" else ""
            yield Problem(facts.place(name, *steps), f'There is no {kind} called "{id}".', hint)


_FIELDS_WITH_IDS = (
    ("procedures", "part_of", "procedure"),
    ("procedures", "situations", "situation"),
    ("comparisons", "conditions", "condition"),
    ("comparisons", "options", "procedure"),
    ("comparisons", "with_and_without", "fact"),
    ("signs", "effects", "effect"),
    ("signs", "shown_for", "situation"),
    ("searches", "at", "section"),
    ("helplines", "conditions", "condition"),
    ("claims", "facts", "fact"),
)
"""The fields of records that hold an id or a list of ids, and the kind of thing that these name."""


def _iter_named_ids(facts: Facts) -> Iterator[tuple[str, Steps, str, str]]:
    """Each id that a file names: the file, the path in it, the kind of thing, and the id."""
    for name, steps, citation in iter_citations(facts):
        yield name, steps, "source", citation.source
    for fact_id, fact in facts.iter_facts():
        name, steps = split_id(fact_id)
        group = fact.applies_to if isinstance(fact, Figure) else None
        for field in VOCABULARY_OF_FIELD:
            if word := vars(fact).get(field):
                yield name, (*steps, field), field, word
        if group and group.condition:
            yield name, (*steps, "applies_to", "condition"), "condition", group.condition
        if group and group.form:
            yield name, (*steps, "applies_to", "form"), "procedure", group.form
    for kind in ("condition", "effect"):
        for id, term in facts.vocabulary[f"{kind}s"].items():
            if term.broader:
                yield f"vocabulary/{kind}s", (id, "broader"), kind, term.broader
    for folder, field, kind in _FIELDS_WITH_IDS:
        for id, record in getattr(facts, folder).items():
            name, steps = (f"{folder}/{id}", ()) if folder in ("procedures", "comparisons") else (folder, (id,))
            value = getattr(record, field) or ()
            if isinstance(value, str):
                yield name, (*steps, field), kind, value
            else:
                yield from ((name, (*steps, field, at), kind, item) for at, item in enumerate(value))
    for id, procedure in facts.procedures.items():
        for key, option in procedure.other_options.items():
            if option.procedure:
                yield f"procedures/{id}", ("other_options", key, "procedure"), "procedure", option.procedure
        for condition, case in procedure.short.cases.items():
            yield f"procedures/{id}", ("short", "cases", condition), "condition", condition
            for at, form in enumerate(case.forms):
                yield f"procedures/{id}", ("short", "cases", condition, "forms", at), "procedure", form
    for id, clinic in facts.clinics.items():
        yield from ((f"clinics/{id}/clinic", ("procedures", key), "procedure", key) for key in clinic.procedures)
    for id, comparison in facts.comparisons.items():
        for key, weighing in comparison.weighing.items():
            for at, fact_id in enumerate(weighing.facts):
                yield f"comparisons/{id}", ("weighing", key, "facts", at), "fact", fact_id


def entries_are_used(facts: Facts, today: date) -> Problems:
    """Every source, shared statement, and situation is used (INV-2).

    A situation is used if a procedure names it and a sign names it.
    """
    if facts.broken:
        return
    statements = {id(fact) for _, fact in facts.iter_facts()}
    sources = {citation.source for _, _, citation in iter_citations(facts)}
    shared = {key for key, statement in facts.shared.items() if id(statement) in statements}
    of_pages = {*IMPLIED}.union(*(procedure.situations for procedure in facts.procedures.values()))
    of_signs = {CHILD}.union(*(sign.shown_for for sign in facts.signs.values()))
    for file, used, message, action in (
        ("sources", sources, "No fact uses the source", "Cite it in a fact"),
        ("shared", shared, "No procedure uses the shared statement", "Name it in a procedure"),
        ("situations", of_pages, "No procedure names the situation", "Name it in a procedure"),
        ("situations", of_signs, "No sign names the situation", "Name it in a sign"),
    ):
        for key in getattr(facts, file).keys() - used:
            yield Problem(facts.place(file, key), f'{message} "{key}".', f"{action}, or delete the entry.")


ON_EVERY_PAGE = ("blood-thinners", "blood-thinners-plan")
"""Shared statements without which a reader could come to harm, whichever procedure it is."""


def blood_thinners_are_on_every_page(facts: Facts, today: date) -> Problems:
    """Every procedure except "no procedure" has the shared statements on blood thinners.

    They say that nobody should stop a blood thinner on their own.
    """
    if "shared" in facts.broken:
        return
    statement = facts.shared.get(ON_EVERY_PAGE[0])
    if statement and "do not stop" not in statement.says.lower():
        message = "This does not say that nobody should stop a blood thinner on their own."
        hint = 'Add it again: "do not stop or start any on your own".'
        yield Problem(facts.place("shared", ON_EVERY_PAGE[0], "says"), message, hint)
    for id, procedure in facts.procedures.items():
        for key in ON_EVERY_PAGE if procedure.kind != "no-procedure" else ():
            if facts.shared.get(key) not in procedure.before.values():
                message = f'This procedure lacks the shared statement "{key}".'
                hint = f'Write it under "before": {key}: {{shared: {key}}}'
                yield Problem(facts.place_of(id, "before"), message, hint)


def sources_are_cited_once(facts: Facts, today: date) -> Problems:
    """No fact cites the same place in a source twice."""
    seen: set[tuple[object, ...]] = set()
    for name, steps, citation in iter_citations(facts):
        cited = (name, *steps[:-1], citation.source, citation.at, citation.reporting)
        if cited in seen:
            hint = "Delete one of the two, or name the source that was meant."
            yield Problem(facts.place(name, *steps), f'This fact cites "{citation.source}" twice.', hint)
        seen.add(cited)


def statements_are_distinct(facts: Facts, today: date) -> Problems:
    """No two statements of a procedure have the same words."""
    seen: dict[tuple[str, str], str] = {}
    for id, fact in facts.facts_of_kind(Statement):
        first = seen.setdefault((id.split(".")[0], " ".join(fact.says.split()).lower()), id)
        if first != id:
            hint = "Delete one of the two, or write what this one was meant to say."
            yield Problem(facts.place_of(id, "says"), f'"{first}" has the same words.', hint)


def drawings_show_the_targets(facts: Facts, today: date) -> Problems:
    """The drawings on a page show the procedure's first target, and every part that its facts name under "shows".

    A target that is in no drawing at all is allowed. Every structure in a drawing is in the vocabulary.
    """
    known = facts.vocabulary.get("structures", {})
    for drawing in facts.drawings.values():
        for structure in drawing.structures:
            if structure not in known and "vocabulary/structures" not in facts.broken:
                message = f'There is no structure called "{structure}".'
                words = {id: term.plain for id, term in known.items()}
                place = drawing.place(f'data-structure="{re.escape(structure)}"')
                yield Problem(place, message, list_choices(words, "data/vocabulary/structures.yml"))
    for id, procedure in facts.procedures.items() if "drawings" not in facts.broken else ():
        shown, target = find_shown_facts(procedure, id), find_first_target(procedure)
        on_page = [item for item in facts.drawings.values() if item.is_shown_for(target and target[1], shown)]
        parts = {part for drawing in on_page for part in drawing.shows}
        if target and target[1] not in known:
            continue  # named_ids_exist reports it
        is_drawn = target and any(target[1] in drawing.structures for drawing in on_page)
        if target and not is_drawn and not lacks_drawing(procedure, facts.drawings):  # the report lists those
            message = f'A drawing shows "{target[1]}", on which this procedure acts, but it is not on this page.'
            hint = 'Find another part in that drawing, and name it under "shows" of the fact that mentions it.'
            yield Problem(facts.place_of(id, "targets", target[0], "structure"), message, hint)
            continue
        for part, (fact_id, _) in shown.items():
            if part not in parts:
                hint = suggest(part, parts) or "Delete the line, or have it drawn in data/drawings/."
                yield Problem(facts.place_of(fact_id, "shows"), f'No drawing on this page shows "{part}".', hint)


def families_have_no_cycle(facts: Facts, today: date) -> Problems:
    """No procedure is a form of itself, directly or through its parents."""
    for id, procedure in facts.procedures.items():
        if facts.procedures[facts.family(id)].part_of == id:
            message = f'"{id}" is a form of "{procedure.part_of}", which makes it a form of itself.'
            hint = 'Delete "part_of" in the procedure at the top of the family.'
            yield Problem(facts.place_of(id, "part_of"), message, hint)


# Dates


def dates_are_not_in_the_future(facts: Facts, today: date) -> Problems:
    """Nothing was read, searched, checked, or published in the future (INV-6)."""
    days: list[tuple[Callable[[], Place], date, str]] = []
    for id, page in iter_pages(facts):
        hint = "Write the day on which the facts were last compared with their sources."
        days.append((partial(facts.place_of, id, "facts_checked"), page.facts_checked, hint))
    for id, unknown in facts.facts_of_kind(NotKnown):
        if unknown.searched:
            place = partial(facts.place_of, id, "searched")
            days.append((place, unknown.searched, "Write the day of the last search."))
    for id, line in facts.helplines.items():
        hint = "Write the day on which its page was read."
        days.append((partial(facts.place, "helplines", id, "checked"), line.checked, hint))
    for id, source in facts.sources.items():
        hint = "Write the day by which it had been read."
        days.append((partial(facts.place, "sources", id, "read_by"), source.read_by, hint))
        if source.year and source.year > today.year:
            message = f"The year {source.year} is in the future."
            yield Problem(facts.place("sources", id, "year"), message, "Look it up again.")
    yield from (Problem(place(), f"{day} is in the future.", hint) for place, day, hint in days if day > today)


def unknowns_were_searched_for(facts: Facts, today: date) -> Problems:
    """Every entry under "unknowns" is something that somebody searched for (R-24)."""
    for id, unknown in facts.facts_of_kind(NotKnown):
        if ".unknowns." in id and unknown.reason != "searched":
            message = 'Nobody has searched for this, so it cannot be under "unknowns".'
            hint = "Search for it and say what you found, or move the entry to the field that it is about."
            yield Problem(facts.place_of(id, "reason"), message, hint)


def next_checks_are_within_a_year(facts: Facts, today: date) -> Problems:
    """The next check of a page is at most a year after the last one, and is not overdue (INV-6)."""
    for id, page in iter_pages(facts):
        if not page.facts_checked < page.next_check <= page.facts_checked + _YEAR:
            message = f"The next check, {page.next_check}, must be within a year after {page.facts_checked}."
            hint = "Facts about treatments go out of date: plan the next check at most a year ahead."
            yield Problem(facts.place_of(id, "next_check"), message, hint)
        elif page.next_check < today:
            message = f"These facts were due for a check on {page.next_check}."
            hint = 'Compare them with their sources, then update "facts_checked" and "next_check".'
            yield Problem(facts.place_of(id, "next_check"), message, hint, level="notice")


def helplines_are_checked_every_year(facts: Facts, today: date) -> Problems:
    """The number of every helpline was checked within the last year (INV-6)."""
    for id, line in facts.helplines.items():
        if line.checked + _YEAR < today:
            message = f'"{line.name}" was last checked on {line.checked}, and numbers change.'
            hint = 'Read its own page again, then update "checked"; delete it if nobody answers anymore.'
            yield Problem(facts.place("helplines", id, "checked"), message, hint, level="notice")


def codes_are_unique(facts: Facts, today: date) -> Problems:
    """No two procedures have the same code, so a health record that sends a code gets one page."""
    owners: dict[tuple[str, str], str] = {}
    for id, procedure in facts.procedures.items():
        for position, code in enumerate(procedure.codes):
            other = owners.setdefault((code.system, code.value), id)
            if other != id or procedure.codes.index(code) != position:
                message = f'The code "{code.value}" already belongs to "{other}".'
                hint = "Keep it at the procedure that the code list means, and delete it here."
                yield Problem(facts.place_of(id, "codes", position, "value"), message, hint)


def colors_are_readable(facts: Facts, today: date) -> Problems:
    """The color of a family or a clinic has enough contrast on light and on dark pages."""
    for id, procedure in facts.procedures.items():
        yield from find_unreadable_colors(facts, f"procedures/{id}", "color", procedure.color)
    for id, clinic in facts.clinics.items():
        yield from find_unreadable_colors(facts, f"clinics/{id}/clinic", "accent", clinic.accent)


# Comparisons


def comparisons_are_complete(facts: Facts, today: date) -> Problems:
    """A comparison asks a question and lists each option once, one of them without a procedure (IPD-Q3)."""
    for id, comparison in facts.comparisons.items():
        for option, times in Counter(comparison.options).items():
            if times > 1:
                message = f'"{option}" is listed {times} times.'
                yield Problem(facts.place_of(id, "options"), message, "Name each option once.")
        kinds = {facts.procedures[o].kind for o in comparison.options if o in facts.procedures}
        unread = [o for o in comparison.options if f"procedures/{o}" in facts.broken]
        if "no-procedure" not in kinds and not unread:
            hint = 'Add "no-procedure" to the options.'
            yield Problem(facts.place_of(id, "options"), 'One of the options must be "no procedure now".', hint)
        if not comparison.question.endswith("?"):
            place = facts.place_of(id, "question")
            yield Problem(place, "The decision must be a question.", "End it with a question mark.")
