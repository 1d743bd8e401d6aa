"""The site as built by MkDocs, served by a real web server, opened in a real browser."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlsplit

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, Page, expect, sync_playwright

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

expect.set_options(timeout=30_000)  # a busy machine is slow, and not wrong

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


class Files(SimpleHTTPRequestHandler):
    """Answers with files, and asks browsers to ask again each time, as the servers of clinics do."""

    late: ClassVar[dict[str, threading.Event]] = {}

    def do_GET(self) -> None:
        """Send a file, but not before it may come."""
        if held := self.late.get(Path(urlsplit(self.path).path).name):
            held.wait()
        super().do_GET()

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextmanager
def late(name: str) -> Iterator[None]:
    """A slow network: the file of that name does not come before the block ends."""
    Files.late[name] = threading.Event()
    try:
        yield
    finally:
        Files.late.pop(name).set()


class Server(ThreadingHTTPServer):
    """A web server for many requests at once."""

    request_queue_size = 100

    def handle_error(self, *_: object) -> None:
        """Print nothing: a browser that goes on to the next page hangs up."""


@contextmanager
def serving(handler: Any) -> Iterator[str]:
    """The address of a web server on this machine, until the block ends."""
    with Server(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """The address of the served site, below a sub-path as on a clinic's own server."""
    with serving(partial(Files, directory=str(site.parent))) as top:
        yield f"{top}/pain"


class Reader:
    """Somebody who opens pages in Chromium: those of the served site by their path, others by their address."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser = browser
        self._top = f"{address}/"

    def opens(self, path: str = "about:blank", width: int = 1280, height: int = 720, **options: Any) -> Page:
        """A page in a window of its own, in which nothing is kept yet."""
        size: Any = {"width": width, "height": height}
        page = self._browser.new_page(base_url=self._top, viewport=size, **options)
        page.goto(path)
        return page

    def reads(
        self, paths: Iterable[str], width: int = 1280, height: int = 720, **options: Any
    ) -> Iterator[tuple[str, Page]]:
        """Each page in turn, in the same window. One that follows itself with another "#" is not loaded anew."""
        page = self.opens("about:blank", width, height, **options)
        for path in paths:
            page.goto(path)
            yield path, page
        page.close()


@pytest.fixture
def reader(browser: Browser, address: str) -> Reader:
    return Reader(browser, address)


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
