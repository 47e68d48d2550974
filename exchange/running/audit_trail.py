"""The audit trail as it is read: one page or part after another, newest first; writes nothing, knows no page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, aliased

from exchange.content import clean
from exchange.database import LARGEST_KEY
from exchange.errors import InputError
from exchange.listing.states import FOUND
from exchange.models import Account, Listing
from exchange.models_running import AuditEntry
from exchange.running.audit_subjects import Subject
from exchange.working_days import LONDON

PAGE = 50
MOST_NAMED = 50
"""Accounts that one name may mean."""
OF_PEOPLE = (Subject.ACCOUNT, Subject.ROLE)
"""The subjects whose number is an account's."""

NOBODY = "There is no account “{}”. Enter a number, a whole email address, or part of a name."
TOO_MANY = f"More than {MOST_NAMED} accounts have “{{}}” in their name. Enter more of it, or the account's number."


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which entries are wanted; None is all. Days are London's, both included.

    `accounts` are numbers: entries of what these people did, and of what was done to them.
    """

    subject: Subject | None = None
    listing_id: int | None = None
    accounts: tuple[int, ...] | None = None
    first: date | None = None
    last: date | None = None
    new: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One entry, with the names that stand for its numbers now; None where there is none (any more).

    `whose` is the person that an account's or role's entry is about. `seen` says that the public may open the listing.
    """

    id: int
    at: datetime
    subject: Subject
    subject_id: int
    what: str
    old: str | None
    new: str | None
    by_id: int | None
    by: str | None
    by_open: bool
    whose: str | None
    whose_open: bool
    listing_id: int | None
    title: str | None
    seen: bool


@dataclass(frozen=True, slots=True)
class Part:
    """Entries of one page, the newest first, and whether there are newer and older ones."""

    entries: tuple[Told, ...]
    newer: bool
    older: bool


def accounts_called(session: Session, text: str) -> tuple[int, ...]:
    """Give the accounts that a number, an address or part of a name means, closed ones and operators too.

    Raises:
        InputError: there is none, or there are too many.
    """
    wanted = clean(text)
    if wanted.isascii() and wanted.isdecimal() and len(wanted) < 11:
        where: ColumnElement[bool] = Account.id == min(int(wanted), LARGEST_KEY)
    elif "@" in wanted:
        where = Account.email == wanted.lower()
    else:
        where = Account.name.icontains(wanted, autoescape=True)
    found = session.scalars(select(Account.id).where(where).order_by(Account.id).limit(MOST_NAMED + 1)).all()
    if not found:
        raise InputError(NOBODY.format(wanted[:60]), field="account")
    if len(found) > MOST_NAMED:
        raise InputError(TOO_MANY.format(wanted[:60]), field="account")
    return tuple(found)


def part(session: Session, wanted: Filter, *, before: int | None = None, after: int | None = None) -> Part:
    """Give the newest entries, those just below the number `before`, or those just above `after`."""
    if after is not None:
        query = _query(wanted).where(AuditEntry.id > after).order_by(AuditEntry.id)
        rows = _read(session, query.limit(PAGE + 1))
        return Part(tuple(reversed(rows[:PAGE])), newer=len(rows) > PAGE, older=True)
    rows = below(session, wanted, before, PAGE + 1)
    return Part(tuple(rows[:PAGE]), newer=before is not None, older=len(rows) > PAGE)


def below(session: Session, wanted: Filter, before: int | None, limit: int) -> list[Told]:
    """Give up to `limit` entries below a number, or the newest; by the last one's number the next are asked for.

    By number and not by place: the hundred-thousandth entry is found as quickly as the first, and none is skipped or
    told twice while others are added.
    """
    query = _query(wanted).order_by(AuditEntry.id.desc()).limit(limit)
    return _read(session, query if before is None else query.where(AuditEntry.id < before))


def about_account(*account_ids: int) -> ColumnElement[bool]:
    """Give the condition that an entry is about one of these accounts: its own states and its roles."""
    return AuditEntry.subject.in_(OF_PEOPLE) & AuditEntry.subject_id.in_(account_ids)


def _query(wanted: Filter) -> Select[*tuple[Any, ...]]:
    by, whose = aliased(Account), aliased(Account)
    of_person = AuditEntry.subject.in_(OF_PEOPLE) & (whose.id == AuditEntry.subject_id)
    return (
        select(
            AuditEntry,
            by.name.label("by_name"),
            by.email.is_not(None).label("by_open"),
            whose.name.label("whose_name"),
            whose.email.is_not(None).label("whose_open"),
            Listing.title,
            Listing.state,
        )
        .outerjoin(by, by.id == AuditEntry.by_id)
        .outerjoin(whose, of_person)
        .outerjoin(Listing, Listing.id == AuditEntry.listing_id)
        .where(*_conditions(wanted))
    )


def _conditions(wanted: Filter) -> Iterator[ColumnElement[bool]]:
    if wanted.subject is not None:
        yield AuditEntry.subject == wanted.subject
    if wanted.listing_id is not None:
        yield AuditEntry.listing_id == wanted.listing_id
    if wanted.accounts is not None:
        yield or_(AuditEntry.by_id.in_(wanted.accounts), about_account(*wanted.accounts))
    if wanted.first is not None:
        yield AuditEntry.at >= _midnight(wanted.first)
    if wanted.last is not None:
        yield AuditEntry.at < _midnight(wanted.last + timedelta(days=1))
    if wanted.new is not None:
        yield AuditEntry.new == wanted.new


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, LONDON)


def _read(session: Session, query: Select[*tuple[Any, ...]]) -> list[Told]:
    rows = session.execute(query).all()
    return [
        Told(
            id=entry.id,
            at=entry.at,
            subject=Subject(entry.subject),
            subject_id=entry.subject_id,
            what=entry.what,
            old=entry.old,
            new=entry.new,
            by_id=entry.by_id,
            by=by,
            by_open=bool(by_open),
            whose=whose,
            whose_open=bool(whose_open),
            listing_id=entry.listing_id,
            title=title,
            seen=state in FOUND,
        )
        for entry, by, by_open, whose, whose_open, title, state in rows
    ]
