"""What a Prometheus server asks, and who may ask."""

import secrets
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from exchange import letters
from exchange.errors import UnavailableError
from exchange.outbox import lag, pending
from exchange.settings import Settings
from web.metrics import Metrics, Outbox, State
from web.site import Site, site_of

FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via")
"""What a proxy adds: behind one, every stranger comes from this machine."""


def metrics(request: Request) -> Response:
    """Give the figures; to anybody who may not have them this address is one of no page."""
    site = site_of(request)
    if not _allowed(request, site.settings):
        raise HTTPException(404)
    figures: Metrics = request.app.state.metrics
    headers = {"Content-Type": CONTENT_TYPE_PLAIN_0_0_4, "Cache-Control": "no-store"}
    return Response(figures.page(_state(site)), headers=headers)


def _allowed(request: Request, settings: Settings) -> bool:
    """Ask for the token where one is set; else only this machine may ask, of a site that serves this machine only."""
    if settings.metrics_token:
        given = request.headers.get("authorization", "")
        return secrets.compare_digest(given.encode(), f"Bearer {settings.metrics_token}".encode())
    client = request.client.host if request.client else None
    names = (client, request.url.hostname, urlsplit(settings.base_url).hostname)
    return all(_is_here(name) for name in names) and not any(name in request.headers for name in FORWARDED)


def _is_here(name: str | None) -> bool:
    try:
        return name == "localhost" or ip_address(name or "").is_loopback
    except ValueError:
        return False


def _state(site: Site) -> State:
    parts = site.service.status()
    return State(engine_up=parts.get("engine") == "up", model=parts.get("model", ""), outbox=_outbox(site))


def _outbox(site: Site) -> Outbox | None:
    try:
        with site.reading() as session:
            rows, oldest = pending(session), lag(session, datetime.now(UTC)) or timedelta(0)
            mail = letters.pending(session)
            return Outbox(
                waiting=rows.waiting,
                parked=rows.parked,
                lag=max(oldest.total_seconds(), 0.0),
                mail_waiting=mail.waiting,
                mail_parked=mail.parked,
            )
    except (SQLAlchemyError, UnavailableError):
        return None
