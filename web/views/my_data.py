"""A person's own data: what is kept, a copy of it, and closing the account."""

import json

from starlette.requests import Request
from starlette.responses import Response

from exchange.errors import InputError
from exchange.models import Organisation
from exchange.organisation import memberships
from exchange.people import personal_data, roles
from exchange.people.personal_data import Closing
from exchange.people.personal_export import export
from web.forms import Form, form_of
from web.notices import see_other
from web.people.account_pages import titled
from web.people.data_pages import CloseAccountPage, Kept, MyDataPage
from web.site import site_of
from web.views.signing_in import status_of
from web.visit import signed_in, visit_of

FILE = "innovation-exchange-my-data.json"
LABELS = {
    "listings": "Listings that you wrote",
    "revisions": "Changes of listings that you wrote",
    "decisions": "Decisions about those, or made by you",
    "conclusions": "Needs that you concluded",
    "introductions": "Introductions that you take part in",
    "introduction_events": "Steps of introductions that you took",
    "messages": "Messages that you wrote",
    "shortlist": "Listings on your shortlist, with your notes",
    "saved_searches": "Searches that you saved",
    "alerts": "Listings that those found for you",
    "muted_listings": "Listings that you muted",
    "reports": "Reports that you made",
    "letters": "Mail that was sent to you",
    "roles": "Roles that you were given",
    "events": "Events of your account",
    "audit": "Lines of the audit trail about your account, or about what you did",
    "sign_ins": "Browsers that you are signed in with",
    "api_keys": "Keys of the programming interface",
    "links": "Links that were mailed to you, or that you sent",
    "join_requests": "Requests to join an organisation",
    "profile_changes": "Changes of your organisation's profile that you asked for",
}


def data(request: Request) -> Response:
    """Show what is kept of a person."""
    site = site_of(request)
    with site.reading() as session:
        parts = export(session, signed_in(request).id)
    kept = tuple(Kept(label, len(parts[name])) for name, label in LABELS.items())
    return site.show(request, MyDataPage(title="Your data", kept=kept))


def copy(request: Request) -> Response:
    """Give everything that is kept of a person as a file."""
    site = site_of(request)
    with site.reading() as session:
        text = json.dumps(export(session, signed_in(request).id), ensure_ascii=False, indent=2)
    headers = {"Content-Disposition": f'attachment; filename="{FILE}"', "Cache-Control": "private, no-store"}
    return Response(text, media_type="application/json", headers=headers)


def closing(request: Request) -> Response:
    """Say what goes and what stays, and ask for the password."""
    return _close_page(request, Form())


def close(request: Request) -> Response:
    """Close the account."""
    site, person, form = site_of(request), signed_in(request), form_of(request)
    wish = Closing(account_id=person.id, password=form.text("password"))
    try:
        personal_data.close_proven(site.database, wish, site.clock())
    except InputError as error:
        form.refuse_error(error, "password")
        return _close_page(request, form, status_of(error))
    visit_of(request).sign_out()
    return see_other("/", done="account_closed")


def _close_page(request: Request, form: Form, status: int = 200) -> Response:
    site, person = site_of(request), signed_in(request)
    with site.reading() as session:
        own = session.get(Organisation, person.organisation_id) if person.organisation_id else None
        page = CloseAccountPage(
            title=titled("Close your account", form),
            heading="Close your account",
            form=form,
            organisation=own.name if own else None,
            alone=own is not None and len(memberships.members(session, own.id)) < 2,
            last=roles.is_last_administrator(session, person.id),
        )
    return site.show(request, page, status)
