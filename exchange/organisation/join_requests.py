"""Requests to join an organisation: asked, decided by a member or an administrator, or taken back; knows no page."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.content import clean
from exchange.database import LARGEST_KEY, take_turn
from exchange.errors import ConflictError, ForbiddenError, InputError, NotFoundError, StateError
from exchange.letters import Note, write_to
from exchange.models import Account, Organisation
from exchange.models_people import JoinRequest
from exchange.organisation.memberships import (
    CANCELLED,
    DAY,
    REFUSED,
    WAITING,
    administrators,
    check_free,
    join,
    join_of,
    members,
    tell_of_new_member,
)
from exchange.people import account_events, limits
from exchange.people.permissions import Action
from exchange.people.sign_ins import person

REQUESTS_A_DAY = 5
"""Each one writes to every member."""
LONGEST_REASON = 5_000

OWN = "Nobody decides on their own request. A member, or another administrator, does."
NO_REQUEST = "There is no such request to join; it may have been taken back."


def ask(session: Session, organisation_id: int, account_id: int, now: datetime) -> JoinRequest:
    """Ask to join an organisation; its members are told, or the administrators where it has none.

    Raises:
        NotFoundError: there is no such organisation.
        ConflictError: the person is a member of one, or has a request that waits.
    """
    take_turn(session)
    account = session.get_one(Account, account_id, populate_existing=True)
    organisation = session.get(Organisation, organisation_id) if 0 < organisation_id <= LARGEST_KEY else None
    if organisation is None:
        raise NotFoundError("There is no such organisation; look for it by its name.")
    check_free(session, account, organisation_id)
    if (waiting := join_of(session, account_id)) is not None:
        asked = session.get_one(Organisation, waiting.organisation_id).name
        raise ConflictError(f"You have asked to join {asked} already. Wait for the answer, or take the request back.")
    limits.count(session, f"requests to join by {account_id}", REQUESTS_A_DAY, DAY, now)
    request = JoinRequest(account_id=account_id, organisation_id=organisation_id, state=WAITING, asked_at=now)
    session.add(request)
    account_events.record(
        session, account_id, account_id, "asked to join", now, detail=f"organisation {organisation_id}"
    )
    session.flush()
    _tell_deciders(session, account, organisation, now)
    return request


def cancel(session: Session, account_id: int, now: datetime) -> None:
    """Take one's own request back.

    Raises:
        NotFoundError: none waits.
    """
    take_turn(session)
    request = join_of(session, account_id)
    if request is None:
        raise NotFoundError("You have no request that waits; it may have been decided.")
    request.state, request.decided_at, request.by_id = CANCELLED, now, account_id


def waiting_for(session: Session, organisation_id: int) -> list[tuple[JoinRequest, Account]]:
    """Give the requests that wait for an organisation's members, the oldest first, with who asks."""
    return _waiting(session, organisation_id)


def all_waiting(session: Session) -> list[tuple[JoinRequest, Account]]:
    """Give every request that waits, the oldest first, with who asks: for administrators."""
    return _waiting(session, None)


def request_for(session: Session, request_id: int, by_id: int) -> tuple[JoinRequest, Account, Organisation]:
    """Read a request as one who may decide it.

    Raises:
        NotFoundError: there is none, or it is neither for an administrator nor for a member of the organisation.
    """
    by = session.get_one(Account, by_id, populate_existing=True)
    known = 0 < request_id <= LARGEST_KEY
    request = session.get(JoinRequest, request_id, populate_existing=True) if known else None
    if request is None:
        raise NotFoundError(NO_REQUEST)
    if by.organisation_id != request.organisation_id and not person(session, by).may(Action.ADMINISTER):
        raise NotFoundError(NO_REQUEST)
    account = session.get_one(Account, request.account_id, populate_existing=True)
    return request, account, session.get_one(Organisation, request.organisation_id)


def approve(session: Session, request_id: int, by_id: int, now: datetime) -> None:
    """Make the person who asked a member.

    Raises:
        NotFoundError: there is no such request for one who decides.
        ForbiddenError: it is one's own.
        StateError: it is decided.
    """
    request, account, organisation = _to_decide(session, request_id, by_id)
    join(session, account, request.organisation_id, by_id, now)
    told = Note(
        subject=f"You can now act for {organisation.name}",
        body=f"Your request to join {organisation.name} was approved. You see its listings and introductions now.",
        path="/my/organisation",
    )
    write_to(session, account, told, now)
    tell_of_new_member(session, account, organisation, now)


def refuse(session: Session, request_id: int, reason: str | None, by_id: int, now: datetime) -> None:
    """Refuse a request; the person hears so, with the reason where one is given.

    Raises:
        NotFoundError, ForbiddenError, StateError: as for approving.
        InputError: the reason is too long.
    """
    why = clean(reason or "")
    if len(why) > LONGEST_REASON:
        raise InputError(f"The reason has {len(why):,} characters; cut it to {LONGEST_REASON:,}.", field="reason")
    request, account, organisation = _to_decide(session, request_id, by_id)
    request.state, request.decided_at, request.by_id = REFUSED, now, by_id
    account_events.record(
        session, account.id, by_id, "request to join refused", now, detail=f"organisation {request.organisation_id}"
    )
    body = f"Your request to join {organisation.name} was not approved."
    if why:
        body += "\n\nWhat was said of it:\n\n" + indented(why)
    body += "\n\nIf you do work there, ask a colleague to invite you from their page, or find another organisation."
    told = Note(subject=f"Your request to join {organisation.name}", body=body, path="/my/organisation")
    write_to(session, account, told, now)


def indented(text: str) -> str:
    """Give a text as a quotation in a letter."""
    return "\n".join(f"  {line}" for line in text.splitlines())


def _to_decide(session: Session, request_id: int, by_id: int) -> tuple[JoinRequest, Account, Organisation]:
    take_turn(session)
    request, account, organisation = request_for(session, request_id, by_id)
    if account.id == by_id:
        raise ForbiddenError(OWN)
    if request.state != WAITING:
        raise StateError("This request is decided or was taken back; nothing more can be done with it.")
    return request, account, organisation


def _waiting(session: Session, organisation_id: int | None) -> list[tuple[JoinRequest, Account]]:
    asked = select(JoinRequest, Account).join(Account, Account.id == JoinRequest.account_id)
    asked = asked.where(JoinRequest.state == WAITING).order_by(JoinRequest.asked_at, JoinRequest.id)
    if organisation_id is not None:
        asked = asked.where(JoinRequest.organisation_id == organisation_id)
    return [(request, account) for request, account in session.execute(asked)]


def _tell_deciders(session: Session, account: Account, organisation: Organisation, now: datetime) -> None:
    who = f"{account.name} ({account.email}) asks to join {organisation.name}."
    theirs = members(session, organisation.id)
    body = "Approve the request only if you know that they work there: a member sees every draft and introduction."
    if not theirs:
        body = f"It has no member who could decide, so an administrator does.\n\n{body}"
    path = "/my/organisation" if theirs else "/administration/requests"
    note = Note(subject=f"{account.name} asks to join {organisation.name}", body=f"{who}\n\n{body}", path=path)
    for decider in theirs or administrators(session):
        if decider.id != account.id:
            write_to(session, decider, note, now)
