"""What a change of the facts means for readers, as a comment on a pull request, with risky changes first.

A hurried edit is dangerous where one word or one digit is all that differs, so these are marked: a second person
looks them up in the source. Whatever warns readers goes only with a reason in data/changes.yml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from build_tools.load.facts import Facts
from build_tools.model.changes import describe_change, list_explained
from build_tools.records.logs import Change
from build_tools.records.problems import Problem

_FEW_WORDS = "one two three four five six seven eight nine ten eleven twelve half third quarter twice double dozen"
_UNITS = (
    "second minute hour day night week month year percent milligram microgram gram milliliter liter millimeter "
    "centimeter inch degree Fahrenheit Celsius °F °C mean median average people patient procedure"
)
_IN_TEXT = {
    "number": rf"(?<![a-z\d])\d[\d,.]*(?<=\d)|\b(?:{_FEW_WORDS.replace(' ', '|')})\b",
    "unit": rf"(?<!\w)(?:{_UNITS.replace(' ', '|')})s?\b|%|\b(?:mg|mcg|mL|mm|cm)\b",
    "side": r"\b(?:left|right|both|either|opposite|(?:same|other) side|one-sided|two-sided)\b",
    "level of the spine": r"\b[CTLS]\d+(?:[-–]\d+)?|\b(?:neck|chest|(?:upper|lower?) back|lumbar|sacral)\b",
    "negation": r"\b(?:not|no|never|none|nobody|nothing|without|cannot|neither|nor|unless|unable)\b|n['’]t\b",
    "urgency": r"\b(?:emergency|urgent|ambulance|same day|right away|at once|immediately|now|call|soon)\b",
}
"""What is compared in words, by the name of the risk."""

_FIELDS = {
    "unit": ("unit", "what was counted one by one", "average", "quantity"),
    "urgency": ("level", "ambulance", "signs", "shown for", "situations"),
    "weight": ("weight",),
    "citation": ("source",),
    "what is named": ("method", "condition", "effect", "effects", "structure", "anesthesia", "imaging", "form"),
    "kind or verdict": ("kind", "verdict", "contested"),
}
"""Fields of which every change is risky, as `changes` names them."""

_WARNS = re.compile(r"[^.]+|[^.]+\.(?:harms|signs|contraindications)\..+|(?:signs|situations)\.[^.]+")
"""The ids of whole pages, and of what warns readers."""

MOST = 100
"""So many changes are shown; a comment has an end."""


def find_risks(change: Change) -> list[str]:
    """Why a second person should look a change up; nothing for what is only told in other words."""
    fact, part = change.fact or "", change.part
    if part is None:
        return ["deletion"] if change.now is None and _WARNS.fullmatch(fact) else []
    field = part.rsplit(": ", 1)[-1]
    if found := [name for name, fields in _FIELDS.items() if field in fields]:
        return found
    if fact.startswith(("sources.", "signs.")):
        return ["citation" if fact.startswith("sources.") else "sign of danger"]
    was, now = change.was or "", change.now or ""
    return [name for name, pattern in _IN_TEXT.items() if _found(pattern, was) != _found(pattern, now)]


def _found(pattern: str, text: str) -> list[str]:
    return re.findall(pattern, text.lower(), re.IGNORECASE)


def find_unexplained(changes: list[tuple[str, Change]], facts: Facts) -> Iterator[Problem]:
    """A harm, a sign or a reason against a procedure that is gone, and data/changes.yml does not say why."""
    given = list_explained(facts)
    for file, change in changes:
        if "deletion" in find_risks(change) and change.fact not in given:
            yield Problem(
                facts.place(file),
                f'"{change.fact}" is gone, which warned readers, and nobody said why.',
                f"Add an entry to {facts.folder.name}/changes.yml: today's date at published, and under changes "
                f'"fact: {change.fact}", at was what it said, and at why the reason, in more than three words.',
            )


def render_comment(changes: list[tuple[str, Change]], folder: str, unread: list[str]) -> str:
    """All changes in Markdown, by file: in each the risky ones first, with why they are risky."""
    shown = [(file, change) for file, change in changes if change.part != "on the page"]
    shown.sort(key=lambda item: (item[0], not find_risks(item[1])))
    risky = sum(bool(find_risks(change)) for _, change in shown)
    lines = ["## What changes for readers"]
    if not shown:
        lines.append("\nNo fact changes. Words of pages, styles and code are not compared: look at the preview.")
    if risky:
        lines.append(
            f"\n**{risky} of {len(shown)} changes {'is' if risky == 1 else 'are'} risky.** Before this is "
            "accepted, somebody who did not write them looks up each one in its source."
        )
    for file, group in groupby(shown[:MOST], key=lambda item: item[0]):
        lines += ["", f"### {folder}/{file}.yml", ""]
        for _, change in group:
            why = find_risks(change)
            mark = f"**Risky ({', '.join(why)}).** " if why else ""
            said = " ".join(" ".join(describe_change(change)).split())
            lines.append(f"- {mark}`{change.fact}` {_as_text(said)}")
    if len(shown) > MOST:
        lines += ["", f"And {len(shown) - MOST} more. To see them all: `python -m build_tools changes REV`"]
    lines += [f"\n{folder}/{file}.yml could not be read then or now, and was not compared." for file in unread]
    return "\n".join(lines)


def _as_text(words: str) -> str:
    """Words that Markdown shows as they are, and that call nobody by name."""
    return re.sub(r"([\\`*_\[\]<>#|~&])", r"\\\1", words).replace("@", "@\u200b")
