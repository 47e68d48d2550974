"""What a saved search of one's own found, and muting one of the results."""

from starlette.requests import Request
from starlette.responses import Response

from exchange.alerting import mutes
from exchange.alerting.saved_searches import owned
from exchange.errors import NotFoundError
from exchange.models import Account
from web.alerting.search_building import builder_of
from web.alerting.search_pages import FoundByPage
from web.forms import form_of
from web.notices import see_other
from web.params import Asked, read_page
from web.site import number_of, site_of
from web.visit import signed_in

NOT_NAMED = "There is no such listing among what this search found; open the page again."


def found(request: Request) -> Response:
    """Show what it found, the latest first, with why and what became of it."""
    site, number, asked = site_of(request), number_of(request, "id"), Asked()
    wanted = read_page(request.query_params.getlist("page"), asked)
    asked.usable()
    with site.reading() as session:
        by = session.get_one(Account, signed_in(request).id)
        results = mutes.found_by(session, number, wanted, by)
        builder = builder_of(site, session)
        (shown,) = builder.shown(session, [owned(session, number, by.id)])
        items = tuple(builder.found(one) for one in results.found)
    here, at = shown.item.found_href, results.number
    page = FoundByPage(
        title=f"What “{shown.item.name}” found",
        item=shown.item,
        total=results.total,
        items=items,
        previous=f"{here}?page={at - 1}" if at > 1 else None,
        following=f"{here}?page={at + 1}" if at < results.last else None,
        here=here if at == 1 else f"{here}?page={at}",
    )
    return site.show(request, page)


def act(request: Request) -> Response:
    """Mute one of the results, or take that back."""
    site, number, form = site_of(request), number_of(request, "id"), form_of(request)
    text = form.text("listing")
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise NotFoundError(NOT_NAMED)
    listing_id, off = int(text), form.text("do") == "unmute"
    with site.writing() as session:
        by = session.get_one(Account, signed_in(request).id)
        if off:
            mutes.unmute(session, number, listing_id, by)
        else:
            mutes.mute(session, number, listing_id, by, site.clock())
    query = f"?{request.url.query}" if request.url.query else ""
    return see_other(f"/my/searches/{number}/alerts{query}#listing-{listing_id}", "unmuted" if off else "muted")
