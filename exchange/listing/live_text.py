"""When what the public reads of a listing last changed, from the record of decisions; knows no page and no feed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from exchange.listing.states import FOUND
from exchange.models import Decision, Listing

CHUNK = 1000
"""Numbers in one query: SQLite and PostgreSQL both limit a statement's parameters."""


@dataclass(frozen=True, slots=True)
class LiveText:
    """When the live text or its state changed last, and how many times since it was first published."""

    changed_at: datetime
    changes: int


def live_texts(session: Session, listings: Iterable[Listing]) -> dict[int, LiveText]:
    """Say of each listing when the public last saw something new of it.

    That is a decision that published it, put a revision in the place of its text, closed or concluded it. Saying that
    it is still true, and a moderator's leaving it as it is, change nothing that is read.
    """
    rows = list(listings)
    found = {row.id: LiveText(row.published_at or row.created_at, 0) for row in rows}
    numbers = list(found)
    for start in range(0, len(numbers), CHUNK):
        changes = (
            select(Decision.listing_id, func.max(Decision.at).label("last"), func.count().label("number"))
            .where(
                Decision.listing_id.in_(numbers[start : start + CHUNK]),
                Decision.new_state.in_(FOUND),
                Decision.old_state != Decision.new_state,
            )
            .group_by(Decision.listing_id)
        )
        found |= {row.listing_id: LiveText(row.last, row.number - 1) for row in session.execute(changes)}
    return found
