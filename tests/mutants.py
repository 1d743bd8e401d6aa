"""Mutation testing: `python -m tests.mutants [WORD ...]` tries small mutations in a copy of the project.

A mutant of code, a template or a style sheet (tests/mutants.toml) is killed by a fast test that fails, a mutant of
facts (tests/mutants_of_facts.toml) by a problem that the check finds. A survivor shows that a test or a rule is
missing; then the exit status is 1. Words select the mutants whose descriptions contain all of them.
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
"""Edits that an editor could make by mistake, and edits that the check must accept."""
MOST_ALARMS = 2
"""How many honest edits the check can reject; it can miss at most a tenth of the hurried ones."""
MOST_PLACES = 3
"""The number of files, at most, in which a mutation of facts is tried."""
PYTEST = [sys.executable, *"-m pytest -x -q --no-header --tb=native --assert=plain -p no:cacheprovider".split()]
"""Runs tests until one fails, without the report, which often takes longer than the tests."""
QUICK = ("checks", "comparison", "figure_text", "frequency", "glossary", "icon_array")
"""Modules whose own tests take less time than the snapshots."""
TESTED_AS = {
    **dict.fromkeys(("short_checks", "references", "plain_words", "figures", "harms", "rules"), "checks"),
    **dict.fromkeys(("loader", "messages", "entries", "procedure"), "facts"),
    "api": "exports",
    "short": "short_page",
    "facts_on_pages": "verify",
    "figure_text": "figure_text signs",
    **dict.fromkeys(("answers", "lines", "signing"), "packet reviews"),
}
"""The tests of modules whose tests have other names."""
SECONDS = 300
"""The timeout for tests that hang. On an idle machine, a mutant takes at most fifteen."""


@dataclass(frozen=True)
class Mutant:
    """A changed file, and the mistake in it: the check must find it if it is in facts, else a test."""

    file: str
    why: str
    text: str
    in_facts: bool = False

    def __str__(self) -> str:
        return f"{self.file}: {self.why}"


@dataclass(frozen=True)
class Outcome:
    """The test or problem that killed a mutant; "" if it survived."""

    mutant: Mutant
    killer: str
    seconds: float


def mutants_of_code(root: Path) -> list[Mutant]:
    """The mutants of tests/mutants.toml. The text that each replaces must occur exactly once in its file."""
    mutants, errors = [], []
    for file, mutations in tomllib.loads(CODE.read_text("utf-8")).items():
        text = (root / file).read_text("utf-8")
        for why, (old, new) in mutations.items():
            mutants.append(Mutant(file, why, text.replace(old, new)))
            if text.count(old) != 1:
                errors.append(f"{mutants[-1]}: {old!r} occurs {text.count(old)} times")
    if errors:
        raise ValueError(f"{CODE.name} does not fit the code:\n" + "\n".join(errors))
    return mutants


def mutants_of_facts(root: Path) -> Iterator[Mutant]:
    """The mutants of tests/mutants_of_facts.toml, each in the first, the middle and the last file that it fits."""
    for glob, mutations in tomllib.loads(FACTS.read_text("utf-8")).items():
        texts = {str(file.relative_to(root)): file.read_text("utf-8") for file in sorted(root.glob(glob))}
        for why, (pattern, new) in mutations.items():
            changed = [(file, re.sub(pattern, new, text, count=1)) for file, text in texts.items()]
            mutants = [Mutant(file, why, text, in_facts=True) for file, text in changed if text != texts[file]]
            if not mutants:
                raise ValueError(f'{FACTS.name}: "{why}" fits no file of {glob}: {pattern!r}')
            places = {0, len(mutants) // 2, len(mutants) - 1}
            yield from (mutants[place] for place in sorted(places)[:MOST_PLACES])


def make_edits(root: Path, table: Path) -> Iterator[Mutant]:
    """Each edit of a table, in the first file that it fits. A text is added as a fact or as a paragraph."""
    for glob, edits in tomllib.loads(table.read_text("utf-8")).items():
        for why, edit in edits.items():
            pattern, new = edit if isinstance(edit, list) else _add_text(glob, edit)
            for file in sorted(root.glob(glob)):
                text = file.read_text("utf-8")
                if (edited := re.sub(pattern, new, text, count=1)) != text:
                    tested = table == HURRIED and glob.startswith(("content/templates/", "content/assets/"))
                    yield Mutant(str(file.relative_to(root)), why, edited, in_facts=not tested)
                    break


def _add_text(glob: str, text: str) -> tuple[str, str]:
    if glob.endswith(".md"):
        return r"\n## ", f"\n{text}\n\n## "
    fact = rf'\1  edited:\n    says: "{text}"\n    sources: [\2]\n'
    return r"(?s)\A(.*?sources: \[([\w-]+).*?\n)(?=\nhospital_stay:)", fact


def list_fast_tests(file: str, root: Path) -> list[str]:
    """The tests that must kill a mutant of a file, fastest first."""
    if file.endswith(".css"):
        return ["tests/site/test_visible.py"]
    if "/theme/" in file:
        return ["tests/tools/test_shell.py", "tests/tools/prose/test_layers.py"]
    name = "leaflets" if "/leaflets/" in file else Path(file).stem
    names = TESTED_AS.get(name, name).split()
    tests = (test for name in names for test in sorted((root / "tests/tools").rglob(f"test_{name}*.py")))
    unit_tests = [str(test.relative_to(root)) for test in tests]
    snapshots = ["tests/tools/test_snapshots.py", "tests/tools/test_round_trips.py"]
    return [*unit_tests, *snapshots] if names[0] in QUICK else [*snapshots, *unit_tests]


def find_killer(mutant: Mutant, root: Path) -> str:
    """The problem or the failing test with this mutant in the copy of the project at `root`; "" if it survives."""
    with _applied(root / mutant.file, mutant):
        problem = find_problem(root) if mutant.file.startswith(("data/", "content/")) else ""
        return problem or ("" if mutant.in_facts else find_failure(root, list_fast_tests(mutant.file, root)))


def find_failure(root: Path, tests: Iterable[str]) -> str:
    """The first of these tests that fails in the project at `root`; "" if all pass."""
    command = [*PYTEST, *tests]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=SECONDS, check=False)
    failed = re.search(r"^(?:FAILED|ERROR) (\S+::.*?)(?: - |$)", done.stdout, re.MULTILINE)
    if done.returncode and not failed:
        raise RuntimeError(f"no test ran in {root}\n{done.stdout}{done.stderr}")
    return failed[1] if failed else ""


def find_problem(root: Path) -> str:
    """The first problem that the check finds in the project at `root`; "" if there is none."""
    return next((str(problem) for problem in _check(root)), "")


def _check(root: Path) -> Iterator[Problem]:
    data, content = root / "data", root / "content"
    facts, problems = load(data)
    yield from problems
    yield from check(facts, LATEST)
    yield from check_words(facts, content, LATEST)
    yield from prepare(data, content, LATEST).problems


@contextmanager
def _applied(path: Path, mutant: Mutant) -> Iterator[None]:
    """Put the mutant in its file until the block ends."""
    before, times = path.read_bytes(), path.stat()
    try:
        path.write_text(mutant.text, "utf-8")
        yield
    finally:
        path.write_bytes(before)
        os.utime(path, (times.st_atime, times.st_mtime))  # Python compares it with that in the .pyc file


def copy_project(folder: Path) -> Path:
    """Copy what the fast tests and the check need."""
    unwanted = shutil.ignore_patterns("__pycache__", "node_modules", "schema", "screenshots")
    for name in ("build_tools", "content", "data", "docs", "hooks", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=unwanted)
    for name in ("mkdocs.yml", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    return folder


_copy: Path | None = None


def _initialize(folder: str) -> None:
    global _copy
    _copy = copy_project(Path(tempfile.mkdtemp(dir=folder)))


def _run_test(test: str) -> str:
    assert _copy
    return find_failure(_copy, [test])


def _try(mutant: Mutant) -> Outcome:
    assert _copy
    start = time.monotonic()
    return Outcome(mutant, find_killer(mutant, _copy), time.monotonic() - start)


def main(words: list[str]) -> int:
    """Try the mutants and report; 1 if one survives, 2 if something fails without a mutant."""
    mutants = [*mutants_of_code(ROOT), *mutants_of_facts(ROOT)]
    selected = [mutant for mutant in mutants if all(word in str(mutant) for word in words)]
    tests = {test for mutant in selected if not mutant.in_facts for test in list_fast_tests(mutant.file, ROOT)}
    start, survivors, slowest = time.monotonic(), 0, 0.0
    with (
        tempfile.TemporaryDirectory() as folder,
        ProcessPoolExecutor(initializer=_initialize, initargs=(folder,)) as pool,
    ):
        if failed := find_problem(ROOT) or next(filter(None, pool.map(_run_test, sorted(tests))), ""):
            print(f"No mutant was tried, because something fails without one: {failed}")
            return 2
        for outcome in pool.map(_try, selected):
            slowest = max(slowest, outcome.seconds)
            if not outcome.killer:
                survivors += 1
                print(f"SURVIVED  {outcome.mutant}", flush=True)
            elif words:
                print(f"killed    {outcome.mutant}\n          by {outcome.killer}", flush=True)
        hurried, honest = ([*make_edits(ROOT, table)] if not words else [] for table in (HURRIED, HONEST))
        missed = [outcome.mutant for outcome in pool.map(_try, hurried) if not outcome.killer]
        alarms = [outcome.mutant for outcome in pool.map(_try, honest) if outcome.killer]
    print("\n".join([*(f"MISSED    {edit}" for edit in missed), *(f"ALARM     {edit}" for edit in alarms)]))
    print(f"{len(missed)} of {len(hurried)} hurried edits missed")
    print(f"{len(alarms)} of {len(honest)} honest edits rejected")
    seconds = time.monotonic() - start
    print(f"{len(selected)} mutants, {survivors} survived, {seconds:.0f} seconds; the slowest took {slowest:.1f}.")
    return 1 if survivors or 10 * len(missed) > len(hurried) or len(alarms) > MOST_ALARMS else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
