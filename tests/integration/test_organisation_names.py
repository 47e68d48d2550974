"""Finding an organisation by what somebody types: the same name first, near ones after, or by its number."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from people import found

from exchange.content import Content, Kind
from exchange.database import writing
from exchange.listing import listings
from exchange.models import OrgKind
from exchange.moderating import moderation
from exchange.organisation.organisation_names import MOST, alike, by_org_id, candidates
from exchange.organisation.organisations import OrganisationDetails, add_organisation
from exchange.people.accounts import operator

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
CIRCLE = OrganisationDetails(name="Carers' Circle CIO", kind=OrgKind.THIRD_SECTOR, org_id="GB-CHC-1104417")


@pytest.fixture
def session(engine):
    with writing(engine) as session:
        yield session


def names(hits) -> list[str]:
    return [hit.name for hit in hits]


@pytest.mark.parametrize("text", ["carers circle", "CARRES CIRCLE", "circle cio", "carers  cirlce"])
def test_a_name_is_found_in_near_spellings(session, text):
    add_organisation(session, CIRCLE)
    found(session, "Oak House")
    assert names(candidates(session, text)) == ["Carers' Circle CIO"]


def test_the_same_name_is_first_then_those_that_begin_so(session):
    for name in ("The Hope Trust", "Hope & Sons", "Hope", "Hopeful"):
        found(session, name)
    assert names(candidates(session, "hope"))[:3] == ["Hope", "Hope & Sons", "Hopeful"]
    assert "The Hope Trust" in names(candidates(session, "hope"))


@pytest.mark.parametrize("text", ["GB-CHC-1104417", "gb-chc-1104417", " 1104417 "])
def test_a_number_in_a_register_finds_whoever_bears_it(session, text):
    add_organisation(session, CIRCLE)
    add_organisation(session, replace(CIRCLE, name="Other", org_id="GB-CHC-99104417"))
    assert names(candidates(session, text)) == ["Carers' Circle CIO"]


@pytest.mark.parametrize("text", ["", " ", "x", "%%%%", "____", "\x00\x00", "1104417' OR 1=1"])
def test_nothing_or_signs_find_nothing(session, text):
    add_organisation(session, CIRCLE)
    assert candidates(session, text) == ()


def test_no_more_than_a_page_is_found(session):
    for number in range(MOST + 5):
        found(session, f"Carers of district {number}")
    assert len(candidates(session, "carers of district")) == MOST


@pytest.mark.parametrize(
    ("typed", "asked"), [("Age UK Leeds", True), ("Leeds Age UK Ltd", True), ("Age UK Bradford", False)]
)
def test_a_new_name_is_compared_word_by_word(session, typed, asked):
    found(session, "Age UK Leeds")
    assert bool(alike(session, typed)) is asked


def test_a_candidate_says_what_tells_it_apart_and_whether_its_page_is_public(session):
    circle = add_organisation(session, CIRCLE)
    by = operator(session, "Operator")
    new = listings.NewListing(kind=Kind.INNOVATION, content=Content(title="Sitters"), organisation_id=circle.id)
    number = listings.post(session, new, by, NOW).id
    (hit,) = by_org_id(session, "GB-CHC-1104417")
    assert (hit.id, hit.kind, hit.org_id, hit.public) == (circle.id, OrgKind.THIRD_SECTOR, "GB-CHC-1104417", False)
    moderation.approve(session, number, by, None, NOW)
    assert by_org_id(session, "GB-CHC-1104417")[0].public is True
    assert by_org_id(session, "") == ()
