"""The site as built by MkDocs, served by a real web server, opened in a real browser."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, sync_playwright

from build_tools.load.loader import load
from tests.conftest import LATEST, ROOT, clock
from tests.web_servers import NAME

KINDS = (
    "index.html",
    "procedures/percutaneous-cordotomy/results.html", "procedures/percutaneous-cordotomy/risks.html",
    "procedures/percutaneous-cordotomy/when-to-get-help.html",
    "procedures/percutaneous-cordotomy/what-happens.html",
    "comparisons/trigeminal-needle-treatments.html",
    "procedures/percutaneous-cordotomy.html", "procedures/rhizotomy.html",
    "procedures/percutaneous-cordotomy/for-the-person-with-you.html",
    "take-along/no-procedure.html", "worksheets/trigeminal-needle-treatments.html", "procedures.html",
    "comparisons.html", "signs.html", "claims.html", "glossary.html", "a-to-z.html", "sources.html",
    "changes.html", "infobutton.html", "about.html", "accessibility.html", "privacy.html", "data.html",
    "how-to-read-the-numbers.html", "search.html#q=cordotomy",
)  # fmt: skip
"""A page of each kind, with its tools in use."""

AT_REST = "document.fonts.ready.then(() => new Promise(done => requestIdleCallback(() => done())))"
"""In a loaded page: waits until its fonts have come and its scripts have nothing left to do."""


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The real site, built as `make site` builds it: once for all the processes in which tests run."""
    shared = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        shared = shared.parent
    folder, building = shared / "www" / "pain", shared / "building"
    with FileLock(shared / "site.lock"):
        if not folder.exists():
            subprocess.run(
                [sys.executable, "-m", "mkdocs", "--quiet", "build", "--strict", "--site-dir", str(building)],
                cwd=ROOT,
                check=True,
                env=os.environ | clock(LATEST),
            )
            folder.parent.mkdir()
            building.rename(folder)
    return folder


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing: the tests tell what went wrong."""


class _Server(ThreadingHTTPServer):
    request_queue_size = 100

    def handle_error(self, *_: object) -> None:
        """Say nothing: a browser that goes on to the next page hangs up."""


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """The address of the served site, below a sub-path as on a clinic's own server."""
    server = _Server(("127.0.0.1", 0), partial(_Quiet, directory=str(site.parent)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/pain"
    server.shutdown()
    server.server_close()


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Browser]:
    """Chromium for one test, after which all that it opened is closed."""
    before = chromium.contexts
    yield chromium
    for context in chromium.contexts:
        if context not in before:
            context.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium, as `make test` found or installed it."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                f"--host-resolver-rules=MAP {NAME} 127.0.0.1",
            ],
        )
        yield started
        started.close()


def pages_of(site: Path, data: Path = ROOT / "data") -> list[str]:
    """Every page of the site made from `data` but those that only lead on to another."""
    every = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    lead_on = {*load(data)[0].redirects, *(path for path in every if path.endswith("/index.html"))}
    return sorted(every - lead_on)
