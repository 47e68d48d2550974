"""Changes of an organisation's profile: asked for by members, decided before the public sees them; knows no page."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.content import clean
from exchange.database import LARGEST_KEY, take_turn
from exchange.errors import ConflictError, ForbiddenError, InputError, NotFoundError, StateError
from exchange.letters import Note, write_to
from exchange.models import Account, Listing, Organisation, State
from exchange.models_people import ProfileChange
from exchange.organisation.join_requests import LONGEST_REASON, indented
from exchange.organisation.memberships import (
    APPROVED,
    CANCELLED,
    DAY,
    REFUSED,
    REPLACED,
    WAITING,
    administrators,
    member,
    members,
)
from exchange.organisation.organisation_profiles import checked, difference, mark, with_change
from exchange.organisation.organisations import OrganisationDetails, change_organisation, details_of, find_organisation
from exchange.people import limits
from exchange.people.permissions import Action
from exchange.people.sign_ins import person

CHANGES_A_DAY = 20

NO_CHANGE = "There is no such change of a profile; it may have been taken back."
CHANGED = (
    "Somebody else changed the profile while you were writing. Look at what stands now, and send yours again if it is "
    "still right."
)


def proposed(session: Session, organisation: Organisation) -> OrganisationDetails:
    """Give the profile as its members want it: what stands, with the change that waits."""
    waiting = waiting_change(session, organisation.id)
    return with_change(details_of(organisation), waiting.data) if waiting else details_of(organisation)


def needs_decision(session: Session, organisation_id: int) -> bool:
    """Say whether a change waits for a decision: a listing of the organisation was put before the moderators."""
    shown = select(Listing.id).where(Listing.organisation_id == organisation_id, Listing.state != State.DRAFT)
    return session.scalar(shown.limit(1)) is not None


def waiting_change(session: Session, organisation_id: int) -> ProfileChange | None:
    """Give the change that waits; None where none does."""
    waiting = select(ProfileChange).where(
        ProfileChange.organisation_id == organisation_id, ProfileChange.state == WAITING
    )
    return session.scalar(waiting.order_by(ProfileChange.id.desc()).limit(1))


def propose(
    session: Session, details: OrganisationDetails, seen: str, account_id: int, now: datetime
) -> ProfileChange | None:
    """Change the profile of one's organisation: at once while no listing of it was submitted, else by a decision.

    `seen` is the mark of what the person saw. A newer change replaces one that waits. None: nothing waits now.

    Raises:
        NotFoundError: the person is in no organisation.
        InputError: a field cannot be used.
        ConflictError: somebody changed it meanwhile, or the org-id is another's.
    """
    by, organisation = member(session, account_id)
    standing = details_of(organisation)
    details = checked(details, standing)
    if mark(details) == mark(now_proposed := proposed(session, organisation)):
        return waiting_change(session, organisation.id)  # sent twice
    if mark(now_proposed) != seen:
        raise ConflictError(CHANGED)
    other = find_organisation(session, org_id=details.org_id)
    if other is not None and other.id != organisation.id:
        raise InputError(f"{other.name} has the org-id {details.org_id} already; check the number.", field="org_id")
    limits.count(session, f"profile changes of {organisation.id}", CHANGES_A_DAY, DAY, now)
    if (waiting := waiting_change(session, organisation.id)) is not None:
        _end(waiting, REPLACED, account_id, now)
    if not needs_decision(session, organisation.id):
        change_organisation(session, organisation.id, details, now)
        return None
    data = difference(standing, details)
    return _keep(session, organisation, data, by, now) if data else None


def take_back(session: Session, account_id: int, now: datetime) -> None:
    """Take back the change that waits.

    Raises:
        NotFoundError: none waits, or the person is in no organisation.
    """
    _, organisation = member(session, account_id)
    waiting = waiting_change(session, organisation.id)
    if waiting is None:
        raise NotFoundError("No change of the profile waits; it may have been decided.")
    _end(waiting, CANCELLED, account_id, now)


def all_waiting(session: Session) -> list[tuple[ProfileChange, Organisation]]:
    """Give the changes that wait, the oldest first, with their organisations."""
    asked = select(ProfileChange, Organisation).join(Organisation, Organisation.id == ProfileChange.organisation_id)
    asked = asked.where(ProfileChange.state == WAITING).order_by(ProfileChange.asked_at, ProfileChange.id)
    return [(change, organisation) for change, organisation in session.execute(asked)]


def change_for(session: Session, change_id: int, by_id: int) -> tuple[ProfileChange, Organisation]:
    """Read a change as one who may decide it: a moderator or an administrator, not of that organisation.

    Raises:
        ForbiddenError: the person decides on no profile, or not on this one.
        NotFoundError: there is none.
    """
    by = person(session, session.get_one(Account, by_id, populate_existing=True))
    if not by.may(Action.MODERATE) and not by.may(Action.ADMINISTER):
        raise ForbiddenError("Changes of a profile are decided by moderators and administrators.")
    known = 0 < change_id <= LARGEST_KEY
    change = session.get(ProfileChange, change_id, populate_existing=True) if known else None
    if change is None:
        raise NotFoundError(NO_CHANGE)
    if by.organisation_id == change.organisation_id or by.id == change.by_id:
        raise ForbiddenError("Nobody decides on their own organisation. Another moderator or administrator does.")
    return change, session.get_one(Organisation, change.organisation_id)


def approve(session: Session, change_id: int, by_id: int, now: datetime) -> None:
    """Make a change what stands; the organisation's listings are looked at again, its members told.

    Raises:
        NotFoundError, ForbiddenError; StateError where it is decided; ConflictError where the org-id is now another's.
    """
    change, organisation = _to_decide(session, change_id, by_id)
    _end(change, APPROVED, by_id, now)
    change_organisation(session, organisation.id, with_change(details_of(organisation), change.data), now)
    _tell_members(session, organisation, "Your change was approved and stands on the public page now.", now)


def refuse(session: Session, change_id: int, reason: str, by_id: int, now: datetime) -> None:
    """Refuse a change, with a reason that the members are told; what stood stays.

    Raises:
        NotFoundError, ForbiddenError; StateError where it is decided; InputError for a blank or too long reason.
    """
    why = clean(reason)
    if not why:
        raise InputError("Give a reason: the members are told it.", field="reason")
    if len(why) > LONGEST_REASON:
        raise InputError(f"The reason has {len(why):,} characters; cut it to {LONGEST_REASON:,}.", field="reason")
    change, organisation = _to_decide(session, change_id, by_id)
    _end(change, REFUSED, by_id, now)
    change.reason = why
    told = f"Your change was not approved; the profile stays as it was.\n\nThe reason:\n\n{indented(why)}"
    _tell_members(session, organisation, told, now)


def _keep(
    session: Session, organisation: Organisation, data: dict[str, Any], by: Account, now: datetime
) -> ProfileChange:
    change = ProfileChange(organisation_id=organisation.id, state=WAITING, data=data, by_id=by.id, asked_at=now)
    session.add(change)
    session.flush()
    note = Note(
        subject=f"A change of {organisation.name} waits for a decision",
        body=f"A member of {organisation.name} asks for a change of its public profile. It stands once it is approved.",
        path=f"/administration/requests/profiles/{change.id}",
    )
    for administrator in administrators(session):
        if administrator.organisation_id != organisation.id:
            write_to(session, administrator, note, now)
    return change


def _to_decide(session: Session, change_id: int, by_id: int) -> tuple[ProfileChange, Organisation]:
    take_turn(session)
    change, organisation = change_for(session, change_id, by_id)
    if change.state != WAITING:
        raise StateError("This change is decided, or a newer one took its place; look at the list of requests.")
    return change, organisation


def _end(change: ProfileChange, state: str, by_id: int, now: datetime) -> None:
    change.state, change.decided_at, change.decided_by_id = state, now, by_id


def _tell_members(session: Session, organisation: Organisation, body: str, now: datetime) -> None:
    note = Note(subject=f"The profile of {organisation.name}", body=body, path="/my/organisation")
    for other in members(session, organisation.id):
        write_to(session, other, note, now)
