"""Exceptions from the rules of words: each stands beside its text, with a reason and a last day.

In a data file it is a comment right above the field, and covers what the field holds:

    # allow: typed-number until 2027-06-30: The guideline names this time; nobody counted it.

On a page of words it is `<!-- allow: … -->` right above a paragraph or a list; above a heading it covers
the section.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from build_tools.load.facts import Facts
from build_tools.load.yaml_reader import read_text
from build_tools.records.problems import Place, Problem, suggest

LONGEST = timedelta(days=2 * 366)
"""How far ahead the last day may lie: an editor looks at every exception again within two years."""

SHORTEST = 4
"""The fewest words that can be a reason."""

_IN_DATA = re.compile(
    r"^ *# (?P<allow>allow\b)(?P<said>.*)$"
    r"(?:(?=(?:\n *(?:#.*)?$)*\n(?P<covered>(?P<depth> *)\S.*(?:\n(?:(?P=depth) .*| *$))*)))?",
    re.MULTILINE,
)
"""An exception in a data file. It covers the next field, with all lines below that are farther in."""
_ON_A_PAGE = re.compile(
    r"<!--\s*(?P<allow>allow\b)(?P<said>(?s:.*?))-->"
    r"(?:(?=.*(?:\n(?:<!--.*|\s*)$)*\n(?P<covered>"
    r"(?P<level>#{1,6}) .*(?:\n(?:(?P=level)#|(?!#{1,6} )).*)*"  # a section, up to the next heading as high
    r"|.+(?:\n.*\S.*)*)))?",  # a paragraph or a list
    re.MULTILINE,
)
"""An exception on a page, and what it covers."""
_FORM = re.compile(r"\s*:\s*(?P<rule>[a-z-]+)\s+until\s+(?P<until>[^\s:]+)\s*:?(?P<reason>.*)", re.DOTALL)


@dataclass(frozen=True)
class Suppression:
    """One exception: what it allows, where it stands, which lines it covers."""

    place: Place
    said: str
    lines: range

    @property
    def form(self) -> re.Match[str] | None:
        """Its parts: rule, last day and reason."""
        return _FORM.fullmatch(self.said)

    def covers(self, rule: str, place: Place) -> bool:
        """Whether it is about this rule in this place."""
        here = place.path == self.place.path and place.line in self.lines
        return here and self.form is not None and self.form["rule"] == rule


def find_suppressions(facts: Facts, content: Path) -> list[Suppression]:
    """Every exception in the data and in the hand-written pages."""
    found: list[Suppression] = []
    for document in facts.documents.values():
        found += _find(document.path, document.text, _IN_DATA)
    for file in sorted(content.glob("*.md")):
        shown = f"{content.name}/{file.name}"
        found += _find(shown, read_text(file, shown)[0], _ON_A_PAGE)
    return found


def strip_suppressions(text: str) -> str:
    """A page without its exceptions, every line in its old place."""
    return _ON_A_PAGE.sub(lambda found: "\n" * found.group().count("\n"), text)


def apply(
    allowances: Collection[Suppression],
    findings: Iterable[tuple[str, Problem]],
    rules: Collection[str],
    today: date,
    complete: bool = True,
) -> Iterator[Problem]:
    """The problems that no exception covers, and what is wrong with the exceptions themselves.

    Each finding goes with the name of its rule. Unless the findings are `complete`, nothing is called needless.
    """
    used: set[Suppression] = set()
    by_file: dict[str, list[Suppression]] = defaultdict(list)
    for allowance in allowances:
        by_file[allowance.place.path].append(allowance)
    for rule, problem in findings:
        here = by_file.get(problem.place.path, ())
        covering = [allowance for allowance in here if allowance.covers(rule, problem.place)]
        used.update(covering)
        if not covering:
            yield problem
    for allowance in allowances:
        if wrong := _wrong(allowance, rules, today):
            yield wrong
        elif complete and allowance not in used:
            yield Problem(allowance.place, "This exception is no longer needed.", "Delete it.")


def _wrong(allowance: Suppression, rules: Collection[str], today: date) -> Problem | None:
    form, place = allowance.form, allowance.place
    if form is None:
        message = "An exception is written as rule, last day and reason."
        example = "typed-number until 2027-06-30: The guideline names this time; nobody counted it."
        return Problem(place, message, f"For example: allow: {example}")
    if form["rule"] not in rules:
        return Problem(place, f'There is no rule called "{form["rule"]}".', suggest(form["rule"], rules))
    try:
        until = date.fromisoformat(form["until"])
    except ValueError:
        hint = "Write year-month-day, for example 2027-06-30."
        return Problem(place, f'"{form["until"]}" is not a date that exists.', hint)
    if len(form["reason"].split()) < SHORTEST:
        message = f"This exception gives no reason, which takes at least {SHORTEST} words."
        return Problem(place, message, "Write after the date and a colon why the text is right.")
    if until < today:
        hint = "Correct the text and delete the exception; or look again, and give it a new day and a reason."
        return Problem(place, f"This exception ended on {until}.", hint, level="notice")
    if until > today + LONGEST:
        message = f"An exception lasts at most two years; this one lasts until {until}."
        return Problem(place, message, "Write an earlier day.")
    return None


def _find(path: str, text: str, pattern: re.Pattern[str]) -> Iterator[Suppression]:
    for found in pattern.finditer(text) if "allow" in text else ():
        start = found.start("allow")
        place = Place(path, text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start))
        first, last = (text.count("\n", 0, end) + 1 for end in found.span("covered"))
        yield Suppression(place, " ".join(found["said"].split()), range(first, last + 1))
