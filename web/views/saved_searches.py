"""One's saved searches: the list, and what is done with each."""

from sqlalchemy.orm import Session
from starlette.requests import Request
from starlette.responses import Response

from exchange.alerting import saved_searches as use_cases
from exchange.alerting.saved_searches import MOST, Change
from exchange.errors import InputError, NotFoundError, UnavailableError
from exchange.models import Account
from web.alerting.known import Asked, known_to, look_again
from web.alerting.questions import query_of
from web.alerting.search_building import RUN_IT_ANEW, Builder, builder_of
from web.alerting.search_pages import SavedPage, SearchesPage, cadence_of
from web.forms import Form, form_of
from web.notices import see_other
from web.people.account_pages import titled
from web.site import Site, number_of, site_of
from web.visit import signed_in

LIST = "/my/searches"
BUTTON = "Choose what to do with the search: change it, stop it, begin it again or delete it."


def searches(request: Request) -> Response:
    """Show all that a person has saved, the latest first."""
    return _list(request)


def saved(request: Request) -> Response:
    """Show one, to change it, stop it, begin it again or delete it."""
    return _saved(request, None)


def act(request: Request) -> Response:
    """Change, stop, begin again or delete one, from its own page or from the list."""
    form, number = form_of(request), number_of(request, "id")
    on_list = form.text("from") == "list"
    try:
        done = _do(request, number, form)
    except NotFoundError:
        raise
    except (InputError, UnavailableError) as error:
        status = 503 if isinstance(error, UnavailableError) else 400
        if on_list:
            return _list(request, str(error), status)
        form.refuse(getattr(error, "field", None) or "name", str(error))
        return _saved(request, form, status)
    if form.text("do") == "delete":
        return see_other(LIST, done)
    return see_other(f"{LIST}#search-{number}" if on_list else f"{LIST}/{number}", done)


def _do(request: Request, number: int, form: Form) -> str:
    """Do what the button says; give the code of the sentence that tells of it."""
    site, what = site_of(request), form.text("do")
    if what == "begin":
        return _begin(site, number, signed_in(request).id)
    with site.writing() as session:
        by, now = session.get_one(Account, signed_in(request).id), site.clock()
        if what == "stop":
            use_cases.stop(session, number, by, now)
            return "search_stopped"
        if what == "delete":
            use_cases.remove(session, number, by)
            return "search_deleted"
        use_cases.owned(session, number, by.id)
        if what != "change":
            raise InputError(BUTTON)
        use_cases.change(session, number, Change(form.text("name"), cadence_of(form)), by, now)
    return "search_changed"


def _begin(site: Site, number: int, me: int) -> str:
    """Begin one again: what it finds now is no news, and the engine is asked before anything is written."""
    with site.reading() as session:
        asked = _asked(site, session, number, me)
    known = known_to(site.service, asked)
    with site.writing() as session:
        use_cases.begin_again(session, number, known, session.get_one(Account, me), site.clock())
    look_again(site.service, asked, known, site.clock())
    return "search_begun"


def _asked(site: Site, session: Session, number: int, me: int) -> Asked:
    search = use_cases.owned(session, number, me)
    if search.listing_id is not None:
        use_cases.check_matched(session, search.listing_id, session.get_one(Account, me))
        return search.listing_id
    query = query_of(search.question, site.known(site.taxonomy(session)))
    if query is None:
        raise InputError(RUN_IT_ANEW)
    return query


def _list(request: Request, problem: str | None = None, status: int = 200) -> Response:
    site = site_of(request)
    with site.reading() as session:
        shown = builder_of(site, session).shown(session, use_cases.of_account(session, signed_in(request).id))
    title = "Your saved searches"
    page = SearchesPage(
        title=f"Error: {title}" if problem else title,
        heading=title,
        items=tuple(one.item for one in shown),
        most=MOST,
        problem=problem,
    )
    return site.show(request, page, status)


def _saved(request: Request, form: Form | None, status: int = 200) -> Response:
    site = site_of(request)
    with site.reading() as session:
        search = use_cases.owned(session, number_of(request, "id"), signed_in(request).id)
        builder: Builder = builder_of(site, session)
        (shown,) = builder.shown(session, [search])
    kept = Form({"name": [search.name], "cadence": [search.cadence]})
    if form is not None:
        kept = Form(kept.values | form.values, form.problems)
    page = SavedPage(
        title=titled(search.name, kept), item=shown.item, facts=shown.facts, problems=shown.problems, form=kept
    )
    return site.show(request, page, status)
