"""A reviewer's answers: the file that a review packet saves, read back as a whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, ValidationError

from build_tools.edit.packet import format_ranges
from build_tools.load.facts import Facts
from build_tools.load.yaml_reader import read_text
from build_tools.model.lines import Layer, Line, build_layers, number_lines
from build_tools.model.reviews import LONGEST
from build_tools.records.base import Digest, Id, Record
from build_tools.records.problems import CommandError, Place, Problem, suggest


def _visible(text: str) -> str:
    """The text, which a terminal prints as it is: no escape sequences, nothing that reorders or hides."""
    if not all(letter.isprintable() or letter in "\n\t" for letter in text):
        raise ValueError("it has characters that cannot be seen")
    return text


_Visible = Annotated[str, AfterValidator(_visible)]
_Short = Annotated[_Visible, StringConstraints(strip_whitespace=True, max_length=500)]
_Day = Annotated[date | None, BeforeValidator(lambda text: text or None)]


class Answer(Record):
    """What the reviewer says of one line, which had this digest."""

    digest: Digest
    is_: Literal["right", "wrong", "unsure", ""] = Field(alias="is")
    note: _Visible


class Answers(Record):
    """Everything that a packet saves."""

    packet: Id
    digest: Digest
    sign: list[Id]
    name: _Short
    role: _Short
    conflicts: _Short
    date: _Day
    next: _Day
    lines: dict[_Visible, Answer]

    def of(self, line: Line) -> str:
        """What the reviewer says of a line; "" for nothing."""
        return self.lines[line.id].is_ if line.id in self.lines else ""


def read_answers(file: Path, facts: Facts, today: date) -> Answers:
    """Answers that are complete and that fit the facts as they are now; CommandError for all others."""
    text, unreadable = read_text(file, str(file))
    if unreadable:
        raise CommandError(f"{file}: {unreadable[0].message}", unreadable[0].hint, status=2)
    try:
        answers = Answers.model_validate_json(text)
    except ValidationError as errors:
        error = errors.errors(include_url=False, include_input=False)[0]
        where = ascii(".".join(map(str, error["loc"])))[1:80].strip("'")
        said = f"{where}: {error['msg']}" if where else error["msg"]
        hint = "Take the file that “Save answers” wrote. Nothing was written."
        raise CommandError(f"{file} is no file of answers ({said}).", hint, status=2) from None
    if answers.packet not in facts.procedures:
        hint = suggest(answers.packet, facts.procedures)
        raise CommandError(f'{file} is about "{answers.packet}", and there is no such procedure.', hint, status=2)
    shown = build_layers(facts, answers.packet)
    now = {line.id: line.digest for layer in shown.values() for line in layer.lines}
    if changed := [id for id, answer in answers.lines.items() if now.get(id) != answer.digest]:
        raise CommandError(
            f"{file}: these lines are not in today's packet as they were answered: {_some(changed)}.",
            "The facts have changed since. Nothing was written. Write a new packet with: "
            f".venv/bin/python -m build_tools packet {answers.packet}; open it and press “Load answers”. It keeps "
            "every answer that still fits.",
        )
    if answers.sign and (missing := [*_missing(answers, shown, today)]):
        hint = "Nothing was written. Open the packet, press “Load answers”, complete it, and save it again."
        raise CommandError(f"{file} is not complete: {_some(missing)}.", hint)
    return answers


def _missing(answers: Answers, shown: dict[str, Layer], today: date) -> Iterator[str]:
    """What must be there if something is signed."""
    if unknown := {*answers.sign} - {*shown}:
        yield f"there is no part called {_some(sorted(unknown))}"
    numbers = number_lines(shown)
    for layer in shown.values():
        left = [numbers[line.id] for line in layer.lines if not answers.of(line)]
        if layer.id in answers.sign and left:
            yield f"“{layer.heading}” is signed, and has no answer to line {format_ranges(left)}"
    for field in ("name", "role", "conflicts", "date", "next"):
        if not getattr(answers, field):
            yield f"“{field}” is empty"
    signed, due = answers.date, answers.next
    if signed and signed > today:
        yield f"the review is dated {signed}, and today is {today}"
    if signed and due and not max(today, signed) < due <= signed + LONGEST:
        yield f"the next review, {due}, must be after today, and within a year after {signed}"


def _some(texts: list[str]) -> str:
    more = f"; and {len(texts) - 5} more" if len(texts) > 5 else ""
    return "; ".join(texts[:5]) + more


def sort_signed(answers: Answers, facts: Facts) -> tuple[list[str], list[str]]:
    """The layers that are signed with every line right, and those that are signed and are not."""
    signed = [layer for layer in build_layers(facts, answers.packet).values() if layer.id in answers.sign]
    right = [layer.id for layer in signed if all(answers.of(line) == "right" for line in layer.lines)]
    return right, [layer.id for layer in signed if layer.id not in right]


def list_remarks(answers: Answers, facts: Facts) -> list[Problem]:
    """Every line that is wrong, not sure, or has a note, at its first fact."""
    shown, said = build_layers(facts, answers.packet), {"wrong": "wrong", "unsure": "not sure"}
    numbers, found = number_lines(shown), []
    for line in (line for layer in shown.values() for line in layer.lines if line.id in answers.lines):
        answer = answers.lines[line.id]
        note = " ".join(answer.note.split())
        if answer.is_ not in said and not note:
            continue
        message = f"Line {numbers[line.id]} is {said.get(answer.is_, 'marked with a note')}: “{line.words}”"
        message += f"\n    Note: {note}" if note else ""
        hint = f"It rests on: {', '.join(behind.fact for behind in line.behind)}." if line.behind else ""
        level: Literal["error", "notice"] = "error" if answer.is_ in said else "notice"
        found.append(Problem(_place_of(facts, answers.packet, line), message, hint, level))
    return found


def _place_of(facts: Facts, id: str, line: Line) -> Place:
    """Where the first fact of a line is, or the words themselves."""
    if line.behind:
        fact = line.behind[0].fact
        return facts.place_of(fact) if fact.startswith(f"{id}.") else facts.place(*fact.split("."))
    field, *rest = line.id.split(".")
    return facts.place(f"procedures/{id}", field, *(int(step) - 1 if step.isdigit() else step for step in rest))
