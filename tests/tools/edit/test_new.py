"""Drafts: `python -m build_tools new procedure ID`, and the gaps that the check then reports."""

from __future__ import annotations

import re
import subprocess
from itertools import permutations
from pathlib import Path

import pytest
import yaml

from build_tools.load.loader import load
from build_tools.load.placeholders import KEY, MARK, name_path
from tests.conftest import ROOT, problems_of, run


@pytest.fixture
def data(example: Path) -> Path:
    """The example's data, with a content folder next to it."""
    (example.parent / "content").mkdir()
    return example


def new(data: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run(data.parent, "build_tools", "new", *arguments)


@pytest.mark.parametrize(("kind", "file"), [
    ("procedure", "procedures/new-one.yml"),
    ("comparison", "comparisons/new-one.yml"),
    ("clinic", "clinics/new-one/clinic.yml"),
])  # fmt: skip
def test_check_reports_exactly_the_gaps_of_a_draft(data: Path, kind: str, file: str) -> None:
    done = new(data, kind, "new-one")
    path = data / file
    lines = path.read_text("utf-8").splitlines()
    schema = lines[0].partition("$schema=")[2]
    assert (path.parent / schema).resolve() == data / f"schema/{kind}.json"
    gaps = [
        (f"data/{file}", number)
        for number, line in enumerate(lines, 1)
        if not line.startswith("#") and (MARK in line or KEY in line)
    ]
    problems = problems_of(data)
    assert [(problem.place.path, problem.place.line) for problem in problems] == gaps
    assert all(problem.hint for problem in problems)
    assert done.stdout.startswith(f"Wrote data/{file}: {len(gaps)} fields to fill in, next: ")
    assert f"(line {gaps[0][1]})" in done.stdout


def test_draft_without_gaps_has_no_problems(data: Path) -> None:
    """As an editor works: fill the first gap, run the check, and repeat until no gap is left."""
    new(data, "procedure", "teapot-washing")
    file = data / "procedures/teapot-washing.yml"
    values = {
        "name": "Teapot washing", "kind": "can-be-undone", "role": "guides", "weight": "passes", "signs": "rough",
        "count": "3", "out_of": "24", "situations": "glaze", "harms": "scratch", "sources": "kettle-2021",
        "source": "kettle-2021",
    }  # fmt: skip
    keys = {
        "targets:": "hinge", "methods:": "soft-cloth", "imaging:": "magnifying-glass", "anesthesia:": "empty-pot",
        "indications:": "squeaking-lid", "harms:": "scratch",
    }  # fmt: skip
    things = "lid pot spout cup tray kettle spoon shelf table cloth rim hand tea".split()
    problems = problems_of(data)
    assert len(problems) > 70
    for thing, other in permutations(things, 2):
        gaps = [problem for problem in problems if re.search(f"not filled|no key|{KEY}", problem.message)]
        if not gaps:
            break
        number = min(gaps).place.line
        lines = file.read_text("utf-8").split("\n")
        name = re.findall(r"(\w+):", "\n".join(lines[:number]))[-1]
        key = keys.get(lines[number - 2], KEY)
        lines[number - 1] = lines[number - 1].replace(KEY, key)
        sentence = f"By the glass, the {thing} is by the {other}."
        lines[number - 1] = lines[number - 1].replace(MARK, values.get(name, sentence))
        file.write_text("\n".join(lines), "utf-8")
        before, problems = len(problems), problems_of(data)
        assert len(problems) < before
    assert problems == []
    assert "teapot-washing" in load(data)[0].procedures


def test_comparison_starts_with_the_option_of_no_procedure(data: Path) -> None:
    new(data, "comparison", "new-one")
    draft = yaml.safe_load((data / "comparisons/new-one.yml").read_text("utf-8"))
    assert draft["options"] == [MARK, MARK, "no-procedure"]
    assert load(ROOT / "data")[0].procedures["no-procedure"].kind == "no-procedure"


@pytest.mark.parametrize(("arguments", "status", "message"), [
    (("procedure", "teapot-polishing"), 1, "data/procedures/teapot-polishing.yml already exists"),
    (("procedure", "Teapot_Washing"), 2, 'for example "teapot-washing"'),
    (("procedure", "../../teapot"), 2, 'for example "teapot"'),
    (("procedure", "té pot"), 2, "lowercase letters, digits, and hyphens"),
    (("procedure", ""), 2, "lowercase letters, digits, and hyphens."),
    (("procedure", "x" * 300), 2, "at most 60"),
    (("teapot", "x"), 2, "'teapot' is not one of"),
])  # fmt: skip
def test_invalid_new_file_is_refused(data: Path, arguments: tuple[str, ...], status: int, message: str) -> None:
    before = {path: path.read_bytes() for path in data.rglob("*.*")}
    done = new(data, *arguments)
    assert done.returncode == status
    assert message in done.stderr
    assert {path: path.read_bytes() for path in data.rglob("*.*")} == before


def test_check_counts_the_gaps_of_a_draft(project: Path) -> None:
    assert run(project, "build_tools", "new", "clinic", "spout-house").returncode == 0
    done = run(project, "build_tools", "check")
    assert done.returncode == 1
    assert ":7:1: 11 fields left to fill in, next: name (line 7).\n    The clinic's" in done.stderr
    assert done.stderr.endswith("\n1 problem found.\n")


def test_next_gap_of_a_list_is_named_in_words() -> None:
    assert name_path(("conditions", 0)) == "entry 1 of conditions"
    assert name_path(("names", "plain")) == "names.plain"
