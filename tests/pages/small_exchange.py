"""A small exchange of which the tests know every word: six listings, two organisations, one undecided listing."""

from dataclasses import dataclass
from datetime import date, timedelta

from seen import BRADFORD, LEEDS, NOW
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from exchange.content import (
    Basis,
    Content,
    Evidence,
    EvidenceKind,
    FullValue,
    Gender,
    Kind,
    Outcome,
    Stage,
    Tier,
    ValueCell,
)
from exchange.database import writing
from exchange.listing.listings import NewListing, close, post, withdraw
from exchange.models import OrgKind
from exchange.moderating.moderation import approve
from exchange.organisation.organisations import OrganisationDetails, add_organisation
from exchange.people.accounts import operator
from exchange.taxonomy import seed_taxonomy

SITTERS = Content(
    title="Thursday Sitters",
    summary="The same trained sitter every week, so that carers can rest.",
    description="Four hours off.\n\nEvery week.",
    areas=("short-breaks", "dementia"),
    groups=("carers", "people-with-dementia"),
    age_min=50,
    gender=Gender.WOMEN,
    outcomes=(Outcome(statement="Carers rest", measure="strain score", for_whom="carers"),),
    stage=Stage.RUNNING,
    tiers=(Tier.GRANT, Tier.CONTRACT),
    money_min=78_000,
    money_max=130_000,
    money_basis=Basis.YEAR,
    term_months=36,
    open_to_partners=True,
    delivers_in=(LEEDS,),
    would_deliver_in=(LEEDS, BRADFORD),
    evidence=(
        Evidence(
            text="Strain fell from 17 to 13.", kind=EvidenceKind.BEFORE_AFTER, link="https://sitters.example/data"
        ),
        Evidence(text="Compared with 40 others.", kind=EvidenceKind.COMPARISON, link="javascript:alert(1)"),
    ),
    full_value={ValueCell.USERS_OUTCOMES: FullValue(statement="Less strain", beneficiary="carers", evidence=0)},
)
BARE = Content(title="A listing that says nothing else")
OFFICE = Content(
    title="Imported advice line", summary="Advice by telephone.", office_in=(BRADFORD,), grant_received=9_500
)
NEED = Content(
    title="Respite for carers",
    summary="Breaks for carers of people with dementia.",
    groups=("carers",),
    tiers=(Tier.CONTRACT,),
    money_max=90_000,
    money_basis=Basis.TOTAL,
    required_in=(LEEDS,),
    closes_on=date(2027, 4, 9),
    reply_by=date(2027, 4, 30),
    price_weight=30,
    quality_weight=70,
)
OLD_NEED = Content(title="Night sitting, closed", summary="A need from last year.")
GONE = Content(title="Withdrawn idea")
CIRCLE = OrganisationDetails(
    name="Carers' Circle",
    kind=OrgKind.THIRD_SECTOR,
    org_id="GB-CHC-1104417",
    income=400_000,
    places=(LEEDS,),
    about="Carers who help carers.",
    website="www.circle.example",
    email="hello@circle.example",
    telephone="0113 496 0000",
)
COUNCIL = OrganisationDetails(name="Aire Council", kind=OrgKind.PUBLIC_BODY)


@dataclass(frozen=True)
class Exchange:
    """The numbers of the listings and organisations that the tests name."""

    sitters: int
    bare: int
    office: int
    need: int
    closed: int
    withdrawn: int
    waiting: int
    circle: int
    council: int


def publish(
    session: Session, kind: Kind, content: Content, organisation_id: int | None = None, minutes: int = 0
) -> int:
    """Post and approve a listing some minutes after `NOW`; give its number."""
    by, at = operator(session, "Test"), NOW + timedelta(minutes=minutes)
    new = NewListing(kind=kind, content=content, organisation_id=organisation_id)
    return approve(session, post(session, new, by, at).id, by, "checked", at).id


def fill(database: Engine) -> Exchange:
    """Fill a database: three open innovations, one open need, a closed, a withdrawn and a waiting listing."""
    with writing(database) as session:
        seed_taxonomy(session, NOW)
        by = operator(session, "Test")
        circle, council = add_organisation(session, CIRCLE).id, add_organisation(session, COUNCIL).id
        numbers = Exchange(
            sitters=publish(session, Kind.INNOVATION, SITTERS, circle, 5),
            bare=publish(session, Kind.INNOVATION, BARE, None, 1),
            office=publish(session, Kind.INNOVATION, OFFICE, None, 2),
            need=publish(session, Kind.NEED, NEED, council, 3),
            closed=publish(session, Kind.NEED, OLD_NEED, council),
            withdrawn=publish(session, Kind.INNOVATION, GONE, circle),
            waiting=post(session, NewListing(kind=Kind.NEED, content=Content(title="Not yet decided")), by, NOW).id,
            circle=circle,
            council=council,
        )
        close(session, numbers.closed, by, "past its date", NOW)
        withdraw(session, numbers.withdrawn, by, "asked to", NOW)
    return numbers
