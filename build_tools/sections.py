"""The only list of a procedure's fields: where each is shown, and under which heading.

Pages, leaflets, comparisons, reviews, JSON-LD and Infobutton answers read it; `records` says what a field holds.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Field:
    """A field of `records.Procedure`.

    It has a `heading` of its own unless its section is about nothing else. Its first entry can be shown in short
    too: "at a glance" in the place `glance`, and as a `station` of the time line.
    Not every field holds `facts`.
    In some, each entry `names` a word of a `vocabulary`.
    """

    name: str
    heading: str = ""
    glance: int = 0
    station: bool = False
    facts: bool = True
    names: str = ""
    vocabulary: str = ""

    @property
    def anchor(self) -> str:
        """Its anchor on the page, if it has a heading."""
        return self.name.replace("_", "-")


@dataclass(frozen=True)
class Section:
    """A section of a procedure's page.

    `aspect` is its health aspect in schema.org (SO-8), where there is one. An Infobutton answer `answers` with a
    link to it.
    """

    anchor: str
    heading: str
    fields: tuple[Field, ...] = ()
    aspect: str = ""
    answers: bool = False


TOP = Section(
    "top",
    "the top of the page",
    tuple(Field(name, facts=False) for name in ("names", "part_of", "kind", "summary", "main_message", "short")),
)
"""What stands above the first section. The dates, the codes and the color are no facts, and are not signed."""

SECTIONS = (
    Section(
        "what-it-is",
        "What it is, and what it is not",
        (
            Field("what_it_is"),
            Field("targets", "Where it works", glance=1, names="structure", vocabulary="structures"),
            Field("methods", "How it is done", names="method", vocabulary="methods"),
            Field("imaging", "How the doctor sees where to treat", names="imaging", vocabulary="imaging"),
        ),
        aspect="Overview",
    ),
    Section(
        "who-it-may-help",
        "Who it may help",
        (
            Field(
                "indications",
                glance=4,
                names="condition",
                vocabulary="conditions",
            ),
        ),
        aspect="MayTreat",
        answers=True,
    ),
    Section("who-should-not", "Who should not have it or needs extra care", (Field("contraindications"),)),
    Section(
        "benefits",
        "How well it works",
        (
            Field("benefits"),
            Field("relief_lasts", "How long relief lasts", glance=5),
            Field("reversibility", "Can it be undone?", glance=6),
        ),
        aspect="Benefits",
        answers=True,
    ),
    Section(
        "harms",
        "What could go wrong",
        (Field("harms", names="effect", vocabulary="effects"),),
        aspect="RisksOrComplications",
        answers=True,
    ),
    Section("unknowns", "What we could not find", (Field("unknowns"),)),
    Section("before", "Getting ready", (Field("before", station=True),)),
    Section(
        "during",
        "What happens during treatment",
        (
            Field("during"),
            Field("anesthesia", "Will you be awake?", glance=2, names="anesthesia", vocabulary="anesthesia"),
            Field("duration", "How long it takes", glance=3, station=True),
        ),
    ),
    Section(
        "after",
        "Right after",
        (
            Field("after", station=True),
            Field("hospital_stay", "How long you stay in the hospital", station=True),
            Field("recovery", "Recovery at home", station=True),
        ),
    ),
    Section("living-with-it", "Living with the results", (Field("living_with_it"),), aspect="LivingWith"),
    Section(
        "when-to-get-help",
        "When to get help",
        (Field("situations", facts=False), Field("signs", facts=False)),
        aspect="SeeDoctor",
        answers=True,
    ),
    Section("evidence", "How good the studies are", (Field("evidence"),), aspect="Effectiveness"),
    Section("other-options", "Your other choices", (Field("other_options"),)),
    Section("questions", "Questions to ask", (Field("questions", facts=False),), answers=True),
    Section("sources", "Sources and dates"),
)
"""A procedure page's sections in the order of the standards, section 11."""

LAYERS = {
    "signs": "Danger signs",
    "short": "Short page",
    "asked": "What people ask, and lines of comparisons",
    "top": "Names and main message",
} | {
    section.anchor: section.heading
    for section in SECTIONS
    if section.fields and section.anchor != "when-to-get-help"
}
"""What a clinician reviews at a time, and what it is called; the first two fit into half an hour."""

_ALL = tuple(
    (field, field.anchor if field.heading else section.anchor, field.heading or section.heading)
    for section in SECTIONS
    for field in section.fields
)

HEADINGS = {section.anchor: section.heading for section in (TOP, *SECTIONS)} | {
    anchor: heading for _, anchor, heading in _ALL
}
"""Every heading by its anchor."""

FACT_FIELDS = frozenset(field.name for field, _, _ in _ALL if field.facts)
"""The fields that hold facts, each with a key."""

GLANCE = {field.name: heading for field, _, heading in sorted(_ALL, key=lambda one: one[0].glance) if field.glance}
"""The fields whose first entry stands "at a glance", and their headings."""

TIME_LINE = tuple((field.name, anchor, heading) for field, anchor, heading in _ALL if field.station)
"""The stations of the time line: the field whose first entry tells, the anchor of all about it, the heading."""

ANCHORS = {field.name: anchor for field, anchor, _ in _ALL if field.facts}
"""The anchor of the heading under which each field's facts are."""

NAMES = {field.vocabulary: (field.name, field.names) for field, _, _ in _ALL if field.vocabulary}
"""For each vocabulary the field of a procedure that holds its words, and the field of an entry that names one."""

VOCABULARY_OF_FIELD = {field.names: field.vocabulary for field, _, _ in _ALL if field.vocabulary}
"""The vocabulary of each field of an entry that names a word."""
