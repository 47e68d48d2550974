"""The door of the interface: a key instead of a cookie, its hourly rate, and what every answer carries; knows no view.

No cookie is read here and none is set.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

import msgspec
from anyio.to_thread import run_sync
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from exchange.errors import TooManyError
from exchange.people import limits
from exchange.people.demo import on_loopback
from exchange.people.limits import Left, client_key
from exchange.people.permissions import Action
from exchange.running import api_keys
from web.api.problems import problem, stamped
from web.guard import Door, View
from web.site import Site, site_of
from web.views.signing_in import client_of

HOUR = timedelta(hours=1)
MOST_WRONG = 100
"""Keys an hour from one household or office that are none: nobody guesses one, and each costs a look into the table."""

METHODS = "GET, HEAD, OPTIONS"
PREFLIGHT = {
    "Allow": METHODS,
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "Authorization, If-None-Match",
    "Access-Control-Max-Age": "86400",
}
REALM = 'Bearer realm="Innovation Exchange"'
NO_KEY = (
    "Send a key with each request, as “Authorization: Bearer KEY”. With a confirmed account you make one at {}/my/"
    "account/keys."
)
WRONG_KEY = "This key is none, or it has ended. Make another one at {}/my/account/keys."


@dataclass(frozen=True, slots=True)
class KeyDoor(Door):
    """What stands at an address of the interface: behind `Action.CALL` a key is asked for, elsewhere nothing is."""

    async def answer(self, request: Request) -> Response:
        """Answer a request in a worker thread; a browser that asks whether a script may call is told that it may."""
        if request.method == "OPTIONS":
            return stamped(request, Response(status_code=204, headers=PREFLIGHT))
        return await run_sync(self._admitted, request)

    def _admitted(self, request: Request) -> Response:
        refusal = _refusal(request) if self.action is Action.CALL else None
        return refusal or self._view(request)(request)


def call(path: str, view: View, action: Action = Action.CALL) -> Route:
    """Give the route of an address of the interface, for reading only."""
    return Route(path, KeyDoor(action, view).answer, methods=["GET", "OPTIONS"])


def answered(request: Request, answer: msgspec.Struct | dict[str, object], following: str | None = None) -> Response:
    """Give an answer as JSON, with the address of the next page also as a header (RFC 8288).

    Whoever holds the same already is told so (RFC 9110, 13.1.2) and is sent nothing.
    """
    body = msgspec.json.encode(answer)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": "Authorization"}
    if following is not None:
        headers["Link"] = f'<{following}>; rel="next"'
    if _held(request, tag):
        return stamped(request, Response(status_code=304, headers=headers))
    return stamped(request, Response(body, media_type="application/json", headers=headers))


def _held(request: Request, tag: str) -> bool:
    given = request.headers.get("if-none-match", "")
    return given.strip() == "*" or tag in {one.strip().removeprefix("W/") for one in given.split(",")}


def _refusal(request: Request) -> Response | None:
    """Look the key up and count the request; the answer to who brings none or a wrong one, None to anybody else.

    Raises:
        TooManyError: the key was used, or wrong ones were tried, too often of late.
    """
    site = site_of(request)
    base, given = site.settings.base_url, request.headers.get("authorization")
    if given is None:
        return _unauthorised(request, NO_KEY.format(base), REALM)
    found = _caller(site, given)
    if found is None:
        with site.writing() as session:
            key = f"wrong key from {client_key(client_of(request))}"
            limits.count(session, key, MOST_WRONG, HOUR, site.clock())
        return _unauthorised(request, WRONG_KEY.format(base), f'{REALM}, error="invalid_token"')
    _count(request, site, found)
    return None


def _caller(site: Site, given: str) -> api_keys.Caller | None:
    scheme, _, secret = given.partition(" ")
    if scheme.lower() != "bearer":
        return None
    with site.reading() as session:
        return api_keys.caller(session, secret.strip(), site.clock(), demo=on_loopback(site.settings))


def _count(request: Request, site: Site, found: api_keys.Caller) -> None:
    most, now = site.settings.api_rate, site.clock()
    try:
        with site.writing() as session:
            request.state.left = limits.count(session, f"key {found.key_id} of the interface", most, HOUR, now)
            if found.stale:
                api_keys.note_use(session, found.key_id, now)
    except TooManyError as error:
        request.state.left = Left(most, 0, error.seconds)
        raise


def _unauthorised(request: Request, sentence: str, challenge: str) -> Response:
    response = problem(request, 401, sentence)
    response.headers["WWW-Authenticate"] = challenge
    return response
