"""The changes of facts as an Atom feed (RFC 4287): one entry for each publication and page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from build_tools.load.facts import Facts
from build_tools.load.settings import Settings
from build_tools.model.changes import PageChanges, group_by_page, list_pages, summarize_change

ATOM = "http://www.w3.org/2005/Atom"
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_feed(facts: Facts, settings: Settings) -> str:
    """The feed as text: the same for the same facts, corrected dangers first. Links need an address of the site.

    The id of an entry is permanent: the day and number of its publication, and the page that it is about.
    """
    days = [publication.published for publication in facts.publications]
    first = min(days, default=date(2026, 11, 22))
    feed = Element("feed", {"xmlns": ATOM, "xml:lang": "en"})
    add(feed, "id", f"tag:{settings.host},{first}:changes")
    add(feed, "title", f"{settings.site_name}: what changed")
    add(feed, "updated", format_midnight(max(days, default=first)))
    add(add(feed, "author"), "name", settings.site_name)
    _link(feed, settings, "changes.md")
    if settings.site_url:
        add(feed, "link", rel="self", href=settings.address_of("feed.xml"))
    entries = [(changes, about) for about, published in group_by_page(facts).items() for changes in published]
    for changes, about in sorted(entries, key=lambda entry: (entry[1] != "safety", -entry[0].number, entry[1])):
        entry = add(feed, "entry")
        add(entry, "id", f"tag:{settings.host},{changes.published}:changes/{changes.number}/{about}")
        add(entry, "title", get_title(facts, about, settings))
        add(entry, "updated", format_midnight(changes.published))
        add(entry, "content", "\n".join(_write_content(facts, changes, settings)), type="text")
        if about == "safety":
            add(entry, "category", term=about)
        _link(entry, settings, f"procedures/{about}.md" if about in facts.procedures else "changes.md")
    return serialize(feed)


def get_title(facts: Facts, about: str, settings: Settings) -> str:
    """The name of a page or of a shared file."""
    shared_files = {
        "site": settings.site_name,
        "safety": "Dangers that were corrected",
        "sources": "Sources",
        "signs": "Signs of danger",
        "situations": "Situations in which pages show signs of danger",
        "helplines": "Helplines",
        "vocabulary": "Medical words",
        "comparisons": "Comparisons",
        "claims": "Claims you may read",
    }
    if about in facts.comparisons:
        return facts.comparisons[about].title
    return facts.procedures[about].names.name if about in facts.procedures else shared_files.get(about, about)


def _write_content(facts: Facts, published: PageChanges, settings: Settings) -> Iterator[str]:
    if published.says:
        yield published.says
    for change in published.changes:
        line = f"{change.fact}: {summarize_change(change)}" if change.fact else summarize_change(change)
        if change.safety:
            line += f" Pages: {'; '.join(get_title(facts, id, settings) for id in list_pages(change))}."
        yield line + (f" (Why: {change.why})" if change.why else "")


def _link(parent: Element, settings: Settings, page: str) -> None:
    if settings.site_url:
        add(parent, "link", rel="alternate", href=settings.address_of(page))


# Shared with infobutton.py


def format_midnight(day: date) -> str:
    """A day as a date and time, as Atom requires."""
    return f"{day}T00:00:00Z"


def add(parent: Element, name: str, text: str = "", **attributes: str) -> Element:
    """Add an element to `parent`, without characters that XML forbids."""
    element = SubElement(parent, name, attributes)
    element.text = _NOT_IN_XML.sub("", text) or None
    return element


def serialize(feed: Element) -> str:
    """The feed as text."""
    indent(feed)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{tostring(feed, "unicode")}\n'
