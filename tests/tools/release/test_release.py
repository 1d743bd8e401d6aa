"""A release: the same commit gives the same bytes anywhere, and nothing is released that did not pass."""

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
from build_tools.release.release import LEAST, TEXT, describe_review_state, put_into, release
from tests.conftest import ROOT, TODAY, edit, lay_out

pytestmark = pytest.mark.slow

COMMITTED = datetime(2026, 12, 2, 12, tzinfo=UTC)
"""When the test's commit was made: not on the day on which it is built."""

CLINIC = "teapot-house"
ADDRESS = "https://teapots.example/pain/"
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]


def git(folder: Path, *arguments: str) -> str:
    command = ["git", "-c", "user.name=Teapot Lid", "-c", "user.email=lid@example.org", *arguments]
    when = os.environ | {"GIT_COMMITTER_DATE": COMMITTED.isoformat()}
    return subprocess.run(command, cwd=folder, env=when, capture_output=True, text=True, check=True).stdout.strip()


OF_THE_CLINIC = {"CLINIC": CLINIC, "SITE_URL": ADDRESS}


def name_of(project: Path) -> str:
    """What the archive of a project's last commit is called."""
    return f"pain-procedures-{CLINIC}-{VERSION}-{git(project, 'rev-parse', 'HEAD')[:8]}"


def build_release(folder: Path, umask: int = 0o022, **more: str) -> subprocess.CompletedProcess[str]:
    command, around = [sys.executable, "-m", "build_tools", "release"], os.environ | more
    return subprocess.run(
        command, cwd=folder, env=around, umask=umask, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def committed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small project with all that a release takes along, in one commit."""
    folder = tmp_path_factory.mktemp("committed")
    shutil.copytree(ROOT / "docs/example/data", folder / "data")
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
    """A clone of the small project, to commit more in."""
    git(committed, "clone", "-q", str(committed), str(tmp_path / "clone"))
    return tmp_path / "clone"


@pytest.fixture(scope="module")
def two(committed: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A clinic's archives out of two clones of one commit, built in surroundings that have nothing in common."""
    one = tmp_path_factory.mktemp("one") / "clone"
    other = tmp_path_factory.mktemp("other") / "deeper" / "another clone"
    for folder in (one, other):
        git(committed, "clone", "-q", str(committed), str(folder))
    for file in other.rglob("*.*"):
        os.utime(file, (1, 1))
    here = OF_THE_CLINIC | {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "1"}
    there = OF_THE_CLINIC | {"TZ": "America/Los_Angeles", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "2"}
    for done in (build_release(one, 0o022, **here), build_release(other, 0o077, **there)):
        assert (done.stderr, done.returncode) == ("", 0)
        archive, sums = done.stdout.splitlines()[-2:]
        assert archive.startswith(f"dist/{name_of(committed)}.zip holds the site")
        assert sums.startswith("dist/SHA256SUMS holds the sums")
    return one / "dist", other / "dist"


@pytest.fixture(scope="module")
def unpacked(two: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a web administrator sees after unpacking."""
    folder = tmp_path_factory.mktemp("unpacked")
    [archive] = two[0].glob("*.zip")
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)
    return folder / archive.stem


def test_one_commit_gives_the_same_bytes_in_another_folder_and_other_surroundings(
    two: tuple[Path, Path], committed: Path
) -> None:
    one, other = ({file.name: file.read_bytes() for file in dist.iterdir()} for dist in two)
    assert one.keys() == {f"{name_of(committed)}.zip", "SHA256SUMS"}
    assert one == other


def test_all_files_are_of_one_moment_and_readable_by_all(two: tuple[Path, Path], unpacked: Path) -> None:
    [zipped] = two[0].glob("*.zip")
    with zipfile.ZipFile(zipped) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {COMMITTED.timetuple()[:6]}
        modes = {(entry.is_dir(), entry.external_attr >> 16) for entry in archive.infolist()}
    assert modes == {(True, 0o040755), (False, 0o100644)}
    for name in (
        "site/index.html", "site/leaflets/teapot-polishing-a4.pdf", "servers/caddy/Caddyfile", "CHANGELOG.md",
        "LICENSE", "LICENSE-CONTENT",
    ):  # fmt: skip
        assert (unpacked / name).is_file(), name


def test_every_file_has_its_sum(two: tuple[Path, Path], unpacked: Path) -> None:
    for folder in (two[0], unpacked):
        lines = [line.split("  ") for line in (folder / "SHA256SUMS").read_text("utf-8").splitlines()]
        files = {file.relative_to(folder).as_posix(): file for file in folder.rglob("*") if file.is_file()}
        files.pop("SHA256SUMS")
        assert lines == [[hashlib.sha256(files[name].read_bytes()).hexdigest(), name] for _, name in lines]
        assert {name for _, name in lines} == files.keys()


def test_every_text_file_has_compressed_copies(unpacked: Path) -> None:
    files = [file for file in (unpacked / "site").rglob("*") if file.suffix in TEXT]
    large = [file for file in files if file.stat().st_size >= LEAST]
    assert len(large) > 20
    for file in large:
        assert gzip.decompress(file.with_name(f"{file.name}.gz").read_bytes()) == file.read_bytes()
        assert brotli.decompress(file.with_name(f"{file.name}.br").read_bytes()) == file.read_bytes()


def test_a_release_says_which_it_is_and_its_day_is_that_of_the_commit(unpacked: Path, committed: Path) -> None:
    assert f"as of {COMMITTED.date()}\n" in (unpacked / "REVIEW-STATE.txt").read_text("utf-8")
    version = (unpacked / "VERSION").read_text("utf-8")
    commit = git(committed, "rev-parse", "HEAD")
    assert version == f"pain-procedures {VERSION}\ncommit {commit}\nclinic {CLINIC}\naddress {ADDRESS}\n"


def test_a_site_knows_the_address_that_the_environment_gives_it(unpacked: Path) -> None:
    for file, said in {
        "index.html": f'<link rel="canonical" href="{ADDRESS}index.html">',
        "404.html": 'href="/pain/index.html"',
        **dict.fromkeys(("sitemap.xml", "robots.txt", "feed.xml", "api/v1/index.json"), ADDRESS),
    }.items():
        assert said in (unpacked / "site" / file).read_text("utf-8"), file


def test_the_sums_can_be_signed_and_checked_as_the_guide_for_hosts_says(
    two: tuple[Path, Path], tmp_path: Path
) -> None:
    guide = [line.strip() for line in (ROOT / "HOSTING.md").read_text("utf-8").splitlines()]
    [sign] = [line for line in guide if line.startswith("ssh-keygen -Y sign")]
    [check] = [line for line in guide if line.startswith("ssh-keygen -Y verify")]
    shutil.copy(two[0] / "SHA256SUMS", tmp_path)

    def shell(command: str) -> int:
        surroundings = os.environ | {"HOME": str(tmp_path)}
        return subprocess.run(command, shell=True, cwd=tmp_path, env=surroundings, check=False).returncode

    assert shell("mkdir .ssh && ssh-keygen -q -t ed25519 -N '' -f .ssh/id_ed25519") == 0
    assert shell("echo host@clinic.example $(cat .ssh/id_ed25519.pub) > signers") == 0
    assert shell(sign.replace("dist/", "")) == 0
    assert shell(check) == 0
    edit(tmp_path / "SHA256SUMS", ".zip", ".zip ")
    assert shell(check) != 0


def test_a_version_without_an_entry_in_the_list_of_changes_is_not_released(clone: Path) -> None:
    edit(clone / "pyproject.toml", f'version = "{VERSION}"', 'version = "99.0"')
    git(clone, "commit", "-q", "-a", "-m", "A number without words")
    done = build_release(clone)
    assert done.returncode == 1
    assert "CHANGELOG.md has no entry for version 99.0" in done.stderr
    assert not (clone / "dist").exists()


def test_the_bill_of_materials_is_valid_and_separates_what_is_shipped(unpacked: Path) -> None:
    text = (unpacked / "SBOM.cdx.json").read_text("utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    components = json.loads(text)["components"]
    shipped = {each["name"]: each for each in components if each["scope"] == "required"}
    assert shipped.keys() == {part.name for part in list_parts()}
    assert json.loads(text)["serialNumber"].startswith("urn:uuid:")
    served = {hashlib.sha256(file.read_bytes()).hexdigest() for file in (unpacked / "site/assets").rglob("*.*")}
    files = {name: {file["hashes"][0]["content"] for file in part["components"]} for name, part in shipped.items()}
    found = {name: len(hashes) for name, hashes in files.items() if hashes <= served}
    assert found == {"fontpkg-atkinson-hyperlegible": 2, "lunr": 1, "mkdocs-material": 0}
    assert shipped["lunr"]["purl"] == f"pkg:npm/lunr@{shipped['lunr']['version']}"
    theme = shipped["mkdocs-material"]
    assert theme["purl"] == f"pkg:pypi/mkdocs-material@{theme['version']}"
    locked = (ROOT / "requirements/run.txt").read_text("utf-8")
    assert all(each["content"] in locked for each in theme["externalReferences"][0]["hashes"])
    names = {line.partition("==")[0] for line in locked.splitlines() if "==" in line}
    assert {each["name"] for each in components if each["scope"] == "excluded"} == names


def test_readers_find_the_license_of_every_part_in_full(unpacked: Path) -> None:
    site = (unpacked / "site/licenses.txt").read_text("utf-8")
    assert site == render_licenses()
    for part in list_parts():
        assert "Copyright" in part.text
        assert part.text.strip() in site
    assert "mkdocs-material" in (unpacked / "LICENSES.txt").read_text("utf-8").partition("Built with these")[2]


def test_who_waits_at_a_terminal_reads_what_is_being_done(committed: Path) -> None:
    screen, terminal = os.openpty()
    command = "from build_tools.release.progress import say; say('Packing the archive')"
    subprocess.run([sys.executable, "-c", command], cwd=committed, stderr=terminal, check=True)
    assert os.read(screen, 100) == b"Packing the archive ...\r\n"


def test_uncommitted_files_are_named(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(clone)
    edit(Path("mkdocs.yml"), "site_name: Pain", "site_name: Teapot")
    Path("content/new page.md").write_text("# New", "utf-8")
    with pytest.raises(CommandError, match=r"commit, and content/new page\.md, mkdocs\.yml are not in"):
        release(Path("dist"))
    assert not Path("dist").exists()


def test_a_commit_with_a_problem_leaves_the_last_release_as_it_was(clone: Path) -> None:
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


def test_a_second_release_keeps_the_sums_of_the_first(tmp_path: Path) -> None:
    for name in ("b-1.zip", "a-1.zip", "b-1.zip"):
        (tmp_path / "made").mkdir(exist_ok=True)
        (tmp_path / "made" / name).write_text(name, "utf-8")
        put_into(tmp_path / "dist", tmp_path / "made" / name)
        assert not (tmp_path / "dist/SHA256SUMS.sig").exists(), "it would sign the sums of an earlier release"
        (tmp_path / "dist/SHA256SUMS.sig").touch()
    told = [line.split("  ") for line in (tmp_path / "dist/SHA256SUMS").read_text("utf-8").splitlines()]
    assert told == [[hashlib.sha256(name.encode()).hexdigest(), name] for name in ("a-1.zip", "b-1.zip")]


def test_the_review_state_names_who_reviewed_what_and_what_nobody_did(example: Path) -> None:
    due = TODAY + timedelta(days=100)
    facts, who = load(example)[0], ("Dr. Lid", "Potter", "None declared")
    assert sign(example, facts, "teapot-polishing", ["signs", "short"], *who, TODAY, due) == []
    facts = load(example)[0]
    said = describe_review_state(facts, TODAY)
    assert f"Danger signs; Short page: reviewed; by Dr. Lid, Potter, on {TODAY}, next before {due}\n" in said
    assert "- All parts: not yet reviewed\n" in said
    assert "Short page: overdue" in describe_review_state(facts, due)
