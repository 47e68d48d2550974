"""Previews of changed areas, worked out beside the site's pages in an index of their own; knows no page."""

import logging
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import Engine

from exchange.database import reading, writing
from exchange.errors import ExchangeError
from exchange.running.taxonomy_previews import Order, keep, next_order
from indexer.runs import Workbench
from indexer.word_preview import Preview, preview
from web.packaged import packaged_corpus, packaged_order

log = logging.getLogger(__name__)

FAILED = "The preview failed by a fault of ours; the log says more. Ask for it again, or publish without it."


def work_out(database: Engine, workbench: Callable[[], Workbench], now: Callable[[], datetime]) -> bool:
    """Work out the preview that was asked for first; say whether there was one. A failure is kept as a sentence."""
    with reading(database) as session:
        order = next_order(session)
    if order is None:
        return False
    made, failure = None, None
    try:
        made = _made(order, workbench(), now)
    except ExchangeError as error:
        failure = str(error)
    except Exception:
        log.exception("the preview of proposal %d failed", order.proposal_id)
        failure = FAILED
    with writing(database) as session:
        keep(session, order, made, failure)
    return True


def preview_of(kept: dict[str, Any]) -> Preview:
    """Read a preview that was kept."""
    return msgspec.convert(kept, type=Preview)


def _made(order: Order, workbench: Workbench, now: Callable[[], datetime]) -> dict[str, Any]:
    began = time.monotonic()
    corpus = packaged_corpus(datetime.now(UTC).date())
    found = preview(packaged_order(), corpus, workbench, (order.published, order.proposed))
    kept: dict[str, Any] = msgspec.to_builtins(found)
    return kept | {"made_at": now().isoformat(), "seconds": round(time.monotonic() - began, 1)}
