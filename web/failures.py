"""Every error as a page, or below /api as a problem, that says what to do; the log keeps what people need not see."""

import logging
from collections.abc import Mapping
from typing import Any

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from exchange.errors import (
    ConflictError,
    ForbiddenError,
    InputError,
    NotFoundError,
    TooManyError,
    UnavailableError,
)
from web.api.problems import Fault, is_api, problem
from web.pages import ErrorPage
from web.site import site_of

log = logging.getLogger(__name__)

HTTP_PAGES: Mapping[int, tuple[str, str]] = {
    404: ("Page not found", "If you typed the address, check that it is right. If you followed a link, it may be old."),
    405: ("This cannot be done here", "The address is right, but it does not take what was sent to it."),
}


DOWN = (
    "The database does not answer, so no listing can be shown or searched. Nothing that was saved is lost. "
    "Try again in a few minutes."
)
BUSY = "The database is busy with other changes. Nothing that was saved is lost. Try again in a few seconds."
WAITED_TOO_LONG = ("40", "55P03", "57014")
"""PostgreSQL's states for a transaction that others stood in the way of: rolled back, no lock, cancelled."""
OUR_FAULTS = ("no such table", "no such column", "near ", "too many SQL variables")
"""What SQLite calls an operational error and is a wrong statement."""


def not_found(request: Request, error: Exception) -> Response:
    """Say that the thing named is not there."""
    return _page(request, 404, "Page not found", str(error))


def refused(request: Request, error: Exception) -> Response:
    """Say what is wrong with what was given."""
    field = getattr(error, "field", None)
    if is_api(request) and field:
        return problem(request, 400, str(error), errors=[Fault(parameter=field, detail=str(error))])
    return _page(request, 400, "Check what you asked for", str(error))


def too_many(request: Request, error: Exception) -> Response:
    """Say when to try again."""
    response = _page(request, 429, "Try again later", str(error))
    if isinstance(error, TooManyError):
        response.headers["Retry-After"] = str(error.seconds)
    return response


def conflict(request: Request, error: Exception) -> Response:
    """Say that somebody else was first."""
    return _page(request, 409, "This has changed", str(error))


def forbidden(request: Request, error: Exception) -> Response:
    """Say who may do this."""
    return _page(request, 403, "This is not open to you", str(error))


def unavailable(request: Request, error: Exception) -> Response:
    """Say which part does not answer."""
    log.warning("a part is not available: %s", error)
    response = _page(request, 503, "Part of the exchange is not available", str(error))
    response.headers["Retry-After"] = "60"
    return response


def database_down(request: Request, error: Exception) -> Response:
    """Say that the database does not answer, or is busy; any other error of a statement is a fault of ours.

    Raises:
        Exception: the error itself, where the database did answer.
    """
    reason = (str(getattr(error, "orig", None) or error).strip().splitlines() or [type(error).__name__])[0]
    state = getattr(getattr(error, "orig", None), "sqlstate", None) or ""
    if reason == "database is locked" or state.startswith(WAITED_TOO_LONG):
        title, sentence, wait = "The exchange is busy just now", BUSY, "5"
    elif _unreachable(error, reason):
        title, sentence, wait = "The exchange is not available just now", DOWN, "30"
    else:
        raise error
    log.warning("the database does not answer: %s", reason)
    if is_api(request):
        response = problem(request, 503, sentence)
    else:
        response = site_of(request).show(request, ErrorPage(title=title, sentence=sentence, again=_again(request)), 503)
    response.headers["Retry-After"] = wait
    return response


def _again(request: Request) -> str:
    """Give the address that was asked for, without the site's name; what was posted is not sent again by a link."""
    query = f"?{request.url.query}" if request.url.query else ""
    return f"/{request.url.path.lstrip('/')}{query}"


def _unreachable(error: Exception, reason: str) -> bool:
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    known = (OperationalError, InterfaceError, PoolTimeoutError)
    return isinstance(error, known) and not reason.startswith(OUR_FAULTS)


def http_error(request: Request, error: Exception) -> Response:
    """Show a page for an error of the protocol: no such address, or a method that it does not take."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    title, sentence = HTTP_PAGES.get(status, ("This did not work", "Go back and try again."))
    response = _page(request, status, title, sentence)
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response


def broken(request: Request, error: Exception) -> Response:
    """Say that it is our fault, with a reference that the log holds beside the trace."""
    reference = request.scope["request_id"]
    log.error("fault in request %s", reference, exc_info=error)
    sentence = "Nothing that you did is lost. Try again in a few minutes."
    return _page(request, 500, "Sorry, there is a problem", sentence, reference)


def _page(request: Request, status: int, title: str, sentence: str, reference: str | None = None) -> Response:
    if is_api(request):
        return problem(request, status, sentence, reference=reference)
    return site_of(request).show(request, ErrorPage(title=title, sentence=sentence, reference=reference), status)


HANDLERS: dict[Any, Any] = {
    NotFoundError: not_found,
    TooManyError: too_many,
    InputError: refused,
    ConflictError: conflict,
    ForbiddenError: forbidden,
    UnavailableError: unavailable,
    DBAPIError: database_down,
    PoolTimeoutError: database_down,
    HTTPException: http_error,
}
"""An error that is none of these is ours: `CatchAll` answers it."""


class CatchAll:
    """Answer an error that nobody foresaw; inside the security headers, so that its page has them too."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; an error after the response began can only be logged by the server."""
        started = False

        async def noting(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, noting)
        except Exception as error:
            if started or scope["type"] != "http":
                raise
            await broken(Request(scope), error)(scope, receive, send)
