"""Drafts: `python -m build_tools new procedure ID`, and the gaps that the check then lists."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from build_tools.__main__ import main
from build_tools.checks import check
from build_tools.facts import load
from build_tools.gaps import KEY, MARK
from build_tools.problems import Problem
from build_tools.reading import read
from build_tools.schema import shape
from tests.conftest import TODAY, run

New = Callable[..., int]

KINDS = {
    "procedure": "procedures/teapot-washing.yml",
    "comparison": "comparisons/wash-or-not.yml",
    "source": "sources.yml",
    "term": "vocabulary/methods.yml",
}
IDS = {
    "procedure": "teapot-washing",
    "comparison": "wash-or-not",
    "source": "ladle-2022",
    "term": "methods/rinsing",
}


@pytest.fixture
def new(example: Path, tmp_path: Path) -> New:
    """Type `new` with these words, in the example; the status with which it ends."""
    (tmp_path / "content").mkdir()

    def type_(*words: str) -> int:
        folders = ("--data", str(example), "--content", str(tmp_path / "content"))
        try:
            return main([*folders, "new", *words])
        except SystemExit as end:
            return int(end.code or 0)

    return type_


def begin(new: New, kind: str) -> None:
    assert new(kind, IDS[kind]) == 0


def problems_of(data: Path) -> list[Problem]:
    facts, problems = load(data)
    return sorted({*problems, *check(facts, TODAY)})


def contents(data: Path) -> dict[str, bytes]:
    return {str(path.relative_to(data)): path.read_bytes() for path in sorted(data.rglob("*")) if path.is_file()}


# What a draft holds


@pytest.mark.parametrize("kind", KINDS)
def test_a_draft_can_be_read_and_the_check_lists_every_gap_and_nothing_else(
    new: New, example: Path, kind: str
) -> None:
    begin(new, kind)
    file = example / KINDS[kind]
    assert read(file, "x")[1] == []
    lines = file.read_text("utf-8").splitlines()
    marked = [
        number
        for number, line in enumerate(lines, 1)
        if not line.lstrip().startswith("#") and (MARK in line or f"{KEY}:" in line)
    ]
    assert marked
    problems = problems_of(example)
    assert [problem.place.path for problem in problems] == [f"data/{KINDS[kind]}"] * len(marked)
    assert [problem.place.line for problem in problems] == marked
    assert all(problem.hint for problem in problems)


@pytest.mark.parametrize(("line", "message", "hint"), [
    ("kind: TO FILL", '"kind" is still to fill.', "What it does to nerves. One of: destroys-nerve-tissue,"),
    ("    role: TO FILL", '"role" under "imaging" is still to fill.', "What it does: plans the procedure"),
    ("facts_checked: TO FILL", '"facts_checked" is still to fill.', "The day on which the facts in this"),
    ("        count: TO FILL", '"count" under "harms" is still to fill.', "How many (people, unless"),
    ("    because: TO FILL", '"because" under "red_flags" is still to fill.', "The key of the harm on this"),
])  # fmt: skip
def test_a_gap_is_explained_with_the_help_of_its_field(
    new: New, example: Path, line: str, message: str, hint: str
) -> None:
    begin(new, "procedure")
    number = (example / KINDS["procedure"]).read_text("utf-8").splitlines().index(line) + 1
    [problem] = [problem for problem in problems_of(example) if problem.place.line == number]
    assert problem.message == message
    assert problem.hint.startswith(hint)
    column = len(line) - len(line.lstrip()) + 1
    assert problem.place.column == column


def test_a_draft_says_of_each_field_what_belongs_there(new: New, example: Path) -> None:
    begin(new, "procedure")
    text = (example / KINDS["procedure"]).read_text("utf-8")
    assert text.startswith("# yaml-language-server: $schema=../schema/procedure.json\n")
    for name, field in shape("procedure")["properties"].items():
        assert " ".join(field.get("description", "").split()[:6]) in text, name
    for part in (
        "counted:", "not_known:", "does_not_apply:", "# part_of:", "One of: high, moderate, low, very-low.",
    ):  # fmt: skip
        assert part in text
    assert max(len(line) for line in text.splitlines()) <= 115
    assert text.count("# Must. Ids from data/sources.yml.") == 1, "what was said once is not said again"


def test_a_draft_becomes_a_fact_file_gap_by_gap(new: New, example: Path) -> None:
    """As an editor would: fill the first gap, look at the check, fill the next, until nothing is left."""
    begin(new, "procedure")
    file = example / KINDS["procedure"]
    words = {
        "name": "Teapot washing", "kind": "can-be-undone", "structure": "hinge", "method": "soft-cloth",
        "imaging": "magnifying-glass", "role": "guides", "anesthesia": "empty-pot", "condition": "squeaking-lid",
        "effect": "scratch", "serious": "false", "count": "3", "out_of": "24", "certainty": "low", "level": "ask",
        "because": "key-12", "facts_checked": "2026-11-22", "next_check": "2027-11-22", "searched": "2026-11-22",
        "sources": "kettle-2021",
    }  # fmt: skip
    things = (
        "lid", "pot", "spout", "cup", "tray", "kettle", "spoon", "shelf", "table", "cloth", "rim", "hand", "tea",
    )  # fmt: skip
    told = [f"The {one} is by the {other}." for one in things for other in things if one != other]
    before = len(problems_of(example))
    assert before > 90
    for number in range(len(told)):
        gaps = [
            problem for problem in problems_of(example) if "to fill" in problem.message or KEY in problem.message
        ]
        gaps += [problem for problem in problems_of(example) if "no key" in problem.message]
        if not gaps:
            break
        gap = min(gaps)
        lines = file.read_text("utf-8").split("\n")
        line = lines[gap.place.line - 1]
        name = line.split(":")[0].strip()
        key = "key-12" if lines[gap.place.line - 2] == "harms:" else f"key-{number}"
        lines[gap.place.line - 1] = line.replace(KEY, key).replace(MARK, words.get(name, told[number]), 1)
        file.write_text("\n".join(lines), "utf-8")
        assert len(problems_of(example)) < before
        before = len(problems_of(example))
    assert problems_of(example) == []
    assert "teapot-washing" in load(example)[0].procedures


# Nothing is overwritten, nothing is lost


@pytest.mark.parametrize(("words", "said"), [
    (("procedure", "teapot-polishing"), "data/procedures/teapot-polishing.yml is there already"),
    (("comparison", "squeaking-teapot"), "data/comparisons/squeaking-teapot.yml is there already"),
    (("source", "kettle-2021"), '"kettle-2021" is there already, at data/sources.yml:3:1'),
    (("term", "structures/hinge"), '"hinge" is there already, at data/vocabulary/structures.yml:2:1'),
])  # fmt: skip
def test_what_is_there_already_is_never_touched(
    new: New, example: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    before = contents(example)
    assert new(*words) == 1
    assert said in capsys.readouterr().err
    assert contents(example) == before


@pytest.mark.parametrize("form", ["usual", "Windows", "no last line end"])
def test_an_entry_is_added_at_the_end_and_every_other_line_stays(new: New, example: Path, form: str) -> None:
    file = example / "sources.yml"
    end = "\r\n" if form == "Windows" else "\n"
    raw = ("\ufeff" * (form == "Windows") + file.read_text("utf-8").replace("\n", end)).encode()
    file.write_bytes(raw.rstrip(b"\n") if form == "no last line end" else raw)
    assert new("source", "aaa-2000") == 0
    before, made = raw.decode().rstrip().split(end), file.read_bytes().decode().split(end)
    assert made[: len(before)] == before
    assert made[len(before)] == "aaa-2000:"
    assert made[-1] == ""
    assert set(load(example)[0].documents["sources"].value or {}) >= {"aaa-2000", "kettle-2021", "saucer-2023"}


@pytest.mark.parametrize("text", [
    'broken: "\n', "<<<<<<< HEAD\n", "", "- a\n", "{kettle-2021: {title: x}}\n",
], ids=["a quote that never ends", "two versions", "empty", "a list", "in braces"])  # fmt: skip
def test_nothing_is_added_to_a_file_that_cannot_take_it(
    new: New, example: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    (example / "sources.yml").write_text(text, "utf-8")
    before = contents(example)
    assert new("source", "ladle-2022") == 1
    assert "data/sources.yml" in capsys.readouterr().err
    assert contents(example) == before


def test_a_file_that_is_missing_is_named(new: New, example: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (example / "sources.yml").unlink()
    assert new("source", "ladle-2022") == 1
    assert "data/sources.yml:1:1: The file cannot be opened" in capsys.readouterr().err


# Wrong use


@pytest.mark.parametrize(("words", "said"), [
    (("procedure", "Teapot_Washing"), 'for example "teapot-washing"'),
    (("procedure", "../../teapot"), 'for example "teapot"'),
    (("procedure", "té pot"), "Use small letters, digits and hyphens"),
    (("procedure", ""), "Use small letters, digits and hyphens."),
    (("source", "ladle-2022\n"), '"ladle-2022'),
    (("term", "rinsing"), "Write file/word; the file is one of: methods, structures,"),
    (("term", "tools/rinsing"), "Write file/word; the file is one of: methods, structures,"),
    (("teapot", "x"), "invalid choice: 'teapot'"),
    ((), "the following arguments are required"),
])  # fmt: skip
def test_wrong_use_ends_with_2_says_why_and_writes_nothing(
    new: New, example: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    before = contents(example)
    assert new(*words) == 2
    assert said in capsys.readouterr().err
    assert contents(example) == before


def test_a_draft_says_where_it_is_and_what_comes_next(project: Path) -> None:
    done = run(project, "build_tools", "new", "source", "ladle-2022")
    assert (done.stderr, done.returncode) == ("", 0)
    first, following = done.stdout.splitlines()
    assert re.fullmatch(r"Wrote data/sources.yml:31:1, with 6 gaps to fill.", first)
    assert "make check" in following
    checked = run(project, "build_tools", "check")
    assert checked.returncode == 1
    assert checked.stderr.endswith("6 problems found.\n")
