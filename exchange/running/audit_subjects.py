"""What the audit trail follows: which columns say the state of what, and which rows say who changed it; writes nothing.

A new state column is followed once it has a line here; nothing else is to be done for it. Tables are named, not
imported: they import this.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from exchange.introducing.introduction_states import Side


class Subject(StrEnum):
    """What an entry of the trail is about."""

    LISTING = "listing"
    REVISION = "revision"
    REPORT = "report"
    COMMENT = "comment"
    CONCLUSION = "conclusion"
    INTRODUCTION = "introduction"
    ACCOUNT = "account"
    ROLE = "role"
    JOIN_REQUEST = "join_request"
    PROFILE_CHANGE = "profile_change"
    API_KEY = "api_key"
    AREAS = "taxonomy_version"
    AREAS_PROPOSAL = "taxonomy_proposal"


class What(StrEnum):
    """Which of its states changed."""

    STATE = "state"
    ORGANISATION = "organisation"


OPERATOR, UNCONFIRMED, CONFIRMED, CLOSED = "operator", "unconfirmed", "confirmed", "closed"
"""The states of an account, which no column holds."""
LIVE, ENDED, PUBLISHED = "live", "ended", "published"


class Hand(NamedTuple):
    """Who did something, as an account's number, and when; None where it is not known."""

    by_id: int | None = None
    at: datetime | None = None


class Key(NamedTuple):
    """What a row of record tells of: the subject, its number, and the state that it came to, None for any."""

    subject: Subject
    number: int
    new: str | None = None


Row = Any
"""A row of whichever table: each function below knows its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """One state of a kind of row.

    `value` makes a state of the columns' values, in their order. `made` and `changed` say whose hand it was where the
    row itself tells; else a row of record of the same transaction does. A deleted row comes to the state `gone`.
    """

    subject: Subject
    what: What = What.STATE
    columns: tuple[str, ...] = ("state",)
    value: Callable[..., str | None] = str
    number: Callable[[Row], int] = lambda row: int(row.id)
    listing: Callable[[Row], int | None] = lambda _row: None
    made: Callable[[Row], Hand] = lambda _row: Hand()
    changed: Callable[[Row], Hand] = lambda _row: Hand()
    gone: str | None = None


def _standing(can_sign_in: bool, confirmed_at: datetime | None, closed_at: datetime | None) -> str:
    if closed_at is not None:
        return CLOSED
    if not can_sign_in:
        return OPERATOR
    return UNCONFIRMED if confirmed_at is None else CONFIRMED


def _opener(row: Row) -> Hand:
    return Hand(row.commissioner_id if row.opened_by == Side.COMMISSIONER else row.innovator_id, row.created_at)


def _proposer(row: Row) -> Hand:
    """Give who decided it; while nobody has, it is in its author's hands."""
    return Hand(row.decided_by_id, row.decided_at) if row.decided_at else Hand(row.by_id, row.changed_at)


def _stated(value: object) -> str | None:
    return None if value is None else str(value)


TRACKS: Mapping[str, Sequence[Track]] = {
    "listing": [
        Track(
            subject=Subject.LISTING,
            listing=lambda row: int(row.id),
            made=lambda row: Hand(row.by_id, row.created_at),
        )
    ],
    "revision": [
        Track(
            subject=Subject.REVISION,
            listing=lambda row: int(row.listing_id),
            made=lambda row: Hand(row.by_id, row.created_at),
        )
    ],
    "report": [
        Track(
            subject=Subject.REPORT,
            listing=lambda row: int(row.listing_id),
            made=lambda row: Hand(row.by_id, row.at),
            changed=lambda row: Hand(row.decided_by_id, row.decided_at),
        )
    ],
    "comment": [
        Track(
            subject=Subject.COMMENT,
            listing=lambda row: int(row.listing_id),
            made=lambda row: Hand(row.by_id, row.at),
            changed=lambda row: Hand(row.decided_by_id, row.decided_at),
        )
    ],
    "conclusion": [
        Track(
            subject=Subject.CONCLUSION,
            columns=("outcome",),
            number=lambda row: int(row.listing_id),
            listing=lambda row: int(row.listing_id),
            made=lambda row: Hand(row.by_id, row.at),
        )
    ],
    "introduction": [
        Track(
            subject=Subject.INTRODUCTION,
            listing=lambda row: row.need_id or row.innovation_id,
            made=_opener,
        )
    ],
    "account": [
        Track(
            subject=Subject.ACCOUNT,
            columns=("can_sign_in", "confirmed_at", "closed_at"),
            value=_standing,
            made=lambda row: Hand(None, row.created_at),
        ),
        Track(
            subject=Subject.ACCOUNT,
            what=What.ORGANISATION,
            columns=("organisation_id",),
            value=_stated,
            made=lambda row: Hand(None, row.created_at),
        ),
    ],
    "role_grant": [
        Track(
            subject=Subject.ROLE,
            columns=("role",),
            number=lambda row: int(row.account_id),
            made=lambda row: Hand(row.by_id, row.at),
        )
    ],
    "join_request": [
        Track(
            subject=Subject.JOIN_REQUEST,
            made=lambda row: Hand(row.account_id, row.asked_at),
            changed=lambda row: Hand(row.by_id, row.decided_at),
        )
    ],
    "profile_change": [
        Track(
            subject=Subject.PROFILE_CHANGE,
            made=lambda row: Hand(row.by_id, row.asked_at),
            changed=lambda row: Hand(row.decided_by_id, row.decided_at),
        )
    ],
    "api_key": [
        Track(
            subject=Subject.API_KEY,
            columns=("ended_at",),
            value=lambda ended_at: ENDED if ended_at else LIVE,
            made=lambda row: Hand(row.account_id, row.created_at),
            changed=lambda row: Hand(row.account_id, row.ended_at),
            gone=ENDED,
        )
    ],
    "taxonomy_version": [
        Track(
            subject=Subject.AREAS,
            columns=("number",),
            value=lambda _number: PUBLISHED,
            number=lambda row: int(row.number),
            made=lambda row: Hand(row.by_id, row.published_at),
        )
    ],
    "taxonomy_proposal": [
        Track(
            subject=Subject.AREAS_PROPOSAL,
            made=lambda row: Hand(row.by_id, row.created_at),
            changed=_proposer,
        )
    ],
}
"""Every state that is followed, by the name of the table that it stands in."""


def _of_decision(row: Row) -> Iterator[Key]:
    if row.comment_id is not None:
        yield Key(Subject.COMMENT, row.comment_id, str(row.new_state))
    elif row.revision_id is not None:
        yield Key(Subject.REVISION, row.revision_id, str(row.new_state))
    else:
        yield Key(Subject.LISTING, row.listing_id, str(row.new_state))


def _of_introduction_event(row: Row) -> Iterator[Key]:
    yield Key(Subject.INTRODUCTION, row.introduction_id, str(row.new_state))


def _of_account_event(row: Row) -> Iterator[Key]:
    yield Key(Subject.ACCOUNT, row.account_id)
    yield Key(Subject.ROLE, row.account_id)


RECORDS: Mapping[str, Callable[[Row], Iterator[Key]]] = {
    "decision": _of_decision,
    "introduction_event": _of_introduction_event,
    "account_event": _of_account_event,
}
"""The rows of record, each with `by_id` and `at`, that say whose hand a change of the same transaction was."""
