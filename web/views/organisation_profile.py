"""The profile of one's organisation: a new one made, or the one that stands changed."""

from starlette.requests import Request
from starlette.responses import Response

from exchange.errors import ConflictError, InputError, NotFoundError
from exchange.organisation import organisation_names, organisation_profiles, profile_changes
from exchange.organisation.organisation_names import Candidate
from exchange.organisation.organisation_profiles import mark
from exchange.organisation.organisations import OrganisationDetails
from web.forms import Form, form_of
from web.notices import see_other
from web.people.account_pages import titled
from web.people.organisation_form import KINDS, filled_form, read_details
from web.people.organisation_pages import OrganisationFormPage
from web.site import site_of
from web.views.my_organisation import HOME, offers_of, own_organisation
from web.views.signing_in import status_of
from web.visit import signed_in

KIND_CHOICES = tuple((kind.value, text) for kind, text in KINDS.items())


def making(request: Request) -> Response:
    """Show the form for a new organisation, with the name that was looked for."""
    if signed_in(request).organisation_id is not None:
        return see_other(HOME)
    return _new_page(request, Form({"name": [request.query_params.get("name", "")[:300]]}))


def make(request: Request) -> Response:
    """Make an organisation; where one of nearly the same name is there, ask first whether that is meant."""
    site, form = site_of(request), form_of(request)
    details = read_details(form, site.gazetteer)
    if details is None:
        return _new_page(request, form, status=400)
    if not form.has("sure", "yes"):
        with site.reading() as session:
            found = organisation_names.alike(session, details.name)
        if found:
            return _new_page(request, form, found, sure=True)
    return _made(request, form, details)


def changing(request: Request) -> Response:
    """Show the form of the profile as its members want it now."""
    site, person = site_of(request), signed_in(request)
    with site.reading() as session:
        wanted = profile_changes.proposed(session, own_organisation(session, person))
    return _profile_page(request, filled_form(wanted, site.gazetteer), mark(wanted))


def change(request: Request) -> Response:
    """Change the profile, or ask for the change where the public may have seen it."""
    site, person, form = site_of(request), signed_in(request), form_of(request)
    details = read_details(form, site.gazetteer)
    if details is None:
        return _profile_page(request, form, form.text("seen"), status=400)
    try:
        with site.writing() as session:
            waiting = profile_changes.propose(session, details, form.text("seen"), person.id, site.clock())
    except NotFoundError:
        raise
    except InputError as error:
        form.refuse_error(error, "name")
        return _profile_page(request, form, form.text("seen"), status=status_of(error))
    except ConflictError as error:
        form.refuse("name", str(error))
        with site.reading() as session:
            seen = mark(profile_changes.proposed(session, own_organisation(session, person)))
        return _profile_page(request, form, seen, status=409)
    return see_other(HOME, done="profile_waits" if waiting else "profile_saved")


def take_back(request: Request) -> Response:
    """Take back the change that waits."""
    site, person = site_of(request), signed_in(request)
    with site.writing() as session:
        profile_changes.take_back(session, person.id, site.clock())
    return see_other(HOME, done="profile_taken_back")


def _made(request: Request, form: Form, details: OrganisationDetails) -> Response:
    site, person = site_of(request), signed_in(request)
    try:
        with site.writing() as session:
            organisation_profiles.make_new(session, details, person.id, site.clock())
    except InputError as error:
        form.refuse_error(error, "name")
        return _new_page(request, form, status=status_of(error))
    except ConflictError as error:
        with site.reading() as session:
            found = organisation_names.by_org_id(session, details.org_id or "")
        if not found:
            raise
        form.refuse("org_id", str(error))
        return _new_page(request, form, found, status=409)
    return see_other(HOME, done="organisation_made")


def _new_page(
    request: Request, form: Form, found: tuple[Candidate, ...] = (), status: int = 200, *, sure: bool = False
) -> Response:
    heading = "Is it one of these?" if found else "Add your organisation"
    page = OrganisationFormPage(
        title=titled(heading, form),
        heading=heading,
        form=form,
        kinds=KIND_CHOICES,
        new=True,
        offers=offers_of(found),
        sure=sure,
    )
    return site_of(request).show(request, page, status)


def _profile_page(request: Request, form: Form, seen: str, status: int = 200) -> Response:
    site = site_of(request)
    with site.reading() as session:
        own = own_organisation(session, signed_in(request))
        decided = profile_changes.needs_decision(session, own.id)
        heading = f"Change the profile of {own.name}"
    page = OrganisationFormPage(
        title=titled(heading, form),
        heading=heading,
        form=form,
        kinds=KIND_CHOICES,
        new=False,
        seen=seen,
        decided=decided,
    )
    return site.show(request, page, status)
