"""Checks of words: spelling in US English, and words that this site does not use."""

from __future__ import annotations

from pathlib import Path

from build_tools.facts import Facts
from build_tools.problems import Problem


def check_words(facts: Facts, data: Path, content: Path) -> list[Problem]:
    """Problems in the words of data texts and hand-written pages."""
    return []
