"""The door of every address: who may pass, whether a form is the site's own, and what becomes of one that is not."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from exchange.errors import ForbiddenError, UnavailableError
from exchange.people.permissions import TABLE, Action, Role
from web.forms import LARGEST, form_of, read_form
from web.interrupted import send_again, sign_in_first
from web.visit import TOKEN, Visit, visit_of

View = Callable[[Request], Response]

CONFIRM_FIRST = (
    "Confirm your email address first: open the link that was mailed to you, or ask for a new one on your account page."
)
NOT_YOURS = "This page is for people with the role {role}. Ask an administrator of the exchange to give it to you."
UNKNOWN = "The database does not answer, so nobody can be signed in. Nothing that was saved is lost. Try again soon."
FOREIGN = "This form did not come from this site, so nothing was done. Open the page here and fill it in again."


@dataclass(frozen=True, slots=True)
class Door:
    """What stands at an address: the action that it is for, and its views.

    `one_click` names an address whose POST brings no token: the link that mail programs use to unsubscribe (RFC 8058).
    """

    action: Action
    get: View | None = None
    post: View | None = None
    one_click: bool = False
    largest: int = LARGEST

    async def answer(self, request: Request) -> Response:
        """Answer a request, its form read and its view in a worker thread (design, ruling 7)."""
        if request.method == "POST":
            request.state.form = await read_form(request, self.largest)
        return await run_sync(self._answer, request)

    def _answer(self, request: Request) -> Response:
        visit = visit_of(request)
        response = self._refusal(request, visit) or self._view(request)(request)
        visit.stamp(response)
        return response

    def _view(self, request: Request) -> View:
        view = self.post if request.method == "POST" else self.get
        if view is None:
            raise LookupError("the router lets no other method through")
        return view

    def _refusal(self, request: Request, visit: Visit) -> Response | None:
        posted = request.method == "POST"
        if posted and not self.one_click and not visit.brings_back(form_of(request).text(TOKEN)):
            if not _from_here(request):
                raise ForbiddenError(FOREIGN)
            return send_again(request) if visit.may(self.action) else sign_in_first(request)
        if visit.may(self.action):
            return None
        if visit.unknown:
            raise UnavailableError(UNKNOWN)
        if visit.person is None:
            return sign_in_first(request) if posted else _to_sign_in(request)
        if Role.CONFIRMED not in visit.roles:
            raise ForbiddenError(CONFIRM_FIRST)
        raise ForbiddenError(NOT_YOURS.format(role=" or ".join(sorted(TABLE[self.action]))))


def page(
    path: str, action: Action, get: View | None = None, post: View | None = None, *, largest: int = LARGEST
) -> Route:
    """Give the route of an address; whoever asks is checked before its view runs. A form has `largest` bytes."""
    return _route(path, Door(action, get, post, largest=largest))


def one_click(path: str, action: Action, get: View, post: View) -> Route:
    """Give the route of an address whose form mail programs send by themselves, without this site's token."""
    return _route(path, Door(action, get, post, one_click=True))


def _route(path: str, door: Door) -> Route:
    methods = [method for method, view in (("GET", door.get), ("POST", door.post)) if view is not None]
    return Route(path, door.answer, methods=methods)


def _to_sign_in(request: Request) -> Response:
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/sign-in?next={quote(path, safe='')}", status_code=303)


def _from_here(request: Request) -> bool:
    """Say whether the browser states that this site's own page sent the form."""
    if (said := request.headers.get("sec-fetch-site")) is not None:
        return said == "same-origin"
    origin = urlsplit(request.headers.get("origin", "")).netloc
    return bool(origin) and hmac.compare_digest(origin.encode(), request.headers.get("host", "").encode())


def door_of(route: Route) -> Door | None:
    """Give the door of a route; None where anybody walks in unseen."""
    door = getattr(route.endpoint, "__self__", None)
    return door if isinstance(door, Door) else None
