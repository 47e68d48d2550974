"""Organisations: known once, changed with their listings, shown with what is public."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from exchange import outbox
from exchange.content import Content, Kind
from exchange.database import writing
from exchange.errors import ConflictError, InputError, NotFoundError
from exchange.listing import listings
from exchange.models import OrgKind, State
from exchange.moderating import moderation
from exchange.organisation.organisations import (
    OrganisationDetails,
    add_organisation,
    change_organisation,
    find_organisation,
    organisation_page,
)
from exchange.people.accounts import operator

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
HOPE = OrganisationDetails(
    name="Hope & Sons",
    kind=OrgKind.THIRD_SECTOR,
    org_id="GB-CHC-1136419",
    income=50_000,
    places=("E08000035",),
    email="hello@hope.example",
)


@pytest.fixture
def session(engine):
    with writing(engine) as session:
        yield session


@pytest.fixture
def by(session):
    return operator(session, "Operator")


def post(session, by, organisation_id: int, title: str, *, publish: bool = True, hours: int = 0) -> int:
    new = listings.NewListing(kind=Kind.INNOVATION, content=Content(title=title), organisation_id=organisation_id)
    number = listings.post(session, new, by, NOW).id
    if publish:
        moderation.approve(session, number, by, None, NOW + timedelta(hours=hours))
    return number


def test_an_organisation_is_kept_with_its_band_and_blanks_as_not_stated(session):
    kept = add_organisation(session, replace(HOPE, name=" Hope &\x00 Sons ", about="  ", website=""))
    assert (kept.name, kept.size_band, kept.places) == ("Hope & Sons", "small", ["E08000035"])
    assert (kept.about, kept.website, kept.telephone) == (None, None, None)
    assert add_organisation(session, OrganisationDetails(name="Quiet", kind=OrgKind.PUBLIC_BODY)).size_band is None


@pytest.mark.parametrize(("change", "field"), [({"name": " "}, "name"), ({"income": -1}, "income")])
def test_an_organisation_needs_a_name_and_no_debt_for_an_income(session, change, field):
    with pytest.raises(InputError) as refused:
        add_organisation(session, replace(HOPE, **change))
    assert refused.value.field == field


def test_two_organisations_never_bear_one_org_id(session):
    kept = add_organisation(session, HOPE)
    with pytest.raises(ConflictError, match=f"Hope & Sons .organisation {kept.id}. has the org-id GB-CHC-1136419"):
        add_organisation(session, replace(HOPE, name="Other"))
    other = add_organisation(session, replace(HOPE, name="Other", org_id=None))
    with pytest.raises(ConflictError):
        change_organisation(session, other.id, replace(HOPE, name="Other"), NOW)


def test_an_organisation_is_found_by_org_id_before_name(session):
    hope = add_organisation(session, HOPE)
    faith = add_organisation(session, replace(HOPE, name="Faith", org_id="GB-SC-SC003558"))
    assert find_organisation(session, "GB-SC-SC003558", "Hope & Sons") is faith
    assert find_organisation(session, name="  hope  & SONS ") is hope
    assert find_organisation(session, name="Hope") is None
    assert find_organisation(session, name=" ") is None
    assert find_organisation(session) is None


def test_a_name_alone_does_not_make_two_org_ids_one_organisation(session):
    hope = add_organisation(session, HOPE)
    assert find_organisation(session, "GB-CHC-9999999", "Hope & Sons") is None
    nameless = add_organisation(session, replace(HOPE, org_id=None))
    assert find_organisation(session, "GB-CHC-9999999", "Hope & Sons") is nameless
    assert find_organisation(session, None, "Hope & Sons") is nameless
    assert find_organisation(session, HOPE.org_id) is hope


def test_changing_an_organisation_has_its_public_listings_looked_at_again(session, by):
    hope = add_organisation(session, HOPE)
    faith = add_organisation(session, replace(HOPE, name="Faith", org_id=None))
    public = post(session, by, hope.id, "Lunch club")
    closed = post(session, by, hope.id, "Old club")
    listings.close(session, closed, by, "Full.", NOW)
    hidden = post(session, by, hope.id, "Not yet", publish=False)
    others = post(session, by, faith.id, "Other club")
    numbers = [public, closed, hidden, others]
    before = listings.index_revisions(session, numbers)
    outbox.done(session, [row.id for row in outbox.claim(session, 99, NOW + timedelta(days=1), timedelta(minutes=1))])

    assert change_organisation(session, hope.id, replace(HOPE, name="Hope", income=2_000_000), NOW) is True

    after = listings.index_revisions(session, numbers)
    assert [after[number] - before[number] for number in numbers] == [1, 1, 0, 0]
    rows = outbox.claim(session, 99, NOW, timedelta(minutes=1))
    assert sorted(row.listing_id for row in rows) == [public, closed]
    assert (hope.name, hope.size_band, hope.org_id) == ("Hope", "large", HOPE.org_id)
    assert find_organisation(session, name="hope") is hope
    assert listings.get_listing(session, public).index_revision == after[public]


def test_saying_the_same_again_changes_nothing(session, by):
    hope = add_organisation(session, HOPE)
    number = post(session, by, hope.id, "Lunch club")
    before = listings.index_revisions(session, [number]), outbox.pending(session)
    assert change_organisation(session, hope.id, HOPE, NOW) is False
    assert (listings.index_revisions(session, [number]), outbox.pending(session)) == before


def test_an_organisations_page_shows_its_public_listings_open_ones_first(session, by):
    hope = add_organisation(session, HOPE)
    closed = post(session, by, hope.id, "Closed", hours=5)
    listings.close(session, closed, by, "Full.", NOW)
    older, newer = (post(session, by, hope.id, title, hours=at) for at, title in enumerate(["Older", "Newer"]))
    post(session, by, hope.id, "Not yet", publish=False)
    page = organisation_page(session, hope.id)
    assert page.organisation is hope
    assert [row.id for row in page.listings] == [newer, older, closed]
    assert {row.state for row in page.listings} == {State.PUBLISHED, State.CLOSED}


@pytest.mark.parametrize("number", [0, 5, 2**31, 10**30])
def test_an_organisation_that_is_not_there_is_not_found(session, number):
    with pytest.raises(NotFoundError, match=f"There is no organisation {number}; check the number"):
        organisation_page(session, number)
    with pytest.raises(NotFoundError):
        change_organisation(session, number, HOPE, NOW)
