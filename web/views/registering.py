"""Registering, and confirming an address by a mailed link."""

from starlette.requests import Request
from starlette.responses import Response

from exchange.errors import InputError
from exchange.people import accounts
from exchange.people.accounts import Registration
from web.forms import Form, form_of
from web.notices import see_other
from web.people.account_pages import CheckEmailPage, ConfirmPage, RegisterPage, titled
from web.site import site_of
from web.views.signing_in import client_of, secretly, status_of
from web.visit import visit_of

SENT = "The mail holds a link to confirm that the address is yours. You can sign in already, and submit once you have."


def register_page(request: Request) -> Response:
    """Show the form for a new account."""
    return _form(request, Form())


def register(request: Request) -> Response:
    """Make an account; the page is the same for an address that has one."""
    site, form = site_of(request), form_of(request)
    name, address = form.text("name"), form.text("email")
    for read, text in ((accounts.name_of, name), (accounts.email_of, address)):
        try:
            read(text)
        except InputError as error:
            form.refuse_error(error, "name")
    password = form.required("password", "Enter a password.")
    if form.problems:
        return _form(request, form, 400)
    try:
        given = Registration(name=name, email=address, password=password, client=client_of(request))
        accounts.register(site.database, given, site.clock())
    except InputError as error:
        form.refuse_error(error, "email")
        return _form(request, form, status_of(error))
    page = CheckEmailPage(title="Check your email", address=accounts.email_of(address), says=SENT, again="/sign-in")
    return site.show(request, page)


def confirm_page(request: Request) -> Response:
    """Show the button that a mailed link leads to: programs that check mail follow links, and must use up none."""
    site, code = site_of(request), request.query_params.get("code", "")
    with site.reading() as session:
        link = accounts.link_to_confirm(session, code, site.clock())
        email = link.email if link is not None else None
    if email is None:
        return _over(request, accounts.LINK_OVER)
    return secretly(site.show(request, ConfirmPage(title="Confirm your email address", code=code, email=email)))


def confirm(request: Request) -> Response:
    """Use the link."""
    site = site_of(request)
    try:
        with site.writing() as session:
            accounts.confirm(session, form_of(request).text("code"), site.clock())
    except InputError as error:
        return _over(request, str(error))
    return see_other("/my/account" if visit_of(request).person else "/sign-in", "confirmed")


def _form(request: Request, form: Form, status: int = 200) -> Response:
    heading = "Register"
    return site_of(request).show(request, RegisterPage(title=titled(heading, form), heading=heading, form=form), status)


def _over(request: Request, sentence: str) -> Response:
    page = ConfirmPage(title="This link does not work any more", code=None, sentence=sentence)
    return secretly(site_of(request).show(request, page, 410))
