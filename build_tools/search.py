"""What the search page searches: titles, summaries, headings and other names, as a script file."""

from __future__ import annotations

import json

from build_tools.facts import Facts
from build_tools.pages import Page


def index(facts: Facts, pages: list[Page]) -> str:
    """A script that sets `searchIndex`: one entry for each page and each glossary word."""
    entries = [
        {
            "url": page.path.removesuffix(".md") + ".html",
            "title": page.title,
            "summary": page.summary,
            "headings": " ".join(page.headings),
            "names": page.finds,
        }
        for page in pages
        if page.path != "search.md"
    ]
    entries += [
        {
            "url": f"glossary.html#{id}",
            "title": f"{term.name} (word)",
            "summary": term.definition,
            "headings": "",
            "names": [term.name, term.plain, *term.synonyms],
        }
        for id, term in facts.terms()
    ]
    return f"const searchIndex = {json.dumps(entries, ensure_ascii=False, separators=(',', ':'))};\n"
