"""Well-known attacks in every text field: no page, no index, no feed and no file for others makes them alive.

Two sites are built of the example, with the checks off, so that nothing but the writing of each text protects:
one holds attacks of hostile.txt, three at a time and in turn, in every field that takes a text, the other a plain
word in the same places. Both must consist of the same elements and attributes.
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
from build_tools.records.problems import Problem
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


def fields_of(file: Path) -> list[tuple[str, yaml.ScalarNode]]:
    """Every value of a file with the name of its field, in order."""
    found: list[tuple[str, yaml.ScalarNode]] = []

    def walk(node: yaml.Node, name: str) -> None:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                walk(value, key.value)
        elif isinstance(node, yaml.SequenceNode):
            for value in node.value:
                walk(value, name)
        elif isinstance(node, yaml.ScalarNode):
            found.append((name, node))

    top = yaml.compose(file.read_text("utf-8"), Loader=yaml.CSafeLoader)
    if top is not None:
        walk(top, "")
    return found


def attack(turn: int) -> str:
    """Three attacks, after the beginning of a formula."""
    return " ".join(["=1+1", *(ATTACKS[(turn + step) % len(ATTACKS)] for step in (0, 17, 34))])


def plain_word(turn: int) -> str:
    """A word that means nothing to anybody."""
    return "plainword"


def put_in(data: Path, text: Callable[[int], str], left: set[tuple[str, int]]) -> set[str]:
    """Put texts before all values of all files of facts, but for values in `left`; gives the fields' names."""
    names = set()
    turns = count()
    for file in sorted(data.rglob("*.yml")):
        shown, whole = file.relative_to(data.parent).as_posix(), file.read_text("utf-8")
        for name, node in reversed(fields_of(file)):
            if (shown, node.start_mark.line + 1) in left:
                continue
            names.add(name)
            start, end = node.start_mark.index, node.end_mark.index
            after = "\n" if node.style in ("|", ">") else ""
            whole = whole[:start] + json.dumps(f"{text(next(turns))} {node.value}") + after + whole[end:]
        file.write_text(whole, "utf-8")
    return names


def wrong_with(data: Path) -> list[Problem]:
    """What is wrong with the facts themselves; not with their words, which attacks need not spell right."""
    facts, problems = load(data, "teapot-house")
    return [*problems, *check(facts, TODAY)]


def places_for_no_text(data: Path) -> set[tuple[str, int]]:
    """The lines whose values are ids, numbers, days or addresses: there an attack is a problem of the check."""
    left: set[tuple[str, int]] = set()
    while True:
        tried = shutil.copytree(data, data.parent / "tried/data", dirs_exist_ok=True)
        put_in(tried, attack, left)
        found = {(problem.place.path, problem.place.line) for problem in wrong_with(tried)} - left
        if not found:
            return left
        left |= found


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, set[str]]:
    """The site full of attacks, the same with a plain word, and the names of the fields that took them."""
    folder = tmp_path_factory.mktemp("hostile")
    project = folder / "project"
    project.mkdir()
    lay_out(project)
    for file, text in (("changes.yml", PUBLISHED), ("reviews.yml", SIGNED)):
        whole = (project / "data" / file).read_text("utf-8").replace("\n[]\n", "\n")
        (project / "data" / file).write_text(whole + text, "utf-8")
    edit(project / "mkdocs.yml", 'clinic: ""', "clinic: teapot-house")
    edit(project / "mkdocs.yml", "leaflets: false", "leaflets: true")
    edit(
        project / "build_tools/pipeline.py",
        "hidden = half_written(facts, problems) if preview else set()",
        "problems, hidden = [], set()",
    )
    left = places_for_no_text(project / "data")
    names: set[str] = set()
    for name, texts in (("attacked", attack), ("plain", plain_word)):
        copy = shutil.copytree(project, folder / name)
        names = put_in(copy / "data", texts, left)
        done = run(copy, "mkdocs", "--quiet", "build", "--strict")
        assert done.returncode == 0, done.stderr[-3000:]
    return folder / "attacked/site", folder / "plain/site", names


def shape(html: str) -> Counter[tuple[str, ...]]:
    """How often a page has an element with certain attributes: lists are in the order of their texts.

    The line with the reading grade is left out: not every text can be graded.
    """
    every = LexborHTMLParser(html).css("*:not(.reading-grade)")
    return Counter((str(node.tag), *sorted(node.attributes)) for node in every)


def test_attacks_reach_every_kind_of_text(sites: tuple[Path, Path, set[str]]) -> None:
    assert len(ATTACKS) >= 40
    assert sites[2] >= set(
        "says plain name definition synonyms counted who when how note notice do when title read by claim "
        "matters not_known does_not_apply department address hours funding languages where_to_come "
        "eating_and_drinking was now why role conflicts also_called".split()
    )


def test_no_page_gains_an_element_or_an_attribute(sites: tuple[Path, Path, set[str]]) -> None:
    attacked, plain, _ = sites
    pages = sorted(path.relative_to(plain) for path in plain.rglob("*.html"))
    assert len(pages) > 15
    read = [" ".join(LexborHTMLParser((attacked / page).read_text("utf-8")).text().split()) for page in pages]
    assert [attack for attack in ATTACKS if sum(" ".join(attack.split()) in text for text in read) < 3] == []
    for page in pages:
        found, wanted = (shape((site / page).read_text("utf-8")) for site in (attacked, plain))
        assert (page, found - wanted, wanted - found) == (page, Counter(), Counter())


def test_no_address_of_a_page_runs_or_leads_to_the_attacker(sites: tuple[Path, Path, set[str]]) -> None:
    for page in sites[0].rglob("*.html"):
        for node in LexborHTMLParser(page.read_text("utf-8")).css("[href], [src], [action], [formaction]"):
            for name in ("href", "src", "action", "formaction"):
                address = re.sub(r"[\x00-\x20]", "", str(node.attributes.get(name) or "")).lower()
                assert not address.startswith(("javascript:", "data:", "vbscript:", "//")), (page, address)
                assert not re.match(r"https?://xss\.example", address), (page, address)


def test_no_attack_runs_in_a_browser_that_no_policy_protects(
    sites: tuple[Path, Path, set[str]], browser: Browser
) -> None:
    page = browser.new_page()
    alive: list[str] = []

    def live(what: str) -> None:
        alive.append(what)

    page.expose_function("attacked", live)
    page.add_init_script("window.alert = text => attacked(`alert ${text}`)")
    page.on("dialog", lambda dialog: live(dialog.message))
    page.on("pageerror", lambda error: live(str(error)))
    page.on("request", lambda request: None if request.url.startswith("file:") else live(request.url))
    for path in sorted(sites[0].rglob("*.html")):
        if 'http-equiv="refresh"' in path.read_text("utf-8"):
            continue  # it leads on by itself
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
    assert alive == []


def same_keys(found: Any, wanted: Any) -> bool:
    """Whether two trees of JSON have the same shape: no key is new, and only texts differ.

    A block for search engines leaves out what its page does not say in the same words.
    """
    if isinstance(found, dict) and isinstance(wanted, dict):
        return found.keys() <= wanted.keys() and all(same_keys(found[key], wanted[key]) for key in found)
    if isinstance(found, list) and isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(same_keys, found, wanted))
    return type(found) is type(wanted)


def test_in_json_scripts_and_structured_data_attacks_are_texts(sites: tuple[Path, Path, set[str]]) -> None:
    def trees(site: Path) -> Iterator[tuple[str, Any]]:
        scripts = [next(site.glob(f"assets/*/{name}.js")) for name in ("words", "search-index")]
        for file in sorted([*site.rglob("*.json"), *scripts]):
            text = re.sub(r"\Aconst \w+ = (.*);\n\Z", r"\1", file.read_text("utf-8"), flags=re.DOTALL)
            yield re.sub(r"assets/\w+/", "", file.relative_to(site).as_posix()), json.loads(text)
        for page in sorted(site.rglob("*.html")):
            html = page.read_text("utf-8")
            for number, node in enumerate(LexborHTMLParser(html).css('script[type="application/ld+json"]')):
                yield f"{page.relative_to(site)} {number}", json.loads(node.text())

    wanted = dict(trees(sites[1]))
    found = dict(trees(sites[0]))
    assert found.keys() == wanted.keys()
    assert len(found) > 20
    assert sum("=1+1" in json.dumps(tree) for tree in found.values()) > 10
    for name, tree in found.items():
        assert same_keys(tree, wanted[name]), name


def test_in_feeds_attacks_are_texts(sites: tuple[Path, Path, set[str]]) -> None:
    def tags(file: Path) -> list[str]:
        return [element.tag for element in ElementTree.parse(file).iter()]

    feeds = [path.relative_to(sites[1]) for ending in ("xml", "atom") for path in sites[1].rglob(f"*.{ending}")]
    assert Path("feed.xml") in feeds
    for feed in feeds:
        assert tags(sites[0] / feed) == tags(sites[1] / feed)
    assert "=1+1" in "".join(ElementTree.parse(sites[0] / "feed.xml").getroot().itertext())


def test_in_tables_no_attack_is_a_formula(sites: tuple[Path, Path, set[str]]) -> None:
    tables = sorted(sites[0].rglob("*.csv"))
    assert len(tables) >= 3
    rows = [row for table in tables for row in csv.reader(table.read_text("utf-8").splitlines(keepends=True))]
    cells = [cell for row in rows for cell in row]
    assert sum("=1+1" in cell for cell in cells) > 20
    number = re.compile(r"-?\d+(\.\d+)?")
    assert [cell for cell in cells if cell[:1] in set("=+-@\t\r") and not number.fullmatch(cell)] == []


def test_in_leaflets_attacks_are_words_and_nothing_runs(sites: tuple[Path, Path, set[str]]) -> None:
    leaflets = sorted(sites[0].rglob("*.pdf"))
    assert leaflets
    for leaflet in leaflets[:3]:
        raw = leaflet.read_bytes()
        assert not re.search(rb"/(JavaScript|JS|OpenAction|AA|Launch|EmbeddedFile|RichMedia)\b", raw)
        reader = PdfReader(leaflet)
        assert "alert('XSS')" in "".join(page.extract_text() for page in reader.pages).replace("’", "'")
        for page in reader.pages:
            for annotation in page.get("/Annots", []):
                address = str(annotation.get_object().get("/A", {}).get("/URI", ""))
                assert not re.match(r"(?i)javascript:|https://xss\.example", address)
