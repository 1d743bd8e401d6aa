"""Rules for names and entries: what is named exists, is used, is said once, and is up to date."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from functools import partial

from build_tools.load.drawings import find_first_target, find_shown_facts, lacks_drawing
from build_tools.load.facts import Facts, iter_citations, split_id
from build_tools.load.placeholders import KEY, iter_placeholders
from build_tools.load.yaml_reader import Steps
from build_tools.model.colors import find_unreadable_colors
from build_tools.records.entries import Figure, NotKnown, Statement
from build_tools.records.problems import Place, Problem, Problems, list_choices, suggest
from build_tools.records.procedure import Procedure
from build_tools.records.sections import HEADINGS, VOCABULARY_OF_FIELD
from build_tools.records.short import ASKED, Comparison
from build_tools.records.signs import CHILD, IMPLIED


def iter_pages(facts: Facts) -> Iterator[tuple[str, Procedure | Comparison]]:
    """Every procedure and every comparison with its id."""
    yield from facts.procedures.items()
    yield from facts.comparisons.items()


# Gaps


def placeholders_are_filled(facts: Facts, today: date) -> Problems:
    """No text of a draft is still to fill, and every entry has a key of its own."""
    for name, document in facts.documents.items():
        for steps in iter_placeholders(document):
            field = next((str(step) for step in reversed(steps) if isinstance(step, str)), "")
            if steps[-1] == KEY:
                message = "This entry has no key of its own yet."
                hint = "Write the id of the word that it is about, from data/vocabulary/. It never changes later."
            else:
                top = steps[0] if len(steps) > 1 and steps[0] != field else ""
                message = f'"{field}" under "{top}" is still to fill.' if top else f'"{field}" is still to fill.'
                hint = facts.help(name, *steps) or "Write what belongs here in place of the mark."
            yield Problem(document.place(*steps), message, hint)


def summarize_placeholders(facts: Facts, problems: Iterable[Problem]) -> list[Problem]:
    """The problems, with all gaps of a file as one that counts them and names the next."""
    kept = set(problems)
    for name, document in facts.documents.items():
        gaps = sorted((document.place(*steps), steps) for steps in iter_placeholders(document))
        if len(gaps) > 1:
            (place, steps), places = gaps[0], {place for place, _ in gaps}
            message = f"{len(gaps)} gaps left, next: {'.'.join(map(str, steps))} (line {place.line})."
            hint = facts.help(name, *steps) or "Write what belongs there in place of the mark."
            kept = {problem for problem in kept if problem.place not in places} | {Problem(place, message, hint)}
    return sorted(kept)


# Ids


def names_exist(facts: Facts, today: date) -> Problems:
    """Every source, word, situation, procedure or fact that a file names exists (INV-2)."""
    known: dict[str, tuple[Mapping[str, str], str]] = {
        "source": ({id: source.title for id, source in facts.sources.items()}, "data/sources.yml"),
        "situation": ({id: situation.says for id, situation in facts.situations.items()}, "data/situations.yml"),
        "procedure": ({id: one.names.name for id, one in facts.procedures.items()}, "data/procedures/"),
        "fact": ({id: "" for id, _ in facts.all()}, "the file of its procedure"),
        "section": (
            HEADINGS | ASKED | {f"about-{id}": sign.brief for id, sign in facts.signs.items()},
            "build_tools/records/sections.py",
        ),
    }
    for field, vocabulary in VOCABULARY_OF_FIELD.items():
        terms = facts.vocabulary[vocabulary]
        known[field] = ({id: term.plain for id, term in terms.items()}, f"data/vocabulary/{vocabulary}.yml")
    for name, steps, what, id in _named(facts):
        ids, home = known[what]
        file = f"procedures/{id.split('.')[0]}" if what in ("procedure", "fact") else home[5:].removesuffix(".yml")
        if id not in ids and id != KEY and file not in facts.broken:
            yield Problem(facts.place(name, *steps), f'There is no {what} called "{id}".', list_choices(ids, home))


_NAMING = (
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
"""What a field of a record, or each item in it, names."""


def _named(facts: Facts) -> Iterator[tuple[str, Steps, str, str]]:
    """Each place where a file names something: the file, the path, what is named, and its id."""
    for name, steps, citation in iter_citations(facts):
        yield name, steps, "source", citation.source
    for fact_id, fact in facts.all():
        name, steps = split_id(fact_id)
        where = fact.applies_to if isinstance(fact, Figure) else None
        for field in VOCABULARY_OF_FIELD:
            if word := vars(fact).get(field):
                yield name, (*steps, field), field, word
        if where and where.condition:
            yield name, (*steps, "applies_to", "condition"), "condition", where.condition
        if where and where.form:
            yield name, (*steps, "applies_to", "form"), "procedure", where.form
    for what in ("condition", "effect"):
        for id, term in facts.vocabulary[f"{what}s"].items():
            if term.broader:
                yield f"vocabulary/{what}s", (id, "broader"), what, term.broader
    for folder, field, what in _NAMING:
        for id, record in getattr(facts, folder).items():
            name, steps = (f"{folder}/{id}", ()) if folder in ("procedures", "comparisons") else (folder, (id,))
            given = getattr(record, field) or ()
            if isinstance(given, str):
                yield name, (*steps, field), what, given
            else:
                yield from ((name, (*steps, field, position), what, one) for position, one in enumerate(given))
    for id, procedure in facts.procedures.items():
        for key, option in procedure.other_options.items():
            if option.procedure:
                yield f"procedures/{id}", ("other_options", key, "procedure"), "procedure", option.procedure
        for condition, case in procedure.short.cases.items():
            yield f"procedures/{id}", ("short", "cases", condition), "condition", condition
            for position, form in enumerate(case.forms):
                yield f"procedures/{id}", ("short", "cases", condition, "forms", position), "procedure", form
    for id, clinic in facts.clinics.items():
        yield from ((f"clinics/{id}/clinic", ("procedures", one), "procedure", one) for one in clinic.procedures)
    for id, comparison in facts.comparisons.items():
        for key, weighing in comparison.weighing.items():
            for position, quoted in enumerate(weighing.facts):
                yield f"comparisons/{id}", ("weighing", key, "facts", position), "fact", quoted


def entries_are_used(facts: Facts, today: date) -> Problems:
    """Every source, shared statement and situation is used; a situation by procedures and by signs (INV-2)."""
    if facts.broken:
        return
    statements = {id(fact) for _, fact in facts.all()}
    sources = {citation.source for _, _, citation in iter_citations(facts)}
    shared = {key for key, statement in facts.shared.items() if id(statement) in statements}
    of_pages = {*IMPLIED}.union(*(procedure.situations for procedure in facts.procedures.values()))
    of_signs = {CHILD}.union(*(sign.shown_for for sign in facts.signs.values()))
    for file, used, message, where in (
        ("sources", sources, "No fact uses the source", "beside a fact"),
        ("shared", shared, "No procedure uses the shared statement", "in a procedure"),
        ("situations", of_pages, "No procedure names the situation", "where a procedure has it"),
        ("situations", of_signs, "No sign names the situation", "where a sign has it"),
    ):
        for key in getattr(facts, file).keys() - used:
            yield Problem(facts.place(file, key), f'{message} "{key}".', f"Name it {where}, or delete the entry.")


ON_EVERY_PAGE = ("blood-thinners", "blood-thinners-plan")
"""Shared statements without which a reader could come to harm, whatever the procedure."""


def blood_thinners_are_on_every_page(facts: Facts, today: date) -> Problems:
    """Every procedure but "no procedure" has the shared words on blood thinners, which say not to stop alone."""
    if "shared" in facts.broken:
        return
    said = facts.shared.get(ON_EVERY_PAGE[0])
    if said and "do not stop" not in said.says.lower():
        message = "This does not say that nobody stops a blood thinner alone."
        hint = 'Write it again: "do not stop or start any on your own".'
        yield Problem(facts.place("shared", ON_EVERY_PAGE[0], "says"), message, hint)
    for id, procedure in facts.procedures.items():
        for key in ON_EVERY_PAGE if procedure.kind != "no-procedure" else ():
            if facts.shared.get(key) not in procedure.before.values():
                message = f'This procedure lacks the shared statement "{key}".'
                hint = f'Write it under "before": {key}: {{shared: {key}}}'
                yield Problem(facts.place_of(id, "before"), message, hint)


def sources_stand_once(facts: Facts, today: date) -> Problems:
    """Beside one fact a source stands once."""
    seen: set[tuple[object, ...]] = set()
    for name, steps, citation in iter_citations(facts):
        cited = (name, *steps[:-1], citation.source, citation.at, citation.reporting)
        if cited in seen:
            hint = "Delete one of the two, or name the other source that was meant."
            yield Problem(facts.place(name, *steps), f'"{citation.source}" stands twice beside this fact.', hint)
        seen.add(cited)


def facts_are_said_once(facts: Facts, today: date) -> Problems:
    """No two facts of a procedure say the same in the same words: one of them was copied and not changed."""
    seen: dict[tuple[str, str], str] = {}
    for id, fact in facts.each(Statement):
        first = seen.setdefault((id.split(".")[0], " ".join(fact.says.split()).lower()), id)
        if first != id:
            hint = "Delete one of the two, or write what this one was meant to say."
            yield Problem(facts.place_of(id, "says"), f'The same words stand at "{first}".', hint)


def drawings_show_the_targets(facts: Facts, today: date) -> Problems:
    """Structures in drawings are in the vocabulary; drawings show what procedures act on and what facts show."""
    known = facts.vocabulary.get("structures", {})
    for drawing in facts.drawings.values():
        for structure in drawing.structures:
            if structure not in known and "vocabulary/structures" not in facts.broken:
                message = f'There is no structure called "{structure}".'
                hint = list_choices(
                    {id: term.plain for id, term in known.items()}, "data/vocabulary/structures.yml"
                )
                yield Problem(drawing.place(f'data-structure="{re.escape(structure)}"'), message, hint)
    for id, procedure in facts.procedures.items() if "drawings" not in facts.broken else ():
        shown, target = find_shown_facts(procedure, id), find_first_target(procedure)
        drawn = [item for item in facts.drawings.values() if item.is_shown_for(target and target[1], shown)]
        drawn_parts = {part for drawing in drawn for part in drawing.shows}
        if target and target[1] not in known:
            continue  # another rule says so
        here = target and any(target[1] in drawing.structures for drawing in drawn)
        if target and not here and not lacks_drawing(procedure, facts.drawings):  # if it does, the report says so
            message = f'A drawing shows "{target[1]}", on which this procedure acts, and is not on this page.'
            hint = 'Name what else it shows at "shows" of the fact that says so.'
            yield Problem(facts.place_of(id, "targets", target[0], "structure"), message, hint)
            continue
        for part, (fact_id, _) in shown.items():
            if part not in drawn_parts:
                hint = suggest(part, drawn_parts) or "Delete the line, or have it drawn in data/drawings/."
                yield Problem(facts.place_of(fact_id, "shows"), f'No drawing on this page shows "{part}".', hint)


def families_end(facts: Facts, today: date) -> Problems:
    """No procedure is, over its parents, a form of itself."""
    for id, procedure in facts.procedures.items():
        if facts.procedures[facts.family(id)].part_of == id:
            message = f'"{id}" is a form of "{procedure.part_of}", and that leads back to "{id}".'
            hint = "Delete part_of in the one that stands at the top."
            yield Problem(facts.place_of(id, "part_of"), message, hint)


# Dates


def days_have_come(facts: Facts, today: date) -> Problems:
    """Nothing was read, searched or checked in the future (INV-6)."""
    days: list[tuple[Callable[[], Place], date, str]] = []
    for id, page in iter_pages(facts):
        hint = "Write the day on which the facts were last compared with their sources."
        days.append((partial(facts.place_of, id, "facts_checked"), page.facts_checked, hint))
    for id, gap in facts.each(NotKnown):
        if gap.searched:
            place = partial(facts.place_of, id, "searched")
            days.append((place, gap.searched, "Write the day of the last search."))
    for id, line in facts.helplines.items():
        hint = "Write the day on which its page was read."
        days.append((partial(facts.place, "helplines", id, "checked"), line.checked, hint))
    for id, source in facts.sources.items():
        hint = "Write the day by which it had been read."
        days.append((partial(facts.place, "sources", id, "read_by"), source.read_by, hint))
        if source.year and source.year > today.year:
            message = f"The year {source.year} has not come yet."
            yield Problem(facts.place("sources", id, "year"), message, "Look it up again.")
    yield from (Problem(place(), f"{day} has not come yet.", hint) for place, day, hint in days if day > today)


def unknowns_were_searched(facts: Facts, today: date) -> Problems:
    """What we could not find is only what somebody searched for; what was not read is no such thing (R-24)."""
    for id, gap in facts.each(NotKnown):
        if ".unknowns." in id and gap.reason != "searched":
            message = 'Nobody has searched for this, so it cannot stand under "unknowns".'
            hint = "Search for it and say what you found, or move the entry to the field that it is about."
            yield Problem(facts.place_of(id, "reason"), message, hint)


def next_checks_are_in_time(facts: Facts, today: date) -> Problems:
    """The next check of a page is within a year after the last one, and has not passed (INV-6)."""
    for id, page in iter_pages(facts):
        if not page.facts_checked < page.next_check <= page.facts_checked + timedelta(days=366):
            message = f"The next check, {page.next_check}, must be within a year after {page.facts_checked}."
            hint = "Facts about treatments go out of date: plan the next check at most a year ahead."
            yield Problem(facts.place_of(id, "next_check"), message, hint)
        elif page.next_check < today:
            message = f"These facts were due for a check on {page.next_check}."
            hint = "Compare them with their sources, then write the day at facts_checked, and look at next_check."
            yield Problem(facts.place_of(id, "next_check"), message, hint, level="notice")


def helplines_are_checked_again(facts: Facts, today: date) -> Problems:
    """The number of a helpline was read within the last year (INV-6)."""
    for id, line in facts.helplines.items():
        if line.checked + timedelta(days=366) < today:
            message = f'"{line.name}" was last checked on {line.checked}, and numbers change.'
            hint = "Read its own page again, then write the day at checked; delete it if nobody answers any more."
            yield Problem(facts.place("helplines", id, "checked"), message, hint, level="notice")


def codes_lead_to_one_page(facts: Facts, today: date) -> Problems:
    """No two procedures have the same code: a health record that asks with it gets one answer."""
    owners: dict[tuple[str, str], str] = {}
    for id, procedure in facts.procedures.items():
        for position, code in enumerate(procedure.codes):
            other = owners.setdefault((code.system, code.value), id)
            if other != id or procedure.codes.index(code) != position:
                message = f'The code "{code.value}" already belongs to "{other}".'
                hint = "Leave it with the procedure that its list means, and delete it here."
                yield Problem(facts.place_of(id, "codes", position, "value"), message, hint)


def colors_can_be_read(facts: Facts, today: date) -> Problems:
    """The color of a family can be read on light and on dark paper."""
    for id, procedure in facts.procedures.items():
        yield from find_unreadable_colors(facts, f"procedures/{id}", "color", procedure.color)


# Comparisons


def comparisons_have_every_option(facts: Facts, today: date) -> Problems:
    """A comparison names its options once each, among them one that is no procedure (IPD-Q3)."""
    for id, comparison in facts.comparisons.items():
        for option, times in Counter(comparison.options).items():
            if times > 1:
                message = f'"{option}" stands {times} times.'
                yield Problem(facts.place_of(id, "options"), message, "Name each option once.")
        kinds = {facts.procedures[o].kind for o in comparison.options if o in facts.procedures}
        missing = [o for o in comparison.options if f"procedures/{o}" in facts.broken]
        if "no-procedure" not in kinds and not missing:
            hint = 'Add "no-procedure" to the options.'
            yield Problem(facts.place_of(id, "options"), 'One of the options must be "no procedure now".', hint)
        if not comparison.question.endswith("?"):
            place = facts.place_of(id, "question")
            yield Problem(place, "The decision must be a question.", "End it with a question mark.")
