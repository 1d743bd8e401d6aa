"""The words for numbers, shares, and ranges (R-02, R-03, R-12).

Less than 1 in 100 is "fewer than 1"; pages print the exact count next to it.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


def format_number(value: float | Decimal) -> str:
    """Format a number with commas above 999 and without trailing zeros: 1,600 and 7.2."""
    exact = Decimal(str(value)).normalize()
    return f"{exact:,f}" if exact else "0"


def scale_to_hundred(share: float) -> int:
    """Round a share from 0 to 1 to whole people out of 100, half up."""
    return int((Decimal(str(share)) * 100).quantize(Decimal(1), ROUND_HALF_UP))


def describe_share(share: float, units: str) -> str:
    """ "12 out of 100 people", "fewer than 1 out of 100 people", "all of the people"."""
    if share in (0, 1):
        return f"{'all' if share else 'none'} of the {units}"
    return f"{_hundredths(share)} out of 100 {units}"


def describe_rest(share: float) -> str:
    """The people out of 100 who are not in a share: "more than 99", "fewer than 1", "the other 88"."""
    if share < 0.01:
        return "more than 99"
    if share > 0.99:
        return "fewer than 1"
    rest = 100 - scale_to_hundred(share)
    return "1" if rest == 1 else f"the other {rest}"


def describe_range(low: float, high: float) -> str:
    """Two percents as people out of 100: "from 10 to 30", "from fewer than 1 to 3", "fewer than 1"."""
    ends = [_hundredths(end / 100) for end in (low, high)]
    return ends[0] if ends[0] == ends[1] else f"from {ends[0]} to {ends[1]}"


def describe_percents(low: float, high: float) -> str:
    """The same for percents that are not scaled to people: "from less than 1 to 3 percent"."""
    return f"{describe_range(low, high).replace('fewer', 'less')} percent"


def _hundredths(share: float) -> str:
    """Whole people out of 100. A few are never rounded to nobody, nor nearly all to everybody."""
    if 0 < share < 0.01:
        return "fewer than 1"
    return "more than 99" if 0.99 < share < 1 else str(scale_to_hundred(share))
