"""Reporting a listing, and deciding on a report."""

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from exchange.errors import ForbiddenError, InputError, NotFoundError, StateError
from exchange.listing.listings import get_listing, visible_listing
from exchange.models import Account, State
from exchange.models_introductions import Report
from exchange.moderating import reports
from exchange.moderating.moderators import OWN, is_own
from exchange.moderating.reports import REPORTED_BY_YOU, YOURS, Finding, ReportState
from web import links
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


def report(request: Request) -> Response:
    """Show a report with what bears on it, and what can be decided."""
    return _report(request, Form())


def decide(request: Request) -> Response:
    """Uphold or dismiss a report; what becomes of the listing is decided on its own page."""
    site, typed, number = site_of(request), form_of(request), number_of(request, "id")
    if typed.text(FINDING) not in {UPHELD, DISMISSED}:
        typed.refuse(FINDING, "Choose what you found.")
        return _report(request, typed, status=400)
    finding = Finding(upheld=typed.text(FINDING) == UPHELD, note=typed.stated("note"))
    try:
        with site.writing() as session:
            by = session.get_one(Account, signed_in(request).id)
            made = reports.decide_report(session, number, finding, by, site.clock())
            listing = get_listing(session, made.listing_id)
            live = State(listing.state) in OF_LISTING
    except NotFoundError:
        raise
    except InputError as error:
        typed.refuse_error(error, FINDING)
        return _report(request, typed, status=409 if isinstance(error, StateError) else 400)
    if finding.upheld and live:
        return see_other(links.moderated(made.listing_id), "report_upheld")
    return onwards(request, "report_upheld_gone" if finding.upheld else "report_dismissed")


def _form(request: Request, typed: Form, status: int = 200) -> Response:
    site, person = site_of(request), signed_in(request)
    with site.reading() as session:
        listing = visible_listing(session, number_of(request, "id"))
        waits = reports.reported(session, listing.id, person.id)
        own = is_own(person.id, person.organisation_id, listing)
    heading = "What is wrong with this listing?"
    page = ReportPage(
        title=titled(heading, typed),
        heading=heading,
        listing_title=listing.title,
        listing_href=links.listing(listing.id),
        action=request.url.path,
        why_not=YOURS if own else reports.ALREADY if waits else None,
        form=typed,
    )
    return site.show(request, page, status)


def _report(request: Request, typed: Form, status: int = 200) -> Response:
    site, person = site_of(request), signed_in(request)
    with site.reading() as session:
        made = reports.get_report(session, number_of(request, "id"))
        listing = get_listing(session, made.listing_id)
        if is_own(person.id, person.organisation_id, listing):
            raise ForbiddenError(OWN)
        if made.by_id == person.id:
            raise ForbiddenError(REPORTED_BY_YOU)
        room = Room(site, session, person)
        page = ModeratedReportPage(
            title=titled(f"Report on {listing.title}", typed),
            listing_title=listing.title,
            listing_href=links.moderated(listing.id),
            listing_state=say_state(listing.state),
            report=report_row(made, _name(session, made), linked=False),
            others=report_rows(room, listing.id, without=made.id),
            earlier=decision_rows(room.earlier(listing.id)),
            action=request.url.path,
            open=made.state == ReportState.OPEN,
            form=typed,
        )
    return site.show(request, page, status)


def _name(session: Session, made: Report) -> str:
    return session.get_one(Account, made.by_id).name
