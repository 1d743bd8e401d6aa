"""Drafts: `python -m build_tools new procedure ID`, and the gaps that the check then lists."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from build_tools import drafts
from build_tools.__main__ import main
from build_tools.checks import check
from build_tools.facts import load
from build_tools.gaps import KEY, MARK
from build_tools.problems import Problem
from build_tools.reading import read
from tests.conftest import TODAY, edit, run

New = Callable[..., int]

KINDS = {
    "procedure": "procedures/teapot-washing.yml",
    "comparison": "comparisons/wash-or-not.yml",
    "source": "sources.yml",
    "term": "vocabulary/methods.yml",
}
IDS = {"procedure": "teapot-washing", "comparison": "wash-or-not", "source": "ladle-2022", "term": "rinsing"}


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
    more = ("--vocabulary", "methods") if kind == "term" else ()
    assert new(kind, IDS[kind], *more) == 0


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


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("kind: TO FILL", '"kind" is still to fill.', "What it does to nerves. One of: destroys-nerve-tissue,"),
        ("    role: TO FILL", '"role" under "imaging" is still to fill.', "What it does: plans the procedure"),
        ("facts_checked: TO FILL", '"facts_checked" is still to fill.', "The day on which the facts in this"),
        ("        count: TO FILL", '"count" under "harms" is still to fill.', "How many (people, unless"),
        ("    because: TO FILL", '"because" under "red_flags" is still to fill.', "The key of the harm on this"),
    ],
)
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
    for question in drafts.questions("procedure"):
        assert " ".join(question.help.split()[:6]) in text, question.option
    for part in (
        "counted:",
        "not_known:",
        "does_not_apply:",
        "# part_of:",
        "One of: high, moderate, low, very-low.",
    ):
        assert part in text
    assert max(len(line) for line in text.splitlines()) <= 115
    assert text.count("# Must. Ids from data/sources.yml.") == 1, "what was said once is not said again"


def test_a_draft_becomes_a_fact_file_gap_by_gap(new: New, example: Path) -> None:
    """As an editor would: fill the first gap, look at the check, fill the next, until nothing is left."""
    given = ("--name", "Teapot washing", "--part-of", "teapot-polishing", "--kind", "can-be-undone")
    assert new("procedure", "teapot-washing", *given) == 0
    file = example / KINDS["procedure"]
    words = {
        "structure": "hinge",
        "method": "soft-cloth",
        "imaging": "magnifying-glass",
        "role": "guides",
        "anesthesia": "empty-pot",
        "condition": "squeaking-lid",
        "effect": "scratch",
        "serious": "false",
        "count": "3",
        "out_of": "24",
        "certainty": "low",
        "level": "ask",
        "because": "key-12",
        "facts_checked": "2026-11-22",
        "next_check": "2027-11-22",
        "searched": "2026-11-22",
        "sources": "kettle-2021",
    }
    things = (
        "lid",
        "pot",
        "spout",
        "cup",
        "tray",
        "kettle",
        "spoon",
        "shelf",
        "table",
        "cloth",
        "rim",
        "hand",
        "tea",
    )
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


def test_what_was_given_stands_in_the_draft_as_it_was_typed(new: New, example: Path) -> None:
    name = 'Washing: "quick" or #slow \\ {now}'
    assert new("procedure", "teapot-washing", "--name", name, "--say-it", "true", "--plain", "- 12") == 0
    value = read(example / KINDS["procedure"], "x")[0].value
    assert isinstance(value, dict)
    assert value["names"] == {"name": name, "say_it": "true", "plain": "- 12"}
    options = ("teapot-polishing", "teapot-leave-alone", "teapot-lid-polishing")
    assert new("comparison", "wash-or-not", "--title", "It's", "--options", *options) == 0
    value = read(example / KINDS["comparison"], "x")[0].value
    assert isinstance(value, dict)
    assert value["options"] == list(options)
    assert new("source", "ladle-2022", "--year", "2022", "--url", "https://a.example/?b=c#d") == 0


# Nothing is overwritten, nothing is lost


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("procedure", "teapot-polishing"), "data/procedures/teapot-polishing.yml is there already"),
        (("comparison", "squeaking-teapot"), "data/comparisons/squeaking-teapot.yml is there already"),
        (("source", "kettle-2021"), '"kettle-2021" is there already, at data/sources.yml:3:1'),
        (
            ("term", "hinge", "--vocabulary", "words"),
            '"hinge" is there already, at data/vocabulary/structures.yml:2:1',
        ),
    ],
)
def test_what_is_there_already_is_never_touched(
    new: New, example: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    before = contents(example)
    assert new(*words) == 1
    assert said in capsys.readouterr().err
    assert contents(example) == before


@pytest.mark.parametrize(
    ("id", "before_it", "after_it"),
    [
        ("aaa-2000", "# One entry for each publication. All of these are invented.", "kettle-2021:"),
        ("ladle-2022", "  read_by: 2026-11-22", "# Now the sugar."),
        ("zzz-2000", "  note: Invented, like the society.", None),
    ],
)
@pytest.mark.parametrize("form", ["usual", "Windows", "no last line end"])
def test_an_entry_is_put_in_its_place_and_every_other_line_stays(
    new: New, example: Path, id: str, before_it: str, after_it: str | None, form: str
) -> None:
    file = example / "sources.yml"
    edit(file, "saucer-2023:\n", "# Now the sugar.\n# And the saucers.\nsaucer-2023:\n")
    text = file.read_text("utf-8")
    end = "\r\n" if form == "Windows" else "\n"
    raw = ("\ufeff" * (form == "Windows") + text.replace("\n", end)).encode()
    file.write_bytes(raw.rstrip(b"\n") if form == "no last line end" else raw)
    assert new("source", id, "--title", "Ladles") == 0

    made = file.read_bytes().decode().split(end)
    first = made.index(f"{id}:")
    last = next((n for n in range(first + 1, len(made)) if not made[n].startswith("  ")), len(made))
    assert made[first - 1] == before_it
    assert (made[last] if last < len(made) else None) in (after_it, "" if after_it is None else after_it)
    rest = made[:first] + made[last:]
    assert end.join(rest).rstrip() == raw.decode().rstrip()
    assert set(load(example)[0].documents["sources"].value or {}) >= {id, "kettle-2021", "saucer-2023"}


@pytest.mark.parametrize("id", ["aaa-2000", "ladle-2022", "zzz-2000"])
def test_empty_lines_between_entries_stay_and_the_new_one_gets_its_own(new: New, example: Path, id: str) -> None:
    file = example / "sources.yml"
    text = file.read_text("utf-8").replace("\nsaucer", "\n\nsaucer").replace("\nspout", "\n\nspout")
    file.write_text(text, "utf-8")
    assert new("source", id) == 0
    made = file.read_text("utf-8")
    assert made.count("\n\n") == 3
    assert "\n\n\n" not in made
    assert not made.endswith("\n\n")
    entries = [re.findall(r"^[a-z]+-\d+:", part, re.MULTILINE) for part in made.split("\n\n")]
    assert [len(found) for found in entries] == [1, 1, 1, 1]


def test_a_draft_without_a_gap_leads_to_the_check(new: New, capsys: pytest.CaptureFixture[str]) -> None:
    given = ("--name", "rinsing", "--plain", "water", "--definition", "Water runs over it.")
    assert new("term", "rinsing", "--vocabulary", "methods", *given) == 0
    assert capsys.readouterr().out.splitlines()[1] == "Next: type `make check`."


def test_an_entry_goes_to_the_end_of_a_file_that_is_not_in_the_order_of_the_alphabet(
    new: New, example: Path
) -> None:
    file = example / "vocabulary/effects.yml"
    file.write_text("zebra: {name: z, plain: z, definition: z}\n" + file.read_text("utf-8"), "utf-8")
    text = file.read_text("utf-8")
    assert new("term", "crack", "--vocabulary", "effects") == 0
    assert file.read_text("utf-8").startswith(text + "crack:\n")


@pytest.mark.parametrize(
    "text",
    ['broken: "\n', "<<<<<<< HEAD\n", "", "- a\n", "{kettle-2021: {title: x}}\n"],
    ids=["a quote that never ends", "two versions", "empty", "a list", "in braces"],
)
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


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("procedure", "Teapot_Washing"), 'for example "teapot-washing"'),
        (("procedure", "../../teapot"), 'for example "teapot"'),
        (("procedure", "té pot"), "Use small letters, digits and hyphens"),
        (("procedure", ""), "Use small letters, digits and hyphens."),
        (("source", "ladle-2022\n"), '"ladle-2022'),
        (("term", "rinsing"), "Add --vocabulary with one of: methods, structures,"),
        (("term", "rinsing", "--vocabulary", "tools"), "invalid choice: 'tools'"),
        (("procedure", "teapot-washing", "--kind", "sometimes"), "invalid choice: 'sometimes'"),
        (("procedure", "teapot-washing", "--part-of", "Teapot Care"), '--part-of cannot be "Teapot Care".'),
        (("procedure", "teapot-washing", "--name", "Tea\u202epot"), "There is an invisible character in it."),
        (("procedure", "teapot-washing", "--name", "Tea\udcffpot"), "There is an invisible character in it."),
        (
            ("procedure", "x", "--part-of", "teapot-polishng"),
            'There is no such procedure. Did you mean "teapot-polish',
        ),
        (("comparison", "wash-or-not", "--options", "no-teapot"), "There is no such procedure."),
        (("source", "ladle-2022", "--year", "soon"), '--year cannot be "soon".'),
        (("source", "ladle-2022", "--year", "3022"), '"year" cannot be larger than 2,100; it is "3022".'),
        (("source", "ladle-2022", "--read-by", "2026-02-30"), '"2026-02-30" is not a date that exists.'),
        (("source", "ladle-2022", "--doi", "doi:10.1/x"), '--doi cannot be "doi:10.1/x".'),
        (("comparison", "wash-or-not", "--options", "teapot-polishing", "B"), '--options cannot be "B".'),
        (("teapot", "x"), "invalid choice: 'teapot'"),
        ((), "the following arguments are required"),
    ],
)
def test_wrong_use_ends_with_2_says_why_and_writes_nothing(
    new: New, example: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    before = contents(example)
    assert new(*words) == 2
    assert said in capsys.readouterr().err
    assert contents(example) == before


def test_a_draft_says_where_it_is_and_what_comes_next(project: Path) -> None:
    done = run(project, "build_tools", "new", "source", "ladle-2022", "--title", "Ladles")
    assert (done.stderr, done.returncode) == ("", 0)
    first, following = done.stdout.splitlines()
    assert re.fullmatch(r"Wrote data/sources.yml:12:1, with 5 gaps to fill.", first)
    assert "make check" in following
    checked = run(project, "build_tools", "check")
    assert checked.returncode == 1
    assert checked.stderr.endswith("5 problems found.\n")


@pytest.mark.parametrize("kind", KINDS)
def test_every_option_has_help(new: New, capsys: pytest.CaptureFixture[str], kind: str) -> None:
    assert new(kind, "--help") == 0
    said = capsys.readouterr().out
    for question in drafts.questions(kind):
        assert question.option in said
        assert question.help


# Asking


class Editor:
    """Somebody at a terminal who answers in this order, and then leaves."""

    def __init__(self, *answers: str | type[BaseException]) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def __call__(self, question: str) -> str:
        self.asked.append(question)
        answer = self.answers.pop(0) if self.answers else EOFError
        if isinstance(answer, str):
            return answer
        raise answer


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Editor]:
    """Put an editor in front of the command."""

    def sit(*answers: str | type[BaseException]) -> Editor:
        editor = Editor(*answers)
        monkeypatch.setattr("builtins.input", editor)
        monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
        return editor

    return sit


def test_what_was_left_out_is_asked_for_and_a_wrong_answer_is_asked_again(
    new: New, example: Path, terminal: Callable[..., Editor], capsys: pytest.CaptureFixture[str]
) -> None:
    editor = terminal("Washing it", "", "Teapot Care", "teapot-polishing", "sometimes", "can-be-undone")
    assert new("procedure", "teapot-washing", "--name", "Teapot washing") == 0
    value = read(example / KINDS["procedure"], "x")[0].value
    assert isinstance(value, dict)
    assert value["names"] == {"name": "Teapot washing", "plain": "Washing it", "say_it": MARK}
    assert (value["part_of"], value["kind"]) == ("teapot-polishing", "can-be-undone")
    assert [question.split("\n  ")[1] for question in editor.asked] == [
        "plain: ",
        "say_it: ",
        "part_of: ",
        "part_of: ",
        "kind: ",
        "kind: ",
    ]
    assert "It can be: destroys-nerve-tissue, can-be-undone, no-procedure." in capsys.readouterr().out


def test_who_leaves_in_the_middle_keeps_the_answers(
    new: New, example: Path, terminal: Callable[..., Editor]
) -> None:
    terminal("Washing or not")
    assert new("comparison", "wash-or-not") == 0
    assert "title: Washing or not\n" in (example / KINDS["comparison"]).read_text("utf-8")


def test_who_breaks_off_leaves_nothing_behind(
    new: New, example: Path, terminal: Callable[..., Editor], capsys: pytest.CaptureFixture[str]
) -> None:
    before = contents(example)
    terminal("Washing or not", KeyboardInterrupt)
    assert new("comparison", "wash-or-not") == 130
    assert capsys.readouterr().err == "\nNothing was written.\n"
    assert contents(example) == before


def test_a_word_without_its_file_is_asked_for_it(new: New, example: Path, terminal: Callable[..., Editor]) -> None:
    terminal("tools", "methods", "rinsing", "running water over it")
    assert new("term", "rinsing") == 0
    value = read(example / "vocabulary/methods.yml", "x")[0].value
    assert isinstance(value, dict)
    assert value["rinsing"] == {"name": "rinsing", "plain": "running water over it", "definition": MARK}
