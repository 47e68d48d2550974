"""The moderators' queue and the record of their decisions."""

from starlette.requests import Request
from starlette.responses import Response

from exchange.content import clean
from exchange.errors import InputError
from exchange.moderating.moderation_queue import Asked, next_entry, queue
from exchange.moderating.moderation_record import record
from exchange.moderating.moderation_waiting import Waits
from web.moderating.moderation_rows import QUEUE, href_of, queue_page, record_page
from web.notices import see_other
from web.params import Asked as Params
from web.params import read_page
from web.site import site_of
from web.visit import signed_in

LONGEST_WORDS = 300


def waiting(request: Request) -> Response:
    """Show what waits for a decision, all or of one kind, the most urgent first."""
    site, only = site_of(request), _kind(request.query_params.get("kind", ""))
    asked = Asked(
        person=signed_in(request),
        promise_days=site.settings.promise_days,
        only=only,
        number=_page_number(request),
    )
    with site.reading() as session:
        found = queue(session, asked, site.clock())
    if found.number > found.last:
        raise InputError(f"“{found.number}” is past the last page: use a page number up to {found.last}.")
    return site.show(request, queue_page(found, only, site.settings.promise_days))


def decisions(request: Request) -> Response:
    """Show the record of decisions, the newest first, of all listings or of those that are searched."""
    site = site_of(request)
    words = clean(request.query_params.get("q", ""))[:LONGEST_WORDS]
    with site.reading() as session:
        found = record(session, words, signed_in(request), _page_number(request))
    if found.number > found.last:
        raise InputError(f"“{found.number}” is past the last page: use a page number up to {found.last}.")
    return site.show(request, record_page(found, words))


def onwards(request: Request, done: str) -> Response:
    """Send a moderator to the next thing that they may decide, or to the queue where nothing is left for them."""
    site = site_of(request)
    with site.reading() as session:
        entry = next_entry(session, signed_in(request), site.settings.promise_days, site.clock())
    return see_other(href_of(entry) if entry else QUEUE, done)


def _page_number(request: Request) -> int:
    asked = Params()
    number = read_page(request.query_params.getlist("page"), asked)
    asked.usable()
    return number


def _kind(text: str) -> Waits | None:
    try:
        return Waits(text) if text else None
    except ValueError:
        kinds = ", ".join(Waits)
        raise InputError(f"There is nothing in the queue called “{text[:60]}”: choose one of {kinds}.") from None
