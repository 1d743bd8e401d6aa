"""Documents explain each cited rule id, each command and each make target, and name code and files that exist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from build_tools.__main__ import cli
from tests.conftest import ROOT, problems_of

PAGE = ROOT / "docs/standards.md"
ID = re.compile(r"(?<![\w/-])[A-Z]{1,4}-[A-Z]?\d{1,2}(?![\w-]|\.\d)")
OTHERS = {"UTF-8", "TH-17"}
"""Text that looks like an id: an encoding, and the number of an invented leaflet."""

TEXT = {".css", ".html", ".js", ".md", ".py", ".toml", ".typ", ".yml"}
FOLDERS = (".github", "build_tools", "content", "docs", "hooks", "tests")


def read_texts() -> Iterator[tuple[str, str]]:
    """The path and content of every other file that can cite an id; files of facts do not."""
    inside = (file for folder in FOLDERS for file in (ROOT / folder).rglob("*.*") if file.suffix in TEXT)
    for file in (*ROOT.glob("*.md"), ROOT / "data/wording.yml", *inside):
        if file != PAGE:
            yield str(file.relative_to(ROOT)), file.read_text("utf-8")


def test_cited_ids_are_explained_once() -> None:
    cited = {id: path for path, text in read_texts() for id in ID.findall(text) if id not in OTHERS}
    listed = re.findall(r"^\| ([A-Z]+-\w+) \|", PAGE.read_text("utf-8"), re.M)
    assert {id: path for id, path in cited.items() if id not in listed} == {}, "add a row to docs/standards.md"
    assert set(listed) - set(cited) == set(), "nothing cites these ids: delete their rows in docs/standards.md"
    assert len(listed) == len(set(listed))


def test_ids_are_not_cited_as_ranges() -> None:
    pattern = re.compile(rf"{ID.pattern} to (?:[A-Z]+-)?\d")
    assert {path for path, text in read_texts() if pattern.search(text)} == set(), "cite each id"


def test_hacking_names_code_and_files_that_exist() -> None:
    code = "\n".join(
        text for path, text in read_texts() if path.startswith(("build_tools", "content", "hooks", "tests"))
    )
    defined = set(re.findall(r"^ *(?:def |class |{%-? macro )?(\w+)(?:\(|:| = )", code, re.M))
    guide = (ROOT / "HACKING.md").read_text("utf-8")
    names = re.findall(r"`(\w*[A-Z_][\w.]*)(?:\(.*?\))?`", guide)
    assert len(names) > 15
    assert [name for name in names if name.split(".")[-1] not in defined | {"md"}] == []
    paths = re.findall(r"`((?:[\w-]+/)+[\w.-]*)`", guide)
    folders = (ROOT, ROOT / "build_tools", ROOT / "content/templates")
    assert [path for path in paths if not any((folder / path).exists() for folder in folders)] == []


def test_each_command_and_each_make_target_is_documented() -> None:
    guides = "\n".join(file.read_text("utf-8") for file in ROOT.glob("*.md"))
    [targets] = re.findall(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text("utf-8"), re.M)
    assert [name for name in targets.split() if f"make {name}" not in guides] == []
    assert [name for name in cli.commands if not re.search(rf"build_tools (.* \| )?{name}\b", guides)] == []


def test_contributing_quotes_a_real_message(example: Path) -> None:
    file = example / "procedures/teapot-polishing.yml"
    file.write_text(file.read_text("utf-8").replace("\n  sources: [spout", "\n  sources: [spuot", 1), "utf-8")
    [problem] = problems_of(example)
    assert f"\n    {problem.place}: {problem.message}\n" in (ROOT / "CONTRIBUTING.md").read_text("utf-8")
