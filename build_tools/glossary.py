"""Medical words in a page: each is linked and explained in words where it first stands (CCI-7, PL-2)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape, unescape

from build_tools.records import Term

# What is not running text: front matter, headings, links, table heads, names of people, tags themselves.
_NOT_PROSE = (
    r"\A---\n.*?\n---\n"
    r"|^#[^\n]*$"
    r"|<(?:a|h[1-6]|th|caption|summary|nav|dt|code|script|form|title|cite)\b.*?</(?:a|h[1-6]|th|caption|summary|nav|dt|code|script|form|title|cite)>"
    r"|<[^>]*\bdata-verbatim\b.*?</"
    r"|\[[^\]\n]*\]\([^)\n]*\)"
    r"|\{\{.*?\}\}|\{%.*?%\}"
    r"|`[^`\n]*`"
    r"|<[^>]+>"
)


@dataclass(frozen=True)
class Word:
    """One way of writing a medical word: the id of its entry and the words that explain it."""

    id: str
    plain: str
    is_acronym: bool


def known_words(terms: Iterable[tuple[str, Term]]) -> dict[str, Word]:
    """Every name and synonym in lower case that is explained in the text where it first stands."""
    words: dict[str, Word] = {}
    for id, term in terms:
        if not term.everyday:
            for name in (term.name, *term.synonyms):
                words[name.lower()] = Word(id, term.plain, name.isupper())
    return words


@lru_cache(maxsize=64)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    alternatives = "|".join(_in_text(name) for name in sorted(names, key=len, reverse=True))
    return re.compile(
        rf"(?P<skip>{_NOT_PROSE})|(?<![\w-])(?P<word>{alternatives})(?![\w-])",
        re.IGNORECASE | re.DOTALL | re.MULTILINE,
    )


_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&#39;", '"': "&#34;"}


def _in_text(name: str) -> str:
    """A pattern for a name as Markdown has it, and as a template writes it into HTML."""
    return "".join(
        f"(?:{letter}|{_ENTITIES[letter]})" if letter in _ENTITIES else re.escape(letter) for letter in name
    )


def explain(text: str, words: Mapping[str, Word], link: Callable[[str], str]) -> str:
    """Markdown or HTML `text` in which the first use of each word links to its entry and is explained.

    The explanation in brackets is left out where the author already gives it just before or after.
    `link` turns an entry's id into an address.
    """
    lower = unescape(text).lower()
    present = tuple(name for name in words if name in lower)
    if not present:
        return text
    seen: set[str] = set()

    def replace(found: re.Match[str]) -> str:
        written = found.group("word")
        if written is None:
            return found.group()
        word = words[unescape(written).lower()]
        if word.id in seen or (word.is_acronym and not written.isupper()):
            return written
        seen.add(word.id)
        plain = escape(word.plain, quote=False)
        around = text[max(0, found.start() - len(plain) - 60) : found.end() + len(plain) + 60]
        already = word.plain.lower() in unescape(around).lower() or _in_brackets(text, found.start())
        gloss = "" if already else f'<span class="gloss"> ({plain})</span>'
        return f'<a class="term" href="{link(word.id)}">{written}</a>{gloss}'

    return _pattern(present).sub(replace, text)


def _in_brackets(text: str, start: int) -> bool:
    """Whether the word at `start` stands in brackets, as the medical word beside a plain one does."""
    before = text[max(0, start - 80) : start]
    return before.rfind("(") > max(before.rfind(")"), before.rfind("<"), before.rfind("."))
