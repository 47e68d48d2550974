"""What stands beside a draft: advice, one's own listings that say the same, matches, near ideas; knows no step."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from sqlalchemy.orm import Session

from exchange.content import Kind
from exchange.errors import UnavailableError
from exchange.listing import claims, duplicates
from exchange.listing.claims import Advice
from exchange.listing.drafts import Draft
from exchange.listing.duplicates import Duplicate
from exchange.listing.listings import listings_by_ids
from exchange.models import State
from exchange.people.sign_ins import Person
from exchange.working_days import london_date
from indexer.embedder import MODEL_FAILURES
from indexer.nearby import Near
from indexer.results import Matches
from web.cards import Card, Found, Tag, Words
from web.introducing.match_acts import match_acts
from web.matches_page import MatchList, match_list
from web.site import Site

MATCHES, NEAR = 5, 5
NO_MATCHES_NOW = "Matches cannot be looked for just now. What you saved is safe: open this page again in a few minutes."
NO_NEAR_NOW = "Near listings cannot be looked for just now. Open this page again in a few minutes."
NEAR_HEADINGS = {Kind.INNOVATION: "Innovations near to yours", Kind.NEED: "Needs near to yours"}

Found_ = TypeVar("Found_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Advice and company for a draft; where a part is down, the sentence that says so stands in its place."""

    advice: tuple[Advice, ...]
    own: tuple[Duplicate, ...]
    matches: MatchList | None
    no_matches: str | None
    near_heading: str
    near: tuple[Card, ...]
    no_near: str | None


def beside(site: Site, session: Session, seen: tuple[Draft, Person], today: date) -> Beside:
    """Look at a person's draft from all sides; nothing that is found or missing stops its author."""
    draft = seen[0]
    words = Words(site.taxonomy(session), site.gazetteer, site.today())
    listing, content, kind = draft.listing, draft.content, draft.side
    found = _unless_down(lambda: site.service.draft_matches(kind, content, listing.organisation_id, MATCHES))
    near = _unless_down(lambda: site.service.near(kind, content, listing.id, NEAR))
    return Beside(
        advice=advice(draft, today),
        own=duplicates.own(
            session,
            content,
            kind,
            organisation_id=listing.organisation_id,
            by_id=listing.by_id,
            exclude_id=listing.id,
        ),
        matches=None if found is None else _matches(session, (*seen, today), found, words),
        no_matches=NO_MATCHES_NOW if found is None else None,
        near_heading=NEAR_HEADINGS[kind],
        near=() if near is None else _near(session, near, words),
        no_near=NO_NEAR_NOW if near is None or (not near and (found is None or found.notices)) else None,
    )


def advice(draft: Draft, today: date) -> tuple[Advice, ...]:
    """Give the claim check's advice; a need's dates are seen from the day on which it was published."""
    published = draft.listing.published_at
    return claims.check(draft.content, draft.side, london_date(published) if published else today)


def _unless_down(ask: Callable[[], Found_]) -> Found_ | None:
    """Give the answer, or None where the engine or the model does not answer now."""
    try:
        return ask()
    except (UnavailableError, *MODEL_FAILURES):
        return None


def _matches(session: Session, seen: tuple[Draft, Person, date], found: Matches, words: Words) -> MatchList:
    """Build the matches; once the listing is public, with what its owner can do with each."""
    draft, person, today = seen
    rows = listings_by_ids(session, found.ids)
    public = draft.listing.state == State.PUBLISHED
    acts = match_acts(session, draft.listing, rows, person, today) if public else None
    return replace(match_list(draft.listing, found, rows, words, acts), more=None)


def _near(session: Session, near: tuple[Near, ...], words: Words) -> tuple[Card, ...]:
    rows = listings_by_ids(session, [one.id for one in near])
    same = Tag("May say the same as yours", "yellow")
    return tuple(
        words.card(rows[one.id], Found(first=(same,) if one.duplicate else ()), name_kind=False)
        for one in near
        if one.id in rows
    )
