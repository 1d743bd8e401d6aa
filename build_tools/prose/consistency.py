"""Texts against the data: awake or asleep, for good or not, which side, which level, whether it is against it.

The vocabulary gives each word its `answer`, and `ANSWERS` the ways in which texts give it. A sentence that gives
only another answer than what it is about is a problem. Exceptions from it are called `contradiction`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from build_tools.load.certainty import FEW_PEOPLE, MANY_MISSING
from build_tools.load.facts import Facts
from build_tools.model.short_page import list_refs
from build_tools.prose.prose import Passage
from build_tools.records.entries import SCALED
from build_tools.records.problems import Problem
from build_tools.records.procedure import Anesthesia, Imaging, Procedure, Target
from build_tools.records.sections import VOCABULARY_OF_FIELD
from build_tools.records.short import Comparison

CONTRADICTION = "contradiction"
"""The rule's name in exceptions."""

_NERVE = r"(?:nerves?|nerve roots?|nerve tissue|roots?|spinal cord)"
_ANSWERS: dict[str, dict[str, str]] = {
    "awake or asleep": {"awake": r"\bawake\b", "asleep": r"\basleep\b|\byou sleep\b"},
    "can it be undone": {
        "for-good": r"\b(?:cannot be undone|no way to undo|permanent)\b",
        "undone": r"(?<!not )(?<!what )\bcan be (?:undone|reversed)\b|\b(?:reversible|temporary)\b|^Yes\.?$",
    },
    "is nerve tissue destroyed": {
        "destroys": r"(?<!not )(?<!nor )\bdestroys? (?!no)"
        rf"|(?<!no )\b(?:the|a) {_NERVE} (?:is|are) (?:destroyed|damaged|cut)\b",
        "spares": rf"\bno (?:\w+ of the )?{_NERVE} [^.,;]*?(?:destroyed|damaged|cut)\b"
        r"|\b(?:destroys?|damages?|cuts?) no\b|\bnone of [^.,;]*\bdestroys?\b",
    },
    "where it is done": {
        "opposite": r"\bopposite\b|\bother side\b",
        "same-side": r"\bsame side\b"
        r"|\b(?:needle|treat\w*|goes in|done|numbed)\b[^.]*\b(?:painful side|side of the pain)\b",
    },
    "which side": {
        "painful-side": r"\b(?:painful side|side of the pain|same side|opposite the needle)\b",
        "needle-side": r"\b(?:side of the (?:needle|cut)|needle side|opposite the pain|on the other side)\b",
    },
    "the same side or the other": {"other-side": r"\bother side\b", "same-side-again": r"\bsame side\b"},
    "one side or both": {
        "one-side": r"\b(?:one side|one-sided|unilateral|right side or the left side)\b",
        "both-sides": r"\b(?:both sides|two-sided|bilateral)\b",
    },
    "high or low in the neck": {
        "upper-neck": r"\b(?:high in the neck|upper neck|C[1-3])\b|\bfirst and second neck bones\b",
        "lower-neck": r"\b(?:low in the neck|lower neck|C[4-8])\b"
        r"|\b(?:four|fif|six|seven)th\b[^.]{,20} neck bones?\b",
    },
    "with X-rays": {"x-rays": r"(?<!no )(?<!without )\bX-rays?\b", "no-x-rays": r"\b(?:no|without) X-rays?\b"},
    "for it or against it": {
        "against": r"(?<!need )\b(?:not|no|cannot|never)\b",
        "for": r"\bsuits\b|\bsays? yes\b|\bneed not\b|^You can\b",
    },
}
ANSWERS = {
    question: {answer: re.compile(words, re.IGNORECASE) for answer, words in answers.items()}
    for question, answers in _ANSWERS.items()
}
"""By question, each answer with the ways in which texts give it."""
_QUESTION = {answer: question for question, answers in ANSWERS.items() for answer in answers}


def find_contradiction(text: str, answer: str) -> re.Match[str] | None:
    """Where a text gives only another answer than this one to the same question."""
    words = ANSWERS[_QUESTION[answer]]
    others = [found for other, pattern in words.items() if other != answer for found in pattern.finditer(text)]
    own = [found for found in words[answer].finditer(text) if others]
    if any(all(found.end() <= o.start() or o.end() <= found.start() for o in others) for found in own):
        return None
    return others[0] if others else None


def check_consistency(facts: Facts, passages: Iterable[Passage]) -> Iterator[Problem]:
    """No text gives another answer than the word that its entry names, or the procedures that it is about."""
    if facts.broken:
        return  # what is about what is not known until those files are fixed
    about = _Subjects(facts)
    for passage in passages:
        skipped = passage.name == "sources" or {"not_known", "judgement"} & {*passage.steps}
        if skipped or passage.text.endswith("?") or not _MAY_SAY.search(passage.text.lower()):
            continue
        if (parts := _COMPLEMENT.search(passage.text)) and int(parts[1]) + int(parts[2]) != 100:
            message = f"{parts[1]} and {parts[2]} do not make 100."
            yield passage.problem(parts.span(2), message, "Add them up.")
        of_word = about.word(passage)
        for offset, sentence in passage.sentences:
            if not _MAY_SAY.search(sentence.lower()):
                continue
            answers = [of_word, *about.procedures(passage, sentence)]
            clashes = (
                (other, answer) for answer in answers if answer and (other := find_contradiction(sentence, answer))
            )
            found = [(*one, "Look it up in the source.") for one in _inside(sentence)]
            for other, answer in islice(clashes, 1):
                message = f'contradicts the data, which say "{answer}" here.'
                hint = "Look it up in the source. If the text is right, the entry names the wrong word."
                found.append((other, message, hint))
            for said, message, hint in found:
                yield passage.problem(said.span(), f'"{said.group().strip()}" {message}', hint, offset)


_MAY_SAY = re.compile(
    r"awake|sleep|undo|perman|revers|tempor|destroy|damag|cut|side|opposite|neck|lateral|x-ray"
    r"|on the (?:right|left)|c[1-8]|suits|yes|need not|you can|out of 100|groups of|fewer than"
)
"""What a text holds that gives any of these answers: nearly all others need no closer look."""

_LEVEL = "high or low in the neck"
_RIGHT_OR_LEFT = re.compile(r"\b(?:on|or) the (right|left)\b(?! (?:place|spot|level|track)\b)", re.IGNORECASE)
_LEVELS = re.compile(
    r"\b(?:high|upper)\b[^.(]*\bneck\b[^.(]*\((C[4-8])|\blow(?:er)?\b[^.(]*\bneck\b[^.(]*\((C[1-3])", re.IGNORECASE
)


_COMPLEMENT = re.compile(r"\b(\d+) out of 100 people\b.*\bother (\d+)\b", re.DOTALL)
_LIMITS = (
    (re.compile(r"\bgroups of (\d+) or more\b"), SCALED),
    (re.compile(r"\bfewer than (\d+) people\b"), FEW_PEOPLE),
    (re.compile(r"\b(\d+) or more out of 100 people are missing\b"), MANY_MISSING),
)
"""Limits that pages name, and their values in the code."""


def _inside(sentence: str) -> Iterator[tuple[re.Match[str], str]]:
    """What a sentence about sides or levels contradicts by itself, whatever it is about."""
    sides = list(_RIGHT_OR_LEFT.finditer(sentence))
    if sides and len({found[1].lower() for found in sides}) == 1:
        yield sides[-1], "names one side only: an example of sides names the right and the left."
    if found := _LEVELS.search(sentence):
        yield found, "names two places: C1 to C3 are high in the neck, C4 to C8 are lower."
    for pattern, number in _LIMITS:
        if (found := pattern.search(sentence)) and int(found[1]) != number:
            yield found, f"is another limit than the one by which pages are made, {number}."


class _Subjects:
    """What a text is about, and the answers that the data give for it."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._terms = dict(facts.terms())
        self._names = {id: re.escape(p.names.name.lower()) for id, p in facts.procedures.items()}
        self._answers = {id: self._of_procedure(p) for id, p in facts.procedures.items()}

    def word(self, passage: Passage) -> str | None:
        """The answer of the vocabulary's word that a text explains, or that its entry names."""
        folder, _, id = passage.name.partition("/")
        steps, facts = passage.steps, self._facts
        if folder == "vocabulary" and steps[-1] in ("name", "plain", "definition"):
            return facts.vocabulary[id][str(steps[0])].answer
        if folder == "signs":
            return self._of_all(facts.signs[str(steps[0])].effects)
        if folder == "comparisons" and steps[0] == "grid":
            option = facts.procedures.get(str(steps[2]))
            line = facts.comparisons[id].grid[steps[1]][str(steps[2])]  # type: ignore[index]
            harms = [option.harms.get(ref.removeprefix("harms.")) for ref in list_refs(line)] if option else []
            return self._of_all(harm.effect for harm in harms if harm)
        if folder != "procedures" or len(steps) < 3 or facts.forms_of(id):
            return None
        if steps[0] == "contraindications":
            return "against"
        if steps[0] in ("anesthesia", "methods", "indications", "harms"):
            entry = vars(getattr(facts.procedures[id], str(steps[0]))[steps[1]])
            return next((self._answer(entry[field]) for field in VOCABULARY_OF_FIELD if field in entry), None)
        return None

    def procedures(self, passage: Passage, sentence: str) -> list[str]:
        """The answers of the procedures that a sentence is about, to the questions on which they agree."""
        ids = self._about(passage, sentence.lower())
        every = [self._answers[id] for id in ids if id in self._answers]
        harm = passage.steps[:1] == ("harms",) and passage.steps[-1] != "can_be_undone"
        asked = [_LEVEL] if harm else [q for q in ANSWERS if q != _LEVEL or "variant" not in passage.text]
        found = [{answer for answers in every if (answer := answers.get(question))} for question in asked]
        quantified = len(ids) > 1 and _ALL.search(sentence)
        return [answer for answers in found if len(answers) == 1 or quantified for answer in sorted(answers)]

    def _answer(self, word: str) -> str | None:
        return self._terms[word].answer if word in self._terms else None

    def _of_all(self, words: Iterable[str]) -> str | None:
        """The answer that all words give."""
        answers = {self._answer(word) for word in words}
        return answers.pop() if len(answers) == 1 else None

    def _of_procedure(self, procedure: Procedure) -> dict[str, str | None]:
        """By question, what holds for a procedure, from its first anesthetic, its targets, and what guides it."""
        first, situations = next(iter(procedure.anesthesia.values()), None), self._facts.situations
        targets = [self._answer(one.structure) for one in procedure.targets.values() if isinstance(one, Target)]
        pictures = [one for one in procedure.imaging.values() if isinstance(one, Imaging)]
        guides = [self._answer(one.imaging) for one in pictures if one.role == "guides"]
        destroys = procedure.kind == "destroys-nerve-tissue"
        high = any(situations[key].answer for key in procedure.situations if key in situations)
        return {
            "awake or asleep": self._answer(first.anesthesia) if isinstance(first, Anesthesia) else None,
            "can it be undone": "for-good" if destroys else "undone",
            "is nerve tissue destroyed": "destroys" if destroys else "spares",
            "where it is done": "opposite" if "opposite" in targets else None,
            _LEVEL: "upper-neck" if high else None,
            "with X-rays": "x-rays" if "x-rays" in guides else None,
        }

    def _about(self, passage: Passage, sentence: str) -> list[str]:
        folder, _, id = passage.name.partition("/")
        [first, key, *_], facts = (*passage.steps, "", ""), self._facts
        if folder == "clinics":
            return [str(key)] if first == "procedures" else []
        if folder == "comparisons":
            if first == "grid":
                return [str(passage.steps[2])]
            return _named(sentence, list_aliases(facts, facts.comparisons[id])) if first != "about" else []
        if folder != "procedures":
            return _named(sentence, self._names) if folder in ("", "claims") else []
        procedure = facts.procedures[id]
        if first in ("names", "signs", "questions", "evidence"):
            return []
        if first == "other_options":
            other = procedure.other_options[str(key)].procedure
            return [other] if other else []
        if first == "harms":
            expected = procedure.harms[str(key)].weight == "expected"
            return [id] if passage.steps[-1] != "can_be_undone" or expected else []
        if not (forms := facts.forms_of(id)):
            return [id]
        labels = {form: self._names[form].split("\\")[0] for form in forms}
        for case in procedure.short.cases.values():
            label = " ".join(case.pain.partition("(")[0].lower().split()[-2:])
            labels |= {form: f"{labels[form]}|{re.escape(label)}" for form in case.forms if form in labels}
        return _named(sentence, labels) or forms


def list_aliases(facts: Facts, comparison: Comparison) -> dict[str, str]:
    """How the texts of a comparison name each option, as patterns."""
    found: dict[str, str] = {}
    for id in comparison.options:
        if procedure := facts.procedures.get(id):
            last = comparison.names.get(id, procedure.names.name).lower().split()[-1]
            names = rf"{re.escape(procedure.names.name.lower())}|{re.escape(last)}"
            found[id] = _WITHOUT if procedure.kind == "no-procedure" else names
    return found


_WITHOUT = r"without (?:a procedure|one|either)|no procedure"
_ALL_BUT = re.compile(r"\ball but\b")
_ALL = re.compile(r"\b(?:[Aa]ll|[Bb]oth|[Ee]ach|[Nn]one) (?:of|damage|destroy|but)\b")


def _named(sentence: str, names: Mapping[str, str]) -> list[str]:
    """The procedures that a sentence names by these patterns, or all but them."""
    named = [id for id, words in names.items() if words and re.search(rf"\b(?:{words})\b", sentence)]
    if _ALL_BUT.search(sentence) or (not named and _ALL.search(sentence)):
        return [id for id in names if id not in named and names[id] != _WITHOUT]
    return named
