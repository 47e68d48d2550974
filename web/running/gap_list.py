"""The context of a list of gaps: the cards of one page, and plain links that narrow the list; knows no request."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from exchange.content import Kind
from exchange.errors import InputError
from exchange.models import Listing
from exchange.running.gap_map import Picture, Placed
from indexer.results import PAGE_SIZE
from web import wording
from web.cards import Card, Found, Tag, Words
from web.pages import Entry
from web.running.gap_links import GapFilter, gaps_path
from web.running.gap_pages import LEADS, TITLES, GapListPage, Names, freshness

NO_NEED = Tag("No matching need either", "orange")


def shown_on(gaps: tuple[Placed, ...], page: int) -> tuple[Placed, ...]:
    """Give the gaps of one page.

    Raises:
        InputError: the page is past the last one.
    """
    last = max(1, -(-len(gaps) // PAGE_SIZE))
    if page > last:
        raise InputError(f"“{page}” is past the last page: use a page number up to {last}.")
    return gaps[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]


def gap_list_page(
    picture: Picture, chosen: GapFilter, page: int, cards: tuple[Card, ...], names: tuple[Names, Names]
) -> GapListPage:
    """Build a list's page; each link that narrows it tells how many it leaves."""
    kind, (regions, areas) = chosen.kind or Kind.NEED, names
    gaps = picture.gaps(kind, chosen.region, chosen.area)
    in_area, in_region = picture.gaps(kind, area=chosen.area), picture.gaps(kind, region=chosen.region)
    by_region = Counter(region for one in in_area for region in one.regions)
    by_area = Counter(area for one in in_region for area in one.topics)
    return GapListPage(
        title=TITLES[kind],
        lead=LEADS[kind],
        freshness=freshness(picture),
        kinds=tuple(Entry(TITLES[one], gaps_path(replace(chosen, kind=one))) for one in TITLES),
        chosen=_chosen(chosen, regions, areas),
        regions=tuple(
            Entry(name, gaps_path(replace(chosen, region=code)), by_region[code])
            for code, name in regions.items()
            if by_region[code] and code != chosen.region
        ),
        areas=tuple(
            Entry(name, gaps_path(replace(chosen, area=code)), by_area[code])
            for code, name in areas.items()
            if by_area[code] and code != chosen.area
        ),
        heading=wording.plural(len(gaps), wording.KINDS[kind].lower()),
        cards=cards,
        previous=gaps_path(chosen, page - 1) if page > 1 else None,
        following=gaps_path(chosen, page + 1) if page * PAGE_SIZE < len(gaps) else None,
    )


def gap_cards(shown: tuple[Placed, ...], rows: Mapping[int, Listing], words: Words) -> tuple[Card, ...]:
    """Build the cards of those that are still open, an innovation without a matching need marked."""
    return tuple(
        words.card(rows[one.id], Found(marks=(NO_NEED,) if _neither(one) else ()), name_kind=False)
        for one in shown
        if one.id in rows
    )


def _neither(one: Placed) -> bool:
    return one.kind is Kind.INNOVATION and one.unmatched


def _chosen(chosen: GapFilter, regions: Names, areas: Names) -> tuple[Entry, ...]:
    """Name what the list is narrowed to, each with the address without it."""
    named = []
    if chosen.region:
        named.append(Entry(f"Region: {regions[chosen.region]}", gaps_path(replace(chosen, region=None))))
    if chosen.area:
        named.append(Entry(f"Area: {areas[chosen.area]}", gaps_path(replace(chosen, area=None))))
    return tuple(named)
