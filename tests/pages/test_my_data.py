"""A person's own data: what is kept is shown and downloaded, and the account is closed by who knows its password."""

import json

import pytest
from filling import send
from people import enrol, enter
from seen import text_of

from exchange.database import reading, writing
from exchange.models import Account
from exchange.people.passwords import hash_password
from exchange.people.permissions import Role
from web.visit import SECURE_COOKIE

PASSWORD = "copper kettle meadow"
CLOSE = "/my/data/close"


@pytest.fixture(scope="module")
def kept() -> str:
    return hash_password(PASSWORD)


@pytest.fixture
def noah(own, kept) -> int:
    with writing(own.database) as session:
        account = enrol(session, "Noah Newcomer")
        account.password_hash = kept
        number = account.id
    enter(own.client, own.database, number)
    return number


def test_what_is_kept_is_counted_and_given_as_a_file(own, noah):
    page = text_of(own.get("/my/data"))
    assert "Browsers that you are signed in with 1" in page
    assert "Listings that you wrote" not in page
    answer = own.client.get("/my/data.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-disposition"] == 'attachment; filename="innovation-exchange-my-data.json"'
    assert answer.headers["cache-control"] == "private, no-store"
    copy = json.loads(answer.text)
    assert copy["account"]["email"] == "noah.newcomer@people.example"
    assert "$argon2" not in answer.text


def test_an_account_is_closed_by_its_password_and_the_browser_is_signed_out(own, noah):
    page = text_of(own.get(CLOSE))
    assert "What goes, at once and for good" in page
    assert "What stays, without your name" in page
    wrong = send(own.client, CLOSE, {"password": "a guess"})
    assert (wrong.status_code, "This is not your password" in wrong.text) == (400, True)
    assert "a guess" not in wrong.text
    closed = send(own.client, CLOSE, {"password": PASSWORD})
    assert closed.headers["location"] == "/?done=account_closed"
    assert f'{SECURE_COOKIE}=""; ' in closed.headers["set-cookie"]
    assert "Max-Age=0" in closed.headers["set-cookie"]
    assert "Your account is closed" in own.get("/?done=account_closed")
    assert own.client.get("/my/data").headers["location"].startswith("/sign-in")
    with reading(own.database) as session:
        assert session.get_one(Account, noah).name == "Closed account"


def test_the_cookie_of_a_closed_account_opens_nothing(own, noah):
    cookie = own.client.cookies[SECURE_COOKIE]
    send(own.client, CLOSE, {"password": PASSWORD})
    own.client.cookies.set(SECURE_COOKIE, cookie)
    assert own.client.get("/my/data.json").status_code == 303


def test_guesses_end(own, noah):
    for _ in range(10):
        assert send(own.client, CLOSE, {"password": "a guess"}).status_code == 400
    assert send(own.client, CLOSE, {"password": PASSWORD}).status_code == 429


def test_the_only_administrator_is_told_why_not(own, kept):
    with writing(own.database) as session:
        ada = enrol(session, "Ada Admin", Role.ADMINISTRATOR)
        ada.password_hash = kept
        number = ada.id
    enter(own.client, own.database, number)
    page = own.get(CLOSE)
    assert "You are the only administrator" in page
    assert 'name="password"' not in page
    token = own.get("/my/data").split('name="csrf" value="')[1].split('"')[0]
    answer = own.client.post(CLOSE, data={"csrf": token, "password": PASSWORD})
    assert answer.status_code == 400
    with reading(own.database) as session:
        assert session.get_one(Account, number).closed_at is None


def test_a_last_member_is_warned(own, noah, exchange):
    with writing(own.database) as session:
        session.get_one(Account, noah).organisation_id = exchange.circle
    assert "You are the last member of Carers' Circle" in text_of(own.get(CLOSE))


def test_nothing_is_closed_without_the_forms_token(own, noah):
    assert own.client.post(CLOSE, data={"password": PASSWORD}).status_code == 403
    with reading(own.database) as session:
        assert session.get_one(Account, noah).closed_at is None


def test_somebody_unconfirmed_has_their_data_too(own):
    with writing(own.database) as session:
        una = enrol(session, "Una Unconfirmed", confirmed=False).id
    enter(own.client, own.database, una)
    assert "una.unconfirmed@people.example" in own.client.get("/my/data.json").text
