"""Medical words, words to avoid, search terms, and claims."""

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
    """Plain words for it, which pages print after it in parentheses."""
    definition: Text
    """What it means, in one to three plain sentences."""
    say_it: Text | None = None
    """How to say it."""
    synonyms: list[Text] = []
    """Other words and forms (plurals too) that mean the same."""
    everyday: Bool = False
    """true if everybody knows the word: the glossary has it, but pages do not explain it."""
    hard_to_say: Bool = False
    """true if the word is hard to say: pages then show how to say it where they first use it."""
    serious: Bool = False
    """Only for effects: true if every harm of this kind is serious."""
    new_pain: Bool = False
    """Only for effects: true if it is new pain or an unpleasant feeling."""
    broader: Id | None = None
    """For conditions: the broader condition. For effects: the effect in whose row comparisons show it."""
    least: Level | None = None
    """Only for effects: the lowest level that a sign of it can have."""
    no_sign: Bool = False
    """Only for effects: true if nobody can notice it in time, so that it has no sign."""
    access: Literal["needle", "cut", "outside"] | None = None
    """Only for methods: what reaches the body: a needle, an open cut, or nothing that goes through the skin."""
    answer: Answer | None = None
    """What texts about it must say when they mention it, such as that you are awake."""

    @property
    def names(self) -> tuple[str, ...]:
        """The medical word and its synonyms."""
        return self.name, *self.synonyms

    @model_validator(mode="after")
    def _check_hard_to_say(self) -> Self:
        if self.hard_to_say and (self.everyday or not self.say_it):
            hint = 'Add "say_it"; or delete "hard_to_say" if everybody knows the word.'
            raise invalid('"hard_to_say: true" is for a word that pages explain, and needs "say_it".', hint)
        return self


class Wording(Record):
    """Words that this site does not use."""

    avoid: list[Text] = Field(min_length=1)
    """The words, in each of their forms, and phrases, in which * means one to four words."""
    say: Text
    """What to write instead."""
    why: Text
    """The reason, as words that follow "because"."""
    allow: list[Text] = []
    """Phrases in which the words are allowed."""
    unless: list[Text] = []
    """The words are also allowed if the sentence, or the text before it, has one of these."""
    not_in_figures: Bool = False
    """true if `who`, `when`, `how`, and `counted` of a figure can use them, as the source does."""
    not_in_data: Bool = False
    """true if all texts with sources can use them, and only hand-written pages and templates cannot."""


class SearchTerms(Record):
    """What people type when they search for one thing, in their words and ours, and the section that answers."""

    words: list[Text] = Field(min_length=1)
    """Words and phrases that mean the same: a search for one of them finds all."""
    at: Text | None = None
    """The section of a procedure that answers, or the sign: its anchor on the page, such as harms or driving."""


class Claim(Record):
    """Something that people read about these procedures, checked against the facts."""

    claim: Text
    """The claim as people make it."""
    verdict: Literal["supported", "partly", "not-supported"]
    """What the facts say about it."""
    says: Text
    """What the evidence supports, in plain words."""
    facts: list[Text] = Field(min_length=1)
    """Ids of the facts that say so."""
