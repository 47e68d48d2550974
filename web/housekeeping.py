"""What every process of the site does by itself, whether it indexes or not: mail and chores; knows no page."""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from exchange.chores import tend
from exchange.errors import ConflictError
from exchange.settings import Settings
from indexer.lease import holding
from web.background import Periodic
from web.mail.carriers import carrier_for
from web.mail.mailer import Mailer

MAIL, CHORES = "mail", "chores"
"""Names of the threads and parts; the second also is the lease of the one process that does them."""
MAIL_SECONDS, CHORES_SECONDS = 2.0, 600.0


def housekeeping(database: Engine, settings: Settings, write: Callable[[str], None]) -> tuple[Periodic, ...]:
    """Give what is to be started; `write` shows mail to the operator where no mail server is set."""
    mailer = Mailer(database=database, settings=settings, carrier=lambda: carrier_for(settings, write))
    lease = timedelta(seconds=settings.lease)
    return (
        Periodic(MAIL, MAIL_SECONDS, mailer.work),
        Periodic(CHORES, CHORES_SECONDS, lambda: alone(database, CHORES, lease, _tend)),
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
