"""What was reviewed, published and redirected."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self

from pydantic import ConfigDict, Field, RootModel, StringConstraints, model_validator

from build_tools.records.base import Bool, Digest, Id, PagePath, Record, Ref, Text, invalid


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

    fact: Ref | None = None
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
            raise invalid("A change needs what it is about.", 'Write "fact" and its id, or "pages" and their ids.')
        if self.safety and not self.says:
            hint = 'Write at "says" what the page says now.'
            raise invalid("A corrected danger needs a sentence for readers.", hint)
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
    """The commit up to which the changes are listed."""
    changes: list[Change] = []
    """The changes, in the order of the pages."""
