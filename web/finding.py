"""Search and match as pages call them, with what SQL can do when the engine is down; knows no template."""

from dataclasses import replace

from sqlalchemy.orm import Session

from exchange.content import Kind
from exchange.errors import UnavailableError
from exchange.listings import count_by_kind, newest, text_search
from exchange.models import Listing
from indexer.results import DEEPEST, Facet, Hit, Matches, Query, Results
from web.site import Site

REDUCED = (
    "Search is working in a reduced way just now: it shows open listings that hold every word you typed, and filters, "
    "reasons and matches are not available. Nothing is lost: try again in a few minutes."
)
NO_MATCHES = "Matches cannot be worked out just now. Nothing is lost: try again in a few minutes."


def find(site: Site, session: Session, query: Query) -> Results:
    """Search with the engine, or with SQL and a notice while the engine is down."""
    try:
        return site.service.search(query)
    except UnavailableError:
        return _plain(session, query)


def _plain(session: Session, query: Query) -> Results:
    start = (query.page - 1) * query.page_size
    if query.text:
        found = text_search(session, query.text, query.kind, DEEPEST)
        total, rows = len(found), found[start : start + query.page_size]
    else:
        counts = count_by_kind(session)
        total = counts[query.kind] if query.kind else sum(counts.values())
        rows = newest(session, query.kind, query.page_size, start) if start < min(total, DEEPEST) else []
    hits = tuple(Hit(id=row.id, score=0.0) for row in rows)
    plain = replace(query, filters={}, exclude_not_stated=frozenset(), removed=frozenset())
    return Results(hits=hits, total=total, query=plain, notices=(REDUCED,))


def match(site: Site, listing: Listing, limit: int) -> Matches:
    """Match a listing with the other side; while the engine is down, nothing and a notice."""
    try:
        return site.service.match(listing.id, limit)
    except UnavailableError:
        return Matches(matches=(), total=0, notices=(NO_MATCHES,))


def among(site: Site, facet: Facet, value: str, kind: Kind, limit: int) -> Results | None:
    """Find the open listings of one kind that state one value of a facet; None while the engine is down."""
    only = frozenset({facet})
    try:
        return site.service.search(
            Query(kind=kind, filters={facet: (value,)}, exclude_not_stated=only, page_size=limit)
        )
    except UnavailableError:
        return None


def counts(site: Site, facet: Facet) -> dict[str, int]:
    """Count the open listings of each value of a facet; nothing while the engine is down."""
    try:
        results = site.service.search(Query(page_size=1))
    except UnavailableError:
        return {}
    return {bucket.value: bucket.count for bucket in results.facets.get(facet, ())}
