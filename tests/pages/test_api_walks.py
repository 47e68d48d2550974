"""Pages of the interface: a walk meets each listing once, whatever happens, and a cursor is brought back unread."""

import pytest
from caller import Caller, key_for
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from real_site import BASE_URL, indexer_of
from seen import NOW
from small_exchange import publish
from sqlalchemy import update

from exchange.content import Content, Kind
from exchange.database import writing
from exchange.listing.listings import withdraw
from exchange.models import Listing
from exchange.people.accounts import operator

MANY = 12


@pytest.fixture
def stage(opened):
    return opened[1]


@pytest.fixture
def mine(own) -> Caller:
    """Give a program on a site of the test's own, with a dozen more listings of one moment."""
    with writing(own.database) as session:
        for number in range(MANY):
            publish(session, Kind.INNOVATION, Content(title=f"Bread club {number}"), None, 10)
    indexer_of(own.service).catch_up()
    return Caller(own.client, key_for(own.database))


def below(address: str) -> str:
    assert address.startswith(f"{BASE_URL}/api/v1/")
    return address.removeprefix(f"{BASE_URL}/api/v1")


def walk(program: Caller, path: str, between=lambda: None) -> list[int]:
    """Follow `next` to the end; give the numbers of the listings in the order in which they came."""
    numbers: list[int] = []
    following: str | None = path
    while following is not None:
        answer = program.ask(following)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        found = body["listings"] if "listings" in body else [one["listing"] for one in body["results"]]
        numbers += [one["id"] for one in found]
        link = answer.headers.get("link")
        assert link == (f'<{body["next"]}>; rel="next"' if body["next"] else None)
        following = below(body["next"]) if body["next"] else None
        between()
    return numbers


def test_a_walk_equals_the_whole_list_while_others_are_published_and_withdrawn(mine, own):
    whole = [one["id"] for one in mine.get("/listings?limit=100")["listings"]]
    assert len(whole) == MANY + 4
    gone = whole[-1]
    happened = iter(range(1_000))

    def meanwhile() -> None:
        at = next(happened)
        with writing(own.database) as session:
            publish(session, Kind.NEED, Content(title=f"Published meanwhile {at}"), None, 60 + at)
            if at == 0:
                withdraw(session, gone, operator(session, "Test"), "asked to", NOW)

    assert walk(mine, "/listings?limit=3", meanwhile) == whole[:-1]


def test_the_newest_stand_first_and_one_moment_is_ordered_by_number(mine):
    listings = mine.get("/listings?limit=100")["listings"]
    order = [(one["published_at"], one["id"]) for one in listings]
    assert order == sorted(order, reverse=True)
    assert walk(mine, "/listings?limit=1") == [one["id"] for one in listings]


def test_a_walk_keeps_its_filters(mine, exchange):
    assert walk(mine, "/listings?kind=need&limit=1&closed=1") == [exchange.need, exchange.closed]
    assert walk(mine, f"/listings?organisation={exchange.circle}&limit=1") == [exchange.sitters]


def test_a_search_is_walked_by_one_days_order(mine):
    site = mine.client.app.state.site
    now = site.clock()
    days = iter(range(1_000))

    def another_day() -> None:
        site.clock = lambda: now.replace(year=now.year - 1 - next(days))

    numbers = walk(mine, "/search?q=bread club&limit=5", another_day)
    assert len(numbers) == len(set(numbers)) == MANY
    one_page = [one["listing"]["id"] for one in mine.get("/search?q=bread club&limit=100")["results"]]
    assert set(numbers) == set(one_page)


def test_a_search_carries_the_day_of_its_first_page(program, stage):
    first = program.get("/search?limit=2")
    program.get(below(first["next"]))
    assert [(query.page, query.page_size) for query in stage.asked] == [(1, 2), (2, 2)]
    assert len({query.seed for query in stage.asked}) == 1
    assert stage.asked[0].seed is not None


def test_a_search_leads_two_thousand_deep(program, stage):
    stage.say = {"total": 5_000}
    path, pages = "/search?limit=100", 0
    while path is not None:
        following = program.get(path)["next"]
        path, pages = below(following) if following else None, pages + 1
    assert pages == 20


def test_a_page_that_is_no_longer_there_is_empty_and_the_last(program, stage):
    path = below(program.get("/search?limit=2")["next"])
    stage.say = {"total": 1, "hits": ()}
    found = program.get(path)
    assert (found["results"], found["next"]) == ([], None)


# --- cursors ----------------------------------------------------------------------------------------------------------


def cursor(program: Caller, path: str) -> str:
    return program.get(path)["next"].split("cursor=")[1]


@pytest.mark.parametrize("start", ["/search?limit=1", "/listings?limit=1"])
def test_a_cursor_belongs_to_its_question(program, start):
    held = cursor(program, start)
    path = start.split("?")[0]
    other = "/listings" if path == "/search" else "/search"
    program.get(f"{start}&cursor={held}")
    for wrong in (f"{path}?limit=2", f"{path}?limit=1&kind=need", f"{other}?limit=1"):
        told = program.refused(f"{wrong}&cursor={held}", 400)
        assert [error["parameter"] for error in told["errors"]] == ["cursor"]
        assert "take the address under “next” as it is" in told["detail"]
    program.get(f"{path}?cursor={held}&limit=1")


@pytest.mark.parametrize("start", ["/search?limit=1", "/listings?limit=1"])
def test_a_cursor_that_was_changed_is_refused(program, start):
    held = cursor(program, start)

    @settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None)
    @given(at=st.integers(0, len(held) - 1), sign=st.sampled_from("Aa0_-=é/+ .%"), cut=st.booleans())
    def changed(at: int, sign: str, cut: bool) -> None:
        text = held[:at] + sign + ("" if cut else held[at + 1 :])
        if text != held and text.strip():
            answer = program.ask(start.split("?")[0], params={"limit": "1", "cursor": text})
            assert answer.status_code == 400, text
            assert [error["parameter"] for error in answer.json()["errors"]] == ["cursor"]

    changed()


def test_a_moment_between_two_microseconds_is_kept_exactly(own, exchange):
    with writing(own.database) as session:
        row = session.get_one(Listing, exchange.bare)
        session.execute(update(Listing).values(published_at=row.published_at.replace(microsecond=123_457)))
    program = Caller(own.client, key_for(own.database))
    assert len(walk(program, "/listings?limit=1")) == 4
