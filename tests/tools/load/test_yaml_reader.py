"""YAML to plain values with places."""

from __future__ import annotations

from pathlib import Path

import pytest

from build_tools.load.yaml_reader import Document, read, read_text
from build_tools.records.problems import Place


def document(tmp_path: Path, text: str) -> Document:
    file = tmp_path / "pot.yml"
    file.write_text(text, "utf-8")
    made, problems = read(file, "data/pot.yml")
    assert problems == []
    return made


@pytest.mark.parametrize(
    "written", ["no", "yes", "on", "Off", "true", "1:30", "007", "1e3", "0x1F", "2026-02-30", "3.10", "1_000"]
)
def test_a_value_arrives_as_the_text_that_was_written(tmp_path: Path, written: str) -> None:
    assert document(tmp_path, f"a: {written}\n").value == {"a": written}


@pytest.mark.parametrize("written", ["", "~", "null"])
def test_a_field_without_a_value_is_nothing_and_quotation_marks_make_it_a_text(
    tmp_path: Path, written: str
) -> None:
    made = document(tmp_path, f"a: {written}\nb: \"{written}\"\nc: '{written}'\n")
    assert made.value == {"a": None, "b": written, "c": written}


def test_every_value_has_the_line_and_column_of_its_name(tmp_path: Path) -> None:
    made = document(tmp_path, "# tea\npot:\n  lid: [röund, {made_of: tin}]\n  spout: long\n")
    assert made.value == {"pot": {"lid": ["röund", {"made_of": "tin"}], "spout": "long"}}
    assert made.place("pot") == Place("data/pot.yml", 2, 1)
    assert made.place("pot", "lid") == Place("data/pot.yml", 3, 3)
    assert made.place("pot", "lid", 0) == Place("data/pot.yml", 3, 9)
    assert made.place("pot", "lid", 1, "made_of") == Place("data/pot.yml", 3, 17)
    assert made.place("pot", "spout") == Place("data/pot.yml", 4, 3)


def test_what_is_missing_has_the_place_of_the_nearest_thing_above_it(tmp_path: Path) -> None:
    made = document(tmp_path, "# tea\npot:\n  lid: round\n")
    assert made.place("pot", "handle", "length") == Place("data/pot.yml", 2, 1)
    assert Document("data/pot.yml", None).place("pot") == Place("data/pot.yml", 1, 1)


def test_windows_line_ends_do_not_move_lines_and_stay_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "pot.yml"
    raw = b"\xef\xbb\xbflid:   round\r\nspout: long\r\n"
    file.write_bytes(raw)
    made, _ = read(file, "data/pot.yml")
    assert made.value == {"lid": "round", "spout": "long"}
    assert made.place("spout").line == 2
    assert file.read_bytes() == raw


def test_a_text_file_is_read_with_the_same_care(tmp_path: Path) -> None:
    file = tmp_path / "words.md"
    file.write_text("Tea\n", "utf-8")
    assert read_text(file, "content/words.md") == ("Tea\n", [])
    file.write_bytes(b"\xef\xbb\xbf" + "éé".encode() + b"\xff")
    text, [problem] = read_text(file, "content/words.md")
    assert text == ""
    assert str(problem.place) == "content/words.md:1:3"
    assert "must be saved as UTF-8" in problem.message
