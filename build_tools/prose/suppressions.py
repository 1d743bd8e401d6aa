"""Suppressions: exceptions from the rules for words, each with a reason and a last day.

In a data file, an exception is a comment right above a field, and covers everything in that field:

    # allow: typed-number until 2027-06-30: The guideline names this time; nobody counted it.

On a hand-written page, it is `<!-- allow: … -->` right above a paragraph or a list; above a heading, it covers the
section.
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
"""The latest that an exception can end: an editor looks at each again within two years."""

SHORTEST = 4
"""The fewest words of a reason."""

_IN_DATA = re.compile(
    r"^ *# (?P<allow>allow\b)(?P<text>.*)$"
    r"(?:(?=(?:\n *(?:#.*)?$)*\n(?P<covered>(?P<depth> *)\S.*(?:\n(?:(?P=depth) .*| *$))*)))?",
    re.MULTILINE,
)
"""An exception in a data file, and the next field with all lines below it that are indented more."""
_ON_PAGE = re.compile(
    r"<!--\s*(?P<allow>allow\b)(?P<text>(?s:.*?))-->"
    r"(?:(?=.*(?:\n(?:<!--.*|\s*)$)*\n(?P<covered>"
    r"(?P<level>#{1,6}) .*(?:\n(?:(?P=level)#|(?!#{1,6} )).*)*"  # a section, up to the next heading of its level
    r"|.+(?:\n.*\S.*)*)))?",  # a paragraph or a list
    re.MULTILINE,
)
"""An exception on a page, and what it covers."""
_FORM = re.compile(r"\s*:\s*(?P<rule>[a-z -]+?)\s+until\s+(?P<until>[^\s:]+)\s*:?(?P<reason>.*)", re.DOTALL)


@dataclass(frozen=True)
class Suppression:
    """An exception: its place, its text after "allow", and the lines that it covers."""

    place: Place
    text: str
    lines: range

    @property
    def form(self) -> re.Match[str] | None:
        """The parts of the text (rule, until, reason), if it is well-formed."""
        return _FORM.fullmatch(self.text)

    def covers(self, rule: str, place: Place) -> bool:
        """Whether it allows breaking this rule in this place."""
        is_inside = place.path == self.place.path and place.line in self.lines
        return is_inside and self.form is not None and self.form["rule"] == rule


def find_suppressions(facts: Facts, content: Path) -> list[Suppression]:
    """Every exception in the data and on the hand-written pages."""
    suppressions: list[Suppression] = []
    for document in facts.documents.values():
        suppressions += _find(document.path, document.text, _IN_DATA)
    for file in sorted(content.glob("*.md")):
        shown = f"{content.name}/{file.name}"
        suppressions += _find(shown, read_text(file, shown)[0], _ON_PAGE)
    return suppressions


def strip_suppressions(text: str) -> str:
    """A page without its exceptions; every line keeps its number."""
    return _ON_PAGE.sub(lambda match: "\n" * match.group().count("\n"), text)


def apply(
    suppressions: Collection[Suppression],
    findings: Iterable[tuple[str, Problem]],
    rules: Collection[str],
    today: date,
    complete: bool,
) -> Iterator[Problem]:
    """The problems that no exception covers, and those of the exceptions themselves.

    Each finding is a rule's name and a problem. An exception is reported as unneeded, or its rule as
    unknown, only if the findings are `complete`.
    """
    used: set[Suppression] = set()
    misspelled = (item for item in suppressions if not item.form or (complete and item.form["rule"] not in rules))
    # what an exception with a mistake covers is reported once that mistake is corrected
    waiting = {(item.place.path, line) for item in misspelled for line in item.lines}
    by_file: dict[str, list[Suppression]] = defaultdict(list)
    for suppression in suppressions:
        by_file[suppression.place.path].append(suppression)
    for rule, problem in findings:
        in_file = by_file.get(problem.place.path, ())
        covering = [suppression for suppression in in_file if suppression.covers(rule, problem.place)]
        used.update(covering)
        if not covering and (problem.place.path, problem.place.line) not in waiting:
            yield problem
    for suppression in suppressions:
        if error := _check(suppression, rules if complete else None, today):
            yield error
        elif complete and suppression not in used:
            yield Problem(suppression.place, "This exception is no longer needed.", "Delete it.")


def _check(suppression: Suppression, rules: Collection[str] | None, today: date) -> Problem | None:
    form, place = suppression.form, suppression.place
    if form is None:
        message = "An exception must have a rule, a last day, and a reason."
        example = "typed-number until 2027-06-30: The guideline names this time; nobody counted it."
        return Problem(place, message, f"For example: allow: {example}")
    if rules is not None and form["rule"] not in rules:
        return Problem(place, f'There is no rule called "{form["rule"]}".', suggest(form["rule"], rules))
    try:
        until = date.fromisoformat(form["until"])
    except ValueError:
        hint = "Write year-month-day, for example 2027-06-30."
        return Problem(place, f'"{form["until"]}" is not a date that exists.', hint)
    if len(form["reason"].split()) < SHORTEST:
        message = f"An exception needs a reason of at least {SHORTEST} words."
        return Problem(place, message, "Write after the date and a colon why the text is right.")
    if until < today:
        hint = "Correct the text and delete the exception; or look again, and give it a new day and a reason."
        return Problem(place, f"This exception ended on {until}.", hint, level="notice")
    if until > today + LONGEST:
        message = f"An exception lasts at most two years; this one lasts until {until}."
        return Problem(place, message, "Write an earlier day.")
    return None


def _find(path: str, text: str, pattern: re.Pattern[str]) -> Iterator[Suppression]:
    for match in pattern.finditer(text) if "allow" in text else ():
        start = match.start("allow")
        place = Place(path, text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start))
        first, last = (text.count("\n", 0, end) + 1 for end in match.span("covered"))
        yield Suppression(place, " ".join(match["text"].split()), range(first, last + 1))
