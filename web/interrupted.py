"""The page that keeps what a person typed when a form could not be taken: signed out, or an old page; knows no form."""

from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import parse_qsl, urlencode

from starlette.requests import Request
from starlette.responses import Response

from web.forms import Form, form_of
from web.rendering import Page
from web.site import site_of

SECRETS = "password", "new_password", "old_password"
"""Fields that are never sent back to the browser."""
KEPT, NEXT = "kept", "next"


@dataclass(frozen=True, slots=True, kw_only=True)
class InterruptedPage(Page):
    """A form that waits to be sent (again): its address and its fields; `kept` is the same as one text."""

    template: ClassVar[str] = "pages/interrupted.html"

    address: str
    fields: tuple[tuple[str, str], ...]
    kept: str
    signed_out: bool
    form: Form


def sign_in_first(request: Request) -> Response:
    """Ask who is not (any more) signed in to sign in; what they typed goes along."""
    return _interrupted(request, "Sign in to carry on", signed_out=True)


def send_again(request: Request) -> Response:
    """Ask to send a form of an older page again: somebody signed in or out in another window since."""
    return _interrupted(request, "Send the form again", signed_out=False)


def resumed(request: Request, address: str, kept: str) -> Response:
    """Show what was kept over a sign-in, to be sent on with one button."""
    fields = tuple(parse_qsl(kept, keep_blank_values=True))
    page = InterruptedPage(title="Carry on", address=address, fields=fields, kept=kept, signed_out=False, form=Form())
    return site_of(request).show(request, page)


def _interrupted(request: Request, title: str, *, signed_out: bool) -> Response:
    form = form_of(request)
    fields = tuple(form.pairs("csrf", *SECRETS))
    page = InterruptedPage(
        title=title,
        address=request.url.path,
        fields=fields,
        kept=urlencode(fields),
        signed_out=signed_out,
        form=Form(),
    )
    return site_of(request).show(request, page, status=401 if signed_out else 409)
