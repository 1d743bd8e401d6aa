"""The list of all rules, docs/rules.md: what each one holds, from its docstring, module by module."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import groupby
from typing import Any

from build_tools.check import rules as between_facts
from build_tools.model import reviews

_HEAD = """\
# Rules

What must hold between facts, in the words of the rules themselves. A rule's name is that of its function, and a
proof in `tests/tools` shows an edit that it finds. Rules for words are in `build_tools/prose`, those
for the built site in `build_tools/verify`. `make schema` writes this file.
"""


def rules_page() -> str:
    """The page, for people who wonder why something is refused."""
    every: Iterable[Callable[..., Any]] = (*between_facts.RULES, *reviews.RULES)
    text = _HEAD
    for module, rules in groupby(every, key=lambda rule: rule.__module__):
        text += f"\n## `{module.replace('.', '/')}.py`\n\n"
        for rule in rules:
            text += f"- **{rule.__name__}**: {' '.join((rule.__doc__ or '').split())}\n"
    return text
