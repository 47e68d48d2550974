"""The outbox: notes that a listing must be looked at again, because what may be found has changed; knows no index.

A worker that outlives its lease does no harm here: what it wrote bears the revision it read, and the index keeps the
newer one.
"""

from exchange.models import OutboxRow
from exchange.queues import (
    FIRST_DELAY,
    LONGEST_DELAY,
    LONGEST_ERROR,
    MOST_ATTEMPTS,
    MOST_CLAIMS,
    NEVER_FINISHED,
    SUSPECT,
    Parked,
    Pending,
    Queue,
)

__all__ = [
    "FIRST_DELAY",
    "LONGEST_DELAY",
    "LONGEST_ERROR",
    "MOST_ATTEMPTS",
    "MOST_CLAIMS",
    "NEVER_FINISHED",
    "SUSPECT",
    "Parked",
    "Pending",
    "claim",
    "done",
    "enqueue",
    "failed",
    "lag",
    "parked",
    "pending",
    "put_back",
    "retry",
    "retry_parked",
    "row_ids",
    "waiting_listings",
]

_outbox = Queue(OutboxRow)

enqueue = _outbox.enqueue
claim = _outbox.claim
done = _outbox.done
failed = _outbox.failed
put_back = _outbox.put_back
row_ids = _outbox.row_ids
waiting_listings = _outbox.waiting_listings
pending = _outbox.pending
lag = _outbox.lag
parked = _outbox.parked
retry = _outbox.retry
retry_parked = _outbox.retry_parked
