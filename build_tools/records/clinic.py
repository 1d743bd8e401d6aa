"""A clinic's own details, which change no medical fact."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from build_tools.records.base import HTTPS, Bool, Color, Digest, Id, Phone, Phones, Record, Text, Website, invalid

_MAILBOX = r"[^\s@?:<>\"']+@[A-Za-z0-9.-]+"


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
            raise invalid(
                "A procedure is either done at the clinic, or people are sent elsewhere for it.",
                'Write "offered: true" without "referred_to", or "offered: false" and the place at "referred_to".',
            )
        return self


class SeenFacts(Record):
    """The facts with which a clinic compared its text; written by `acknowledge`, never by hand."""

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
    email: Annotated[str, StringConstraints(pattern=f"^{_MAILBOX}$")] | None = None
    """An e-mail address of the department, for what can wait."""
    emergency_number: Phones
    """The number for emergencies where the clinic is, such as 911; or several, as in: 112 or 144."""
    address: Text
    """The address, in one line."""
    website: Website
    """The clinic's website, with https:// in front. Letters that are not English are written as browsers send
    them: a name with an umlaut begins with xn--."""
    languages: list[Text] = Field(min_length=1)
    """The languages that the department speaks, or for which it has an interpreter."""
    funding: Text
    """Who pays for showing this site, in one sentence."""
    report_to: Annotated[str, StringConstraints(pattern=f"{HTTPS}|^mailto:{_MAILBOX}$")]
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
