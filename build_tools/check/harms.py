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
    """Every harm says how often it happens, or that this is not known.

    In a procedure with forms, the forms say it.
    """
    if any(name.startswith("procedures/") for name in facts.broken):
        return  # a form may be among them
    for id, harm in facts.facts_of_kind(Harm):
        if not harm.how_often and not facts.forms_of(id.split(".")[0]):
            hint = 'Add "how_often": figures, each with its source, or one entry with "not_known".'
            yield Problem(facts.place_of(id), "This harm does not say how often it happens.", hint)


def serious_effects_are_marked_serious(facts: Facts, today: date) -> Problems:
    """A harm whose effect is always serious is marked as serious on every page (R-20)."""
    for id, harm in facts.facts_of_kind(Harm):
        effect = facts.vocabulary["effects"].get(harm.effect)
        if effect and effect.serious and not harm.serious:
            message = f'"{effect.name}" is always serious, but this entry says that it is not.'
            yield Problem(facts.place_of(id, "weight"), message, 'Write "weight: dangerous"; nobody may hide it.')


# Signs on pages


def implied_situations_are_not_listed(facts: Facts, today: date) -> Problems:
    """No procedure lists a situation that applies to every page automatically."""
    for id, procedure in facts.procedures.items():
        for position, situation in enumerate(procedure.situations):
            if situation in IMPLIED:
                place = facts.place_of(id, "situations", position)
                message = f'"{situation}" applies to every page automatically.'
                yield Problem(place, message, "Delete it here.")


def signs_fit_their_page(facts: Facts, today: date) -> Problems:
    """A page shows at least one emergency, and its harms and notes name only signs that it shows.

    On a page about a child, every sign has words about a child.
    """
    for id, procedure in facts.procedures.items() if "signs" not in facts.broken else ():
        shown = facts.signs_of(id)
        named: list[tuple[Steps, str]] = [(("signs", key), key) for key in procedure.signs]
        for key, harm in procedure.harms.items():
            named += [(("harms", key, "signs", position), sign) for position, sign in enumerate(harm.signs)]
        for steps, name in named:
            if name not in shown:
                message = f'There is no sign called "{name}".'
                hint = list_choices({id: sign.brief for id, sign in shown.items()}, "data/signs.yml")
                if known := facts.signs.get(name):
                    message = f'This page does not show the sign "{name}", which is for other situations.'
                    hint = f'If one of these is true here, add it to "situations": {", ".join(known.shown_for)}.'
                yield Problem(facts.place_of(id, *steps), message, hint)
        if not any(sign.level == "emergency" for sign in shown.values()):
            hint = "Add the situations of this procedure; data/situations.yml lists them."
            yield Problem(facts.place_of(id, "situations"), "This page shows no emergency.", hint)
        for key, sign in shown.items() if facts.for_child(id) else ():
            if not sign.child:
                message = f'The page "{id}" is about a child, and this sign has no words for that.'
                hint = 'Add "child": what a parent would notice, as words that follow "if".'
                yield Problem(facts.place("signs", key), message, hint)


def harms_have_signs(facts: Facts, today: date) -> Problems:
    """A serious harm names a sign of danger, unless nobody can notice it in time.

    If a harm names signs, one of them is at least as urgent as its effect.
    """
    for id, harm in facts.facts_of_kind(Harm) if "signs" not in facts.broken else ():
        effect = facts.vocabulary["effects"].get(harm.effect)
        if not effect:
            continue
        shown = facts.signs_of(id.split(".")[0])
        levels = [LEVELS.index(shown[sign].level) for sign in harm.signs if sign in shown]
        if harm.serious and not harm.signs and not effect.no_sign:
            fitting = [key for key, sign in shown.items() if harm.effect in sign.effects]
            message = f'"{effect.plain}" is serious here, but names no sign of danger.'
            hint = (
                f'Add "signs: [{", ".join(fitting or ["the id of a sign"])}]", or write "no_sign: true" at '
                f'"{harm.effect}" in data/vocabulary/effects.yml if nobody can notice it in time.'
            )
            yield Problem(facts.place_of(id), message, hint)
        elif levels and effect.least and min(levels) > LEVELS.index(effect.least):
            message = f'"{effect.plain}" needs a sign of the level "{effect.least}" or above, and has none.'
            hint = "Name the sign that says so, or look up how urgent it is."
            yield Problem(facts.place_of(id, "signs"), message, hint)


def families_share_their_situations(facts: Facts, today: date) -> Problems:
    """A procedure has every situation that all its forms have."""
    if any(name.startswith("procedures/") for name in facts.broken):
        return  # it may be a form that lacks one
    for id, procedure in facts.procedures.items():
        forms = [set(facts.procedures[form].situations) for form in facts.forms_of(id)]
        for situation in sorted(set.intersection(*forms) - {CHILD, *procedure.situations} if forms else ()):
            message = f'Every form of this procedure has the situation "{situation}", but this file does not.'
            yield Problem(facts.place_of(id, "situations"), message, "Add it here.")


# The fields of a sign

_NEEDS_AMBULANCE = re.compile(
    r"\b(?:breath|stroke|sepsis|seizure|allergic|chok|harm yourself|stay awake)", re.IGNORECASE
)
_HELPS_SOMEBODY = re.compile(r"\b(?:wake|keep|lay|hold|turn) them\b", re.IGNORECASE)
_DELAYS = re.compile(r"\blet (?:them|you) (?:sleep|rest)|(?<!not )\bwait\b", re.IGNORECASE)
_NOT_THE_CHILDS = re.compile(r"\byour (?!child|family|team)\w+")
_MEASURE = re.compile(r"\d[\d.]* (?:°[FC]|[a-z]+)")
_DEGREES = re.compile(r"(\d+(?:\.\d+)?) °F \((\d+(?:\.\d+)?) °C\)")
_CAN = re.compile(r"\b(can|cannot) ((?:be )?\w+)")


def signs_are_consistent(facts: Facts, today: date) -> Problems:
    """The fields of a sign agree with each other.

    The level fits whom to call, "who" fits what to do, and the effects fit "why". The short words, and the words
    about a child, do not contradict the sign.
    """
    effects = {
        id: re.compile(rf"\b{match_any({name.lower() for name in (id, term.plain, *term.names)})}\b")
        for id, term in facts.vocabulary["effects"].items()
    }
    for key, sign in facts.signs.items():
        mentioned = {id for id, names in effects.items() if names.search(sign.why.lower())}
        for field, message in _find_inconsistencies(sign, mentioned, {*effects}):
            yield Problem(facts.place("signs", key, field), message, "Look the sign up in its sources again.")


def _find_inconsistencies(sign: Sign, mentioned: set[str], effects: set[str]) -> Iterator[tuple[str, str]]:
    """Each field of a sign that does not fit another, and why; `mentioned` are the effects that "why" names."""
    emergency = sign.level == "emergency"
    calls = _NEEDS_AMBULANCE.search(f"{sign.notice} {sign.why}") if emergency and not sign.ambulance else None
    helps = _HELPS_SOMEBODY.search(sign.do or "") if sign.who == "you" else None
    delays = _DELAYS.search(sign.do or "") if emergency else None
    not_the_childs = _NOT_THE_CHILDS.search(sign.child or "")
    for field, match, reason in (
        ("level", calls, 'needs an ambulance, but "ambulance: true" is missing.'),
        ("who", helps, 'is for a companion, but "who" is "you".'),
        ("do", delays, "delays help in an emergency."),
        ("child", not_the_childs, "is not about the child."),
    ):
        if match:
            yield field, f'"{match.group()}" {reason}'
    if sign.crisis_lines and sign.level == "ask":
        yield "level", "What needs a crisis line cannot wait for days."
    if mentioned and sign.effects and {*sign.effects} <= effects - mentioned:
        yield "effects", f'"why" names {", ".join(sorted(mentioned))}, but "effects" does not.'
    for field, short, text in (("brief", sign.brief, sign.notice), ("child_brief", sign.child_brief, sign.child)):
        for measure in {*_MEASURE.findall(short or "")} - {*_MEASURE.findall(text or "")}:
            yield field, f'"{measure}" is not in the sign itself.'
        if opposite := _find_opposite(short, text):
            yield field, f'"{opposite}" is the opposite of what the sign itself says.'
    for field in ("notice", "brief", "child", "child_brief", "when"):
        for fahrenheit, celsius in _DEGREES.findall(getattr(sign, field) or ""):
            if abs(float(fahrenheit) - (float(celsius) * 1.8 + 32)) > 0.3:
                yield field, f"{fahrenheit} °F is not {celsius} °C."


def _find_opposite(short: str | None, text: str | None) -> str:
    """What a short text says can be done while the text says that it cannot, or the other way around."""
    in_text = {*_CAN.findall(text or "")}
    for can, act in _CAN.findall(short or ""):
        if (can, act) not in in_text and ({"can": "cannot", "cannot": "can"}[can], act) in in_text:
            return f"{can} {act}"
    return ""


def briefs_do_not_contradict_their_fact(facts: Facts, today: date) -> Problems:
    """A brief does not say the opposite of the fact that it shortens."""
    for id, fact in facts.facts_of_kind(Statement):
        if opposite := _find_opposite(fact.brief, fact.says):
            message = f'"{opposite}" is the opposite of what the fact says.'
            yield Problem(facts.place_of(id, "brief"), message, "Correct the one that is wrong.")


def effects_are_as_urgent_as_their_signs(facts: Facts, today: date) -> Problems:
    """The level at "least" of an effect is that of its least urgent sign."""
    levels: dict[str, list[int]] = defaultdict(list)
    for sign in facts.signs.values():
        for effect in sign.effects:
            levels[effect].append(LEVELS.index(sign.level))
    for id, term in facts.vocabulary["effects"].items() if "signs" not in facts.broken else ():
        least = LEVELS[max(levels[id])] if id in levels else term.least
        if term.least and least != term.least:
            message = f'"least" of "{id}" is "{term.least}", but its least urgent sign is "{least}".'
            hint = "Look up how urgent it is, then correct the sign in data/signs.yml, or this."
            yield Problem(facts.place("vocabulary/effects", id, "least"), message, hint)
