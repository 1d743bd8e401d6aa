"""The benchmark: copied procedures are valid, and a failed build fails the run."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from build_tools.pipeline import prepare
from tests.bench import multiply
from tests.conftest import LATEST, ROOT, edit

pytestmark = pytest.mark.slow


@pytest.fixture
def bench(project: Path) -> Callable[[], subprocess.CompletedProcess[str]]:
    """Runs the benchmark once, with the example."""
    shutil.copytree(ROOT / "tests", project / "tests", ignore=shutil.ignore_patterns("[!_b]*"))
    size = str(len([*(project / "data/procedures").glob("*.yml")]))
    command = [sys.executable, "-m", "tests.bench", "--sizes", size, "--runs", "1"]
    return lambda: subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)


def test_copied_procedures_have_no_problems(tmp_path: Path) -> None:
    data = shutil.copytree(ROOT / "data", tmp_path / "data")
    multiply(data, 20)
    site = prepare(data, ROOT / "content", LATEST)
    assert (site.problems, len(site.facts.procedures)) == ([], 20)


def test_bench_prints_a_table(bench: Callable[[], subprocess.CompletedProcess[str]]) -> None:
    done = bench()
    assert done.returncode == 0, done.stderr
    assert "| Procedures | 4 |" in done.stdout
    assert "| Our build : stock build of the same pages | " in done.stdout


def test_bench_fails_if_a_build_fails(
    project: Path, bench: Callable[[], subprocess.CompletedProcess[str]]
) -> None:
    edit(project / "data/procedures/teapot-care.yml", "kind: ", "kind: not-")
    done = bench()
    assert done.returncode == 1
    assert "data/procedures/teapot-care.yml:" in done.stderr
    assert "Traceback" not in done.stderr
