"""Memberships: who acts for an organisation, and how one comes in and goes; knows no profile and no listing."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from exchange.database import LARGEST_KEY, take_turn
from exchange.errors import ConflictError, ForbiddenError, InputError, NotFoundError, StateError
from exchange.letters import Note, write, write_to
from exchange.models import Account, Organisation
from exchange.models_people import JoinRequest, OneTimeLink, RoleGrant
from exchange.people import account_events, limits, one_time_links
from exchange.people.account_events import ROLE_TAKEN
from exchange.people.accounts import email_of
from exchange.people.one_time_links import Purpose
from exchange.people.permissions import Role

WAITING, APPROVED, REFUSED, CANCELLED, REPLACED = "waiting", "approved", "refused", "cancelled", "replaced"
"""The states of what members and those who would be ask for: a request to join, a change of the profile."""

INVITATION_LASTS = timedelta(days=14)
DAY = timedelta(days=1)
INVITATIONS_A_DAY, LETTERS_A_DAY = 20, 3
"""By one person, and to one address: enough for a team, too few to pester anybody."""

NO_MEMBER = "There is no such person in your organisation; check the page of your organisation."
NOT_VALID = (
    "This invitation cannot be used: it was used before, is older than 14 days, or whoever sent it has left the "
    "organisation. Ask them for a new one."
)


def members(session: Session, organisation_id: int) -> list[Account]:
    """Give the people who can act for an organisation, the longest known first."""
    theirs = select(Account).where(Account.organisation_id == organisation_id, *_active())
    return list(session.scalars(theirs.order_by(Account.id)))


def administrators(session: Session) -> list[Account]:
    """Give the people who can administer the exchange."""
    granted = select(RoleGrant.account_id).where(RoleGrant.role == Role.ADMINISTRATOR)
    return list(session.scalars(select(Account).where(Account.id.in_(granted), *_active()).order_by(Account.id)))


def join_of(session: Session, account_id: int) -> JoinRequest | None:
    """Give the person's request to join that waits; None where none does."""
    waiting = select(JoinRequest).where(JoinRequest.account_id == account_id, JoinRequest.state == WAITING)
    return session.scalar(waiting.order_by(JoinRequest.id.desc()).limit(1))


def member(session: Session, account_id: int, organisation_id: int | None = None) -> tuple[Account, Organisation]:
    """Give a person as they are now, with their organisation; nothing of memberships changes until the end.

    Raises:
        NotFoundError: they are in none, or not in the one named.
    """
    take_turn(session)
    account = session.get_one(Account, account_id, populate_existing=True)
    if account.organisation_id is None or organisation_id not in {None, account.organisation_id}:
        raise NotFoundError("You are not a member of this organisation; find it and ask to join.")
    return account, session.get_one(Organisation, account.organisation_id)


def join(session: Session, account: Account, organisation_id: int, by_id: int, now: datetime) -> None:
    """Make somebody a member; the caller has taken the turn and found that they may be. A request of theirs ends.

    Raises:
        ConflictError: they are a member already, of this organisation or of another one.
    """
    check_free(session, account, organisation_id)
    account.organisation_id = organisation_id
    if (waiting := join_of(session, account.id)) is not None:
        waiting.state = APPROVED if waiting.organisation_id == organisation_id else CANCELLED
        waiting.decided_at, waiting.by_id = now, by_id
    account_events.record(session, account.id, by_id, "joined", now, detail=f"organisation {organisation_id}")
    session.flush()


def check_free(session: Session, account: Account, organisation_id: int | None) -> None:
    """Refuse one who is a member already.

    Raises:
        ConflictError: of this organisation, or of another one, which the sentence names.
    """
    if account.organisation_id is None:
        return
    if account.organisation_id == organisation_id:
        raise ConflictError("You are a member of this organisation already: see the page of your organisation.")
    name = session.get_one(Organisation, account.organisation_id).name
    raise ConflictError(f"You are a member of {name}. Leave it first, on the page of your organisation.")


def leave(session: Session, account_id: int, now: datetime) -> None:
    """Leave one's organisation; its listings and introductions stay with it, members or none.

    Raises:
        NotFoundError: the person is in none.
    """
    account, organisation = member(session, account_id)
    go(session, account, organisation, account_id, now)


def remove(session: Session, account_id: int, by_id: int, now: datetime) -> Account:
    """Take another member out of one's organisation and tell them.

    Raises:
        NotFoundError: there is no such member in it.
        StateError: it is oneself.
    """
    _, organisation = member(session, by_id)
    known = 0 < account_id <= LARGEST_KEY
    account = session.get(Account, account_id, populate_existing=True) if known else None
    if account is None or account.organisation_id != organisation.id:
        raise NotFoundError(NO_MEMBER)
    if account.id == by_id:
        raise StateError("To end your own membership, leave the organisation instead.")
    told = Note(
        subject=f"You are no longer a member of {organisation.name}",
        body=f"A member of {organisation.name} has ended your membership. What you wrote for it stays with it.",
        path="/my/organisation",
    )
    write_to(session, account, told, now)
    go(session, account, organisation, by_id, now)
    return account


def go(session: Session, account: Account, organisation: Organisation, by_id: int, now: datetime) -> None:
    """End a membership, the turn taken, and tell who stays."""
    part(session, account, organisation, by_id, now)
    who = f"{account.name} ({account.email})"  # the address too: by it the letter is found when they close the account
    tell_who_stays(session, organisation, f"{who} is no longer a member of {organisation.name}.", now)


def part(session: Session, account: Account, organisation: Organisation, by_id: int, now: datetime) -> None:
    """End a membership, the turn taken; nobody is told.

    With it goes the commissioner's role: it was given to somebody who buys for this organisation.
    """
    account.organisation_id = None
    bought = session.get(RoleGrant, (account.id, Role.COMMISSIONER))
    if bought is not None:
        session.delete(bought)
        account_events.record(session, account.id, by_id, ROLE_TAKEN, now, detail=Role.COMMISSIONER)
    account_events.record(session, account.id, by_id, "left", now, detail=f"organisation {organisation.id}")
    session.flush()


def tell_who_stays(session: Session, organisation: Organisation, sentence: str, now: datetime) -> None:
    """Tell the members that one of them has left; where nobody is left, the administrators."""
    staying = members(session, organisation.id)
    if not staying:
        sentence += "\n\nIt has no member now. Requests to join it are yours to decide."
    path = "/my/organisation" if staying else "/administration/requests"
    note = Note(subject=f"A member has left {organisation.name}", body=sentence, path=path)
    for other in staying or administrators(session):
        write_to(session, other, note, now)


def invite(session: Session, organisation_id: int, email: str, by_id: int, now: datetime) -> None:
    """Mail an invitation to join, whether anybody is known by the address or not.

    Raises:
        NotFoundError: the person is no member of the organisation.
        InputError: the address cannot be one, or is a member's; too many were sent today.
    """
    by, organisation = member(session, by_id, organisation_id)
    address = email_of(email)
    if any(other.email == address for other in members(session, organisation_id)):
        raise InputError(f"{address} is a member of your organisation already.", field="email")
    limits.count(session, f"invitations by {by_id}", INVITATIONS_A_DAY, DAY, now)
    limits.count(session, f"invitations to {address}", LETTERS_A_DAY, DAY, now)
    secret = one_time_links.make(
        session, Purpose.INVITATION, now, INVITATION_LASTS, organisation_id=organisation_id, email=address, by_id=by_id
    )
    known = session.scalar(select(Account.id).where(Account.email == address))
    write(session, address, _invitation_letter(by, organisation, secret), now, account_id=known)


def _invitation_letter(by: Account, organisation: Organisation, secret: str) -> Note:
    return Note(
        subject=f"{by.name} invites you to join {organisation.name}",
        body=(
            f"{by.name} ({by.email}) invites you to act for {organisation.name} on the Innovation Exchange: to see "
            "its drafts, post its listings and answer its introductions.\n\n"
            "The link works once, within 14 days, for this address only. If you have no account yet, register with "
            "this address first. If you do not know the sender, you need do nothing."
        ),
        path=f"/invitation?code={secret}",
        secret=True,
    )


def invitation(session: Session, secret: str, now: datetime) -> tuple[OneTimeLink, Organisation] | None:
    """Give an invitation that can be used, with its organisation; nothing is used up by looking."""
    link = one_time_links.look(session, Purpose.INVITATION, secret, now)
    if link is None or link.organisation_id is None or link.by_id is None:
        return None
    if session.get_one(Account, link.by_id).organisation_id != link.organisation_id:
        return None  # whoever has left, or was removed, lets nobody in
    return link, session.get_one(Organisation, link.organisation_id)


def accept(session: Session, secret: str, account_id: int, now: datetime) -> Organisation:
    """Join by an invitation, which is used up.

    Raises:
        InputError: it cannot be used (any more).
        ForbiddenError: it was sent to another address, or this one is not confirmed.
        ConflictError: the person is a member already.
    """
    take_turn(session)
    found = invitation(session, secret, now)
    if found is None:
        raise InputError(NOT_VALID)
    link, organisation = found
    account = session.get_one(Account, account_id, populate_existing=True)
    if account.email != link.email or account.confirmed_at is None:
        raise ForbiddenError(
            "This invitation was sent to another address. Sign in with the account of that address, or register it."
        )
    check_free(session, account, organisation.id)
    if one_time_links.use(session, Purpose.INVITATION, secret, now) is None:
        raise InputError(NOT_VALID)
    join(session, account, organisation.id, account_id, now)
    tell_of_new_member(session, account, organisation, now)
    return organisation


def tell_of_new_member(session: Session, account: Account, organisation: Organisation, now: datetime) -> None:
    """Tell the other members who has come in."""
    note = Note(
        subject=f"{account.name} has joined {organisation.name}",
        body=f"{account.name} ({account.email}) is now a member of {organisation.name} and can act for it.\n\n"
        "If that is wrong, end the membership on the page of your organisation.",
        path="/my/organisation",
    )
    for other in members(session, organisation.id):
        if other.id != account.id:
            write_to(session, other, note, now)


def _active() -> tuple[ColumnElement[bool], ...]:
    return Account.closed_at.is_(None), Account.confirmed_at.is_not(None), Account.can_sign_in.is_(True)
