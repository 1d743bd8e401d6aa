"""What an editor sees while typing, asked from the language server that VS Code's YAML extension runs.

The server is installed once, from npm, into build/; where that cannot be done these tests are skipped. The client
here speaks the Language Server Protocol over the server's input and output, as VS Code does.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from build_tools.edit.schema import SCHEMAS
from tests.conftest import ROOT
from tests.node import MissingError, install, skip

pytestmark = pytest.mark.slow

POLISHING = ROOT / "docs/example/data/procedures/teapot-polishing.yml"
SOURCES = ROOT / "docs/example/data/sources.yml"

SECONDS = 60
"""The longest that one answer may take; the first one waits until the server has started."""
Message = dict[str, Any]


class LanguageServer:
    """A running server for this project, which asks the settings of VS Code for its schemas."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._settings = json.loads((ROOT / ".vscode/settings.json").read_text("utf-8"))
        self._received: Queue[Message] = Queue()
        self._asked = 0
        threading.Thread(target=self._listen, daemon=True).start()
        item = {"snippetSupport": True, "documentationFormat": ["markdown"]}
        can = {
            "workspace": {"configuration": True, "workspaceFolders": True},
            "textDocument": {"completion": {"completionItem": item}, "hover": {"contentFormat": ["markdown"]}},
        }
        folders = [{"uri": ROOT.as_uri(), "name": ROOT.name}]
        begin = {"processId": None, "rootUri": ROOT.as_uri(), "workspaceFolders": folders, "capabilities": can}
        self._ask("initialize", begin)
        self._send(method="initialized", params={})
        self._wait(lambda said: said.get("method") == "workspace/configuration")  # then it knows the schemas

    def open(self, file: Path, text: str) -> list[Message]:
        """Open `file` with `text`, as if it had just been typed; what the server underlines in it."""
        document = {"uri": file.as_uri(), "languageId": "yaml", "version": 1, "text": text}
        self._send(method="textDocument/didOpen", params={"textDocument": document})
        method = "textDocument/publishDiagnostics"
        said = self._wait(lambda said: said.get("method") == method and said["params"]["uri"] == file.as_uri())
        return list(said["params"]["diagnostics"])

    def complete(self, file: Path, line: int, column: int) -> list[Message]:
        """What the server offers at a line and a column of an open file, both from 1."""
        found = self._ask_at("completion", file, line, column)
        return found["items"] if isinstance(found, dict) else found or []

    def hover(self, file: Path, line: int, column: int) -> str:
        """What the server explains at a line and a column of an open file, both from 1."""
        found = self._ask_at("hover", file, line, column)
        return str(found["contents"]["value"]) if found else ""

    # The protocol

    def _ask_at(self, what: str, file: Path, line: int, column: int) -> Any:
        position = {"line": line - 1, "character": column - 1}
        return self._ask(f"textDocument/{what}", {"textDocument": {"uri": file.as_uri()}, "position": position})

    def _ask(self, method: str, params: Message) -> Any:
        self._asked += 1
        asked = self._asked
        self._send(id=asked, method=method, params=params)
        said = self._wait(lambda said: said.get("id") == asked and "method" not in said)
        assert "error" not in said, said["error"]
        return said["result"]

    def _send(self, **message: Any) -> None:
        body = json.dumps({"jsonrpc": "2.0"} | message).encode()
        assert self._process.stdin
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._process.stdin.flush()

    def _wait(self, is_wanted: Callable[[Message], bool]) -> Message:
        """The next message that is wanted; on the way, what the server itself asks is answered."""
        while True:
            said = self._received.get(timeout=SECONDS)
            if "id" in said and "method" in said:
                asked_settings = said["method"] == "workspace/configuration"
                self._send(id=said["id"], result=self._answer(said["params"]) if asked_settings else None)
            if is_wanted(said):
                return said

    def _answer(self, params: Message) -> list[Message]:
        """The settings below each name, as VS Code hands them over: `yaml.schemas` is `schemas` of `yaml`."""
        names = [f"{item.get('section', '')}." for item in params["items"]]
        return [
            {key.removeprefix(name): value for key, value in self._settings.items() if key.startswith(name)}
            for name in names
        ]

    def _listen(self) -> None:
        stream = self._process.stdout
        assert stream
        while header := stream.readline():
            length = 0
            while header.strip():
                name, _, value = header.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
                header = stream.readline()
            self._received.put(json.loads(stream.read(length)))


@pytest.fixture(scope="module")
def server() -> Iterator[LanguageServer]:
    """The language server, running in this project's folder with the settings of .vscode."""
    try:
        installed = install("yaml-language-server")
    except MissingError as missing:
        skip(missing)
    program = installed / "node_modules/yaml-language-server/bin/yaml-language-server"
    command = [shutil.which("node") or "node", str(program), "--stdio"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT) as process:
        try:
            yield LanguageServer(process)
        finally:
            process.kill()


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
    ("counted: were quiet", "What was counted. For a share: words that follow"),
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
