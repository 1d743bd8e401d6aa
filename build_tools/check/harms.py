"""Rules for harms and signs of danger."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from build_tools.load.facts import Facts
from build_tools.load.yaml_reader import Steps
from build_tools.prose.glossary import match_any
from build_tools.records.entries import Statement
from build_tools.records.problems import Problem, Problems, list_choices
from build_tools.records.procedure import Harm
from build_tools.records.signs import CHILD, IMPLIED, LEVELS, Sign

# Harms


def harms_say_how_often(facts: Facts, today: date) -> Problems:
    """Every harm says how often it happens, or that this is not known; the forms of a procedure say it for it."""
    if any(name.startswith("procedures/") for name in facts.broken):
        return  # it may be the form
    for id, harm in facts.each(Harm):
        if not harm.how_often and not facts.forms_of(id.split(".")[0]):
            hint = 'Add "how_often": figures, each with its source, or one entry with "not_known".'
            yield Problem(facts.place_of(id), "This harm does not say how often it happens.", hint)


def serious_effects_are_serious(facts: Facts, today: date) -> Problems:
    """An effect that is always serious is serious on every page (R-20)."""
    for id, harm in facts.each(Harm):
        effect = facts.vocabulary["effects"].get(harm.effect)
        if effect and effect.serious and not harm.serious:
            message = f'"{effect.name}" is always serious, and this entry says that it is not.'
            yield Problem(facts.place_of(id, "weight"), message, 'Write "weight: dangerous"; nobody may hide it.')


# Signs on pages


def implied_situations_are_not_listed(facts: Facts, today: date) -> Problems:
    """No procedure lists a situation that holds for every page by itself."""
    for id, procedure in facts.procedures.items():
        for position, situation in enumerate(procedure.situations):
            if situation in IMPLIED:
                hint = "Delete it: it holds for every page by itself."
                place = facts.place_of(id, "situations", position)
                yield Problem(place, f'"{situation}" is not listed by procedures.', hint)


def signs_fit_their_page(facts: Facts, today: date) -> Problems:
    """A page shows an emergency, in words for its readers; its harms and notes name only signs that it shows."""
    for id, procedure in facts.procedures.items() if "signs" not in facts.broken else ():
        shown = facts.signs_of(id)
        named: list[tuple[Steps, str]] = [(("signs", key), key) for key in procedure.signs]
        for key, harm in procedure.harms.items():
            named += [(("harms", key, "signs", position), sign) for position, sign in enumerate(harm.signs)]
        for steps, sign in named:
            if sign not in shown:
                hint = list_choices({id: one.brief for id, one in shown.items()}, "data/signs.yml")
                if known := facts.signs.get(sign):
                    wanted = ", ".join(known.shown_for)
                    hint = f'Add one of "{wanted}" to the situations, or name another sign.'
                yield Problem(facts.place_of(id, *steps), f'This page shows no sign called "{sign}".', hint)
        if not any(sign.level == "emergency" for sign in shown.values()):
            hint = "Add the situations of this procedure; data/situations.yml lists them."
            yield Problem(facts.place_of(id, "situations"), "This page shows no emergency.", hint)
        for key, record in shown.items() if facts.for_child(id) else ():
            if not record.child:
                message = f'The page "{id}" is about a child, and this sign has no words for that.'
                hint = 'Add "child": what a parent would notice, as words that follow "if".'
                yield Problem(facts.place("signs", key), message, hint)


def harms_have_signs(facts: Facts, today: date) -> Problems:
    """A serious harm has a sign unless nobody can notice it in time, and one is as urgent as the harm."""
    for id, fact in facts.each(Harm) if "signs" not in facts.broken else ():
        effect = facts.vocabulary["effects"].get(fact.effect)
        if not effect:
            continue
        shown = facts.signs_of(id.split(".")[0])
        levels = [LEVELS.index(shown[sign].level) for sign in fact.signs if sign in shown]
        if fact.serious and not fact.signs and not effect.no_sign:
            fitting = [sign for sign, record in shown.items() if fact.effect in record.effects]
            message = f'"{effect.plain}" is serious here, and names no sign of danger.'
            hint = (
                f'Add "signs: [{", ".join(fitting or ["the id of a sign"])}]", or write "no_sign: true" at '
                f'"{fact.effect}" in data/vocabulary/effects.yml if nobody can notice it in time.'
            )
            yield Problem(facts.place_of(id), message, hint)
        elif levels and effect.least and min(levels) > LEVELS.index(effect.least):
            message = f'A sign of "{effect.plain}" is at least "{effect.least}", and none of these is.'
            hint = "Name the sign that says so, or look up how urgent it is."
            yield Problem(facts.place_of(id, "signs"), message, hint)


def families_share_their_situations(facts: Facts, today: date) -> Problems:
    """What holds for every form of a procedure holds for the procedure."""
    for id, procedure in facts.procedures.items():
        forms = [set(facts.procedures[form].situations) for form in facts.forms_of(id)]
        for situation in sorted(set.intersection(*forms) - {CHILD, *procedure.situations} if forms else ()):
            message = f'Every form of this procedure has the situation "{situation}", and this file does not.'
            yield Problem(facts.place_of(id, "situations"), message, "Add it here.")


# Signs by themselves

_NEEDS_AMBULANCE = re.compile(
    r"\b(?:breath|stroke|sepsis|seizure|allergic|chok|harm yourself|stay awake)", re.IGNORECASE
)
_OF_ANOTHER = re.compile(r"\b(?:wake|keep|lay|hold|turn) them\b", re.IGNORECASE)
_DELAYS = re.compile(r"\blet (?:them|you) (?:sleep|rest)|(?<!not )\bwait\b", re.IGNORECASE)
_NOT_THE_CHILDS = re.compile(r"\byour (?!child|family|team)\w+")
_MEASURE = re.compile(r"\d[\d.]* (?:°[FC]|[a-z]+)")
_DEGREES = re.compile(r"(\d+(?:\.\d+)?) °F \((\d+(?:\.\d+)?) °C\)")
_CAN = re.compile(r"\b(can|cannot) ((?:be )?\w+)")


def signs_agree_with_themselves(facts: Facts, today: date) -> Problems:
    """The fields of a sign fit each other: its level, whom to call, who acts, and its short and child's words."""
    effects = {
        id: re.compile(rf"\b{match_any({name.lower() for name in (id, term.plain, *term.names)})}\b")
        for id, term in facts.vocabulary["effects"].items()
    }
    for key, sign in facts.signs.items():
        named = {id for id, names in effects.items() if names.search(sign.why.lower())}
        for field, message in _disagreements(sign, named, {*effects}):
            yield Problem(facts.place("signs", key, field), message, "Look the sign up in its sources again.")


def _disagreements(sign: Sign, named: set[str], effects: set[str]) -> Iterator[tuple[str, str]]:
    emergency = sign.level == "emergency"
    calls = _NEEDS_AMBULANCE.search(f"{sign.notice} {sign.why}") if emergency and not sign.ambulance else None
    helped = _OF_ANOTHER.search(sign.do or "") if sign.who == "you" else None
    delayed = _DELAYS.search(sign.do or "") if emergency else None
    strange = _NOT_THE_CHILDS.search(sign.child or "")
    for field, found, says in (
        ("level", calls, 'is for an ambulance, and "ambulance: true" is missing.'),
        ("who", helped, 'is for a companion, and "who" says "you".'),
        ("do", delayed, "delays help in an emergency."),
        ("child", strange, "is not of the child."),
    ):
        if found:
            yield field, f'"{found.group()}" {says}'
    if sign.crisis_lines and sign.level == "ask":
        yield "level", "What needs a crisis line cannot wait for days."
    if named and sign.effects and {*sign.effects} <= effects - named:
        yield "effects", f"The reason names {', '.join(sorted(named))}, and the effects do not."
    for field, short, text in (("brief", sign.brief, sign.notice), ("child_brief", sign.child_brief, sign.child)):
        for measure in {*_MEASURE.findall(short or "")} - {*_MEASURE.findall(text or "")}:
            yield field, f'"{measure}" is not in the sign itself.'
        if clash := _clash(short, text):
            yield field, f'"{clash}" is the opposite of what the sign itself says.'
    for field in ("notice", "brief", "child", "child_brief", "when"):
        for hot, warm in _DEGREES.findall(getattr(sign, field) or ""):
            if abs(float(hot) - (float(warm) * 1.8 + 32)) > 0.3:
                yield field, f"{hot} °F is not {warm} °C."


def _clash(short: str | None, text: str | None) -> str:
    """What a short text says can be done while the text says that it cannot, or the other way around."""
    said = {*_CAN.findall(text or "")}
    for can, act in _CAN.findall(short or ""):
        if (can, act) not in said and ({"can": "cannot", "cannot": "can"}[can], act) in said:
            return f"{can} {act}"
    return ""


def briefs_agree_with_their_fact(facts: Facts, today: date) -> Problems:
    """A brief does not say the opposite of the fact of which it is the short form."""
    for id, fact in facts.each(Statement):
        if clash := _clash(fact.brief, fact.says):
            message = f'"{clash}" is the opposite of what the fact says.'
            yield Problem(facts.place_of(id, "brief"), message, "Correct the one that is wrong.")


def effects_are_as_urgent_as_their_signs(facts: Facts, today: date) -> Problems:
    """ "least" of an effect is the level of its least urgent sign."""
    levels: dict[str, list[int]] = defaultdict(list)
    for sign in facts.signs.values():
        for effect in sign.effects:
            levels[effect].append(LEVELS.index(sign.level))
    for id, term in facts.vocabulary["effects"].items() if "signs" not in facts.broken else ():
        least = LEVELS[max(levels[id])] if id in levels else term.least
        if term.least and least != term.least:
            message = f'"{id}" is at least "{term.least}", and its least urgent sign is "{least}".'
            hint = "Look up how urgent it is, then correct the sign in data/signs.yml, or this."
            yield Problem(facts.place("vocabulary/effects", id, "least"), message, hint)
