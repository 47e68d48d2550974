"""Two people, or two windows of one, at the same moment: nobody is let in twice, and nobody twice removed."""

from datetime import UTC, datetime

import pytest
from people import enrol, found
from sqlalchemy import Engine, func, select
from together import at_once

from exchange.database import reading, writing
from exchange.errors import ConflictError, InputError, NotFoundError, StateError
from exchange.models import Account, Organisation, OrgKind
from exchange.models_people import Letter
from exchange.organisation import join_requests, memberships, organisation_profiles
from exchange.organisation.organisations import OrganisationDetails
from exchange.people import personal_data
from exchange.people.permissions import Role

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def hope(engine) -> int:
    with writing(engine) as session:
        return found(session, "Hope")


def joined(engine: Engine, name: str, organisation_id: int | None, *roles: Role) -> int:
    with writing(engine) as session:
        return enrol(session, name, *roles, organisation_id=organisation_id).id


def act(engine: Engine, use_case, *given: object):
    """Give a use-case as an act of its own transaction."""

    def run() -> bool:
        with writing(engine) as session:
            use_case(session, *given, NOW)
        return True

    return run


def members(engine: Engine, organisation_id: int) -> list[int]:
    with reading(engine) as session:
        return [account.id for account in memberships.members(session, organisation_id)]


def test_of_two_who_remove_one_another_one_stays(engine, hope):
    ida, ivy = joined(engine, "Ida", hope), joined(engine, "Ivy", hope)
    said = at_once(act(engine, memberships.remove, ivy, ida), act(engine, memberships.remove, ida, ivy))
    assert sorted(map(str, map(type, said))) == sorted(map(str, (bool, NotFoundError)))
    assert len(members(engine, hope)) == 1


def test_an_invitation_opened_in_two_windows_is_taken_once(engine, hope):
    ida, noah = joined(engine, "Ida", hope), joined(engine, "Noah Newcomer", None)
    with writing(engine) as session:
        memberships.invite(session, hope, "noah.newcomer@people.example", ida, NOW)
        secret = session.scalars(select(Letter.path)).first().split("=", 1)[1]
    said = at_once(*[act(engine, memberships.accept, secret, noah)] * 2)
    assert said.count(True) == 1
    assert isinstance(next(one for one in said if one is not True), (InputError, ConflictError))
    assert members(engine, hope) == [ida, noah]


def test_a_form_for_a_new_organisation_that_is_sent_twice_makes_one(engine):
    noah = joined(engine, "Noah Newcomer", None)
    details = OrganisationDetails(name="Faith", kind=OrgKind.THIRD_SECTOR)
    said = at_once(*[act(engine, organisation_profiles.make_new, details, noah)] * 2)
    assert said.count(True) == 1
    with reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(Organisation)) == 1


def test_a_request_that_is_approved_while_it_is_taken_back_ends_one_way(engine, hope):
    ida, noah = joined(engine, "Ida", hope), joined(engine, "Noah Newcomer", None)
    with writing(engine) as session:
        number = join_requests.ask(session, hope, noah, NOW).id
    said = at_once(act(engine, join_requests.approve, number, ida), act(engine, join_requests.cancel, noah))
    assert said.count(True) == 1
    assert (noah in members(engine, hope)) is (said[0] is True)
    assert isinstance(next(one for one in said if one is not True), (StateError, NotFoundError))


def test_an_account_that_is_approved_while_it_is_closed_is_no_member(engine, hope):
    ida, noah = joined(engine, "Ida", hope), joined(engine, "Noah Newcomer", None)
    with writing(engine) as session:
        number = join_requests.ask(session, hope, noah, NOW).id
    said = at_once(act(engine, join_requests.approve, number, ida), act(engine, personal_data.close_account, noah))
    assert said[1] is True
    assert members(engine, hope) == [ida]
    with reading(engine) as session:
        assert session.get_one(Account, noah).organisation_id is None


def test_of_two_last_administrators_who_close_their_accounts_one_stays(engine):
    ada, abe = (joined(engine, name, None, Role.ADMINISTRATOR) for name in ("Ada", "Abe"))
    said = at_once(act(engine, personal_data.close_account, ada), act(engine, personal_data.close_account, abe))
    assert said.count(True) == 1
    assert isinstance(next(one for one in said if one is not True), StateError)
    with reading(engine) as session:
        assert len(memberships.administrators(session)) == 1
