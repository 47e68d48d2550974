"""Saving a search, or the matches of a listing, so that one is told of what is new."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from exchange.alerting import saved_searches as use_cases
from exchange.alerting.saved_searches import Cadence, SavedQuestion
from exchange.errors import InputError, NotFoundError, UnavailableError
from exchange.models import Account
from web.alerting.known import known_to, look_again
from web.alerting.search_pages import SavePage, cadence_of
from web.alerting.wishes import Wish, wish_of
from web.forms import Form, form_of
from web.notices import see_other
from web.people.account_pages import titled
from web.site import site_of
from web.visit import signed_in


def new(request: Request) -> Response:
    """Show what would be saved, with a name and how often to write; what is saved already is shown instead."""
    site = site_of(request)
    with site.reading() as session:
        wish = wish_of(site, session, request.query_params.multi_items())
        if isinstance(wish, str):
            return RedirectResponse(wish, status_code=303)
        by = session.get_one(Account, signed_in(request).id)
        if wish.listing_id is not None:
            use_cases.check_theirs(session, wish.listing_id, by)
        if (other := use_cases.same(session, by.id, wish.question, wish.listing_id)) is not None:
            return see_other(f"/my/searches/{other.id}", "search_saved_already")
    return _page(request, wish, Form({"name": [wish.name], "cadence": [Cadence.DAILY]}))


def save(request: Request) -> Response:
    """Save it; what it finds already is left out of the mail to come."""
    site, form, me = site_of(request), form_of(request), signed_in(request).id
    with site.reading() as session:
        wish = wish_of(site, session, form.pairs())
        if isinstance(wish, str):
            return RedirectResponse(wish, status_code=303)
        if wish.listing_id is not None:
            use_cases.check_theirs(session, wish.listing_id, session.get_one(Account, me))
        other = use_cases.same(session, me, wish.question, wish.listing_id)
    if other is not None:
        return see_other(f"/my/searches/{other.id}", "search_saved_already")
    try:
        asked = SavedQuestion(form.text("name"), wish.question, wish.listing_id, cadence_of(form))
        use_cases.check_name(asked.name)  # before the engine is asked
        known = known_to(site.service, wish.asked)
        with site.writing() as session:
            search = use_cases.save(session, session.get_one(Account, me), asked, known, site.clock())
    except NotFoundError:
        raise
    except (InputError, UnavailableError) as error:
        form.refuse(getattr(error, "field", None) or "name", str(error))
        return _page(request, wish, form, 503 if isinstance(error, UnavailableError) else 400)
    look_again(site.service, wish.asked, known, site.clock())
    return see_other(f"/my/searches/{search.id}", "search_saved")


def _page(request: Request, wish: Wish, form: Form, status: int = 200) -> Response:
    page = SavePage(
        title=titled(wish.heading, form),
        heading=wish.heading,
        facts=wish.facts,
        back=wish.back,
        pairs=wish.pairs,
        form=form,
        stop=wish.stop,
    )
    return site_of(request).show(request, page, status)
