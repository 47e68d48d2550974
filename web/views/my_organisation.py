"""One's organisation: its members, who asks to join, inviting, leaving; and, for one without, finding and asking."""

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from exchange.errors import InputError, NotFoundError
from exchange.models import Account, Organisation
from exchange.models_people import JoinRequest
from exchange.organisation import join_requests, memberships, organisation_names, profile_changes
from exchange.organisation.organisation_names import Candidate
from exchange.organisation.organisations import details_of, is_public
from exchange.people.sign_ins import Person
from web import links, wording
from web.forms import Form, form_of
from web.notices import see_other
from web.people.account_pages import titled
from web.people.organisation_form import KINDS, approves, changes_between, facts_of
from web.people.organisation_pages import (
    Asker,
    Colleague,
    EndMembershipPage,
    FindOrganisationPage,
    InvitePage,
    MyOrganisationPage,
    NoOrganisationPage,
    Offered,
)
from web.rendering import Page
from web.site import Site, number_of, site_of
from web.views.signing_in import status_of
from web.visit import signed_in

HOME = "/my/organisation"
NONE_YET = "You are not a member of an organisation; find yours first."


def organisation(request: Request) -> Response:
    """Show one's organisation, or how to come to one."""
    site, person = site_of(request), signed_in(request)
    with site.reading() as session:
        page: Page = _member_page(site, session, person) if person.organisation_id else _outside(session, person)
    return site.show(request, page)


def find(request: Request) -> Response:
    """Find an organisation by name or org-id, to ask to join it."""
    site, person = site_of(request), signed_in(request)
    form = Form({"q": [request.query_params.get("q", "")[:300]]})
    text = form.stated("q")
    with site.reading() as session:
        if person.organisation_id is not None or memberships.join_of(session, person.id) is not None:
            return see_other(HOME)
        found = organisation_names.candidates(session, text) if text else ()
    page = FindOrganisationPage(title="Find your organisation", form=form, searched=text, offers=offers_of(found))
    return site.show(request, page)


def join(request: Request) -> Response:
    """Ask to join an organisation."""
    site, person = site_of(request), signed_in(request)
    with site.writing() as session:
        join_requests.ask(session, number_of(request, "id"), person.id, site.clock())
    return see_other(HOME, done="asked_to_join")


def cancel(request: Request) -> Response:
    """Take one's request to join back."""
    site, person = site_of(request), signed_in(request)
    with site.writing() as session:
        join_requests.cancel(session, person.id, site.clock())
    return see_other(HOME, done="join_taken_back")


def decide(request: Request) -> Response:
    """Decide on a request to join one's organisation."""
    site, person, number = site_of(request), signed_in(request), number_of(request, "id")
    approved = approves(form_of(request))
    with site.writing() as session:
        if approved:
            join_requests.approve(session, number, person.id, site.clock())
        else:
            join_requests.refuse(session, number, None, person.id, site.clock())
    return see_other(HOME, done="join_approved" if approved else "join_refused")


def leaving(request: Request) -> Response:
    """Ask whether one's membership should end."""
    site, person = site_of(request), signed_in(request)
    with site.reading() as session:
        own = own_organisation(session, person)
        alone = len(memberships.members(session, own.id)) < 2
        page = EndMembershipPage(
            title=f"Leave {own.name}", organisation=own.name, who=None, last=alone, address=f"{HOME}/leave"
        )
    return site.show(request, page)


def leave(request: Request) -> Response:
    """End one's membership."""
    site, person = site_of(request), signed_in(request)
    with site.writing() as session:
        memberships.leave(session, person.id, site.clock())
    return see_other(HOME, done="left_organisation")


def removing(request: Request) -> Response:
    """Ask whether another's membership should end."""
    site, person, number = site_of(request), signed_in(request), number_of(request, "id")
    with site.reading() as session:
        own = own_organisation(session, person)
        other = next((who for who in memberships.members(session, own.id) if who.id == number), None)
        if other is None or other.id == person.id:
            raise NotFoundError(memberships.NO_MEMBER)
        page = EndMembershipPage(
            title=f"Remove {other.name}",
            organisation=own.name,
            who=other.name,
            last=False,
            address=_removal(other.id),
        )
    return site.show(request, page)


def remove(request: Request) -> Response:
    """End another's membership."""
    site, person = site_of(request), signed_in(request)
    with site.writing() as session:
        memberships.remove(session, number_of(request, "id"), person.id, site.clock())
    return see_other(HOME, done="member_removed")


def inviting(request: Request) -> Response:
    """Show the form that invites a colleague."""
    return _invite_page(request, Form())


def invite(request: Request) -> Response:
    """Invite a colleague by their address; the answer is the same whether they have an account or not."""
    site, person, form = site_of(request), signed_in(request), form_of(request)
    try:
        with site.writing() as session:
            own = own_organisation(session, person)
            memberships.invite(session, own.id, form.text("email"), person.id, site.clock())
    except NotFoundError:
        raise
    except InputError as error:
        form.refuse_error(error, "email")
        return _invite_page(request, form, status_of(error))
    return see_other(HOME, done="invited")


def own_organisation(session: Session, person: Person) -> Organisation:
    """Give the organisation that a person is a member of.

    Raises:
        NotFoundError: they are in none.
    """
    if person.organisation_id is None:
        raise NotFoundError(NONE_YET)
    return session.get_one(Organisation, person.organisation_id)


def offers_of(found: tuple[Candidate, ...]) -> tuple[Offered, ...]:
    """Give the organisations that may be meant, as a page offers them."""
    return tuple(
        Offered(
            name=one.name,
            kind=KINDS[one.kind],
            org_id=one.org_id,
            href=links.organisation(one.id) if one.public else None,
            join=f"{HOME}/join/{one.id}",
        )
        for one in found
    )


def _invite_page(request: Request, form: Form, status: int = 200) -> Response:
    site, person = site_of(request), signed_in(request)
    with site.reading() as session:
        name = own_organisation(session, person).name
    page = InvitePage(
        title=titled("Invite a colleague", form), heading="Invite a colleague", form=form, organisation=name
    )
    return site.show(request, page, status)


def _member_page(site: Site, session: Session, person: Person) -> MyOrganisationPage:
    own = own_organisation(session, person)
    standing, change = details_of(own), profile_changes.waiting_change(session, own.id)
    wanted = profile_changes.proposed(session, own)
    return MyOrganisationPage(
        title=own.name,
        href=links.organisation(own.id),
        public=is_public(session, own.id),
        facts=facts_of(standing, site.gazetteer),
        waiting=changes_between(standing, wanted, site.gazetteer),
        waiting_since=wording.day(change.asked_at.date()) if change else None,
        members=tuple(_colleague(who, person) for who in memberships.members(session, own.id)),
        requests=tuple(_asker(*asked) for asked in join_requests.waiting_for(session, own.id)),
    )


def _outside(session: Session, person: Person) -> NoOrganisationPage:
    waiting = memberships.join_of(session, person.id)
    name = session.get_one(Organisation, waiting.organisation_id).name if waiting else None
    asked = wording.day(waiting.asked_at.date()) if waiting else None
    return NoOrganisationPage(title="Your organisation", waiting=name, asked=asked, form=Form())


def _colleague(who: Account, person: Person) -> Colleague:
    return Colleague(name=who.name, email=who.email or "", you=who.id == person.id, remove=_removal(who.id))


def _asker(request: JoinRequest, who: Account) -> Asker:
    return Asker(
        name=who.name,
        email=who.email or "",
        asked=wording.day(request.asked_at.date()),
        address=f"{HOME}/requests/{request.id}",
    )


def _removal(account_id: int) -> str:
    return f"{HOME}/members/{account_id}/remove"
