"""A clinic's layer over the facts: what it can say, its color, and which of its texts are outdated.

A layer has fields of its own (`Clinic`, `LocalProcedure`), so it cannot replace a fact. The rule here keeps its
texts from reporting results, which would have no source.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import yaml

from build_tools.load.facts import Facts
from build_tools.load.messages import SAME_EVERYWHERE
from build_tools.model.changes import group_by_page, list_corrections, summarize_change
from build_tools.model.lines import compute_digests
from build_tools.prose.glossary import match_any
from build_tools.prose.prose import Passage
from build_tools.records.base import Color
from build_tools.records.clinic import LocalProcedure
from build_tools.records.problems import Problem

MEDICAL_FACT = "medical-fact"
"""The name, in exceptions, of the rule against medical facts in a clinic's texts."""

LABELS = {
    "where_to_come": "Where to come, and when",
    "eating_and_drinking": "Eating and drinking before it",
    "medicines": "Your medicines",
    "who_does_it": "Who does it here",
    "stay": "How long you stay here",
    "going_home": "Going home",
    "whom_to_ask": "Whom to ask",
}
"""The labels on pages of the fields of a clinic's text about a procedure, in their order."""

_OUTCOMES = (
    "risk,risks,side effect,side effects,complication,complications,benefit,benefits,outcome,outcomes,success,"
    "relief,cure,cures,cured,pain-free,free of pain,less pain"
)


def check_local_words(facts: Facts, passages: Iterable[Passage]) -> Iterator[Problem]:
    """No text of a clinic mentions harms or results: those are facts, and have sources."""
    effects = facts.vocabulary["effects"].values()
    names = {name.lower() for effect in effects for name in (effect.plain, *effect.names)}
    pattern = re.compile(rf"(?<![\w-]){match_any({*names, *_OUTCOMES.split(',')})}(?![\w-])")
    for passage in passages:
        if passage.name.startswith("clinics/") and passage.steps[:1] == ("procedures",):
            for match in pattern.finditer(passage.text.lower()):
                written = passage.text[slice(*match.span())]
                message = f'A clinic\'s own text cannot say what a procedure does to people: "{written}".'
                hint = f"{SAME_EVERYWHERE} Say here where to come, how to prepare, who does it."
                yield passage.problem(match.span(), message, hint)


# What pages show


def render_accent(accent: Color) -> str:
    """The style sheet that gives a site a clinic's color on screens; printed pages stay black."""
    return (
        f"@media screen {{ :root {{ --accent: {accent.light.lower()}; }} }}\n"
        f"@media screen and (prefers-color-scheme: dark) {{ :root {{ --accent: {accent.dark.lower()}; }} }}\n"
    )


class Local(NamedTuple):
    """A clinic's text about a procedure: whether and where it is done, and the label and text of each field."""

    offered: bool
    offer: str
    rows: tuple[tuple[str, str], ...]


def describe_local(procedure: LocalProcedure) -> Local:
    """A clinic's text about a procedure, as pages and sheets show it."""
    elsewhere = "Ask the team where to go for this."
    if procedure.referred_to:
        elsewhere = f"For this, people go to {procedure.referred_to.rstrip('.')}."
    rows = tuple((label, text) for field, label in LABELS.items() if (text := getattr(procedure, field)))
    return Local(procedure.offered, "Yes." if procedure.offered else f"No. {elsewhere}", rows)


# Outdated texts


def find_outdated(facts: Facts, id: str) -> Iterator[Problem]:
    """A notice for each procedure whose facts changed since a clinic wrote about it.

    Notices never stop a build: pages that waited for a clinic would show the old facts.
    """
    published = group_by_page(facts)
    for procedure in facts.clinics[id].procedures if id in facts.clinics else ():
        if procedure not in facts.procedures:
            continue
        place = facts.place(f"clinics/{id}/clinic", "procedures", procedure)
        next_step = f"Once the text fits: .venv/bin/python -m build_tools acknowledge {id} {procedure}"
        seen = facts.seen.get(id, {}).get(procedure)
        if seen is None:
            hint = f"Read the page. {next_step}"
            yield Problem(place, "Nobody has compared this text with the facts yet.", hint)
            continue
        digests = compute_digests(facts, procedure)
        changed = [section for section, digest in digests.items() if seen.sections.get(section) != digest]
        if changed:
            entries = [entry for entry in published.get(procedure, ()) if entry.published >= seen.seen]
            changes = [change for entry in entries for change in entry.changes]
            lines = [f"{change.fact or procedure}: {summarize_change(change)}" for change in changes]
            sections = ", ".join(changed)
            message = f"The facts changed since {seen.seen}, when this text was compared with them: {sections}."
            hint = "\n    ".join([f"Read these sections of the page, and the text here. {next_step}", *lines])
            yield Problem(place, message, hint)


def describe_corrections(facts: Facts, id: str) -> str:
    """The dangers corrected since a clinic compared its oldest text with the facts; "" if there are none."""
    entries = [facts.seen.get(id, {}).get(procedure) for procedure in facts.clinics[id].procedures]
    since = min((entry.seen if entry else date.min for entry in entries), default=date.min)
    lines = [
        f"{correction.published}: {correction.says}\n    Pages: {', '.join(correction.pages)}\n"
        for correction in list_corrections(facts)
        if correction.published >= since
    ]
    title = "Corrected dangers. Print the leaflets of these pages again, and discard older ones:\n"
    return "".join([title, *lines, "\n"] if lines else [])


def describe_notices(notices: Iterable[Problem]) -> str:
    """The notices as text, with a heading; "" if there are none."""
    lines = [str(notice) for notice in notices]
    return "\n".join(["To look at again, though nothing is wrong:", *lines]) if lines else ""


def acknowledge(facts: Facts, id: str, procedures: Iterable[str], today: date) -> Path:
    """Record that a clinic has compared its texts about these procedures with the current facts."""
    seen = {name: entry.model_dump(mode="json") for name, entry in facts.seen.get(id, {}).items()}
    entries = {name: entry for name, entry in seen.items() if name in facts.clinics[id].procedures}
    for procedure in procedures:
        entries[procedure] = {"seen": today.isoformat(), "sections": compute_digests(facts, procedure)}
    file = facts.folder / "clinics" / id / "seen.yml"
    text = "# Written by `python -m build_tools acknowledge`: the facts that clinic.yml was compared with.\n"
    new = file.with_name(".seen.yml.new")
    new.write_text(text + yaml.safe_dump(dict(sorted(entries.items())), sort_keys=False), "utf-8")
    new.replace(file)
    return file
