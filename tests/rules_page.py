"""Writes docs/rules.md: each rule with its docstring, its level, and an example from its first proof."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from types import FunctionType
from typing import Any

from build_tools.check.rules import RULES
from build_tools.load.loader import load
from build_tools.model import reviews
from build_tools.prose import consistency, entity_mentions, layers, typed_results, wording
from build_tools.records.problems import Problem
from build_tools.verify import verify
from tests.conftest import ROOT, TODAY
from tests.tools.check.test_checks import PROOFS, Proof, break_copy

PAGE = ROOT / "docs/rules.md"

WORDS: dict[str, Callable[..., Any]] = {
    wording.TYPED_NUMBER: typed_results.check_typed_results,
    wording.MENTION: entity_mentions.check_entity_mentions,
    wording.INSTRUCTION: wording.check_instructions,
    consistency.CONTRADICTION: consistency.check_consistency,
    layers.MEDICAL_FACT: layers.check_local_words,
    "an entry of data/wording.yml": wording.check_wording,
}
"""The rules for words by the name that an exception gives them."""

INTRODUCTION = """\
# Rules

What must hold, and for rules between facts an edit of the example that breaks the rule, with the problem that is
reported. A problem is an error, or a notice if only time caused it: notices never stop a host.
An id in parentheses is explained in [standards.md](standards.md). `make schema` writes this file.
"""


def render_page() -> str:
    """The text of the page: the same for the same rules and example."""
    return "".join([INTRODUCTION, *_between_facts(), *_for_words(), *_for_pages()])


def _between_facts() -> Iterator[str]:
    proofs = {proof.rule: proof for proof in reversed(PROOFS)}
    for module, rules in groupby((*RULES, *reviews.RULES), key=lambda rule: rule.__module__):
        yield f"\n## Between facts: `{module.replace('.', '/')}.py`\n"
        for rule in rules:
            name = rule.__name__
            yield _entry(name, rule) + (_example(rule, proofs[name]) if name in proofs else "")


def _for_words() -> Iterator[str]:
    yield "\n## For words: `build_tools/prose`\n\nAn exception names these rules (CONTRIBUTING.md).\n"
    yield from (_entry(name, rule) for name, rule in WORDS.items())


def _for_pages() -> Iterator[str]:
    yield "\n## For the built site: `build_tools/verify`\n"
    yield from (_entry(rule.__name__, rule) for rule in verify.RULES)


def _entry(name: str, rule: Callable[..., Any]) -> str:
    assert isinstance(rule, FunctionType)
    return f"\n### {name}\n\n{' '.join((rule.__doc__ or '').split())}\n"


def _example(rule: Callable[..., Iterable[Problem]], proof: Proof) -> str:
    with TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        shutil.copytree(ROOT / "docs/example/data", data)
        break_copy(data, proof)
        problem = next(problem for problem in rule(load(data)[0], TODAY) if proof.message in problem.message)
    before, after = (_quote(text) for text in (proof.old, proof.new))
    edit = f"{before} becomes {after}" if proof.new else f"{before} is deleted"
    return f"\nExample: in `{proof.file}`, {edit}.\n\n    {problem.level}: {problem.message}\n    {problem.hint}\n"


def _quote(text: str) -> str:
    first, *more = text.strip().splitlines() or [""]
    return f"`{first.strip()}{' …' if more else ''}`"


if __name__ == "__main__":
    PAGE.write_text(render_page(), "utf-8")
    print(f"wrote {PAGE.relative_to(ROOT)}")
