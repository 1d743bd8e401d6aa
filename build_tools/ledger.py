"""Files that only grow: a list of entries to which one is appended, and in which nothing older is touched."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import Any

import yaml

from build_tools.problems import Place, Problem
from build_tools.reading import read

_NO_ENTRY = re.compile(rb"^\[[ \t]*\][ \t]*\r?\n?\Z", re.MULTILINE)


class _WithoutShortcuts(yaml.SafeDumper):
    """Writes a value that stands twice twice: our reader knows no & and *."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def append(file: Path, shown: str, entry: dict[str, Any]) -> list[Problem]:
    """Write `entry` after the last one of `file`, or say why not and leave the file as it was.

    Every byte before it stays; only the brackets of an empty list give way to the first entry.
    """
    before, problems = read(file, shown)
    if problems:
        return problems
    old = file.read_bytes()
    line_end = b"\r\n" if b"\r\n" in old else b"\n"
    kept = _NO_ENTRY.sub(b"", old)
    if before.value == [] and kept == old:
        return [Problem(before.place(), "The brackets [] must be the last line.", "Move what follows above them.")]
    if kept and not kept.endswith(b"\n"):
        kept += line_end
    text = yaml.dump([entry], Dumper=_WithoutShortcuts, sort_keys=False, allow_unicode=True, width=10**9)
    new = file.with_name(f".{file.name}.new")
    try:
        new.write_bytes(kept + text.encode("utf-8").replace(b"\n", line_end))
        after, problems = read(new, shown)
        if not problems and (not isinstance(after.value, list) or after.value[:-1] != before.value):
            problems = [
                Problem(
                    Place(shown),
                    "An entry cannot be appended here.",
                    "Put the file back as it was, and try again.",
                )
            ]
        if not problems:
            shutil.copymode(file, new)
            os.replace(new, file)  # noqa: PTH105
        return problems
    finally:
        new.unlink(missing_ok=True)
