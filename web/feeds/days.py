"""The dates of open needs as days of a calendar; knows no request and no format."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from exchange.content import Kind
from exchange.listing.live_text import LiveText
from exchange.models import Listing, State
from exchange.taxonomy import AREA
from web import links
from web.feeds.articles import NOT_STATED, Writer
from web.feeds.ical import Dates, Day
from web.feeds.plain_text import one_line

MOST_EVENTS = 500
CLOSES, REPLY = "closes", "reply"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a calendar is called and about, and the page and own address that it stands for."""

    title: str
    about: str
    page: str
    own: str


def takes_dates(listing: Listing) -> bool:
    """Say whether a listing has dates to put into a calendar: an open need that states one."""
    content = listing.content
    open_need = listing.side is Kind.NEED and listing.state == State.PUBLISHED
    return open_need and bool(content.closes_on or content.reply_by)


def dates_of(writer: Writer, shown: Shown, needs: Iterable[Listing], live: dict[int, LiveText]) -> Dates:
    """Build the calendar of open needs, the nearest day first, at most `MOST_EVENTS` days."""
    days = [day for need in needs if takes_dates(need) for day in _days(writer, need, live[need.id])]
    days.sort(key=lambda day: (day.on, day.uid))
    return Dates(
        uid=str(writer.names.uuid(shown.own)),
        title=one_line(shown.title),
        about=one_line(shown.about),
        href=writer.base_url + shown.page,
        days=tuple(days[:MOST_EVENTS]),
    )


def _days(writer: Writer, need: Listing, live: LiveText) -> Iterator[Day]:
    content, title = need.content, writer.title(need)
    named = ((CLOSES, "Closes", content.closes_on), (REPLY, "Reply by", content.reply_by))
    for name, label, on in named:
        if on is not None:
            yield Day(
                uid=str(writer.names.uuid(f"listing/{need.id}/{name}")),
                on=on,
                summary=f"{label}: {title}",
                description=_description(writer, need),
                href=writer.base_url + links.listing(need.id),
                changed_at=live.changed_at.replace(microsecond=0),
                changes=live.changes,
            )


def _description(writer: Writer, need: Listing) -> str:
    """Say who asks, for what area and where."""
    content, words = need.content, writer.words
    by = one_line(need.organisation.name) if need.organisation else ""
    areas = ", ".join(words.taxonomy.label(AREA, code) for code in content.areas or ())
    told = {"Organisation": by, "Area of work": one_line(areas), "Required in": words.places(content.required_in, 10)}
    return ". ".join(f"{label}: {value or NOT_STATED}" for label, value in told.items()) + "."
