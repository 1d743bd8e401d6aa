"""Answers for health records that ask with a code (HL7 Infobutton): a file for each code, in Atom and in JSON.

A server of plain files cannot read a question, so each answer lies at a fixed path (IB-1, IB-2, IB-3). The
page infobutton.html reads the question in the browser and leads on (IB-4, IB-5).
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
    """The text of every answer by its path in the site, and of the empty one for what is not known."""
    last = max((procedure.facts_checked for procedure in facts.procedures.values()), default=date(2026, 11, 22))
    made = {"infobutton/none": _begun("none", "No page yet", last, settings)}
    for id, procedure in facts.procedures.items():
        day, name = find_last_modified(facts, id, procedure), procedure.names.name
        for code in procedure.codes:
            made[code.answer] = _begun(f"{code.system}/{code.value}", name, day, settings)
            asked = {
                "mainSearchCriteria.v.c": code.value,
                "mainSearchCriteria.v.cs": code.oid,
                "mainSearchCriteria.v.dn": name,
                "informationRecipient": "PAT",
            }
            for scheme, term in asked.items():
                add(made[code.answer], "category", scheme=scheme, term=term)
            _add_entries(made[code.answer], code.answer, facts, id, day, settings)
    files = {f"{path}.json": _json(answer) for path, answer in made.items()}
    return files | {f"{path}.xml": serialize(answer) for path, answer in made.items()}


def _begun(id: str, title: str, day: date, settings: Settings) -> Element:
    answer = Element("feed", {"xmlns": ATOM, "xml:lang": "en"})
    add(answer, "id", f"{_tag(settings)}/{id}")
    add(answer, "title", title, type="text")
    add(answer, "subtitle", f"{settings.site_name}: information for patients", type="text")
    add(answer, "updated", format_midnight(day))
    add(add(answer, "author"), "name", settings.site_name)
    return answer


def _tag(settings: Settings) -> str:
    return f"tag:{settings.host},2026:infobutton"


def _add_entries(answer: Element, path: str, facts: Facts, id: str, day: date, settings: Settings) -> None:
    """The short page with its main message, and each section that answers a question of health records."""

    def entry(id: str, title: str, page: str) -> Element:
        href = settings.address_of(page) if settings.site_url else posixpath.relpath(page, posixpath.dirname(path))
        made = add(answer, "entry")
        add(made, "id", id)
        add(made, "title", title, type="text")
        add(made, "link", rel="alternate", hreflang="en", href=href)
        add(made, "updated", format_midnight(day))
        return made

    procedure, own = facts.procedures[id], f"{_tag(settings)}/{id}"
    name, message = procedure.names.name, procedure.main_message
    said = "".join(f"<p>{escape(part.says)}</p>" for part in (procedure.summary, message.helps, message.harms))
    add(entry(own, name, f"procedures/{id}.html"), "summary", said, type="html")
    for section in facts.sections_of(id):
        if section.answers:
            page = get_address(id, section.anchor).replace(".md", ".html")
            part = entry(f"{own}/{section.anchor}", f"{name}: {section.heading}", page)
            add(add(part, "source"), "id", own)


def _json(feed: Element) -> str:
    """The feed in the form that MedlinePlus Connect gives to Atom in JSON."""
    made = {"lang": "en"} | _value(feed)
    made |= {name: made.get(name, []) for name in ("category", "entry")}
    return json.dumps({"feed": made}, ensure_ascii=False, indent=1) + "\n"


def _value(element: Element) -> dict[str, Any]:
    if element.text:
        return {"_value": element.text, **element.attrib}
    made: dict[str, Any] = {} if len(element) else dict(element.attrib)
    for child in element:
        if child.tag in ("category", "link", "entry"):
            made.setdefault(child.tag, []).append(_value(child))
        else:
            made[child.tag] = _value(child)
    return made
