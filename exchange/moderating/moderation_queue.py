"""The moderators' queue: what waits for a decision, in which order and for what reasons; decides nothing itself."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from textwrap import shorten
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.content import Content, Kind
from exchange.listing.claims import risky
from exchange.models import Decision, Listing, Revision, State
from exchange.models_discussion import Comment
from exchange.moderating.moderation_waiting import Waiting, Waits, everything
from exchange.people.sign_ins import Person
from exchange.working_days import london_date, promised_by

Row = TypeVar("Row", Listing, Revision, Comment)

PAGE = 25
CHUNK = 1000
"""Numbers in one query: both databases limit a statement's parameters."""

EXCERPT = 300
"""Characters of a reported comment in the queue."""

REPORTED = "Somebody reported it"
COMMENT_REPORTED = "Somebody reported a comment on it"
FIRST = "First listing of this organisation"
YOURS = "it is yours or your organisation's"
REFUSED_BY_YOU = "you refused it"
REPORTED_BY_YOU = "you reported it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who looks at the queue, what of it they want to see, and how many working days are promised."""

    person: Person
    promise_days: int
    only: Waits | None = None
    number: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that waits: `id` is the listing's, the revision's or the report's number.

    `reasons` say why it stands where it does; `not_for_you` why another moderator must decide. The title is the one
    that would stand. `comment` is the beginning of a comment that was reported; empty where it was taken back.
    """

    kind: Waits
    id: int
    listing_id: int
    title: str
    organisation: str | None
    since: datetime
    used: int
    due: date
    reasons: tuple[str, ...]
    not_for_you: str | None
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """One page of the queue, with how much of each kind waits in all."""

    entries: tuple[Entry, ...]
    counts: Mapping[Waits, int]
    total: int
    number: int

    @property
    def last(self) -> int:
        """Give the number of the last page."""
        return max(1, -(-self.total // PAGE))


def queue(session: Session, asked: Asked, now: datetime) -> Queue:
    """Give one page of what waits, the most urgent first.

    The order: more working days of the promise used; reports; claims about children or health without evidence; first
    listings of an organisation; the oldest (issue "post, moderate, introduce", Moderation).
    """
    every = everything(session, now)
    counts = {kind: sum(one.kind is kind for one in every) for kind in Waits}
    wanted = [one for one in every if asked.only in {None, one.kind}]
    wanted.sort(key=_urgency)
    page = _window(session, wanted, (asked.number - 1) * PAGE)
    return Queue(tuple(_entries(session, page, asked, now)), counts, len(wanted), asked.number)


def next_entry(session: Session, person: Person, promise_days: int, now: datetime) -> Entry | None:
    """Give the most urgent thing that this moderator may decide; None where nothing on the first page is for them."""
    first = queue(session, Asked(person=person, promise_days=promise_days), now)
    return next((entry for entry in first.entries if entry.not_for_you is None), None)


def _urgency(one: Waiting) -> tuple[int, bool]:
    """Give what is known of the order without reading a text."""
    return -one.used, one.kind is not Waits.REPORT


def _window(session: Session, ordered: list[Waiting], start: int) -> list[Waiting]:
    """Cut a page out; the finer order, for which texts are read, is made only among those that reach into it."""
    at, page = 0, list[Waiting]()
    for _, equal in groupby(ordered, key=_urgency):
        group = list(equal)
        if at < start + PAGE and at + len(group) > start:
            page += _finer(session, group)[max(0, start - at) : start + PAGE - at]
        at += len(group)
    return page


def _finer(session: Session, group: list[Waiting]) -> list[Waiting]:
    contents = _contents(session, group)
    known = published_before(session, {one.organisation_id for one in group if one.organisation_id is not None})
    looked_at = []
    for one in group:
        if one.of_comment is not None:
            looked_at.append(one)
            continue
        content, kind = contents[one.kind, one.id]
        first = one.organisation_id is not None and one.organisation_id not in known
        looked_at.append(replace(one, risk=risky(content, kind), first=first))
    return sorted(looked_at, key=lambda one: (one.risk is None, not one.first, one.since, one.listing_id, one.id))


def _entries(session: Session, page: Sequence[Waiting], asked: Asked, now: datetime) -> Iterator[Entry]:
    listings = _rows(session, Listing, {one.listing_id for one in page})
    revisions = _rows(session, Revision, {one.id for one in page if one.kind is Waits.REVISION})
    comments = _rows(session, Comment, {one.of_comment for one in page if one.of_comment is not None})
    refused = _refused_by(session, {one.listing_id for one in page if one.kind is Waits.APPEAL})
    for one in page:
        listing = listings[one.listing_id]
        shown = revisions[one.id].content.title if one.kind is Waits.REVISION else listing.title
        yield Entry(
            kind=one.kind,
            id=one.id,
            listing_id=one.listing_id,
            title=shown,
            organisation=listing.organisation.name if listing.organisation else None,
            since=one.since,
            used=one.used,
            due=promised_by(one.since, asked.promise_days),
            reasons=_reasons(one, asked.promise_days, now),
            not_for_you=_not_for(asked.person, one, refused.get(one.listing_id)),
            comment=shorten(comments[one.of_comment].text, EXCERPT, placeholder="…") if one.of_comment else None,
        )


def _reasons(one: Waiting, promise_days: int, now: datetime) -> tuple[str, ...]:
    reported = (COMMENT_REPORTED if one.of_comment else REPORTED) if one.kind is Waits.REPORT else None
    said = (_promise(one, promise_days, now), reported, one.risk, FIRST if one.first else None)
    return tuple(filter(None, said))


def _promise(one: Waiting, promise_days: int, now: datetime) -> str:
    due, today = promised_by(one.since, promise_days), london_date(now)
    if today == due:
        return "Promise ends today"
    if today < due:
        return f"{one.used} of {promise_days} working {'day' if promise_days == 1 else 'days'} of the promise used"
    over = one.used - promise_days
    ago = "less than 1 working day" if not over else f"{over:,} working {'day' if over == 1 else 'days'}"
    return f"Promise passed {ago} ago"


def _not_for(person: Person, one: Waiting, refused_by: int | None) -> str | None:
    same = person.organisation_id is not None and person.organisation_id in {one.organisation_id, one.said_for}
    if same or person.id in one.written_by:
        return YOURS
    if one.kind is Waits.APPEAL and refused_by == person.id:
        return REFUSED_BY_YOU
    return REPORTED_BY_YOU if one.reported_by == person.id else None


def _contents(session: Session, group: Sequence[Waiting]) -> dict[tuple[Waits, int], tuple[Content, Kind]]:
    """Read the texts that are to be decided on: of a revision its own, else the listing's."""
    listings = _rows(session, Listing, {one.listing_id for one in group})
    revisions = _rows(session, Revision, {one.id for one in group if one.kind is Waits.REVISION})
    contents = {}
    for one in group:
        listing = listings[one.listing_id]
        text = revisions[one.id] if one.kind is Waits.REVISION else listing
        contents[one.kind, one.id] = text.content, listing.side
    return contents


def published_before(session: Session, organisation_ids: Collection[int]) -> set[int]:
    """Give those of the organisations of which a listing was ever published."""
    known: set[int] = set()
    for part in _parts(organisation_ids):
        theirs = select(Listing.organisation_id).where(
            Listing.organisation_id.in_(part), Listing.published_at.is_not(None)
        )
        known |= {number for number in session.scalars(theirs.distinct()) if number is not None}
    return known


def _refused_by(session: Session, listing_ids: Collection[int]) -> dict[int, int]:
    """Give who refused each listing last."""
    refusals = select(Decision.listing_id, Decision.by_id).where(
        Decision.listing_id.in_(listing_ids), Decision.revision_id.is_(None), Decision.new_state == State.REFUSED
    )
    return {row.listing_id: row.by_id for row in session.execute(refusals.order_by(Decision.id))}


def _rows(session: Session, table: type[Row], ids: Collection[int]) -> dict[int, Row]:
    rows: dict[int, Row] = {}
    for part in _parts(ids):
        rows |= {row.id: row for row in session.scalars(select(table).where(table.id.in_(part)))}
    return rows


def _parts(ids: Collection[int]) -> Iterator[list[int]]:
    ordered = sorted(ids)
    return (ordered[start : start + CHUNK] for start in range(0, len(ordered), CHUNK))
