"""Requests to join: asked once, decided by a member or an administrator, never by oneself, and told to everybody."""

from datetime import UTC, datetime, timedelta

import pytest
from people import enrol, found
from sqlalchemy import select
from together import at_once

from exchange.database import reading, writing
from exchange.errors import ConflictError, ForbiddenError, InputError, NotFoundError, StateError, TooManyError
from exchange.models import Account
from exchange.models_people import AccountEvent, JoinRequest, Letter
from exchange.organisation import join_requests, memberships
from exchange.people.permissions import Role

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


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


@pytest.fixture
def ada(session) -> Account:
    return enrol(session, "Ada Admin", Role.ADMINISTRATOR)


def mail(session, account: Account) -> list[Letter]:
    return list(session.scalars(select(Letter).where(Letter.account_id == account.id).order_by(Letter.id)))


def test_the_members_are_asked_and_the_person_waits(session, hope, ida, noah, ada):
    request = join_requests.ask(session, hope, noah.id, NOW)
    assert memberships.join_of(session, noah.id) is request
    assert noah.organisation_id is None
    assert join_requests.waiting_for(session, hope) == [(request, noah)]
    letter = mail(session, ida)[0]
    assert letter.subject == "Noah Newcomer asks to join Hope & Sons"
    assert "noah.newcomer@people.example" in letter.body
    assert letter.path == "/my/organisation"
    assert mail(session, ada) == []
    assert mail(session, noah) == []


def test_the_administrators_are_asked_where_there_is_no_member(session, hope, noah, ada):
    join_requests.ask(session, hope, noah.id, NOW)
    assert mail(session, ada)[0].path == "/administration/requests"
    assert "no member who could decide" in mail(session, ada)[0].body


def test_a_person_has_one_request_at_a_time(session, hope, noah):
    join_requests.ask(session, hope, noah.id, NOW)
    for organisation in (hope, found(session, "Faith")):
        with pytest.raises(ConflictError, match="You have asked to join Hope & Sons already"):
            join_requests.ask(session, organisation, noah.id, NOW)
    join_requests.cancel(session, noah.id, NOW)
    assert memberships.join_of(session, noah.id) is None
    with pytest.raises(NotFoundError, match="may have been decided"):
        join_requests.cancel(session, noah.id, NOW)


def test_requests_that_are_asked_again_and_again_end(session, hope, noah):
    for _ in range(5):
        join_requests.ask(session, hope, noah.id, NOW)
        join_requests.cancel(session, noah.id, NOW)
    with pytest.raises(TooManyError):
        join_requests.ask(session, hope, noah.id, NOW)


def test_a_member_asks_nowhere(session, hope, ida):
    with pytest.raises(ConflictError, match="already"):
        join_requests.ask(session, hope, ida.id, NOW)
    with pytest.raises(ConflictError, match="Leave it first"):
        join_requests.ask(session, found(session, "Faith"), ida.id, NOW)


@pytest.mark.parametrize("number", [0, 77, 2**31, 10**30])
def test_what_is_not_there_is_not_found(session, noah, ada, number):
    with pytest.raises(NotFoundError):
        join_requests.ask(session, number, noah.id, NOW)
    with pytest.raises(NotFoundError):
        join_requests.approve(session, number, ada.id, NOW)


def test_a_member_approves_and_everybody_hears(session, hope, ida, noah):
    ivy = enrol(session, "Ivy Innovator", organisation_id=hope)
    request = join_requests.ask(session, hope, noah.id, NOW)
    join_requests.approve(session, request.id, ida.id, NOW + timedelta(hours=1))
    assert noah.organisation_id == hope
    assert (request.state, request.by_id, request.decided_at) == ("approved", ida.id, NOW + timedelta(hours=1))
    assert mail(session, noah)[0].subject == "You can now act for Hope & Sons"
    assert "Ida" not in mail(session, noah)[0].body
    for member in (ida, ivy):
        assert mail(session, member)[-1].subject == "Noah Newcomer has joined Hope & Sons"
    what = session.scalars(select(AccountEvent.what).where(AccountEvent.account_id == noah.id)).all()
    assert what == ["asked to join", "joined"]


def test_an_administrator_approves_for_any_organisation(session, hope, noah, ada):
    request = join_requests.ask(session, hope, noah.id, NOW)
    join_requests.approve(session, request.id, ada.id, NOW)
    assert noah.organisation_id == hope


def test_a_refusal_is_told_with_its_reason_and_one_may_ask_again(session, hope, ida, noah):
    request = join_requests.ask(session, hope, noah.id, NOW)
    join_requests.refuse(session, request.id, "We do not know you.\nSorry.", ida.id, NOW)
    assert (noah.organisation_id, request.state) == (None, "refused")
    assert "  We do not know you.\n  Sorry." in mail(session, noah)[0].body
    join_requests.ask(session, hope, noah.id, NOW)
    assert memberships.join_of(session, noah.id).id != request.id


def test_a_reason_has_a_limit(session, hope, ida, noah):
    request = join_requests.ask(session, hope, noah.id, NOW)
    with pytest.raises(InputError, match="5,001 characters") as refused:
        join_requests.refuse(session, request.id, "x" * 5_001, ida.id, NOW)
    assert refused.value.field == "reason"


def test_a_decided_request_is_not_decided_again(session, hope, ida, noah):
    request = join_requests.ask(session, hope, noah.id, NOW)
    join_requests.approve(session, request.id, ida.id, NOW)
    for again in (
        lambda: join_requests.approve(session, request.id, ida.id, NOW),
        lambda: join_requests.refuse(session, request.id, None, ida.id, NOW),
    ):
        with pytest.raises(StateError, match="decided"):
            again()
    assert len(mail(session, noah)) == 1


def test_nobody_decides_for_an_organisation_of_others(session, hope, noah):
    otto = enrol(session, "Otto Other", organisation_id=found(session, "Faith"))
    mo = enrol(session, "Mo Moderator", Role.MODERATOR)
    nora = enrol(session, "Nora Nowhere")
    request = join_requests.ask(session, hope, noah.id, NOW)
    for other in (otto, mo, nora, noah):
        with pytest.raises(NotFoundError, match="no such request"):
            join_requests.approve(session, request.id, other.id, NOW)
        with pytest.raises(NotFoundError, match="no such request"):
            join_requests.refuse(session, request.id, None, other.id, NOW)
    assert noah.organisation_id is None


def test_an_administrator_does_not_let_themselves_in(session, hope, ada):
    request = join_requests.ask(session, hope, ada.id, NOW)
    with pytest.raises(ForbiddenError, match="Nobody decides on their own request"):
        join_requests.approve(session, request.id, ada.id, NOW)
    assert mail(session, ada) == []
    other = enrol(session, "Abe Admin", Role.ADMINISTRATOR)
    join_requests.approve(session, request.id, other.id, NOW)
    assert ada.organisation_id == hope


def test_an_administrator_without_a_confirmed_address_decides_nothing(session, hope, noah):
    una = enrol(session, "Una Admin", Role.ADMINISTRATOR, confirmed=False)
    request = join_requests.ask(session, hope, noah.id, NOW)
    with pytest.raises(NotFoundError):
        join_requests.approve(session, request.id, una.id, NOW)


def test_administrators_see_every_request_the_oldest_first(session, hope, noah):
    nora = enrol(session, "Nora Nowhere")
    second = join_requests.ask(session, hope, noah.id, NOW + timedelta(hours=1))
    first = join_requests.ask(session, found(session, "Faith"), nora.id, NOW)
    assert [request.id for request, _ in join_requests.all_waiting(session)] == [first.id, second.id]


def test_of_two_requests_at_once_one_is_kept(engine):
    with writing(engine) as session:
        organisations = [found(session, name) for name in ("Hope", "Faith")]
        noah = enrol(session, "Noah Newcomer").id

    def ask(number: int) -> str:
        try:
            with writing(engine) as session:
                join_requests.ask(session, organisations[number], noah, NOW)
        except ConflictError:
            return "refused"
        return "asked"

    assert sorted(at_once(lambda: ask(0), lambda: ask(1))) == ["asked", "refused"]
    with reading(engine) as session:
        assert len(session.scalars(select(JoinRequest)).all()) == 1


def test_of_two_decisions_at_once_one_stands(engine):
    with writing(engine) as session:
        hope = found(session, "Hope")
        ida, ivy = (enrol(session, name, organisation_id=hope).id for name in ("Ida", "Ivy"))
        noah = enrol(session, "Noah Newcomer").id
        request = join_requests.ask(session, hope, noah, NOW).id

    def decide(by: int, *, approve: bool) -> str:
        try:
            with writing(engine) as session:
                if approve:
                    join_requests.approve(session, request, by, NOW)
                else:
                    join_requests.refuse(session, request, None, by, NOW)
        except StateError:
            return "too late"
        return "approved" if approve else "refused"

    said = at_once(lambda: decide(ida, approve=True), lambda: decide(ivy, approve=False))
    assert said.count("too late") == 1
    with reading(engine) as session:
        assert session.get(JoinRequest, request).state in said
        assert (session.get(Account, noah).organisation_id == hope) == ("approved" in said)
