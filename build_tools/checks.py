"""What must hold between facts: one small function for each rule, its docstring the rule.

A rule takes the facts (and the day) and yields problems. `check` runs them all.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta

from build_tools import cross_checks, figure_checks, short_checks
from build_tools.certainty import is_surer, rate
from build_tools.colors import unreadable
from build_tools.drawings import first_target, lacks_drawing, told_by
from build_tools.facts import Facts, cited, steps_of
from build_tools.gaps import KEY, gaps_in
from build_tools.glossary import any_of, stems
from build_tools.problems import Problem, choices, suggest
from build_tools.prose import passages_of_data, split_sentences
from build_tools.reading import Steps
from build_tools.records import (
    ASKED,
    CHILD,
    IMPLIED,
    LEVELS,
    Comparison,
    Figure,
    Harm,
    Imaging,
    Measured,
    NotKnown,
    Procedure,
    Statement,
)
from build_tools.sections import HEADINGS, VOCABULARY_OF_FIELD
from build_tools.wording import CALL_NUMBER

Problems = Iterator[Problem]


def check(facts: Facts, today: date) -> list[Problem]:
    """All problems between facts. A file that could not be read is silent here: reading has said why."""
    gaps = list(gaps_are_filled(facts, today))
    unwritten = {gap.place for gap in gaps}
    found = [problem for rule in RULES if rule is not gaps_are_filled for problem in rule(facts, today)]
    return [problem for problem in found if problem.place not in unwritten] + gaps


# Where things stand


def pages(facts: Facts) -> Iterator[tuple[str, Procedure | Comparison]]:
    """Every procedure and every comparison with its file."""
    yield from ((f"procedures/{id}", procedure) for id, procedure in facts.procedures.items())
    yield from ((f"comparisons/{id}", comparison) for id, comparison in facts.comparisons.items())


# Gaps


def gaps_are_filled(facts: Facts, today: date) -> Problems:
    """No text of a draft is still to fill, and every entry has a key of its own."""
    for name, document in facts.documents.items():
        for steps in gaps_in(document.value):
            field = next((str(step) for step in reversed(steps) if isinstance(step, str)), "")
            if steps[-1] == KEY:
                message = "This entry has no key of its own yet."
                hint = "Name it in one to three words: small letters, digits and hyphens. It never changes later."
            else:
                top = steps[0] if len(steps) > 1 and steps[0] != field else ""
                message = f'"{field}" under "{top}" is still to fill.' if top else f'"{field}" is still to fill.'
                hint = facts.help(name, *steps) or "Write what belongs here in place of the mark."
            yield Problem(document.place(*steps), message, hint)


def gaps_in_short(facts: Facts, problems: Iterable[Problem]) -> list[Problem]:
    """The problems, with all gaps of a file as one that counts them and names the next."""
    kept = set(problems)
    for name, document in facts.documents.items():
        gaps = sorted((document.place(*steps), steps) for steps in gaps_in(document.value))
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
            "build_tools/sections.py",
        ),
    }
    for field, vocabulary in VOCABULARY_OF_FIELD.items():
        terms = facts.vocabulary[vocabulary]
        known[field] = ({id: term.plain for id, term in terms.items()}, f"data/vocabulary/{vocabulary}.yml")
    for name, steps, what, id in _named(facts):
        ids, home = known[what]
        of_procedure = what in ("procedure", "fact")
        file = (
            f"procedures/{id.split('.')[0]}" if of_procedure else home.removeprefix("data/").removesuffix(".yml")
        )
        if id not in ids and file not in facts.broken:
            yield Problem(facts.place(name, *steps), f'There is no {what} called "{id}".', choices(ids, home))


def _named(facts: Facts) -> Iterator[tuple[str, Steps, str, str]]:
    """Each place where a file names something: the file, the path, what is named, and its id."""
    for name, steps, citation in cited(facts):
        yield name, steps, "source", citation.source
    for fact_id, fact in facts.all():
        for field in VOCABULARY_OF_FIELD:
            if word := vars(fact).get(field):
                name, steps = steps_of(fact_id)
                yield name, (*steps, field), field, word
        if isinstance(fact, Figure) and fact.applies_to:
            for field, what in (("condition", "condition"), ("form", "procedure")):
                if word := getattr(fact.applies_to, field):
                    name, steps = steps_of(fact_id)
                    yield name, (*steps, "applies_to", field), what, word
    for id, comparison in facts.comparisons.items():
        for position, condition_id in enumerate(comparison.conditions):
            yield f"comparisons/{id}", ("conditions", position), "condition", condition_id
        for position, fact_id in enumerate(comparison.with_and_without):
            yield f"comparisons/{id}", ("with_and_without", position), "fact", fact_id
    for what in ("condition", "effect"):
        for id, term in facts.vocabulary[f"{what}s"].items():
            if term.broader:
                yield f"vocabulary/{what}s", (id, "broader"), what, term.broader
    for id, procedure in facts.procedures.items():
        name = f"procedures/{id}"
        if procedure.part_of:
            yield name, ("part_of",), "procedure", procedure.part_of
        for key, option in procedure.other_options.items():
            if option.procedure:
                yield name, ("other_options", key, "procedure"), "procedure", option.procedure
        for position, situation in enumerate(procedure.situations):
            yield name, ("situations", position), "situation", situation
    for key, sign in facts.signs.items():
        for position, effect in enumerate(sign.effects):
            yield "signs", (key, "effects", position), "effect", effect
        for position, situation in enumerate(sign.shown_for):
            yield "signs", (key, "shown_for", position), "situation", situation
    for key, typed in facts.searches.items():
        if typed.at:
            yield "searches", (key, "at"), "section", typed.at
    for key, line in facts.helplines.items():
        for position, helped in enumerate(line.conditions):
            yield "helplines", (key, "conditions", position), "condition", helped
    for id, comparison in facts.comparisons.items():
        for position, option_id in enumerate(comparison.options):
            yield f"comparisons/{id}", ("options", position), "procedure", option_id
        for key, weighing in comparison.weighing.items():
            for position, quoted in enumerate(weighing.facts):
                yield f"comparisons/{id}", ("weighing", key, "facts", position), "fact", quoted
    for key, claim in facts.claims.items():
        for position, quoted in enumerate(claim.facts):
            yield "claims", (key, "facts", position), "fact", quoted


def entries_are_used(facts: Facts, today: date) -> Problems:
    """Every source, shared statement and situation is used; a situation by procedures and by signs (INV-2)."""
    if facts.broken:
        return
    statements = {id(fact) for _, fact in facts.all()}
    sources = {citation.source for _, _, citation in cited(facts)}
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
        yield Problem(
            facts.place("shared", ON_EVERY_PAGE[0], "says"),
            "This does not say that nobody stops a blood thinner alone.",
            'Write it again: "do not stop or start any on your own".',
        )
    for id, procedure in facts.procedures.items():
        for key in ON_EVERY_PAGE if procedure.kind != "no-procedure" else ():
            if facts.shared.get(key) not in procedure.before.values():
                yield Problem(
                    facts.place(f"procedures/{id}", "before"),
                    f'This procedure lacks the shared statement "{key}".',
                    f'Write it under "before": {key}: {{shared: {key}}}',
                )


def sources_stand_once(facts: Facts, today: date) -> Problems:
    """Beside one fact a source stands once."""
    seen: set[tuple[object, ...]] = set()
    for name, steps, citation in cited(facts):
        told = (name, *steps[:-1], citation.source, citation.at, citation.reporting)
        if told in seen:
            yield Problem(
                facts.place(name, *steps),
                f'"{citation.source}" stands twice beside this fact.',
                "Delete one of the two, or name the other source that was meant.",
            )
        seen.add(told)


def facts_are_said_once(facts: Facts, today: date) -> Problems:
    """No two facts of a procedure say the same in the same words: one of them was copied and not changed."""
    seen: dict[tuple[str, str], str] = {}
    for id, fact in facts.each(Statement):
        first = seen.setdefault((id.split(".")[0], " ".join(fact.says.split()).lower()), id)
        if first != id:
            yield Problem(
                facts.place_of(id, "says"),
                f'The same words stand at "{first}".',
                "Delete one of the two, or write what this one was meant to say.",
            )


def words_fit_their_text(facts: Facts, today: date) -> Problems:
    """Where a text names methods or harms, that of its entry is among them; that of imaging is the first."""
    for field in ("imaging", "effect", "method"):
        terms = facts.vocabulary[VOCABULARY_OF_FIELD[field]]
        forms: dict[str, set[str]] = defaultdict(set)
        for id, term in terms.items():
            for form in (term.name, term.plain, *term.synonyms):
                forms[form.lower()].add(id)
        everyday = {f for f in forms if field == "method" and not any(terms[id].access for id in forms[f])}
        pattern = re.compile(rf"(?<![\w-]){any_of(forms)}(?![\w-])", re.IGNORECASE)
        for id, fact in facts.each(Statement):
            word = vars(fact).get(field)
            if word not in terms:
                continue
            named = [form.lower() for form in pattern.findall(fact.says) if form.lower() not in everyday]
            own = " ".join((terms[word].name, terms[word].plain, *terms[word].synonyms)).lower()
            named = named[:1] if field == "imaging" else named
            spoken = f'"{min(named)}"' if named else "no imaging"
            unnamed = field == "imaging" and not named and not stems(own) & stems(fact.says)
            if unnamed or (named and not any(word in forms[form] or form in own for form in named)):
                yield Problem(
                    facts.place_of(id, field),
                    f'The text speaks of {spoken}, but the entry names "{word}".',
                    f"Write the {field} that the text is about.",
                )


ROLE_WORDS = {
    "plans": r"\b(before|beforehand|first|plans?|planning)\b",
    "checks": r"\b(after|afterwards|checks?)\b",
}
"""Words of time that a text about imaging needs to say what it does; what guides needs none."""


def roles_fit_their_text(facts: Facts, today: date) -> Problems:
    """What plans is told as coming before, what checks as coming after, and a key that names a role is right."""
    for id, fact in facts.each(Imaging):
        ending = id.rpartition("-")[2]
        if ending in ("plans", "guides", "checks") and ending != fact.role:
            yield Problem(
                facts.place_of(id, "role"),
                f'The key says that it {ending}, but the role is "{fact.role}".',
                "Look it up in the source, and write the role that it says.",
            )
        elif fact.role in ROLE_WORDS and not re.search(ROLE_WORDS[fact.role], fact.says, re.IGNORECASE):
            yield Problem(
                facts.place_of(id, "role"),
                f'The role is "{fact.role}", but the text does not say when that is.',
                "Say before what, or after what, it is done; during the procedure it guides.",
            )


def words_have_one_home(facts: Facts, today: date) -> Problems:
    """A medical word or id stands in one vocabulary only: the glossary has one entry for it."""
    seen: dict[str, str] = {}
    for vocabulary, terms in facts.vocabulary.items():
        for id, term in terms.items():
            written: dict[str, Steps] = {id: ()}
            written.setdefault(term.name.lower(), ("name",))
            for position, synonym in enumerate(term.synonyms):
                written.setdefault(synonym.lower(), ("synonyms", position))
            for word, steps in written.items():
                home = f"{vocabulary}.yml: {id}"
                if seen.setdefault(word, home) != home:
                    yield Problem(
                        facts.place(f"vocabulary/{vocabulary}", id, *steps),
                        f'"{word}" is explained twice; the other place is {seen[word]}.',
                        "Keep one of the two, and put other forms of the word under its synonyms.",
                    )


_EVERYDAY = frozenset(
    "act block catheter contrast cut form lead mean means patient root sound stage trial".split()
)


def words_have_one_sense(facts: Facts, today: date) -> Problems:
    """The glossary finds words by their spelling, so none of them may have another sense in everyday English."""
    for vocabulary, terms in facts.vocabulary.items():
        for id, term in terms.items():
            names = [(("name",), term.name), *((("synonyms", at), name) for at, name in enumerate(term.synonyms))]
            for steps, name in names:
                if name.lower() in _EVERYDAY and not (term.everyday or name.isupper()):
                    yield Problem(
                        facts.place(f"vocabulary/{vocabulary}", id, *steps),
                        f'"{name}" is a word of everyday English too, and would be explained there.',
                        'Use a longer name that has one sense only, such as "mean value".',
                    )


def drawings_show_the_targets(facts: Facts, today: date) -> Problems:
    """Structures in drawings are in the vocabulary; drawings show what procedures act on and what facts show."""
    known = facts.vocabulary.get("structures", {})
    for drawing in facts.drawings.values():
        for structure in drawing.structures:
            if structure not in known and "vocabulary/structures" not in facts.broken:
                yield Problem(
                    drawing.place(f'data-structure="{structure}"'),
                    f'There is no structure called "{structure}".',
                    choices({id: term.plain for id, term in known.items()}, "data/vocabulary/structures.yml"),
                )
    for id, procedure in facts.procedures.items() if "drawings" not in facts.broken else ():
        told, target = told_by(procedure, id), first_target(procedure)
        drawn = [item for item in facts.drawings.values() if item.stands(target and target[1], told)]
        if target and target[1] not in known:
            continue  # another rule says so
        shown = any(target[1] in drawing.structures for drawing in drawn) if target else True
        if target and not shown and not lacks_drawing(procedure, facts.drawings):  # if it does, the report says so
            yield Problem(
                facts.place(f"procedures/{id}", "targets", target[0], "structure"),
                f'A drawing shows "{target[1]}", on which this procedure acts, and does not stand on this page.',
                'Name what else it shows at "shows" of the fact that says so.',
            )
            continue
        for part, (fact_id, _) in told.items():
            if not any(part in drawing.shows for drawing in drawn):
                yield Problem(
                    facts.place_of(fact_id, "shows"),
                    f'No drawing on this page shows "{part}".',
                    suggest(part, {part for drawing in drawn for part in drawing.shows})
                    or "Delete the line, or have it drawn in data/drawings/.",
                )


def families_end(facts: Facts, today: date) -> Problems:
    """No procedure is, over its parents, a form of itself."""
    for id, procedure in facts.procedures.items():
        if facts.procedures[facts.family(id)].part_of == id:
            yield Problem(
                facts.place(f"procedures/{id}", "part_of"),
                f'"{id}" is a form of "{procedure.part_of}", and that leads back to "{id}".',
                "Delete part_of in the one that stands at the top.",
            )


# Numbers


def figures_are_of_one_form(facts: Facts, today: date) -> Problems:
    """A procedure with forms has no figure: each was counted in one form, and its file has it."""
    for id, _ in facts.each(Figure):
        if forms := facts.forms_of(id.split(".")[0]):
            yield Problem(
                facts.place_of(id),
                "A procedure with forms has no figures of its own.",
                f"Move it to the file of the form in which it was counted: {', '.join(forms)}.",
            )


def _measured(facts: Facts) -> Iterator[tuple[str, tuple[str, ...], Figure, Measured]]:
    for id, figure in facts.each(Figure):
        yield id, (), figure, figure
        if figure.versus:
            yield id, ("versus",), figure, figure.versus


def counts_fit_their_totals(facts: Facts, today: date) -> Problems:
    """No count is above its total (INV-3)."""
    for id, steps, figure, value in _measured(facts):
        if value.count is not None and value.out_of is not None and value.count > value.out_of:
            yield Problem(
                facts.place_of(id, *steps, "count"),
                f"{value.count} out of {value.out_of} {figure.units} cannot be.",
                "Were count and out_of exchanged?",
            )


def comparisons_measure_the_same(facts: Facts, today: date) -> Problems:
    """A figure and the one it is compared with are given in the same way."""
    for id, fact in facts.each(Figure):
        if fact.versus is None:
            continue
        shapes = {(value.share is None, value.amount is None) for value in (fact, fact.versus)}
        if len(shapes) > 1:
            yield Problem(
                facts.place_of(id, "versus"),
                "The figure and the one it is compared with are not given in the same way.",
                "Give two shares, or two amounts, as the source prints them.",
            )


def shares_agree(facts: Facts, today: date) -> Problems:
    """A share that is given twice, as a count and in percent, agrees within rounding (INV-3)."""
    for id, steps, _, value in _measured(facts):
        if value.count is not None and value.out_of and value.percent is not None:
            computed = 100 * value.count / value.out_of
            if abs(computed - value.percent) > 0.6:
                yield Problem(
                    facts.place_of(id, *steps, "percent"),
                    f"{value.count} out of {value.out_of} is {computed:.1f} percent, "
                    f"but {value.percent:g} is written.",
                    "Look both up in the source; if they differ there, keep the count and say so in a note.",
                )


def ranges_are_ordered(facts: Facts, today: date) -> Problems:
    """A range goes from its lower to its upper end (INV-3)."""
    for id, steps, figure, value in _measured(facts):
        if value.from_ is not None and value.to is not None:
            if value.from_ > value.to:
                yield Problem(
                    facts.place_of(id, *steps, "from"),
                    f"A range from {value.from_:g} to {value.to:g} runs backward.",
                    "Exchange the two.",
                )
            elif figure.measure is None and not 0 <= value.from_ <= value.to <= 100:
                yield Problem(
                    facts.place_of(id, *steps, "to"),
                    "A share lies between 0 and 100 percent.",
                    'If this is not a share, add its unit as "measure".',
                )


def uncertainties_hold_their_figure(facts: Facts, today: date) -> Problems:
    """The uncertainty of a figure is a range around the figure itself (INV-3)."""
    for id, figure in facts.each(Figure):
        if figure.low is None and figure.high is None:
            continue
        estimate = figure.share * 100 if figure.share is not None else figure.amount
        if figure.low is None or figure.high is None:
            given = "high" if figure.low is None else "low"
            yield Problem(
                facts.place_of(id, given), '"low" and "high" belong together; one is missing.', "Give both."
            )
        elif figure.share is not None and not 0 <= figure.low <= figure.high <= 100:
            yield Problem(
                facts.place_of(id, "low"),
                "The uncertainty of a share lies between 0 and 100 percent; "
                f"this one goes from {figure.low:g} to {figure.high:g}.",
                "Look it up again, and leave low and high out if the source prints them so.",
            )
        elif estimate is None or not figure.low <= estimate <= figure.high:
            yield Problem(
                facts.place_of(id, "low"),
                f"The uncertainty, {figure.low:g} to {figure.high:g}, does not hold the figure itself.",
                "Give low and high in the same unit as the figure (percent for shares).",
            )


_VALUE = ("percent", "from_", "to", "amount", "before", "after", "measure")
_CONTEXT = ("who", "when", "how", "average", "units", "out_of", "n", "low", "high")


def same_result_has_same_context(facts: Facts, today: date) -> Problems:
    """One result of one source has the same who, when, how, average and number of people on every page.

    Two figures on two pages are one result if source and value are the same. "None at all" tells no results apart:
    a study can have looked for several harms and seen none of them.
    """
    earlier: dict[tuple[object, ...], list[tuple[str, Figure]]] = defaultdict(list)
    for id, figure in facts.each(Figure):
        if figure.share == 0:
            continue
        value = (figure.count, figure.count and figure.out_of, *(getattr(figure, name) for name in _VALUE))
        for citation in figure.sources:
            same = earlier[citation.source, *value]
            elsewhere = [(other, there) for other, there in same if other.split(".")[0] != id.split(".")[0]]
            same.append((id, figure))
            differing = [
                (other, [name for name in _CONTEXT if getattr(figure, name) != getattr(there, name)])
                for other, there in elsewhere
            ]
            if differing and all(names for _, names in differing):
                other, names = differing[0]
                yield Problem(
                    facts.place_of(id, names[0]),
                    f'This result of "{citation.source}" is also {other}, with another {", ".join(names)}.',
                    "Compare both with the source, then write the same in both places.",
                )
                break


def certainty_is_never_raised(facts: Facts, today: date) -> Problems:
    """An editor can rate a figure lower than the rule of docs/certainty.md does, and never higher."""
    for id, figure in facts.each(Figure):
        rating = rate(figure, facts.sources, facts.procedures[id.split(".")[0]])
        known = all(citation.source in facts.sources for citation in figure.sources)
        if figure.certainty and is_surer(figure.certainty, rating.level) and known:
            yield Problem(
                facts.place_of(id, "certainty"),
                f'This figure can be "{rating.level}" at most, not "{figure.certainty}": {rating}.',
                'Delete "certainty", which is computed; docs/certainty.md has the rule.',
            )


# Dates


def days_have_come(facts: Facts, today: date) -> Problems:
    """Nothing was read, searched or checked in the future (INV-6)."""
    compared = "Write the day on which the facts were last compared with their sources."
    days: list[tuple[str, Steps, date, str]] = [
        (name, ("facts_checked",), page.facts_checked, compared) for name, page in pages(facts)
    ]
    for id, gap in facts.each(NotKnown):
        name, path = steps_of(id)
        days.append((name, (*path, "searched"), gap.searched, "Write the day of the last search."))
    for id, line in facts.helplines.items():
        days.append(("helplines", (id, "checked"), line.checked, "Write the day on which its page was read."))
    for id, source in facts.sources.items():
        days.append(("sources", (id, "read_by"), source.read_by, "Write the day by which it had been read."))
        if source.year and source.year > today.year:
            message = f"The year {source.year} has not come yet."
            yield Problem(facts.place("sources", id, "year"), message, "Look it up again.")
    for name, steps, day, hint in days:
        if day > today:
            yield Problem(facts.place(name, *steps), f"{day} has not come yet.", hint)


def unknowns_were_searched(facts: Facts, today: date) -> Problems:
    """What we could not find is only what somebody searched for; what was not read is no such thing (R-24)."""
    for id, procedure in facts.procedures.items():
        for key, gap in procedure.unknowns.items():
            if gap.reason != "searched":
                yield Problem(
                    facts.place_of(f"{id}.unknowns.{key}", "reason"),
                    'Nobody has searched for this, so it cannot stand under "unknowns".',
                    "Search for it and say what you found, or move the entry to the field that it is about.",
                )


def next_checks_are_in_time(facts: Facts, today: date) -> Problems:
    """The next check of a page is within a year after the last one, and has not passed (INV-6)."""
    for name, page in pages(facts):
        if not page.facts_checked < page.next_check <= page.facts_checked + timedelta(days=366):
            yield Problem(
                facts.place(name, "next_check"),
                f"The next check, {page.next_check}, must be within a year after {page.facts_checked}.",
                "Facts about treatments go out of date: plan the next check at most a year ahead.",
            )
        elif page.next_check < today:
            yield Problem(
                facts.place(name, "next_check"),
                f"These facts were due for a check on {page.next_check}.",
                "Compare them with their sources, then write the new days at facts_checked and next_check.",
                level="notice",
            )


def helplines_are_checked_again(facts: Facts, today: date) -> Problems:
    """The number of a helpline was read within the last year (INV-6)."""
    for id, line in facts.helplines.items():
        if line.checked + timedelta(days=366) < today:
            yield Problem(
                facts.place("helplines", id, "checked"),
                f'"{line.name}" was last checked on {line.checked}, and numbers change.',
                "Read its own page again, then write the day at checked; delete it if nobody answers any more.",
                level="notice",
            )


# Words


def messages_are_short(facts: Facts, today: date) -> Problems:
    """A summary is one sentence, and each half of a main message at most 35 words (CCI-1)."""
    for id, procedure in facts.procedures.items():
        found = len(split_sentences(procedure.summary.says))
        if found > 1:
            yield Problem(
                facts.place(f"procedures/{id}", "summary", "says"),
                f'"summary" has {found} sentences; it can have 1.',
                "Keep what a reader must know first, and move the rest below.",
            )
    for name, page in pages(facts):
        for half in ("helps", "harms"):
            found = len(getattr(page.main_message, half).says.split())
            if found > 35:
                yield Problem(
                    facts.place(name, "main_message", half, "says"),
                    f'"{half}" in the main message has {found} words; it can have 35.',
                    "Keep what a reader must know first, and move the rest below.",
                )


def main_messages_rest_on_their_page(facts: Facts, today: date) -> Problems:
    """Good and harm in a main message have a source of the page's own benefits and harms (R-16)."""
    for id, procedure in facts.procedures.items():
        below = {
            "helps": (*procedure.benefits.values(), *procedure.relief_lasts.values()),
            "harms": (
                *procedure.harms.values(),
                *(h for harm in procedure.harms.values() for h in harm.how_often.values()),
            ),
        }
        for half, found in below.items():
            known = {citation.source for fact in found for citation in getattr(fact, "sources", ())}
            cited_here = {citation.source for citation in getattr(procedure.main_message, half).sources}
            if known.isdisjoint(cited_here):
                field = "benefits" if half == "helps" else "harms"
                yield Problem(
                    facts.place(f"procedures/{id}", "main_message", half, "sources"),
                    f'"{half}" in the main message names no source of the facts under "{field}".',
                    f'Say in it what a fact under "{field}" says, and name that fact\'s source.',
                )


def codes_lead_to_one_page(facts: Facts, today: date) -> Problems:
    """No two procedures have the same code: a health record that asks with it gets one answer."""
    owners: dict[tuple[str, str], str] = {}
    for id, procedure in facts.procedures.items():
        for position, code in enumerate(procedure.codes):
            other = owners.setdefault((code.system, code.value), id)
            if other != id or procedure.codes.index(code) != position:
                yield Problem(
                    facts.place(f"procedures/{id}", "codes", position, "value"),
                    f'The code "{code.value}" already belongs to "{other}".',
                    "Leave it with the procedure that its list means, and delete it here.",
                )


def colors_can_be_read(facts: Facts, today: date) -> Problems:
    """The color of a family can be read on light and on dark paper."""
    for id, procedure in facts.procedures.items():
        yield from unreadable(facts, f"procedures/{id}", "color", procedure.color)


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
                yield Problem(
                    facts.place(f"procedures/{id}", "names"),
                    f'"{name}" is also a name of {others}, and this page does not say so.',
                    'Add an entry under "same_name" that tells them apart.',
                )


# Harms


def harms_say_how_often(facts: Facts, today: date) -> Problems:
    """Every harm says how often it happens, or that this is not known; the forms of a procedure say it for it."""
    if any(name.startswith("procedures/") for name in facts.broken):
        return  # it may be the form
    for id, harm in facts.each(Harm):
        if not harm.how_often and not facts.forms_of(id.split(".")[0]):
            yield Problem(
                facts.place_of(id),
                "This harm does not say how often it happens.",
                'Add "how_often": figures, each with its source, or one entry with "not_known".',
            )


def serious_effects_are_serious(facts: Facts, today: date) -> Problems:
    """An effect that is always serious is serious on every page (R-20)."""
    for id, harm in facts.each(Harm):
        effect = facts.vocabulary["effects"].get(harm.effect)
        if effect and effect.serious and not harm.serious:
            yield Problem(
                facts.place_of(id, "weight"),
                f'"{effect.name}" is always serious, and this entry says that it is not.',
                'Write "weight: dangerous"; nobody may hide it.',
            )


# Signs of danger


def implied_situations_are_not_listed(facts: Facts, today: date) -> Problems:
    """No procedure lists a situation that holds for every page by itself."""
    for key, procedure in facts.procedures.items():
        for position, id in enumerate(procedure.situations):
            if id in IMPLIED:
                yield Problem(
                    facts.place(f"procedures/{key}", "situations", position),
                    f'"{id}" is not listed by procedures.',
                    "Delete it: it holds for every page by itself.",
                )


def signs_fit_their_page(facts: Facts, today: date) -> Problems:
    """A page shows an emergency, in words for its readers; its harms and notes name only signs that it shows."""
    for id, procedure in facts.procedures.items() if "signs" not in facts.broken else ():
        shown = facts.signs_of(id)
        named: list[tuple[Steps, str]] = [(("signs", key), key) for key in procedure.signs]
        named += [
            (("harms", key, "signs", position), sign)
            for key, harm in procedure.harms.items()
            for position, sign in enumerate(harm.signs)
        ]
        for steps, sign in named:
            if sign not in shown:
                known = facts.signs.get(sign)
                wanted = f'Add one of "{", ".join(known.shown_for)}" to the situations' if known else ""
                yield Problem(
                    facts.place(f"procedures/{id}", *steps),
                    f'This page shows no sign called "{sign}".',
                    f"{wanted}, or name another sign."
                    if known
                    else choices({id: one.brief for id, one in shown.items()}, "data/signs.yml"),
                )
        if not any(sign.level == "emergency" for sign in shown.values()):
            yield Problem(
                facts.place(f"procedures/{id}", "situations"),
                "This page shows no emergency.",
                "Add the situations of this procedure; data/situations.yml lists them.",
            )
        for key, record in shown.items():
            if facts.for_child(id) and not record.child:
                yield Problem(
                    facts.place("signs", key),
                    f'The page "{id}" is about a child, and this sign has no words for that.',
                    'Add "child": what a parent would notice, as words that follow "if".',
                )


def harms_have_signs(facts: Facts, today: date) -> Problems:
    """A serious harm has a sign unless nobody can notice it in time, and one is as urgent as the harm."""
    for id, fact in facts.each(Harm):
        effect = facts.vocabulary["effects"].get(fact.effect)
        if not effect or "signs" in facts.broken:
            continue
        shown = facts.signs_of(id.split(".")[0])
        levels = [LEVELS.index(shown[sign].level) for sign in fact.signs if sign in shown]
        if fact.serious and not fact.signs and not effect.no_sign:
            fitting = [sign for sign, record in shown.items() if fact.effect in record.effects]
            yield Problem(
                facts.place_of(id),
                f'"{effect.plain}" is serious here, and names no sign of danger.',
                f'Add "signs: [{", ".join(fitting or ["the id of a sign"])}]", or write "no_sign: true" at '
                f'"{fact.effect}" in data/vocabulary/effects.yml if nobody can notice it in time.',
            )
        elif levels and effect.least and min(levels) > LEVELS.index(effect.least):
            yield Problem(
                facts.place_of(id, "signs"),
                f'A sign of "{effect.plain}" is at least "{effect.least}", and none of these is.',
                "Name the sign that says so, or look up how urgent it is.",
            )


def families_share_their_situations(facts: Facts, today: date) -> Problems:
    """What holds for every form of a procedure holds for the procedure."""
    for id, procedure in facts.procedures.items():
        forms = [set(facts.procedures[form].situations) for form in facts.forms_of(id)]
        for situation in sorted(set.intersection(*forms) - {CHILD, *procedure.situations} if forms else ()):
            yield Problem(
                facts.place(f"procedures/{id}", "situations"),
                f'Every form of this procedure has the situation "{situation}", and this file does not.',
                "Add it here.",
            )


_CALL = re.compile(
    rf"{CALL_NUMBER.pattern}|\b(?:call|dial|ring|phone) (?:for )?(?:an|the) ambulance\b"
    r"|\bemergency (?:phone )?numbers?\b",
    re.IGNORECASE,
)


def whom_to_call_is_written_once(facts: Facts, today: date) -> Problems:
    """No fact, sign, helpline or text of a clinic about a procedure says which number to call in an emergency."""
    for passage in passages_of_data(facts):
        kind, steps = passage.name.split("/")[0], passage.steps
        if kind not in ("procedures", "comparisons", "signs", "helplines", "clinics") or "judgement" in steps:
            continue
        if kind == "clinics" and steps[0] != "procedures":
            continue
        for found in _CALL.finditer(passage.text):
            yield Problem(
                passage.place(*found.span()),
                f'"{found.group()}" says whom to call in an emergency, and that depends on where the reader is.',
                "Delete it: data/signs.yml says how urgent a sign is, and the page writes the number from that.",
            )


# Comparisons


def comparisons_have_every_option(facts: Facts, today: date) -> Problems:
    """A comparison names its options once each, among them one that is no procedure (IPD-Q3)."""
    for id, comparison in facts.comparisons.items():
        name = f"comparisons/{id}"
        for option, times in Counter(comparison.options).items():
            if times > 1:
                yield Problem(
                    facts.place(name, "options"), f'"{option}" stands {times} times.', "Name each option once."
                )
        kinds = {facts.procedures[o].kind for o in comparison.options if o in facts.procedures}
        missing = [o for o in comparison.options if f"procedures/{o}" in facts.broken]
        if "no-procedure" not in kinds and not missing:
            yield Problem(
                facts.place(name, "options"),
                'One of the options must be "no procedure now".',
                'Add "no-procedure" to the options.',
            )
        if not comparison.question.endswith("?"):
            yield Problem(
                facts.place(name, "question"), "The decision must be a question.", "End it with a question mark."
            )


RULES = (
    gaps_are_filled,
    names_exist,
    entries_are_used,
    blood_thinners_are_on_every_page,
    sources_stand_once,
    facts_are_said_once,
    words_fit_their_text,
    roles_fit_their_text,
    words_have_one_home,
    words_have_one_sense,
    drawings_show_the_targets,
    families_end,
    figures_are_of_one_form,
    counts_fit_their_totals,
    comparisons_measure_the_same,
    shares_agree,
    ranges_are_ordered,
    uncertainties_hold_their_figure,
    certainty_is_never_raised,
    same_result_has_same_context,
    days_have_come,
    unknowns_were_searched,
    next_checks_are_in_time,
    helplines_are_checked_again,
    messages_are_short,
    main_messages_rest_on_their_page,
    codes_lead_to_one_page,
    colors_can_be_read,
    shared_names_are_told_apart,
    harms_say_how_often,
    serious_effects_are_serious,
    implied_situations_are_not_listed,
    signs_fit_their_page,
    harms_have_signs,
    families_share_their_situations,
    whom_to_call_is_written_once,
    comparisons_have_every_option,
    *cross_checks.RULES,
    *figure_checks.RULES,
    *short_checks.RULES,
)
