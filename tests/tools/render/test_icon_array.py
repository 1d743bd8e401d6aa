"""Dots beside a share: a hundred, or as many as people in a small group."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build_tools.records.entries import Figure
from build_tools.render.icon_array import IconArray, build_icon_array

_DOTS = re.compile(r"M(\d+) (\d+)h(\d+)")


def figure(**value: object) -> Figure:
    """A figure of a plainly made-up study."""
    fields = {
        "counted": "were so", "who": "people", "when": "then", "how": "so", "certainty": "low", "sources": ["a"],
    }  # fmt: skip
    return Figure.model_validate(fields | value)


def dots(path: str) -> list[tuple[int, int]]:
    """The places of a path's dots."""
    return [(int(x) + step, int(y)) for x, y, width in _DOTS.findall(path) for step in range(0, int(width), 10)]


@given(st.integers(0, 100), st.integers(0, 100))
def test_the_large_dots_and_rings_are_as_many_as_the_numbers_say(one: int, other: int) -> None:
    low, high = sorted((one, other))
    if low == high:
        return
    picture = build_icon_array(figure(**{"from": low, "to": high, "out_of": 100}))
    assert picture is not None
    full, rings = dots(picture.full_path), dots(picture.ring_path)
    assert len(full) == low
    assert len(rings) == high - low
    assert full + rings == dots(picture.all_path)[:high]


def test_the_grid_is_the_same_for_every_figure_and_fills_from_the_first_corner() -> None:
    assert dots(IconArray(1).all_path) == [
        (5 + 10 * column, 5 + 10 * row) for row in range(10) for column in range(10)
    ]


@pytest.mark.parametrize(("value", "full", "ring"), [
    pytest.param({"count": 900, "out_of": 900}, 100, 0, id="all"),
    pytest.param({"count": 600, "out_of": 700}, 86, 0, id="rounded as in words"),
    pytest.param({"count": 1, "out_of": 400}, 0, 1, id="fewer than 1"),
    pytest.param({"count": 399, "out_of": 400}, 99, 1, id="more than 99"),
])  # fmt: skip
def test_fewer_than_one_and_more_than_99_have_a_ring(value: dict[str, object], full: int, ring: int) -> None:
    picture = build_icon_array(figure(**value))
    assert picture is not None
    assert (picture.full, picture.ring) == (full, ring)


@pytest.mark.parametrize(("out_of", "height"), [(1, 10), (10, 10), (11, 20), (99, 100)])
def test_a_small_group_has_a_dot_for_each_person(out_of: int, height: int) -> None:
    for count in range(1, out_of + 1):
        picture = build_icon_array(figure(count=count, out_of=out_of))
        assert picture is not None
        assert (len(dots(picture.all_path)), len(dots(picture.full_path)), picture.ring) == (out_of, count, 0)
        assert picture.height == height


@pytest.mark.parametrize("value", [
    {"count": 0, "out_of": 9}, {"count": 0, "out_of": 900}, {"percent": 12}, {"percent": 12, "out_of": 50},
    {"from": 1, "to": 2}, {"amount": 3, "measure": "days"}, {"from": 3, "to": 6, "measure": "days"},
])  # fmt: skip
def test_none_and_what_counts_no_known_group_have_no_picture(value: dict[str, object]) -> None:
    assert build_icon_array(figure(**value)) is None
