"""Search and match while the engine or the model fails: it is said, and they are back as soon as those are."""

from dataclasses import replace

import pytest
from faults import Sick, open_with_faults
from published import BRADFORD, LEEDS, Town

from exchange.content import Content
from exchange.errors import NotFoundError, UnavailableError
from indexer import service as services
from indexer.engine_embedded import EmbeddedEngine
from indexer.fallback import MATCHES
from indexer.matching import NO_MODEL, Matcher
from indexer.results import Query
from indexer.service import SearchService
from indexer.timing import recording


@pytest.fixture
def town(engine, tmp_path) -> Town:
    return Town(engine, tmp_path / "index", Sick())


@pytest.fixture
def clock() -> list[float]:
    return [0.0]


@pytest.fixture
def opened(town, clock):
    """Give a function that opens the service after the test has published."""
    return lambda: open_with_faults(town, lambda: clock[0])


@pytest.fixture
def down(opened):
    """Give a function that opens the service with its engine down."""

    def open_service() -> SearchService:
        service = opened()
        service.engine.down()
        return service

    return open_service


def ids(results) -> list[int]:
    return [hit.id for hit in results.hits]


# --- failing and coming back ------------------------------------------------------------------------------------------


def test_after_a_failure_the_engine_is_left_alone_for_a_few_seconds(town, opened, clock):
    town.publish("Respite")
    service = opened()
    service.engine.down("search")
    assert service.search(Query(text="respite")).degraded
    service.engine.up()
    service.engine.asked.clear()
    assert service.search(Query(text="respite")).degraded
    assert service.counts() == {}
    assert service.status()["engine"] == "down"
    assert service.engine.asked == []
    clock[0] += 5
    assert not service.search(Query(text="respite")).degraded
    assert service.status()["engine"] == "up"


def test_an_engine_that_answers_but_cannot_search_is_down(town, opened, clock):
    service = opened()
    service.engine.down("search")
    assert service.status()["engine"] == "up"  # nobody has searched yet
    service.search(Query(text="respite"))
    clock[0] += 60
    assert service.status()["engine"] == "down"


def test_a_suggestion_that_cannot_be_made_leaves_the_results(town, opened):
    number = town.publish("Respite for carers")
    service = opened()
    service.engine.down("similar_words")
    results = service.search(Query(text="respite for carers"))
    assert (ids(results), results.degraded, results.suggestion) == ([number], False, None)


def test_while_there_is_no_index_yet_words_are_looked_for_in_the_database(town, opened):
    number = town.publish("Respite for carers")
    service = replace(opened(), engine=EmbeddedEngine(town.folder / "none", "hash-4", 4), needs_index=True)
    results = service.search(Query(text="respite"))
    assert (ids(results), results.degraded) == ([number], True)


class Heard:
    """Who listens to the search: notes each with its total, and whether SQL answered."""

    def __init__(self) -> None:
        self.searches: list[tuple[int, bool]] = []

    def took(self, step, seconds) -> None:
        pass

    def embedded(self, purpose, texts, seconds) -> None:
        pass

    def searched(self, total: int, *, fallback: bool) -> None:
        self.searches.append((total, fallback))


def test_every_page_that_sql_answers_is_counted_apart(town, opened):
    town.publish("Respite")
    service, heard = opened(), Heard()
    with recording(heard):
        service.search(Query(text="respite"))
        service.search(Query())
        service.engine.down()
        service.search(Query(text="respite"))
        service.search(Query(text="nothing"))
        service.search(Query())
    assert heard.searches == [(1, False), (1, True), (0, True), (1, True)]


# --- match ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def pair(town) -> tuple[int, int, int]:
    need = town.need("Respite for carers", summary="Carers need short breaks", required_in=(LEEDS,))
    meets = town.publish("Short breaks", summary="Respite that carers choose", delivers_in=(LEEDS, BRADFORD))
    other = town.publish("Bicycle repair")
    return need, meets, other


def test_matches_are_looked_for_by_words_scored_as_always_and_said_to_be(town, opened, pair):
    need, meets, other = pair
    service = opened()
    with_engine = {match.id: match for match in service.match(need, 10).matches}
    service.engine.down()
    matches = service.match(need, 10)
    assert [match.id for match in matches.matches] == [meets]
    assert matches.matches[0] == with_engine[meets]
    assert matches.notices == (MATCHES,)
    assert service.match(other, 10).matches == ()


def test_matches_are_also_looked_for_by_areas_and_groups_some_of_each(town, down, monkeypatch):
    need = town.need("Respite for carers", summary="Carers need short breaks", groups=("carers",), areas=("dementia",))
    same_group = [town.publish(f"Night sitters {n}", groups=("carers",), minutes=n) for n in range(3)]
    same_words = [town.publish(f"Respite and short breaks for carers {n}", minutes=n) for n in range(3)]
    town.publish("Bicycle repair", areas=("housing",))
    town.need("Night sitters wanted", groups=("carers",))
    service = down()
    assert {match.id for match in service.match(need, 10).matches} == {*same_group, *same_words}
    monkeypatch.setattr(services, "DEEPEST_PAIRS", 4)
    found = {match.id for match in service.match(need, 10).matches}
    assert found == {*same_group[1:], *same_words[1:]}  # the newest of each


def test_a_match_of_a_listing_without_words_takes_nothing_for_a_word(town, down):
    town.publish("Respite")
    assert down().match(town.need("?!"), 10).total == 0


def test_a_match_never_shows_what_was_closed_or_withdrawn(town, down, pair):
    need, meets, _ = pair
    service = down()
    town.close(meets)
    assert service.match(need, 10).total == 0
    town.withdraw(meets)
    assert service.match(need, 10).total == 0
    with pytest.raises(NotFoundError):
        service.match(meets, 10)


def test_an_engine_too_slow_for_a_match_gives_way_to_words(town, opened, pair, monkeypatch):
    monkeypatch.setattr(services, "PATIENCE", -1.0)
    service = opened()
    assert service.match(pair[0], 10).notices == (MATCHES,)
    assert service.search(Query(text="respite")).degraded  # and is left alone
    matcher = Matcher(database=service.database, embedder=service.embedder, finder=service.finder, patience=-1.0)
    with pytest.raises(UnavailableError, match="too slowly"):
        matcher.match(pair[0], 10)


# --- the model --------------------------------------------------------------------------------------------------------

FAULTS = [UnavailableError("The model 'm' cannot be loaded: no such file."), RuntimeError("out of memory")]


@pytest.mark.parametrize("fault", FAULTS)
def test_without_the_model_words_are_found_with_the_engine_and_it_is_said(town, opened, fault):
    number = town.publish("Respite for carers", summary="A break.")
    town.publish("Something else")
    service = opened()
    service.embedder.fault = fault
    results = service.search(Query(text="respite carers"))
    assert ids(results) == [number]
    assert not results.degraded
    assert results.banner == services.WORDS_ONLY
    assert [reason.text for reason in results.hits[0].reasons] == ["Has your words: respite, carers"]
    assert service.status() == {"engine": "up", "model": "down"}
    service.embedder.fault = None
    assert service.search(Query(text="respite carers")).banner is None
    assert service.status()["model"] == service.embedder.name


def test_without_the_model_browsing_needs_no_banner(town, opened):
    town.publish("Respite")
    service = opened()
    service.embedder.fault = FAULTS[0]
    assert service.search(Query()).banner is None


def test_a_sentence_that_cannot_be_embedded_now_is_not_quoted(town, opened):
    number = town.publish("Respite for carers", summary="A break.")
    service = opened()
    town.revise(number, Content(title="Respite for carers", summary="A sentence that is new."))
    service.embedder.text_fault = RuntimeError("out of memory")
    results = service.search(Query(text="respite carers"))
    assert (ids(results), results.banner) == ([number], None)
    assert [reason.quote for reason in results.hits[0].reasons] == [None]


def test_without_the_model_what_was_embedded_before_still_matches(town, opened, pair):
    service = opened()
    before = service.match(pair[0], 10)
    service.embedder.fault = FAULTS[0]
    assert service.match(pair[0], 10) == before


@pytest.mark.parametrize("fault", FAULTS)
def test_a_match_whose_texts_were_never_embedded_says_that_it_cannot_be_made(town, opened, pair, fault):
    service = opened()
    service.embedder.fault = fault
    new = town.need("Respite nobody embedded", summary="Carers again")
    matches = service.match(new, 10)
    assert (matches.matches, matches.notices) == ((), (NO_MODEL,))
    service.engine.down()
    assert service.match(new, 10).notices == (NO_MODEL,)


def test_both_down_still_finds_words(town, down):
    number = town.publish("Respite for carers")
    service = down()
    service.embedder.fault = FAULTS[0]
    assert ids(service.search(Query(text="respite"))) == [number]
    assert service.status() == {"engine": "down", "model": service.embedder.name}
