"""Numbers become words: bands, rounding, complements, ranges. People are always whole people."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build_tools.frequency import Words, band, describe, describe_rest, describe_share, number, per_hundred
from build_tools.records import Figure

FIGURE: dict[str, Any] = {
    "counted": "dripped less",
    "who": "Teapots in one tea room",
    "when": "After one week",
    "how": "A cohort study",
    "certainty": "low",
    "sources": ["kettle-2020"],
}


def figure(**value: Any) -> Figure:
    """A figure about teapots with this value."""
    return Figure.model_validate(FIGURE | value)


def words(**value: Any) -> Words:
    """The words of such a figure."""
    return describe(figure(**value))


# The EU's bands


@pytest.mark.parametrize(
    ("share", "word"),
    [
        (1, "very common"),
        (0.5, "very common"),
        (0.1, "very common"),
        (0.0999, "common"),
        (0.01, "common"),
        (0.00999, "uncommon"),
        (0.001, "uncommon"),
        (0.000999, "rare"),
        (0.0001, "rare"),
        (0.0000999, "very rare"),
        (0.0000001, "very rare"),
    ],
)
def test_each_band_begins_at_its_lower_end(share: float, word: str) -> None:
    assert band(share) == word


@pytest.mark.parametrize(
    ("count", "out_of", "word"),
    [
        (1, 10, "very common"),
        (1, 11, "common"),
        (1, 100, "common"),
        (1, 101, "uncommon"),
        (1, 1_000, "uncommon"),
        (1, 1_001, "rare"),
        (1, 10_000, "rare"),
        (1, 10_001, "very rare"),
    ],
)
def test_a_count_falls_into_the_band_of_its_share(count: int, out_of: int, word: str) -> None:
    assert words(count=count, out_of=out_of).band == word


@pytest.mark.parametrize(
    ("percent", "word"),
    [(10, "very common"), (1, "common"), (0.1, "uncommon"), (0.01, "rare"), (0.009, "very rare")],
)
def test_a_percent_falls_into_the_band_of_its_share(percent: float, word: str) -> None:
    assert words(percent=percent).band == word


def test_none_at_all_is_no_frequency() -> None:
    assert band(0) == ""
    assert words(count=0, out_of=40).band == ""


# Whole people


@pytest.mark.parametrize(
    ("count", "out_of", "people"),
    [(1, 40, 3), (1, 8, 13), (29, 200, 15), (57, 200, 29), (9, 200, 5), (44, 1000, 4), (1, 3, 33), (2, 3, 67)],
)
def test_a_half_is_rounded_up(count: int, out_of: int, people: int) -> None:
    assert per_hundred(count / out_of) == people
    assert words(count=count, out_of=out_of).headline == f"{people} out of 100 people"


@pytest.mark.parametrize(
    ("percent", "people"), [(12.5, 13), (14.5, 15), (28.5, 29), (57.5, 58), (12.49, 12), (1.4, 1), (98.5, 99)]
)
def test_half_a_percent_is_rounded_up(percent: float, people: int) -> None:
    assert words(percent=percent).headline == f"{people} out of 100 people"


@pytest.mark.parametrize(
    ("share", "said", "rest"),
    [
        (0.0001, "fewer than 1 out of 100 people", ". For more than 99 out of 100 this was not so."),
        (0.005, "fewer than 1 out of 100 people", ". For more than 99 out of 100 this was not so."),
        (0.00999, "fewer than 1 out of 100 people", ". For more than 99 out of 100 this was not so."),
        (0.01, "1 out of 100 people", ". For the other 99 out of 100 this was not so."),
        (0.5, "50 out of 100 people", ". For the other 50 out of 100 this was not so."),
        (0.99, "99 out of 100 people", ". For the other 1 out of 100 this was not so."),
        (0.9901, "more than 99 out of 100 people", ". For fewer than 1 out of 100 this was not so."),
        (0.9999, "more than 99 out of 100 people", ". For fewer than 1 out of 100 this was not so."),
    ],
)
def test_both_sides_are_told_and_neither_is_rounded_to_nobody(share: float, said: str, rest: str) -> None:
    assert describe_share(share, "people") == said
    assert describe_rest(share) == rest


def test_none_among_n_says_that_it_could_still_happen() -> None:
    told = words(count=0, out_of=1_600)
    assert told.headline == "none among 1,600 people"
    assert told.complement == ", so it could still happen."


def test_all_n_has_no_other_side() -> None:
    told = words(count=12, out_of=12)
    assert told.headline == "all 12 people"
    assert told.complement == "."


@pytest.mark.parametrize(("percent", "said"), [(0, "none of the people"), (100, "all of the people")])
def test_none_and_all_without_a_count_name_no_number(percent: float, said: str) -> None:
    assert words(percent=percent).headline == said


def test_other_units_are_counted_as_what_they_are() -> None:
    told = words(count=3, out_of=10, units="teapots")
    assert told.headline == "30 out of 100 teapots"
    assert told.exact == "3 out of 10 teapots in the study"


@given(st.integers(1, 5_000).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_people_never_have_decimals_and_both_sides_make_100(counted: tuple[int, int]) -> None:
    count, total = counted
    told = words(count=count, out_of=total)
    assert "." not in told.headline
    if count == 0:
        assert told.headline == f"none among {total:,} people"
    elif count == total:
        assert told.headline == f"all {total:,} people"
    else:
        assert told.headline.endswith(" out of 100 people")
        said, rest = (int(re.findall(r"\d+", text)[0]) for text in (told.headline, told.complement))
        assert said + rest == 100
        assert 1 <= said <= 99
        assert ("fewer" in told.headline) == ("more" in told.complement) == (count / total < 0.01)
        assert ("more" in told.headline) == ("fewer" in told.complement) == (count / total > 0.99)
        if 0.01 <= count / total <= 0.99:
            assert abs(said - 100 * count / total) <= 0.5


@given(st.floats(0, 100, allow_subnormal=False))
def test_a_percent_never_shows_decimals_of_people(percent: float) -> None:
    told = words(percent=percent)
    assert not re.search(r"\d\.\d", told.headline + told.complement)


@given(st.lists(st.floats(0, 100), min_size=4, max_size=4).map(sorted))
def test_ranges_of_people_have_no_decimals(ends: list[float]) -> None:
    studies = words(**{"from": ends[0], "to": ends[3]})
    interval = words(percent=ends[1], low=ends[0], high=ends[3])
    assert not re.search(r"\d\.\d", studies.headline + interval.range)


# What stands beside the headline


def test_the_exact_count_stands_beside_it() -> None:
    assert words(count=1_234, out_of=5_678).exact == "1,234 out of 5,678 people in the study"


def test_a_percent_without_a_count_says_that_it_was_published_so() -> None:
    assert words(percent=12.5).exact == "published as 12.5 percent"
    assert words(percent=12.5, out_of=2_000).exact == "published as 12.5 percent of 2,000 people"


def test_an_amount_has_no_exact_count_and_no_other_side() -> None:
    told = words(amount=7, measure="months")
    assert (told.exact, told.complement, told.band, told.range) == ("", ".", "", "")


# Ranges, amounts, changes


def test_a_range_is_told_in_whole_people() -> None:
    told = words(**{"from": 10, "to": 29.5})
    assert told.headline == "from 10 to 30 out of 100 people"
    assert told.complement == "."


def test_a_range_from_several_sources_is_a_range_of_studies() -> None:
    several = words(**{"from": 10, "to": 30, "sources": ["kettle-2020", "kettle-2021"]})
    assert several.headline == "from 10 to 30 out of 100 people in different studies"


@pytest.mark.parametrize(
    ("lower", "upper", "said"),
    [
        (0.2, 3, "from fewer than 1 to 3 out of 100 people"),
        (0.2, 0.4, "fewer than 1 out of 100 people"),
        (0, 0.4, "from 0 to fewer than 1 out of 100 people"),
        (97, 99.6, "from 97 to more than 99 out of 100 people"),
        (97, 100, "from 97 to 100 out of 100 people"),
    ],
)
def test_the_ends_of_a_range_are_not_rounded_to_nobody_or_everybody(lower: float, upper: float, said: str) -> None:
    assert words(**{"from": lower, "to": upper}).headline == said


def test_a_range_in_a_measure_keeps_its_decimals() -> None:
    assert words(**{"from": 1.5, "to": 1_200, "measure": "cups"}).headline == "from 1.5 to 1,200 cups"


@pytest.mark.parametrize(
    ("value", "written"),
    [
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
    ],
)
def test_amounts_have_commas_and_only_decimals_that_say_something(value: float, written: str) -> None:
    assert number(value) == written


def test_an_amount_names_its_measure_and_its_kind_of_average() -> None:
    assert words(amount=7.5, measure="months").headline == "7.5 months"
    assert words(amount=7, measure="months", average="median").headline == "7 months (median)"


def test_an_amount_of_zero_is_shown() -> None:
    assert words(amount=0, measure="drips").headline == "0 drips"


def test_before_and_after_are_told_in_this_order() -> None:
    told = words(before=7.6, after=0, measure="points", average="mean")
    assert told.headline == "from 7.6 before to 0 after (mean), in points"


# How far chance may have moved it


def test_the_uncertainty_of_a_share_is_told_in_whole_people() -> None:
    assert words(percent=12, low=4.5, high=25.4).range == "It could be from 5 to 25 out of 100."


def test_the_uncertainty_of_a_rare_thing_does_not_become_nobody() -> None:
    assert words(percent=0.5, low=0.1, high=1.6).range == "It could be from fewer than 1 to 2 out of 100."


def test_the_uncertainty_of_an_amount_can_lie_below_zero() -> None:
    told = words(amount=1.2, measure="points", low=-0.4, high=2.8)
    assert told.range == "It could be from -0.4 to 2.8 points."


def test_without_both_ends_no_uncertainty_is_told() -> None:
    assert words(percent=12).range == ""
