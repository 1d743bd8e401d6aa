"""The rules for words, on finished pages: what a page says outside of facts has no source.

Words of the data are checked in the data, and hand-written pages before they are built. What is left comes from
templates and modules, and from what they compute.
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
from build_tools.verify.built_site import BuiltSite, Findings, Part, Shown, fold
from build_tools.verify.origins import Finding, Origins

_DATA = (
    "[data-fact], [data-brief], [data-sign], [data-why], [data-verbatim], [data-clinic], .gloss, .say-it, "
    ".source-list, bdi, cite, script, style, svg"
)
"""What is no prose of a page: facts, names, addresses, and what an explained word is followed by."""
_INLINE = "a abbr b em i small span strong time".split()
_READ_OUT = {
    "aria-label": "[aria-label]:not([href^='#note-'], [data-verbatim])",
    "alt": "[alt]",
    "title": "[title]",
    "placeholder": "[placeholder]",
    "content": "meta[name=description]",
}
"""Attributes that are read to people, and the elements that have them. The name of a source's mark is its fact."""

_QUOTED = re.compile(r"""(["'`])((?:(?!\1)[^\n])* (?:(?!\1)[^\n])*)\1""")
"""What a style sheet or a script shows."""


class _Text(Passage):
    """A text of one or more pages, whose problems say where in the text they are."""

    def place(self, start: int, end: int) -> Place:
        """The span itself: which file made these words is asked later, and once for all pages."""
        return Place(self.path, start, end)


def iter_texts(part: Part) -> Iterator[tuple[str, str]]:
    """What pages say outside of facts and around them, each text with its page."""
    for page, parser in part.pages.items():
        yield from ((text, page) for text in _texts(parser))
    yield from ((_around(shown), shown.page) for shown in part.shown)


def check_words_on_pages(site: BuiltSite, origins: Origins, pages: dict[str, dict[str, None]]) -> Findings:
    """No page uses words or numbers outside of facts that a hand-written page may not use. `pages` are those on
    which each of the `iter_texts` of all parts is.
    """
    for path, asset in site.assets.items():
        for _, text in _QUOTED.findall(asset):
            pages.setdefault(text, {})[path] = None
    passages = [_Text(text, text, partial(Place, text)) for text in pages]
    findings = [
        *check_wording(passages, site.facts.wording),
        *((TYPED_NUMBER, problem) for problem in check_typed_results(passages)),
        *((INSTRUCTION, problem) for problem in check_instructions(passages)),
    ]
    documents = [document for name, document in site.facts.documents.items() if name != "wording"]
    data = {text.casefold() for document in documents for text in document.texts()} if findings else ()
    allowances = find_suppressions(site.facts, site.content)
    for rule, problem in findings:
        text, words = problem.place.path, problem.place.path[problem.place.line : problem.place.column]
        folded, around = words.casefold(), text.casefold()
        if any(said in around for said in [text for text in data if folded in text]):
            continue
        beside = sorted(re.split(rf"\d[\d,.]*|{re.escape(words)}", text), key=len, reverse=True)
        traces = (words, *(part for part in beside if " " in part.strip()))
        for page in pages[text]:
            places = origins.find([page], *traces)
            if not any(allowance.covers(rule, place) for allowance in allowances for place in places):
                yield Finding((rule, words.lower()), page, problem.message, traces, hint=problem.hint)


def _texts(page: LexborHTMLParser) -> set[str]:
    """What a page says outside of facts, a paragraph or a label at a time."""
    texts = [str(node.attributes[name]) for name, selector in _READ_OUT.items() for node in page.css(selector)]
    words = page.clone()
    for node in words.css(_DATA):
        node.replace_with(" ")
    words.unwrap_tags(_INLINE)
    words.merge_text_nodes()
    texts += words.root.text(separator="\0").split("\0") if words.root else []
    return {folded for text in texts if (folded := " ".join(text.split()))}


def _around(shown: Shown) -> str:
    """What a template puts around the words of a fact."""
    text = shown.text
    for piece in sorted((*shown.words, *shown.beside()), key=len, reverse=True):
        text = text.replace(piece, "", 1)
    return fold(re.sub(r"\[\d+\]", "", text))
