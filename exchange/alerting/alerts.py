"""Alerts: that a listing passed a saved search, noted once for ever; knows no engine, no page and no mail."""

import struct
from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Dialect, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, defer

from exchange.models import Listing, State
from exchange.models_alerts import Alert, SavedSearch

MOST_KNOWN = 2_000
"""Listings that a saved search keeps as known."""

AND_OTHERS = -1
"""Stands among the known listings of a search that found more when it was saved than it names: then every listing that
was published before counts as known, or a new version of the areas would announce thousands."""


CHUNK = 500
"""Numbers in one query."""


class AlertState(StrEnum):
    """What became of an alert: it waits for its letter, went out in one, or never will."""

    WAITING = "waiting"
    SENT = "sent"
    MUTED = "muted"
    DROPPED = "dropped"


def fire(session: Session, search_id: int, listing_id: int, why: Sequence[str], now: datetime) -> bool:
    """Note that a listing passed a saved search, with the reasons in sentences; say whether that is news.

    It is none where the two met before (also where another process notes it at this moment), where the search knew the
    listing when it was saved, or where the search was stopped or the listing is not published any more.
    """
    searched = select(SavedSearch).where(SavedSearch.id == search_id)
    # The row must stay until the alert that names it is there; who renames or stops it need not wait.
    searched = searched.with_for_update(read=True, key_share=True).execution_options(populate_existing=True)
    search = session.scalar(searched)
    if search is None or search.stopped_at is not None:
        return False
    listed = select(Listing.published_at).where(Listing.id == listing_id, Listing.state == State.PUBLISHED)
    published = session.execute(listed).first()
    if published is None or is_known(search, listing_id, published.published_at):
        return False
    found = {"search_id": search_id, "listing_id": listing_id, "state": AlertState.WAITING, "why": list(why)}
    dialect: Dialect = session.get_bind().dialect
    insert = sqlite.insert if dialect.name == "sqlite" else postgresql.insert
    row = insert(Alert).values(**found, found_at=now).on_conflict_do_nothing().returning(Alert.id)
    return session.scalar(row) is not None


def is_known(search: SavedSearch, listing_id: int, published_at: datetime | None) -> bool:
    """Say whether a listing is no news to a search, because it passed already when the search was saved."""
    known = unpacked(search.known)
    others = AND_OTHERS in known and published_at is not None and published_at <= search.created_at
    return listing_id in known or others


def news(session: Session, search_ids: Collection[int], listing_id: int) -> list[int]:
    """Give those of some saved searches to which a listing is news: `fire` would note it, if it passes."""
    listing = session.get(Listing, listing_id)
    if listing is None or listing.state != State.PUBLISHED:
        return []
    met = select(Alert.search_id).where(Alert.listing_id == listing_id)
    wanted, found = sorted(search_ids), list[int]()
    for start in range(0, len(wanted), CHUNK):
        part = SavedSearch.id.in_(wanted[start : start + CHUNK])
        query = select(SavedSearch).where(part, SavedSearch.stopped_at.is_(None), SavedSearch.id.not_in(met))
        searches = session.scalars(query.options(defer(SavedSearch.question)).order_by(SavedSearch.id))
        found += [one.id for one in searches if not is_known(one, listing_id, listing.published_at)]
    return found


def packed(numbers: Collection[int]) -> bytes:
    """Give numbers of listings as a saved search keeps them: 8 bytes each, little-endian, rising."""
    every = sorted(set(numbers))
    return struct.pack(f"<{len(every)}q", *every)


def unpacked(kept: bytes) -> frozenset[int]:
    """Give the numbers of listings that a saved search keeps."""
    return frozenset(struct.unpack(f"<{len(kept) // 8}q", kept))
