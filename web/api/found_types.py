"""What a search and a match answer with: answers and their description are both made of these types; knows no row."""

from typing import Annotated, Literal

from msgspec import Meta, Struct

from indexer.results import Facet
from web.api.types import Address, Count, Listing, Share


class Reason(Struct, frozen=True, kw_only=True):
    """Why a listing is here."""

    text: str
    field: Annotated[str, Meta(description="The field that it comes from.")]
    quote: Annotated[str | None, Meta(description="The words of the listing that it rests on.")]
    against: Annotated[str | None, Meta(description="The words of the other side that they were compared with.")]
    share: Annotated[Share, Meta(description="The part of the score that it carries.")]


class Gap(Struct, frozen=True, kw_only=True):
    """What is not stated or not met."""

    text: str
    field: str


class Result(Struct, frozen=True, kw_only=True):
    """One result of a search."""

    score: Annotated[float, Meta(description="Independent of other listings; 0 while browsing without words.")]
    strong: Annotated[bool, Meta(description="False is shown as “Less close”.")]
    tier: Annotated[
        Annotated[int, Meta(ge=1, le=4)] | None,
        Meta(
            description="How far it meets the place or people that were asked for: 1 now, 2 would, 3 not stated or "
            "next door, 4 states only others; null where nothing such was asked."
        ),
    ]
    reasons: list[Reason]
    gaps: list[Gap]
    similar: Annotated[Count, Meta(description="Near-duplicates of one organisation further down on this page.")]
    similar_to: Annotated[int | None, Meta(description="The listing above that this one nearly repeats.")]
    listing: Listing


class Bucket(Struct, frozen=True, kw_only=True):
    """One value of a facet, with the number of results that it would leave."""

    value: Annotated[str, Meta(description="The parameter's value; `not-stated` for listings that do not state it.")]
    label: str
    count: Count
    chosen: bool


class FacetCounts(Struct, frozen=True, kw_only=True):
    """The values of one facet."""

    name: Facet
    label: str
    values: list[Bucket]


class Chip(Struct, frozen=True, kw_only=True):
    """A constraint that was read in the text; `remove=key` has its words matched as plain words instead."""

    key: str
    label: str
    words: str


class Suggestion(Struct, frozen=True, kw_only=True):
    """Another wording, and the number of results that it gives."""

    text: str
    total: Count


class Search(Struct, frozen=True, kw_only=True):
    """One page of results with everything that the site's own page says of them."""

    total: Count
    total_is: Literal["exact", "about", "at least"]
    results: list[Result]
    next: Annotated[Address | None, Meta(description="Where the next ones are; null at the end or 2,000 results deep.")]
    facets: list[FacetCounts]
    chips: list[Chip]
    suggestion: Suggestion | None
    hidden: Annotated[Count, Meta(description="What the set filters hide that the text alone would find.")]
    degraded: Annotated[bool, Meta(description="Whether the engine is down, so that words alone were looked for.")]
    banner: Annotated[str | None, Meta(description="What is missing while a part is down.")]
    notices: list[str]


class Parts(Struct, frozen=True, kw_only=True):
    """What the score of a match is made of."""

    what: Annotated[Share, Meta(description="Outcomes and text.")]
    areas: Annotated[Share, Meta(description="Of the need's areas, the part that the innovation is about as well.")]
    who: Share
    place: Share
    tier: Annotated[Share, Meta(description="Way of funding and term.")]
    money: Share


class Match(Struct, frozen=True, kw_only=True):
    """One listing of the other side."""

    score: Share
    parts: Parts
    reasons: list[Reason]
    gaps: list[Gap]
    listing: Listing


class Cannot(Struct, frozen=True, kw_only=True):
    """How many listings of the other side cannot match, and why; each is counted once."""

    reason: str
    count: Count


class NearMiss(Struct, frozen=True, kw_only=True):
    """A listing of the other side that this one reason alone keeps from matching."""

    score: Annotated[Share, Meta(description="What it has nonetheless.")]
    reason: str
    listing: Listing


class Matches(Struct, frozen=True, kw_only=True):
    """The matches of a listing, best first."""

    total: Count
    results: list[Match]
    cannot: list[Cannot]
    near_misses: Annotated[
        list[NearMiss], Meta(description="The best of those that one reason alone keeps apart, at most five.")
    ]
    notices: list[str]
