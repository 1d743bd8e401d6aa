"""A packet has every line with what is behind it, and its answers are read back whole or not at all."""

from __future__ import annotations

import io
import json
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from build_tools.edit.packet import format_ranges, gather_contents, write_packet
from build_tools.load.facts import Facts
from build_tools.load.loader import load
from build_tools.model.lines import build_layers
from build_tools.records.procedure import iter_facts
from build_tools.records.sections import FIRST
from tests.conftest import LATEST, ROOT, TODAY, edit, loaded, run

ID = "teapot-polishing"
FILE = f"procedures/{ID}.yml"
QUESTIONS = """# Questions

1. **A bent lid**
   - Pages: teapots. Sign: `SIGN`.
   - Question: Is a bent lid urgent?
   - Our source: a potter.

2. **Everything**
   - Pages: all.
   - Question: Is tea healthy?

10. **Coffee**
    - Pages: coffee pots. Sign: `grounds`.
    - Question: Are grounds in the cup urgent?
"""


def packet_of(data: Path, id: str = ID) -> dict[str, Any]:
    return gather_contents(loaded(data), id, ROOT / "content", TODAY)


def lines_of(made: dict[str, Any]) -> list[dict[str, Any]]:
    return [line for layer in made["layers"] for line in layer["lines"]]


def answered(project: Path, sign: tuple[str, ...] = FIRST, **others: Any) -> dict[str, Any]:
    """What a packet saves if the invented Dr. Lid finds every line of these layers right."""
    every = build_layers(load(project / "data")[0], ID)
    lines = {
        line.id: {"digest": line.digest, "is": "right", "note": ""}
        for layer in sign
        for line in every[layer].lines
    }
    due = str(TODAY + timedelta(days=300))
    who = {"name": "Dr. Teapot Lid", "role": "Potter, Clinic of Crockery", "conflicts": "None declared"}
    given = {"packet": ID, "digest": "0" * 12, "sign": [*sign], "date": str(TODAY), "next": due, "lines": lines}
    return given | who | others


def review(project: Path, given: object) -> subprocess.CompletedProcess[str]:
    text = given if isinstance(given, str) else json.dumps(given)
    (project / "answers.json").write_text(text, "utf-8")
    return run(project, "build_tools", "review", "answers.json")


def commit(project: Path, author: str = "Spout") -> None:
    for command in (["init", "-q"], ["add", "data"], ["commit", "-qm", "Add facts"]):
        who = ["-c", f"user.name={author}", "-c", "user.email=a@b.example"]
        subprocess.run(["git", *who, *command], cwd=project, check=True)


# What it shows


def test_every_fact_sign_and_question_is_on_some_line(example: Path) -> None:
    facts = loaded(example)
    for id, procedure in facts.procedures.items():
        every = lines_of(packet_of(example, id))
        shown = {line["id"] for line in every} | {behind["fact"] for line in every for behind in line["behind"]}
        assert shown >= {fact_id for fact_id, _ in iter_facts(procedure, id)}
        assert shown >= {f"signs.{key}" for key in facts.signs_of(id)}
        words = {line["words"] for line in every}
        assert words >= {*procedure.questions}
        assert [line["number"] for line in every] == [*range(1, len(every) + 1)]


def test_half_an_hour_has_at_most_sixty_lines_of_the_real_facts(facts: Facts) -> None:
    for id in facts.procedures:
        shown = build_layers(facts, id)
        assert sum(len(shown[layer].lines) for layer in FIRST) <= 60, id
        every = [line.id for layer in shown.values() for line in layer.lines]
        assert len(every) == len({*every}), id


def test_a_value_is_printed_as_its_source_has_it_with_the_place_and_what_was_read(example: Path) -> None:
    [line] = [line for line in lines_of(packet_of(example)) if line["id"] == f"{ID}.benefits.quiet"]
    [behind] = line["behind"]
    assert "18 of 24 teapots" in behind["printed"]
    assert "Who: " in behind["printed"]
    [cited] = behind["sources"]
    assert cited["at"] == "table 1"
    assert cited["address"].startswith("https://")
    assert "Abstract" in cited["read"]


def test_the_top_says_which_lines_are_dangerous_small_second_hand_or_an_exception(example: Path) -> None:
    edit(example / FILE, "{source: kettle-2021, at: table 1}", "{source: kettle-2021, reporting: Tin 1990}")
    allowed = "  # allow: typed-number until 2027-06-30: One kitchen counted.\n"
    edit(example / FILE, "  quiet:\n", f"{allowed}  quiet:\n")
    made = packet_of(example)
    lines = [line for layer in made["layers"] if layer["first"] for line in layer["lines"]]
    quiet = [line["number"] for line in lines if f"{ID}.benefits.quiet" in {one["fact"] for one in line["behind"]}]
    assert quiet
    for number in quiet:
        assert str(number) in made["second_hand"]
        assert str(number) in made["small"]
    assert made["exceptions"] == [f"Line {format_ranges(quiet)}: One kitchen counted. (until 2027-06-30)"]
    ambulance = [sign.ambulance for sign in loaded(example).signs_of(ID).values()].index(True)
    assert str(ambulance + 1) in made["dangerous"]


def test_a_harm_without_a_number_is_a_line_of_the_short_page(example: Path) -> None:
    said = {line["label"]: line["words"] for line in lines_of(packet_of(example))}
    assert said["We found no good number for:"] == "a fine line in the surface."


def test_the_open_questions_are_asked_at_the_lines_that_they_are_about(project: Path) -> None:
    sign = next(iter(load(project / "data")[0].signs_of(ID)))
    (project / "docs").mkdir(exist_ok=True)
    (project / "docs/for-clinicians.md").write_text(QUESTIONS.replace("SIGN", sign), "utf-8")
    made = packet_of(project / "data")
    assert [question["number"] for question in made["questions"]] == [1, 2]
    assert made["questions"][0]["lines"] == [1]
    assert made["questions"][0]["texts"] == ["Is a bent lid urgent?", "Our source: a potter."]
    [line] = [line for line in lines_of(made) if line["asks"]]
    assert line["number"] == 1


def test_every_open_question_concerns_a_real_procedure(facts: Facts) -> None:
    asked = {
        question["number"]
        for id in facts.procedures
        for question in gather_contents(facts, id, ROOT / "content", LATEST)["questions"]
    }
    text = (ROOT / "docs/for-clinicians.md").read_text("utf-8")
    assert asked == {int(line.split(".")[0]) for line in text.splitlines() if line[:1].isdigit()}


def test_what_changed_since_the_last_review_is_at_the_top(project: Path) -> None:
    assert packet_of(project / "data")["changes"] == ""
    review(project, answered(project))
    assert "Git does not have the facts as they were signed" in packet_of(project / "data")["changes"]
    commit(project)
    edit(project / f"data/{FILE}", "    count: 18\n", "    count: 19\n")
    assert "how many: 18 before, 19 now" in packet_of(project / "data")["changes"]


@pytest.mark.parametrize(("numbers", "said"), [([], ""), ([1, 2, 3, 5], "1 to 3, 5"), ([1, 2, 4], "1, 2, 4")])
def test_numbers_are_joined_to_ranges(numbers: list[int], said: str) -> None:
    assert format_ranges(numbers) == said


# On paper


def test_what_is_on_paper_can_be_read_back(example: Path, tmp_path: Path) -> None:
    evil = '"<b>#set text(99pt)</b> {{ 7 * 7 }} $x$ [a] *b* falls."'
    edit(example / FILE, "says: The spout can break off if the teapot falls.", f"says: {evil}")
    page, paper = write_packet(loaded(example), ID, ROOT / "content", tmp_path / "out", TODAY)
    pdf = PdfReader(io.BytesIO(paper.read_bytes()))
    text = "".join("".join(page.extract_text() for page in pdf.pages).split())
    made = packet_of(example)
    assert f"packet{made['digest']}" in text
    for line in lines_of(made):
        assert "".join(line["words"].split()) in text
    assert text.count("notsure") >= len(lines_of(made))
    assert "&lt;b&gt;#set text(99pt)&lt;/b&gt; {{ 7 * 7 }}" in page.read_text("utf-8")
    assert pdf.metadata
    assert pdf.metadata.title == "Review: Teapot polishing"


# Read back


def test_right_answers_sign_the_layers_that_are_signed(project: Path) -> None:
    done = review(project, answered(project))
    assert (done.returncode, done.stderr) == (0, "")
    assert "Signed by Dr. Teapot Lid: Danger signs; Short page." in done.stdout
    assert "Git could not name the authors" in done.stdout
    [entry] = load(project / "data")[0].reviews
    assert [*entry.layers] == ["signs", "short"]
    again = review(project, answered(project))
    assert again.returncode == 1
    assert "data/reviews.yml:5:3: This review is already recorded." in again.stderr
    assert len(load(project / "data")[0].reviews) == 1


def test_a_wrong_line_is_a_problem_of_its_fact_and_its_layer_is_not_signed(project: Path) -> None:
    given = answered(project)
    sign = next(key for key in given["lines"] if key.startswith("signs."))
    harm = next(key for key in given["lines"] if ".harms." in key)
    given["lines"][sign] |= {"is": "unsure", "note": "Ask a potter."}
    given["lines"]["short.bullets.0"] |= {"note": "Well said."}
    done = review(project, given)
    assert done.returncode == 1
    assert "Signed by Dr. Teapot Lid: Short page." in done.stdout
    assert "Not signed, because some of its lines are not right: Danger signs." in done.stdout
    assert "data/signs.yml:" in done.stderr
    assert "Line 1 is marked “not sure”" in done.stderr
    assert "Note: Ask a potter." in done.stderr
    assert " has a note: " in done.stderr
    given["lines"][harm] |= {"is": "wrong"}
    done = review(project, given)
    text = (project / "data" / FILE).read_text("utf-8").splitlines()
    said = [line for line in done.stderr.splitlines() if line.startswith(f"data/{FILE}")]
    [problem] = [line for line in said if "is marked “wrong”" in line]
    assert text[int(problem.split(":")[1]) - 1].strip() == harm.split(".")[-1] + ":"
    assert "No part" not in done.stdout
    assert len(load(project / "data")[0].reviews) == 1, "now no layer is right"


def test_without_a_signed_part_only_the_remarks_are_said(project: Path) -> None:
    given = answered(project, sign=())
    every = build_layers(load(project / "data")[0], ID)
    line = every["benefits"].lines[0]
    given |= {"name": "", "date": "", "lines": {line.id: {"digest": line.digest, "is": "wrong", "note": "24?"}}}
    done = review(project, given)
    assert done.returncode == 1
    assert "No part was signed." in done.stdout
    assert "Note: 24?" in done.stderr
    assert load(project / "data")[0].reviews == []


def test_answers_to_changed_facts_are_refused(project: Path) -> None:
    given = answered(project)
    edit(project / f"data/{FILE}", "    count: 18\n", "    count: 19\n")
    refused(project, given, "these lines have changed or are gone since they were answered: ")


def refused(project: Path, given: object, said: str) -> None:
    before = (project / "data/reviews.yml").read_bytes()
    done = review(project, given)
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
    assert "Signed" not in done.stdout
    assert said in done.stderr
    assert (project / "data/reviews.yml").read_bytes() == before


@pytest.mark.parametrize(("change", "said"), [
    (lambda given: given["lines"].pop("short.bullets.0"), "“Short page” is signed but has no answer to line "),
    (lambda given: given.update(name=" "), "“name” is empty"),
    (lambda given: given.update(name="Lid\u202e"), "it has invisible characters"),
    (lambda given: given["lines"]["short.bullets.0"].update(note="\x1b[2J"), "it has invisible characters"),
    (lambda given: given["lines"].update({"\x1b[2J": given["lines"]["short.bullets.0"]}), "lines.\\x1b[2J"),
    (lambda given: given.update(date=""), "“date” is empty"),
    (lambda given: given.update(date="soon"), "is not a file of answers (date"),
    (lambda given: given.update(date="2026-12-02"), "is dated 2026-12-02, and today is 2026-12-01"),
    (lambda given: given.update(next=str(TODAY + timedelta(days=400))), "within a year after 2026-12-01"),
    (lambda given: given.update(next=str(TODAY)), "must be after today"),
    (lambda given: given.update(sign=["signs", "everything"]), "there is no part called everything"),
    (lambda given: given.update(packet="kettle"), 'is about "kettle", and there is no such procedure'),
    (lambda given: given["lines"].update({"no.line": given["lines"]["short.bullets.0"]}), "no.line"),
    (lambda given: given["lines"].update({"short.bullets.0": "right"}), "is not a file of answers (lines.short."),
    (lambda given: given.update(more="fields"), "is not a file of answers (more"),
])  # fmt: skip
def test_half_filled_and_foreign_files_change_nothing(
    project: Path, change: Callable[[dict[str, Any]], object], said: str
) -> None:
    given = answered(project)
    change(given)
    refused(project, given, said)


@pytest.mark.parametrize("text", [
    "", "[]", "7", "[" * 100_000, '{"lines": ' * 5000, "9" * 100_000, "x" * 1_100_000, "\x00",
])  # fmt: skip
def test_no_file_is_too_strange(project: Path, text: str) -> None:
    refused(project, text, "answers.json")


@pytest.mark.parametrize(("author", "name", "accepted"), [
    ("Teapot Lid", "Dr. Teapot M. LID, MD", False),
    ("Spout", "Dr. Teapot Lid", True),
    ("Teapot Pot", "Dr. Teapot Lid", True),
])  # fmt: skip
def test_an_author_of_the_facts_cannot_review_them(project: Path, author: str, name: str, accepted: bool) -> None:
    commit(project, author)
    done = review(project, answered(project, name=name))
    assert (done.returncode == 0) == accepted
    if accepted:
        assert "This name is not among the authors in git. Nothing more can be checked here" in done.stdout
    else:
        assert f'Git names "{author}" as an author of these facts' in done.stderr
    assert len(load(project / "data")[0].reviews) == accepted


def test_the_command_writes_a_page_and_a_pdf(project: Path) -> None:
    done = run(project, "build_tools", "packet", ID)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"wrote packets/review-{ID}.html\nwrote packets/review-{ID}.pdf\n"
    wrong = run(project, "build_tools", "packet", "teapot-polish")
    assert (wrong.returncode, 'Did you mean "teapot-polishing"?' in wrong.stderr) == (2, True)
    edit(project / f"data/{FILE}", "out_of: 24", "out_of: 12")
    assert "Nothing can be reviewed" in run(project, "build_tools", "packet", ID).stderr
