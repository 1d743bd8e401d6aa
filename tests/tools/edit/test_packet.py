"""Review packets: every line with its facts and sources; answers are accepted as a whole or not at all."""

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

from build_tools.edit.packet import gather_contents, write_packet
from build_tools.load.facts import Facts
from build_tools.load.loader import load
from build_tools.model.lines import build_layers, format_ranges
from build_tools.records.procedure import iter_facts
from build_tools.records.sections import FIRST
from tests.conftest import LATEST, ROOT, TODAY, edit, loaded, run
from tests.pdf import bare

ID = "teapot-polishing"
FILE = f"procedures/{ID}.yml"
QUESTIONS = """# Questions

1. **A bent lid**
   - Pages: teapots. Sign: `SIGN`. Fact: `quiet`.
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


def lines_of(packet: dict[str, Any]) -> list[dict[str, Any]]:
    return [line for layer in packet["layers"] for line in layer["lines"]]


def answers_of(project: Path, sign: tuple[str, ...] = FIRST, **fields: Any) -> dict[str, Any]:
    """What a packet saves if the invented Dr. Lid finds every line of these layers right."""
    layers = build_layers(load(project / "data")[0], ID)
    lines = [line for layer in sign for line in layers[layer].lines]
    return {
        "packet": ID,
        "digest": "0" * 12,
        "sign": [*sign],
        "date": str(TODAY),
        "next": str(TODAY + timedelta(days=300)),
        "lines": {line.id: {"digest": line.digest, "is": "right", "note": ""} for line in lines},
        "name": "Dr. Teapot Lid",
        "role": "Potter, Clinic of Crockery",
        "conflicts": "None declared",
    } | fields


def review(project: Path, answers: object) -> subprocess.CompletedProcess[str]:
    text = answers if isinstance(answers, str) else json.dumps(answers)
    (project / "answers.json").write_text(text, "utf-8")
    return run(project, "build_tools", "review", "answers.json")


def expect_refusal(project: Path, answers: object, message: str) -> None:
    before = (project / "data/reviews.yml").read_bytes()
    done = review(project, answers)
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stderr
    assert "Signed" not in done.stdout
    assert message in done.stderr
    assert (project / "data/reviews.yml").read_bytes() == before


def commit(project: Path, author: str = "Spout") -> None:
    for command in (["init", "-q"], ["add", "data"], ["commit", "-qm", "Add facts"]):
        config = ["-c", f"user.name={author}", "-c", "user.email=a@b.example"]
        subprocess.run(["git", *config, *command], cwd=project, check=True)


# The packet


def test_each_fact_sign_and_question_has_a_line(example: Path) -> None:
    facts = loaded(example)
    for id, procedure in facts.procedures.items():
        lines = lines_of(packet_of(example, id))
        ids = {line["id"] for line in lines} | {basis["fact"] for line in lines for basis in line["behind"]}
        assert ids >= {fact_id for fact_id, _ in iter_facts(procedure, id)}
        assert ids >= {f"signs.{key}" for key in facts.signs_of(id)}
        assert {line["words"] for line in lines} >= {*procedure.questions}
        assert [line["number"] for line in lines] == [*range(1, len(lines) + 1)]


def test_first_layers_have_at_most_sixty_lines(facts: Facts) -> None:
    """So many can be reviewed in half an hour."""
    for id in facts.procedures:
        layers = build_layers(facts, id)
        assert sum(len(layers[layer].lines) for layer in FIRST) <= 60, id
        ids = [line.id for layer in layers.values() for line in layer.lines]
        assert len(ids) == len({*ids}), id


def test_line_shows_the_value_and_the_place_in_its_source(example: Path) -> None:
    [line] = [line for line in lines_of(packet_of(example)) if line["id"] == f"{ID}.benefits.quiet"]
    [basis] = line["behind"]
    assert "18 of 24 teapots" in basis["printed"]
    assert "Who: " in basis["printed"]
    [cited] = basis["sources"]
    assert cited["at"] == "table 1"
    assert cited["address"].startswith("https://")
    assert "Abstract" in cited["read"]


def test_top_lists_dangerous_small_and_second_hand_lines_and_exceptions(example: Path) -> None:
    edit(example / FILE, "{source: kettle-2021, at: table 1}", "{source: kettle-2021, reporting: Tin 1990}")
    exception = "  # allow: typed-number until 2027-06-30: One kitchen counted.\n"
    edit(example / FILE, "  quiet:\n", f"{exception}  quiet:\n")
    packet = packet_of(example)
    lines = [line for layer in packet["layers"] if layer["first"] for line in layer["lines"]]
    numbers = [
        line["number"] for line in lines if f"{ID}.benefits.quiet" in {basis["fact"] for basis in line["behind"]}
    ]
    assert numbers
    for number in map(str, numbers):
        assert number in packet["second_hand"]
        assert number in packet["small"]
    assert packet["exceptions"] == [f"Line {format_ranges(numbers)}: One kitchen counted. (until 2027-06-30)"]
    ambulance = [sign.ambulance for sign in loaded(example).signs_of(ID).values()].index(True)
    assert str(ambulance + 1) in packet["dangerous"]


def test_harm_without_a_number_is_a_line_of_the_short_page(example: Path) -> None:
    words = {line["label"]: line["words"] for line in lines_of(packet_of(example))}
    assert words["We found no good number for:"] == "a fine line in the surface."


def test_open_questions_are_at_their_lines(project: Path) -> None:
    sign = next(iter(load(project / "data")[0].signs_of(ID)))
    (project / "docs").mkdir(exist_ok=True)
    (project / "docs/for-clinicians.md").write_text(QUESTIONS.replace("SIGN", sign), "utf-8")
    packet = packet_of(project / "data")
    assert [question["number"] for question in packet["questions"]] == [1, 2]
    first, *others = packet["questions"][0]["lines"]
    assert first == 1
    assert others, "the question is also about the lines of a fact"
    assert packet["questions"][0]["texts"] == ["Is a bent lid urgent?", "Our source: a potter."]
    assert [line["number"] for line in lines_of(packet) if line["asks"]] == [1]


def test_each_real_question_is_about_a_procedure(facts: Facts) -> None:
    numbers = {
        question["number"]
        for id in facts.procedures
        for question in gather_contents(facts, id, ROOT / "content", LATEST)["questions"]
    }
    text = (ROOT / "docs/for-clinicians.md").read_text("utf-8")
    assert numbers == {int(line.split(".")[0]) for line in text.splitlines() if line[:1].isdigit()}


def test_top_lists_changes_since_the_last_review(project: Path) -> None:
    assert packet_of(project / "data")["changes"] == ""
    review(project, answers_of(project))
    assert "Git does not have the facts as they were signed" in packet_of(project / "data")["changes"]
    commit(project)
    edit(project / f"data/{FILE}", "    count: 18\n", "    count: 19\n")
    assert "how many, before: 18; now: 19" in packet_of(project / "data")["changes"]


@pytest.mark.parametrize(("numbers", "text"), [([], ""), ([1, 2, 3, 5], "1 to 3, 5"), ([1, 2, 4], "1, 2, 4")])
def test_numbers_are_formatted_as_ranges(numbers: list[int], text: str) -> None:
    assert format_ranges(numbers) == text


def test_page_and_pdf_show_hostile_text_as_it_is(example: Path, tmp_path: Path) -> None:
    evil = '"<b>#set text(99pt)</b> {{ 7 * 7 }} $x$ [a] *b* falls."'
    edit(example / FILE, "says: The spout can break off if the teapot falls.", f"says: {evil}")
    page, paper = write_packet(loaded(example), ID, ROOT / "content", tmp_path / "out", TODAY)
    pdf = PdfReader(io.BytesIO(paper.read_bytes()))
    text = bare("".join(page.extract_text() for page in pdf.pages))
    packet = packet_of(example)
    assert f"packet{packet['digest']}" in text
    assert [line["words"] for line in lines_of(packet) if bare(line["words"]) not in text] == []
    assert text.count("notsure") >= len(lines_of(packet))
    assert "&lt;b&gt;#set text(99pt)&lt;/b&gt; {{ 7 * 7 }}" in page.read_text("utf-8")
    assert pdf.metadata
    assert pdf.metadata.title == "Review: Teapot polishing"


def test_command_writes_a_page_and_a_pdf(project: Path) -> None:
    done = run(project, "build_tools", "packet", ID)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"wrote packets/review-{ID}.html\nwrote packets/review-{ID}.pdf\n"
    misspelled = run(project, "build_tools", "packet", "teapot-polish")
    assert (misspelled.returncode, 'Did you mean "teapot-polishing"?' in misspelled.stderr) == (2, True)
    edit(project / f"data/{FILE}", "out_of: 24", "out_of: 12")
    assert "Nothing can be reviewed" in run(project, "build_tools", "packet", ID).stderr


# The answers


def test_layers_with_right_answers_are_signed_once(project: Path) -> None:
    done = review(project, answers_of(project))
    assert (done.returncode, done.stderr) == (0, "")
    assert "Signed by Dr. Teapot Lid: Danger signs; Short page." in done.stdout
    assert "Git could not name the authors" in done.stdout
    [signature] = load(project / "data")[0].reviews
    assert [*signature.layers] == ["signs", "short"]
    again = review(project, answers_of(project))
    assert again.returncode == 1
    assert "data/reviews.yml:5:3: This review is already recorded." in again.stderr
    assert len(load(project / "data")[0].reviews) == 1


def test_wrong_line_is_a_problem_at_its_fact_and_prevents_a_signature(project: Path) -> None:
    answers = answers_of(project)
    sign = next(key for key in answers["lines"] if key.startswith("signs."))
    harm = next(key for key in answers["lines"] if ".harms." in key)
    answers["lines"][sign] |= {"is": "unsure", "note": "Ask a potter."}
    answers["lines"]["short.bullets.0"] |= {"note": "Well said."}
    done = review(project, answers)
    assert done.returncode == 1
    assert "Signed by Dr. Teapot Lid: Short page." in done.stdout
    assert "Not signed, because some of its lines are not right: Danger signs." in done.stdout
    assert "data/signs.yml:" in done.stderr
    assert "Line 1 is marked “not sure”" in done.stderr
    assert "Note: Ask a potter." in done.stderr
    assert " has a note: " in done.stderr
    answers["lines"][harm] |= {"is": "wrong"}
    done = review(project, answers)
    [problem] = [line for line in done.stderr.splitlines() if "is marked “wrong”" in line]
    file, number, *_ = problem.split(":")
    assert file == f"data/{FILE}"
    assert (project / file).read_text("utf-8").splitlines()[int(number) - 1].strip() == f"{harm.split('.')[-1]}:"
    assert "No part" not in done.stdout
    assert len(load(project / "data")[0].reviews) == 1, "now no layer is right"


def test_remarks_are_reported_without_a_signature(project: Path) -> None:
    line = build_layers(load(project / "data")[0], ID)["benefits"].lines[0]
    lines = {line.id: {"digest": line.digest, "is": "wrong", "note": "24?"}}
    done = review(project, answers_of(project, sign=(), name="", date="", lines=lines))
    assert done.returncode == 1
    assert "No part was signed." in done.stdout
    assert "Note: 24?" in done.stderr
    assert load(project / "data")[0].reviews == []


def test_answers_to_changed_facts_are_refused(project: Path) -> None:
    answers = answers_of(project)
    edit(project / f"data/{FILE}", "    count: 18\n", "    count: 19\n")
    expect_refusal(project, answers, "these lines have changed or are gone since they were answered: ")


@pytest.mark.parametrize(("change", "message"), [
    (lambda saved: saved["lines"].pop("short.bullets.0"), "“Short page” is signed but has no answer to line "),
    (lambda saved: saved.update(name=" "), "“name” is empty"),
    (lambda saved: saved.update(name="Lid\u202e"), "it has invisible characters"),
    (lambda saved: saved["lines"]["short.bullets.0"].update(note="\x1b[2J"), "it has invisible characters"),
    (lambda saved: saved["lines"].update({"\x1b[2J": saved["lines"]["short.bullets.0"]}), "lines.\\x1b[2J"),
    (lambda saved: saved.update(date=""), "“date” is empty"),
    (lambda saved: saved.update(date="soon"), "is not a file of answers (date"),
    (lambda saved: saved.update(date="2026-12-02"), "is dated 2026-12-02, and today is 2026-12-01"),
    (lambda saved: saved.update(next=str(TODAY + timedelta(days=400))), "within a year after 2026-12-01"),
    (lambda saved: saved.update(next=str(TODAY)), "must be after today"),
    (lambda saved: saved.update(sign=["signs", "everything"]), "there is no part called everything"),
    (lambda saved: saved.update(packet="kettle"), 'is about "kettle", and there is no such procedure'),
    (lambda saved: saved["lines"].update({"no.line": saved["lines"]["short.bullets.0"]}), "no.line"),
    (lambda saved: saved["lines"].update({"short.bullets.0": "right"}), "is not a file of answers (lines.short."),
    (lambda saved: saved.update(more="fields"), "is not a file of answers (more"),
])  # fmt: skip
def test_incomplete_or_invalid_answers_are_refused(
    project: Path, change: Callable[[dict[str, Any]], object], message: str
) -> None:
    answers = answers_of(project)
    change(answers)
    expect_refusal(project, answers, message)


@pytest.mark.parametrize("text", [
    "", "[]", "7", "[" * 100_000, '{"lines": ' * 5000, "9" * 100_000, "x" * 1_100_000, "\x00",
])  # fmt: skip
def test_any_other_file_is_refused(project: Path, text: str) -> None:
    expect_refusal(project, text, "answers.json")


@pytest.mark.parametrize(("author", "name", "accepted"), [
    ("Teapot Lid", "Dr. Teapot M. LID, MD", False),
    ("Spout", "Dr. Teapot Lid", True),
    ("Teapot Pot", "Dr. Teapot Lid", True),
])  # fmt: skip
def test_author_of_the_facts_cannot_review_them(project: Path, author: str, name: str, accepted: bool) -> None:
    commit(project, author)
    done = review(project, answers_of(project, name=name))
    assert (done.returncode == 0) == accepted
    if accepted:
        assert "This name is not among the authors in git. Nothing more can be checked here" in done.stdout
    else:
        assert f'Git names "{author}" as an author of these facts' in done.stderr
    assert len(load(project / "data")[0].reviews) == accepted
