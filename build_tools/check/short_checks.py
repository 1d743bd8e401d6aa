"""Rules for the short page: what it names is there, is short, belongs to the page, and nothing grave is hidden."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import partial
from typing import NamedTuple

from build_tools.load.facts import Facts
from build_tools.load.yaml_reader import Steps
from build_tools.model.figure_text import SLOT, count_people, join
from build_tools.model.short_page import ShortPage, iter_answers, iter_lines, list_refs, list_unfilled
from build_tools.prose.prose import split_sentences
from build_tools.records.entries import AnyFact, Figure, NotKnown
from build_tools.records.problems import Place, Problem, Problems, suggest
from build_tools.records.procedure import Harm
from build_tools.records.short import Joined, Line

LINE, JOINED_ROW, NAME, CASE, LEAD = 25, 35, 8, 10, 12
"""The most words of a line, of how well it works and how long it lasts, of a harm's name, a pain, the lead."""

SIGN = 12
"""The most words of a sign of danger."""
_AMOUNT = re.compile(r"\(\d[^)]*\)[.,;]?|\d\S*( °[FC])?")
"""A number with its unit, and the same in another unit: a sign must never lose its limit to be short."""


class _Chosen(NamedTuple):
    """A line of a short page, where it is, and the facts of its procedure."""

    facts: Facts
    id: str
    steps: Steps
    line: Line
    own: Mapping[str, AnyFact]

    def place(self, *steps: str) -> Place:
        return self.facts.place_of(self.id, "short", *self.steps, *steps)


def _lines(facts: Facts) -> Iterator[_Chosen]:
    for id, procedure in facts.procedures.items():
        own = facts.of(id)
        yield from (_Chosen(facts, id, steps, line, own) for steps, line in iter_lines(procedure.short))


def lines_name_facts(facts: Facts, today: date) -> Problems:
    """Every line of a short page is a fact of its procedure, and an answer, except under what people ask."""
    for one in _lines(facts):
        for ref in list_refs(one.line):
            if ref not in one.own:
                message = f'There is no fact "{ref}" in this file.'
                yield Problem(one.place(*_words_in(one.line)), message, _nearest(ref, one.own))
            elif ref == one.line and isinstance(one.own[ref], NotKnown) and "asked" not in one.steps:
                message = f'"{ref}" has no answer, so it cannot be a line here.'
                hint = 'Choose a fact, or write with "says" what the reader can do, such as whom to ask.'
                yield Problem(one.place(), message, hint)


def _words_in(line: Line) -> tuple[str, ...]:
    """Where in a line its words are."""
    return ("says",) if isinstance(line, Joined) else ()


def _nearest(ref: str, own: Mapping[str, AnyFact]) -> str:
    """A hint that stays in the field: a fact of another field would say something else."""
    meant = (known for known in own if known.split(".")[0] == ref.split(".")[0] or known.split(".")[-1] == ref)
    found = ", ".join(sorted(meant))
    return f"It can be: {found}." if found else "Write the field of a fact and its key, as in benefits.one-year."


def comparisons_name_facts(facts: Facts, today: date) -> Problems:
    """What a comparison says for an option names an option of it, and facts of that option."""
    for id, comparison in facts.comparisons.items():
        named: list[tuple[Steps, str, Line | None]] = [
            *((("names", option), option, None) for option in comparison.names),
            *((("cases", option), option, None) for option in comparison.cases),
        ]
        for question, lines in comparison.grid.items():
            named += [(("grid", question, option), option, line) for option, line in lines.items()]
        for steps, option, line in named:
            if option not in comparison.options:
                hint = suggest(option, comparison.options)
                yield Problem(facts.place_of(id, *steps), f'"{option}" is no option here.', hint)
            elif option in facts.procedures and line:
                own = facts.of(option)
                for ref in (ref for ref in list_refs(line) if ref not in own):
                    place = facts.place_of(id, *steps, *_words_in(line))
                    yield Problem(place, f'"{option}" has no fact "{ref}".', _nearest(ref, own))


def with_and_without_are_counted(facts: Facts, today: date) -> Problems:
    """What a comparison shows with and without an option is a figure of an option here, about the same pain."""
    every = dict(facts.all())
    for id, comparison in facts.comparisons.items():
        pains = _pains(facts, comparison.conditions)
        for position, ref in enumerate(comparison.with_and_without):
            figure = every.get(ref) if ref.split(".")[0] in comparison.options else None
            place = partial(facts.place_of, id, "with_and_without", position)
            if not isinstance(figure, Figure) or figure.versus is None:
                message = f'"{ref}" is no figure of an option here that counts other people too.'
                yield Problem(place(), message, 'Name a figure with "versus", as option.field.key, or none.')
            else:
                yield from _strangers(every, ref, pains, place)


def leads_are_figures(facts: Facts, today: date) -> Problems:
    """The figure that speaks for a harm is one of its figures."""
    for id, harm in facts.each(Harm):
        if harm.lead and not isinstance(harm.how_often.get(harm.lead), Figure):
            hint = f"Write the key of one at how_often: {', '.join(harm.how_often)}."
            yield Problem(facts.place_of(id, "lead"), f'"{harm.lead}" is no figure of this harm.', hint)


def _leading(facts: Facts) -> Iterator[tuple[str, Callable[[], Place], Steps, Figure]]:
    """Each figure that a short page shows: its id, where it is chosen, and the path there."""
    for one in _lines(facts):
        for ref in list_refs(one.line):
            if isinstance(figure := one.own.get(ref), Figure):
                yield f"{one.id}.{ref}", one.place, one.steps, figure
    for id, harm in facts.each(Harm):
        if isinstance(figure := harm.how_often.get(harm.lead or ""), Figure):
            yield f"{id}.{harm.lead}", partial(facts.place_of, id, "lead"), (), figure


def figures_lead_where_they_belong(facts: Facts, today: date) -> Problems:
    """No figure of another form or condition, of a range of studies or of an unknown number leads (R-21, R-23)."""
    for id, place, steps, figure in _leading(facts):
        ref = id.partition(".")[2]
        if "cases" not in steps and figure.applies_to:
            message = f'"{ref}" was counted in something else: {figure.applies_to.says}.'
            yield Problem(place(), message, "Choose a figure of this page's own form and condition, or none.")
        elif figure.percent is not None and count_people(figure) is None:
            message = f'"{ref}" is a percent of an unknown number, which cannot lead.'
            yield Problem(place(), message, "Add n or out_of if the source has it, or choose another figure.")
        elif figure.from_ is not None and len(figure.sources) > 1:
            message = f'"{ref}" is a range of different studies, which cannot lead.'
            yield Problem(place(), message, "Choose the best single study.")


def figures_that_lead_name_their_place(facts: Facts, today: date) -> Problems:
    """A figure of the short page says where in its source it is (R-01)."""
    for id, figure in {id: figure for id, _, _, figure in _leading(facts)}.items():
        if figure.sources[0].at is None:
            message = f'"{id.partition(".")[2]}" is on the short page and does not say where in its source it is.'
            hint = 'Write the place at its first source: {source: some-id, at: "table 2"}.'
            yield Problem(facts.place_of(id, "sources"), message, hint)


def figures_fit_their_pain(facts: Facts, today: date) -> Problems:
    """A case, and a comparison's own line, has no figure of another pain; one of a broader pain may be (R-23)."""
    for one in _lines(facts):
        if one.steps[0] == "cases":
            yield from _strangers(one.own, one.line, _pains(facts, [str(one.steps[1])]), one.place)
    for id, comparison in facts.comparisons.items():
        pains = _pains(facts, comparison.conditions)
        for option, pain in comparison.cases.items():
            short = facts.procedures[option].short if option in facts.procedures else None
            if short and pain not in short.cases:
                message = f'The short page of "{option}" has no case "{pain}".'
                yield Problem(facts.place_of(id, "cases", option), message, suggest(pain, short.cases))
            elif pain not in pains:
                message = f'"{pain}" is not what this comparison is about: {", ".join(comparison.conditions)}.'
                yield Problem(facts.place_of(id, "cases", option), message, "Choose a case of one of these.")
        for question, lines in comparison.grid.items():
            for option, line in lines.items():
                if option in facts.procedures:
                    place = partial(facts.place_of, id, "grid", question, option)
                    yield from _strangers(facts.of(option), line, pains, place)


def _pains(facts: Facts, conditions: Iterable[str]) -> set[str]:
    """Conditions with those of which they are a kind."""
    words, found, new = facts.vocabulary["conditions"], set[str](), {*conditions}
    while new:
        found |= new
        new = {broader for one in new if one in words and (broader := words[one].broader)} - found
    return found


def _strangers(own: Mapping[str, AnyFact], line: Line, pains: set[str], place: Callable[[], Place]) -> Problems:
    for ref in list_refs(line):
        figure = own.get(ref)
        elsewhere = figure.applies_to if isinstance(figure, Figure) else None
        if elsewhere and elsewhere.condition and elsewhere.condition not in pains:
            message = f'"{ref}" was counted for another pain: {elsewhere.says}.'
            yield Problem(place(), message, f"Choose a fact about {' or '.join(sorted(pains))}, or none.")


def slots_have_values(facts: Facts, today: date) -> Problems:
    """Every number of a short sentence comes from a figure, or is in the statement of which it is the brief."""
    for id, fact in facts.all():
        if text := getattr(fact, "brief", None):
            figures = {"": fact} if isinstance(fact, Figure) else {}
            yield from _slots(partial(facts.place_of, id, "brief"), text, figures, getattr(fact, "says", ""))
    for one in _lines(facts):
        named = {ref: one.own[ref] for ref in list_refs(one.line) if ref in one.own}
        if isinstance(one.line, Joined) and len(named) == len(list_refs(one.line)):
            yield from _slots(partial(one.place, "says"), one.line.says, named, "")


def _slots(place: Callable[[], Place], text: str, figures: Mapping[str, AnyFact], says: str) -> Problems:
    for slot in list_unfilled(text, figures):
        message = f"{{{slot}}} has no value here."
        yield Problem(place(), message, "It can be {value}, {versus} or {n} of a figure that has it.")
    typed = set(re.findall(r"\d[\d,.]*\d|\d", SLOT.sub("", text))) - set(re.findall(r"\d[\d,.]*\d|\d", says))
    if typed:
        message = f"Numbers are not typed here: {', '.join(sorted(typed))}."
        hint = "Write {value}, {versus} or {n} in place of the number, or leave it out."
        if not figures:
            hint = "A brief has only the numbers of the words that it shortens."
        yield Problem(place(), message, hint)


def lines_are_short(facts: Facts, today: date) -> Problems:
    """No line of a short page has more than 25 words (BAR-15), and a brief is one sentence."""
    shorter = "Leave out what matters less."
    texts: list[tuple[Callable[[], Place], str, int, str]] = []
    for id, fact in facts.all():
        if len(split_sentences(getattr(fact, "brief", None) or "")) > 1:
            yield Problem(facts.place_of(id, "brief"), "A brief is one sentence.", shorter)
        if isinstance(fact, Harm) and fact.name:
            texts.append((partial(facts.place_of, id, "name"), fact.name, NAME, shorter))
        if isinstance(fact, Figure) and fact.applies_to:
            said = partial(facts.place_of, id, "applies_to", "says")
            texts.append((said, fact.applies_to.says, NAME, shorter))
    for id, procedure in facts.procedures.items():
        short = partial(facts.place_of, id, "short")
        texts.append((partial(short, "lead"), procedure.short.lead, LEAD, shorter))
        for key, case in procedure.short.cases.items():
            texts.append((partial(short, "cases", key, "pain"), case.pain, CASE, shorter))
    pages = {id: ShortPage(facts, id) for id in facts.procedures}
    for one in _lines(facts):
        if "harms" not in one.steps:
            hint = shorter if isinstance(one.line, Joined) else f'Add a "brief" to {one.line}, or a shorter one.'
            most = JOINED_ROW if one.steps[-1] == "works" else LINE
            texts.append((one.place, join(pages[one.id].say(one.line).sentence), most, hint))
    for place, text, most, hint in texts:
        if (words := len(text.split())) > most:
            yield Problem(place(), f'This line has {words} words; it can have {most}: "{text}"', hint)


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
                yield Problem(facts.place_of(id, "short"), message, "Name it there, among the first.")


def expected_harms_are_said(facts: Facts, today: date) -> Problems:
    """A harm that everybody has and that no figure speaks for is in the line on what to expect."""
    for id, procedure in facts.procedures.items():
        said = {ref for _, part in iter_answers(procedure.short) if part.expect for ref in list_refs(part.expect)}
        for key in procedure.short.harms:
            harm = procedure.harms.get(key)
            if harm and harm.weight == "expected" and not harm.lead and f"harms.{key}" not in said:
                place = facts.place_of(id, "short", "harms")
                message = f'The harm "{key}" is expected, and the page shows it nowhere.'
                yield Problem(place, message, f'Name "harms.{key}" in "expect", or give the harm a lead figure.')
