"""Sources, statements, figures, and gaps: the records that a page is made of."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    StringConstraints,
    Tag,
    TypeAdapter,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError

from build_tools.records.base import NOT_READ, Bool, Id, Keyed, OrNotRead, Phrase, Record, T, Text, invalid
from build_tools.records.problems import list_choices


class StudyKind(StrEnum):
    """The kinds of sources, from the least open to bias to the most."""

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
    """One publication, and how much of it was read."""

    title: Text
    """The title as printed."""
    by: Text
    """Authors (at most three, then "and others") or the body that published it."""
    year: int | None = Field(default=None, ge=1900, le=2100)
    """The year of publication; leave it out if you did not see it."""
    published_in: Text
    """Journal with volume and pages, or the publisher."""
    kind: StudyKind
    """What kind of study or text it is."""
    studies: StudyKind | None = None
    """Only for a systematic review or a guideline: the weakest kind of study behind its numbers."""
    missing: int | None = Field(default=None, ge=0, le=100)
    """What percentage of the people who began the study are missing from its results."""
    funded_by_maker: Bool | None = None
    """true if the maker of the drug or device paid for the study."""
    doi: Annotated[str, StringConstraints(pattern=r"^10\.\d{4,9}/\S+$")] | None = None
    """The DOI without https://doi.org/ in front."""
    pmid: Annotated[str, StringConstraints(pattern=r"^\d+$")] | None = None
    """The PubMed number."""
    url: Annotated[str, StringConstraints(pattern=r"^https?://[^\s<>\"]+$")] | None = None
    """Where it can be read."""
    read: Text = Field(examples=["Abstract.", "Full text.", "The whole leaflet."])
    """How much of it was read: the abstract, the full text, a page."""
    read_by: date
    """The day by which it was read."""
    note: Text | None = None
    """Anything a reader must know about it."""

    @property
    def address(self) -> str:
        """The address where readers find it."""
        pubmed = f"https://pubmed.ncbi.nlm.nih.gov/{self.pmid}/" if self.pmid else ""
        return f"https://doi.org/{self.doi}" if self.doi else pubmed or self.url or ""

    @model_validator(mode="after")
    def _check_studies_and_address(self) -> Self:
        if self.studies and self.kind not in (StudyKind.SYSTEMATIC_REVIEW, StudyKind.GUIDELINE):
            hint = 'Delete "studies". Only a systematic review or a guideline rests on studies that it names.'
            raise invalid(f'A source of the kind "{self.kind}" has no "studies".', hint)
        if self.doi or self.pmid:
            return self
        if not self.url:
            message = "Readers cannot find this source: it has no DOI, no PubMed number, and no address."
            hint = 'Add "doi", "pmid", or "url"; for a book the address of its entry in a library\'s catalog.'
            raise invalid(message, hint)
        if re.fullmatch(r"https?://[^/?]+/?", self.url):
            hint = 'Write the address of the page that was read, or add "doi" or "pmid".'
            raise invalid(f'"{self.url}" is the home page of a site; readers cannot find the source there.', hint)
        return self


class Citation(Record):
    """The source of a fact: its id, or its id with a place in the source or with the work that it reports."""

    source: Id
    """The id of an entry in data/sources.yml."""
    at: Text | None = None
    """The place in the source: a table, a page, a section."""
    reporting: Text | None = None
    """Second-hand: the work that the source reports, when that work itself was not read."""

    @property
    def second_hand(self) -> bool:
        """Whether the source only reports a work that was not read."""
        return self.reporting is not None

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        return {"source": value} if isinstance(value, str) else value

    @classmethod
    def __get_pydantic_json_schema__(cls, core: Any, handler: Any) -> dict[str, Any]:
        return {"anyOf": [TypeAdapter(Id).json_schema(), handler.resolve_ref_schema(handler(core))]}


class Sourced(Record):
    sources: list[Citation] = Field(min_length=1)
    """Ids from data/sources.yml. Second-hand: {source: id, reporting: "the work it reports"}."""


class Statement(Sourced):
    """One thing that is known, in plain words, with its sources."""

    says: Text
    """The fact in plain words: short sentences, "you", no number without its source."""
    brief: Text | None = None
    """The fact for the short page, in one sentence of at most 25 words. Its numbers must be in `says` too."""
    shows: Id | None = None
    """The part of a drawing that shows this, such as a needle: a `data-shows` in data/drawings/."""


SCALED = 100
"""The smallest group that is rendered out of 100."""


class Measured(Record):
    """A value as the source prints it. Exactly one of: count, percent, from/to, amount, before/after."""

    count: int | None = Field(default=None, ge=0, le=10_000_000_000)
    """How many (people, unless `units` says otherwise)."""
    out_of: int | None = Field(default=None, ge=1, le=10_000_000_000)
    """Out of how many."""
    percent: float | None = Field(default=None, ge=0, le=100)
    """The share in percent, where the source prints no count."""
    from_: float | None = Field(default=None, alias="from")
    """The lower end of a range, in percent or in `measure`."""
    to: float | None = None
    """The upper end of that range."""
    amount: float | None = None
    """A single amount, in `measure`."""
    before: float | None = None
    """The amount before, in `measure`."""
    after: float | None = None
    """The amount after, in `measure`."""
    qualifier: Literal["about", "over", "under", "up-to", "at-least"] | None = None
    """How the source qualifies its value: "over 90 percent". Nothing is computed from such a value."""

    @model_validator(mode="after")
    def _check_one_value(self) -> Self:
        shapes = {
            "count": self.count is not None,
            "percent": self.percent is not None and self.count is None,
            "from and to": self.from_ is not None or self.to is not None,
            "amount": self.amount is not None,
            "before and after": self.before is not None or self.after is not None,
        }
        names = [name for name, present in shapes.items() if present]
        if len(names) != 1:
            found = f"{len(names)}: {', '.join(names)}" if names else "none"
            hint = "Give count and out_of, or percent, or from and to, or amount, or before and after."
            raise invalid(f"A figure has exactly one value; this one has {found}.", hint)
        for first, second in (("from_", "to"), ("before", "after")):
            if (getattr(self, first) is None) != (getattr(self, second) is None):
                message = f'"{first.strip("_")}" and "{second}" belong together; one is missing.'
                raise invalid(message, "Give both.")
        if self.count is not None and self.out_of is None:
            hint = 'Add "out_of", or give "percent" if the source prints no count.'
            raise invalid(f'A count needs its total: "count: {self.count}" has no "out_of".', hint)
        return self

    @property
    def share(self) -> float | None:
        """The value as a share from 0 to 1, if it is a single share."""
        if self.count is not None and self.out_of:
            return self.count / self.out_of
        return None if self.percent is None else self.percent / 100

    @property
    def scaled(self) -> bool:
        """Whether it is rendered out of 100. Smaller and unknown groups never are (standards R-21)."""
        return self.out_of is not None and self.out_of >= SCALED


class Compared(Measured):
    """The result of another group."""

    group: Phrase = Field(examples=["who had a sham", "who had glycerol"])
    """Which group it is, as words that follow "people", or the figure's units."""


class AppliesTo(Record):
    """Whom or what a figure is about, if its page is about something else."""

    says: Text = Field(examples=["After treatment of both sides", "Pain that is not from cancer"])
    """What is different, in a few words that pages print in bold before the number."""
    condition: Id | None = None
    """The condition that the people had: its id in data/vocabulary/conditions.yml."""
    form: Id | None = None
    """The procedure that the people had: the name of its file."""


class Figure(Sourced, Measured):
    """One number from one study: what was counted, in whom, when, how, and how sure it is."""

    who: Text
    """Who was counted."""
    counted: Text
    """What was counted. For a share: words that follow "12 of 50 people", verb first: "had less pain"."""
    when: Text = Field(examples=["Not stated in what was read."])
    """When it was counted, as the source says; "Not stated in what was read." if it does not."""
    how: Text
    """How it was counted: the kind of study, what counted as success, one or several treatments."""
    certainty: Certainty | None = None
    """How sure the figure is. It is computed (docs/certainty.md); write it only to rate the figure lower."""
    units: Text = Field(default="people", examples=["people", "procedures", "children"])
    """Whom or what the numbers count: people, procedures, children."""
    measure: Text | None = Field(default=None, examples=["months", "days", "points on a scale from 0 to 10"])
    """The unit of an amount: "months", "points on a scale from 0 to 10"."""
    average: Literal["mean", "median"] | None = None
    """For an amount: which kind of average the source prints."""
    low: float | None = None
    """Lower end of the uncertainty (95% confidence interval), in percent or in `measure`."""
    high: float | None = None
    """Upper end of the uncertainty."""
    versus: Compared | None = None
    """The result of the group it was compared with."""
    n: int | None = Field(default=None, ge=1, le=10_000_000_000)
    """How many people were in the study, where the value has no "out_of"."""
    quantity: Literal["lasts", "happens-by", "score", "difference", "dose", "number-needed"] | None = None
    """What an amount is: how long something lasts, by when it happens, a score, a difference, a dose."""
    applies_to: AppliesTo | None = None
    """Required if it was counted in another form, side, age, or condition than its page is about."""
    brief: Text | None = None
    """One sentence of at most 25 words for the short page, with {value}, {versus}, or {n} and no other digits."""
    note: Text | None = None
    """A warning about the number: what it does not show."""

    @model_validator(mode="after")
    def _check_measure(self) -> Self:
        if self.measure is None and (self.amount is not None or self.before is not None):
            raise invalid("An amount needs its unit.", 'Add "measure", for example "measure: months".')
        other = self.versus
        if self.measure is None and other and (other.amount is not None or other.before is not None):
            hint = 'Give "versus" as count and out_of or percent, or add "measure".'
            raise invalid("The figure is a share, but the one it is compared with is an amount.", hint)
        if self.average and self.measure is None:
            raise invalid("Only an amount can have an average.", 'Delete "average".')
        return self


class HarmFigure(Figure, title="Figure"):
    """How often a harm happened. Pages do not count the people without it (standards R-07)."""


class NotKnown(Record):
    """A question without an answer, and whether anybody looked for one."""

    not_known: Text
    """What is not known, and why, in a sentence for the reader."""
    reason: Literal["searched", "not-read"]
    """searched: somebody looked for it and found nothing. not-read: what we read does not say it."""
    searched: date | None = None
    """The day somebody last searched. Required if `reason` is searched."""

    @model_validator(mode="before")
    @classmethod
    def _short_form(cls, value: Any) -> Any:
        return {"not_known": "What we read does not say.", "reason": NOT_READ} if value == NOT_READ else value

    @model_validator(mode="after")
    def _check_searched(self) -> Self:
        if self.reason == "searched" and not self.searched:
            raise invalid("A search needs a date.", 'Add "searched": the day somebody last searched.')
        return self


class DoesNotApply(Record):
    """Something that does not apply to this procedure."""

    does_not_apply: Text
    """Why not, in a sentence for the reader."""


def _by_field(*fields: str) -> Discriminator:
    """Choose the record of an entry by the first of `fields` that it has, or else by `says`.

    Tags are in angle brackets: they become part of an error's path, and no field or key has such a name.
    """

    def get_tag(value: Any) -> str:
        if value == NOT_READ:
            return "<not_known>"
        names = value if isinstance(value, dict) else getattr(type(value), "model_fields", {})
        return next((f"<{field}>" for field in fields if field in names), "<says>")

    return Discriminator(get_tag)


_Gap = Annotated[NotKnown, Tag("<not_known>"), OrNotRead] | Annotated[DoesNotApply, Tag("<does_not_apply>")]

_EntryOf = Annotated[
    Annotated[Statement, Tag("<says>")] | Annotated[T, Tag("<counted>")] | _Gap,
    _by_field("not_known", "does_not_apply", "counted"),
]

Entry = _EntryOf[Figure]
"""A statement, a figure, "not known" or "does not apply"."""

HowOften = _EntryOf[HarmFigure]
"""The same for a harm."""

OrGap = Annotated[Annotated[T, Tag("<says>")] | _Gap, _by_field("not_known", "does_not_apply")]
"""A record or a text, "not known" or "does not apply"."""


class Shared(Record):
    """A reference to a statement that several pages share."""

    shared: Id
    """The id of an entry in data/shared.yml, which has the words and the sources."""


UNREAD = "unread"
"""The type of an error that needs no report: the shared statement itself has one."""


def _resolve_shared(value: Any, info: ValidationInfo) -> Any:
    """Replace a reference by its statement. The context has each statement by id, or None if it has an error."""
    if not isinstance(value, dict) or "shared" not in value:
        return value
    if len(value) > 1:
        hint = "Delete the others: its words and sources are in data/shared.yml."
        raise invalid('An entry with "shared" has no other field.', hint)
    id, statements = str(value["shared"]), info.context
    if statements is not None and id not in statements:
        hint = list_choices(dict.fromkeys(statements, ""), "data/shared.yml")
        raise invalid(f'There is no shared statement called "{id}".', hint)
    if statements is None or statements[id] is None:
        raise PydanticCustomError(UNREAD, "The shared statement has an error of its own.")
    return statements[id]


_Written = Statement | Figure | NotKnown | DoesNotApply | Shared
SharedEntry = Annotated[Entry, BeforeValidator(_resolve_shared, json_schema_input_type=_Written)]

Facts = Keyed[SharedEntry]
"""Entries by key, the most important first."""


def list_named(statement: Statement) -> dict[str, str]:
    """The texts that only a statement of this kind has, such as the id of a structure, by field."""
    fields = statement.model_dump(exclude=set(Statement.model_fields), exclude_none=True)
    return {field: value for field, value in fields.items() if isinstance(value, str)}


AnyFact = Statement | Figure | NotKnown | DoesNotApply
