"""The audit of packages: what is known is told, and what nobody could say is never called fine."""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import version
from pathlib import Path

import pytest

from build_tools import audit as audited
from build_tools.audit import AuditError, Package, audit, packages
from tests.conftest import ROOT

HOLE = {
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
"""An invented hole in a package of the lock file, as osv.dev tells of one."""


@pytest.fixture
def locked(tmp_path: Path) -> Path:
    """A lock file of one package, with the lines of the real one."""
    text = (ROOT / "requirements/run.txt").read_text("utf-8")
    start = text.index("mergedeep==")
    file = tmp_path / "locked.txt"
    file.write_text(text[start : text.index("    # via", start)], "utf-8")
    return file


@contextmanager
def service(answer: object) -> Iterator[str]:
    """The address of a service that gives one answer to every question."""

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1/query"
    server.shutdown()
    server.server_close()


def test_what_is_known_against_a_package_is_told(locked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with service({"vulns": [HOLE]}) as address:
        assert audit(locked, address) == 1
    assert f"mergedeep {version('mergedeep')}: TEAPOT-2026-1, mended in 99.1" in capsys.readouterr().err


def test_all_is_well_if_nothing_is_known(locked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with service({}) as address:
        assert audit(locked, address) == 0
    said = capsys.readouterr()
    assert "1 packages: nothing is known" in said.out
    assert said.out.startswith("mergedeep  ")
    assert said.err == ""


def test_a_service_that_cannot_be_reached_leaves_it_open(locked: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit(locked, "http://127.0.0.1:9/v1/query") == 3
    said = capsys.readouterr()
    assert "Nobody can say whether something is known against the packages: the service did not answer" in said.err
    assert "Traceback" not in said.err
    assert "nothing is known" not in said.out


def test_a_package_that_the_service_does_not_know_leaves_it_open(
    locked: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = {"dependencies": [{"name": "mergedeep", "skip_reason": "not found"}]}
    tool = audited.run_tool
    monkeypatch.setattr(
        audited,
        "run_tool",
        lambda module, *rest: (
            subprocess.CompletedProcess([], 0, json.dumps(answer), "No known vulnerabilities found")
            if module == "pip_audit"
            else tool(module, *rest)
        ),
    )
    assert audit(locked) == 3
    assert "the service knows nothing of mergedeep.\n" in capsys.readouterr().err


def test_a_license_that_is_not_allowed_is_named(
    locked: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(audited.DECLARED_NOWHERE, "mergedeep", "UNKNOWN")
    with service({}) as address:
        assert audit(locked, address) == 1
    said = capsys.readouterr().err
    assert f'mergedeep {version("mergedeep")} has the license "UNKNOWN", which is not allowed.' in said


@pytest.mark.parametrize(
    "license", ["UNKNOWN", "", "DFSG approved", "MIT AND Proprietary", "MIT License; Proprietary"]
)
def test_every_license_of_a_package_must_be_allowed(license: str) -> None:
    assert not Package("teapot", "1.0", license).allowed
    assert Package("teapot", "1.0", "MIT AND PSF-2.0").allowed


def test_every_locked_package_has_an_allowed_license() -> None:
    found = packages(ROOT / "requirements/dev.txt")
    assert len(found) > 100
    assert [package for package in found if not package.allowed] == []


def test_what_is_installed_must_be_what_is_locked(locked: Path) -> None:
    here = version("mergedeep")
    locked.write_text(locked.read_text("utf-8").replace(f"=={here}", "==0.0.1"), "utf-8")
    with pytest.raises(AuditError, match=rf"says mergedeep==0\.0\.1, but {here} is here"):
        packages(locked)


def test_what_other_systems_need_is_left_out(locked: Path) -> None:
    lines = locked.read_text("utf-8").replace(" \\", " ; sys_platform == 'teapot' \\", 1)
    locked.write_text(lines + "packaging==" + version("packaging") + " ; python_version >= '3.11'\n", "utf-8")
    assert packages(locked) == [Package("packaging", version("packaging"), "Apache-2.0 OR BSD-2-Clause")]
