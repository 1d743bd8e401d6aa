"""What all tests share: the invented example data, a small project around it, and a way to change one place."""

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
from build_tools.records.sections import DETAILS
from build_tools.render.rendering import Page, Site

Answer = TypeVar("Answer")
ROOT = Path(__file__).resolve().parent.parent
TODAY = date(2026, 12, 1)
"""The day of every test and of every command that a test runs, shortly after the example's facts were checked."""


def clock(day: date) -> dict[str, str]:
    """What makes it `day` for a command."""
    return {"SOURCE_DATE_EPOCH": f"{datetime(day.year, day.month, day.day, 12, tzinfo=UTC).timestamp():.0f}"}


def _last_edit(data: Path) -> date:
    edited = re.compile(r"^\W*(?:facts_checked|read_by|searched|published|signed): (\d{4}-\d\d-\d\d)$", re.M)
    files = (file.read_text("utf-8") for file in data.rglob("*.yml"))
    return max(date.fromisoformat(day) for text in files for day in edited.findall(text))


LATEST = max(TODAY, _last_edit(ROOT / "data"))
"""The day of tests of the real facts: never before somebody last worked on them."""

os.environ.update(clock(TODAY), NO_MKDOCS_2_WARNING="1")
settings.register_profile("fuzz", deadline=None, max_examples=10_000)  # make fuzz
settings.register_profile(
    "busy machine", deadline=None, max_examples=80, derandomize=True
)  # a slow test is no wrong test
settings.load_profile("busy machine")

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
    """A copy of the example data, in a folder called data, that a test may change."""
    return shutil.copytree(ROOT / "docs/example/data", tmp_path / "data")


@pytest.fixture
def project(tmp_path: Path, example: Path) -> Path:
    """A whole project in which commands can run: the example data and small pages of words."""
    return lay_out(tmp_path)


def lay_out(folder: Path) -> Path:
    """Put the example data into a folder, and a whole project around it."""
    unwanted = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "docs/example/data", folder / "data", dirs_exist_ok=True)
    for name in ("build_tools", "hooks", "content/templates", "content/assets"):
        shutil.copytree(ROOT / name, folder / name, ignore=unwanted, dirs_exist_ok=True)
    shutil.copy(ROOT / "content/search.md", folder / "content")
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
    return folder


def until(ask: Callable[[], Answer], wanted: Callable[[Answer], object]) -> Answer:
    """What `ask` answers once that is as wanted. It asks for long: a busy machine is slow, and not wrong."""
    end = time.monotonic() + 300
    while not wanted(answer := ask()):
        assert time.monotonic() < end, f"The last answer was: {answer}"
        time.sleep(0.1)
    return answer


def loaded(data: Path, clinic: str = "") -> Facts:
    """The facts of a folder that reading finds nothing wrong with."""
    facts, problems = load(data, clinic)
    assert problems == []
    return facts


def problems_of(data: Path) -> list[Problem]:
    """What reading and the rules between facts find in a folder."""
    facts, problems = load(data)
    return sorted({*problems, *check(facts, TODAY)})


def detail_text(pages: Iterable[Page], id: str = "teapot-polishing") -> str:
    """The text of all detail pages of a procedure."""
    wanted = [f"procedures/{id}/{detail.name}.md" for detail in DETAILS]
    texts = {page.path: page.text for page in pages}
    return "\n".join(texts[path] for path in wanted if path in texts)


def page_text(site: Site, path: str) -> str:
    """A page as Markdown."""
    return next(page.text for page in site.pages if page.path == path)


def without_marks(html: str) -> str:
    """What HTML says, on one line."""
    return " ".join(LexborHTMLParser(html).text().split())


def edit(path: Path, old: str, new: str) -> None:
    """Put `new` in the place of `old`, which must stand exactly once in the file."""
    text = path.read_text("utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path}"
    path.write_text(text.replace(old, new), "utf-8")


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m <command>` in `folder`, as somebody would type it there; build_tools in this process."""
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
        except SystemExit as ended:
            status = ended.code
    return subprocess.CompletedProcess(arguments, int(status or 0), out.getvalue(), err.getvalue())
