"""A comparison as a grid: eight questions, a one-line answer for every option, and a row for each serious harm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from build_tools.load.facts import Facts
from build_tools.model.figure_text import (
    Segment,
    Sentence,
    capitalize_sentence,
    end_sentence,
    fill_slots,
    write_brief,
)
from build_tools.model.short_page import ShortPage, format_bare_value
from build_tools.records.entries import Figure
from build_tools.records.procedure import Harm
from build_tools.records.short import QUESTIONS, Answers, Comparison, Question

NO_ANSWER = "We did not find this. Ask."
NOT_NAMED = "Not named."
NOT_COUNTED = "It can happen; we have no good number."
EXPECTED = "Expect this; we have no good number."

Pages = Mapping[str, ShortPage]
HarmsByOption = Mapping[str, Mapping[str, Harm]]


@dataclass(frozen=True)
class Cell:
    """One answer, never empty: its option, its words, and the facts behind them."""

    option: str
    sentence: Sentence
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """A row: its key, its question or harm, and a cell for every option."""

    key: str
    asks: str
    cells: list[Cell]
    once: list[Cell] = field(default_factory=list)
    """If all procedures have the same answer: one cell with all their ids, and a cell for no procedure."""


@dataclass(frozen=True)
class Grid:
    """A comparison, with a row for each serious harm: `harms` are those that a short page names.

    There are no harms if an option has forms, because each form has its own. A row of `with_and_without` has a
    cell for people with an option, and one for people without it. `not_to_rank` is whether the figures in a row
    come from different studies (R-17).
    """

    columns: list[tuple[str, str]]
    rows: list[Row]
    harms: list[Row]
    more_harms: list[Row]
    with_and_without: list[Row]
    not_to_rank: bool


def compare_options(comparison: Comparison, facts: Facts) -> Grid:
    """Build the grid of a comparison. Its options must exist."""
    pages = {option: ShortPage(facts, option) for option in comparison.options}
    columns = {option: comparison.names.get(option) or page.procedure.names.name for option, page in pages.items()}
    rows: list[Row] = []
    for key, question in QUESTIONS.items():
        cells = [_cell(comparison, key, page) for page in pages.values()]
        rows.append(Row(key, question, cells, _merge_equal(cells, facts)))
    harms = {option: _choose_harms(page, choose_answers(comparison, page)) for option, page in pages.items()}
    named, others = _list_effects(pages, harms, facts)
    if any(facts.forms_of(option) for option in comparison.options):
        named, others = [], []
    return Grid(
        [*columns.items()],
        rows,
        [_harm_row(effect, pages, harms, facts) for effect in named],
        [_harm_row(effect, pages, harms, facts) for effect in others],
        [_with_and_without(id, columns, facts.by_id) for id in comparison.with_and_without],
        any(_has_several_studies(row, facts.by_id) for row in rows),
    )


def _merge_equal(cells: list[Cell], facts: Facts) -> list[Cell]:
    no_procedure = [cell for cell in cells if facts.procedures[cell.option].kind == "no-procedure"]
    procedures = [cell for cell in cells if cell not in no_procedure]
    if len(procedures) < 2 or any(cell.sentence != procedures[0].sentence for cell in procedures):
        return []
    options = " ".join(cell.option for cell in procedures)
    ids = dict.fromkeys(id for cell in procedures for id in cell.facts)
    return [Cell(options, procedures[0].sentence, tuple(ids)), *no_procedure]


def _with_and_without(id: str, columns: Mapping[str, str], all_facts: Mapping[str, object]) -> Row:
    figure, option = all_facts[id], id.split(".")[0]
    assert isinstance(figure, Figure), "see short_checks.with_and_without_are_figures"
    assert figure.versus, "see the same rule"
    without = [*fill_slots("{versus}", {"": figure}), Segment("words", f" {figure.versus.group}")]
    cells = [Cell(option, format_bare_value(figure), (id,)), Cell(f"without-{option}", without, (id,))]
    return Row(id, f"{columns[option]}: who {figure.counted}, {figure.when[:1].lower()}{figure.when[1:]}", cells)


def choose_answers(comparison: Comparison, page: ShortPage) -> Answers:
    """The answers of an option: those for one kind of pain, if the comparison names one."""
    return page.short.cases.get(comparison.cases.get(page.id, ""), page.short)


def _cell(comparison: Comparison, key: Question, page: ShortPage) -> Cell:
    answers = choose_answers(comparison, page)
    line = comparison.grid.get(key, {}).get(page.id)
    if key == "harms" and not line:
        return _list_gravest(page, answers)
    line = line or getattr(answers, key) or getattr(page.short, key)
    line = line or {"done": "summary", "works": next(iter(page.short.results), None)}.get(key)
    return Cell(page.id, *page.say(line)) if line else Cell(page.id, [Segment("words", NO_ANSWER)])


def _list_gravest(page: ShortPage, answers: Answers) -> Cell:
    """The two gravest harms, and how many more there are (R-20)."""
    harms = page.harms(answers)
    order = [f"{page.id}.harms.{key}" for key in answers.harms or page.short.harms]
    named = sorted([*harms.counted, *harms.uncounted], key=lambda harm: order.index(harm.facts[0]))
    if not named:
        return Cell(page.id, [Segment("words", NO_ANSWER)])
    sentence: Sentence = []
    for harm in named[:2]:
        sentence += [Segment("words", f"{' ' if sentence else ''}{harm.name}")]
        sentence += [Segment("words", ": "), *harm.often] if harm.often else []
        sentence = end_sentence(sentence)
    more = len(named) - 2 + (len(harms.more) if _choose_harms(page, answers) is page.procedure.harms else 0)
    sentence += [Segment("words", f" And {more} more, below.")] if more > 0 else []
    return Cell(page.id, sentence, tuple(id for harm in named[:2] for id in harm.facts))


def _choose_harms(page: ShortPage, answers: Answers) -> Mapping[str, Harm]:
    """The harms of an option. Without a procedure they depend on the pain: a case lists all of its harms."""
    harms = page.procedure.harms
    if page.procedure.kind == "no-procedure" and answers is not page.short and answers.harms:
        return {key: harms[key] for key in answers.harms}
    return harms


def _list_effects(pages: Pages, harms: HarmsByOption, facts: Facts) -> tuple[list[str], list[str]]:
    """The effects of the serious harms that a short page names, in its order, and of the others."""
    named: dict[str, None] = {}
    serious: dict[str, None] = {}
    for option, page in pages.items():
        single = [harm for harm in harms[option].values() if harm.serious and harm.effect != "any-complication"]
        serious |= {_find_row(harm.effect, facts): None for harm in single}
        named |= {_find_row(page.procedure.harms[key].effect, facts): None for key in page.short.harms}
    return [effect for effect in named if effect in serious], [effect for effect in serious if effect not in named]


def _find_row(effect: str, facts: Facts) -> str:
    return facts.vocabulary["effects"][effect].broader or effect


def _harm_row(effect: str, pages: Pages, harms: HarmsByOption, facts: Facts) -> Row:
    effects = facts.vocabulary["effects"]
    names = [effects[effect].plain, *(term.plain for term in effects.values() if term.broader == effect)]
    return Row(effect, ", or ".join(names), [_harm_cell(page, effect, harms[page.id]) for page in pages.values()])


def _harm_cell(page: ShortPage, effect: str, harms: Mapping[str, Harm]) -> Cell:
    in_row = {key: harm for key, harm in harms.items() if _find_row(harm.effect, page.facts) == effect}
    sentence: Sentence = []
    for harm in in_row.values():
        figure = harm.how_often.get(harm.lead or "")
        sentence += [Segment("words", " ")] if sentence else []
        needs_name = len(in_row) > 1 or harm.effect != effect
        sentence += [Segment("words", f"{page.facts.harm_name(harm)}: ")] if needs_name else []
        if isinstance(figure, Figure):
            value = write_brief(figure) if figure.brief else format_bare_value(figure)
            sentence = end_sentence([*sentence, *(value if needs_name else capitalize_sentence(value))])
        else:
            sentence.append(Segment("words", EXPECTED if harm.weight == "expected" else NOT_COUNTED))
    ids = tuple(f"{page.id}.harms.{key}" for key in in_row)
    return Cell(page.id, sentence or [Segment("words", NOT_NAMED)], ids)


def _has_several_studies(row: Row, all_facts: Mapping[str, object]) -> bool:
    groups = []
    for cell in row.cells:
        figures = [fact for id in cell.facts if isinstance(fact := all_facts.get(id), Figure)]
        groups.append({(citation.source, figure.who) for figure in figures for citation in figure.sources})
    counted = [group for group in groups if group]
    return len(counted) > 1 and any(group != counted[0] for group in counted[1:])
