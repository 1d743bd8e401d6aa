"""The pages that list all records of one kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from build_tools.export.feed import get_title
from build_tools.load.facts import Facts, iter_sourced
from build_tools.model.changes import summarize_change
from build_tools.model.figure_text import Contact, capitalize, write_contact
from build_tools.records.short import Comparison
from build_tools.records.signs import LEVELS, Sign, SignHere
from build_tools.render.rendering import Page, Renderer
from build_tools.render.templates import shorten_name

VERDICTS = {
    "supported": ("Supported", "The evidence supports this."),
    "partly": ("Partly right", "This is partly right."),
    "not-supported": ("Not supported", "The evidence does not support this."),
}


def render_lists(renderer: Renderer) -> Iterator[Page]:
    """All list pages."""
    facts = renderer.facts
    families = [
        (id, procedure, [(form, facts.procedures[form]) for form in list_descendants(facts, id)])
        for id, procedure in sorted(facts.procedures.items(), key=lambda item: item[1].names.name.lower())
        if procedure.part_of not in facts.procedures
    ]
    yield renderer.page("procedures.md", Page("procedures.md", "All procedures"), families=families)
    yield renderer.page("comparisons.md", Page("comparisons.md", "Comparisons"))
    yield renderer.page("infobutton.md", Page("infobutton.md", "Links from health records"))
    terms = sorted(facts.terms(), key=lambda item: item[1].name.lower())
    letters = _group_by_letter(terms, lambda item: item[1].name)
    yield renderer.page("glossary.md", Page("glossary.md", "Glossary"), letters=letters)
    yield renderer.page(
        "signs.md",
        Page(
            "signs.md",
            "Danger signs",
            facts.documents["signs"].path,
            search_terms=("danger signs", "red flags", "emergency"),
            summary="When to get help, how fast, and why.",
        ),
        levels={level: _list_signs(facts, level) for level in LEVELS},
    )
    sources = sorted(_list_sources(facts), key=lambda item: (shorten_name(item[1]).lower(), item[0]))
    letters = _group_by_letter(sources, lambda item: shorten_name(item[1]))
    yield renderer.page("sources.md", Page("sources.md", "Sources"), letters=letters)
    yield renderer.page(
        "claims.md",
        Page("claims.md", "Claims you may read", summary="Claims checked against the evidence."),
        verdicts=VERDICTS,
    )
    letters = _group_by_letter(_list_names(facts), lambda name: name[0])
    yield renderer.page("a-to-z.md", Page("a-to-z.md", "A to Z"), letters=letters)
    titles = {
        about: get_title(facts, about, renderer.settings)
        for about in (*renderer.published, *facts.procedures, *facts.comparisons)
    }
    yield renderer.page(
        "changes.md",
        Page("changes.md", "What changed", summary="What changed in the facts, when and why."),
        published=sorted(renderer.published.items(), key=lambda item: (item[0] != "site", titles[item[0]])),
        titles=titles,
        sentence=summarize_change,
    )


def list_descendants(facts: Facts, top: str) -> list[str]:
    """The ids of all forms of a procedure, and of their forms."""
    return [id for form in facts.forms_of(top) for id in (form, *list_descendants(facts, form))]


def _list_signs(facts: Facts, level: str) -> list[tuple[str, Sign, Contact, list[str]]]:
    """The signs of one level, each with its contact and the procedures whose pages show it."""
    return [
        (
            key,
            sign,
            write_contact(sign, facts.clinic),
            [id for id in facts.procedures if key in facts.signs_of(id)],
        )
        for key, sign in facts.signs.items()
        if sign.level == level
    ]


def _list_sources(facts: Facts) -> list[tuple[str, Any, list[tuple[str, str, int]]]]:
    """Each cited source, with the titles that cite it, where each first does so, and how often."""
    cited_by: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for id, entry in iter_sourced(facts):
        top, *_, key = id.split(".")
        record = facts.procedures.get(top) or facts.comparisons.get(top)
        title = record.title if isinstance(record, Comparison) else record.names.name if record else "Danger signs"
        page = facts.page_of(id) if record else "signs.md"
        address = f"{page}#{f'sign-{key}' if isinstance(entry, Sign | SignHere) else id}"
        for citation in getattr(entry, "sources", ()):
            cited_by[citation.source][title].append(address)
    return [
        (id, facts.sources[id], [(title, where[0], len(where)) for title, where in sorted(titles.items())])
        for id, titles in sorted(cited_by.items())
    ]


def _list_names(facts: Facts) -> list[tuple[str, str, str]]:
    """Each name of a procedure, a comparison or a word, with its page and the name to see there."""
    names = {("Danger signs", "signs.md", "")}
    names |= {(comparison.title, f"comparisons/{id}.md", "") for id, comparison in facts.comparisons.items()}
    names |= {(capitalize(term.name), f"glossary.md#{id}", "the glossary") for id, term in facts.terms()}
    for id, procedure in facts.procedures.items():
        name, page = procedure.names.name, f"procedures/{id}.md"
        names |= {(name, page, ""), *((capitalize(other), page, name) for other in procedure.names.also_called)}
    return sorted(names, key=lambda name: (name[0].lower(), *name[1:]))


def _group_by_letter(items: Iterable[Any], name: Callable[[Any], str]) -> list[tuple[str, list[Any]]]:
    letters: dict[str, list[Any]] = defaultdict(list)
    for item in items:
        first = name(item)[:1].upper()
        letters[first if first.isalpha() else "0"].append(item)
    return sorted(letters.items())
