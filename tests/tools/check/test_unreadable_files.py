"""An unreadable file is one problem, and causes none in other files."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from build_tools.pipeline import prepare
from tests.conftest import LATEST, ROOT

FILES = (
    *("signs", "shared", "sources", "wording", "situations", "redirects", "claims", "searches"),
    *("vocabulary/conditions", "vocabulary/effects", "vocabulary/words", "comparisons/one-sided-cancer-pain"),
    *("procedures/percutaneous-cordotomy", "procedures/dorsal-rhizotomy", "procedures/no-procedure"),
)
FIRST_FIELD = re.compile(r"^  (?=[a-z_]+: )", re.MULTILINE)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(ROOT / "data", tmp_path_factory.mktemp("project") / "data")


@pytest.mark.slow
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("mistake", ["tab", "field"])
def test_broken_file_causes_no_problem_in_another(data: Path, name: str, mistake: str) -> None:
    file = data / f"{name}.yml"
    text = file.read_text("utf-8")
    broken = f"{text}\n\tx: y\n" if mistake == "tab" else FIRST_FIELD.sub("  zz", text, count=1)
    file.write_text(broken, "utf-8")
    try:
        problems = prepare(data, ROOT / "content", LATEST).problems
    finally:
        file.write_text(text, "utf-8")
    assert {problem.place.path for problem in problems} == ({f"data/{name}.yml"} if broken != text else set())
