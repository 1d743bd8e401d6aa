"""Procedures, their harms and other fields, and the facts in them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from build_tools.records.base import Bool, Color, Id, Keyed, Record, Text, add_a_year, invalid
from build_tools.records.entries import AnyFact, Entry, Facts, HowOften, NotKnown, OrGap, Statement
from build_tools.records.sections import ANCHORS
from build_tools.records.short import Comparison, MainMessage, Short
from build_tools.records.signs import SignHere

_GAP_FIELDS = {"not_known", "does_not_apply"}


def _default_to_key(field: str) -> BeforeValidator:
    """Fill in `field` of each entry with the entry's key, unless it is written or the entry is a gap."""

    def fill(key: str, entry: Any) -> Any:
        return {field: key, **entry} if isinstance(entry, dict) and not _GAP_FIELDS & entry.keys() else entry

    return BeforeValidator(
        lambda value: {key: fill(key, value[key]) for key in value} if isinstance(value, dict) else value
    )


class Target(Statement):
    """A part of the body that the procedure acts on."""

    structure: Id = ""
    """The id of a body structure in data/vocabulary/structures.yml; if you leave it out, the key is that id."""


class Method(Statement):
    """A way of doing it."""

    method: Id = ""
    """The id of a method in data/vocabulary/methods.yml; if you leave it out, the key is that id."""


class Imaging(Statement):
    """A kind of imaging, and what it is for."""

    imaging: Id = ""
    """The id of a kind of imaging in data/vocabulary/imaging.yml; if you leave it out, the key is that id."""
    role: Literal["plans", "guides", "checks"]
    """What it does: plans the procedure beforehand, guides the needle during it, checks the result."""


class Anesthesia(Statement):
    """How awake the person is, and how pain during the procedure is prevented."""

    anesthesia: Id = ""
    """The id of an entry in data/vocabulary/anesthesia.yml; if you leave it out, the key is that id."""


class Indication(Statement):
    """A condition for which the procedure may be used."""

    condition: Id = ""
    """The id of a condition in data/vocabulary/conditions.yml; if you leave it out, the key is that id."""
    contested: Bool = False
    """true if guidelines or studies argue against it, or there are only single reports; its words must say so."""


class Harm(Statement):
    """A side effect or complication (adverse effect)."""

    effect: Id = ""
    """The id of an effect in data/vocabulary/effects.yml; if you leave it out, the key is that id."""
    name: Text | None = None
    """What people would call it, in at most eight words: "Weakness on one side that stays"."""
    weight: Literal["expected", "dangerous", "passes", "not-seen"]
    """expected: everybody has it. dangerous: it can last, change a life, or kill. passes: it goes away on its own
    or with treatment. not-seen: studies looked for it and did not see it."""
    lead: Id | None = None
    """The key of the figure that the short page shows for it. Without it, that page says: no good number."""
    lasts: Text | None = None
    """How long it lasts, if a source says so."""
    can_be_undone: Text | None = None
    """Whether it can be undone, if a source says so."""
    what_is_done: Text | None = None
    """What is done about it, if a source says so."""
    signs: list[Id] = []
    """The signs by which you would notice it: ids from data/signs.yml. Required if it is serious."""
    how_often: Keyed[HowOften] = {}
    """Figures by key, one for each study, or "not-read" below one key. Required unless the procedure has forms."""

    @property
    def serious(self) -> bool:
        """Whether it can be permanent, life-changing or fatal. A serious harm is never hidden."""
        return self.weight != "passes"


class LivingWithIt(Record):
    """What life is like with the result."""

    body: Entry
    """What your body feels and can do."""
    mind: Entry
    """Mood, worry, sleep."""
    daily_life: Entry
    """Work, family, going out."""


class OtherOption(Statement):
    """Another way to treat the same pain."""

    procedure: Id | None = None
    """The name of its file in data/procedures/, if it has one."""


class Names(Record):
    """What it is called, and what else has the same name."""

    name: Text
    """The medical name."""
    plain: Text
    """The plain name: words that everybody knows."""
    say_it: Text
    """How to say it, in English syllables, with the stressed one in capitals."""
    also_called: list[Text] = []
    """Other names and spellings that people see or type."""
    same_name: dict[Id, Statement] = {}
    """Other things that share the name, and how they differ."""


class CodeSystem(NamedTuple):
    """A list of codes: its name, its number in health records (OID), and the beginning of each code's URI."""

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
        """The path of its Infobutton answer in the site, without the file extension."""
        return f"infobutton/{self.oid}/{self.value}"


_DEFAULT_FIELDS = {
    "who": "indications",
    "undone": "reversibility",
    "day": "hospital_stay",
    "evidence": "evidence",
    "other": "other_options",
}
"""For each line of the short page, the field whose first entry it shows unless another fact is chosen."""


class Procedure(Record):
    """One procedure, one form of a procedure, or going on without one."""

    names: Names
    """What it is called."""
    part_of: Id | None = None
    """The procedure of which this one is a form."""
    codes: list[Code] = []
    """Codes that somebody looked up in a published list."""
    color: Color | None = None
    """The color of its pages and leaflets, and of all its forms, as in {light: "#0b4f5c", dark: "#7cc9d6"}."""
    kind: Literal["destroys-nerve-tissue", "can-be-undone", "no-procedure"]
    """What it does to nerves."""
    facts_checked: date
    """The day on which the facts in this file were last compared with their sources."""
    next_check: date = Field(default_factory=add_a_year)
    """The day by which they must be compared again: at most a year later. If you leave it out: a year later."""
    summary: Statement
    """What it is, in one plain sentence."""
    main_message: MainMessage
    """The two things to remember: how it can help, and how it can harm."""
    what_it_is: Facts
    """What it is, and what it is not."""
    targets: Annotated[Keyed[OrGap[Target]], _default_to_key("structure")]
    """Where it works."""
    methods: Annotated[Keyed[OrGap[Method]], _default_to_key("method")]
    """The ways in which it is done."""
    imaging: Annotated[Keyed[OrGap[Imaging]], _default_to_key("imaging")]
    """Imaging guidance: which pictures are used, and what for."""
    anesthesia: Annotated[Keyed[OrGap[Anesthesia]], _default_to_key("anesthesia")]
    """Whether you are awake."""
    indications: Annotated[Keyed[OrGap[Indication]], _default_to_key("condition")]
    """Who it may help."""
    contraindications: Facts
    """Who should not have it or needs extra care."""
    benefits: Facts
    """How well it works."""
    relief_lasts: Facts
    """How long relief lasts."""
    reversibility: Facts
    """Whether it can be undone."""
    harms: Annotated[Keyed[Harm], _default_to_key("effect")]
    """Side effects and complications (adverse effects)."""
    unknowns: Keyed[NotKnown]
    """What we searched for and could not find. If nobody searched, say so in the field that it is about."""
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
    """What is different about a sign after this procedure, below the id of the sign."""
    evidence: Facts
    """How good the studies are, what guidelines say, and where studies disagree."""
    other_options: Keyed[OtherOption]
    """Other ways of treating the same pain."""
    questions: list[Text] = Field(min_length=3, max_length=7)
    """Questions to ask."""
    short: Short
    """The short page: which of the facts above it shows."""

    @model_validator(mode="after")
    def _fill_in_short(self) -> Self:
        defaults = {
            line: f"{field}.{key}"
            for line, field in _DEFAULT_FIELDS.items()
            for key, fact in [*getattr(self, field).items()][:1]
            if getattr(self.short, line) is None and isinstance(fact, Statement)
        }
        return self.model_copy(update={"short": self.short.model_copy(update=defaults)}) if defaults else self

    @property
    def last_searched(self) -> date:
        """The last day somebody searched for what could not be found."""
        days = (gap.searched for gap in self.unknowns.values())
        return max((day for day in days if day), default=self.facts_checked)

    @model_validator(mode="after")
    def _check_color(self) -> Self:
        if self.color and self.part_of:
            hint = 'Delete "color" here; only the procedure at the top of the family can have one.'
            raise invalid("A form of another procedure has the color of its family.", hint)
        return self


FACT_FIELDS = tuple(name for name in Procedure.model_fields if name in ANCHORS)
"""The fields of a procedure that hold facts by key, in the order in which the record lists them."""


def get_entries(procedure: Procedure, field: str) -> dict[str, AnyFact]:
    """The entries of one field by key, in the order of the file."""
    return dict(getattr(procedure, field))


def iter_main_messages(page: Procedure | Comparison, id: str) -> Iterator[tuple[str, Statement]]:
    """The two parts of a main message with their ids."""
    yield f"{id}.main_message.helps", page.main_message.helps
    yield f"{id}.main_message.harms", page.main_message.harms


def iter_facts(procedure: Procedure, id: str) -> Iterator[tuple[str, AnyFact]]:
    """Every fact of a procedure with its id `<procedure>.<field>.<key>`.

    The figures of a harm follow it as `<procedure>.harms.<key>.<figure>`.
    """
    yield f"{id}.summary", procedure.summary
    yield from iter_main_messages(procedure, id)
    for key, statement in procedure.names.same_name.items():
        yield f"{id}.names.{key}", statement
    for field in FACT_FIELDS:
        for key, fact in get_entries(procedure, field).items():
            yield f"{id}.{field}.{key}", fact
            if isinstance(fact, Harm):
                for figure, often in fact.how_often.items():
                    yield f"{id}.{field}.{key}.{figure}", often
