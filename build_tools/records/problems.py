"""Problems as values: where each one is, what was found, and what to do about it."""

from __future__ import annotations

import difflib
import errno
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, order=True)
class Place:
    """A place in a file: its path as the editor sees it, and a line and a column, both from 1."""

    path: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, order=True)
class Problem:
    """What must hold and what was found (`message`), where (`place`), and the next step (`hint`).

    A notice is about something that only time has changed, such as a check that is due. See `filter_errors`.
    """

    place: Place
    message: str
    hint: str = ""
    level: Literal["error", "notice"] = "error"

    def __str__(self) -> str:
        hint = f"\n    {self.hint}" if self.hint else ""
        return f"{self.place}: {self.message}{hint}"


class CommandError(Exception):
    """Ends a command with `status`, and says why and what to do next to the person who typed it."""

    def __init__(self, message: str, hint: str, status: int = 1) -> None:
        super().__init__(f"{message}\n    {hint}")
        self.status = status


def explain_refusal(error: OSError) -> CommandError:
    """Describe what the operating system refused, for the person who can change that."""
    hint = "Check that it is there, and that you are allowed to read and write it."
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        hint = "Free some space on that disk, then try again. What was published before is untouched."
    return CommandError(f"{error.filename}: {error.strerror}." if error.filename else f"{error.strerror}.", hint)


def filter_errors(problems: Iterable[Problem]) -> list[Problem]:
    """The problems that stop a build. Editors fix notices too, but a host can always build despite them."""
    return [problem for problem in problems if problem.level == "error"]


def summarize_notices(problems: Iterable[Problem]) -> str:
    """Summarize the notices among `problems` for a host in one line; "" if there are none."""
    places = {problem.place for problem in problems if problem.level == "notice"}
    if not places:
        return ""
    files = sorted({place.path for place in places})
    where = files[0] if len(files) == 1 else f"{len(files)} files, such as {files[0]}"
    return (
        f"Overdue in {where}: {len(places)} check{'' if len(places) == 1 else 's'} by an editor. "
        "The site is built anyway. To see the list, run: make check"
    )


def describe(problems: Iterable[Problem]) -> str:
    """Format all problems as text, sorted by file and line, with their number at the end."""
    ordered = sorted(set(problems))
    total = f"{len(ordered)} problem{'' if len(ordered) == 1 else 's'} found."
    return "\n".join([*map(str, ordered), total])


def suggest(word: str, known: Iterable[str], where: str = "") -> str:
    """Make a hint that offers the nearest known word, or lists the known words."""
    words = sorted(known)
    near = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    if near:
        choices = f'Did you mean "{near[0]}"?'
    elif 0 < len(words) <= 12:
        choices = f"It can be: {', '.join(words)}."
    else:
        choices = "" if where or not words else f"For example: {', '.join(words[:5])}."
    listed = f"All are listed in {where}." if where else ""
    return " ".join(part for part in (choices, listed) if part)


def list_choices(known: Mapping[str, str], where: str) -> str:
    """Make a hint that lists up to 30 ids with their words, and guesses none: a similar word can mean anything."""
    listed = "; ".join(f"{id} ({plain})" if plain else id for id, plain in sorted(known.items()))
    if 0 < len(known) <= 30:
        return f"It can be: {listed}. If it is none of them, add it in {where}."
    part = "its title or author" if where == "data/sources.yml" else "its name"
    return f"Search {where} for a word of {part}. If it is not there, add it."


NO_FACT = (
    "Correct its id if it is misspelled. If the fact was deleted on purpose, delete the id here too, then read "
    "the rest again: it must be right without that fact."
)
"""The hint for the id of a fact that does not exist. It offers no other fact: that would say something else."""


Problems = Iterator[Problem]
"""What a rule yields."""
