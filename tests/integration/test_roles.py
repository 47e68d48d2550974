"""Roles: who may give and take them, who may have them, and what the person, the events and the mail say of it."""

from datetime import UTC, datetime

import pytest
from people import enrol
from sqlalchemy import select

from exchange.database import reading, writing
from exchange.errors import ForbiddenError, InputError, NotFoundError, StateError
from exchange.models import Account
from exchange.models_people import Letter
from exchange.people import roles, sign_ins
from exchange.people.account_events import ROLE_TAKEN
from exchange.people.account_list import (
    account_page,
    count_accounts,
    events_of,
    open_account,
    person_called,
    with_roles,
)
from exchange.people.accounts import operator
from exchange.people.passwords import matches
from exchange.people.permissions import GRANTED, Action, Role
from exchange.people.roles import NewAdministrator, Order, change, create_administrator, grant, revoke

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
PASSWORD = "copper kettle meadow"


@pytest.fixture
def session(engine):
    with writing(engine) as session:
        yield session


@pytest.fixture
def ada(session) -> Account:
    """Give the only administrator."""
    return enrol(session, "Ada Admin", Role.ADMINISTRATOR)


@pytest.fixture
def carla(session) -> Account:
    """Give somebody without a role."""
    return enrol(session, "Carla Bell")


def held(session, account):
    return with_roles(session, account).roles


def mail(session):
    return [(letter.address, letter.subject, letter.path) for letter in session.scalars(select(Letter))]


def told(session, account):
    return [(one.event.what, one.event.detail, one.by) for one in events_of(session, account.id)]


# --- giving and taking ------------------------------------------------------------------------------------------------


def test_a_role_that_is_given_opens_its_pages_and_is_told_and_recorded(session, ada, carla):
    assert grant(session, carla.id, Role.COMMISSIONER, ada, NOW) is True
    assert sign_ins.person(session, carla).may(Action.DRAFT_NEED)
    assert mail(session) == [(carla.email, "Your new role: commissioner", "/post")]
    assert told(session, carla) == [(roles.GIVEN, "commissioner", "Ada Admin")]


def test_a_second_time_nothing_is_given_and_nobody_is_told_again(session, ada, carla):
    grant(session, carla.id, Role.MODERATOR, ada, NOW)
    assert grant(session, carla.id, Role.MODERATOR, ada, NOW) is False
    assert (len(mail(session)), len(told(session, carla))) == (1, 1)


def test_a_role_that_is_taken_closes_its_pages_and_the_event_stays(session, ada, carla):
    grant(session, carla.id, Role.MODERATOR, ada, NOW)
    assert revoke(session, carla.id, Role.MODERATOR, ada, NOW) is True
    assert not sign_ins.person(session, carla).may(Action.MODERATE)
    assert mail(session)[1] == (carla.email, "You no longer have the role moderator", "/my/account")
    assert [what for what, _, _ in told(session, carla)] == [ROLE_TAKEN, roles.GIVEN]
    assert revoke(session, carla.id, Role.MODERATOR, ada, NOW) is False
    assert len(mail(session)) == 2


def test_the_mail_names_no_administrator(session, ada, carla):
    grant(session, carla.id, Role.MODERATOR, ada, NOW)
    revoke(session, carla.id, Role.MODERATOR, ada, NOW)
    assert not [letter for letter in session.scalars(select(Letter)) if "Ada" in letter.body + letter.subject]


def test_the_operator_of_the_command_line_may_give_and_take(session, carla):
    by = operator(session, "Command line")
    assert grant(session, carla.id, Role.COMMISSIONER, by, NOW)
    assert revoke(session, carla.id, Role.COMMISSIONER, by, NOW)


@pytest.mark.parametrize("having", [(), (Role.COMMISSIONER,), (Role.MODERATOR,)])
@pytest.mark.parametrize("act", [grant, revoke])
def test_nobody_but_an_administrator_may_not_even_for_themselves(session, ada, having, act):
    other = enrol(session, "Otto Other", *having)
    for target in (other, ada):
        for role in GRANTED:
            with pytest.raises(ForbiddenError, match="Only an administrator"):
                act(session, target.id, role, other, NOW)
    assert held(session, ada) == (Role.ADMINISTRATOR,)


@pytest.mark.parametrize("change", [{"closed_at": NOW}, {"confirmed_at": None}])
def test_an_administrator_whose_account_is_closed_or_not_confirmed_may_not(session, carla, change):
    former = enrol(session, "Former Admin", Role.ADMINISTRATOR)
    for name, value in change.items():
        setattr(former, name, value)
    with pytest.raises(ForbiddenError):
        grant(session, carla.id, Role.MODERATOR, former, NOW)


def test_an_erased_account_is_not_taken_for_an_operator(session, carla):
    erased = enrol(session, "Erased")
    erased.email, erased.can_sign_in, erased.closed_at = None, False, NOW
    with pytest.raises(ForbiddenError):
        grant(session, carla.id, Role.MODERATOR, erased, NOW)


def test_an_address_that_is_not_confirmed_gets_no_role(session, ada):
    una = enrol(session, "Una Unconfirmed", confirmed=False)
    with pytest.raises(StateError, match="Una Unconfirmed has not confirmed"):
        grant(session, una.id, Role.COMMISSIONER, ada, NOW)
    assert mail(session) == []


@pytest.mark.parametrize("act", [grant, revoke])
def test_a_closed_account_an_operator_and_no_account_are_all_not_there(session, ada, carla, act):
    carla.closed_at = NOW
    for number in (carla.id, operator(session, "Import").id, 999, 2**40):
        with pytest.raises(NotFoundError, match="no account of this number"):
            act(session, number, Role.MODERATOR, ada, NOW)


@pytest.mark.parametrize("role", sorted(set(Role) - GRANTED))
def test_what_nobody_gives_cannot_be_given(session, ada, carla, role):
    with pytest.raises(InputError, match="not given by anybody") as raised:
        grant(session, carla.id, role, ada, NOW)
    assert raised.value.field == "role"


# --- the last administrator -------------------------------------------------------------------------------------------


def test_the_last_administrator_stays_one(session, ada):
    with pytest.raises(StateError, match="Ada Admin is the only administrator"):
        revoke(session, ada.id, Role.ADMINISTRATOR, ada, NOW)
    assert held(session, ada) == (Role.ADMINISTRATOR,)


@pytest.mark.parametrize("change", [{"closed_at": NOW}, {"confirmed_at": None}, {"can_sign_in": False}, {"demo": True}])
def test_who_cannot_act_as_administrator_does_not_count(session, ada, change):
    other = enrol(session, "Other Admin", Role.ADMINISTRATOR)
    for name, value in change.items():
        setattr(other, name, value)
    session.flush()
    with pytest.raises(StateError, match="only administrator"):
        revoke(session, ada.id, Role.ADMINISTRATOR, ada, NOW)


def test_of_two_administrators_one_may_go(session, ada, carla):
    grant(session, carla.id, Role.ADMINISTRATOR, ada, NOW)
    assert not roles.is_last_administrator(session, ada.id)
    assert revoke(session, ada.id, Role.ADMINISTRATOR, ada, NOW)
    assert roles.is_last_administrator(session, carla.id)
    assert not roles.is_last_administrator(session, ada.id)


# --- what a page sends ------------------------------------------------------------------------------------------------


def order(seen=(), chosen=()):
    return Order(frozenset(seen), frozenset(chosen))


def test_only_what_was_ticked_and_unticked_is_changed(session, ada, carla):
    grant(session, carla.id, Role.MODERATOR, ada, NOW)
    assert change(session, carla.id, order([Role.MODERATOR], [Role.COMMISSIONER]), ada, NOW)
    assert held(session, carla) == (Role.COMMISSIONER,)


def test_what_another_administrator_gave_meanwhile_stays(session, ada, carla):
    grant(session, carla.id, Role.MODERATOR, ada, NOW)
    change(session, carla.id, order([], [Role.COMMISSIONER]), ada, NOW)
    assert held(session, carla) == (Role.COMMISSIONER, Role.MODERATOR)


def test_the_same_order_twice_changes_nothing_the_second_time(session, ada, carla):
    both = order([], [Role.COMMISSIONER, Role.MODERATOR])
    assert change(session, carla.id, both, ada, NOW)
    assert not change(session, carla.id, both, ada, NOW)
    assert len(mail(session)) == 2


def test_an_administrator_may_take_all_of_their_own_roles_at_once(session, ada, carla):
    for role in GRANTED:
        grant(session, carla.id, role, ada, NOW)
    assert change(session, carla.id, order(GRANTED), carla, NOW)
    assert held(session, carla) == ()


# --- the first administrator ------------------------------------------------------------------------------------------


def new(**changes: str):
    return NewAdministrator(**{"name": " Ada\nAdmin ", "email": " ADA@site.example ", "password": PASSWORD} | changes)


def test_the_first_administrator_is_confirmed_and_may_administer(engine):
    create_administrator(engine, new(), "Command line", NOW)
    with reading(engine) as session:
        account = person_called(session, "ada@SITE.example")
        assert (account.name, account.confirmed_at, account.can_sign_in) == ("Ada Admin", NOW, True)
        assert sign_ins.person(session, account).may(Action.ADMINISTER)
        assert matches(account.password_hash, PASSWORD)
        assert [(what, by) for what, _, by in told(session, account)] == [
            (roles.GIVEN, "Command line"),
            ("made on the command line", "Command line"),
        ]


def test_a_known_address_is_refused_with_what_to_use_instead(engine):
    create_administrator(engine, new(), "Command line", NOW)
    with pytest.raises(InputError, match=r"`exchange accounts grant ada@site.example administrator`"):
        create_administrator(engine, new(password="another long word list"), "Command line", NOW)
    with reading(engine) as session:
        assert count_accounts(session) == 1
        assert matches(person_called(session, "ada@site.example").password_hash, PASSWORD)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": " "}, "name"),
        ({"email": "ada"}, "email"),
        ({"password": "short"}, "password"),
        ({"password": "ada@site.example"}, "password"),
    ],
)
def test_what_cannot_be_used_makes_no_account(engine, change, field):
    with pytest.raises(InputError) as raised:
        create_administrator(engine, new(**change), "Command line", NOW)
    assert raised.value.field == field
    with reading(engine) as session:
        assert session.scalars(select(Account)).all() == []


def test_a_password_is_not_shown_where_the_order_is_printed():
    assert PASSWORD not in repr(new())


# --- the list ---------------------------------------------------------------------------------------------------------


def names(page):
    return [one.account.name for one in page.accounts]


def test_accounts_are_found_by_part_of_name_or_address_whatever_the_case(session, ada, carla):
    enrol(session, "Percy 50%_done")
    assert names(account_page(session, "", 1)) == ["Ada Admin", "Carla Bell", "Percy 50%_done"]
    assert names(account_page(session, " BELL", 1)) == ["Carla Bell"]
    assert names(account_page(session, "ada.admin@PEOPLE", 1)) == ["Ada Admin"]
    assert names(account_page(session, "50%_", 1)) == ["Percy 50%_done"]
    assert names(account_page(session, "5__%", 1)) == []


def test_the_list_shows_roles_and_leaves_out_operators_and_closed_accounts(session, ada, carla):
    operator(session, "Command line")
    grant(session, carla.id, Role.MODERATOR, ada, NOW)
    carla_row = account_page(session, "carla", 1).accounts[0]
    assert (carla_row.roles, carla_row.organisation) == ((Role.MODERATOR,), None)
    carla.closed_at = NOW
    session.flush()
    assert names(account_page(session, "", 1)) == ["Ada Admin"]
    assert count_accounts(session) == 1
    with pytest.raises(NotFoundError):
        open_account(session, carla.id)


def test_a_long_list_comes_page_by_page(session, monkeypatch):
    monkeypatch.setattr("exchange.people.account_list.PER_PAGE", 2)
    for name in ("Ann", "bea", "Cem"):
        enrol(session, name)
    first, second, past = (account_page(session, "", number) for number in (1, 2, 99))
    assert (names(first), names(second), names(past)) == (["Ann", "bea"], ["Cem"], ["Cem"])
    assert (first.last, past.number, first.total) == (2, 2, 3)


@pytest.mark.parametrize("email", ["nobody@site.example", "carla.bell@people.example"])
def test_nobody_is_called_by_an_address_that_no_open_account_has(session, carla, email):
    carla.closed_at = NOW
    session.flush()
    with pytest.raises(NotFoundError, match="Nobody has registered with the address"):
        person_called(session, email)
