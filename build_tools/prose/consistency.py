"""Contradictions between texts and data: awake or asleep, permanent or not, which side, for or against.

A term of the vocabulary has an `answer`, and `ANSWERS` has the wordings that give each answer. A sentence that
gives only another answer than its subject has is a problem. Exceptions from this rule are called `contradiction`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

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
"""For each question, its answers, each with the wordings that give it."""
_QUESTION = {answer: question for question, answers in ANSWERS.items() for answer in answers}


def find_contradiction(text: str, answer: str) -> re.Match[str] | None:
    """The first wording in a text that gives another answer to the same question, if none gives this answer."""
    patterns = ANSWERS[_QUESTION[answer]]
    others = [match for other, pattern in patterns.items() if other != answer for match in pattern.finditer(text)]
    same = [match for match in patterns[answer].finditer(text) if others]
    if any(all(match.end() <= o.start() or o.end() <= match.start() for o in others) for match in same):
        return None
    return others[0] if others else None


def check_consistency(facts: Facts, passages: Iterable[Passage]) -> Iterator[Problem]:
    """No sentence contradicts the answer of its entry's word, or of the procedures that it is about."""
    if facts.broken:
        return  # until those files are fixed, the subjects of texts are not known
    subjects = _Subjects(facts)
    for passage in passages:
        skipped = passage.name == "sources" or {"not_known", "judgement"} & {*passage.steps}
        if skipped or passage.text.endswith("?") or not _MAY_ANSWER.search(passage.text.lower()):
            continue
        if (parts := _COMPLEMENT.search(passage.text)) and int(parts[1]) + int(parts[2]) != 100:
            message = f"{parts[1]} and {parts[2]} do not add up to 100."
            yield passage.problem(parts.span(2), message, _LOOK_UP)
        of_word = subjects.find_answer_of_word(passage)
        for offset, sentence in passage.sentences:
            if not _MAY_ANSWER.search(sentence.lower()):
                continue
            errors = [(match, message, _LOOK_UP) for match, message in _find_errors(sentence)]
            for answer in (of_word, *subjects.find_answers_of_procedures(passage, sentence)):
                if answer and (match := find_contradiction(sentence, answer)):
                    message = f'contradicts the data, which say "{answer}" here.'
                    errors.append(
                        (match, message, f"{_LOOK_UP} If the text is right, the entry names the wrong word.")
                    )
                    break
            for match, message, hint in errors:
                yield passage.problem(match.span(), f'"{match.group().strip()}" {message}', hint, offset)


_LOOK_UP = "Look it up in the source."


_MAY_ANSWER = re.compile(
    r"awake|sleep|undo|perman|revers|tempor|destroy|damag|cut|side|opposite|neck|lateral|x-ray"
    r"|on the (?:right|left)|c[1-8]|suits|yes|need not|you can|out of 100|groups of|fewer than"
)
"""Words that every answer contains: texts without one are skipped, which saves most of the time."""

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


def _find_errors(sentence: str) -> Iterator[tuple[re.Match[str], str]]:
    """Words about sides, levels, or limits that are wrong in any sentence."""
    sides = list(_RIGHT_OR_LEFT.finditer(sentence))
    if len({match[1].lower() for match in sides}) == 1:
        yield sides[-1], "names one side only: an example of sides names the right and the left."
    if match := _LEVELS.search(sentence):
        yield match, "names two places: C1 to C3 are high in the neck, C4 to C8 are lower."
    for pattern, limit in _LIMITS:
        if (match := pattern.search(sentence)) and int(match[1]) != limit:
            yield match, f"is not the limit that the pages use, {limit}."


class _Subjects:
    """What each text is about, and the answers that the data give for it."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts
        self._terms = dict(facts.terms())
        self._names = {id: re.escape(p.names.name.lower()) for id, p in facts.procedures.items()}
        self._answers = {id: self._find_answers(p) for id, p in facts.procedures.items()}

    def find_answer_of_word(self, passage: Passage) -> str | None:
        """The answer of the vocabulary word that a text defines, or that its entry names."""
        folder, _, id = passage.name.partition("/")
        steps, facts = passage.steps, self._facts
        if folder == "vocabulary" and steps[-1] in ("name", "plain", "definition"):
            return facts.vocabulary[id][str(steps[0])].answer
        if folder == "signs":
            return self._find_common_answer(facts.signs[str(steps[0])].effects)
        if folder == "comparisons" and steps[0] == "grid":
            option = facts.procedures.get(str(steps[2]))
            line = facts.comparisons[id].grid[steps[1]][str(steps[2])]  # type: ignore[index]
            harms = [option.harms.get(ref.removeprefix("harms.")) for ref in list_refs(line)] if option else []
            return self._find_common_answer(harm.effect for harm in harms if harm)
        if folder != "procedures" or len(steps) < 3 or facts.forms_of(id):
            return None
        if steps[0] == "contraindications":
            return "against"
        if steps[0] in ("anesthesia", "methods", "indications", "harms"):
            entry = vars(getattr(facts.procedures[id], str(steps[0]))[steps[1]])
            return next((self._get_answer(entry[field]) for field in VOCABULARY_OF_FIELD if field in entry), None)
        return None

    def find_answers_of_procedures(self, passage: Passage, sentence: str) -> list[str]:
        """The answers on which the procedures that a sentence is about agree."""
        ids = self._find_subjects(passage, sentence.lower())
        by_procedure = [self._answers[id] for id in ids if id in self._answers]
        in_harm = passage.steps[:1] == ("harms",) and passage.steps[-1] != "can_be_undone"
        questions = [_LEVEL] if in_harm else [q for q in ANSWERS if q != _LEVEL or "variant" not in passage.text]
        by_question = [{answer for answers in by_procedure if (answer := answers.get(q))} for q in questions]
        about_all = len(ids) > 1 and _ALL.search(sentence)
        return [answer for answers in by_question if len(answers) == 1 or about_all for answer in sorted(answers)]

    def _get_answer(self, word: str) -> str | None:
        return self._terms[word].answer if word in self._terms else None

    def _find_common_answer(self, words: Iterable[str]) -> str | None:
        """The answer of all words, if they have the same."""
        answers = {self._get_answer(word) for word in words}
        return answers.pop() if len(answers) == 1 else None

    def _find_answers(self, procedure: Procedure) -> dict[str, str | None]:
        """The answer to each question, from a procedure's first anesthetic, its targets, and what guides it."""
        first, situations = next(iter(procedure.anesthesia.values()), None), self._facts.situations
        targets = [self._get_answer(t.structure) for t in procedure.targets.values() if isinstance(t, Target)]
        images = [image for image in procedure.imaging.values() if isinstance(image, Imaging)]
        guides = [self._get_answer(image.imaging) for image in images if image.role == "guides"]
        destroys = procedure.kind == "destroys-nerve-tissue"
        is_high = any(situations[key].answer for key in procedure.situations if key in situations)
        return {
            "awake or asleep": self._get_answer(first.anesthesia) if isinstance(first, Anesthesia) else None,
            "can it be undone": "for-good" if destroys else "undone",
            "is nerve tissue destroyed": "destroys" if destroys else "spares",
            "where it is done": "opposite" if "opposite" in targets else None,
            _LEVEL: "upper-neck" if is_high else None,
            "with X-rays": "x-rays" if "x-rays" in guides else None,
        }

    def _find_subjects(self, passage: Passage, sentence: str) -> list[str]:
        """The procedures that a sentence in lower case is about."""
        folder, _, id = passage.name.partition("/")
        [first, key, *_], facts = (*passage.steps, "", ""), self._facts
        if folder == "clinics":
            return [str(key)] if first == "procedures" else []
        if folder == "comparisons":
            if first == "grid":
                return [str(passage.steps[2])]
            return _find_named(sentence, list_aliases(facts, facts.comparisons[id])) if first != "about" else []
        if folder != "procedures":
            return _find_named(sentence, self._names) if folder in ("", "claims") else []
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
        return _find_named(sentence, labels) or forms


def list_aliases(facts: Facts, comparison: Comparison) -> dict[str, str]:
    """For each option of a comparison, a pattern for the names that its texts use."""
    aliases: dict[str, str] = {}
    for id in comparison.options:
        if procedure := facts.procedures.get(id):
            last = comparison.names.get(id, procedure.names.name).lower().split()[-1]
            names = rf"{re.escape(procedure.names.name.lower())}|{re.escape(last)}"
            aliases[id] = _WITHOUT if procedure.kind == "no-procedure" else names
    return aliases


_WITHOUT = r"without (?:a procedure|one|either)|no procedure"
_ALL_BUT = re.compile(r"\ball but\b")
_ALL = re.compile(r"\b(?:[Aa]ll|[Bb]oth|[Ee]ach|[Nn]one) (?:of|damage|destroy|but)\b")


def _find_named(sentence: str, patterns: Mapping[str, str]) -> list[str]:
    """The procedures whose pattern fits the sentence, or after "all but", the others."""
    named = [id for id, pattern in patterns.items() if pattern and re.search(rf"\b(?:{pattern})\b", sentence)]
    if _ALL_BUT.search(sentence) or (not named and _ALL.search(sentence)):
        return [id for id in patterns if id not in named and patterns[id] != _WITHOUT]
    return named
