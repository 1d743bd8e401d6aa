"""Whether devices keep a copy is set in one place, and what they keep is what readers need."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from build_tools.load.settings import Settings
from build_tools.pipeline import prepare
from build_tools.release.offline import list_kept_files, write_worker
from tests.conftest import ROOT, TODAY, edit, run

pytestmark = pytest.mark.slow


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with a file of each kind that a built site holds."""
    for name in (
        "index.html", "a/page.html", "assets/0/site.css", "assets/0/icon.svg", "assets/0/font.woff2",
        "assets/0/site.js", "a/page.html.gz", "a/leaflet.pdf", "feed.xml", "api/v1/all.json", "sw.js",
    ):  # fmt: skip
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name, "utf-8")
    return tmp_path


def test_a_copy_holds_pages_and_what_they_load_and_nothing_else(site: Path) -> None:
    assert list(list_kept_files(site)) == [
        "a/page.html", "assets/0/font.woff2", "assets/0/icon.svg", "assets/0/site.css", "assets/0/site.js",
        "index.html",
    ]  # fmt: skip


def test_each_byte_makes_another_version_and_the_same_bytes_the_same(site: Path) -> None:
    def written() -> str:
        write_worker(site, ROOT / "content", Settings(offline=True))
        return (site / "sw.js").read_text("utf-8")

    first = written()
    assert written() == first
    (site / "index.html").write_text("index.htmL", "utf-8")
    assert written().splitlines()[0] != first.splitlines()[0]
    assert (
        json.loads(re.findall(r"const FILES = (\{.*?\});", first, re.DOTALL)[0]).keys()
        == list_kept_files(site).keys()
    )


def test_a_site_that_is_off_gets_a_worker_that_lets_go_and_no_manifest(site: Path) -> None:
    write_worker(site, ROOT / "content", Settings())
    assert "registration.unregister()" in (site / "sw.js").read_text("utf-8")
    assert not (site / "manifest.json").exists()


@pytest.mark.parametrize(("environment", "setting", "is_on"), [
    (None, False, False), (None, "", False), (None, "true", True), (None, "maybe", None),
    ("1", False, True), ("true", False, True), ("0", True, False), ("", True, False), ("on", True, None),
])  # fmt: skip
def test_the_environment_wins_over_the_file(
    monkeypatch: pytest.MonkeyPatch, environment: str | None, setting: object, is_on: bool | None
) -> None:
    monkeypatch.delenv("OFFLINE", raising=False)
    if environment is not None:
        monkeypatch.setenv("OFFLINE", environment)
    assert Settings.of({"extra": {"offline": setting}}).offline is is_on


@pytest.mark.parametrize("command", ["build_tools check", "mkdocs build --quiet"])
def test_the_setting_must_be_true_or_false(project: Path, command: str) -> None:
    edit(project / "mkdocs.yml", "  offline: false", "  offline: yes")
    done = run(project, *command.split())
    assert done.returncode == 1
    assert re.search(r'^mkdocs.yml:\d+:3: "offline" must be true or false; it is "yes".$', done.stderr, re.M)


def test_the_environment_must_be_1_or_0(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFFLINE", "perhaps")
    said = run(project, "build_tools", "check").stderr
    assert 'OFFLINE in the environment must be 1 or 0; it is "perhaps".' in said


def test_a_preview_is_never_kept(example: Path) -> None:
    made = prepare(example, ROOT / "content", TODAY, Settings(offline=True), preview=True)
    assert made.settings.offline is False
