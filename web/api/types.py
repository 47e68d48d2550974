"""Listings and organisations as the interface gives them: answers and their description are both made of these types.

A value that is not stated is null, and no name is ever left out. Knows no row.
"""

from datetime import date, datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

from exchange.content import Basis, EvidenceKind, Gender, Kind, Stage, Tier, ValueCell
from exchange.models import OrgKind, SizeBand

Moment = Annotated[datetime, Meta(description="A moment in UTC (RFC 3339).", extra_json_schema={"format": "date-time"})]
Day = Annotated[date, Meta(description="A day in London (ISO 8601).", extra_json_schema={"format": "date"})]
Address = Annotated[str, Meta(description="An absolute address.", extra_json_schema={"format": "uri"})]
Level = Annotated[int, Meta(ge=1, le=5)]
Count = Annotated[int, Meta(ge=0)]
Share = Annotated[float, Meta(ge=0, le=1)]
PublicState = Literal["published", "closed", "concluded"]


class Term(Struct, frozen=True, kw_only=True):
    """An area of work or a group of people, by its code and its name."""

    code: str
    name: str


class Place(Struct, frozen=True, kw_only=True):
    """A place of the United Kingdom."""

    code: Annotated[str, Meta(description="Its ONS code; ours for an area that has none, such as a probation region.")]
    name: str


class Outcome(Struct, frozen=True, kw_only=True):
    """One change that is offered or required."""

    statement: str
    measure: str | None
    for_whom: str | None


class EvidenceItem(Struct, frozen=True, kw_only=True):
    """One item of evidence."""

    text: str
    kind: EvidenceKind
    link: Annotated[str | None, Meta(description="Null also where what was given is no address of the web.")]


class EvidenceLevel(Struct, frozen=True, kw_only=True):
    """The level that the kinds of the evidence items make (Nesta's standards of evidence)."""

    level: Annotated[Level | None, Meta(description="1 to 5; null where no evidence is stated.")]
    meaning: str
    raised_by: Annotated[str, Meta(description="What would make the level higher.")]


class FullValue(Struct, frozen=True, kw_only=True):
    """One cell of the full-value grid."""

    statement: str
    beneficiary: str | None
    evidence: Annotated[Count | None, Meta(description="The place of its item in `evidence`, counted from 0.")]


class Publisher(Struct, frozen=True, kw_only=True):
    """The organisation behind a listing; `/organisations/{id}` says more."""

    id: int
    name: str
    kind: OrgKind
    org_id: Annotated[str | None, Meta(description="Its identifier in the scheme of org-id.guide.")]
    address: Annotated[Address, Meta(description="Its page.")]


class Source(Struct, frozen=True, kw_only=True):
    """The open data that a listing was imported from: that data's licence holds for the listing too."""

    name: str
    id: Annotated[str | None, Meta(description="The identifier of the row there.")]


class Conclusion(Struct, frozen=True, kw_only=True):
    """What came of a need."""

    at: Moment
    outcome: str
    reason: str


class Questions(Struct, frozen=True, kw_only=True):
    """How many public questions were asked about a listing, and how many of them are answered."""

    asked: Count
    answered: Count


class Listing(Struct, frozen=True, kw_only=True):
    """An innovation that is offered, or a need: everything that its page states. Null is "not stated", never "no"."""

    id: int
    kind: Kind
    state: PublicState
    address: Annotated[Address, Meta(description="Its page.")]
    published_at: Moment | None
    not_confirmed_since: Annotated[
        Day | None, Meta(description="Since when its owner has not confirmed it, once that is too long ago.")
    ]
    organisation: Publisher | None
    source: Annotated[Source | None, Meta(description="Null where it was written here.")]
    conclusion: Conclusion | None
    questions: Questions
    title: str
    summary: str | None
    description: str | None
    method: Annotated[str | None, Meta(description="How a commissioner would like it done, where they must say.")]
    areas: list[Term] | None
    groups: list[Term] | None
    age_min: Annotated[Count | None, Meta(description="In years.")]
    age_max: Annotated[Count | None, Meta(description="In years.")]
    gender: Gender | None
    outcomes: list[Outcome] | None
    stage: Stage | None
    tiers: Annotated[list[Tier] | None, Meta(description="The ways of funding.")]
    money_min: Annotated[Count | None, Meta(description="In whole GBP: of a cost, or of a budget.")]
    money_max: Annotated[Count | None, Meta(description="In whole GBP: of a cost, or of a budget.")]
    money_basis: Basis | None
    term_months: Count | None
    start_on: Day | None
    closes_on: Day | None
    reply_by: Day | None
    price_weight: Annotated[Count | None, Meta(description="Of 100.")]
    quality_weight: Annotated[Count | None, Meta(description="Of 100.")]
    full_value: Annotated[
        dict[ValueCell, FullValue] | None, Meta(description="The cells that are claimed; one left out is not.")
    ]
    open_to_partners: bool | None
    evidence: list[EvidenceItem] | None
    evidence_level: EvidenceLevel
    delivers_in: list[Place] | None
    would_deliver_in: list[Place] | None
    required_in: list[Place] | None
    office_in: list[Place] | None
    grant_received: Annotated[Count | None, Meta(description="In whole GBP; a grant is not a price.")]


class Listings(Struct, frozen=True, kw_only=True):
    """Some listings, the newest first."""

    listings: list[Listing]
    next: Annotated[Address | None, Meta(description="Where the next ones are; null at the end.")]


class Register(Struct, frozen=True, kw_only=True):
    """An organisation's entry in a public register."""

    name: str
    address: Address


class Organisation(Struct, frozen=True, kw_only=True):
    """An organisation as its page shows it."""

    id: int
    name: str
    kind: OrgKind
    address: Annotated[Address, Meta(description="Its page.")]
    org_id: Annotated[str | None, Meta(description="Its identifier in the scheme of org-id.guide.")]
    register: Register | None
    size: Annotated[SizeBand | None, Meta(description="The band of its yearly income.")]
    places: list[Place] | None
    about: str | None
    website: str | None
    email: Annotated[str | None, Meta(description="The organisation's public address, never a person's account.")]
    telephone: str | None
    listings: Annotated[Address, Meta(description="Where its listings are, closed ones too.")]
