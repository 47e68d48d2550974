"""What machines ask: is every part up, and may people be sent here."""

from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from exchange.outbox import pending
from web.site import Site, site_of

DOWN = "down"


def health(request: Request) -> Response:
    """Name every part and its state; 200 even while degraded, because pages still work."""
    site = site_of(request)
    parts: dict[str, object] = {**site.service.status(), **_database(site)}
    degraded = DOWN in parts.values()
    return _fresh({"status": "degraded" if degraded else "ok", "parts": parts})


def ready(request: Request) -> Response:
    """Say 200 when people may be sent here, else 503."""
    site = site_of(request)
    is_ready = site.service.ready() and _database(site)["database"] != DOWN
    return _fresh({"ready": is_ready}, status=200 if is_ready else 503)


def _database(site: Site) -> dict[str, object]:
    try:
        with site.reading() as session:
            return {"database": "up", "outbox": pending(session)._asdict()}
    except SQLAlchemyError:
        return {"database": DOWN}


def _fresh(body: dict[str, object], status: int = 200) -> Response:
    return JSONResponse(body, status_code=status, headers={"Cache-Control": "no-store"})
