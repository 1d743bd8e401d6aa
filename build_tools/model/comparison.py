"""A comparison as a grid: eight questions, an answer of one line for every option, and one row for each harm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from build_tools.load.facts import Facts
from build_tools.model.figure_text import Segment, Sentence, brief, capital, joined
from build_tools.model.short_page import Said, ShortPage, value_of
from build_tools.records.entries import Figure
from build_tools.records.procedure import Harm
from build_tools.records.short import QUESTIONS, Answers, Comparison, Question

NO_ANSWER = "We did not find this. Ask."
NOT_NAMED = "Not named."
NOT_COUNTED = "It can happen; we have no good number."
EXPECTED = "Expect this; we have no good number."

Pages = Mapping[str, ShortPage]


@dataclass(frozen=True)
class Cell:
    """One answer: the option that gives it, its words, and the facts that say so. Never empty."""

    option: str
    sentence: Sentence
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """One row: its key, its question or harm, and a cell for every option."""

    key: str
    asks: str
    cells: list[Cell]
    once: list[Cell] = field(default_factory=list)
    """If all procedures have the same answer: a cell for them, with all their ids, and one for no procedure."""


@dataclass(frozen=True)
class Grid:
    """The whole comparison, with a row for each serious harm: those that a short page names, and the others.

    `with_and_without` has a cell for people with an option, and one for people without it. There are no harms side
    by side if an option has forms: each form has harms of its own. `not_to_rank` is true if the figures in a row
    come from different studies (R-17).
    """

    columns: list[tuple[str, str]]
    rows: list[Row]
    harms: list[Row]
    more_harms: list[Row]
    with_and_without: list[Row]
    not_to_rank: bool


def compare_options(comparison: Comparison, facts: Facts) -> Grid:
    """The grid of a comparison whose options have been checked."""
    pages = {option: ShortPage(facts, option) for option in comparison.options}
    columns = [
        (option, comparison.names.get(option) or page.procedure.names.name) for option, page in pages.items()
    ]
    rows = [
        Row(key, asks, [_cell(comparison, key, option, page) for option, page in pages.items()])
        for key, asks in QUESTIONS.items()
    ]
    rows = [replace(row, once=_said_once(row, facts)) for row in rows]
    every = dict(facts.all())
    harms = {option: _harms_here(page, answers_of(comparison, option, page)) for option, page in pages.items()}
    named, others = _effects(pages, harms, facts)
    if any(facts.forms_of(option) for option in comparison.options):
        named, others = [], []
    return Grid(
        columns,
        rows,
        [_harm_row(effect, pages, harms, facts) for effect in named],
        [_harm_row(effect, pages, harms, facts) for effect in others],
        [_with_and_without(id, dict(columns), every) for id in comparison.with_and_without],
        any(_differs(row, every) for row in rows),
    )


def _said_once(row: Row, facts: Facts) -> list[Cell]:
    procedures: list[Cell] = []
    none: list[Cell] = []
    for cell in row.cells:
        (none if facts.procedures[cell.option].kind == "no-procedure" else procedures).append(cell)
    if len(procedures) < 2 or any(cell.sentence != procedures[0].sentence for cell in procedures):
        return []
    every = dict.fromkeys(id for cell in procedures for id in cell.facts)
    return [Cell(" ".join(cell.option for cell in procedures), procedures[0].sentence, tuple(every)), *none]


def _with_and_without(id: str, columns: Mapping[str, str], every: Mapping[str, object]) -> Row:
    figure, option = every[id], id.split(".")[0]
    assert isinstance(figure, Figure), "short_checks.with_and_without_are_counted refuses it"
    assert figure.versus, "the same rule refuses it"
    without = [*joined("{versus}", {"": figure}), Segment("words", f" {figure.versus.group}")]
    cells = [Cell(option, value_of(figure), (id,)), Cell(f"without-{option}", without, (id,))]
    return Row(id, f"{columns[option]}: who {figure.counted}, {figure.when[:1].lower()}{figure.when[1:]}", cells)


def answers_of(comparison: Comparison, option: str, page: ShortPage) -> Answers:
    """What an option answers here: for one kind of pain, if the comparison names one."""
    return page.short.cases.get(comparison.cases.get(option, ""), page.short)


def _cell(comparison: Comparison, key: Question, option: str, page: ShortPage) -> Cell:
    own = answers_of(comparison, option, page)
    if line := comparison.grid.get(key, {}).get(option):
        said = page.say(line)
    elif key == "harms":
        return Cell(option, *_gravest(page, own))
    elif line := getattr(own, key) or getattr(page.short, key):
        said = page.say(line)
    elif key == "done":
        said = page.say("summary")
    elif key == "works" and page.short.results:
        said = page.say(page.short.results[0])
    else:
        return Cell(option, [Segment("words", NO_ANSWER)])
    return Cell(option, *said)


def _gravest(page: ShortPage, own: Answers) -> Said:
    """The two gravest harms, and how many more there are (R-20)."""
    harms = page.harms(own)
    order = [f"{page.id}.harms.{key}" for key in own.harms or page.short.harms]
    named = sorted([*harms.counted, *harms.uncounted], key=lambda harm: order.index(harm.facts[0]))
    if not named:
        return Said([Segment("words", NO_ANSWER)], ())
    sentence: Sentence = []
    for harm in named[:2]:
        sentence += [Segment("words", f"{' ' if sentence else ''}{harm.name}")]
        sentence += [Segment("words", ": "), *harm.often] if harm.often else []
        sentence += [Segment("end", ".")] if not sentence[-1].text.endswith(".") else []
    more = len(named) - 2 + (len(harms.more) if _harms_here(page, own) is page.procedure.harms else 0)
    sentence += [Segment("words", f" And {more} more, below.")] if more > 0 else []
    return Said(sentence, tuple(id for harm in named[:2] for id in harm.facts))


def _harms_here(page: ShortPage, own: Answers) -> Mapping[str, Harm]:
    """The harms of an option. Without a procedure they differ by pain, and a case that names some names all."""
    every = page.procedure.harms
    if page.procedure.kind == "no-procedure" and own is not page.short and own.harms:
        return {key: every[key] for key in own.harms}
    return every


def _effects(pages: Pages, harms: Mapping[str, Mapping[str, Harm]], facts: Facts) -> tuple[list[str], list[str]]:
    """The effects of the serious harms that a short page names, in its order, and of all others."""
    named: dict[str, None] = {}
    others: dict[str, None] = {}
    for option, page in pages.items():
        for harm in harms[option].values():
            if harm.serious and harm.effect != "any-complication":
                others.setdefault(_row_of(harm.effect, facts))
        named |= {_row_of(page.procedure.harms[key].effect, facts): None for key in page.short.harms}
    return [effect for effect in named if effect in others], [effect for effect in others if effect not in named]


def _row_of(effect: str, facts: Facts) -> str:
    return facts.vocabulary["effects"][effect].broader or effect


def _harm_row(effect: str, pages: Pages, harms: Mapping[str, Mapping[str, Harm]], facts: Facts) -> Row:
    cells = [_harm(option, page, effect, harms[option]) for option, page in pages.items()]
    effects = facts.vocabulary["effects"]
    named = [term.plain for id, term in effects.items() if effect in (id, term.broader)]
    return Row(effect, ", or ".join(sorted(named, key=lambda plain: plain != effects[effect].plain)), cells)


def _harm(option: str, page: ShortPage, effect: str, harms: Mapping[str, Harm]) -> Cell:
    found = [(key, harm) for key, harm in harms.items() if _row_of(harm.effect, page.facts) == effect]
    if not found:
        return Cell(option, [Segment("words", NOT_NAMED)])
    sentence: Sentence = []
    ids: list[str] = []
    for key, harm in found:
        figure = _lead(harm)
        sentence += [Segment("words", " ")] if sentence else []
        named = len(found) > 1 or harm.effect != effect
        sentence += [Segment("words", f"{page.facts.harm_name(harm)}: ")] if named else []
        if figure is None:
            sentence.append(Segment("words", EXPECTED if harm.weight == "expected" else NOT_COUNTED))
        else:
            said = brief(figure) if figure.brief else value_of(figure)
            sentence += said if named else [said[0]._replace(text=capital(said[0].text)), *said[1:]]
            sentence += [] if said[-1].text.endswith(".") else [Segment("end", ".")]
        ids.append(f"{option}.harms.{key}")
    return Cell(option, sentence, tuple(ids))


def _lead(harm: Harm) -> Figure | None:
    figure = harm.how_often.get(harm.lead or "")
    return figure if isinstance(figure, Figure) else None


def _differs(row: Row, every: Mapping[str, object]) -> bool:
    groups = [
        {(citation.source, figure.who) for figure in _figures(cell, every) for citation in figure.sources}
        for cell in row.cells
    ]
    counted = [group for group in groups if group]
    return len(counted) > 1 and any(group != counted[0] for group in counted[1:])


def _figures(cell: Cell, every: Mapping[str, object]) -> list[Figure]:
    return [fact for id in cell.facts if isinstance(fact := every.get(id), Figure)]
