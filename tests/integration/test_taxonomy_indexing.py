"""A published change of the areas reaches the index: the listings whose document it changes, those alone, and at once.

What the outbox makes of the index equals what a rebuild makes of it.
"""

import pytest
from proposing import NOW, Desk
from published import Town
from together import at_once

from exchange.content import Content, Kind
from exchange.database import reading, writing
from exchange.errors import StateError
from exchange.listing.changes import locked_listing, replace_content
from exchange.listing.listings import index_revisions
from exchange.listing.stated_codes import count_naming
from exchange.outbox import pending
from exchange.taxonomy import AREA, GROUP, seed_taxonomy
from indexer.drift import find_drift
from indexer.results import Facet, Query
from indexer.sync import Indexer


@pytest.fixture
def town(engine, tmp_path, open_index) -> Town:
    with writing(engine) as session:
        seed_taxonomy(session, NOW)
    return Town(engine, tmp_path / "index", open_index=open_index)


@pytest.fixture
def desk(town) -> Desk:
    return Desk(town.database)


@pytest.fixture
def numbers(town) -> dict[str, int]:
    found = {
        "home": town.publish("Evening visits", areas=("home-care",)),
        "both": town.publish("Visits and lunch", areas=("meals", "home-care"), groups=("older-people",)),
        "top": town.publish("All of it", areas=("adult-social-care",)),
        "other": town.publish("A group for lads", areas=("mentoring",), groups=("young-people",)),
        "none": town.publish("It says nothing", description='A title may be "home-care" and mean it.'),
        "need": town.need("Visits wanted", areas=("home-care",)),
        "closed": town.need("Visits were wanted", areas=("home-care",)),
        "hidden": town.submit("Not decided on"),
    }
    town.close(found["closed"])
    return found


@pytest.fixture
def indexer(town, numbers) -> Indexer:
    indexer = town.indexer()
    indexer.settle()
    return indexer


def revisions(town, numbers):
    with reading(town.database) as session:
        held = index_revisions(session, list(numbers.values()))
    return {name: held[number] for name, number in numbers.items()}


def bumped(town, numbers, act):
    """Give the names of the listings that an act has indexed again."""
    before = revisions(town, numbers)
    act()
    after = revisions(town, numbers)
    return {name for name in numbers if after[name] != before[name]}


def work(indexer):
    done = 0
    while worked := indexer.work(lambda: NOW.replace(year=2028)):
        done += worked
    return done


def assert_as_rebuilt(indexer):
    """The index holds what documents of now say, and a rebuild changes nothing of what it holds."""
    assert find_drift(indexer).found == 0
    held = indexer.engine.held()
    indexer.rebuild()
    assert indexer.engine.held() == held


def test_only_listings_that_name_the_area_are_indexed_again_and_all_is_as_rebuilt(town, desk, numbers, indexer):
    touched = bumped(town, numbers, lambda: desk.published_with("home-care", synonyms=("zorbelling",)))
    assert touched == {"home", "both", "need", "closed"}
    assert find_drift(indexer).waiting == 4
    assert work(indexer) == 4
    assert_as_rebuilt(indexer)


def test_a_moved_area_changes_where_its_listings_are_counted(town, desk, numbers, indexer):
    touched = bumped(town, numbers, lambda: desk.published_with("home-care", parent="excluded-young-people"))
    assert touched == {"home", "both", "need", "closed"}
    work(indexer)
    assert_as_rebuilt(indexer)
    found = town.service(indexer.engine).search(Query(filters={Facet.AREA: ("excluded-young-people",)}))
    assert {numbers["home"], numbers["other"]} <= {hit.id for hit in found.hits}


def test_definitions_orders_and_what_a_term_is_not_have_nothing_indexed_again(town, desk, numbers, indexer):
    acts = ({"definition": "Other words."}, {"place": 4}, {"differs_from": ()})
    for changes in acts:
        assert bumped(town, numbers, lambda given=changes: desk.published_with("home-care", **given)) == set()
    assert_as_rebuilt(indexer)


def test_a_removed_area_leaves_its_code_and_a_new_one_is_taken_up(town, desk, numbers, indexer):
    def remove():
        number = desk.begin()
        desk.remove(number, "meals")
        desk.add(number, "lunches", synonyms=("quorbles",))
        desk.publish(number)

    assert bumped(town, numbers, remove) == {"both"}
    work(indexer)
    assert_as_rebuilt(indexer)
    with reading(town.database) as session:
        assert count_naming(session, AREA, "meals") == 1
        assert count_naming(session, AREA, "home-care") == 4
        assert count_naming(session, GROUP, "home-care") == 0
    lunch = town.publish("Soup on Fridays", areas=("lunches",))
    work(indexer)
    assert [hit.id for hit in town.service(indexer.engine).search(Query(text="quorbles")).hits] == [lunch]


def test_going_back_is_indexed_like_any_other_version(town, desk, numbers, indexer):
    service = town.service(indexer.engine)
    desk.published_with("home-care", synonyms=("zorbelling",))
    work(indexer)
    found = {hit.id for hit in service.search(Query(text="zorbelling")).hits}
    assert {numbers["home"], numbers["need"]} <= found
    assert bumped(town, numbers, lambda: desk.go_back(1)) == {"home", "both", "need", "closed"}
    work(indexer)
    assert service.search(Query(text="zorbelling")).hits == ()
    assert_as_rebuilt(indexer)


def test_of_two_who_publish_at_the_same_moment_one_does_and_the_other_is_told(town, desk):
    bob = Desk(town.database, "Bob Admin")
    first, second = desk.begin(), bob.begin()
    desk.change(first, "home-care", synonyms=("zorbelling",))
    bob.change(second, "meals", synonyms=("quorbles",))
    given = at_once(lambda: desk.publish(first), lambda: bob.publish(second))
    assert sorted(type(one).__name__ for one in given) == ["StateError", "int"]
    told = next(one for one in given if isinstance(one, StateError))
    assert "Version 2 was published since this change was begun" in str(told)
    assert desk.published().version == 2


def test_one_who_is_approved_while_a_version_is_published_is_indexed_with_it(town, desk, numbers, indexer):
    waiting = town.submit("Waits for it", Kind.INNOVATION)
    with writing(town.database) as session:
        replace_content(session, locked_listing(session, waiting), Content(title="x", areas=("home-care",)), NOW)
    number = desk.begin()
    desk.change(number, "home-care", synonyms=("zorbelling",))
    given = at_once(lambda: desk.publish(number), lambda: town.approve(waiting))
    assert not [one for one in given if isinstance(one, Exception)]
    work(indexer)
    assert find_drift(indexer).found == 0
    with reading(town.database) as session:
        assert pending(session).waiting == 0
