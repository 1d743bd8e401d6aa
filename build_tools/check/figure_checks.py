"""Rules for figures: their words agree with their numbers, with each other, and with the field that they are in.

A rule takes the facts (and the day) and yields problems, as in `checks`.
"""

from __future__ import annotations

import re
from datetime import date

from build_tools.load.facts import Facts
from build_tools.prose.glossary import any_of
from build_tools.records.entries import Figure, HarmFigure, StudyKind
from build_tools.records.problems import Problem, Problems

_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
_LOOK = "Look both up in the source."


def _numbers(*texts: str | None) -> list[float]:
    return [float(found.replace(",", "")) for text in texts if text for found in _NUMBER.findall(text)]


def _words(figure: Figure) -> tuple[str | None, ...]:
    return figure.who, figure.when, figure.how, figure.note, figure.versus.group if figure.versus else None


def groups_fit_their_words(facts: Facts, today: date) -> Problems:
    """Where "who" begins with a number, that or another one in the words is the group that was counted."""
    for id, figure in facts.each(Figure):
        found = re.match(r"(?:The |All )?(?:same |other )?(\d[\d,]*)\b", figure.who)
        group = figure.out_of or figure.n
        if not found or not group or (figure.count or 0) > group:
            continue
        named = _numbers(*_words(figure))
        both_groups = group == sum(_numbers(figure.who)) or (
            figure.versus and not figure.out_of and group > named[0]
        )
        if group not in named and not both_groups:
            field = "out_of" if figure.out_of else "n"
            message = f'{group} {figure.units} were counted, and "who" speaks of {found[1]}.'
            hint = f'{_LOOK} If both are right, say at "who" or "how" how {group} were counted.'
            yield Problem(facts.place_of(id, field), message, hint)


def parts_fit_their_whole(facts: Facts, today: date) -> Problems:
    """What "how" adds to a count, as in "6 more had some relief and 2 had none", is not more than the rest."""
    for id, figure in facts.each(Figure):
        if figure.count is None or not figure.out_of:
            continue
        parts = [int(part) for part in re.findall(r"\b(\d+) (?:more|others?|had none|had no)\b", figure.how)]
        if parts and figure.count + sum(parts) > figure.out_of:
            message = f"{figure.count} and {' and '.join(map(str, parts))} are more than {figure.out_of}."
            yield Problem(facts.place_of(id, "how"), message, _LOOK)


_SCALE = re.compile(r"\bfrom (\d+) to (\d+)$")


def values_fit_their_scale(facts: Facts, today: date) -> Problems:
    """A value on a scale lies on it, and pain that rises is no benefit."""
    for id, figure in facts.each(Figure):
        scale = _SCALE.search(figure.measure or "")
        for field in ("amount", "before", "after"):
            value = getattr(figure, field)
            if scale and value is not None and not int(scale[1]) <= value <= int(scale[2]):
                message = f"{value:g} does not lie on a scale {scale.group()}."
                yield Problem(facts.place_of(id, field), message, _LOOK)
        rises = figure.before is not None and figure.after is not None and figure.after > figure.before
        if rises and ".benefits." in id and "pain" in figure.counted.lower():
            message = f"Pain that rises from {figure.before:g} to {figure.after:g} is no benefit."
            hint = "Look both numbers up in the source, at the place that the figure names."
            yield Problem(facts.place_of(id, "before"), message, hint)


def averages_fit_their_words(facts: Facts, today: date) -> Problems:
    """A median is not called a mean, nor a mean a median."""
    for id, figure in facts.each(Figure):
        words = f"{figure.how} {figure.counted}".lower()
        other = {"mean": "median", "median": "mean"}.get(figure.average or "")
        if other and re.search(rf"\b{other}\b", words) and not re.search(rf"\b{figure.average}\b", words):
            message = f'The words say "{other}", and "average" says "{figure.average}".'
            yield Problem(facts.place_of(id, "average"), message, _LOOK)


_UNITS = ("minutes", "hours", "days", "weeks", "months", "years")
_UNIT = re.compile(rf"\b({'|'.join(unit[:-1] for unit in _UNITS)})s?\b")


def notes_fit_their_units(facts: Facts, today: date) -> Problems:
    """A note on a time is in the unit of the figure."""
    for id, figure in facts.each(Figure):
        note = figure.note or ""
        units = {f"{unit}s" for unit in _UNIT.findall(note)}
        if figure.measure in _UNITS and units and figure.measure not in units:
            message = f"The note speaks of {' and '.join(sorted(units))}, and the figure is in {figure.measure}."
            yield Problem(facts.place_of(id, "measure"), message, _LOOK)


_SEVERAL = re.compile(rf"\b(?:[2-9]|\d\d+) (?:{'|'.join(_UNITS)})\b")
_SMALLEST_LARGE = 100
_KINDS = {
    StudyKind.REGISTRY: r"^[^;,]*\bregistry\b",
    StudyKind.RANDOMIZED_TRIAL: r"^[^;,]*(?<!not )\brandomized trial\b",
}
_DESIGNS = {"looking forward": r"\bprospective\b", "looking back": r"\blooking back\b"}


def designs_fit_their_study(facts: Facts, today: date) -> Problems:
    """A registry is not called a randomized trial, nor a trial a registry, and a large study is not small."""
    for id, figure in facts.each(Figure):
        how, [first, *others] = figure.how.lower(), figure.sources
        source = facts.sources.get(first.source)
        kinds = {source.kind, source.studies} if source and not (others or first.second_hand) else set()
        for kind, words in _KINDS.items():
            if kinds & {*_KINDS} and kind not in kinds and re.search(words, how):
                message = f'"how" speaks of a {kind}, and the source is a {source.kind if source else ""}.'
                yield Problem(facts.place_of(id, "how"), message, _LOOK)
        people = figure.n or figure.out_of
        if how.startswith("large") and people and people < _SMALLEST_LARGE:
            message = f"A study of {people} people is called large."
            yield Problem(facts.place_of(id, "how"), message, _LOOK)


def words_of_one_study_agree(facts: Facts, today: date) -> Problems:
    """Of one source, no two figures differ in swapped digits of "who", the unit of "when", or the design alone."""
    seen: dict[tuple[str, str, str], tuple[str, str]] = {}
    for id, figure in facts.each(Figure):
        first = figure.sources[0]
        source = f"{first.source} {first.reporting or ''}"
        how = figure.how.lower()
        design = next(
            (name for name, words in _DESIGNS.items() if re.search(words, how) and " part " not in how), ""
        )
        for field, text, kept in (
            ("who", figure.who, f"{re.sub(r'[0-9]', '', figure.who)} {sorted(re.findall('[0-9]', figure.who))}"),
            ("when", figure.when, _UNIT.sub("", figure.when.lower())),
            ("how", design, "design" if design else ""),
        ):
            if not kept or (field == "when" and not _SEVERAL.search(figure.when)):
                continue
            other, there = seen.setdefault((source, field, kept), (id, text))
            if there.lower() != text.lower():
                message = f'"{text}" is "{there}" at {other}, from the same source.'
                hint = "Compare both with the source, and write what it says."
                yield Problem(facts.place_of(id, field), message, hint)


_BENEFIT = re.compile(
    r"^(?:had (?:\w+ )?(?:good|less pain|no pain|no more pain|relief|satisfactory|success|excellent)\b"
    r"|(?:were|was) (?:well|satisfied|helped|pain-free|free of pain)\b|could (?!not\b|no\b|do less\b))"
)
_LESS = re.compile(r"\b(?:less|fewer|fall|no|without|until)\b")
_HARM = re.compile(r"\bdied\b|\bdeaths?\b|\bharmed\b|\bmore pain\b|\bcomplications?\b")


def figures_fit_their_field(facts: Facts, today: date) -> Problems:
    """A figure under a harm counts a harm, and one under benefits none."""
    effects = [term for id, term in facts.vocabulary.get("effects", {}).items() if id != "pain-returns"]
    names = any_of({name.lower() for term in effects for name in (term.name, term.plain, *term.synonyms)})
    harm = re.compile(rf"{_HARM.pattern}|\b{names}\b" if names else _HARM.pattern)
    for id, figure in facts.each(Figure):
        counted = figure.counted.lower()
        under_harms = isinstance(figure, HarmFigure)
        found = _BENEFIT.search(counted) if under_harms else harm.search(counted) if ".benefits." in id else None
        if found and (under_harms or not _LESS.search(counted[: found.start()])):
            yield Problem(
                facts.place_of(id, "counted"),
                f'"{found.group()}" counts {"a benefit under harms" if under_harms else "a harm under benefits"}.',
                "Move the figure to its field, or correct what was counted.",
            )
