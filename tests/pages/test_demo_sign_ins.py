"""Demonstration sign-ins: loaded once, shown and taken where nobody else can reach the site, and nowhere else."""

from dataclasses import replace

import pytest
from account_site import account_site
from filling import send
from hashing import quick_hashing
from people import enter
from seen import NOW, text_of
from sqlalchemy import select

from exchange.content import Kind
from exchange.database import reading, writing
from exchange.errors import InputError
from exchange.models import Account, Listing, Organisation, OrgKind, State
from exchange.models_people import Letter, RoleGrant
from exchange.people import demo
from exchange.people.permissions import GRANTED
from fixtures import loader
from fixtures.files import Fixtures, read_fixtures
from fixtures.loader import load_fixtures

LOCAL = "http://127.0.0.1:8000"
INNOVATOR = "innovator@demo.example"


@pytest.fixture(autouse=True)
def hasher(monkeypatch):
    loader._kept_password.cache_clear()
    yield quick_hashing(monkeypatch)
    loader._kept_password.cache_clear()  # the next to load wants a hash of the usual strength


@pytest.fixture(scope="module")
def fixtures():
    """Give the packaged people and their organisations, without the listings."""
    read = read_fixtures()
    return Fixtures(read.organisations, {}, read.accounts)


@pytest.fixture
def site(engine, tmp_path, fixtures):
    load_fixtures(engine, NOW, fixtures)
    with account_site(engine, tmp_path) as site:
        yield site


def at(site, base_url, host="127.0.0.1"):
    parts = site.app.state.site
    parts.settings = replace(parts.settings, base_url=base_url, host=host)


def people(engine):
    with reading(engine) as session:
        return list(session.scalars(select(Account).where(Account.demo.is_(True)).order_by(Account.id)))


def test_there_is_somebody_for_each_role_an_innovator_with_listings_and_a_newcomer(engine):
    load_fixtures(engine, NOW)
    with reading(engine) as session:
        assert set(session.scalars(select(RoleGrant.role))) == GRANTED
        kinds = {}
        for account in people(engine):
            where = Listing.organisation_id == (account.organisation_id or 0), Listing.state == State.PUBLISHED
            kinds[account.email] = set(session.scalars(select(Listing.kind).where(*where)))
            assert account.email.endswith("@demo.example")
            assert account.confirmed_at == account.created_at == NOW
        assert kinds[INNOVATOR] == {Kind.INNOVATION}
        assert kinds["commissioner@demo.example"] == {Kind.NEED}
        assert kinds["newcomer@demo.example"] == set()
        body = select(Organisation.kind).join(Account, Account.organisation_id == Organisation.id)
        assert session.scalar(body.where(Account.email == "commissioner@demo.example")) == OrgKind.PUBLIC_BODY
        assert session.scalars(select(Letter)).all() == []


def test_a_second_load_adds_nobody_and_hashes_nothing(engine, fixtures, hasher):
    assert load_fixtures(engine, NOW, fixtures).people == 5
    before = [(account.id, account.password_hash) for account in people(engine)]
    assert load_fixtures(engine, NOW, fixtures).people == 0
    assert [(account.id, account.password_hash) for account in people(engine)] == before
    assert hasher.made == 1


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (
            '{"name": "A", "email": "a@demo.example", "organisation": "nowhere"}',
            "no organisation has the key 'nowhere'",
        ),
        ('{"name": "A", "email": "a@demo.example", "roles": ["visitor"]}', "not one that is granted"),
        ('{"name": "A", "email": "a@demo.example", "roles": ["king"]}', "accounts.jsonl, line 1"),
        ('{"name": "A", "email": "a@demo.example"}\n' * 2, "the key 'a@demo.example'"),
    ],
)
def test_a_wrong_file_of_people_is_refused(tmp_path, line, says):
    (tmp_path / "accounts.jsonl").write_text(line, encoding="utf-8")
    with pytest.raises(InputError, match=says):
        read_fixtures(tmp_path)


def test_on_this_machine_the_people_stand_on_the_sign_in_page_and_each_signs_in(site):
    at(site, LOCAL)
    page = text_of(site.browser(LOCAL).get("/sign-in").text)
    assert demo.PASSWORD in page
    assert "Commissioner, Isle and Downs County Council" in page
    assert "Newcomer" in page
    for account in people(site.database):
        client = site.browser(LOCAL)
        assert site.sign_in(client, account.email, demo.PASSWORD).status_code == 303
        assert account.name in client.get("/my/account").text


@pytest.mark.parametrize(
    ("base_url", "host"),
    [("https://exchange.example", "127.0.0.1"), (LOCAL, "0.0.0.0"), ("http://192.168.0.4:8000", "192.168.0.4")],  # noqa: S104
)
def test_where_others_can_reach_the_site_the_people_are_not_shown_and_cannot_sign_in(site, base_url, host):
    at(site, base_url, host)
    client = site.browser(base_url)
    page = client.get("/sign-in").text
    assert demo.PASSWORD not in page
    assert "demo.example" not in page
    answer = site.sign_in(client, INNOVATOR, demo.PASSWORD)
    assert answer.status_code == 400
    assert "Register with an address of your own" in text_of(answer.text)
    assert client.get("/my/account").status_code == 303


def test_a_sign_in_from_before_is_worth_nothing_once_others_can_reach_the_site(site):
    at(site, LOCAL)
    client = site.browser(LOCAL)
    enter(client, site.database, people(site.database)[0].id, site.now)
    assert client.get("/my/account").status_code == 200
    at(site, LOCAL, "0.0.0.0")  # noqa: S104  what is tested
    assert client.get("/my/account").status_code == 303


def test_a_new_password_does_not_open_a_demonstration_account_to_others(site):
    client = site.browser()
    send(client, "/forgot-password", {"email": INNOVATOR})
    send(client, f"/reset-password?code={site.code(INNOVATOR)}", {"password": "walnut river hammer"})
    assert site.sign_in(client, INNOVATOR, "walnut river hammer").status_code == 400


def test_a_persons_own_account_with_a_demonstration_address_is_left_alone(engine, fixtures):
    with writing(engine) as session:
        session.add(Account(name="Real", email=INNOVATOR, can_sign_in=True, created_at=NOW))
    assert load_fixtures(engine, NOW, fixtures).people == 4
    with reading(engine) as session:
        mine = session.scalars(select(Account).where(Account.email == INNOVATOR)).one()
        assert (mine.name, mine.demo, mine.password_hash) == ("Real", False, None)
