"""The contexts of the pages around accounts: register, sign in, mailed links, one's own account; knows no request."""

from dataclasses import dataclass
from typing import ClassVar

from exchange.people.demo import DemoPerson
from web.forms import Form
from web.rendering import Page


@dataclass(frozen=True, slots=True, kw_only=True)
class FormPage(Page):
    """A page with one form; `heading` is its title where the title begins with "Error"."""

    form: Form
    heading: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInPage(FormPage):
    """Address and password; where nobody else can reach the site also whom one may try it as, and by which password."""

    template: ClassVar[str] = "pages/sign_in.html"

    demo: tuple[DemoPerson, ...]
    demo_password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignOutPage(Page):
    """A button that signs out."""

    template: ClassVar[str] = "pages/sign_out.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterPage(FormPage):
    """Name, address and password of a new account."""

    template: ClassVar[str] = "pages/register.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckEmailPage(Page):
    """What was mailed where; it says no more than the person typed."""

    template: ClassVar[str] = "pages/check_email.html"

    address: str
    says: str
    again: str
    """Where to ask once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmPage(Page):
    """The button that a mailed link leads to; without a code the link is over."""

    template: ClassVar[str] = "pages/confirm.html"

    code: str | None
    email: str | None = None
    sentence: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgotPage(FormPage):
    """The address to which a link to a new password is mailed."""

    template: ClassVar[str] = "pages/forgot_password.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetPage(FormPage):
    """The new password; without a code the link is over."""

    template: ClassVar[str] = "pages/reset_password.html"

    code: str | None
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountPage(Page):
    """One's own account as it is kept."""

    template: ClassVar[str] = "pages/my_account.html"

    name: str
    email: str
    telephone: str | None
    roles: tuple[str, ...]
    confirmed: bool
    form: Form


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailsPage(FormPage):
    """Name and telephone number."""

    template: ClassVar[str] = "pages/my_account_details.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class EmailPage(FormPage):
    """Another address."""

    template: ClassVar[str] = "pages/my_account_email.html"

    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordPage(FormPage):
    """Another password."""

    template: ClassVar[str] = "pages/my_account_password.html"

    email: str


def titled(heading: str, form: Form) -> str:
    """Give the title of a page with a form: a browser's tab says first that something is wrong."""
    return f"Error: {heading}" if form.problems else heading
