"""The live preview: saved changes show up, and mistakes are reported on its pages."""

from __future__ import annotations

import shutil
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import bench
from tests.conftest import until


@pytest.fixture
def preview(project: Path) -> Iterator[tuple[Path, str]]:
    """The folder of the example project and the URL of its `mkdocs serve`."""
    with bench.preview(project) as address:
        _wait_for(f"{address}/index.html", "all procedures")
        yield project, address


def _read(url: str) -> str:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return str(answer.read().decode())
    except OSError:
        return ""


def _wait_for(url: str, text: str) -> str:
    """Wait until the page contains `text`, and return it."""
    return until(lambda: _read(url), lambda page: text in page)


def test_every_page_reports_problems_and_stale_content(preview: tuple[Path, str]) -> None:
    project, address = preview
    settings, template = project / "mkdocs.yml", project / "content/templates/pages/glossary.md"
    folder, elsewhere = project / "data/vocabulary", project / "elsewhere"
    good = settings.read_text("utf-8")

    def expect_on_every_page(*texts: str) -> None:
        for page in ("index.html", "procedures/teapot-care.html", "glossary.html", "404.html"):
            html = _wait_for(f"{address}/{page}", texts[0])
            assert "<footer" in html
            assert [text for text in texts if text not in html] == [], page

    def fix(file: Path, text: str) -> None:
        file.write_text(text, "utf-8")
        until(
            lambda: _read(f"{address}/glossary.html"), lambda page: page and 'aria-label="For editors"' not in page
        )

    for mistake, title, reason in (
        (good.replace('clinic: ""', "clinic: my-hospitl"), "Not ready to publish", "There is no clinic called"),
        ("site_name: [", "These pages are out of date", "error parsing the configuration file"),
        (
            good.replace("docs_dir: content", "docs_dir: nowhere"),
            "These pages are out of date",
            "nowhere&#x27; isn&#x27;t",
        ),
    ):
        settings.write_text(mistake, "utf-8")
        expect_on_every_page(title, reason)
        fix(settings, good)

    words = template.read_text("utf-8")
    template.write_text("{% if %}", "utf-8")
    broken = "content/templates/pages/glossary.md:1:"
    assert broken in _wait_for(f"{address}/index.html", "Not ready to publish")
    html = _wait_for(f"{address}/glossary.html", broken)
    assert "These pages are out of date" in html
    assert "<footer" in html
    fix(template, words)

    folder.rename(elsewhere)
    expect_on_every_page("Not ready to publish", "data/vocabulary/")
    elsewhere.rename(folder)
    fix(settings, good)


def test_edits_new_files_mistakes_and_fixes_show_up(preview: tuple[Path, str]) -> None:
    project, address = preview
    file = project / "data/procedures/teapot-care.yml"
    good = file.read_text("utf-8")

    file.write_text(good.replace("name: Teapot care\n", "name: Teapot care as edited\n", 1), "utf-8")
    _wait_for(f"{address}/procedures/teapot-care.html", "Teapot care as edited")

    shutil.copy(project / "data/procedures/teapot-leave-alone.yml", project / "data/procedures/another-form.yml")
    _wait_for(f"{address}/procedures/another-form.html", "<footer")
    (project / "data/procedures/another-form.yml").unlink()

    file.write_text(good.replace("kind: can-be-undone", "kind: can-be-undome", 1), "utf-8")
    broken = _wait_for(f"{address}/procedures/teapot-care.html", "cannot be built yet")
    assert "data/procedures/teapot-care.yml:" in broken
    assert "can-be-undome" in broken
    assert "It can be: destroys-nerve-tissue, " in broken
    assert "<footer" in _wait_for(f"{address}/procedures/teapot-lid-polishing.html", "Lid polishing")

    file.write_text(good, "utf-8")
    _wait_for(f"{address}/procedures/teapot-care.html", "Questions to ask")


def test_a_preview_serves_the_files_for_other_programs(preview: tuple[Path, str]) -> None:
    _, address = preview
    for file, text in (("feed.xml", "<feed"), ("api/v1/procedures/teapot-care.json", "Teapot care")):
        assert text in _read(f"{address}/{file}")
