"""The only list of a procedure's fields: on which page each is shown, and under which heading.

Pages, leaflets, comparisons, reviews, JSON-LD and Infobutton answers read it; `records` says what a field holds.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Detail:
    """A page behind the short page of each procedure: the name of its file, and its title."""

    name: str
    title: str


DETAILS = (
    Detail("results", "Results"),
    Detail("how-long-it-lasts", "How long relief lasts, in full"),
    Detail("risks", "Risks"),
    Detail("new-pain", "New pain or unpleasant feelings"),
    Detail("side-effects", "Side effects to expect"),
    Detail("when-to-get-help", "When to get help now"),
    Detail("when-to-call-your-team", "When to call your team"),
    Detail("what-happens", "What happens"),
    Detail("who-it-is-for", "What it is, and who it is for"),
    Detail("what-people-ask", "What people ask"),
    Detail("evidence", "Evidence, sources, and other choices"),
)
"""The pages behind a short page, in the order in which they are linked."""

MANY = 12
"""With more results than this about how long relief lasts, or about new pain, these have a page of their own."""


@dataclass(frozen=True)
class Field:
    """A field of `records.Procedure`.

    It has a `heading` of its own unless its section is about nothing else. Not every field holds `facts`.
    In some, each entry `names` a word of a `vocabulary`. Facts are shown in paragraphs unless they are `listed`.
    """

    name: str
    heading: str = ""
    listed: bool = False
    facts: bool = True
    names: str = ""
    vocabulary: str = ""

    @property
    def anchor(self) -> str:
        """Its anchor on the page, if it has a heading."""
        return self.name.replace("_", "-")


@dataclass(frozen=True)
class Section:
    """A section of one of a procedure's detail pages, `page`.

    `aspect` is its health aspect in schema.org (SO-8), where there is one. An Infobutton answer `answers` with a
    link to it.
    """

    anchor: str
    heading: str
    page: str
    fields: tuple[Field, ...] = ()
    aspect: str = ""
    answers: bool = False


TOP = Section(
    "top",
    "the top of the page",
    "evidence",
    tuple(Field(name, facts=False) for name in ("names", "part_of", "kind", "summary", "main_message", "short")),
)
"""What stands above the first section. The dates, the codes and the color are no facts, and are not signed."""

SECTIONS = (
    Section(
        "what-it-is",
        "What it is, and what it is not",
        "who-it-is-for",
        (
            Field("what_it_is"),
            Field("targets", "Where it works", names="structure", vocabulary="structures"),
            Field("methods", "How it is done", names="method", vocabulary="methods"),
            Field("imaging", "How the doctor sees where to treat", names="imaging", vocabulary="imaging"),
        ),
        aspect="Overview",
    ),
    Section(
        "who-it-may-help",
        "Who it may help",
        "who-it-is-for",
        (Field("indications", listed=True, names="condition", vocabulary="conditions"),),
        aspect="MayTreat",
        answers=True,
    ),
    Section(
        "who-should-not",
        "Who should not have it or needs extra care",
        "who-it-is-for",
        (Field("contraindications", listed=True),),
    ),
    Section(
        "benefits",
        "How well it works",
        "results",
        (
            Field("benefits"),
            Field("relief_lasts", "How long relief lasts"),
            Field("reversibility", "Can it be undone?"),
        ),
        aspect="Benefits",
        answers=True,
    ),
    Section("how-long", "How long relief lasts", "how-long-it-lasts"),
    Section(
        "harms",
        "What could go wrong",
        "risks",
        (Field("harms", names="effect", vocabulary="effects"),),
        aspect="RisksOrComplications",
        answers=True,
    ),
    Section("new-pain", "New pain or unpleasant feelings", "new-pain"),
    Section("side-effects", "Side effects to expect", "side-effects"),
    Section("before", "Getting ready", "what-happens", (Field("before"),)),
    Section(
        "during",
        "What happens during treatment",
        "what-happens",
        (
            Field("during"),
            Field("anesthesia", "Will you be awake?", names="anesthesia", vocabulary="anesthesia"),
            Field("duration", "How long it takes"),
        ),
    ),
    Section(
        "after",
        "Right after",
        "what-happens",
        (
            Field("after"),
            Field("hospital_stay", "How long you stay in the hospital"),
            Field("recovery", "Recovery at home"),
        ),
    ),
    Section(
        "living-with-it",
        "Living with the results",
        "what-happens",
        (Field("living_with_it"),),
        aspect="LivingWith",
    ),
    Section(
        "when-to-get-help",
        "When to get help",
        "when-to-get-help",
        (Field("situations", facts=False), Field("signs", facts=False)),
        aspect="SeeDoctor",
        answers=True,
    ),
    Section("when-to-call-your-team", "When to call your team", "when-to-call-your-team"),
    Section("main-message", "The main message, with its sources", "evidence"),
    Section("evidence", "How good the studies are", "evidence", (Field("evidence"),), aspect="Effectiveness"),
    Section("unknowns", "What we could not find", "evidence", (Field("unknowns", listed=True),)),
    Section("other-options", "Your other choices", "evidence", (Field("other_options", listed=True),)),
    Section("questions", "Questions to ask", "what-people-ask", (Field("questions", facts=False),), answers=True),
    Section("names", "Its names", "evidence"),
    Section("sources", "Sources and dates", "evidence"),
)
"""A procedure's sections; those of each page are in its order.

Some have no field and show a part of what is signed elsewhere, such as the top, lighter harms, less urgent signs.
"""

IF_NEEDED = ("how-long", "new-pain", "side-effects")
"""The sections that a procedure has only if facts are shown below them."""

LAYERS = {
    "signs": "Danger signs",
    "short": "Short page",
    "asked": "What people ask, and lines of comparisons",
    "top": "Names, summary, and main message",
} | {
    section.anchor: section.heading
    for section in SECTIONS
    if section.fields and section.anchor != "when-to-get-help"
}
"""What a clinician reviews at a time, and what it is called."""

FIRST = ("signs", "short")
"""The layers that half an hour is enough for, and that the short page shows."""

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

PAGES = {field.name: section.page for section in (TOP, *SECTIONS) for field in section.fields} | {
    anchor: section.page
    for section in SECTIONS
    for anchor in (section.anchor, *(field.anchor for field in section.fields if field.heading))
}
"""The name of the page on which each field, and each heading by its anchor, is shown."""

ANCHORS = {field.name: anchor for field, anchor, _ in _ALL if field.facts}
"""The anchor of the heading under which each field's facts are."""

NAMES = {field.vocabulary: (field.name, field.names) for field, _, _ in _ALL if field.vocabulary}
"""For each vocabulary the field of a procedure that holds its words, and the field of an entry that names one."""

VOCABULARY_OF_FIELD = {field.names: field.vocabulary for field, _, _ in _ALL if field.vocabulary}
"""The vocabulary of each field of an entry that names a word."""


def address(id: str, anchor: str) -> str:
    """Where a heading of a procedure is: its page, and its anchor there."""
    return f"procedures/{id}/{PAGES[anchor]}.md#{anchor}"


def layers_on(path: str) -> tuple[str, ...]:
    """The layers that the page of a procedure at `path` shows."""
    name = "/".join(path.removesuffix(".md").split("/")[2:])
    sections = tuple(one.anchor for one in (TOP, *SECTIONS) if one.page == name and one.anchor in LAYERS)
    shown = {
        "": FIRST,
        "when-to-get-help": ("signs",),
        "for-the-person-with-you": ("signs",),
        "what-people-ask": ("asked",),
    }
    return (*shown.get(name, ()), *sections)
