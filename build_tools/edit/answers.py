"""The answers that a review packet saves. A file that is incomplete or out of date is refused as a whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, ValidationError

from build_tools.load.facts import Facts
from build_tools.load.yaml_reader import read_text
from build_tools.model.lines import Layer, Line, build_layers, format_ranges, number_lines
from build_tools.model.reviews import MAX_INTERVAL
from build_tools.records.base import Digest, Id, Record
from build_tools.records.problems import CommandError, Place, Problem, suggest


def _refuse_invisible(text: str) -> str:
    if not all(letter.isprintable() or letter in "\n\t" for letter in text):
        raise ValueError("it has invisible characters")
    return text


_Visible = Annotated[str, AfterValidator(_refuse_invisible)]
"""Text without escape sequences for a terminal, and without characters that reorder or hide others."""
_Short = Annotated[_Visible, StringConstraints(strip_whitespace=True, max_length=500)]
_Day = Annotated[date | None, BeforeValidator(lambda text: text or None)]


class Answer(Record):
    """The reviewer's answer to one line, with the digest that the line had then."""

    digest: Digest
    is_: Literal["right", "wrong", "unsure", ""] = Field(alias="is")
    note: _Visible


class Answers(Record):
    """The contents of the file."""

    packet: Id
    digest: Digest
    sign: list[Id]
    name: _Short
    role: _Short
    conflicts: _Short
    date: _Day
    next: _Day
    lines: dict[_Visible, Answer]

    def to(self, line: Line) -> str:
        """The answer to a line; "" if there is none."""
        return self.lines[line.id].is_ if line.id in self.lines else ""


def read_answers(file: Path, facts: Facts, today: date) -> Answers:
    """Read answers; CommandError if they are incomplete, or if the facts have changed since."""
    text, unreadable = read_text(file, str(file))
    if unreadable:
        raise CommandError(f"{file}: {unreadable[0].message}", unreadable[0].hint, status=2)
    try:
        answers = Answers.model_validate_json(text)
    except ValidationError as invalid:
        error = invalid.errors(include_url=False, include_input=False)[0]
        field = ascii(".".join(map(str, error["loc"])))[1:80].strip("'")
        reason = f"{field}: {error['msg']}" if field else error["msg"]
        hint = "Use the file that “Save answers” wrote. Nothing was written."
        raise CommandError(f"{file} is not a file of answers ({reason}).", hint, status=2) from None
    if answers.packet not in facts.procedures:
        hint = suggest(answers.packet, facts.procedures)
        raise CommandError(f'{file} is about "{answers.packet}", and there is no such procedure.', hint, status=2)
    layers = build_layers(facts, answers.packet)
    digests = {line.id: line.digest for layer in layers.values() for line in layer.lines}
    if changed := [id for id, answer in answers.lines.items() if digests.get(id) != answer.digest]:
        raise CommandError(
            f"{file}: these lines have changed or are gone since they were answered: {_shorten(changed)}.",
            "Nothing was written. Write a new packet with: "
            f".venv/bin/python -m build_tools packet {answers.packet}; open it and press “Load answers”. It keeps "
            "every answer that still fits.",
        )
    if answers.sign and (errors := [*_find_errors(answers, layers, today)]):
        hint = "Nothing was written. Open the packet, press “Load answers”, complete it, and save it again."
        raise CommandError(f"{file} is not complete: {_shorten(errors)}.", hint)
    return answers


def _find_errors(answers: Answers, layers: dict[str, Layer], today: date) -> Iterator[str]:
    """What keeps a signature from being complete."""
    if unknown := {*answers.sign} - {*layers}:
        yield f"there is no part called {_shorten(sorted(unknown))}"
    numbers = number_lines(layers)
    for layer in layers.values():
        unanswered = [numbers[line.id] for line in layer.lines if not answers.to(line)]
        if layer.id in answers.sign and unanswered:
            yield f"“{layer.heading}” is signed but has no answer to line {format_ranges(unanswered)}"
    for field in ("name", "role", "conflicts", "date", "next"):
        if not getattr(answers, field):
            yield f"“{field}” is empty"
    signed, due = answers.date, answers.next
    if signed and signed > today:
        yield f"the review is dated {signed}, and today is {today}"
    if signed and due and not max(today, signed) < due <= signed + MAX_INTERVAL:
        yield f"the next review, {due}, must be after today, and within a year after {signed}"


def _shorten(texts: list[str]) -> str:
    more = f"; and {len(texts) - 5} more" if len(texts) > 5 else ""
    return "; ".join(texts[:5]) + more


def sort_signed(answers: Answers, facts: Facts) -> tuple[list[str], list[str]]:
    """The signed layers in which every line is right, and the other signed ones."""
    signed = [layer for layer in build_layers(facts, answers.packet).values() if layer.id in answers.sign]
    right = [layer.id for layer in signed if all(answers.to(line) == "right" for line in layer.lines)]
    return right, [layer.id for layer in signed if layer.id not in right]


def list_remarks(answers: Answers, facts: Facts) -> list[Problem]:
    """A problem for every line that is wrong, not sure, or has a note, at its first fact."""
    layers, marks = build_layers(facts, answers.packet), {"wrong": "wrong", "unsure": "not sure"}
    numbers, remarks = number_lines(layers), []
    for line in (line for layer in layers.values() for line in layer.lines if line.id in answers.lines):
        answer = answers.lines[line.id]
        note = " ".join(answer.note.split())
        if answer.is_ in marks:
            mark = f"is marked “{marks[answer.is_]}”"
        elif note:
            mark = "has a note"
        else:
            continue
        message = f"Line {numbers[line.id]} {mark}: “{line.words}”"
        message += f"\n    Note: {note}" if note else ""
        hint = f"It is based on: {', '.join(basis.fact for basis in line.behind)}." if line.behind else ""
        level: Literal["error", "notice"] = "error" if answer.is_ in marks else "notice"
        remarks.append(Problem(_find_place(facts, answers.packet, line), message, hint, level))
    return remarks


def _find_place(facts: Facts, id: str, line: Line) -> Place:
    """The place of a line's first fact, or else of its words."""
    if line.behind:
        fact = line.behind[0].fact
        return facts.place_of(fact) if fact.startswith(f"{id}.") else facts.place(*fact.split("."))
    field, *steps = line.id.split(".")
    return facts.place(f"procedures/{id}", field, *(int(step) - 1 if step.isdigit() else step for step in steps))
