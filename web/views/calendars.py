"""Calendars of the dates of open needs: of a search, and of one need."""

from starlette.requests import Request
from starlette.responses import Response

from exchange.errors import NotFoundError
from exchange.listing.listings import listings_by_ids, visible_listing
from exchange.listing.live_text import live_texts
from web import links
from web.feeds import following
from web.feeds.answers import answer
from web.feeds.days import MOST_EVENTS, Shown, dates_of, takes_dates
from web.feeds.ical import MEDIA_TYPE, ical
from web.site import number_of, site_of
from web.views.feeds import words_of, writer_of

NO_DATES = "There is no date to add for listing {number}: only a need that is open and states one has a calendar."


def search(request: Request) -> Response:
    """Give the closing and reply dates of the open needs that a search finds, the nearest first."""
    site = site_of(request)
    with site.reading() as session:
        asked = following.read_calendar(request.query_params.multi_items(), site.known(site.taxonomy(session)))
        title = following.title_of(asked.query, words_of(site, session))
        needs = listings_by_ids(session, site.service.numbers(asked.query)).values()
        shown = Shown(
            title=f"{title} - Innovation Exchange",
            about=f"Closing and reply dates of open needs on the Innovation Exchange, at most {MOST_EVENTS}.",
            page=links.search(asked.query),
            own=asked.address,
        )
        made = dates_of(writer_of(site, session), shown, needs, live_texts(session, needs))
    return answer(request, ical(made), MEDIA_TYPE, filename="dates-of-needs.ics")


def listing(request: Request) -> Response:
    """Give the dates of one open need.

    Raises:
        NotFoundError: it may not be seen, or has no dates to keep.
    """
    site, number = site_of(request), number_of(request, "id")
    with site.reading() as session:
        need = visible_listing(session, number)
        if not takes_dates(need):
            raise NotFoundError(NO_DATES.format(number=number))
        writer = writer_of(site, session)
        title = f"{writer.title(need)} - Innovation Exchange"
        about = "Closing and reply dates of one need on the Innovation Exchange."
        shown = Shown(title, about, links.listing(number), following.listing_calendar(number))
        made = dates_of(writer, shown, [need], live_texts(session, [need]))
    return answer(request, ical(made), MEDIA_TYPE, filename=f"need-{number}.ics")
