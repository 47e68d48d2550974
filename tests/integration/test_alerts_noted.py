"""An alert is noted once for ever, whoever notes it; what a search knew when it was saved is no news."""

from datetime import timedelta
from functools import partial

import pytest
from people import enrol
from published import NOW, Town
from sqlalchemy import select
from together import at_once

from exchange.alerting import saved_searches
from exchange.alerting.alerts import AND_OTHERS, MOST_KNOWN, AlertState, fire, is_known, news, packed, unpacked
from exchange.alerting.saved_searches import Cadence, SavedQuestion, save
from exchange.database import reading, writing
from exchange.models import Account
from exchange.models_alerts import Alert, SavedSearch

WHY = ["Has your words: respite."]


@pytest.fixture
def town(engine, tmp_path) -> Town:
    return Town(engine, tmp_path / "index")


@pytest.fixture
def ann(town) -> Account:
    with writing(town.database) as session:
        return enrol(session, "Ann")


@pytest.fixture
def number(town) -> int:
    return town.publish("Respite")


def saved(town: Town, ann: Account, known=(), text: str = "respite", now=NOW) -> int:
    with writing(town.database) as session:
        return save(session, ann, SavedQuestion(text, {"q": [text]}, None, Cadence.DAILY), known, now).id


def fired(town: Town, search: int, number: int) -> bool:
    with writing(town.database) as session:
        return fire(session, search, number, WHY, NOW)


def test_an_alert_is_noted_once_with_its_reasons_and_waits(town, ann, number):
    search = saved(town, ann)
    assert fired(town, search, number)
    assert not fired(town, search, number)
    with reading(town.database) as session:
        (row,) = session.scalars(select(Alert))
        assert (row.state, row.why, row.found_at, row.sent_at) == (AlertState.WAITING, WHY, NOW, None)


@pytest.mark.parametrize("state", list(AlertState))
def test_it_is_never_noted_again_whatever_became_of_it(town, ann, number, state):
    search = saved(town, ann)
    assert fired(town, search, number)
    with writing(town.database) as session:
        session.scalars(select(Alert)).one().state = state
    assert not fired(town, search, number)


def test_of_many_who_note_it_at_once_one_does(town, ann, number):
    search = saved(town, ann)
    assert sorted(at_once(*[partial(fired, town, search, number)] * 6)) == [False] * 5 + [True]


def test_who_notes_and_who_stops_or_deletes_at_once_do_not_fail_each_other(town, ann, number):
    for end in (saved_searches.stop, lambda session, search, by, _now: saved_searches.remove(session, search, by)):
        search = saved(town, ann)

        def ended(search=search, end=end) -> None:
            with writing(town.database) as session:
                end(session, search, ann, NOW)

        answers = at_once(partial(fired, town, search, number), ended, partial(fired, town, search, number))
        assert answers[1] is None
        assert {answers[0], answers[2]} <= {True, False}
        assert not fired(town, search, number)
        with writing(town.database) as session:
            for row in session.scalars(select(SavedSearch)):
                saved_searches.remove(session, row.id, ann)


def test_what_the_search_knew_is_no_news(town, ann, number):
    other = town.publish("Respite too")
    search = saved(town, ann, known=[number])
    assert not fired(town, search, number)
    assert fired(town, search, other)


def test_a_search_that_could_not_name_all_it_knew_knows_what_was_published_before(town, ann):
    before = town.publish("Respite", minutes=-1)
    after = town.publish("Respite", minutes=1)
    named = town.publish("Respite", minutes=1)
    search = saved(town, ann, known=[AND_OTHERS, named])
    assert [fired(town, search, one) for one in (before, after, named)] == [False, True, False]


def test_what_is_not_published_and_a_search_that_is_not_there_are_no_news(town, ann, number):
    search = saved(town, ann)
    waits, closed = town.submit("Respite"), town.publish("Respite")
    town.close(closed)
    assert not any(fired(town, search, one) for one in (waits, closed, 99_999))
    assert not fired(town, 99_999, number)
    with writing(town.database) as session:
        saved_searches.stop(session, search, ann, NOW)
    assert not fired(town, search, number)


def test_news_are_what_firing_would_note(town, ann, number):
    fresh, met, knowing, stopped = (saved(town, ann, [number] * (n == 2), text=f"respite {n}") for n in range(4))
    assert fired(town, met, number)
    with writing(town.database) as session:
        saved_searches.stop(session, stopped, ann, NOW)
    with reading(town.database) as session:
        assert news(session, [fresh, met, knowing, stopped, 99_999], number) == [fresh]
        assert news(session, [], number) == []
    town.withdraw(number)
    with reading(town.database) as session:
        assert news(session, [fresh], number) == []


def test_known_listings_are_kept_as_eight_bytes_each_rising():
    numbers = [7, 3, 2**40, 3, AND_OTHERS]
    kept = packed(numbers)
    assert len(kept) == 8 * 4
    assert [int.from_bytes(kept[at : at + 8], "little", signed=True) for at in range(0, 32, 8)] == [-1, 3, 7, 2**40]
    assert unpacked(kept) == {-1, 3, 7, 2**40}
    assert unpacked(packed([])) == frozenset()
    assert len(packed(range(MOST_KNOWN))) == 16_000


def test_a_listing_that_was_never_published_is_known_only_by_name():
    search = SavedSearch(known=packed([AND_OTHERS, 3]), created_at=NOW)
    assert is_known(search, 3, None)
    assert not is_known(search, 4, None)
    assert is_known(search, 4, NOW)
    assert not is_known(search, 4, NOW + timedelta(seconds=1))
