"""Reading grades are those of textstat, and texts that are too hard are reported."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import textstat

from build_tools.load.loader import load
from build_tools.pipeline import prepare
from build_tools.prose.readability import (
    DETAIL,
    TOP,
    Count,
    Reader,
    Reading,
    check_reading,
    count_syllables,
    iter_texts,
)
from build_tools.records.problems import Problem
from tests.conftest import ROOT, TODAY, edit

LID = "procedures/teapot-lid-polishing"
POLISHING = "procedures/teapot-polishing"
COMPARISON = "comparisons/squeaking-teapot"

KNOWN = (
    "The nurse asked him to sit down. He was afraid of the operation, and he had many questions. "
    "Somebody explained everything to him, quietly and patiently. After that he felt much better."
)
"""Counted by hand. Its long words: operation, somebody, everything, quietly, patiently."""


@pytest.fixture
def reader(example: Path) -> Reader:
    """A reader with the words of the example, of which "dry polishing" is long."""
    return Reader(load(example)[0])


def problems_of(data: Path, content: Path) -> list[Problem]:
    """The problems with the readability of a data folder and hand-written pages."""
    return check_reading(load(data)[0], content, [])[1]


def readings_of(data: Path, content: Path) -> dict[str, Reading]:
    """The readings of the pages of a data folder."""
    return check_reading(load(data)[0], content, [])[0]


def write(content: Path, text: str) -> None:
    """Write a hand-written page with this text from its third line on."""
    (content / "about.md").write_text(f"# About teapots\n\n{text}\n", "utf-8")


def line_of(file: Path, text: str) -> int:
    """The number of the first line that contains `text`."""
    return next(n for n, line in enumerate(file.read_text("utf-8").splitlines(), 1) if text in line)


# The formulas


def test_grades_of_a_known_text(reader: Reader) -> None:
    count = reader.measure(KNOWN).raw
    assert count == Count(sentences=4, words=32, syllables=49, long_words=5)
    assert (round(count.flesch_kincaid, 2), round(count.smog, 2)) == (5.60, 9.52)


def test_grades_are_those_of_textstat(reader: Reader) -> None:
    text = " ".join([KNOWN, "It’s one-sided: the “dry” teapot doesn't sing (yet).", "Wait for 1,600 more days!"])
    count = reader.measure(text).raw
    assert count.flesch_kincaid == pytest.approx(textstat.flesch_kincaid_grade(text.replace("’", "'")))
    assert count.smog == pytest.approx(textstat.smog_index(text.replace("’", "'")))


def test_syllables_are_those_of_textstat() -> None:
    texts = [file.read_text("utf-8") for file in sorted((ROOT / "data").rglob("*.yml"))]
    words = {word for text in texts for word in re.findall(r"[^\W\d_]+", text)}
    assert len(words) > 1000
    assert [word for word in sorted(words) if count_syllables(word) != textstat.syllable_count(word)] == []


def test_dash_is_not_a_word_and_nothing_has_no_grade(reader: Reader) -> None:
    assert reader.measure("A dash – is no word.").raw[:2] == (1, 5)
    empty = reader.measure("– …").raw
    assert empty == reader.measure("").raw == Count(0, 0, 0, 0)
    assert (empty.flesch_kincaid, empty.smog) == (0, 0)


# Explained words


def test_explained_word_counts_as_one_familiar_word(reader: Reader) -> None:
    measure = reader.measure("You can try dry polishing, then persistent squeak again.")
    assert measure.raw == Count(sentences=1, words=9, syllables=14, long_words=2)
    assert measure.explained == Count(sentences=1, words=7, syllables=10, long_words=0)


@pytest.mark.parametrize(("file", "old", "new", "text", "words", "long_words"), [
    # the longest term wins
    ("methods", "synonyms: [dry polished]", "synonyms: [dry, dry polishing of metal, of metal]",
     "We use dry polishing of metal, and dry cloth.", 6, 0),
    # a name without letters explains nothing
    ("methods", "synonyms: [dry polished]", 'synonyms: ["–", "…"]', "One – two … three.", 3, 0),
    # an acronym in lowercase is a word
    ("methods", "synonyms: [dry polished]", "synonyms: [OPERATION]", "It is an operation.", 4, 1),
    ("methods", "synonyms: [dry polished]", "synonyms: [OPERATION]", "It is an OPERATION.", 4, 0),
    # an everyday word counts unchanged
    ("words", "synonyms: [potters]", "synonyms: [operation]", "It is an operation.", 4, 1),
])  # fmt: skip
def test_which_words_are_explained(
    example: Path, file: str, old: str, new: str, text: str, words: int, long_words: int
) -> None:
    edit(example / f"vocabulary/{file}.yml", old, new)
    count = Reader(load(example)[0]).measure(text).explained
    assert (count.words, count.long_words) == (words, long_words)


# Sentences and paragraphs


def words(number: int) -> str:
    """A sentence of this many easy words."""
    return " ".join(["I", *["see"] * (number - 2), "it."])


DETAILS = "The detail layer of about.md has"


@pytest.mark.parametrize(("allowed", "rejected", "message"), [
    (f"{words(25)} It is.", f"{words(26)} It is.", "A sentence has 26 words; it can have 25."),
    ("I see it. " * 3, "I see it. " * 4, "A paragraph has 4 sentences; it can have 3."),
    (f"{words(16)}\n\n{words(14)}", f"{words(16)}\n\n{words(15)}",
     f"{DETAILS} 15.5 words in a sentence on average; it can have 15."),
    (f"{'teapot ' * 6}see see see see.", f"{'teapot ' * 7}see see see.",
     f"{DETAILS} the Flesch-Kincaid grade 8.4; it can have 8.0."),
    ("See it now and see it then, everything. See it and see it everything now.",
     "See it now and see it then, everything. See it and see everything everything now.",
     f"{DETAILS} the SMOG grade 10.2; it can have 10.0."),
])  # fmt: skip
def test_text_just_above_a_limit_is_a_problem(
    example: Path, content: Path, allowed: str, rejected: str, message: str
) -> None:
    write(content, allowed)
    assert problems_of(example, content) == []
    write(content, rejected)
    assert [problem.message for problem in problems_of(example, content)] == [message]


def test_long_sentence_of_a_page_is_reported_at_its_column(example: Path, content: Path) -> None:
    write(content, f"Short.\n\n- One.\n- Two.\n- {words(26)}\n\nThe end.")
    [problem] = problems_of(example, content)
    assert str(problem.place) == "content/about.md:7:3"


# Grades

HARD = "Everybody understands everything immediately, and somebody usually remembers everything afterwards."


def test_top_layer_must_be_easier_than_the_details(example: Path, content: Path) -> None:
    edit(example / f"{LID}.yml", "You put the lid back.", f"{HARD} {HARD} {HARD}")
    problems = problems_of(example, content)
    assert {problem.message.split(" has ")[0] for problem in problems} == {f"The top layer of {LID}"}
    edit(example / f"{LID}.yml", f"{HARD} {HARD} {HARD}", "You put it back.")
    edit(example / f"{LID}.yml", "It takes about three minutes.", f"It takes time. {HARD}")
    assert problems_of(example, content) == []


def test_hint_lists_the_place_and_long_words(example: Path, content: Path) -> None:
    file = example / "signs.yml"
    edit(file, "brief: a louder squeak", f"brief: {3 * HARD.lower().rstrip('.')} with dry polishing")
    problem = next(problem for problem in problems_of(example, content) if "SMOG" in problem.message)
    line = line_of(file, f"brief: {HARD[:20].lower()}")
    assert (problem.place.path, problem.place.line) == ("data/signs.yml", line)
    assert f"here first: data/signs.yml:{line}:3 (a sentence of " in problem.hint
    assert "everybody, understands, everything, immediately" in problem.hint
    assert ", polishing" not in problem.hint


def test_value_above_its_limit_is_rounded_up(example: Path, content: Path) -> None:
    write(content, f"{words(15)}\n\n" * 23 + words(16))
    [problem] = problems_of(example, content)
    assert "has 15.1 words in a sentence on average" in problem.message


# The texts of a page


@pytest.mark.parametrize(("page", "edits", "top", "detail"), [
    (LID, [  # lines of the short page are details too
        (LID, "It takes about three minutes.", "It takes about three long minutes."),
        (LID, "You rub only the lid", "You rub only the big lid"),
        (LID, "Lid polishing is quick.", "Lid polishing is very quick."),
        (LID, "You lift the lid off.", "You lift the big lid off."),
     ], 3, 4),
    (POLISHING, [(POLISHING, "how: Survey by mail", f"how: {HARD}")], 0, 0),
    (POLISHING, [
        (POLISHING, "counted: were pleased", "counted: were very pleased"),
        (POLISHING, "note: This is a small", "note: This is a very small"),
     ], 1, 2),
    (POLISHING, [
        (POLISHING, "Until the next polishing.", "Until the very next polishing."),
        (POLISHING, "A softer cloth is used.", "A much softer cloth is used."),
     ], 0, 2),
    (f"{COMPARISON}.md", [
        (LID, "The shine fades by itself.", "The nice shine fades by itself."),
        (COMPARISON, "For the lid alone we found", "For the lid we found"),
     ], 1, -1),
], ids=["short page", "context of a figure", "figure", "harm", "comparison"])  # fmt: skip
def test_words_added_to_each_layer(
    example: Path, content: Path, page: str, edits: list[tuple[str, str, str]], top: int, detail: int
) -> None:
    before = readings_of(example, content)[page]
    for file, old, new in edits:
        edit(example / f"{file}.yml", old, new)
    after = readings_of(example, content)[page]
    assert after[TOP].raw.words - before[TOP].raw.words == top
    assert after[DETAIL].raw.words - before[DETAIL].raw.words == detail


def test_paragraphs_of_a_figure_and_of_an_unknown(example: Path) -> None:
    facts = dict(load(example)[0].iter_facts())
    quiet, singing = "teapot-polishing.benefits.quiet", "teapot-polishing.unknowns.singing"
    assert [text for _, text in iter_texts(facts[quiet])] == [
        "18 of 24 teapots were quiet. The other 6 were not. The true number could be from 53 to 90 percent.",
        "Compared with 2 of 23 teapots that were left alone.",
        "This is a small study in one kitchen.",
    ]
    assert [text for _, text in iter_texts(facts[singing])] == [
        "Nobody has asked whether a polished teapot sings."
    ]


@pytest.mark.parametrize(("file", "old"), [
    (LID, "You lift the lid off."),
    ("signs", "Most spouts break"),
    ("claims", "In a registry, half"),
    ("vocabulary/words", "A person"),
])  # fmt: skip
def test_long_sentence_in_data_is_reported_at_its_line(example: Path, content: Path, file: str, old: str) -> None:
    edit(example / f"{file}.yml", old, f"{words(26)} {old}")
    problem = problems_of(example, content)[0]
    line = line_of(example / f"{file}.yml", words(26))
    assert (problem.place.path, problem.place.line) == (f"data/{file}.yml", line)
    assert problem.message.startswith("A sentence has ")
    assert problem.hint.startswith(f'Split it into two: "{words(26)}')


@pytest.mark.parametrize(("old", "new"), [
    ("conditions: [squeaking-lid]", "conditions: [zzz]"),
    ("  - teapot-lid-polishing\n", "  - zzz\n"),
])  # fmt: skip
def test_comparison_with_a_problem_is_not_measured(example: Path, content: Path, old: str, new: str) -> None:
    edit(example / f"{COMPARISON}.yml", old, new)
    site = prepare(example, content, TODAY)
    assert site.problems
    assert f"{COMPARISON}.md" not in site.readings
    assert LID in site.readings


def test_comparison_with_an_unreadable_option_is_not_measured(example: Path, content: Path) -> None:
    edit(example / f"{LID}.yml", "kind: can-be-undone", "kind: can-be-undnoe")
    readings = readings_of(example, content)
    assert POLISHING in readings
    assert not readings.keys() & {LID, f"{COMPARISON}.md"}
