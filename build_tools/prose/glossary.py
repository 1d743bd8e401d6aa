"""Medical words in a page: each is linked and explained in words where it first stands (CCI-7, PL-2)."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from html import escape, unescape
from typing import NamedTuple

from build_tools.records.words import Term

# Where nothing is explained: front matter, headings, links, table heads, names, messages, signs of danger, tags.
# The first characters stand ahead, and tags come first, because every letter of every page passes here.
_NOT_PROSE = (
    r"(?=[-#<\[{`])(?:"
    r'<(ol|p|ul) class="(?:cards|decision|harm-lines|last-days|lead|plain-name|source-list)\b.*?</\1>'
    r'|<span data-brief=.*?</span>|<span class="fact" data-fact="[^"]*\.(?:summary|main_message)\b.*?</span>'
    r"|<li data-(?:sign|why)=.*?</li>|<svg\b.*?</svg>|"
    r"<(?:(?:a|h[1-6]|th|caption|summary|nav|dt|code|script|form|label|title|desc|cite|bdi)\b.*?"
    r"</(?:a|h[1-6]|th|caption|summary|nav|dt|code|script|form|label|title|desc|cite|bdi)>"
    r"|[a-z]+\s[^>]*?\bdata-verbatim\b.*?</"
    r"|[^>]+>)"
    r"|\A---\n.*?\n---\n"
    r"|^#[^\n]*$"
    r"|\[[^\]\n]*\]\([^)\n]*\)"
    r"|\{\{.*?\}\}|\{%.*?%\}"
    r"|`[^`\n]*`"
    r")"
)


class Word(NamedTuple):
    """One way of writing a medical word: the id of its entry, the words that explain it, how to say it."""

    id: str
    plain: str
    is_acronym: bool
    say: str = ""


def index_words(terms: Iterable[tuple[str, Term]]) -> dict[str, Word]:
    """Every name and synonym in lower case that is explained in the text where it first stands."""
    words: dict[str, Word] = {}
    for id, term in terms:
        for name in term.names if not term.everyday else ():
            say = term.say_it if term.hard_to_say and name == term.name else None
            words[name.lower()] = Word(id, term.plain, name.isupper(), say or "")
    return words


def match_any(names: Iterable[str], written: Callable[[str], str] = re.escape) -> str:
    """A pattern for the longest of `names` that fits, each letter as `written`.

    Names are grouped by their first letter: a plain list of all takes ten times as long.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for name in sorted(names, key=len, reverse=True):
        groups[name[0]].append("".join(map(written, name[1:])))
    branches = [f"{written(letter)}(?:{'|'.join(rest)})" for letter, rest in groups.items()]
    return f"(?:{'|'.join(branches)})" if branches else "(?!)"


@lru_cache(maxsize=4)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(
        rf"{_NOT_PROSE}|(?<![\w-])(?P<word>{match_any(names, _in_text)})(?![\w-])",
        re.IGNORECASE | re.DOTALL | re.MULTILINE,
    )


_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&#39;", '"': "&#34;"}


def _in_text(letter: str) -> str:
    """A pattern for a letter as Markdown has it, and as a template writes it into HTML."""
    return f"(?:{letter}|{_ENTITIES[letter]})" if letter in _ENTITIES else re.escape(letter)


def explain(text: str, words: Mapping[str, Word], link: Callable[[str], str]) -> str:
    """Markdown or HTML `text` in which the first use of each word links to its entry and is explained.

    The explanation in brackets is left out where the words around it give it, and where it would only repeat the
    word. Words that are hard to say are followed by how to say them, unless the page's head does.
    `link` turns an entry's id into an address.
    """
    if not words:
        return text
    seen: set[str] = set()
    said = {word.id for word in words.values() if word.say and f">Say it: {word.say}<" in text}
    parts: list[str] = []
    end = 0
    for found in _pattern(tuple(words)).finditer(text):
        if found.lastgroup is None:
            continue
        written = found.group("word")
        word = words[unescape(written).lower()]
        is_first = word.id not in seen
        says = word.say and word.id not in said
        if not (is_first or says) or (word.is_acronym and not written.isupper()):
            continue
        before = _words_of("".join([*parts[-3:], text[end : found.start()]])[-300:])
        after = _words_of(text[found.end() : found.end() + 300])
        in_a_name = before.endswith(('"', "“")) or (written.istitle() and re.match(r"\s[A-Z][a-z]", after))
        repeated = bool(own := stem_words(written)) and own <= stem_words(word.plain)
        if in_a_name or repeated:
            continue
        in_brackets = _in_brackets(text, found.start())
        plain = "" if not is_first or in_brackets or _is_explained(word.plain, before, after) else word.plain
        added = "; ".join(filter(None, (escape(plain, quote=False), f"say: {word.say}" if says else "")))
        gloss = f'<span class="gloss">{f", {added}" if in_brackets else f" ({added})"}</span>' if added else ""
        named = f'<a class="term" href="{link(word.id)}">{written}</a>' if is_first else written
        seen.add(word.id)
        if word.say:
            said.add(word.id)
        parts += text[end : found.start()], named, gloss
        end = found.end()
    return "".join([*parts, text[end:]])


def render_script(terms: Iterable[tuple[str, Term]]) -> str:
    """A script that sets `glossaryWords`: of each word its name, how to say it and what it means, by id."""
    words = {id: [term.name, term.say_it or "", term.definition] for id, term in terms}
    return f"const glossaryWords = {json.dumps(words, ensure_ascii=False, separators=(',', ':'))};\n"


def _is_explained(plain: str, before: str, after: str) -> bool:
    """Whether the words before or after a word, or brackets after it, explain it."""
    new = stem_words(plain)
    near = [stem_words(" ".join(words)) for words in (before.split()[-8:], after.split()[:6])]
    repeats = new & stem_words(" ".join(after.split()[:1])) if after.startswith(" ") else set()
    return bool(after.startswith(" (") or repeats) or any(new <= words or len(new & words) > 1 for words in near)


def _words_of(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html))


def stem_words(text: str) -> set[str]:
    """The words that carry meaning, cut so that "injured" and "injury" are one."""
    return {word[:5] for word in re.findall(r"[a-z]{3,}", text.lower()) if word not in _SMALL_WORDS}


_SMALL_WORDS = frozenset("and any are for from has its not that the this when where which who with".split())


def _in_brackets(text: str, start: int) -> bool:
    """Whether the word at `start` stands in brackets, as the medical word beside a plain one does."""
    before = text[max(0, start - 80) : start]
    return before.rfind("(") > max(before.rfind(")"), before.rfind("<"), before.rfind("."))
