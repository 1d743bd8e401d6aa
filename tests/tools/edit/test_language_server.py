"""What an editor sees while typing, asked from the language server that VS Code's YAML extension runs.

The server is installed once, from npm, into build/; where that cannot be done these tests are skipped.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from build_tools.edit.schema import SCHEMAS
from tests.conftest import ROOT
from tests.node import MissingError, install, skip
from tests.tools.edit.language_server import LanguageServer, running

pytestmark = pytest.mark.slow

POLISHING = ROOT / "docs/example/data/procedures/teapot-polishing.yml"
SOURCES = ROOT / "docs/example/data/sources.yml"


@pytest.fixture(scope="module")
def server() -> Iterator[LanguageServer]:
    """The language server, running in this project's folder with the settings of .vscode."""
    try:
        installed = install("yaml-language-server")
    except MissingError as missing:
        skip(missing)
    with running(installed, ROOT) as started:
        yield started


def line_of(text: str, part: str) -> int:
    """The line, from 1, in which `part` first stands."""
    return text[: text.index(part)].count("\n") + 1


_files = iter(range(1000))


def typed(server: LanguageServer, text: str, folder: Path = POLISHING.parent) -> tuple[Path, list[dict[str, Any]]]:
    """A file that is only typed, not saved, and what the server underlines in it."""
    file = folder / f"typed-{next(_files)}.yml"
    return file, server.open(file, text)


def offered(server: LanguageServer, text: str, folder: Path = POLISHING.parent) -> dict[str, str]:
    """What the server offers where `text` has a `@`, each with its help."""
    before = text[: text.index("@")]
    file, _ = typed(server, text.replace("@", "", 1), folder)
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    found = {}
    for item in server.complete(file, line, column):
        described = item.get("documentation", "")
        found[item["label"]] = described["value"] if isinstance(described, dict) else described
    return found


@pytest.mark.parametrize(
    "file", [POLISHING, SOURCES, *sorted((ROOT / "data/comparisons").glob("*.yml"))], ids=lambda file: file.stem
)
def test_nothing_is_underlined_in_a_file_that_is_right(server: LanguageServer, file: Path) -> None:
    assert server.open(file, file.read_text("utf-8")) == []


@pytest.mark.parametrize(("old", "new", "at", "said"), [
    ("kind: can-be-undone", "kind: sometimes", "kind: sometimes", "Valid values:"),
    ("    count: 18\n", "    count: many\n", "    count: many", 'Expected "integer".'),
    ("    role: guides\n", "", "  lens:", 'Missing property "role".'),
    ("    structure: hinge\n", "    structure: The Hinge\n", "    structure: The", "small letters, digits and"),
    ("    out_of: 24\n", "    outof: 24\n", "    outof: 24", "Property outof is not allowed."),
    ("facts_checked: 2026-11-22", "facts_checked: yesterday", "facts_checked: yest", "date"),
    ("  - What happens if I do nothing?\n", "", "questions:", "too few items"),
])  # fmt: skip
def test_a_mistake_is_underlined(server: LanguageServer, old: str, new: str, at: str, said: str) -> None:
    text = POLISHING.read_text("utf-8")
    assert text.count(old) == 1
    text = text.replace(old, new)
    underlined = typed(server, text)[1]
    found = [(mark["range"]["start"]["line"] + 1, mark["message"]) for mark in underlined]
    assert len(found) == 1, found
    line, message = found[0]
    assert said in message
    # A list is underlined where its first entry begins, all else in its own line.
    assert line in (line_of(text, at), line_of(text, at) + 1 if at == "questions:" else 0)


def test_every_field_of_a_procedure_is_offered_in_an_empty_file_with_its_help(server: LanguageServer) -> None:
    first = POLISHING.read_text("utf-8").splitlines()[0]
    schema = json.loads((ROOT / "data/schema/procedure.json").read_text("utf-8"))
    found = offered(server, f"{first}\n@")
    for name, field in schema["properties"].items():
        described = schema["$defs"].get(field.get("$ref", "").rsplit("/", 1)[-1], {}) | field
        assert described["description"] in found[name], name


@pytest.mark.parametrize(("old", "new", "expected"), [
    ("kind: can-be-undone", "kind: @", {"destroys-nerve-tissue", "can-be-undone", "no-procedure"}),
    ("    role: guides", "    role: @", {"plans", "guides", "checks"}),
    ("    measure: months", "    measure: @", {"months", "days", "points on a scale from 0 to 10"}),
    ("    when: One week after polishing", "    when: @", {"Not stated in what was read."}),
])  # fmt: skip
def test_possible_values_are_offered(server: LanguageServer, old: str, new: str, expected: set[str]) -> None:
    text = POLISHING.read_text("utf-8")
    assert text.count(old) == 1
    assert set(offered(server, text.replace(old, new))) == expected


def test_the_fields_of_an_entry_are_offered(server: LanguageServer) -> None:
    text = POLISHING.read_text("utf-8")
    entry = "  a-cloth:\n    says: It is rubbing with a cloth. Nothing is cut.\n    sources: [spout-2019]\n"
    assert text.count(entry) == 1
    found = offered(server, text.replace(entry, "  a-cloth:\n    @\n"))
    assert {"says", "sources", "counted", "certainty", "not_known", "searched", "does_not_apply"} <= set(found)
    assert found["not_known"] == "What is not known, and why, in a sentence for the reader."


@pytest.mark.parametrize(("at", "explained"), [
    ("kind: can-be-undone", "What it does to nerves."),
    ("structure: hinge", "The id of a body structure in data/vocabulary/structures.yml;"),
    ("counted: were quiet", "What was counted. For a share: what follows"),
    ("weight: dangerous", "expected: everybody has it. dangerous: it can last"),
])  # fmt: skip
def test_hovering_over_a_field_explains_it(server: LanguageServer, at: str, explained: str) -> None:
    text = POLISHING.read_text("utf-8")
    server.open(POLISHING, text)
    line = line_of(text, at)
    column = text.splitlines()[line - 1].index(at) + 2
    assert explained in server.hover(POLISHING, line, column)


# The settings of VS Code


def settings() -> dict[str, str]:
    """Which schema the settings give to which files."""
    read = json.loads((ROOT / ".vscode/settings.json").read_text("utf-8"))
    return dict(read["yaml.schemas"])


def test_the_settings_tie_every_schema_to_files_that_exist() -> None:
    assert set(settings()) == {f"data/schema/{name}.json" for name in SCHEMAS}
    for schema, files in settings().items():
        found = list(ROOT.glob(files))
        assert found, f"no file is {files}"
        for file in found:
            named = re.match(r"# yaml-language-server: \$schema=(\S+)\n", file.read_text("utf-8"))
            assert named is None or (file.parent / named[1]).resolve() == ROOT / schema, file


def test_a_new_file_without_its_first_line_is_helped_by_the_settings(server: LanguageServer) -> None:
    folder = ROOT / "data/procedures"
    _, underlined = typed(server, "names:\n  name: Teapot\nkind: sometimes\n", folder)
    said = {(mark["range"]["start"]["line"] + 1, mark["message"].split(".")[0]) for mark in underlined}
    assert (3, "Value is not accepted") in said
    assert (1, 'Missing property "summary"') in said
    assert "no-procedure" in offered(server, "kind: @\n", folder)


def test_the_settings_recommend_the_extension_that_reads_them() -> None:
    read = json.loads((ROOT / ".vscode/extensions.json").read_text("utf-8"))
    assert read["recommendations"] == ["redhat.vscode-yaml"]
