"""The picture of a share: dots, always in the same grid, order, corner and size (standards R-08).

Groups of 100 and more have a hundred dots, smaller ones as many as people. None seen has no picture.

A large dot is one of the people whom the number means, a ring one who may or may not be among them, a small dot
one of the others. Size and shape tell them apart, so the picture needs no color.
"""

from __future__ import annotations

from dataclasses import dataclass

from build_tools.model.frequency import scale_to_hundred
from build_tools.records.entries import Figure

IN_A_ROW = 10


@dataclass(frozen=True)
class IconArray:
    """How many dots there are, how many of them are `full`, and how many after them are a `ring`."""

    full: int
    ring: int = 0
    total: int = 100

    @property
    def all_path(self) -> str:
        """All dots as an SVG path; a dash of length 0 every 10 units makes a dot of each step."""
        return _path(0, self.total)

    @property
    def height(self) -> int:
        """The height of its rows; the width is always 100."""
        return 10 * -(-self.total // IN_A_ROW)

    @property
    def full_path(self) -> str:
        """The full dots as an SVG path."""
        return _path(0, self.full)

    @property
    def ring_path(self) -> str:
        """The rings as an SVG path."""
        return _path(self.full, self.full + self.ring)


def build_icon_array(figure: Figure) -> IconArray | None:
    """The picture of a count, a share or a range of shares; None for none, and for percents of few or of unknown.

    A share below 1 or above 99 in 100 that is not none or all has a ring where its number is not whole.
    """
    if figure.share == 0:
        return None
    if not figure.scaled:
        return IconArray(figure.count, total=figure.out_of) if figure.count and figure.out_of else None
    if figure.share is not None:
        return _between(figure.share, figure.share)
    if figure.from_ is not None and figure.to is not None and not figure.measure:
        return _between(figure.from_ / 100, figure.to / 100)
    return None


def _between(low: float, high: float) -> IconArray:
    full = 0 if low < 0.01 else 99 if 0.99 < low < 1 else scale_to_hundred(low)
    end = 1 if 0 < high < 0.01 else 100 if high > 0.99 else scale_to_hundred(high)
    return IconArray(full, max(end - full, 0))


def _path(first: int, last: int) -> str:
    """Dots from `first` up to `last`, counted along the rows from the top left corner."""
    parts = []
    while first < last:
        row, column = divmod(first, IN_A_ROW)
        dots = min(last - first, IN_A_ROW - column)
        parts.append(f"M{5 + 10 * column} {5 + 10 * row}h{10 * dots - 9}")
        first += dots
    return "".join(parts)
