"""Profiles: a new organisation's, at once while nothing of it was submitted, and else only by a decision."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from people import enrol, found
from sqlalchemy import select

from exchange.content import Content, Kind
from exchange.database import writing
from exchange.errors import ConflictError, ForbiddenError, InputError, NotFoundError, StateError, TooManyError
from exchange.listing import listings
from exchange.models import Account, Organisation, OrgKind
from exchange.models_people import Letter, ProfileChange
from exchange.moderating import moderation
from exchange.organisation import join_requests, memberships, profile_changes
from exchange.organisation.organisation_profiles import make_new, mark
from exchange.organisation.organisations import OrganisationDetails, details_of, is_public, organisation_page
from exchange.people.accounts import operator
from exchange.people.permissions import Role
from exchange.people.sign_ins import person

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
HOPE = OrganisationDetails(
    name="Hope & Sons",
    kind=OrgKind.THIRD_SECTOR,
    org_id="GB-CHC-1104417",
    income=50_000,
    places=("E08000035",),
    about="We hope.",
    website="hope.example",
    email="hello@hope.example",
    telephone="0113 496 0000",
)


@pytest.fixture
def session(engine):
    with writing(engine) as session:
        yield session


@pytest.fixture
def ida(session) -> Account:
    return enrol(session, "Ida Innovator")


@pytest.fixture
def hope(session, ida) -> Organisation:
    return make_new(session, HOPE, ida.id, NOW)


@pytest.fixture
def ada(session) -> Account:
    return enrol(session, "Ada Admin", Role.ADMINISTRATOR)


def submit(session, organisation, *, publish=False) -> int:
    by = operator(session, "Operator")
    new = listings.NewListing(kind=Kind.INNOVATION, content=Content(title="Lunch"), organisation_id=organisation.id)
    number = listings.post(session, new, by, NOW).id
    if publish:
        moderation.approve(session, number, by, None, NOW)
    return number


def propose(session, organisation, by, **changes: object) -> ProfileChange | None:
    wanted = profile_changes.proposed(session, organisation)
    return profile_changes.propose(session, replace(wanted, **changes), mark(wanted), by.id, NOW)


def mail(session, account: Account) -> list[Letter]:
    return list(session.scalars(select(Letter).where(Letter.account_id == account.id).order_by(Letter.id)))


def test_whoever_makes_an_organisation_is_its_first_member(session, hope, ida):
    assert memberships.members(session, hope.id) == [ida]
    assert details_of(hope) == HOPE


def test_a_member_makes_no_other_organisation(session, hope, ida):
    with pytest.raises(ConflictError, match="Leave it first"):
        make_new(session, replace(HOPE, name="Faith", org_id=None), ida.id, NOW)


def test_an_org_id_is_one_organisations(session, hope):
    noah = enrol(session, "Noah Newcomer")
    with pytest.raises(ConflictError, match="has the org-id GB-CHC-1104417 already"):
        make_new(session, replace(HOPE, name="Faith"), noah.id, NOW)
    assert noah.organisation_id is None


def test_making_one_ends_ones_request_to_join_another(session):
    noah = enrol(session, "Noah Newcomer")
    join_requests.ask(session, found(session, "Faith"), noah.id, NOW)
    make_new(session, HOPE, noah.id, NOW)
    assert memberships.join_of(session, noah.id) is None


def test_organisations_are_not_made_by_the_dozen(session, ida):
    for number in range(3):
        make_new(session, replace(HOPE, name=f"Hope {number}", org_id=None), ida.id, NOW)
        memberships.leave(session, ida.id, NOW)
    with pytest.raises(TooManyError):
        make_new(session, replace(HOPE, name="Hope again", org_id=None), ida.id, NOW)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 301}, "name"),
        ({"name": "Win at https://prize.example"}, "name"),
        ({"name": "WWW.prize.example"}, "name"),
        ({"about": "x" * 5_001}, "about"),
        ({"org_id": "1104417"}, "org_id"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"website": "hope"}, "website"),
        ({"email": "hello"}, "email"),
        ({"telephone": "call us"}, "telephone"),
        ({"income": -5}, "income"),
    ],
)
def test_a_field_that_cannot_be_used_is_named(session, ida, hope, change, field):
    noah = enrol(session, "Noah Newcomer")
    with pytest.raises(InputError) as refused:
        make_new(session, replace(HOPE, **({"org_id": None} | change)), noah.id, NOW)
    assert refused.value.field == field
    with pytest.raises(InputError) as refused:
        propose(session, hope, ida, **change)
    assert refused.value.field == field


def test_what_is_typed_loosely_is_kept_tidily(session, ida):
    loose = replace(HOPE, name=" Hope \n& Sons ", org_id="gb-chc-1104417", about="  ", telephone="")
    kept = make_new(session, loose, ida.id, NOW)
    assert (kept.name, kept.org_id, kept.about, kept.telephone) == ("Hope & Sons", "GB-CHC-1104417", None, None)


def test_what_an_import_wrote_otherwise_is_not_judged_again(session, hope, ida):
    hope.org_id, hope.website = "imported id", "odd"
    assert propose(session, hope, ida, about="New.") is None
    assert (hope.about, hope.org_id) == ("New.", "imported id")


def test_a_profile_changes_at_once_while_no_listing_was_submitted(session, hope, ida, ada):
    assert propose(session, hope, ida, name="Hope", places=None) is None
    assert (hope.name, hope.places) == ("Hope", None)
    assert mail(session, ada) == []


@pytest.mark.parametrize("publish", [False, True])
def test_once_a_listing_was_submitted_a_change_waits_for_a_decision(session, hope, ida, ada, publish):
    submit(session, hope, publish=publish)
    change = propose(session, hope, ida, name="Hopeless", website=None, places=("E08000032",))
    assert change.data == {"name": "Hopeless", "website": None, "places": ["E08000032"]}
    assert details_of(hope) == HOPE
    assert profile_changes.all_waiting(session) == [(change, hope)]
    assert mail(session, ada)[0].path == f"/administration/requests/profiles/{change.id}"
    profile_changes.approve(session, change.id, ada.id, NOW)
    assert (hope.name, hope.website, hope.places, hope.email) == ("Hopeless", None, ["E08000032"], HOPE.email)
    assert "approved" in mail(session, ida)[0].body
    assert profile_changes.all_waiting(session) == []


def test_an_approved_change_has_the_listings_looked_at_again(session, hope, ida, ada):
    number = submit(session, hope, publish=True)
    before = listings.index_revisions(session, [number])[number]
    profile_changes.approve(session, propose(session, hope, ida, name="Hope").id, ada.id, NOW)
    assert listings.index_revisions(session, [number])[number] == before + 1


def test_a_refused_change_leaves_what_stood_and_tells_why(session, hope, ida, ada):
    submit(session, hope)
    change = propose(session, hope, ida, name="Hopeless")
    for reason in ("", " \x00 ", "x" * 5_001):
        with pytest.raises(InputError) as refused:
            profile_changes.refuse(session, change.id, reason, ada.id, NOW)
        assert refused.value.field == "reason"
    profile_changes.refuse(session, change.id, "Not its name.", ada.id, NOW)
    assert details_of(hope) == HOPE
    assert "  Not its name." in mail(session, ida)[0].body
    assert "Ada" not in mail(session, ida)[0].body
    with pytest.raises(StateError):
        profile_changes.approve(session, change.id, ada.id, NOW)


def test_a_newer_change_takes_the_place_of_one_that_waits_and_holds_it(session, hope, ida, ada):
    submit(session, hope)
    first = propose(session, hope, ida, name="Hope")
    second = propose(session, hope, ida, about="More.")
    assert (first.state, second.data) == ("replaced", {"name": "Hope", "about": "More."})
    with pytest.raises(StateError, match="a newer one took its place"):
        profile_changes.approve(session, first.id, ada.id, NOW)
    assert propose(session, hope, ida, name=HOPE.name, about=HOPE.about) is None
    assert profile_changes.waiting_change(session, hope.id) is None


def test_the_same_change_sent_twice_is_one(session, hope, ida):
    submit(session, hope)
    seen, wanted = mark(HOPE), replace(HOPE, name="Hope")
    first = profile_changes.propose(session, wanted, seen, ida.id, NOW)
    assert profile_changes.propose(session, wanted, seen, ida.id, NOW) is first


def test_the_later_of_two_writers_is_told_of_the_earlier(session, hope, ida):
    seen = mark(details_of(hope))
    propose(session, hope, ida, about="Mine.")
    with pytest.raises(ConflictError, match="Somebody else changed the profile"):
        profile_changes.propose(session, replace(HOPE, about="Yours."), seen, ida.id, NOW)
    assert hope.about == "Mine."


def test_an_org_id_of_another_organisation_is_not_asked_for(session, hope, ida):
    make_new(session, replace(HOPE, name="Faith", org_id="GB-CHC-999999"), enrol(session, "Noah New").id, NOW)
    with pytest.raises(InputError, match="Faith has the org-id") as refused:
        propose(session, hope, ida, org_id="GB-CHC-999999")
    assert refused.value.field == "org_id"


def test_only_members_change_a_profile_and_take_a_change_back(session, hope, ida, ada):
    with pytest.raises(NotFoundError):
        propose(session, hope, ada, name="Mine")
    submit(session, hope)
    change = propose(session, hope, ida, name="Hope")
    with pytest.raises(NotFoundError):
        profile_changes.take_back(session, ada.id, NOW)
    profile_changes.take_back(session, ida.id, NOW)
    assert change.state == "cancelled"
    with pytest.raises(NotFoundError, match="No change of the profile waits"):
        profile_changes.take_back(session, ida.id, NOW)


def test_nobody_decides_on_their_own_organisation_or_without_the_role(session, hope, ida, ada):
    submit(session, hope)
    change = propose(session, hope, ida, name="Hope")
    with pytest.raises(ForbiddenError, match="moderators and administrators"):
        profile_changes.approve(session, change.id, ida.id, NOW)
    ada.organisation_id = hope.id
    with pytest.raises(ForbiddenError, match="their own organisation"):
        profile_changes.approve(session, change.id, ada.id, NOW)
    mo = enrol(session, "Mo Moderator", Role.MODERATOR)
    for number in (0, change.id + 1, 2**31):
        with pytest.raises(NotFoundError):
            profile_changes.approve(session, number, mo.id, NOW)
    profile_changes.approve(session, change.id, mo.id, NOW)
    assert hope.name == "Hope"


def test_an_organisation_is_public_once_a_listing_of_it_was(session, hope, ida, ada):
    mo, noah = enrol(session, "Mo", Role.MODERATOR), enrol(session, "Noah Newcomer")
    number = submit(session, hope)
    for hidden_from in (None, person(session, noah)):
        with pytest.raises(NotFoundError, match="There is no organisation"):
            organisation_page(session, hope.id, hidden_from)
    for insider in (ida, ada, mo):
        assert organisation_page(session, hope.id, person(session, insider)).organisation is hope
    by = operator(session, "Operator")
    moderation.approve(session, number, by, None, NOW)
    assert is_public(session, hope.id)
    assert organisation_page(session, hope.id).listings[0].id == number
    listings.withdraw(session, number, by, "Old.", NOW)
    assert organisation_page(session, hope.id).listings == ()
