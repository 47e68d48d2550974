"""Reports: somebody's word that a listing is wrong, and what a moderator found; knows no decision on the listing."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from textwrap import indent

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.database import LARGEST_KEY
from exchange.errors import ForbiddenError, InputError, NotFoundError, StateError
from exchange.letters import Note, one_line, write_to
from exchange.listing.changes import locked_listing
from exchange.listing.listings import get_listing, visible_listing
from exchange.models import Account, Listing
from exchange.models_introductions import Report
from exchange.moderating.moderators import check_decider, is_own
from exchange.moderating.reason_codes import short_enough

LONGEST_TEXT, LONGEST_NOTE = 5_000, 2_000

ALREADY = "You have reported this listing already. A moderator will read it, and you will hear what was decided."
YOURS = "This is your own listing, or your organisation's: change it or withdraw it on your pages instead."
REPORTED_BY_YOU = "You reported this listing yourself. Another moderator decides on the report."


class ReportState(StrEnum):
    """What became of a report."""

    OPEN = "open"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a moderator found, and what the reporter is told of it; a dismissal needs words."""

    upheld: bool
    note: str | None = None


def report(session: Session, listing_id: int, text: str, by: Account, now: datetime) -> Report:
    """Keep a person's report of a public listing for the moderators.

    Raises:
        NotFoundError: there is no such listing, or it is not public. StateError: it is their own, or their earlier
        report of it waits. InputError: nothing is said, or too much.
    """
    locked_listing(session, listing_id)  # the same person's second report waits here, and finds the first
    listing = visible_listing(session, listing_id)
    if is_own(by.id, by.organisation_id, listing):
        raise StateError(YOURS)
    said = short_enough(text, LONGEST_TEXT, "text")
    if said is None:
        raise InputError("Say what is wrong with this listing.", field="text")
    if reported(session, listing_id, by.id):
        raise StateError(ALREADY)
    made = Report(listing_id=listing_id, by_id=by.id, text=said, at=now, state=ReportState.OPEN)
    session.add(made)
    session.flush()
    return made


def reported(session: Session, listing_id: int, account_id: int) -> bool:
    """Say whether a person's report of a listing waits."""
    mine = select(Report.id).where(
        Report.listing_id == listing_id, Report.by_id == account_id, Report.state == ReportState.OPEN
    )
    return session.scalar(mine.limit(1)) is not None


def decide_report(session: Session, report_id: int, finding: Finding, by: Account, now: datetime) -> Report:
    """Decide whether a report is right, and tell the reporter; the listing itself is decided on by itself.

    Raises:
        NotFoundError; ForbiddenError where `by` is no moderator, it is their own listing or their own report;
        StateError where it is decided already; InputError where a dismissal says nothing, or too much is said.
    """
    number = get_report(session, report_id).listing_id
    listing = locked_listing(session, number)
    made = session.get_one(Report, report_id, populate_existing=True)
    check_decider(session, by, listing)
    if made.by_id == by.id:
        raise ForbiddenError(REPORTED_BY_YOU)
    if made.state != ReportState.OPEN:
        raise StateError(f"This report has been decided: it was {made.state}. Nothing more is to be done with it.")
    note = short_enough(finding.note, LONGEST_NOTE, "note")
    if note is None and not finding.upheld:
        raise InputError("Tell the reporter why the listing stays as it is.", field="note")
    made.state = ReportState.UPHELD if finding.upheld else ReportState.DISMISSED
    made.decided_at, made.decided_by_id, made.note = now, by.id, note
    session.flush()
    write_to(session, session.get_one(Account, made.by_id), _letter(listing, made), now)
    return made


def get_report(session: Session, report_id: int) -> Report:
    """Read a report, for moderators.

    Raises:
        NotFoundError: there is none.
    """
    found = session.get(Report, report_id) if 0 < report_id <= LARGEST_KEY else None
    if found is None:
        raise NotFoundError(f"There is no report {report_id}; check the number.")
    return found


def reports_of(session: Session, listing_id: int) -> list[Report]:
    """Give all reports of a listing, the newest first, for moderators."""
    get_listing(session, listing_id)
    made = select(Report).where(Report.listing_id == listing_id)
    return list(session.scalars(made.order_by(Report.id.desc())))


def _letter(listing: Listing, made: Report) -> Note:
    title = one_line(listing.title)
    if made.state == ReportState.UPHELD:
        found = f"A moderator has read your report of “{title}” and agrees with it. The listing will be dealt with."
    else:
        found = f"A moderator has read your report of “{title}” and decided that the listing stays as it is."
    parts = [f"{found} Thank you for telling us.", *([indent(made.note, "  ")] if made.note else [])]
    return Note(subject="Your report was decided", body="\n\n".join(parts))
