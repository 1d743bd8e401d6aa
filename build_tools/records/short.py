"""Which facts matter most: the short page of a procedure, and a comparison."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from build_tools.records.base import Id, Keyed, Record, Ref, Text, add_a_year
from build_tools.records.entries import Statement


class Joined(Record):
    """Several facts in one sentence of the short page."""

    says: Text
    """At most 25 words. {benefits.some-key} is a figure's value, {benefits.some-key:versus} the other group's,
    {benefits.some-key:n} how many people were counted. No other digits."""
    facts: list[Ref] = []
    """Other facts that it rests on, besides those whose numbers it has."""


Line = Annotated[
    Annotated[Ref, Tag("<fact>")] | Annotated[Joined, Tag("<says>")],
    Discriminator(lambda value: "<says>" if isinstance(value, dict | Joined) else "<fact>"),
]
"""A line of the short page: a fact, whose brief is printed, or a sentence made of several."""


class Answers(Record):
    """Answers to the questions of a comparison, from facts of the procedure."""

    who: Line | None = None
    """Who it is for. If you leave it out: the first of `indications`."""
    done: Line | None = None
    """What is done. If you leave it out: the summary."""
    works: Line | None = None
    """How well it works and how long that lasts. If you leave it out: the first of `results`."""
    harms: list[Id] = Field(default=[], max_length=6)
    """Keys of harms, the most serious first. Deaths, lasting disabilities, and expected losses must be here."""
    expect: Line | None = None
    """What to expect: what happens to everybody or nearly everybody."""
    undone: Line | None = None
    """Whether it can be undone. If you leave it out: the first of `reversibility`."""
    day: Line | None = None
    """Whether you are awake, and when you go home. If you leave it out: the first of `hospital_stay`."""
    evidence: Line | None = None
    """How good the studies are. If you leave it out: the first of `evidence`."""


class Case(Answers):
    """What differs for one kind of pain."""

    pain: Text
    """That pain in at most ten words, as people who have it would say it."""
    forms: list[Id] = []
    """Procedures for that pain: names of their files."""


Asked = Literal[
    "hurts", "fails", "again", "driving", "work", "washing", "sex", "cost", "center", "opinion", "waiting",
    "company",
]  # fmt: skip

ASKED: dict[Asked, str] = {
    "hurts": "Does it hurt, and what will I feel?",
    "fails": "What if it does not work?",
    "again": "Can it be done again?",
    "driving": "When can I drive?",
    "work": "When can I work again?",
    "washing": "When can I shower or take a bath?",
    "sex": "What about sex?",
    "cost": "What does it cost, and does my insurance pay?",
    "center": "How do I find a hospital that does it?",
    "opinion": "Can I get a second opinion?",
    "waiting": "What happens if I wait?",
    "company": "Who can come with me?",
}
"""What people ask, by key. A procedure answers with facts; what it does not answer is a question to take along."""

ASKED_BY_PARENTS: dict[Asked, str] = {
    **{key: text for key, text in ASKED.items() if key not in ("driving", "sex")},
    "hurts": "Does it hurt, and what will my child feel?",
    "work": "When can my child go back to school?",
    "washing": "When can my child shower or take a bath?",
    "company": "Can I stay with my child?",
}
"""The same, on pages whose readers decide for a child."""


class Short(Answers):
    """The short page: which facts matter most, and in which order. Never type a number here."""

    lead: Text
    """What it is and for which pain, in at most twelve words."""
    other: Line | None = None
    """What other choices there are. If you leave it out: the first of `other_options`."""
    results: list[Line] = Field(default=[], max_length=3)
    """How it helped, the most important result first."""
    not_for: list[Line] = Field(default=[], max_length=3)
    """Who should not have it."""
    before: list[Line] = []
    """What happens before it."""
    during: list[Line] = []
    """What happens during treatment."""
    after: list[Line] = []
    """What happens right after it."""
    home: list[Line] = []
    """When you go home, and what happens then."""
    asked: dict[Asked, list[Line]] = {}
    """Answers to what people ask. What has no answer becomes a question to take along."""
    cases: dict[Id, Case] = {}
    """What differs for one kind of pain, below the id of a condition from data/vocabulary/conditions.yml."""


class MainMessage(Record):
    """What to remember first: how it can help and how it can harm, each in one or two sentences."""

    helps: Statement
    """How it can help: what got better, in at most 35 words, with a source of a benefit."""
    harms: Statement
    """How it can harm: what to expect and what can go wrong, in at most 35 words, with a source of a harm."""


Question = Literal["who", "done", "works", "harms", "expect", "undone", "day", "evidence"]

QUESTIONS: dict[Question, str] = {
    "who": "Who is it for?",
    "done": "What is done?",
    "works": "How well does it work, and how long does it last?",
    "harms": "What could go wrong?",
    "expect": "What should I expect?",
    "undone": "Can it be undone?",
    "day": "Will I be awake, and when do I go home?",
    "evidence": "How good are the studies?",
}
"""The questions of every comparison, by the field of `short` that answers each; what matters most comes first."""


class Weighing(Record):
    """What the facts say about one thing that may matter to a reader. It recommends no option."""

    matters: Text
    """What may matter to you, as words that follow "If it matters most to you"."""
    says: Text
    """What the facts say about it for the options."""
    facts: list[Text] = Field(min_length=1)
    """Ids of the facts that say so."""


class Comparison(Record):
    """One decision: the question, the options, and what may matter. The grid follows from the short pages."""

    title: Text
    """A short name."""
    question: Text
    """The decision, as a question."""
    about: Statement
    """The health problem that the decision is about."""
    main_message: MainMessage
    """The two things to remember: how it can help, and how it can harm."""
    facts_checked: date
    """The day the rows were last compared with the procedures' facts."""
    next_check: date = Field(default_factory=add_a_year)
    """The day by which they must be compared again: at most a year later. If you leave it out: a year later."""
    conditions: list[Id] = Field(min_length=1)
    """The conditions that it is about, from data/vocabulary/conditions.yml. No figure of another one is shown."""
    options: list[Id] = Field(min_length=2, max_length=5)
    """Ids of the options. One of them must be to have no procedure."""
    names: dict[Id, Text] = {}
    """Short names of options for the columns, in at most four words."""
    cases: dict[Id, Id] = {}
    """For an option: the case of its short page whose answers are shown here."""
    with_and_without: list[Text] = []
    """Ids of figures that count people with an option and people without it: both are shown, side by side."""
    grid: dict[Question, dict[Id, Line]] = {}
    """Answers that differ from the options' short pages, by question and option."""
    weighing: Keyed[Weighing]
    """What may matter to readers, and what the facts say about it."""
    questions: list[Text] = Field(min_length=3, max_length=7)
    """Questions to ask."""
