"""Append-only logs: new entries go at the end, and existing ones never change."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from build_tools.load.yaml_reader import read
from build_tools.records.problems import Place, Problem

_NO_ENTRY = re.compile(rb"^\[\s*\]\s*\n?", re.MULTILINE)


class _Dumper(yaml.SafeDumper):
    """Repeats values, because our reader does not support anchors and aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def format_entry(entry: dict[str, Any]) -> str:
    """Format an entry as YAML."""
    return yaml.dump([entry], Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10**9)


def append(file: Path, shown: str, entry: dict[str, Any]) -> list[Problem]:
    """Append `entry` to `file`; or return why not, and leave the file unchanged.

    Every byte of the file stays, except for the brackets of an empty list.
    """
    before, problems = read(file, shown)
    if problems:
        return problems
    old = file.read_bytes()
    kept = _NO_ENTRY.sub(b"", old) if before.value == [] else old
    end = b"" if not kept or kept.endswith(b"\n") else b"\n"
    with file.open("r+b") as log:  # never truncates, even on a full disk
        log.write(kept + end + format_entry(entry).encode("utf-8"))
    after, problems = read(file, shown)
    if not problems and (not isinstance(after.value, list) or after.value[:-1] != before.value):
        hint = "Put the file back as it was, and try again."
        problems = [Problem(Place(shown), "An entry cannot be appended here.", hint)]
    if problems:
        file.write_bytes(old)
    return problems
