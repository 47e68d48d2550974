"""What administrators decide about organisations: requests to join, and changes of a profile."""

from starlette.requests import Request
from starlette.responses import Response

from exchange.errors import ForbiddenError, InputError, NotFoundError, StateError
from exchange.models import Organisation
from exchange.organisation import join_requests, memberships, profile_changes
from exchange.organisation.memberships import WAITING
from exchange.organisation.organisation_profiles import with_change
from exchange.organisation.organisations import details_of
from web import links, wording
from web.forms import Form, form_of
from web.notices import see_other
from web.people.account_pages import titled
from web.people.organisation_form import approves, changes_between
from web.people.organisation_pages import JoinRulingPage, ProfileRulingPage, RequestsPage, WaitingJoin, WaitingProfile
from web.site import number_of, site_of
from web.visit import signed_in

HOME = "/administration/requests"


def requests(request: Request) -> Response:
    """Show what waits, the oldest first."""
    site, person = site_of(request), signed_in(request)
    with site.reading() as session:
        joins = tuple(
            WaitingJoin(
                href=f"{HOME}/joins/{asked.id}",
                name=who.name,
                organisation=session.get_one(Organisation, asked.organisation_id).name,
                members=len(memberships.members(session, asked.organisation_id)),
                asked=wording.day(asked.asked_at.date()),
            )
            for asked, who in join_requests.all_waiting(session)
        )
        profiles = tuple(
            WaitingProfile(
                href=None if person.organisation_id == change.organisation_id else f"{HOME}/profiles/{change.id}",
                organisation=organisation.name,
                asked=wording.day(change.asked_at.date()),
            )
            for change, organisation in profile_changes.all_waiting(session)
        )
    return site.show(request, RequestsPage(title="Requests of organisations", joins=joins, profiles=profiles))


def join_request(request: Request) -> Response:
    """Show one request to join, with who could decide it."""
    return _join_page(request, Form())


def decide_join(request: Request) -> Response:
    """Approve or refuse a request to join."""
    site, person, form = site_of(request), signed_in(request), form_of(request)
    number, approved = number_of(request, "id"), approves(form)
    try:
        with site.writing() as session:
            if approved:
                join_requests.approve(session, number, person.id, site.clock())
            else:
                join_requests.refuse(session, number, form.stated("reason"), person.id, site.clock())
    except (NotFoundError, StateError):
        raise
    except InputError as error:
        form.refuse_error(error, "reason")
        return _join_page(request, form, status=400)
    return see_other(HOME, done="join_approved" if approved else "join_refused")


def profile_change(request: Request) -> Response:
    """Show one change of a profile beside what stands."""
    return _profile_page(request, Form())


def decide_profile(request: Request) -> Response:
    """Approve or refuse a change of a profile."""
    site, person, form = site_of(request), signed_in(request), form_of(request)
    number, approved = number_of(request, "id"), approves(form)
    try:
        with site.writing() as session:
            if approved:
                profile_changes.approve(session, number, person.id, site.clock())
            else:
                profile_changes.refuse(session, number, form.text("reason"), person.id, site.clock())
    except (NotFoundError, StateError):
        raise
    except InputError as error:
        form.refuse_error(error, "reason")
        return _profile_page(request, form, status=400)
    return see_other(HOME, done="profile_approved" if approved else "profile_refused")


def _join_page(request: Request, form: Form, status: int = 200) -> Response:
    site, person = site_of(request), signed_in(request)
    with site.reading() as session:
        asked, who, organisation = join_requests.request_for(session, number_of(request, "id"), person.id)
        if who.id == person.id:
            raise ForbiddenError(join_requests.OWN)
        page = JoinRulingPage(
            title=titled(f"{who.name} asks to join {organisation.name}", form),
            heading=f"{who.name} asks to join {organisation.name}",
            form=form,
            person=who.name,
            email=who.email or "",
            organisation=organisation.name,
            href=links.organisation(organisation.id),
            asked=wording.day(asked.asked_at.date()),
            members=tuple(member.name for member in memberships.members(session, organisation.id)),
            open=asked.state == WAITING,
        )
    return site.show(request, page, status)


def _profile_page(request: Request, form: Form, status: int = 200) -> Response:
    site, person = site_of(request), signed_in(request)
    with site.reading() as session:
        change, organisation = profile_changes.change_for(session, number_of(request, "id"), person.id)
        standing = details_of(organisation)
        page = ProfileRulingPage(
            title=titled(f"Change of the profile of {organisation.name}", form),
            heading=f"Change of the profile of {organisation.name}",
            form=form,
            organisation=organisation.name,
            href=links.organisation(organisation.id),
            asked=wording.day(change.asked_at.date()),
            changes=changes_between(standing, with_change(standing, change.data), site.gazetteer),
            open=change.state == WAITING,
        )
    return site.show(request, page, status)
