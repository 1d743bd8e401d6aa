"""The changes of facts as a comment on a pull request, risky ones first.

A change of one word or one digit can be dangerous and is easily overlooked, so such changes are marked: a second
person checks them against the source. Deleting a warning requires a reason in data/changes.yml.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from itertools import groupby

from build_tools.load.facts import Facts
from build_tools.model.append_only_log import format_entry
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
"""The pattern of each risk: a change is risky if it changes the matches in a text."""

_FIELDS = {
    "unit": ("unit", "what was counted one by one", "average", "quantity"),
    "urgency": ("level", "ambulance", "signs", "shown for", "situations"),
    "weight": ("weight",),
    "citation": ("source",),
    "what is named": ("method", "condition", "effect", "effects", "structure", "anesthesia", "imaging", "form"),
    "kind or verdict": ("kind", "verdict", "contested"),
}
"""Fields in which every change is risky, by the names that `changes` gives them."""

_WARNS = re.compile(r"[^.]+|[^.]+\.(?:harms|signs|contraindications)\..+|(?:signs|situations)\.[^.]+")
"""The ids of whole pages, and of facts that warn readers."""

MOST = 100
"""How many changes a comment shows at most."""


def find_risks(change: Change) -> list[str]:
    """The names of a change's risks; none if it only words the same differently."""
    fact, part, was, now = change.fact or "", change.part, change.was or "", change.now or ""
    warns = bool(_WARNS.fullmatch(fact))
    if part is None and change.now is None:
        return ["deletion"] if warns else []
    if part is None:
        is_page = "." not in fact or fact.startswith("comparisons.")
        kinds = {
            "new source": fact.startswith("sources."),
            "new page": is_page,
            "new number": bool(_matches(_IN_TEXT["number"], now)),
            "new warning": warns and not is_page,
        }
        return [name for name, applies in kinds.items() if applies]
    field = part.rsplit(": ", 1)[-1]
    if risks := [name for name, fields in _FIELDS.items() if field in fields]:
        return risks
    if fact.startswith(("sources.", "signs.")):
        return ["citation" if fact.startswith("sources.") else "sign of danger"]
    return [name for name, pattern in _IN_TEXT.items() if _matches(pattern, was) != _matches(pattern, now)]


def _matches(pattern: str, text: str) -> list[str]:
    return re.findall(pattern, text.lower(), re.IGNORECASE)


def find_unexplained(changes: list[tuple[str, Change]], facts: Facts, today: date) -> Iterator[Problem]:
    """A problem for each deleted warning for which data/changes.yml has no reason. A harm includes its figures."""
    deleted = {change.fact or "": change for _, change in changes if "deletion" in find_risks(change)}
    for id in deleted.keys() - list_explained(facts):
        if id.rpartition(".")[0] not in deleted:
            entry = {"published": today, "changes": [{"fact": id, "was": deleted[id].was}]}
            yield Problem(
                facts.place("changes", len(facts.publications) - 1),
                f'"{id}" warned readers and was deleted without a reason.',
                f"Copy these lines to the end of {facts.folder.name}/changes.yml. Between the quotes after why, "
                f'give the reason in more than three words:\n{format_entry(entry)}    why: ""',
            )


def render_comment(changes: list[tuple[str, Change]], folder: str, unread: list[str]) -> str:
    """All changes in Markdown, grouped by file, risky ones first and with their risks."""
    shown = [(file, change) for file, change in changes if change.part != "on the page"]
    shown.sort(key=lambda item: (item[0], not find_risks(item[1])))
    risky = sum(bool(find_risks(change)) for _, change in shown)
    lines = ["## What changes for readers"]
    if not shown:
        lines.append("\nNo fact changes. Words of pages, styles and code are not compared: look at the preview.")
    if risky:
        count = (
            f"{risky} of {len(shown)} changes {'is' if risky == 1 else 'are'}" if shown[1:] else "This change is"
        )
        lines.append(
            f"\n**{count} risky.** Before this is merged, someone other than the author compares "
            "each risky change with its source."
        )
    for file, group in groupby(shown[:MOST], key=lambda item: item[0]):
        lines += ["", f"### {folder}/{file}.yml", ""]
        for _, change in group:
            risks = find_risks(change)
            mark = f"**Risky ({', '.join(risks)}).** " if risks else ""
            text = " ".join(" ".join(describe_change(change)).split())
            lines.append(f"- {mark}`{change.fact}` {_escape(text)}")
    if len(shown) > MOST:
        lines += ["", f"And {len(shown) - MOST} more. To see them all: `python -m build_tools changes REV`"]
    lines += [f"\n{folder}/{file}.yml could not be read then or now, and was not compared." for file in unread]
    return "\n".join(lines)


def _escape(text: str) -> str:
    """The text without Markdown and without mentions of users."""
    return re.sub(r"([\\`*_\[\]<>#|~&])", r"\\\1", text).replace("@", "@\u200b")
