"""While the engine or the model is down, or behind the truth: pages answer, a banner says so, nothing hidden shows."""

import html
import re

import pytest
from seen import BRADFORD, LEEDS, NOW, text_of
from small_exchange import publish

from exchange.content import Content, Kind
from exchange.database import writing
from exchange.listing.listings import close, withdraw
from exchange.people.accounts import operator

BANNER = "Search is running without its ranking engine."
MATCHES = "Matching is running without the search engine."
WORDS_ONLY = "Results match words only. The language model does not work just now"


@pytest.fixture
def down(client, stage):
    stage.up = False
    return client


@pytest.fixture
def no_model(client, stage):
    stage.model_up = False
    return client


def results_of(page: str) -> str:
    """Give what stands below the search form."""
    return page.split("</form>")[1]


# --- without the engine -----------------------------------------------------------------------------------------------


def test_sql_finds_what_holds_the_words_and_a_banner_says_so(down):
    page = down.get("/search?q=trained+sitters").text
    assert 'class="govuk-notification-banner"' in page
    assert BANNER in text_of(page)
    assert "These results match your words only, not their meaning, so some that would fit may be missing." in text_of(
        page
    )
    assert "1 result" in text_of(page)
    assert "Thursday <mark>Sitters</mark>" in page
    assert "Has your words: trained, sitters" in text_of(page)


def test_nothing_that_holds_the_words_gives_the_empty_page_with_the_banner(down):
    page = text_of(down.get("/search?q=trained+zeppelin").text)
    assert BANNER in page
    assert "No results" in page
    assert "No listing that can be looked at just now holds enough of your words. You could:" in page
    filtered = text_of(down.get("/search?q=zeppelin&tier=grant").text)
    assert "holds enough of your words and passes your filters. You could: clear the filters" in filtered


def test_filters_still_filter_and_stay_as_they_were_set(down):
    address = "/search?q=sitter&tier=grant&unstated.place=hide&sort=newest&closed=1"
    page = down.get(address).text
    assert "Thursday" in results_of(page)
    assert re.search(r'name="tier" type="checkbox" value="grant" checked', page)
    assert '<option value="newest" selected>' in page
    assert not re.search(r'name="unstated.place" type="checkbox" value="show" checked', page)
    other = down.get("/search?q=sitter&tier=partnership").text
    assert "Thursday" not in results_of(other)
    assert "1 result hidden by your filters" not in text_of(page)


def test_the_kind_is_kept_to_and_places_are_still_read(down):
    page = down.get("/search?q=respite+in+Leeds&kind=need").text
    assert "Is required in Leeds" in text_of(page)
    assert 'class="ix-chip"' in page
    assert "Thursday" not in results_of(page)


@pytest.mark.parametrize("text", ["withdrawn", "not yet decided", "night sitting", ""])
def test_what_may_not_be_seen_stays_hidden(down, text):
    page = results_of(down.get("/search", params={"q": text}).text)
    for hidden in ("Withdrawn idea", "Not yet decided", "Night sitting, closed"):
        assert hidden not in page


def test_a_closed_listing_is_found_where_it_is_asked_for_and_labelled(down):
    page = text_of(down.get("/search?q=night+sitting&closed=1").text)
    assert "Night sitting , closed" in page
    assert "Closed" in page


def test_a_page_past_the_end_says_why_there_are_fewer(down):
    answer = down.get("/search?page=2")
    assert answer.status_code == 404
    assert BANNER in answer.text
    assert "There is only 1 page of results" in text_of(answer.text)


def test_that_not_all_could_be_counted_is_said(client, stage):
    stage.say = {"at_least": True, "degraded": True, "banner": BANNER + " Try again.", "total": 200}
    page = client.get("/search?q=sitters").text
    assert "At least 200 results" in text_of(page)
    topic = text_of(client.get("/browse/areas/dementia").text)
    assert "Innovations (at least 200)" in topic
    stage.say |= {"total": 0, "hits": ()}
    topic = text_of(client.get("/browse/areas/dementia").text)
    assert "Innovations None was found among those that can be looked at just now." in topic


TEXTS = [
    "%",
    "_",
    "\\",
    "100%_\\ /",
    "'; DROP TABLE listing; --",
    '<script>alert(1)</script> "sitters',
    "carer " * 1_600,
    "x" * 10_000,
    "\u202e\U0001f600",
]


@pytest.mark.parametrize("text", TEXTS)
def test_any_text_is_answered_and_stands_in_the_box_as_it_was_typed(down, text):
    answer = down.get("/search", params={"q": text})
    assert answer.status_code == 200
    assert BANNER in answer.text
    box = re.search(r'<textarea[^>]* id="q"[^>]*>(.*?)</textarea>', answer.text, re.DOTALL)[1]
    assert html.unescape(box) == text.strip()
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize("text", ["100%25", "%25", "_", "sitter_", "s%25r"])
def test_wildcards_find_nothing_that_does_not_hold_them(down, text):
    page = down.get(f"/search?q={text}&kind=need").text
    assert "Thursday" not in results_of(page)


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/newest", "/newest?kind=need", "/browse/areas", "/browse/places", "/browse/areas/dementia"),
        *(f"/browse/places/{LEEDS}", "/browse/places/E92000001", "/how-ranking-works", "/privacy", "/health", "/ready"),
    ],
)
def test_browsing_still_answers(down, path):
    assert down.get(path).status_code == 200


def test_areas_and_places_are_listed_without_counts(down):
    assert "Short breaks (1)" not in text_of(down.get("/browse/areas").text)
    assert "Short breaks" in down.get("/browse/areas").text
    assert "Yorkshire and The Humber" in down.get("/").text


def test_an_organisation_is_shown_as_always(down, exchange):
    page = text_of(down.get(f"/organisations/{exchange.circle}").text)
    assert "Thursday Sitters" in page
    assert BANNER not in page


@pytest.mark.parametrize("path", ["", "/matches"])
def test_a_listing_shows_everything_and_its_matches_are_looked_for_by_words(down, exchange, path):
    page = text_of(down.get(f"/listings/{exchange.sitters}{path}").text)
    assert "Thursday Sitters" in page
    assert MATCHES in page
    assert "1 match, best first" in page
    assert "There is no match yet" not in page


def test_when_the_engine_is_back_the_banner_is_gone(client, stage):
    stage.up = False
    assert BANNER in client.get("/search?q=sitter").text
    stage.up = True
    page = client.get("/search?q=sitter").text
    assert BANNER not in page
    assert "Filters</h2>" in page


def test_health_names_the_engine_and_stays_200(down):
    body = down.get("/health").json()
    assert (body["status"], body["parts"]["engine"], body["parts"]["database"]) == ("degraded", "down", "up")


# --- without the model ------------------------------------------------------------------------------------------------


def test_without_the_model_words_are_found_and_a_banner_says_so(no_model):
    page = no_model.get("/search?q=trained+sitters").text
    assert WORDS_ONLY in text_of(page)
    assert BANNER not in page
    assert "Thursday <mark>Sitters</mark>" in page


def test_without_the_model_browsing_says_nothing_of_it(no_model):
    for path in ("/search?kind=need", "/browse/areas/dementia", "/"):
        assert WORDS_ONLY not in no_model.get(path).text


def test_without_the_model_matches_go_by_what_was_embedded_before(no_model, exchange):
    page = text_of(no_model.get(f"/listings/{exchange.sitters}").text)
    assert "1 match, best first" in page


def test_without_the_model_a_listing_that_it_never_read_says_that_there_are_no_matches(own, stage, exchange):
    with writing(own.database) as session:
        number = publish(session, Kind.NEED, Content(title="Respite for carers again", summary="Fresh words."))
    stage.real, shared = own.service, stage.real
    stage.up = stage.model_up = False
    found = stage.match(number, 10)
    stage.real = shared
    assert found.total == 0
    assert "the language model that compares the texts does not work" in found.notices[0]


def test_health_names_the_model(client, stage):
    assert client.get("/health").json()["parts"]["model"] == "hash-64"


# --- the index behind the truth ---------------------------------------------------------------------------------------


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
    assert "Fresh bread" not in results_of(own.get("/search?q=bread"))
