"""While the engine is down, or behind the truth: SQL answers, a banner says so, and nothing hidden comes to light."""

import pytest
from seen import BRADFORD, LEEDS, NOW, text_of
from small_exchange import publish

from exchange.accounts import operator
from exchange.content import Content, Kind
from exchange.database import writing
from exchange.listings import close, withdraw

BANNER = "Search is working in a reduced way just now"


@pytest.fixture
def down(client, stage):
    stage.up = False
    return client


def test_sql_finds_what_holds_every_word_and_a_banner_says_so(down):
    page = text_of(down.get("/search?q=trained+sitter").text)
    assert BANNER in page
    assert "1 result" in page
    assert "Thursday Sitters" in page


def test_nothing_that_holds_every_word_gives_the_empty_page_with_the_banner(down):
    page = text_of(down.get("/search?q=trained+zeppelin").text)
    assert BANNER in page
    assert "No results" in page


def test_filters_that_cannot_be_applied_are_kept_for_later_and_not_said_to_be_applied(down):
    page = down.get("/search?q=sitter&tier=grant&unstated.place=hide&sort=newest").text
    for name, value in (("tier", "grant"), ("unstated.place", "hide"), ("sort", "newest")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in page
    assert "Filters</h2>" not in page
    assert "hidden by your filters" not in page


def test_what_may_not_be_seen_stays_hidden_without_the_engine(down):
    for query in ("withdrawn", "not+yet+decided", "night+sitting", ""):
        page = down.get(f"/search?q={query}").text.split("</form>")[1]
        assert "Withdrawn idea" not in page
        assert "Not yet decided" not in page
        assert "Night sitting, closed" not in page


def test_pages_of_plain_results_can_be_turned(down):
    assert down.get("/search?page=2").status_code == 404
    assert down.get("/search?kind=need").status_code == 200


@pytest.mark.parametrize(
    "path", ["/", "/newest", "/browse/areas", "/browse/places", "/browse/areas/dementia", f"/browse/places/{LEEDS}"]
)
def test_browsing_still_answers(down, path):
    assert down.get(path).status_code == 200


def test_a_listing_still_shows_everything_but_its_matches(down, exchange):
    page = text_of(down.get(f"/listings/{exchange.sitters}").text)
    assert "Carers rest" in page
    assert "Matches cannot be worked out just now." in page
    assert "There is no match yet" not in page


def test_when_the_engine_is_back_so_are_the_filters(client, stage):
    stage.up = False
    assert BANNER in client.get("/search?q=sitter").text
    stage.up = True
    page = client.get("/search?q=sitter").text
    assert BANNER not in page
    assert "Filters</h2>" in page


def test_a_listing_withdrawn_since_it_was_indexed_is_shown_nowhere(own, exchange):
    assert "Thursday Sitters" in text_of(own.get("/search?q=sitters"))
    with writing(own.database) as session:
        withdraw(session, exchange.sitters, operator(session, "Test"), "asked to", NOW)
    for path in ("/", "/search?q=sitters", "/search", "/newest", "/browse/areas/dementia", f"/browse/places/{LEEDS}"):
        assert "Thursday Sitters" not in text_of(own.get(path)), path
    for path in (f"/listings/{exchange.need}", f"/listings/{exchange.need}/matches"):
        assert "Thursday Sitters" not in text_of(own.get(path)), path
    assert "Thursday Sitters" not in text_of(own.get(f"/organisations/{exchange.circle}"))
    assert own.client.get(f"/listings/{exchange.sitters}").status_code == 404


def test_a_listing_closed_since_it_was_indexed_is_labelled_and_not_matched(own, exchange):
    with writing(own.database) as session:
        close(session, exchange.sitters, operator(session, "Test"), "ended", NOW)
    page = own.get(f"/listings/{exchange.sitters}")
    assert "This listing is closed" in page
    assert 'id="matches"' not in page
    assert "Closed" in text_of(own.get("/search?q=sitters"))


def test_a_listing_not_yet_indexed_has_its_page_before_it_is_found(own):
    with writing(own.database) as session:
        number = publish(session, Kind.INNOVATION, Content(title="Fresh bread", would_deliver_in=(BRADFORD,)))
    assert "Fresh bread" in own.get(f"/listings/{number}")
    assert "Fresh bread" in own.get("/newest")
    assert "Fresh bread" not in own.get("/search?q=bread").split("</form>")[1]
