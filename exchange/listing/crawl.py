"""Public listings one after the other, the newest first, from any place on; knows no page and no engine."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from exchange.content import Kind
from exchange.listing.states import FOUND
from exchange.models import Listing, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which listings: of one kind, of one organisation, closed and concluded ones too."""

    kind: Kind | None = None
    organisation_id: int | None = None
    include_closed: bool = False


def newest_after(session: Session, wanted: Wanted, after: tuple[datetime, int] | None, limit: int) -> list[Listing]:
    """Give listings, the newest first, that come after the one of this publication and number.

    Publication and number of a listing never change, so that a walk meets none twice and misses none that was public
    all the while, whatever is published meanwhile.
    """
    query = select(Listing).where(Listing.published_at.is_not(None))
    query = query.where(Listing.state.in_(FOUND) if wanted.include_closed else Listing.state == State.PUBLISHED)
    if wanted.kind is not None:
        query = query.where(Listing.kind == wanted.kind)
    if wanted.organisation_id is not None:
        query = query.where(Listing.organisation_id == wanted.organisation_id)
    if after is not None:
        at, number = after
        same = and_(Listing.published_at == at, Listing.id < number)
        query = query.where(or_(Listing.published_at < at, same))
    return list(session.scalars(query.order_by(Listing.published_at.desc(), Listing.id.desc()).limit(limit)))
