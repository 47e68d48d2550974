"""A listing or a revision before a moderator: shown with everything that bears on it, and decided on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from exchange.errors import ConflictError, ForbiddenError, InputError, NotFoundError
from exchange.listing.listings import get_listing
from exchange.models import Account, Listing, State
from exchange.moderating import moderation
from exchange.moderating.moderation import Verdict
from exchange.moderating.moderation_waiting import get_revision
from exchange.moderating.moderators import OWN, is_own
from web.forms import Form, form_of
from web.moderating.moderation_building import Room, Subject, moderated_page, revision_page
from web.moderating.moderation_form import ASK_LIVE, OF_LISTING, OF_REVISION, Choice, read_verdict, refuse, state_typed
from web.rendering import Page
from web.site import number_of, site_of
from web.views.moderation import onwards
from web.visit import signed_in

Refused = tuple[Choice, InputError | ConflictError]


@dataclass(frozen=True, slots=True)
class Desk:
    """How one kind of subject is read, what can be decided in each state, by which use-case, and how it is shown."""

    read: Callable[[Session, int], Subject]
    offered: Mapping[State, tuple[Choice, ...]]
    decide: Callable[[Session, int, Verdict, Account, datetime], Listing]
    page: Callable[[Room, Subject, Form], Page]


def listing(request: Request) -> Response:
    """Show a listing as it would stand, what bears on it, and what can be decided."""
    return _show(request, LISTINGS, Form())


def decide_listing(request: Request) -> Response:
    """Decide on a listing."""
    return _decide(request, LISTINGS)


def revision(request: Request) -> Response:
    """Show what a revision changes, what bears on it, and what can be decided."""
    return _show(request, REVISIONS, Form())


def decide_revision(request: Request) -> Response:
    """Decide on a revision."""
    return _decide(request, REVISIONS)


def _decide(request: Request, desk: Desk) -> Response:
    site, form = site_of(request), form_of(request)
    state = state_typed(form)
    read = read_verdict(form, desk.offered.get(state, ()) if state else ())
    if read is None:
        return _show(request, desk, form)
    chosen, verdict = read
    decide = moderation.ask_live_changes if chosen is ASK_LIVE else desk.decide
    try:
        with site.writing() as session:
            by = session.get_one(Account, signed_in(request).id)
            decide(session, number_of(request, "id"), verdict, by, site.clock())
    except NotFoundError:
        raise
    except (InputError, ConflictError) as error:
        return _show(request, desk, form, (chosen, error))
    return onwards(request, chosen.done)


def _show(request: Request, desk: Desk, form: Form, refused: Refused | None = None) -> Response:
    site, person = site_of(request), signed_in(request)
    with site.reading() as session:
        subject = desk.read(session, number_of(request, "id"))
        if is_own(person.id, person.organisation_id, subject.listing, subject.revision):
            raise ForbiddenError(OWN)
        status = 400 if form.problems else 200
        if refused is not None:
            status = refuse(form, *refused, subject.state)
        page = desk.page(Room(site, session, person), subject, form)
    return site.show(request, page, status)


def _listing(session: Session, number: int) -> Subject:
    """Read a listing that was put before moderators; a draft is its owners' alone, as if it were not there."""
    found = get_listing(session, number)
    if found.state == State.DRAFT:
        raise NotFoundError(f"There is no listing {number}; check the number.")
    return Subject(found)


def _revision(session: Session, number: int) -> Subject:
    found = get_revision(session, number)
    return Subject(get_listing(session, found.listing_id), found)


LISTINGS = Desk(_listing, OF_LISTING, moderation.decide, moderated_page)
REVISIONS = Desk(_revision, OF_REVISION, moderation.decide_revision, revision_page)
