"""Different machines: line endings, umasks, full disks, ports in use, unreadable files. None gives a traceback."""

from __future__ import annotations

import resource
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from build_tools.pipeline import prepare
from tests.conftest import ROOT, TODAY, run

pytestmark = pytest.mark.slow


def test_windows_line_endings_give_the_same_pages(project: Path) -> None:
    def texts() -> dict[str, str]:
        site = prepare(project / "data", project / "content", TODAY)
        assert site.problems == []
        return {page.path: page.text for page in site.pages}

    expected = texts()
    for file in [*(project / "data").rglob("*.*"), *(project / "content").rglob("*.*")]:
        if file.is_file() and "assets" not in file.parts:  # assets are published as they are
            file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert texts() == expected


def test_git_checks_out_unix_line_endings(tmp_path: Path) -> None:
    shutil.copy(ROOT / ".gitattributes", tmp_path)
    (tmp_path / "page.md").write_text("One\nTwo\n", "utf-8")
    settings = ("core.autocrlf=true", "user.name=Lid", "user.email=lid@example.org")
    git = ["git", "-C", str(tmp_path), *(part for setting in settings for part in ("-c", setting))]
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "A page"], ["rm", "-q", "page.md"]):
        subprocess.run([*git, *command], check=True, capture_output=True)
    subprocess.run([*git, "checkout", "-q", "HEAD", "page.md"], check=True)
    assert (tmp_path / "page.md").read_bytes() == b"One\nTwo\n"


def test_site_built_with_a_strict_umask_is_readable(project: Path) -> None:
    command = [sys.executable, "-m", "build_tools", "build"]
    subprocess.run(command, cwd=project, umask=0o077, check=True, capture_output=True)
    site = project / "site"
    modes = {(path.is_dir(), path.stat().st_mode & 0o777) for path in (site, *site.rglob("*"))}
    assert modes == {(True, 0o755), (False, 0o644)}


def test_full_disk_is_reported_and_the_old_site_stays(project: Path) -> None:
    (project / "site").mkdir()
    (project / "site/index.html").write_text("The old site", "utf-8")

    def limit_file_size() -> None:  # fails as a full disk does
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))

    command = [sys.executable, "-B", "-m", "build_tools", "build"]
    done = subprocess.run(
        command, cwd=project, preexec_fn=limit_file_size, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "File too large.\n    Free some space on that disk, then try again." in done.stdout
    assert "Traceback" not in done.stderr
    [page] = (project / "site").rglob("*.html")
    assert page.read_text("utf-8") == "The old site"


def test_preview_reports_a_port_in_use(project: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        done = run(project, "mkdocs", "serve", "--quiet", "--dev-addr", address)
    assert done.returncode == 1
    assert f"Another program uses {address}, perhaps another preview." in done.stdout
    assert "--dev-addr" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["check", "build"])
@pytest.mark.parametrize(("content", "expected"), [
    (b"site_name: [Teapots\nextra: 1\n", "mkdocs.yml:1:12: A bracket opens a list that never ends"),
    (b"site_name: T\xe4pots\n", "mkdocs.yml:1:13: The file must be saved as UTF-8"),
    (None, "mkdocs.yml:1:1: The file cannot be opened: Is a directory."),
])  # fmt: skip
def test_invalid_settings_are_reported(project: Path, command: str, content: bytes | None, expected: str) -> None:
    (project / "mkdocs.yml").unlink()
    if content is None:
        (project / "mkdocs.yml").mkdir()
    else:
        (project / "mkdocs.yml").write_bytes(content)
    done = run(project, "build_tools", command)
    assert done.returncode == 1
    assert done.stderr.startswith(expected)


@pytest.mark.parametrize(("in_the_way", "command"), [
    ("build", ["build"]),
    ("data/schema", ["schema"]),
    ("out", ["servers", "out"]),
    ("data/procedures", ["new", "procedure", "spout-polishing"]),
    ("data/clinics", ["new", "clinic", "kettle-house"]),
])  # fmt: skip
def test_file_in_place_of_a_folder_is_reported(project: Path, in_the_way: str, command: list[str]) -> None:
    shutil.rmtree(project / in_the_way, ignore_errors=True)
    (project / in_the_way).write_text("", "utf-8")
    done = run(project, "build_tools", *command)
    assert done.returncode == 1
    assert in_the_way in done.stderr


@pytest.mark.parametrize("file", ["assets/site.css", "assets/site.js", "templates/pages/detail.md"])
def test_asset_or_template_in_another_encoding_is_reported(project: Path, file: str) -> None:
    (project / "content" / file).write_bytes(b"/* h\xe9re */")
    done = run(project, "build_tools", "check")
    assert done.returncode == 1
    assert done.stderr.startswith(f"content/{file}:1:5: The file must be saved as UTF-8")
