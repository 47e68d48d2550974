"""Every request as seen from outside: its number, its line in the log, its latency; knows no page."""

import logging
import re
import secrets
import time
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, clear_contextvars

from indexer.timing import recording
from web.logs import without_addresses
from web.metrics import Metrics

log = logging.getLogger(__name__)

HEADER = "X-Request-ID"
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
OTHER = "OTHER"
"""Any method is a word that a stranger chose: the metrics would grow with each."""
NO_ROUTE = "(none)"
SHOWN = frozenset({"id", "code"})
"""The parts of an address that say which thing it is; any other might be a secret and stays a name in the log."""
LONGEST_PATH = 200

_WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_PART = re.compile(r"\{(\w+)(?::\w+)?\}")


def number_for(given: str | None) -> str:
    """Give the number of a request: the one that came with it where it is well formed, else a new one."""
    return given if given and _WELL_FORMED.fullmatch(given) else secrets.token_hex(8)


class Observed:
    """Stand outside everything else, so that no answer goes without its number and its line."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; whatever it logs, in its own thread too, carries its number."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        number = scope["request_id"] = number_for(Headers(scope=scope).get(HEADER))
        clear_contextvars()
        bind_contextvars(request_id=number)  # stays until the next request: the server logs after us
        status, noted, began = 500, False, time.perf_counter()

        async def noting(message: Message) -> None:
            nonlocal status, noted
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = number
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                noted = True
                self._note(scope, status, time.perf_counter() - began)  # what is done after it, nobody waits for

        try:
            with recording(self._metrics):
                await self.app(scope, receive, noting)
        finally:
            if not noted:
                self._note(scope, status, time.perf_counter() - began)

    def _note(self, scope: Scope, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in METHODS else OTHER
        route: str | None = getattr(scope.get("route"), "path", None)
        self._metrics.answered(route or NO_ROUTE, method, status, seconds)
        told = {"method": method, "path": _path(scope, route), "status": status, "duration_ms": round(seconds * 1e3, 1)}
        log.info("request", extra=told)


def _path(scope: Scope, route: str | None) -> str:
    """Give the path as the log shows it: no query text, no e-mail address, nothing that a terminal obeys."""
    parameters = scope.get("path_params", {})

    def part(found: re.Match[str]) -> str:
        return str(parameters.get(found[1])) if found[1] in SHOWN else found[0]

    path = scope["path"] if route is None or "{" not in route else _PART.sub(part, route)
    return quote(without_addresses(path)[:LONGEST_PATH], safe="/{}()")
