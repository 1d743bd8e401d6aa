"""The folder `site` holds one whole site at every moment, even while it is replaced or a build is killed."""

from __future__ import annotations

import errno
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from subprocess import DEVNULL, PIPE
from unittest.mock import Mock

import pytest

from build_tools.records.problems import CommandError
from build_tools.release import publication
from build_tools.release.publication import hold_lock, publish, swap
from tests.conftest import edit, run

pytestmark = pytest.mark.slow

READER = """
import os, sys
site, last = sys.argv[1:]
seen = []
while not seen or seen[-1] < int(last):
    page = open(site + "/index.html").read(), open(site + "/pages/other.html").read()
    folder = os.open(site, os.O_RDONLY)
    two = [os.read(os.open(name, os.O_RDONLY, dir_fd=folder), 9) for name in ("index.html", "pages/other.html")]
    os.closerange(folder, folder + 3)
    assert two[0] == two[1], f"half of {two[0]} and half of {two[1]}"
    seen += [*map(int, page), int(two[0])]
assert seen == sorted(seen), "an older page came after a newer one"
print(len(set(seen)))
"""
"""Reads two pages of a site repeatedly, by path and from one open folder, until the last version is in place."""


def test_swap_is_atomic(tmp_path: Path) -> None:
    sites = [_site(tmp_path / str(number), number) for number in range(1000)]
    site = _site(tmp_path / "site", 0)
    command = [sys.executable, "-c", READER, str(site), "999"]
    reader = subprocess.Popen(command, stdout=PIPE, stderr=PIPE, text=True)
    while reader.poll() is None and sites:
        swap(sites.pop(0), site, tmp_path / "backup")
        time.sleep(0.001)
    stdout, stderr = reader.communicate(timeout=60)
    assert stderr == ""
    assert int(stdout) > 100, "the reader saw too few sites to prove anything"


def test_killed_build_leaves_the_old_site_whole(project: Path) -> None:
    start = time.monotonic()
    done = run(project, "build_tools", "build")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("No problems found.\n4 procedures and 1 comparison on ")
    duration = time.monotonic() - start
    files = _files(project / "site")
    generator = random.Random(20261126)
    killed = 0
    newest = "Pain procedures, explained"
    command = [sys.executable, "-m", "build_tools", "build"]
    for number in range(5):
        edit(project / "mkdocs.yml", f"site_name: {newest}", f"site_name: Generation {number}")
        newest = f"Generation {number}"
        before = _name(project / "site")
        building = subprocess.Popen(command, cwd=project, stdout=DEVNULL, stderr=DEVNULL, start_new_session=True)
        try:
            building.wait(generator.uniform(0, duration))
        except subprocess.TimeoutExpired:
            os.killpg(building.pid, signal.SIGKILL)
            building.wait()
            killed += 1
        assert _files(project / "site") == files
        assert _name(project / "site") in (before, newest)
    assert killed > 2
    assert run(project, "build_tools", "build").returncode == 0
    assert (_files(project / "site"), _name(project / "site")) == (files, newest)
    assert {path.name for path in (project / "build").iterdir()} <= {"lock", "site"}


@pytest.mark.parametrize(("file", "old", "new", "message"), [
    ("data/procedures/teapot-polishing.yml", "out_of: 24", "out_of: 12", "18 out of 12 teapots."),
    ("content/templates/pages/sources.md", "# Sources", '# Sources\n\n<a href="no.html">No</a>', "no.html"),
])  # fmt: skip
def test_failed_build_or_verification_leaves_the_old_site_whole(
    project: Path, file: str, old: str, new: str, message: str
) -> None:
    _site(project / "site", 7)
    edit(project / file, old, new)
    done = run(project, "build_tools", "build")
    assert done.returncode == 1
    assert message in done.stderr
    assert "the last good one is untouched" in done.stdout + done.stderr
    assert _files(project / "site") == {"index.html", "pages/other.html"}


def test_second_build_at_once_changes_nothing(project: Path) -> None:
    _site(project / "site", 7)
    with hold_lock(project / "build"):
        done = run(project, "build_tools", "build")
    assert done.returncode == 1
    assert done.stderr == (
        f"Another build is running in {project}/build.\n"
        "    Wait until it has ended, then try again. Nothing was changed.\n"
    )
    assert _files(project / "site") == {"index.html", "pages/other.html"}


def test_lock_lasts_until_the_last_process_ends(tmp_path: Path) -> None:
    with hold_lock(tmp_path) as lock:
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=PIPE, pass_fds=(lock,))
    with pytest.raises(CommandError), hold_lock(tmp_path):
        pass
    child.communicate(b"\n")
    with hold_lock(tmp_path):
        pass


def test_without_atomic_swap_the_old_site_is_moved_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publication, "_exchange", lambda *_: False)
    new, site = _site(tmp_path / "new", 2), _site(tmp_path / "site", 1)
    swap(new, site, tmp_path / "backup")
    assert (_number(site), _number(new)) == (2, 1)
    assert not (tmp_path / "backup").exists()


def test_site_moved_by_a_killed_build_is_restored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publication, "build", lambda *_: 1)
    _site(tmp_path / "build/old", 1)
    assert publish(tmp_path / "site") == 1
    assert _number(tmp_path / "site") == 1


def test_site_that_cannot_be_replaced_is_unchanged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publication, "swap", Mock(side_effect=OSError(errno.EXDEV, "Another disk")))
    monkeypatch.setattr(publication, "build", lambda new, *_: _site(new, 2) is None)
    _site(tmp_path / "site", 1)
    with pytest.raises(CommandError, match=r"could not replace .*/site: .*\n +The old one is"):
        publish(tmp_path / "site")
    assert (_number(tmp_path / "site"), _number(tmp_path / "build/site")) == (1, 2)


@pytest.mark.parametrize("kind", ["file", "link"])
def test_file_or_link_is_not_replaced(tmp_path: Path, kind: str) -> None:
    site, elsewhere = tmp_path / "site", _site(tmp_path / "elsewhere", 1)
    if kind == "file":
        site.write_text("mine", "utf-8")
    else:
        site.symlink_to(elsewhere)
    with pytest.raises(CommandError, match=f"must be a folder, but is a {kind}"):
        publish(site)
    assert site.read_text("utf-8") == "mine" if kind == "file" else _number(site) == 1


def _site(folder: Path, number: int) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "pages").mkdir(parents=True)
    for page in ("index.html", "pages/other.html"):
        (folder / page).write_text(str(number), "utf-8")
    return folder


def _number(site: Path) -> int:
    [number] = {(site / page).read_text("utf-8") for page in ("index.html", "pages/other.html")}
    return int(number)


def _files(site: Path) -> set[str]:
    return {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}


def _name(site: Path) -> str:
    """The name of the site, which is the same on all of its pages."""
    pages = [path.read_text("utf-8") for path in site.rglob("*.html")]
    [name] = {re.search(r"<title>(?:.* - )?(.*)</title>", page)[1] for page in pages}  # type: ignore[index]
    return name
