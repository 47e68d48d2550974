"""Matches counted for the gap map: what counts, which listing is due when, and that one process does it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from real_site import indexer_of, real_service
from sqlalchemy import select
from together import at_once

from exchange.content import Content, Kind, Outcome, Tier
from exchange.database import reading, writing
from exchange.errors import UnavailableError
from exchange.listing.listings import NewListing, close, post, withdraw
from exchange.listing.listings import revise as write_revision
from exchange.models import Listing
from exchange.models_running import MatchCount
from exchange.moderating.moderation import approve, approve_revision
from exchange.people.accounts import operator
from exchange.running.match_counts import AGAIN_AFTER, Counted, Due, any_hidden, due, forget_hidden, keep
from exchange.taxonomy import seed_taxonomy
from indexer.gaps import A_TURN, PAUSE, counter_over
from indexer.results import Query
from indexer.sides import cannot, pair_of, side_of
from indexer.sync import subject_of

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
SITTING = "Trained sitters give carers of people with dementia four hours of rest every week."


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def move(self, by: timedelta) -> None:
        self.now += by


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def numbers(engine):
    """Publish two needs and three innovations: one need has counterparts, and one of these cannot match it."""
    made = {}
    with writing(engine) as session:
        seed_taxonomy(session, NOW)
        made["need"] = publish(
            session, Kind.NEED, "Rest for carers of people with dementia", SITTING, tiers=(Tier.CONTRACT,)
        )
        made["alone"] = publish(session, Kind.NEED, "Bicycle repair lessons", "Mend punctures in the village hall.")
        made["sitters"] = publish(session, Kind.INNOVATION, "Sitters for carers", SITTING, tiers=(Tier.CONTRACT,))
        made["open"] = publish(
            session,
            Kind.INNOVATION,
            "Carers' rest",
            SITTING,
            outcomes=(Outcome(statement="Carers of people with dementia rest"),),
        )
        made["grant"] = publish(session, Kind.INNOVATION, "Rest by grant", SITTING, tiers=(Tier.GRANT,))
    return made


def publish(session, kind: Kind, title: str, summary: str, **said: object) -> int:
    by = operator(session, "Test")
    new = NewListing(kind=kind, content=Content(title=title, summary=summary, **said))
    return approve(session, post(session, new, by, NOW).id, by, "checked", NOW).id


@pytest.fixture
def counter(engine, numbers, tmp_path, clock):
    waits: list[float] = []
    made = counter_over(real_service(engine, tmp_path / "index"), clock)
    counter = replace(made, wait=waits.append)
    yield counter
    assert set(waits) <= {PAUSE}


def counts(engine) -> dict[int, tuple[int, int, int]]:
    with reading(engine) as session:
        return {row.listing_id: (row.revision, row.matches, row.strong) for row in session.scalars(select(MatchCount))}


def test_each_open_listing_is_counted_once_with_the_number_that_its_page_shows(engine, counter, numbers):
    assert counter.waits()
    assert counter.turn() == len(numbers)
    found = counts(engine)
    assert set(found) == set(numbers.values())
    for number, (_, matches, _) in found.items():
        assert matches == counter.matcher.match(number, 100).total
    assert found[numbers["need"]][2] >= 1
    assert not counter.waits()
    assert counter.turn() == 0


def test_strong_is_what_an_alert_would_tell_and_never_what_cannot_match(engine, counter, numbers):
    counter.turn()
    finder, found = counter.matcher.finder, counts(engine)
    for name in ("need", "alone"):
        assert found[numbers[name]][2] == len(strong_by_hand(engine, counter, finder, numbers[name]))
    assert numbers["grant"] not in strong_by_hand(engine, counter, finder, numbers["need"])
    assert found[numbers["alone"]][2] == 0


def strong_by_hand(engine, counter, finder, number: int) -> set[int]:
    """Ask the rule of each listing by itself, as an alert does, over each text that a match searches with."""
    strong: set[int] = set()
    with reading(engine) as session:
        rows = {row.id: row for row in session.scalars(select(Listing))}
        builder = counter.matcher.builder(session)
        sides = {one: side_of(subject_of(row), builder) for one, row in rows.items()}
    content = sides[number].content
    texts = [f"{content.title} {content.summary}", *(one.statement for one in content.outcomes or ())]
    for text in texts:
        plan, _ = finder.plan(Query(text=text, kind=rows[number].side.other, read_constraints=False))
        for other in rows:
            found = finder.engine.search(replace(plan, only=other))
            if found.strong.any() and found.qualifies.any() and not cannot(pair_of(sides[number], sides[other])):
                strong.add(other)
    return strong


def test_a_changed_listing_goes_first_and_an_unchanged_one_waits_a_day(engine, counter, numbers, clock):
    counter.turn()
    with writing(engine) as session:
        by = operator(session, "Test")
        change = write_revision(
            session, numbers["open"], Content(title="Carers' rest, twice", summary=SITTING), by, NOW
        )
        assert change is not None
        approve_revision(session, change.id, by, "checked", NOW)
    assert names_due(engine, numbers, clock) == ["open"]
    indexer_of_counter(counter).catch_up()
    assert counter.turn() == 1
    clock.move(AGAIN_AFTER - timedelta(seconds=1))
    assert names_due(engine, numbers, clock) == []
    clock.move(timedelta(seconds=2))
    assert set(names_due(engine, numbers, clock)) == set(numbers)


def indexer_of_counter(counter):
    class Service:
        database, engine, embedder = counter.matcher.database, counter.matcher.finder.engine, counter.matcher.embedder

    return indexer_of(Service())


def names_due(engine, numbers, clock) -> list[str]:
    names = {number: name for name, number in numbers.items()}
    with reading(engine) as session:
        return [names[one.listing_id] for one in due(session, 100, clock())]


def test_never_counted_stands_before_changed_and_changed_before_old(engine, numbers, clock):
    one, two, three = (numbers[name] for name in ("need", "alone", "sitters"))
    with writing(engine) as session:
        revision = session.get_one(Listing, one).index_revision
        for number, seen, ago in ((one, revision, 3), (two, revision - 1, 0), (three, revision, 2)):
            keep(session, Due(number, seen), Counted(matches=1, strong=1), NOW - ago * AGAIN_AFTER)
    found = names_due(engine, numbers, clock)
    assert set(found[:2]) == {"open", "grant"}
    assert found[2:] == ["alone", "need", "sitters"]


def test_the_counts_of_what_is_hidden_go_and_none_is_kept_of_it(engine, counter, numbers):
    counter.turn()
    with writing(engine) as session:
        by = operator(session, "Test")
        close(session, numbers["need"], by, "early", NOW)
        withdraw(session, numbers["grant"], by, "asked to", NOW)
    with reading(engine) as session:
        assert any_hidden(session)
    assert counter.waits()
    with writing(engine) as session:
        assert forget_hidden(session) == 2
        assert not keep(session, Due(numbers["need"], 9), Counted(matches=1, strong=1), NOW)
        assert not keep(session, Due(10**20, 9), Counted(matches=1, strong=1), NOW)
    assert set(counts(engine)) == {numbers[name] for name in ("alone", "sitters", "open")}
    assert counter.count(Due(numbers["grant"], 1)) is None


def test_while_a_part_is_down_nothing_is_counted_and_what_was_counted_stays(engine, counter, numbers, clock):
    counter.turn()
    before = counts(engine)
    clock.move(2 * AGAIN_AFTER)

    class Down:
        name, dimension = "hash-64", 64

        def encode(self, _texts, _progress=None):
            raise UnavailableError("The model does not work.")

        encode_query = encode

    with writing(engine) as session:
        by = operator(session, "Test")
        change = write_revision(session, numbers["open"], Content(title="Words never embedded before"), by, NOW)
        assert change is not None
        approve_revision(session, change.id, by, "checked", NOW)
    finder = replace(counter.matcher.finder, embedder=Down())
    broken = replace(counter, matcher=replace(counter.matcher, finder=finder, embedder=Down()))
    with pytest.raises(UnavailableError):
        broken.turn()
    assert counts(engine) == before


def test_two_that_count_at_once_keep_one_count_of_each(engine, counter, numbers):
    done = at_once(counter.turn, counter.turn)
    assert [type(one) for one in done] == [int, int]
    assert set(counts(engine)) == set(numbers.values())


def test_a_turn_counts_so_many_and_no_more(engine, counter):
    with writing(engine) as session:
        for number in range(A_TURN):
            publish(session, Kind.NEED, f"Need {number}", "Something else.")
    assert counter.turn() == A_TURN
    assert counter.waits()
