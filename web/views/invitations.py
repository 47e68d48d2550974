"""An invitation to join an organisation: looking uses nothing up, the button does."""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response

from exchange.errors import ForbiddenError, InputError
from exchange.organisation import memberships
from exchange.people.permissions import Role
from exchange.people.sign_ins import Person
from web.forms import form_of
from web.notices import see_other
from web.people.organisation_pages import InvitationPage
from web.site import site_of
from web.views.signing_in import secretly
from web.visit import signed_in, visit_of

OVER, REGISTER, OTHER, UNCONFIRMED, MEMBER, READY = "over", "register", "other", "unconfirmed", "member", "ready"


def invitation(request: Request) -> Response:
    """Show who invites whom to what, and what to do first."""
    return secretly(_shown(request, request.query_params.get("code", "")))


def accept(request: Request) -> Response:
    """Take an invitation: whoever it was sent to becomes a member."""
    site, person, code = site_of(request), signed_in(request), form_of(request).text("code")
    try:
        with site.writing() as session:
            memberships.accept(session, code, person.id, site.clock())
    except (InputError, ForbiddenError):
        return secretly(_shown(request, code))
    return see_other("/my/organisation", done="joined")


def _shown(request: Request, code: str) -> Response:
    site, person = site_of(request), visit_of(request).person
    with site.reading() as session:
        found = memberships.invitation(session, code, site.clock())
    here = quote(f"/invitation?code={quote(code, safe='')}", safe="")
    if found is None:
        title = "This invitation cannot be used"
        over = InvitationPage(title=title, state=OVER, code="", organisation="", email="", here=here)
        return site.show(request, over, 404)
    link, organisation = found
    state = _state(person, link.email or "", organisation.id)
    page = InvitationPage(
        title=f"Join {organisation.name}",
        state=state,
        code=code,
        organisation=organisation.name,
        email=link.email or "",
        here=here,
    )
    return site.show(request, page, 403 if request.method == "POST" else 200)


def _state(person: Person | None, email: str, organisation_id: int) -> str:
    """Say what stands between whoever asks and the invitation."""
    if person is None:
        return REGISTER
    if person.email != email:
        return OTHER
    if Role.CONFIRMED not in person.roles:
        return UNCONFIRMED
    if person.organisation_id == organisation_id:
        return MEMBER
    return READY
