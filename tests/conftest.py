"""What all tests share: the invented example data, a small project around it, and a way to change one place."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TODAY = date(2026, 12, 1)
"""The day on which tests look at the example, a few days after its facts were checked."""

WORDS = {
    "index.md": "Look at [all procedures](procedures.md).",
    "how-to-read-the-numbers.md": '{{ figure("teapot-polishing.benefits.quiet") }}',
    "about.md": "{{ dates_of_facts() }}",
    "accessibility.md": "Everybody can read about teapots.",
    "privacy.md": "Nobody asks who you are.",
    "data.md": "Programs can read about teapots too.",
    "search.md": "Look for a teapot.",
}


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """A copy of the example data, in a folder called data, that a test may change."""
    return shutil.copytree(ROOT / "docs/example/data", tmp_path / "data")


@pytest.fixture
def project(tmp_path: Path, example: Path) -> Path:
    """A whole project in which commands can run: the example data, checked today, and small pages of words."""
    lay_out(tmp_path)
    return tmp_path


def lay_out(folder: Path) -> None:
    """Put a whole project around the example in `folder`/data."""
    unwanted = shutil.ignore_patterns("__pycache__")
    for name in ("build_tools", "hooks", "content/templates", "content/assets"):
        shutil.copytree(ROOT / name, folder / name, ignore=unwanted, dirs_exist_ok=True)
    settings = (
        (ROOT / "mkdocs.yml").read_text("utf-8").replace("leaflets: true", "leaflets: false")
    )  # they take long
    (folder / "mkdocs.yml").write_text(settings, "utf-8")
    for name, text in WORDS.items():
        title = name.removesuffix(".md").replace("-", " ").capitalize()
        title = "Data for other programs" if name == "data.md" else title  # as the menu calls it
        text += (
            "\n\n## What you can do next {: #next }\n\n- [Look at all the teapots on these pages](procedures.md)"
        )
        (folder / "content" / name).write_text(f"---\ntitle: {title}\n---\n\n# {title}\n\n{text}\n", "utf-8")
    today = date.today()
    for file in (folder / "data").rglob("*.yml"):
        text = file.read_text("utf-8").replace("2026-11-22", str(today))
        file.write_text(text.replace("2027-11-22", str(today + timedelta(days=365))), "utf-8")


def edit(path: Path, old: str, new: str) -> None:
    """Put `new` in the place of `old`, which must stand exactly once in the file."""
    text = path.read_text("utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
    path.write_text(text.replace(old, new), "utf-8")


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m <command>` in `folder`, as somebody would type it there."""
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
