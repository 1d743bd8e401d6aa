"""Checks of words: spelling in US English, and words that this site does not use.

They read every text an editor writes: the texts in data/ and the pages in content/.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from hunspell import Hunspell

from build_tools.facts import Facts
from build_tools.glossary import any_of
from build_tools.problems import Place, Problem
from build_tools.reading import read_text
from build_tools.records import FACT_FIELDS

# Fields that hold ids, dates, sounds or quotations, not prose of ours.
_NOT_PROSE = frozenset(
    "sources source facts_checked next_check searched kind part_of structure method imaging role anesthesia "
    "condition effect because level certainty average procedure options key field only facts verdict claim "
    "say_it also_called synonyms title by published_in doi pmid url read_by year reporting avoid".split()
)
_NOT_WORDS = re.compile(
    r"\A---\n|\{\{.*?\}\}|\{%.*?%\}|<[^>]+>|\]\([^)]*\)|`[^`]*`|https?://\S+|^\s*(?:title|kind):|\{:.*?\}",
    re.DOTALL | re.MULTILINE,
)
_WORD = re.compile(r"[A-Za-zÀ-ÿ]+(?:['’][a-z]+)?")
_ADDRESS = re.compile(r"https?://\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:org|com|net|nl|uk|html)\b")
_DOT_INSIDE = re.compile(r"\.\w|://")
_ID = re.compile(r"\b[a-z0-9]+(?:-[a-z0-9]+)+\b")
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"")

Text = tuple[Place, str]
SPELLING = "spelling.txt"
"""The file of data/ with words that are right though the dictionary lacks them."""


def check_words(facts: Facts, data: Path, content: Path) -> list[Problem]:
    """Problems in the words of data texts and hand-written pages."""
    texts = [*_data_texts(facts), *_page_texts(content)]
    file = data / SPELLING
    spelling, problems = read_text(file, f"{data.name}/{SPELLING}") if file.is_file() else ("", [])
    allowed, listed = _allowed(facts, data, spelling)
    unreadable = bool(problems)
    problems += _avoided(texts, facts)
    if unreadable or any(name.startswith(("vocabulary/", "sources")) for name in facts.broken):
        return problems  # which words are right is not known until those files are mended
    used: set[str] = set()
    right: set[str] = set()
    guesses = _Guesses()
    for place, text in texts:
        problems += _spelling(place, text, allowed, used, right, facts.sources, listed, guesses)
    for word, place in listed.items():
        if word not in used and not facts.broken:
            problems.append(Problem(place, f'No text uses "{word}" any more.', "Delete the line."))
    return problems


def _data_texts(facts: Facts) -> Iterator[Text]:
    for name, document in facts.documents.items():
        if name != "wording":
            for steps, text in _walk(document.value, ()):
                yield document.place(*steps), text


def _walk(value: Any, steps: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, str):
        yield steps, value
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _walk(item, (*steps, position))
    elif isinstance(value, dict):
        for key, item in value.items():
            if key not in _NOT_PROSE or (key in FACT_FIELDS and isinstance(item, dict)):
                yield from _walk(item, (*steps, key))


def _page_texts(content: Path) -> Iterator[Text]:
    for file in sorted(content.glob("*.md")):
        shown = f"{content.name}/{file.name}"
        text, _ = read_text(file, shown)  # a file that cannot be read is reported where its page is made
        text = _NOT_WORDS.sub(lambda found: " " + "\n" * found.group().count("\n"), text)
        for number, line in enumerate(text.splitlines(), 1):
            yield Place(shown, number), line


@lru_cache(maxsize=1)
def _dictionary() -> Any:
    return Hunspell("en_US")


@lru_cache(maxsize=20_000)
def _is_spelled(word: str) -> bool:
    return bool(_dictionary().spell(word))


@lru_cache(maxsize=2_000)
def _nearest(word: str) -> str:
    return next(iter(_dictionary().suggest(word)), "") if len(word) < 40 else ""


class _Guesses:
    """The nearest word of the dictionary, for the first words of a run only.

    A guess takes tenths of a second, so a text in another language would keep its editor waiting for minutes.
    """

    def __init__(self, most: int = 8) -> None:
        self._left = most

    def for_(self, word: str) -> str:
        """The nearest word, or "" if there is none or enough was guessed."""
        self._left -= 1
        return _nearest(word) if self._left >= 0 else ""


_BRITISH = (("ae", "e"), ("oe", "e"), ("our", "or"), ("tre", "ter"), ("bre", "ber"), ("is", "iz"), ("ys", "yz"))


@lru_cache(maxsize=20_000)
def _american(word: str) -> str:
    """How a word in British spelling is written in American English; "" for any other word."""
    if not _is_spelled(word):
        for british, american in _BRITISH:
            if british in word and _is_spelled(found := word.replace(british, american)):
                return found
    return ""


def _allowed(facts: Facts, data: Path, spelling: str) -> tuple[set[str], dict[str, Place]]:
    """Words that are right though the dictionary lacks them: medical words, and names in data/spelling.txt."""
    words = {
        part.lower()
        for _, term in facts.terms()
        for name in (term.name, *term.synonyms)
        for part in _WORD.findall(name)
    }
    listed: dict[str, Place] = {}
    for number, line in enumerate(spelling.splitlines(), 1):
        word = line.partition("#")[0].strip()
        if word:
            listed[word] = Place(f"{data.name}/{SPELLING}", number)
    return words | {word.lower() for word in listed}, listed


def _spelling(
    place: Place,
    text: str,
    allowed: set[str],
    used: set[str],
    right: set[str],
    ids: Container[str],
    listed: Container[str],
    guesses: _Guesses,
) -> Iterator[Problem]:
    """Every word is in the US English dictionary, in the glossary, or in data/spelling.txt.

    Words that were found `right` need not be looked up again; nearly all words of a text were met before.
    """
    prose = _ADDRESS.sub("", text) if _DOT_INSIDE.search(text) else text
    if "-" in prose:
        prose = _ID.sub(lambda found: "" if found.group() in ids else found.group(), prose)
    for written in _WORD.findall(prose):
        if written in right:
            continue
        word = written.replace("’", "'")
        bare = word.removesuffix("'s")
        right.add(written)
        american = _american(bare.lower()) if bare.lower() in allowed and bare not in listed else ""
        if american:
            right.remove(written)
            yield Problem(
                place,
                f'"{bare}" is British spelling.',
                f'Write "{american}". A synonym in data/vocabulary/ may keep it, so that readers find it.',
            )
        elif bare.lower() in allowed:
            used.add(bare)
            used.add(bare.lower())
        elif not _is_spelled(word) and not _is_spelled(bare):
            right.remove(written)
            near = guesses.for_(bare)
            guess = f'Did you mean "{near}"? ' if near else ""
            yield Problem(
                place,
                f'"{bare}" is not in the US English dictionary.',
                f"{guess}A medical word belongs into data/vocabulary/, a name into data/spelling.txt.",
            )


def _avoided(texts: Iterable[Text], facts: Facts) -> Iterator[Problem]:
    """No text uses a word that data/wording.yml tells to avoid; quotations may (standards R-18, PL-5, PL-6)."""
    words = {word.lower(): wording for wording in facts.wording.values() for word in wording.avoid}
    if not words:
        return
    pattern = re.compile(rf"(?<![\w-]){any_of(words)}(?![\w-])", re.IGNORECASE)
    for place, text in texts:
        if not pattern.search(text):
            continue
        for found in pattern.finditer(_QUOTED.sub("", text)):
            wording = words[found.group().lower()]
            yield Problem(
                place, f'"{found.group()}" is a word that this site avoids: {wording.why}', f"Say: {wording.say}"
            )
