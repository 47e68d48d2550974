"""Listings: what their owners do with them, and the one way to read those the public may see; knows no index."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from exchange.content import Content, Kind, check_content, stated, to_json
from exchange.database import LARGEST_KEY, take_turn
from exchange.errors import ConflictError, NotFoundError, StateError
from exchange.introducing import needs
from exchange.listing.changes import (
    Act,
    check_reason,
    fill,
    locked_listing,
    move,
    replace_content,
    withdraw_open_revisions,
)
from exchange.listing.states import FOUND, Step, next_state
from exchange.models import Account, Listing, Revision, State

CHUNK = 1000
"""Numbers in one query: SQLite and PostgreSQL both limit a statement's parameters."""

REPLACED = "Replaced by a newer revision."
STAYS = "A concluded need stays as the record of what came of it. If it must not be public, report it to a moderator."
PAST_CLOSING = "The closing date has passed."


@dataclass(frozen=True, slots=True, kw_only=True)
class NewListing:
    """What a new listing brings; `source` and `source_id` name the open-data row that it was imported from."""

    kind: Kind
    content: Content
    organisation_id: int | None = None
    source: str | None = None
    source_id: str | None = None


def draft(session: Session, new: NewListing, by: Account, now: datetime) -> Listing:
    """Keep a listing that only its owner sees; it may still break the rules of content.

    Raises:
        ConflictError: a listing of the same source and source id exists.
    """
    return _add(session, new, State.DRAFT, Act(by, now))


def post(session: Session, new: NewListing, by: Account, now: datetime) -> Listing:
    """Put a complete listing straight before the moderators: one row and no decision, for imports.

    Raises:
        InputError: the content breaks a rule.
        ConflictError: a listing of the same source and source id exists.
    """
    check_content(stated(new.content), new.kind)
    return _add(session, new, State.SUBMITTED, Act(by, now))


def submit(session: Session, listing_id: int, by: Account, now: datetime) -> Listing:
    """Put a draft, or one with the changes that were asked for, before the moderators.

    Raises:
        NotFoundError, StateError, InputError where the content breaks a rule.
    """
    listing = locked_listing(session, listing_id)
    next_state(State(listing.state), Step.SUBMIT)
    check_content(listing.content, listing.side)
    move(session, listing, Step.SUBMIT, Act(by, now))
    return listing


def revise(session: Session, listing_id: int, content: Content, by: Account, now: datetime) -> Revision | None:
    """Change the text in place; of a published listing, make a revision that waits and give it.

    A newer revision withdraws one that still waits.

    Raises:
        NotFoundError, StateError, InputError where the content breaks a rule (a draft may).
    """
    listing = locked_listing(session, listing_id)
    state = next_state(State(listing.state), Step.REVISE)
    content = stated(content)
    if state is not State.DRAFT:
        check_content(content, listing.side)
    if state is not State.PUBLISHED:
        replace_content(session, listing, content, now)
        return None
    withdraw_open_revisions(session, listing_id, Act(by, now, REPLACED))
    proposed = to_json(content)
    revision = Revision(listing_id=listing_id, state=State.SUBMITTED, data=proposed, created_at=now, by_id=by.id)
    session.add(revision)
    session.flush()
    return revision


def close(session: Session, listing_id: int, by: Account, reason: str, now: datetime) -> Listing:
    """Close a published listing: still found where closed ones are asked for, never matched.

    For a need, both sides are told that answers are closed.

    Raises:
        NotFoundError, StateError, InputError for a blank reason.
    """
    listing = locked_listing(session, listing_id)
    _close(session, listing, Act(by, now, reason))
    return listing


def close_due(session: Session, by: Account, today: date, now: datetime) -> int:
    """Close every published need whose closing date is before `today`; give their number.

    Both sides are told that answers are closed.
    """
    take_turn(session)
    due = (
        select(Listing)
        .where(Listing.kind == Kind.NEED, Listing.state == State.PUBLISHED, Listing.closes_on < today)
        .with_for_update(of=Listing)
        .order_by(Listing.id)
        .execution_options(populate_existing=True)
    )
    listings = session.scalars(due).all()
    for listing in listings:
        _close(session, listing, Act(by, now, PAST_CLOSING))
    return len(listings)


def conclude(session: Session, listing_id: int, by: Account, reason: str, now: datetime) -> Listing:
    """Conclude a closed need over which nobody waits, for an operator; a commissioner does it by `needs.conclude`.

    Raises:
        NotFoundError, StateError (also for an innovation, or where a respondent waits), InputError for a blank reason.
    """
    listing = locked_listing(session, listing_id)
    if listing.side is not Kind.NEED:
        raise StateError(needs.ONLY_NEEDS)
    move(session, listing, Step.CONCLUDE, Act(by, now, reason))
    return listing


def withdraw(session: Session, listing_id: int, by: Account, reason: str, now: datetime) -> Listing:
    """Take a listing away from the public for good; open introductions over it end and are told.

    Raises:
        NotFoundError, StateError (a concluded need stays, but for a moderator), InputError for a blank reason.
    """
    listing, act = locked_listing(session, listing_id), Act(by, now, reason)
    next_state(State(listing.state), Step.WITHDRAW)
    own = listing.by_id == by.id or (by.organisation_id is not None and by.organisation_id == listing.organisation_id)
    if listing.state == State.CONCLUDED and own and by.can_sign_in:
        raise StateError(STAYS)
    check_reason(Step.WITHDRAW, act)
    needs.withdrawn(session, listing, act)
    move(session, listing, Step.WITHDRAW, act)
    return listing


def get_listing(session: Session, listing_id: int) -> Listing:
    """Read a listing in any state: for its owner, moderators and the indexer.

    Raises:
        NotFoundError: there is no such listing.
    """
    listing = session.get(Listing, listing_id) if 0 < listing_id <= LARGEST_KEY else None
    if listing is None:
        raise NotFoundError(f"There is no listing {listing_id}; check the number.")
    return listing


def visible_listing(session: Session, listing_id: int) -> Listing:
    """Read a listing that the public may see.

    Raises:
        NotFoundError: there is none, or it may not be seen; the sentence is the same for both.
    """
    listing = get_listing(session, listing_id)
    if listing.state not in FOUND:
        raise NotFoundError(f"There is no listing {listing_id}; check the number.")
    return listing


def listings_by_ids(session: Session, ids: Iterable[int]) -> dict[int, Listing]:
    """Re-read the listings an index named, in the order given; those not visible now are left out."""
    wanted = list(dict.fromkeys(ids))
    rows: dict[int, Listing] = {}
    for part in _parts(wanted):
        query = select(Listing).where(Listing.id.in_(part), Listing.state.in_(FOUND))
        rows |= {row.id: row for row in session.scalars(query.execution_options(populate_existing=True))}
    return {number: rows[number] for number in wanted if number in rows}


def listings_by_source(session: Session, source: str, source_ids: Iterable[str]) -> dict[str, Listing]:
    """Read the visible listings that came from a source, by their ids there."""
    rows: dict[str, Listing] = {}
    wanted = list(source_ids)
    for start in range(0, len(wanted), CHUNK):
        part = wanted[start : start + CHUNK]
        query = select(Listing).where(Listing.source == source, Listing.source_id.in_(part), Listing.state.in_(FOUND))
        rows |= {row.source_id or "": row for row in session.scalars(query)}
    return rows


def index_revisions(session: Session, ids: Iterable[int]) -> dict[int, int]:
    """Give the index revision of each listing, in whatever state: what a write that hides it must carry."""
    found: dict[int, int] = {}
    for part in _parts(list(ids)):
        query = select(Listing.id, Listing.index_revision).where(Listing.id.in_(part))
        found |= {row.id: row.index_revision for row in session.execute(query)}
    return found


def visible_ids(session: Session) -> Iterator[tuple[int, int]]:
    """Give id and index revision of every listing that the public may see, by id."""
    query = select(Listing.id, Listing.index_revision).where(Listing.state.in_(FOUND)).order_by(Listing.id)
    for row in session.execute(query.execution_options(yield_per=CHUNK)):
        yield row.id, row.index_revision


def newest(session: Session, kind: Kind | None, limit: int, offset: int = 0) -> list[Listing]:
    """Give published listings, the newest first."""
    latest_first = (Listing.published_at.desc(), Listing.id.desc())
    query = select(Listing).where(*_published(kind)).order_by(*latest_first).limit(limit).offset(offset)
    return list(session.scalars(query))


def count_by_kind(session: Session) -> dict[Kind, int]:
    """Count the published listings of each kind; a kind without any is 0."""
    query = select(Listing.kind, func.count().label("number")).where(*_published(None)).group_by(Listing.kind)
    counted = {row.kind: row.number for row in session.execute(query)}
    return {kind: counted.get(kind, 0) for kind in Kind}


def _add(session: Session, new: NewListing, state: State, act: Act) -> Listing:
    if new.source is not None and new.source_id is not None:
        take_turn(session)
        same = select(Listing.id).where(Listing.source == new.source, Listing.source_id == new.source_id)
        if (other := session.scalar(same)) is not None:
            raise ConflictError(f"Listing {other} has come from {new.source} {new.source_id} already; revise that one.")
    listing = Listing(
        kind=new.kind,
        state=state,
        index_revision=1,
        by_id=act.by.id,
        organisation_id=new.organisation_id,
        source=new.source,
        source_id=new.source_id,
        created_at=act.at,
    )
    fill(listing, new.content)
    session.add(listing)
    session.flush()
    return listing


def _close(session: Session, listing: Listing, act: Act) -> None:
    move(session, listing, Step.CLOSE, act)
    if listing.side is Kind.NEED:
        needs.answers_closed(session, listing, act)


def _parts(ids: list[int]) -> Iterator[list[int]]:
    return (ids[start : start + CHUNK] for start in range(0, len(ids), CHUNK))


def _published(kind: Kind | None) -> list[ColumnElement[bool]]:
    conditions = [Listing.state == State.PUBLISHED]
    return conditions if kind is None else [*conditions, Listing.kind == kind]
