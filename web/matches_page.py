"""The matches of a listing as the pages show them: cards with reasons, who cannot match, and near misses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from exchange.content import Kind
from exchange.models import Listing
from indexer.results import Match, Matches
from web import links, wording
from web.cards import Card, Found, Tag, Words
from web.introducing.next_steps import Step
from web.rendering import Page

FIRST_MATCHES = 10
ALL_MATCHES = 200
"""More matches than anybody reads; the page says when there are more."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a match's score, out of 100."""

    label: str
    points: int


@dataclass(frozen=True, slots=True)
class MatchCard:
    """A listing of the other side with what its fit is made of."""

    card: Card
    parts: tuple[Part, ...]
    act: Step | None = None
    no_act: str | None = None
    """Why nothing can be done with it from one's own listing."""


@dataclass(frozen=True, slots=True)
class NearMissLine:
    """A listing that one reason alone keeps from matching."""

    title: str
    href: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchList:
    """The matches on a page, how many there are, who cannot match, and the closest of those."""

    heading: str
    total: int
    cards: tuple[MatchCard, ...]
    cannot: tuple[str, ...]
    cannot_total: int
    near_misses: tuple[NearMissLine, ...]
    notices: tuple[str, ...]
    more: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchesPage(Page):
    """What `/listings/{id}/matches` shows."""

    template: ClassVar[str] = "pages/matches.html"

    listing_title: str
    listing_href: str
    matches: MatchList | None
    state: str | None
    save: str | None = None
    """Where its owners ask to be told of new matches."""


def match_list(
    listing: Listing,
    found: Matches,
    rows: Mapping[int, Listing],
    words: Words,
    acts: Mapping[int, Step | str] | None = None,
) -> MatchList:
    """Build the matches of a listing; those whose listing is no longer visible are left out."""
    kind = listing.side.other
    heading = "Innovations that could meet this need" if kind is Kind.INNOVATION else "Needs that this could meet"
    cards = tuple(
        _match_card(match, rows[match.id], words, (acts or {}).get(match.id))
        for match in found.matches
        if match.id in rows
    )
    return MatchList(
        heading=heading,
        total=found.total,
        cards=cards,
        cannot=tuple(f"{count:,}: {reason}" for reason, count in found.cannot.items()),
        cannot_total=sum(found.cannot.values()),
        near_misses=tuple(
            NearMissLine(rows[near.id].title, links.listing(near.id), near.reason)
            for near in found.near_misses
            if near.id in rows
        ),
        notices=found.notices,
        more=links.matches(listing.id) if found.total > len(found.matches) else None,
    )


def _match_card(match: Match, listing: Listing, words: Words, act: Step | str | None) -> MatchCard:
    parts = tuple(Part(wording.PARTS.get(name, name), round(100 * value)) for name, value in match.parts.items())
    fit = Tag(f"Fit {round(100 * match.score)} of 100", "teal")
    card = words.card(listing, Found(first=(fit,), reasons=match.reasons, gaps=match.gaps), name_kind=False)
    if isinstance(act, Step):
        return MatchCard(card, parts, act=act)
    return MatchCard(card, parts, no_act=act)
