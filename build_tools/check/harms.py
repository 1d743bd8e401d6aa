"""Rules for harms and signs of danger."""

from __future__ import annotations

from datetime import date

from build_tools.load.facts import Facts
from build_tools.load.reading import Steps
from build_tools.records.problems import Problem, Problems, choices
from build_tools.records.procedure import Harm
from build_tools.records.signs import CHILD, IMPLIED, LEVELS

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


# Signs of danger


def implied_situations_are_not_listed(facts: Facts, today: date) -> Problems:
    """No procedure lists a situation that holds for every page by itself."""
    for key, procedure in facts.procedures.items():
        for position, id in enumerate(procedure.situations):
            if id in IMPLIED:
                message = f'"{id}" is not listed by procedures.'
                hint = "Delete it: it holds for every page by itself."
                yield Problem(facts.place(f"procedures/{key}", "situations", position), message, hint)


def signs_fit_their_page(facts: Facts, today: date) -> Problems:
    """A page shows an emergency, in words for its readers; its harms and notes name only signs that it shows."""
    for id, procedure in facts.procedures.items() if "signs" not in facts.broken else ():
        shown = facts.signs_of(id)
        named: list[tuple[Steps, str]] = [(("signs", key), key) for key in procedure.signs]
        named += [
            (("harms", key, "signs", position), sign)
            for key, harm in procedure.harms.items()
            for position, sign in enumerate(harm.signs)
        ]
        for steps, sign in named:
            if sign not in shown:
                known = facts.signs.get(sign)
                wanted = f'Add one of "{", ".join(known.shown_for)}" to the situations' if known else ""
                yield Problem(
                    facts.place(f"procedures/{id}", *steps),
                    f'This page shows no sign called "{sign}".',
                    f"{wanted}, or name another sign."
                    if known
                    else choices({id: one.brief for id, one in shown.items()}, "data/signs.yml"),
                )
        if not any(sign.level == "emergency" for sign in shown.values()):
            hint = "Add the situations of this procedure; data/situations.yml lists them."
            yield Problem(facts.place(f"procedures/{id}", "situations"), "This page shows no emergency.", hint)
        for key, record in shown.items():
            if facts.for_child(id) and not record.child:
                message = f'The page "{id}" is about a child, and this sign has no words for that.'
                hint = 'Add "child": what a parent would notice, as words that follow "if".'
                yield Problem(facts.place("signs", key), message, hint)


def harms_have_signs(facts: Facts, today: date) -> Problems:
    """A serious harm has a sign unless nobody can notice it in time, and one is as urgent as the harm."""
    for id, fact in facts.each(Harm):
        effect = facts.vocabulary["effects"].get(fact.effect)
        if not effect or "signs" in facts.broken:
            continue
        shown = facts.signs_of(id.split(".")[0])
        levels = [LEVELS.index(shown[sign].level) for sign in fact.signs if sign in shown]
        if fact.serious and not fact.signs and not effect.no_sign:
            fitting = [sign for sign, record in shown.items() if fact.effect in record.effects]
            yield Problem(
                facts.place_of(id),
                f'"{effect.plain}" is serious here, and names no sign of danger.',
                f'Add "signs: [{", ".join(fitting or ["the id of a sign"])}]", or write "no_sign: true" at '
                f'"{fact.effect}" in data/vocabulary/effects.yml if nobody can notice it in time.',
            )
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
            yield Problem(facts.place(f"procedures/{id}", "situations"), message, "Add it here.")
