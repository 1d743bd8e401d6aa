"""Approved snapshots of the example's pages, leaflets and files; any change appears as a difference.

To approve a change: pytest tests/tools/test_snapshots.py --snapshot-update, and commit the snapshots with it.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from build_tools.load.loader import load
from build_tools.load.settings import Settings
from build_tools.pipeline import prepare
from build_tools.release.site_files import make_other_files, make_page_files
from build_tools.render.leaflets import build_blocks, write_leaflet
from build_tools.render.rendering import Renderer, Site
from tests.conftest import ROOT, TODAY
from tests.outline import outline, without_versions

EXAMPLE = ROOT / "docs/example/data"
SETTINGS = Settings(site_name="Teapots", site_url="https://teapots.example/", leaflets=True)
CLINIC = replace(SETTINGS, clinic="teapot-house")
PAGES = [
    "procedures/teapot-polishing",
    *(f"procedures/teapot-polishing/{detail.name}" for detail in load(EXAMPLE)[0].details_of("teapot-polishing")),
    "procedures/teapot-polishing/for-the-person-with-you",
    "procedures/teapot-care",
    "procedures/teapot-lid-polishing",
    "procedures/teapot-care/results",
    "procedures/teapot-lid-polishing/side-effects",
    "procedures/teapot-leave-alone/what-happens",
    "comparisons/squeaking-teapot",
    "take-along/teapot-polishing",
    "worksheets/squeaking-teapot",
    *"procedures comparisons glossary sources claims a-to-z changes infobutton".split(),
]
FILES = [
    "api/v1/index.json", "api/v1/procedures/teapot-polishing.json", "api/v1/comparisons/squeaking-teapot.csv",
    "api/v1/figures.csv", "api/v1/sources.csv", "api/v1/sources.csl.json",
    "infobutton/2.16.840.1.113883.6.177/D000000.xml", "infobutton/2.16.840.1.113883.6.177/D000000.json",
    "feed.xml", "reviews.ics", "assets/words.js",
]  # fmt: skip
LEAFLETS = ["teapot-polishing", "teapot-care", "squeaking-teapot"]


class Text(SingleFileSnapshotExtension):
    """One text file for each snapshot."""

    _write_mode = WriteMode.TEXT
    file_extension = "txt"


@pytest.fixture
def approved(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(Text)


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("words") / "content"
    for name in ("templates", "assets"):
        shutil.copytree(ROOT / "content" / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def site(content: Path) -> Site:
    site = prepare(EXAMPLE, content, TODAY, SETTINGS)
    assert site.problems == []
    return site


@pytest.fixture(scope="module")
def pages(site: Site) -> dict[str, str]:
    return {page.path.removesuffix(".md"): outline(page.text) for page in site.pages}


@pytest.fixture(scope="module")
def files(site: Site) -> dict[str, str]:
    return {path: str(text) for path, text in (*make_page_files(site).items(), *make_other_files(site))}


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.replace("/", " "))
def test_page(page: str, pages: dict[str, str], approved: SnapshotAssertion) -> None:
    assert pages[page] == approved


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.replace("/", " "))
def test_file(file: str, files: dict[str, str], approved: SnapshotAssertion) -> None:
    assert files[file].replace("\r\n", "\n") == approved


@pytest.mark.parametrize("id", LEAFLETS)
def test_leaflet(id: str, site: Site, content: Path, approved: SnapshotAssertion) -> None:
    assert leaflet(site, content, SETTINGS, id) == approved


def test_what_a_clinic_adds(pages: dict[str, str], site: Site, content: Path, approved: SnapshotAssertion) -> None:
    local = prepare(EXAMPLE, content, TODAY, CLINIC)
    assert local.problems == []
    with_clinic = {page.path.removesuffix(".md"): outline(page.text) for page in local.pages}
    changes = [diff(name, pages[name], with_clinic[name]) for name in PAGES]
    changes += [
        diff(f"leaflet {id}", leaflet(site, content, SETTINGS, id), leaflet(local, content, CLINIC, id))
        for id in LEAFLETS
    ]
    assert "".join(changes) == approved


def test_what_time_changes(pages: dict[str, str], content: Path, approved: SnapshotAssertion) -> None:
    late = {page.path: page for page in prepare(EXAMPLE, content, TODAY.replace(year=2029), SETTINGS).pages}
    names = PAGES[0], "comparisons/squeaking-teapot", "take-along/teapot-polishing"
    assert "".join(diff(name, pages[name], outline(late[f"{name}.md"].text)) for name in names) == approved


def leaflet(site: Site, content: Path, settings: Settings, id: str) -> str:
    """The text of a leaflet."""
    html = write_leaflet(Renderer(site.facts, content, TODAY, settings), id).html
    return without_versions("".join(f"{line}\n" for line in iter_lines(build_blocks(html))))


def iter_lines(blocks: list[dict[str, Any]], depth: int = 0) -> Iterator[str]:
    for block in blocks:
        runs = ((run["text"], "b" in run["as"].split()) for run in block.get("runs", []))
        text = block.get("alt") or "".join(f"*{text}*" if bold else text for text, bold in runs)
        kind = ".".join((block["is"], *block["as"].split()))
        yield f"{' ' * depth}{kind}" + (f": {text}" if text else "")
        yield from iter_lines(block.get("blocks", []), depth + 1)


def diff(name: str, old: str, new: str) -> str:
    new = re.sub(r" \[Report\]\([^)]*\)", "", new)  # each fact has this link
    lines = [*unified_diff(old.splitlines(), new.splitlines(), name, n=0, lineterm="")]
    return "".join(f"{line}\n" for line in lines if line[:2] not in ("@@", "++"))
