"""What every process of the site does by itself, whether it indexes or not: mail and chores; knows no page."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from exchange.alerting import digests
from exchange.chores import tend
from exchange.database import reading
from exchange.errors import ConflictError
from exchange.running.taxonomy_previews import is_asked
from exchange.settings import Settings
from indexer.gaps import counter_over
from indexer.lease import holding
from web.alerting.watching import alert_worker
from web.background import Periodic
from web.mail.carriers import carrier_for
from web.mail.mailer import Mailer
from web.running.previews import work_out

if TYPE_CHECKING:
    from web.runtime import Runtime

DIGESTS, DIGESTS_SECONDS = "digests", 60.0
"""Letters of saved searches: several processes may write them, for none writes what another did."""
GAPS, GAPS_SECONDS = "gaps", 5.0
"""Matches counted for the gap map, by one process at a time, whose lease has this name too."""
MAIL, ALERTS, CHORES, PREVIEWS = "mail", "alerts", "chores", "previews"
"""Names of the threads and parts; all but the first two also are the lease of the one process that does them."""
MAIL_SECONDS, ALERTS_SECONDS, CHORES_SECONDS, PREVIEWS_SECONDS = 2.0, 2.0, 600.0, 3.0


def housekeeping(database: Engine, settings: Settings, write: Callable[[str], None]) -> tuple[Periodic, ...]:
    """Give what is to be started; `write` shows mail to the operator where no mail server is set."""
    mailer = Mailer(database=database, settings=settings, carrier=lambda: carrier_for(settings, write))
    lease = timedelta(seconds=settings.lease)
    return (
        Periodic(MAIL, MAIL_SECONDS, mailer.work),
        Periodic(DIGESTS, DIGESTS_SECONDS, lambda: digests.tend(database, settings.base_url, datetime.now(UTC))),
        Periodic(CHORES, CHORES_SECONDS, lambda: alone(database, CHORES, lease, _tend)),
    )


def searching(runtime: "Runtime") -> tuple[Periodic, ...]:
    """Give what is to be started beside it that needs the index or the model.

    What was indexed is tested against the saved searches here, not by `exchange index work`: who sends the letters
    finds what is to be told, and a worker of the index needs to know no page's addresses.
    """
    database, lease = runtime.database, timedelta(seconds=runtime.settings.lease)
    counter = counter_over(runtime.service, lambda: datetime.now(UTC))

    def counting() -> None:
        if counter.waits():
            alone(database, GAPS, lease, lambda _database: counter.turn())

    def previews() -> None:
        with reading(database) as session:
            asked = is_asked(session)  # no lease is taken every few seconds for nothing
        if asked:
            alone(database, PREVIEWS, lease, lambda _: work_out(database, runtime.workbench, lambda: datetime.now(UTC)))

    return (
        Periodic(ALERTS, ALERTS_SECONDS, alert_worker(runtime.service).work),
        Periodic(PREVIEWS, PREVIEWS_SECONDS, previews),
        Periodic(GAPS, GAPS_SECONDS, counting),
    )


def alone(database: Engine, name: str, lease: timedelta, work: Callable[[Engine], object]) -> None:
    """Do some work unless another process is at it."""
    with ExitStack() as stack:
        try:
            stack.enter_context(holding(database, name, lease))
        except ConflictError:
            return
        work(database)


def _tend(database: Engine) -> None:
    tend(database, datetime.now(UTC))
