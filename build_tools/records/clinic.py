"""A clinic's own details, which change no medical fact."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from build_tools.records.base import HTTPS, Bool, Color, Digest, Id, Phone, Phones, Record, Text, Website, invalid

_MAILBOX = r"[^\s@?:<>\"']+@[A-Za-z0-9.-]+"


class LocalProcedure(Record):
    """How one clinic does a procedure: the place, the people, and how to prepare. It changes no medical fact."""

    offered: Bool
    """true if the clinic does it; false if it sends people elsewhere."""
    referred_to: Text | None = None
    """Where the clinic sends people, if it does not do the procedure: words that follow "For this, people go to".
    If you leave it out, people read that they should ask the team."""
    where_to_come: Text | None = None
    """Where people come on the day, and when."""
    eating_and_drinking: Text | None = None
    """What people should know about eating and drinking before it."""
    medicines: Text | None = None
    """What people should know about their medicines before it."""
    who_does_it: Text | None = None
    """Who does it at the clinic."""
    stay: Text | None = None
    """How long people stay at the clinic."""
    going_home: Text | None = None
    """How people get home, and who must be with them."""
    whom_to_ask: Text | None = None
    """Who at the clinic answers questions about it, and how to reach them."""

    @model_validator(mode="after")
    def _check_referral(self) -> Self:
        if self.offered and self.referred_to:
            hint = 'Write "offered: false", or delete "referred_to".'
            raise invalid("A procedure is either done at the clinic, or people are sent elsewhere for it.", hint)
        return self


class SeenFacts(Record):
    """The facts that a clinic compared its text with. `acknowledge` writes this; do not edit it by hand."""

    seen: date
    """The day the clinic compared them."""
    sections: dict[Id, Digest]
    """A digest of each layer, which shows later whether it changed."""


class Document(Record):
    """What a hospital's document control needs on its leaflets."""

    number: Text
    """The document number; each leaflet adds the name of its page."""
    approved_by: Text
    """Who approved the leaflets for the clinic, such as a committee."""
    approved_on: date
    """The day they were approved. A leaflet whose facts changed later says so."""


class Clinic(Record):
    """The details of the clinic that publishes the site. They change no medical fact."""

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
    """The number to call at all other times: a phone number, written like the one at "phone"."""
    email: Annotated[str, StringConstraints(pattern=f"^{_MAILBOX}$")] | None = None
    """An e-mail address of the department, for questions that can wait."""
    emergency_number: Phones
    """The local emergency number, such as 911; or several, written as: 112 or 144."""
    address: Text
    """The address, on one line."""
    website: Website
    """The clinic's website, with https:// in front. A name with letters such as ü begins with xn--: copy the
    address from your browser."""
    languages: list[Text] = Field(min_length=1)
    """The languages that the department speaks or has an interpreter for."""
    funding: Text
    """Who pays for this site, in one sentence."""
    report_to: Annotated[str, StringConstraints(pattern=f"{HTTPS}|^mailto:{_MAILBOX}$")]
    """Where readers report a mistake, such as mailto:pain@harbor.example, or the https address of a form."""
    logo: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*\.(svg|png)$")] | None = None
    """The file name of the logo in this folder: an SVG with plain shapes, or a PNG."""
    accent: Color | None = None
    """The clinic's own color, for links and buttons."""
    document: Document | None = None
    """What your document control needs on each leaflet."""
    spelling: list[Text] = []
    """Names and other words in this file that the dictionary lacks."""
    procedures: dict[Id, LocalProcedure] = {}
    """What is different about a procedure at your clinic, by the name of its file in data/procedures/."""
