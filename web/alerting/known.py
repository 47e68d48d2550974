"""What a saved search finds already when it is saved or begun again, so that none of it is told as news."""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime

from exchange.alerting import checks
from exchange.database import writing
from exchange.errors import UnavailableError
from indexer.alerts import membership_of
from indexer.results import Query
from indexer.service import SearchService

NOT_NOW = (
    "The search engine does not answer just now, so we cannot tell what is new from what is there already. Nothing is "
    "changed yet; what you typed stays on this page. Try again in a few minutes."
)

Asked = Query | int
"""A search, or the number of a listing whose matches are asked for."""


def known_to(service: SearchService, asked: Asked) -> Collection[int]:
    """Give the open listings that pass a search, or match a listing, already.

    It asks the engine: never call it within a transaction that writes.

    Raises:
        UnavailableError: the engine or the model does not answer; the sentence says that nothing is changed.
        NotFoundError: there is no such listing, or it may not be seen.
    """
    membership = membership_of(service)
    try:
        return membership.matching(asked) if isinstance(asked, int) else membership.passing(asked)
    except UnavailableError as error:
        raise UnavailableError(NOT_NOW) from error


def look_again(service: SearchService, asked: Asked, known: Collection[int], now: datetime) -> None:
    """Have what came between `known_to` and the commit tested (again): its check may have missed the new search."""
    with suppress(UnavailableError):
        since = set(known_to(service, asked)) - set(known)
        if since:
            with writing(service.database) as session:
                checks.enqueue(session, since, now)
