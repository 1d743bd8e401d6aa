"""The site behind the real nginx, Apache, and Caddy, with the generated configuration."""

from __future__ import annotations

import gzip
import io
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from functools import partial
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import BinaryIO, ClassVar
from urllib.parse import urljoin, urlsplit

import brotli
import pytest
import yaml
from playwright.sync_api import Browser, Page, expect

from build_tools.load.loader import load
from build_tools.release.release import compress
from build_tools.release.servers import (
    ATOM,
    HEADERS,
    IMMUTABLE,
    NOT_FRAMED,
    REVALIDATED,
    SHARED,
    TRANSPORT,
    TYPES,
    write_policy,
    write_settings,
)
from tests.conftest import ROOT
from tests.node import MissingError, skip
from tests.site.conftest import KINDS, FileHandler, list_pages, record_requests, serve
from tests.site.test_firefox import run_in_firefox
from tests.web_servers import NAME, STARTS, Served, served

FACTS = load(ROOT / "data")[0]
REDIRECTS = FACTS.redirects
COMPARISON = f"comparisons/{next(iter(FACTS.comparisons))}.html"
ABORTED = "net::ERR_ABORTED"
"""The failure of a request that a browser canceled because the reader went to another page."""


class _Intranet(BaseHTTPRequestHandler):
    """An intranet page that frames the URL in its query string, as in HOSTING.md."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        [frame] = re.findall(r"<iframe.*?</iframe>", (ROOT / "HOSTING.md").read_text("utf-8"), re.DOTALL)
        self.wfile.write(re.sub('src="[^"]+"', f'src="{self.path.partition("?")[2]}"', frame).encode())

    def log_message(self, *_: object) -> None:
        """Print nothing."""


@pytest.fixture(scope="module")
def intranet() -> Iterator[str]:
    """The URL of an intranet."""
    with serve(_Intranet) as url:
        yield url


@pytest.fixture(scope="module")
def released(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as in a release, with precompressed files."""
    folder = shutil.copytree(site, tmp_path_factory.mktemp("released") / "site")
    compress(folder)
    return folder


@pytest.fixture(scope="module", params=sorted(STARTS))
def server(request: pytest.FixtureRequest, released: Path, intranet: str) -> Iterator[Served]:
    """A real web server; skips the test if it is not installed."""
    try:
        with served(request.param, released, intranet) as started:
            yield started
    except MissingError as missing:
        skip(missing)


class Response:
    """The response to one request."""

    def __init__(self, url: str, method: str = "GET", **headers: str) -> None:
        parts = urlsplit(url)
        connection = HTTPConnection(parts.netloc, timeout=60)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, parts.path or "/", headers={"Accept-Encoding": "identity"} | sent)
        response = connection.getresponse()
        self.status = response.status
        self.headers = dict(response.getheaders())
        self.body = response.read()
        connection.close()

    def differences(self, expected: dict[str, str | None]) -> dict[str, str | None]:
        """The headers that differ from the expected ones; None is a missing header."""
        actual = {name: self.headers.get(name) for name in expected}
        return {name: value for name, value in actual.items() if value != expected[name]}


def send_raw(url: str, request: str) -> bytes:
    """Send a request as it is written, and return the whole response."""
    parts = urlsplit(url)
    with socket.create_connection((str(parts.hostname), int(parts.port or 80)), 60) as connection:
        connection.sendall(f"{request}\r\nConnection: close\r\n\r\n".encode())
        return connection.makefile("rb").read()


def roots(server: Served) -> tuple[str, str]:
    """The two URLs of the site: at the top of a host, and below a path."""
    return server.top, server.below


def folders(server: Served) -> tuple[Path, Path]:
    """The folders of the two sites."""
    return server.site, server.site.parent / "www/pain"


def expected_headers(path: str, framed_by: str = "") -> dict[str, str | None]:
    """The headers of a file of the site; None is a header that must be missing.

    `framed_by` is the origin that can show it in a frame.
    """
    other_programs = re.fullmatch(r"(api|infobutton)/.+|feed\.xml|reviews\.ics", path)
    atom = re.fullmatch(r"feed\.xml|infobutton/.+\.xml", path)
    return {
        **dict.fromkeys(TRANSPORT),
        **HEADERS,
        **(dict.fromkeys(NOT_FRAMED) if framed_by else NOT_FRAMED),
        **(SHARED if other_programs else dict.fromkeys(SHARED)),
        **(IMMUTABLE if path.startswith("assets/") else REVALIDATED),
        "Content-Security-Policy": write_policy(framed_by or "'none'"),
        "Content-Type": ATOM if atom else TYPES[path.rpartition(".")[2]],
        "Vary": "Accept-Encoding",
    }


def list_files(site: Path) -> list[str]:
    """All files of a site except compressed copies and hidden files."""
    files = sorted(path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file())
    return [name for name in files if not name.endswith((".gz", ".br")) and "/." not in f"/{name}"]


def test_files_have_their_content_and_headers(server: Served, intranet: str) -> None:
    files = [file for file in list_files(server.site) if file not in REDIRECTS]
    assert len([file for file in files if file.endswith(".html")]) > 40
    problems: list[object] = []
    for root, framed_by in ((server.top, intranet), (server.below, "")):
        for file in files:
            response = Response(f"{root}/{file}")
            adapted = file == "404.html" and root == server.below
            found = response.status == 200 or file == "404.html"
            whole = adapted or response.body == (server.site / file).read_bytes()
            differences = response.differences(expected_headers(file, framed_by))
            revealing = set(response.headers) & {"Set-Cookie", "X-Powered-By"}
            if not (found and whole) or differences or revealing:
                problems.append((root, file, response.status, whole, differences, revealing))
    assert problems == [], problems[:4]


def test_the_start_page_is_served_for_the_folder(server: Served, intranet: str) -> None:
    for root, framed_by in ((server.top, intranet), (server.below, "")):
        response = Response(f"{root}/")
        assert (response.status, response.body) == (200, (server.site / "index.html").read_bytes())
        assert response.differences(expected_headers("index.html", framed_by)) == {}


def test_redirects_are_relative(server: Served) -> None:
    """So that they work behind any proxy."""
    for url in (
        server.below,
        *(f"{root}/{path}" for root in roots(server) for path in (*REDIRECTS, "procedures")),
    ):
        response = Response(url, X_Forwarded_Proto="https")
        if response.status != 404:  # Caddy does not redirect folders
            assert response.status in (301, 302, 308), url
            assert not urlsplit(response.headers["Location"]).netloc, (url, response.headers["Location"])
    assert urljoin(server.below, Response(server.below).headers["Location"]) == f"{server.below}/"


def test_other_host_names_get_a_404(server: Served) -> None:
    for path in ("/", "/index.html", f"/{next(iter(REDIRECTS))}"):
        response = Response(f"{server.top}{path}", Host="evil.example")
        assert response.status == 404
        assert b"pain" not in response.body.lower()
        assert "Location" not in response.headers


@pytest.mark.parametrize(
    "request_line", ["GET / HTTP/1.1\r\nHost: evil.example", "GET / HTTP/1.1", "GET /% HTTP/1.1"]
)
def test_responses_do_not_reveal_the_server_version(server: Served, request_line: str) -> None:
    response = send_raw(server.top, request_line)
    assert response.startswith(b"HTTP/1.1 4")
    assert not re.search(rb"(nginx|Apache|Caddy)/\d|Debian", response)
    assert not re.search(r"/\d|\(", Response(f"{server.top}/").headers.get("Server", ""))


def test_security_txt_is_served(server: Served) -> None:
    for folder in folders(server):
        (folder / ".well-known").mkdir(exist_ok=True)
        (folder / ".well-known/security.txt").write_text("Contact: mailto:security@clinic.example\n", "utf-8")
    for root in roots(server):
        response = Response(f"{root}/.well-known/security.txt")
        assert (response.status, response.headers["Content-Type"]) == (200, TYPES["txt"])


def test_precompressed_files_are_served(server: Served) -> None:
    files = [file for file in list_files(server.site) if (server.site / f"{file}.br").is_file()]
    assert len(files) > 60
    for root in roots(server):
        for file in files:
            if file == "404.html":
                continue
            text = (server.site / file).read_bytes()
            zipped = Response(f"{root}/{file}", Accept_Encoding="deflate, gzip;q=1.0, *;q=0.5")
            assert (zipped.status, zipped.headers.get("Content-Encoding")) == (200, "gzip"), file
            assert gzip.decompress(zipped.body) == text
            assert zipped.headers["Content-Type"] == expected_headers(file)["Content-Type"]
            assert zipped.headers["Vary"] == "Accept-Encoding"
            if server.brotli:
                packed = Response(f"{root}/{file}", Accept_Encoding="gzip, deflate, br")
                assert packed.headers.get("Content-Encoding") == "br", file
                assert brotli.decompress(packed.body) == text
    assert len(Response(f"{server.top}/", Accept_Encoding="gzip").body) < len(Response(f"{server.top}/").body) / 2


def test_unchanged_pages_are_not_sent_again(server: Served) -> None:
    for file in ("index.html", COMPARISON):
        first = Response(f"{server.top}/{file}", Accept_Encoding="gzip")
        validators = {"If_Modified_Since": first.headers["Last-Modified"]}
        if "ETag" in first.headers:
            validators["If_None_Match"] = first.headers["ETag"]
        again = Response(f"{server.top}/{file}", Accept_Encoding="gzip", **validators)
        assert (again.status, again.body) == (304, b"")
        assert again.headers["Cache-Control"] == "no-cache"


def test_hsts_is_sent_over_https_only(server: Served) -> None:
    assert TRANSPORT.items() <= Response(f"{server.top}/", X_Forwarded_Proto="https").headers.items()
    assert "Strict-Transport-Security" not in Response(f"{server.top}/", X_Forwarded_Proto="http").headers


def test_old_addresses_redirect_permanently(server: Served) -> None:
    assert REDIRECTS
    for root in roots(server):
        for old, new in REDIRECTS.items():
            response = Response(f"{root}/{old}")
            assert response.status == 301, old
            assert urljoin(f"{root}/{old}", response.headers["Location"]) == f"{root}/{new}"
            assert HEADERS.items() <= response.headers.items()


@pytest.mark.parametrize(
    "path", ["nothing.html", "a/b/c/d.html", "procedures/nothing/", "assets/0123456789ab/no.css"]
)
def test_missing_files_get_the_404_page_and_all_headers(server: Served, intranet: str, path: str) -> None:
    for root, framed_by in ((server.top, intranet), (server.below, "")):
        response = Response(f"{root}/{path}")
        assert response.status == 404
        assert b"<h1>Page not found</h1>" in response.body
        assert response.differences(expected_headers("404.html", framed_by)) == {}


def test_folders_are_not_listed(server: Served) -> None:
    subfolders = {path.parent for path in server.site.rglob("*") if path.is_file()} - {server.site}
    assert len(subfolders) >= 5
    for root in roots(server):
        for folder in subfolders:
            name = folder.relative_to(server.site).as_posix()
            response = Response(f"{root}/{name}/")
            has_index = (folder / "index.html").is_file()
            assert response.status == (200 if has_index else 404), name
            assert b"<h1>Page not found</h1>" in response.body or has_index
            assert b"Index of" not in response.body


@pytest.mark.parametrize("name", [".htaccess", ".git/config", ".env", "procedures/.hidden.txt"])
def test_hidden_files_are_not_served(server: Served, name: str) -> None:
    for folder in folders(server):
        (folder / name).parent.mkdir(exist_ok=True)
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write("# a secret\n")
    for root in roots(server):
        for path in (name, name.replace(".", "%2e"), name.replace("/", "//")):
            response = Response(f"{root}/{path}")
            assert response.status in (403, 404), path
            assert b"secret" not in response.body


@pytest.mark.parametrize("path", [
    "/../secret.txt", "/../../secret.txt", "/..%2fsecret.txt", "/%2e%2e/secret.txt", "/%2e%2e%2fsecret.txt",
    "/assets/../../secret.txt", "/assets/..%2f..%2fsecret.txt", "/assets../secret.txt", "/..;/secret.txt",
    "/..\\secret.txt", "/..%5csecret.txt", "/%252e%252e/secret.txt", "/%c0%ae%c0%ae/secret.txt",
    "/index.html%00/../../secret.txt", "../secret.txt", "..%2fsecret.txt",
    "/procedures/cordotomy.html/../../../secret.txt", "//../secret.txt",
])  # fmt: skip
def test_path_traversal_is_blocked(server: Served, path: str) -> None:
    for folder in (server.site.parent, server.site.parent / "www"):
        (folder / "secret.txt").write_text("a secret", "utf-8")
    for root in roots(server):
        parts = urlsplit(root)
        response = send_raw(root, f"GET {parts.path}{path} HTTP/1.1\r\nHost: {parts.netloc}")
        assert b"a secret" not in response
        assert re.match(rb"HTTP/1.1 (400|403|404|301|307|308) ", response), response[:200]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
def test_other_methods_are_not_allowed(server: Served, method: str) -> None:
    for root in roots(server):
        for path in ("index.html", "nothing.html", "feed.xml", next(iter(REDIRECTS))):
            assert Response(f"{root}/{path}", method).status == 405, path


def open_monitored(browser: Browser) -> tuple[Page, list[str]]:
    """A page, and a growing list of policy violations, console errors, exceptions, and failed requests."""
    page = browser.new_page()
    complaints: list[str] = []

    def complain(text: str) -> None:
        complaints.append(text)

    page.expose_function("complain", complain)
    page.add_init_script(
        "addEventListener('securitypolicyviolation', event => "
        "complain(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`))"
    )
    page.on("console", lambda line: complain(line.text) if line.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complain(str(error)))
    page.on(
        "requestfailed",
        lambda request: complain(f"{request.url} {request.failure}") if request.failure != ABORTED else None,
    )
    page.on("response", lambda reply: complain(f"{reply.status} {reply.url}") if reply.status >= 400 else None)
    return page, complaints


def test_pages_follow_the_policy_and_store_nothing(browser: Browser, server: Served) -> None:
    page, complaints = open_monitored(browser)
    urls = record_requests(page)
    pages = [page for page in list_pages(server.site) if page != "404.html"]
    at_top = pages if server.name == "nginx" else KINDS[::4]  # headers are the same anywhere
    for root, paths in ((server.named, at_top), (server.below, KINDS)):
        for path in paths:
            page.goto(f"{root}/{path}")
        assert page.evaluate(STORED) == [0, 0, [], []]
    assert complaints == []
    assert [url for url in urls if not url.startswith((server.named, server.below)) or "?" in url] == []
    assert page.context.cookies() == []
    page.context.close()


def test_firefox_reports_no_errors(server: Served) -> None:
    done = run_in_firefox(
        Path(__file__).with_name("crawl.mjs"),
        NAME,
        server.named,
        *(KINDS if server.name == "nginx" else KINDS[::4]),
    )
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


STORED = """async () => [
    localStorage.length, sessionStorage.length,
    isSecureContext ? await caches.keys() : [], (await indexedDB.databases()).map(base => base.name)]"""
"""What a browser can store for a site, except cookies."""


def test_the_404_page_has_styles_and_links_at_any_depth(browser: Browser, server: Served) -> None:
    page, complaints = open_monitored(browser)
    for root in roots(server):
        for path in ("nothing.html", "a/b/c/d.html"):
            page.goto(f"{root}/{path}")
            assert page.evaluate("document.styleSheets[0].cssRules.length") > 10
            page.locator("article").get_by_role("link", name="Home").click()
            page.wait_for_url(f"{root}/index.html")
    assert [complaint for complaint in complaints if "404" not in complaint] == []
    page.context.close()


def test_only_the_intranet_can_frame_pages(browser: Browser, server: Served, intranet: str) -> None:
    page = browser.new_page()
    for host in (intranet, intranet.replace("127.0.0.1", "localhost")):
        for root in roots(server):
            page.goto(f"{host}/?{root}/{COMPARISON}")
            text = page.frames[1].locator("body").inner_text()
            assert ("This site explains" in text) == (host == intranet and root == server.top), (host, root)


def test_links_work_inside_a_frame(browser: Browser, server: Served, intranet: str) -> None:
    page = browser.new_page()
    page.goto(f"{intranet}/?{server.top}/{COMPARISON}")
    frame = page.frames[1]
    for number in range(10):
        before = frame.url.partition("#")[0]
        links = frame.locator("main a:not(.term)")
        internal = links.evaluate_all(INTERNAL)
        links.nth(internal[number % len(internal)]).click()
        frame.wait_for_url(re.compile(f"^(?!{re.escape(before)})"))
        assert "This site explains" in frame.locator("body").inner_text(), frame.url
    frame.goto(f"{server.top}/sources.html")
    external = 'main a[href^="https://"]'
    assert frame.locator(external).count() == frame.locator(f"{external}[target=_blank]").count() > 100


INTERNAL = """links => [...links.keys()].filter(i => links[i].checkVisibility()
    && links[i].href.includes(".html") && links[i].origin === location.origin
    && links[i].pathname !== location.pathname)"""
"""The indexes of visible links to other pages of the site."""


def test_the_policy_in_pages_works_without_headers(browser: Browser, site: Path, tmp_path: Path) -> None:
    shutil.copytree(site, tmp_path / "site")
    write_settings(tmp_path, ROOT / "content/templates", FACTS)
    workflow = yaml.safe_load((tmp_path / "github/workflows/pages.yml").read_text("utf-8"))
    [command] = [step["run"] for step in workflow["jobs"]["build"]["steps"] if "sed" in step.get("run", "")]
    subprocess.run(command, shell=True, check=True, cwd=tmp_path)
    pages = list((tmp_path / "site").rglob("*.html"))
    assert [page for page in pages if page.read_text("utf-8").count(write_policy()) != 1] == []
    with serve(partial(_RecordingHandler, directory=str(tmp_path / "site"))) as host:
        for top in (host, (tmp_path / "site").as_uri()):
            page, complaints = open_monitored(browser)
            for path in KINDS:
                page.goto(f"{top}/{path}")
            page.goto(f"{top}/search.html#q=glycerol")
            page.locator("#search-results a[href*=glycerol]").first.wait_for()
            page.goto(f"{top}/procedures/cordotomy/what-happens.html")
            page.locator("article a.term").first.click()
            page.locator(".word-box").wait_for()
            page.goto(f"{top}/{COMPARISON.replace('comparisons', 'worksheets')}")
            page.get_by_label("Save my answers on this device").check()
            page.get_by_label("What else matters to me").fill("My garden")
            page.reload()
            expect(page.get_by_label("What else matters to me")).to_have_value("My garden")
            # Chromium does not let file:// pages load fonts.
            expected = ("Access to font", "A preload for", "Failed to load resource: net::ERR_FAILED", "file:")
            assert [text for text in complaints if top.startswith("http") or not text.startswith(expected)] == []
            page.evaluate(
                "document.body.append(Object.assign(document.createElement('script'), {text: 'evil = 1'}))"
            )
            assert page.evaluate("typeof evil") == "undefined"
            page.context.close()
    assert len(_RecordingHandler.received) > 3
    assert _RecordingHandler.received & {"cookie", "referer", "authorization", "query string"} == set()


class _RecordingHandler(FileHandler):
    """A host that sends no policy, and records the names of request headers."""

    received: ClassVar[set[str]] = set()

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        self.received.update(map(str.lower, self.headers))
        self.received.update(["query string"] if "?" in self.path else [])
        return super().send_head()
