"""The package audit reports known vulnerabilities, and never passes if it could not ask."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from pathlib import Path

import pytest

from build_tools.records.problems import CommandError
from build_tools.release.materials import Package, list_packages
from tests.conftest import ROOT, edit

pytestmark = pytest.mark.slow

VULNERABILITY = {
    "id": "TEAPOT-2026-1",
    "modified": "2026-11-01T00:00:00Z",
    "affected": [
        {
            "package": {"name": "mergedeep", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99.1"}]}],
            "versions": [version("mergedeep")],
        }
    ],
}
"""An invented vulnerability of a package in the lock file, as osv.dev reports one."""


@pytest.fixture
def locked(tmp_path: Path) -> Path:
    """A lock file with one package of the real one."""
    text = (ROOT / "requirements/run.txt").read_text("utf-8")
    start = text.index("mergedeep==")
    file = tmp_path / "locked.txt"
    file.write_text(text[start : text.index("    # via", start)], "utf-8")
    return file


@contextmanager
def service(answer: object) -> Iterator[str]:
    """The address of a service that gives the same answer to every request."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_: object) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1/query"
    server.shutdown()
    server.server_close()


def audit(folder: Path, locked: Path, address: str) -> subprocess.CompletedProcess[str]:
    """Run bin/audit in a project with this lock file and the environment of the tests."""
    (folder / "requirements").mkdir()
    shutil.copy(locked, folder / "requirements/dev.txt")
    (folder / ".venv").symlink_to(Path(sys.executable).parent.parent)
    command = [str(ROOT / "bin/audit"), "--vulnerability-service", "osv", "--osv-url", address]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_known_vulnerability_is_reported(tmp_path: Path, locked: Path) -> None:
    with service({"vulns": [VULNERABILITY]}) as address:
        done = audit(tmp_path, locked, address)
    assert done.returncode == 1, done.stderr
    assert "TEAPOT-2026-1" in done.stdout
    assert "It is unknown" not in done.stderr


def test_audit_passes_without_vulnerabilities(tmp_path: Path, locked: Path) -> None:
    with service({}) as address:
        assert audit(tmp_path, locked, address).returncode == 0


def test_unreachable_service_does_not_pass(tmp_path: Path, locked: Path) -> None:
    done = audit(tmp_path, locked, "http://127.0.0.1:9/v1/query")
    assert done.returncode == 3
    assert "It is unknown whether there are more." in done.stderr
    assert "Traceback" not in done.stderr


def test_installed_package_must_be_as_locked(locked: Path) -> None:
    installed = version("mergedeep")
    edit(locked, f"=={installed}", "==0.0.1")
    with pytest.raises(CommandError, match=rf"locks mergedeep==0\.0\.1, but {installed} is installed"):
        list_packages(locked)


def test_packages_of_other_systems_are_left_out(locked: Path) -> None:
    lines = locked.read_text("utf-8").replace(" \\", " ; sys_platform == 'teapot' \\", 1)
    locked.write_text(lines + "packaging==" + version("packaging") + " ; python_version >= '3.11'\n", "utf-8")
    assert list_packages(locked) == [Package("packaging", version("packaging"), "Apache-2.0 OR BSD-2-Clause")]
