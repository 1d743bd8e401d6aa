"""Medical words in a page: each is linked to its entry, and explained, on its first use (CCI-7, PL-2)."""

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
# The first character and the order of the alternatives make it fast: it is tried at every letter.
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
    """One spelling of a medical word: the id of its entry, its plain words, and how to say it."""

    id: str
    plain: str
    is_acronym: bool
    say: str = ""


def index_words(terms: Iterable[tuple[str, Term]]) -> dict[str, Word]:
    """Every name and synonym in lower case, except everyday words, which pages do not explain."""
    words: dict[str, Word] = {}
    for id, term in terms:
        for name in term.names if not term.everyday else ():
            say = term.say_it if term.hard_to_say and name == term.name else None
            words[name.lower()] = Word(id, term.plain, name.isupper(), say or "")
    return words


def match_any(names: Iterable[str], to_pattern: Callable[[str], str] = re.escape) -> str:
    """A pattern for the longest of `names` that fits; `to_pattern` is applied to each letter.

    Names are grouped by their first letter, which is ten times as fast as one list of alternatives.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for name in sorted(names, key=len, reverse=True):
        groups[name[0]].append("".join(map(to_pattern, name[1:])))
    branches = [f"{to_pattern(letter)}(?:{'|'.join(rest)})" for letter, rest in groups.items()]
    return f"(?:{'|'.join(branches)})" if branches else "(?!)"


@lru_cache(maxsize=4)
def _compile_pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(
        rf"{_NOT_PROSE}|(?<![\w-])(?P<word>{match_any(names, _escape_letter)})(?![\w-])",
        re.IGNORECASE | re.DOTALL | re.MULTILINE,
    )


_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&#39;", '"': "&#34;"}


def _escape_letter(letter: str) -> str:
    """A pattern for a letter, as itself or as an HTML entity."""
    return f"(?:{letter}|{_ENTITIES[letter]})" if letter in _ENTITIES else re.escape(letter)


def explain(text: str, words: Mapping[str, Word], link: Callable[[str], str]) -> str:
    """Markdown or HTML `text` in which the first use of each word links to its entry and is explained.

    The explanation is left out if the words nearby give it, or if it would only repeat the word. Words that
    are hard to say are followed once by how to say them, unless the page's head does that.
    `link` turns an entry's id into an address.
    """
    if not words:
        return text
    seen: set[str] = set()
    pronounced = {word.id for word in words.values() if word.say and f">Say it: {word.say}<" in text}
    parts: list[str] = []
    end = 0
    for match in _compile_pattern(tuple(words)).finditer(text):
        if match.lastgroup is None:
            continue
        written = match.group("word")
        word = words[unescape(written).lower()]
        is_first = word.id not in seen
        pronounce = word.say and word.id not in pronounced
        if not (is_first or pronounce) or (word.is_acronym and not written.isupper()):
            continue
        before = _strip_tags("".join([*parts[-3:], text[end : match.start()]])[-300:])
        after = _strip_tags(text[match.end() : match.end() + 300])
        in_a_name = before.endswith(('"', "“")) or (written.istitle() and re.match(r"\s[A-Z][a-z]", after))
        repeated = bool(own := stem_words(written)) and own <= stem_words(word.plain)
        if in_a_name or repeated:
            continue
        in_brackets = _is_in_brackets(text, match.start())
        plain = "" if not is_first or in_brackets or _is_explained(word.plain, before, after) else word.plain
        added = "; ".join(filter(None, (escape(plain, quote=False), f"say: {word.say}" if pronounce else "")))
        gloss = f'<span class="gloss">{f", {added}" if in_brackets else f" ({added})"}</span>' if added else ""
        linked = f'<a class="term" href="{link(word.id)}">{written}</a>' if is_first else written
        seen.add(word.id)
        if word.say:
            pronounced.add(word.id)
        parts += text[end : match.start()], linked, gloss
        end = match.end()
    return "".join([*parts, text[end:]])


def render_script(terms: Iterable[tuple[str, Term]]) -> str:
    """A script that sets `glossaryWords`: by id, the name of each word, how to say it, and its definition."""
    words = {id: [term.name, term.say_it or "", term.definition] for id, term in terms}
    return f"const glossaryWords = {json.dumps(words, ensure_ascii=False, separators=(',', ':'))};\n"


def _is_explained(plain: str, before: str, after: str) -> bool:
    """Whether the words before or after a word, or brackets after it, explain it."""
    stems = stem_words(plain)
    near = [stem_words(" ".join(words)) for words in (before.split()[-8:], after.split()[:6])]
    repeats = stems & stem_words(" ".join(after.split()[:1])) if after.startswith(" ") else set()
    return bool(after.startswith(" (") or repeats) or any(
        stems <= words or len(stems & words) > 1 for words in near
    )


def _strip_tags(html: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", html))


def stem_words(text: str) -> set[str]:
    """The first letters of each word that carries meaning, so that "injured" and "injury" are equal."""
    return {word[:5] for word in re.findall(r"[a-z]{3,}", text.lower()) if word not in _SMALL_WORDS}


_SMALL_WORDS = frozenset("and any are for from has its not that the this when where which who with".split())


def _is_in_brackets(text: str, start: int) -> bool:
    """Whether the word at `start` is in brackets, as a medical word after its plain words is."""
    before = text[max(0, start - 80) : start]
    return before.rfind("(") > max(before.rfind(")"), before.rfind("<"), before.rfind("."))
