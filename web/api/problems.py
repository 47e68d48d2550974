"""Errors of the interface as application/problem+json (RFC 9457), and what every answer carries; knows no view."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated

import msgspec
from msgspec import Meta, Struct
from starlette.requests import Request
from starlette.responses import Response

from exchange.people.limits import Left
from web.api.types import Address
from web.site import site_of

MEDIA_TYPE = "application/problem+json"
BELOW = "/api/"

KINDS: Mapping[int, tuple[str, str]] = MappingProxyType(
    {
        400: ("parameters", "A parameter cannot be used"),
        401: ("key", "A key is needed"),
        404: ("not-found", "There is nothing here"),
        405: ("method", "Only reading is possible here"),
        429: ("rate", "Too many requests"),
        500: ("fault", "The fault is ours"),
        503: ("unavailable", "Part of the exchange is not available"),
    }
)
"""By status: the place on the page for people that explains it, and its title, which is the same each time."""

EVERY_ANSWER: Mapping[str, str] = MappingProxyType(
    {
        "Access-Control-Allow-Origin": "*",
        "Access-Control-Expose-Headers": (
            "ETag, Link, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, WWW-Authenticate, "
            "X-Request-ID"
        ),
    }
)
"""Any site's scripts may read the answers: no cookie counts below /api, so that a script gets nothing by its reader's
browser that its author could not fetch with the same key. Without `Access-Control-Allow-Credentials` browsers do not
even send cookies along."""


class Fault(Struct, frozen=True, kw_only=True):
    """What is wrong with one parameter."""

    parameter: str
    detail: str


class Problem(Struct, frozen=True, kw_only=True):
    """What went wrong, as RFC 9457 has it."""

    type: Annotated[Address, Meta(description="What kind of problem it is, and where people read about it.")]
    title: str
    status: Annotated[int, Meta(ge=400, le=599)]
    detail: Annotated[str, Meta(description="A sentence that says what to do.")]
    errors: Annotated[list[Fault] | msgspec.UnsetType, Meta(description="Each parameter that cannot be used.")] = (
        msgspec.UNSET
    )
    reference: Annotated[str | msgspec.UnsetType, Meta(description="What to tell us of a fault of ours.")] = (
        msgspec.UNSET
    )


def is_api(request: Request) -> bool:
    """Say whether an address is the interface's; /api itself is a page for people."""
    return request.url.path.startswith(BELOW)


def problem(
    request: Request, status: int, detail: str, *, errors: Sequence[Fault] = (), reference: str | None = None
) -> Response:
    """Answer with a problem; `errors` name the parameters that cannot be used."""
    kind, title = KINDS.get(status, KINDS[400 if status < 500 else 500])
    body = Problem(
        type=f"{site_of(request).settings.base_url}/api#{kind}",
        title=title,
        status=status,
        detail=detail,
        errors=list(errors) or msgspec.UNSET,
        reference=reference or msgspec.UNSET,
    )
    response = Response(msgspec.json.encode(body), status, media_type=MEDIA_TYPE)
    response.headers["Cache-Control"] = "no-store"
    return stamped(request, response)


def stamped(request: Request, response: Response) -> Response:
    """Put onto an answer what each carries, and what is left of the key's hour where one was counted."""
    response.headers.update(EVERY_ANSWER)
    left: Left | None = getattr(request.state, "left", None)
    if left is not None:
        response.headers["RateLimit-Limit"] = str(left.most)
        response.headers["RateLimit-Remaining"] = str(left.number)
        response.headers["RateLimit-Reset"] = str(left.seconds)
    return response
