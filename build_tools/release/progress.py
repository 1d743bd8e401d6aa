"""Progress messages of commands that take long."""

from __future__ import annotations

import sys


def say(step: str) -> None:
    """Print the step that begins, if somebody waits at a terminal."""
    if sys.stderr.isatty():
        print(f"{step} ...", file=sys.stderr, flush=True)
