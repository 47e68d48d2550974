"""Where open needs and innovations are and what has no counterpart, read in one go; knows no page and no search."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Select, Text, cast, func, select
from sqlalchemy.orm import Session

from exchange.content import Kind
from exchange.models import Listing, State
from exchange.models_introductions import Introduction
from exchange.models_running import MatchCount
from exchange.place.places import Gazetteer, load_gazetteer
from exchange.taxonomy import AREA, Taxonomy

ENGLAND, UNITED_KINGDOM = "E92000001", "SET-UNITED-KINGDOM"
NOT_STATED = "not-stated"


class Column(StrEnum):
    """What is counted in each region and area."""

    NEEDS = "needs"
    NOW = "now"
    """Innovations that deliver there now; by area, all of them."""
    WOULD = "would"
    """Innovations that would deliver there and do not yet."""
    UNMATCHED = "unmatched"
    """Needs without a strong match."""
    UNBOUGHT = "unbought"
    """Innovations that no introduction ever reached an agreement about."""
    NEITHER = "neither"
    """Of those, the ones that have no strong match either."""


class Placed(NamedTuple):
    """One open listing: its areas (those at the top), where it is and, of an innovation, where else it would be."""

    id: int
    kind: Kind
    areas: frozenset[str]
    now: frozenset[str]
    would: frozenset[str]
    strong: int | None
    """Strong matches as counted last; None where nobody has counted yet."""
    bought: bool

    @property
    def regions(self) -> frozenset[str]:
        """Give every region where it is or would be; `NOT_STATED` where it states none."""
        return self.now | self.would or frozenset({NOT_STATED})

    @property
    def topics(self) -> frozenset[str]:
        """Give its areas; `NOT_STATED` where it states none that is in use."""
        return self.areas or frozenset({NOT_STATED})

    @property
    def unmatched(self) -> bool:
        """Say whether it was counted and has no strong match."""
        return self.strong == 0

    @property
    def gap(self) -> bool:
        """Say whether it is a gap: a need without a match, an innovation without a buyer."""
        return self.unmatched if self.kind is Kind.NEED else not self.bought


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """All open listings, the newest first, and how fresh the counts of their matches are."""

    listings: tuple[Placed, ...] = ()
    first_counted: datetime | None = None
    last_counted: datetime | None = None
    by_region: Counter[tuple[Column, str]] = field(default_factory=Counter)
    by_area: Counter[tuple[Column, str]] = field(default_factory=Counter)

    @property
    def uncounted(self) -> int:
        """Give the number of listings whose matches nobody has counted yet."""
        return sum(one.strong is None for one in self.listings)

    def gaps(self, kind: Kind, region: str | None = None, area: str | None = None) -> tuple[Placed, ...]:
        """Give the gaps of one kind, the newest first, in one region and area where they are named."""
        return tuple(
            one
            for one in self.listings
            if one.gap
            and one.kind is kind
            and (region is None or region in one.regions)
            and (area is None or area in one.topics)
        )


class _Said(msgspec.Struct):
    """What is read of a listing's content; the rest is passed over without being built."""

    areas: tuple[str, ...] = ()
    required_in: tuple[str, ...] = ()
    delivers_in: tuple[str, ...] = ()
    would_deliver_in: tuple[str, ...] = ()


_DECODER = msgspec.json.Decoder(_Said)


def read_picture(session: Session, taxonomy: Taxonomy) -> Picture:
    """Read where everything open is; of each listing's content a few fields, so that ten thousand take little."""
    query = (
        select(Listing.id, Listing.kind, cast(Listing.data, Text).label("data"), MatchCount.strong)
        .outerjoin(MatchCount, MatchCount.listing_id == Listing.id)
        .where(Listing.state == State.PUBLISHED)
        .order_by(Listing.published_at.desc(), Listing.id.desc())
    )
    bought = frozenset(session.scalars(_agreed()))
    above = {entry.code: (taxonomy.ancestors(entry.code) or (entry,))[-1].code for entry in taxonomy.scheme(AREA)}

    @cache
    def tops(codes: tuple[str, ...]) -> frozenset[str]:
        return frozenset(above[code] for code in codes if code in above)

    listings = tuple(_placed(row, tops, bought) for row in session.execute(query))
    first, last = session.execute(select(func.min(MatchCount.counted_at), func.max(MatchCount.counted_at))).one()
    return Picture(
        listings=listings,
        first_counted=first,
        last_counted=last,
        by_region=Counter(_by_region(listings)),
        by_area=Counter(_by_area(listings)),
    )


@lru_cache(maxsize=20_000)
def regions_of(codes: tuple[str, ...]) -> frozenset[str]:
    """Give the regions that places lie in; the whole of England, or of the United Kingdom, is a region of its own."""
    gazetteer = load_gazetteer()
    places = filter(None, map(gazetteer.get, codes))
    districts = frozenset[str]().union(*(place.districts for place in places))
    if districts >= _districts(gazetteer, UNITED_KINGDOM):
        return frozenset({UNITED_KINGDOM})
    regions = frozenset(map(gazetteer.region_of, districts))
    if districts >= (england := _districts(gazetteer, ENGLAND)):
        return regions - frozenset(map(gazetteer.region_of, england)) | {ENGLAND}
    return regions


def _districts(gazetteer: Gazetteer, code: str) -> frozenset[str]:
    place = gazetteer.get(code)
    return place.districts if place else frozenset()


def _agreed() -> Select[int | None]:
    """Give what finds the innovations about which two sides ever shared their contact details."""
    both = Introduction.commissioner_agreed_at.is_not(None), Introduction.innovator_agreed_at.is_not(None)
    return select(Introduction.innovation_id).where(Introduction.innovation_id.is_not(None), *both).distinct()


def _placed(row: Any, tops: Callable[[tuple[str, ...]], frozenset[str]], bought: frozenset[int | None]) -> Placed:
    kind, said = Kind(row.kind), _DECODER.decode(row.data)
    now = regions_of(said.required_in if kind is Kind.NEED else said.delivers_in)
    would = regions_of(said.would_deliver_in)
    return Placed(
        id=row.id,
        kind=kind,
        areas=tops(said.areas),
        now=now,
        would=would - now if would else would,
        strong=row.strong,
        bought=row.id in bought,
    )


def _by_region(listings: Iterable[Placed]) -> Iterator[tuple[Column, str]]:
    for one in listings:
        for region in one.regions:
            there = region not in one.would
            yield (Column.NEEDS if one.kind is Kind.NEED else Column.NOW if there else Column.WOULD), region
            yield from ((column, region) for column in _lacking(one))


def _by_area(listings: Iterable[Placed]) -> Iterator[tuple[Column, str]]:
    for one in listings:
        for area in one.topics:
            yield (Column.NEEDS if one.kind is Kind.NEED else Column.NOW), area
            yield from ((column, area) for column in _lacking(one))


def _lacking(one: Placed) -> Iterator[Column]:
    if one.gap:
        yield Column.UNMATCHED if one.kind is Kind.NEED else Column.UNBOUGHT
        if one.kind is Kind.INNOVATION and one.unmatched:
            yield Column.NEITHER
