"""What an editor sees while typing, from the language server of VS Code's YAML extension.

The server is installed once, from npm, into build/; without it, these tests are skipped. The client here uses the
Language Server Protocol over standard input and output, as VS Code does.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from itertools import count
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
"""The longest that an answer can take; the first one waits until the server has started."""
Message = dict[str, Any]


class LanguageServer:
    """A client of the running server, which requests the project's VS Code settings."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._settings = json.loads((ROOT / ".vscode/settings.json").read_text("utf-8"))
        self._received: Queue[Message] = Queue()
        self._last_id = 0
        threading.Thread(target=self._listen, daemon=True).start()
        item = {"snippetSupport": True, "documentationFormat": ["markdown"]}
        capabilities = {
            "workspace": {"configuration": True, "workspaceFolders": True},
            "textDocument": {"completion": {"completionItem": item}, "hover": {"contentFormat": ["markdown"]}},
        }
        folders = [{"uri": ROOT.as_uri(), "name": ROOT.name}]
        params = {"processId": None, "rootUri": ROOT.as_uri(), "workspaceFolders": folders}
        self._request("initialize", params | {"capabilities": capabilities})
        self._send(method="initialized", params={})
        self._wait(lambda message: message.get("method") == "workspace/configuration")  # it then has the schemas

    def open(self, file: Path, text: str) -> list[Message]:
        """Open `file` with unsaved `text`; return what the server underlines in it."""
        document = {"uri": file.as_uri(), "languageId": "yaml", "version": 1, "text": text}
        self._send(method="textDocument/didOpen", params={"textDocument": document})
        expected = "textDocument/publishDiagnostics", file.as_uri()
        message = self._wait(
            lambda message: (message.get("method"), (message.get("params") or {}).get("uri")) == expected
        )
        return list(message["params"]["diagnostics"])

    def complete(self, file: Path, line: int, column: int) -> list[Message]:
        """The completions at a line and a column of an open file, both from 1."""
        result = self._request_at("completion", file, line, column)
        return result["items"] if isinstance(result, dict) else result or []

    def hover(self, file: Path, line: int, column: int) -> str:
        """The explanation at a line and a column of an open file, both from 1."""
        result = self._request_at("hover", file, line, column)
        return str(result["contents"]["value"]) if result else ""

    def _request_at(self, feature: str, file: Path, line: int, column: int) -> Any:
        position = {"line": line - 1, "character": column - 1}
        params = {"textDocument": {"uri": file.as_uri()}, "position": position}
        return self._request(f"textDocument/{feature}", params)

    def _request(self, method: str, params: Message) -> Any:
        self._last_id += 1
        self._send(id=self._last_id, method=method, params=params)
        response = self._wait(lambda message: message.get("id") == self._last_id and "method" not in message)
        assert "error" not in response, response["error"]
        return response["result"]

    def _send(self, **message: Any) -> None:
        body = json.dumps({"jsonrpc": "2.0"} | message).encode()
        assert self._process.stdin
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._process.stdin.flush()

    def _wait(self, is_expected: Callable[[Message], bool]) -> Message:
        """The next expected message; requests of the server are answered meanwhile."""
        while True:
            message = self._received.get(timeout=SECONDS)
            if "id" in message and "method" in message:
                wants_settings = message["method"] == "workspace/configuration"
                self._send(
                    id=message["id"], result=self._select_settings(message["params"]) if wants_settings else None
                )
            if is_expected(message):
                return message

    def _select_settings(self, params: Message) -> list[Message]:
        """The settings of each section, as VS Code sends them: `yaml.schemas` is `schemas` of `yaml`."""
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
    """The language server, running in this project with the settings in .vscode."""
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


def replaced(old: str, new: str) -> str:
    """The example of a procedure with one change."""
    text = POLISHING.read_text("utf-8")
    assert text.count(old) == 1
    return text.replace(old, new)


def line_of(text: str, part: str) -> int:
    """The number of the line in which `part` first appears."""
    return text[: text.index(part)].count("\n") + 1


_numbers = count()


def open_unsaved(server: LanguageServer, text: str, folder: Path = POLISHING.parent) -> tuple[Path, list[Message]]:
    """A new file with this text, and what the server underlines in it."""
    file = folder / f"unsaved-{next(_numbers)}.yml"
    return file, server.open(file, text)


def completions(server: LanguageServer, text: str, folder: Path = POLISHING.parent) -> dict[str, str]:
    """The completions where `text` has a `@`, each with its help."""
    before = text[: text.index("@")]
    file, _ = open_unsaved(server, text.replace("@", "", 1), folder)
    help_of = {}
    for item in server.complete(file, before.count("\n") + 1, len(before) - before.rfind("\n")):
        help = item.get("documentation", "")
        help_of[item["label"]] = help["value"] if isinstance(help, dict) else help
    return help_of


@pytest.mark.parametrize(
    "file", [POLISHING, SOURCES, *sorted((ROOT / "data/comparisons").glob("*.yml"))], ids=lambda file: file.stem
)
def test_nothing_is_underlined_in_a_valid_file(server: LanguageServer, file: Path) -> None:
    assert server.open(file, file.read_text("utf-8")) == []


@pytest.mark.parametrize(("old", "new", "at", "expected"), [
    ("kind: can-be-undone", "kind: sometimes", "kind: sometimes", "Valid values:"),
    ("    count: 18\n", "    count: many\n", "    count: many", 'Expected "integer".'),
    ("    role: guides\n", "", "  lens:", 'Missing property "role".'),
    ("    structure: hinge\n", "    structure: The Hinge\n", "    structure: The", "lowercase letters, digits"),
    ("    out_of: 24\n", "    outof: 24\n", "    outof: 24", "Property outof is not allowed."),
    ("facts_checked: 2026-11-22", "facts_checked: yesterday", "facts_checked: yest", "date"),
    ("  - What happens if I do nothing?\n", "", "questions:", "too few items"),
])  # fmt: skip
def test_mistake_is_underlined(server: LanguageServer, old: str, new: str, at: str, expected: str) -> None:
    text = replaced(old, new)
    [underlined] = open_unsaved(server, text)[1]
    assert expected in underlined["message"]
    # A list is underlined at its first entry, everything else in its own line.
    line = underlined["range"]["start"]["line"] + 1
    assert line == line_of(text, at) + (at == "questions:")


def test_each_field_of_a_procedure_is_offered_with_help(server: LanguageServer) -> None:
    first = POLISHING.read_text("utf-8").splitlines()[0]
    schema = json.loads((ROOT / "data/schema/procedure.json").read_text("utf-8"))
    help_of = completions(server, f"{first}\n@")
    for name, field in schema["properties"].items():
        field = schema["$defs"].get(field.get("$ref", "").rsplit("/", 1)[-1], {}) | field
        assert field["description"] in help_of[name], name


@pytest.mark.parametrize(("old", "new", "expected"), [
    ("kind: can-be-undone", "kind: @", {"destroys-nerve-tissue", "can-be-undone", "no-procedure"}),
    ("    role: guides", "    role: @", {"plans", "guides", "checks"}),
    ("    measure: months", "    measure: @", {"months", "days", "points on a scale from 0 to 10"}),
    ("    when: One week after polishing", "    when: @", {"Not stated in what was read."}),
])  # fmt: skip
def test_possible_values_are_offered(server: LanguageServer, old: str, new: str, expected: set[str]) -> None:
    assert completions(server, replaced(old, new)).keys() == expected


def test_fields_of_an_entry_are_offered(server: LanguageServer) -> None:
    entry = "  a-cloth:\n    says: It is rubbing with a cloth. Nothing is cut.\n    sources: [spout-2019]\n"
    help_of = completions(server, replaced(entry, "  a-cloth:\n    @\n"))
    assert help_of.keys() >= {"says", "sources", "counted", "certainty", "not_known", "searched", "does_not_apply"}
    assert help_of["not_known"] == "What is not known, and why, in a sentence for the reader."


@pytest.mark.parametrize(("at", "help"), [
    ("kind: can-be-undone", "What it does to nerves."),
    ("structure: hinge", "The id of a body structure in data/vocabulary/structures.yml;"),
    ("counted: were quiet", "What was counted. For a share: words that follow"),
    ("weight: dangerous", "expected: everybody has it. dangerous: it can last"),
])  # fmt: skip
def test_hovering_over_a_field_explains_it(server: LanguageServer, at: str, help: str) -> None:
    text = POLISHING.read_text("utf-8")
    server.open(POLISHING, text)
    line = line_of(text, at)
    column = text.splitlines()[line - 1].index(at) + 2
    assert help in server.hover(POLISHING, line, column)


# The settings of VS Code


def test_settings_give_each_schema_to_existing_files() -> None:
    settings = json.loads((ROOT / ".vscode/settings.json").read_text("utf-8"))["yaml.schemas"]
    assert settings.keys() == {f"data/schema/{name}.json" for name in SCHEMAS}
    for schema, glob in settings.items():
        files = list(ROOT.glob(glob))
        assert files, glob
        for file in files:
            match = re.match(r"# yaml-language-server: \$schema=(\S+)\n", file.read_text("utf-8"))
            assert match is None or (file.parent / match[1]).resolve() == ROOT / schema, file


def test_settings_help_in_a_file_that_names_no_schema(server: LanguageServer) -> None:
    folder = ROOT / "data/procedures"
    _, underlined = open_unsaved(server, "names:\n  name: Teapot\nkind: sometimes\n", folder)
    messages = {(mark["range"]["start"]["line"] + 1, mark["message"].split(".")[0]) for mark in underlined}
    assert (3, "Value is not accepted") in messages
    assert (1, 'Missing property "summary"') in messages
    assert "no-procedure" in completions(server, "kind: @\n", folder)


def test_the_yaml_extension_is_recommended() -> None:
    extensions = json.loads((ROOT / ".vscode/extensions.json").read_text("utf-8"))
    assert extensions["recommendations"] == ["redhat.vscode-yaml"]
