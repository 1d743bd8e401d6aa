"""Rules for figures: numbers fit their totals, ranges, and scales, and words fit the numbers and their field."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from build_tools.load.certainty import is_surer, rate
from build_tools.load.facts import Facts
from build_tools.prose.glossary import match_any
from build_tools.records.entries import Figure, HarmFigure, Measured, StudyKind
from build_tools.records.problems import Problem, Problems

_LOOK_UP = "Look both up in the source."
_LOOK_UP_THERE = "Look both numbers up in the source, at the place that the figure names."

# Numbers


def figures_belong_to_one_form(facts: Facts, today: date) -> Problems:
    """A procedure with forms has no figures: each figure is in the file of the form in which it was counted."""
    for id, _ in facts.facts_of_kind(Figure):
        if forms := facts.forms_of(id.split(".")[0]):
            hint = f"Move it to the file of the form in which it was counted: {', '.join(forms)}."
            yield Problem(facts.place_of(id), "A procedure with forms has no figures of its own.", hint)


def _iter_measured(facts: Facts) -> Iterator[tuple[str, tuple[str, ...], Figure, Measured]]:
    """Each value with its figure: the figure's own, and that of the group with which it is compared."""
    for id, figure in facts.facts_of_kind(Figure):
        yield id, (), figure, figure
        if figure.versus:
            yield id, ("versus",), figure, figure.versus


def counts_fit_their_totals(facts: Facts, today: date) -> Problems:
    """No count exceeds its total (INV-3)."""
    for id, steps, figure, value in _iter_measured(facts):
        if value.count is not None and value.out_of is not None and value.count > value.out_of:
            message = f"A count cannot exceed its total: {value.count} out of {value.out_of} {figure.units}."
            yield Problem(facts.place_of(id, *steps, "count"), message, _LOOK_UP_THERE)


def compared_figures_are_alike(facts: Facts, today: date) -> Problems:
    """A figure and the one with which it is compared are both shares, or both amounts."""
    for id, figure in facts.facts_of_kind(Figure):
        kinds = {(value.share is None, value.amount is None) for value in (figure, figure.versus) if value}
        if len(kinds) > 1:
            message = "The figure and the one with which it is compared are not of the same kind."
            hint = "Give two shares, or two amounts, as the source prints them."
            yield Problem(facts.place_of(id, "versus"), message, hint)


def shares_agree(facts: Facts, today: date) -> Problems:
    """A share that is given both as a count and in percent agrees within rounding (INV-3)."""
    hint = "Look both up in the source; if they differ there, keep the count and say so in a note."
    for id, steps, _, value in _iter_measured(facts):
        if value.count is None or not value.out_of or value.percent is None:
            continue
        computed = 100 * value.count / value.out_of
        if abs(computed - value.percent) > 0.6:
            share = f"{value.count} out of {value.out_of} is {computed:.1f} percent"
            message = f'{share}, but "percent" is {value.percent:g}.'
            yield Problem(facts.place_of(id, *steps, "percent"), message, hint)


def ranges_are_ordered(facts: Facts, today: date) -> Problems:
    """A range goes from its lower to its upper end, and a range of shares is between 0 and 100 percent (INV-3)."""
    for id, steps, figure, value in _iter_measured(facts):
        if value.from_ is None or value.to is None:
            continue
        if value.from_ > value.to:
            message = f"A range goes from low to high; this one goes from {value.from_:g} to {value.to:g}."
            yield Problem(facts.place_of(id, *steps, "from"), message, _LOOK_UP_THERE)
        elif figure.measure is None and not 0 <= value.from_ <= value.to <= 100:
            hint = 'If this is not a share, add its unit as "measure".'
            yield Problem(facts.place_of(id, *steps, "to"), "A share is between 0 and 100 percent.", hint)


def uncertainty_ranges_contain_their_figure(facts: Facts, today: date) -> Problems:
    """The uncertainty of a figure has both ends, "low" and "high", and contains the figure itself (INV-3)."""
    for id, figure in facts.facts_of_kind(Figure):
        low, high = figure.low, figure.high
        if low is None or high is None:
            if low != high:
                message = '"low" and "high" belong together; one is missing.'
                yield Problem(facts.place_of(id, "high" if low is None else "low"), message, "Give both.")
            continue
        estimate = figure.share * 100 if figure.share is not None else figure.amount
        if figure.share is not None and not 0 <= low <= high <= 100:
            message = "The uncertainty of a share is between 0 and 100 percent; this one goes from"
            hint = 'Look it up again, and leave "low" and "high" out if the source prints them so.'
            yield Problem(facts.place_of(id, "low"), f"{message} {low:g} to {high:g}.", hint)
        elif estimate is None or not low <= estimate <= high:
            message = f"The uncertainty, {low:g} to {high:g}, does not contain the figure itself."
            hint = 'Give "low" and "high" in the same unit as the figure (percent for shares).'
            yield Problem(facts.place_of(id, "low"), message, hint)


_VALUE = ("percent", "from_", "to", "amount", "before", "after", "measure")
_CONTEXT = ("who", "when", "how", "average", "units", "out_of", "n", "low", "high")


def same_result_has_same_context(facts: Facts, today: date) -> Problems:
    """One result of one source has the same who, when, how, average, and number of people on every page.

    Two figures on two pages are the same result if they have the same source and value. Shares of 0 are exempt: a
    study can look for several harms and see none of them.
    """
    earlier: dict[tuple[object, ...], list[tuple[str, Figure]]] = defaultdict(list)
    for id, figure in facts.facts_of_kind(Figure):
        if figure.share == 0:
            continue
        value = (figure.count, figure.count and figure.out_of, *(getattr(figure, name) for name in _VALUE))
        for citation in figure.sources:
            same = earlier[citation.source, *value]
            differences = [
                (other_id, [name for name in _CONTEXT if getattr(figure, name) != getattr(other, name)])
                for other_id, other in same
                if other_id.split(".")[0] != id.split(".")[0]
            ]
            if not all(names for _, names in differences):
                continue
            same.append((id, figure))
            if differences:
                other_id, names = differences[0]
                fields = ", ".join(names)
                message = f'This result of "{citation.source}" is also in {other_id}, with a different {fields}.'
                hint = "Compare both with the source, then write the same in both places."
                yield Problem(facts.place_of(id, names[0]), message, hint)
                break


_RESULT = ("count", "percent", "from_", "to", "amount", "before", "after", "out_of")
_NUMBER_WORD = re.compile(r"\d+|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\b")


def results_of_two_groups_agree(facts: Facts, today: date) -> Problems:
    """Figures in different files that compare the same two groups of one source give the same results.

    The groups are the same if their sizes, the numbers in "when", and one result are. A result of 0 counts only if
    both figures have the same words for what was counted.
    """
    earlier: dict[str, list[tuple[str, Figure]]] = defaultdict(list)
    for id, figure in facts.facts_of_kind(Figure):
        for source in dict.fromkeys(citation.source for citation in figure.sources):
            pairs = [
                (other_id, pair)
                for other_id, other in earlier[source]
                if other_id.split(".")[0] != id.split(".")[0]
                if (pair := _find_difference(figure, other)) is not None
            ]
            earlier[source].append((id, figure))
            if pairs and all(pair for _, pair in pairs):
                other_id, (here, there) = pairs[0]
                message = f'{other_id} has "{there}" for the same group of "{source}"; here it is "{here}".'
                hint = f'Look it up. Then search data/ for "{source}": other texts can repeat the number.'
                yield Problem(facts.place_of(id), message, hint)
                break


def _find_difference(figure: Figure, other: Figure) -> tuple[str, ...] | None:
    """The result in which two figures differ, () if they agree, and None if they are about different groups."""
    whens = [_NUMBER_WORD.findall(each.when.lower()) for each in (figure, other)]
    if not figure.versus or not other.versus or figure.measure != other.measure or whens[0] != whens[1]:
        return None
    here, there = ([_write_result(each), _write_result(each.versus)] for each in (figure, other) if each.versus)
    for results in (there, there[::-1]):
        pairs = [*zip(here, results, strict=True)]
        same = [text for text, result in pairs if text == result]
        sizes = [[text.partition("out_of")[2] for text in texts] for texts in (here, results)]
        if sizes[0] == sizes[1] and any(figure.counted == other.counted or ": 0," not in text for text in same):
            return next((pair for pair in pairs if pair[0] != pair[1]), ())
    return None


def _write_result(value: Measured) -> str:
    """The numbers of a result as an editor writes them: "count: 6, out_of: 7"."""
    numbers = {name.strip("_"): getattr(value, name) for name in _RESULT}
    return ", ".join(f"{name}: {number:.12g}" for name, number in numbers.items() if number is not None)


def certainty_is_never_raised(facts: Facts, today: date) -> Problems:
    """An editor can rate a figure lower than the rule in docs/certainty.md does, but never higher."""
    for id, figure in facts.facts_of_kind(Figure):
        rating = rate(figure, facts.sources, facts.procedures[id.split(".")[0]])
        known = all(citation.source in facts.sources for citation in figure.sources)
        if figure.certainty and is_surer(figure.certainty, rating.level) and known:
            message = f'This figure can be "{rating.level}" at most, not "{figure.certainty}": {rating}.'
            hint = 'Delete "certainty", which is computed; docs/certainty.md has the rule.'
            yield Problem(facts.place_of(id, "certainty"), message, hint)


def values_fit_their_scale(facts: Facts, today: date) -> Problems:
    """A value on a scale is between its ends, and pain that rises is not a benefit."""
    for id, figure in facts.facts_of_kind(Figure):
        scale = re.search(r"\bfrom (\d+) to (\d+)$", figure.measure or "")
        for field in ("amount", "before", "after"):
            value = getattr(figure, field)
            if scale and value is not None and not int(scale[1]) <= value <= int(scale[2]):
                message = f"{value:g} is not on a scale {scale.group()}."
                yield Problem(facts.place_of(id, field), message, _LOOK_UP)
        rises = figure.before is not None and figure.after is not None and figure.after > figure.before
        if rises and ".benefits." in id and "pain" in figure.counted.lower():
            message = f"Pain that rises from {figure.before:g} to {figure.after:g} is not a benefit."
            yield Problem(facts.place_of(id, "before"), message, _LOOK_UP_THERE)


# Numbers and words


def _find_numbers(*texts: str | None) -> list[float]:
    numbers = re.findall(r"\d[\d,]*(?:\.\d+)?", " ".join(filter(None, texts)))
    return [float(number.replace(",", "")) for number in numbers]


def group_sizes_fit_their_words(facts: Facts, today: date) -> Problems:
    """If "who" begins with a number, the words of the figure give the number of people who were counted.

    It is one of the numbers in these words, or the sum of those in "who".
    """
    for id, figure in facts.facts_of_kind(Figure):
        first = re.match(r"(?:The |All )?(?:same |other )?(\d[\d,]*)\b", figure.who)
        group, other = figure.out_of or figure.n, figure.versus
        if not first or not group or (figure.count or 0) > group:
            continue
        mentioned = _find_numbers(figure.who, figure.when, figure.how, figure.note, other.group if other else "")
        is_sum = group == sum(_find_numbers(figure.who))
        has_both_groups = other and not figure.out_of and group > mentioned[0]
        if group not in mentioned and not is_sum and not has_both_groups:
            message = f'{group} {figure.units} were counted, but "who" mentions {first[1]}.'
            hint = f'{_LOOK_UP} If both are right, say at "who" or "how" how {group} were counted.'
            yield Problem(facts.place_of(id, "out_of" if figure.out_of else "n"), message, hint)


def parts_fit_their_whole(facts: Facts, today: date) -> Problems:
    """The count and the parts that "how" adds to it, as in "6 more had some relief", do not exceed the total."""
    for id, figure in facts.facts_of_kind(Figure):
        parts = re.findall(r"\b(\d+) (?:more|others?|had none|had no)\b", figure.how)
        whole = figure.out_of if parts else None
        if whole and figure.count is not None and figure.count + sum(map(int, parts)) > whole:
            message = f"{figure.count} and {' and '.join(parts)} are more than {whole}."
            yield Problem(facts.place_of(id, "how"), message, _LOOK_UP)


def averages_fit_their_words(facts: Facts, today: date) -> Problems:
    """A median is not called a mean, nor a mean a median."""
    for id, figure in facts.facts_of_kind(Figure):
        words = f"{figure.how} {figure.counted}".lower()
        other = {"mean": "median", "median": "mean"}.get(figure.average or "")
        if other and re.search(rf"\b{other}\b", words) and not re.search(rf"\b{figure.average}\b", words):
            message = f'The words say "{other}", but "average" says "{figure.average}".'
            yield Problem(facts.place_of(id, "average"), message, _LOOK_UP)


_UNITS = ("minutes", "hours", "days", "weeks", "months", "years")
_UNIT = re.compile(rf"\b({'|'.join(unit[:-1] for unit in _UNITS)})s?\b")


def notes_fit_their_units(facts: Facts, today: date) -> Problems:
    """A note on a length of time uses the unit of its figure."""
    for id, figure in facts.facts_of_kind(Figure):
        units = {f"{unit}s" for unit in _UNIT.findall(figure.note or "")}
        if figure.measure in _UNITS and units and figure.measure not in units:
            message = f"The note mentions {' and '.join(sorted(units))}, but the figure is in {figure.measure}."
            yield Problem(facts.place_of(id, "measure"), message, _LOOK_UP)


_SMALLEST_LARGE = 100
_DESIGN_WORDS = {
    StudyKind.REGISTRY: r"^[^;,]*\bregistry\b",
    StudyKind.RANDOMIZED_TRIAL: r"^[^;,]*(?<!not )\brandomized trial\b",
}


def designs_fit_their_study(facts: Facts, today: date) -> Problems:
    """A registry is not called a randomized trial, nor a trial a registry.

    A study that is called large has at least 100 people.
    """
    for id, figure in facts.facts_of_kind(Figure):
        how, [first, *others] = figure.how.lower(), figure.sources
        source = facts.sources.get(first.source)
        if source and not others and not first.second_hand:
            kinds = {source.kind, source.studies}
            for kind, words in _DESIGN_WORDS.items():
                if kinds & {*_DESIGN_WORDS} and kind not in kinds and re.search(words, how):
                    message = f'"how" mentions a {kind}, but the source is a {source.kind}.'
                    yield Problem(facts.place_of(id, "how"), message, _LOOK_UP)
        people = figure.n or figure.out_of
        if how.startswith("large") and people and people < _SMALLEST_LARGE:
            yield Problem(facts.place_of(id, "how"), f"A study of {people} people is called large.", _LOOK_UP)


_SEVERAL = re.compile(rf"\b(?:[2-9]|\d\d+) (?:{'|'.join(_UNITS)})\b")
_DIRECTIONS = {"looking forward": r"\bprospective\b", "looking back": r"\blooking back\b"}


def contexts_from_one_source_agree(facts: Facts, today: date) -> Problems:
    """Figures from one source do not contradict each other in who, when, and how.

    Two values of "who" differ in more than swapped digits, two of "when" in more than the unit, and "how" agrees
    on whether the study looked forward or back.
    """
    seen: dict[tuple[str, str, str | None, str], tuple[str, str]] = {}
    for id, figure in facts.facts_of_kind(Figure):
        first, who, when, how = figure.sources[0], figure.who, figure.when, figure.how.lower()
        directions = [name for name, words in _DIRECTIONS.items() if re.search(words, how) and " part " not in how]
        texts = [("who", who, f"{re.sub(r'[0-9]', '', who)} {sorted(re.findall('[0-9]', who))}")]
        texts += [("when", when, _UNIT.sub("", when.lower()))] if _SEVERAL.search(when) else []
        texts += [("how", directions[0], "direction")] if directions else []
        for field, text, unchanged in texts:
            other_id, other = seen.setdefault((field, first.source, first.reporting, unchanged), (id, text))
            if other.lower() != text.lower():
                message = f'"{text}" is "{other}" in {other_id}, from the same source.'
                hint = "Compare both with the source, and write what it says."
                yield Problem(facts.place_of(id, field), message, hint)


_BENEFIT = re.compile(
    r"^(?:had (?:\w+ )?(?:good|less pain|no pain|no more pain|relief|satisfactory|success|excellent)\b"
    r"|(?:were|was) (?:well|satisfied|helped|pain-free|free of pain)\b|could (?!not\b|no\b|do less\b))"
)
_LESS = re.compile(r"\b(?:less|fewer|fall|no|without|until)\b")
_HARM = r"\bdied\b|\bdeaths?\b|\bharmed\b|\bmore pain\b|\bcomplications?\b"


def figures_fit_their_field(facts: Facts, today: date) -> Problems:
    """A figure under a harm counts no benefit, and a figure under benefits counts no harm."""
    effects = [term for id, term in facts.vocabulary["effects"].items() if id != "pain-returns"]
    names = match_any({name.lower() for term in effects for name in (term.plain, *term.names)})
    harm = re.compile(rf"{_HARM}|\b{names}\b")
    hint = "Move the figure to its field, or correct what was counted."
    for id, figure in facts.facts_of_kind(Figure):
        counted, under_harms = figure.counted.lower(), isinstance(figure, HarmFigure)
        found = _BENEFIT.search(counted) if under_harms else harm.search(counted) if ".benefits." in id else None
        if found and (under_harms or not _LESS.search(counted[: found.start()])):
            mistake = "a benefit under harms" if under_harms else "a harm under benefits"
            yield Problem(facts.place_of(id, "counted"), f'"{found.group()}" counts {mistake}.', hint)
