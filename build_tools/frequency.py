"""Numbers as words that a reader can use; computed here and typed nowhere (standards R-02 to R-12).

One denominator everywhere, 100, so that the same fact reads the same on every page and no table mixes two.
What is rarer than 1 in 100 is "fewer than 1", with the exact count beside it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from build_tools.records import Certainty, Figure, Measured

CERTAINTY_WORDS = {
    Certainty.HIGH: "sure.",
    Certainty.MODERATE: "probably close to the truth.",
    Certainty.LOW: "it may be off.",
    Certainty.VERY_LOW: "the evidence is very uncertain.",
}
"""GRADE's four levels in plain words (standards, section 7)."""

BANDS = (
    (Decimal("0.1"), "very common"),
    (Decimal("0.01"), "common"),
    (Decimal("0.001"), "uncommon"),
    (Decimal("0.0001"), "rare"),
    (Decimal(0), "very rare"),
)
"""The EU's frequency words with the lower end of each (standards R-06)."""


@dataclass(frozen=True)
class Words:
    """A figure in words: `headline` first, then what must stand beside it ("" where it does not apply).

    `complement` ends the sentence that the headline begins.
    """

    headline: str
    exact: str
    complement: str
    band: str
    range: str


def number(value: float | Decimal) -> str:
    """Digits with commas over 999 and no decimals that say nothing: 1,600 and 7.2."""
    exact = Decimal(str(value)).normalize()
    return f"{exact:,f}" if exact else "0"


def per_hundred(share: float) -> int:
    """A share from 0 to 1 as whole people out of 100, half rounded up."""
    return int((Decimal(str(share)) * 100).quantize(Decimal(1), ROUND_HALF_UP))


def band(share: float) -> str:
    """The EU's frequency word for a share; "" for none at all, which is no frequency."""
    exact = Decimal(str(share))
    return "" if exact == 0 else next(word for lower, word in BANDS if exact >= lower)


def describe_share(share: float, units: str) -> str:
    """ "12 out of 100 people", "fewer than 1 out of 100 people", "all of the people"."""
    whole = per_hundred(share)
    if share == 0:
        return f"none of the {units}"
    if whole == 0 or share < 0.01:
        return f"fewer than 1 out of 100 {units}"
    if share == 1:
        return f"all of the {units}"
    if whole == 100 or share > 0.99:
        return f"more than 99 out of 100 {units}"
    return f"{whole} out of 100 {units}"


def describe_rest(share: float) -> str:
    """The other side of a share, which follows it in its sentence (standards R-07, R-11)."""
    if share == 0:
        return ", so it could still happen."
    if share == 1:
        return "."
    if share < 0.01:
        return ". For more than 99 out of 100 this was not so."
    if share > 0.99:
        return ". For fewer than 1 out of 100 this was not so."
    return f". For the other {100 - per_hundred(share)} out of 100 this was not so."


def describe_range(low: float, high: float) -> str:
    """Two percents as people out of 100: "from 10 to 30", "from fewer than 1 to 3", "fewer than 1"."""
    ends = [_end(low), _end(high)]
    return ends[0] if ends[0] == ends[1] else f"from {ends[0]} to {ends[1]}"


def _end(percent: float) -> str:
    if 0 < percent < 1:
        return "fewer than 1"
    return "more than 99" if 99 < percent < 100 else str(per_hundred(percent / 100))


def describe(figure: Figure) -> Words:
    """A figure in words."""
    between = figure.from_ is not None and figure.measure is None and len(figure.sources) > 1
    return Words(
        headline=headline(figure, figure.units, figure.measure, figure.average)
        + (" in different studies" if between else ""),
        exact=exact(figure, figure.units),
        complement=describe_rest(figure.share) if figure.share is not None else ".",
        band=band(figure.share) if figure.share is not None else "",
        range=_uncertainty(figure),
    )


def tell(figure: Figure, *, harm: bool = False) -> str:
    """A figure as its page tells it, as plain text; the count of a `harm` has its frequency word beside it."""
    words = describe(figure)
    if figure.share is not None or (figure.from_ is not None and not figure.measure):
        often = f" ({words.band})" if harm and words.band else ""
        text = f"{words.headline[:1].upper()}{words.headline[1:]} {figure.counted}{often}{words.complement}"
    else:
        text = f"{figure.counted}: {words.headline}."
    if words.range:
        text += f" {words.range}"
    if figure.versus:
        other = headline(figure.versus, figure.units, figure.measure, figure.average)
        text += f" For comparison, {figure.versus.who}: {other}."
    return text


def headline(value: Measured, units: str, measure: str | None, average: str | None = None) -> str:
    """The value itself, as it stands in the page's largest type."""
    if value.share is not None:
        if value.count == 0:
            return f"none among {number(value.out_of or 0)} {units}"
        if value.count is not None and value.count == value.out_of:
            return f"all {number(value.out_of)} {units}"
        return describe_share(value.share, units)
    unit = f" {measure}" if measure else ""
    if value.from_ is not None and value.to is not None:
        if measure:
            return f"from {number(value.from_)} to {number(value.to)}{unit}"
        return f"{describe_range(value.from_, value.to)} out of 100 {units}"
    middle = f" ({average})" if average else ""
    if value.before is not None and value.after is not None:
        return f"from {number(value.before)} before to {number(value.after)} after{middle}, in {measure}"
    return f"{number(value.amount or 0)}{unit}{middle}"


def exact(value: Measured, units: str) -> str:
    """What the source prints, beside the share: "6 out of 7 people in the study"; "" for what is no share."""
    if value.count is not None and value.out_of is not None:
        return f"{number(value.count)} out of {number(value.out_of)} {units} in the study"
    if value.percent is not None:
        group = f" of {number(value.out_of)} {units}" if value.out_of else ""
        return f"published as {number(value.percent)} percent{group}"
    return ""


def _uncertainty(figure: Figure) -> str:
    if figure.low is None or figure.high is None:
        return ""
    if figure.share is not None:
        return f"It could be {describe_range(figure.low, figure.high)} out of 100."
    return f"It could be from {number(figure.low)} to {number(figure.high)} {figure.measure or ''}".strip() + "."
