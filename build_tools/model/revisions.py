"""What git knows about the folder of facts: how it was, what was committed since, and with which reasons.

Only commands ask here. The site itself is built without git.
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
    """Git cannot answer; `status` is 2 if the question was wrong, else 1."""


def resolve_commit(data: Path, revision: str) -> str:
    """The full name of the commit that a tag, a branch or the beginning of a name means."""
    _git(data, "rev-parse", "--git-dir")
    try:
        found = _git(data, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    except RevisionError:
        hint = f"Name a commit, a tag or a branch; this lists the commits: git log --oneline {data}"
        raise RevisionError(f'Git knows no revision called "{revision}".', hint, status=2) from None
    return found.strip()


def load_facts_at(data: Path, commit: str) -> Facts:
    """The facts as they were at a commit; what today's reader cannot read is named in `broken`."""
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
    """For each file of facts ("procedures/some-name"), the first lines of the commits since, the oldest first."""
    form = ("--reverse", "--no-merges", "--relative", "--name-only", "-z", "--format=%x01%s")
    found: dict[str, list[str]] = defaultdict(list)
    for block in _git(data, "log", *form, f"{commit}..HEAD", "--", ".").split("\x01")[1:]:
        subject, *files = [part.strip() for part in block.split("\0")]
        for name in filter(None, files):
            subjects = found[name.removesuffix(".yml")]
            subjects += [subject] if subject and subject not in subjects else []
    return found


def list_authors(data: Path, *files: str) -> set[str]:
    """The names of those who wrote the lines of some files as they are in the last commit."""
    lines = "".join(_git(data, "blame", "--line-porcelain", "HEAD", "--", file) for file in files).splitlines()
    return {line.removeprefix("author ") for line in lines if line.startswith("author ")}


def list_uncommitted(data: Path) -> list[str]:
    """Files of facts that differ from the last commit, or that git does not hold."""
    return [name.removesuffix(".yml") for name in list_differences(data) if name.endswith(".yml")]


def list_differences(folder: Path) -> list[str]:
    """Files of a folder that differ from the last commit, or that git neither holds nor ignores."""
    changed = _git(folder, "diff", "--relative", "--name-only", "--no-renames", "-z", "HEAD", "--", ".")
    new = _git(folder, "ls-files", "--others", "--exclude-standard", "-z", "--", ".")
    return sorted(filter(None, (changed + new).split("\0")))


def contains(data: Path, commit: str, earlier: str) -> bool:
    """Whether `earlier` is `commit` or stands before it; also if git does not know `earlier` at all."""
    try:
        earlier = resolve_commit(data, earlier)
    except RevisionError:
        return True
    return earlier in _git(data, "rev-list", commit).split()


def read_time(folder: Path, commit: str) -> int:
    """When a commit was made, in seconds since 1970."""
    return int(_git(folder, "show", "--no-patch", "--format=%ct", commit))


def export(folder: Path, commit: str, into: Path, *paths: str) -> None:
    """Write the files of a folder, or of `paths` in it, as they were at a commit, into another folder."""
    packed = _run(folder, "--literal-pathspecs", "archive", "--format=tar", commit, "--", *paths)
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        # Python 3.11.2, as Debian 12 has it, knows no filter; the archive is git's own.
        archive.extraction_filter = getattr(tarfile, "data_filter", lambda member, path: member)
        archive.extractall(into)


def find_commit_that_added(data: Path, text: str, file: str) -> str:
    """The first commit in whose version of `file` a text stands; "" if there is none."""
    return next(iter(_git(data, "log", "--reverse", "--format=%H", f"-S{text}", "--", file).split()), "")


def _git(folder: Path, *arguments: str) -> str:
    return _run(folder, *arguments).decode("utf-8", "replace")


def _run(folder: Path, *arguments: str) -> bytes:
    try:
        done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, check=False)
    except OSError:
        hint = "Install it (Debian: apt install git; macOS: xcode-select --install)."
        raise RevisionError("Git was not found, and only git knows how the facts were before.", hint) from None
    if done.returncode:
        said = " ".join(done.stderr.decode("utf-8", "replace").split()) or f"status {done.returncode}"
        if "not a git repository" in said:
            message = f"The folder {folder} does not lie in a git repository, so nobody knows how it was before."
            raise RevisionError(message, "Run this in a clone of the project; a downloaded copy has no history.")
        raise RevisionError(f"Git could not answer: {said}", "Try the same with git itself.")
    return done.stdout
