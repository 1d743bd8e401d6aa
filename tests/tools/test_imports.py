"""The facts and their pages do not need MkDocs; the hook only hands them over."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

MODULES = sorted((ROOT / "build_tools").rglob("*.py"))
GENERATOR = ("mkdocs", "material", "hooks")

BLOCKED = """
import datetime, importlib, pathlib, pkgutil, sys
for name in ("mkdocs", "material", "hooks"):
    sys.modules[name] = None
import build_tools.__main__
for module in pkgutil.walk_packages(build_tools.__path__, "build_tools."):
    importlib.import_module(module.name)
made = build_tools.pipeline.prepare(*map(pathlib.Path, sys.argv[1:]), datetime.date(2026, 12, 1))
print(*(page.text for page in made.pages))
"""


def imported(module: Path) -> list[list[str]]:
    """The parts of the names of all modules that a module imports, wherever in it."""
    names = re.findall(r"^ *(?:from|import) ([\w.]+)", module.read_text("utf-8"), re.MULTILINE)
    return [name.split(".") for name in names]


def test_no_module_of_build_tools_imports_the_site_generator() -> None:
    assert [module for module in MODULES if {top for top, *_ in imported(module)} & {*GENERATOR}] == []


ROOMS = ("records", "load", "model", "prose", "check", "export", "render", "edit", "verify", "release")
"""The folders of build_tools. A module may import from its own and from those before it."""


@pytest.mark.parametrize("room", ROOMS)
def test_imports_go_down(room: str) -> None:
    modules = [module for module in MODULES if module.parent.name == room]
    assert 1 < len(modules) <= 11  # ten, and __init__
    for module in modules:
        rooms = {parts[1] for parts in imported(module) if parts[0] == "build_tools"}
        assert rooms <= {*ROOMS[: ROOMS.index(room) + 1]}, module


def test_pages_can_be_written_where_the_site_generator_is_missing(content: Path) -> None:
    command = [sys.executable, "-c", BLOCKED, str(ROOT / "docs/example/data"), str(content)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert "# Teapot polishing" in run.stdout
