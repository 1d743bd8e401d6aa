"""A small client for yaml-language-server, the program that helps editors while they type.

It speaks the Language Server Protocol over the server's input and output, as VS Code does.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from typing import Any

SECONDS = 60
"""The longest that one answer may take; the first one waits until the server has started."""
Message = dict[str, Any]


class LanguageServer:
    """A running server for the folder `root`, which asks the settings of VS Code for its schemas."""

    def __init__(self, process: subprocess.Popen[bytes], root: Path) -> None:
        self._process = process
        self._settings = json.loads((root / ".vscode/settings.json").read_text("utf-8"))
        self._received: Queue[Message] = Queue()
        self._asked = 0
        threading.Thread(target=self._listen, daemon=True).start()
        item = {"snippetSupport": True, "documentationFormat": ["markdown"]}
        can = {
            "workspace": {"configuration": True, "workspaceFolders": True},
            "textDocument": {"completion": {"completionItem": item}, "hover": {"contentFormat": ["markdown"]}},
        }
        folders = [{"uri": root.as_uri(), "name": root.name}]
        begin = {"processId": None, "rootUri": root.as_uri(), "workspaceFolders": folders, "capabilities": can}
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


@contextmanager
def running(installed: Path, root: Path) -> Iterator[LanguageServer]:
    """The server that is installed in a folder, until the block ends."""
    program = installed / "node_modules/yaml-language-server/bin/yaml-language-server"
    command = [shutil.which("node") or "node", str(program), "--stdio"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root) as process:
        try:
            yield LanguageServer(process, root)
        finally:
            process.kill()
