"""Rules for numbers: they fit their totals, their ranges, and one another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from build_tools.load.certainty import is_surer, rate
from build_tools.load.facts import Facts
from build_tools.records.entries import Figure, Measured
from build_tools.records.problems import Problem, Problems

# Numbers


def figures_are_of_one_form(facts: Facts, today: date) -> Problems:
    """A procedure with forms has no figure: each was counted in one form, and its file has it."""
    for id, _ in facts.each(Figure):
        if forms := facts.forms_of(id.split(".")[0]):
            hint = f"Move it to the file of the form in which it was counted: {', '.join(forms)}."
            yield Problem(facts.place_of(id), "A procedure with forms has no figures of its own.", hint)


def _measured(facts: Facts) -> Iterator[tuple[str, tuple[str, ...], Figure, Measured]]:
    for id, figure in facts.each(Figure):
        yield id, (), figure, figure
        if figure.versus:
            yield id, ("versus",), figure, figure.versus


def counts_fit_their_totals(facts: Facts, today: date) -> Problems:
    """No count is above its total (INV-3)."""
    for id, steps, figure, value in _measured(facts):
        if value.count is not None and value.out_of is not None and value.count > value.out_of:
            message = f"{value.count} out of {value.out_of} {figure.units} cannot be."
            hint = "Look both numbers up in the source, at the place that the figure names."
            yield Problem(facts.place_of(id, *steps, "count"), message, hint)


def comparisons_measure_the_same(facts: Facts, today: date) -> Problems:
    """A figure and the one it is compared with are given in the same way."""
    for id, fact in facts.each(Figure):
        if fact.versus is None:
            continue
        shapes = {(value.share is None, value.amount is None) for value in (fact, fact.versus)}
        if len(shapes) > 1:
            message = "The figure and the one it is compared with are not given in the same way."
            hint = "Give two shares, or two amounts, as the source prints them."
            yield Problem(facts.place_of(id, "versus"), message, hint)


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
                message = f"A range from {value.from_:g} to {value.to:g} runs backward."
                yield Problem(facts.place_of(id, *steps, "from"), message, "Exchange the two.")
            elif figure.measure is None and not 0 <= value.from_ <= value.to <= 100:
                hint = 'If this is not a share, add its unit as "measure".'
                yield Problem(facts.place_of(id, *steps, "to"), "A share lies between 0 and 100 percent.", hint)


def uncertainties_hold_their_figure(facts: Facts, today: date) -> Problems:
    """The uncertainty of a figure is a range around the figure itself (INV-3)."""
    for id, figure in facts.each(Figure):
        if figure.low is None and figure.high is None:
            continue
        estimate = figure.share * 100 if figure.share is not None else figure.amount
        if figure.low is None or figure.high is None:
            given = "high" if figure.low is None else "low"
            hint = "Give both."
            yield Problem(facts.place_of(id, given), '"low" and "high" belong together; one is missing.', hint)
        elif figure.share is not None and not 0 <= figure.low <= figure.high <= 100:
            yield Problem(
                facts.place_of(id, "low"),
                "The uncertainty of a share lies between 0 and 100 percent; "
                f"this one goes from {figure.low:g} to {figure.high:g}.",
                "Look it up again, and leave low and high out if the source prints them so.",
            )
        elif estimate is None or not figure.low <= estimate <= figure.high:
            message = f"The uncertainty, {figure.low:g} to {figure.high:g}, does not hold the figure itself."
            hint = "Give low and high in the same unit as the figure (percent for shares)."
            yield Problem(facts.place_of(id, "low"), message, hint)


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
                message = f'This result of "{citation.source}" is also {other}, with another {", ".join(names)}.'
                hint = "Compare both with the source, then write the same in both places."
                yield Problem(facts.place_of(id, names[0]), message, hint)
                break


def certainty_is_never_raised(facts: Facts, today: date) -> Problems:
    """An editor can rate a figure lower than the rule of docs/certainty.md does, and never higher."""
    for id, figure in facts.each(Figure):
        rating = rate(figure, facts.sources, facts.procedures[id.split(".")[0]])
        known = all(citation.source in facts.sources for citation in figure.sources)
        if figure.certainty and is_surer(figure.certainty, rating.level) and known:
            message = f'This figure can be "{rating.level}" at most, not "{figure.certainty}": {rating}.'
            hint = 'Delete "certainty", which is computed; docs/certainty.md has the rule.'
            yield Problem(facts.place_of(id, "certainty"), message, hint)
