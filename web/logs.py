"""Logs as lines, for a person at a terminal or for machines; knows no page, and keeps out what people typed.

Every module logs through `logging`; here structlog gives each record its request's number and one form. A value stands
beside a message only under a name in `FIELDS`, given as `extra`.
"""

import logging
import re
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any, TextIO

import structlog
from structlog.stdlib import ExtraAdder, ProcessorFormatter

from exchange.running.api_keys import SHAPE
from web.commands.output import plain

FIELDS = ("method", "path", "status", "duration_ms")
LEVELS = {"": logging.WARNING, "web": logging.INFO, "indexer": logging.INFO, "exchange": logging.INFO}
"""Our own packages say what they do; the libraries (uvicorn, sqlalchemy, elastic_transport) what goes wrong."""

_EMAIL = re.compile(r"[^\s@<>()\"',;:=/?&]+@[^\s@<>()\"',;:=/?&]+\.\w+")
_ABOUT = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    ExtraAdder(allow=FIELDS),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def without_addresses(text: str) -> str:
    """Put a mark in the place of every e-mail address, and of every key of the interface."""
    return SHAPE.sub("(key)", _EMAIL.sub("(e-mail)", text))


@contextmanager
def logging_to(stream: TextIO, form: str = "") -> Iterator[None]:
    """Write the logs of this process to `stream`, as "text", as "json", or by what the stream is; stop at the end.

    Python's own warnings are among them. A trace never shows the values of variables: they hold what people typed.
    """
    handler = logging.StreamHandler(stream)
    handler.setFormatter(_formatter(form or ("text" if stream.isatty() else "json"), colours=stream.isatty()))
    levels = {name: logging.getLogger(name).level for name in LEVELS}
    _set(LEVELS)
    logging.getLogger().addHandler(handler)
    logging.captureWarnings(capture=True)
    try:
        yield
    finally:
        logging.captureWarnings(capture=False)
        logging.getLogger().removeHandler(handler)
        _set(levels)


def _set(levels: dict[str, int]) -> None:
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def _formatter(form: str, *, colours: bool) -> ProcessorFormatter:
    lines = structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=structlog.dev.plain_traceback)
    return ProcessorFormatter(
        foreign_pre_chain=_ABOUT,
        processors=[
            ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            _clean,
            lines if form == "text" else structlog.processors.JSONRenderer(sort_keys=True),
        ],
    )


def _clean(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take addresses out, and what would move the cursor of somebody's terminal."""
    return {name: plain(without_addresses(value)) if isinstance(value, str) else value for name, value in event.items()}
