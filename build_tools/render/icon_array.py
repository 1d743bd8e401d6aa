"""Icon arrays: a share as dots in a grid that is the same for all figures (standards R-08).

Groups of 100 and more have a hundred dots, smaller ones a dot for each person. A count of zero has no icon array.

A large dot is a person who is counted, a ring one who may be, a small dot one who is not. They differ in size and
shape, so no color is needed.
"""

from __future__ import annotations

from dataclasses import dataclass

from build_tools.model.frequency import scale_to_hundred
from build_tools.records.entries import Figure

PER_ROW = 10


@dataclass(frozen=True)
class IconArray:
    """The number of dots, of which the first `full` are large and the next `ring` are rings."""

    full: int
    ring: int = 0
    total: int = 100

    @property
    def all_path(self) -> str:
        """All dots as an SVG path, on which styles draw a dash of length 0 every 10 units."""
        return _path(0, self.total)

    @property
    def height(self) -> int:
        """The height of all rows; the width is always 100."""
        return 10 * -(-self.total // PER_ROW)

    @property
    def full_path(self) -> str:
        """The large dots as an SVG path."""
        return _path(0, self.full)

    @property
    def ring_path(self) -> str:
        """The rings as an SVG path."""
        return _path(self.full, self.full + self.ring)


def build_icon_array(figure: Figure) -> IconArray | None:
    """The icon array of a count, a share or a range of shares; None for zero, and for percentages of small or
    unknown groups.

    A share between 0 and 1 out of 100, or between 99 and 100, has a ring.
    """
    if figure.share == 0:
        return None
    if not figure.scaled:
        return IconArray(figure.count, total=figure.out_of) if figure.count and figure.out_of else None
    if figure.share is not None:
        return _build_range(figure.share, figure.share)
    if figure.from_ is not None and figure.to is not None and not figure.measure:
        return _build_range(figure.from_ / 100, figure.to / 100)
    return None


def _build_range(low: float, high: float) -> IconArray:
    full = 0 if low < 0.01 else 99 if 0.99 < low < 1 else scale_to_hundred(low)
    end = 1 if 0 < high < 0.01 else 100 if high > 0.99 else scale_to_hundred(high)
    return IconArray(full, max(end - full, 0))


def _path(first: int, last: int) -> str:
    """The dots from `first` up to `last`, counted along the rows from the top left."""
    parts = []
    while first < last:
        row, column = divmod(first, PER_ROW)
        dots = min(last - first, PER_ROW - column)
        parts.append(f"M{5 + 10 * column} {5 + 10 * row}h{10 * dots - 9}")
        first += dots
    return "".join(parts)
