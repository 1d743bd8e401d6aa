"""Build into the folder `site`, which holds a whole, verified site at every moment, even if the build is killed.

The new site is built in the folder `build`, and replaces the old one only after it was verified.
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
    """Build the project in the current folder and replace `site`; the exit status is 0 only if that worked.

    The previous site stays in build/ until the next build, for readers who are just opening its files.
    """
    folder = site.parent / "build"
    new, backup = folder / "site", folder / "old"
    with hold_lock(folder) as lock:
        if site.is_symlink() or (site.exists() and not site.is_dir()):
            message = f"{site} must be a folder, but is a {'link' if site.is_symlink() else 'file'}."
            raise CommandError(message, "Move it away. A link elsewhere can point to the folder.")
        if backup.exists() and not site.exists():
            backup.rename(site)  # an earlier build was killed where folders cannot be exchanged
        for left_over in (new, backup):
            shutil.rmtree(left_over, ignore_errors=True)
        if status := build(new, Path(), lock):
            return status
        try:
            swap(new, site, backup)
        except OSError as error:
            message = f"The new site is in {new}, but could not replace {site}: {error.strerror}."
            hint = f"The old one is unchanged. Is {site} on another disk, or does it belong to another user?"
            raise CommandError(message, hint) from error
    return 0


def build(new: Path, project: Path, lock: int) -> int:
    """Run MkDocs to check, build and verify a project into the folder `new`; 0 if that worked.

    It inherits the open lock, so that no other build begins while a process that outlived this one still writes.
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
def hold_lock(folder: Path) -> Iterator[int]:
    """Hold the lock of a build folder. Raises CommandError if another process holds it.

    The system releases it when the last process that holds it ends, however it ends.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o666)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        message = f"Another build is running in {folder.absolute()}."
        raise CommandError(message, "Wait until it has ended, then try again. Nothing was changed.") from None
    else:
        yield lock
    finally:
        os.close(lock)


def swap(new: Path, site: Path, backup: Path) -> None:
    """Exchange two folders atomically: whoever reads `site` finds all of the old site or all of the new one.

    `new` then holds the old site. Where the file system cannot do that, as on some network shares, the old site
    is first moved to `backup`, and for an instant there is no `site`; `publish` repairs what a kill leaves.
    """
    if not site.exists():
        new.rename(site)
    elif not _exchange(new, site):
        site.rename(backup)
        new.rename(site)
        backup.rename(new)


def _exchange(first: Path, second: Path) -> bool:
    """Whether the system exchanged the folders: renameat2(2) on Linux, renamex_np(2) on macOS."""
    libc, paths, exchange = ctypes.CDLL(None), (os.fsencode(first), os.fsencode(second)), 2
    if hasattr(libc, "renamex_np"):
        return not libc.renamex_np(*paths, exchange)
    at_fdcwd = -100
    return hasattr(libc, "renameat2") and not libc.renameat2(at_fdcwd, paths[0], at_fdcwd, paths[1], exchange)
