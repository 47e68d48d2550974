"""The audit trail as it is written: every change of state in the transaction that makes it; knows no use-case.

It hangs on SQLAlchemy's sessions themselves and is put there where the base of all tables is made
(`exchange/models.py`): whoever has a table has it, in every process, and no use-case can forget it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import column, event, insert, table
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session, SessionTransaction
from sqlalchemy.orm.attributes import History, get_history
from sqlalchemy.orm.base import PASSIVE_NO_INITIALIZE

from exchange.database import UtcDateTime
from exchange.running.audit_subjects import RECORDS, TRACKS, Hand, Key, Track

CHUNK = 1_000
"""Entries in one statement."""

BY_ROWS = (
    "A statement over many rows would change states of {} without a line in the audit trail; change them row by row, "
    "through the session's objects."
)

_NOTES = "audit"
_COLUMNS = "by_id", "subject", "subject_id", "what", "old", "new", "listing_id"
_INSERT = insert(table("audit_entry", column("at", UtcDateTime), *map(column, _COLUMNS)))

Seen = tuple[str | None, str | None, Hand]
"""The state before and after, and whose hand it was as far as the row tells."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change as a flush saw it."""

    track: Track
    number: int
    listing_id: int | None
    old: str | None
    new: str | None
    hand: Hand


@dataclass(slots=True)
class Notes:
    """What a transaction has done so far: changes, and rows of record, in their order.

    `marks` holds how many there were when each savepoint began: what that undoes is struck out.
    """

    made: list[Change | tuple[Key, Hand]] = field(default_factory=list)
    marks: dict[SessionTransaction, int] = field(default_factory=dict)
    acting: Hand = field(default_factory=Hand)


def acting(session: Session, by_id: int, now: datetime) -> None:
    """Say who acts in this transaction, for changes of which no row tells: a draft that is thrown away."""
    _notes(session).acting = Hand(by_id, now)


def follow(base: type[DeclarativeBase]) -> None:
    """Have every session of this process write the trail; called once, before the first table is made of the base."""
    event.listen(base, "attribute_instrument", _remember, propagate=True)
    event.listen(Session, "before_flush", _before_flush)
    event.listen(Session, "after_flush", _after_flush)
    event.listen(Session, "before_commit", _before_commit)
    event.listen(Session, "do_orm_execute", _refuse_many_rows)
    event.listen(Session, "after_transaction_create", _savepoint_begins)
    event.listen(Session, "after_soft_rollback", _undone)
    event.listen(Session, "after_transaction_end", _transaction_ends)


def _remember(table: Any, name: str, column: Any) -> None:
    """Have the old value of a state's column read from the database where the session has forgotten it."""
    if any(name in track.columns for track in TRACKS.get(getattr(table, "__tablename__", ""), ())):
        event.listen(column, "set", lambda *_: None, active_history=True)


def _before_flush(session: Session, _context: object, _instances: object) -> None:
    """Read what the session has forgotten of rows that it is about to delete: afterwards nobody could."""
    for row in session.deleted:
        for track in TRACKS.get(row.__tablename__, ()):
            for name in track.columns:
                getattr(row, name)


def _after_flush(session: Session, _context: object) -> None:
    """Note what this flush changed, while the rows still know what they were."""
    for row in session.new:
        _note(session, row, _made)
        if keys := RECORDS.get(row.__tablename__):
            _notes(session).made += ((key, Hand(row.by_id, row.at)) for key in keys(row))
    for row in session.dirty:
        _note(session, row, _changed)
    for row in session.deleted:
        _note(session, row, _deleted)


def _note(session: Session, row: Any, look: Callable[[Any, Track], Seen]) -> None:
    for track in TRACKS.get(row.__tablename__, ()):
        old, new, hand = look(row, track)
        if old != new:
            change = Change(track, track.number(row), track.listing(row), old, new, hand)
            _notes(session).made.append(change)


def _made(row: Any, track: Track) -> Seen:
    return None, track.value(*(getattr(row, name) for name in track.columns)), track.made(row)


def _changed(row: Any, track: Track) -> Seen:
    past = _past(row, track)
    if not any(history.has_changes() for history in past):
        return None, None, Hand()
    values = [getattr(row, name) for name in track.columns]
    before = [_before(history, value) for history, value in zip(past, values, strict=True)]
    return track.value(*before), track.value(*values), track.changed(row)


def _deleted(row: Any, track: Track) -> Seen:
    return track.value(*(_before(history, None) for history in _past(row, track))), track.gone, Hand()


def _before(history: History, now: Any) -> Any:
    """Give a column's earlier value: one that was set for the first time since its row was made was NULL."""
    if known := history.deleted or history.unchanged:
        return known[0]
    return None if history.added else now


def _past(row: Any, track: Track) -> list[History]:
    return [get_history(row, name, PASSIVE_NO_INITIALIZE) for name in track.columns]


def _before_commit(session: Session) -> None:
    """Write the entries: last, since the row that says whose hand it was may come after the change."""
    if session.in_nested_transaction():
        return
    session.flush()
    notes: Notes | None = session.info.pop(_NOTES, None)
    if notes is None:
        return
    entries = list(_entries(notes))
    for start in range(0, len(entries), CHUNK):
        # past the session's own bookkeeping: three times as quick for an import
        session.connection().execute(_INSERT, entries[start : start + CHUNK])


def _entries(notes: Notes) -> Iterator[dict[str, Any]]:
    records = dict(made for made in notes.made if not isinstance(made, Change))
    last = max((hand.at for hand in records.values() if hand.at), default=notes.acting.at)
    for change in notes.made:
        if not isinstance(change, Change):
            continue
        track, hand = change.track, _hand(change, records, notes.acting)
        yield {
            "at": hand.at or last or datetime.now(UTC),
            "by_id": hand.by_id,
            "subject": track.subject,
            "subject_id": change.number,
            "what": track.what,
            "old": change.old,
            "new": change.new,
            "listing_id": change.listing_id,
        }


def _hand(change: Change, records: dict[Key, Hand], actor: Hand) -> Hand:
    """Give whose hand it was: the row of record of just this change, else the row itself, else who is known to act."""
    subject, number = change.track.subject, change.number
    known = (records.get(Key(subject, number, change.new)), change.hand, records.get(Key(subject, number)), actor)
    found = next((hand for hand in known if hand is not None and hand.by_id is not None), Hand())
    return found if found.by_id is not None else Hand(None, change.hand.at)


def _refuse_many_rows(state: ORMExecuteState) -> None:
    """Refuse a statement that would pass the rows by.

    Raises:
        LookupError: it adds or deletes rows of a table that is followed, or sets a column of a state.
    """
    if state.is_select or state.bind_mapper is None:
        return
    name = state.bind_mapper.class_.__tablename__
    tracks = TRACKS.get(name)
    if tracks is None:
        return
    if state.is_update:
        statement: Any = state.statement
        columns = {getattr(given, "key", given) for given in statement._values or ()}  # noqa: SLF001  no public way
        sets: Any = state.parameters or {}
        for one in sets if isinstance(sets, list) else [sets]:
            columns |= one.keys()
        if not columns & {name for track in tracks for name in track.columns}:
            return
    raise LookupError(BY_ROWS.format(name))


def _savepoint_begins(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        notes = _notes(session)
        notes.marks[transaction] = len(notes.made)


def _undone(session: Session, transaction: SessionTransaction) -> None:
    notes: Notes | None = session.info.get(_NOTES)
    if notes is not None and transaction in notes.marks:
        del notes.made[notes.marks[transaction] :]


def _transaction_ends(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(_NOTES, None)


def _notes(session: Session) -> Notes:
    notes: Notes = session.info.setdefault(_NOTES, Notes())
    return notes
