"""Submitting: how a draft comes before the moderators, or goes; knows no step of a form and no page."""

from datetime import datetime

from sqlalchemy import and_, update
from sqlalchemy.orm import Session

from exchange.database import take_turn
from exchange.errors import ForbiddenError, InputError, StateError
from exchange.listing import listings
from exchange.listing.changes import Act, locked_listing, move_revision, touch_found, withdraw_open_revisions
from exchange.listing.completeness import check_complete
from exchange.listing.drafts import change_of, check_side, checked, owned
from exchange.listing.states import Step, next_state
from exchange.models import Account, Listing, State
from exchange.people.permissions import Action
from exchange.people.sign_ins import Person
from exchange.running import audit
from exchange.working_days import london_date

CONFIRM_FIRST = "Confirm your email address before you submit: open the link that was mailed to you."
NO_ORGANISATION = "Find or make your organisation before you submit: a listing stands in an organisation's name."
NO_CHANGE = "There is no change to submit: the published text stands as it is."
SAME_AS_LIVE = "Your change says the same as the published text. Change something, or discard it."
NOTHING_TO_DISCARD = "There is no draft to discard."
DISCARDED = "Discarded by its author."


def submit(session: Session, listing_id: int, person: Person, now: datetime) -> Listing:
    """Put a draft, or the change of a published listing, before the moderators; an older change is withdrawn.

    A listing without an organisation becomes their organisation's, and their other drafts without one too.

    Raises:
        NotFoundError, StateError.
        ForbiddenError: their address is not confirmed; a need, and the person is no commissioner.
        InputError: it lacks something, or the person has no organisation (field "organisation").
    """
    if owned(session, listing_id, person).organisation_id is None:
        take_turn(session)  # before any lock: its document will name the organisation
    by = session.get_one(Account, person.id, with_for_update=True)
    listing = checked(locked_listing(session, listing_id), person)
    if not person.may(Action.SUBMIT):
        raise ForbiddenError(CONFIRM_FIRST)
    check_side(listing.side, person)
    change = change_of(session, listing)
    if listing.state == State.PUBLISHED:
        if change is None or change.state != State.DRAFT:
            raise StateError(NO_CHANGE)
        if change.content == listing.content:
            raise InputError(SAME_AS_LIVE)
    else:
        next_state(State(listing.state), Step.SUBMIT)
    check_complete((change or listing).content, listing.side, london_date(now))
    _give_to_organisation(session, listing, Act(by, now))
    if change is None:
        return listings.submit(session, listing_id, by, now)
    withdraw_open_revisions(session, listing_id, Act(by, now, listings.REPLACED))
    move_revision(session, change, Step.SUBMIT, Act(by, now))
    session.flush()
    return listing


def discard(session: Session, listing_id: int, person: Person, now: datetime) -> bool:
    """Throw away a draft that no moderator has seen, or withdraw the change of a published listing (its row stays).

    Say whether the listing itself is gone.

    Raises:
        NotFoundError, StateError; ForbiddenError: a need, and the person is no commissioner.
    """
    listing = checked(locked_listing(session, listing_id), person)
    check_side(listing.side, person)
    if listing.state == State.DRAFT:
        audit.acting(session, person.id, now)
        session.delete(listing)
        session.flush()
        return True
    change = change_of(session, listing)
    if change is None:
        raise StateError(NOTHING_TO_DISCARD)
    move_revision(session, change, Step.WITHDRAW, Act(session.get_one(Account, person.id), now, DISCARDED))
    session.flush()
    return False


def _give_to_organisation(session: Session, listing: Listing, act: Act) -> None:
    """Put the listing, and other drafts of its author, under the author's organisation where they have none."""
    if listing.organisation_id is not None:
        return
    organisation_id = act.by.organisation_id
    if organisation_id is None:
        raise InputError(NO_ORGANISATION, field="organisation")
    drafts = and_(Listing.by_id == act.by.id, Listing.organisation_id.is_(None), Listing.state == State.DRAFT)
    session.execute(update(Listing).where(drafts).values(organisation_id=organisation_id))
    listing.organisation_id = organisation_id
    touch_found(session, act.at, Listing.id == listing.id)
    session.refresh(listing)
