"""Drafts: `python -m build_tools new procedure ID`, and the gaps that the check then lists."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from build_tools.load.loader import load
from build_tools.load.placeholders import KEY, MARK
from tests.conftest import problems_of, run


@pytest.fixture
def data(example: Path) -> Path:
    """The example's data, with a folder of words beside it."""
    (example.parent / "content").mkdir()
    return example


def new(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Type `new` with these words, in the example."""
    return run(data.parent, "build_tools", "new", *words)


def contents(data: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in data.rglob("*") if path.is_file()}


@pytest.mark.parametrize(("kind", "file"), [
    ("procedure", "procedures/new-one.yml"),
    ("comparison", "comparisons/new-one.yml"),
    ("clinic", "clinics/new-one/clinic.yml"),
])  # fmt: skip
def test_the_check_lists_every_gap_of_a_draft_and_nothing_else(data: Path, kind: str, file: str) -> None:
    done = new(data, kind, "new-one")
    lines = (data / file).read_text("utf-8").splitlines()
    assert (data / file).parent.joinpath(
        lines[0].partition("$schema=")[2]
    ).resolve() == data / f"schema/{kind}.json"
    marked = [
        (f"data/{file}", number)
        for number, line in enumerate(lines, 1)
        if not line.startswith("#") and (MARK in line or KEY in line)
    ]
    problems = problems_of(data)
    assert [(problem.place.path, problem.place.line) for problem in problems] == marked
    assert all(problem.hint for problem in problems)
    assert done.stdout.startswith(f"Wrote data/{file}: {len(marked)} gaps, next: ")
    assert f"(line {marked[0][1]})" in done.stdout


def test_a_draft_becomes_a_fact_file_gap_by_gap(data: Path) -> None:
    """As an editor would: fill the first gap, look at the check, fill the next, until nothing is left."""
    new(data, "procedure", "teapot-washing")
    file = data / "procedures/teapot-washing.yml"
    words = {
        "name": "Teapot washing", "kind": "can-be-undone", "role": "guides", "weight": "passes", "signs": "rough",
        "count": "3", "out_of": "24", "situations": "glaze", "harms": "scratch", "sources": "kettle-2021",
        "source": "kettle-2021",
    }  # fmt: skip
    keys = {
        "targets:": "hinge", "methods:": "soft-cloth", "imaging:": "magnifying-glass", "anesthesia:": "empty-pot",
        "indications:": "squeaking-lid", "harms:": "scratch",
    }  # fmt: skip
    things = (
        "lid", "pot", "spout", "cup", "tray", "kettle", "spoon", "shelf", "table", "cloth", "rim", "hand", "tea",
    )  # fmt: skip
    told = [f"By the glass, the {one} is by the {other}." for one in things for other in things if one != other]
    problems = problems_of(data)
    assert len(problems) > 70
    for said in told:
        gaps = [problem for problem in problems if re.search(f"not filled|no key|{KEY}", problem.message)]
        if not gaps:
            break
        number = min(gaps).place.line
        lines = file.read_text("utf-8").split("\n")
        name = re.findall(r"(\w+):", "\n".join(lines[:number]))[-1]
        key = keys.get(lines[number - 2], KEY)
        lines[number - 1] = lines[number - 1].replace(KEY, key).replace(MARK, words.get(name, said))
        file.write_text("\n".join(lines), "utf-8")
        before, problems = len(problems), problems_of(data)
        assert len(problems) < before
    assert problems == []
    assert "teapot-washing" in load(data)[0].procedures


@pytest.mark.parametrize(("words", "status", "said"), [
    (("procedure", "teapot-polishing"), 1, "data/procedures/teapot-polishing.yml already exists"),
    (("procedure", "Teapot_Washing"), 2, 'for example "teapot-washing"'),
    (("procedure", "../../teapot"), 2, 'for example "teapot"'),
    (("procedure", "té pot"), 2, "small letters, digits and hyphens"),
    (("procedure", ""), 2, "small letters, digits and hyphens."),
    (("procedure", "x" * 300), 2, "at most 60"),
    (("teapot", "x"), 2, "'teapot' is not one of"),
])  # fmt: skip
def test_what_cannot_be_a_new_file_is_refused(data: Path, words: tuple[str, ...], status: int, said: str) -> None:
    before = contents(data)
    done = new(data, *words)
    assert done.returncode == status
    assert said in done.stderr
    assert contents(data) == before


def test_the_check_counts_the_gaps_that_are_left(project: Path) -> None:
    assert run(project, "build_tools", "new", "clinic", "spout-house").returncode == 0
    checked = run(project, "build_tools", "check")
    assert checked.returncode == 1
    assert ":7:1: 11 fields left to fill in, next: name (line 7).\n    The clinic's" in checked.stderr
    assert checked.stderr.endswith("\n1 problem found.\n")
