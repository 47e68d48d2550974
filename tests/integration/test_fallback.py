"""Search while no engine answers: what is found by words alone, in which order, with which filters."""

from datetime import timedelta

import pytest
from faults import Sick, open_with_faults
from published import CAMDEN, LEEDS, NOW, Town

from exchange.content import Gender, Stage, Tier
from exchange.database import writing
from exchange.models import OrgKind
from exchange.taxonomy import seed_taxonomy
from indexer import fallback
from indexer.fallback import BROWSING, BY_WORDS
from indexer.results import NOT_STATED, Facet, Query, Sort
from indexer.search import LONGEST_TEXT
from indexer.service import SearchService


@pytest.fixture
def town(engine, tmp_path) -> Town:
    return Town(engine, tmp_path / "index", Sick())


@pytest.fixture
def opened(town):
    """Give a function that opens the service after the test has published."""
    return lambda: open_with_faults(town)


@pytest.fixture
def down(town):
    """Give a function that opens the service with its engine down."""

    def open_service() -> SearchService:
        service = open_with_faults(town)
        service.engine.down()
        return service

    return open_service


def ids(results) -> list[int]:
    return [hit.id for hit in results.hits]


def counts(results, facet: Facet) -> dict[str, int]:
    return {bucket.value: bucket.count for bucket in results.facets[facet]}


# --- what is found ----------------------------------------------------------------------------------------------------


def test_listings_that_hold_the_words_are_found_and_it_is_said_how(town, down):
    both = town.publish("Respite for carers")
    also = town.publish("Night sitters", description="A respite for every carer.")
    town.publish("Respite for dogs")
    results = down().search(Query(text="carers' respite"))
    assert ids(results) == [both, also]
    assert (results.total, results.degraded, results.at_least) == (2, True, False)
    assert results.banner == BY_WORDS
    assert results.highlight == {"carer", "respit"}
    assert [reason.text for reason in results.hits[0].reasons] == ["Has your words: carers, respite"]


def test_a_longer_word_that_only_begins_alike_is_not_the_word(town, down):
    town.publish("Article about mentalities")
    art = town.publish("Art for men")
    assert ids(down().search(Query(text="art men"))) == [art]


@pytest.mark.parametrize("fails", ["search", "frequency", "idf", "similar_words"])
def test_whatever_the_engine_fails_at_there_are_results(town, opened, fails):
    number = town.publish("Respite for carers")
    service = opened()
    service.engine.down(fails)
    results = service.search(Query(text="respite zzkrwq"))
    assert results.degraded
    assert ids(service.search(Query(text="respite"))) == [number]


def test_what_may_not_be_seen_is_not_found(town, down):
    town.withdraw(town.publish("Respite one"))
    town.submit("Respite two")
    closed = town.publish("Respite three")
    town.close(closed)
    past = town.need("Respite four", closes_on=NOW.date() - timedelta(days=1))
    service = down()
    for text in ("respite", ""):
        assert service.search(Query(text=text)).total == 0
        assert sorted(ids(service.search(Query(text=text, include_closed=True)))) == [closed, past]


def test_without_words_the_newest_come_first(town, down):
    old, new = town.publish("Old", minutes=1), town.publish("New", minutes=9_000)
    results = down().search(Query(text=" ?! "))
    assert ids(results) == [new, old]
    assert results.banner == BROWSING


def test_pages_follow_each_other(town, down):
    numbers = [town.publish(f"Respite {word}") for word in ("one", "two", "six", "ten", "zero")]
    service = down()
    pages = [service.search(Query(text="respite", page=page, page_size=2)) for page in (1, 2, 3, 4)]
    assert [len(page.hits) for page in pages] == [2, 2, 1, 0]
    assert sorted(number for page in pages for number in ids(page)) == numbers
    assert {(page.total, page.pages) for page in pages} == {(5, 3)}


def test_only_so_many_are_looked_at_and_then_it_says_at_least(town, down, monkeypatch):
    for number in range(4):
        town.publish(f"Respite {number}", minutes=number)
    monkeypatch.setattr(fallback, "MOST", 3)
    results = down().search(Query(text="respite"))
    assert (len(results.hits), results.total, results.at_least) == (3, 3, True)


def test_a_page_that_does_not_get_its_turn_to_read_reads_less_and_says_so(town, down, monkeypatch):
    older, newer = (town.publish(f"Respite {n}", summary="A break", minutes=n) for n in (1, 2))
    monkeypatch.setattr(fallback, "LONGEST_WAIT", 0.0)
    monkeypatch.setattr(fallback, "FEW_BODIES", 1)
    service = down()
    with fallback._READING, fallback._READING:
        results = service.search(Query(text="break"))
        assert (ids(results), results.at_least) == ([newer], True)
        assert ids(service.search(Query(text="respite"))) == [newer, older]
    assert ids(service.search(Query(text="break"))) == [newer, older]


def test_exact_title_then_more_words_then_title_words_then_newest(town, down):
    words = "short breaks carers"
    title = town.publish("Short breaks carers")
    three = town.publish("Sitters", summary="Short breaks for carers")
    two_in_title = town.publish("Short breaks", minutes=1)
    newer = town.publish("Club", summary="Short breaks", minutes=9)
    older = town.publish("Club", summary="Short breaks", minutes=5)
    assert ids(down().search(Query(text=words))) == [title, three, two_in_title, newer, older]


def test_other_orders_are_kept(town, down):
    late = town.need("Respite respite", closes_on=NOW.date() + timedelta(days=90), minutes=1)
    never = town.need("Respite", minutes=9_000)
    soon = town.need("A respite", closes_on=NOW.date() + timedelta(days=9), minutes=3)
    service = down()
    for text in ("respite", ""):
        assert ids(service.search(Query(text=text, sort=Sort.CLOSING))) == [soon, late, never]
        assert ids(service.search(Query(text=text, sort=Sort.NEWEST)))[0] == never


def test_places_and_people_in_the_text_still_order_and_explain_and_can_be_removed(town, down):
    there = town.publish("Mentors", delivers_in=(LEEDS,), gender=Gender.MEN)
    unsaid = town.publish("Mentors", minutes=50)
    elsewhere = town.publish("Mentors", delivers_in=(CAMDEN,), minutes=90)
    service = down()
    results = service.search(Query(text="mentors in Leeds"))
    assert ids(results) == [there, unsaid, elsewhere]
    assert [hit.tier for hit in results.hits] == [1, 3, 4]
    assert [chip.label for chip in results.chips] == ["Leeds"]
    assert results.hits[0].reasons[0].text == "Delivers in Leeds now"
    removed = service.search(Query(text="mentors in Leeds", removed=frozenset({results.chips[0].key})))
    assert (removed.chips, removed.total) == ((), 0)  # "leeds" is a plain word now, and none of them holds it


# --- filters ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def varied(town):
    with writing(town.database) as session:
        seed_taxonomy(session, NOW)
    large = town.organisation("Large", kind=OrgKind.THIRD_SECTOR, income=2_000_000)
    return {
        "full": town.publish(
            "Respite",
            organisation=large,
            areas=("short-breaks",),
            groups=("carers",),
            tiers=(Tier.GRANT,),
            stage=Stage.PILOT,
            delivers_in=(LEEDS,),
            open_to_partners=True,
            minutes=1,
        ),
        "other": town.publish("Respite", areas=("housing",), tiers=(Tier.CONTRACT,), delivers_in=(CAMDEN,), minutes=2),
        "bare": town.publish("Respite", minutes=3),
    }


@pytest.mark.parametrize("text", ["respite", ""])
@pytest.mark.parametrize("hide", [False, True])
@pytest.mark.parametrize(
    "chosen",
    [
        (Facet.AREA, "short-breaks"),
        (Facet.AREA, "adult-social-care"),
        (Facet.GROUP, "carers"),
        (Facet.TIER, "grant"),
        (Facet.STAGE, "pilot"),
        (Facet.PLACE, LEEDS),
        (Facet.SIZE, "large"),
        (Facet.PARTNERS, "yes"),
    ],
)
def test_a_filter_does_what_it_does_with_the_engine(varied, opened, chosen, hide, text):
    facet, value = chosen
    excluded = frozenset({facet}) if hide else frozenset()
    query = Query(text=text, filters={facet: (value,)}, exclude_not_stated=excluded)
    service = opened()
    with_engine = service.search(query)
    service.engine.down()
    without = service.search(query)
    assert (with_engine.degraded, without.degraded) == (False, True)
    assert sorted(ids(without)) == sorted(ids(with_engine))
    assert varied["full"] in ids(without)
    assert without.total == with_engine.total


def test_facets_are_counted_over_what_was_found(varied, down):
    results = down().search(Query(text="respite"))
    assert counts(results, Facet.TIER) == {"grant": 1, "contract": 1, NOT_STATED: 1}
    assert counts(results, Facet.AREA)["short-breaks"] == 1


def test_browsing_counts_are_empty_without_the_engine(varied, opened):
    service = opened()
    assert service.counts()[Facet.TIER]["grant"] == 1
    service.engine.down()
    assert service.counts() == {}


# --- any text ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["%", "_", "\\", "100%_\\", "'; drop table listing; --", '"', "\u0130\u0130", "x" * 10_000]
)
def test_odd_texts_are_answered(town, down, text):
    town.publish("Respite")
    assert down().search(Query(text=text)).degraded


def test_a_text_of_ten_thousand_characters_is_read_as_far_as_always_and_says_so(town, down):
    number = town.publish("Respite")
    results = down().search(Query(text="respite " * 1_250))
    assert ids(results) == [number]
    assert f"the search read the first {LONGEST_TEXT:,}" in results.notices[0]
