"""Credentials: signing in, changing and resetting a password, moving an address; counted before anything is hashed."""

from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher
from hashing import quick_hashing
from letterbox import code_for, letters_to, subjects
from people import enrol
from sqlalchemy import select
from together import at_once

from exchange.database import reading, writing
from exchange.errors import InputError, TooManyError
from exchange.models import Account
from exchange.models_people import AccountEvent, SignIn
from exchange.people import accounts, credentials, passwords, sign_ins
from exchange.people.credentials import Attempt, EmailChange, PasswordChange
from exchange.people.permissions import Role

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ANN = "ann@people.example"
PASSWORD, OTHER = "gravel lantern teapot", "walnut river hammer"


@pytest.fixture(autouse=True)
def hasher(monkeypatch):
    return quick_hashing(monkeypatch)


@pytest.fixture
def ann(engine, hasher):
    with writing(engine) as session:
        account = enrol(session, "Ann", Role.COMMISSIONER)
        account.password_hash = passwords.hash_password(PASSWORD)
    hasher.made = 0
    return account.id


def sign_in(engine, email=ANN, password=PASSWORD, now=NOW, **other: object):
    return credentials.sign_in(
        engine, Attempt(email=email, password=password, **{"client": "203.0.113.9"} | other), now
    )


def who(engine, secret, now=NOW, **other: object):
    with reading(engine) as session:
        return sign_ins.person_of(session, secret, now, **other)


def ask_reset(engine, email=ANN, now=NOW, client="203.0.113.9"):
    with writing(engine) as session:
        return credentials.ask_reset(session, email, client, now)


def kept(engine, account_id):
    with reading(engine) as session:
        return session.get(Account, account_id).password_hash


def change(engine, account_id, old=PASSWORD, new=OTHER):
    return credentials.change_password(engine, PasswordChange(account_id=account_id, old=old, new=new), NOW)


def test_the_right_password_signs_in_with_roles(engine, ann):
    secret, person = sign_in(engine, f" {ANN.upper()} ")
    assert (person.id, person.email) == (ann, ANN)
    assert Role.COMMISSIONER in person.roles
    assert who(engine, secret).id == ann
    with reading(engine) as session:
        assert session.scalars(select(SignIn.digest)).all() != [secret]


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (ANN, "wrong"),
        (ANN, ""),
        (ANN, PASSWORD.upper()),
        ("nobody@example.org", PASSWORD),
        ("", ""),
        ("' OR 1=1 --", "x"),
        (f"{ANN}\r\nX: y", PASSWORD),
        (ANN, "p" * 1_000_000),
        (ANN, "\x00\ud800 žuvis"),
    ],
)
def test_a_wrong_address_and_a_wrong_password_get_the_same_sentence_after_the_same_work(
    engine, ann, hasher, email, password
):
    with pytest.raises(InputError, match="Email address or password is wrong") as refused:
        sign_in(engine, email, password)
    assert refused.value.field == "email"
    assert hasher.made == 1


def test_who_has_no_password_is_closed_or_only_operates_cannot_sign_in(engine, ann, hasher):
    with writing(engine) as session:
        enrol(session, "Bob")
        session.add(
            Account(name="Operator", can_sign_in=False, email="op@example.org", password_hash=kept(engine, ann))
        )
        closed = enrol(session, "Cleo")
        closed.password_hash, closed.closed_at = kept(engine, ann), NOW
    for email in ("bob@people.example", "op@example.org", "cleo@people.example"):
        with pytest.raises(InputError, match="is wrong"):
            sign_in(engine, email)
    assert hasher.made == 3


def test_signing_in_ends_what_the_browser_was_signed_in_as_before(engine, ann):
    first, _ = sign_in(engine)
    second, _ = sign_in(engine, browser=first)
    assert who(engine, first) is None
    assert who(engine, second).id == ann


def test_after_ten_wrong_passwords_not_even_the_right_one_is_looked_at_until_the_window_ends(engine, ann, hasher):
    most = credentials.SIGN_IN_ADDRESS[0]
    for number in range(most):
        with pytest.raises(InputError, match="is wrong"):
            sign_in(engine, password="wrong", client=f"203.0.113.{number}")
    for number in range(200):
        with pytest.raises(TooManyError, match="Try again in 15 minutes"):
            sign_in(engine, client=f"198.51.100.{number}")
    assert hasher.made == most
    assert sign_in(engine, now=NOW + 15 * MINUTE)


def test_one_client_cannot_try_many_addresses(engine, ann, hasher):
    most = credentials.SIGN_IN_CLIENT[0]
    for number in range(most):
        with pytest.raises(InputError, match="is wrong"):
            sign_in(engine, f"a{number}@example.org", client=f"2001:db8::{number:x}")
    with pytest.raises(TooManyError):
        sign_in(engine, client="2001:db8::ffff")
    assert hasher.made == most
    assert sign_in(engine, client="2001:db8:0:1::1")


def test_one_who_signs_in_rightly_again_and_again_is_not_stopped(engine, ann):
    for _ in range(credentials.SIGN_IN_ADDRESS[0] * 2):
        sign_in(engine)


def test_a_hash_of_older_parameters_is_renewed_at_sign_in(engine, ann):
    with writing(engine) as session:
        session.get(Account, ann).password_hash = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1).hash(
            PASSWORD
        )
    old = kept(engine, ann)
    sign_in(engine)
    assert kept(engine, ann) != old
    assert not passwords.outdated(kept(engine, ann))
    assert sign_in(engine)


def test_a_demonstration_account_signs_in_only_where_it_may_and_its_sign_in_counts_only_there(engine, ann):
    with writing(engine) as session:
        session.get(Account, ann).demo = True
    with pytest.raises(InputError, match="nobody else can reach"):
        sign_in(engine)
    with pytest.raises(InputError, match="is wrong"):
        sign_in(engine, password="wrong", demo=True)
    secret, _ = sign_in(engine, demo=True)
    assert who(engine, secret, demo=True).id == ann
    assert who(engine, secret, demo=False) is None


def test_changing_the_password_ends_every_sign_in_and_open_link_and_gives_a_new_sign_in(engine, ann):
    mine, _ = sign_in(engine)
    elsewhere, _ = sign_in(engine)
    ask_reset(engine)
    new = change(engine, ann)
    assert who(engine, new).id == ann
    assert who(engine, mine) is who(engine, elsewhere) is None
    with pytest.raises(InputError, match="used already"):
        credentials.reset(engine, code_for(engine, ANN), PASSWORD, NOW)
    assert sign_in(engine, password=OTHER)
    assert subjects(engine, ANN)[-1] == "Your password was changed"
    with reading(engine) as session:
        assert session.scalars(select(AccountEvent.what)).all() == ["password changed"]


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [("wrong", OTHER, "old_password"), (PASSWORD, "short", "password"), (PASSWORD, "password123", "password")],
)
def test_a_change_with_a_wrong_or_guessable_password_changes_nothing(engine, ann, old, new, field):
    secret, _ = sign_in(engine)
    with pytest.raises(InputError) as refused:
        change(engine, ann, old, new)
    assert refused.value.field == field
    assert who(engine, secret).id == ann
    assert letters_to(engine, ANN) == []


def test_who_took_over_a_browser_cannot_guess_the_password_for_long(engine, ann, hasher):
    most = credentials.PROOF[0]
    for _ in range(most):
        with pytest.raises(InputError, match="not your password"):
            change(engine, ann, "wrong")
    with pytest.raises(TooManyError):
        change(engine, ann)
    with pytest.raises(TooManyError):
        ask_move(engine, ann)
    assert hasher.made == most


def test_of_two_changes_at_once_one_wins_and_its_password_counts(engine, ann):
    outcomes = at_once(lambda: change(engine, ann), lambda: change(engine, ann, new="copper basket violin"))
    won = [isinstance(outcome, str) for outcome in outcomes]
    assert sorted(won) == [False, True]
    assert sign_in(engine, password=OTHER if won[0] else "copper basket violin")


def test_a_reset_sets_the_password_confirms_the_address_and_ends_every_sign_in(engine, ann):
    with writing(engine) as session:
        session.get(Account, ann).confirmed_at = None
    secret, _ = sign_in(engine)
    assert ask_reset(engine, f" {ANN.upper()} ") == ANN
    credentials.reset(engine, code_for(engine, ANN), OTHER, NOW + MINUTE)
    assert who(engine, secret) is None
    assert sign_in(engine, password=OTHER)[1].roles >= {Role.CONFIRMED}
    with pytest.raises(InputError, match="is wrong"):
        sign_in(engine)
    assert subjects(engine, ANN) == ["Choose a new password", "Your password was changed"]


def test_a_reset_link_works_once_and_takes_all_older_and_newer_ones_with_it(engine, ann):
    codes = []
    for _ in range(3):
        ask_reset(engine)
        codes.append(code_for(engine, ANN))
    credentials.reset(engine, codes[1], OTHER, NOW)
    for code in codes:
        with pytest.raises(InputError, match="used already"):
            credentials.reset(engine, code, PASSWORD, NOW)
    assert sign_in(engine, password=OTHER)


def test_a_reset_link_is_worth_nothing_after_an_hour_or_for_anything_else(engine, ann, hasher):
    ask_reset(engine)
    code = code_for(engine, ANN)
    with pytest.raises(InputError, match="too old"):
        credentials.reset(engine, code, OTHER, NOW + HOUR)
    ask_move(engine, ann)
    made = hasher.made
    for wrong in (code_for(engine, "new@example.org"), "", "x" * 100_000):
        with pytest.raises(InputError, match="used already"):
            credentials.reset(engine, wrong, OTHER, NOW)
    assert hasher.made == made  # a made-up link costs no hash


def test_a_refused_password_leaves_the_reset_link_working(engine, ann):
    ask_reset(engine)
    with pytest.raises(InputError) as refused:
        credentials.reset(engine, code_for(engine, ANN), "password123", NOW)
    assert refused.value.field == "password"
    credentials.reset(engine, code_for(engine, ANN), OTHER, NOW)


def test_of_two_uses_of_a_reset_link_at_once_one_wins(engine, ann):
    ask_reset(engine)
    code = code_for(engine, ANN)
    outcomes = at_once(*[lambda new=new: credentials.reset(engine, code, new, NOW) for new in (OTHER, PASSWORD)])
    assert outcomes.count(None) == 1
    assert sum(isinstance(outcome, InputError) for outcome in outcomes) == 1
    assert sign_in(engine, password=(OTHER, PASSWORD)[outcomes.index(None)])


def test_an_address_without_account_is_told_so_by_letter_and_nobody_else_learns_it(engine, ann):
    assert ask_reset(engine, "nobody@example.org") == "nobody@example.org"
    (letter,) = letters_to(engine, "nobody@example.org")
    assert (letter.subject, letter.secret, letter.account_id) == ("There is no account with this address", False, None)


def test_reset_letters_are_counted_for_known_and_unknown_addresses_alike(engine, ann):
    for email in (ANN, "nobody@example.org"):
        for number in range(3):
            ask_reset(engine, email, client=f"203.0.113.{number}")
        with pytest.raises(TooManyError):
            ask_reset(engine, email, client="203.0.113.77")
        assert len(letters_to(engine, email)) == 3


def ask_move(engine, account_id, email="new@example.org", password=PASSWORD):
    wish = EmailChange(account_id=account_id, email=email, password=password, client="203.0.113.9")
    return credentials.ask_email_change(engine, wish, NOW)


def test_another_address_is_asked_for_with_the_password(engine, ann):
    assert ask_move(engine, ann, " New@Example.org ") == "new@example.org"
    assert letters_to(engine, "new@example.org")[0].secret
    with pytest.raises(InputError, match="not your password") as refused:
        ask_move(engine, ann, password="wrong")
    assert refused.value.field == "password"
    for email in ("no address", ANN):
        with pytest.raises(InputError) as refused:
            ask_move(engine, ann, email)
        assert refused.value.field == "email"


def test_a_new_password_ends_a_wish_for_another_address(engine, ann):
    """Whoever held the account before its owner took it back cannot pull it to an address of theirs."""
    ask_move(engine, ann, "eve@example.org")
    ask_reset(engine)
    credentials.reset(engine, code_for(engine, ANN), OTHER, NOW)
    with reading(engine) as session:
        assert accounts.link_to_confirm(session, code_for(engine, "eve@example.org"), NOW) is None
