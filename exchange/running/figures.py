"""The figures of the whole exchange: what there is, what waits and how quickly it goes; knows no page and no person."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session, aliased

from exchange.content import Kind
from exchange.introducing import reply_rate
from exchange.models import Account, Decision, Listing, Revision, State
from exchange.models_alerts import Alert
from exchange.models_introductions import Introduction, Report
from exchange.moderating.moderation_waiting import Waits, everything
from exchange.working_days import days_after, london_date

RECENT = timedelta(days=90)
A_MONTH = timedelta(days=30)
A_YEAR = timedelta(days=365)

UNDECIDED = (State.SUBMITTED, State.APPEALED)
"""The states of a listing or revision that waits for a moderator."""


@dataclass(frozen=True, slots=True)
class Queued:
    """What of one kind waits for a moderator: how many, working days the oldest has waited, how many beyond promise."""

    number: int
    oldest: int | None
    late: int


@dataclass(frozen=True, slots=True)
class Pace:
    """How quickly moderators decide: how many decisions, median working days, and the share within the promise."""

    decided: int
    median_days: float | None
    in_time: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Everything that the page of figures shows; pairs are of kind and state, or of kind and area."""

    by_state: Mapping[tuple[Kind, State], int]
    by_area: Mapping[tuple[Kind, str], int]
    waiting: Mapping[Waits, Queued]
    pace: Pace
    replies_recent: reply_rate.Figures
    replies_year: reply_rate.Figures
    introductions: Mapping[str, int]
    alerts: Mapping[str, int]


def figures(session: Session, promise_days: int, now: datetime) -> Figures:
    """Compute them as of now; `promise_days` are the working days within which a decision is promised."""
    today = london_date(now)
    replies = reply_rate.replies_of_all(session, today - A_YEAR)
    return Figures(
        by_state=listings_by_state(session),
        by_area=listings_by_area(session),
        waiting=waiting(session, promise_days, now),
        pace=pace(session, promise_days, now),
        replies_recent=reply_rate.figures_from(replies, today - RECENT, today),
        replies_year=reply_rate.figures_from(replies, today - A_YEAR, today),
        introductions=_counted(session, Introduction.state),
        alerts=_counted(session, Alert.state, Alert.found_at >= now - A_MONTH),
    )


def listings_by_state(session: Session) -> dict[tuple[Kind, State], int]:
    """Count listings by kind and state."""
    counted = select(Listing.kind, Listing.state, func.count()).group_by(Listing.kind, Listing.state)
    return {(Kind(kind), State(state)): number for kind, state, number in session.execute(counted)}


def listings_by_area(session: Session) -> dict[tuple[Kind, str], int]:
    """Count published listings by kind and by each area that they name themselves; one of two areas counts in both."""
    area = _areas(session)
    counted = (
        select(Listing.kind, area.c.value, func.count())
        .select_from(Listing)
        .join(area, literal(True))  # a lateral join has no other
        .where(Listing.state == State.PUBLISHED)
        .group_by(Listing.kind, area.c.value)
    )
    return {(Kind(kind), code): number for kind, code, number in session.execute(counted)}


def waiting(session: Session, promise_days: int, now: datetime) -> dict[Waits, Queued]:
    """Say what waits for moderators, of each kind."""
    used: dict[Waits, list[int]] = {kind: [] for kind in Waits}
    for one in everything(session, now):
        used[one.kind].append(one.used)
    return {
        kind: Queued(len(days), max(days, default=None), sum(day > promise_days for day in days))
        for kind, days in used.items()
    }


def pace(session: Session, promise_days: int, now: datetime) -> Pace:
    """Say how long what was decided in the last 90 days had waited, by people: an import decides as it brings in."""
    since = now - RECENT
    days = sorted((*_decisions(session, since), *_reports(session, since)))
    if not days:
        return Pace(0, None, None)
    return Pace(len(days), median(days), sum(day <= promise_days for day in days) / len(days))


def _areas(session: Session) -> Any:
    """Give the areas that a listing's content names as rows of their own, on either database."""
    if session.get_bind().dialect.name == "sqlite":
        return func.json_each(Listing.data, "$.areas").table_valued("value")
    stated = Listing.data["areas"]
    array = case((func.json_typeof(stated) == "array", stated), else_=literal("[]").cast(Listing.data.type))
    return func.json_array_elements_text(array).table_valued("value").lateral()


def _decisions(session: Session, since: datetime) -> Iterable[int]:
    """Give the working days that each listing and revision had waited, from when it came into the state it left."""
    before = aliased(Decision)
    same = or_(
        and_(Decision.revision_id.is_(None), before.revision_id.is_(None)), before.revision_id == Decision.revision_id
    )
    began = (
        select(func.max(before.at))
        .where(
            before.listing_id == Decision.listing_id,
            before.comment_id.is_(None),
            same,
            before.id < Decision.id,
            before.new_state == Decision.old_state,
        )
        .scalar_subquery()
    )
    query = (
        select(func.coalesce(began, Revision.created_at, Listing.created_at), Decision.at)
        .join(Listing, Listing.id == Decision.listing_id)
        .join(Account, Account.id == Decision.by_id)
        .outerjoin(Revision, Revision.id == Decision.revision_id)
        .where(
            Decision.at >= since,
            Decision.comment_id.is_(None),
            Decision.old_state.in_(UNDECIDED),
            Decision.new_state.in_((State.PUBLISHED, State.CHANGES_ASKED, State.REFUSED)),
            _is_person(),
        )
    )
    return (_days(began, at) for began, at in session.execute(query))


def _reports(session: Session, since: datetime) -> Iterable[int]:
    decided = select(Report.at, Report.decided_at).where(Report.decided_at >= since)
    return (_days(at, decided_at) for at, decided_at in session.execute(decided) if decided_at is not None)


def _is_person() -> ColumnElement[bool]:
    """Leave out operators; a person whose account is closed cannot sign in either, and is one."""
    return or_(Account.can_sign_in.is_(True), Account.closed_at.is_not(None))


def _days(began: datetime, ended: datetime) -> int:
    return _between(london_date(began), london_date(ended))


@lru_cache(maxsize=20_000)
def _between(first: date, last: date) -> int:
    """Count working days: many things wait between the same two days."""
    return days_after(first, last)


def _counted(session: Session, column: Any, *conditions: ColumnElement[bool]) -> Counter[str]:
    rows = session.execute(select(column, func.count()).where(*conditions).group_by(column))
    return Counter(dict(rows.all()))
