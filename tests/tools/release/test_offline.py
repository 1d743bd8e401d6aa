"""The offline copy holds what readers need, and one setting turns it on."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from build_tools.load.settings import Settings
from build_tools.pipeline import prepare
from build_tools.release.offline import list_cached_files, write_worker
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


def test_copy_holds_pages_and_what_they_load(site: Path) -> None:
    assert list(list_cached_files(site)) == [
        "a/page.html", "assets/0/font.woff2", "assets/0/icon.svg", "assets/0/site.css", "assets/0/site.js",
        "index.html",
    ]  # fmt: skip


def test_version_changes_with_every_byte(site: Path) -> None:
    def write() -> str:
        write_worker(site, ROOT / "content", Settings(offline=True))
        return (site / "sw.js").read_text("utf-8")

    first = write()
    assert write() == first
    (site / "index.html").write_text("index.htmL", "utf-8")
    assert write().splitlines()[0] != first.splitlines()[0]
    files = json.loads(re.findall(r"const FILES = (\{.*?\});", first, re.DOTALL)[0])
    assert files.keys() == list_cached_files(site).keys()


def test_without_offline_the_worker_unregisters(site: Path) -> None:
    write_worker(site, ROOT / "content", Settings())
    assert "registration.unregister()" in (site / "sw.js").read_text("utf-8")
    assert not (site / "manifest.json").exists()


@pytest.mark.parametrize(("environment", "setting", "is_on"), [
    (None, False, False), (None, "", False), (None, "true", True), (None, "maybe", None),
    ("1", False, True), ("true", False, True), ("0", True, False), ("", True, False), ("on", True, None),
])  # fmt: skip
def test_environment_overrides_configuration(
    monkeypatch: pytest.MonkeyPatch, environment: str | None, setting: object, is_on: bool | None
) -> None:
    monkeypatch.delenv("OFFLINE", raising=False)
    if environment is not None:
        monkeypatch.setenv("OFFLINE", environment)
    assert Settings.from_config({"extra": {"offline": setting}}).offline is is_on


@pytest.mark.parametrize("command", ["build_tools check", "mkdocs build --quiet"])
def test_setting_must_be_true_or_false(project: Path, command: str) -> None:
    edit(project / "mkdocs.yml", "  offline: false", "  offline: yes")
    done = run(project, *command.split())
    assert done.returncode == 1
    assert re.search(r'^mkdocs.yml:\d+:3: "offline" must be true or false; it is "yes".$', done.stderr, re.M)


def test_environment_variable_must_be_1_or_0(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFFLINE", "perhaps")
    stderr = run(project, "build_tools", "check").stderr
    assert 'OFFLINE in the environment must be 1 or 0; it is "perhaps".' in stderr


def test_preview_has_no_offline_copy(example: Path) -> None:
    site = prepare(example, ROOT / "content", TODAY, Settings(offline=True), preview=True)
    assert site.settings.offline is False
