"""Answers for health records that ask with a code (HL7 Infobutton): a file for each code, in Atom and in JSON.

A server of plain files cannot read a question, so each answer lies at a fixed path (standards IB-1 to IB-5). The
page infobutton.html reads the question in the browser and leads on.
"""

from __future__ import annotations

import json
import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from html import escape
from typing import Any
from xml.etree import ElementTree

from build_tools.export.structured_data import last_modified
from build_tools.load.facts import Facts
from build_tools.load.settings import Settings
from build_tools.records.sections import address


@dataclass(frozen=True)
class _Entry:
    """One thing to read: its permanent id, what it is called, its address, its text, the entry it is a part of."""

    id: str
    title: str
    address: str
    summary: str = ""
    part_of: str = ""


@dataclass(frozen=True)
class _Answer:
    """What a health record gets: `asked` repeats the question, as names and values."""

    id: str
    title: str
    updated: date
    asked: dict[str, str]
    entries: list[_Entry]


def answers(facts: Facts, settings: Settings) -> dict[str, str]:
    """The text of every answer by its path in the site, and of the empty one for what is not known."""
    last = max((procedure.facts_checked for procedure in facts.procedures.values()), default=date(2026, 11, 22))
    made = {"infobutton/none": _Answer(f"{_tag(settings)}/none", "No page yet", last, {}, [])}
    for id, procedure in facts.procedures.items():
        for code in procedure.codes:
            asked = {
                "mainSearchCriteria.v.c": code.value,
                "mainSearchCriteria.v.cs": code.oid,
                "mainSearchCriteria.v.dn": procedure.names.name,
                "informationRecipient": "PAT",
            }
            made[code.answer] = _Answer(
                f"{_tag(settings)}/{code.system}/{code.value}",
                procedure.names.name,
                last_modified(facts, id, procedure),
                asked,
                list(_entries(facts, id, code.answer, settings)),
            )
    feeds = {path: _feed(answer, settings) for path, answer in made.items()}
    files = {f"{path}.json": _json(feed) for path, feed in feeds.items()}
    return files | {f"{path}.xml": _atom(feed) for path, feed in feeds.items()}


def _entries(facts: Facts, id: str, answer: str, settings: Settings) -> Iterator[_Entry]:
    def address_of(page: str) -> str:
        return (
            settings.address_of(page) if settings.site_url else posixpath.relpath(page, posixpath.dirname(answer))
        )

    procedure = facts.procedures[id]
    name = procedure.names.name
    own = f"{_tag(settings)}/{id}"
    message = procedure.main_message
    said = "".join(f"<p>{escape(part.says)}</p>" for part in (procedure.summary, message.helps, message.harms))
    yield _Entry(own, name, address_of(f"procedures/{id}.html"), said)
    for section in facts.sections_of(id):
        if section.answers:
            link = address_of(address(id, section.anchor).replace(".md", ".html"))
            yield _Entry(f"{own}/{section.anchor}", f"{name}: {section.heading}", link, part_of=own)


def _tag(settings: Settings) -> str:
    return f"tag:{settings.host},2026:infobutton"


def _feed(answer: _Answer, settings: Settings) -> ElementTree.Element:
    def add(parent: ElementTree.Element, name: str, text: str = "", **attributes: str) -> ElementTree.Element:
        made = ElementTree.SubElement(parent, name, attributes)
        made.text = text or None
        return made

    updated = f"{answer.updated}T00:00:00Z"
    top = ElementTree.Element("feed", {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": "en"})
    add(top, "id", answer.id)
    add(top, "title", answer.title, type="text")
    add(top, "subtitle", f"{settings.site_name}: information for patients", type="text")
    add(top, "updated", updated)
    add(add(top, "author"), "name", settings.site_name)
    for scheme, term in answer.asked.items():
        add(top, "category", scheme=scheme, term=term)
    for one in answer.entries:
        entry = add(top, "entry")
        add(entry, "id", one.id)
        add(entry, "title", one.title, type="text")
        add(entry, "link", rel="alternate", hreflang="en", href=one.address)
        add(entry, "updated", updated)
        if one.summary:
            add(entry, "summary", one.summary, type="html")
        if one.part_of:
            add(add(entry, "source"), "id", one.part_of)
    return top


def _json(feed: ElementTree.Element) -> str:
    """The feed in the form that MedlinePlus Connect gives to Atom in JSON."""
    made = {"lang": "en"} | _value(feed)
    made |= {name: made.get(name, []) for name in ("category", "entry")}
    return json.dumps({"feed": made}, ensure_ascii=False, indent=1) + "\n"


def _value(element: ElementTree.Element) -> dict[str, Any]:
    if element.text:
        return {"_value": element.text, **element.attrib}
    made: dict[str, Any] = {} if len(element) else dict(element.attrib)
    for child in element:
        if child.tag in ("category", "link", "entry"):
            made.setdefault(child.tag, []).append(_value(child))
        else:
            made[child.tag] = _value(child)
    return made


def _atom(feed: ElementTree.Element) -> str:
    ElementTree.indent(feed)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ElementTree.tostring(feed, "unicode")}\n'
