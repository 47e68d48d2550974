"""Invented answers for the description of the interface: they show the form, and nobody is meant; knows no row."""

from datetime import UTC, date, datetime

from exchange.content import Basis, EvidenceKind, Gender, Kind, Stage, Tier, ValueCell
from exchange.models import OrgKind, SizeBand
from indexer.results import Facet
from web.api import found_types, types
from web.api.problems import Problem

SITE = "https://exchange.example"
_TELFORD = types.Place(code="E06000020", name="Telford and Wrekin")
_CIRCLE = types.Publisher(
    id=12, name="Wrekin Carers' Circle", kind=OrgKind.THIRD_SECTOR, org_id=None, address=f"{SITE}/organisations/12"
)

LISTING = types.Listing(
    id=101,
    kind=Kind.INNOVATION,
    state="published",
    address=f"{SITE}/listings/101",
    published_at=datetime(2027, 3, 1, 9, 30, tzinfo=UTC),
    not_confirmed_since=None,
    organisation=_CIRCLE,
    source=None,
    conclusion=None,
    questions=types.Questions(asked=3, answered=2),
    title="Thursday Sitters",
    summary="The same trained sitter every Thursday, so that carers of people with dementia can rest.",
    description="A sitter whom the family knows stays for four hours.",
    method=None,
    areas=[types.Term(code="short-breaks", name="Short breaks")],
    groups=[types.Term(code="carers", name="Carers")],
    age_min=50,
    age_max=None,
    gender=Gender.ANY,
    outcomes=[types.Outcome(statement="Carers rest", measure="Strain score", for_whom="carers")],
    stage=Stage.RUNNING,
    tiers=[Tier.GRANT, Tier.CONTRACT],
    money_min=78_000,
    money_max=130_000,
    money_basis=Basis.YEAR,
    term_months=36,
    start_on=date(2027, 6, 1),
    closes_on=None,
    reply_by=None,
    price_weight=None,
    quality_weight=None,
    full_value={ValueCell.USERS_OUTCOMES: types.FullValue(statement="Less strain", beneficiary="carers", evidence=0)},
    open_to_partners=True,
    evidence=[
        types.EvidenceItem(text="Strain fell from 17 to 13.", kind=EvidenceKind.BEFORE_AFTER, link=f"{SITE}/data")
    ],
    evidence_level=types.EvidenceLevel(
        level=2,
        meaning="before-and-after data",
        raised_by="A comparison with people who did not take part would raise this to level 3.",
    ),
    delivers_in=[_TELFORD],
    would_deliver_in=None,
    required_in=None,
    office_in=[_TELFORD],
    grant_received=None,
)
LISTINGS = types.Listings(listings=[LISTING], next=None)
ORGANISATION = types.Organisation(
    id=12,
    name="Wrekin Carers' Circle",
    kind=OrgKind.THIRD_SECTOR,
    address=f"{SITE}/organisations/12",
    org_id=None,
    register=None,
    size=SizeBand.MEDIUM,
    places=[_TELFORD],
    about="Carers who help carers.",
    website="https://circle.example",
    email="hello@circle.example",
    telephone=None,
    listings=f"{SITE}/api/v1/listings?organisation=12&closed=1",
)
_REASON = found_types.Reason(
    text="Offers what is asked for",
    field="summary",
    quote="so that carers of people with dementia can rest",
    against="breaks for carers",
    share=0.42,
)
_GAP = found_types.Gap(text="Its way of funding is not stated", field="tiers")
SEARCH = found_types.Search(
    total=1,
    total_is="exact",
    results=[
        found_types.Result(
            score=0.71,
            strong=True,
            tier=1,
            reasons=[_REASON],
            gaps=[_GAP],
            similar=0,
            similar_to=None,
            listing=LISTING,
        )
    ],
    next=None,
    facets=[
        found_types.FacetCounts(
            name=Facet.STAGE,
            label="Stage",
            values=[found_types.Bucket(value="running", label="Running", count=1, chosen=False)],
        )
    ],
    chips=[found_types.Chip(key="place:E06000020", label="Telford and Wrekin", words="in Telford")],
    suggestion=None,
    hidden=0,
    degraded=False,
    banner=None,
    notices=[],
)
MATCHES = found_types.Matches(
    total=1,
    results=[
        found_types.Match(
            score=0.64,
            parts=found_types.Parts(what=0.58, areas=1.0, who=1.0, place=1.0, tier=0.5, money=0.5),
            reasons=[_REASON],
            gaps=[_GAP],
            listing=LISTING,
        )
    ],
    cannot=[found_types.Cannot(reason="for other ages", count=4)],
    near_misses=[found_types.NearMiss(score=0.61, reason="for other ages", listing=LISTING)],
    notices=[],
)


def problem(status: int, kind: str, title: str) -> Problem:
    """Give an example of a kind of problem."""
    return Problem(type=f"{SITE}/api#{kind}", title=title, status=status, detail="A sentence that says what to do.")
