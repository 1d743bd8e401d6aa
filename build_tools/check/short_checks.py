"""Rules for the short page: its lines name facts of their page and are short, and no grave harm is left out."""

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
from build_tools.records.problems import NO_FACT, Place, Problem, Problems, suggest
from build_tools.records.procedure import Harm
from build_tools.records.short import Joined, Line

LINE, JOINED_ROW, NAME, CASE, LEAD = 25, 35, 8, 10, 12
"""The most words of a line, of how well it works and how long, of a harm's name, of a case's pain, of a lead."""

SIGN = 12
"""The most words of a sign of danger."""
_AMOUNT = re.compile(r"\(\d[^)]*\)[.,;]?|\d\S*( °[FC])?")
"""A number with its unit, and the same in another unit: a sign must never lose its limit to be short."""
_CLAUSE = re.compile(
    r"(?:you(?! or\b)|there|it|they|we|if|when)\b|your (?:child )?(?:\w+ )?(?:is|are|has|have|gets?|feels?)\b"
)


class _PlacedLine(NamedTuple):
    """A line of a short page, the facts that it names, where it is, and all facts of its procedure."""

    id: str
    steps: Steps
    line: Line
    refs: list[str]
    place: Callable[..., Place]
    by_ref: Mapping[str, AnyFact]


def _iter_lines(facts: Facts) -> Iterator[_PlacedLine]:
    for id, procedure in facts.procedures.items():
        by_ref = facts.facts_of(id)
        for steps, line in iter_lines(procedure.short):
            yield _PlacedLine(
                id, steps, line, list_refs(line), partial(facts.place_of, id, "short", *steps), by_ref
            )


def lines_name_facts(facts: Facts, today: date) -> Problems:
    """Every line of a short page names facts of its procedure.

    An entry with "not_known" can be a line only under "asked".
    """
    for placed in _iter_lines(facts):
        for ref in placed.refs:
            if ref not in placed.by_ref:
                place = placed.place(*_steps_to_text(placed.line))
                yield Problem(place, f'There is no fact "{ref}" in this file.', NO_FACT)
            elif ref == placed.line and isinstance(placed.by_ref[ref], NotKnown) and "asked" not in placed.steps:
                message = f'"{ref}" has no answer, so it cannot be a line here.'
                hint = 'Choose a fact, or write with "says" what the reader can do, such as whom to ask.'
                yield Problem(placed.place(), message, hint)


def _steps_to_text(line: Line) -> tuple[str, ...]:
    return ("says",) if isinstance(line, Joined) else ()


def comparisons_name_facts(facts: Facts, today: date) -> Problems:
    """A comparison names only its own options, and in the line of an option only facts of that option."""
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
                yield Problem(facts.place_of(id, *steps), f'"{option}" is not an option here.', hint)
            elif option in facts.procedures and line:
                by_ref = facts.facts_of(option)
                for ref in (ref for ref in list_refs(line) if ref not in by_ref):
                    place = facts.place_of(id, *steps, *_steps_to_text(line))
                    yield Problem(place, f'"{option}" has no fact "{ref}".', NO_FACT)


def with_and_without_are_figures(facts: Facts, today: date) -> Problems:
    """What a comparison shows with and without an option is a figure of that option, about the same pain.

    The figure also counts another group, under "versus".
    """
    for id, comparison in facts.comparisons.items():
        pains = _add_broader(facts, comparison.conditions)
        for position, fact_id in enumerate(comparison.with_and_without):
            option = fact_id.split(".")[0]
            if fact_id not in facts.by_id:
                continue  # named_ids_exist reports it
            figure = facts.by_id[fact_id] if option in comparison.options else None
            place = partial(facts.place_of, id, "with_and_without", position)
            if not isinstance(figure, Figure) or figure.versus is None:
                message = f'"{fact_id}" is not a figure of an option here that also counts other people.'
                hint = 'Name a figure with "versus", as option.field.key, or leave it out.'
                yield Problem(place(), message, hint)
            else:
                yield from _find_other_pains(facts.by_id, fact_id, pains, place)


def leads_are_figures(facts: Facts, today: date) -> Problems:
    """The lead of a harm is one of its own figures."""
    for id, harm in facts.facts_of_kind(Harm):
        if harm.lead and not isinstance(harm.how_often.get(harm.lead), Figure):
            hint = 'If its key is misspelled, correct it. If it was deleted on purpose, delete "lead" too.'
            yield Problem(facts.place_of(id, "lead"), f'"{harm.lead}" is not a figure of this harm.', hint)


def _iter_leading(facts: Facts) -> Iterator[tuple[str, Callable[[], Place], Steps, Figure]]:
    """Each figure that a short page shows: its id, where it is chosen, and the path there."""
    for placed in _iter_lines(facts):
        for ref in placed.refs:
            if isinstance(figure := placed.by_ref.get(ref), Figure):
                yield f"{placed.id}.{ref}", placed.place, placed.steps, figure
    for id, harm in facts.facts_of_kind(Harm):
        if isinstance(figure := harm.how_often.get(harm.lead or ""), Figure):
            yield f"{id}.{harm.lead}", partial(facts.place_of, id, "lead"), (), figure


def leading_figures_fit_their_page(facts: Facts, today: date) -> Problems:
    """A figure on a short page is about the page's own form and condition, or those of its case (R-23).

    It is not a percentage of an unknown number (R-21), and not a range across studies.
    """
    for id, place, steps, figure in _iter_leading(facts):
        ref = id.partition(".")[2]
        if "cases" not in steps and figure.applies_to:
            message = f'"{ref}" was counted in another group: {figure.applies_to.says}.'
            hint = "Choose a figure of this page's own form and condition, or leave it out."
            yield Problem(place(), message, hint)
        elif figure.percent is not None and count_people(figure) is None:
            message = f'"{ref}" is a percentage of an unknown number, which cannot lead.'
            yield Problem(place(), message, "Add n or out_of if the source has it, or choose another figure.")
        elif figure.from_ is not None and len(figure.sources) > 1:
            message = f'"{ref}" is a range of different studies, which cannot lead.'
            yield Problem(place(), message, "Choose the best single study.")


def leading_figures_cite_their_place(facts: Facts, today: date) -> Problems:
    """A figure of a short page says where in its source it is (R-01)."""
    for id, figure in {id: figure for id, _, _, figure in _iter_leading(facts)}.items():
        if figure.sources[0].at is None:
            message = f'"{id.partition(".")[2]}" is on the short page, but does not say where in its source it is.'
            hint = 'Write the place at its first source: {source: some-id, at: "table 2"}.'
            yield Problem(facts.place_of(id, "sources"), message, hint)


def figures_fit_their_pain(facts: Facts, today: date) -> Problems:
    """The figures of a case, and of a comparison's lines, were counted for its pain or a broader one (R-23)."""
    for placed in _iter_lines(facts):
        if placed.steps[0] == "cases":
            pains = _add_broader(facts, [str(placed.steps[1])])
            yield from _find_other_pains(placed.by_ref, placed.line, pains, placed.place)
    for id, comparison in facts.comparisons.items():
        pains = _add_broader(facts, comparison.conditions)
        for option, pain in comparison.cases.items():
            short = facts.procedures[option].short if option in facts.procedures else None
            if short and pain not in short.cases:
                message = f'The short page of "{option}" has no case "{pain}".'
                yield Problem(facts.place_of(id, "cases", option), message, suggest(pain, short.cases))
            elif pain not in pains and "vocabulary/conditions" not in facts.broken:
                message = f'"{pain}" is not what this comparison is about: {", ".join(comparison.conditions)}.'
                yield Problem(facts.place_of(id, "cases", option), message, "Choose a case of one of these.")
        for question, lines in comparison.grid.items():
            for option, line in lines.items():
                if option in facts.procedures:
                    place = partial(facts.place_of, id, "grid", question, option)
                    yield from _find_other_pains(facts.facts_of(option), line, pains, place)


def _add_broader(facts: Facts, conditions: Iterable[str]) -> set[str]:
    """The conditions, and all that are broader."""
    terms, all_ids, new = facts.vocabulary["conditions"], set[str](), {*conditions}
    while new:
        all_ids |= new
        new = {broader for id in new if id in terms and (broader := terms[id].broader)} - all_ids
    return all_ids


def _find_other_pains(
    by_id: Mapping[str, AnyFact], line: Line, pains: set[str], place: Callable[[], Place]
) -> Problems:
    for ref in list_refs(line):
        figure = by_id.get(ref)
        group = figure.applies_to if isinstance(figure, Figure) else None
        if group and group.condition and group.condition not in pains:
            message = f'"{ref}" was counted for another pain: {group.says}.'
            yield Problem(place(), message, f"Choose a fact about {' or '.join(sorted(pains))}, or leave it out.")


_NUMBER = re.compile(r"\d[\d,.]*\d|\d")


def slots_have_values(facts: Facts, today: date) -> Problems:
    """Every number in a short sentence comes from a figure, or is in the statement that the brief shortens."""
    for id, fact in facts.iter_facts():
        if text := getattr(fact, "brief", None):
            figures = {"": fact} if isinstance(fact, Figure) else {}
            yield from _check_slots(partial(facts.place_of, id, "brief"), text, figures, getattr(fact, "says", ""))
    for placed in _iter_lines(facts):
        named = {ref: placed.by_ref[ref] for ref in placed.refs if ref in placed.by_ref}
        if isinstance(placed.line, Joined) and len(named) == len(placed.refs):
            yield from _check_slots(partial(placed.place, "says"), placed.line.says, named, "")


def _check_slots(place: Callable[[], Place], text: str, figures: Mapping[str, AnyFact], says: str) -> Problems:
    for slot in list_unfilled(text, figures):
        message = f"{{{slot}}} has no value here."
        yield Problem(place(), message, "It can be {value}, {versus} or {n} of a figure that has it.")
    typed = {*_NUMBER.findall(SLOT.sub("", text))} - {*_NUMBER.findall(says)}
    if typed:
        numbers = ", ".join(sorted(typed))
        message, hint = (
            f"Numbers are not typed here: {numbers}.",
            "Write {value}, {versus} or {n} of a figure instead.",
        )
        if not figures:
            message = f'The brief has a number that "says" does not have: {numbers}.'
            hint = "Look it up in the source, and write the same in both."
        yield Problem(place(), message, hint)


def lines_are_short(facts: Facts, today: date) -> Problems:
    """A line of a short page has at most 25 words (BAR-15), and a brief is one sentence.

    A line on how well it works can have 35 words, a lead 12, a case's pain 10, the name of a harm or a group 8.
    """
    shorter = "Leave out what matters less."
    texts: list[tuple[Callable[[], Place], str, int, str]] = []
    for id, fact in facts.iter_facts():
        if len(split_sentences(getattr(fact, "brief", None) or "")) > 1:
            yield Problem(facts.place_of(id, "brief"), "A brief must be one sentence.", shorter)
        if isinstance(fact, Harm) and fact.name:
            texts.append((partial(facts.place_of, id, "name"), fact.name, NAME, shorter))
        if isinstance(fact, Figure) and fact.applies_to:
            group = partial(facts.place_of, id, "applies_to", "says")
            texts.append((group, fact.applies_to.says, NAME, shorter))
    for id, procedure in facts.procedures.items():
        short = partial(facts.place_of, id, "short")
        texts.append((partial(short, "lead"), procedure.short.lead, LEAD, shorter))
        for key, case in procedure.short.cases.items():
            texts.append((partial(short, "cases", key, "pain"), case.pain, CASE, shorter))
    pages = {id: ShortPage(facts, id) for id in facts.procedures}
    for placed in _iter_lines(facts):
        if "harms" not in placed.steps:
            joined = isinstance(placed.line, Joined)
            hint = shorter if joined else f'Add a "brief" to {placed.line}, or a shorter one.'
            most = JOINED_ROW if placed.steps[-1] == "works" else LINE
            texts.append((placed.place, join(pages[placed.id].say(placed.line).sentence), most, hint))
    for place, text, most, hint in texts:
        if (words := len(text.split())) > most:
            yield Problem(place(), f'This line has {words} words; it can have {most}: "{text}"', hint)


def signs_are_short(facts: Facts, today: date) -> Problems:
    """The brief of a sign of danger is no clause, and has at most 12 words besides numbers with their units."""
    for key, sign in facts.signs.items():
        for field, text, whole in (
            ("brief", sign.brief, sign.notice),
            ("child_brief", sign.child_brief, sign.child),
        ):
            words = len(_AMOUNT.sub("", text or "").split())
            if words > SIGN:
                message = f"This has {words} words, not counting numbers; it can have {SIGN}."
                hint = "Leave out examples, but keep every sign that is an emergency by itself."
                yield Problem(facts.place("signs", key, field), message, hint)
            if text and (_CLAUSE.match(text) or text == whole):
                message = 'Pages print this after "for:" or "about:", where a whole sentence does not fit.'
                hint = 'Begin it with a noun, as in "a stiff neck", or a word such as "being".'
                yield Problem(facts.place("signs", key, field), message, hint)


def grave_harms_are_on_the_short_page(facts: Facts, today: date) -> Problems:
    """The short page lists every harm that everybody has, and every death that was seen (R-20)."""
    for id, procedure in facts.procedures.items():
        for key, harm in procedure.harms.items():
            if key in procedure.short.harms or facts.forms_of(id):
                continue
            if harm.weight == "expected" or (harm.effect == "death" and harm.weight != "not-seen"):
                message = f'The harm "{key}" is missing under "harms".'
                yield Problem(facts.place_of(id, "short"), message, "Name it there, among the first.")


def expected_harms_are_shown(facts: Facts, today: date) -> Problems:
    """A harm that everybody has and that has no lead figure is in the line on what to expect."""
    for id, procedure in facts.procedures.items():
        shown = {ref for _, part in iter_answers(procedure.short) if part.expect for ref in list_refs(part.expect)}
        for key in procedure.short.harms:
            harm = procedure.harms.get(key)
            if harm and harm.weight == "expected" and not harm.lead and f"harms.{key}" not in shown:
                place = facts.place_of(id, "short", "harms")
                message = f'The harm "{key}" is expected, but the page does not show it.'
                yield Problem(place, message, f'Name "harms.{key}" in "expect", or give the harm a lead figure.')
