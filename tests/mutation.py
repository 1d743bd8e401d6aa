"""Mutation testing: `python -m tests.mutation [WORD ...]` makes small mistakes, each in a copy of the project.

A mistake in code, a template or a style sheet (tests/mutants.toml) is killed by a fast test that fails, one in the
facts (tests/mutants_of_facts.toml) by a problem that the check finds. One that survives names a test or a rule
that is missing; then the exit status is 1. With words, only mutants whose description holds all of them are made.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from build_tools.checks import check
from build_tools.facts import load
from build_tools.problems import Problem
from build_tools.site import prepare
from build_tools.wording import check_words
from tests.conftest import ROOT

CODE = ROOT / "tests/mutants.toml"
FACTS = ROOT / "tests/mutants_of_facts.toml"
MOST_PLACES = 3
"""In how many files, at most, a mistake in the facts is made."""
SECONDS = 120
"""After which a test that does not end is stopped; on a machine of its own, a mutant takes at most ten."""


@dataclass(frozen=True)
class Mutant:
    """A file with another text, and what is wrong then; None as the text if the file is gone."""

    file: str
    why: str
    text: str | None

    def __str__(self) -> str:
        return f"{self.file}: {self.why}"


@dataclass(frozen=True)
class Outcome:
    """What killed a mutant: "" if nothing did."""

    mutant: Mutant
    killer: str
    seconds: float


def mutants_of_code(root: Path) -> Iterator[Mutant]:
    """Each mistake of tests/mutants.toml. The text that it replaces must stand in its file exactly once."""
    for file, mistakes in tomllib.loads(CODE.read_text("utf-8")).items():
        text = (root / file).read_text("utf-8")
        for why, (old, new) in mistakes.items():
            found = text.count(old)
            if found != 1:
                raise ValueError(f'{CODE.name}: "{why}" replaces what stands {found} times in {file}: {old!r}')
            yield Mutant(file, why, text.replace(old, new))


def mutants_of_facts(root: Path) -> Iterator[Mutant]:
    """Each mistake of tests/mutants_of_facts.toml, in the first, the last and the middle file that it fits."""
    for glob, mistakes in tomllib.loads(FACTS.read_text("utf-8")).items():
        texts = {str(file.relative_to(root)): file.read_text("utf-8") for file in sorted(root.glob(glob))}
        for why, (pattern, new) in mistakes.items():
            changed = [(file, re.sub(pattern, new, text, count=1)) for file, text in texts.items()]
            fitting = [Mutant(file, why, text) for file, text in changed if text != texts[file]]
            if not fitting:
                raise ValueError(f'{FACTS.name}: "{why}" fits no file of {glob}: {pattern!r}')
            places = {0, len(fitting) // 2, len(fitting) - 1}
            yield from (fitting[place] for place in sorted(places)[:MOST_PLACES])


def fast_tests(file: str, root: Path) -> list[str]:
    """The tests that must notice a mistake in a file: its own, and what the example's pages and files say."""
    if "/theme/" in file:
        return ["tests/tools/test_shell.py"]
    own = f"tests/tools/test_{Path(file).stem}.py"
    found = [own] if (root / own).exists() else []
    return [*found, "tests/tools/test_snapshots.py"]


def killer(mutant: Mutant, root: Path) -> str:
    """The test that fails, or the problem that is found, with this mutant in the copy of the project at `root`."""
    with _mutated(root / mutant.file, mutant):
        if mutant.file.startswith("data/"):
            return next((problem.message for problem in problems(root)), "")
        options = ["-x", "-q", "--no-header", "-p", "no:cacheprovider", "-p", "no:xdist"]
        done = subprocess.run(
            [sys.executable, "-m", "pytest", *options, *fast_tests(mutant.file, root)],
            cwd=root,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    if done.returncode not in (0, 1):  # no test could run, so none can have noticed anything
        raise RuntimeError(f"{mutant}\n{done.stdout}{done.stderr}")
    failed = re.search(r"^(?:FAILED|ERROR) (\S.*?)(?: - |$)", done.stdout, re.MULTILINE)
    return failed[1] if done.returncode and failed else ""


def problems(root: Path) -> Iterator[Problem]:
    """What the check says of the project at `root`: the quick rules first."""
    data, content = root / "data", root / "content"
    facts, found = load(data)
    yield from found
    yield from check(facts, date.today())
    yield from check_words(facts, data, content, date.today())
    yield from prepare(data, content, date.today()).problems


@contextmanager
def _mutated(path: Path, mutant: Mutant) -> Iterator[None]:
    """The file with the mistake in it, until the block ends."""
    before, times = path.read_bytes(), path.stat()
    try:
        if mutant.text is None:
            path.unlink()
        else:
            path.write_text(mutant.text, "utf-8")
        yield
    finally:
        path.write_bytes(before)
        os.utime(path, (times.st_atime, times.st_mtime))  # Python compares it with that of the compiled file


def copy_project(folder: Path) -> Path:
    """A copy of what the fast tests and the check need of the project."""
    unwanted = shutil.ignore_patterns("__pycache__", "node_modules", "schema")
    for name in ("build_tools", "content", "data", "docs/example", "hooks", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=unwanted)
    for name in ("mkdocs.yml", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    return folder


_copy: Path | None = None


def _begin(folder: str) -> None:
    global _copy
    _copy = copy_project(Path(tempfile.mkdtemp(dir=folder)))


def _try(mutant: Mutant) -> Outcome:
    assert _copy
    begun = time.monotonic()
    return Outcome(mutant, killer(mutant, _copy), time.monotonic() - begun)


def main(words: list[str]) -> int:
    """Make the mutants and report; 1 if one survives."""
    every = [*mutants_of_code(ROOT), *mutants_of_facts(ROOT)]
    chosen = [mutant for mutant in every if all(word in str(mutant) for word in words)]
    begun, survivors, slowest = time.monotonic(), 0, 0.0
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(initializer=_begin, initargs=(folder,)) as pool,
    ):
        for outcome in pool.map(_try, chosen):
            slowest = max(slowest, outcome.seconds)
            if not outcome.killer:
                survivors += 1
                print(f"SURVIVED  {outcome.mutant}", flush=True)
            elif words:
                print(f"killed    {outcome.mutant}\n          by {outcome.killer}", flush=True)
    seconds = time.monotonic() - begun
    print(f"{len(chosen)} mutants, {survivors} survived, {seconds:.0f} seconds; the slowest took {slowest:.1f}.")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
