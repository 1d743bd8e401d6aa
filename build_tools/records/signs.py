"""Signs of danger, their situations, and helplines."""

from __future__ import annotations

import re
from datetime import date
from typing import Literal, Self, get_args

from pydantic import Field, model_validator

from build_tools.records.base import Bool, Id, Phone, Phrase, Record, Text, Website, invalid
from build_tools.records.entries import Citation, Sourced

Level = Literal["emergency", "urgent", "ask"]
"""How urgent a sign can be, the most urgent first."""

LEVELS = get_args(Level)

Answer = Literal[
    "awake", "asleep", "destroys", "opposite", "painful-side", "needle-side", "other-side", "one-side",
    "both-sides", "upper-neck", "x-rays", "no-x-rays",
]  # fmt: skip
"""What the data say about a word: an answer of `consistency.ANSWERS`."""


class Situation(Record):
    """Something that brings a danger with it: a kind of treatment, a medicine, an illness."""

    says: Phrase
    """What it is, as words that follow "for", such as "a needle or a cut at the spine"."""
    answer: Answer | None = None
    """What texts of its pages must say when they mention it."""


CHILD = "child"
"""The situation of pages whose readers decide for a child."""

IMPLIED = ("every-treatment", "everyone")
"""The situations that no file lists: a treatment has both; going without a procedure has the second."""


class Sign(Sourced):
    """A sign of danger. Its level is the same on every page and decides whom pages say to call, and how fast."""

    notice: Phrase
    """What you would notice, as words that follow "if": no number to call, no instruction."""
    child: Phrase | None = None
    """The words of `notice` about "your child", for pages whose readers decide for a child."""
    brief: Phrase
    """What you would notice, in at most twelve words that follow "for" on the short page. Amounts do not count."""
    child_brief: Phrase | None = None
    """The brief about "your child", in at most twelve words. Required with `child` if `brief` says "you"."""
    level: Level
    """How urgent it is. emergency: now. urgent: the same day, at any hour. ask: within a few days."""
    ambulance: Bool = False
    """Only for an emergency: true if the sources say ambulance, not emergency department."""
    who: Literal["you", "companion"] = "you"
    """Who acts. you: the patient. companion: somebody else, because the patient could not."""
    do: Text | None = None
    """What to do besides calling, in one sentence, as a kind nurse would say it. Required for a companion."""
    why: Phrase
    """What it can be a sign of, as words that follow "Why:"."""
    when: Text | None = None
    """When it matters, or what differs, in one or two sentences."""
    crisis_lines: Bool = False
    """true if pages print the crisis lines with it."""
    effects: list[Id] = []
    """The harms that it can be a sign of: ids from data/vocabulary/effects.yml."""
    shown_for: list[Id] = Field(min_length=1)
    """The situations in which pages show it; any one is enough. Ids from data/situations.yml."""
    judgement: Text | None = None
    """For reviewers: that the level is our own cautious choice, and why."""

    @model_validator(mode="after")
    def _check_fields_for_level(self) -> Self:
        if self.ambulance and self.level != "emergency":
            hint = 'Delete "ambulance", or look up the level again.'
            raise invalid(f'An ambulance is for an emergency, and the level of this sign is "{self.level}".', hint)
        if self.who == "companion" and self.do is None:
            hint = 'Add "do": what the companion does besides calling, in one sentence.'
            raise invalid("Somebody with the patient acts on this sign, but it does not say what they do.", hint)
        if self.child_brief and not self.child:
            hint = 'Add "child": what a parent would notice.'
            raise invalid('This sign has "child_brief" but no "child".', hint)
        if self.child and not self.child_brief and re.search(r"\byou", self.brief, re.IGNORECASE):
            hint = 'Add "child_brief": the same in at most twelve words about "your child".'
            raise invalid('This sign has "child", but its "brief" speaks to the patient.', hint)
        return self


class SignHere(Record):
    """What is different about a sign on one page."""

    here: Text
    """What differs after this treatment, in one or two sentences."""
    sources: list[Citation] = []
    """Ids from data/sources.yml. Required unless `judgement` says that the words are our own."""
    judgement: Text | None = None
    """For reviewers: that these are our own cautious words, and why."""

    @model_validator(mode="after")
    def _check_reason(self) -> Self:
        if not self.sources and not self.judgement:
            hint = 'Add "sources", or say under "judgement" that the words are our own, and why.'
            raise invalid("What differs here has no source.", hint)
        return self


EMERGENCY_NUMBER = r"(?:000|11[0-289]|9-?1-?1|99[59])"
"""The numbers of ambulances and the police in most countries, as a pattern."""


class Helpline(Record):
    """Somebody to call or ask for help, with the country. Helplines are never for emergencies."""

    name: Text
    """What it is called."""
    country: Text
    """The country in which it helps, as pages print it next to the number: "United States"."""
    offers: Text
    """What it offers and when it is open, in one or two sentences without a number to call."""
    phone: Phone | None = None
    """The number as people dial it there, between quotes."""
    website: Website | None = None
    """Its website, with https:// in front."""
    crisis: Bool = False
    """true for a crisis line: pages print it with each sign that has `crisis_lines`."""
    conditions: list[Id] = []
    """For all others: whom it helps. Ids from data/vocabulary/conditions.yml; a broader one includes its kinds."""
    source: Website
    """The address of the page on which the number and the hours were read."""
    checked: date
    """The day somebody last read that page. Numbers change: at most a year ago."""

    @model_validator(mode="after")
    def _check_contact(self) -> Self:
        if not (self.phone or self.website):
            raise invalid("Nobody can reach this helpline.", 'Add "phone" or "website".')
        if re.fullmatch(EMERGENCY_NUMBER, re.sub(r"\D", "", self.phone or "")):
            hint = "Write the helpline's own number. Pages say with each sign when to call an emergency number."
            raise invalid(f'"{self.phone}" is an emergency number, and not the number of a helpline.', hint)
        if self.crisis == bool(self.conditions) or (self.crisis and not self.phone):
            message = "A helpline is either a crisis line with a number, or for people with certain conditions."
            raise invalid(message, 'Write "crisis: true" and its "phone", or list its "conditions".')
        return self
