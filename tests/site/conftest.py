"""Fixtures: the real site as MkDocs builds it, on a local web server, in a real browser."""

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
"""One page of each kind; the search page with results."""

expect.set_options(timeout=30_000)  # for a busy machine

UNTIL_IDLE = "document.fonts.ready.then(() => new Promise(done => requestIdleCallback(() => done())))"
"""Waits until the fonts of a loaded page are there and its scripts are idle."""


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The real site, built once and shared by all pytest workers."""
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


class FileHandler(SimpleHTTPRequestHandler):
    """Serves files that browsers revalidate each time, as with our server configuration."""

    delayed: ClassVar[dict[str, threading.Event]] = {}

    def do_GET(self) -> None:
        if released := self.delayed.get(Path(urlsplit(self.path).path).name):
            released.wait()
        super().do_GET()

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@contextmanager
def delay(name: str) -> Iterator[None]:
    """Hold back the file `name` until the block ends, like a slow network."""
    FileHandler.delayed[name] = threading.Event()
    try:
        yield
    finally:
        FileHandler.delayed.pop(name).set()


class Server(ThreadingHTTPServer):
    """A web server for many requests at once."""

    request_queue_size = 100

    def handle_error(self, *_: object) -> None:
        """Print nothing: a browser that leaves a page closes its connections."""


@contextmanager
def serve(handler: Any) -> Iterator[str]:
    """Run a local web server until the block ends, and yield its URL."""
    with Server(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="session")
def site_url(site: Path) -> Iterator[str]:
    """The URL of the served site, below a path as on many clinics' servers."""
    with serve(partial(FileHandler, directory=str(site.parent))) as top:
        yield f"{top}/pain"


class Reader:
    """Opens pages in Chromium: relative paths are pages of the served site."""

    def __init__(self, browser: Browser, site_url: str) -> None:
        self._browser = browser
        self._base_url = f"{site_url}/"

    def open(self, path: str = "about:blank", width: int = 1280, height: int = 720, **options: Any) -> Page:
        """Open a page in a new browser context, without stored data."""
        size: Any = {"width": width, "height": height}
        page = self._browser.new_page(base_url=self._base_url, viewport=size, **options)
        page.goto(path)
        return page

    def visit(
        self, paths: Iterable[str], width: int = 1280, height: int = 720, **options: Any
    ) -> Iterator[tuple[str, Page]]:
        """Open each page in turn, in one window. A change of the fragment alone does not reload a page."""
        page = self.open("about:blank", width, height, **options)
        for path in paths:
            page.goto(path)
            yield path, page
        page.close()


@pytest.fixture
def reader(browser: Browser, site_url: str) -> Reader:
    return Reader(browser, site_url)


@pytest.fixture
def browser(chromium: Browser) -> Iterator[Browser]:
    """Chromium for one test; closes what the test opened."""
    before = chromium.contexts
    yield chromium
    for context in chromium.contexts:
        if context not in before:
            context.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Chromium, as `make test` found or installed it."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"),
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-background-networking",
                f"--host-resolver-rules=MAP {NAME} 127.0.0.1",
            ],
        )
        yield chromium
        chromium.close()


def record_requests(page: Page) -> list[str]:
    """The URLs of all requests of a page from now on, in a list that grows."""
    urls: list[str] = []
    page.on("request", lambda request: urls.append(request.url))
    return urls


def list_pages(site: Path, data: Path = ROOT / "data") -> list[str]:
    """The paths of all pages of the site made from `data`, without redirects."""
    pages = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    redirects = {*load(data)[0].redirects, *(path for path in pages if path.endswith("/index.html"))}
    return sorted(pages - redirects)
