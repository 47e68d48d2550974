"""People save a search from its page, see what they saved and change it; nobody else sees any of it."""

import re
from dataclasses import replace
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from filling import forms_in
from meeting import meeting
from seen import text_of
from small_exchange import publish
from sqlalchemy import select
from stage import DownEngine

from exchange.alerting import alerts, saved_searches
from exchange.alerting.alerts import unpacked
from exchange.alerting.saved_searches import Cadence, SavedQuestion
from exchange.content import Content, Kind
from exchange.database import reading, writing
from exchange.models import Account
from exchange.models_alerts import AlertCheck, AlertMute, SavedSearch
from indexer.results import Query
from web.alerting.known import known_to, look_again

NEW, LIST = "/my/searches/new", "/my/searches"
ASKED = f"{NEW}?q=sitters+for+carers&kind=innovation&area=dementia&unstated.place=hide"
EVIL = "</h1><script>alert(1)</script>"


@pytest.fixture
def town(own, exchange):
    return meeting(own, exchange)


def rows(town) -> list[SavedSearch]:
    with reading(town.site.database) as session:
        return list(session.scalars(select(SavedSearch).order_by(SavedSearch.id)))


def save(town, path=ASKED, by="ida", **fields: object):
    """Fill in the form at an address and send it; give the number of what was saved."""
    answer = town.send(path, by, fields, action=NEW)
    assert answer.status_code == 303, text_of(answer.text)
    return int(re.fullmatch(r"/my/searches/(\d+)\?done=search_saved", answer.headers["location"])[1])


def saved(town, question=None, name="Mine", by="ida", listing=None) -> int:
    """Save one past the form, however its question came about."""
    with writing(town.site.database) as session:
        asked = SavedQuestion(name, question or {}, listing, Cadence.DAILY)
        account = session.get_one(Account, town.people[by])
        return saved_searches.save(session, account, asked, (), town.site.client.app.state.site.clock()).id


def find(town, search, listing, why=("Says “sitters”.",)) -> None:
    with writing(town.site.database) as session:
        assert alerts.fire(session, search, listing, why, town.site.client.app.state.site.clock())


def act(town, number, do, by="ida", **fields: object):
    return town.post(f"{LIST}/{number}", by, do=do, **fields)


def break_engine(town) -> None:
    site, down = town.site.client.app.state.site, DownEngine()
    finder = replace(site.service.finder, engine=down)
    site.service = replace(site.service, engine=down, finder=finder)


def save_link(page) -> str:
    return unescape(re.search(r'href="(/my/searches/new[^"]*)"', page)[1])


def test_every_page_of_results_leads_to_saving_its_search_without_page_and_order(town):
    page = town.page("/search?q=sitters&kind=innovation&sort=newest&area=dementia&unstated.place=hide")
    assert "Save this search and be told" in page
    assert parse_qs(urlsplit(save_link(page)).query) == {
        "q": ["sitters"],
        "kind": ["innovation"],
        "area": ["dementia"],
        "unstated.place": ["hide"],
    }
    nothing = town.page("/search?q=zzzzqqq")
    assert "Nothing yet?" in nothing
    assert save_link(nothing) == f"{NEW}?q=zzzzqqq"


def test_who_is_not_signed_in_comes_back_to_the_form_with_the_search(town):
    town.be(None)
    answer = town.site.client.get(ASKED)
    assert answer.status_code == 303
    (back,) = parse_qs(urlsplit(answer.headers["location"]).query)["next"]
    assert back == ASKED
    assert "sitters for carers" in text_of(town.page(back, "ida"))


def test_a_long_text_comes_back_too(town):
    text = "night sitters for carers of people with dementia, " * 160
    town.be(None)
    sign_in = town.site.client.get(NEW, params={"q": text}).headers["location"]
    kept = next(form for form in forms_in(town.site.get(sign_in)) if "next" in form.values).values["next"][0]
    assert parse_qs(urlsplit(kept).query)["q"][0] == text
    town.be("ida")
    assert town.site.client.get(sign_in).headers["location"] == kept


def test_what_was_typed_before_the_sign_in_ran_out_is_kept(town):
    town.be("ida")
    form = forms_in(town.site.get(ASKED))[-1]
    town.be(None)
    answer = town.site.client.post(
        NEW, data=form.values | {"name": ["Nights in Leeds"]}, headers={"Sec-Fetch-Site": "same-origin"}
    )
    assert answer.status_code == 401
    kept = next(one for one in forms_in(answer.text) if "kept" in one.values).values["kept"][0]
    assert {"q=sitters+for+carers", "name=Nights+in+Leeds", "area=dementia"} <= set(kept.split("&"))


def test_who_has_not_confirmed_an_address_is_told_to(town):
    assert town.status(ASKED, "una") == 403
    assert town.status(LIST, "una") == 403


def test_a_search_is_saved_with_what_it_asks_in_plain_words(town):
    page = text_of(town.page(ASKED, "ida"))
    for told in ("“sitters for carers”", "Innovations", "Dementia", "Only where it is stated", "Once a day"):
        assert told in page
    number = save(town, name="Nights", cadence="weekly")
    (row,) = rows(town)
    assert (row.id, row.name, row.cadence, row.listing_id) == (number, "Nights", "weekly", None)
    assert row.question == {
        "q": ["sitters for carers"],
        "kind": ["innovation"],
        "area": ["dementia"],
        "unstated.place": ["hide"],
    }
    listed = town.page(LIST, "ida")
    for told in ("Nights", "Once a week", "Not yet", "area of work: Dementia"):
        assert told in text_of(listed)
    assert 'href="/search?q=sitters+for+carers&amp;kind=innovation&amp;area=dementia' in listed


@pytest.mark.parametrize("query", ["?q=sitters", "?kind=innovation", "?closed=1&place=Leeds", ""])
def test_what_is_found_already_is_known(town, query):
    save(town, f"{NEW}{query}")
    known = unpacked(rows(town)[0].known)
    assert town.numbers.sitters in known
    assert not known & {town.numbers.closed, town.numbers.withdrawn, town.numbers.waiting}


def test_saving_twice_leads_to_what_is_saved_and_keeps_one(town):
    number = save(town)
    for answer in (
        town.post(NEW, "ida", q="sitters for carers", kind="innovation", area="dementia", **{"unstated.place": "hide"}),
        town.site.client.get(ASKED),
    ):
        assert answer.headers["location"] == f"{LIST}/{number}?done=search_saved_already"
    assert len(rows(town)) == 1
    assert "Nothing was saved twice" in town.page(f"{LIST}/{number}?done=search_saved_already", "ida")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"name": " "}, "Give the search a name"),
        ({"name": "x" * 101}, "cut it to 100 or fewer"),
        ({"cadence": None}, "Choose how often"),
        ({"cadence": "hourly"}, "Choose how often"),
    ],
)
def test_what_cannot_be_saved_is_kept_and_said(town, fields, told):
    answer = town.send(ASKED, "ida", {"name": "Mine"} | fields, action=NEW)
    assert answer.status_code == 400
    assert told in text_of(answer.text)
    assert 'value="sitters for carers"' in answer.text
    assert rows(town) == []


def test_the_fifty_first_is_refused_and_kept_on_the_page(town):
    for number in range(50):
        saved(town, {"q": [str(number)]})
    answer = town.send(ASKED, "ida", {"name": "The last straw"}, action=NEW)
    assert answer.status_code == 400
    assert "You have 50 saved searches" in answer.text
    assert 'value="The last straw"' in answer.text
    assert town.page(LIST, "ida").count("Delete<span") == 50


def test_a_filter_that_is_not_there_is_named_by_the_search_page(town):
    town.be("ida")
    answer = town.site.client.get(f"{NEW}?q=sitters&area=alchemy")
    assert (answer.status_code, answer.headers["location"]) == (303, "/search?q=sitters&area=alchemy")
    assert "is not a choice under" in town.site.client.get(answer.headers["location"]).text


def test_while_the_engine_is_down_nothing_is_saved_and_everything_typed_is_kept(town):
    number = saved(town, {"q": ["nights"]})
    act(town, number, "stop")
    break_engine(town)
    answer = town.send(ASKED, "ida", {"name": "Mine", "cadence": "weekly"}, action=NEW)
    assert answer.status_code == 503
    assert "does not answer just now" in answer.text
    assert 'value="Mine"' in answer.text
    assert re.search(r'value="weekly" checked', answer.text)
    assert len(rows(town)) == 1
    for fields in ({}, {"from": "list"}):
        again = act(town, number, "begin", **fields)
        assert again.status_code == 503
        assert "does not answer just now" in again.text
    assert rows(town)[0].stopped_at is not None


def test_ones_own_listing_leads_to_being_told_of_its_matches(town):
    number = town.numbers.sitters
    link = f"{NEW}?listing={number}"
    for path in (f"/listings/{number}", f"/listings/{number}/matches", f"/my/listings/{number}"):
        assert save_link(town.page(path, "ida")) == link
    for who in ("olga", None):
        for path in (f"/listings/{number}", f"/listings/{number}/matches"):
            assert "Tell me of new matches" not in town.page(path, who)
    assert "“Thursday Sitters”" in text_of(town.page(link, "ida"))
    found = save(town, link)
    (row,) = rows(town)
    assert (row.listing_id, row.question, row.name) == (number, {}, "Matches of Thursday Sitters")
    assert f'href="/listings/{number}/matches"' in town.page(f"{LIST}/{found}", "ida")


def test_the_matches_of_somebody_elses_listing_are_not_there_to_save(town):
    number = town.numbers.sitters
    for path in (
        f"{NEW}?listing={number}",
        f"{NEW}?listing=999",
        f"{NEW}?listing=x",
        f"{NEW}?listing=-1",
        f"{NEW}?listing={town.numbers.withdrawn}",
    ):
        assert town.status(path, "olga") == 404
    assert town.post(NEW, "olga", listing=str(number), name="x", cadence="daily").status_code == 404
    assert rows(town) == []


def test_a_listing_that_closed_is_marked_with_what_to_do(town):
    number = saved(town, listing=town.numbers.sitters)
    town.post(f"/my/listings/{town.numbers.sitters}/close", "ida", reason="It has ended.")
    for path in (LIST, f"{LIST}/{number}"):
        assert "not published any more, so it is not matched" in town.page(path, "ida")
    act(town, number, "stop")
    answer = act(town, number, "begin")
    assert answer.status_code == 400
    assert "Only a published listing is matched" in answer.text
    act(town, number, "delete")
    assert "there is nothing to be told of" in town.page(f"{NEW}?listing={town.numbers.sitters}", "ida")


def test_a_search_whose_filter_is_gone_is_marked_with_what_to_do(town):
    number = saved(town, {"q": ["tea"], "area": ["alchemy"]})
    for path in (LIST, f"{LIST}/{number}"):
        page = text_of(town.page(path, "ida"))
        assert "Finds nothing" in page
        assert "Make the search again with other filters" in page
        assert "Open the search and choose other filters" in page
    assert "“alchemy” is not a choice" in text_of(town.page(f"{LIST}/{number}", "ida"))
    act(town, number, "stop")
    assert act(town, number, "begin").status_code == 400
    for path in (LIST, f"{LIST}/{number}"):
        assert "Begin again" not in town.page(path, "ida")
    assert act(town, number, "delete").status_code == 303


def test_a_search_is_changed_stopped_begun_again_and_deleted(town):
    number = save(town)
    path = f"{LIST}/{number}"
    changed = act(town, number, "change", name="Nights", cadence="at_once")
    assert changed.headers["location"] == f"{path}?done=search_changed"
    assert (rows(town)[0].name, rows(town)[0].cadence) == ("Nights", "at_once")
    for _ in range(2):
        assert act(town, number, "stop").headers["location"] == f"{path}?done=search_stopped"
    assert "No mail comes since 1 March 2027" in town.page(path, "ida")
    for _ in range(2):
        answer = act(town, number, "begin", **{"from": "list"})
        assert answer.headers["location"] == f"{LIST}?done=search_begun#search-{number}"
    assert rows(town)[0].stopped_at is None
    assert act(town, number, "delete").headers["location"] == f"{LIST}?done=search_deleted"
    assert act(town, number, "delete").status_code == 404
    assert "You have saved no search yet" in town.page(LIST, "ida")


@pytest.mark.parametrize("fields", [{"do": "nonsense"}, {"do": ""}, {"do": "change", "name": "", "cadence": "daily"}])
def test_what_no_button_says_changes_nothing(town, fields):
    number = save(town)
    answer = town.post(f"{LIST}/{number}", "ida", **fields)
    assert answer.status_code == 400
    assert "There is a problem" in answer.text
    assert rows(town)[0].name == "sitters for carers"


def test_somebody_elses_search_is_not_there(town):
    number = save(town)
    find(town, number, town.numbers.bare)
    for path in (f"{LIST}/{number}", f"{LIST}/{number}/alerts", f"{LIST}/999", f"{LIST}/x", f"{LIST}/{10**18}"):
        assert town.status(path, "olga") == 404
    for do in ("stop", "begin", "delete", "change", "x"):
        assert act(town, number, do, by="olga", name="Hers", cadence="daily").status_code == 404
    muting = town.post(f"{LIST}/{number}/alerts", "olga", do="mute", listing=str(town.numbers.bare))
    assert muting.status_code == 404
    assert "sitters for carers" not in town.page(LIST, "olga")
    assert rows(town)[0].name == "sitters for carers"


def test_what_was_found_is_shown_with_why_and_can_be_muted(town):
    number = save(town)
    path = f"{LIST}/{number}/alerts"
    assert "Nothing new has fitted this search" in town.page(path, "ida")
    find(town, number, town.numbers.bare, ("Says “sitters”.", "Asks for Leeds."))
    page = text_of(town.page(path, "ida"))
    for told in ("A listing that says nothing else", "Says “sitters”.", "In the next mail", "Found on 1 March 2027"):
        assert told in page
    answer = town.send(path, "ida", action=path, press=("do", "mute"))
    assert answer.headers["location"] == f"{path}?done=muted#listing-{town.numbers.bare}"
    assert "Muted, not mailed" in town.page(path, "ida")
    town.send(path, "ida", action=path, press=("do", "unmute"))
    with reading(town.site.database) as session:
        assert session.scalars(select(AlertMute)).all() == []
    for listing in ("", "x", "999", str(2**70)):
        assert town.post(path, "ida", do="mute", listing=listing).status_code == 404


def test_what_was_found_and_is_withdrawn_since_does_not_show_its_title(town):
    number = saved(town, {"q": ["sitters"]}, by="olga")
    find(town, number, town.numbers.sitters)
    town.post(f"/my/listings/{town.numbers.sitters}/withdraw", "ida", reason="It has ended.")
    page = town.page(f"{LIST}/{number}/alerts", "olga")
    assert f"Listing {town.numbers.sitters} is no longer public" in page
    assert "Thursday Sitters" not in page


def test_more_than_a_page_of_what_was_found_is_turned(town):
    number = saved(town, {"q": ["sitters"]})
    for at in range(21):
        with writing(town.site.database) as session:
            listing = publish(session, Kind.INNOVATION, Content(title=f"Listing {at}"))
        find(town, number, listing)
    path = f"{LIST}/{number}/alerts"
    assert f'href="{path}?page=2"' in town.page(path, "ida")
    second = town.page(f"{path}?page=2", "ida")
    assert "Listing 0<" in second
    assert f'href="{path}?page=1"' in second
    assert town.status(f"{path}?page=x", "ida") == 400
    sent = town.send(f"{path}?page=2", "ida", action=f"{path}?page=2", press=("do", "mute"))
    assert sent.headers["location"].startswith(f"{path}?page=2&done=muted#")


def test_a_script_in_a_name_a_text_or_a_reason_is_shown_as_text(town):
    number = saved(town, {"q": [EVIL]}, name=EVIL)
    find(town, number, town.numbers.sitters, (EVIL,))
    for path in (LIST, f"{LIST}/{number}", f"{LIST}/{number}/alerts", f"{NEW}?q={EVIL}x"):
        page = town.page(path, "ida")
        assert "<script>alert(1)" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_what_comes_between_the_look_and_the_commit_is_tested_again(town):
    service, now = town.site.service, town.site.client.app.state.site.clock()
    passing = known_to(service, Query(text="sitters"))
    assert town.numbers.sitters in passing
    look_again(service, Query(text="sitters"), passing, now)
    assert checked(town) == []
    look_again(service, Query(text="sitters"), set(passing) - {town.numbers.sitters}, now)
    assert checked(town) == [town.numbers.sitters]


def checked(town) -> list[int]:
    """Give the listings that wait to be tested against the saved searches."""
    with reading(town.site.database) as session:
        return list(session.scalars(select(AlertCheck.listing_id)))
