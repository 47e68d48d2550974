"""Feeds and calendars of whatever people may have typed: their formats hold it, and readers get it back."""

from dataclasses import replace
from datetime import UTC, date, datetime
from uuid import UUID

import atoma
import feedparser
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from lxml import etree

from web.feeds.atom import Article, Category, Feed, atom
from web.feeds.ical import Dates, Day, ical
from web.feeds.lasting_names import LastingNames
from web.feeds.plain_text import one_line, shortened

NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
NAMES = LastingNames(NOON)
HOSTILE = st.text(st.characters(), max_size=80) | st.sampled_from(
    [
        "<b>&amp;</b> ]]> <!-- --> <?x?>",
        "BEGIN:VEVENT\r\nSUMMARY:another",
        "semi;colon, comma \\ back\\nslash",
        "\x00\x01\x08\x0b\x0c\x1f\x7f\x85\u2028\u2029\ufffe\uffff",
        "\ud800 half",
        "👩‍👩‍👧 e\u0301 \u202eabc",
        "é" * 80,
    ]
)


def feed_of(*titles: str) -> Feed:
    articles = tuple(
        Article(
            id=NAMES.urn(f"listing/{number}"),
            title=one_line(title) or "Need",
            summary=one_line(title),
            href=f"https://exchange.example/listings/{number}",
            author=one_line(title) or "not stated",
            author_href=None,
            categories=(Category("dementia", "https://exchange.example/browse/areas", one_line(title)),),
            published=NOON,
            updated=NOON,
        )
        for number, title in enumerate(titles)
    )
    return Feed(
        id=NAMES.urn("feed"),
        title=one_line(titles[0]) or "Listings",
        subtitle="",
        href="https://exchange.example/search",
        own_href="https://exchange.example/feeds/search.atom",
        updated=NOON,
        articles=articles,
    )


def dates_of(*titles: str) -> Dates:
    days = tuple(
        Day(
            uid=str(NAMES.uuid(f"{number}")),
            on=date(2027, 4, 9),
            summary=f"Closes: {one_line(title)}",
            description=one_line(title),
            href=f"https://exchange.example/listings/{number}",
            changed_at=NOON,
            changes=number,
        )
        for number, title in enumerate(titles)
    )
    return Dates(
        uid=str(NAMES.uuid("dates")), title=one_line(titles[0]), about="", href="https://exchange.example", days=days
    )


@settings(max_examples=200, deadline=None)
@given(st.lists(HOSTILE, min_size=1, max_size=3))
def test_any_title_stands_in_a_feed_that_every_reader_takes(titles):
    written = atom(feed_of(*titles))
    read = feedparser.parse(written)
    assert read.bozo == 0, read.get("bozo_exception")
    root = etree.fromstring(written)
    inside = [one.text for one in root.iterfind("{*}entry/{*}title")]
    assert inside == [one_line(title) or "Need" for title in titles]
    assert [entry.title.value for entry in atoma.parse_atom_bytes(written).entries] == inside


@settings(max_examples=200, deadline=None)
@given(st.lists(HOSTILE, min_size=1, max_size=3))
@example(["C:\\New, and \\n; \\\\N"])
def test_any_title_stands_in_a_calendar_and_comes_back_as_it_was(titles):
    written = ical(dates_of(*titles))
    read = Calendar.from_ical(written)
    assert [event.errors for event in read.walk()] == [[]] * (len(titles) + 1)
    events = read.walk("VEVENT")
    assert [str(event["summary"]) for event in events] == [f"Closes: {one_line(t)}" for t in titles]
    assert [str(event["description"]) for event in events] == [one_line(title) for title in titles]
    assert all(len(line) <= 75 for line in written.split(b"\r\n"))


def test_a_calendar_without_days_is_one():
    written = ical(replace(dates_of("x"), days=()))
    assert Calendar.from_ical(written).walk("VEVENT") == []


@given(HOSTILE)
def test_one_line_holds_no_control_character_and_no_half_one(text):
    line = one_line(text)
    assert line == line.strip()
    assert line.isprintable() or not any(ord(character) < 32 for character in line)
    line.encode()
    assert one_line(line) == line


@pytest.mark.parametrize(("text", "most", "cut"), [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("ab cd", 4, "ab…")])
def test_a_text_is_cut_with_a_sign_that_it_was(text, most, cut):
    assert shortened(text, most) == cut


def test_names_last_and_differ_between_exchanges():
    assert NAMES.uuid("listing/1") == LastingNames(NOON).uuid("listing/1")
    assert NAMES.uuid("listing/1") != NAMES.uuid("listing/2")
    assert NAMES.uuid("listing/1") != LastingNames(NOON.replace(microsecond=1)).uuid("listing/1")
    assert UUID(NAMES.urn("listing/1").removeprefix("urn:uuid:")) == NAMES.uuid("listing/1")
