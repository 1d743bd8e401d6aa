"""The site behind the real nginx, Apache and Caddy, with the settings that are written for them."""

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
from playwright.sync_api import Browser, Page, Request, expect

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
from tests.site.conftest import KINDS, Files, pages_of, serving
from tests.site.test_firefox import in_firefox
from tests.web_servers import NAME, STARTS, Served, served

FACTS = load(ROOT / "data")[0]
OLD = FACTS.redirects
"""Addresses that lead to a page, each with that page."""
COMPARISON = f"comparisons/{next(iter(FACTS.comparisons))}.html"


LEFT = "net::ERR_ABORTED"
"""What a browser says of a request that it gave up because the reader has gone to another page."""


class _Intranet(BaseHTTPRequestHandler):
    """A page of somebody else, which frames the address after the question mark as HOSTING.md shows it."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        [frame] = re.findall(r"<iframe.*?</iframe>", (ROOT / "HOSTING.md").read_text("utf-8"), re.DOTALL)
        self.wfile.write(re.sub('src="[^"]+"', f'src="{self.path.partition("?")[2]}"', frame).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing: the tests tell what went wrong."""


@pytest.fixture(scope="module")
def intranet() -> Iterator[str]:
    """The address of an intranet."""
    with serving(_Intranet) as started:
        yield started


@pytest.fixture(scope="module")
def released(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as a release holds it: with the compressed copies of its files."""
    folder = shutil.copytree(site, tmp_path_factory.mktemp("released") / "site")
    compress(folder)
    return folder


@pytest.fixture(scope="module", params=sorted(STARTS))
def server(request: pytest.FixtureRequest, released: Path, intranet: str) -> Iterator[Served]:
    """A real web server; a test is skipped, and says why, where it is not installed."""
    try:
        with served(request.param, released, intranet) as started:
            yield started
    except MissingError as missing:
        skip(missing)


class Answer:
    """What a server says to one request."""

    def __init__(self, address: str, method: str = "GET", **headers: str) -> None:
        parts = urlsplit(address)
        connection = HTTPConnection(parts.netloc, timeout=60)
        asked = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, parts.path or "/", headers={"Accept-Encoding": "identity"} | asked)
        answer = connection.getresponse()
        self.status = answer.status
        self.headers = dict(answer.getheaders())
        self.body = answer.read()
        connection.close()


def places(server: Served) -> tuple[str, str]:
    """Where the same site is served: at the top of an address, and below a path."""
    return server.top, server.below


def wanted_headers(path: str, frames: str = "") -> dict[str, str | None]:
    """The headers with which a file of the site must come, as they are described; None must be missing.

    `frames` may show it in a frame.
    """
    other_programs = re.fullmatch(r"(api|infobutton)/.+|feed\.xml|reviews\.ics", path)
    atom = re.fullmatch(r"feed\.xml|infobutton/.+\.xml", path)
    return {
        **dict.fromkeys(TRANSPORT),
        **HEADERS,
        **(dict.fromkeys(NOT_FRAMED) if frames else NOT_FRAMED),
        **(SHARED if other_programs else dict.fromkeys(SHARED)),
        **(IMMUTABLE if path.startswith("assets/") else REVALIDATED),
        "Content-Security-Policy": write_policy(frames or "'none'"),
        "Content-Type": ATOM if atom else TYPES[path.rpartition(".")[2]],
        "Vary": "Accept-Encoding",
    }


def files_of(site: Path) -> list[str]:
    """Every file of a site but compressed copies and what is hidden."""
    every = sorted(path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file())
    return [name for name in every if not name.endswith((".gz", ".br")) and "/." not in f"/{name}"]


def test_every_file_comes_whole_and_with_every_header_as_described(server: Served, intranet: str) -> None:
    files = [file for file in files_of(server.site) if file not in OLD]
    assert len([file for file in files if file.endswith(".html")]) > 40
    wrong: list[object] = []
    for place in places(server):
        for file in files:
            answer = Answer(f"{place}/{file}")
            wanted = wanted_headers(file, intranet if place == server.top else "")
            found = {name: answer.headers.get(name) for name in wanted}
            changed = file == "404.html" and place == server.below
            if answer.status != 200 and file != "404.html":
                wrong.append((place, file, answer.status))
            elif found != wanted or (answer.body != (server.site / file).read_bytes() and not changed):
                wrong.append((place, file, {name: found[name] for name in wanted if found[name] != wanted[name]}))
            if set(answer.headers) & {"Set-Cookie", "X-Powered-By"}:
                wrong.append((place, file, answer.headers))
    assert wrong == []


def has_all(answer: Answer, wanted: dict[str, str | None]) -> bool:
    return wanted == {name: answer.headers.get(name) for name in wanted}


def test_the_start_page_answers_at_the_folder_itself(server: Served, intranet: str) -> None:
    for place in places(server):
        answer = Answer(f"{place}/")
        assert (answer.status, answer.body) == (200, (server.site / "index.html").read_bytes())
        assert has_all(answer, wanted_headers("index.html", intranet if place == server.top else ""))


def test_redirects_name_no_host_and_no_scheme_so_that_they_hold_behind_any_proxy(server: Served) -> None:
    for asked in (server.below, *(f"{place}/{path}" for place in places(server) for path in (*OLD, "procedures"))):
        answer = Answer(asked, X_Forwarded_Proto="https")
        if answer.status != 404:  # Caddy leads no folder on
            assert answer.status in (301, 302, 308), asked
            assert not urlsplit(answer.headers["Location"]).netloc, (asked, answer.headers["Location"])
    assert urljoin(server.below, Answer(server.below).headers["Location"]) == f"{server.below}/"


def test_who_asks_for_another_name_gets_no_answer(server: Served) -> None:
    for path in ("/", "/index.html", f"/{next(iter(OLD))}"):
        answer = Answer(f"{server.top}{path}", Host="evil.example")
        assert answer.status == 404
        assert b"pain" not in answer.body.lower()
        assert "Location" not in answer.headers


@pytest.mark.parametrize("asked", ["GET / HTTP/1.1\r\nHost: evil.example", "GET / HTTP/1.1", "GET /% HTTP/1.1"])
def test_no_answer_says_which_version_of_a_server_it_comes_from(server: Served, asked: str) -> None:
    parts = urlsplit(server.top)
    with socket.create_connection((str(parts.hostname), int(parts.port or 80)), 60) as connection:
        connection.sendall(f"{asked}\r\nConnection: close\r\n\r\n".encode())
        said = connection.makefile("rb").read()
    assert said.startswith(b"HTTP/1.1 4")
    assert not re.search(rb"(nginx|Apache|Caddy)/\d|Debian", said)
    assert not re.search(r"/\d|\(", Answer(f"{server.top}/").headers.get("Server", ""))


def test_a_file_for_those_who_find_a_hole_is_served(server: Served) -> None:
    for folder in (server.site, server.site.parent / "www/pain"):
        (folder / ".well-known").mkdir(exist_ok=True)
        (folder / ".well-known/security.txt").write_text("Contact: mailto:security@clinic.example\n", "utf-8")
    for place in places(server):
        answer = Answer(f"{place}/.well-known/security.txt")
        assert (answer.status, answer.headers["Content-Type"]) == (200, TYPES["txt"])


def test_a_browser_that_understands_it_gets_the_compressed_copy(server: Served) -> None:
    copies = [
        file for file in files_of(server.site) if (server.site / f"{file}.br").is_file() and file != "404.html"
    ]
    assert len(copies) > 60
    for place in places(server):
        for file in copies:
            text = (server.site / file).read_bytes()
            zipped = Answer(f"{place}/{file}", Accept_Encoding="deflate, gzip;q=1.0, *;q=0.5")
            assert (zipped.status, zipped.headers.get("Content-Encoding")) == (200, "gzip"), file
            assert gzip.decompress(zipped.body) == text
            assert zipped.headers["Content-Type"] == wanted_headers(file)["Content-Type"]
            assert zipped.headers["Vary"] == "Accept-Encoding"
            if server.brotli:
                packed = Answer(f"{place}/{file}", Accept_Encoding="gzip, deflate, br")
                assert packed.headers.get("Content-Encoding") == "br", file
                assert brotli.decompress(packed.body) == text
    assert len(Answer(f"{server.top}/", Accept_Encoding="gzip").body) < len(Answer(f"{server.top}/").body) / 2


def test_a_page_that_has_not_changed_is_not_sent_again(server: Served) -> None:
    for file in ("index.html", COMPARISON):
        first = Answer(f"{server.top}/{file}", Accept_Encoding="gzip")
        asked = {"If_Modified_Since": first.headers["Last-Modified"]}
        if "ETag" in first.headers:
            asked["If_None_Match"] = first.headers["ETag"]
        again = Answer(f"{server.top}/{file}", Accept_Encoding="gzip", **asked)
        assert (again.status, again.body) == (304, b"")
        assert again.headers["Cache-Control"] == "no-cache"


def test_https_is_asked_for_only_over_https(server: Served) -> None:
    assert TRANSPORT.items() <= Answer(f"{server.top}/", X_Forwarded_Proto="https").headers.items()
    assert "Strict-Transport-Security" not in Answer(f"{server.top}/", X_Forwarded_Proto="http").headers


def test_old_addresses_lead_to_their_pages(server: Served) -> None:
    assert OLD
    for place in places(server):
        for old, new in OLD.items():
            answer = Answer(f"{place}/{old}")
            assert answer.status == 301, old
            assert urljoin(f"{place}/{old}", answer.headers["Location"]) == f"{place}/{new}"
            assert HEADERS.items() <= answer.headers.items()


@pytest.mark.parametrize(
    "path", ["nothing.html", "a/b/c/d.html", "procedures/nothing/", "assets/0123456789ab/no.css"]
)
def test_what_is_not_there_is_a_404_with_the_same_page_and_headers(
    server: Served, intranet: str, path: str
) -> None:
    for place in places(server):
        answer = Answer(f"{place}/{path}")
        assert answer.status == 404
        assert b"<h1>Page not found</h1>" in answer.body
        assert has_all(answer, wanted_headers("404.html", intranet if place == server.top else ""))


def test_no_folder_is_listed(server: Served) -> None:
    folders = {path.parent for path in server.site.rglob("*") if path.is_file()} - {server.site}
    assert len(folders) >= 5
    for place in places(server):
        for folder in folders:
            name = folder.relative_to(server.site).as_posix()
            answer = Answer(f"{place}/{name}/")
            leads_on = (folder / "index.html").is_file()
            assert answer.status == (200 if leads_on else 404), name
            assert b"<h1>Page not found</h1>" in answer.body or leads_on
            assert b"Index of" not in answer.body


@pytest.mark.parametrize("name", [".htaccess", ".git/config", ".env", "procedures/.hidden.txt"])
def test_hidden_files_are_not_served(server: Served, name: str) -> None:
    for folder in (server.site, server.site.parent / "www/pain"):
        (folder / name).parent.mkdir(exist_ok=True)
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write("# a secret\n")
    for place in places(server):
        for address in (name, name.replace(".", "%2e"), name.replace("/", "//")):
            answer = Answer(f"{place}/{address}")
            assert answer.status in (403, 404), address
            assert b"secret" not in answer.body


@pytest.mark.parametrize("path", [
    "/../secret.txt", "/../../secret.txt", "/..%2fsecret.txt", "/%2e%2e/secret.txt", "/%2e%2e%2fsecret.txt",
    "/assets/../../secret.txt", "/assets/..%2f..%2fsecret.txt", "/assets../secret.txt", "/..;/secret.txt",
    "/..\\secret.txt", "/..%5csecret.txt", "/%252e%252e/secret.txt", "/%c0%ae%c0%ae/secret.txt",
    "/index.html%00/../../secret.txt", "../secret.txt", "..%2fsecret.txt",
    "/procedures/cordotomy.html/../../../secret.txt", "//../secret.txt",
])  # fmt: skip
def test_nothing_outside_the_site_is_served(server: Served, path: str) -> None:
    for folder in (server.site.parent, server.site.parent / "www"):
        (folder / "secret.txt").write_text("a secret", "utf-8")
    for place in places(server):
        parts = urlsplit(place)
        with socket.create_connection((str(parts.hostname), int(parts.port or 80)), 60) as connection:
            ask = f"GET {parts.path}{path} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n"
            connection.sendall(ask.encode())
            said = connection.makefile("rb").read()
        assert b"a secret" not in said
        assert re.match(rb"HTTP/1.1 (400|403|404|301|307|308) ", said), said[:200]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
def test_the_site_is_only_for_reading(server: Served, method: str) -> None:
    for place in places(server):
        for path in ("index.html", "nothing.html", "feed.xml", next(iter(OLD))):
            assert Answer(f"{place}/{path}", method).status == 405, path


def watched(browser: Browser) -> tuple[Page, list[str]]:
    """A page, and the list of all that its browser complains about: the policy, its console, errors, requests."""
    page = browser.new_page()
    complaints: list[str] = []

    def complain(text: str) -> None:
        complaints.append(text)

    page.expose_function("complain", complain)
    page.add_init_script(
        "addEventListener('securitypolicyviolation', event => "
        "complain(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`))"
    )
    page.on("console", lambda said: complain(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complain(str(error)))
    page.on(
        "requestfailed", lambda asked: complain(f"{asked.url} {asked.failure}") if asked.failure != LEFT else None
    )
    page.on("response", lambda answer: complain(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
    return page, complaints


def test_no_page_does_anything_that_the_policy_forbids_or_leaves_a_trace(browser: Browser, server: Served) -> None:
    page, complaints = watched(browser)
    asked: list[Request] = []
    page.on("request", lambda request: asked.append(request))
    every = [page for page in pages_of(server.site) if page != "404.html"]
    at_top = every if server.name == "nginx" else KINDS[::4]  # headers are the same anywhere
    for place, pages in ((server.named, at_top), (server.below, KINDS)):
        for path in pages:
            page.goto(f"{place}/{path}")
        assert page.evaluate(LEFT_BEHIND) == [0, 0, [], []]
    assert complaints == []
    assert {request.url for request in asked if not request.url.startswith((server.named, server.below))} == set()
    assert {request.url for request in asked if "?" in request.url} == set()
    assert page.context.cookies() == []
    page.context.close()


def test_firefox_complains_of_no_kind_of_page_either(server: Served) -> None:
    done = in_firefox(
        Path(__file__).with_name("crawl.mjs"),
        NAME,
        server.named,
        *(KINDS if server.name == "nginx" else KINDS[::4]),
    )
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


LEFT_BEHIND = """async () => [
    localStorage.length, sessionStorage.length,
    isSecureContext ? await caches.keys() : [], (await indexedDB.databases()).map(base => base.name)]"""
"""What a browser can keep of a site, beside cookies."""


def test_the_404_page_has_its_styles_and_leads_home_from_any_depth(browser: Browser, server: Served) -> None:
    page, complaints = watched(browser)
    for place in places(server):
        for path in ("nothing.html", "a/b/c/d.html"):
            page.goto(f"{place}/{path}")
            assert page.evaluate("document.styleSheets[0].cssRules.length") > 10
            page.locator("article").get_by_role("link", name="Home").click()
            page.wait_for_url(f"{place}/index.html")
    assert {said for said in complaints if "404" not in said} == set()
    page.context.close()


def test_the_intranet_can_frame_the_pages_and_nobody_else_can(
    browser: Browser, server: Served, intranet: str
) -> None:
    page = browser.new_page()
    for host in (intranet, intranet.replace("127.0.0.1", "localhost")):
        for place in places(server):
            page.goto(f"{host}/?{place}/{COMPARISON}")
            text = page.frames[1].locator("body").inner_text()
            assert ("This site explains" in text) == (host == intranet and place == server.top), (host, place)


def test_a_frame_shows_page_after_page(browser: Browser, server: Served, intranet: str) -> None:
    page = browser.new_page()
    page.goto(f"{intranet}/?{server.top}/{COMPARISON}")
    frame = page.frames[1]
    for number in range(10):
        before = frame.url.partition("#")[0]
        links = frame.locator("main a:not(.term)")
        lead_on = links.evaluate_all(LEAD_ON)
        links.nth(lead_on[number % len(lead_on)]).click()
        frame.wait_for_url(re.compile(f"^(?!{re.escape(before)})"))
        assert "This site explains" in frame.locator("body").inner_text(), frame.url
    frame.goto(f"{server.top}/sources.html")
    outside = 'main a[href^="https://"]'
    assert frame.locator(outside).count() == frame.locator(f"{outside}[target=_blank]").count() > 100


LEAD_ON = """links => [...links.keys()].filter(at => links[at].checkVisibility()
    && links[at].href.includes(".html") && links[at].origin === location.origin
    && links[at].pathname !== location.pathname)"""
"""Which of the links lead to another page of the site."""


def test_where_no_headers_can_be_sent_pages_carry_the_policy_and_work_and_browsers_tell_nothing(
    browser: Browser, site: Path, tmp_path: Path
) -> None:
    shutil.copytree(site, tmp_path / "site")
    write_settings(tmp_path, ROOT / "content/templates", FACTS)
    workflow = yaml.safe_load((tmp_path / "github/workflows/pages.yml").read_text("utf-8"))
    [command] = [step["run"] for step in workflow["jobs"]["build"]["steps"] if "sed" in step.get("run", "")]
    subprocess.run(command, shell=True, check=True, cwd=tmp_path)
    pages = list((tmp_path / "site").rglob("*.html"))
    assert [page for page in pages if page.read_text("utf-8").count(write_policy()) != 1] == []
    with serving(partial(_Files, directory=str(tmp_path / "site"))) as host:
        for top in (host, (tmp_path / "site").as_uri()):
            page, complaints = watched(browser)
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
            # Chromium lets no page in a folder load a font.
            expected = ("Access to font", "A preload for", "Failed to load resource: net::ERR_FAILED", "file:")
            assert [said for said in complaints if top.startswith("http") or not said.startswith(expected)] == []
            page.evaluate(
                "document.body.append(Object.assign(document.createElement('script'), {text: 'evil = 1'}))"
            )
            assert page.evaluate("typeof evil") == "undefined"
            page.context.close()
    assert len(_Files.heard) > 3
    assert _Files.heard & {"cookie", "referer", "authorization", "words after ?"} == set()


class _Files(Files):
    """A host that sends no policy; it notes what a browser tells it."""

    heard: ClassVar[set[str]] = set()

    def send_head(self) -> io.BytesIO | BinaryIO | None:
        """Note, and answer."""
        self.heard.update(map(str.lower, self.headers))
        self.heard.update(["words after ?"] if "?" in self.path else [])
        return super().send_head()
