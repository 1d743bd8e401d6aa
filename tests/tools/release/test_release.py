"""A release is reproducible, and contains only what was checked and verified."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import brotli
import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from build_tools.edit.signing import sign
from build_tools.load.loader import load
from build_tools.records.problems import CommandError
from build_tools.release.materials import list_parts, render_licenses
from build_tools.release.release import MIN_SIZE, TEXT, describe_review_state, publish_archive, release
from tests.conftest import ROOT, TODAY, edit, lay_out

pytestmark = pytest.mark.slow

COMMITTED = datetime(2026, 12, 2, 12, tzinfo=UTC)
"""When the commit was made, which is not the day of the build."""

CLINIC = "teapot-house"
ADDRESS = "https://teapots.example/pain/"
ENVIRONMENT = {"CLINIC": CLINIC, "SITE_URL": ADDRESS}
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=Teapot Lid", "-c", "user.email=lid@example.org", *arguments]
    env = os.environ | {"GIT_COMMITTER_DATE": COMMITTED.isoformat()}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=True).stdout.strip()


def name_of(project: Path) -> str:
    """The name of the archive of a project's last commit."""
    return f"pain-procedures-{CLINIC}-{VERSION}-{git(project, 'rev-parse', 'HEAD')[:8]}"


def build_release(folder: Path, umask: int = 0o022, **more: str) -> subprocess.CompletedProcess[str]:
    command, env = [sys.executable, "-m", "build_tools", "release"], os.environ | more
    return subprocess.run(command, cwd=folder, env=env, umask=umask, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example project with all files of a release, in one commit."""
    folder = tmp_path_factory.mktemp("committed")
    lay_out(folder)
    edit(folder / "mkdocs.yml", "leaflets: false", "leaflets: true")
    for name in (
        ".gitignore", "pyproject.toml", "requirements", "HOSTING.md", "CHANGELOG.md", "LICENSE", "LICENSE-CONTENT",
    ):  # fmt: skip
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, folder / name)
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "Teapots")
    return folder


@pytest.fixture
def clone(committed: Path, tmp_path: Path) -> Path:
    """A clone of that project, to commit to."""
    git(committed, "clone", "-q", str(committed), str(tmp_path / "clone"))
    return tmp_path / "clone"


@pytest.fixture(scope="module")
def releases(committed: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A clinic's releases of one commit, built in two clones and environments that have nothing in common."""
    first = tmp_path_factory.mktemp("one") / "clone"
    second = tmp_path_factory.mktemp("other") / "deeper" / "another clone"
    for folder in (first, second):
        git(committed, "clone", "-q", str(committed), str(folder))
    for file in second.rglob("*.*"):
        os.utime(file, (1, 1))
    east = ENVIRONMENT | {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "1"}
    west = ENVIRONMENT | {"TZ": "America/Los_Angeles", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2"}
    for done in (build_release(first, 0o022, **east), build_release(second, 0o077, **west)):
        assert (done.stderr, done.returncode) == ("", 0)
        archive, sums = done.stdout.splitlines()[-2:]
        assert archive.startswith(f"dist/{name_of(committed)}.zip contains the site")
        assert sums.startswith("dist/SHA256SUMS contains the checksums")
    return first / "dist", second / "dist"


@pytest.fixture(scope="module")
def unpacked(releases: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The unpacked archive."""
    folder = tmp_path_factory.mktemp("unpacked")
    [archive] = releases[0].glob("*.zip")
    with zipfile.ZipFile(archive) as zipped:
        zipped.extractall(folder)
    return folder / archive.stem


def test_release_is_reproducible(releases: tuple[Path, Path], committed: Path) -> None:
    first, second = ({file.name: file.read_bytes() for file in dist.iterdir()} for dist in releases)
    assert first.keys() == {f"{name_of(committed)}.zip", "SHA256SUMS"}
    assert first == second


def test_archived_files_have_one_timestamp_and_are_readable(releases: tuple[Path, Path], unpacked: Path) -> None:
    [archive] = releases[0].glob("*.zip")
    with zipfile.ZipFile(archive) as zipped:
        assert {entry.date_time for entry in zipped.infolist()} == {COMMITTED.timetuple()[:6]}
        modes = {(entry.is_dir(), entry.external_attr >> 16) for entry in zipped.infolist()}
    assert modes == {(True, 0o040755), (False, 0o100644)}
    for name in (
        "site/index.html", "site/leaflets/teapot-polishing-a4.pdf", "servers/caddy/Caddyfile", "CHANGELOG.md",
        "LICENSE", "LICENSE-CONTENT",
    ):  # fmt: skip
        assert (unpacked / name).is_file(), name


def test_every_file_has_a_checksum(releases: tuple[Path, Path], unpacked: Path) -> None:
    for folder in (releases[0], unpacked):
        lines = [line.split("  ") for line in (folder / "SHA256SUMS").read_text("utf-8").splitlines()]
        files = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if file.is_file()}
        files.pop("SHA256SUMS")
        assert lines == [[hashlib.sha256(files[name].read_bytes()).hexdigest(), name] for _, name in lines]
        assert {name for _, name in lines} == files.keys()


def test_every_text_file_has_compressed_copies(unpacked: Path) -> None:
    files = [file for file in (unpacked / "site").rglob("*") if file.suffix in TEXT]
    large = [file for file in files if file.stat().st_size >= MIN_SIZE]
    assert len(large) > 20
    for file in large:
        assert gzip.decompress(file.with_name(f"{file.name}.gz").read_bytes()) == file.read_bytes()
        assert brotli.decompress(file.with_name(f"{file.name}.br").read_bytes()) == file.read_bytes()


def test_release_names_its_version_and_the_day_of_its_commit(unpacked: Path, committed: Path) -> None:
    assert f"as of {COMMITTED.date()}\n" in (unpacked / "REVIEW-STATE.txt").read_text("utf-8")
    version = (unpacked / "VERSION").read_text("utf-8")
    commit = git(committed, "rev-parse", "HEAD")
    assert version == f"pain-procedures {VERSION}\ncommit {commit}\nclinic {CLINIC}\naddress {ADDRESS}\n"


def test_site_has_the_address_of_the_environment(unpacked: Path) -> None:
    for file, text in {
        "index.html": f'<link rel="canonical" href="{ADDRESS}index.html">',
        "404.html": 'href="/pain/index.html"',
        **dict.fromkeys(("sitemap.xml", "robots.txt", "feed.xml", "api/v1/index.json"), ADDRESS),
    }.items():
        assert text in (unpacked / "site" / file).read_text("utf-8"), file


def test_checksums_can_be_signed_as_the_hosting_guide_says(releases: tuple[Path, Path], tmp_path: Path) -> None:
    guide = [line.strip() for line in (ROOT / "HOSTING.md").read_text("utf-8").splitlines()]
    [sign] = [line for line in guide if line.startswith("ssh-keygen -Y sign")]
    [check] = [line for line in guide if line.startswith("ssh-keygen -Y verify")]
    shutil.copy(releases[0] / "SHA256SUMS", tmp_path)

    def shell(command: str) -> int:
        env = os.environ | {"HOME": str(tmp_path)}
        return subprocess.run(command, shell=True, cwd=tmp_path, env=env, check=False).returncode

    assert shell("mkdir .ssh && ssh-keygen -q -t ed25519 -N '' -f .ssh/id_ed25519") == 0
    assert shell("echo host@clinic.example $(cat .ssh/id_ed25519.pub) > signers") == 0
    assert shell(sign.replace("dist/", "")) == 0
    assert shell(check) == 0
    edit(tmp_path / "SHA256SUMS", ".zip", ".zip ")
    assert shell(check) != 0


def test_version_without_changelog_entry_is_not_released(clone: Path) -> None:
    edit(clone / "pyproject.toml", f'version = "{VERSION}"', 'version = "99.0"')
    git(clone, "commit", "-q", "-a", "-m", "A number without words")
    done = build_release(clone)
    assert done.returncode == 1
    assert "CHANGELOG.md has no entry for version 99.0" in done.stderr
    assert not (clone / "dist").exists()


def test_bill_of_materials_is_valid_and_separates_shipped_parts(unpacked: Path) -> None:
    text = (unpacked / "SBOM.cdx.json").read_text("utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    components = json.loads(text)["components"]
    shipped = {component["name"]: component for component in components if component["scope"] == "required"}
    assert shipped.keys() == {part.name for part in list_parts()}
    assert json.loads(text)["serialNumber"].startswith("urn:uuid:")
    served = {hashlib.sha256(file.read_bytes()).hexdigest() for file in (unpacked / "site/assets").rglob("*.*")}
    files = {name: {file["hashes"][0]["content"] for file in part["components"]} for name, part in shipped.items()}
    number_served = {name: len(hashes) for name, hashes in files.items() if hashes <= served}
    assert number_served == {"fontpkg-atkinson-hyperlegible": 2, "lunr": 1, "mkdocs-material": 0}
    assert shipped["lunr"]["purl"] == f"pkg:npm/lunr@{shipped['lunr']['version']}"
    theme = shipped["mkdocs-material"]
    assert theme["purl"] == f"pkg:pypi/mkdocs-material@{theme['version']}"
    locked = (ROOT / "requirements/run.txt").read_text("utf-8")
    assert all(hash["content"] in locked for hash in theme["externalReferences"][0]["hashes"])
    names = {line.partition("==")[0] for line in locked.splitlines() if "==" in line}
    assert {component["name"] for component in components if component["scope"] == "excluded"} == names


def test_site_has_the_license_of_every_part(unpacked: Path) -> None:
    site = (unpacked / "site/licenses.txt").read_text("utf-8")
    assert site == render_licenses()
    for part in list_parts():
        assert "Copyright" in part.text
        assert part.text.strip() in site
    assert "mkdocs-material" in (unpacked / "LICENSES.txt").read_text("utf-8").partition("Built with these")[2]


def test_progress_is_shown_at_a_terminal(committed: Path) -> None:
    screen, terminal = os.openpty()
    command = "from build_tools.release.progress import say; say('Packing the archive')"
    subprocess.run([sys.executable, "-c", command], cwd=committed, stderr=terminal, check=True)
    assert os.read(screen, 100) == b"Packing the archive ...\r\n"


def test_uncommitted_files_are_listed(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(clone)
    edit(Path("mkdocs.yml"), "site_name: Pain", "site_name: Teapot")
    Path("content/new page.md").write_text("# New", "utf-8")
    with pytest.raises(CommandError, match=r"differ from it: content/new page\.md, mkdocs\.yml\."):
        release(Path("dist"))
    assert not Path("dist").exists()


def test_failed_release_keeps_the_last_one(clone: Path) -> None:
    (clone / "dist").mkdir()
    (clone / "dist/SHA256SUMS").write_text("of the last release", "utf-8")
    edit(clone / "data/procedures/teapot-polishing.yml", "out_of: 24", "out_of: 12")
    git(clone, "commit", "-q", "-a", "-m", "Fewer teapots")
    done = build_release(clone)
    assert done.returncode == 1
    assert "18 out of 12 teapots." in done.stderr
    assert {file.name: file.read_text("utf-8") for file in (clone / "dist").iterdir()} == {
        "SHA256SUMS": "of the last release"
    }


def test_second_release_keeps_the_checksums_of_the_first(tmp_path: Path) -> None:
    for name in ("b-1.zip", "a-1.zip", "b-1.zip"):
        (tmp_path / "made").mkdir(exist_ok=True)
        (tmp_path / "made" / name).write_text(name, "utf-8")
        publish_archive(tmp_path / "dist", tmp_path / "made" / name)
        assert not (tmp_path / "dist/SHA256SUMS.sig").exists(), "it would sign the sums of an earlier release"
        (tmp_path / "dist/SHA256SUMS.sig").touch()
    sums = [line.split("  ") for line in (tmp_path / "dist/SHA256SUMS").read_text("utf-8").splitlines()]
    assert sums == [[hashlib.sha256(name.encode()).hexdigest(), name] for name in ("a-1.zip", "b-1.zip")]


def test_review_state_lists_reviewed_and_unreviewed_parts(example: Path) -> None:
    due = TODAY + timedelta(days=100)
    facts, who = load(example)[0], ("Dr. Lid", "Potter", "None declared")
    assert sign(example, facts, "teapot-polishing", ["signs", "short"], *who, TODAY, due) == []
    facts = load(example)[0]
    text = describe_review_state(facts, TODAY)
    assert f"Danger signs; Short page: reviewed; by Dr. Lid, Potter, on {TODAY}, next before {due}\n" in text
    assert "- All parts: not yet reviewed\n" in text
    assert "Short page: overdue" in describe_review_state(facts, due)
