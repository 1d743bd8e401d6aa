"""Folders import in one direction, and pages do not need MkDocs: the contracts are in pyproject.toml."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from pathlib import Path

from tests.conftest import ROOT

WITHOUT_MKDOCS = """
import datetime, importlib, pathlib, pkgutil, sys
for name in ("mkdocs", "material", "hooks"):
    sys.modules[name] = None
import build_tools.__main__
for module in pkgutil.walk_packages(build_tools.__path__, "build_tools."):
    importlib.import_module(module.name)
site = build_tools.pipeline.prepare(*map(pathlib.Path, sys.argv[1:]), datetime.date(2026, 12, 1))
print(*(page.text for page in site.pages))
"""


def run(*command: str | Path) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_import_contracts_are_kept() -> None:
    run(Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo")


def test_no_module_is_longer_than_500_lines() -> None:
    lengths = {module: len(module.read_text("utf-8").splitlines()) for module in ROOT.glob("build_tools/**/*.py")}
    assert {module: length for module, length in lengths.items() if length > 500} == {}


def test_a_folder_has_at_most_ten_modules() -> None:
    counts = Counter(module.parent.name for module in (ROOT / "build_tools").glob("*/[!_]*.py"))
    assert {folder: count for folder, count in counts.items() if count > 10} == {}


def test_pages_are_rendered_without_mkdocs(content: Path) -> None:
    pages = run(sys.executable, "-c", WITHOUT_MKDOCS, ROOT / "docs/example/data", content)
    assert "# Teapot polishing" in pages


def test_check_does_not_wait_for_what_only_other_commands_need() -> None:
    command = "import sys, build_tools.__main__; print(*sys.modules)"
    loaded = subprocess.check_output([sys.executable, "-c", command], cwd=ROOT, text=True).split()
    assert {"typst", "segno", "icalendar", "brotli"}.isdisjoint(loaded)
