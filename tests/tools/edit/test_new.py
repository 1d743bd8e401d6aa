"""Drafts: `python -m build_tools new procedure ID`, and the gaps that the check then lists."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from build_tools.edit.schema import shape
from build_tools.load.gaps import KEY, MARK
from build_tools.load.loader import load
from build_tools.load.reading import read
from tests.conftest import problems_of, run

KINDS = {"procedure": "procedures/teapot-washing.yml", "comparison": "comparisons/wash-or-not.yml"}
IDS = {"procedure": "teapot-washing", "comparison": "wash-or-not"}


@pytest.fixture
def data(example: Path) -> Path:
    """The example's data, with a folder of words beside it."""
    (example.parent / "content").mkdir()
    return example


def new(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Type `new` with these words, in the example."""
    return run(data.parent, "build_tools", "new", *words)


def begin(data: Path, kind: str) -> None:
    assert new(data, kind, IDS[kind]).returncode == 0


def contents(data: Path) -> dict[str, bytes]:
    return {str(path.relative_to(data)): path.read_bytes() for path in sorted(data.rglob("*")) if path.is_file()}


# What a draft holds


@pytest.mark.parametrize("kind", KINDS)
def test_the_check_lists_every_gap_of_a_draft_and_nothing_else(data: Path, kind: str) -> None:
    begin(data, kind)
    file = data / KINDS[kind]
    assert read(file, "x")[1] == []
    lines = file.read_text("utf-8").splitlines()
    marked = [
        number
        for number, line in enumerate(lines, 1)
        for _ in range(0 if line.lstrip().startswith("#") else line.count(MARK) + line.count(f"{KEY}:"))
    ]
    assert marked
    problems = problems_of(data)
    assert [problem.place.path for problem in problems] == [f"data/{KINDS[kind]}"] * len(marked)
    assert [problem.place.line for problem in problems] == marked
    assert all(problem.hint for problem in problems)


@pytest.mark.parametrize(("line", "message", "hint"), [
    ("kind: TO FILL", '"kind" is still to fill.', "What it does to nerves. One of: destroys-nerve-tissue,"),
    ("    role: TO FILL", '"role" under "imaging" is still to fill.', "What it does: plans the procedure"),
    ("    signs: [TO FILL]", '"signs" under "harms" is still to fill.', "The signs by which you would notice it"),
    ("        count: TO FILL", '"count" under "harms" is still to fill.', "How many (people, unless"),
])  # fmt: skip
def test_a_gap_comes_with_the_help_of_its_field(data: Path, line: str, message: str, hint: str) -> None:
    begin(data, "procedure")
    number = (data / KINDS["procedure"]).read_text("utf-8").splitlines().index(line) + 1
    [problem] = [problem for problem in problems_of(data) if problem.place.line == number]
    assert problem.message == message
    assert problem.hint.startswith(hint)
    begins = line.index("[") + 1 if "[" in line else len(line) - len(line.lstrip())
    assert problem.place.column == begins + 1


def test_a_draft_says_of_each_field_what_belongs_there(data: Path) -> None:
    begin(data, "procedure")
    text = (data / KINDS["procedure"]).read_text("utf-8")
    assert text.startswith("# yaml-language-server: $schema=../schema/procedure.json\n")
    for name, field in shape("procedure")["properties"].items():
        assert " ".join(field.get("description", "").split()[:6]) in text, name
    for part in (
        "counted:", "not_known", "does_not_apply", "# May: part_of.", "dangerous, passes, not-seen.",
    ):  # fmt: skip
        assert part in text
    assert max(len(line) for line in text.splitlines()) <= 115
    assert text.count("# Ids from data/sources.yml.") == 1, "what was said once is not said again"


def test_a_draft_becomes_a_fact_file_gap_by_gap(data: Path) -> None:
    """As an editor would: fill the first gap, look at the check, fill the next, until nothing is left."""
    begin(data, "procedure")
    file = data / KINDS["procedure"]
    words = {
        "name": "Teapot washing", "kind": "can-be-undone", "role": "guides", "weight": "passes", "signs": "rough",
        "count": "3", "out_of": "24", "situations": "glaze", "harms": "scratch", "sources": "kettle-2021",
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
    for number in range(len(told)):
        said = [problem for problem in problems if re.search(f"to fill|no key|{KEY}", problem.message)]
        if not said:
            break
        gap = min(said)
        lines = file.read_text("utf-8").split("\n")
        line = lines[gap.place.line - 1]
        name = line.split(":")[0].strip()
        key = keys.get(lines[gap.place.line - 2], KEY)
        lines[gap.place.line - 1] = line.replace(KEY, key).replace(MARK, words.get(name, told[number]), 1)
        file.write_text("\n".join(lines), "utf-8")
        before, problems = len(problems), problems_of(data)
        assert len(problems) < before
    assert problems == []
    assert "teapot-washing" in load(data)[0].procedures


# Nothing is overwritten, nothing is lost


@pytest.mark.parametrize(("words", "said"), [
    (("procedure", "teapot-polishing"), "data/procedures/teapot-polishing.yml is there already"),
    (("comparison", "squeaking-teapot"), "data/comparisons/squeaking-teapot.yml is there already"),
])  # fmt: skip
def test_what_is_there_already_is_never_touched(data: Path, words: tuple[str, ...], said: str) -> None:
    before = contents(data)
    done = new(data, *words)
    assert done.returncode == 1
    assert said in done.stderr
    assert contents(data) == before


# Wrong use


@pytest.mark.parametrize(("words", "said"), [
    (("procedure", "Teapot_Washing"), 'for example "teapot-washing"'),
    (("procedure", "../../teapot"), 'for example "teapot"'),
    (("procedure", "té pot"), "Use small letters, digits and hyphens"),
    (("procedure", ""), "Use small letters, digits and hyphens."),
    (("teapot", "x"), "invalid choice: 'teapot'"),
    ((), "the following arguments are required"),
])  # fmt: skip
def test_wrong_use_ends_with_2_says_why_and_writes_nothing(data: Path, words: tuple[str, ...], said: str) -> None:
    before = contents(data)
    done = new(data, *words)
    assert done.returncode == 2
    assert said in done.stderr
    assert contents(data) == before


def test_a_draft_says_where_it_is_and_what_comes_next(project: Path) -> None:
    done = run(project, "build_tools", "new", "clinic", "spout-house")
    assert (done.stderr, done.returncode) == ("", 0)
    first, following = done.stdout.splitlines()
    found = re.fullmatch(r"Wrote data/clinics/spout-house/clinic.yml, with (\d+) gaps to fill.", first)
    assert found
    assert "make check" in following
    checked = run(project, "build_tools", "check")
    assert checked.returncode == 1
    assert f":8:1: {found[1]} gaps left, next: name (line 8).\n    The clinic's" in checked.stderr
    assert checked.stderr.endswith("\n1 problem found.\n")
