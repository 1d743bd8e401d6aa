"""Proof by breaking: small wrongs, each made in a copy, and the rule that notices it.

`python -m tests.mutants` makes them all, over the real facts and the site built from them, and says which rule
caught each. A wrong that nothing catches names a rule that is missing; then the exit status is 1.

There are four ways to be wrong. A file of facts or words is wrong in itself, and the check says so (`facts`). A
fact that could be true is changed after the site was built (`drift`), or a page is (`page`): then the site no
longer says what the facts say, and the check of the built site must know. Or a template or a module writes
something else than the facts (`code`), shown with the example's facts.
"""

from __future__ import annotations

import argparse
import copy
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import yaml
from selectolax.lexbor import LexborHTMLParser

from build_tools import checks
from build_tools import old_verify as verify
from build_tools.facts import load
from build_tools.problems import Problem
from build_tools.reading import read
from build_tools.site import prepare
from build_tools.wording import check_words
from tests.catalog import catalog
from tests.conftest import LATEST, ROOT, clock, lay_out
from tests.edits import Mutant

UNWANTED = shutil.ignore_patterns("__pycache__", "schema")


@dataclass(frozen=True)
class Outcome:
    """A wrong and the rules that caught it, the first of them first; none if it survived."""

    mutant: Mutant
    rules: tuple[str, ...]


@contextmanager
def wronged(path: Path, mutant: Mutant) -> Iterator[None]:
    """The file at `path` with the wrong in it, until the block ends."""
    before = path.read_bytes() if path.exists() else None
    text = mutant.edit((before or b"").decode("utf-8"))
    wrong = None if text is None else text.encode("utf-8", "surrogateescape")
    if wrong == before:
        raise AssertionError(f"this changes nothing: {mutant}")
    try:
        if wrong is None:
            path.unlink()
        else:
            path.write_bytes(wrong)
        yield
    finally:
        if before is None:
            path.unlink(missing_ok=True)
        else:
            path.write_bytes(before)


class Proof:
    """Copies of the real facts, words and built site in `folder`, in which wrongs are made one by one."""

    def __init__(self, folder: Path, eager: bool = True) -> None:
        self._eager = eager  # ask all rules, even when one has caught the wrong
        self._real = folder / "real"
        self._example = folder / "example"
        for name in ("build_tools", "hooks", "content", "data"):
            shutil.copytree(ROOT / name, self._real / name, ignore=UNWANTED)
        shutil.copy(ROOT / "mkdocs.yml", self._real)
        shutil.copytree(ROOT / "docs/example/data", self._example / "data")
        lay_out(self._example)
        self._fail_unless_right(prepare(self._real / "data", self._real / "content", LATEST).problems)
        self._fail_unless_right(self._build(self._real, self._real / "site"))
        self._built = verify.Built(self._real / "site", self._real / "data", self._real / "content")
        self._fail_unless_right(self._ask(self._built))
        self._fail_unless_right(self._build_and_ask(self._example))
        self._catch: dict[str, Callable[[Mutant], Iterator[str]]] = {
            "facts": self._check,
            "drift": self._verify_drift,
            "page": self._verify_page,
            "code": self._build_and_verify,
        }

    def prove(self, mutant: Mutant) -> Outcome:
        """Make one wrong and ask the rules about it."""
        caught = self._catch[mutant.way](mutant)
        try:
            rules = tuple(dict.fromkeys(caught if self._eager else itertools.islice(caught, 1)))
        except AssertionError:  # the catalog is wrong, not a check
            raise
        except Exception:  # a check that stumbles is our bug, and no reason to leave the other wrongs untried
            traceback.print_exc()
            print(f"STUMBLED over: {mutant.way}: {mutant}", file=sys.stderr)
            return Outcome(mutant, ())
        return Outcome(mutant, rules)

    @staticmethod
    def _fail_unless_right(*found: Iterable[object]) -> None:
        problems = [str(problem) for each in found for problem in each]
        if problems:
            raise SystemExit("Before anything is made wrong, something is:\n" + "\n".join(problems[:20]))

    # Who catches it

    def _check(self, mutant: Mutant) -> Iterator[str]:
        path = self._real / mutant.file
        with wronged(path, mutant):
            found = False
            for rule in self._check_parts(path):
                found = True
                yield rule
            if not found and prepare(self._real / "data", self._real / "content", LATEST).problems:
                yield "render"

    def _check_parts(self, path: Path) -> Iterator[str]:
        data = self._real / "data"
        if path.suffix == ".yml" and path.exists() and read(path, path.name)[1]:
            yield "reading"
        facts, problems = load(data)
        if problems:
            yield "records"
        for rule in checks.RULES:
            if any(rule(facts, LATEST)):
                yield rule.__name__
        for problem in check_words(facts, data, self._real / "content", LATEST):
            yield _name_of_wording(problem)

    def _verify_drift(self, mutant: Mutant) -> Iterator[str]:
        built = copy.copy(self._built)
        path = self._real / mutant.file
        with wronged(path, mutant):
            text = path.read_text("utf-8") if path.exists() else None
        folder = mutant.file.rpartition("/")[0]
        if folder == "content":
            built.texts = built.texts | {path.stem: text or ""}
        else:
            attribute = folder.removeprefix("data/") if "/" in folder else path.stem
            if folder == "data":
                setattr(built, attribute, yaml.load(text or "{}", Loader=yaml.CBaseLoader))
                built.shared = built.shared | {attribute: getattr(built, attribute)}
            else:
                records = dict(getattr(built, attribute))
                records.pop(path.stem, None)
                if text is not None:
                    records[path.stem] = yaml.load(text, Loader=yaml.CBaseLoader)
                setattr(built, attribute, records)
        yield from self._ask(built)

    def _verify_page(self, mutant: Mutant) -> Iterator[str]:
        built = copy.copy(self._built)
        # The name of the folder of assets is known only when it is built; a file may also be one too many.
        path = next(self._real.glob(mutant.file), self._real / mutant.file)
        with wronged(path, mutant):
            if path.suffix == ".html":
                page = path.relative_to(self._real / "site").as_posix()
                built.pages = {name: parser for name, parser in built.pages.items() if name != page}
                built.shown = {name: shown for name, shown in built.shown.items() if name != page}
                if path.exists():
                    built.pages[page] = LexborHTMLParser(path.read_text("utf-8"))
                    built.shown[page] = verify._shown(built.pages[page])
            yield from self._ask(built)

    def _ask(self, built: verify.Built) -> Iterator[str]:
        for rule in verify.RULES:
            if any(rule(built)):
                yield rule.__name__

    def _build_and_verify(self, mutant: Mutant) -> Iterator[str]:
        """With the example, which is quick, and then with the real facts, which have more to show."""
        for project in (self._example, self._real):
            with wronged(project / mutant.file, mutant):
                found = list(self._build_and_ask(project))
            if found:
                yield from found
                return

    def _build_and_ask(self, project: Path) -> Iterator[str]:
        site = project / "wrong"
        if self._build(project, site):
            yield "build (strict)"
        else:
            yield from self._ask(verify.Built(site, project / "data", project / "content"))

    def _build(self, project: Path, site: Path) -> list[str]:
        """Build a project's site; what was said if that failed."""
        run = subprocess.run(
            [sys.executable, "-m", "mkdocs", "--quiet", "build", "--strict", "--site-dir", str(site)],
            cwd=project,
            env=os.environ | clock(LATEST) | {"PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        return [run.stderr[-2000:] or "the build failed"] if run.returncode else []


_WORDING = {
    "that this site avoids": "avoided words",
    "typed by hand": "typed numbers",
    "speaks of what a procedure does": "words of a clinic",
    "of this page": "unsupported mentions",
    "this page does not link": "unsupported mentions",
    "xception": "exceptions",
    "US English dictionary": "spelling",
    "British spelling": "spelling",
    "No text uses": "spelling",
}
"""The rules for words by what their messages say."""


def _name_of_wording(problem: Problem) -> str:
    return next((rule for words, rule in _WORDING.items() if words in problem.message), "other words")


# The report


def quick(mutants: list[Mutant], most: int = 40) -> list[Mutant]:
    """About `most` wrongs, each of another kind; few of code, since building a site is slow."""
    kinds: dict[tuple[str, str], Mutant] = {}
    for mutant in mutants:
        kinds.setdefault((mutant.way, mutant.kind), mutant)
    code = [mutant for mutant in kinds.values() if mutant.way == "code"]
    others = [mutant for mutant in kinds.values() if mutant.way != "code"]
    return [*others[:: max(1, len(others) // (most - 2))], *code[:2]]


def describe(outcomes: list[Outcome], whole: bool = False) -> str:
    """The tables: by kind with the rules that caught it, by rule, and the score; survivors one by one.

    A run of the whole catalog also says which rules caught nothing.
    """
    kinds: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        kinds[outcome.mutant.way, outcome.mutant.kind].append(outcome)
    lines = ["| Way | Kind of wrong | Made | Caught | First caught by |", "|---|---|---:|---:|---|"]
    for (way, kind), found in kinds.items():
        first = Counter(outcome.rules[0] for outcome in found if outcome.rules)
        names = ", ".join(name for name, _ in first.most_common())
        lines.append(f"| {way} | {kind} | {len(found)} | {sum(first.values())} | {names} |")
    lines += ["", "| Rule | Wrongs it caught | Alone |", "|---|---:|---:|"]
    by_rule = Counter(rule for outcome in outcomes for rule in outcome.rules)
    alone = Counter(outcome.rules[0] for outcome in outcomes if len(outcome.rules) == 1)
    known = [rule.__name__ for rule in (*checks.RULES, *verify.RULES)]
    for rule in dict.fromkeys([*known, *by_rule]):
        if by_rule[rule]:
            lines.append(f"| {rule} | {by_rule[rule]} | {alone[rule]} |")
    idle = [rule for rule in known if whole and not by_rule[rule]]
    survivors = [outcome.mutant for outcome in outcomes if not outcome.rules]
    lines += ["", *(f"SURVIVED: {mutant.way}: {mutant}" for mutant in survivors)]
    lines += [f"No wrong was caught by: {', '.join(idle)}."] if idle else []
    caught = len(outcomes) - len(survivors)
    lines += [f"{len(outcomes)} wrongs, {caught} caught: {100 * caught / len(outcomes):.1f} percent."]
    return "\n".join(lines)


def choose(words: list[str], some: bool) -> list[Mutant]:
    """The wrongs whose line holds all `words`; only a few of them if `some`."""
    mutants = [mutant for mutant in catalog(ROOT) if all(word in f"{mutant.way} {mutant}" for word in words)]
    return quick(mutants) if some else mutants


def prove_part(words: list[str], some: bool, part: int, parts: int) -> list[tuple[str, ...]]:
    """The rules that caught each of one part of the chosen wrongs."""
    with tempfile.TemporaryDirectory() as folder:
        proof = Proof(Path(folder), eager=not some)
        return [proof.prove(mutant).rules for mutant in choose(words, some)[part::parts]]


def main(arguments: list[str] | None = None) -> int:
    """Make all wrongs, or those whose line holds some words, and print who caught them."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description="Proof by breaking.")
    parser.add_argument("words", nargs="*", help="only wrongs whose way, kind or place holds all these words")
    parser.add_argument("--quick", action="store_true", help="a few of them, one rule each, in a minute")
    chosen = parser.parse_args(arguments)
    start = time.perf_counter()
    mutants = choose(chosen.words, chosen.quick)
    if not mutants:
        parser.error("no wrong of the catalog fits these words")
    # Wrongs hold functions, which no process can hand to another: each makes the catalog again and takes its part.
    parts = min(os.cpu_count() or 1, 1 + len(mutants) // 50)
    prove = partial(prove_part, chosen.words, chosen.quick, parts=parts)
    if parts == 1:
        proved = [prove(0)]
    else:
        with ProcessPoolExecutor(parts) as pool:
            proved = list(pool.map(prove, range(parts)))
    outcomes = [Outcome(mutant, proved[n % parts][n // parts]) for n, mutant in enumerate(mutants)]
    print(describe(outcomes, whole=not chosen.words and not chosen.quick))
    print(f"It took {time.perf_counter() - start:.0f} seconds.")
    return 0 if all(outcome.rules for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
