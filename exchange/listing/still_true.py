"""Whether a listing is still true: its owner is asked each year, and one not confirmed is marked, later closed.

A listing of which nobody is here to be asked (imported from open data, or of an organisation without members) is
marked by the same dates, because readers should know how old it is. It is never closed for that: closing says that its
owner did not answer, and nobody was asked; the source goes on saying it.
"""

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from exchange.errors import StateError
from exchange.introducing.introduction_due import spoken
from exchange.introducing.need_letters import short, tell_owners
from exchange.introducing.needs import EXCHANGE
from exchange.introducing.reminders import once
from exchange.letters import Note, one_line
from exchange.listing import drafts, listings
from exchange.listing.changes import locked_listing
from exchange.listing.years import years_later
from exchange.models import Account, Listing, State
from exchange.models_introductions import Reminder
from exchange.moderating.decision_letters import owners
from exchange.people.accounts import operator
from exchange.people.sign_ins import Person
from exchange.working_days import london_date

MARKED_AFTER = timedelta(days=30)
"""From the question on."""
CLOSED_AFTER = timedelta(days=90)
A_YEAR = timedelta(days=365)
"""The shortest one: what the database looks for before days are compared."""

_told_at = func.coalesce(Listing.confirmed_at, Listing.published_at)

ASKED = "still true"
NOT_CONFIRMED = f"Nobody confirmed in {CLOSED_AFTER.days} days that it is still true."
NOT_PUBLISHED = "Only a published listing can be confirmed; this one is {}."


def told_last(listing: Listing) -> datetime | None:
    """Give the moment when its owners said last that a listing is true: confirmed, changed or published."""
    return listing.confirmed_at or listing.published_at


def asked_on(listing: Listing) -> date | None:
    """Give the day on which the owners of a published listing are asked again; None for any other."""
    told = told_last(listing)
    if listing.state != State.PUBLISHED or told is None:
        return None
    return years_later(london_date(told), 1)


def unconfirmed_since(listing: Listing, today: date) -> date | None:
    """Give the day since when a published listing is not confirmed; None until 30 days after the question."""
    asked, told = asked_on(listing), told_last(listing)
    if asked is None or told is None or today < asked + MARKED_AFTER:
        return None
    return london_date(told)


def confirm(session: Session, listing_id: int, person: Person, now: datetime) -> Listing:
    """Say that a published listing of theirs is still true; saying so twice changes nothing but the moment.

    Raises:
        NotFoundError: there is none, or it is somebody else's; the sentence is the same for both.
        StateError: it is not published.
    """
    listing = drafts.checked(locked_listing(session, listing_id), person)
    check_can_be_confirmed(listing)
    listing.confirmed_at = now
    session.flush()
    return listing


def check_can_be_confirmed(listing: Listing) -> datetime:
    """Give the moment when a published listing was confirmed last.

    Raises:
        StateError: it is not published.
    """
    told = told_last(listing)
    if listing.state != State.PUBLISHED or told is None:
        raise StateError(NOT_PUBLISHED.format(listing.state.replace("_", " ")))
    return told


def to_ask(session: Session, now: datetime) -> list[int]:
    """Give the published listings whose year is over, that were not asked about since, and whose owners are here."""
    asked = exists().where(Reminder.listing_id == Listing.id, Reminder.what == ASKED, Reminder.sent_at > _told_at)
    due = select(Listing.id).where(Listing.state == State.PUBLISHED, _told_at <= now - A_YEAR, ~asked, _has_owner())
    return list(session.scalars(due.order_by(Listing.id)))


def ask(session: Session, listing_id: int, now: datetime) -> None:
    """Ask the owners of a listing whether it is still true, once for each year."""
    listing = locked_listing(session, listing_id)
    asked, told = asked_on(listing), told_last(listing)
    today = london_date(now)
    if asked is None or told is None or today < asked:
        return
    reachable = any(person.email is not None for person in owners(session, listing))
    if reachable and once(session, listing.id, ASKED, asked, now):
        tell_owners(session, listing, _question(listing, london_date(told), today), now)


def to_close(session: Session, now: datetime) -> list[int]:
    """Give the published listings whose owners were asked 90 days ago and have not confirmed since."""
    return list(session.scalars(_silent(now).order_by(Listing.id)))


def close_silent(session: Session, listing_id: int, now: datetime) -> None:
    """Close a listing whose owners were asked and said nothing, and tell them."""
    listing = locked_listing(session, listing_id)
    if session.scalar(_silent(now).where(Listing.id == listing_id)) is None:
        return  # it was confirmed, or closed, while we waited for it
    listings.close(session, listing_id, operator(session, EXCHANGE), NOT_CONFIRMED, now)
    tell_owners(session, listing, _closing(listing), now)


def _silent(now: datetime) -> Select[int]:
    asked = exists().where(
        Reminder.listing_id == Listing.id,
        Reminder.what == ASKED,
        Reminder.sent_at > _told_at,
        Reminder.sent_at <= now - CLOSED_AFTER,
    )
    return select(Listing.id).where(Listing.state == State.PUBLISHED, asked)


def _has_owner() -> ColumnElement[bool]:
    """Say whether anybody is here to be asked: a member of the organisation, else the author."""
    member = and_(Listing.organisation_id.is_not(None), Account.organisation_id == Listing.organisation_id)
    author = and_(Listing.organisation_id.is_(None), Account.id == Listing.by_id)
    return exists().where(or_(member, author), Account.email.is_not(None), Account.closed_at.is_(None))


def _question(listing: Listing, told: date, today: date) -> Note:
    title = one_line(listing.title)
    return Note(
        subject=f"Is it still true? “{short(title)}”",
        body=(
            f"“{title}” was published or last confirmed on {spoken(told)}. Is it still true?\n\n"
            "Open the page to say that it is, to change it, or to close it. If nobody does, it is marked as not "
            f"confirmed from {spoken(today + MARKED_AFTER)} and closed on {spoken(today + CLOSED_AFTER)}."
        ),
        path=f"/my/listings/{listing.id}/still-true",
    )


def _closing(listing: Listing) -> Note:
    title = one_line(listing.title)
    return Note(
        subject=f"Closed, because nobody confirmed it: “{short(title)}”",
        body=(
            f"We asked whether “{title}” is still true, and nobody confirmed it in {CLOSED_AFTER.days} days, so it is "
            "closed. It can still be found where closed listings are asked for. If it is true, post it again."
        ),
        path=f"/my/listings/{listing.id}",
    )
