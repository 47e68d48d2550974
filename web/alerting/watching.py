"""The worker of alerts put together: what a saved search's address says is read here, the rest is the indexer's."""

from collections.abc import Callable

from exchange.alerting.saved_searches import Question
from exchange.taxonomy import Taxonomy
from indexer.alert_worker import AlertWorker
from indexer.alerts import membership_of
from indexer.results import Query
from indexer.service import SearchService
from web.alerting.questions import query_of
from web.site import known_values


def alert_worker(service: SearchService) -> AlertWorker:
    """Give what tests newly indexed listings against the saved searches, over the search that the pages use."""

    def reader(taxonomy: Taxonomy) -> Callable[[Question], Query | None]:
        known = known_values(taxonomy, service.finder.gazetteer)
        return lambda question: query_of(question, known)

    return AlertWorker(membership=membership_of(service), reader=reader)
