"""Letters end by the link in them: a page with a button for people, one click for mail programs; a GET ends none."""

import re

import pytest
from filling import forms_in
from letterbox import letters_to
from meeting import meeting
from real_site import BASE_URL
from seen import text_of, title_of
from sqlalchemy import select

from exchange.alerting import alerts, digests, saved_searches
from exchange.alerting.saved_searches import Cadence, SavedQuestion
from exchange.database import reading, writing
from exchange.models import Account
from exchange.models_alerts import SavedSearch

EVIL = "<script>alert(1)</script>"
IDA = "ida.irwin@people.example"
ONE_CLICK = "List-Unsubscribe=One-Click"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def town(own, exchange):
    return meeting(own, exchange)


def save(town, name=EVIL, cadence=Cadence.AT_ONCE) -> int:
    with writing(town.site.database) as session:
        ida = session.get_one(Account, town.people["ida"])
        asked = SavedQuestion(name, {"q": [name]}, None, cadence)
        return saved_searches.save(session, ida, asked, (), town.site.client.app.state.site.clock()).id


def linked(town, search: int) -> str:
    """Have a search find something and its letter written; give the path in it that ends such letters."""
    now = town.site.client.app.state.site.clock()
    with writing(town.site.database) as session:
        assert alerts.fire(session, search, town.numbers.sitters, ["Says “sitters”."], now)
    town.wait(8)
    assert digests.tend(town.site.database, BASE_URL, town.site.client.app.state.site.clock()) == 1
    return letters_to(town.site.database, IDA)[-1].unsubscribe


def stopped(town) -> list[bool]:
    with reading(town.site.database) as session:
        found = session.scalars(select(SavedSearch).order_by(SavedSearch.id))
        return [one.stopped_at is not None for one in found]


def test_opening_the_link_asks_and_changes_nothing(town):
    link = linked(town, save(town))
    for _ in range(2):
        page = town.page(link)
        assert "Stop these letters?" in title_of(page)
        assert EVIL not in page
        assert "&lt;script&gt;alert(1)" in page
    assert stopped(town) == [False]
    answer = town.site.client.get(link)
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "no-store" in answer.headers["cache-control"]
    assert "set-cookie" not in answer.headers
    town.site.client.head(link)
    assert stopped(town) == [False]


def test_the_button_stops_them_for_who_is_not_signed_in_and_says_how_to_begin_again(town):
    link = linked(town, save(town))
    (form,) = [form for form in forms_in(town.page(link)) if form.action.startswith("/unsubscribe")]
    answer = town.site.client.post(form.action, data=form.values)
    assert answer.status_code == 200
    assert "The letters are stopped" in title_of(answer.text)
    assert 'href="/my/searches"' in answer.text
    assert stopped(town) == [True]
    assert "stopped already" in town.page(link)
    assert "Begin again" in town.page("/my/searches", "ida")


@pytest.mark.parametrize("by", [None, "ida", "olga"])
def test_a_mail_program_needs_one_click_no_cookie_and_no_token_of_the_site(town, by):
    link = linked(town, save(town))
    town.be(by)
    for title in ("The letters are stopped", "These letters are stopped already"):
        answer = town.site.client.post(link, content=ONE_CLICK, headers=FORM)
        assert answer.status_code == 200
        assert title in title_of(answer.text)
    assert stopped(town) == [True]


def test_a_mail_program_may_send_its_click_as_parts(town):
    link = linked(town, save(town))
    answer = town.site.client.post(link, files={"List-Unsubscribe": (None, "One-Click")})
    assert answer.status_code == 200
    assert stopped(town) == [True]


def test_the_link_of_a_digest_stops_all_of_its_cadence(town):
    first = save(town, "sitters", Cadence.WEEKLY)
    save(town, "nights", Cadence.WEEKLY)
    save(town, "walks", Cadence.DAILY)
    link = linked(town, first)
    page = text_of(town.page(link))
    assert "This stops the weekly mail of your saved searches:" in page
    assert "walks" not in page
    town.site.client.post(link, content=ONE_CLICK, headers=FORM)
    assert stopped(town) == [True, True, False]


@pytest.mark.parametrize(
    "query", ["", "?token=", "?token=nonsense", "?token=a.b.c", "?token=%00", "?token=" + "x" * 900]
)
def test_a_link_that_is_not_ours_says_so(town, query):
    save(town)
    for answer in (
        town.site.client.get(f"/unsubscribe{query}"),
        town.site.client.post(f"/unsubscribe{query}", content=ONE_CLICK, headers=FORM),
    ):
        assert answer.status_code == 400
        assert "This link cannot be used" in text_of(answer.text)
    assert stopped(town) == [False]


def test_a_link_to_what_is_deleted_says_that_no_letter_comes(town):
    search = save(town)
    link = linked(town, search)
    town.post(f"/my/searches/{search}", "ida", do="delete")
    for answer in (town.site.client.get(link), town.site.client.post(link, content=ONE_CLICK, headers=FORM)):
        assert answer.status_code == 404
        assert "No letter of it comes any more" in text_of(answer.text)


def test_the_links_in_a_letter_lead_to_pages_that_are_there(town):
    search = save(town, "sitters")
    linked(town, search)
    body = letters_to(town.site.database, IDA)[-1].body
    paths = [address.removeprefix(BASE_URL) for address in re.findall(r"https://\S+", body)]
    assert paths == [f"/listings/{town.numbers.sitters}", f"/my/searches/{search}/alerts", "/my/searches"]
    for path in paths:
        assert town.status(path, "ida") == 200
