"""Numbers as words, compared with exact fractions for every count of small groups."""

from __future__ import annotations

from fractions import Fraction

import pytest

from build_tools.model.frequency import (
    describe_percents,
    describe_range,
    describe_rest,
    describe_share,
    format_number,
    scale_to_hundred,
)

GROUPS = [*range(1, 61), 99, 100, 101, 200, 201, 400, 1_000, 1_001]
SHARES = [(count / group, Fraction(count, group)) for group in GROUPS for count in range(group + 1)]
PERCENTS = [(tenths / 10 / 100, Fraction(tenths, 1_000)) for tenths in range(1_001)]


def nearest(share: Fraction) -> int:
    """The whole number out of 100 that is nearest to a share; the larger one of two."""
    part, total = share.as_integer_ratio()
    return min(range(101), key=lambda whole: (abs(whole * total - 100 * part), -whole))


@pytest.mark.parametrize("shares", [SHARES, PERCENTS], ids=["counts", "percents"])
def test_shares_are_rounded_to_the_nearest(shares: list[tuple[float, Fraction]]) -> None:
    for share, exact in shares:
        assert scale_to_hundred(share) == nearest(exact), exact
        if Fraction(1, 100) <= exact <= Fraction(99, 100):
            assert describe_share(share, "people") == f"{nearest(exact)} out of 100 people"
            rest = 100 - nearest(exact)
            assert describe_rest(share) == ("1" if rest == 1 else f"the other {rest}")
            assert 1 <= rest <= 99


def test_few_is_not_none_and_nearly_all_is_not_all() -> None:
    for share, exact in SHARES:
        assert (describe_share(share, "cups") == "none of the cups") == (exact == 0)
        assert (describe_share(share, "cups") == "all of the cups") == (exact == 1)
        few, nearly_all = 0 < exact < Fraction(1, 100), Fraction(99, 100) < exact < 1
        assert (describe_share(share, "cups") == "fewer than 1 out of 100 cups") == few
        assert (describe_share(share, "cups") == "more than 99 out of 100 cups") == nearly_all
        if 0 < exact < 1:
            assert (describe_rest(share) == "more than 99") == few
            assert (describe_rest(share) == "fewer than 1") == nearly_all


@pytest.mark.parametrize(("low", "high", "words"), [
    (10, 29.5, "from 10 to 30"),
    (10.4, 9.6, "10"),
    (0, 0.4, "from 0 to fewer than 1"),
    (0.2, 0.99, "fewer than 1"),
    (1, 99, "from 1 to 99"),
    (99.01, 99.9, "more than 99"),
    (99.9, 100, "from more than 99 to 100"),
])  # fmt: skip
def test_ranges(low: float, high: float, words: str) -> None:
    assert describe_range(low, high) == words


def test_percents() -> None:
    assert describe_percents(37.5, 37.5) == "38 percent"
    assert describe_percents(0.2, 99.6) == "from less than 1 to more than 99 percent"


@pytest.mark.parametrize(("value", "expected"), [
    (1_600, "1,600"),
    (1_234_567.5, "1,234,567.5"),
    (999, "999"),
    (7.20, "7.2"),
    (7.0, "7"),
    (100, "100"),
    (0.05, "0.05"),
    (0, "0"),
    (-0.4, "-0.4"),
    (-0.0, "0"),
])  # fmt: skip
def test_numbers_have_commas_and_no_trailing_zeros(value: float, expected: str) -> None:
    assert format_number(value) == expected
