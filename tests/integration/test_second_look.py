"""The second look over SQL: what indexing keeps, what it orders, and what happens where something is missing."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from published import NOW, Town

from exchange.database import reading, writing
from exchange.models import ListingPassages, Vector
from exchange.passages import Listed, keep_listed, listed_of
from exchange.taxonomy import seed_taxonomy
from exchange.vectors import text_hash
from indexer import second_look
from indexer.passages import PassageStore
from indexer.rerank import LABEL_MIX, MIX
from indexer.results import Query, Sort
from indexer.search import Finder, Leg
from indexer.second_look import SecondLook
from indexer.shelf import SqlShelf


@pytest.fixture
def town(engine, tmp_path) -> Town:
    with writing(engine) as session:
        seed_taxonomy(session, NOW)
    return Town(engine, tmp_path / "index")


def settled(town: Town) -> Finder:
    """Index everything for a second look and give the search that takes it."""
    store, index = PassageStore(town.database), town.engine()
    replace(town.indexer(index), passages=store).settle()
    return replace(town.service(index).finder, second=SecondLook(store, SqlShelf(town.database)))


def ids(finder: Finder, text: str, **changes: object) -> list[int]:
    ranked = finder.ranked(Query(text=text, **changes))
    return ranked.found.ids[ranked.rows].tolist()


def listed(town: Town, number: int) -> Listed | None:
    with reading(town.database) as session:
        return listed_of(session, [number]).get(number)


def forget(town: Town, table: type, *conditions: object) -> None:
    with writing(town.database) as session:
        session.query(table).filter(*conditions).delete()


def test_indexing_keeps_which_passages_a_listing_has_and_what_it_states(town):
    number = town.publish("Boats for carers", summary="Trips for carers.", areas=("housing",))
    settled(town)
    kept = listed(town, number)
    assert kept is not None
    assert (len(kept.hashes), kept.areas, kept.groups) == (1, ("housing",), ())


def test_a_withdrawn_listing_is_forgotten(town):
    number = town.publish("Boats for carers")
    settled(town)
    town.withdraw(number)
    settled(town)
    assert listed(town, number) is None


def test_a_late_writer_changes_nothing(town):
    number = town.publish("Boats")
    newer, older = (Listed(hashes=(text_hash(text),), areas=(), groups=()) for text in ("new", "old"))
    with writing(town.database) as session:
        keep_listed(session, [(number, 5, newer)])
        keep_listed(session, [(number, 4, older)])
    assert listed(town, number) == newer


def test_every_passage_is_read_once_and_gives_the_vector_that_embedding_gives(town):
    store, texts = PassageStore(town.database), ["Boats for carers", "Help with forms", "Boats for carers"]
    found = store.read(town.embedder, texts)
    assert np.allclose(found, town.embedder.encode(texts), atol=1e-6)
    town.embedder.embedded.clear()
    assert np.array_equal(store.read(town.embedder, texts), found)
    assert town.embedder.embedded == []


def test_what_was_read_comes_back_from_another_process(town):
    PassageStore(town.database).read(town.embedder, ["Boats for the carers"])
    key = text_hash("Boats for the carers")
    found = PassageStore(town.database).known(town.embedder, [key, text_hash("never read")])
    assert list(found) == [key]
    assert found[key].tokens.shape == (2, 128)
    assert found[key].whole == pytest.approx(town.embedder.encode(["Boats for the carers"])[0], abs=1e-3)


def test_another_models_directions_are_fitted_once_and_stay(town):
    one, two = PassageStore(town.database), PassageStore(town.database)
    assert one.projection(town.embedder).shape == (512, 128)
    town.embedder.embedded.clear()
    assert np.array_equal(one.projection(town.embedder), two.projection(town.embedder))
    assert town.embedder.embedded == []


def test_the_same_results_are_found_in_an_order_that_may_differ(town):
    for text in ("boats for carers", "carers", "boats", "boats and boats for carers", "gardens"):
        town.publish(f"Place: {text}", summary=f"{text.capitalize()}.")
    finder = settled(town)
    first = ids(replace(finder, second=None), "boats for carers")
    assert sorted(ids(finder, "boats for carers")) == sorted(first)
    assert len(first) > 1


@pytest.mark.parametrize("text", ["boats for carers", "trips by boat for carers who rest while others cook lunch"])
def test_the_words_of_a_short_text_count_for_more(town, monkeypatch, text):
    town.publish("Boats for carers", summary="Trips.")
    finder, mixes = settled(town), []
    second = second_look.second_score
    monkeypatch.setattr(second_look, "second_score", lambda found, mix: mixes.append(mix) or second(found, mix))
    finder.ranked(Query(text=text))
    assert mixes == [LABEL_MIX if text == "boats for carers" else MIX]


def test_the_score_of_a_result_is_between_nought_and_one_and_no_neighbours_change_it(town):
    number = town.publish("Boats for carers", summary="Trips.")
    alone = settled(town).ranked(Query(text="trips by boat for carers"))
    score = alone.scores[alone.found.ids == number].item()
    for text in ("Boats", "Carers", "Boats for the carers of Leeds"):
        town.publish(text)
    index = town.engine()
    replace(town.indexer(index), passages=PassageStore(town.database)).catch_up()
    finder = replace(
        town.service(index).finder, second=SecondLook(PassageStore(town.database), SqlShelf(town.database))
    )
    among = finder.ranked(Query(text="trips by boat for carers"))
    assert among.scores[among.found.ids == number].item() == pytest.approx(score, abs=1e-4)
    assert 0 < score < 1


@pytest.mark.parametrize("table", [ListingPassages, Vector])
def test_where_nothing_was_kept_the_first_order_stands(town, table):
    for text in ("boats for carers", "carers", "boats"):
        town.publish(text)
    finder = settled(town)
    conditions = [Vector.model.contains("#tokens")] if table is Vector else []
    forget(town, table, *conditions)
    assert ids(finder, "boats for carers") == ids(replace(finder, second=None), "boats for carers")


def test_a_listing_that_was_never_read_is_still_found(town):
    numbers = [town.publish(text) for text in ("boats for carers", "boats with carers", "boats by carers")]
    finder = settled(town)
    forget(town, ListingPassages, ListingPassages.listing_id == numbers[0])
    assert sorted(ids(finder, "boats for carers")) == numbers


@pytest.mark.parametrize("sort", [Sort.NEWEST, Sort.CLOSING])
def test_an_order_by_date_is_left_alone(town, sort):
    for minutes, text in enumerate(("boats for carers", "carers", "boats")):
        town.publish(text, minutes=minutes)
    finder = settled(town)
    assert ids(finder, "boats", sort=sort) == ids(replace(finder, second=None), "boats", sort=sort)


@pytest.mark.parametrize("leg", [Leg.LEXICAL, Leg.DENSE])
def test_one_leg_alone_stands_alone(town, leg):
    for text in ("boats for carers", "carers", "boats"):
        town.publish(text)
    finder = replace(settled(town), leg=leg)
    assert ids(finder, "boats for carers") == ids(replace(finder, second=None), "boats for carers")


def test_without_the_model_words_alone_find(town):
    class Broken(type(town.embedder)):
        def read_query(self, texts: Sequence[str]) -> list:  # noqa: ARG002  the protocol's
            raise RuntimeError("out of memory")

    town.publish("boats for carers")
    finder = replace(settled(town), embedder=Broken())
    ranked = finder.ranked(Query(text="boats for carers"))
    assert len(ranked.rows) == 1
    assert ranked.lexical_only


def test_a_phrase_that_means_the_same_is_read_once(town):
    town.publish("homeless people")
    finder = settled(town)
    read: list[str] = []

    class Counting(type(town.embedder)):
        def read_query(self, texts: Sequence[str]) -> list:
            read.extend(texts)
            return super().read_query(texts)

    finder = replace(finder, embedder=Counting())
    for _ in range(2):
        finder.ranked(Query(text="rough sleepers"))
    assert read.count("rough sleepers") == 2
    assert read.count("homelessness") == 1
