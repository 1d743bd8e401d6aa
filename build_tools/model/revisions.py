"""The history of the data folder in git: earlier facts, commits, and their subjects.

Only commands use this. A site can be built without git.
"""

from __future__ import annotations

import io
import subprocess
import tarfile
import tempfile
from collections import defaultdict
from pathlib import Path

from build_tools.load.facts import Facts
from build_tools.load.loader import load
from build_tools.records.problems import CommandError


class RevisionError(CommandError):
    """Git failed; `status` is 2 if an argument was invalid, or else 1."""


def resolve_commit(data: Path, revision: str) -> str:
    """Resolve a tag, a branch, or an abbreviated commit to a full commit id."""
    _git(data, "rev-parse", "--git-dir")
    try:
        commit = _git(data, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except RevisionError:
        hint = f"Name a commit, a tag or a branch; this lists the commits: git log --oneline {data}"
        raise RevisionError(f'Git has no revision called "{revision}".', hint, status=2) from None
    return commit.strip()


def load_facts_at(data: Path, commit: str) -> Facts:
    """Load the facts of a commit; `broken` names files that this version cannot read."""
    prefix = _git(data, "rev-parse", "--show-prefix").strip()
    top = Path(_git(data, "rev-parse", "--show-toplevel").strip())
    try:
        _git(top, "cat-file", "-e", f"{commit}:{prefix}")
    except RevisionError:
        hint = f"Name a later revision; the first ones are at the end of: git log --oneline {data}"
        raise RevisionError(f"At {commit[:12]} there was no folder {data}.", hint, status=2) from None
    with tempfile.TemporaryDirectory() as folder:
        export(top, commit, Path(folder), *filter(None, [prefix]))
        return load(Path(folder) / prefix)[0]


def list_reasons(data: Path, commit: str) -> dict[str, list[str]]:
    """List the subjects of the commits since `commit` by file ("procedures/some-name"), the oldest first."""
    form = ("--reverse", "--no-merges", "--relative", "--name-only", "-z", "--format=%x01%s")
    reasons: dict[str, list[str]] = defaultdict(list)
    for block in _git(data, "log", *form, f"{commit}..HEAD", "--", ".").split("\x01")[1:]:
        subject, *files = [part.strip() for part in block.split("\0")]
        for name in filter(None, files):
            subjects = reasons[name.removesuffix(".yml")]
            subjects += [subject] if subject and subject not in subjects else []
    return reasons


def list_authors(data: Path, *files: str) -> set[str]:
    """List the authors of the current lines of some files in the last commit."""
    lines = "".join(_git(data, "blame", "--line-porcelain", "HEAD", "--", file) for file in files).splitlines()
    return {line.removeprefix("author ") for line in lines if line.startswith("author ")}


def list_uncommitted(data: Path) -> list[str]:
    """List the data files that differ from the last commit or are untracked."""
    return [name.removesuffix(".yml") for name in list_differences(data) if name.endswith(".yml")]


def list_differences(folder: Path) -> list[str]:
    """List the files of a folder that differ from the last commit, or are untracked and not ignored."""
    changed = _git(folder, "diff", "--relative", "--name-only", "--no-renames", "-z", "HEAD", "--", ".")
    new = _git(folder, "ls-files", "--others", "--exclude-standard", "-z", "--", ".")
    return sorted(filter(None, (changed + new).split("\0")))


def contains(data: Path, commit: str, earlier: str) -> bool:
    """Whether `earlier` is `commit` or one of its ancestors. True if git does not have `earlier`."""
    try:
        earlier = resolve_commit(data, earlier)
    except RevisionError:
        return True
    return earlier in _git(data, "rev-list", commit).split()


def read_time(folder: Path, commit: str) -> int:
    """The time of a commit, in seconds since 1970."""
    return int(_git(folder, "show", "--no-patch", "--format=%ct", commit))


def export(folder: Path, commit: str, into: Path, *paths: str) -> None:
    """Export a folder, or `paths` in it, at a commit into another folder."""
    packed = _run(folder, "--literal-pathspecs", "archive", "--format=tar", commit, "--", *paths)
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        # Python 3.11.2 (Debian 12) has no filters; the archive comes from git itself.
        archive.extraction_filter = getattr(tarfile, "data_filter", lambda member, path: member)
        archive.extractall(into)


def find_commit_that_added(data: Path, text: str, file: str) -> str:
    """Find the first commit in which `file` has a text; "" if there is none."""
    return next(iter(_git(data, "log", "--reverse", "--format=%H", f"-S{text}", "--", file).split()), "")


def _git(folder: Path, *arguments: str) -> str:
    return _run(folder, *arguments).decode("utf-8", "replace")


def _run(folder: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=False)
    except OSError:
        hint = "Install it (Debian: apt install git; macOS: xcode-select --install)."
        raise RevisionError("Git was not found, but only git has the earlier facts.", hint) from None
    if done.returncode:
        error = " ".join(done.stderr.decode("utf-8", "replace").split()) or f"status {done.returncode}"
        if "not a git repository" in error:
            message = f"The folder {folder} is not in a git repository, so its history is not available."
            raise RevisionError(message, "Run this in a clone of the project; a downloaded copy has no history.")
        raise RevisionError(f"Git failed: {error}", "Run the same command with git to find out why.")
    return done.stdout
