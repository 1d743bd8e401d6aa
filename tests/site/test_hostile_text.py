"""Injection: well-known attacks in every text field stay text on pages, in feeds, and in exported files.

Two sites are built from the example without checks, so that only escaping protects them. One has attacks from
hostile.txt in every text field, three at a time; the other has a plain word in the same places. Both must have the
same elements and attributes.
"""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import yaml
from playwright.sync_api import Browser
from pypdf import PdfReader
from selectolax.lexbor import LexborHTMLParser

from build_tools.check.rules import check
from build_tools.load.loader import load
from tests.conftest import TODAY, edit, lay_out, run

ATTACKS = (Path(__file__).parent / "hostile.txt").read_text("utf-8").splitlines()

PUBLISHED = f"""
- published: {TODAY}
  says: Something changed.
  changes:
    - fact: teapot-polishing.benefits.quiet
      part: says
      was: Something else.
      now: What it says now.
      why: Somebody read it again.
"""
SIGNED = f"""
- procedure: teapot-polishing
  layers: {{signs: {"0" * 12}}}
  name: Somebody
  role: Potter
  conflicts: None declared.
  signed: {TODAY}
  next_review: {TODAY}
"""


def iter_fields(node: yaml.Node | None, name: str = "") -> Iterator[tuple[str, yaml.ScalarNode]]:
    """All values in a file with the names of their fields, in order."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from iter_fields(value, key.value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from iter_fields(value, name)
    elif isinstance(node, yaml.ScalarNode):
        yield name, node


def attack(number: int) -> str:
    """Three attacks, after the start of a formula."""
    return " ".join(["=1+1", *(ATTACKS[(number + step) % len(ATTACKS)] for step in (0, 17, 34))])


def plain_word(number: int) -> str:
    return "plainword"


def insert_texts(data: Path, make_text: Callable[[int], str], skipped: set[tuple[str, int]]) -> set[str]:
    """Prefix all values in all data files, except those in `skipped` lines; returns the names of the fields."""
    names = set()
    numbers = count()
    for file in sorted(data.rglob("*.yml")):
        path, text = file.relative_to(data.parent).as_posix(), file.read_text("utf-8")
        fields = [*iter_fields(yaml.compose(text, Loader=yaml.CSafeLoader))]
        for name, node in reversed(fields):
            if (path, node.start_mark.line + 1) in skipped:
                continue
            names.add(name)
            start, end = node.start_mark.index, node.end_mark.index
            line_end = "\n" if node.style in ("|", ">") else ""
            text = text[:start] + json.dumps(f"{make_text(next(numbers))} {node.value}") + line_end + text[end:]
        file.write_text(text, "utf-8")
    return names


def find_non_text_lines(data: Path) -> set[tuple[str, int]]:
    """The lines with ids, numbers, dates, or URLs: an attack there is a problem of the check."""
    lines: set[tuple[str, int]] = set()
    while True:
        attacked = shutil.copytree(data, data.parent / "attacked/data", dirs_exist_ok=True)
        insert_texts(attacked, attack, lines)
        facts, problems = load(attacked, "teapot-house")
        places = [problem.place for problem in [*problems, *check(facts, TODAY)]]
        new = {(place.path, place.line) for place in places} - lines
        if not new:
            return lines
        lines |= new


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, set[str]]:
    """The attacked site, the site with plain words, and the names of the attacked fields."""
    folder = tmp_path_factory.mktemp("hostile")
    project = folder / "project"
    project.mkdir()
    lay_out(project)
    for file, text in (("changes.yml", PUBLISHED), ("reviews.yml", SIGNED)):
        log = project / "data" / file
        log.write_text(log.read_text("utf-8").replace("\n[]\n", "\n") + text, "utf-8")
    edit(project / "mkdocs.yml", 'clinic: ""', "clinic: teapot-house")
    edit(project / "mkdocs.yml", "leaflets: false", "leaflets: true")
    edit(
        project / "build_tools/pipeline.py",
        "hidden = find_half_written(facts, problems) if preview else set()",
        "problems, hidden = [], set()",
    )
    skipped = find_non_text_lines(project / "data")
    names: set[str] = set()
    for name, make_text in (("attacked", attack), ("plain", plain_word)):
        copy = shutil.copytree(project, folder / name)
        names = insert_texts(copy / "data", make_text, skipped)
        done = run(copy, "mkdocs", "--quiet", "build", "--strict")
        assert done.returncode == 0, done.stderr[-3000:]
    return folder / "attacked/site", folder / "plain/site", names


def shape(html: str) -> Counter[tuple[str, ...]]:
    """Count the elements of a page by tag and attributes; their order depends on the texts.

    Without the line with the reading grade: not every text can be graded.
    """
    elements = LexborHTMLParser(html).css("*:not(.reading-grade)")
    return Counter((str(node.tag), *sorted(node.attributes)) for node in elements)


def test_attacks_reach_every_kind_of_field(sites: tuple[Path, Path, set[str]]) -> None:
    assert len(ATTACKS) >= 40
    assert sites[2] >= set(
        "says plain name definition synonyms counted who when how note notice do when title read by claim "
        "matters not_known does_not_apply department address hours funding languages where_to_come "
        "eating_and_drinking was now why role conflicts also_called".split()
    )


def test_attacks_add_no_element_or_attribute(sites: tuple[Path, Path, set[str]]) -> None:
    attacked, plain, _ = sites
    pages = sorted(path.relative_to(plain) for path in plain.rglob("*.html"))
    assert len(pages) > 15
    texts = [" ".join(LexborHTMLParser((attacked / page).read_text("utf-8")).text().split()) for page in pages]
    assert [attack for attack in ATTACKS if sum(" ".join(attack.split()) in text for text in texts) < 3] == []
    for page in pages:
        actual, expected = (shape((site / page).read_text("utf-8")) for site in (attacked, plain))
        assert actual == expected, page


def test_no_url_runs_code_or_leaves_the_site(sites: tuple[Path, Path, set[str]]) -> None:
    for page in sites[0].rglob("*.html"):
        for node in LexborHTMLParser(page.read_text("utf-8")).css("[href], [src], [action], [formaction]"):
            for name in ("href", "src", "action", "formaction"):
                url = re.sub(r"[\x00-\x20]", "", str(node.attributes.get(name) or "")).lower()
                assert not url.startswith(("javascript:", "data:", "vbscript:", "//")), (page, url)
                assert not re.match(r"https?://xss\.example", url), (page, url)


def test_no_attack_runs_without_a_content_security_policy(
    sites: tuple[Path, Path, set[str]], browser: Browser
) -> None:
    page = browser.new_page()
    events: list[str] = []

    def record(event: str) -> None:
        events.append(event)

    page.expose_function("attacked", record)
    page.add_init_script("window.alert = text => attacked(`alert ${text}`)")
    page.on("dialog", lambda dialog: record(dialog.message))
    page.on("pageerror", lambda error: record(str(error)))
    page.on("request", lambda request: None if request.url.startswith("file:") else record(request.url))
    for path in sorted(sites[0].rglob("*.html")):
        if 'http-equiv="refresh"' in path.read_text("utf-8"):
            continue  # it redirects
        page.goto(path.as_uri())
        assert page.url.startswith("file:"), path
    for query in ("teapot", "<img src=x onerror=alert(1)>", "javascript"):
        page.goto(f"{(sites[0] / 'search.html').as_uri()}#q={query}")
        page.reload()
        assert page.locator("#search-status").inner_text()
    page.goto((sites[0] / "procedures/teapot-polishing/who-it-is-for.html").as_uri())
    page.locator("article a.term").first.click()
    page.locator(".word-box").wait_for()
    page.goto(next((sites[0] / "worksheets").glob("squeaking*.html")).as_uri())
    page.locator(".keep-box").last.click()
    page.reload()
    assert events == []


def has_same_keys(actual: Any, expected: Any) -> bool:
    """Compare the shape of two JSON values: no new key, and only texts differ.

    Structured data omits what its page does not say in the same words.
    """
    if isinstance(actual, dict) and isinstance(expected, dict):
        return actual.keys() <= expected.keys() and all(
            has_same_keys(actual[key], expected[key]) for key in actual
        )
    if isinstance(actual, list) and isinstance(expected, list):
        return len(actual) == len(expected) and all(map(has_same_keys, actual, expected))
    return type(actual) is type(expected)


def test_attacks_stay_text_in_json_and_scripts(sites: tuple[Path, Path, set[str]]) -> None:
    def values(site: Path) -> Iterator[tuple[str, Any]]:
        scripts = [next(site.glob(f"assets/*/{name}.js")) for name in ("words", "search-index")]
        for file in sorted([*site.rglob("*.json"), *scripts]):
            text = re.sub(r"\Aconst \w+ = (.*);\n\Z", r"\1", file.read_text("utf-8"), flags=re.DOTALL)
            yield re.sub(r"assets/\w+/", "", file.relative_to(site).as_posix()), json.loads(text)
        for page in sorted(site.rglob("*.html")):
            html = page.read_text("utf-8")
            for number, node in enumerate(LexborHTMLParser(html).css('script[type="application/ld+json"]')):
                yield f"{page.relative_to(site)} {number}", json.loads(node.text())

    actual, expected = dict(values(sites[0])), dict(values(sites[1]))
    assert actual.keys() == expected.keys()
    assert len(actual) > 20
    assert sum("=1+1" in json.dumps(value) for value in actual.values()) > 10
    assert [name for name in actual if not has_same_keys(actual[name], expected[name])] == []


def test_attacks_stay_text_in_feeds(sites: tuple[Path, Path, set[str]]) -> None:
    def tags(file: Path) -> list[str]:
        return [element.tag for element in ElementTree.parse(file).iter()]

    feeds = [path.relative_to(sites[1]) for ending in ("xml", "atom") for path in sites[1].rglob(f"*.{ending}")]
    assert Path("feed.xml") in feeds
    for feed in feeds:
        assert tags(sites[0] / feed) == tags(sites[1] / feed)
    assert "=1+1" in "".join(ElementTree.parse(sites[0] / "feed.xml").getroot().itertext())


def test_csv_files_contain_no_formulas(sites: tuple[Path, Path, set[str]]) -> None:
    tables = sorted(sites[0].rglob("*.csv"))
    assert len(tables) >= 3
    rows = [row for table in tables for row in csv.reader(table.read_text("utf-8").splitlines(keepends=True))]
    cells = [cell for row in rows for cell in row]
    assert sum("=1+1" in cell for cell in cells) > 20
    number = re.compile(r"-?\d+(\.\d+)?")
    assert [cell for cell in cells if cell[:1] in set("=+-@\t\r") and not number.fullmatch(cell)] == []


def test_attacks_stay_text_in_leaflets(sites: tuple[Path, Path, set[str]]) -> None:
    leaflets = sorted(sites[0].rglob("*.pdf"))
    assert leaflets
    for leaflet in leaflets[:3]:
        raw = leaflet.read_bytes()
        assert not re.search(rb"/(JavaScript|JS|OpenAction|AA|Launch|EmbeddedFile|RichMedia)\b", raw)
        reader = PdfReader(leaflet)
        assert "alert('XSS')" in "".join(page.extract_text() for page in reader.pages).replace("’", "'")
        for page in reader.pages:
            for annotation in page.get("/Annots", []):
                url = str(annotation.get_object().get("/A", {}).get("/URI", ""))
                assert not re.match(r"(?i)javascript:|https://xss\.example", url)
