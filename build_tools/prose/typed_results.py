"""Results typed by hand in a text: shares, counts of people, how long relief lasted.

Results belong in figures, with their source, people, and time. Other numbers are allowed: doses, temperatures,
dates, ages, levels of the spine, scores, the length of a procedure. A text in data/, which has its sources, can
also say how large a study was.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from build_tools.prose.prose import Passage
from build_tools.records.problems import Problem

_DIGITS = r"\d[\d,]*(?:\.\d+)?"
_SMALL = "two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_LARGE = "fifteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundreds?|thousands?|(?:a )?dozens?"
_NUMBER = rf"(?:{_DIGITS}|(?:{_LARGE})(?:[-\s](?:{_SMALL}))?|(?:{_SMALL})(?:\s+hundred)?)"
_ANY = rf"(?:{_NUMBER}|one|none)"
_PEOPLE = (
    r"(?:people|persons|patients|adults|children|babies|men|women|boys|girls|participants|survivors|volunteers)"
)
_TIME = r"(?:hours?|days?|weeks?|months?|years?)"
_PART = r"half|(?:a|one)\s+(?:third|quarter|fifth|tenth)|(?:two|three)[-\s](?:thirds|quarters|fifths)"
_ALL = r"(?:(?:all|the|these|those|every|each)\s+)*"

_SHARE = re.compile(
    rf"(?P<percent>{_DIGITS})\s*(?:%|percent\b|per\s+cent\b)"
    rf"|\b{_ANY}\s+out\s+of\s+{_ALL}{_NUMBER}\b"
    rf"|\b{_ANY}\s+of\s+{_ALL}{_NUMBER}\s+(?:\w+\s+)?{_PEOPLE}\b"
    rf"|\b{_ANY}\s+in\s+(?:every\s+)?{_NUMBER}\b"
    rf"(?!\s+(?:\w+\s+)?(?:steps?|places?|centers?|hospitals?|studies|trials|series|{_TIME})\b)"
    rf"|\b(?:{_PART})\s+(?:of\s+)?{_ALL}(?:{_PEOPLE}|them|us)\b"
)
_COUNT = re.compile(rf"\b{_NUMBER}\s+(?:or\s+more\s+)?(?:of\s+{_ALL})?(?:[a-z-]+\s+){{0,2}}?{_PEOPLE}\b")
_LENGTH = rf"(?:{_NUMBER}|an?|one)(?:\s+(?:to|or|and)\s+(?:{_NUMBER}|a\s+half))?\s+{_TIME}"
_RELIEF = re.compile(
    r"(?:\brelief|\bpain-free|\b(?:free\s+(?:of|from)|without|no|less)\s+(?:\w+\s+)?pain"
    r"|\bpain\s+(?:\w+\s+)?(?:gone|away|better|less))\b"
    rf"(?:(?!\b(?:start|begin|come|set\s+in)s?\b)[^.;])*?"
    rf"(?P<length>\b(?:for|lasts?|lasted|holds?|held|over|up\s+to|at\s+least|more\s+than|until|after|within)\s+"
    rf"(?:\w+\s+){{0,2}}?{_LENGTH})\b"
    rf"|(?P<before>\b{_LENGTH})\s+of\s+(?:\w+\s+)?relief\b"
    rf"|\bpain\s+(?:\w+\s+)?(?:comes?|came|returns?|returned)\b[^.;]*?"
    rf"(?P<back>\b(?:after|within|in)\s+(?:\w+\s+)?{_LENGTH})\b"
)

_ANY_NUMBER = re.compile(rf"\d|\b(?:{_SMALL}|{_LARGE}|half|third|quarter|fifth|tenth)\b")

# Words before a number that is not a result.
_SCORE = re.compile(r"\b(?:score|scale|points?)\b[^.]*$")
_SUBSTANCE = re.compile(r"\b(?:(?:strength|solution|alcohol|phenol|glycerol)\s+(?:of\s+)?|oxygen\b[^.]*)$")
_STUDY = re.compile(
    r"\b(?:trials?|stud(?:y|ies)|reviews?|series|reports?|reported|registry|survey|test)\b"
    r"(?:(?!\b(?:relief|helped|helps|works?|worked|felt|died|lost|better|worse|got|went|came|were|gone|saw|seen)\b).)*"
    r"\b(?:of|with|in|on|for|had|take|describes)\s+$",
    re.DOTALL,
)

_IN_CLINIC = "A clinic's own text cannot give results, which would have no source. Say it without the number."
_IN_DATA = "Write the result as a figure, with who, when and how."
_ON_PAGE = 'Numbers belong in data/. Quote this one: {{ figure("the fact\'s id") }}.'


def check_typed_results(passages: Iterable[Passage]) -> Iterator[Problem]:
    """No text of ours has a share, a count of people, or a duration of relief that is typed by hand."""
    for passage in passages:
        if passage.is_figure_context or passage.name == "sources":
            continue
        is_local = passage.name.startswith("clinics/")
        hint = _IN_CLINIC if is_local else _IN_DATA if passage.name else _ON_PAGE
        for offset, sentence in passage.sentences:
            for start, end, kind in sorted(_find(sentence.lower(), sourced=bool(passage.name) and not is_local)):
                message = f'"{" ".join(sentence[start:end].split())}" is {kind} that is typed by hand.'
                yield passage.problem((start, end), message, hint, offset)


def _find(sentence: str, sourced: bool) -> Iterator[tuple[int, int, str]]:
    """The start, the end, and the kind of each result in a sentence in lower case."""
    shares = []
    has_number = _ANY_NUMBER.search(sentence)  # most sentences have none
    for match in _SHARE.finditer(sentence) if has_number else ():
        before, percent = sentence[: match.start()], match["percent"]
        is_dose = percent and (float(percent.replace(",", "")) > 100 or _SUBSTANCE.search(before))
        if not is_dose and not _SCORE.search(before):
            shares.append(match)
            yield *match.span(), "a share"
    for match in _COUNT.finditer(sentence) if has_number else ():
        in_share = any(share.start() < match.end() and match.start() < share.end() for share in shares)
        if not in_share and not (sourced and _STUDY.search(sentence[: match.start()])):
            yield *match.span(), "a count of people"
    for match in _RELIEF.finditer(sentence) if "relief" in sentence or "pain" in sentence else ():
        yield *match.span(str(match.lastgroup)), "a duration of relief"
