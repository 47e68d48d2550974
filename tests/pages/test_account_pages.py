"""Pages of accounts, as a person uses them: register, confirm, sign in and out, change and reset."""

import pytest
from account_site import PASSWORD, account_site
from filling import forms_in, send
from hashing import quick_hashing
from seen import text_of, title_of

OTHER = "walnut river hammer"
ANN = "ann@example.org"


@pytest.fixture
def site(engine, tmp_path, monkeypatch):
    quick_hashing(monkeypatch)
    with account_site(engine, tmp_path) as site:
        yield site


def test_a_person_registers_confirms_by_the_mailed_link_and_signs_in(site):
    client = site.browser()
    answer = site.register(client, " Ann@Example.org ")
    assert answer.status_code == 200
    assert "We have sent a mail to ann@ example.org" in text_of(answer.text)
    page = client.get(f"/confirm?code={site.code(ANN)}")
    assert "Confirm this address" in text_of(page.text)
    answer = send(client, f"/confirm?code={site.code(ANN)}")
    assert answer.headers["location"] == "/sign-in?done=confirmed"
    assert "Your email address is confirmed." in text_of(client.get("/sign-in?done=confirmed").text)
    answer = site.sign_in(client, "ANN@example.org")
    assert (answer.status_code, answer.headers["location"]) == (303, "/my/listings")
    account = text_of(client.get("/my/account").text)
    assert "Ann Example" in account
    assert "Confirm your email address" not in account


def test_mail_programs_that_follow_the_link_use_nothing_up(site):
    client = site.browser()
    site.register(client, ANN)
    for _ in range(3):
        assert client.get(f"/confirm?code={site.code(ANN)}").status_code == 200
        assert client.head(f"/confirm?code={site.code(ANN)}").status_code == 200
    assert send(client, f"/confirm?code={site.code(ANN)}").status_code == 303
    site.sign_in(client, ANN)
    send(client, "/forgot-password", {"email": ANN})
    for _ in range(3):
        assert client.get(f"/reset-password?code={site.code(ANN)}").status_code == 200


def test_an_unconfirmed_person_signs_in_sees_what_to_do_and_gets_another_link(site):
    client = site.browser()
    site.register(client, ANN)
    site.sign_in(client, ANN)
    assert "Confirm your email address" in text_of(client.get("/my/account").text)
    site.later(days=4)
    site.sign_in(client, ANN)
    answer = send(client, "/my/account", action="/my/account/confirmation")
    assert answer.headers["location"] == "/my/account?done=confirmation_sent"
    answer = send(client, f"/confirm?code={site.code(ANN)}")
    assert answer.headers["location"] == "/my/account?done=confirmed"
    page = client.get("/my/account").text
    assert "/my/account/confirmation" not in [form.action for form in forms_in(page)]


def test_a_second_press_of_confirm_says_clearly_that_the_link_was_used(site):
    client = site.browser()
    site.register(client, ANN)
    opened = client.get(f"/confirm?code={site.code(ANN)}").text
    (form,) = forms_in(opened)
    assert client.post("/confirm", data=form.values).status_code == 303
    again = client.post("/confirm", data=form.values)
    assert again.status_code == 410
    assert "used already" in text_of(again.text)


def test_pages_ask_for_passwords_and_addresses_as_password_programs_know_them(site):
    client = site.browser()
    register, sign_in = client.get("/register").text, client.get("/sign-in").text
    assert 'type="email" value="" autocomplete="username"' in register
    assert 'type="password" autocomplete="new-password"' in register
    assert 'type="password" autocomplete="current-password"' in sign_in
    signed_in = site.member(ANN)
    page = signed_in.get("/my/account/password").text
    assert 'autocomplete="current-password"' in page
    assert 'autocomplete="new-password"' in page
    assert f'autocomplete="username" value="{ANN}"' in page


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name": ""}, "Enter your name."),
        ({"email": ""}, "Enter your email address."),
        ({"email": "ann"}, "Enter an email address in the form name@example.org"),
        ({"password": ""}, "Enter a password."),
        ({"password": "short"}, "The password has 5 characters; use at least 10."),
        ({"password": "password1234"}, "This password is easy to guess."),
    ],
)
def test_what_cannot_be_used_is_said_at_its_field_and_all_but_the_password_is_kept(site, changes, says):
    client = site.browser()
    answer = site.register(client, ANN, **changes)
    assert answer.status_code == 400
    assert title_of(answer.text).startswith("Error: Register")
    (field,) = changes
    assert f'<a href="#{field}">{says}' in answer.text
    assert f'id="{field}-error"' in answer.text
    (form,) = forms_in(answer.text)
    typed = {"name": "Ann Example", "email": ANN, "password": ""} | changes | {"password": ""}
    assert {name: form.values[name][0] for name in typed} == typed


def test_several_mistakes_are_told_at_once(site):
    answer = send(site.browser(), "/register", {})
    assert answer.text.count("<li><a href=") - answer.text.count('<li><a href="/') == 3


def test_a_wrong_sign_in_keeps_the_address_and_says_the_same_for_both(site):
    site.member(ANN)
    client = site.browser()
    for email in (ANN, "nobody@example.org"):
        answer = site.sign_in(client, email, "wrong password")
        assert answer.status_code == 400
        assert "Email address or password is wrong" in text_of(answer.text)
        assert f'value="{email}"' in answer.text
        assert "wrong password" not in answer.text
    assert send(client, "/sign-in", {}).status_code == 400


def test_one_goes_on_to_the_page_that_was_asked_for(site):
    site.member(ANN)
    client = site.browser()
    answer = client.get("/my/account/details")
    assert answer.headers["location"] == "/sign-in?next=%2Fmy%2Faccount%2Fdetails"
    answer = site.sign_in(client, ANN, "wrong", path=answer.headers["location"])
    (form,) = forms_in(answer.text)
    form.values |= {"email": [ANN], "password": [PASSWORD]}
    answer = client.post(form.action, data=form.values)
    assert answer.headers["location"] == "/my/account/details"
    assert client.get("/sign-in?next=/my/account").headers["location"] == "/my/account"


def test_signing_out_ends_the_sign_in_itself(site):
    client = site.member(ANN)
    held = dict(client.cookies)
    assert send(client, "/my/account", action="/sign-out").status_code == 303
    assert client.get("/my/account").status_code == 303
    thief = site.browser()
    thief.cookies.update(held)
    assert thief.get("/my/account").status_code == 303
    assert "You are not signed in" in text_of(client.get("/sign-out").text)


def test_looking_at_the_sign_out_page_signs_nobody_out(site):
    client = site.member(ANN)
    assert "You are signed in as Ann Example" in text_of(client.get("/sign-out").text)
    assert client.get("/my/account").status_code == 200


def test_signing_out_everywhere_ends_every_browser(site):
    here, there = site.member(ANN), site.browser()
    site.sign_in(there, ANN)
    answer = send(here, "/my/account", action="/my/account/sign-out")
    assert answer.headers["location"] == "/sign-in?done=signed_out_everywhere"
    assert [client.get("/my/account").status_code for client in (here, there)] == [303, 303]


def test_a_changed_password_signs_every_other_browser_out_and_this_one_on(site):
    here, there = site.member(ANN), site.browser()
    site.sign_in(there, ANN)
    old = dict(here.cookies)
    answer = send(here, "/my/account/password", {"old_password": PASSWORD, "password": OTHER})
    assert answer.headers["location"] == "/my/account?done=password_changed"
    assert dict(here.cookies) != old
    assert here.get("/my/account").status_code == 200
    assert there.get("/my/account").status_code == 303
    assert site.sign_in(site.browser(), ANN).status_code == 400
    assert site.sign_in(site.browser(), ANN, OTHER).status_code == 303


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"old_password": "", "password": OTHER}, "old_password"),
        ({"old_password": "wrong", "password": OTHER}, "old_password"),
        ({"old_password": PASSWORD, "password": "12345678910"}, "password"),
        ({"old_password": PASSWORD, "password": ""}, "password"),
    ],
)
def test_a_refused_change_of_password_says_why_and_shows_no_password(site, given, field):
    client = site.member(ANN)
    answer = send(client, "/my/account/password", given)
    assert answer.status_code == 400
    assert f'id="{field}-error"' in answer.text
    assert OTHER not in answer.text
    assert client.get("/my/account").status_code == 200


def test_a_lost_password_is_replaced_by_the_mailed_link(site):
    elsewhere, client = site.member(ANN), site.browser()
    answer = send(client, "/forgot-password", {"email": ANN})
    assert answer.status_code == 200
    path = f"/reset-password?code={site.code(ANN)}"
    refused = send(client, path, {"password": "password123"})
    assert refused.status_code == 400
    (form,) = forms_in(refused.text)
    form.values["password"] = [OTHER]
    assert client.post(form.action, data=form.values).headers["location"] == "/sign-in?done=password_reset"
    assert client.post(form.action, data=form.values).status_code == 410
    assert client.get(path).status_code == 410
    assert elsewhere.get("/my/account").status_code == 303
    assert site.sign_in(client, ANN, OTHER).status_code == 303


def test_the_page_after_asking_is_the_same_for_an_unknown_address(site):
    site.member(ANN)
    client = site.browser()
    pages = [send(client, "/forgot-password", {"email": email}).text for email in (ANN, "eve@example.org")]
    assert text_of(pages[0]).replace("ann@", "eve@") == text_of(pages[1])
    assert send(client, "/forgot-password", {"email": "no address"}).status_code == 400


def test_the_page_after_registering_is_the_same_for_a_known_address_and_its_owner_is_told(site):
    site.member(ANN)
    site.later(hours=1)
    answers = [site.register(site.browser(), email) for email in (ANN, "eve@example.org")]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert text_of(answers[0].text).replace("ann@", "eve@") == text_of(answers[1].text)
    assert sorted(answers[0].headers) == sorted(answers[1].headers)
    assert site.subjects(ANN)[-1] == "You have an account already"


def test_name_and_telephone_number_are_changed(site):
    client = site.member(ANN)
    answer = send(client, "/my/account/details", {"name": "Ann B. Example", "telephone": "01632 960 001"})
    assert answer.headers["location"] == "/my/account?done=saved"
    page = text_of(client.get("/my/account").text)
    assert "Ann B. Example" in page
    assert "01632 960 001" in page
    answer = send(client, "/my/account/details", {"name": "", "telephone": "01632 960 002"})
    assert answer.status_code == 400
    assert 'value="01632 960 002"' in answer.text


def test_an_address_is_changed_by_a_link_to_the_new_one(site):
    client = site.member(ANN)
    answer = send(client, "/my/account/email", {"email": "new@example.org", "password": "wrong"})
    assert answer.status_code == 400
    assert 'value="new@example.org"' in answer.text
    assert send(client, "/my/account/email", {"email": "", "password": ""}).status_code == 400
    answer = send(client, "/my/account/email", {"email": "new@example.org", "password": PASSWORD})
    assert "We have sent a mail to new@ example.org" in text_of(answer.text)
    assert "ann@" in text_of(client.get("/my/account").text)
    send(site.browser(), f"/confirm?code={site.code('new@example.org')}")
    assert "new@" in text_of(client.get("/my/account").text)
    assert site.subjects(ANN)[-1] == "Your email address was changed"
    assert site.sign_in(site.browser(), "new@example.org").status_code == 303


def test_granted_roles_are_shown_on_the_account_page(site):
    client = site.member(ANN)
    assert "None given" in text_of(client.get("/my/account").text)
