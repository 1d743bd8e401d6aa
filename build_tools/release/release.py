"""A release: an archive of the site and everything its web administrator needs, built from one commit.

Builds are reproducible: the same commit and the same locked packages give the same bytes.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import shutil
import tomllib
import zipfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import brotli

from build_tools.load.facts import Facts
from build_tools.load.loader import load
from build_tools.load.settings import Settings, today
from build_tools.model.reviews import describe_statuses, find_statuses, group_by_status, name_layers
from build_tools.model.revisions import export, list_differences, read_time, resolve_commit
from build_tools.records.problems import CommandError
from build_tools.release.materials import describe_materials, list_packages, render_bill_of_materials
from build_tools.release.progress import say
from build_tools.release.publication import build, hold_lock
from build_tools.release.servers import write_settings

DOCUMENTS = ("HOSTING.md", "CHANGELOG.md", "LICENSE", "LICENSE-CONTENT")
"""Files of the project that the archive contains."""

SUMS = "SHA256SUMS"

TEXT = frozenset(".css .csv .html .ics .js .json .svg .txt .xml".split())
"""Suffixes of text files. Pictures, fonts and PDF are compressed already."""

MIN_SIZE = 1000
"""The fewest bytes worth compressing: a smaller file fits into one packet as it is."""


def release(dist: Path) -> int:
    """Build the last commit of the project in the current folder into an archive in `dist`; 0 if that worked.

    `dist` changes only after everything was checked, built and verified. Raises CommandError if files differ from
    the commit, or installed packages from the locked ones.
    """
    project = Path.cwd()
    if dirty := list_differences(project):
        more = f" and {len(dirty) - 10} more" if len(dirty) > 10 else ""
        files = f"{', '.join(dirty[:10])}{more}"
        message = f"A release is built from the last commit, but these files differ from it: {files}."
        raise CommandError(message, "Commit them, or run `git stash --include-untracked`, then try again.")
    say("Checking the installed packages")
    locked = list_packages(project / "requirements/run.txt")
    commit = resolve_commit(project, "HEAD")
    seconds = read_time(project, commit)
    os.environ["SOURCE_DATE_EPOCH"] = str(seconds)
    with hold_lock(project / "build") as lock:
        folder = project / "build/release"
        shutil.rmtree(folder, ignore_errors=True)
        source = folder / "source"
        export(project, commit, source)
        metadata = tomllib.loads((source / "pyproject.toml").read_text("utf-8"))["project"]
        name, version = metadata["name"], metadata["version"]
        changelog = (source / "CHANGELOG.md").read_text("utf-8")
        if not re.search(rf"^## {re.escape(version)}\b", changelog, re.MULTILINE):
            message = f"CHANGELOG.md has no entry for version {version} of pyproject.toml."
            raise CommandError(message, f'Add one below "## {version}": it says what changes for hosts.')
        settings = Settings.load(source / "data")
        top = folder / "-".join(filter(None, (name, settings.clinic, version, commit[:8])))
        if status := build(top / "site", source, lock):
            return status
        say("Compressing the site")
        compress(top / "site")
        for document in DOCUMENTS:
            shutil.copyfile(source / document, top / document)
        facts, _ = load(source / "data")
        write_settings(top / "servers", source / "content/templates", facts)
        origin = {name: version, "commit": commit, "clinic": settings.clinic, "address": settings.site_url}
        for file, text in {
            "VERSION": "".join(f"{key} {value}\n" for key, value in origin.items() if value),
            "LICENSES.txt": describe_materials(locked),
            "SBOM.cdx.json": render_bill_of_materials(source, locked),
            "REVIEW-STATE.txt": describe_review_state(facts, today()),
        }.items():
            (top / file).write_text(text, "utf-8")
        (top / SUMS).write_text(format_sums(_files(top), top), "utf-8")
        say("Packing the archive")
        archive = pack(top, seconds)
        publish_archive(dist, archive)
        shutil.rmtree(folder)
    print(f"{dist / archive.name} contains the site and all that its host needs; read HOSTING.md in it first.")
    print(f"{dist / SUMS} contains the checksums of all archives in {dist}; HOSTING.md says how to sign it.")
    if not settings.site_url:
        print("SITE_URL, the address of the site, is not set; HOSTING.md says what the site lacks without it.")
    return 0


def describe_review_state(facts: Facts, day: date) -> str:
    """The review status of each layer of each procedure on a day."""
    statuses = find_statuses(facts, day)
    lines = [f"Reviews by clinicians, as of {day}", "", describe_statuses(statuses), ""]
    words = {"none": "not yet reviewed", "changed": "changed since the review"}
    for id, layers in statuses.items():
        lines.append(facts.procedures[id].names.name)
        for status, names in group_by_status(layers):
            text = words.get(status.kind, status.kind)
            if review := status.review:
                text += f"; by {review.name}, {review.role}, on {review.signed}, next before {review.next_review}"
            lines.append(f"- {name_layers(names, layers)}: {text}")
    return "\n".join(lines) + "\n"


# The archive


def pack(folder: Path, seconds: int) -> Path:
    """Zip a folder, with sorted names, one timestamp, and permissions for all to read."""
    zipped = folder.with_name(f"{folder.name}.zip")
    moment = max(datetime.fromtimestamp(seconds, UTC), datetime(1980, 1, 1, tzinfo=UTC))  # the first of the format
    with zipfile.ZipFile(zipped, "w") as archive:
        for path in (folder, *sorted(folder.rglob("*"))):
            name, is_folder = path.relative_to(folder.parent).as_posix(), path.is_dir()
            entry = zipfile.ZipInfo(f"{name}/" if is_folder else name, moment.timetuple()[:6])
            entry.create_system, entry.external_attr = 3, (0o040755 if is_folder else 0o100644) << 16  # as on Unix
            archive.writestr(entry, b"" if is_folder else path.read_bytes(), zipfile.ZIP_DEFLATED, 9)
    return zipped


def compress(site: Path) -> None:
    """Write precompressed .gz and .br copies of each text file, whose bytes depend on those of the file alone."""

    def write(file: Path) -> None:
        content = file.read_bytes()
        file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(content, 9, mtime=0))
        file.with_name(f"{file.name}.br").write_bytes(brotli.compress(content, mode=brotli.MODE_TEXT, quality=11))

    with ThreadPoolExecutor() as workers:
        files = [file for file in _files(site) if file.suffix in TEXT and file.stat().st_size >= MIN_SIZE]
        list(workers.map(write, files))


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def format_sums(files: Iterable[Path], folder: Path) -> str:
    """The SHA-256 of each file below a folder, in the format of `sha256sum --check`."""
    return "".join(
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.relative_to(folder).as_posix()}\n"
        for file in files
    )


def publish_archive(dist: Path, archive: Path) -> None:
    """Move the archive into `dist`, list the checksums of all archives there, and delete the old signature."""
    dist.mkdir(parents=True, exist_ok=True)
    (dist / f"{SUMS}.sig").unlink(missing_ok=True)
    archive.replace(dist / archive.name)
    (dist / SUMS).write_text(format_sums(sorted(dist.glob("*.zip")), dist), "utf-8")
