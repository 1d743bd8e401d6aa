"""Errors in data files in an editor's words: what must hold, what was found, and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from typing import Any

from pydantic import BaseModel, TypeAdapter

from build_tools.load.yaml_reader import Steps
from build_tools.records.clinic import Clinic, LocalProcedure
from build_tools.records.entries import DoesNotApply, Figure, NotKnown, Statement
from build_tools.records.problems import suggest
from build_tools.records.procedure import Harm, Procedure
from build_tools.records.signs import Sign

SAME_EVERYWHERE = (
    "Medical facts are the same in every clinic: a clinic's file can neither change nor hide one. "
    "If one is wrong, correct it in data/procedures/, with its source."
)
_MEDICAL = {
    *(Procedure.model_fields | Harm.model_fields | Figure.model_fields | Statement.model_fields),
    *(NotKnown.model_fields | DoesNotApply.model_fields | Sign.model_fields),
    *"red_flags get_help contact hide hidden omit leave_out skip remove replace risks side_effects".split(),
}

_MOVED = {
    "red_flags": 'List the "situations" of this procedure: its page then shows their signs from data/signs.yml. '
    'What differs about one of them here goes under "signs".',
    "get_help": 'Name the signs of this harm instead, as in "signs: [some-sign]": data/signs.yml says what to do. '
    "Other advice belongs under what_is_done or questions.",
    "seal": "Delete this line: git keeps who changed a review.",
}
"""Fields of older files, and what replaced them."""


def strip_union_members(loc: tuple[str | int, ...], value: Any, missing: bool) -> Steps:
    """Remove the names of union members from Pydantic's location: the file does not have them.

    The last part of the location of a `missing` field is not in the file either, but is kept.
    """
    steps: list[str | int] = []
    for position, part in enumerate(loc):
        last = position == len(loc) - 1
        if isinstance(value, dict) and part in value:
            value = value[str(part)]
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        elif not (last and missing):
            continue
        steps.append(part)
    return tuple(steps)


@cache
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    return TypeAdapter(model).json_schema()


def _find_schemas(model: type[BaseModel], steps: Steps) -> list[dict[str, Any]]:
    """The schemas of everything that can be at `steps` in a record."""
    definitions = _schema(model).get("$defs", {})

    def expand(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
        if "$ref" in schema:
            yield from expand(definitions[schema["$ref"].rsplit("/", 1)[-1]])
        for union in ("oneOf", "anyOf"):
            for option in schema.get(union, ()):
                yield from expand(option)
        yield schema

    schemas = [_schema(model)]
    for step in steps:
        inner = []
        for schema in schemas:
            named = schema.get("properties", {}).get(step) or schema.get("items" if isinstance(step, int) else "")
            others = [schema.get("additionalProperties"), *schema.get("patternProperties", {}).values()]
            inner += [named] if named else [other for other in others if isinstance(other, dict)]
        schemas = [expanded for schema in inner for expanded in expand(schema)]
    return schemas


def _sibling_fields(model: type[BaseModel], steps: Steps) -> dict[str, Any]:
    """The fields of every record that can have the last of `steps`, with their schemas."""
    records = reversed(_find_schemas(model, steps[:-1]))
    return {name: field for record in records for name, field in record.get("properties", {}).items()}


def find_help(model: type[BaseModel], steps: Steps) -> str:
    """The help for a field, from the record's definition."""
    return str(_sibling_fields(model, steps).get(str(steps[-1]), {}).get("description", "")).replace("\n", " ")


def find_choices(model: type[BaseModel], steps: Steps) -> list[str]:
    """The words that a field can be, if its choices are limited."""
    return [word for schema in _find_schemas(model, steps) for word in schema.get("enum", ())]


def _describe(value: Any) -> str:
    """What an editor wrote, short enough for a message."""
    if isinstance(value, str):
        words = " ".join(value.split())
        return f'"{words}"' if len(words) <= 60 else f'"{words[:57]}..."'
    return "nothing" if value is None else "a list" if isinstance(value, list) else "several fields"


_ID_HINT = "Use lowercase letters, digits, and hyphens"
_NUMBER = ('"{name}" must be a number; it is {shown}.', "Use digits only, with a point before decimals.")
_FIELDS = (
    '"{name}" must hold fields of its own; it is {shown}.',
    "Write them below it, indented by two spaces, each as name, colon, text.",
)
_WORDS = ('"{name}" cannot be {shown}.', "It can be: {words}. {help}")
_MESSAGES = {
    "missing": ('"{name}" is missing here.', 'Write "{name}:". {help}'),
    "literal": _WORDS,
    "enum": _WORDS,
    "date": ("{shown} is not a date that exists.", "Write year-month-day, for example 2026-11-22."),
    "int": ('"{name}" must be a whole number; it is {shown}.', "Use digits only."),
    "float": _NUMBER,
    "finite": _NUMBER,
    "bool": ('"{name}" must be true or false; it is {shown}.', "Write true or false. {help}"),
    "greater": ('"{name}" cannot be smaller than {ge:,.12g}; it is {shown}.', "{help}"),
    "less": ('"{name}" cannot be larger than {le:,.12g}; it is {shown}.', "{help}"),
    "string": ('"{name}" must be one text; it is {shown}.', "{help}"),
    "dict": _FIELDS,
    "model": _FIELDS,
    "list": ('"{name}" must be a list; it is {shown}.', "Put it between brackets: [like, this]."),
}
"""Message and hint by the first word of Pydantic's name of an error ("int_parsing", "int_type")."""


def filter_causes(errors: list[Any]) -> list[Any]:
    """Drop errors that follow from another one: a field whose name is misspelled is not missing as well."""
    misspelled = [error["loc"] for error in errors if error["type"] == "extra_forbidden"]

    def is_explained(loc: tuple[str | int, ...]) -> bool:
        return any(loc[:-1] == at[:-1] and get_close_matches(str(at[-1]), [str(loc[-1])]) for at in misspelled)

    kept = [error for error in errors if error["type"] != "default_factory_not_called"]  # `facts_checked` has one
    return [error for error in kept if error["type"] != "missing" or not is_explained(error["loc"])]


def explain(error: Any, steps: Steps, model: type[BaseModel], full: Steps) -> tuple[str, str]:
    """Explain a Pydantic error in an editor's words: message and hint.

    `steps` is the path of the mistake in the record, `full` its path in the file.
    """
    kind, context, value = error["type"], error.get("ctx", {}), error["input"]
    name = next((str(step) for step in reversed(full) if isinstance(step, str)), "")
    shown = _describe(value)
    help_ = find_help(model, steps) if steps else ""
    if kind == "fact":
        return context["message"], context["hint"]
    if kind == "extra_forbidden" and model is Clinic and name in _MEDICAL:
        known = ", ".join(LocalProcedure.model_fields)
        return (
            f'"{name}" is not a field of a clinic\'s file: what a procedure is and does to you is a medical fact.',
            f"{SAME_EVERYWHERE} What a clinic can say about a procedure: {known}.",
        )
    if kind == "extra_forbidden" and name in _MOVED:
        return f'"{name}" is no longer a field.', _MOVED[name]
    if kind == "extra_forbidden":
        return f'There is no field called "{name}" here.', suggest(name, _sibling_fields(model, steps))
    if kind == "string_too_short" or (kind == "string_type" and value in (None, "")):
        return f'"{name}" has no text.', help_ or "Write the text, or delete the line."
    if kind == "string_pattern_mismatch" and "[key]" in error["loc"]:
        return f'"{name}" cannot be a key.', f"{_ID_HINT}: it becomes part of an id."
    if kind == "string_pattern_mismatch":
        is_id = context["pattern"].startswith("^[a-z0-9")
        are_several = isinstance(full[-1], int) and re.fullmatch(r"[a-z0-9-]+( +[a-z0-9-]+)+", str(value))
        hint = "Is a comma missing between two ids?" if are_several else f"{_ID_HINT}."
        return f'"{name}" cannot be {shown}.', f"{hint} {help_}".rstrip() if is_id else help_
    if kind in ("too_short", "too_long"):
        fewest, most = context.get("min_length"), context.get("max_length")
        limit = f"at least {fewest}" if fewest else f"at most {most}"
        noun = "entry" if fewest == 1 else "entries"
        return f'"{name}" needs {limit} {noun}; it has {context["actual_length"]}.', help_
    if kind == "model_type" and not full:
        return f"This file must hold fields; it is {shown}.", "Write name, colon, text on each line."
    if kind == "string_type" and isinstance(value, dict):
        help_ = f'If this is one text, put it between double quotes: "like: this". {help_}'
    message, hint = _MESSAGES.get(kind.split("_")[0], ('"{name}": {msg}.', "{help}"))
    words = ", ".join(re.findall(r"'([^']+)'", str(context.get("expected"))))
    values = {**error, **context, "name": name, "shown": shown, "help": help_, "words": words}
    return message.format(**values), hint.format(**values).rstrip()
