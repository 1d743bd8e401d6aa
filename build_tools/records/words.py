"""Medical words, words to avoid, and claims."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from build_tools.records.base import Bool, Id, Record, Text, invalid
from build_tools.records.signs import Answer, Level


class Term(Record):
    """A medical word: how to say it in plain words, and what it means."""

    name: Text
    """The medical word."""
    plain: Text
    """Plain words that can stand beside it in brackets."""
    definition: Text
    """What it means, in one to three plain sentences."""
    say_it: Text | None = None
    """How to say it."""
    synonyms: list[Text] = []
    """Other words and forms (plurals too) that mean the same."""
    everyday: Bool = False
    """true if everybody knows the word: it is in the glossary, and texts need not explain it."""
    hard_to_say: Bool = False
    """true if the word is hard to say: pages then say how, where they first use it."""
    serious: Bool = False
    """Only for effects: true if every harm of this kind is serious."""
    new_pain: Bool = False
    """Only for effects: true if it is new pain or an unpleasant feeling."""
    broader: Id | None = None
    """The condition of which this one is a kind; for effects, the one with which it shares a row."""
    least: Level | None = None
    """Only for effects: how urgent a sign of it is at least."""
    no_sign: Bool = False
    """Only for effects: true if nobody can notice it in time, so that it has no sign."""
    access: Literal["needle", "cut", "outside"] | None = None
    """Only for methods: what reaches the body: a needle, an open cut, or nothing that goes through the skin."""
    answer: Answer | None = None
    """What texts about it must say, if they say anything of it, such as that you are awake."""

    @property
    def names(self) -> tuple[str, ...]:
        """Its medical word and all that means the same."""
        return self.name, *self.synonyms

    @model_validator(mode="after")
    def _hard_words_can_be_said(self) -> Self:
        if self.hard_to_say and (self.everyday or not self.say_it):
            hint = 'Add "say_it"; or delete "hard_to_say" if everybody knows the word.'
            raise invalid('"hard_to_say: true" is for a word that is explained, and says how to say it.', hint)
        return self


class Wording(Record):
    """Words that this site does not use."""

    avoid: list[Text] = Field(min_length=1)
    """The words and phrases, each form of a word; in a phrase * stands for one to four words."""
    say: Text
    """What to write instead."""
    why: Text
    """The reason, as words that follow "because"."""
    allow: list[Text] = []
    """Phrases in which the words may stand."""
    unless: list[Text] = []
    """Who may say them: words, one of which the sentence or the text before it has."""
    not_in_figures: Bool = False
    """true if who, when, how and what was counted may use them, as the source prints it."""
    not_in_data: Bool = False
    """true if all texts with sources may use them, and only pages of words and templates may not."""


class Typed(Record):
    """What people type when they look for one thing, in their words and in ours, and the section that answers."""

    words: list[Text] = Field(min_length=1)
    """Words and phrases that mean the same: a search for one of them finds all."""
    at: Text | None = None
    """The section of a procedure that answers, or the sign: its anchor on the page, such as harms or driving."""


class Claim(Record):
    """Something that people read about these procedures, checked against the facts."""

    claim: Text
    """The claim as it is made."""
    verdict: Literal["supported", "partly", "not-supported"]
    """What the facts say about it."""
    says: Text
    """What the evidence supports, in plain words."""
    facts: list[Text] = Field(min_length=1)
    """Ids of the facts that say so."""
