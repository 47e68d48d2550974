"""Atom feeds of a search, an area, a place and the newest listings.

A part that is down gives 503 and no poorer feed: a reading program cannot see a banner, and would take what it gets for
all there is.
"""

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from exchange.errors import NotFoundError
from exchange.founding import founded_at
from exchange.listing.listings import listings_by_ids, newest
from exchange.listing.live_text import live_texts
from exchange.models import Listing, State
from exchange.taxonomy import AREA
from indexer.results import Facet, Query, Sort
from web import links, wording
from web.cards import Words
from web.feeds import following
from web.feeds.answers import answer
from web.feeds.articles import Writer
from web.feeds.atom import MEDIA_TYPE, atom
from web.feeds.following import MOST_ENTRIES
from web.feeds.lasting_names import LastingNames
from web.site import Site, site_of
from web.views.home import kind_of


def search(request: Request) -> Response:
    """Give the newest results of a search, asked as the search page is."""
    site = site_of(request)
    with site.reading() as session:
        asked = following.read_feed(request.query_params.multi_items(), site.known(site.taxonomy(session)))
        words = words_of(site, session)
        title = following.title_of(asked.query, words)
        listings = _found(site, session, asked.query)
        return _feed(request, session, (title, links.search(asked.query), asked.address), listings)


def area(request: Request) -> Response:
    """Give the newest open listings that state one area."""
    site, code = site_of(request), str(request.path_params["code"])
    with site.reading() as session:
        term = site.taxonomy(session).get(AREA, code)
        if term is None:
            raise NotFoundError(f"There is no area called “{code[:60]}”; choose one from the list of areas.")
        listings = _found(site, session, _stating(Facet.AREA, code))
        return _feed(request, session, (term.label, links.area(code), following.area_feed(code)), listings)


def place(request: Request) -> Response:
    """Give the newest open listings that state one place."""
    site, code = site_of(request), str(request.path_params["code"])
    found = site.gazetteer.get(code)
    if found is None:
        raise NotFoundError(f"There is no place with the code “{code[:60]}”; choose one from the list of places.")
    with site.reading() as session:
        listings = _found(site, session, _stating(Facet.PLACE, found.code))
        where = (found.name, links.place(found.code), following.place_feed(found.code))
        return _feed(request, session, where, listings)


def newest_listings(request: Request) -> Response:
    """Give the newest open listings of one kind or both; the database alone knows them."""
    site, kind = site_of(request), kind_of(request.query_params.get("kind", ""))
    page = f"/newest?kind={kind}" if kind else "/newest"
    title = f"Newest {wording.KINDS_MANY[kind]}" if kind else "Newest listings"
    with site.reading() as session:
        listings = newest(session, kind, MOST_ENTRIES)
        return _feed(request, session, (title, page, following.newest_feed(kind)), listings)


def words_of(site: Site, session: Session) -> Words:
    """Give the names of codes; without a day, so that a document does not change because a day has passed."""
    return Words(site.taxonomy(session), site.gazetteer)


def writer_of(site: Site, session: Session) -> Writer:
    """Give what writes listings for reading programs."""
    return Writer(words_of(site, session), LastingNames(founded_at(session)), site.settings.base_url)


def _stating(facet: Facet, value: str) -> Query:
    """Ask what the page of an area or place asks, for both kinds."""
    return Query(
        filters={facet: (value,)}, exclude_not_stated=frozenset({facet}), sort=Sort.NEWEST, page_size=MOST_ENTRIES
    )


def _found(site: Site, session: Session, query: Query) -> list[Listing]:
    """Re-read what the index names: what was closed since it was indexed is not open."""
    rows = listings_by_ids(session, site.service.numbers(query)).values()
    return [row for row in rows if query.include_closed or row.state == State.PUBLISHED]


def _feed(request: Request, session: Session, named: tuple[str, str, str], listings: list[Listing]) -> Response:
    """Send the feed with this title, page and own address."""
    title, page, own = named
    made = writer_of(site_of(request), session).feed(
        f"{title} - Innovation Exchange", page, own, listings, live_texts(session, listings)
    )
    return answer(request, atom(made), MEDIA_TYPE)
