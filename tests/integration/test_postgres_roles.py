"""Roles and letters by several at once, on PostgreSQL; collected only where the environment names a server."""

from datetime import UTC, datetime, timedelta

import pytest
from people import enrol
from sqlalchemy import func, select
from together import at_once, meanwhile

from exchange import letters
from exchange.database import reading, writing
from exchange.errors import ForbiddenError, StateError
from exchange.letters import Note
from exchange.models import Account
from exchange.models_people import AccountEvent, Letter, RoleGrant
from exchange.people.permissions import Role
from exchange.people.personal_data import close_account
from exchange.people.roles import NewAdministrator, create_administrator, grant, revoke

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def database(postgres):
    with postgres.engine() as engine:
        yield engine


@pytest.fixture
def pair(database) -> tuple[int, int]:
    """Give two administrators."""
    with writing(database) as session:
        return tuple(enrol(session, name, Role.ADMINISTRATOR).id for name in ("Ada Admin", "Bob Admin"))


def act(database, what, target, role, by):
    with writing(database) as session:
        return what(session, target, role, session.get_one(Account, by), NOW)


def count(database, table) -> int:
    with reading(database) as session:
        return session.scalar(select(func.count()).select_from(table))


def test_two_administrators_who_revoke_one_another_leave_one(database, pair):
    one, other = pair
    for _ in range(10):
        done = at_once(
            lambda: act(database, revoke, other, Role.ADMINISTRATOR, one),
            lambda: act(database, revoke, one, Role.ADMINISTRATOR, other),
        )
        assert done.count(True) == 1
        assert isinstance(next(error for error in done if error is not True), ForbiddenError)
        assert count(database, RoleGrant) == 1
        left = one if done[0] is True else other
        act(database, grant, one if left == other else other, Role.ADMINISTRATOR, left)


def test_who_revokes_waits_for_the_other_and_then_sees_what_it_did(database, pair):
    one, other = pair
    with writing(database) as session:
        assert revoke(session, other, Role.ADMINISTRATOR, session.get_one(Account, one), NOW)
        with meanwhile(database, lambda: act(database, revoke, one, Role.ADMINISTRATOR, other)) as second:
            session.commit()
        assert isinstance(second.exception(), ForbiddenError)
    assert count(database, RoleGrant) == 1


def test_of_two_administrators_who_go_at_once_one_way_and_the_other_one_stays(database, pair):
    one, other = pair
    done = at_once(
        lambda: act(database, revoke, other, Role.ADMINISTRATOR, one),
        lambda: close(database, one),
    )
    assert len([error for error in done if isinstance(error, (StateError, ForbiddenError))]) == 1
    assert count(database, RoleGrant) == 1


def close(database, number):
    with writing(database) as session:
        close_account(session, number, NOW)


def test_a_role_that_is_given_several_times_at_once_is_given_and_told_once(database, pair):
    with writing(database) as session:
        carla = enrol(session, "Carla").id
    done = at_once(*[lambda: act(database, grant, carla, Role.MODERATOR, pair[0])] * 4)
    assert sorted(done) == [False, False, False, True]
    assert (count(database, Letter), count(database, AccountEvent)) == (1, 1)


def test_of_two_first_administrators_with_one_address_one_is_made(database):
    given = NewAdministrator(name="Ada", email="ada@site.example", password="copper kettle meadow")
    done = at_once(*[lambda: create_administrator(database, given, "Command line", NOW)] * 2)
    assert done.count(None) == 1
    assert "has an account already" in str(next(error for error in done if error))


def test_what_one_sender_holds_another_passes_over(database):
    with writing(database) as session:
        for _ in range(4):
            letters.write(session, "ann@people.example", Note(subject="Hello", body="x"), NOW)
    lease = timedelta(minutes=1)
    with writing(database) as one:
        assert [letter.id for letter in letters.claim(one, 2, NOW, lease)] == [1, 2]
        with writing(database) as other:
            assert [letter.id for letter in letters.claim(other, 9, NOW, lease)] == [3, 4]
