"""The terms of a change of the areas: one edited, one added, one removed, each with a form."""

from starlette.requests import Request
from starlette.responses import Response

from exchange.errors import ConflictError, InputError, NotFoundError, StateError
from exchange.listing.stated_codes import count_naming
from exchange.running import taxonomy_proposals
from exchange.running.taxonomy_proposals import Target
from exchange.running.term_changes import LAST_PLACE, Draft, draft_of, term_mark
from exchange.running.term_rules import SCHEME_WORDS
from web.forms import Form, form_of
from web.notices import see_other
from web.people.account_pages import titled
from web.running.areas_building import facts_of, filled, parents_of, read_term
from web.running.areas_pages import RemovePage, TermPage
from web.site import number_of, site_of
from web.views.administration_changes import editable, home_of
from web.visit import signed_in
from web.wording import plural

NO_SCHEME = "There are areas and groups, and nothing else at this address; go back to the change."


def term(request: Request) -> Response:
    """Show the form of a term."""
    return _term(request, None)


def save_term(request: Request) -> Response:
    """Save a term."""
    site, form, target = site_of(request), form_of(request), _target(request)
    with site.reading() as session:
        draft = draft_of(editable(session, target.proposal_id).data)
        text = read_term(form, draft, target.scheme, draft.place(draft.term(target.scheme, target.code)))
    if form.problems:
        return _term(request, form, 400)
    try:
        with site.writing() as session:
            taxonomy_proposals.change_term(session, target, text, signed_in(request).id, site.clock())
    except (NotFoundError, StateError):
        raise
    except InputError as error:
        form.refuse_error(error, "label")
        return _term(request, form, 400)
    except ConflictError as error:
        form.refuse("label", str(error))
        return _term(request, form, 409)
    return see_other(home_of(target.proposal_id), "areas_term_saved")


def new_term(request: Request) -> Response:
    """Show the form of a new term."""
    return _new_term(request, Form())


def add_term(request: Request) -> Response:
    """Add a term."""
    site, form, target = site_of(request), form_of(request), _target(request)
    with site.reading() as session:
        draft = draft_of(editable(session, target.proposal_id).data)
        text = read_term(form, draft, target.scheme, LAST_PLACE)
    if form.problems:
        return _new_term(request, form, 400)
    try:
        with site.writing() as session:
            taxonomy_proposals.add_term(session, target, text, signed_in(request).id, site.clock())
    except (NotFoundError, StateError):
        raise
    except InputError as error:
        form.refuse_error(error, "label")
        return _new_term(request, form, 400)
    return see_other(home_of(target.proposal_id), "areas_term_added")


def removing(request: Request) -> Response:
    """Ask whether a term should go."""
    return _removing(request, Form())


def remove_term(request: Request) -> Response:
    """Remove a term."""
    site, form, target = site_of(request), form_of(request), _target(request)
    try:
        with site.writing() as session:
            taxonomy_proposals.remove_term(session, target, signed_in(request).id, site.clock())
    except (NotFoundError, StateError):
        raise
    except InputError as error:
        form.refuse_error(error, "remove")
        return _removing(request, form, 400)
    except ConflictError as error:
        form.refuse("remove", str(error))
        return _removing(request, form, 409)
    return see_other(home_of(target.proposal_id), "areas_term_removed")


def _target(request: Request) -> Target:
    form, scheme = form_of(request), str(request.path_params["scheme"])
    if scheme not in SCHEME_WORDS:
        raise NotFoundError(NO_SCHEME)
    code = str(request.path_params.get("code", form.text("code")))
    return Target(number_of(request, "id"), scheme, code, form.text("seen"))


def _term(request: Request, form: Form | None, status: int = 200) -> Response:
    site, target = site_of(request), _target(request)
    with site.reading() as session:
        draft = draft_of(editable(session, target.proposal_id).data)
    entry = draft.term(target.scheme, target.code)
    mark = term_mark(draft, target.scheme, target.code)
    typed = form or filled(draft, entry)
    home = home_of(target.proposal_id)
    page = TermPage(
        title=titled(f"Change “{entry.label}”", typed),
        home=home,
        heading=f"Change “{entry.label}”",
        what=SCHEME_WORDS[target.scheme],
        new=False,
        code=target.code,
        remove=f"{home}/remove/{target.scheme}/{target.code}",
        parents=_parents(draft, target, typed),
        saved=facts_of(draft, entry) if status == 409 else (),
        seen=target.seen if form and status != 409 else mark,
        form=typed,
    )
    return site.show(request, page, status)


def _parents(draft: Draft, target: Target, form: Form) -> tuple[tuple[str, str], ...]:
    """Give the choices; one that was chosen and is no choice any more is shown, so that what is wrong can be seen."""
    offered = parents_of(draft, target.scheme, target.code or None)
    chosen = form.text("parent")
    if chosen in {value for value, _ in offered}:
        return offered
    return (*offered, (chosen, draft.taxonomy().label(target.scheme, chosen)))


def _new_term(request: Request, form: Form, status: int = 200) -> Response:
    site, target = site_of(request), _target(request)
    with site.reading() as session:
        draft = draft_of(editable(session, target.proposal_id).data)
    what = SCHEME_WORDS[target.scheme]
    page = TermPage(
        title=titled(f"Add one {what}", form),
        home=home_of(target.proposal_id),
        heading=f"Add one {what}",
        what=what,
        new=True,
        code="",
        remove=None,
        parents=_parents(draft, Target(target.proposal_id, target.scheme, "", ""), form),
        saved=(),
        seen="",
        form=form,
    )
    return site.show(request, page, status)


def _removing(request: Request, form: Form, status: int = 200) -> Response:
    site, target = site_of(request), _target(request)
    with site.reading() as session:
        draft = draft_of(editable(session, target.proposal_id).data)
        entry = draft.term(target.scheme, target.code)
        number = count_naming(session, target.scheme, target.code)
    page = RemovePage(
        title=titled(f"Remove “{entry.label}”?", form),
        back=f"{home_of(target.proposal_id)}/terms/{target.scheme}/{target.code}",
        heading=f"Remove “{entry.label}”?",
        told=_told(number, target.code),
        seen=term_mark(draft, target.scheme, target.code),
        form=form,
    )
    return site.show(request, page, status)


def _told(number: int, code: str) -> str:
    if not number:
        return "No public listing names it."
    return (
        f"{plural(number, 'public listing')} {'names' if number == 1 else 'name'} it. Once the change is published, "
        f"such a listing shows the code “{code}” in the place of the name, until its owner chooses another."
    )
