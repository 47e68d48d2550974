"""Keys on the pages: a person makes one, sees it once, ends it; and the page that says what the interface is."""

import re

import pytest
from caller import Caller
from filling import send
from people import enrol, enter
from seen import text_of

from exchange.database import writing
from exchange.models_running import ApiKey
from exchange.running import api_keys

KEYS = "/my/account/keys"


@pytest.fixture
def petra(own) -> int:
    with writing(own.database) as session:
        number = enrol(session, "Petra Programmer").id
    enter(own.client, own.database, number)
    return number


def made_on(page: str) -> str:
    return re.search(r'<code id="new-key">(ixk_[\w-]{43})</code>', page)[1]


def test_a_key_is_shown_once_on_the_page_that_answers_and_works(own, petra):
    page = text_of(own.get(KEYS))
    assert "You have none." in page
    assert "up to 600 times an hour" in page
    answer = send(own.client, KEYS, {"name": "Weekly report"})
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "private, no-store")
    key = made_on(answer.text)
    assert key not in str(answer.request.url)
    assert Caller(own.client, key).get("/listings?limit=1")["listings"]
    again = own.get(KEYS)
    assert key not in again
    assert f"Weekly report Ends with {key[-4:]}" in text_of(again)
    assert "Last used" in text_of(again)


def test_sending_the_form_twice_makes_one_key(own, petra):
    send(own.client, KEYS, {"name": "Weekly report"})
    answer = send(own.client, KEYS, {"name": "weekly report"})
    assert answer.status_code == 400
    assert "You have a key called “weekly report” already." in answer.text
    assert 'value="weekly report"' in answer.text
    with writing(own.database) as session:
        assert session.query(ApiKey).count() == 1


@pytest.mark.parametrize(
    ("name", "sentence"), [("", "Give the key a name"), ("x" * 101, "Shorten the name to 100 characters")]
)
def test_a_name_that_cannot_be_used_stands_in_the_form_with_a_sentence(own, petra, name, sentence):
    answer = send(own.client, KEYS, {"name": name})
    assert answer.status_code == 400
    assert sentence in answer.text
    assert '<a href="#name">' in answer.text
    assert "Error: Keys" in answer.text


def test_a_key_is_ended_after_a_question(own, petra):
    key = made_on(send(own.client, KEYS, {"name": "Weekly <b>report</b>"}).text)
    with writing(own.database) as session:
        number = session.query(ApiKey).one().id
    page = own.get(f"{KEYS}/{number}/end")
    assert "End the key “Weekly &lt;b&gt;report&lt;/b&gt;”" in page
    answer = send(own.client, f"{KEYS}/{number}/end", {})
    assert answer.headers["location"] == f"{KEYS}?done=key_ended"
    assert "The key has ended." in own.get(answer.headers["location"])
    Caller(own.client, key).refused("/listings", 401)
    assert "Ended lately" in own.get(KEYS)
    assert own.client.get(f"{KEYS}/{number}/end").status_code == 400


def test_somebody_elses_key_has_no_page(own, petra):
    with writing(own.database) as session:
        other = enrol(session, "Olive Other").id
        number = api_keys.make(session, other, "Hers", own.client.app.state.site.clock()).id
    assert own.client.get(f"{KEYS}/{number}/end").status_code == 404
    send(own.client, KEYS, {"name": "Mine"})
    token = own.get(KEYS).split('name="csrf" value="')[1].split('"')[0]
    for path in (number, 10**17, "abc"):
        answer = own.client.post(f"{KEYS}/{path}/end", data={"csrf": token})
        assert (answer.status_code, "Hers" in answer.text) == (404, False)


def test_ten_keys_are_enough_and_the_page_says_so(own, petra):
    with writing(own.database) as session:
        for number in range(10):
            api_keys.make(session, petra, f"Program {number}", own.client.app.state.site.clock())
    page = own.get(KEYS)
    assert "You have 10 keys, which is as many as one person may have." in page
    assert 'name="name"' not in page
    token = page.split('name="csrf" value="')
    answer = own.client.post(KEYS, data={"csrf": own.get("/my/account").split('name="csrf" value="')[1].split('"')[0]})
    assert answer.status_code == 400
    assert token


def test_the_account_page_leads_to_the_keys_of_who_may_have_any(own, petra):
    assert f'href="{KEYS}"' in own.get("/my/account")
    with writing(own.database) as session:
        una = enrol(session, "Una Unconfirmed", confirmed=False).id
    enter(own.client, own.database, una)
    assert KEYS not in own.get("/my/account")
    assert own.client.get(KEYS).status_code == 403


def test_the_page_of_the_interface_has_examples_of_this_site_and_every_kind_of_problem(client):
    page = client.get("/api").text
    assert 'curl -H "Authorization: Bearer YOUR-KEY" "https://exchange.example/api/v1/search?q=' in page.replace(
        "&#34;", '"'
    )
    for anchor in ("parameters", "key", "not-found", "method", "rate", "fault", "unavailable"):
        assert f'id="{anchor}"' in page
    assert 'href="/api"' in client.get("/").text
    assert "licence" in text_of(page)
