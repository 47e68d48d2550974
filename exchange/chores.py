"""What is to be done as days pass, whoever looks: closing dates, reminders, "still true?", and tidying; knows no page.

Days are London's. Each piece of work has a transaction of its own and can be done again at any time, by several
processes at once: what was done is not done twice.
"""

import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine, delete
from sqlalchemy.orm import Session

from exchange import letters
from exchange.database import reading, writing
from exchange.introducing import reminders
from exchange.introducing.needs import EXCHANGE
from exchange.listing import listings, still_true
from exchange.models_people import Attempts, Letter, OneTimeLink, SignIn
from exchange.people import limits, one_time_links
from exchange.people.accounts import operator
from exchange.running import api_keys, missed_searches
from exchange.working_days import london_date

log = logging.getLogger(__name__)

_Find = Callable[[Session, datetime], list[int]]
_Do = Callable[[Session, int, datetime], None]


def close_due(session: Session, now: datetime) -> None:
    """Close the needs whose closing date has passed, with letters to both sides."""
    listings.close_due(session, operator(session, EXCHANGE), london_date(now), now)


def tidy(session: Session, now: datetime) -> None:
    """Delete what has run out: sign-ins, links, attempts that count no more, ended keys, old mail, old searches."""
    session.execute(delete(SignIn).where(SignIn.expires_at < now))
    session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at < now - one_time_links.KEPT))
    session.execute(delete(Letter).where(Letter.sent_at < now - letters.KEPT))
    session.execute(delete(Attempts).where(Attempts.began_at < now - limits.LONGEST_WINDOW))
    api_keys.forget_ended(session, now)
    missed_searches.forget_old(session, now)


ALL_AT_ONCE: tuple[Callable[[Session, datetime], None], ...] = (close_due, tidy)
ONE_BY_ONE: tuple[tuple[_Find, _Do], ...] = (
    (reminders.to_remind, reminders.remind),
    (still_true.to_ask, still_true.ask),
    (still_true.to_close, still_true.close_silent),
)
"""What finds the listings of which something is due, and what does it for one; it looks again with the row locked."""


def tend(database: Engine, now: datetime) -> None:
    """Do whatever is due; a piece that fails keeps no other from being done, and is tried again the next time.

    Raises:
        Exception: the first failure, when everything else is done.
    """
    failures: list[Exception] = []

    def attempt(work: Callable[..., None], *given: object) -> None:
        try:
            with writing(database) as session:
                work(session, *given)
        except Exception as error:
            log.exception("%s failed", work.__name__)
            failures.append(error)

    for chore in ALL_AT_ONCE:
        attempt(chore, now)
    for find, do in ONE_BY_ONE:
        with reading(database) as session:
            numbers = find(session, now)
        for number in numbers:
            attempt(do, number, now)
    if failures:
        raise failures[0]
