"""Mutation testing: `python -m tests.mutants [WORD ...]` makes small mistakes, each in a copy of the project.

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
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from build_tools.check.rules import check
from build_tools.load.loader import load
from build_tools.pipeline import prepare
from build_tools.prose.wording import check_words
from build_tools.records.problems import Problem
from tests.conftest import LATEST, ROOT

CODE = ROOT / "tests/mutants.toml"
FACTS = ROOT / "tests/mutants_of_facts.toml"
HURRIED, HONEST = ROOT / "tests/hurried_edits.toml", ROOT / "tests/honest_edits.toml"
"""What an editor may get wrong, and what one may rightly write: edits of the files as they are."""
MOST_ALARMS = 2
"""How many of the honest edits may be reported; of the others at most a tenth may be missed."""
MOST_PLACES = 3
"""In how many files, at most, a mistake in the facts is made."""
PYTEST = [sys.executable, *"-m pytest -x -q --no-header --tb=native --assert=plain -p no:cacheprovider".split()]
"""Runs tests until one fails. What it would say about the failure often takes longer than the tests."""
QUICK = ("checks", "comparison", "figure_text", "frequency", "glossary", "icon_array")
"""The modules whose own tests take less time than the snapshots."""
TESTED_AS = {
    **dict.fromkeys(("short_checks", "references", "plain_words", "figures", "harms", "rules"), "checks"),
    **dict.fromkeys(("loader", "messages", "entries", "procedure"), "facts"),
    "api": "exports",
    "short": "short_page",
    "facts_on_pages": "verify",
    "figure_text": "figure_text signs",
    **dict.fromkeys(("answers", "lines", "signing"), "packet reviews"),
}
"""Modules whose tests have another name than they, or two."""
SECONDS = 300
"""After which tests that hang are stopped. On a machine of its own, a mutant takes at most fifteen."""


@dataclass(frozen=True)
class Mutant:
    """A file with another text, and what is wrong then. The check must find it if it is in facts, else a test."""

    file: str
    why: str
    text: str
    in_facts: bool = False

    def __str__(self) -> str:
        return f"{self.file}: {self.why}"


@dataclass(frozen=True)
class Outcome:
    """What killed a mutant: "" if nothing did."""

    mutant: Mutant
    killer: str
    seconds: float


def mutants_of_code(root: Path) -> list[Mutant]:
    """Each mistake of tests/mutants.toml. The text that it replaces must stand in its file exactly once."""
    made, misplaced = [], []
    for file, mistakes in tomllib.loads(CODE.read_text("utf-8")).items():
        text = (root / file).read_text("utf-8")
        for why, (old, new) in mistakes.items():
            made.append(Mutant(file, why, text.replace(old, new)))
            if text.count(old) != 1:
                misplaced.append(f"{made[-1]}: {old!r} stands there {text.count(old)} times")
    if misplaced:
        raise ValueError(f"{CODE.name} must follow what changed:\n" + "\n".join(misplaced))
    return made


def mutants_of_facts(root: Path) -> Iterator[Mutant]:
    """Each mistake of tests/mutants_of_facts.toml, in the first, the last and the middle file that it fits."""
    for glob, mistakes in tomllib.loads(FACTS.read_text("utf-8")).items():
        texts = {str(file.relative_to(root)): file.read_text("utf-8") for file in sorted(root.glob(glob))}
        for why, (pattern, new) in mistakes.items():
            changed = [(file, re.sub(pattern, new, text, count=1)) for file, text in texts.items()]
            fitting = [Mutant(file, why, text, in_facts=True) for file, text in changed if text != texts[file]]
            if not fitting:
                raise ValueError(f'{FACTS.name}: "{why}" fits no file of {glob}: {pattern!r}')
            places = {0, len(fitting) // 2, len(fitting) - 1}
            yield from (fitting[place] for place in sorted(places)[:MOST_PLACES])


def edits(root: Path, table: Path) -> Iterator[Mutant]:
    """Each edit of a table that fits a file, in the first of them; a text is added as a fact or as a paragraph."""
    for glob, changes in tomllib.loads(table.read_text("utf-8")).items():
        for why, change in changes.items():
            pattern, new = change if isinstance(change, list) else _added(glob, change)
            for file in sorted(root.glob(glob)):
                text = file.read_text("utf-8")
                if (edited := re.sub(pattern, new, text, count=1)) != text:
                    tested = table == HURRIED and glob.startswith(("content/templates/", "content/assets/"))
                    yield Mutant(str(file.relative_to(root)), why, edited, in_facts=not tested)
                    break


def _added(glob: str, text: str) -> tuple[str, str]:
    if glob.endswith(".md"):
        return r"\n## ", f"\n{text}\n\n## "
    fact = rf'\1  edited:\n    says: "{text}"\n    sources: [\2]\n'
    return r"(?s)\A(.*?sources: \[([\w-]+).*?\n)(?=\nhospital_stay:)", fact


def fast_tests(file: str, root: Path) -> list[str]:
    """The tests that must notice a mistake in a file, the quickest first."""
    if file.endswith(".css"):
        return ["tests/site/test_visible.py"]
    if "/theme/" in file:
        return ["tests/tools/test_shell.py", "tests/tools/prose/test_layers.py"]
    name = "leaflets" if "/leaflets/" in file else Path(file).stem
    names = TESTED_AS.get(name, name).split()
    found = (test for name in names for test in sorted((root / "tests/tools").rglob(f"test_{name}*.py")))
    own = [str(test.relative_to(root)) for test in found]
    shown = ["tests/tools/test_snapshots.py", "tests/tools/test_round_trips.py"]
    return [*own, *shown] if names[0] in QUICK else [*shown, *own]


def killer(mutant: Mutant, root: Path) -> str:
    """The test that fails, or the problem that is found, with this mutant in the copy of the project at `root`."""
    with _mutated(root / mutant.file, mutant):
        problem = first_problem(root) if mutant.file.startswith(("data/", "content/")) else ""
        return problem or ("" if mutant.in_facts else first_failure(root, fast_tests(mutant.file, root)))


def first_failure(root: Path, tests: Iterable[str]) -> str:
    """The first of these tests that fails in the project at `root`; "" if none does."""
    command = [*PYTEST, *tests]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=SECONDS, check=False)
    failed = re.search(r"^(?:FAILED|ERROR) (\S+::.*?)(?: - |$)", done.stdout, re.MULTILINE)
    if done.returncode and not failed:  # tests that could not run have noticed nothing
        raise RuntimeError(f"no test ran in {root}\n{done.stdout}{done.stderr}")
    return failed[1] if failed else ""


def first_problem(root: Path) -> str:
    """The first thing that the check says of the project at `root`; "" if it finds nothing."""
    return next((str(problem) for problem in _problems(root)), "")


def _problems(root: Path) -> Iterator[Problem]:
    data, content = root / "data", root / "content"
    facts, found = load(data)
    yield from found
    yield from check(facts, LATEST)
    yield from check_words(facts, data, content, LATEST)
    yield from prepare(data, content, LATEST).problems


@contextmanager
def _mutated(path: Path, mutant: Mutant) -> Iterator[None]:
    """The file with the mistake in it, until the block ends."""
    before, times = path.read_bytes(), path.stat()
    try:
        path.write_text(mutant.text, "utf-8")
        yield
    finally:
        path.write_bytes(before)
        os.utime(path, (times.st_atime, times.st_mtime))  # Python compares it with that of the compiled file


def copy_project(folder: Path) -> Path:
    """A copy of what the fast tests and the check need of the project."""
    unwanted = shutil.ignore_patterns("__pycache__", "node_modules", "schema", "screenshots")
    for name in ("build_tools", "content", "data", "docs", "hooks", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=unwanted)
    for name in ("mkdocs.yml", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    return folder


_copy: Path | None = None


def _begin(folder: str) -> None:
    global _copy
    _copy = copy_project(Path(tempfile.mkdtemp(dir=folder)))


def _fail(test: str) -> str:
    assert _copy
    return first_failure(_copy, [test])


def _try(mutant: Mutant) -> Outcome:
    assert _copy
    begun = time.monotonic()
    return Outcome(mutant, killer(mutant, _copy), time.monotonic() - begun)


def main(words: list[str]) -> int:
    """Make the mutants and report; 1 if one survives, 2 if the project is not whole before."""
    every = [*mutants_of_code(ROOT), *mutants_of_facts(ROOT)]
    chosen = [mutant for mutant in every if all(word in str(mutant) for word in words)]
    tests = sorted({test for mutant in chosen if not mutant.in_facts for test in fast_tests(mutant.file, ROOT)})
    begun, survivors, slowest = time.monotonic(), 0, 0.0
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(initializer=_begin, initargs=(folder,)) as pool,
    ):
        if failed := first_problem(ROOT) or next(filter(None, pool.map(_fail, tests)), ""):
            print(f"No mutant was made, because something fails without one: {failed}")
            return 2
        for outcome in pool.map(_try, chosen):
            slowest = max(slowest, outcome.seconds)
            if not outcome.killer:
                survivors += 1
                print(f"SURVIVED  {outcome.mutant}", flush=True)
            elif words:
                print(f"killed    {outcome.mutant}\n          by {outcome.killer}", flush=True)
        hurried, honest = ([*edits(ROOT, table)] if not words else [] for table in (HURRIED, HONEST))
        missed = [outcome.mutant for outcome in pool.map(_try, hurried) if not outcome.killer]
        alarms = [outcome for outcome in pool.map(_try, honest) if outcome.killer]
    print("\n".join([*(f"MISSED    {one}" for one in missed), *(f"ALARM     {one.mutant}" for one in alarms)]))
    seconds = time.monotonic() - begun
    print(
        f"{len(missed)} of {len(hurried)} hurried edits missed, {len(alarms)} of {len(honest)} honest ones found."
    )
    print(f"{len(chosen)} mutants, {survivors} survived, {seconds:.0f} seconds; the slowest took {slowest:.1f}.")
    return 1 if survivors or 10 * len(missed) > len(hurried) or len(alarms) > MOST_ALARMS else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
