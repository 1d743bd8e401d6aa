"""Checks of all texts in data/ and content/: US spelling, words to avoid, style, and whom to call.

`check_words` runs these and the other rules for words, with their exceptions.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from hunspell import Hunspell

from build_tools.load.facts import Facts
from build_tools.load.yaml_reader import read_text
from build_tools.prose.consistency import CONTRADICTION, check_consistency
from build_tools.prose.entity_mentions import check_entity_mentions
from build_tools.prose.glossary import match_any
from build_tools.prose.layers import MEDICAL_FACT, check_local_words
from build_tools.prose.prose import Passage, read_passages
from build_tools.prose.suppressions import apply, find_suppressions
from build_tools.prose.typed_results import check_typed_results
from build_tools.records.problems import Place, Problem
from build_tools.records.signs import EMERGENCY_NUMBER
from build_tools.records.words import Wording

_QUOTED = r"“[^”]*”|\"[^\"]*\""

TYPED_NUMBER, MENTION, INSTRUCTION = "typed-number", "mention", "instruction"
"""Rules that an exception can name, besides the entries of data/wording.yml."""


def check_words(facts: Facts, content: Path, today: date) -> list[Problem]:
    """The problems in the words of data and hand-written pages, and in their exceptions from rules."""
    passages = read_passages(facts, content)
    findings = [
        *check_wording(passages, facts.wording),
        *((TYPED_NUMBER, problem) for problem in check_typed_results(passages)),
        *((MENTION, problem) for problem in check_entity_mentions(facts, passages)),
        *((MEDICAL_FACT, problem) for problem in check_local_words(facts, passages)),
        *((INSTRUCTION, problem) for problem in check_instructions(passages)),
        *((CONTRADICTION, problem) for problem in check_consistency(facts, passages)),
    ]
    rules = {TYPED_NUMBER, MENTION, MEDICAL_FACT, INSTRUCTION, CONTRADICTION, *facts.wording}
    return [
        *check_style(passages),
        *check_calls(passages),
        *apply(find_suppressions(facts, content), findings, rules, today, complete=not facts.broken),
        *_check_spelling(facts, passages),
    ]


# Spelling

_WORD = re.compile(r"[A-Za-zÀ-ÿ]+(?:['’][a-z]+)?")
_ADDRESS = re.compile(r"https?://\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:org|com|net|nl|uk|html)\b")
_DOT_INSIDE = re.compile(r"\.\w|://")
_ID = re.compile(r"\b[a-z0-9]+(?:-[a-z0-9]+)+\b")
_IS_MEDICAL = re.compile(
    r"^(?![IVX]+$)[A-Z]{2,}$|.(?:algia|ectomy|esthesia|genic|itis|opathy|otomy|paresis|plegia|rrhage|tactic|tropic|uria)s?$"
)
"""Abbreviations, and endings of medical words: a dictionary has more of them than readers know."""
_HINT = (
    "Correct it, or choose a word that everybody knows. A medical word is explained in data/vocabulary/; a name, "
    "such as that of a medicine, is listed in data/spelling.txt."
)
_HINT_FOR_CLINIC = 'Correct it, or if it is right, add it to the list "spelling" of this file.'


def _check_spelling(facts: Facts, passages: Iterable[Passage]) -> Iterator[Problem]:
    """Every word is in the US English dictionary, the glossary, or a list of correct spellings that is used."""
    file, shown = facts.folder / "spelling.txt", f"{facts.folder.name}/spelling.txt"
    text, unreadable = read_text(file, shown) if file.is_file() else ("", [])
    yield from unreadable
    if unreadable or any(name.startswith(("vocabulary/", "sources")) for name in facts.broken):
        return  # until those files are fixed, the words that they allow are not known
    lines = ((number, line.partition("#")[0].strip()) for number, line in enumerate(text.splitlines(), 1))
    listed = {word: Place(shown, number) for number, word in lines if word}
    names = (name for _, term in facts.terms() for name in term.names)
    allowed = {word.lower() for name in names for word in _WORD.findall(name)} | {word.lower() for word in listed}
    used, checked = set[str](), set[str]()
    for passage in passages:
        if "/templates/" in passage.path:
            continue  # they name formats and programs, which are not words of the data
        if not passage.name.startswith("clinics/"):
            yield from _find_misspelled(passage, allowed, used, checked, facts.sources, _HINT)
        elif passage.name not in facts.broken:
            clinic = facts.clinics[passage.name.split("/")[1]]
            own = {word.lower() for text in clinic.spelling for word in _WORD.findall(text)}
            yield from _find_misspelled(passage, allowed | own, used, set(), facts.sources, _HINT_FOR_CLINIC)
    for word, place in listed.items():
        if word not in used and not facts.broken:
            yield Problem(place, f'No text uses "{word}" anymore.', "Delete the line.")


def _find_misspelled(
    passage: Passage, allowed: set[str], used: set[str], checked: set[str], ids: Container[str], hint: str
) -> Iterator[Problem]:
    """The misspelled words of a text, except words that were `checked` before.

    Adds the words of the text to `checked`, so that each is reported once, and the allowed ones to `used`.
    """
    text = passage.text
    as_printed = passage.is_figure_context or passage.name.startswith(("sources", "clinics"))
    prose = _ADDRESS.sub("", text) if _DOT_INSIDE.search(text) else text
    if "-" in prose:
        prose = _ID.sub(lambda match: "" if match.group() in ids else match.group(), prose)
    for written in _WORD.findall(prose):
        if written in checked:
            continue
        word = written.replace("’", "'")
        bare = word.removesuffix("'s")
        is_medical = bool(_IS_MEDICAL.search(bare))
        if not (is_medical and as_printed):
            checked.add(written)
        if bare.lower() in allowed:
            used.update((bare, bare.lower()))
        elif (is_medical and not as_printed) or not (_is_in_dictionary(word) or _is_in_dictionary(bare)):
            reason = "a word that few readers know" if is_medical else "not in the US English dictionary"
            start = text.index(written)
            yield passage.problem((start, start + len(written)), f'"{bare}" is {reason}.', hint)


@cache
def _load_dictionary() -> Any:
    return Hunspell("en_US")


@lru_cache(maxsize=20_000)
def _is_in_dictionary(word: str) -> bool:
    return bool(_load_dictionary().spell(word))


# Words to avoid


def check_wording(passages: Iterable[Passage], wordings: Mapping[str, Wording]) -> Iterator[tuple[str, Problem]]:
    """No text uses a word that data/wording.yml avoids, except in a quotation.

    Its entries follow R-04, R-05, R-10, R-18, INV-5, PL-5, and PL-6.
    """
    keys = {" ".join(phrase.lower().split()): key for key, entry in wordings.items() for phrase in entry.avoid}
    pattern = re.compile(rf"(?<![\w-]){match_any(keys, _to_pattern)}(?![\w-])")
    allowed = match_any({phrase.lower() for wording in wordings.values() for phrase in wording.allow}, _to_pattern)
    exempt = re.compile(rf"{_QUOTED}|\b{allowed}\b")
    for passage in passages:
        text = passage.text.lower()
        if not pattern.search(text) or passage.steps[-1:] == ("name",):  # the medical word itself
            continue
        text = exempt.sub(lambda match: " " * len(match.group()), text)
        for match in pattern.finditer(text):
            key = _find_key(match.group(), keys)
            wording = wordings[key]
            if (wording.not_in_figures and passage.is_figure_context) or (wording.not_in_data and passage.name):
                continue
            if wording.unless and (passage.name == "sources" or _names_speaker(wording, passage, match.start())):
                continue
            written = " ".join(passage.text[slice(*match.span())].split())
            message = f'"{written}" is a word that this site avoids: {wording.why}'
            yield key, passage.problem(match.span(), message, f"Say: {wording.say}")


def _names_speaker(wording: Wording, passage: Passage, start: int) -> bool:
    """Whether the sentence at `start`, or the text before it, names one of those who can say it."""
    ends = (offset + len(sentence) for offset, sentence in passage.sentences)
    end = next((end for end in ends if start < end), len(passage.text))
    return bool(_compile_phrases(tuple(wording.unless)).search(passage.text[:end]))


@lru_cache
def _compile_phrases(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b{match_any(phrases, _to_pattern)}\b", re.IGNORECASE)


@cache
def _to_pattern(letter: str) -> str:
    """A pattern for a letter of a phrase: a space is white space, * one to four words, ~ the end of a word."""
    return {" ": r"\s+", "~": r"[\w]*", "*": r"[\w'’-]+(?:\s+[\w'’-]+){0,3}?"}.get(letter) or re.escape(letter)


def _find_key(written: str, keys: Mapping[str, str]) -> str:
    """The entry whose phrase fits these words, and if several do, that of the longest."""
    words = " ".join(written.split())
    if words in keys:
        return keys[words]
    with_wildcards = (phrase for phrase in keys if {*phrase} & {"*", "~"})
    fitting = (phrase for phrase in with_wildcards if re.fullmatch("".join(map(_to_pattern, phrase)), words))
    return keys[max(fitting, key=len)]


# Style


_QUOTED_SENTENCE = re.compile(rf"(?:^|(?<=[.!?]\s))(?:{_QUOTED})[.!?]?(?=$|\s+[^\sa-z])")
_STAFF = r"(?:doctor|surgeon|nurse|specialist|therapist|pharmacist|radiographer)s?"
_STYLE = (
    (
        re.compile(rf"\b{_STAFF}\b[^.?!]*\b(?:he|she|his|hers?|him)\b"),
        "says that a member of staff is a man or a woman.",
        'Say "they", or repeat the name of their job.',
    ),
    (re.compile(r"\b((?!had|that)\w+) \1\b"), "repeats a word.", "Delete one of the two."),
)


def check_style(passages: Iterable[Passage]) -> Iterator[Problem]:
    """No text calls staff "he" or "she", repeats a word, quotes a whole sentence, or lacks a quotation mark."""
    for passage in passages:
        if passage.name in ("sources", "helplines"):
            continue
        for pattern, message, hint in _STYLE:
            for match in pattern.finditer(passage.text.lower()):
                written = passage.text[slice(*match.span())]
                yield passage.problem(match.span(), f'"{written}" {message}', hint)
        for match in _QUOTED_SENTENCE.finditer(passage.text):
            hint = "Delete the quotation marks, or say before them who says it: You may read: ..."
            yield passage.problem(match.span(), "A whole sentence is between quotation marks.", hint)
        for mark in ('"', "[“”„]") if passage.name else ():  # templates have an expression between the two
            spans = [match.span() for match in re.finditer(mark, passage.text)]
            if len(spans) % 2:
                hint = "Write one where the quotation begins and one where it ends, or delete this one."
                yield passage.problem(spans[-1], "This quotation mark has no partner.", hint)


# Whom to call

_NUMBER = rf"\b(?:call|dial|ring|phone|text)\b[^.;]{{0,40}}?\b(?:988|{EMERGENCY_NUMBER})\b"
_AMBULANCE = r"\b(?:call|dial|ring|phone) (?:for )?(?:an|the) ambulance\b|\bemergency (?:phone )?numbers?\b"
_CALL_ON_PAGE = (
    re.compile(_NUMBER, re.IGNORECASE),
    "is right in some countries only.",
    "Write {{ emergency_number() }} instead.",
)
_CALL_IN_DATA = (
    re.compile(f"{_NUMBER}|{_AMBULANCE}", re.IGNORECASE),
    "says whom to call in an emergency, and that depends on where the reader is.",
    "Delete it: data/signs.yml says how urgent a sign is, and the page takes the number from that.",
)
_MAY_CALL = re.compile(r"\d-?\d|ambulance|emergency")
_ABOUT_PROCEDURES = ("procedures", "comparisons", "signs", "helplines")


def check_calls(passages: Iterable[Passage]) -> Iterator[Problem]:
    """No page, and no text in data/ about a procedure, gives the number to call in an emergency."""
    for passage in passages:
        kind, steps = passage.name.partition("/")[0], passage.steps
        is_about = kind in _ABOUT_PROCEDURES or (kind == "clinics" and steps[0] == "procedures")
        if (kind and not is_about) or "judgement" in steps or not _MAY_CALL.search(passage.text.lower()):
            continue
        pattern, message, hint = _CALL_IN_DATA if kind else _CALL_ON_PAGE
        for match in pattern.finditer(passage.text):
            yield passage.problem(match.span(), f'"{match.group()}" {message}', hint)


# Instructions about medicines

_MEDICINE = (
    r"(?:medicines?|medications?|tablets?|pills?|drugs?|doses?|blood[- ]thinners?|painkillers?|opioids?|insulin"
    r"|aspirin|ibuprofen|heparin|warfarin|anti-inflammator(?:y|ies)|carbamazepine|gabapentin|metformin)"
)
_MAY_INSTRUCT = re.compile(rf"{_MEDICINE}|on your own|by yourself")
"""Words that every instruction contains: texts without one are skipped, which saves most of the time."""
_SOME = rf"(?:(?!when|if|that|people)[a-z-]+ ){{0,4}}?{_MEDICINE}"
_BARE_INSTRUCTION = re.compile(
    rf"\b{_SOME} (?:[a-z]+ )?(?:must|should|need to|has to|have to) be "
    r"(?:stopped|paused|left out|skipped|cut down)\b"
    rf"|\b(?:stop|pause|skip|quit|omit|leave out|cut down) (?:taking )?{_SOME}\b"
    rf"|(?:^|[:;] )(?:take|cut|lower|double|halve) your {_SOME}\b"
    rf"|\b(?:do not|don['’]t|never|must not|should not|cannot) take {_SOME}\b",
    re.IGNORECASE,
)
_ON_YOUR_OWN = re.compile(
    r"(?<!not )(?<!or )\b(?:stop|start|change|take) (?:it|them|this|any|(?:your|the) \w+) "
    r"(?:on your own|by yourself)\b",
    re.IGNORECASE,
)
_TEAM = r"(?:team|doctors?|nurses?|pharmacists?|surgeon|clinic|unit|prescribe[rd])"
_TEAM_DECIDES = re.compile(
    rf"\b{_TEAM}\b[^.?!]*\b(?:tells?|says?|decides?|agrees?)\b"
    rf"|\b(?:asks?|with|only|unless)\b[^.?!]*\b{_TEAM}\b",
    re.IGNORECASE,
)
_ALONE = re.compile(r"\b(?:on your own|by yourself)\b", re.IGNORECASE)
_NOT_ALONE = re.compile(rf"\b(?:not|never|don['’]t)\b[^,.;:?!]*{_ALONE.pattern}", re.IGNORECASE)
_BEFORE_ORDER = re.compile(
    r"(?:^|[,;:]\s|\b(?:and|but|then|so|please|you|you will|must|should|can|may|(?:need|has|have) to)\s)$",
    re.IGNORECASE,
)
_IS_ORDER = re.compile(r"[:;]|do not|don['’]t|never|must not|should not|cannot", re.IGNORECASE)
_TIME = re.compile(r"\b(?:hour|day|week|month)s?\b")


def _says_who_decides(text: str, sentence: str, instruction: re.Match[str]) -> bool:
    """Whether a text says that the team decides, or that nobody decides alone.

    After an order ("Stop aspirin.") only the team is enough, and in the same sentence if it gives a time: people
    obey the order and the time.
    """
    not_alone = _NOT_ALONE.finditer(sentence)
    if any(alone.start() < instruction.end() and instruction.start() < alone.end() for alone in not_alone):
        return True
    if _IS_ORDER.match(instruction.group()) or _BEFORE_ORDER.search(sentence[: instruction.start()]):
        return bool(_TEAM_DECIDES.search(sentence if _TIME.search(sentence) else text))
    return bool(_TEAM_DECIDES.search(text) or _ALONE.search(text))


def check_instructions(passages: Iterable[Passage]) -> Iterator[Problem]:
    """No text says to take, stop, or skip a medicine without saying who decides: doing so alone can harm."""
    for passage in passages:
        skipped = passage.is_figure_context or passage.name == "sources"
        if skipped or not _MAY_INSTRUCT.search(passage.text.lower()):
            continue
        text = "" if passage.name.startswith("clinics/") else passage.text
        for offset, sentence in passage.sentences:
            if not _MAY_INSTRUCT.search(sentence.lower()):
                continue
            alone = _ON_YOUR_OWN.search(sentence)
            all_bare = () if sentence.endswith("?") else _BARE_INSTRUCTION.finditer(sentence)
            bare = (match for match in all_bare if not _says_who_decides(text or sentence, sentence, match))
            if match := alone or next(bare, None):
                written = " ".join(match.group().split())
                message = f'"{written}" is an instruction about a medicine that does not say who decides.'
                hint = (
                    "Delete the instruction, or leave it to the team in the same sentence, as in: "
                    "Tell your team about this medicine; they decide if and when you stop."
                )
                yield passage.problem(match.span(), message, hint, offset)
