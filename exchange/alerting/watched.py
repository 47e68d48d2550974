"""Which saved searches are watched for now, read little by little; knows no engine, no page and no mail."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.alerting.saved_searches import told
from exchange.models import Account, Listing
from exchange.models_alerts import SavedSearch

CHUNK = 500

Question = Mapping[str, list[str]]
"""A search as its address has it: names with their values."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A saved search that somebody wants to be told of; equal values ask for the same.

    `listing_id` names the listing whose matches it asks for, and `revision` says of which text.
    """

    search_id: int
    created_at: datetime
    listing_id: int | None
    revision: int | None


def watched(session: Session) -> list[Watched]:
    """Give every saved search whose person is to be told, without its question: thousands are read at each look."""
    columns = SavedSearch.id, SavedSearch.created_at, SavedSearch.listing_id, Listing.index_revision
    query = select(*columns).join(Account, Account.id == SavedSearch.account_id)
    query = query.outerjoin(Listing, Listing.id == SavedSearch.listing_id).where(told()).order_by(SavedSearch.id)
    return [Watched(*row) for row in session.execute(query)]


def questions(session: Session, search_ids: Collection[int]) -> dict[int, Question]:
    """Give the questions of saved searches; one that was deleted meanwhile is missing."""
    found: dict[int, Question] = {}
    wanted = list(search_ids)
    for start in range(0, len(wanted), CHUNK):
        part = SavedSearch.id.in_(wanted[start : start + CHUNK])
        found |= {
            row.id: row.question for row in session.execute(select(SavedSearch.id, SavedSearch.question).where(part))
        }
    return found
