"""Pages of accounts under attack: forged forms, foreign links, stolen cookies, hostile text, floods."""

import logging
from urllib.parse import urlencode

import pytest
from account_site import PASSWORD, account_site
from filling import forms_in, send
from hashing import quick_hashing
from seen import text_of
from sqlalchemy import func, select, text
from starlette.routing import Route

from exchange.database import reading
from exchange.errors import TooManyError
from exchange.models import Account
from exchange.models_people import Letter, SignIn
from exchange.people import accounts, credentials
from web.forms import LARGEST, LARGEST_KEPT
from web.visit import SECURE_COOKIE

ANN, EVE = "ann@example.org", "eve@example.org"
OTHER = "walnut river hammer"
EVIL = '<script>alert("x")</script>'
POSTED = {
    "/register": {"name": "Eve", "email": EVE, "password": PASSWORD},
    "/confirm": {"code": "x"},
    "/sign-in": {"email": ANN, "password": PASSWORD},
    "/sign-out": {},
    "/forgot-password": {"email": ANN},
    "/reset-password": {"code": "x", "password": OTHER},
    "/my/account/confirmation": {},
    "/my/account/details": {"name": "Eve", "telephone": ""},
    "/my/account/email": {"email": EVE, "password": PASSWORD},
    "/my/account/password": {"old_password": PASSWORD, "password": OTHER},
    "/my/account/sign-out": {},
}


@pytest.fixture
def hasher(monkeypatch):
    return quick_hashing(monkeypatch)


@pytest.fixture
def site(engine, tmp_path, hasher):
    with account_site(engine, tmp_path) as site:
        yield site


def counted(site, table):
    with reading(site.database) as session:
        return session.scalar(select(func.count()).select_from(table))


@pytest.mark.parametrize("path", POSTED)
def test_a_form_of_another_site_does_nothing(site, hasher, path):
    client = site.member(ANN)
    before = hasher.made, counted(site, Account), counted(site, Letter), counted(site, SignIn)
    for headers in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        answer = client.post(path, data={**POSTED[path], "csrf": "0" * 64}, headers=headers)
        assert answer.status_code == 403
    assert before == (hasher.made, counted(site, Account), counted(site, Letter), counted(site, SignIn))
    assert "Ann Example" in client.get("/my/account").text


def test_a_cookie_that_was_planted_before_signing_in_signs_nobody_in(site):
    site.member(ANN)
    victim, attacker = site.browser(), site.browser()
    attacker.get("/sign-in")
    for cookie in attacker.cookies.jar:
        victim.cookies.jar.set_cookie(cookie)
    site.sign_in(victim, ANN)
    assert victim.cookies[SECURE_COOKIE] != attacker.cookies[SECURE_COOKIE]
    assert victim.get("/my/account").status_code == 200
    assert attacker.get("/my/account").status_code == 303


def test_signing_in_anew_ends_what_the_cookie_stood_for(site):
    client = site.member(ANN)
    held = client.cookies[SECURE_COOKIE]
    (form,) = [form for form in forms_in(site.browser().get("/sign-in").text) if form.action == "/sign-in"]
    token = forms_in(client.get("/my/account").text)[0].values["csrf"]
    form.values |= {"email": [ANN], "password": [PASSWORD], "csrf": token}
    assert client.post("/sign-in", data=form.values).status_code == 303
    thief = site.browser()
    thief.cookies.set(SECURE_COOKIE, held)
    assert thief.get("/my/account").status_code == 303
    assert client.get("/my/account").status_code == 200


def test_the_cookie_of_a_sign_in_is_out_of_reach_of_scripts_other_hosts_and_plain_http(site):
    site.member(ANN)
    cookie = site.sign_in(site.browser(), ANN).headers["set-cookie"]
    assert cookie.startswith("__Host-")
    assert {"HttpOnly", "Secure", "Path=/", "SameSite=lax"} <= set(cookie.split("; "))


@pytest.mark.parametrize("going", ["//evil.example/", "https://evil.example/", "/\\evil.example", "/\t/evil.example"])
def test_signing_in_leads_to_no_other_site(site, going):
    client = site.member(ANN)
    assert client.get(f"/sign-in?{urlencode({'next': going})}").headers["location"] == "/my/listings"
    fresh = site.browser()
    assert site.sign_in(fresh, ANN, path=f"/sign-in?{urlencode({'next': going})}").headers["location"] == "/my/listings"
    (form,) = forms_in(site.browser().get("/sign-in").text)
    other = site.browser()
    token = forms_in(other.get("/sign-in").text)[0].values["csrf"]
    given = {"email": ANN, "password": PASSWORD, "next": going, "kept": "name=Eve", "csrf": token}
    resumed = other.post(form.action, data=given)
    assert resumed.status_code == 200
    assert "evil" not in resumed.text


@pytest.mark.parametrize("field", ["name", "email"])
def test_a_line_end_in_a_name_or_address_adds_no_header_to_a_mail(site, field):
    given = {"name": "Ann Example", "email": ANN} | {field: f"{ANN}\r\nBcc: {EVE}"}
    answer = site.register(site.browser(), given["email"], name=given["name"])
    assert answer.status_code == (400 if field == "email" else 200)
    with reading(site.database) as session:
        for letter in session.scalars(select(Letter)):
            assert letter.address == ANN
            assert "\n" not in letter.subject + letter.address
            assert EVE not in letter.subject + letter.body


@pytest.mark.parametrize(
    "password",
    [
        "gravel\x00 lantern teapot",
        "žuvis debesis upė",
        "日本語のパスワード文",
        " spaces around words ",
        "".join(chr(33 + number * 29 % 94) for number in range(200)),
    ],
)
def test_any_password_that_was_taken_signs_in(site, password):
    assert site.register(site.browser(), ANN, password=password).status_code == 200
    assert site.sign_in(site.browser(), ANN, password).status_code == 303


def test_a_form_of_a_megabyte_is_refused_before_anything_is_done(site, hasher):
    client = site.browser()
    for path in ("/register", "/sign-in", "/forgot-password"):
        answer = send(client, path, {"email": "a" * 1_000_000})
        assert answer.status_code == 400
        assert f"{LARGEST_KEPT if path == '/sign-in' else LARGEST:,}" in answer.text
    answer = site.sign_in(client, ANN, "p" * (LARGEST - 1_000))
    assert "is wrong" in answer.text
    assert site.register(client, EVE, password="p" * (LARGEST - 1_000)).status_code == 400
    assert hasher.made == 1


def test_a_script_in_every_field_stays_text_on_every_page(site):
    client = site.browser()
    pages = [
        site.register(client, EVIL, name=EVIL, password=EVIL).text,
        site.sign_in(client, EVIL, EVIL, path=f"/sign-in?{urlencode({'next': EVIL})}").text,
        send(client, "/forgot-password", {"email": EVIL}).text,
        client.get(f"/confirm?{urlencode({'code': EVIL})}").text,
        client.get(f"/reset-password?{urlencode({'code': EVIL})}").text,
        client.get(f"/my/account?done={EVIL}").text,
    ]
    ann = site.member(ANN)
    assert send(ann, "/my/account/details", {"name": EVIL}).status_code == 303
    pages += [ann.get(path).text for path in ("/my/account", "/my/account/details", "/sign-out")]
    pages += [send(ann, "/my/account/details", {"name": "", "telephone": EVIL}).text]
    pages += [send(ann, "/my/account/email", {"email": EVIL, "password": EVIL}).text]
    for page in pages:
        assert EVIL not in page
    assert sum("&lt;script&gt;" in page for page in pages) >= 6


def test_pages_with_a_code_tell_other_sites_nothing_and_are_kept_in_no_cache(site):
    client = site.member(ANN)
    send(client, "/forgot-password", {"email": ANN})
    for path in (f"/reset-password?code={site.code(ANN)}", "/reset-password?code=x", "/confirm?code=x"):
        answer = client.get(path)
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "private, no-store"
    assert client.get("/").headers["referrer-policy"] == "strict-origin-when-cross-origin"


def test_codes_and_passwords_reach_no_log(site, caplog):
    caplog.set_level(logging.DEBUG)
    client = site.browser()
    site.register(client, ANN)
    codes = [site.code(ANN)]
    send(client, f"/confirm?code={codes[0]}")
    send(client, "/forgot-password", {"email": ANN})
    codes.append(site.code(ANN))
    send(client, f"/reset-password?code={codes[1]}", {"password": OTHER})
    site.sign_in(client, ANN, OTHER)
    logged = "\n".join(str(vars(record)) for record in caplog.records if record.name.startswith(("web", "exchange")))
    assert "/reset-password" in logged
    for secret in (*codes, PASSWORD, OTHER, ANN):
        assert secret not in logged


@pytest.mark.parametrize("kind", ["confirm", "reset"])
def test_a_link_does_not_work_for_anything_else(site, kind):
    client = site.browser()
    site.register(client, ANN)
    send(client, "/forgot-password", {"email": ANN})
    confirm, reset = [letter.path.partition("=")[2] for letter in site.letters(ANN)]
    path = f"/confirm?code={reset}" if kind == "confirm" else f"/reset-password?code={confirm}"
    answer = client.get(path)
    assert answer.status_code == 410
    assert not [form for form in forms_in(answer.text) if form.action != "/sign-out"]


def test_a_flood_of_sign_ins_is_stopped_with_the_time_to_come_back_and_the_address_kept(site, hasher):
    site.member(ANN)
    client = site.browser()
    for _ in range(credentials.SIGN_IN_ADDRESS[0]):
        assert site.sign_in(client, ANN, "wrong").status_code == 400
    made = hasher.made
    answer = site.sign_in(client, ANN)
    assert answer.status_code == 429
    assert "Try again in 15 minutes" in text_of(answer.text)
    assert f'value="{ANN}"' in answer.text
    assert hasher.made == made
    site.later(minutes=15)
    assert site.sign_in(client, ANN).status_code == 303


def test_floods_of_mail_are_stopped_on_every_page_that_sends_some(site):
    client = site.browser()
    site.register(client, ANN)
    site.sign_in(client, ANN)
    for _ in range(accounts.MAIL_ADDRESS[0]):
        assert send(client, "/my/account", action="/my/account/confirmation").status_code == 303
        assert send(client, "/forgot-password", {"email": EVE}).status_code == 200
    for answer in (
        send(client, "/my/account", action="/my/account/confirmation"),
        send(client, "/forgot-password", {"email": EVE}),
        send(client, "/my/account/email", {"email": EVE, "password": PASSWORD}),
    ):
        assert answer.status_code == 429
        assert "Try again in 60 minutes" in text_of(answer.text)


def test_what_was_typed_when_the_sign_in_ended_is_sent_on_after_signing_in_again(site):
    here, there = site.member(ANN), site.browser()
    opened = here.get("/my/account/details").text
    site.sign_in(there, ANN)
    send(there, "/my/account", action="/my/account/sign-out")
    form = next(form for form in forms_in(opened) if form.action == "/my/account/details")
    typed = {"name": ["Ann & Co. <b>"], "telephone": ["01632 960 001"]}
    interrupted = here.post(form.action, data=form.values | typed)
    assert interrupted.status_code == 401
    wrong = send_on(here, interrupted.text, "/sign-in", email=ANN, password="wrong")
    assert wrong.status_code == 400
    assert "What you typed is kept" in text_of(wrong.text)
    resumed = send_on(here, wrong.text, "/sign-in", email=ANN, password=PASSWORD)
    assert resumed.status_code == 200
    assert send_on(here, resumed.text, "/my/account/details").status_code == 303
    page = text_of(here.get("/my/account").text)
    assert "Ann & Co. <b>" in page
    assert "01632 960 001" in page


def test_a_button_without_fields_is_pressed_on_after_signing_in_again(site):
    client = site.browser()
    site.register(client, ANN)
    site.sign_in(client, ANN)
    opened = client.get("/my/account").text
    site.later(days=1)
    interrupted = send_on(client, opened, "/my/account/confirmation")
    assert interrupted.status_code == 401
    resumed = send_on(client, interrupted.text, "/sign-in", email=ANN, password=PASSWORD)
    assert send_on(client, resumed.text, "/my/account/confirmation").status_code == 303


def send_on(client, page, action, **typed: str):
    form = next(form for form in forms_in(page) if form.action == action)
    return client.post(action, data=form.values | {name: [value] for name, value in typed.items()})


def test_any_other_page_that_is_asked_too_often_says_when_to_come_back(site):
    def view(_request):
        message = "That was tried too many times. Try again in 3 minutes."
        raise TooManyError(message, 180)

    site.app.router.routes.insert(0, Route("/often", view))
    answer = site.browser().get("/often")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "180")
    assert "Try again in 3 minutes" in text_of(answer.text)


def test_a_fault_of_the_database_writes_no_address_hash_or_link_into_the_log(site, caplog):
    with site.database.begin() as connection:
        connection.execute(text("DROP TABLE letter"))
    answer = site.register(site.browser(), ANN)
    assert answer.status_code == 500
    assert "INSERT INTO letter" in caplog.text
    for secret in ("code=", "$argon2", ANN, PASSWORD):
        assert secret not in caplog.text
