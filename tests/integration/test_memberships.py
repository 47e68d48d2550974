"""Members of an organisation: who is one, how one leaves, and invitations that work once, for one address."""

from datetime import UTC, datetime, timedelta

import pytest
from people import enrol, found
from sqlalchemy import func, select

from exchange.database import writing
from exchange.errors import ConflictError, ForbiddenError, InputError, NotFoundError, StateError, TooManyError
from exchange.models import Account, OrgKind
from exchange.models_people import AccountEvent, Letter, OneTimeLink, RoleGrant
from exchange.organisation import join_requests, memberships
from exchange.people.permissions import Role

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1, minutes=1)


@pytest.fixture
def session(engine):
    with writing(engine) as session:
        yield session


@pytest.fixture
def hope(session) -> int:
    return found(session, "Hope & Sons")


@pytest.fixture
def ida(session, hope) -> Account:
    return enrol(session, "Ida Innovator", organisation_id=hope)


@pytest.fixture
def noah(session) -> Account:
    return enrol(session, "Noah Newcomer")


def mail(session, account: Account) -> list[Letter]:
    return list(session.scalars(select(Letter).where(Letter.address == account.email).order_by(Letter.id)))


def events(session, account: Account) -> list[str]:
    asked = select(AccountEvent.what).where(AccountEvent.account_id == account.id).order_by(AccountEvent.id)
    return list(session.scalars(asked))


def invited(session, hope, ida, address="noah.newcomer@people.example", now=NOW) -> str:
    """Invite an address; give the secret out of the mail."""
    memberships.invite(session, hope, address, ida.id, now)
    letter = session.scalars(select(Letter).order_by(Letter.id.desc())).first()
    assert letter.path.startswith("/invitation?code=")
    return letter.path.split("=", 1)[1]


def test_members_are_those_who_can_act(session, hope, ida):
    enrol(session, "Una Unconfirmed", organisation_id=hope, confirmed=False)
    enrol(session, "Otto Other", organisation_id=found(session, "Faith"))
    gone = enrol(session, "Gus Gone", organisation_id=hope)
    gone.closed_at = NOW
    barred = enrol(session, "Bea Barred", organisation_id=hope)
    barred.can_sign_in = False
    second = enrol(session, "Ivy Innovator", organisation_id=hope)
    assert memberships.members(session, hope) == [ida, second]
    assert memberships.members(session, 9999) == []


def test_administrators_are_those_who_can_act(session):
    ada = enrol(session, "Ada Admin", Role.ADMINISTRATOR)
    enrol(session, "Mo Moderator", Role.MODERATOR)
    enrol(session, "Ann Unconfirmed", Role.ADMINISTRATOR, confirmed=False)
    assert memberships.administrators(session) == [ada]


def test_leaving_ends_the_membership_and_tells_who_stays(session, hope, ida):
    ivy = enrol(session, "Ivy Innovator", organisation_id=hope)
    memberships.leave(session, ida.id, NOW)
    assert memberships.members(session, hope) == [ivy]
    assert ida.organisation_id is None
    told = "Ida Innovator (ida.innovator@people.example) is no longer a member of Hope & Sons."
    assert [letter.body for letter in mail(session, ivy)] == [told]
    assert events(session, ida) == ["left"]
    with pytest.raises(NotFoundError, match="not a member"):
        memberships.leave(session, ida.id, NOW)


def test_the_commissioners_role_ends_with_the_membership_and_other_roles_stay(session, hope):
    both = enrol(session, "Cara", Role.COMMISSIONER, Role.MODERATOR, organisation_id=hope)
    memberships.leave(session, both.id, NOW)
    left = session.scalars(select(RoleGrant.role).where(RoleGrant.account_id == both.id)).all()
    assert left == [Role.MODERATOR]
    assert events(session, both) == ["role revoked", "left"]


def test_the_last_member_may_leave_and_the_administrators_are_told(session, hope, ida):
    ada = enrol(session, "Ada Admin", Role.ADMINISTRATOR)
    memberships.leave(session, ida.id, NOW)
    assert memberships.members(session, hope) == []
    assert "It has no member now" in mail(session, ada)[0].body
    assert mail(session, ada)[0].path == "/administration/requests"


def test_a_member_is_removed_by_another_and_told_without_a_name(session, hope, ida):
    ivy = enrol(session, "Ivy Innovator", organisation_id=hope)
    memberships.remove(session, ivy.id, ida.id, NOW)
    assert ivy.organisation_id is None
    assert mail(session, ivy)[0].subject == "You are no longer a member of Hope & Sons"
    assert "Ida" not in mail(session, ivy)[0].body
    assert events(session, ivy) == ["left"]
    with pytest.raises(NotFoundError, match="no such person"):
        memberships.remove(session, ivy.id, ida.id, NOW)


@pytest.mark.parametrize("number", [0, 2**31, 10**30])
def test_nobody_who_is_not_there_is_removed(session, ida, number):
    with pytest.raises(NotFoundError):
        memberships.remove(session, number, ida.id, NOW)


def test_one_removes_neither_oneself_nor_a_member_of_another_organisation_nor_without_being_a_member(
    session, hope, ida, noah
):
    otto = enrol(session, "Otto Other", organisation_id=found(session, "Faith"))
    with pytest.raises(StateError, match="leave the organisation instead"):
        memberships.remove(session, ida.id, ida.id, NOW)
    with pytest.raises(NotFoundError):
        memberships.remove(session, otto.id, ida.id, NOW)
    with pytest.raises(NotFoundError):
        memberships.remove(session, ida.id, noah.id, NOW)
    assert ida.organisation_id == hope
    assert otto.organisation_id is not None


def test_an_invitation_makes_whoever_it_was_sent_to_a_member(session, hope, ida, noah):
    secret = invited(session, hope, ida)
    link, organisation = memberships.invitation(session, secret, NOW)
    assert (link.email, organisation.id) == (noah.email, hope)
    memberships.accept(session, secret, noah.id, NOW + timedelta(days=13))
    assert memberships.members(session, hope) == [ida, noah]
    assert events(session, noah) == ["joined"]
    assert mail(session, ida)[-1].subject == "Noah Newcomer has joined Hope & Sons"


def test_the_address_of_an_invitation_may_be_typed_in_capitals(session, hope, ida, noah):
    secret = invited(session, hope, ida, " Noah.Newcomer@PEOPLE.example ")
    memberships.accept(session, secret, noah.id, NOW)
    assert noah.organisation_id == hope


def test_an_invitation_works_once(session, hope, ida, noah):
    secret = invited(session, hope, ida)
    memberships.accept(session, secret, noah.id, NOW)
    memberships.leave(session, noah.id, NOW)
    with pytest.raises(InputError, match="used before"):
        memberships.accept(session, secret, noah.id, NOW)
    assert noah.organisation_id is None


def test_an_invitation_is_no_use_to_another_address_and_stays_usable(session, hope, ida, noah):
    otto = enrol(session, "Otto Other")
    secret = invited(session, hope, ida)
    with pytest.raises(ForbiddenError, match="another address"):
        memberships.accept(session, secret, otto.id, NOW)
    assert otto.organisation_id is None
    memberships.accept(session, secret, noah.id, NOW)
    assert noah.organisation_id == hope


def test_an_invitation_needs_a_confirmed_address(session, hope, ida):
    una = enrol(session, "Una Unconfirmed", confirmed=False)
    secret = invited(session, hope, ida, una.email)
    with pytest.raises(ForbiddenError):
        memberships.accept(session, secret, una.id, NOW)
    assert una.organisation_id is None


@pytest.mark.parametrize("days", [14, 100])
def test_an_old_invitation_cannot_be_used(session, hope, ida, noah, days):
    secret = invited(session, hope, ida)
    assert memberships.invitation(session, secret, NOW + timedelta(days=days)) is None
    with pytest.raises(InputError, match="older than 14 days"):
        memberships.accept(session, secret, noah.id, NOW + timedelta(days=days))


def test_an_invitation_is_void_once_its_sender_has_left(session, hope, ida, noah):
    secret = invited(session, hope, ida)
    memberships.leave(session, ida.id, NOW)
    assert memberships.invitation(session, secret, NOW) is None
    with pytest.raises(InputError):
        memberships.accept(session, secret, noah.id, NOW)


def test_a_made_up_invitation_is_none(session, noah):
    for secret in ("", "x", "é" * 200):
        assert memberships.invitation(session, secret, NOW) is None


def test_a_member_of_another_organisation_must_leave_it_before_using_an_invitation(session, hope, ida, noah):
    noah.organisation_id = found(session, "Faith")
    secret = invited(session, hope, ida)
    with pytest.raises(ConflictError, match="You are a member of Faith"):
        memberships.accept(session, secret, noah.id, NOW)
    memberships.leave(session, noah.id, NOW)
    memberships.accept(session, secret, noah.id, NOW)
    assert noah.organisation_id == hope


def test_accepting_ends_ones_own_request_to_join(session, hope, ida, noah):
    other = found(session, "Faith", OrgKind.PUBLIC_BODY)
    join_requests.ask(session, other, noah.id, NOW)
    memberships.accept(session, invited(session, hope, ida), noah.id, NOW)
    assert memberships.join_of(session, noah.id) is None
    assert join_requests.waiting_for(session, other) == []


def test_an_unknown_address_is_mailed_as_a_known_one_is(session, hope, ida, noah):
    invited(session, hope, ida, "nobody@people.example")
    invited(session, hope, ida, noah.email)
    unknown, known = session.scalars(select(Letter).order_by(Letter.id)).all()
    assert (unknown.subject, unknown.body, unknown.secret) == (known.subject, known.body, True)
    assert known.subject == "Ida Innovator invites you to join Hope & Sons"
    assert session.scalar(select(func.count()).select_from(OneTimeLink)) == 2
    assert unknown.path.split("=")[1] not in {row.digest for row in session.scalars(select(OneTimeLink))}


@pytest.mark.parametrize(
    "address", ["", "noah", "a@b@c", "a b@c.example", "x" * 300 + "@c.example", "a@c.example\r\nBcc: x"]
)
def test_only_an_address_is_invited(session, hope, ida, address):
    with pytest.raises(InputError) as refused:
        memberships.invite(session, hope, address, ida.id, NOW)
    assert refused.value.field == "email"
    assert session.scalar(select(func.count()).select_from(Letter)) == 0


def test_a_member_is_not_invited_again(session, hope, ida):
    with pytest.raises(InputError, match="a member of your organisation already"):
        memberships.invite(session, hope, ida.email, ida.id, NOW)


def test_only_a_member_invites(session, hope, noah):
    with pytest.raises(NotFoundError):
        memberships.invite(session, hope, "a@people.example", noah.id, NOW)
    noah.organisation_id = found(session, "Faith")
    with pytest.raises(NotFoundError):
        memberships.invite(session, hope, "a@people.example", noah.id, NOW)


def test_invitations_are_few_to_one_address_and_by_one_person(session, hope, ida):
    for _ in range(3):
        memberships.invite(session, hope, "pest@people.example", ida.id, NOW)
    with pytest.raises(TooManyError):
        memberships.invite(session, hope, "pest@people.example", ida.id, NOW)
    memberships.invite(session, hope, "pest@people.example", ida.id, LATER)
    for number in range(19):
        memberships.invite(session, hope, f"{number}@people.example", ida.id, LATER)
    with pytest.raises(TooManyError):
        memberships.invite(session, hope, "one.more@people.example", ida.id, LATER)
