"""Placeholders: the places in a draft that an editor still has to fill.

As long as a file has one, `check` reports it, and nothing is published.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from build_tools.load.yaml_reader import Document, Steps

MARK = "TO FILL"
"""A text with this is a placeholder."""

KEY = "to-fill"
"""The key of an entry that has no key yet."""


def is_placeholder(value: Any) -> bool:
    """Whether a value still has to be written."""
    return isinstance(value, str) and MARK in value


def iter_placeholders(document: Document) -> Iterator[Steps]:
    """The path to every placeholder in a file: a text or a key."""
    if MARK in document.text or KEY in document.text:  # nearly no file has one
        yield from _iter_in(document.value, ())


def name_path(steps: Steps) -> str:
    """The path to a placeholder in words: "names.plain", or "entry 1 of conditions"."""
    *above, last = steps
    path = ".".join(map(str, above))
    return f"entry {last + 1} of {path}" if isinstance(last, int) else ".".join(map(str, steps))


def _iter_in(value: Any, steps: Steps) -> Iterator[Steps]:
    if is_placeholder(value):
        yield steps
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _iter_in(item, (*steps, position))
    elif isinstance(value, dict):
        for key, item in value.items():
            if key == KEY:
                yield (*steps, key)
            yield from _iter_in(item, (*steps, key))
