"""The keys of the programming interface: a person's own, and the page that says what they are for."""

from starlette.requests import Request
from starlette.responses import Response

from exchange.errors import InputError
from exchange.running import api_keys
from exchange.running.api_keys import MOST, NewKey
from web.api.key_pages import ApiPage, EndKeyPage, KeysPage, ProblemKind, key_row, key_rows
from web.api.problems import KINDS
from web.forms import Form, form_of
from web.notices import see_other
from web.people.account_pages import titled
from web.site import number_of, site_of
from web.views.signing_in import status_of
from web.visit import signed_in

KEYS = "/my/account/keys"
HEADING = "Keys of the programming interface"
_SAYS = {
    400: "The member “errors” names each parameter that cannot be used, with a sentence about it.",
    401: "The request brought no key, or one that is none or has ended.",
    404: "There is nothing at the address, or it is not public (any more).",
    405: "The interface is for reading: use GET or HEAD.",
    429: "The key has used up its hour, or too many wrong keys came from where you are. “Retry-After” says how long to "
    "wait.",
    500: "It is logged under the member “reference”. Nothing is lost. Try again later.",
    503: "The database or the search engine does not answer. “Retry-After” says how long to wait.",
}


def keys_page(request: Request) -> Response:
    """Show a person's keys and the form for another one."""
    return _keys(request, Form())


def make(request: Request) -> Response:
    """Make a key and show it, this once: it stands in no address, so this answer is no redirect.

    Who loads the page again sends the form again, and is told that there is a key of that name.
    """
    site, form = site_of(request), form_of(request)
    try:
        with site.writing() as session:
            made = api_keys.make(session, signed_in(request).id, form.text("name"), site.clock())
    except InputError as error:
        form.refuse_error(error, "name")
        return _keys(request, form, status=status_of(error))
    return _keys(request, Form(), made)


def end_page(request: Request) -> Response:
    """Ask whether a key shall end."""
    site = site_of(request)
    with site.reading() as session:
        key = key_row(api_keys.key_of(session, number_of(request, "id"), signed_in(request).id))
    return site.show(request, EndKeyPage(title=f"End the key “{key.name}”", key=key))


def end(request: Request) -> Response:
    """End a key."""
    site = site_of(request)
    with site.writing() as session:
        api_keys.end(session, number_of(request, "id"), signed_in(request).id, site.clock())
    return see_other(KEYS, "key_ended")


def interface(request: Request) -> Response:
    """Say what the interface is and how to begin."""
    site = site_of(request)
    page = ApiPage(
        title="Programming interface (API)",
        base_url=site.settings.base_url,
        rate=site.settings.api_rate,
        most=MOST,
        problems=tuple(ProblemKind(kind, status, title, _SAYS[status]) for status, (kind, title) in KINDS.items()),
    )
    return site.show(request, page)


def _keys(request: Request, form: Form, made: NewKey | None = None, status: int = 200) -> Response:
    site = site_of(request)
    with site.reading() as session:
        known = key_rows(api_keys.keys_of(session, signed_in(request).id))
    page = KeysPage(
        title=titled(HEADING, form),
        heading=HEADING,
        form=form,
        keys=tuple(key for key in known if key.ended is None),
        ended=tuple(key for key in known if key.ended is not None),
        made=made,
        base_url=site.settings.base_url,
        rate=site.settings.api_rate,
    )
    return site.show(request, page, status)
