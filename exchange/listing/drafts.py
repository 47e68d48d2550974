"""Drafts: what its owners write of a listing, step by step, until it is put before the moderators; knows no page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from exchange.content import Content, Kind, ValueCell, edition, stated, to_json
from exchange.errors import ConflictError, ForbiddenError, InputError, NotFoundError
from exchange.listing import listings
from exchange.listing.changes import UNFINISHED, Act, locked_listing, replace_content
from exchange.listing.completeness import check_complete
from exchange.listing.evidence_marks import mark_of, named_by, naming, reworded
from exchange.listing.states import REVISION_STEPS, Step, next_state
from exchange.models import Account, Decision, Listing, Revision, State
from exchange.people.permissions import Action
from exchange.people.sign_ins import Person
from exchange.working_days import london_date

SAVED_SINCE = (
    "Somebody saved this step after you opened it. Nothing that you typed is lost: compare it with what they saved, "
    "change yours where needed, and save again."
)
NEEDS_ARE_COMMISSIONED = "Needs are written by commissioners. Ask an administrator of the exchange for that role."
EVIDENCE_CHANGED = "The evidence that you chose was changed or taken away since; choose again."


@dataclass(frozen=True, slots=True, kw_only=True)
class StepText:
    """One step as a person saves it: new values of its fields, and the mark (`edition`) of those that they saw.

    `was` runs beside the evidence in `values` and holds the mark that each item had when it was shown; `named` holds
    the mark of the item that each cell of full value names.
    """

    values: Mapping[str, Any]
    seen: str
    was: Sequence[str] = ()
    named: Mapping[ValueCell, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """A listing as its owners see it: the row, and the change of its published text that is not decided yet."""

    listing: Listing
    change: Revision | None

    @property
    def content(self) -> Content:
        """Give the text that they work on."""
        return (self.change or self.listing).content

    @property
    def state(self) -> State:
        """Give the state of the text that they work on."""
        return State((self.change or self.listing).state)

    @property
    def side(self) -> Kind:
        """Give the kind."""
        return self.listing.side


def begin(session: Session, person: Person, kind: Kind, content: Content, now: datetime) -> Listing:
    """Keep a new draft; one of theirs that says the same is given instead, for a form that was sent twice.

    Raises:
        ForbiddenError: a need, and the person is no commissioner.
    """
    check_side(kind, person)
    by = session.get_one(Account, person.id, with_for_update=True)
    content = stated(content)
    mine = select(Listing).where(
        Listing.by_id == person.id,
        Listing.kind == kind,
        Listing.state == State.DRAFT,
        Listing.title == content.title,
    )
    for same in session.scalars(mine.order_by(Listing.id)):
        if same.content == content:
            return same
    new = listings.NewListing(kind=kind, content=content, organisation_id=by.organisation_id)
    return listings.draft(session, new, by, now)


def owned(session: Session, listing_id: int, person: Person) -> Listing:
    """Read a listing of theirs in any state: of their organisation, or written by them while it has none.

    Raises:
        NotFoundError: there is none, or it is somebody else's; the sentence is the same for both.
    """
    return checked(listings.get_listing(session, listing_id), person)


def read(session: Session, listing_id: int, person: Person) -> Draft:
    """Read a listing of theirs with the text that they work on.

    Raises:
        NotFoundError: as `owned`.
    """
    listing = owned(session, listing_id, person)
    return Draft(listing, change_of(session, listing))


def mine(session: Session, person: Person, limit: int, offset: int = 0) -> list[Draft]:
    """Give their own and their organisation's listings, those that were made last first."""
    query = select(Listing).where(_theirs(person)).order_by(Listing.id.desc()).limit(limit).offset(offset)
    rows = session.scalars(query).all()
    changes = _changes(session, [row.id for row in rows])
    return [Draft(row, changes.get(row.id)) for row in rows]


def working_content(session: Session, listing: Listing) -> Content:
    """Give the text that its owners work on: the change of the published text that is not decided yet, else its own."""
    return Draft(listing, change_of(session, listing)).content


def history(session: Session, listing_id: int) -> list[Decision]:
    """Give every change of state of the listing and of its revisions, the latest first."""
    made = (
        select(Decision)
        .where(Decision.listing_id == listing_id, Decision.comment_id.is_(None))
        .order_by(Decision.id.desc())
    )
    return list(session.scalars(made))


def checked(listing: Listing, person: Person) -> Listing:
    """Give the listing if it is theirs.

    Raises:
        NotFoundError: as `owned`.
    """
    if listing.organisation_id is None:
        is_theirs = listing.by_id == person.id
    else:
        is_theirs = listing.organisation_id == person.organisation_id
    if not is_theirs:
        raise NotFoundError(f"There is no listing {listing.id}; check the number.")
    return listing


def check_side(kind: Kind, person: Person) -> None:
    """Refuse a need to who is no commissioner.

    Raises:
        ForbiddenError: the sentence says how one becomes one.
    """
    if kind is Kind.NEED and not person.may(Action.DRAFT_NEED):
        raise ForbiddenError(NEEDS_ARE_COMMISSIONED)


def change_of(session: Session, listing: Listing) -> Revision | None:
    """Give the change of a published text: the one being written, else the one that waits or was sent back."""
    return _changes(session, [listing.id]).get(listing.id) if listing.state == State.PUBLISHED else None


def save_step(session: Session, listing_id: int, person: Person, step: StepText, now: datetime) -> Content:
    """Save one step of a listing of theirs and give the text as it is now; what is saved twice is saved once.

    A listing that is not published is changed in place. Of a published one, the first step makes one revision in
    state draft, and later ones change that; what waits for a moderator stays as it is. A draft may break rules of
    content, what is before the moderators may not.

    Raises:
        NotFoundError, StateError; ForbiddenError: a need, and the person is no commissioner.
        ConflictError: these fields were changed since they were seen; other fields may have been.
        InputError: it is before the moderators, and would lack something.
    """
    listing = checked(locked_listing(session, listing_id), person)
    state = next_state(State(listing.state), Step.REVISE)
    check_side(listing.side, person)
    change = change_of(session, listing)
    before = Draft(listing, change).content
    after = _with(before, step)
    if after == before:
        return before
    if edition(before, *step.values) != step.seen:
        raise ConflictError(SAVED_SINCE)
    if state is State.PUBLISHED:
        _keep(session, listing, change, after, Act(session.get_one(Account, person.id), now))
        return after
    if state is State.SUBMITTED:
        check_complete(after, listing.side, london_date(now))
    replace_content(session, listing, after, now)
    return after


def _theirs(person: Person) -> ColumnElement[bool]:
    own = and_(Listing.organisation_id.is_(None), Listing.by_id == person.id)
    if person.organisation_id is None:
        return own
    return or_(own, Listing.organisation_id == person.organisation_id)


def _changes(session: Session, listing_ids: Sequence[int]) -> dict[int, Revision]:
    """Give for each listing the revision being written, else the newest one that is not decided."""
    query = select(Revision).where(Revision.listing_id.in_(listing_ids), Revision.state.in_(UNFINISHED))
    found = session.scalars(query.execution_options(populate_existing=True)).all()
    ranked = sorted(found, key=lambda revision: (revision.state == State.DRAFT, revision.id))
    return {revision.listing_id: revision for revision in ranked}


def _with(before: Content, step: StepText) -> Content:
    """Give the content with the step's values; cells go on naming the items that they named."""
    named = {**named_by(before)}
    if "evidence" in step.values:
        now_at = reworded(step.values["evidence"] or (), step.was)
        named = {cell: now_at.get(mark, mark) for cell, mark in named.items()}
    if "full_value" in step.values:
        named = dict(step.named)
        if not {mark_of(item) for item in before.evidence or ()}.issuperset(named.values()):
            raise InputError(EVIDENCE_CHANGED, field="full_value")
    return naming(stated(replace(before, **step.values)), named)


def _keep(session: Session, listing: Listing, change: Revision | None, content: Content, act: Act) -> None:
    """Keep a change of the published text: in the revision being written, or in a new one."""
    if change is not None and change.state == State.DRAFT:
        next_state(State.DRAFT, Step.REVISE, REVISION_STEPS)
        change.data = to_json(content)
    else:
        session.add(
            Revision(
                listing_id=listing.id, state=State.DRAFT, data=to_json(content), created_at=act.at, by_id=act.by.id
            )
        )
    session.flush()
