"""What a long command says while it works."""

from __future__ import annotations

import sys


def say(step: str) -> None:
    """Name the step that begins now, for a person who waits at a terminal."""
    if sys.stderr.isatty():
        print(f"{step} ...", file=sys.stderr, flush=True)
