"""The list of all rules between facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from importlib import import_module
from inspect import isfunction, signature
from pathlib import Path
from pkgutil import iter_modules

from build_tools.check import references
from build_tools.load.facts import Facts
from build_tools.records.problems import Problem

RULES: tuple[Callable[[Facts, date], Iterable[Problem]], ...] = tuple(
    rule
    for file in iter_modules([str(Path(__file__).parent)])
    if file.name != "rules"
    for module in [import_module(f"build_tools.check.{file.name}")]
    for name, rule in vars(module).items()
    if isfunction(rule) and rule.__module__ == module.__name__ and name[0] != "_"
    if [*signature(rule).parameters] == ["facts", "today"]
)
"""Every public function of these modules that takes the facts and the day, in the order of docs/rules.md."""


def check(facts: Facts, today: date) -> list[Problem]:
    """All problems between facts; a placeholder has no other problem than that."""
    unfilled = list(references.placeholders_are_filled(facts, today))
    places = {problem.place for problem in unfilled}
    others = [p for rule in RULES if rule is not references.placeholders_are_filled for p in rule(facts, today)]
    return [problem for problem in others if problem.place not in places] + unfilled
