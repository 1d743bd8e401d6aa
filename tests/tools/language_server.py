"""A small client for yaml-language-server, the program that helps editors while they type.

It speaks the Language Server Protocol over the server's input and output, as VS Code does.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from pathlib import Path
from queue import Empty, Queue
from types import TracebackType
from typing import Any, Self

SECONDS = 60
"""The longest that one answer may take; the first one waits until the server has started."""


class LanguageServer:
    """A running server for the folder `root`, which asks the settings of VS Code for its schemas."""

    def __init__(self, installed: Path, root: Path) -> None:
        program = installed / "node_modules/yaml-language-server/bin/yaml-language-server"
        self._process = subprocess.Popen(
            [shutil.which("node") or "node", str(program), "--stdio"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=root,
        )
        self._root = root
        self._settings = json.loads((root / ".vscode/settings.json").read_text("utf-8"))
        self._received: Queue[dict[str, Any]] = Queue()
        self._asked = 0
        threading.Thread(target=self._listen, daemon=True).start()
        folder = {"uri": root.as_uri(), "name": root.name}
        can = {
            "workspace": {"configuration": True, "workspaceFolders": True},
            "textDocument": {
                "completion": {"completionItem": {"snippetSupport": True, "documentationFormat": ["markdown"]}},
                "hover": {"contentFormat": ["markdown"]},
            },
        }
        self._ask(
            "initialize",
            {"processId": None, "rootUri": root.as_uri(), "workspaceFolders": [folder], "capabilities": can},
        )
        self._tell("initialized", {})
        self._wait(self._has_settings)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()

    def open(self, file: Path, text: str) -> list[dict[str, Any]]:
        """Open `file` with `text`, as if it had just been typed; what the server underlines in it."""
        document = {"uri": file.as_uri(), "languageId": "yaml", "version": 1, "text": text}
        self._tell("textDocument/didOpen", {"textDocument": document})
        said = self._wait(
            lambda said: (
                said.get("method") == "textDocument/publishDiagnostics" and said["params"]["uri"] == file.as_uri()
            )
        )
        return list(said["params"]["diagnostics"])

    def complete(self, file: Path, line: int, column: int) -> list[dict[str, Any]]:
        """What the server offers at a line and a column of an open file, both from 1."""
        found = self._ask("textDocument/completion", self._at(file, line, column))
        return found["items"] if isinstance(found, dict) else found or []

    def hover(self, file: Path, line: int, column: int) -> str:
        """What the server explains at a line and a column of an open file, both from 1."""
        found = self._ask("textDocument/hover", self._at(file, line, column))
        return str(found["contents"]["value"]) if found else ""

    # The protocol

    @staticmethod
    def _at(file: Path, line: int, column: int) -> dict[str, Any]:
        return {
            "textDocument": {"uri": file.as_uri()},
            "position": {"line": line - 1, "character": column - 1},
        }

    def _ask(self, method: str, params: dict[str, Any]) -> Any:
        self._asked += 1
        asked = self._asked
        self._send({"id": asked, "method": method, "params": params})
        said = self._wait(lambda said: said.get("id") == asked and "method" not in said)
        assert "error" not in said, said["error"]
        return said["result"]

    def _tell(self, method: str, params: dict[str, Any]) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0"} | message).encode()
        assert self._process.stdin
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._process.stdin.flush()

    def _has_settings(self, said: dict[str, Any]) -> bool:
        """Whether the server has just asked for its settings; they are sent, and it knows the schemas."""
        asked = said.get("method") == "workspace/configuration"
        if asked:
            self._send({"id": said["id"], "result": self._answer(said)})
        return asked

    def _wait(self, is_wanted: Any) -> dict[str, Any]:
        """The next message that is wanted; on the way, what the server itself asks is answered."""
        while True:
            try:
                said = self._received.get(timeout=SECONDS)
            except Empty:
                raise AssertionError(f"the language server said nothing for {SECONDS} seconds") from None
            if is_wanted(said):
                return said
            if "id" in said and "method" in said:
                self._send({"id": said["id"], "result": self._answer(said)})

    def _answer(self, said: dict[str, Any]) -> Any:
        if said["method"] != "workspace/configuration":
            return None
        return [self._section(item.get("section", "")) for item in said["params"]["items"]]

    def _section(self, name: str) -> dict[str, Any]:
        """The settings below one name, as VS Code hands them over: `yaml.schemas` is `schemas` of `yaml`."""
        return {key[len(name) + 1 :]: value for key, value in self._settings.items() if key.startswith(f"{name}.")}

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
