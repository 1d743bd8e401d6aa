"""From sources to the folder `site`, which holds the last good site at every moment, even if the build is killed.

The new site is built beside it, in the folder `build`, and takes its place only after it was verified.
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from build_tools.records.problems import CommandError


def publish(site: Path) -> int:
    """Build the project in this folder and put it in the place of `site`; the status is 0 only if that was done.

    The previous site stays in build/ until the next build, for readers who are just opening its files.
    """
    workshop = site.parent / "build"
    new, aside = workshop / "site", workshop / "old"
    with hold_lock(workshop) as lock:
        if site.is_symlink() or (site.exists() and not site.is_dir()):
            message = f"{site} must be a folder, and is a {'link' if site.is_symlink() else 'file'}."
            raise CommandError(message, "Move it away, or let the link lie elsewhere and point to the folder.")
        if aside.exists() and not site.exists():
            aside.rename(site)  # an earlier build was killed where folders cannot be exchanged
        for left_over in (new, aside):
            shutil.rmtree(left_over, ignore_errors=True)
        if status := build(new, Path(), lock):
            return status
        try:
            put_in_place(new, site, aside)
        except OSError as error:
            message = f"The new site is in {new}, but could not be put in the place of {site}: {error.strerror}."
            hint = f"The old one is untouched. Is {site} on another disk, or does it belong to somebody else?"
            raise CommandError(message, hint) from error
    return 0


def build(new: Path, project: Path, lock: int) -> int:
    """Let MkDocs check, build and verify a project, with the site in the folder `new`; 0 if all is well.

    The open lock is handed on, so that nobody else begins while a process that outlived this one still writes.
    """
    return subprocess.run(
        [sys.executable, "-m", "mkdocs", "--quiet", "build", "--strict", "--site-dir", str(new)],
        cwd=project,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        umask=0o022,  # web servers read the site as another user
        pass_fds=(lock,),
        check=False,
    ).returncode


@contextmanager
def hold_lock(workshop: Path) -> Iterator[int]:
    """Hold the lock of a folder in which things are built, or say that somebody else does.

    The system frees it when the last process that holds it ends, however it ends.
    """
    workshop.mkdir(parents=True, exist_ok=True)
    lock = os.open(workshop / "lock", os.O_RDWR | os.O_CREAT, 0o666)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        message = f"Another build is running in {workshop.absolute()}, and only one can."
        raise CommandError(message, "Wait until it has ended, then try again. Nothing was changed.") from None
    else:
        yield lock
    finally:
        os.close(lock)


def put_in_place(new: Path, site: Path, aside: Path) -> None:
    """Exchange two folders in one step: who reads `site` finds all of the old one or all of the new one.

    `new` then holds what was there before. Where the file system cannot do that, as on some network shares, the
    old one is first moved `aside`, and for an instant there is no `site`; `publish` repairs what a kill leaves.
    """
    if not site.exists():
        new.rename(site)
    elif not _exchange(new, site):
        site.rename(aside)
        new.rename(site)
        aside.rename(new)


def _exchange(one: Path, other: Path) -> bool:
    """Whether the system could do it: renameat2(2) on Linux, renamex_np(2) on macOS."""
    system, names, exchange = ctypes.CDLL(None), (os.fsencode(one), os.fsencode(other)), 2
    if hasattr(system, "renamex_np"):
        return not system.renamex_np(*names, exchange)
    here = -100  # AT_FDCWD
    return hasattr(system, "renameat2") and not system.renameat2(here, names[0], here, names[1], exchange)
