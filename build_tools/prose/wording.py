"""Checks of words: spelling in US English, words that this site avoids, typed results, unsupported mentions.

They read every text an editor writes: the texts in data/ and the pages in content/.
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
from build_tools.records.words import Wording

_WORD = re.compile(r"[A-Za-zÀ-ÿ]+(?:['’][a-z]+)?")
_ADDRESS = re.compile(r"https?://\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:org|com|net|nl|uk|html)\b")
_DOT_INSIDE = re.compile(r"\.\w|://")
_ID = re.compile(r"\b[a-z0-9]+(?:-[a-z0-9]+)+\b")
_QUOTED = r"“[^”]*”|\"[^\"]*\""

TYPED_NUMBER, MENTION, INSTRUCTION = "typed-number", "mention", "instruction"
"""The rules that an exception can name, besides the entries of data/wording.yml."""


def check_words(facts: Facts, data: Path, content: Path, today: date) -> list[Problem]:
    """Problems in the words of data texts and hand-written pages, and in the exceptions that stand beside them."""
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
    allowed, listed, unreadable = _allowed(facts, data)
    problems = [
        *unreadable,
        *check_style(passages),
        *check_calls(passages),
        *apply(find_suppressions(facts, content), findings, rules, today, complete=not facts.broken),
    ]
    if unreadable or any(name.startswith(("vocabulary/", "sources")) for name in facts.broken):
        return problems  # which words are right is not known until those files are fixed
    used, right = set[str](), set[str]()
    for passage in passages:
        if "/templates/" in passage.path:
            continue  # their names of formats and programs are no words of the data
        if not passage.name.startswith("clinics/"):
            problems += _spelling(passage, allowed, used, right, facts.sources, _SPELLED_IN)
        elif passage.name not in facts.broken:  # which words are right there is not known until the file is fixed
            clinic = facts.clinics[passage.name.split("/")[1]]
            own = {word.lower() for text in clinic.spelling for word in _WORD.findall(text)}
            problems += _spelling(passage, allowed | own, used, set(), facts.sources, _SPELLED_HERE)
    for word, place in listed.items():
        if word not in used and not facts.broken:
            problems.append(Problem(place, f'No text uses "{word}" any more.', "Delete the line."))
    return problems


@cache
def _dictionary() -> Any:
    return Hunspell("en_US")


@lru_cache(maxsize=20_000)
def _is_spelled(word: str) -> bool:
    return bool(_dictionary().spell(word))


def _allowed(facts: Facts, data: Path) -> tuple[set[str], dict[str, Place], list[Problem]]:
    """Words that are right though the dictionary lacks them: medical words, and names in data/spelling.txt."""
    words = {part.lower() for _, term in facts.terms() for name in term.names for part in _WORD.findall(name)}
    file, shown = data / "spelling.txt", f"{data.name}/spelling.txt"
    text, problems = read_text(file, shown) if file.is_file() else ("", [])
    lines = ((number, line.partition("#")[0].strip()) for number, line in enumerate(text.splitlines(), 1))
    listed = {word: Place(shown, number) for number, word in lines if word}
    return words | {word.lower() for word in listed}, listed, problems


_IS_MEDICAL = re.compile(
    r"^(?![IVX]+$)[A-Z]{2,}$|.(?:algia|ectomy|esthesia|genic|itis|opathy|otomy|paresis|plegia|rrhage|tactic|tropic|uria)s?$"
)
"""Abbreviations, and endings of medical words: a dictionary knows more of them than readers do."""


_SPELLED_IN = (
    "Correct it, or choose a word that everybody knows. A medical word is explained in data/vocabulary/; a name, "
    "such as that of a medicine, is listed in data/spelling.txt."
)
_SPELLED_HERE = 'Correct it, or if it is right, add it to the list "spelling" of this file.'


def _spelling(
    passage: Passage, allowed: set[str], used: set[str], right: set[str], ids: Container[str], hint: str
) -> Iterator[Problem]:
    """Every word is in the US English dictionary, in the glossary, or in a list of right spellings.

    Words that were found `right` need not be looked up again; nearly all words of a text were met before.
    """
    text = passage.text
    as_printed = passage.is_of_a_figure or passage.name.startswith(("sources", "clinics"))
    prose = _ADDRESS.sub("", text) if _DOT_INSIDE.search(text) else text
    if "-" in prose:
        prose = _ID.sub(lambda found: "" if found.group() in ids else found.group(), prose)
    for written in _WORD.findall(prose):
        if written in right:
            continue
        word = written.replace("’", "'")
        bare = word.removesuffix("'s")
        is_medical = bool(_IS_MEDICAL.search(bare))
        if not (is_medical and as_printed):
            right.add(written)
        if bare.lower() in allowed:
            used.update((bare, bare.lower()))
        elif (is_medical and not as_printed) or not (_is_spelled(word) or _is_spelled(bare)):
            unknown = "a word that few readers know" if is_medical else "not in the US English dictionary"
            start = text.index(written)
            yield passage.problem((start, start + len(written)), f'"{bare}" is {unknown}.', hint)


def check_wording(passages: Iterable[Passage], wordings: Mapping[str, Wording]) -> Iterator[tuple[str, Problem]]:
    """No text uses a word that data/wording.yml tells to avoid; quotations may (R-04, R-05, R-18, PL-5, PL-6)."""
    phrases = {" ".join(phrase.lower().split()): key for key, one in wordings.items() for phrase in one.avoid}
    pattern = re.compile(rf"(?<![\w-]){match_any(phrases, _in_phrase)}(?![\w-])")
    allowed = match_any({phrase.lower() for wording in wordings.values() for phrase in wording.allow}, _in_phrase)
    exempt = re.compile(rf"{_QUOTED}|\b{allowed}\b")
    for passage in passages:
        text = passage.text.lower()
        if not pattern.search(text) or passage.steps[-1:] == ("name",):  # the medical word itself
            continue
        text = exempt.sub(lambda found: " " * len(found.group()), text)
        for found in pattern.finditer(text):
            key = _key_of(found.group(), phrases)
            wording = wordings[key]
            if (wording.not_in_figures and passage.is_of_a_figure) or (wording.not_in_data and passage.name):
                continue
            if wording.unless and (passage.name == "sources" or _says_who(wording, passage, found.start())):
                continue
            written = " ".join(passage.text[slice(*found.span())].split())
            message = f'"{written}" is a word that this site avoids: {wording.why}'
            yield key, passage.problem(found.span(), message, f"Say: {wording.say}")


def _says_who(wording: Wording, passage: Passage, start: int) -> bool:
    """Whether the sentence, or the text before it, names one of those who may say it."""
    end = next((at + len(said) for at, said in passage.sentences if start < at + len(said)), len(passage.text))
    return bool(_one_of(tuple(wording.unless)).search(passage.text[:end]))


@lru_cache
def _one_of(phrases: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\b{match_any(phrases, _in_phrase)}\b", re.IGNORECASE)


_STAFF = r"(?:doctor|surgeon|nurse|specialist|therapist|pharmacist|radiographer)s?"
_STYLE = (
    (
        re.compile(rf"\b{_STAFF}\b[^.?!]*\b(?:he|she|his|hers?|him)\b"),
        "makes one of the staff a man or a woman.",
        'Say "they", or name what they do.',
    ),
    (re.compile(r"\b((?!had|that)\w+) \1\b"), "stands twice.", "Delete one of the two."),
)


def check_style(passages: Iterable[Passage]) -> Iterator[Problem]:
    """No text says "he" or "she" of staff, and no word stands twice in a row."""
    for passage in passages:
        text = passage.text.lower()
        for pattern, message, hint in _STYLE if passage.name not in ("sources", "helplines") else ():
            for found in pattern.finditer(text):
                written = passage.text[slice(*found.span())]
                yield passage.problem(found.span(), f'"{written}" {message}', hint)


_NUMBER = r"\b(?:call|dial|ring|phone|text)\b[^.;]{0,40}?\b(?:000|11[0-289]|9-?1-?1|988|99[59])\b"
_AMBULANCE = r"\b(?:call|dial|ring|phone) (?:for )?(?:an|the) ambulance\b|\bemergency (?:phone )?numbers?\b"
_CALL_ON_A_PAGE = (
    re.compile(_NUMBER, re.IGNORECASE),
    "is right in some countries only.",
    "Write {{ emergency_number() }} in its place.",
)
_CALL_IN_DATA = (
    re.compile(f"{_NUMBER}|{_AMBULANCE}", re.IGNORECASE),
    "says whom to call in an emergency, and that depends on where the reader is.",
    "Delete it: data/signs.yml says how urgent a sign is, and the page writes the number from that.",
)
_MAY_CALL = re.compile(r"\d-?\d|ambulance|emergency")
_ABOUT_PROCEDURES = ("procedures", "comparisons", "signs", "helplines")


def check_calls(passages: Iterable[Passage]) -> Iterator[Problem]:
    """No page, and no text in data/ about a procedure, says which number to call in an emergency."""
    for passage in passages:
        kind, steps = passage.name.partition("/")[0], passage.steps
        about = kind in _ABOUT_PROCEDURES or (kind == "clinics" and steps[0] == "procedures")
        if (kind and not about) or "judgement" in steps or not _MAY_CALL.search(passage.text.lower()):
            continue
        pattern, message, hint = _CALL_IN_DATA if kind else _CALL_ON_A_PAGE
        for found in pattern.finditer(passage.text):
            yield passage.problem(found.span(), f'"{found.group()}" {message}', hint)


_MEDICINE = (
    r"(?:medicines?|medications?|tablets?|pills?|drugs?|doses?|blood[- ]thinners?|painkillers?|opioids?|insulin"
    r"|aspirin|ibuprofen|heparin|warfarin|anti-inflammator(?:y|ies)|carbamazepine|gabapentin|metformin)"
)
_IS_OF_MEDICINE = re.compile(rf"{_MEDICINE}|on your own|by yourself")
"""What small letters hold that are about a medicine: all others need no closer look."""
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
_WHO_DECIDES = re.compile(
    rf"\b(?:on your own|by yourself)\b|\b{_TEAM}\b[^.?!]*\b(?:tells?|says?|decides?|agrees?)\b"
    rf"|\b(?:asks?|with|only|unless)\b[^.?!]*\b{_TEAM}\b",
    re.IGNORECASE,
)


def check_instructions(passages: Iterable[Passage]) -> Iterator[Problem]:
    """No text tells anyone to stop or leave out a medicine unless it says who decides: alone, that can harm."""
    for passage in passages:
        if passage.is_of_a_figure or passage.name == "sources" or not _IS_OF_MEDICINE.search(passage.text.lower()):
            continue
        text = "" if passage.name.startswith("clinics/") else passage.text
        for offset, sentence in passage.sentences:
            if not _IS_OF_MEDICINE.search(sentence.lower()):
                continue
            alone = _ON_YOUR_OWN.search(sentence)
            bare = None if sentence.endswith("?") else _BARE_INSTRUCTION.search(sentence)
            if found := alone or (bare if not _WHO_DECIDES.search(text or sentence) else None):
                written = " ".join(found.group().split())
                message = f'"{written}" is an instruction about a medicine that does not say who decides.'
                hint = "Add, for example: your team will tell you when; or: do not do this on your own."
                yield passage.problem(found.span(), message, hint, offset)


@cache
def _in_phrase(letter: str) -> str:
    """A pattern for a letter of a phrase: a space is white space, * one to four words, ~ the rest of a word."""
    return {" ": r"\s+", "~": r"[\w]*", "*": r"[\w'’-]+(?:\s+[\w'’-]+){0,3}?"}.get(letter) or re.escape(letter)


def _key_of(found: str, phrases: Mapping[str, str]) -> str:
    """The entry whose phrase was found; of several the longest."""
    words = " ".join(found.split())
    if words in phrases:
        return phrases[words]
    wild = (phrase for phrase in phrases if {*phrase} & {"*", "~"})
    fitting = (phrase for phrase in wild if re.fullmatch("".join(map(_in_phrase, phrase)), words))
    return phrases[max(fitting, key=len)]
