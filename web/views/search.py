"""The search page."""

from dataclasses import replace

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from exchange.listing.listings import listings_by_ids
from web import links
from web.cards import Words
from web.feeds.following import search_calendar, search_feed
from web.params import read_search
from web.search_page import refused_page, results_page
from web.site import site_of


def search(request: Request) -> Response:
    """Search, browse with filters, or say what cannot be used; the filter form is sent on to a readable address."""
    site = site_of(request)
    with site.reading() as session:
        taxonomy = site.taxonomy(session)
        asked = read_search(request.query_params.multi_items(), site.known(taxonomy))
        if asked.problems:
            return site.show(request, refused_page(asked), status=400)
        query = asked.usable()
        query = replace(query, seed=query.seed or f"{site.clock():%Y-%m-%d}")
        if asked.shortened:
            return RedirectResponse(links.search(query, page=query.page), status_code=303)
        results = site.service.search(query)
        rows = listings_by_ids(session, [hit.id for hit in results.hits])
        page = results_page(results, query, rows, Words(taxonomy, site.gazetteer, site.today()))
        page = replace(page, feed=search_feed(query), calendar=search_calendar(query))
    answer = site.show(request, page, status=404 if page.problems else 200)
    answer.background = site.misses.noted(results, site.writing, site.clock())
    return answer
