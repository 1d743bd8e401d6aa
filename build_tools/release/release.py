"""A release: the site and all that a web administrator needs beside it, as an archive made of one commit alone.

Whoever builds the same commit with the same locked packages gets the same bytes, on any day and in any folder.
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
"""Files of the project that go along as they are."""

SUMS = "SHA256SUMS"

TEXT = frozenset(".css .csv .html .ics .js .json .svg .txt .xml".split())
"""Names of text files end so. Pictures, fonts and PDF are small by themselves."""

LEAST = 1000
"""Bytes. A smaller file fits into one packet as it is."""


def release(dist: Path) -> int:
    """Build the last commit of the project in this folder and put its archive into `dist`; 0 if that was done.

    Nothing in `dist` changes before everything was checked, built and verified. Raises CommandError if files
    differ from the commit, or if other packages are installed than the locked ones.
    """
    project = Path.cwd()
    if dirty := list_differences(project):
        more = f" and {len(dirty) - 10} more" if len(dirty) > 10 else ""
        shown = f"{', '.join(dirty[:10])}{more} {'is' if len(dirty) == 1 else 'are'}"
        message = f"A release is made from a commit, and {shown} not in the last one as it is here."
        raise CommandError(message, "Commit it or put it back (git stash --include-untracked), then try again.")
    say("Looking at the installed packages")
    locked = list_packages(project / "requirements/run.txt")
    commit = resolve_commit(project, "HEAD")
    seconds = read_time(project, commit)
    os.environ["SOURCE_DATE_EPOCH"] = str(seconds)
    with hold_lock(project / "build") as lock:
        workshop = project / "build/release"
        shutil.rmtree(workshop, ignore_errors=True)
        source = workshop / "source"
        export(project, commit, source)
        about = tomllib.loads((source / "pyproject.toml").read_text("utf-8"))["project"]
        version, changes = about["version"], (source / "CHANGELOG.md").read_text("utf-8")
        if not re.search(rf"^## {re.escape(version)}\b", changes, re.MULTILINE):
            message = f"CHANGELOG.md has no entry for version {version}, which pyproject.toml names."
            raise CommandError(message, f'Begin one with "## {version}": hosts read there what changed for them.')
        settings = Settings.beside(source / "data")
        top = workshop / "-".join(filter(None, (about["name"], settings.clinic, version, commit[:8])))
        if status := build(top / "site", source, lock):
            return status
        say("Compressing the site")
        compress(top / "site")
        for document in DOCUMENTS:
            shutil.copyfile(source / document, top / document)
        facts, _ = load(source / "data")
        write_settings(top / "servers", source / "content/templates", facts)
        made_of = {
            about["name"]: version,
            "commit": commit,
            "clinic": settings.clinic,
            "address": settings.site_url,
        }
        for file, text in {
            "VERSION": "".join(f"{name} {value}\n" for name, value in made_of.items() if value),
            "LICENSES.txt": describe_materials(locked),
            "SBOM.cdx.json": render_bill_of_materials(source, locked),
            "REVIEW-STATE.txt": describe_review_state(facts, today()),
        }.items():
            (top / file).write_text(text, "utf-8")
        (top / SUMS).write_text(format_sums(_files(top), top), "utf-8")
        say("Packing the archive")
        archive = pack(top, seconds)
        put_into(dist, archive)
        shutil.rmtree(workshop)
    print(f"{dist / archive.name} holds the site and all that its host needs; begin with HOSTING.md in it.")
    print(f"{dist / SUMS} holds the sums of all archives in {dist}; HOSTING.md says how to sign it.")
    if not settings.site_url:
        print("The site does not know its address (SITE_URL); HOSTING.md says what it lacks.")
    return 0


def describe_review_state(facts: Facts, on: date) -> str:
    """Where each procedure stands with its reviewers on a day."""
    found = find_statuses(facts, on)
    lines = [f"Reviews by clinicians, as of {on}", "", describe_statuses(found), ""]
    words = {"none": "not yet reviewed", "changed": "changed since the review"}
    for id, layers in found.items():
        lines.append(facts.procedures[id].names.name)
        for status, names in group_by_status(layers):
            said = words.get(status.kind, status.kind)
            if review := status.review:
                said += f"; by {review.name}, {review.role}, on {review.signed}, next before {review.next_review}"
            lines.append(f"- {name_layers(names, layers)}: {said}")
    return "\n".join(lines) + "\n"


# The archive


def pack(folder: Path, seconds: int) -> Path:
    """Put a folder into a .zip beside it: in fixed order, of one moment, readable by all."""
    zipped = folder.with_name(f"{folder.name}.zip")
    moment = max(datetime.fromtimestamp(seconds, UTC), datetime(1980, 1, 1, tzinfo=UTC))  # the first it knows
    with zipfile.ZipFile(zipped, "w") as archive:
        for path in (folder, *sorted(folder.rglob("*"))):
            name, is_folder = path.relative_to(folder.parent).as_posix(), path.is_dir()
            entry = zipfile.ZipInfo(f"{name}/" if is_folder else name, moment.timetuple()[:6])
            entry.create_system, entry.external_attr = 3, (0o040755 if is_folder else 0o100644) << 16  # as on Unix
            archive.writestr(entry, b"" if is_folder else path.read_bytes(), zipfile.ZIP_DEFLATED, 9)
    return zipped


def compress(site: Path) -> None:
    """Put page.html.gz and page.html.br beside each text file, for servers that hand those out.

    Their bytes depend on the file's bytes alone.
    """

    def write(file: Path) -> None:
        content = file.read_bytes()
        file.with_name(f"{file.name}.gz").write_bytes(gzip.compress(content, 9, mtime=0))
        file.with_name(f"{file.name}.br").write_bytes(brotli.compress(content, mode=brotli.MODE_TEXT, quality=11))

    with ThreadPoolExecutor() as workers:
        files = [file for file in _files(site) if file.suffix in TEXT and file.stat().st_size >= LEAST]
        list(workers.map(write, files))


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def format_sums(files: Iterable[Path], folder: Path) -> str:
    """The SHA-256 of each file below a folder, as `sha256sum --check` reads them."""
    return "".join(
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.relative_to(folder).as_posix()}\n"
        for file in files
    )


def put_into(dist: Path, archive: Path) -> None:
    """Move the archive into `dist`, and name the sums of all archives that are there in its SHA256SUMS.

    A signature of the sums before is no longer true, so it goes.
    """
    dist.mkdir(parents=True, exist_ok=True)
    (dist / f"{SUMS}.sig").unlink(missing_ok=True)
    archive.replace(dist / archive.name)
    (dist / SUMS).write_text(format_sums(sorted(dist.glob("*.zip")), dist), "utf-8")
