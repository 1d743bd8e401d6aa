"""Programs from npm that tests ask: each in a folder here with its lock, installed once into build/."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class MissingError(Exception):
    """A program that cannot be had here; the message says why, and what would help."""


def install(name: str) -> Path:
    """The folder in which the locked program `name` is installed; raises MissingError if it cannot be."""
    locked, installed = Path(__file__).parent / name, ROOT / "build" / name
    there = installed / "package-lock.json"
    if there.is_file() and there.read_bytes() == (locked / "package-lock.json").read_bytes():
        return installed
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise MissingError(f"npm is missing, so {name} was not run: install Node.js with npm, then try again")
    made = installed.with_name(f"{name}.{os.getpid()}")
    shutil.copytree(locked, made)
    done = subprocess.run(
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(made)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        shutil.rmtree(made)
        raise MissingError(f"npm could not install {name} (no network?): {done.stderr.strip()[-200:]}")
    shutil.rmtree(installed, ignore_errors=True)
    made.rename(installed)
    return installed
