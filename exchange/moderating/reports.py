"""Reports: somebody's word that a listing or a comment is wrong, and what a moderator found; decides on neither."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from textwrap import indent

from sqlalchemy import select
from sqlalchemy.orm import Session

from exchange.database import LARGEST_KEY
from exchange.discussing.comments import get_comment, shown_comment
from exchange.discussing.hiding import check_comment_decider
from exchange.errors import ForbiddenError, InputError, NotFoundError, StateError
from exchange.letters import Note, one_line, write_to
from exchange.listing.changes import locked_listing
from exchange.listing.listings import get_listing, visible_listing
from exchange.models import Account, Listing
from exchange.models_discussion import Comment
from exchange.models_introductions import Report
from exchange.moderating.moderators import check_decider, is_own
from exchange.moderating.reason_codes import short_enough

LONGEST_TEXT, LONGEST_NOTE = 5_000, 2_000

ALREADY = "You have reported this listing already. A moderator will read it, and you will hear what was decided."
YOURS = "This is your own listing, or your organisation's: change it or withdraw it on your pages instead."
REPORTED_BY_YOU = "You reported this listing yourself. Another moderator decides on the report."
COMMENT_ALREADY = (
    "You have reported this comment already. A moderator will read it, and you will hear what was decided."
)
YOUR_COMMENT = "This is your own comment: take it back instead."
COMMENT_REPORTED_BY_YOU = "You reported this comment yourself. Another moderator decides on the report."


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
    said = _said(text, "Say what is wrong with this listing.")
    if reported(session, listing_id, by.id):
        raise StateError(ALREADY)
    return _keep(session, Report(listing_id=listing_id, by_id=by.id, text=said, at=now, state=ReportState.OPEN))


def report_comment(session: Session, comment_id: int, text: str, by: Account, now: datetime) -> Report:
    """Keep a person's report of a comment that everybody sees for the moderators.

    Raises:
        NotFoundError: there is no such comment, or nobody sees it (any more). StateError and InputError as `report`.
    """
    number = get_comment(session, comment_id).listing_id
    locked_listing(session, number)
    session.get_one(Comment, comment_id, populate_existing=True)
    shown_comment(session, number, comment_id)
    if get_comment(session, comment_id).by_id == by.id:
        raise StateError(YOUR_COMMENT)
    said = _said(text, "Say what is wrong with this comment.")
    if reported(session, number, by.id, comment_id):
        raise StateError(COMMENT_ALREADY)
    made = Report(listing_id=number, comment_id=comment_id, by_id=by.id, text=said, at=now, state=ReportState.OPEN)
    return _keep(session, made)


def reported(session: Session, listing_id: int, account_id: int, comment_id: int | None = None) -> bool:
    """Say whether a person's report of a listing, or of a comment below it, waits."""
    mine = select(Report.id).where(
        Report.listing_id == listing_id,
        Report.comment_id == comment_id,
        Report.by_id == account_id,
        Report.state == ReportState.OPEN,
    )
    return session.scalar(mine.limit(1)) is not None


def decide_report(session: Session, report_id: int, finding: Finding, by: Account, now: datetime) -> Report:
    """Decide whether a report is right, and tell the reporter; listing or comment are decided on by themselves.

    Raises:
        NotFoundError; ForbiddenError where `by` is no moderator, or it is their own listing, comment or report;
        StateError where it is decided already; InputError where a dismissal says nothing, or too much is said.
    """
    number = get_report(session, report_id).listing_id
    listing = locked_listing(session, number)
    made = session.get_one(Report, report_id, populate_existing=True)
    check_report_decider(session, made, by, listing)
    if made.state != ReportState.OPEN:
        raise StateError(f"This report has been decided: it was {made.state}. Nothing more is to be done with it.")
    note = short_enough(finding.note, LONGEST_NOTE, "note")
    if note is None and not finding.upheld:
        what = "listing" if made.comment_id is None else "comment"
        raise InputError(f"Tell the reporter why the {what} stays as it is.", field="note")
    made.state = ReportState.UPHELD if finding.upheld else ReportState.DISMISSED
    made.decided_at, made.decided_by_id, made.note = now, by.id, note
    session.flush()
    write_to(session, session.get_one(Account, made.by_id), _letter(listing, made), now)
    return made


def check_report_decider(session: Session, made: Report, by: Account, listing: Listing) -> None:
    """Refuse whoever may not decide on a report.

    Raises:
        ForbiddenError: they are no moderator, or it is their own listing, comment or report.
    """
    if made.comment_id is None:
        check_decider(session, by, listing)
    else:
        check_comment_decider(session, by, listing, get_comment(session, made.comment_id))
    if made.by_id == by.id:
        raise ForbiddenError(REPORTED_BY_YOU if made.comment_id is None else COMMENT_REPORTED_BY_YOU)


def get_report(session: Session, report_id: int) -> Report:
    """Read a report, for moderators.

    Raises:
        NotFoundError: there is none.
    """
    found = session.get(Report, report_id) if 0 < report_id <= LARGEST_KEY else None
    if found is None:
        raise NotFoundError(f"There is no report {report_id}; check the number.")
    return found


def reports_of(session: Session, listing_id: int, comment_id: int | None = None) -> list[Report]:
    """Give all reports of a listing, or of one comment below it, the newest first, for moderators."""
    get_listing(session, listing_id)
    made = select(Report).where(Report.listing_id == listing_id, Report.comment_id == comment_id)
    return list(session.scalars(made.order_by(Report.id.desc())))


def _said(text: str, otherwise: str) -> str:
    said = short_enough(text, LONGEST_TEXT, "text")
    if said is None:
        raise InputError(otherwise, field="text")
    return said


def _keep(session: Session, made: Report) -> Report:
    session.add(made)
    session.flush()
    return made


def _letter(listing: Listing, made: Report) -> Note:
    title = one_line(listing.title)
    of, what = (f"“{title}”", "listing") if made.comment_id is None else (f"a comment on “{title}”", "comment")
    if made.state == ReportState.UPHELD:
        found = f"A moderator has read your report of {of} and agrees with it. The {what} will be dealt with."
    else:
        found = f"A moderator has read your report of {of} and decided that the {what} stays as it is."
    parts = [f"{found} Thank you for telling us.", *([indent(made.note, "  ")] if made.note else [])]
    return Note(subject="Your report was decided", body="\n\n".join(parts))
