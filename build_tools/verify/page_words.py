"""The rules for words, applied to finished pages: what a page says outside of facts cites no source.

Words of the data and of hand-written pages are checked before the build. What is left are
words of templates and modules, and words that they compute.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from selectolax.lexbor import LexborHTMLParser

from build_tools.prose.prose import Passage
from build_tools.prose.suppressions import find_suppressions
from build_tools.prose.typed_results import check_typed_results
from build_tools.prose.wording import INSTRUCTION, TYPED_NUMBER, check_instructions, check_wording
from build_tools.records.problems import Place
from build_tools.verify.built_site import BuiltSite, Findings, Part, ShownFact, fold
from build_tools.verify.origins import Finding, Origins

_DATA = (
    "[data-fact], [data-brief], [data-sign], [data-why], [data-verbatim], [data-clinic], .gloss, .say-it, "
    ".source-list, bdi, cite, script, style, svg"
)
"""What is not prose: facts, names, addresses, and explanations of words."""
_INLINE = "a abbr b em i small span strong time".split()
_ATTRIBUTES = {
    "aria-label": "[aria-label]:not([href^='#note-'], [data-verbatim])",
    "alt": "[alt]",
    "title": "[title]",
    "placeholder": "[placeholder]",
    "content": "meta[name=description]",
}
"""Attributes that hold prose, and their elements. The label of a source mark is that of its fact."""

_QUOTED = re.compile(r"""(["'`])((?:(?!\1)[^\n])* (?:(?!\1)[^\n])*)\1""")
"""A text with a space that a style sheet or a script can show."""


class _Text(Passage):
    """A text of one or more pages, whose problems hold their offsets in the text."""

    def place(self, start: int, end: int) -> Place:
        """The text and the offsets: `Origins` finds the source file later, once for all pages."""
        return Place(self.path, start, end)


def iter_texts(part: Part) -> Iterator[tuple[str, str]]:
    """The prose around facts and outside of them, each text with its page. It uses up the part."""
    yield from ((_get_surrounding_text(shown), shown.page) for shown in part.shown)
    for page, parser in part.pages.items():
        yield from ((text, page) for text in _texts(parser))


def check_words_on_pages(site: BuiltSite, origins: Origins, pages: dict[str, list[str]]) -> Findings:
    """No page has words or numbers outside of facts that are forbidden on hand-written pages.

    `pages` has the pages of each text of `iter_texts`.
    """
    for path, asset in site.assets.items():
        for _, text in _QUOTED.findall(asset):
            pages.setdefault(text, []).append(path)
    passages = [_Text(text, text, partial(Place, text)) for text in pages]
    problems = [
        *check_wording(passages, site.facts.wording),
        *((TYPED_NUMBER, problem) for problem in check_typed_results(passages)),
        *((INSTRUCTION, problem) for problem in check_instructions(passages)),
    ]
    documents = [document for name, document in site.facts.documents.items() if name != "wording"]
    data = {text.casefold() for document in documents for text in document.texts()} if problems else ()
    suppressions = find_suppressions(site.facts, site.content)
    for rule, problem in problems:
        text, words = problem.place.path, problem.place.path[problem.place.line : problem.place.column]
        folded_words, folded_text = words.casefold(), text.casefold()
        if any(datum in folded_text for datum in data if folded_words in datum):
            continue
        neighbors = sorted(re.split(rf"\d[\d,.]*|{re.escape(words)}", text), key=len, reverse=True)
        traces = (words, *(part for part in neighbors if " " in part.strip()))
        for page in pages[text]:
            places = origins.find([page], *traces)
            if not any(suppression.covers(rule, place) for suppression in suppressions for place in places):
                yield Finding((rule, words.lower()), page, problem.message, traces, hint=problem.hint)


def _texts(page: LexborHTMLParser) -> set[str]:
    """The prose of a page outside of facts: paragraphs and labels."""
    texts = [str(node.attributes[name]) for name, selector in _ATTRIBUTES.items() for node in page.css(selector)]
    for node in page.css(_DATA):
        node.replace_with(" ")
    page.unwrap_tags(_INLINE)
    page.merge_text_nodes()
    texts += page.root.text(separator="\0").split("\0") if page.root else []
    return {folded for text in texts if (folded := " ".join(text.split()))}


def _get_surrounding_text(shown: ShownFact) -> str:
    """The text that a template puts around the words of a fact."""
    text = shown.text
    for words in sorted((*shown.words, *shown.required_texts), key=len, reverse=True):
        text = text.replace(words, "", 1)
    return fold(re.sub(r"\[\d+\]", "", text))
