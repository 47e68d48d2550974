"""Signing in and out, and a new password by a mailed link."""

import re

from starlette.requests import Request
from starlette.responses import Response

from exchange.errors import InputError, TooManyError
from exchange.people import credentials, demo, one_time_links, sign_ins
from exchange.people.credentials import Attempt
from exchange.people.one_time_links import Purpose
from web.forms import Form, form_of
from web.interrupted import KEPT, NEXT, resumed
from web.notices import see_other
from web.people.account_pages import CheckEmailPage, ForgotPage, ResetPage, SignInPage, SignOutPage, titled
from web.site import site_of
from web.visit import visit_of

START = "/my/listings"
"""Where a person begins who asked for no page."""
LONGEST_PATH = 16_000
"""A search for as long a text as is read, to be saved, comes back too."""
SENT = "If the exchange has an account with this address, the mail holds a link to choose a new password. "
SENT += "The link works for one hour."

_LOCAL = re.compile(r"/(?![/\\])[^\x00-\x20\x7f\\]*")


def local_path(text: str) -> str:
    """Give a path of this site to go on to; the start for any other text: a link must not lead elsewhere.

    Browsers read a backslash as a slash, and leave out tabs and line ends.
    """
    return text if len(text) <= LONGEST_PATH and _LOCAL.fullmatch(text) else START


def client_of(request: Request) -> str:
    """Give the network address that a request came from; the server has asked the proxies that it trusts."""
    return request.client.host if request.client is not None else ""


def status_of(error: InputError) -> int:
    """Give the status of a page that shows an error."""
    return 429 if isinstance(error, TooManyError) else 400


def secretly(response: Response) -> Response:
    """Keep the address of a page, which holds a secret, from other sites, and the page out of caches."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def sign_in_page(request: Request) -> Response:
    """Show the form; who is signed in goes on."""
    going = local_path(request.query_params.get(NEXT, START))
    if visit_of(request).person is not None:
        return see_other(going)
    return _sign_in_form(request, Form({NEXT: [going]}))


def sign_in(request: Request) -> Response:
    """Sign a person in, with a new cookie, and go on to the page that they asked for."""
    site, visit, form = site_of(request), visit_of(request), form_of(request)
    form.required("email", "Enter your email address.")
    form.required("password", "Enter your password.")
    if form.problems:
        return _sign_in_form(request, form, 400)
    attempt = Attempt(
        email=form.text("email"),
        password=form.text("password"),
        client=client_of(request),
        browser=visit.secret,
        demo=demo.on_loopback(site.settings),
    )
    try:
        secret, person = credentials.sign_in(site.database, attempt, site.clock())
    except InputError as error:
        form.refuse_error(error, "email")
        return _sign_in_form(request, form, status_of(error))
    visit.sign_in(secret, person)
    going = local_path(form.text(NEXT))
    return resumed(request, going, form.text(KEPT)) if KEPT in form.values else see_other(going)


def sign_out_page(request: Request) -> Response:
    """Show the button that signs out."""
    return site_of(request).show(request, SignOutPage(title="Sign out"))


def sign_out(request: Request) -> Response:
    """End the browser's sign-in."""
    visit = visit_of(request)
    if visit.secret is not None:
        with site_of(request).writing() as session:
            sign_ins.end(session, visit.secret)
    visit.sign_out()
    return see_other("/", "signed_out")


def forgot_password_page(request: Request) -> Response:
    """Ask for the address of an account whose password is lost."""
    return _forgot_form(request, Form())


def forgot_password(request: Request) -> Response:
    """Mail a link to a new password; the page is the same for an address that nobody registered."""
    site, form = site_of(request), form_of(request)
    try:
        with site.writing() as session:
            address = credentials.ask_reset(session, form.text("email"), client_of(request), site.clock())
    except InputError as error:
        form.refuse_error(error, "email")
        return _forgot_form(request, form, status_of(error))
    page = CheckEmailPage(title="Check your email", address=address, says=SENT, again="/forgot-password")
    return site.show(request, page)


def reset_password_page(request: Request) -> Response:
    """Show the form that a mailed link leads to; nothing is used up by looking."""
    return _reset_form(request, Form(), request.query_params.get("code", ""), 200)


def reset_password(request: Request) -> Response:
    """Set the new password; whoever was signed in is not any more."""
    site, form = site_of(request), form_of(request)
    code = form.text("code")
    password = form.required("password", "Enter a new password.")
    if form.problems:
        return _reset_form(request, form, code, 400)
    try:
        credentials.reset(site.database, code, password, site.clock())
    except InputError as error:
        form.refuse_error(error, "password")
        return _reset_form(request, form, code, status_of(error))
    return see_other("/sign-in", "password_reset")


def _sign_in_form(request: Request, form: Form, status: int = 200) -> Response:
    site = site_of(request)
    people: tuple[demo.DemoPerson, ...] = ()
    if demo.on_loopback(site.settings):
        with site.reading() as session:
            people = tuple(demo.demo_people(session))
    form.values[NEXT] = [local_path(form.text(NEXT))]
    page = SignInPage(
        title=titled("Sign in", form), heading="Sign in", form=form, demo=people, demo_password=demo.PASSWORD
    )
    return site.show(request, page, status)


def _forgot_form(request: Request, form: Form, status: int = 200) -> Response:
    heading = "Choose a new password"
    return site_of(request).show(request, ForgotPage(title=titled(heading, form), heading=heading, form=form), status)


def _reset_form(request: Request, form: Form, code: str, status: int) -> Response:
    site = site_of(request)
    with site.reading() as session:
        link = one_time_links.look(session, Purpose.RESET, code, site.clock())
        email = link.email if link is not None else None
    heading = "Choose a new password" if link is not None else "This link does not work any more"
    page = ResetPage(
        title=titled(heading, form) if link is not None else heading,
        heading=heading,
        form=form,
        code=code if link is not None else None,
        email=email or "",
    )
    return secretly(site.show(request, page, status if link is not None else 410))
