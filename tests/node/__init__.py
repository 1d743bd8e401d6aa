"""Programs from npm that tests ask: each in a folder here with its lock, installed once into build/."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest
from filelock import FileLock

ROOT = Path(__file__).resolve().parents[2]


class MissingError(Exception):
    """A program that cannot be had here; the message says why, and what would help."""


def skip(missing: MissingError) -> NoReturn:
    """Skip a test for lack of a program; with CI set, fail it where the machine could have installed that."""
    may_install = shutil.which("apt-get") and (os.geteuid() == 0 or shutil.which("sudo"))
    if os.environ.get("CI") and may_install:
        pytest.fail(f"{missing}\nCI is set, and this machine could have installed it.", pytrace=False)
    pytest.skip(str(missing))


def install(name: str) -> Path:
    """The folder in which the locked program `name` is installed; raises MissingError if it cannot be."""
    (ROOT / "build").mkdir(exist_ok=True)
    with FileLock(ROOT / "build" / f"{name}.lock"):
        return _install(Path(__file__).parent / name, ROOT / "build" / name)


def _install(locked: Path, installed: Path) -> Path:
    there = installed / "package-lock.json"
    if there.is_file() and there.read_bytes() == (locked / "package-lock.json").read_bytes():
        return installed
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise MissingError(
            f"npm is missing, so {locked.name} was not run: install Node.js with npm, then try again"
        )
    made = installed.with_name(f"{locked.name}.new")
    shutil.rmtree(made, ignore_errors=True)
    shutil.copytree(locked, made)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(made)]
    command += ["--fetch-timeout=30000", "--fetch-retries=1"]  # npm's own patience is a quarter of an hour
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    except subprocess.TimeoutExpired:
        raise MissingError(f"npm did not install {locked.name} within two minutes (no network?)") from None
    if done.returncode != 0:
        raise MissingError(f"npm could not install {locked.name} (no network?): {done.stderr.strip()[-200:]}")
    shutil.rmtree(installed, ignore_errors=True)
    made.rename(installed)
    return installed
