"""Calendars of needs' dates: what stands in them, of which needs, and that programs read them without a fault."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from icalendar import Calendar, Event
from real_site import BASE_URL, RealSite, indexer_of, real_service, site_over
from seen import LEEDS, NOW, text_of
from small_exchange import NEED, Exchange, fill, publish
from sqlalchemy import Engine
from starlette.testclient import TestClient

from exchange.content import Content, Kind
from exchange.database import writing
from exchange.listing.listings import close, revise, withdraw
from exchange.moderating.moderation import approve_revision
from exchange.people.accounts import operator

LATER = NOW + timedelta(days=2)


@pytest.fixture
def both(engine: Engine, tmp_path: Path) -> Iterator[tuple[RealSite, Exchange]]:
    """Give the small exchange on each kind of database."""
    numbers = fill(engine)
    service = real_service(engine, tmp_path / "index")
    with TestClient(site_over(engine, service, tmp_path), BASE_URL, follow_redirects=False) as client:
        yield RealSite(engine, service, client), numbers


def read(client: TestClient, path: str) -> Calendar:
    """Give a calendar that reads without a fault and comes out as it went in."""
    answer = client.get(path)
    assert answer.status_code == 200, (path, text_of(answer.text)[:500])
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    found = Calendar.from_ical(answer.content)
    assert [error for part in found.walk() for error in part.errors] == []
    assert found.to_ical() == answer.content
    assert {part.name for part in found.walk()} <= {"VCALENDAR", "VEVENT"}
    assert (str(found["version"]), bool(found["prodid"])) == ("2.0", True)
    return found


def events(found: Calendar) -> list[Event]:
    return list(found.walk("VEVENT"))


def titles(found: Calendar) -> list[str]:
    return [str(event["summary"]) for event in events(found)]


def test_an_open_need_gives_its_closing_and_its_reply_day(client, exchange):
    found = read(client, f"/listings/{exchange.need}/calendar.ics")
    closing, reply = events(found)
    assert [str(one["summary"]) for one in (closing, reply)] == [
        "Closes: Respite for carers",
        "Reply by: Respite for carers",
    ]
    assert (closing.start, reply.start) == (date(2027, 4, 9), date(2027, 4, 30))
    assert closing.end == date(2027, 4, 10)
    assert b"DTSTART;VALUE=DATE:20270409" in found.to_ical()
    assert str(closing["url"]) == f"{BASE_URL}/listings/{exchange.need}"
    assert str(closing["description"]) == "Organisation: Aire Council. Area of work: not stated. Required in: Leeds."
    assert closing.decoded("dtstamp") == closing.decoded("last-modified") == NOW + timedelta(minutes=3)
    assert (int(closing["sequence"]), str(closing["transp"])) == (0, "TRANSPARENT")
    assert closing.uid != reply.uid


def test_a_search_gives_the_same_days_of_open_needs_alone(client, exchange):
    one, every = read(client, f"/listings/{exchange.need}/calendar.ics"), read(client, "/calendar.ics?closed=1")
    assert [event.to_ical() for event in events(every)] == [event.to_ical() for event in events(one)]
    assert titles(read(client, f"/calendar.ics?kind=need&place={LEEDS}&q=respite")) == titles(one)
    assert titles(read(client, "/calendar.ics?area=arts-and-sport&unstated.area=hide")) == []


def test_a_calendar_is_the_same_whatever_the_order_of_its_parameters(client):
    one = client.get(f"/calendar.ics?q=respite&place={LEEDS}")
    assert client.get(f"/calendar.ics?place={LEEDS}&kind=need&q=respite&page=2").content == one.content
    again = client.get(f"/calendar.ics?q=respite&place={LEEDS}", headers={"If-None-Match": one.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("asked", ["kind=innovation", "area=nothing", "place=Atlantis", "kind=x"])
def test_what_cannot_be_used_is_refused(client, asked):
    assert client.get(f"/calendar.ics?{asked}").status_code == 400


def test_only_an_open_need_with_a_date_has_a_calendar(client, exchange):
    without = (exchange.sitters, exchange.closed, exchange.withdrawn, exchange.waiting, 999_999)
    assert {client.get(f"/listings/{number}/calendar.ics").status_code for number in without} == {404}
    assert client.get("/listings/x/calendar.ics").status_code == 404


def test_a_part_that_is_down_gives_no_poorer_calendar(client, stage):
    stage.up = False
    answer = client.get("/calendar.ics")
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")


def test_pages_of_needs_lead_to_their_calendars(client, exchange):
    assert f'href="/listings/{exchange.need}/calendar.ics"' in client.get(f"/listings/{exchange.need}").text
    assert "calendar.ics" not in client.get(f"/listings/{exchange.sitters}").text
    assert "calendar.ics" not in client.get(f"/listings/{exchange.closed}").text
    assert 'href="/calendar.ics?kind=need&amp;q=respite"' in client.get("/search?kind=need&q=respite").text
    assert "calendar.ics" not in client.get("/search?q=respite").text


def test_a_need_that_is_closed_or_withdrawn_leaves_every_calendar_at_once(both):
    site, numbers = both
    with writing(site.database) as session:
        other = publish(session, Kind.NEED, replace(NEED, title="Another need"), None, 9)
    indexer_of(site.service).catch_up()
    assert len(events(read(site.client, "/calendar.ics"))) == 4
    with writing(site.database) as session:
        by = operator(session, "Test")
        close(session, numbers.need, by, "early", LATER)
        withdraw(session, other, by, "asked to", LATER)
    assert titles(read(site.client, "/calendar.ics")) == []
    assert site.client.get(f"/listings/{other}/calendar.ics").status_code == 404


def test_a_changed_day_is_the_same_event_with_a_later_number(both):
    site, numbers = both
    path = f"/listings/{numbers.need}/calendar.ics"
    before = events(read(site.client, path))[0]
    with writing(site.database) as session:
        by = operator(session, "Test")
        change = revise(session, numbers.need, replace(NEED, closes_on=date(2027, 4, 16)), by, NOW)
        assert change is not None
        approve_revision(session, change.id, by, "checked", LATER)
    after = events(read(site.client, path))[0]
    assert after.uid == before.uid
    assert (before.start, after.start) == (date(2027, 4, 9), date(2027, 4, 16))
    assert int(after["sequence"]) == int(before["sequence"]) + 1
    assert after.decoded("dtstamp") == LATER


def test_no_more_than_five_hundred_days_are_given_and_the_nearest_stay(both):
    site, _ = both
    with writing(site.database) as session:
        for number in range(520):
            day = date(2027, 6, 1) + timedelta(days=number % 300)
            publish(session, Kind.NEED, Content(title=f"Need {number}", closes_on=day), None, number)
    indexer_of(site.service).catch_up()
    found = events(read(site.client, "/calendar.ics"))
    days = [event.start for event in found]
    assert len(found) == 500
    assert days == sorted(days)
    assert days[0] == date(2027, 4, 9)
