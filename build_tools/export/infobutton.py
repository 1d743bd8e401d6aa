"""Answers to requests from health records (HL7 Infobutton): a file for each code, in Atom and in JSON.

A static server cannot read a query, so each answer has a fixed path (IB-1, IB-2, IB-3). The page
infobutton.html reads the query in the browser and redirects (IB-4, IB-5).
"""

from __future__ import annotations

import json
import posixpath
from datetime import date
from html import escape
from typing import Any
from xml.etree.ElementTree import Element

from build_tools.export.feed import ATOM, add, format_midnight, serialize
from build_tools.export.structured_data import find_last_modified
from build_tools.load.facts import Facts
from build_tools.load.settings import Settings
from build_tools.records.sections import get_address


def render_answers(facts: Facts, settings: Settings) -> dict[str, str]:
    """The text of every answer by its path in the site, with an empty answer for unknown codes."""
    last = max((procedure.facts_checked for procedure in facts.procedures.values()), default=date(2026, 11, 22))
    answers = {"infobutton/none": _create_feed("none", "No page yet", last, settings)}
    for id, procedure in facts.procedures.items():
        day, name = find_last_modified(facts, id, procedure), procedure.names.name
        for code in procedure.codes:
            feed = answers[code.answer] = _create_feed(f"{code.system}/{code.value}", name, day, settings)
            query = {
                "mainSearchCriteria.v.c": code.value,
                "mainSearchCriteria.v.cs": code.oid,
                "mainSearchCriteria.v.dn": name,
                "informationRecipient": "PAT",
            }
            for scheme, term in query.items():
                add(feed, "category", scheme=scheme, term=term)
            _add_entries(feed, code.answer, facts, id, day, settings)
    files = {f"{path}.json": _to_json(feed) for path, feed in answers.items()}
    return files | {f"{path}.xml": serialize(feed) for path, feed in answers.items()}


def _create_feed(id: str, title: str, day: date, settings: Settings) -> Element:
    feed = Element("feed", {"xmlns": ATOM, "xml:lang": "en"})
    add(feed, "id", f"{_tag(settings)}/{id}")
    add(feed, "title", title, type="text")
    add(feed, "subtitle", f"{settings.site_name}: information for patients", type="text")
    add(feed, "updated", format_midnight(day))
    add(add(feed, "author"), "name", settings.site_name)
    return feed


def _tag(settings: Settings) -> str:
    return f"tag:{settings.host},2026:infobutton"


def _add_entries(feed: Element, path: str, facts: Facts, id: str, day: date, settings: Settings) -> None:
    """Add the short page with its main message, and each section that answers a question of health records."""

    def add_entry(id: str, title: str, page: str) -> Element:
        href = settings.address_of(page) if settings.site_url else posixpath.relpath(page, posixpath.dirname(path))
        entry = add(feed, "entry")
        add(entry, "id", id)
        add(entry, "title", title, type="text")
        add(entry, "link", rel="alternate", hreflang="en", href=href)
        add(entry, "updated", format_midnight(day))
        return entry

    procedure, page_id = facts.procedures[id], f"{_tag(settings)}/{id}"
    name, message = procedure.names.name, procedure.main_message
    summary = "".join(f"<p>{escape(part.says)}</p>" for part in (procedure.summary, message.helps, message.harms))
    add(add_entry(page_id, name, f"procedures/{id}.html"), "summary", summary, type="html")
    for section in facts.sections_of(id):
        if section.answers:
            page = get_address(id, section.anchor).replace(".md", ".html")
            entry = add_entry(f"{page_id}/{section.anchor}", f"{name}: {section.heading}", page)
            add(add(entry, "source"), "id", page_id)


def _to_json(feed: Element) -> str:
    """The feed in the JSON form of Atom that MedlinePlus Connect uses."""
    value = {"lang": "en"} | _to_value(feed)
    value |= {name: value.get(name, []) for name in ("category", "entry")}
    return json.dumps({"feed": value}, ensure_ascii=False, indent=1) + "\n"


def _to_value(element: Element) -> dict[str, Any]:
    if element.text:
        return {"_value": element.text, **element.attrib}
    value: dict[str, Any] = {} if len(element) else dict(element.attrib)
    for child in element:
        if child.tag in ("category", "link", "entry"):
            value.setdefault(child.tag, []).append(_to_value(child))
        else:
            value[child.tag] = _to_value(child)
    return value
