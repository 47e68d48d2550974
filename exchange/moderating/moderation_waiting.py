"""What waits for a moderator, and since when: short rows without any text; knows no order and no page."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from exchange.database import LARGEST_KEY
from exchange.errors import NotFoundError
from exchange.models import Decision, Listing, Revision, State
from exchange.models_discussion import Comment
from exchange.models_introductions import Report
from exchange.moderating.reports import ReportState
from exchange.working_days import days_used, london_date


class Waits(StrEnum):
    """What can wait for a moderator."""

    LISTING = "listing"
    REVISION = "revision"
    APPEAL = "appeal"
    REPORT = "report"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One thing that waits: `id` is the number of the listing, the revision or the report.

    `risk` and `first` are known once its text was read. Of a report of a comment, `of_comment` is that comment's
    number, and `said_for` the organisation for which it was made.
    """

    kind: Waits
    id: int
    listing_id: int
    organisation_id: int | None
    written_by: frozenset[int]
    since: datetime
    reported_by: int | None = None
    of_comment: int | None = None
    said_for: int | None = None
    used: int = 0
    risk: str | None = None
    first: bool = False


def everything(session: Session, now: datetime) -> list[Waiting]:
    """Read everything that waits, without any text; a few thousand short rows at most."""
    used: dict[date, int] = {}
    found = []
    for one in (*_waiting_listings(session), *_waiting_revisions(session), *_open_reports(session)):
        day = london_date(one.since)
        used.setdefault(day, days_used(one.since, now))
        found.append(replace(one, used=used[day]))
    return found


def get_revision(session: Session, revision_id: int) -> Revision:
    """Read a revision that was put before the moderators.

    Raises:
        NotFoundError: there is none, or it is still being written and its author's alone.
    """
    found = session.get(Revision, revision_id) if 0 < revision_id <= LARGEST_KEY else None
    if found is None or found.state == State.DRAFT:
        raise NotFoundError(f"There is no revision {revision_id}; check the number.")
    return found


def waiting_revision(session: Session, listing_id: int) -> int | None:
    """Give the number of the listing's revision that waits; None where none does."""
    waits = select(Revision.id).where(Revision.listing_id == listing_id, Revision.state == State.SUBMITTED)
    return session.scalar(waits.order_by(Revision.id.desc()).limit(1))


def _since(
    owner: ColumnElement[bool], state: ColumnElement[str], otherwise: ColumnElement[datetime]
) -> ColumnElement[Any]:
    """Give when it came into its state: by the last decision that took it there, else when it was made."""
    last = select(func.max(Decision.at)).where(owner, Decision.new_state == state).scalar_subquery()
    return func.coalesce(last, otherwise)


def _waiting_listings(session: Session) -> Iterator[Waiting]:
    since = _since(
        (Decision.listing_id == Listing.id) & Decision.revision_id.is_(None),
        Listing.state.expression,
        Listing.created_at.expression,
    )
    columns = Listing.id, Listing.state, Listing.organisation_id, Listing.by_id, since.label("since")
    for row in session.execute(select(*columns).where(Listing.state.in_((State.SUBMITTED, State.APPEALED)))):
        yield Waiting(
            kind=Waits.APPEAL if row.state == State.APPEALED else Waits.LISTING,
            id=row.id,
            listing_id=row.id,
            organisation_id=row.organisation_id,
            written_by=frozenset({row.by_id}),
            since=row.since,
        )


def _waiting_revisions(session: Session) -> Iterator[Waiting]:
    since = _since(Decision.revision_id == Revision.id, Revision.state.expression, Revision.created_at.expression)
    columns = Revision.id, Revision.listing_id, Listing.organisation_id, Revision.by_id, Listing.by_id.label("owner")
    waiting = select(*columns, since.label("since")).join(Listing, Listing.id == Revision.listing_id)
    for row in session.execute(waiting.where(Revision.state == State.SUBMITTED)):
        yield Waiting(
            kind=Waits.REVISION,
            id=row.id,
            listing_id=row.listing_id,
            organisation_id=row.organisation_id,
            written_by=frozenset({row.by_id, row.owner}),
            since=row.since,
        )


def _open_reports(session: Session) -> Iterator[Waiting]:
    columns = Report.id, Report.listing_id, Listing.organisation_id, Listing.by_id, Report.by_id.label("reporter")
    of_comment = Report.comment_id, Comment.by_id.label("speaker"), Comment.organisation_id.label("said_for")
    waiting = select(*columns, *of_comment, Report.at).join(Listing, Listing.id == Report.listing_id)
    waiting = waiting.outerjoin(Comment, Comment.id == Report.comment_id)
    for row in session.execute(waiting.where(Report.state == ReportState.OPEN)):
        yield Waiting(
            kind=Waits.REPORT,
            id=row.id,
            listing_id=row.listing_id,
            organisation_id=row.organisation_id,
            written_by=frozenset({row.by_id, row.speaker} - {None}),
            since=row.at,
            reported_by=row.reporter,
            of_comment=row.comment_id,
            said_for=row.said_for,
        )
