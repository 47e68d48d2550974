"""Browsing by area and by place."""

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from exchange.content import Kind
from exchange.errors import NotFoundError
from exchange.listing.listings import listings_by_ids
from exchange.place.places import Gazetteer, Place
from exchange.taxonomy import Entry as Term
from exchange.taxonomy import Taxonomy
from indexer.results import Facet, Query, Results
from web import links, wording
from web.cards import Words
from web.feeds.following import area_feed, place_feed
from web.pages import BrowseGroup, BrowsePage, Entry, Shelf, TopicPage
from web.site import Site, site_of

ON_SHELF = 5


def areas(request: Request) -> Response:
    """Show all areas, two levels deep."""
    site = site_of(request)
    with site.reading() as session:
        taxonomy = site.taxonomy(session)
    count = site.service.counts().get(Facet.AREA, {})
    groups = tuple(
        BrowseGroup(entry=_area(top, count), children=tuple(_area(term, count) for term in taxonomy.children(top.code)))
        for top in taxonomy.top_areas()
    )
    lead = "Every listing names the areas it is about. Choose one to see what it covers and what is there."
    return site.show(request, BrowsePage(title="Browse by area", lead=lead, groups=groups))


def area(request: Request) -> Response:
    """Show one area: what it means, what lies below it, and its newest listings."""
    site, code = site_of(request), str(request.path_params["code"])
    with site.reading() as session:
        taxonomy = site.taxonomy(session)
        term = taxonomy.get("area", code)
        if term is None:
            raise NotFoundError(f"There is no area called “{code[:60]}”; choose one from the list of areas.")
        count = site.service.counts().get(Facet.AREA, {})
        found = _found(site, Facet.AREA, code)
        page = TopicPage(
            title=term.label,
            banner=_banner(found),
            definition=term.definition,
            feed=area_feed(code),
            trail=(Entry("Areas", "/browse/areas"), *(_area(above, {}) for above in _trail(taxonomy, code))),
            children_heading="Within this area",
            children=tuple(_area(child, count) for child in taxonomy.children(code)),
            related=_related(taxonomy, term),
            shelves=_shelves(site, session, found),
        )
    return site.show(request, page)


def places(request: Request) -> Response:
    """Show the regions with the authorities below each."""
    site = site_of(request)
    count = site.service.counts().get(Facet.PLACE, {})
    groups = tuple(
        BrowseGroup(
            entry=_place(region, count),
            children=tuple(_place(child, {}) for child in site.gazetteer.children(region.code)),
        )
        for region in site.gazetteer.regions()
    )
    lead = "Choose a place to see who delivers there now, who would, and what is required there."
    return site.show(request, BrowsePage(title="Browse by place", lead=lead, groups=groups, jumps=True))


def place(request: Request) -> Response:
    """Show one place: what lies within it, and its newest listings."""
    site, code = site_of(request), str(request.path_params["code"])
    found = site.gazetteer.get(code)
    if found is None:
        raise NotFoundError(f"There is no place with the code “{code[:60]}”; choose one from the list of places.")
    listings = _found(site, Facet.PLACE, found.code)
    with site.reading() as session:
        page = TopicPage(
            title=found.name,
            banner=_banner(listings),
            definition=f"Innovations that run or would run in {found.name}, and needs that must be met there.",
            feed=place_feed(found.code),
            trail=(Entry("Places", "/browse/places"), *_above(site.gazetteer, found)),
            children_heading=f"Places in {found.name}",
            children=tuple(_place(child, {}) for child in site.gazetteer.children(found.code)),
            related=(),
            shelves=_shelves(site, session, listings),
        )
    return site.show(request, page)


def _area(term: Term, count: dict[str, int]) -> Entry:
    return Entry(term.label, links.area(term.code), count.get(term.code))


def _place(place: Place, count: dict[str, int]) -> Entry:
    return Entry(place.name, links.place(place.code), count.get(place.code))


def _trail(taxonomy: Taxonomy, code: str) -> tuple[Term, ...]:
    return tuple(reversed(taxonomy.ancestors(code)))


def _related(taxonomy: Taxonomy, term: Term) -> tuple[Entry, ...]:
    """Give the areas that this one is often taken for."""
    others = (taxonomy.get("area", code) for code in term.differs_from)
    return tuple(_area(other, {}) for other in others if other)


def _above(gazetteer: Gazetteer, place: Place) -> tuple[Entry, ...]:
    """Give the regions that hold the whole of a place, as steps back."""
    around = (region for region in gazetteer.regions() if place.districts < region.districts)
    return tuple(_place(region, {}) for region in around)


def _found(site: Site, facet: Facet, value: str) -> tuple[Results, ...]:
    """Find the newest open listings of each kind that state one value of a facet."""
    queries = (
        Query(kind=kind, filters={facet: (value,)}, exclude_not_stated=frozenset({facet}), page_size=ON_SHELF)
        for kind in Kind
    )
    return tuple(site.service.search(query) for query in queries)


def _banner(found: tuple[Results, ...]) -> str | None:
    return next((results.banner for results in found if results.banner), None)


def _shelves(site: Site, session: Session, found: tuple[Results, ...]) -> tuple[Shelf, ...]:
    words = Words(site.taxonomy(session), site.gazetteer, site.today())
    shelves = []
    for kind, results in zip(Kind, found, strict=True):
        rows = listings_by_ids(session, [hit.id for hit in results.hits])
        shelves.append(
            Shelf(
                heading=wording.KINDS_MANY[kind].capitalize(),
                total=results.total,
                at_least=results.at_least,
                href=links.search(results.query),
                cards=tuple(words.card(row, name_kind=False) for row in rows.values()),
            )
        )
    return tuple(shelves)
