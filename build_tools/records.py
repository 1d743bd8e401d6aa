"""What a fact, a procedure, a comparison and a source are made of.

One definition serves the reader, the editor's schema (`python -m build_tools schema`), the field
help and the error messages. Every record is frozen and forbids fields it does not know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, NamedTuple, Self, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    GetJsonSchemaHandler,
    RootModel,
    StringConstraints,
    Tag,
    TypeAdapter,
    ValidationInfo,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

from build_tools import sections
from build_tools.problems import choices

Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1),
    AfterValidator(lambda text: " ".join(text.split())),
]
"""One flowing text: line ends in the file are spaces, so that no line of it can begin a heading."""

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{12}$")]
"""The beginning of a SHA-256: it changes when anything does that it was made of."""

T = TypeVar("T")
Keyed = Annotated[dict[Id, T], Field(min_length=1)]
"""Records by key, at least one. A key is permanent: it is part of the fact's id."""


def wrong(message: str, hint: str = "") -> PydanticCustomError:
    """An error of ours inside a record, with its hint."""
    return PydanticCustomError("fact", "{message}", {"message": message, "hint": hint})


def _is_page(text: str) -> str:
    if not _PAGE.fullmatch(text):
        raise wrong(
            f'"{text}" is not the address of a page.',
            'Write it as in "procedures/some-name.html": small letters, digits, hyphens, and .html at its end.',
        )
    return text


_PAGE = re.compile(r"([a-z0-9-]+/)*[a-z0-9]+(-[a-z0-9]+)*\.html")

PagePath = Annotated[str, AfterValidator(_is_page)]
"""The address of a page from the site's top, such as "procedures/some-name.html"."""


def _true_or_false(value: object) -> object:
    if value in ("true", "false") or isinstance(value, bool):
        return value
    raise PydanticCustomError("bool_parsing", "must be true or false")


Bool = Annotated[bool, BeforeValidator(_true_or_false)]
"""True or false, spelled so: Pydantic would also take yes, on and 1."""


class Record(BaseModel):
    """What all records share."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False)


class StudyKind(StrEnum):
    """What kind of work a source is, from the least open to bias to the most."""

    SYSTEMATIC_REVIEW = "systematic-review"
    RANDOMIZED_TRIAL = "randomized-trial"
    GUIDELINE = "guideline"
    REGISTRY = "registry"
    COHORT = "cohort"
    CASE_SERIES = "case-series"
    CASE_REPORT = "case-report"
    REVIEW = "review"
    EVIDENCE_SUMMARY = "evidence-summary"
    TEXTBOOK = "textbook"
    PATIENT_LEAFLET = "patient-leaflet"
    TRIAL_REGISTRATION = "trial-registration"
    NEWS = "news"


class Certainty(StrEnum):
    """How sure a figure is (GRADE's four levels)."""

    HIGH = "high"
    MODERATE = "moderate"
    LOW = "low"
    VERY_LOW = "very-low"


class Source(Record):
    """One publication, and what was really read of it."""

    title: Text
    """The title as printed."""
    by: Text
    """Authors (at most three, then "and others") or the body that published it."""
    year: int | None = Field(default=None, ge=1900, le=2100)
    """Year of publication; leave it out if it was not seen."""
    published_in: Text
    """Journal with volume and pages, or the publisher."""
    kind: StudyKind
    """What kind of study or text it is."""
    studies: StudyKind | None = None
    """Only for a systematic review or a guideline: the weakest kind of study behind its numbers."""
    missing: int | None = Field(default=None, ge=0, le=100)
    """How many percent of the people who began the study are missing from its results."""
    funded_by_maker: Bool | None = None
    """true if whoever makes the drug or device paid for the study."""
    doi: Annotated[str, StringConstraints(pattern=r"^10\.\d{4,9}/\S+$")] | None = None
    """The DOI without https://doi.org/ in front."""
    pmid: Annotated[str, StringConstraints(pattern=r"^\d+$")] | None = None
    """The PubMed number."""
    url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>\"]+$")] | None = None
    """Where it can be read."""
    read: Text = Field(examples=["Abstract.", "Full text.", "The whole leaflet."])
    """What was really read of it: the abstract, the full text, a page."""
    read_by: date
    """The day by which it had been read."""
    note: Text | None = None
    """Anything a reader must know about it."""

    @property
    def address(self) -> str:
        """Where readers find it."""
        pubmed = f"https://pubmed.ncbi.nlm.nih.gov/{self.pmid}/" if self.pmid else ""
        return f"https://doi.org/{self.doi}" if self.doi else pubmed or self.url or ""

    @model_validator(mode="after")
    def _only_what_joins_studies_has_them(self) -> Self:
        if self.studies and self.kind not in (StudyKind.SYSTEMATIC_REVIEW, StudyKind.GUIDELINE):
            raise wrong(
                f'A source of the kind "{self.kind}" has no "studies".',
                'Delete "studies". Only a systematic review or a guideline rests on studies that it names.',
            )
        return self

    @model_validator(mode="after")
    def _can_be_found(self) -> Self:
        if not (self.doi or self.pmid or self.url):
            raise wrong(
                "Readers cannot find this source: it has no DOI, no PubMed number and no address.",
                'Add "doi", "pmid" or "url"; for a printed book the address of its entry in a library\'s catalog.',
            )
        if self.url and not (self.doi or self.pmid) and re.fullmatch(r"https?://[^/?]+/?", self.url):
            raise wrong(
                f'"{self.url}" is the home page of a site, and no reader finds the source there.',
                'Write the address of the page that was read, or add "doi" or "pmid".',
            )
        return self


class Citation(Record):
    """A source beside a fact: its id, or the id with the place in it or with the work that it reports."""

    source: Id
    """The id of an entry in data/sources.yml."""
    at: Text | None = None
    """The place in the source: a table, a page, a section."""
    reporting: Text | None = None
    """Second-hand: the work that the source reports, when that work itself was not read."""

    @property
    def second_hand(self) -> bool:
        """Whether the source only reports the work, which was not read itself."""
        return self.reporting is not None

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        return {"source": value} if isinstance(value, str) else value

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [TypeAdapter(Id).json_schema(), handler.resolve_ref_schema(handler(core))]}


class _Sourced(Record):
    sources: list[Citation] = Field(min_length=1)
    """Ids from data/sources.yml. Second-hand: {source: id, reporting: "the work it reports"}."""


class Statement(_Sourced):
    """One thing that is known, in plain words, with its sources."""

    says: Text
    """The fact in plain words: short sentences, "you", no number typed without its source."""
    brief: Text | None = None
    """The same for the short page, in one sentence of at most 25 words. Its numbers must be in `says` too."""
    shows: Id | None = None
    """The part of a drawing that shows this, such as a needle: a `data-shows` in data/drawings/."""


Qualifier = Literal["about", "over", "under", "up-to", "at-least"]


SCALED = 100
"""The size from which a group is rendered out of 100."""


class Measured(Record):
    """A value as the source prints it. Exactly one of: count, percent, from/to, amount, before/after."""

    count: int | None = Field(default=None, ge=0, le=10_000_000_000)
    """How many (people, unless `units` says otherwise)."""
    out_of: int | None = Field(default=None, ge=1, le=10_000_000_000)
    """Out of how many."""
    percent: float | None = Field(default=None, ge=0, le=100)
    """The share in percent, where the source prints no count."""
    from_: float | None = Field(default=None, alias="from")
    """The lower end of a range: percent, or in `measure`."""
    to: float | None = None
    """The upper end of that range."""
    amount: float | None = None
    """A single amount, in `measure`."""
    before: float | None = None
    """The amount before, in `measure`."""
    after: float | None = None
    """The amount after, in `measure`."""
    qualifier: Qualifier | None = None
    """How the source qualifies its value: "over 90 percent". Nothing is computed from such a value (R-22)."""

    @model_validator(mode="after")
    def _one_value(self) -> Self:
        shapes = {
            "count": self.count is not None,
            "percent": self.percent is not None and self.count is None,
            "from and to": self.from_ is not None or self.to is not None,
            "amount": self.amount is not None,
            "before and after": self.before is not None or self.after is not None,
        }
        given = [name for name, present in shapes.items() if present]
        if len(given) != 1:
            raise wrong(
                "A figure has exactly one value; this one has "
                + (f"{len(given)}: {', '.join(given)}." if given else "none."),
                "Give count and out_of, or percent, or from and to, or amount, or before and after.",
            )
        for first, second in (("from_", "to"), ("before", "after")):
            if (getattr(self, first) is None) != (getattr(self, second) is None):
                raise wrong(f'"{first.strip("_")}" and "{second}" belong together; one is missing.', "Give both.")
        if self.count is not None and self.out_of is None:
            raise wrong(
                f'A count needs its total: "count: {self.count}" has no "out_of".',
                'Add "out_of", or give "percent" if the source prints no count.',
            )
        return self

    @property
    def share(self) -> float | None:
        """The value as a share from 0 to 1, if it is one single share."""
        if self.count is not None and self.out_of:
            return self.count / self.out_of
        return None if self.percent is None else self.percent / 100

    @property
    def scaled(self) -> bool:
        """Whether it is rendered out of 100. Smaller and unknown groups never are (standards R-21)."""
        return self.out_of is not None and self.out_of >= SCALED


class Compared(Measured):
    """The same thing in another group."""

    group: Text = Field(examples=["who had a sham", "who had glycerol"])
    """Which group it is, as words that follow "people", or the figure's units."""


class AppliesTo(Record):
    """What a figure was counted in, where that is not what its page is about."""

    says: Text = Field(examples=["After treatment of both sides", "Pain that is not from cancer"])
    """In a few words, which pages print in bold before the number."""
    condition: Id | None = None
    """The condition in which it was counted, by its id among the conditions."""
    form: Id | None = None
    """The procedure that was counted: the name of its file."""


class Figure(_Sourced, Measured):
    """One number from one study: what was counted, in whom, when, how, and how sure it is."""

    who: Text
    """In whom it was counted."""
    counted: Text
    """What was counted. For a share: what follows "12 of 50 people" and begins with its verb: "had less pain"."""
    when: Text = Field(examples=["Not stated in what was read."])
    """At what time, as the source says; "Not stated in what was read." if it does not."""
    how: Text
    """How it was found out: the kind of study, what counted as success, single or several treatments."""
    certainty: Certainty | None = None
    """How sure the figure is. Computed while reading (docs/certainty.md); write it only to rate it lower."""
    units: Text = Field(default="people", examples=["people", "procedures", "children"])
    """What was counted one by one: people, procedures, children."""
    measure: Text | None = Field(default=None, examples=["months", "days", "points on a scale from 0 to 10"])
    """The unit of an amount: "months", "points on a scale from 0 to 10"."""
    average: Literal["mean", "median"] | None = None
    """For an amount: which kind of average the source prints."""
    low: float | None = None
    """Lower end of the uncertainty (95% confidence interval), in percent or in `measure`."""
    high: float | None = None
    """Upper end of the uncertainty."""
    versus: Compared | None = None
    """The same thing in the group it was compared with."""
    n: int | None = Field(default=None, ge=1, le=10_000_000_000)
    """How many people were in the study, where the value has no "out_of"."""
    quantity: Literal["lasts", "happens-by", "score", "difference", "dose", "number-needed"] | None = None
    """What an amount is: how long something lasts, by when it happens, a score, a difference, a dose."""
    applies_to: AppliesTo | None = None
    """Must, if it was counted in another form, side, age or condition than its page is about (R-23)."""
    brief: Text | None = None
    """One sentence of at most 25 words for the short page, with {value}, {versus} or {n} and no other digit."""
    note: Text | None = None
    """A warning that belongs to the number: what it cannot tell."""

    @model_validator(mode="after")
    def _amounts_have_a_measure(self) -> Self:
        if self.measure is None and (self.amount is not None or self.before is not None):
            raise wrong("An amount needs its unit.", 'Add "measure", for example "measure: months".')
        other = self.versus
        if self.measure is None and other and (other.amount is not None or other.before is not None):
            raise wrong(
                "The figure is a share, and the one it is compared with is an amount.",
                'Give "versus" as count and out_of or percent, or add "measure".',
            )
        if self.average and self.measure is None:
            raise wrong("Only an amount has an average.", 'Delete "average".')
        return self


class HarmFigure(Figure, title="Figure"):
    """How often a harm happened. The people who did not have it are not counted out (standards R-07)."""


class NotKnown(Record):
    """Something that has no answer here, and whether anybody looked for one."""

    not_known: Text
    """What is not known, and why, in a sentence for the reader."""
    reason: Literal["searched", "not-read"]
    """searched: somebody looked for it and found nothing. not-read: what we read does not say it."""
    searched: date
    """The day on which somebody last looked or read."""


class DoesNotApply(Record):
    """Something that has no meaning for this procedure."""

    does_not_apply: Text
    """Why not, in a sentence for the reader."""


def _by_field(*fields: str) -> Discriminator:
    """Tell which record an entry is by the one of `fields` that only this record has; without them it `says`.

    Tags stand in brackets: they are part of an error's path, and no field or key is named so.
    """

    def tag_of(value: Any) -> str:
        given = value if isinstance(value, dict) else getattr(type(value), "model_fields", {})
        return next((f"<{field}>" for field in fields if field in given), "<says>")

    return Discriminator(tag_of)


_Gap = Annotated[NotKnown, Tag("<not_known>")] | Annotated[DoesNotApply, Tag("<does_not_apply>")]

Entry = Annotated[
    Annotated[Statement, Tag("<says>")] | Annotated[Figure, Tag("<counted>")] | _Gap,
    _by_field("not_known", "does_not_apply", "counted"),
]
"""A statement, a figure, "not known" or "does not apply"."""

HowOften = Annotated[
    Annotated[Statement, Tag("<says>")] | Annotated[HarmFigure, Tag("<counted>")] | _Gap,
    _by_field("not_known", "does_not_apply", "counted"),
]
"""The same for a harm."""

OrGap = Annotated[Annotated[T, Tag("<says>")] | _Gap, _by_field("not_known", "does_not_apply")]
"""A record or a text, "not known" or "does not apply"."""


class Shared(Record):
    """A statement that stands on several pages and is worded once."""

    shared: Id
    """The id of an entry in data/shared.yml, which has the words and the sources."""


UNREAD = "unread"
"""The type of an error whose cause is reported elsewhere: the shared statement itself cannot be read."""


def _with_its_words(value: Any, info: ValidationInfo) -> Any:
    """A shared statement in place of its id. In the context by id: the statement, or None if it has an error."""
    if not isinstance(value, dict) or "shared" not in value:
        return value
    if len(value) > 1:
        raise wrong(
            'An entry with "shared" has no other field.',
            "Delete the others: its words and sources stand in data/shared.yml.",
        )
    id, statements = str(value["shared"]), info.context
    if statements is not None and id not in statements:
        raise wrong(
            f'There is no shared statement called "{id}".',
            choices(dict.fromkeys(statements, ""), "data/shared.yml"),
        )
    if statements is None or statements[id] is None:
        raise PydanticCustomError(UNREAD, "The shared statement has an error of its own.")
    return statements[id]


_Written = Statement | Figure | NotKnown | DoesNotApply | Shared
SharedEntry = Annotated[Entry, BeforeValidator(_with_its_words, json_schema_input_type=_Written)]

Facts = Keyed[SharedEntry]
"""Entries by key, the most important first."""


class Target(Statement):
    """A part of the body that the procedure acts on."""

    structure: Id
    """A body structure from data/vocabulary/structures.yml."""


class Method(Statement):
    """A way of doing it."""

    method: Id
    """A method from data/vocabulary/methods.yml."""


class Imaging(Statement):
    """A kind of imaging, and what it is for."""

    imaging: Id
    """A kind of imaging from data/vocabulary/imaging.yml."""
    role: Literal["plans", "guides", "checks"]
    """What it does: plans the procedure before it, guides the needle during it, checks the result."""


class Anesthesia(Statement):
    """How awake the person is, and how pain during the procedure is prevented."""

    anesthesia: Id
    """A kind of anesthesia from data/vocabulary/anesthesia.yml."""


class Indication(Statement):
    """A condition for which the procedure may be used."""

    condition: Id
    """A condition from data/vocabulary/conditions.yml."""
    contested: Bool = False
    """true if guidelines or studies argue against it, or single reports are all there is; its words say so."""


class Harm(Statement):
    """A side effect or complication (adverse effect)."""

    effect: Id
    """An effect from data/vocabulary/effects.yml."""
    name: Text | None = None
    """What people would call it, in at most eight words: "Weakness on one side that stays"."""
    weight: Literal["expected", "dangerous", "passes", "not-seen"]
    """expected: everybody has it. dangerous: it can last, change a life or kill. not-seen: studies looked."""
    lead: Id | None = None
    """The key of the figure that speaks for it on the short page."""
    lasts: Text | None = None
    """How long it lasts, where a source says so."""
    can_be_undone: Text | None = None
    """Whether it can be undone, where a source says so."""
    what_is_done: Text | None = None
    """What is done about it, where a source says so."""
    signs: list[Id] = []
    """The signs by which you would notice it: ids from data/signs.yml, which say how urgent each is."""
    how_often: Keyed[HowOften] = {}
    """Figures by key, one for each study, or one entry with not_known. Only a procedure with forms has none."""

    @property
    def serious(self) -> bool:
        """Whether it can be permanent, life-changing or fatal. A serious harm is never hidden."""
        return self.weight != "passes"


Ref = Annotated[str, StringConstraints(pattern=r"^[a-z_]+(\.[a-z0-9_-]+)*$")]
"""A fact of the same procedure: its id without the procedure, such as "benefits.one-year"."""


class Joined(Record):
    """Facts in one sentence of the short page."""

    says: Text
    """At most 25 words. {benefits.some-key} is a figure's value, {benefits.some-key:versus} the other group's,
    {benefits.some-key:n} how many people were counted. No other digit."""
    facts: list[Ref] = []
    """Facts that it rests on besides those whose numbers it has."""


def _as_joined(value: Any) -> Any:
    return value if isinstance(value, dict) else str(value)


Line = Annotated[Ref | Joined, BeforeValidator(_as_joined)]
"""A line of the short page: a fact, whose brief is printed, or a sentence made of several."""


class Answers(Record):
    """Answers to the questions of a comparison, from facts of the procedure."""

    who: Line | None = None
    """Who it is for."""
    done: Line | None = None
    """What is done; the summary, if it is missing."""
    works: Line | None = None
    """How well it works and how long that lasts; the first of `results`, if it is missing."""
    harms: list[Id] = Field(default=[], max_length=6)
    """Keys of harms, the gravest first. Deaths, lasting disabilities and expected losses must be here (R-20)."""
    expect: Line | None = None
    """What to expect: what happens to everybody or nearly everybody."""
    undone: Line | None = None
    """Whether it can be undone."""
    day: Line | None = None
    """Whether you are awake, and when you go home."""
    evidence: Line | None = None
    """How good the studies are."""


class Case(Answers):
    """What differs for one kind of pain."""

    pain: Text
    """That pain in at most ten words, as people who have it would say."""
    forms: list[Id] = []
    """Procedures that are meant for it: names of their files."""


Asked = Literal[
    "hurts",
    "fails",
    "again",
    "driving",
    "work",
    "washing",
    "sex",
    "cost",
    "center",
    "opinion",
    "waiting",
    "company",
]

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
    **{key: ask for key, ask in ASKED.items() if key not in ("driving", "sex")},
    "hurts": "Does it hurt, and what will my child feel?",
    "work": "When can my child go back to school?",
    "washing": "When can my child shower or take a bath?",
    "company": "Can I stay with my child?",
}
"""The same, on pages whose readers decide for a child."""


class Short(Answers):
    """The short page: which facts matter most, and in which order. No number is typed here."""

    lead: Text
    """What it is and for which pain, in at most twelve words."""
    other: Line | None = None
    """What else there is."""
    results: list[Line] = Field(default=[], max_length=3)
    """What good it did, the most telling result first."""
    not_for: list[Line] = Field(default=[], max_length=3)
    """Who should not have it."""
    before: list[Line] = []
    """What happens before it."""
    during: list[Line] = []
    """What happens during treatment."""
    after: list[Line] = []
    """What happens right after it."""
    home: list[Line] = []
    """When you go home, and what comes then."""
    asked: dict[Asked, list[Line]] = {}
    """Answers to what people ask. What has no answer becomes a question to take along."""
    cases: dict[Id, Case] = {}
    """What differs for one kind of pain, by a condition from data/vocabulary/conditions.yml."""


class MainMessage(Record):
    """What to remember first: what good it can do, and what harm, each in one or two sentences."""

    helps: Statement
    """How it can help: what got better, in at most 35 words. Its source is one of those below "benefits"."""
    harms: Statement
    """How it can harm: what to expect and what can go wrong, in at most 35 words. Its source has a harm below."""


class LivingWithIt(Record):
    """What life is like with the result."""

    body: Entry
    """What your body feels and can do."""
    mind: Entry
    """Mood, worry, sleep."""
    daily_life: Entry
    """Work, family, going out."""


LEVELS = ("emergency", "urgent", "ask")
"""How urgent a sign can be, the most urgent first."""

Level = Literal["emergency", "urgent", "ask"]


Answer = Literal[
    "awake",
    "asleep",
    "destroys",
    "opposite",
    "painful-side",
    "needle-side",
    "other-side",
    "one-side",
    "both-sides",
    "upper-neck",
    "x-rays",
    "no-x-rays",
]
"""What the data say about a word, in the words of `consistency.ANSWERS`."""


class Situation(Record):
    """What brings a danger with it: a kind of treatment, a medicine, an illness."""

    says: Text
    """What it is, as words that follow "for", such as "a needle or a cut at the spine"."""
    answer: Answer | None = None
    """What texts of its pages must say, if they say anything of it."""


CHILD = "child"
"""The situation of pages whose readers decide for a child."""

IMPLIED = ("every-treatment", "everyone")
"""The situations that no procedure lists: a treatment has both, no procedure the second."""


class Sign(_Sourced):
    """A sign of danger. Its level is the same on every page, and pages say from it whom to call and how fast."""

    notice: Text
    """What you would notice, as words that follow "if": no number to call, no instruction."""
    child: Text | None = None
    """The same words about "your child", for pages whose readers decide for a child."""
    brief: Text
    """The same for the short page, in at most twelve words that follow "for". Amounts do not count."""
    child_brief: Text | None = None
    """The same in at most twelve words about "your child", where `brief` speaks to the patient."""
    level: Level
    """How urgent it is. emergency: now. urgent: the same day, at any hour. ask: within a few days."""
    ambulance: Bool = False
    """Only for an emergency: true if the sources say ambulance, and not emergency department."""
    who: Literal["you", "companion"] = "you"
    """Who acts: you, or companion: somebody with you, because you could not."""
    do: Text | None = None
    """What must be done besides calling, in one sentence, as a kind nurse says it. Must, for a companion."""
    why: Text
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
    def _fields_fit_the_level(self) -> Self:
        if self.ambulance and self.level != "emergency":
            raise wrong(
                f'An ambulance is for an emergency, and the level of this sign is "{self.level}".',
                'Delete "ambulance", or look up the level again.',
            )
        if self.who == "companion" and self.do is None:
            raise wrong(
                "Somebody with the patient acts on this sign, and it does not say what they do.",
                'Add "do": what the companion does besides calling, in one sentence.',
            )
        if self.child_brief and not self.child:
            raise wrong('This sign has "child_brief" and no "child".', 'Add "child": what a parent would notice.')
        if self.child and not self.child_brief and re.search(r"\byou", self.brief, re.IGNORECASE):
            raise wrong(
                'This sign has "child", and its "brief" speaks to the patient.',
                'Add "child_brief": the same in at most twelve words about "your child".',
            )
        return self


class SignHere(Record):
    """What differs on one page about a sign."""

    here: Text
    """What differs after this treatment, in one or two sentences."""
    sources: list[Citation] = []
    """Ids from data/sources.yml. Must, unless `judgement` says that the words are our own."""
    judgement: Text | None = None
    """For reviewers: that these are our own cautious words, and why."""

    @model_validator(mode="after")
    def _has_a_reason(self) -> Self:
        if not self.sources and not self.judgement:
            raise wrong(
                "What differs here has no source.",
                'Add "sources", or say under "judgement" that the words are our own, and why.',
            )
        return self


class OtherOption(Statement):
    """Another way of treating the same pain."""

    procedure: Id | None = None
    """The id of its page, if it has one here."""


class Names(Record):
    """What it is called, and what else is called that."""

    name: Text
    """The medical name."""
    plain: Text
    """The plain name: words that everybody knows."""
    say_it: Text
    """How to say it, in English syllables, the stressed one in capitals."""
    also_called: list[Text] = []
    """Other names and spellings that people meet or type."""
    same_name: dict[Id, Statement] = {}
    """Other things that share the name, and how they differ."""


class CodeSystem(NamedTuple):
    """A list of codes: its name, its number in health records (OID), and how the URI of a code begins."""

    name: str
    oid: str
    uri: str


CODE_SYSTEMS = {"mesh": CodeSystem("MeSH", "2.16.840.1.113883.6.177", "http://id.nlm.nih.gov/mesh/")}


class Code(Record):
    """A code by which health records and libraries name the procedure."""

    system: Literal["mesh"]
    """The list of codes: mesh, the subject headings of the US National Library of Medicine."""
    value: Annotated[str, StringConstraints(pattern=r"^D\d{6,9}$")] = Field(examples=["D000000"])
    """The code as that list prints it: for mesh the letter D and digits."""
    checked: Text
    """Where it was looked up, and when."""

    @property
    def oid(self) -> str:
        """The number of the list of codes in health records."""
        return CODE_SYSTEMS[self.system].oid

    @property
    def uri(self) -> str:
        """The address of the code's meaning."""
        return CODE_SYSTEMS[self.system].uri + self.value

    @property
    def answer(self) -> str:
        """Where the answer for health records lies in the site, without the ending of its format."""
        return f"infobutton/{self.oid}/{self.value}"


class Color(Record):
    """A color, once for each of the site's two papers."""

    light: Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
    """The color on light paper, between quotes because # begins a comment: "#0b4f5c"."""
    dark: Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")]
    """The color on dark paper, between quotes because # begins a comment: "#7cc9d6"."""


class Procedure(Record):
    """One procedure, or one form of it, or going on without one."""

    names: Names
    """What it is called."""
    part_of: Id | None = None
    """The procedure of which this one is a form."""
    codes: list[Code] = []
    """Codes that were looked up in a published list. What nobody has looked up is left out."""
    color: Color | None = None
    """The color of its pages and leaflets, and of all its forms, as in {light: "#0b4f5c", dark: "#7cc9d6"}."""
    kind: Literal["destroys-nerve-tissue", "can-be-undone", "no-procedure"]
    """What it does to nerves."""
    facts_checked: date
    """The day on which the facts in this file were last compared with their sources."""
    next_check: date
    """The day by which they must be compared again: at most a year later."""
    summary: Statement
    """What it is, in one plain sentence."""
    main_message: MainMessage
    """The two things to remember: how it can help, and how it can harm."""
    what_it_is: Facts
    """What it is, and what it is not."""
    targets: Keyed[OrGap[Target]]
    """Where it works."""
    methods: Keyed[OrGap[Method]]
    """How it is done: the ways there are."""
    imaging: Keyed[OrGap[Imaging]]
    """Imaging guidance: which pictures are used and what for."""
    anesthesia: Keyed[OrGap[Anesthesia]]
    """Whether you are awake."""
    indications: Keyed[OrGap[Indication]]
    """Who it may help."""
    contraindications: Facts
    """Who should not have it or needs extra care."""
    benefits: Facts
    """How well it works."""
    relief_lasts: Facts
    """How long relief lasts."""
    reversibility: Facts
    """Whether it can be undone."""
    harms: Keyed[Harm]
    """Side effects and complications (adverse effects)."""
    unknowns: Keyed[NotKnown]
    """What we searched for and could not find. What nobody searched for stands in the field that it is about."""
    before: Facts
    """What happens before, step by step."""
    during: Facts
    """What happens during treatment, step by step."""
    duration: Facts
    """How long it takes."""
    after: Facts
    """What happens right after it, step by step."""
    hospital_stay: Facts
    """How long you stay."""
    recovery: Facts
    """Getting better at home."""
    living_with_it: LivingWithIt
    """What life is like with the result."""
    situations: list[Id]
    """The situations that decide which signs of danger the page shows: ids from data/situations.yml."""
    signs: dict[Id, SignHere] = {}
    """What differs here about a sign, by the id of the sign."""
    evidence: Facts
    """How good the studies are, what guidelines say, and where studies disagree."""
    other_options: Keyed[OtherOption]
    """Other ways of treating the same pain."""
    questions: list[Text] = Field(min_length=3, max_length=7)
    """Questions to ask."""
    short: Short
    """The short page: which of the facts above it shows."""

    @property
    def last_searched(self) -> date:
        """The last day on which somebody searched for what could not be found."""
        return max(gap.searched for gap in self.unknowns.values())

    @model_validator(mode="after")
    def _color_belongs_to_the_family(self) -> Self:
        if self.color and self.part_of:
            raise wrong(
                "A form of another procedure has the color of its family.",
                'Delete "color" here; the file of the procedure above it can have one.',
            )
        return self


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
    """What one way of weighing speaks for, from facts, without telling anyone what to choose."""

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
    """The day on which the rows were last compared with the procedures' facts."""
    next_check: date
    """The day by which they must be compared again: at most a year later."""
    conditions: list[Id] = Field(min_length=1)
    """The conditions that it is about, from data/vocabulary/conditions.yml. No figure of another one is shown."""
    options: list[Id] = Field(min_length=2, max_length=5)
    """Ids of the options, always with one that is no procedure."""
    names: dict[Id, Text] = {}
    """Short names of options for the columns, in at most four words."""
    cases: dict[Id, Id] = {}
    """For an option: the case of its short page that answers here."""
    with_and_without: list[Text] = []
    """Ids of figures that count people with an option and people without it: both are shown, side by side."""
    grid: dict[Question, dict[Id, Line]] = {}
    """Answers that differ from the options' short pages, by question and option."""
    weighing: Keyed[Weighing]
    """How to weigh it."""
    questions: list[Text] = Field(min_length=3, max_length=7)
    """Questions to ask."""


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
    added: date | None = None
    """The day on which the word came in: in a page that was checked before, it is a notice and no mistake."""

    @model_validator(mode="after")
    def _hard_words_can_be_said(self) -> Self:
        if self.hard_to_say and (self.everyday or not self.say_it):
            raise wrong(
                '"hard_to_say: true" is for a word that is explained, and says how to say it.',
                'Add "say_it"; or delete "hard_to_say" if everybody knows the word.',
            )
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


_WEB = r"^https://[A-Za-z0-9][A-Za-z0-9.-]*(:\d+)?(/[^\s<>\"'#]*)?$"
_MAILBOX = r"[^\s@?:<>\"']+@[A-Za-z0-9.-]+"
_MAIL = f"^mailto:{_MAILBOX}$"

_DIALED = r"\+?[0-9(][0-9 ()./-]*"
_EXTENSION = r",? ?(?:extension|ext\.?|x) ?([0-9]+)$"

Phone = Annotated[
    Text,
    StringConstraints(pattern=f"^{_DIALED}({_EXTENSION})?$"),
    AfterValidator(lambda number: re.sub(_EXTENSION, r", extension \1", number)),
]
"""A phone number as people write it. Pages print an extension in one way: "555-0142, extension 3"."""

Mail = Annotated[str, StringConstraints(pattern=f"^{_MAILBOX}$")]
"""An e-mail address."""


class Helpline(Record):
    """Somebody to call or to ask, and in which country. Nothing here is for an emergency."""

    name: Text
    """What it is called."""
    country: Text
    """Where it helps, as pages print it beside the number: "United States"."""
    offers: Text
    """What it offers and when it is open, in one or two sentences without a number to call."""
    phone: Phone | None = None
    """The number as people dial it there, between quotes."""
    website: Annotated[str, StringConstraints(pattern=_WEB)] | None = None
    """Its website, with https:// in front."""
    crisis: Bool = False
    """true for a crisis line: pages print it with each sign that has `crisis_lines`."""
    conditions: list[Id] = []
    """For all others: whom it helps. Ids from data/vocabulary/conditions.yml; a broader one has its kinds."""
    source: Annotated[str, StringConstraints(pattern=_WEB)]
    """The address of the page on which the number and the hours were read."""
    checked: date
    """The day on which that was last read. Numbers change: at most a year ago."""

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if not (self.phone or self.website):
            raise wrong("Nobody can reach this helpline.", 'Add "phone" or "website".')
        if self.crisis == bool(self.conditions) or (self.crisis and not self.phone):
            raise wrong(
                "A helpline is either a crisis line with a number, or for people with certain conditions.",
                'Write "crisis: true" and its "phone", or list its "conditions".',
            )
        return self


class LocalProcedure(Record):
    """How one clinic does a procedure: place, people and preparations, never what it does to you."""

    offered: Bool
    """true if the clinic does it; false if it sends people elsewhere."""
    referred_to: Text | None = None
    """Where the clinic sends people, if it does not do it itself: words that follow "For this, people go to".
    Without it, people are asked to ask the team."""
    where_to_come: Text | None = None
    """Where people come on the day, and when."""
    eating_and_drinking: Text | None = None
    """What the clinic tells people about eating and drinking before it."""
    medicines: Text | None = None
    """What the clinic tells people about their medicines before it."""
    who_does_it: Text | None = None
    """Who does it at the clinic."""
    stay: Text | None = None
    """How long people stay at the clinic."""
    going_home: Text | None = None
    """How people get home, and who must be with them."""
    whom_to_ask: Text | None = None
    """Whom people ask about it at the clinic, and how."""

    @model_validator(mode="after")
    def _elsewhere_is_named(self) -> Self:
        if self.offered and self.referred_to:
            raise wrong(
                "A procedure is either done at the clinic, or people are sent elsewhere for it.",
                'Write "offered: true" without "referred_to", or "offered: false" and the place at "referred_to".',
            )
        return self


class SeenFacts(Record):
    """The facts that a clinic held its text about a procedure against; written by `acknowledge`, never by hand."""

    seen: date
    """The day on which the clinic looked at them."""
    sections: dict[Id, Digest]
    """The digest of each layer, so that a later change can be named."""


class Document(Record):
    """What a hospital's document control asks of its leaflets."""

    number: Text
    """The number that they have there; each leaflet adds the name of its page."""
    approved_by: Text
    """Who approved them for the clinic, such as a committee."""
    approved_on: date
    """The day on which they were approved. A leaflet whose facts changed later says so."""


class Clinic(Record):
    """What belongs to the clinic that shows the site. It stands beside the facts and can change none of them."""

    name: Text
    """The clinic's or hospital's name."""
    department: Text
    """The department that treats pain."""
    phone: Phone
    """The department's phone number as you write it, such as (555) 014-2000, +44 20 7946 0018, 089/12345-0, or one
    with an extension: 555-0142, ext. 3."""
    hours: Text
    """When that phone is answered, such as "Monday to Friday, 8 am to 4 pm"."""
    out_of_hours: Phone
    """The number to call at all other times, written in the same way."""
    email: Mail | None = None
    """An e-mail address of the department, for what can wait."""
    emergency_number: Annotated[Text, StringConstraints(pattern=f"^{_DIALED}( or {_DIALED})*$")]
    """The number for emergencies where the clinic is, such as 911; or several, as in: 112 or 144."""
    address: Text
    """The address, in one line."""
    website: Annotated[str, StringConstraints(pattern=_WEB)]
    """The clinic's website, with https:// in front. Letters that are not English are written as browsers send
    them: a name with an umlaut begins with xn--."""
    languages: list[Text] = Field(min_length=1)
    """The languages that the department speaks, or for which it has an interpreter."""
    funding: Text
    """Who pays for showing this site, in one sentence."""
    report_to: Annotated[str, StringConstraints(pattern=f"{_WEB}|{_MAIL}")]
    """Where readers report a mistake: mailto: and an address, or the https address of a form."""
    logo: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*\.(svg|png)$")] | None = None
    """The file of the logo in this folder: SVG with plain shapes, or PNG."""
    accent: Color | None = None
    """The clinic's own color, for links and buttons."""
    document: Document | None = None
    """What your document control asks for on each leaflet."""
    spelling: list[Text] = []
    """Names and other words of this file that the dictionary lacks."""
    procedures: dict[Id, LocalProcedure] = {}
    """What is special here about a procedure, by the name of its file in data/procedures/."""


class Review(Record):
    """One clinician's signature under layers of one procedure; written by `review` and `sign`, never by hand."""

    procedure: Id
    """The id of the procedure."""
    layers: dict[Id, Digest] = Field(min_length=1)
    """What was signed: the digest of each layer as it was shown."""
    name: Text
    """The reviewer's name."""
    role: Text
    """The reviewer's role, such as the profession and the place of work."""
    conflicts: Text
    """Conflicts of interest, or the sentence that there are none."""
    signed: date
    """The day of the signature."""
    next_review: date
    """The day by which the facts must be reviewed again: at most a year later."""


class ReaderTest(Record):
    """Readers from outside the project who tried pages (docs/reader-test.md). Nothing here says who they are."""

    tried: date
    """The day on which the last of them tried it."""
    readers: int = Field(ge=1, le=10_000)
    """How many they were."""
    pages: list[Id] = Field(min_length=1)
    """Which procedures they read about: names of their files."""
    changed: Text
    """What was changed for them, in one or two sentences for readers; or that nothing had to be."""


class Change(Record):
    """One thing that is said otherwise than before."""

    fact: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]+(\.[a-z0-9_-]+)*$")] | None = None
    """The fact's id; for other things the folder or file first, as in "sources.spout-2019"."""
    pages: list[Id] = []
    """The procedures and comparisons that it concerns, by id, if it is not on the page of `fact` alone."""
    safety: Bool = False
    """true if it corrects a danger. It then comes first: on its pages, on "What changed", in the feed."""
    says: Text | None = None
    """The change in one sentence for readers, written by an editor: what the page says now."""
    part: Text | None = None
    """Which part of it changed; missing if the whole is new or gone."""
    was: Text | None = None
    """What it said before; missing if it is new."""
    now: Text | None = None
    """What it says now; missing if it is gone."""
    why: Text | None = None
    """The reason that was given with the change."""

    @model_validator(mode="after")
    def _readers_see_it(self) -> Self:
        if not self.fact and not self.pages:
            raise wrong("A change needs what it is about.", 'Write "fact" and its id, or "pages" and their ids.')
        if self.safety and not self.says:
            raise wrong(
                "A corrected danger needs a sentence for readers.", 'Write at "says" what the page says now.'
            )
        return self


class Redirects(RootModel[dict[PagePath, PagePath]]):
    """Old and guessable addresses of pages, and the pages to which they lead."""

    model_config = ConfigDict(frozen=True)


class Publication(Record):
    """What changed in the facts from one publication to the next; begun by `changes REV --record`."""

    published: date
    """The day of the publication."""
    says: Text | None = None
    """What readers should know about it as a whole."""
    until: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40,64}$")] | None = None
    """The commit up to which the changes are told."""
    changes: list[Change] = []
    """The changes, in the order of the pages."""


def named(statement: Statement) -> dict[str, str]:
    """What a statement names besides its words and sources, such as a structure, by field."""
    own = statement.model_dump(exclude=set(Statement.model_fields), exclude_none=True)
    return {field: value for field, value in own.items() if isinstance(value, str)}


FACT_FIELDS = tuple(name for name in Procedure.model_fields if name in sections.FACT_FIELDS)
"""The fields of a procedure that hold facts, each with a key, in the order in which files give them."""

AnyFact = Statement | Figure | NotKnown | DoesNotApply


def entries(procedure: Procedure, field: str) -> dict[str, AnyFact]:
    """The entries of one field by key, in the order in which they were written."""
    found = getattr(procedure, field)
    return (
        {name: getattr(found, name) for name in type(found).model_fields} if isinstance(found, Record) else found
    )


def main_messages(page: Procedure | Comparison, id: str) -> Iterator[tuple[str, Statement]]:
    """The two parts of a main message with their ids."""
    yield f"{id}.main_message.helps", page.main_message.helps
    yield f"{id}.main_message.harms", page.main_message.harms


def facts_of(procedure: Procedure, id: str) -> Iterator[tuple[str, AnyFact]]:
    """Every fact of a procedure with its id `<procedure>.<field>.<key>`.

    The figures of a harm follow it as `<procedure>.harms.<key>.<figure>`.
    """
    yield f"{id}.summary", procedure.summary
    yield from main_messages(procedure, id)
    for key, statement in procedure.names.same_name.items():
        yield f"{id}.names.{key}", statement
    for field in FACT_FIELDS:
        for key, fact in entries(procedure, field).items():
            yield f"{id}.{field}.{key}", fact
            if isinstance(fact, Harm):
                for figure, often in fact.how_often.items():
                    yield f"{id}.{field}.{key}.{figure}", often
