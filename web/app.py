"""The application: the parts put together once; knows every part and decides nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import anyio.to_thread
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.middleware import Middleware

from exchange.database import POOL_SIZE
from exchange.place.places import load_gazetteer
from exchange.settings import Settings
from web.failures import HANDLERS, CatchAll
from web.metrics import Metrics
from web.middleware import SecurityHeaders
from web.observed import Observed
from web.rendering import make_environment
from web.routes import routes
from web.site import Site

if TYPE_CHECKING:
    from indexer.service import SearchService


def create_app(settings: Settings, database: Engine, service: "SearchService") -> Starlette:
    """Build the site over an open database and a search service; the caller opens and closes both."""
    metrics = Metrics()
    app = Starlette(
        routes=routes(),
        middleware=[Middleware(Observed, metrics=metrics), Middleware(SecurityHeaders), Middleware(CatchAll)],
        exception_handlers=HANDLERS,
        lifespan=_lifespan,
    )
    app.state.site = Site(settings, database, service, make_environment(), load_gazetteer())
    app.state.metrics = metrics
    return app


@asynccontextmanager
async def _lifespan(_app: Starlette) -> AsyncIterator[None]:
    """Give as many worker threads as the database has connections, so that no page waits for one."""
    anyio.to_thread.current_default_thread_limiter().total_tokens = POOL_SIZE
    yield
