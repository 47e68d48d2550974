"""Addresses of feeds and calendars, and what is asked of them; knows no format."""

from dataclasses import dataclass, replace

from exchange.content import Kind
from exchange.errors import InputError
from indexer.results import Facet, Query, Sort
from web import links, wording
from web.cards import Words
from web.feeds.articles import followed
from web.feeds.days import MOST_EVENTS
from web.feeds.plain_text import one_line, shortened
from web.params import Known, read_search
from web.search_page import label_of

SEARCH_FEED, SEARCH_CALENDAR, NEWEST_FEED = "/feeds/search.atom", "/calendar.ics", "/feeds/newest.atom"
MOST_ENTRIES = 50
LONGEST_TITLE = 120


@dataclass(frozen=True, slots=True)
class Followed:
    """A search that a reading program asks again and again, and its one address."""

    query: Query
    address: str


def read_feed(pairs: list[tuple[str, str]], known: Known) -> Followed:
    """Read the search page's parameters for a feed: the newest first unless another order is named.

    Raises:
        InputError: something typed cannot be used.
    """
    asked = read_search(pairs, known)
    query = asked.usable()
    ordered = any(name == "sort" for name, _ in asked.typed)
    query = replace(query, sort=query.sort if ordered else Sort.NEWEST, page=1, page_size=MOST_ENTRIES, seed=None)
    named = [("sort", query.sort.value)] if query.sort is not Sort.NEWEST else []
    return Followed(query, followed(SEARCH_FEED, _pairs(query) + named))


def read_calendar(pairs: list[tuple[str, str]], known: Known) -> Followed:
    """Read the search page's parameters for a calendar of open needs, those that close first in front.

    Raises:
        InputError: something typed cannot be used, or only innovations are asked for.
    """
    query = read_search(pairs, known).usable()
    if query.kind is Kind.INNOVATION:
        raise InputError("Innovations have no dates: choose needs, or leave “kind” out.", field="kind")
    query = replace(query, kind=Kind.NEED, include_closed=False, sort=Sort.CLOSING, page=1, seed=None)
    query = replace(query, page_size=MOST_EVENTS)
    return Followed(query, followed(SEARCH_CALENDAR, _pairs(query)))


def search_feed(query: Query) -> str:
    """Give the address of the feed of a search, whatever order its page has."""
    return followed(SEARCH_FEED, _pairs(query))


def search_calendar(query: Query) -> str | None:
    """Give the address of the calendar of a search for needs; None where it finds innovations too."""
    return followed(SEARCH_CALENDAR, _pairs(replace(query, include_closed=False))) if query.kind is Kind.NEED else None


def area_feed(code: str) -> str:
    """Give the address of the feed of an area."""
    return f"/feeds/areas/{code}.atom"


def place_feed(code: str) -> str:
    """Give the address of the feed of a place."""
    return f"/feeds/places/{code}.atom"


def listing_calendar(listing_id: int) -> str:
    """Give the address of the calendar of one need."""
    return f"/listings/{listing_id}/calendar.ics"


def newest_feed(kind: Kind | None) -> str:
    """Give the address of the feed of the newest listings."""
    return f"{NEWEST_FEED}?kind={kind}" if kind else NEWEST_FEED


def title_of(query: Query, words: Words) -> str:
    """Name a search as its person would: kind, words, and what the filters say."""
    text = shortened(one_line(query.text), LONGEST_TITLE)
    what = wording.KINDS_MANY[query.kind].capitalize() if query.kind else "Listings"
    chosen = [f"{wording.FACETS[facet]}: {_labels(facet, query, words)}" for facet in Facet if query.filters.get(facet)]
    return shortened("; ".join([f"{what} about “{text}”" if text else what, *chosen]), 2 * LONGEST_TITLE)


def _labels(facet: Facet, query: Query, words: Words) -> str:
    return wording.listed([label_of(facet, value, words) for value in query.filters[facet]], 4)


def _pairs(query: Query) -> list[tuple[str, str]]:
    return links.pairs_of(replace(query, sort=Sort.RELEVANCE, page=1, seed=None))
