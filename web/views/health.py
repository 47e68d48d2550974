"""What machines ask: is every part up, and may people be sent here."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from exchange.outbox import lag, pending
from web.site import Site, site_of

UP, DOWN = "up", "down"


def health(request: Request) -> Response:
    """Name every part and its state; 200 even while degraded, because pages still work.

    Degraded: a part is down, or outbox rows are parked, so that a change is not found until somebody looks.
    """
    site = site_of(request)
    outbox = _outbox(site)
    parts: dict[str, object] = {**site.service.status(), "database": UP if outbox else DOWN, **_workers(site)}
    degraded = DOWN in parts.values() or (outbox and outbox["parked"])
    return _fresh({"status": "degraded" if degraded else "ok", "parts": parts | ({"outbox": outbox} if outbox else {})})


def ready(request: Request) -> Response:
    """Say 200 when people may be sent here, else 503; without the engine they may, because SQL stands in for it."""
    is_ready = _outbox(site_of(request)) is not None
    return _fresh({"ready": is_ready}, status=200 if is_ready else 503)


def _outbox(site: Site) -> dict[str, int] | None:
    """Count what waits for the index and what is parked, and give the age of the oldest; None without a database."""
    try:
        with site.reading() as session:
            rows, oldest = pending(session), lag(session, datetime.now(UTC)) or timedelta(0)
    except SQLAlchemyError:
        return None
    return {"waiting": rows.waiting, "parked": rows.parked, "lag_seconds": max(round(oldest.total_seconds()), 0)}


def _workers(site: Site) -> dict[str, object]:
    """Say how what this process does by itself goes; what went wrong is in the log, because anybody may ask here."""
    worker = {} if site.worker_error is None else {"worker": site.worker_error()}
    errors = worker | {periodic.name: periodic.error for periodic in site.background}
    return {name: DOWN if error else UP for name, error in errors.items()}


def _fresh(body: dict[str, object], status: int = 200) -> Response:
    return JSONResponse(body, status_code=status, headers={"Cache-Control": "no-store"})
