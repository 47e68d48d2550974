"""The queue of listings that must be tested against the saved searches; knows no index and no rule."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.models import Listing, State
from exchange.models_alerts import AlertCheck
from exchange.queues import Queue

CHUNK = 1_000
"""Numbers in one query."""

_checks = Queue(AlertCheck)

claim = _checks.claim
done = _checks.done
failed = _checks.failed
put_back = _checks.put_back
pending = _checks.pending
lag = _checks.lag
parked = _checks.parked
retry = _checks.retry
retry_parked = _checks.retry_parked


def enqueue(session: Session, listing_ids: Collection[int], now: datetime) -> None:
    """Note that these listings must be tested, each once and only those that are published now."""
    wanted = sorted(set(listing_ids))
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        published = select(Listing.id).where(Listing.id.in_(part), Listing.state == State.PUBLISHED)
        for listing_id in session.scalars(published.order_by(Listing.id)).all():
            _checks.enqueue(session, listing_id, now)
