"""A device keeps a copy of the site: whole, of one version, renewed by itself, given up when the host says so."""

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
from tests.site.conftest import AT_REST, Files, Reader, Server, pages_of

PAGE = "procedures/teapot-polishing/who-it-is-for.html"
WORDS = ("Nothing is cut.", "Nothing is cut or sewn.", "Nothing is cut, sewn or glued.")
KEPT = "caches.keys()"
WORKERS = "navigator.serviceWorker.getRegistrations().then(found => found.length)"

UPDATE = """async () => {
  const registration = await navigator.serviceWorker.getRegistration();
  await registration.update();
  const worker = registration.installing;
  while (worker.state === 'installing') await new Promise(done => setTimeout(done, 20));
  return worker.state;
}"""


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The example site in three versions that devices keep, and once more from a host who has turned that off."""
    project = lay_out(tmp_path_factory.mktemp("offline"))
    edit(project / "mkdocs.yml", "  offline: false\n", "  offline: true\n")
    folders = [project / f"site-{number}" for number in range(4)]
    for folder in (folders[0], folders[3]):
        built = run(project, "mkdocs", "--quiet", "build", "--strict", "--site-dir", str(folder))
        assert built.returncode == 0, built.stderr
        edit(project / "mkdocs.yml", "  offline: true\n", "  offline: false\n") if folder == folders[0] else None
    for folder, words in zip(folders[1:3], WORDS[1:], strict=True):
        shutil.copytree(folders[0], folder)
        text = (folder / PAGE).read_text("utf-8")
        (folder / PAGE).write_text(text.replace(WORDS[0], words), "utf-8")
        write_worker(folder, project / "content", Settings(offline=True))
    return folders


class _Answers(Files):
    def send_head(self) -> io.BytesIO | BinaryIO | None:
        """Send the whole file: two versions made within one second look the same to a question by date."""
        del self.headers["If-Modified-Since"]
        return super().send_head()

    def end_headers(self) -> None:
        """Send the policy, as the servers of clinics do."""
        self.send_header("Content-Security-Policy", write_policy("'none'"))
        super().end_headers()


class Host:
    """The web server of a clinic, below a path; it can be given another version, stopped and started again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._port = 0
        self._server: Server | None = None

    def serve(self, version: Path) -> None:
        """Put a copy of `version` in the place of what was served, and start if stopped."""
        shutil.rmtree(self._folder / "pain", ignore_errors=True)
        shutil.copytree(version, self._folder / "pain")
        not_found = self.file("404.html")  # fitted to the path as HOSTING.md says
        not_found.write_text(not_found.read_text("utf-8").replace('="/', '="/pain/'), "utf-8")
        if self._server is None:
            self._server = Server(("127.0.0.1", self._port), partial(_Answers, directory=str(self._folder)))
            self._port = self._server.server_port
            threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Answer nobody any more."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def at(self, path: str) -> str:
        """The address of a page."""
        return f"http://127.0.0.1:{self._port}/pain/{path}"

    def file(self, path: str) -> Path:
        """The file that is served for a page."""
        return self._folder / "pain" / path


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    host = Host(tmp_path)
    yield host
    host.stop()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A tablet that has never seen the site; it may report nothing against the policy."""
    context = browser.new_context(viewport={"width": 768, "height": 1024})
    said: list[str] = []
    context.on("console", lambda message: said.append(message.text))
    yield context
    assert [text for text in said if "Security Policy" in text] == []


def keep(context: BrowserContext, host: Host, version: Path) -> Page:
    """A page of the site, once the tablet says that it has a copy."""
    host.serve(version)
    page = context.new_page()
    page.goto(host.at(PAGE))
    expect(page.get_by_role("status")).to_contain_text("These pages are now saved")
    return page


def expect_words(page: Page, words: str) -> None:
    """Expect what the page says about teapot polishing to end so."""
    fact = page.locator("[data-fact='teapot-polishing.what_it_is.a-cloth'] .words")
    expect(fact).to_have_text(re.compile(rf"cloth\. {re.escape(words)}\s*$"))


def cut(context: BrowserContext, host: Host, how: str) -> None:
    if how == "the network":
        context.set_offline(True)
    else:
        host.stop()


@pytest.mark.parametrize("how", ["the network", "the server"])
def test_every_page_is_read_without_a_network(
    context: BrowserContext, host: Host, versions: list[Path], how: str
) -> None:
    page = keep(context, host, versions[0])
    cut(context, host, how)
    every = pages_of(versions[0], versions[0].parent / "data")
    for path in every if how == "the network" else every[::8]:
        page.goto(host.at(path))
        expect(page.locator("h1"), path).to_have_count(1)
        assert page.evaluate("getComputedStyle(document.body).fontFamily").startswith('"Atkinson'), path
        expect(page.get_by_role("status").first).to_contain_text("You are offline.")
    page.goto(host.at(""))
    page.get_by_role("link", name="all procedures").click()
    expect(page.locator("h1")).to_have_text("All procedures")
    page.goto(host.at("search.html?q=lid"))
    page.locator("#search-results a[href*=lid]").first.wait_for()
    page.goto(host.at(PAGE))
    page.locator("article a.term").first.click()
    page.get_by_role("dialog").wait_for()


def test_the_copy_says_of_which_day_it_is_until_the_server_answers_again(
    context: BrowserContext, host: Host, versions: list[Path]
) -> None:
    page = keep(context, host, versions[0])
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


def test_a_new_version_takes_over_as_a_whole_and_the_oldest_copy_goes(
    context: BrowserContext, host: Host, versions: list[Path]
) -> None:
    page = keep(context, host, versions[0])
    copies: list[list[str]] = [page.evaluate(KEPT)]
    for number in (1, 2):
        host.serve(versions[number])
        page.goto(host.at(PAGE))
        expect_words(page, WORDS[number - 1])
        expect(page.get_by_role("status")).to_contain_text("There is a newer version of these pages.")
        page.locator("article a.term").first.click()  # its words are those of its own version, or the glossary
        page.goto(host.at(PAGE))
        expect_words(page, WORDS[number])
        copies.append(page.evaluate(KEPT))
    host.stop()
    context.set_offline(True)
    page.goto(host.at("index.html"))
    page.goto(host.at(PAGE))
    expect_words(page, WORDS[2])
    assert [len(names) for names in copies] == [1, 2, 2]
    assert copies[0][0] not in copies[2]


def test_a_version_that_cannot_be_had_as_a_whole_leaves_the_copy_as_it_was(
    context: BrowserContext, host: Host, versions: list[Path]
) -> None:
    page = keep(context, host, versions[0])
    copies = page.evaluate(KEPT)
    host.serve(versions[1])
    host.file("glossary.html").write_text("Half of an upload", "utf-8")
    page.goto(host.at(PAGE))
    assert page.evaluate(UPDATE) == "redundant"
    page.goto(host.at(PAGE))
    expect_words(page, WORDS[0])
    page.goto(host.at("glossary.html"))
    expect(page.locator("h1")).to_have_text("Glossary")
    until(lambda: page.evaluate(KEPT), lambda kept: kept == copies)


def test_a_page_that_the_copy_lacks_is_named(context: BrowserContext, host: Host, versions: list[Path]) -> None:
    page = keep(context, host, versions[0])
    file = "api/v1/procedures/teapot-polishing.json"
    assert host.file(file).is_file()
    host.stop()
    page.goto(host.at(file))
    expect(page.locator("article")).to_contain_text("are not saved on this device")
    page.get_by_role("link", name="A to Z of everything").click()
    expect(page.locator("h1")).to_have_text("A to Z")


def test_a_host_that_turns_it_off_takes_the_copy_away_from_devices(
    context: BrowserContext, host: Host, versions: list[Path]
) -> None:
    page = keep(context, host, versions[0])
    host.serve(versions[3])
    page.goto(host.at(PAGE))
    until(lambda: page.evaluate(WORKERS), lambda number: number == 0)
    page.goto(host.at(PAGE))
    expect(page.locator(".offline")).to_have_count(0)
    assert page.evaluate(KEPT) == []
    assert page.evaluate("navigator.serviceWorker.controller") is None


def test_where_it_is_off_no_page_asks_for_it(reader: Reader) -> None:
    page = reader.opens()
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url))
    page.goto("index.html")
    page.evaluate(AT_REST)
    assert [url for url in asked if "sw.js" in url or "manifest" in url or "offline" in url] == []
    assert page.evaluate(WORKERS) == 0
    assert page.locator("link[rel=manifest], .offline").count() == 0


def test_a_device_can_show_the_site_as_an_app(context: BrowserContext, host: Host, versions: list[Path]) -> None:
    page = keep(context, host, versions[0])
    devtools = context.new_cdp_session(page)
    manifest = devtools.send("Page.getAppManifest")
    assert manifest["url"].endswith("/pain/manifest.json")
    assert manifest["errors"] == []
    found = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert [error["errorId"] for error in found if error["errorId"] != "in-incognito"] == []
