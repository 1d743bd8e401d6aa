"""A few hundred broken files; `make fuzz` breaks ten thousand."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.fuzz import MOST_MEGABYTES, TooLongError, fuzz, patience


def test_hundreds_of_broken_files_end_in_problems_and_never_in_a_traceback(tmp_path: Path) -> None:
    tally = fuzz(tmp_path, 300)
    assert tally.files >= 300
    assert tally.broken > tally.files * 2 / 3
    assert tally.megabytes < MOST_MEGABYTES


def test_what_takes_too_long_is_stopped() -> None:
    with pytest.raises(TooLongError), patience(1):
        time.sleep(5)
