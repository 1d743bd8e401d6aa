"""Fixtures and helpers for all tests: the invented example, a small project with it, and commands run there."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import chdir, redirect_stderr, redirect_stdout
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

import pytest
from hypothesis import settings
from selectolax.lexbor import LexborHTMLParser

from build_tools.__main__ import main
from build_tools.check.rules import check
from build_tools.load.facts import Facts
from build_tools.load.loader import load
from build_tools.records.problems import Problem
from build_tools.records.sections import DETAIL_PAGES
from build_tools.render.rendering import Page, Site

T = TypeVar("T")
ROOT = Path(__file__).resolve().parent.parent
TODAY = date(2026, 12, 1)
"""The day of every test and of every command that a test runs, soon after the example's facts were checked."""


def clock(day: date) -> dict[str, str]:
    """The environment variables with which a command runs on `day`."""
    return {"SOURCE_DATE_EPOCH": f"{datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp():.0f}"}


def _find_last_edit(data: Path) -> date:
    dates = re.compile(r"^\W*(?:facts_checked|read_by|searched|published|signed): (\d{4}-\d\d-\d\d)$", re.M)
    texts = (file.read_text("utf-8") for file in data.rglob("*.yml"))
    return max(date.fromisoformat(day) for text in texts for day in dates.findall(text))


LATEST = max(TODAY, _find_last_edit(ROOT / "data"))
"""The day of tests of the real facts: not before their last edit."""

os.environ.update(clock(TODAY), NO_MKDOCS_2_WARNING="1")
settings.register_profile("fuzz", deadline=None, max_examples=10_000)  # make fuzz
settings.register_profile("tests", deadline=None, max_examples=80, derandomize=True)
settings.load_profile("tests")

WORDS = {
    "index.md": "Look at [all procedures](procedures.md).",
    "how-to-read-the-numbers.md": '{{ figure("teapot-polishing.benefits.quiet") }}',
    "about.md": "{{ dates_of_facts() }}\n\n## How the facts were chosen {: #how-the-facts-were-chosen }\n\nSo.",
    "accessibility.md": "Everybody can read about teapots.",
    "privacy.md": "Nobody asks who you are.",
    "data.md": "Programs can read about teapots, too: [all figures](api/v1/figures.csv).",
}


@pytest.fixture(scope="session")
def facts() -> Facts:
    """The real facts."""
    return load(ROOT / "data")[0]


@pytest.fixture
def example(tmp_path: Path) -> Path:
    """A copy of the example data, in a folder called data, that a test can change."""
    return shutil.copytree(ROOT / "docs/example/data", tmp_path / "data")


@pytest.fixture
def project(tmp_path: Path, example: Path) -> Path:
    """A project in which commands can run: the example data, short hand-written pages, and the code."""
    return lay_out(tmp_path)


def lay_out(folder: Path) -> Path:
    """Make a project with the example data in a folder."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "docs/example/data", folder / "data", dirs_exist_ok=True)
    for name in ("build_tools", "hooks", "content/templates", "content/assets"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignored, dirs_exist_ok=True)
    shutil.copy(ROOT / "content/search.md", folder / "content")
    settings = (ROOT / "mkdocs.yml").read_text("utf-8")
    without_leaflets = settings.replace("leaflets: true", "leaflets: false")  # leaflets are slow
    (folder / "mkdocs.yml").write_text(without_leaflets, "utf-8")
    for name, text in WORDS.items():
        title = name.removesuffix(".md").replace("-", " ").capitalize()
        title = "Data for other programs" if name == "data.md" else title  # the title in the menu
        text += "\n\n## What you can do next {: #next }\n\n- [See all the teapots on these pages](procedures.md)"
        (folder / "content" / name).write_text(f"---\ntitle: {title}\n---\n\n# {title}\n\n{text}\n", "utf-8")
    return folder


def until(read: Callable[[], T], is_expected: Callable[[T], object]) -> T:
    """Call `read` until its value is expected, and return that; the long timeout is for a busy machine."""
    end = time.monotonic() + 300
    while not is_expected(value := read()):
        assert time.monotonic() < end, f"The last value was: {value}"
        time.sleep(0.1)
    return value


def loaded(data: Path, clinic: str = "") -> Facts:
    """The facts in a folder, which must load without problems."""
    facts, problems = load(data, clinic)
    assert problems == []
    return facts


def problems_of(data: Path) -> list[Problem]:
    """The problems that loading and the rules find in a folder."""
    facts, problems = load(data)
    return sorted({*problems, *check(facts, TODAY)})


def detail_text(pages: Iterable[Page], id: str = "teapot-polishing") -> str:
    """The text of all detail pages of a procedure."""
    texts = {page.path: page.text for page in pages}
    return "\n".join(texts.get(f"procedures/{id}/{detail.name}.md", "") for detail in DETAIL_PAGES)


def page_text(site: Site, path: str) -> str:
    """The Markdown of a page."""
    return next(page.text for page in site.pages if page.path == path)


def visible_text(html: str) -> str:
    """The text of HTML on one line."""
    return " ".join(LexborHTMLParser(html).text().split())


def edit(path: Path, old: str, new: str) -> None:
    """Replace `old`, which must occur exactly once in the file."""
    text = path.read_text("utf-8")
    assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times in {path}"
    path.write_text(text.replace(old, new), "utf-8")


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m <command>` in `folder`; build_tools runs in this process, except `build`."""
    if command[0] == "build_tools" and command[1:2] != ("build",):
        return _run_here(folder, *command[1:])
    return subprocess.run(
        [sys.executable, "-m", *command], cwd=folder, capture_output=True, text=True, check=False
    )


def _run_here(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    out, err = io.StringIO(), io.StringIO()
    with chdir(folder), redirect_stdout(out), redirect_stderr(err), pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.stdin", io.StringIO())
        try:
            status: int | str | None = main(list(arguments))
        except SystemExit as exit:
            status = exit.code
    return subprocess.CompletedProcess(arguments, int(status or 0), out.getvalue(), err.getvalue())
