"""What the interface answers: search, listings, matches and organisations, as their pages show them."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from exchange.content import Kind
from exchange.discussing import comments
from exchange.errors import InputError
from exchange.introducing.needs import conclusions_of
from exchange.listing.crawl import Wanted, newest_after
from exchange.listing.listings import listings_by_ids, visible_listing
from exchange.models import Listing
from exchange.organisation.organisations import organisation_page
from indexer.results import PAGE_SIZE, Query, Results
from web.api import cursors, parameters
from web.api.build import Builder, found_in_match, found_in_search
from web.api.cursors import InList, InSearch
from web.api.description import describe
from web.api.door import answered
from web.api.parameters import CLOSED, CURSOR, KIND, LIMIT, Asked, read_parameters
from web.api.problems import Fault, problem
from web.api.types import Listings
from web.cards import Words
from web.params import read_search
from web.site import Site, number_of, site_of

LISTED = 50
"""Listings at once, where nobody says how many."""

_BY_NAME = {parameter.name: parameter for parameter in parameters.LISTINGS}


def search(request: Request) -> Response:
    """Search, or browse with filters, as the search page does; while the engine is down by SQL, which it says."""
    site, path = site_of(request), request.url.path
    asked = read_parameters(request.query_params.multi_items(), parameters.search_parameters())
    limit = asked.whole(_BY_NAME[LIMIT]) or PAGE_SIZE
    given = asked.without(cursors.NAME)
    at = _position(asked, InSearch, path)
    with site.reading() as session:
        taxonomy = site.taxonomy(session)
        read = read_search(asked.without(cursors.NAME, LIMIT), site.known(taxonomy))
        asked.faults += [Fault(parameter=one.name, detail=one.sentence) for one in read.problems]
        if asked.faults:
            return _refused(request, asked)
        query = replace(
            read.query,
            page=at.page if at else 1,
            page_size=limit,
            seed=at.seed if at else f"{site.clock():%Y-%m-%d}",
        )
        results = site.service.search(query)
        rows = listings_by_ids(session, [hit.id for hit in results.hits])
        following = cursors.address(site.settings.base_url, path, given, _page_after(results, query))
        answer = found_in_search(_builder(site, session, rows.values()), results, rows, following)
    response = answered(request, answer, following)
    response.background = site.misses.noted(results, site.writing, site.clock())
    return response


def listings(request: Request) -> Response:
    """Give public listings, the newest first."""
    site, path = site_of(request), request.url.path
    asked = read_parameters(request.query_params.multi_items(), parameters.LISTINGS)
    kind = asked.choice(KIND)
    wanted = Wanted(
        kind=Kind(kind) if kind else None,
        organisation_id=asked.whole(_BY_NAME["organisation"]),
        include_closed=asked.choice(CLOSED) == "1",
    )
    limit = asked.whole(_BY_NAME[LIMIT]) or LISTED
    at = _position(asked, InList, path)
    if asked.faults:
        return _refused(request, asked)
    with site.reading() as session:
        rows = newest_after(session, wanted, (at.published_at, at.id) if at else None, limit + 1)
        shown, more = rows[:limit], rows[limit:]
        last = shown[-1] if more else None
        position = InList(last.published_at, last.id) if last and last.published_at else None
        following = cursors.address(site.settings.base_url, path, asked.without(cursors.NAME), position)
        builder = _builder(site, session, shown)
        answer = Listings(listings=[builder.listing(row) for row in shown], next=following)
    return answered(request, answer, following)


def listing(request: Request) -> Response:
    """Give one public listing."""
    site = site_of(request)
    if refusal := _takes_none(request):
        return refusal
    with site.reading() as session:
        row = visible_listing(session, number_of(request, "id"))
        answer = _builder(site, session, [row]).listing(row)
    return answered(request, answer)


def matches(request: Request) -> Response:
    """Give the matches of a public listing; one that is closed is never matched, and the answer says so."""
    site = site_of(request)
    asked = read_parameters(request.query_params.multi_items(), parameters.MATCHES)
    limit = asked.whole(parameters.MATCHES[0]) or PAGE_SIZE
    if asked.faults:
        return _refused(request, asked)
    with site.reading() as session:
        row = visible_listing(session, number_of(request, "id"))
        found = site.service.match(row.id, limit)
        rows = listings_by_ids(session, found.ids)
        answer = found_in_match(_builder(site, session, rows.values()), found, rows)
    return answered(request, answer)


def organisation(request: Request) -> Response:
    """Give an organisation that the public may see."""
    site = site_of(request)
    if refusal := _takes_none(request):
        return refusal
    with site.reading() as session:
        found = organisation_page(session, number_of(request, "id"))
        answer = _builder(site, session, ()).organisation(found.organisation)
    return answered(request, answer)


def _builder(site: Site, session: Session, rows: Iterable[Listing]) -> Builder:
    numbers = [row.id for row in rows]
    return Builder(
        base_url=site.settings.base_url,
        words=Words(site.taxonomy(session), site.gazetteer, site.today()),
        asked=comments.counts(session, numbers),
        conclusions=conclusions_of(session, numbers),
    )


def _page_after(results: Results, query: Query) -> InSearch | None:
    return InSearch(query.page + 1, query.seed or "") if query.page < results.pages else None


def _position(asked: Asked, kind: type[cursors.Position], path: str) -> cursors.Position | None:
    """Read the cursor, where one was given; note a problem with one that cannot be used."""
    text = asked.text(CURSOR.name)
    if text is None:
        return None
    try:
        return cursors.read(text, kind, path, asked.without(cursors.NAME))
    except InputError as error:
        asked.refuse_error(error)
        return None


def _takes_none(request: Request) -> Response | None:
    asked = read_parameters(request.query_params.multi_items(), ())
    return _refused(request, asked) if asked.faults else None


def _refused(request: Request, asked: Asked) -> Response:
    """Say everything that is wrong at once."""
    return problem(request, 400, asked.faults[0].detail, errors=asked.faults)


def description(request: Request) -> Response:
    """Give the description of the interface, for programs; it needs no key."""
    site = site_of(request)
    with site.reading() as session:
        taxonomy = site.taxonomy(session)
    return answered(request, describe(site.settings.base_url, taxonomy))
