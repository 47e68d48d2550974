"""iCalendar documents (RFC 5545) from plain values; knows no listing, no request and no database."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Calendar, Event, vText

MEDIA_TYPE = "text/calendar"
MAKER = "-//Innovation Exchange//Dates of needs//EN"
REFRESH = timedelta(hours=12)
"""How often a calendar program is asked to look again."""
ESCAPED = str.maketrans({"\\": r"\\", ";": r"\;", ",": r"\,", "\n": r"\n"})
"""Source: RFC 5545, 3.3.11 (Text)."""


class _Text(vText):
    r"""A text of which every character stays: icalendar's own takes a backslash before an N for the end of a line."""

    def to_ical(self) -> bytes:
        return str(self).translate(ESCAPED).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One whole day: its lasting name, texts on one line each, and how many times what it says has changed."""

    uid: str
    on: date
    summary: str
    description: str
    href: str
    changed_at: datetime
    changes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Dates:
    """A calendar of days in order."""

    uid: str
    title: str
    about: str
    href: str
    days: tuple[Day, ...]


def ical(dates: Dates) -> bytes:
    """Write a calendar; the same dates are always the same bytes."""
    made = Calendar()
    made.add("prodid", MAKER)
    made.add("version", "2.0")
    made.add("uid", dates.uid)
    made.add("name", _Text(dates.title))
    made.add("x-wr-calname", _Text(dates.title))
    made.add("description", _Text(dates.about))
    made.add("url", dates.href)
    made.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    for day in dates.days:
        made.add_component(_event(day))
    written: bytes = made.to_ical()
    return written


def _event(day: Day) -> Event:
    made = Event()
    made.add("uid", day.uid)
    made.add("dtstamp", day.changed_at)
    made.add("last-modified", day.changed_at)
    made.add("sequence", day.changes)
    made.add("dtstart", day.on)
    made.add("dtend", day.on + timedelta(days=1))
    made.add("summary", _Text(day.summary))
    made.add("description", _Text(day.description))
    made.add("url", day.href)
    made.add("transp", "TRANSPARENT")  # the day is not taken up by it
    return made
