"""Whether a listing is still true, as its owners say once a year."""

from starlette.requests import Request
from starlette.responses import Response

from exchange.listing import drafts, still_true
from exchange.working_days import london_date
from web import links, wording
from web.cards import Words
from web.introducing.needs_pages import StillTruePage
from web.notices import see_other
from web.site import number_of, site_of
from web.visit import signed_in


def question(request: Request) -> Response:
    """Show the listing in short and ask; nothing is confirmed by looking."""
    site = site_of(request)
    with site.reading() as session:
        listing = drafts.owned(session, number_of(request, "id"), signed_in(request))
        told = still_true.check_can_be_confirmed(listing)
        words = Words(site.taxonomy(session), site.gazetteer, site.today())
        page = StillTruePage(
            title="Is this still true?",
            card=words.card(listing),
            action=request.url.path,
            told_on=wording.day(london_date(told)),
            overview=links.my_listing(listing.id),
            close=f"{links.my_listing(listing.id)}/close",
        )
    return site.show(request, page)


def confirm(request: Request) -> Response:
    """Note that it is still true."""
    site, number = site_of(request), number_of(request, "id")
    with site.writing() as session:
        still_true.confirm(session, number, signed_in(request), site.clock())
    return see_other(links.my_listing(number), "still_true")
