"""YAML files are read as plain values with places."""

from __future__ import annotations

from pathlib import Path

import pytest

from build_tools.load.yaml_reader import Document, read
from build_tools.records.problems import Place


def document(tmp_path: Path, text: str) -> Document:
    file = tmp_path / "pot.yml"
    file.write_text(text, "utf-8")
    result, problems = read(file, "data/pot.yml")
    assert problems == []
    return result


@pytest.mark.parametrize(
    "written", ["no", "yes", "on", "Off", "true", "1:30", "007", "1e3", "0x1F", "2026-02-30", "3.10", "1_000"]
)
def test_every_scalar_is_text(tmp_path: Path, written: str) -> None:
    assert document(tmp_path, f"a: {written}\n").value == {"a": written}


@pytest.mark.parametrize("written", ["", "~", "null"])
def test_an_unquoted_null_is_none(tmp_path: Path, written: str) -> None:
    result = document(tmp_path, f"a: {written}\nb: \"{written}\"\nc: '{written}'\n")
    assert result.value == {"a": None, "b": written, "c": written}


def test_every_value_has_a_line_and_a_column(tmp_path: Path) -> None:
    result = document(tmp_path, "# tea\npot:\n  lid: [röund, {made_of: tin}]\n  spout: long\n")
    assert result.value == {"pot": {"lid": ["röund", {"made_of": "tin"}], "spout": "long"}}
    assert result.place("pot") == Place("data/pot.yml", 2, 1)
    assert result.place("pot", "lid") == Place("data/pot.yml", 3, 3)
    assert result.place("pot", "lid", 0) == Place("data/pot.yml", 3, 9)
    assert result.place("pot", "lid", 1, "made_of") == Place("data/pot.yml", 3, 17)
    assert result.place("pot", "spout") == Place("data/pot.yml", 4, 3)


def test_a_missing_path_has_the_nearest_place_above(tmp_path: Path) -> None:
    result = document(tmp_path, "# tea\npot:\n  lid: round\n")
    assert result.place("pot", "handle", "length") == Place("data/pot.yml", 2, 1)
    assert Document("data/pot.yml", None).place("pot") == Place("data/pot.yml", 1, 1)


def test_windows_line_ends_are_read_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "pot.yml"
    raw = b"\xef\xbb\xbflid:   round\r\nspout: long\r\n"
    file.write_bytes(raw)
    result, _ = read(file, "data/pot.yml")
    assert result.value == {"lid": "round", "spout": "long"}
    assert result.place("spout").line == 2
    assert file.read_bytes() == raw
