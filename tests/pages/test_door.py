"""The door before every view: forms of other sites, of old pages and of people who are not signed in any more."""

import pytest
from filling import forms_in, send_from
from people import enrol, enter
from seen import NOW, text_of

from exchange.database import reading, writing
from exchange.people import sign_ins
from exchange.people.permissions import Role
from web.forms import LARGEST
from web.interrupted import SECRETS

HERE = {"origin": "https://exchange.example"}
TYPED = {"title": "<b>Night sitters</b>", "summary": "Four hours.\nEvery week."}
PATH = "/post/innovation"


@pytest.fixture
def person(own):
    """Give a confirmed person, signed in."""
    with writing(own.database) as session:
        number = enrol(session, "Ann Author").id
    enter(own.client, own.database, number)
    return number


def sign_out_elsewhere(own, person: int) -> None:
    with writing(own.database) as session:
        sign_ins.end_all(session, person)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "https://exchange.example", "sec-fetch-site": "cross-site"},
        {"origin": "https://exchange.example", "sec-fetch-site": "same-site"},
    ],
)
def test_a_form_without_the_token_that_is_not_the_sites_own_does_nothing(own, person, headers):
    answer = own.client.post(PATH, data=TYPED, headers=headers)
    assert answer.status_code == 403
    assert "did not come from this site" in text_of(answer.text)
    assert TYPED["title"] not in answer.text
    assert "Night sitters" not in own.client.get("/my/listings").text


def test_a_token_of_another_browser_is_no_token(own, person):
    with writing(own.database) as session:
        other = enrol(session, "Mallory").id
    page = own.client.get("/my/account").text
    token = forms_in(page)[0].values["csrf"][0]
    enter(own.client, own.database, other)
    answer = own.client.post(PATH, data={**TYPED, "csrf": token})
    assert answer.status_code == 403


def test_an_old_page_of_the_site_keeps_what_was_typed_and_sends_it_with_one_button(own, person):
    answer = own.client.post(PATH, data={**TYPED, "csrf": "old", "password": "hush hush"}, headers=HERE)
    assert answer.status_code == 409
    assert "<b>Night" not in answer.text
    assert "hush" not in answer.text, "a password never comes back"
    assert "Nothing was saved yet, and nothing is lost" in text_of(answer.text)
    sent = send_from(own.client, answer.text, action=PATH)
    assert sent.status_code in {303, 400}
    shown = own.client.get(sent.headers["location"]).text if sent.status_code == 303 else sent.text
    assert "&lt;b&gt;Night sitters&lt;/b&gt;" in shown


def test_whoever_is_not_signed_in_any_more_signs_in_and_loses_nothing(own, person):
    token = forms_in(own.client.get("/my/account").text)[0].values["csrf"][0]
    sign_out_elsewhere(own, person)
    answer = own.client.post(PATH, data={**TYPED, "csrf": token})
    assert answer.status_code == 401
    form = next(form for form in forms_in(answer.text) if form.action == "/sign-in")
    assert form.values["next"] == [PATH]
    assert "Night" in form.values["kept"][0]
    assert "&lt;b&gt;Night sitters&lt;/b&gt;" in answer.text


def test_a_page_that_needs_a_sign_in_leads_there_and_back(own):
    answer = own.client.get("/my/listings?a=1&b=%26")
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        "/sign-in?next=%2Fmy%2Flistings%3Fa%3D1%26b%3D%2526",
    )


def test_people_are_told_what_they_lack(own):
    with writing(own.database) as session:
        new, plain = enrol(session, "Una", confirmed=False).id, enrol(session, "Pat").id
    enter(own.client, own.database, new)
    assert "Confirm your email address first" in text_of(own.client.get("/my/organisation").text)
    enter(own.client, own.database, plain)
    refused = own.client.get("/moderation")
    assert refused.status_code == 403
    assert "role moderator" in text_of(refused.text)


def test_a_form_beyond_the_limit_is_refused_in_a_sentence(own, person):
    answer = own.client.post(PATH, data={"title": "x" * (LARGEST + 1)})
    assert answer.status_code == 400
    assert "larger than a form may be" in text_of(answer.text)
    assert own.client.post(PATH, content=b"a=1&" * 5_000).status_code == 400


def test_a_visitor_gets_no_cookie_before_the_first_form_and_none_that_a_script_can_read(own):
    own.client.cookies.clear()
    assert "set-cookie" not in own.client.get("/").headers
    cookie = own.client.get("/sign-in").headers["set-cookie"]
    assert cookie.startswith("__Host-exchange=")
    assert all(part in cookie for part in ("HttpOnly", "SameSite=lax", "Secure", "Path=/"))
    assert "Domain" not in cookie


def test_what_a_signed_in_person_sees_is_kept_by_no_cache(own, person):
    assert own.client.get("/").headers["cache-control"] == "private, no-store"
    own.client.cookies.clear()
    assert "cache-control" not in own.client.get("/").headers


def test_a_role_counts_only_with_a_confirmed_address(own):
    with writing(own.database) as session:
        account = enrol(session, "Nia New", Role.ADMINISTRATOR, confirmed=False).id
        secret = sign_ins.start(session, account, NOW)
    with reading(own.database) as session:
        person = sign_ins.person_of(session, secret, NOW)
    assert person is not None
    assert Role.ADMINISTRATOR not in person.roles
    enter(own.client, own.database, account)
    assert own.client.get("/administration").status_code == 403


def test_the_fields_that_never_come_back_are_those_of_passwords():
    assert set(SECRETS) >= {"password", "new_password", "old_password"}
