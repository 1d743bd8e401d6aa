"""Gaps: places in a data file that somebody has still to fill.

A draft marks each of them, so that a file can grow from the top to the bottom: until the last one is filled,
`check` lists them, and nothing is published.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from build_tools.load.yaml_reader import Document, Steps

MARK = "TO FILL"
"""A text that holds this is not written yet."""

KEY = "to-fill"
"""The key of an entry that has no key of its own yet."""


def is_placeholder(value: Any) -> bool:
    """Whether a value is still to be written."""
    return isinstance(value, str) and MARK in value


def iter_placeholders(document: Document) -> Iterator[Steps]:
    """The path to every gap in a file: a text that is not written, or a key that is none."""
    if MARK in document.text or KEY in document.text:  # nearly no file has one
        yield from _gaps(document.value, ())


def _gaps(value: Any, steps: Steps) -> Iterator[Steps]:
    if is_placeholder(value):
        yield steps
    elif isinstance(value, list):
        for position, item in enumerate(value):
            yield from _gaps(item, (*steps, position))
    elif isinstance(value, dict):
        for key, item in value.items():
            if key == KEY:
                yield (*steps, key)
            yield from _gaps(item, (*steps, key))
