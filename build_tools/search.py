"""What the search page searches: titles, other names, what a page is about, and headings, as a script file."""

from __future__ import annotations

import json
from collections.abc import Iterator

from build_tools.facts import Facts
from build_tools.records import Term, facts_of
from build_tools.rendering import Page
from build_tools.sections import VOCABULARY_OF_FIELD

_NAMED = ("structure", "method", "condition", "effect")
"""Fields of a fact whose words people look for; they do not look for a page by its imaging."""


def index(facts: Facts, pages: list[Page]) -> str:
    """A script that sets `searchIndex`: one entry for each page and each glossary word.

    The pages behind a procedure's short page are found by it.
    """
    entries = [
        {
            "url": page.path.removesuffix(".md") + ".html",
            "title": page.title,
            "summary": page.summary,
            "headings": " ".join(page.headings),
            "names": page.finds,
            "about": " ".join(_words_about(facts, page)),
        }
        for page in pages
        if page.path not in ("search.md", "infobutton.md") and page.path.count("/") < 2
    ]
    entries += [
        {
            "url": f"glossary.html#{id}",
            "title": f"{term.name} (word)",
            "summary": term.definition,
            "headings": "",
            "names": [term.name, term.plain, *term.synonyms],
            "about": "",
        }
        for id, term in facts.terms()
    ]
    return f"const searchIndex = {json.dumps(entries, ensure_ascii=False, separators=(',', ':'))};\n"


def _words_about(facts: Facts, page: Page) -> Iterator[str]:
    """What a comparison is about; or the words, plain and medical, for all that a procedure's facts name."""
    folder, _, file = page.path.removesuffix(".md").rpartition("/")
    if folder == "comparisons" and file in facts.comparisons:
        yield facts.comparisons[file].about.says
        yield from (facts.procedures[option].names.name for option in facts.comparisons[file].options)
    if folder != "procedures" or file not in facts.procedures:
        return
    seen: dict[tuple[str, str], Term] = {}
    for _, fact in facts_of(facts.procedures[file], file):
        for field in _NAMED:
            id, vocabulary = getattr(fact, field, None), VOCABULARY_OF_FIELD[field]
            if id in facts.vocabulary.get(vocabulary, {}):
                seen[vocabulary, id] = facts.vocabulary[vocabulary][id]
    for term in seen.values():
        yield from (term.name, term.plain, *term.synonyms)
