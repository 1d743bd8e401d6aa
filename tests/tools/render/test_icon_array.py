"""Icon arrays have a hundred dots, or a dot for each person of a small group."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from build_tools.records.entries import Figure
from build_tools.render.icon_array import IconArray, build_icon_array

_DOTS = re.compile(r"M(\d+) (\d+)h(\d+)")


def figure(**value: object) -> Figure:
    """An invented figure."""
    fields = {
        "counted": "were so", "who": "people", "when": "then", "how": "so", "certainty": "low", "sources": ["a"],
    }  # fmt: skip
    return Figure.model_validate(fields | value)


def dots(path: str) -> list[tuple[int, int]]:
    """The positions of the dots in a path."""
    return [(int(x) + step, int(y)) for x, y, width in _DOTS.findall(path) for step in range(0, int(width), 10)]


@given(st.sets(st.integers(0, 100), min_size=2, max_size=2))
def test_range_has_large_dots_and_rings(ends: set[int]) -> None:
    low, high = sorted(ends)
    array = build_icon_array(figure(**{"from": low, "to": high, "out_of": 100}))
    assert array is not None
    full, rings = dots(array.full_path), dots(array.ring_path)
    assert len(full) == low
    assert len(rings) == high - low
    assert full + rings == dots(array.all_path)[:high]


def test_grid_fills_along_the_rows() -> None:
    assert dots(IconArray(1).all_path) == [
        (5 + 10 * column, 5 + 10 * row) for row in range(10) for column in range(10)
    ]


@pytest.mark.parametrize(("value", "full", "ring"), [
    pytest.param({"count": 900, "out_of": 900}, 100, 0, id="all"),
    pytest.param({"count": 600, "out_of": 700}, 86, 0, id="rounded as in words"),
    pytest.param({"count": 1, "out_of": 400}, 0, 1, id="fewer than 1"),
    pytest.param({"count": 399, "out_of": 400}, 99, 1, id="more than 99"),
])  # fmt: skip
def test_fewer_than_1_and_more_than_99_have_a_ring(value: dict[str, object], full: int, ring: int) -> None:
    assert build_icon_array(figure(**value)) == IconArray(full, ring)


@pytest.mark.parametrize(("out_of", "height"), [(1, 10), (10, 10), (11, 20), (99, 100)])
def test_small_group_has_a_dot_for_each_person(out_of: int, height: int) -> None:
    for count in range(1, out_of + 1):
        array = build_icon_array(figure(count=count, out_of=out_of))
        assert array is not None
        assert (len(dots(array.all_path)), len(dots(array.full_path)), array.ring) == (out_of, count, 0)
        assert array.height == height


@pytest.mark.parametrize("value", [
    {"count": 0, "out_of": 9}, {"count": 0, "out_of": 900}, {"percent": 12}, {"percent": 12, "out_of": 50},
    {"from": 1, "to": 2}, {"amount": 3, "measure": "days"}, {"from": 3, "to": 6, "measure": "days"},
])  # fmt: skip
def test_zero_and_unknown_groups_have_no_icon_array(value: dict[str, object]) -> None:
    assert build_icon_array(figure(**value)) is None
