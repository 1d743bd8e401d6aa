"""The offline copy: complete, of one version, updated automatically, and removed when the host turns it off."""

from __future__ import annotations

import io
import re
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from build_tools.load.settings import Settings
from build_tools.release.offline import write_worker
from build_tools.release.servers import write_policy
from tests.conftest import TODAY, edit, lay_out, run, until
from tests.site.conftest import UNTIL_IDLE, FileHandler, Reader, Server, list_pages, record_requests

PAGE = "procedures/teapot-polishing/who-it-is-for.html"
WORDS = ("Nothing is cut.", "Nothing is cut or sewn.", "Nothing is cut, sewn or glued.")
CACHES = "caches.keys()"
WORKERS = "navigator.serviceWorker.getRegistrations().then(workers => workers.length)"

UPDATE = """async () => {
  const registration = await navigator.serviceWorker.getRegistration();
  await registration.update();
  const worker = registration.installing;
  while (worker.state === 'installing') await new Promise(done => setTimeout(done, 20));
  return worker.state;
}"""


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three versions of the example site with offline copies, and one built without the setting."""
    project = lay_out(tmp_path_factory.mktemp("offline"))
    folders = [project / f"site-{number}" for number in range(4)]
    for folder, offline in ((folders[3], "false"), (folders[0], "true")):
        edit(project / "mkdocs.yml", "  offline: false\n", f"  offline: {offline}\n")
        built = run(project, "mkdocs", "--quiet", "build", "--strict", "--site-dir", str(folder))
        assert built.returncode == 0, built.stderr
    for folder, words in zip(folders[1:3], WORDS[1:], strict=True):
        shutil.copytree(folders[0], folder)
        text = (folder / PAGE).read_text("utf-8")
        (folder / PAGE).write_text(text.replace(WORDS[0], words), "utf-8")
        write_worker(folder, project / "content", Settings(offline=True))
    return folders


class _Handler(FileHandler):
    def send_head(self) -> io.BytesIO | BinaryIO | None:
        """Send the whole file: versions built within one second have the same modification time."""
        del self.headers["If-Modified-Since"]
        return super().send_head()

    def end_headers(self) -> None:
        """Send the Content-Security-Policy, as with our server configuration."""
        self.send_header("Content-Security-Policy", write_policy("'none'"))
        super().end_headers()


class Host:
    """A clinic's web server, below a path, that can switch versions, stop, and start again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = 0
        self._server: Server | None = None

    def serve(self, version: Path) -> None:
        """Replace the served files with a copy of `version`, and start if stopped."""
        shutil.rmtree(self._folder / "pain", ignore_errors=True)
        shutil.copytree(version, self._folder / "pain")
        not_found = self.file("404.html")  # adapted to the path, as in HOSTING.md
        not_found.write_text(not_found.read_text("utf-8").replace('="/', '="/pain/'), "utf-8")
        if self._server is None:
            self._server = Server(("127.0.0.1", self._port), partial(_Handler, directory=str(self._folder)))
            self._port = self._server.server_port
            threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self._port}/pain/{path}"

    def file(self, path: str) -> Path:
        return self._folder / "pain" / path


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    host = Host(tmp_path)
    yield host
    host.stop()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A tablet that has never opened the site; fails on violations of the policy."""
    context = browser.new_context(viewport={"width": 768, "height": 1024})
    console: list[str] = []
    context.on("console", lambda message: console.append(message.text))
    yield context
    assert [line for line in console if "Security Policy" in line] == []


def save_copy(context: BrowserContext, host: Host, version: Path) -> Page:
    """Open a page and wait until the tablet has a copy of the site."""
    host.serve(version)
    page = context.new_page()
    page.goto(host.url(PAGE))
    expect(page.get_by_role("status")).to_contain_text("These pages are now saved")
    return page


def expect_words(page: Page, words: str) -> None:
    """Expect the first fact about teapot polishing to end with `words`."""
    fact = page.locator("[data-fact='teapot-polishing.what_it_is.a-cloth'] .words")
    expect(fact).to_have_text(re.compile(rf"cloth\. {re.escape(words)}\s*$"))


@pytest.mark.parametrize("down", ["network", "server"])
def test_every_page_works_offline(context: BrowserContext, host: Host, versions: list[Path], down: str) -> None:
    page = save_copy(context, host, versions[0])
    if down == "network":
        context.set_offline(True)
    else:
        host.stop()
    pages = list_pages(versions[0], versions[0].parent / "data")
    for path in pages if down == "network" else pages[::8]:
        page.goto(host.url(path))
        expect(page.locator("h1"), path).to_have_count(1)
        assert page.evaluate("getComputedStyle(document.body).fontFamily").startswith('"Atkinson'), path
        expect(page.get_by_role("status").first).to_contain_text("You are offline.")
    page.goto(host.url(""))
    page.get_by_role("link", name="all procedures").click()
    expect(page.locator("h1")).to_have_text("All procedures")
    page.goto(host.url("search.html?q=lid"))
    page.locator("#search-results a[href*=lid]").first.wait_for()
    page.goto(host.url(PAGE))
    page.locator("article a.term").first.click()
    page.get_by_role("dialog").wait_for()


def test_the_date_of_the_copy_is_shown_while_offline(
    context: BrowserContext, host: Host, versions: list[Path]
) -> None:
    page = save_copy(context, host, versions[0])
    host.stop()
    page.reload()
    line = page.get_by_role("status")
    expect(line).to_contain_text(f"It was made on {TODAY:%B} {TODAY.day}, {TODAY.year}.")
    box = line.bounding_box()
    assert box
    assert box["y"] < 10
    host.serve(versions[0])
    page.reload()
    expect(page.get_by_role("status")).to_be_empty()


def test_a_new_version_replaces_the_copy_atomically(
    context: BrowserContext, host: Host, versions: list[Path]
) -> None:
    page = save_copy(context, host, versions[0])
    copies: list[list[str]] = [page.evaluate(CACHES)]
    for number in (1, 2):
        host.serve(versions[number])
        page.goto(host.url(PAGE))
        expect_words(page, WORDS[number - 1])
        expect(page.get_by_role("status")).to_contain_text("There is a newer version of these pages.")
        page.locator(
            "article a.term"
        ).first.click()  # shows the words of its own version, or links to the glossary
        page.goto(host.url(PAGE))
        expect_words(page, WORDS[number])
        copies.append(page.evaluate(CACHES))
    host.stop()
    context.set_offline(True)
    page.goto(host.url("index.html"))
    page.goto(host.url(PAGE))
    expect_words(page, WORDS[2])
    assert [len(names) for names in copies] == [1, 2, 2]
    assert copies[0][0] not in copies[2]


def test_an_incomplete_version_leaves_the_copy_unchanged(
    context: BrowserContext, host: Host, versions: list[Path]
) -> None:
    page = save_copy(context, host, versions[0])
    copies = page.evaluate(CACHES)
    host.serve(versions[1])
    host.file("glossary.html").write_text("Half of an upload", "utf-8")
    page.goto(host.url(PAGE))
    assert page.evaluate(UPDATE) == "redundant"
    page.goto(host.url(PAGE))
    expect_words(page, WORDS[0])
    page.goto(host.url("glossary.html"))
    expect(page.locator("h1")).to_have_text("Glossary")
    until(lambda: page.evaluate(CACHES), lambda caches: caches == copies)


def test_a_missing_file_is_explained_offline(context: BrowserContext, host: Host, versions: list[Path]) -> None:
    page = save_copy(context, host, versions[0])
    file = "api/v1/procedures/teapot-polishing.json"
    assert host.file(file).is_file()
    host.stop()
    page.goto(host.url(file))
    expect(page.locator("article")).to_contain_text("are not saved on this device")
    page.get_by_role("link", name="A to Z of everything").click()
    expect(page.locator("h1")).to_have_text("A to Z")


def test_turning_it_off_removes_copies_from_devices(
    context: BrowserContext, host: Host, versions: list[Path]
) -> None:
    page = save_copy(context, host, versions[0])
    host.serve(versions[3])
    page.goto(host.url(PAGE))
    until(lambda: page.evaluate(WORKERS), lambda number: number == 0)
    page.goto(host.url(PAGE))
    expect(page.locator(".offline")).to_have_count(0)
    assert page.evaluate(CACHES) == []
    assert page.evaluate("navigator.serviceWorker.controller") is None


def test_nothing_is_requested_if_it_is_off(reader: Reader) -> None:
    page = reader.open()
    urls = record_requests(page)
    page.goto("index.html")
    page.evaluate(UNTIL_IDLE)
    assert [url for url in urls if "sw.js" in url or "manifest" in url or "offline" in url] == []
    assert page.evaluate(WORKERS) == 0
    assert page.locator("link[rel=manifest], .offline").count() == 0


def test_the_site_is_installable_as_an_app(context: BrowserContext, host: Host, versions: list[Path]) -> None:
    page = save_copy(context, host, versions[0])
    devtools = context.new_cdp_session(page)
    manifest = devtools.send("Page.getAppManifest")
    assert manifest["url"].endswith("/pain/manifest.json")
    assert manifest["errors"] == []
    errors = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [error["errorId"] for error in errors if error["errorId"] != "in-incognito"] == []
