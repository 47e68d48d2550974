"""A person's own account: what is kept, and changing it."""

from starlette.requests import Request
from starlette.responses import Response

from exchange.errors import InputError
from exchange.models import Account
from exchange.people import accounts, credentials, sign_ins
from exchange.people.credentials import EmailChange, PasswordChange
from exchange.people.permissions import GRANTED
from web.forms import Form, form_of
from web.notices import see_other
from web.people.account_pages import AccountPage, CheckEmailPage, DetailsPage, EmailPage, PasswordPage, titled
from web.site import site_of
from web.views.signing_in import client_of, status_of
from web.visit import signed_in, visit_of

ACCOUNT = "/my/account"
SENT = "The mail holds a link to confirm that the address is yours. It works for one day. Until then nothing changes."


def account(request: Request) -> Response:
    """Show what is kept of a person, each with a link to change it."""
    return _account(request, Form())


def resend(request: Request) -> Response:
    """Mail the link that confirms the address once more."""
    site = site_of(request)
    try:
        with site.writing() as session:
            accounts.resend_confirmation(session, signed_in(request).id, client_of(request), site.clock())
    except InputError as error:
        form = Form()
        form.refuse_error(error, "email")
        return _account(request, form, status_of(error))
    return see_other(ACCOUNT, "confirmation_sent")


def sign_out_everywhere(request: Request) -> Response:
    """End every sign-in of the person, this one too."""
    with site_of(request).writing() as session:
        sign_ins.end_all(session, signed_in(request).id)
    visit_of(request).sign_out()
    return see_other("/sign-in", "signed_out_everywhere")


def details_page(request: Request) -> Response:
    """Show the form for name and telephone number."""
    with site_of(request).reading() as session:
        row = session.get_one(Account, signed_in(request).id)
        form = Form({"name": [row.name], "telephone": [row.telephone or ""]})
    return _details(request, form)


def details(request: Request) -> Response:
    """Change name and telephone number."""
    site, form = site_of(request), form_of(request)
    try:
        with site.writing() as session:
            mine = signed_in(request).id
            accounts.change_details(session, mine, form.text("name"), form.text("telephone"), site.clock())
    except InputError as error:
        form.refuse_error(error, "name")
        return _details(request, form, 400)
    return see_other(ACCOUNT, "saved")


def email_page(request: Request) -> Response:
    """Show the form for another address."""
    return _email(request, Form())


def email(request: Request) -> Response:
    """Mail a link to the new address; the account moves when it is used."""
    site, form = site_of(request), form_of(request)
    password = form.required("password", "Enter your password.")
    if form.problems:
        return _email(request, form, 400)
    mine = signed_in(request).id
    change = EmailChange(account_id=mine, email=form.text("email"), password=password, client=client_of(request))
    try:
        address = credentials.ask_email_change(site.database, change, site.clock())
    except InputError as error:
        form.refuse_error(error, "email")
        return _email(request, form, status_of(error))
    page = CheckEmailPage(title="Check your email", address=address, says=SENT, again=f"{ACCOUNT}/email")
    return site.show(request, page)


def password_page(request: Request) -> Response:
    """Show the form for another password."""
    return _password(request, Form())


def password(request: Request) -> Response:
    """Change the password; every other browser is signed out, and this one gets a new cookie."""
    site, form, person = site_of(request), form_of(request), signed_in(request)
    old = form.required("old_password", "Enter the password that you sign in with now.")
    new = form.required("password", "Enter a new password.")
    if form.problems:
        return _password(request, form, 400)
    try:
        change = PasswordChange(account_id=person.id, old=old, new=new)
        secret = credentials.change_password(site.database, change, site.clock())
    except InputError as error:
        form.refuse_error(error, "old_password")
        return _password(request, form, status_of(error))
    visit_of(request).sign_in(secret, person)
    return see_other(ACCOUNT, "password_changed")


def _account(request: Request, form: Form, status: int = 200) -> Response:
    site, person = site_of(request), signed_in(request)
    with site.reading() as session:
        row = session.get_one(Account, person.id)
        page = AccountPage(
            title="Your account",
            name=row.name,
            email=row.email or "",
            telephone=row.telephone,
            roles=tuple(sorted(role.value for role in person.roles & GRANTED)),
            confirmed=row.confirmed_at is not None,
            form=form,
        )
    return site.show(request, page, status)


def _details(request: Request, form: Form, status: int = 200) -> Response:
    heading = "Your name and telephone number"
    page = DetailsPage(title=titled(heading, form), heading=heading, form=form)
    return site_of(request).show(request, page, status)


def _email(request: Request, form: Form, status: int = 200) -> Response:
    heading = "Change your email address"
    page = EmailPage(title=titled(heading, form), heading=heading, form=form, email=signed_in(request).email)
    return site_of(request).show(request, page, status)


def _password(request: Request, form: Form, status: int = 200) -> Response:
    heading = "Change your password"
    page = PasswordPage(title=titled(heading, form), heading=heading, form=form, email=signed_in(request).email)
    return site_of(request).show(request, page, status)
