"""`exchange serve`: the site in one process, its index caught up before the first page; knows no page."""

import asyncio
import errno
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
import uvicorn
from starlette.applications import Starlette

from exchange.errors import UnavailableError
from exchange.settings import PREFIX, Settings, load_settings
from indexer.timing import recording
from indexer.worker import Worker
from web.app import create_app
from web.background import Periodic
from web.commands.indexing import index_here
from web.commands.output import OUT, say, warn
from web.commands.stopping import stoppable
from web.housekeeping import housekeeping, searching
from web.lock import Role
from web.logs import logging_to
from web.runtime import Runtime, open_runtime

LONGEST_REQUEST_HEAD = 1_048_576
"""A search may carry 8,000 characters in its address, percent-encoded, and h11's own limit is 64 KiB."""

LAST_ANSWERS = 10
"""Seconds that pages under way have when the site stops."""

CONSOLE = (
    "No mail server is set, so mail is shown here: what people are written, with links that sign in or confirm. "
    "Set EXCHANGE_SMTP_URL to send it."
)

WARM = ("/", "/search?q=help for carers", "/newest", "/how-ranking-works", "/health")
"""Addresses asked for once before anybody is let in: templates compiled, the index in memory, the model run."""


class _Server(uvicorn.Server):
    """Say where the site is as soon as it answers, and begin what it does by itself."""

    def __init__(self, config: uvicorn.Config, background: tuple[Periodic, ...]) -> None:
        super().__init__(config)
        self._background = background

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        if self.started:
            say(f"Innovation Exchange at {_url(self.config)}")
            for periodic in self._background:
                periodic.start()


def serve(
    *,
    host: Annotated[str, typer.Option(help="The address to listen at.", show_default="EXCHANGE_HOST")] = "",
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port.", show_default="EXCHANGE_PORT")] = 0,
    worker: Annotated[bool, typer.Option(help="Index changes too; on Elasticsearch others may do it instead.")] = True,
) -> None:
    """Run the site until it is stopped; Ctrl-C stops it and keeps everything."""
    given = {PREFIX + "HOST": host, PREFIX + "PORT": str(port or "")}
    settings = load_settings({**os.environ, **{name: value for name, value in given.items() if value}})
    with stoppable(), logging_to(sys.stderr, settings.log), open_runtime(settings) as runtime:
        if not runtime.shared and not runtime.lock.take(Role.SITE):
            raise UnavailableError(_taken(runtime))
        with _listener(settings) as listener:
            _serve(runtime, listener, works=worker or not runtime.shared)
    say("The site has stopped; nothing is lost.")


def _serve(runtime: Runtime, listener: socket.socket, *, works: bool) -> None:
    """Catch up, warm up, answer until stopped, and leave the index on disk as it is in memory."""
    warn("Loading the model and the index ...")
    if not runtime.shared:
        index_here(runtime, warn)
    app = create_app(runtime.settings, runtime.database, runtime.service)
    asyncio.run(_warm(app))
    with recording(app.state.metrics):
        worker = Worker(runtime.indexer, before=runtime.before_work)
    if works:
        app.state.site.worker_error = lambda: worker.error
        worker.start()
    if runtime.settings.smtp is None:
        warn(CONSOLE)
    background = (*housekeeping(runtime.database, runtime.settings, _print), *searching(runtime))
    app.state.site.background = background
    try:
        _Server(_config(app, runtime.settings), background).run(sockets=[listener])
    except OSError as error:
        raise UnavailableError(_refused(runtime.settings.host, runtime.settings.port, error)) from error
    finally:
        for periodic in background:
            periodic.stop()
        worker.stop()
        runtime.flush()


def _print(text: str) -> None:
    OUT.file.write(text)
    OUT.file.flush()


def _config(app: Starlette, settings: Settings) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        http="h11",
        h11_max_incomplete_event_size=LONGEST_REQUEST_HEAD,
        log_config=None,  # its lines go the way of all others
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),  # no proxy is trusted until the setting names it
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_graceful_shutdown=LAST_ANSWERS,
    )


def _taken(runtime: Runtime) -> str:
    folder = runtime.settings.index_dir
    if runtime.lock.holder() is Role.SITE:
        return f"The site is running already on the index in {folder}; stop it, or set EXCHANGE_DATA_DIR."
    return f"Another command writes the index in {folder}; start the site when it has ended."


def _url(config: uvicorn.Config) -> str:
    host = f"[{config.host}]" if ":" in config.host else config.host
    return f"http://{host}:{config.port}"


@contextmanager
def _listener(settings: Settings) -> Iterator[socket.socket]:
    """Take the address before the long work; nobody is let in until the server listens on it."""
    host, port = settings.host, settings.port
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise UnavailableError(
            f"The host {host!r} cannot be used ({error.strerror}); give another by --host."
        ) from error
    with listener:
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
        except OSError as error:
            raise UnavailableError(_refused(host, port, error)) from error
        yield listener


def _refused(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is in use at {host}; stop what listens there, or give another by --port."
    return f"The site cannot listen at {host}, port {port} ({error.strerror}); give others by --host and --port."


async def _warm(app: Starlette) -> None:
    for address in WARM:
        path, _, query = address.partition("?")
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "GET",
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "query_string": query.replace(" ", "+").encode(),
            "headers": [(b"host", b"localhost"), (b"x-request-id", b"before-start")],
            "server": ("localhost", 80),
            "client": ("localhost", 0),
        }
        await app(scope, _receive, _send)


async def _receive() -> dict[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _send(message: Any) -> None:
    del message  # the answer itself is nobody's
