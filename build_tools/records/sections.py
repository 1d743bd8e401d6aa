"""The single list of a procedure's fields: the page and the heading under which each is shown.

Pages, leaflets, comparisons, reviews, JSON-LD, and Infobutton answers read it. What a field holds is defined in
`Procedure`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class DetailPage:
    """A page behind the short page of each procedure: the name of its file, and its title."""

    name: str
    title: str


DETAIL_PAGES = (
    DetailPage("results", "Results"),
    DetailPage("how-long-it-lasts", "How long relief lasts, in full"),
    DetailPage("risks", "Risks"),
    DetailPage("new-pain", "New pain or unpleasant feelings"),
    DetailPage("side-effects", "Side effects to expect"),
    DetailPage("when-to-get-help", "When to get help now"),
    DetailPage("when-to-call-your-team", "When to call your team"),
    DetailPage("what-happens", "What happens"),
    DetailPage("who-it-is-for", "What it is, and who it is for"),
    DetailPage("what-people-ask", "What people ask"),
    DetailPage("evidence", "Evidence, sources, and other choices"),
)
"""The pages behind a short page, in the order of their links."""


@dataclass(frozen=True)
class Field:
    """A field of `Procedure`, and the section that shows it.

    `heading` is "" if the section's heading is enough. Fields of `facts` are shown in paragraphs, or as a list if
    `listed`. `names` is the field of an entry that names a word of `vocabulary`.
    """

    name: str
    section: str
    heading: str = ""
    listed: bool = False
    facts: bool = True
    names: str = ""
    vocabulary: str = ""

    @property
    def anchor(self) -> str:
        """The anchor of the heading above it."""
        return self.name.replace("_", "-") if self.heading else self.section


FIELDS = (
    *(
        Field(name, "top", facts=False)
        for name in ("names", "part_of", "kind", "summary", "main_message", "short")
    ),
    Field("what_it_is", "what-it-is"),
    Field("targets", "what-it-is", "Where it works", names="structure", vocabulary="structures"),
    Field("methods", "what-it-is", "How it is done", names="method", vocabulary="methods"),
    Field("imaging", "what-it-is", "How the doctor sees where to treat", names="imaging", vocabulary="imaging"),
    Field("indications", "who-it-may-help", listed=True, names="condition", vocabulary="conditions"),
    Field("contraindications", "who-should-not", listed=True),
    Field("benefits", "benefits"),
    Field("relief_lasts", "benefits", "How long relief lasts"),
    Field("reversibility", "benefits", "Can it be undone?"),
    Field("harms", "harms", names="effect", vocabulary="effects"),
    Field("before", "before"),
    Field("during", "during"),
    Field("anesthesia", "during", "Will you be awake?", names="anesthesia", vocabulary="anesthesia"),
    Field("duration", "during", "How long it takes"),
    Field("after", "after"),
    Field("hospital_stay", "after", "How long you stay in the hospital"),
    Field("recovery", "after", "Recovery at home"),
    Field("living_with_it", "living-with-it"),
    Field("situations", "when-to-get-help", facts=False),
    Field("signs", "when-to-get-help", facts=False),
    Field("evidence", "evidence"),
    Field("unknowns", "unknowns", listed=True),
    Field("other_options", "other-options", listed=True),
    Field("questions", "questions", facts=False),
)
"""A procedure's fields, by section. The dates, the codes, and the color are missing: nobody signs them."""


@dataclass(frozen=True)
class Section:
    """A section of one of a procedure's detail pages, `page`.

    `aspect` is its health aspect in schema.org (SO-8), if there is one. Infobutton answers link to it if it
    `answers`. Some sections have no field and show a part of another section's, such as side effects.
    """

    anchor: str
    heading: str
    page: str
    aspect: str = ""
    answers: bool = False
    fields: tuple[Field, ...] = ()


_SECTIONS = (
    Section("top", "the top of the page", "evidence"),
    Section("what-it-is", "What it is, and what it is not", "who-it-is-for", "Overview"),
    Section("who-it-may-help", "Who it may help", "who-it-is-for", "MayTreat", answers=True),
    Section("who-should-not", "Who should not have it or needs extra care", "who-it-is-for"),
    Section("benefits", "How well it works", "results", "Benefits", answers=True),
    Section("how-long", "How long relief lasts", "how-long-it-lasts"),
    Section("harms", "What could go wrong", "risks", "RisksOrComplications", answers=True),
    Section("new-pain", "New pain or unpleasant feelings", "new-pain"),
    Section("side-effects", "Side effects to expect", "side-effects"),
    Section("before", "Getting ready", "what-happens"),
    Section("during", "What happens during treatment", "what-happens"),
    Section("after", "Right after", "what-happens"),
    Section("living-with-it", "Living with the results", "what-happens", "LivingWith"),
    Section("when-to-get-help", "When to get help", "when-to-get-help", "SeeDoctor", answers=True),
    Section("when-to-call-your-team", "When to call your team", "when-to-call-your-team"),
    Section("main-message", "The main message, with its sources", "evidence"),
    Section("evidence", "How good the studies are", "evidence", "Effectiveness"),
    Section("unknowns", "What we could not find", "evidence"),
    Section("other-options", "Your other choices", "evidence"),
    Section("questions", "Questions to ask", "what-people-ask", answers=True),
    Section("names", "Its names", "evidence"),
    Section("sources", "Sources and dates", "evidence"),
)
TOP, *SECTIONS = (
    replace(section, fields=tuple(field for field in FIELDS if field.section == section.anchor))
    for section in _SECTIONS
)
"""The top of a page, and the sections below it, in the order of each page."""

IF_NEEDED = ("how-long", "new-pain", "side-effects")
"""The sections that a procedure has only if facts are shown in them."""

LAYERS = {
    "signs": "Danger signs",
    "short": "Short page",
    "asked": "What people ask, and lines of comparisons",
    "top": "Names, summary, and main message",
    **{one.anchor: one.heading for one in SECTIONS if one.fields and one.anchor != "when-to-get-help"},
}
"""The parts that a clinician reviews one at a time, with their names."""

FIRST = ("signs", "short")
"""The layers to review first, in half an hour: those that the short page shows."""

HEADINGS = {one.anchor: one.heading for one in (TOP, *SECTIONS)} | {
    one.anchor: one.heading for one in FIELDS if one.heading
}
"""Every heading by its anchor."""

_PAGE_OF = {section.anchor: section.page for section in (TOP, *SECTIONS)}

PAGES = _PAGE_OF | {place: _PAGE_OF[field.section] for field in FIELDS for place in (field.name, field.anchor)}
"""The name of the page that shows each heading (by anchor) and each field."""

ANCHORS = {field.name: field.anchor for field in FIELDS if field.facts}
"""The fields that hold facts by key, and the anchor of the heading above these."""

NAMES = {field.vocabulary: (field.name, field.names) for field in FIELDS if field.vocabulary}
"""For each vocabulary, the field of a procedure that uses it, and the field of an entry that names a word."""

VOCABULARY_OF_FIELD = {field.names: field.vocabulary for field in FIELDS if field.vocabulary}
"""The vocabulary for each field of an entry that names a word."""


def get_address(id: str, anchor: str) -> str:
    """The address of a heading of a procedure: its page and anchor."""
    return f"procedures/{id}/{PAGES[anchor]}.md#{anchor}"


def list_layers_on(path: str) -> tuple[str, ...]:
    """The layers that a procedure's page at `path` shows."""
    name = "/".join(path.removesuffix(".md").split("/")[2:])
    sections = tuple(one.anchor for one in (TOP, *SECTIONS) if one.page == name and one.anchor in LAYERS)
    shown = {
        "": FIRST,
        "when-to-get-help": ("signs",),
        "for-the-person-with-you": ("signs",),
        "what-people-ask": ("asked",),
    }
    return (*shown.get(name, ()), *sections)
