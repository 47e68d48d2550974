"""Reporting a listing or a comment on it, and deciding on a report."""

from dataclasses import replace

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from exchange.discussing.comment_states import CommentState
from exchange.discussing.comments import get_comment, said_of, shown_comment
from exchange.errors import InputError, NotFoundError, StateError
from exchange.listing.listings import get_listing, visible_listing
from exchange.models import Account, Listing, State
from exchange.models_introductions import Report
from exchange.moderating import reports
from exchange.moderating.moderation_record import of_comment
from exchange.moderating.moderators import is_own
from exchange.moderating.reports import COMMENT_ALREADY, YOUR_COMMENT, YOURS, Finding, ReportState
from web import links
from web.discussing.remarks import remark
from web.forms import Form, form_of
from web.moderating.moderation_building import Room, report_rows
from web.moderating.moderation_form import OF_LISTING
from web.moderating.moderation_pages import ModeratedReportPage, ReportPage
from web.moderating.moderation_rows import decision_rows, report_row, say_state
from web.notices import see_other
from web.people.account_pages import titled
from web.site import number_of, site_of
from web.views.moderation import onwards
from web.visit import signed_in

FINDING = "finding"
UPHELD, DISMISSED = ReportState.UPHELD.value, ReportState.DISMISSED.value


def form(request: Request) -> Response:
    """Ask what is wrong with a listing."""
    return _form(request, Form())


def send(request: Request) -> Response:
    """Keep the report for the moderators."""
    site, typed, number = site_of(request), form_of(request), number_of(request, "id")
    try:
        with site.writing() as session:
            by = session.get_one(Account, signed_in(request).id)
            reports.report(session, number, typed.text("text"), by, site.clock())
    except NotFoundError:
        raise
    except InputError as error:
        typed.refuse_error(error, "text")
        return _form(request, typed, status=409 if isinstance(error, StateError) else 400)
    return see_other(links.listing(number), "reported")


def comment_form(request: Request) -> Response:
    """Ask what is wrong with a comment."""
    return _comment_form(request, Form())


def send_of_comment(request: Request) -> Response:
    """Keep the report of a comment for the moderators."""
    site, typed = site_of(request), form_of(request)
    listing_id, number = number_of(request, "id"), number_of(request, "comment")
    try:
        with site.writing() as session:
            by = session.get_one(Account, signed_in(request).id)
            shown_comment(session, listing_id, number)
            reports.report_comment(session, number, typed.text("text"), by, site.clock())
    except NotFoundError:
        raise
    except InputError as error:
        typed.refuse_error(error, "text")
        return _comment_form(request, typed, status=409 if isinstance(error, StateError) else 400)
    return see_other(links.discussion(listing_id), "reported")


def report(request: Request) -> Response:
    """Show a report with what bears on it, and what can be decided."""
    return _report(request, Form())


def decide(request: Request) -> Response:
    """Uphold or dismiss a report; what becomes of the listing or the comment is decided on its own page."""
    site, typed, number = site_of(request), form_of(request), number_of(request, "id")
    if typed.text(FINDING) not in {UPHELD, DISMISSED}:
        typed.refuse(FINDING, "Choose what you found.")
        return _report(request, typed, status=400)
    finding = Finding(upheld=typed.text(FINDING) == UPHELD, note=typed.stated("note"))
    try:
        with site.writing() as session:
            by = session.get_one(Account, signed_in(request).id)
            made = reports.decide_report(session, number, finding, by, site.clock())
            live, onward, done = _to_decide(session, made)
    except NotFoundError:
        raise
    except InputError as error:
        typed.refuse_error(error, FINDING)
        return _report(request, typed, status=409 if isinstance(error, StateError) else 400)
    if finding.upheld and live:
        return see_other(onward, done)
    return onwards(request, "report_upheld_gone" if finding.upheld else "report_dismissed")


def _to_decide(session: Session, made: Report) -> tuple[bool, str, str]:
    """Say whether anything is left to decide on what was reported, where, and what is said there."""
    if made.comment_id is None:
        state = State(get_listing(session, made.listing_id).state)
        return state in OF_LISTING, links.moderated(made.listing_id), "report_upheld"
    shown = get_comment(session, made.comment_id).state == CommentState.SHOWN
    return shown, links.moderated_comment(made.comment_id), "comment_report_upheld"


def _form(request: Request, typed: Form, status: int = 200) -> Response:
    site, person = site_of(request), signed_in(request)
    with site.reading() as session:
        listing = visible_listing(session, number_of(request, "id"))
        waits = reports.reported(session, listing.id, person.id)
        own = is_own(person.id, person.organisation_id, listing)
    why_not = YOURS if own else reports.ALREADY if waits else None
    page = _report_page(request, listing, typed, "What is wrong with this listing?")
    return site.show(request, replace(page, why_not=why_not), status)


def _comment_form(request: Request, typed: Form, status: int = 200) -> Response:
    site, person = site_of(request), signed_in(request)
    with site.reading() as session:
        listing, comment = shown_comment(session, number_of(request, "id"), number_of(request, "comment"))
        waits = reports.reported(session, listing.id, person.id, comment.id)
        said = remark(said_of(session, comment))
    why_not = YOUR_COMMENT if comment.by_id == person.id else COMMENT_ALREADY if waits else None
    page = _report_page(request, listing, typed, "What is wrong with this comment?")
    back = links.comment(listing.id, comment.id)
    return site.show(request, replace(page, why_not=why_not, remark=said, back=back, what="comment"), status)


def _report_page(request: Request, listing: Listing, typed: Form, heading: str) -> ReportPage:
    return ReportPage(
        title=titled(heading, typed),
        heading=heading,
        listing_title=listing.title,
        back=links.listing(listing.id),
        action=request.url.path,
        why_not=None,
        form=typed,
    )


def _report(request: Request, typed: Form, status: int = 200) -> Response:
    site, person = site_of(request), signed_in(request)
    with site.reading() as session:
        made = reports.get_report(session, number_of(request, "id"))
        listing = get_listing(session, made.listing_id)
        reports.check_report_decider(session, made, session.get_one(Account, person.id), listing)
        comment = get_comment(session, made.comment_id) if made.comment_id is not None else None
        room = Room(site, session, person)
        page = ModeratedReportPage(
            title=titled(f"Report on {'a comment on ' if comment else ''}{listing.title}", typed),
            listing_title=listing.title,
            listing_href=links.moderated(listing.id),
            listing_state=say_state(listing.state),
            remark=remark(said_of(session, comment)) if comment else None,
            remark_state=say_state(comment.state) if comment else None,
            remark_href=links.moderated_comment(comment.id) if comment else None,
            report=report_row(made, _name(session, made), linked=False),
            others=report_rows(room, listing.id, without=made.id, comment_id=made.comment_id),
            earlier=decision_rows(of_comment(session, comment.id, person) if comment else room.earlier(listing.id)),
            action=request.url.path,
            open=made.state == ReportState.OPEN,
            form=typed,
        )
    return site.show(request, page, status)


def _name(session: Session, made: Report) -> str:
    return session.get_one(Account, made.by_id).name
