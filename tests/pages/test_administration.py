"""The administrators' pages of accounts: who gets in, what is found, and roles given and taken with a form."""

from datetime import UTC, datetime

import pytest
from filling import send, send_from
from people import enrol, enter, found
from seen import text_of, title_of
from sqlalchemy import select

from exchange import letters
from exchange.database import reading, writing
from exchange.letters import Note
from exchange.models import Account
from exchange.models_people import Letter
from exchange.people import roles
from exchange.people.account_list import with_roles
from exchange.people.accounts import operator
from exchange.people.permissions import Role

SCRIPT = "<script>alert('x')</script>"
START, ACCOUNTS = "/administration", "/administration/accounts"


class People:
    """The numbers of the accounts of a site."""

    def __init__(self, site) -> None:
        self.site = site
        with writing(site.database) as session:
            organisation = found(session, f"Circle {SCRIPT}")
            self.ada = enrol(session, "Ada Admin", Role.ADMINISTRATOR).id
            self.bob = enrol(session, "Bob Admin", Role.ADMINISTRATOR).id
            self.carla = enrol(session, "Carla Bell", Role.COMMISSIONER, organisation_id=organisation).id
            self.mo = enrol(session, "Mo Moderator", Role.MODERATOR).id
            self.una = enrol(session, "Una Unconfirmed", confirmed=False).id

    def path(self, name):
        return f"{ACCOUNTS}/{getattr(self, name)}"

    def enter(self, name):
        enter(self.site.client, self.site.database, getattr(self, name))

    def roles(self, name):
        with reading(self.site.database) as session:
            return with_roles(session, session.get_one(Account, getattr(self, name))).roles

    def change(self, name, act, role):
        """Give or take a role beside what a page shows, as another administrator would."""
        with writing(self.site.database) as session:
            act(session, getattr(self, name), role, session.get_one(Account, self.bob), datetime.now(UTC))

    def mails(self):
        with reading(self.site.database) as session:
            return [letter.subject for letter in session.scalars(select(Letter))]


@pytest.fixture
def people(own) -> People:
    """Give a site's people; Ada, an administrator, is signed in."""
    people = People(own)
    people.enter("ada")
    return people


@pytest.fixture
def client(own):
    return own.client


# --- who gets in ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [START, ACCOUNTS, f"{ACCOUNTS}/1", "/administration/mail", "/administration/mail/1"])
def test_only_administrators_get_in(people, client, path):
    for name in ("carla", "mo"):
        people.enter(name)
        answer = client.get(path)
        assert answer.status_code == 403
        assert "This page is for people with the role administrator." in text_of(answer.text)
    client.cookies.clear()
    answer = client.get(path)
    assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/sign-in")


def test_nobody_gives_themselves_a_role_by_sending_the_form(people, client):
    opened = client.get(people.path("mo")).text
    people.enter("mo")
    for answer in (
        client.post(people.path("mo"), data={"role": "administrator"}),
        send_from(client, opened, {"role": "administrator"}, path=people.path("mo"), action=people.path("mo")),
    ):
        assert answer.status_code in {403, 401, 409}
    assert people.roles("mo") == (Role.MODERATOR,)


def test_a_form_without_the_token_gives_nothing(people, client):
    answer = client.post(people.path("carla"), data={"role": ["moderator"]})
    assert answer.status_code == 403
    assert people.roles("carla") == (Role.COMMISSIONER,)


def test_an_administrator_whose_role_was_taken_is_out_at_once(people, client):
    opened = client.get(people.path("carla")).text
    people.change("ada", roles.revoke, Role.ADMINISTRATOR)
    answer = send_from(client, opened, {"role": "moderator"}, path=people.path("carla"))
    assert answer.status_code == 403
    assert people.roles("carla") == (Role.COMMISSIONER,)


# --- the start and the list -------------------------------------------------------------------------------------------


def test_the_first_page_counts_what_waits_and_leads_to_it(people, client):
    with writing(people.site.database) as session:
        for _ in range(3):
            letters.write(session, "x@people.example", Note(subject="A", body="B"), datetime.now(UTC))
        letters.failed(session, 1, "550", datetime.now(UTC), final=True)
    page = client.get(START).text
    told = text_of(page)
    for words in ("5 accounts.", "None waiting.", "1 mail. Refused", "2 mails. It goes out"):
        assert words in told
    for href in (ACCOUNTS, "/administration/requests", "/administration/mail?state=parked"):
        assert f'href="{href}"' in page


def test_every_open_account_is_listed_with_its_roles_and_organisation(people, client):
    with writing(people.site.database) as session:
        operator(session, "Command line")
    told = text_of(client.get(ACCOUNTS).text)
    assert "5 accounts" in told
    assert f"Carla Bell carla.bell@people.example, Circle {SCRIPT} Roles: commissioner" in told
    assert "una.unconfirmed@people.example (not confirmed yet)" in told
    assert "Command line" not in told


def test_sign_ins_of_the_demonstration_are_marked(people, client):
    with writing(people.site.database) as session:
        session.get_one(Account, people.mo).demo = True
    for path in (ACCOUNTS, people.path("mo")):
        assert "(of the demonstration: signs in on this machine only)" in text_of(client.get(path).text)


def test_a_search_finds_part_of_a_name_or_address_and_keeps_what_was_typed(people, client):
    page = client.get(f"{ACCOUNTS}?q=CARLA").text
    assert "1 account with “CARLA”" in text_of(page)
    assert 'value="CARLA"' in page
    assert "Mo Moderator" not in page
    nothing = text_of(client.get(f"{ACCOUNTS}?q=nobody").text)
    assert "0 accounts with “nobody”" in nothing
    assert "No account has this in its name or email address." in nothing


def test_a_long_list_has_pages_that_keep_the_search(people, client, monkeypatch):
    monkeypatch.setattr("exchange.people.account_list.PER_PAGE", 2)
    assert f'href="{ACCOUNTS}?q=people&amp;page=2"' in client.get(f"{ACCOUNTS}?q=people").text
    last = client.get(f"{ACCOUNTS}?page=3").text
    assert f'href="{ACCOUNTS}?page=2"' in last
    assert "page=4" not in last
    assert client.get(f"{ACCOUNTS}?page=none").status_code == 400


@pytest.mark.parametrize(
    "path", [f"{ACCOUNTS}/999", f"{ACCOUNTS}/{2**40}", f"{ACCOUNTS}/x", "/administration/mail/999"]
)
def test_what_is_not_there_is_said(people, client, path):
    assert client.get(path).status_code == 404


def test_what_people_typed_is_shown_as_text(people, client):
    with writing(people.site.database) as session:
        session.get_one(Account, people.carla).name = SCRIPT
    for path in (ACCOUNTS, f"{ACCOUNTS}?q={SCRIPT}", people.path("carla")):
        page = client.get(path).text
        assert SCRIPT not in page
        assert SCRIPT in text_of(page.replace("&lt;", "&amp;lt;")).replace("&lt;", "<").replace("&gt;", ">")


# --- roles ------------------------------------------------------------------------------------------------------------


def test_roles_are_given_and_taken_by_ticking_and_the_person_is_told(people, client):
    path = people.path("carla")
    answer = send(client, path, {"role": ["moderator"]}, action=path)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{path}?done=roles_changed")
    assert people.roles("carla") == (Role.MODERATOR,)
    assert people.mails() == ["Your new role: moderator", "You no longer have the role commissioner"]
    told = text_of(client.get(answer.headers["location"]).text)
    assert "The roles are changed. The person is told by mail." in told
    assert "Role revoked: commissioner, by Ada Admin" in told
    assert "Role granted: moderator, by Ada Admin" in told


def test_the_same_form_twice_changes_nothing_and_says_so(people, client):
    path = people.path("carla")
    opened = client.get(path).text
    for done in ("roles_changed", "roles_kept"):
        answer = send_from(client, opened, {"role": ["moderator"]}, path=path, action=path)
        assert answer.headers["location"] == f"{path}?done={done}"
    assert len(people.mails()) == 2


def test_what_another_administrator_gave_meanwhile_stays(people, client):
    path = people.path("carla")
    opened = client.get(path).text
    people.change("carla", roles.grant, Role.ADMINISTRATOR)
    send_from(client, opened, {"role": ["commissioner", "moderator"]}, path=path, action=path)
    assert people.roles("carla") == (Role.COMMISSIONER, Role.MODERATOR, Role.ADMINISTRATOR)


def test_the_last_administrator_is_kept_and_the_page_says_why(people, client):
    people.change("bob", roles.revoke, Role.ADMINISTRATOR)
    path = people.path("ada")
    answer = send(client, path, {"role": None}, action=path)
    assert answer.status_code == 400
    assert title_of(answer.text) == "Error: Ada Admin - Innovation Exchange"
    assert "Ada Admin is the only administrator" in text_of(answer.text)
    assert 'href="#role"' in answer.text
    assert people.roles("ada") == (Role.ADMINISTRATOR,)


def test_who_gives_up_their_own_role_is_led_to_a_page_that_is_open_to_them(people, client):
    path = people.path("ada")
    answer = send(client, path, {"role": ["moderator"]}, action=path)
    assert answer.headers["location"] == "/my/account?done=roles_changed"
    assert client.get("/my/account").status_code == 200
    assert client.get(START).status_code == 403


@pytest.mark.parametrize("role", ["visitor", "confirmed", "god", "<script>"])
def test_a_role_that_nobody_gives_is_refused(people, client, role):
    path = people.path("carla")
    answer = send(client, path, {"role": [role]}, action=path)
    assert answer.status_code == 400
    assert "Choose among the roles that are listed." in text_of(answer.text)
    assert people.roles("carla") == (Role.COMMISSIONER,)


def test_an_account_that_is_not_confirmed_has_no_form_and_gets_no_role(people, client):
    path = people.path("una")
    page = client.get(path).text
    assert "Roles can be given once this person has confirmed their email address." in text_of(page)
    assert 'name="role"' not in page
    opened = client.get(people.path("carla")).text
    token = opened.split('name="csrf" value="')[1].split('"')[0]
    answer = client.post(path, data={"csrf": token, "role": "moderator"})
    assert answer.status_code == 400
    assert "Una Unconfirmed has not confirmed the email address yet" in text_of(answer.text)
    assert people.roles("una") == ()
