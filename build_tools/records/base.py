"""The base class of records, and the types of their texts, ids, and booleans."""

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
"""Text with its white space folded, so that no line of it can begin a heading."""


def _check_phrase(text: str) -> str:
    if re.match(r"[A-Z](?![A-Z0-9-])", text) or re.search(r"(?<!\.\w)\.$", text):
        message = "Pages print this inside a sentence, but it is written like a whole one."
        raise invalid(message, "Begin it with a small letter, and leave out the period at the end.")
    return text


Phrase = Annotated[Text, AfterValidator(_check_phrase)]
"""Words inside a sentence, such as those that follow "if"."""

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]

Ref = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]+(\.[a-z0-9_-]+)*$")]
"""The id of a fact, or within a procedure its id without the procedure's: "benefits.one-year"."""

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{12}$")]
"""The first digits of a SHA-256."""

NOT_READ = "not-read"
"""Written in place of an entry, or of all entries of a field, if what we read does not say."""

FIRST = "main"
"""The key that a draft gives the first entry of a field."""

_ENTRY_FIELDS = {"says", "counted", "not_known", "does_not_apply", "shared"}


def _require_keys(value: Any) -> Any:
    if value == NOT_READ:
        return {FIRST: value}
    if isinstance(value, str) or (isinstance(value, dict) and not _ENTRY_FIELDS.isdisjoint(value)):
        hint = 'Write a short name on a line above it, such as "main:", and indent the entry two spaces more.'
        raise invalid("An entry needs a key of its own, and this one has none.", hint)
    return value


class OrNotRead:
    """Allow "not-read" alone in the JSON schema of a type."""

    @classmethod
    def __get_pydantic_json_schema__(cls, core: Any, handler: Any) -> dict[str, Any]:
        return {"anyOf": [handler(core), {"const": NOT_READ}]}


T = TypeVar("T")
Keyed = Annotated[dict[Id, T], Field(min_length=1), BeforeValidator(_require_keys), OrNotRead]
"""Records by key, at least one. A key is permanent: it is part of the fact's id."""


def invalid(message: str, hint: str = "") -> PydanticCustomError:
    """Make the error that a record's validator raises, with its hint."""
    return PydanticCustomError("fact", "{message}", {"message": message, "hint": hint})


def _check_page_path(text: str) -> str:
    if not re.fullmatch(r"([a-z0-9-]+/)*[a-z0-9]+(-[a-z0-9]+)*\.html", text):
        hint = 'Write it like "procedures/some-name.html": lowercase letters, digits, hyphens, .html at the end.'
        raise invalid(f'"{text}" is not the address of a page.', hint)
    return text


PagePath = Annotated[str, AfterValidator(_check_page_path)]
"""The address of a page within the site, such as "procedures/some-name.html"."""


def _check_bool(value: object) -> object:
    if value in ("true", "false") or isinstance(value, bool):
        return value
    raise PydanticCustomError("bool_parsing", "must be true or false")


Bool = Annotated[bool, BeforeValidator(_check_bool)]
"""Only true or false: Pydantic would also accept yes, on, and 1."""


_NO_FIELDS: set[str] = set()


class Record(BaseModel):
    """The base of all records: frozen, without unknown fields, documented by attribute docstrings."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False, defer_build=True
    )

    def model_post_init(self, context: Any, /) -> None:
        """Forget which fields were written: nothing asks, and it takes a fifth of a record's memory."""
        object.__setattr__(self, "__pydantic_fields_set__", _NO_FIELDS)


def add_a_year(fields: dict[str, Any]) -> date:
    """The default of `next_check`: a year after `facts_checked`."""
    checked: date = fields["facts_checked"]
    return checked + timedelta(days=365)


_Hex = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]


class Color(Record):
    """A color, once for light and once for dark mode."""

    light: _Hex
    """The color on a light background, in quotes because # begins a comment: "#0b4f5c"."""
    dark: _Hex
    """The color on a dark background, in quotes because # begins a comment: "#7cc9d6"."""


HTTPS = r"^https://[A-Za-z0-9][A-Za-z0-9.-]*(:\d+)?(/[^\s<>\"'#]*)?$"
Website = Annotated[str, StringConstraints(pattern=HTTPS)]
"""The full address of a page, with https:// in front."""

_DIALED = r"\+?[0-9(][0-9 ()./-]*"
_EXTENSION = r",? ?(?:extension|ext\.?|x) ?([0-9]+)$"

Phone = Annotated[
    Text,
    StringConstraints(pattern=f"^{_DIALED}({_EXTENSION})?$"),
    AfterValidator(lambda number: re.sub(_EXTENSION, r", extension \1", number)),
]
"""A phone number as people write it, with its extension spelled out: "555-0142, extension 3"."""

Phones = Annotated[Text, StringConstraints(pattern=f"^{_DIALED}( or {_DIALED})*$")]
"""One phone number, or several with "or" between them."""
