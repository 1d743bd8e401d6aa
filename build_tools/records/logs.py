"""The logs of reviews and publications, and the redirects."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import ConfigDict, Field, RootModel, StringConstraints, model_validator

from build_tools.records.base import Bool, Digest, Id, PagePath, Record, Ref, Text, invalid


class Review(Record):
    """One clinician's signature on parts of a procedure. `review` and `sign` write it; do not edit it by hand."""

    procedure: Id
    """The id of the procedure."""
    layers: dict[Id, Digest] = Field(min_length=1)
    """What was signed: a digest of each layer as it was shown."""
    name: Text
    """The reviewer's name."""
    role: Text
    """The reviewer's role, such as profession and place of work."""
    conflicts: Text
    """Conflicts of interest, or a sentence that says there are none."""
    signed: date
    """The day of the signature."""
    next_review: date
    """The day by which the facts must be reviewed again: at most a year later."""


class ReaderTest(Record):
    """A test of pages with readers from outside the project (docs/reader-test.md), who are not named."""

    tried: date
    """The day the last of them tried the pages."""
    readers: int = Field(ge=1, le=10_000)
    """How many readers there were."""
    pages: list[Id] = Field(min_length=1)
    """Which procedures they read about: names of their files."""
    changed: Text
    """What was changed after the test, in one or two sentences for readers; or that nothing had to be."""


class Change(Record):
    """One thing that changed."""

    fact: Ref | None = None
    """The fact's id; for anything else, its folder or file and its id there, such as "sources.spout-2019"."""
    pages: list[Id] = []
    """The ids of the procedures and comparisons that it concerns, if it concerns more than the page of `fact`."""
    safety: Bool = False
    """true if it corrects a danger. It then comes first: on its pages, on "What changed", and in the feed."""
    says: Text | None = None
    """The change in one sentence for readers, written by an editor: what the page says now."""
    part: Text | None = None
    """Which part of it changed; missing if all of it is new or gone."""
    was: Text | None = None
    """What it said before; missing if it is new."""
    now: Text | None = None
    """What it says now; missing if it is gone."""
    why: Text | None = None
    """The reason given for the change."""

    @model_validator(mode="after")
    def _check_readers_see_it(self) -> Self:
        if not self.fact and not self.pages:
            hint = 'Write "fact" and its id, or "pages" and their ids.'
            raise invalid("A change must name what it is about.", hint)
        if self.safety and not self.says:
            hint = 'Add "says": what the page says now.'
            raise invalid("A corrected danger needs a sentence for readers.", hint)
        return self


class Redirects(RootModel[dict[PagePath, PagePath]]):
    """Old and guessable addresses of pages, each with the page that it redirects to."""

    model_config = ConfigDict(frozen=True)


class Publication(Record):
    """What changed in the facts since the last publication; `changes REV --record` begins an entry."""

    published: date
    """The day of the publication."""
    says: Text | None = None
    """What readers should know about it as a whole."""
    until: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40,64}$")] | None = None
    """The commit up to which the changes are listed."""
    changes: list[Change] = []
    """The changes, in the order of the pages."""
