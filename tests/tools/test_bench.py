"""The benchmark: copies of procedures are right, and what cannot be built fails the run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from build_tools.pipeline import prepare
from tests.bench import multiply
from tests.conftest import LATEST, ROOT, clock, edit

pytestmark = pytest.mark.slow


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of what the benchmark reads and runs."""
    for name in ("build_tools", "hooks", "content", "data", "tests"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "mkdocs.yml", tmp_path)
    return tmp_path


def bench(project: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.bench", "--sizes", "17", "--runs", "1"]
    environment = os.environ | clock(LATEST)
    return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)


def test_copied_procedures_have_no_problem(copied: Path) -> None:
    multiply(copied / "data", 20)
    site = prepare(copied / "data", copied / "content", LATEST)
    assert (site.problems, len(site.facts.procedures)) == ([], 20)


def test_bench_prints_a_table() -> None:
    done = bench(ROOT)
    assert done.returncode == 0, done.stderr
    assert "| Procedures | 17 |" in done.stdout
    assert "| Our build : stock build of the same pages | " in done.stdout


def test_bench_fails_if_a_file_is_broken(copied: Path) -> None:
    edit(copied / "data/procedures/cordotomy.yml", "kind: destroys-nerve-tissue", "kind: destroys-nothing")
    done = bench(copied)
    assert done.returncode == 1
    assert "data/procedures/cordotomy.yml:" in done.stderr
    assert "Traceback" not in done.stderr
