"""The built site held against the facts, read independently of the code that wrote it."""

from __future__ import annotations

from pathlib import Path

from build_tools.problems import Problem


def verify(site: Path, data: Path) -> list[Problem]:
    """Problems of the built site."""
    return []
