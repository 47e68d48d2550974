"""Addresses of the site's pages, built from values; knows no request."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from exchange.content import Kind
from indexer.results import Facet, Query, Sort

UNSTATED = "unstated."
"""`unstated.place=hide` leaves out listings that do not state a place."""

FILTERABLE = tuple(facet for facet in Facet if facet is not Facet.KIND)
"""The kind is a choice of one, so it is not among the filters of many."""


def pairs_of(query: Query) -> list[tuple[str, str]]:
    """Give the parameters that say this query, without any that say the default."""
    pairs = [("q", query.text)] if query.text else []
    pairs += [("kind", query.kind.value)] if query.kind else []
    pairs += [(facet.value, value) for facet in FILTERABLE for value in query.filters.get(facet, ())]
    pairs += [(f"{UNSTATED}{facet.value}", "hide") for facet in FILTERABLE if facet in query.exclude_not_stated]
    pairs += [("closed", "1")] if query.include_closed else []
    pairs += [("remove", key) for key in sorted(query.removed)]
    pairs += [("sort", query.sort.value)] if query.sort is not Sort.RELEVANCE else []
    if query.page == 1:
        return pairs  # the first page is of the day on which it is opened
    return [*pairs, *([("seed", query.seed)] if query.seed else []), ("page", str(query.page))]


def search_path(pairs: Iterable[tuple[str, str]]) -> str:
    """Give the address of the search page with these parameters."""
    text = urlencode(list(pairs))
    return f"/search?{text}" if text else "/search"


def search(query: Query, **changes: Any) -> str:
    """Give the address of a query with some fields changed; it starts at page 1 unless a page is given."""
    return search_path(pairs_of(replace(query, **{"page": 1, **changes})))


def without_chip(query: Query, key: str) -> str:
    """Give the address of the query with one constraint of the text taken away."""
    return search(query, removed=query.removed | {key})


def without_filters(query: Query) -> str:
    """Give the address of the query with nothing set beside the text and the kind."""
    return search(query, filters={}, exclude_not_stated=frozenset())


def save_search(query: Query) -> str:
    """Give the address where a search is saved, without page and order, to be told of what is new."""
    return f"/my/searches/new?{urlencode(pairs_of(replace(query, page=1, sort=Sort.RELEVANCE)))}"


def save_matches(listing_id: int) -> str:
    """Give the address where one asks to be told of a listing's new matches."""
    return f"/my/searches/new?{urlencode({'listing': listing_id})}"


def find(**values: str | Kind) -> str:
    """Give the address of a search from plain parameters."""
    return search_path((name, str(value)) for name, value in values.items())


def listing(listing_id: int) -> str:
    """Give the address of a listing."""
    return f"/listings/{listing_id}"


def discussion(listing_id: int, number: int = 1) -> str:
    """Give the address of a page of a listing's discussion."""
    return f"/listings/{listing_id}/discussion" + (f"?page={number}" if number > 1 else "")


def comment(listing_id: int, comment_id: int) -> str:
    """Give the address that leads to a comment, on whatever page it stands."""
    return f"/listings/{listing_id}/discussion/{comment_id}"


def matches(listing_id: int) -> str:
    """Give the address of all matches of a listing."""
    return f"/listings/{listing_id}/matches"


def organisation(organisation_id: int) -> str:
    """Give the address of an organisation."""
    return f"/organisations/{organisation_id}"


def area(code: str) -> str:
    """Give the address of an area."""
    return f"/browse/areas/{code}"


def place(code: str) -> str:
    """Give the address of a place."""
    return f"/browse/places/{code}"


def my_listing(listing_id: int) -> str:
    """Give the address of a listing for its owners."""
    return f"/my/listings/{listing_id}"


def moderated(listing_id: int) -> str:
    """Give the address of a listing for moderators."""
    return f"/moderation/listings/{listing_id}"


def moderated_comment(comment_id: int) -> str:
    """Give the address of a comment for moderators."""
    return f"/moderation/comments/{comment_id}"


def introduction(introduction_id: int) -> str:
    """Give the address of an introduction."""
    return f"/my/introductions/{introduction_id}"


def introduce(listing_id: int) -> str:
    """Give the address where a commissioner asks for an introduction to an innovation."""
    return f"/listings/{listing_id}/introduce"


def invite(need_id: int, innovation_id: int) -> str:
    """Give the address where the people of an innovation are invited to answer a need."""
    return f"/listings/{need_id}/invite?innovation={innovation_id}"


def answer(need_id: int, innovation_id: int | None = None) -> str:
    """Give the address where a need is answered, with one of one's innovations where it is named."""
    return f"/listings/{need_id}/answer" + (f"?innovation={innovation_id}" if innovation_id else "")


def shortlist(listing_id: int) -> str:
    """Give the address where a listing is put onto the shortlist, or its note is changed."""
    return f"/listings/{listing_id}/shortlist"


def sign_in_for(path: str) -> str:
    """Give the address where one signs in and then goes on."""
    return f"/sign-in?{urlencode({'next': path})}"
