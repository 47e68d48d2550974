"""Who may decide on what, and who did: for decisions, the queue and reports; knows no step."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.errors import ForbiddenError
from exchange.models import Account, Decision, Listing, Revision, State
from exchange.people.permissions import Action
from exchange.people.sign_ins import person

ONLY_MODERATORS = "Only a moderator decides on listings. Ask an administrator of the exchange for that role."
OWN = "This is your own listing, or your organisation's. Another moderator decides on it."


def check_decider(session: Session, by: Account, listing: Listing, revision: Revision | None = None) -> None:
    """Refuse whoever is no moderator, or would decide on what is their own; the command line's operator is neither.

    Raises:
        ForbiddenError.
    """
    if not by.can_sign_in and by.closed_at is None:
        return
    if not person(session, by).may(Action.MODERATE):
        raise ForbiddenError(ONLY_MODERATORS)
    if is_own(by.id, by.organisation_id, listing, revision):
        raise ForbiddenError(OWN)


def is_own(account_id: int, organisation_id: int | None, listing: Listing, revision: Revision | None = None) -> bool:
    """Say whether a listing is a person's or their organisation's, or they wrote the revision of it."""
    written_by = {listing.by_id, revision.by_id} if revision else {listing.by_id}
    return account_id in written_by or (organisation_id is not None and organisation_id == listing.organisation_id)


def refused_by(session: Session, listing_id: int) -> int | None:
    """Give the account that refused a listing last."""
    refusal = last_decision(session, listing_id, State.REFUSED)
    return refusal.by_id if refusal else None


def last_decision(session: Session, listing_id: int, new_state: State) -> Decision | None:
    """Give the last decision that took a listing into a state; None where there is none."""
    made = select(Decision).where(
        Decision.listing_id == listing_id, Decision.revision_id.is_(None), Decision.new_state == new_state
    )
    return session.scalar(made.order_by(Decision.id.desc()).limit(1))
