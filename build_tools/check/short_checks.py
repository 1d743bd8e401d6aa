"""Rules for the short page: what it names is there, is short, belongs to the page, and nothing grave is hidden."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from functools import partial

from build_tools.load.facts import Facts
from build_tools.load.reading import Steps
from build_tools.model.figure_text import SLOT, join, people
from build_tools.model.short_page import ShortPage, answers, lines_of, refs, unfilled
from build_tools.prose.prose import split_sentences
from build_tools.records.entries import AnyFact, Figure, NotKnown
from build_tools.records.problems import Place, Problem, Problems, choices, suggest
from build_tools.records.procedure import Harm, Procedure
from build_tools.records.short import Joined, Line

LINE, JOINED_ROW, NAME, CASE, LEAD = 25, 35, 8, 10, 12
"""The most words of a line, of how well it works and how long it lasts, of a harm's name, a pain, the lead."""

SIGN = 12
"""The most words of a sign of danger."""
_AMOUNT = re.compile(r"\(\d[^)]*\)[.,;]?|\d\S*( °[FC])?")
"""A number with its unit, and the same in another unit: a sign must never lose its limit to be short."""


def _spot(line: Line) -> Steps:
    """Where in a line its words are."""
    return ("says",) if isinstance(line, Joined) else ()


def lines_name_facts(facts: Facts, today: date) -> Problems:
    """Every line of a short page leads to a fact of its procedure, every case to a condition and to procedures."""
    for id, procedure in facts.procedures.items():
        own = facts.of(id)
        for steps, line in lines_of(procedure.short):
            for ref in refs(line):
                if ref not in own:
                    message = f'There is no fact "{ref}" in this file.'
                    place = facts.place(f"procedures/{id}", "short", *steps, *_spot(line))
                    yield Problem(place, message, _nearest(ref, own))
        for condition, case in procedure.short.cases.items():
            place = facts.place(f"procedures/{id}", "short", "cases", condition)
            known = facts.vocabulary["conditions"]
            if condition not in known and "vocabulary/conditions" not in facts.broken:
                message = f'There is no condition "{condition}".'
                words = {id: term.plain for id, term in known.items()}
                yield Problem(place, message, choices(words, "data/vocabulary/conditions.yml"))
            for form in case.forms:
                if form not in facts.procedures and f"procedures/{form}" not in facts.broken:
                    message = f'There is no procedure "{form}".'
                    yield Problem(place, message, choices(_names(facts), "data/procedures/"))


def _nearest(ref: str, own: Mapping[str, AnyFact]) -> str:
    """A hint that stays in the field: a fact of another field would say something else."""
    meant = (known for known in own if known.split(".")[0] == ref.split(".")[0] or known.split(".")[-1] == ref)
    found = ", ".join(sorted(meant))
    return f"It can be: {found}." if found else "Write the field of a fact and its key, as in benefits.one-year."


def _names(facts: Facts) -> dict[str, str]:
    return {id: procedure.names.name for id, procedure in facts.procedures.items()}


def comparisons_name_facts(facts: Facts, today: date) -> Problems:
    """What a comparison says for an option names an option of it, and facts of that option."""
    for id, comparison in facts.comparisons.items():
        place = partial(facts.place, f"comparisons/{id}")
        for field in ("names", "cases"):
            for option in getattr(comparison, field).keys() - set(comparison.options):
                message = f'"{option}" is no option here.'
                yield Problem(place(field, option), message, suggest(option, comparison.options))
        for question, given in comparison.grid.items():
            for option, line in given.items():
                if option not in comparison.options:
                    message = f'"{option}" is no option here.'
                    yield Problem(place("grid", question, option), message, suggest(option, comparison.options))
                elif option in facts.procedures:
                    own = facts.of(option)
                    for ref in refs(line):
                        if ref not in own:
                            message = f'"{option}" has no fact "{ref}".'
                            hint = _nearest(ref, own)
                            yield Problem(place("grid", question, option, *_spot(line)), message, hint)


def with_and_without_are_counted(facts: Facts, today: date) -> Problems:
    """What a comparison shows with and without an option is a figure of an option here, about the same pain."""
    for id, comparison in facts.comparisons.items():
        every = {
            f"{option}.{ref}": fact
            for option in comparison.options
            if option in facts.procedures
            for ref, fact in facts.of(option).items()
        }
        pains = frozenset().union(*(_with_broader(facts, pain) for pain in comparison.conditions))
        for position, ref in enumerate(comparison.with_and_without):
            figure, place = every.get(ref), facts.place(f"comparisons/{id}", "with_and_without", position)
            if not isinstance(figure, Figure) or figure.versus is None:
                message = f'"{ref}" is no figure of an option here that counts other people too.'
                yield Problem(place, message, 'Name a figure with "versus", as option.field.key, or none.')
            else:
                yield from _strangers(every, ref, pains, place)


def lines_have_answers(facts: Facts, today: date) -> Problems:
    """What has no answer is no line of a short page, except under what people ask."""
    for id, procedure in facts.procedures.items():
        own = facts.of(id)
        for steps, line in lines_of(procedure.short):
            if isinstance(line, str) and isinstance(own.get(line), NotKnown) and "asked" not in steps:
                message = f'"{line}" has no answer, so it cannot be a line here.'
                hint = 'Choose a fact, or write with "says" what the reader can do, such as whom to ask.'
                yield Problem(facts.place(f"procedures/{id}", "short", *steps), message, hint)


def leads_are_figures(facts: Facts, today: date) -> Problems:
    """The figure that speaks for a harm is one of its figures."""
    for id, harm in facts.each(Harm):
        if harm.lead and not isinstance(harm.how_often.get(harm.lead), Figure):
            message = f'"{harm.lead}" is no figure of this harm.'
            hint = f"Write the key of one at how_often: {', '.join(harm.how_often)}."
            yield Problem(facts.place_of(id, "lead"), message, hint)


def _leading(facts: Facts, id: str, procedure: Procedure) -> Iterator[tuple[Steps, str, Figure]]:
    """Each figure that a short page shows, with the place where it is chosen and its id in the file."""
    own = facts.of(id)
    named: list[tuple[Steps, str]] = [
        (("short", *steps), ref) for steps, line in lines_of(procedure.short) for ref in refs(line)
    ]
    for key, harm in procedure.harms.items():
        if harm.lead:
            named.append((("harms", key, "lead"), f"harms.{key}.{harm.lead}"))
    for steps, ref in named:
        if isinstance(figure := own.get(ref), Figure):
            yield steps, ref, figure


def figures_lead_where_they_belong(facts: Facts, today: date) -> Problems:
    """No figure of another form or condition, of a range of studies or of an unknown number leads (R-21, R-23)."""
    for id, procedure in facts.procedures.items():
        for steps, ref, figure in _leading(facts, id, procedure):
            place = facts.place(f"procedures/{id}", *steps)
            if "cases" not in steps and figure.applies_to:
                message = f'"{ref}" was counted in something else: {figure.applies_to.says}.'
                yield Problem(place, message, "Choose a figure of this page's own form and condition, or none.")
            elif figure.percent is not None and people(figure) is None:
                message = f'"{ref}" is a percent of an unknown number, which cannot lead.'
                yield Problem(place, message, "Add n or out_of if the source has it, or choose another figure.")
            elif figure.from_ is not None and len(figure.sources) > 1:
                message = f'"{ref}" is a range of different studies, which cannot lead.'
                yield Problem(place, message, "Choose the best single study.")


def figures_that_lead_name_their_place(facts: Facts, today: date) -> Problems:
    """A figure of the short page says where in its source it is (R-01)."""
    for id, procedure in facts.procedures.items():
        figures = {ref: figure for _, ref, figure in _leading(facts, id, procedure)}
        for ref in (ref for ref, figure in figures.items() if figure.sources[0].at is None):
            message = f'"{ref}" is on the short page and does not say where in its source it is.'
            hint = 'Write the place at its first source: {source: some-id, at: "table 2"}.'
            yield Problem(facts.place_of(f"{id}.{ref}", "sources"), message, hint)


def figures_fit_their_pain(facts: Facts, today: date) -> Problems:
    """A case, and a comparison's own line, has no figure of another pain; one of a broader pain may be (R-23)."""
    for id, procedure in facts.procedures.items():
        own = facts.of(id)
        for steps, line in lines_of(procedure.short):
            if steps[0] == "cases":
                pains = _with_broader(facts, str(steps[1]))
                yield from _strangers(own, line, pains, facts.place(f"procedures/{id}", "short", *steps))
    for id, comparison in facts.comparisons.items():
        pains = frozenset().union(*(_with_broader(facts, pain) for pain in comparison.conditions))
        place = partial(facts.place, f"comparisons/{id}")
        for option, pain in comparison.cases.items():
            short = facts.procedures[option].short if option in facts.procedures else None
            if short and pain not in short.cases:
                message = f'The short page of "{option}" has no case "{pain}".'
                yield Problem(place("cases", option), message, suggest(pain, short.cases))
            elif pain not in pains:
                message = f'"{pain}" is not what this comparison is about: {", ".join(comparison.conditions)}.'
                yield Problem(place("cases", option), message, "Choose a case of one of these.")
        for question, answers_here in comparison.grid.items():
            for option, line in answers_here.items():
                if option in facts.procedures:
                    yield from _strangers(facts.of(option), line, pains, place("grid", question, option))


def _with_broader(facts: Facts, pain: str) -> frozenset[str]:
    """A condition with those of which it is a kind."""
    words, found = facts.vocabulary["conditions"], {pain}
    while (term := words.get(pain)) and term.broader and term.broader not in found:
        found.add(pain := term.broader)
    return frozenset(found)


def _strangers(own: Mapping[str, AnyFact], line: Line, pains: frozenset[str], place: Place) -> Problems:
    for ref in refs(line):
        figure = own.get(ref)
        elsewhere = figure.applies_to if isinstance(figure, Figure) else None
        if elsewhere and elsewhere.condition and elsewhere.condition not in pains:
            message = f'"{ref}" was counted for another pain: {elsewhere.says}.'
            yield Problem(place, message, f"Choose a fact about {' or '.join(sorted(pains))}, or none.")


def slots_have_values(facts: Facts, today: date) -> Problems:
    """Every number of a short sentence comes from a figure, or is in the statement of which it is the brief."""
    for id, fact in facts.all():
        text = getattr(fact, "brief", None)
        if text:
            figures = {"": fact} if isinstance(fact, Figure) else {}
            yield from _slots(facts.place_of(id, "brief"), text, figures, getattr(fact, "says", ""))
    for id, procedure in facts.procedures.items():
        own = facts.of(id)
        for steps, line in lines_of(procedure.short):
            if isinstance(line, Joined) and all(ref in own for ref in refs(line)):
                place = facts.place(f"procedures/{id}", "short", *steps, "says")
                yield from _slots(place, line.says, {ref: own[ref] for ref in refs(line)}, "")


def _slots(place: Place, text: str, figures: Mapping[str, AnyFact], says: str) -> Problems:
    for slot in unfilled(text, figures):
        message = f"{{{slot}}} has no value here."
        yield Problem(place, message, "It can be {value}, {versus} or {n} of a figure that has it.")
    typed = set(re.findall(r"\d[\d,.]*\d|\d", SLOT.sub("", text))) - set(re.findall(r"\d[\d,.]*\d|\d", says))
    if typed:
        message = f"Numbers are not typed here: {', '.join(sorted(typed))}."
        hint = "Write {value}, {versus} or {n} in place of the number, or leave it out."
        if not figures:
            hint = "A brief has only the numbers of the words that it shortens."
        yield Problem(place, message, hint)


def lines_are_short(facts: Facts, today: date) -> Problems:
    """No line of a short page has more than 25 words (BAR-15), and a brief is one sentence."""
    shorter = "Leave out what matters less."
    for id, fact in facts.all():
        text = getattr(fact, "brief", None)
        if text and len(split_sentences(text)) > 1:
            yield Problem(facts.place_of(id, "brief"), "A brief is one sentence.", shorter)
        if isinstance(fact, Harm) and fact.name and len(fact.name.split()) > NAME:
            yield _long(facts.place_of(id, "name"), fact.name, NAME, shorter)
        if isinstance(fact, Figure) and fact.applies_to and len(fact.applies_to.says.split()) > NAME:
            yield _long(facts.place_of(id, "applies_to", "says"), fact.applies_to.says, NAME, shorter)
    for id, procedure in facts.procedures.items():
        page = ShortPage(facts, id)
        place = (f"procedures/{id}", "short")
        if len(procedure.short.lead.split()) > LEAD:
            yield _long(facts.place(*place, "lead"), procedure.short.lead, LEAD, shorter)
        for key, case in procedure.short.cases.items():
            if len(case.pain.split()) > CASE:
                yield _long(facts.place(*place, "cases", key, "pain"), case.pain, CASE, shorter)
        for steps, line in lines_of(procedure.short):
            if "harms" not in steps:
                said, most = join(page.say(line).sentence), JOINED_ROW if steps[-1] == "works" else LINE
                if len(said.split()) > most:
                    hint = shorter if isinstance(line, Joined) else f'Add a "brief" to {line}, or a shorter one.'
                    yield _long(facts.place(*place, *steps), said, most, hint)


def _long(place: Place, said: str, most: int, hint: str) -> Problem:
    return Problem(place, f'This line has {len(said.split())} words; it can have {most}: "{said}"', hint)


def signs_are_short(facts: Facts, today: date) -> Problems:
    """What a short page says of a sign of danger has at most twelve words, a number with its unit aside."""
    for key, sign in facts.signs.items():
        for field, text in (("brief", sign.brief), ("child_brief", sign.child_brief)):
            words = len(_AMOUNT.sub("", text or "").split())
            if words > SIGN:
                message = f"It has {words} words besides its numbers; it can have {SIGN}."
                hint = "Leave out examples, and no sign that is an emergency of its own."
                yield Problem(facts.place("signs", key, field), message, hint)


def grave_harms_are_short(facts: Facts, today: date) -> Problems:
    """A death and a loss that everybody has are never left to the page of everything (R-20)."""
    for id, procedure in facts.procedures.items():
        for key, harm in procedure.harms.items():
            if key in procedure.short.harms or facts.forms_of(id):
                continue
            if harm.weight == "expected" or (harm.effect == "death" and harm.weight != "not-seen"):
                message = f'The harm "{key}" is missing under "harms".'
                yield Problem(facts.place(f"procedures/{id}", "short"), message, "Name it there, among the first.")


def expected_harms_are_said(facts: Facts, today: date) -> Problems:
    """A harm that everybody has and that no figure speaks for is in the line on what to expect."""
    for id, procedure in facts.procedures.items():
        said = {ref for _, part in answers(procedure.short) if part.expect for ref in refs(part.expect)}
        for key in procedure.short.harms:
            harm = procedure.harms.get(key)
            if harm and harm.weight == "expected" and not harm.lead and f"harms.{key}" not in said:
                place = facts.place(f"procedures/{id}", "short", "harms")
                message = f'The harm "{key}" is expected, and the page shows it nowhere.'
                yield Problem(place, message, f'Name "harms.{key}" in "expect", or give the harm a lead figure.')
