"""Accounts: registered, confirmed, changed, and moved to another address, with letters to whom it concerns."""

from datetime import UTC, datetime, timedelta

import pytest
from hashing import quick_hashing
from letterbox import code_for, letters_to, subjects
from people import enrol
from sqlalchemy import select
from together import at_once

from exchange.database import reading, writing
from exchange.errors import InputError, NotFoundError, TooManyError
from exchange.models import Account
from exchange.models_people import AccountEvent
from exchange.people import accounts, passwords
from exchange.people.accounts import Registration

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
ANN = "ann@example.org"
PASSWORD = "gravel lantern teapot"


@pytest.fixture(autouse=True)
def hasher(monkeypatch):
    return quick_hashing(monkeypatch)


def register(engine, email=ANN, now=NOW, **other: object):
    given = {"name": "Ann Example", "password": PASSWORD, "client": "203.0.113.9"} | other
    accounts.register(engine, Registration(email=email, **given), now)


def confirm(engine, code, now=NOW):
    with writing(engine) as session:
        return accounts.confirm(session, code, now)


def account(engine, email=ANN):
    with reading(engine) as session:
        return accounts.by_email(session, email)


def events(engine):
    with reading(engine) as session:
        return list(session.scalars(select(AccountEvent.what).order_by(AccountEvent.id)))


def test_registering_makes_an_unconfirmed_account_and_mails_a_secret_link(engine):
    register(engine, " Ann@Example.org ", name=" Ann\nExample ")
    ann = account(engine)
    assert (ann.name, ann.email, ann.confirmed_at, ann.can_sign_in) == ("Ann Example", ANN, None, True)
    assert (ann.organisation_id, ann.demo, ann.created_at) == (None, False, NOW)
    assert passwords.matches(ann.password_hash, PASSWORD)
    (letter,) = letters_to(engine, ANN)
    assert letter.secret
    assert letter.path.startswith("/confirm?code=")
    assert "Ann" not in letter.subject + letter.body  # whoever typed the name may not own the address


def test_a_known_address_gets_a_letter_instead_and_its_account_stays_as_it_was(engine):
    register(engine)
    before = account(engine).password_hash
    register(engine, now=NOW + HOUR, name="Eve", password="walnut river hammer")
    ann = account(engine)
    assert (ann.name, ann.password_hash) == ("Ann Example", before)
    assert subjects(engine, ANN) == ["Confirm your email address", "You have an account already"]
    assert not letters_to(engine, ANN)[1].secret
    assert "Eve" not in letters_to(engine, ANN)[1].body


def test_as_much_is_hashed_for_a_known_address_as_for_an_unknown_one(engine, hasher):
    register(engine)
    assert hasher.made == 1
    register(engine, now=NOW + HOUR)
    assert hasher.made == 2


def test_a_double_click_makes_one_account_and_one_letter(engine):
    register(engine)
    register(engine, now=NOW + timedelta(seconds=2))
    assert len(letters_to(engine, ANN)) == 1


def test_of_many_who_register_an_address_at_once_one_gets_the_account(engine):
    outcomes = at_once(*[lambda: register(engine)] * 5)
    assert outcomes == [None] * 5
    with reading(engine) as session:
        assert len(session.scalars(select(Account)).all()) == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"email": "ann"}, "email"),
        ({"email": f"{ANN}\r\nBcc: eve@example.org"}, "email"),
        ({"password": "short"}, "password"),
        ({"password": "x" * 1_000_000}, "password"),
        ({"password": "ann example 1"}, "password"),
    ],
)
def test_what_cannot_be_used_is_refused_at_its_field_and_nothing_is_made_or_hashed(engine, hasher, given, field):
    with pytest.raises(InputError) as refused:
        register(engine, **given)
    assert refused.value.field == field
    assert hasher.made == 0
    assert account(engine) is None


def test_too_many_registrations_stop_before_a_password_is_hashed(engine, hasher):
    for number in range(accounts.REGISTER_CLIENT[0]):
        register(engine, f"a{number}@example.org")
    made = hasher.made
    with pytest.raises(TooManyError):
        register(engine, "one.more@example.org")
    assert hasher.made == made
    register(engine, "another@example.org", client="198.51.100.7")


def test_one_address_cannot_be_flooded_with_letters_from_many_clients(engine):
    for number in range(accounts.REGISTER_ADDRESS[0]):
        register(engine, now=NOW + number * 2 * MINUTE, client=f"203.0.113.{number}")
    with pytest.raises(TooManyError):
        register(engine, now=NOW + 20 * MINUTE, client="203.0.113.200")
    assert len(letters_to(engine, ANN)) == accounts.REGISTER_ADDRESS[0]


def test_looking_at_a_link_confirms_nothing_and_using_it_does_once(engine):
    register(engine)
    code = code_for(engine, ANN)
    with reading(engine) as session:
        assert accounts.link_to_confirm(session, code, NOW).email == ANN
    assert account(engine).confirmed_at is None
    confirm(engine, code, NOW + HOUR)
    assert account(engine).confirmed_at == NOW + HOUR
    with pytest.raises(InputError, match="used already, or it is too old"):
        confirm(engine, code, NOW + HOUR)
    assert events(engine) == ["registered", "address confirmed"]


@pytest.mark.parametrize("code", ["", "x", "\x00", "x" * 10_000])
def test_a_made_up_link_confirms_nothing(engine, code):
    register(engine)
    with pytest.raises(InputError, match="Ask for a new one"):
        confirm(engine, code)


def test_an_old_link_confirms_nothing_and_another_can_be_asked_for(engine):
    register(engine)
    later = NOW + accounts.CONFIRM_LASTS
    with pytest.raises(InputError, match="too old"):
        confirm(engine, code_for(engine, ANN), later)
    with writing(engine) as session:
        accounts.resend_confirmation(session, account(engine).id, "203.0.113.9", later)
    confirm(engine, code_for(engine, ANN), later)
    assert account(engine).confirmed_at == later


def test_a_new_link_is_sent_a_few_times_an_hour_and_not_once_confirmed(engine):
    with writing(engine) as session:
        una, ann = enrol(session, "Una", confirmed=False).id, enrol(session, "Ann").id

    def ask(account_id, now=NOW):
        with writing(engine) as session:
            accounts.resend_confirmation(session, account_id, "203.0.113.9", now)

    for _ in range(accounts.MAIL_ADDRESS[0]):
        ask(una)
    with pytest.raises(TooManyError):
        ask(una)
    ask(una, NOW + HOUR)
    with pytest.raises(InputError, match="confirmed already"):
        ask(ann)
    assert len(letters_to(engine, "una@people.example")) == accounts.MAIL_ADDRESS[0] + 1


def test_a_link_of_a_closed_account_is_worth_nothing(engine):
    register(engine)
    code = code_for(engine, ANN)
    with writing(engine) as session:
        session.get(Account, account(engine).id).closed_at = NOW
    with pytest.raises(NotFoundError):
        confirm(engine, code)


def test_name_and_telephone_number_are_changed_and_checked(engine):
    with writing(engine) as session:
        ann = enrol(session, "Ann").id
    with writing(engine) as session:
        accounts.change_details(session, ann, " Ann\r\nB ", "01632 960 001", NOW)
        accounts.change_details(session, ann, "Ann B", "01632 960 001", NOW)
    changed = account(engine, "ann@people.example")
    assert (changed.name, changed.telephone) == ("Ann B", "01632 960 001")
    assert events(engine) == ["name or telephone number changed"]
    for name, telephone in (("", ""), ("n" * 101, ""), ("Ann", "none of yours")):
        with pytest.raises(InputError), writing(engine) as session:
            accounts.change_details(session, ann, name, telephone, NOW)
    with writing(engine) as session:
        accounts.change_details(session, ann, "Ann B", "", NOW)
    assert account(engine, "ann@people.example").telephone is None


def move(engine, account_id, email, now=NOW):
    with writing(engine) as session:
        accounts.send_move(session, accounts.locked_account(session, account_id), email, now)


def test_an_account_moves_when_the_link_to_the_new_address_is_used_and_the_old_one_is_told(engine):
    with writing(engine) as session:
        ann = enrol(session, "Ann").id
    move(engine, ann, ANN)
    assert account(engine, "ann@people.example").id == ann
    confirm(engine, code_for(engine, ANN), NOW + HOUR)
    moved = account(engine)
    assert (moved.id, moved.confirmed_at) == (ann, NOW + HOUR)
    assert account(engine, "ann@people.example") is None
    assert subjects(engine, "ann@people.example") == ["Your email address was changed"]
    assert ANN not in letters_to(engine, "ann@people.example")[0].body


def test_an_unconfirmed_account_with_a_mistyped_address_is_confirmed_by_moving(engine):
    register(engine, "anm@example.org")
    first = code_for(engine, "anm@example.org")
    move(engine, account(engine, "anm@example.org").id, ANN)
    confirm(engine, code_for(engine, ANN))
    assert account(engine).confirmed_at == NOW
    with pytest.raises(InputError, match="used already"):
        confirm(engine, first)


def test_a_later_wish_to_move_ends_the_earlier_one(engine):
    with writing(engine) as session:
        ann = enrol(session, "Ann").id
    move(engine, ann, "typo@example.org")
    move(engine, ann, ANN)
    with pytest.raises(InputError):
        confirm(engine, code_for(engine, "typo@example.org"))
    assert confirm(engine, code_for(engine, ANN)).email == ANN


def test_nobody_moves_to_an_address_that_is_taken_and_its_owner_is_told(engine):
    with writing(engine) as session:
        ann, bob = enrol(session, "Ann").id, enrol(session, "Bob").email
    move(engine, ann, bob)
    assert subjects(engine, bob) == ["You have an account already"]
    assert not letters_to(engine, bob)[0].secret


def test_an_address_taken_between_asking_and_confirming_stays_with_who_was_first(engine):
    with writing(engine) as session:
        ann, bob = enrol(session, "Ann").id, enrol(session, "Bob").id
    move(engine, ann, "new@example.org")
    anns = code_for(engine, "new@example.org")
    move(engine, bob, "new@example.org")
    bobs = code_for(engine, "new@example.org")
    outcomes = at_once(lambda: confirm(engine, anns), lambda: confirm(engine, bobs))
    assert sum(isinstance(outcome, InputError) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Account) for outcome in outcomes) == 1
