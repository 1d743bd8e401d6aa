"""What all records share: frozen, no unknown fields, and types for texts, ids and booleans."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1),
    AfterValidator(lambda text: " ".join(text.split())),
]
"""One flowing text: line ends in the file are spaces, so that no line of it can begin a heading."""

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]

Ref = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]+(\.[a-z0-9_-]+)*$")]
"""The id of a fact, or without its beginning the id within a procedure, such as "benefits.one-year"."""

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{12}$")]
"""The beginning of a SHA-256: it changes when anything does that it was made of."""

NOT_READ = "not-read"
"""What alone stands in place of an entry, or of all entries, where what we read does not say it."""

FIRST = "main"
"""The key of the first entry of a field in a draft."""

_ENTRY = {"says", "counted", "not_known", "does_not_apply", "shared"}


def _with_keys(value: Any) -> Any:
    if value == NOT_READ:
        return {FIRST: value}
    if isinstance(value, str) or (isinstance(value, dict) and not _ENTRY.isdisjoint(value)):
        hint = 'Write a short name on a line above it, such as "main:", and begin the entry two spaces farther in.'
        raise invalid("An entry stands below a key of its own, and here is none.", hint)
    return value


class OrNotRead:
    """The schema of what can be written, or else "not-read" alone."""

    @classmethod
    def __get_pydantic_json_schema__(cls, core: Any, handler: Any) -> dict[str, Any]:
        return {"anyOf": [handler(core), {"const": NOT_READ}]}


T = TypeVar("T")
Keyed = Annotated[dict[Id, T], Field(min_length=1), BeforeValidator(_with_keys), OrNotRead]
"""Records by key, at least one. A key is permanent: it is part of the fact's id."""


def invalid(message: str, hint: str = "") -> PydanticCustomError:
    """An error of ours inside a record, with its hint."""
    return PydanticCustomError("fact", "{message}", {"message": message, "hint": hint})


def _is_page(text: str) -> str:
    if not re.fullmatch(r"([a-z0-9-]+/)*[a-z0-9]+(-[a-z0-9]+)*\.html", text):
        hint = 'Write it as in "procedures/some-name.html": small letters, digits, hyphens, and .html at its end.'
        raise invalid(f'"{text}" is not the address of a page.', hint)
    return text


PagePath = Annotated[str, AfterValidator(_is_page)]
"""The address of a page from the site's top, such as "procedures/some-name.html"."""


def _true_or_false(value: object) -> object:
    if value in ("true", "false") or isinstance(value, bool):
        return value
    raise PydanticCustomError("bool_parsing", "must be true or false")


Bool = Annotated[bool, BeforeValidator(_true_or_false)]
"""True or false, spelled so: Pydantic would also take yes, on and 1."""


class Record(BaseModel):
    """What all records share."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False, defer_build=True
    )


def add_a_year(read: dict[str, Any]) -> date:
    """The day by which facts must be compared again at the latest: a year after they were."""
    checked: date = read["facts_checked"]
    return checked + timedelta(days=365)


_Hex = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]


class Color(Record):
    """A color, once for each of the site's two papers."""

    light: _Hex
    """The color on light paper, between quotes because # begins a comment: "#0b4f5c"."""
    dark: _Hex
    """The color on dark paper, between quotes because # begins a comment: "#7cc9d6"."""


HTTPS = r"^https://[A-Za-z0-9][A-Za-z0-9.-]*(:\d+)?(/[^\s<>\"'#]*)?$"
Website = Annotated[str, StringConstraints(pattern=HTTPS)]
"""The whole address of a page, with https:// in front."""

_DIALED = r"\+?[0-9(][0-9 ()./-]*"
_EXTENSION = r",? ?(?:extension|ext\.?|x) ?([0-9]+)$"

Phone = Annotated[
    Text,
    StringConstraints(pattern=f"^{_DIALED}({_EXTENSION})?$"),
    AfterValidator(lambda number: re.sub(_EXTENSION, r", extension \1", number)),
]
"""A phone number as people write it. Pages print an extension in one way: "555-0142, extension 3"."""

Phones = Annotated[Text, StringConstraints(pattern=f"^{_DIALED}( or {_DIALED})*$")]
"""One phone number, or several with "or" between them."""
